/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where a sender goes on when what it takes for the receiver's position has moved, and what a
 * receiver says of it meanwhile.
 */
#include "support/sim_wire.h"
#include "support/unit.h"

/* Delivers all, while the second node commits nothing. */
static void run_without_commits(struct sim_wire *wire)
{
    while (wire->first < wire->end) {
        struct sim_frame frame = wire->queue[wire->first++];
        struct tov_bytes bytes = tov_buf_view(&frame.bytes);
        if (frame.to == 1)
            tov_node_on_peer_frame(wire->nodes[1].node, 1, bytes);
        else
            sim_wire_inject(wire, 1, 0, bytes);
        tov_buf_fini(&frame.bytes);
    }
}

/* A parcel is taken into a batch that is not committed when the connection ends; the Hello of the
 * next one speaks of what is committed, and the parcel for it begins below what is held by then. */
static void a_parcel_that_begins_below_and_ends_above_comes_again(void)
{
    struct sim_wire *wire = sim_wire_create("overlap", 2);
    struct tov_peer_view view;
    sim_wire_start_all(wire);
    (void)sim_wire_send(wire, 0, 1);
    sim_node_settle(&wire->nodes[0]);
    run_without_commits(wire);
    sim_wire_disconnect(wire, 0, 1);
    (void)sim_wire_send(wire, 0, 2);
    sim_node_settle(&wire->nodes[0]);
    sim_wire_connect(wire, 0, 1);
    run_without_commits(wire);
    sim_wire_run(wire);
    tov_follow_peer_view(tov_node_follow(wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_sent, 2);
    UNIT_EQUAL_INT(view.links_receipted, 2);
    sim_wire_destroy(wire);
}

/* Else a node that was set back serves by the word of a keeper that has its newest signature. */
static void a_restore_answer_waits_for_the_commit_of_what_was_taken(void)
{
    struct sim_wire *wire = sim_wire_create("answer", 2);
    sim_wire_start_all(wire);
    (void)sim_wire_send(wire, 0, 1);
    sim_node_settle(&wire->nodes[0]);
    run_without_commits(wire);
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, 1);
    run_without_commits(wire);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[0].node), TOV_NODE_KEEPERS);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[0].node), TOV_NODE_SERVING);
    sim_wire_destroy(wire);
}

static enum tov_err (*send_on)(void *context, size_t from, uint16_t to, struct tov_bytes frame);
static bool is_full;

static enum tov_err send_if_room(void *context, size_t from, uint16_t to, struct tov_bytes frame)
{
    return is_full && from == 1 ? TOV_E_BUSY : send_on(context, from, to, frame);
}

/* The window of one parcel stays closed until the receiver tells how far it is. */
static void a_position_that_finds_no_room_is_sent_later(void)
{
    struct sim_wire *wire = sim_wire_create("room", 2);
    struct sim_hooks *hooks = &wire->nodes[1].hooks;
    struct tov_peer_view view;
    wire->nodes[1].window_bytes = 1;
    sim_wire_start_all(wire);
    send_on = hooks->send;
    hooks->send = send_if_room;
    is_full = true;
    (void)sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    is_full = false;
    sim_wire_run(wire);
    (void)sim_wire_send(wire, 0, 2);
    sim_wire_run(wire);
    tov_follow_peer_view(tov_node_follow(wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 2);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_parcel_that_begins_below_and_ends_above_comes_again),
        UNIT_TEST(a_restore_answer_waits_for_the_commit_of_what_was_taken),
        UNIT_TEST(a_position_that_finds_no_room_is_sent_later),
    };
    return unit_run("follow_position", tests, sizeof tests / sizeof tests[0]);
}
