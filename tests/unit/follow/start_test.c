/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a node takes before it may write: nothing that it would have to receipt.
 */
#include "ledger/entry.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

/* The first node's answers to the second are lost while *CONTEXT is true: it does not serve. */
static bool lose_answers(void *context, struct sim_frame *frame)
{
    bool *loses = context;
    return !*loses || frame->from != 0 || sim_frame_kind(frame) != TOV_FRAME_CONTROL;
}

static enum tov_leaf_type first_leaf(struct sim_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(0), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    return (enum tov_leaf_type)entry.leaf.data[5];
}

static uint64_t receipted(struct sim_wire *wire)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(wire->nodes[0].node), 0, &view);
    return view.links_receipted;
}

static void no_receipt_stands_before_genesis(void)
{
    bool loses = true;
    struct sim_wire *wire = sim_wire_create("genesis", 2);
    wire->filter = lose_answers;
    wire->filter_context = &loses;
    sim_wire_start(wire, 0);
    sim_wire_start(wire, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[0].node), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[1].node), TOV_NODE_KEEPERS);
    (void)sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(tov_ledger_size(tov_node_core(wire->nodes[1].node)->ledger), 0);
    loses = false;
    sim_wire_pass(wire, 10000);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[1].node), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(first_leaf(&wire->nodes[1]), TOV_LEAF_GENESIS);
    UNIT_EQUAL_INT(receipted(wire), 1);
    sim_wire_destroy(wire);
}

#define HOUR_MS 3600000ull

static void set_clock(struct sim_node *node, uint64_t now_ms)
{
    sim_node_time(node, now_ms, node->mono_ms);
}

/* The node was down for three hours, and its peer's clock was two behind when it came back. */
static void a_clock_is_believed_once_the_peers_have_set_theirs(void)
{
    struct sim_wire *wire = sim_wire_create("clock", 2);
    sim_wire_start_all(wire);
    uint64_t now_ms = wire->nodes[0].now_ms;
    sim_wire_crash(wire, 0);
    set_clock(&wire->nodes[0], now_ms + 3 * HOUR_MS);
    set_clock(&wire->nodes[1], now_ms + HOUR_MS);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[0].node), TOV_NODE_CLOCK);
    set_clock(&wire->nodes[1], now_ms + 3 * HOUR_MS);
    sim_wire_pass(wire, 10000);
    UNIT_EQUAL_INT(tov_node_state(wire->nodes[0].node), TOV_NODE_SERVING);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(no_receipt_stands_before_genesis),
        UNIT_TEST(a_clock_is_believed_once_the_peers_have_set_theirs),
    };
    return unit_run("follow_start", tests, sizeof tests / sizeof tests[0]);
}
