/* SPDX-License-Identifier: EUPL-1.2
 *
 * An epoch key that a crash kept from being published is nobody's.
 */
#include "ledger/epoch.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#define DAY_MS 86400000ull

static void restart(struct sim_wire *wire)
{
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
}

static uint32_t newest_epoch(struct sim_node *node)
{
    return tov_epochs_newest(tov_node_core(node->node)->epochs);
}

/* The file has the key, its entry was not committed; then another entry takes that place. */
static void a_key_without_its_entry_is_not_taken_for_published(void)
{
    struct sim_wire *wire = sim_wire_create("epoch", 2);
    struct sim_node *node = &wire->nodes[0];
    struct tov_peer_view view;
    sim_wire_start_all(wire);
    for (size_t i = 0; i < 2; i++)
        sim_node_time(&wire->nodes[i], wire->nodes[i].now_ms + 7 * DAY_MS,
                      wire->nodes[i].mono_ms + 7 * DAY_MS);
    tov_node_turn(node->node);
    UNIT_EQUAL_INT(newest_epoch(node), 2);
    restart(wire);
    UNIT_EQUAL_INT(newest_epoch(node), 1);
    for (uint64_t i = 1; i <= 3; i++)
        (void)sim_wire_send(wire, 0, i);
    sim_node_settle(node);
    restart(wire);
    UNIT_EQUAL_INT(newest_epoch(node), 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_pass(wire, 10000);
    UNIT_EQUAL_INT(newest_epoch(node), 2);
    (void)sim_wire_send(wire, 1, 4);
    sim_wire_pass(wire, 10000);
    tov_follow_peer_view(tov_node_follow(wire->nodes[1].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 1);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_key_without_its_entry_is_not_taken_for_published),
    };
    return unit_run("follow_epoch", tests, sizeof tests / sizeof tests[0]);
}
