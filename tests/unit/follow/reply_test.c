/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message and what answers it, in one batch.
 */
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"

static uint64_t count_replies(struct sim_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t count = 0;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, TOV_TABLE_REPLY, &count) == TOV_OK);
    return count;
}

/* Two messages in one batch, the second of which answers the first. */
static void send_both(struct sim_wire *wire)
{
    struct tov_message_written first = sim_wire_send(wire, 0, 1), second;
    struct sim_order order = {
        .record = 2,
        .text_bytes = 100,
        .recipient_count = 1,
        .recipients = {{wire->nodes[1].agency->number, TOV_RIGHT_ALL}},
        .has_target = true,
        .target = {wire->nodes[0].agency->number, 1, first.place.index, first.place.leaf_hash}};
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &second) == TOV_OK);
}

static void an_answer_in_the_batch_of_its_target_is_noted(void)
{
    struct sim_wire *wire = sim_wire_create("reply", 2);
    sim_wire_start_all(wire);
    send_both(wire);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(count_replies(&wire->nodes[0]), 1);
    UNIT_EQUAL_INT(count_replies(&wire->nodes[1]), 1);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_answer_in_the_batch_of_its_target_is_noted),
    };
    return unit_run("follow_reply", tests, sizeof tests / sizeof tests[0]);
}
