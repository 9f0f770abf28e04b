/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cosigning goes on after a crash between the guard's word and the store's.
 */
#include "support/sim_wire.h"
#include "support/unit.h"

#define DAY_MS 86400000ull

static uint64_t witnessed(const struct sim_wire *wire)
{
    return tov_follow_witnessed(tov_node_follow(wire->nodes[0].node));
}

/* One step; true when the guard has cosigned and the node was not told yet. */
static bool answer_until_cosigned(struct sim_node *node)
{
    tov_node_turn(node->node);
    if (sim_node_commits(node)) {
        sim_node_run_commit(node);
        sim_node_answer_commit(node);
    } else if (sim_node_asks(node, false)) {
        bool is_cosignature = node->questions[0].kind == TOV_GUARD_COSIGN;
        sim_node_run_guard(node);
        if (is_cosignature)
            return true;
        sim_node_answer_guard(node);
    }
    return false;
}

static void crash_when_cosigned(struct sim_wire *wire)
{
    struct sim_node *node = &wire->nodes[1];
    for (size_t i = 0; i < 2; i++)
        sim_node_time(&wire->nodes[i], wire->nodes[i].now_ms + DAY_MS,
                      wire->nodes[i].mono_ms + DAY_MS);
    sim_node_settle(&wire->nodes[0]);
    while (wire->first < wire->end) {
        struct sim_frame *frame = &wire->queue[wire->first++];
        if (frame->to == 1)
            tov_node_on_peer_frame(node->node, 1, tov_buf_view(&frame->bytes));
        tov_buf_fini(&frame->bytes);
    }
    for (int i = 0; i < 100; i++) {
        if (answer_until_cosigned(node)) {
            sim_wire_crash(wire, 1);
            return;
        }
    }
    UNIT_NEED(false && "a question to the guard for a cosignature");
}

static void anchors_are_cosigned_again_after_a_lost_cosignature(void)
{
    struct sim_wire *wire = sim_wire_create("witness", 2);
    sim_wire_start_all(wire);
    sim_wire_pass(wire, 1000);
    uint64_t before = witnessed(wire);
    UNIT_NEED(before > 0);
    crash_when_cosigned(wire);
    sim_wire_start(wire, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    for (int day = 0; day < 3; day++) {
        sim_wire_pass(wire, DAY_MS);
        UNIT_EQUAL_INT(witnessed(wire) > before, true);
        before = witnessed(wire);
    }
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(anchors_are_cosigned_again_after_a_lost_cosignature),
    };
    return unit_run("follow_witness", tests, sizeof tests / sizeof tests[0]);
}
