/* SPDX-License-Identifier: EUPL-1.2
 *
 * The end of epoch keys: with their grace, by proof that a peer knows a newer one, and with
 * everything that opens what they opened; and never because a clock jumped.
 */
#include "follow/peer.h"
#include "ledger/epoch.h"
#include "support/sim_wire.h"
#include "support/unit.h"

TOV_DEFINE_CLEANUP(sim_wire, struct sim_wire, sim_wire_destroy)

#define DAY_MS 86400000u

static struct sim_wire *start(const char *name)
{
    struct sim_wire *wire = sim_wire_create(name, 2);
    sim_wire_start_all(wire);
    return wire;
}

static bool holds_epoch(const struct sim_wire *wire, size_t node, uint32_t epoch)
{
    return tov_epochs_secret(tov_node_core(wire->nodes[node].node)->epochs, epoch) != NULL;
}

static size_t count_contexts(const struct sim_wire *wire, size_t node, uint32_t epoch)
{
    const struct tov_stanza_cache *cache = tov_node_follow(wire->nodes[node].node)->stanza_cache;
    size_t count = 0;
    for (size_t i = 0; i < TOV_STANZA_CACHE_SLOTS; i++)
        count += cache->slots[i].used > 0 && cache->slots[i].epoch == epoch ? 1 : 0;
    return count;
}

static void pass_days(struct sim_wire *wire, unsigned days)
{
    for (unsigned i = 0; i < days; i++)
        sim_wire_pass(wire, DAY_MS);
}

static void a_key_ends_after_its_grace_with_the_contexts_made_of_it(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("grace");
    (void)sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(count_contexts(wire, 1, 1), 1);
    pass_days(wire, 20); /* 7 and 14 are not over */
    CU_ASSERT(holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
    UNIT_EQUAL_INT(count_contexts(wire, 1, 1), 1);
    pass_days(wire, 3);
    CU_ASSERT(!holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
    UNIT_EQUAL_INT(count_contexts(wire, 1, 1), 0);
    (void)sim_wire_send(wire, 0, 2);
    sim_wire_run(wire);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 2);
}

static bool lose_all(void *context, struct sim_frame *frame)
{
    (void)context;
    (void)frame;
    return false;
}

static void a_clock_that_jumped_ends_no_key(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("jump");
    pass_days(wire, 8);
    UNIT_NEED(holds_epoch(wire, 1, 1) && holds_epoch(wire, 1, 2));
    wire->filter = NULL;
    (void)sim_wire_send(wire, 1, 3);
    sim_node_settle(&wire->nodes[1]);
    wire->filter = lose_all;
    sim_wire_run(wire); /* the message is lost, and comes again below */
    wire->filter = NULL;
    sim_wire_disconnect(wire, 0, 1);
    struct sim_node *node = &wire->nodes[1];
    sim_node_time(node, node->now_ms + 100ull * DAY_MS, node->mono_ms);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(node->node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 1); /* a proof came, by a clock that is wrong */
    CU_ASSERT(holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_key_ends_after_its_grace_with_the_contexts_made_of_it),
        UNIT_TEST(a_clock_that_jumped_ends_no_key),
    };
    return unit_run("follow_epochs", tests, sizeof tests / sizeof tests[0]);
}
