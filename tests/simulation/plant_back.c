/* SPDX-License-Identifier: EUPL-1.2
 *
 * Planted bugs of nodes that come back from an old copy, and of those that they come back to.
 */
#include "simulation/plant.h"

#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

/* Fact "recovery" (node_recover.c): from u64, to u64, flags u8. */
#define RECOVERY_BYTES 17u
#define RECOVERY_READ_BACK 2u

static bool is_fact(const struct tov_store_key *key, const char *name)
{
    return key->size >= strlen(name) && memcmp(key->bytes, name, strlen(name)) == 0;
}

/* What a plant does to one row of a table; true: it did something. */
typedef bool (*spoil_row)(struct world *world, const struct tov_store_row *row,
                          struct tov_store_batch *batch);

/* Puts into BATCH what SPOILS does to all rows of TABLE. */
static bool spoil_rows(struct world *world, size_t node, unsigned table, spoil_row spoils,
                       struct tov_store_batch *batch)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = table};
    struct tov_store_iter iter;
    bool any = false;
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter))
        any = spoils(world, &iter.row, batch) || any;
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return any;
}

static bool lose_fact(const char *name, const struct tov_store_row *row,
                      struct tov_store_batch *batch)
{
    if (!is_fact(&row->key, name))
        return false;
    tov_store_batch_delete(batch, TOV_TABLE_FACT, row->key);
    return true;
}

static bool lose_told(struct world *world, const struct tov_store_row *row,
                      struct tov_store_batch *batch)
{
    (void)world;
    return lose_fact("told", row, batch);
}

static bool lose_ended(struct world *world, const struct tov_store_row *row,
                       struct tov_store_batch *batch)
{
    (void)world;
    return lose_fact("ended", row, batch);
}

static bool lose_aside(struct world *world, const struct tov_store_row *row,
                       struct tov_store_batch *batch)
{
    (void)world;
    tov_store_batch_delete(batch, TOV_TABLE_ASIDE, row->key);
    return true;
}

static bool lose_moved(struct world *world, const struct tov_store_row *row,
                       struct tov_store_batch *batch)
{
    (void)world;
    tov_store_batch_delete(batch, TOV_TABLE_MOVED, row->key);
    return true;
}

/* Once more, under the number of an event that is another's. */
static bool double_aside(struct world *world, const struct tov_store_row *row,
                         struct tov_store_batch *batch)
{
    if (!plant_acts_once(world, PLANT_ASIDE_TWICE))
        return false;
    uint64_t event = tov_store_key_to_u64(&row->key) - 1;
    tov_store_batch_put(batch, TOV_TABLE_ASIDE, tov_store_key_u64(event), row->value);
    return true;
}

/* It has read back what it could, and goes on as if that were all. */
static bool forget_range(struct world *world, const struct tov_store_row *row,
                         struct tov_store_batch *batch)
{
    uint8_t value[RECOVERY_BYTES];
    (void)world;
    if (!is_fact(&row->key, "recovery") || row->value.size != RECOVERY_BYTES ||
        (row->value.data[16] & RECOVERY_READ_BACK) == 0)
        return false;
    memcpy(value, row->value.data, sizeof value);
    memcpy(value, value + 8, 8);
    tov_store_batch_put(batch, TOV_TABLE_FACT, row->key, TOV_BYTES_OF(value));
    return true;
}

/* ---- links that come back late ---- */

static bool waits_for_keepers(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    return tov_store_get(read, TOV_TABLE_FACT, tov_store_key_text("recovery"), &row) == TOV_OK &&
           row.size == RECOVERY_BYTES && (row.data[16] & RECOVERY_READ_BACK) != 0;
}

static uint32_t *links_like(struct world *world, const struct tov_store_row *row)
{
    struct tov_reader key = tov_reader_of((struct tov_bytes){row->key.bytes, row->key.size});
    size_t peer = (size_t)tov_read_u16(&key) - 1;
    UNIT_NEED(peer < world->count);
    return &world->plants.links[peer];
}

static bool count_link(struct world *world, const struct tov_store_row *row,
                       struct tov_store_batch *batch)
{
    (void)batch;
    ++*links_like(world, row);
    return false;
}

/* Those that the commit brought. */
static bool lose_late_link(struct world *world, const struct tov_store_row *row,
                           struct tov_store_batch *batch)
{
    uint32_t *left = links_like(world, row);
    if (*left > 0 || !world->plants.waits_for_keepers) {
        *left -= *left > 0 ? 1 : 0;
        return false;
    }
    tov_store_batch_delete(batch, TOV_TABLE_LINK, row->key);
    return true;
}

void plant_back_before_commit(struct world *world, size_t node)
{
    struct plants *plants = &world->plants;
    if (plants->plant != PLANT_LATE_LINK)
        return;
    memset(plants->links, 0, sizeof plants->links);
    plants->waits_for_keepers = waits_for_keepers(world, node);
    (void)spoil_rows(world, node, TOV_TABLE_LINK, count_link, NULL);
}

/* The row of each plant of a store: who has the bug, and what it does. */
static const struct {
    enum plant plant;
    bool is_back; /* at nodes that were set back; else at all others */
    unsigned table;
    spoil_row spoils;
} bugs[] = {
    {PLANT_TOLD_ROW, true, TOV_TABLE_FACT, lose_told},
    {PLANT_SERIES_END, false, TOV_TABLE_FACT, lose_ended},
    {PLANT_ASIDE_ROW, true, TOV_TABLE_ASIDE, lose_aside},
    {PLANT_ASIDE_TWICE, true, TOV_TABLE_ASIDE, double_aside},
    {PLANT_MOVED_ROW, true, TOV_TABLE_MOVED, lose_moved},
    {PLANT_LATE_LINK, true, TOV_TABLE_LINK, lose_late_link},
    {PLANT_LOST_UNSAID, true, TOV_TABLE_FACT, forget_range},
};

void plant_back_after_commit(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    enum plant plant = world->plants.plant;
    bool is_back = world->model.nodes[node].restores > 0;
    if (!plant_needs_restores(plant))
        return;
    world->plants.waits_for_keepers =
        world->plants.waits_for_keepers && waits_for_keepers(world, node);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    for (size_t i = 0; i < sizeof bugs / sizeof bugs[0]; i++) {
        if (bugs[i].plant != plant || bugs[i].is_back != is_back ||
            !spoil_rows(world, node, bugs[i].table, bugs[i].spoils, batch))
            continue;
        trace_line(&world->trace, "  planted: %s", plant_facts(plant)->name);
        UNIT_NEED(tov_store_commit(world->nodes[node].store, batch, NULL) == TOV_OK);
    }
}

/* ---- the guard's newest leaf hashes ---- */

static void spoil_hashes(struct world *world, struct tov_guard_answer *answer)
{
    if (world->plants.plant == PLANT_RING_HASH) {
        answer->hashes.hashes[answer->hashes.count - 1] = (struct tov_hash){{0}};
    } else {
        answer->refusal = TOV_GUARD_R_NOT_OWN_SIZE;
        answer->hashes.count = 0;
    }
    trace_line(&world->trace, "  planted: %s", plant_facts(world->plants.plant)->name);
}

void plant_back_after_guard(struct world *world, size_t node)
{
    struct sim_node *sim = &world->nodes[node];
    if (world->plants.plant != PLANT_RING_HASH && world->plants.plant != PLANT_RING_EMPTY)
        return;
    TOV_FREE struct tov_guard_answer *answer = calloc(1, sizeof *answer);
    UNIT_NEED(answer != NULL);
    for (size_t i = 0; i < sim->question_count; i++) {
        struct sim_question *question = &sim->questions[i];
        if (!question->is_run || question->kind != TOV_GUARD_HASHES)
            continue;
        UNIT_NEED(tov_guard_answer_decode(question->answer_kind, tov_buf_view(&question->answer),
                                          answer) == TOV_OK);
        if (answer->refusal != TOV_GUARD_DONE)
            continue;
        spoil_hashes(world, answer);
        tov_buf_clear(&question->answer);
        UNIT_NEED(tov_guard_answer_encode(answer, &question->answer) == TOV_OK);
    }
}
