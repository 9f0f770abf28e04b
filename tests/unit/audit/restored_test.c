/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports after a restore that lost something: what was open on the links of the series before it
 * is amended there, and whoever reads the receipts finds them in order.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>

static struct world *world;
static bool loses_chunks;

static bool lose_chunks(void *context, struct sim_frame *frame)
{
    (void)context;
    return !loses_chunks || sim_frame_kind(frame) != TOV_FRAME_CHUNK;
}

static void send(uint64_t record, uint16_t agency, size_t attachment_bytes)
{
    struct tov_message_written written;
    struct sim_order order = {.record = record,
                              .text_bytes = 64,
                              .recipient_count = 1,
                              .recipients = {{agency, TOV_RIGHT_ALL}},
                              .attachment_count = attachment_bytes > 0 ? 1 : 0,
                              .attachment_bytes = {attachment_bytes}};
    UNIT_NEED(sim_message_submit(&world->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(world->wire);
}

/* Nobody else holds the last message: it stays in the agency. */
static void restore_first(void)
{
    struct sim_wire *wire = world->wire;
    struct sim_copy copy;
    wire->filter = lose_chunks;
    loses_chunks = true;
    send(1001, 2, 1000);
    sim_wire_copy(wire, 0, &copy);
    send(1002, 1, 0);
    sim_wire_crash(wire, 0);
    sim_node_put_back(&wire->nodes[0], &copy, SIM_STORE);
    sim_wire_start_again(wire, 0);
    sim_wire_pass(wire, 120000);
    UNIT_NEED(sim_wire_logged(wire, "entries-lost"));
    send(1003, 2, 0);
    loses_chunks = false;
    sim_wire_pass(wire, 60000);
    send(1004, 2, 0);
    sim_wire_pass(wire, 60000);
    sim_copy_fini(&copy);
}

static void export_all(char folders[WORLD_AGENCIES][WORLD_PATH_SIZE])
{
    for (size_t i = 0; i < WORLD_AGENCIES; i++) {
        world_path(world, folders[i], "restored-a%zu", i + 1);
        UNIT_NEED(world_export(world, i, folders[i]) == TOV_OK);
    }
}

static void amendments_of_a_former_series_are_in_order(void)
{
    char roots[WORLD_PATH_SIZE], folders[WORLD_AGENCIES][WORLD_PATH_SIZE];
    restore_first();
    export_all(folders);
    world_path(world, roots, "roots");
    struct verdict verdict =
        verdict_of(world, roots, (const char *const[]){folders[0], folders[1], folders[2], NULL});
    VERDICT_IS(&verdict, 0, "", "of all");
    verdict_fini(&verdict);
}

static bool blank_entry(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    (void)old, (void)out;
    return index == *(const uint64_t *)context;
}

/* The entry `lost` with which the present series of links began, and the first that it names. */
static uint64_t find_loss(const char *dir, uint64_t *out_first)
{
    struct tov_buf text = damage_read(dir, "about");
    struct tov_export_about about;
    UNIT_NEED(tov_export_parse_about(tov_buf_view(&text), &about) == TOV_OK);
    tov_buf_fini(&text);
    uint64_t found = 0;
    for (uint64_t i = about.ledger_size; i > 0 && found == 0; i--) { /* below it some are gone */
        struct tov_leaf *leaf = forge_leaf(dir, i - 1);
        if (leaf->type == TOV_LEAF_LOST) {
            found = i - 1;
            *out_first = leaf->as.lost.first;
        }
        free(leaf);
    }
    UNIT_NEED(found > 0);
    return found;
}

/* The first behind the entry CONTEXT. */
static bool drop_first_link(void *context, struct tov_export_record *record)
{
    uint64_t *after = context;
    if (record->kind != TOV_EXPORT_LINK || record->index <= *after)
        return true;
    *after = UINT64_MAX;
    return false;
}

/* A later restore names a range in which it stands; who holds the export can take out what is
 * named, without any key. */
static void a_series_whose_beginning_was_taken_out_accuses_nobody(void)
{
    char dir[WORLD_PATH_SIZE], records[TOV_EXPORT_PATH_SIZE];
    struct forge_log log = forge_ledger(world, 0);
    damage_copy(world, "restored-a1", "copy", dir);
    uint64_t first, loss = find_loss(dir, &first);
    struct tov_leaf again = {
        .type = TOV_LEAF_LOST, .time_ms = TOV_TIME_MAX_MS, .as.lost = {first, loss + 1}};
    forge_history(&(struct forge){.dir = dir,
                                  .log = &log,
                                  .context = &loss,
                                  .entry = blank_entry,
                                  .more = &again,
                                  .more_count = 1});
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 4, "link-unseen", "the first loss is gone");
    verdict_fini(&verdict);
    (void)snprintf(records, sizeof records, "detached/%03u",
                   (unsigned)(loss / TOV_EXPORT_BUNDLE_ENTRIES));
    forge_records(dir, records, drop_first_link, &loss);
    damage_reseal(dir);
    verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 4, "link-missing link-unseen", "and the first link behind it");
    verdict_fini(&verdict);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(amendments_of_a_former_series_are_in_order),
        UNIT_TEST(a_series_whose_beginning_was_taken_out_accuses_nobody),
    };
    world = world_create("audit-restored");
    int code = unit_run("audit_restored", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
