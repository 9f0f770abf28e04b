/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports of nodes of which one began its ledger anew: both generations verify, alone and together,
 * and nobody is accused of what the change brings with it.
 */
#include "damage.h"
#include "verdict.h"

#include "ledger/ledger.h"
#include "merkle/range.h"
#include "support/sim_generation.h"
#include "support/unit.h"

static struct world *world;

static void live_on(void)
{
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < WORLD_AGENCIES; i++)
            (void)sim_wire_send(world->wire, i, 5000 + 10 * round + i);
        sim_wire_run(world->wire);
        sim_wire_pass(world->wire, 13u * 3600000u);
    }
}

/* Where a tree of the first agency, whose first TILE it is, had SIZE entries. */
static void go_back_to(const char *tile, uint64_t size, struct tov_signed_size *out)
{
    char former[WORLD_PATH_SIZE];
    struct tov_range range = {.size = 0};
    world_path(world, former, "exports/a1");
    struct tov_buf hashes = damage_read(former, tile);
    UNIT_NEED(size <= hashes.size / TOV_HASH_BYTES);
    while (range.size < size)
        UNIT_OK(tov_range_append(&range, (const struct tov_hash *)hashes.data + range.size));
    *out = (struct tov_signed_size){.size = size, .root = tov_range_root(&range)};
    tov_buf_fini(&hashes);
}

/* Ledger and journal are closed at their end, or before it. */
static void change_generation(bool is_at_end)
{
    struct sim_wire *wire = world->wire;
    struct tov_signed_size ledger, journal;
    const struct tov_core *core = tov_node_core(wire->nodes[0].node);
    UNIT_NEED(tov_ledger_newest(core->ledger, &ledger));
    UNIT_NEED(tov_ledger_newest(core->journal, &journal));
    if (!is_at_end) {
        go_back_to("tile/0/000", 200, &ledger);
        go_back_to("journal/tile/0/000.p/2", 1, &journal);
    }
    for (size_t i = 0; i < WORLD_AGENCIES; i++)
        sim_wire_crash(wire, i);
    sim_begin_generation(wire->federation, 2, &(struct sim_closed){&ledger, &journal});
    sim_generation_empty(wire->federation, &wire->nodes[0]);
    sim_wire_start_all(wire);
    live_on();
}

static struct verdict verdict_of_all(void)
{
    char roots[WORLD_PATH_SIZE], former[WORLD_PATH_SIZE], folders[WORLD_AGENCIES][WORLD_PATH_SIZE];
    world_path(world, roots, "roots");
    world_path(world, former, "exports/a1");
    for (size_t i = 0; i < WORLD_AGENCIES; i++) {
        world_path(world, folders[i], "next-a%zu", i + 1);
        UNIT_NEED(world_export(world, i, folders[i]) == TOV_OK);
    }
    return verdict_of(world, roots,
                      (const char *const[]){former, folders[0], folders[1], folders[2], NULL});
}

/* Whoever holds an export can put what is held of one generation under the name of the one before,
 * which comes first: it takes the place of nothing. */
static void check_held_twice(void)
{
    char copy[WORLD_PATH_SIZE], from[WORLD_PATH_SIZE], to[WORLD_PATH_SIZE];
    damage_copy(world, "next-a2", "copy", copy);
    world_path(world, from, "copy/mirror/1/2");
    world_path(world, to, "copy/mirror/1/1");
    UNIT_NEED(world_run(world, (const char *const[]){"rm", "-r", to, NULL}) == 0);
    UNIT_NEED(world_run(world, (const char *const[]){"cp", "-R", from, to, NULL}) == 0);
    damage_reseal(copy);
    struct verdict verdict = verdict_of_one(world, copy);
    UNIT_EQUAL_INT(verdict.code, 3);
    CU_ASSERT(verdict_has(&verdict, "link-series"));
    CU_ASSERT_FALSE(verdict_has(&verdict, "link-doubled"));
    verdict_fini(&verdict);
}

/* The notes are of the export that was made before, and of what the new node did not have yet. */
static void an_ended_generation_and_the_next_are_both_whole(void)
{
    world = world_create("audit-generation");
    change_generation(true);
    struct verdict verdict = verdict_of_all();
    VERDICT_IS(&verdict, 0, "attachment-absent sent-not-received", "the former one, and all now");
    verdict_fini(&verdict);
    check_held_twice();
    world_destroy(world);
}

/* As after a theft: who believed what was written after it did no wrong, and nor did its writer. */
static void what_was_written_after_the_end_is_void_and_accuses_nobody(void)
{
    world = world_create("audit-generation-void");
    change_generation(false);
    struct verdict verdict = verdict_of_all();
    VERDICT_IS(&verdict, 4, "attachment-absent sent-not-received void", "as above");
    /* Of the former export, whose own roster knew nothing of it. */
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "void", "checkpoint"));
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "void", "journal/checkpoint"));
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "void", "mirror/1/1/entries"));
    verdict_fini(&verdict);
    world_destroy(world);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_ended_generation_and_the_next_are_both_whole),
        UNIT_TEST(what_was_written_after_the_end_is_void_and_accuses_nobody),
    };
    return unit_run("audit_generation", tests, sizeof tests / sizeof tests[0]);
}
