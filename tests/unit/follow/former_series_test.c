/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts of a series that ended with a restore: one receipt may speak of messages that came back
 * and of one that nobody could give back.
 * Not for: how a node comes back (recovery_test.c).
 */
#include "ledger/entry.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"

static void send_to_second(struct sim_wire *wire, uint64_t record, enum tov_right right)
{
    struct tov_message_written written;
    struct sim_order order = {
        .record = record, .text_bytes = 64, .recipient_count = 1, .recipients = {{2, right}}};
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    sim_node_settle(&wire->nodes[0]);
}

static struct tov_delivery delivery_of(struct sim_wire *wire, uint64_t link)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block block = {.series = {1, 0}, .number = link};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(tov_node_follow(wire->nodes[0].node), read, 2, &block,
                                  &delivery) == TOV_OK);
    return delivery;
}

/* Both messages reach the second node at once, which receipts them at once; the one behind the copy
 * it has as a header, which is not enough to give it back. */
static void a_receipt_counts_though_its_last_message_is_lost(void)
{
    struct sim_copy copy;
    struct sim_wire *wire = sim_wire_create("former", 2);
    sim_wire_start_all(wire);
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
    send_to_second(wire, 1, TOV_RIGHT_ALL); /* written, and not signed before a keeper is heard */
    sim_wire_crash(wire, 0);
    sim_node_copy(&wire->nodes[0], &copy);
    sim_wire_start(wire, 0);
    send_to_second(wire, 2, TOV_RIGHT_HEADER);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    sim_wire_pass(wire, 2000);
    UNIT_EQUAL_INT(delivery_of(wire, 2).verdict.verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(delivery_of(wire, 1).receipt_index, delivery_of(wire, 2).receipt_index);
    sim_wire_crash(wire, 0);
    sim_node_put_back(&wire->nodes[0], &copy, SIM_STORE);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    sim_wire_pass(wire, 120000);
    CU_ASSERT(sim_wire_logged(wire, "entries-lost"));
    UNIT_EQUAL_INT(delivery_of(wire, 1).verdict.verdict, TOV_VERDICT_OPENED);
    sim_copy_fini(&copy);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_receipt_counts_though_its_last_message_is_lost),
    };
    return unit_run("former_series", tests, sizeof tests / sizeof tests[0]);
}
