/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message and what answers it, in whatever batches they come.
 */
#include "counted.h"
#include "support/sim_wire.h"
#include "support/unit.h"

static void check_noted(struct sim_node *node)
{
    UNIT_EQUAL_INT(count_rows(tov_node_core(node->node), TOV_TABLE_REPLY), 1);
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
    check_noted(&wire->nodes[0]);
    check_noted(&wire->nodes[1]);
    sim_wire_destroy(wire);
}

static void an_answer_is_noted_after_a_crash(void)
{
    struct sim_wire *wire = sim_wire_create("reply-crash", 2);
    sim_wire_start_all(wire);
    send_both(wire);
    tov_node_turn(wire->nodes[0].node);
    sim_node_run_commit(&wire->nodes[0]);
    sim_wire_crash(wire, 0);
    UNIT_NEED(sim_node_start(&wire->nodes[0], NULL) == TOV_OK);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    check_noted(&wire->nodes[0]);
    check_noted(&wire->nodes[1]);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_answer_in_the_batch_of_its_target_is_noted),
        UNIT_TEST(an_answer_is_noted_after_a_crash),
    };
    return unit_run("follow_reply", tests, sizeof tests / sizeof tests[0]);
}
