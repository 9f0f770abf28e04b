/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports after a restore that lost something: what was open on the links of the series before it
 * is amended there, and whoever reads the receipts finds them in order.
 */
#include "verdict.h"

#include "support/unit.h"

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

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(amendments_of_a_former_series_are_in_order),
    };
    world = world_create("audit-restored");
    int code = unit_run("audit_restored", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
