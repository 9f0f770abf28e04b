/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two and three nodes on a wire without faults: what is written arrives, is receipted and shown.
 */
#include "support/sim_wire.h"
#include "support/unit.h"

TOV_DEFINE_CLEANUP(sim_wire, struct sim_wire, sim_wire_destroy)

static struct sim_wire *start(const char *name, size_t count)
{
    struct sim_wire *wire = sim_wire_create(name, count);
    sim_wire_start_all(wire);
    return wire;
}

static struct tov_peer_view view_of(const struct sim_wire *wire, size_t node, size_t peer)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(wire->nodes[node].node), peer, &view);
    return view;
}

static void need_running(const struct sim_wire *wire)
{
    for (size_t i = 0; i < wire->count; i++) {
        struct tov_error error = {.text = ""};
        if (wire->nodes[i].node == NULL)
            continue;
        UNIT_EQUAL_INT(tov_node_failed(wire->nodes[i].node, &error), TOV_OK);
        UNIT_EQUAL_TEXT(error.text, "");
    }
}

static void a_message_is_delivered_and_receipted(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("deliver", 2);
    struct tov_message_written written = sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(wire->acknowledged, 1);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_sent, 1);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 1);
    UNIT_EQUAL_INT(written.links[0].number, 1);
}

static void submit(struct sim_wire *wire, uint64_t record, size_t text_bytes)
{
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = text_bytes};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
}

/* Node 0 alone, whose keepers do not answer: it stores and does not sign. */
static void wait_alone(struct sim_wire *wire)
{
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
    UNIT_NEED(tov_node_state(wire->nodes[0].node) == TOV_NODE_KEEPERS);
}

static void what_was_written_and_not_signed_before_a_restart_is_delivered(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("unsigned", 2);
    wait_alone(wire);
    for (uint64_t i = 0; i < 12; i++) /* more than any frame takes, in one batch and in many */
        submit(wire, i, 40000);
    sim_wire_run(wire);
    for (uint64_t i = 12; i < 24; i++) {
        submit(wire, i, 40000);
        sim_wire_run(wire);
    }
    wait_alone(wire);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(wire);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 24);
}

static void commits_without_a_signature_are_without_number(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("commits", 2);
    wait_alone(wire);
    for (uint64_t i = 0; i < 4200; i++) {
        submit(wire, i, 64);
        sim_node_settle(&wire->nodes[0]);
    }
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(wire);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 4200);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_message_is_delivered_and_receipted),
        UNIT_TEST(what_was_written_and_not_signed_before_a_restart_is_delivered),
        UNIT_TEST(commits_without_a_signature_are_without_number),
    };
    return unit_run("follow_delivery", tests, sizeof tests / sizeof tests[0]);
}
