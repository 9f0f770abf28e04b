/* SPDX-License-Identifier: EUPL-1.2
 *
 * Clocks that run away, and peers that lie about theirs: one peer that tells a time far ahead takes
 * no protection away, where there is another one to ask (docs/security.md, Clocks).
 */
#include "ledger/entry.h"
#include "ledger/epoch.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#define HOUR_MS 3600000ull
#define DAY_MS (24 * HOUR_MS)
#define YEARS_MS (20 * 365 * DAY_MS)

static void set_clock(struct sim_wire *wire, size_t index, uint64_t now_ms)
{
    sim_node_time(&wire->nodes[index], now_ms, wire->nodes[index].mono_ms);
}

/* Node 0 was down; its clock says NOW_MS when it comes back, and those of the others what CLAIMS
 * has. Nodes are 1 + COUNT. */
static struct sim_wire *come_back(const char *name, uint64_t down_ms, const int64_t *ahead_ms,
                                  size_t count)
{
    struct sim_wire *wire = sim_wire_create(name, count);
    sim_wire_start_all(wire);
    uint64_t true_ms = wire->nodes[0].now_ms + down_ms;
    sim_wire_crash(wire, 0);
    for (size_t i = 0; i < count; i++)
        set_clock(wire, i, true_ms + (uint64_t)ahead_ms[i]);
    sim_wire_start_again(wire, 0);
    return wire;
}

static enum tov_node_state state_of(const struct sim_wire *wire)
{
    return tov_node_state(wire->nodes[0].node);
}

static void one_peer_that_tells_a_time_far_ahead_changes_nothing(void)
{
    const int64_t ahead[] = {DAY_MS, 0, YEARS_MS};
    struct sim_wire *wire = come_back("liar-ahead", HOUR_MS, ahead, 3);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_CLOCK);
    CU_ASSERT(sim_wire_logged(wire, "clock-ran-away"));
    sim_wire_destroy(wire);
}

/* Not even when it tells the very time that the wrong clock shows, which every Hello says. */
static void one_peer_that_agrees_with_a_wrong_clock_changes_nothing(void)
{
    const int64_t ahead[] = {DAY_MS, 0, DAY_MS};
    struct sim_wire *wire = come_back("liar-agrees", HOUR_MS, ahead, 3);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_CLOCK);
    sim_wire_destroy(wire);
}

/* It serves on, with times that do not go back, and says so. */
static void a_clock_behind_the_own_entries_is_told_until_it_is_set(void)
{
    const int64_t ahead[] = {-(int64_t)(HOUR_MS + DAY_MS), 0, 0};
    struct sim_wire *wire = come_back("behind", HOUR_MS, ahead, 3);
    const struct tov_core *core = tov_node_core(wire->nodes[0].node);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    CU_ASSERT(sim_wire_logged(wire, "clock-is-behind"));
    CU_ASSERT(tov_core_clock_is_behind(core));
    set_clock(wire, 0, wire->nodes[1].now_ms);
    CU_ASSERT(!tov_core_clock_is_behind(core));
    sim_wire_destroy(wire);
}

/* Of three peers one may be wrong either way. */
static void one_peer_of_three_that_is_far_behind_stops_nobody(void)
{
    const int64_t ahead[] = {0, 0, -(int64_t)HOUR_MS, 0};
    struct sim_wire *wire = come_back("liar-behind", 2 * HOUR_MS, ahead, 4);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    sim_wire_destroy(wire);
}

/* Of two nobody can tell which is right: what is not signed waits, what is signed would stay. */
static void of_two_peers_one_that_is_behind_is_waited_for(void)
{
    const int64_t ahead[] = {0, 0, -(int64_t)HOUR_MS};
    struct sim_wire *wire = come_back("two", 2 * HOUR_MS, ahead, 3);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_CLOCK);
    set_clock(wire, 2, wire->nodes[0].now_ms);
    sim_wire_pass(wire, 10000);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    sim_wire_destroy(wire);
}

/* It is before the node's own last entry: a clock that was never set does not count. */
static void a_peer_whose_clock_was_never_set_stops_nobody(void)
{
    const int64_t ahead[] = {0, 0, -(int64_t)YEARS_MS};
    struct sim_wire *wire = come_back("never-set", 2 * HOUR_MS, ahead, 3);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    sim_wire_destroy(wire);
}

static void a_clock_that_the_peers_confirm_is_believed(void)
{
    const int64_t ahead[] = {0, 1000, -1000};
    struct sim_wire *wire = come_back("confirmed", 30 * DAY_MS, ahead, 3);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    sim_wire_destroy(wire);
}

/* While it serves: its own past is enough to go by, until the clock jumps. */
static void a_clock_that_jumps_while_the_node_serves_stops_signing(void)
{
    struct sim_wire *wire = sim_wire_create("jumps", 3);
    sim_wire_start_all(wire);
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0); /* with entries to go by */
    sim_wire_connect(wire, 0, 1);
    sim_wire_connect(wire, 0, 2);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    set_clock(wire, 2, wire->nodes[2].now_ms + YEARS_MS);
    sim_wire_disconnect(wire, 0, 2);
    sim_wire_connect(wire, 0, 2); /* and tells it */
    sim_wire_run(wire);
    set_clock(wire, 0, wire->nodes[0].now_ms + YEARS_MS);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_CLOCK);
    sim_wire_destroy(wire);
}

/* In its very first run too: it need not be started again before it has a past. */
static void a_clock_that_jumps_in_a_nodes_first_run_stops_signing(void)
{
    struct sim_wire *wire = sim_wire_create("first-run", 3);
    sim_wire_start_all(wire);
    sim_wire_connect(wire, 0, 1);
    sim_wire_connect(wire, 0, 2);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    set_clock(wire, 0, wire->nodes[0].now_ms + DAY_MS);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_CLOCK);
    sim_wire_destroy(wire);
}

static uint64_t leaf_time(struct sim_wire *wire, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_read_begin(wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    return tov_get_be64(entry.leaf.data + 8);
}

/* Times of leaves never go back: one that was written by a wrong clock would spoil all after it. */
static void a_clock_that_ran_away_does_not_take_the_ledger_along(void)
{
    struct sim_wire *wire = sim_wire_create("along", 3);
    sim_wire_start_all(wire);
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, 1);
    sim_wire_connect(wire, 0, 2);
    sim_wire_run(wire);
    uint64_t true_ms = wire->nodes[0].now_ms;
    set_clock(wire, 0, true_ms + YEARS_MS);
    uint64_t during = sim_wire_send(wire, 0, 1).place.index; /* in the very moment of the jump */
    sim_wire_run(wire);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_CLOCK);
    set_clock(wire, 0, true_ms + 10 * 60000);
    sim_node_time(&wire->nodes[0], true_ms + 600000, wire->nodes[0].mono_ms + 600000);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    uint64_t after = sim_wire_send(wire, 0, 2).place.index;
    sim_wire_run(wire);
    CU_ASSERT(leaf_time(wire, during) <= true_ms + 300000);
    UNIT_EQUAL_INT(leaf_time(wire, after), true_ms + 600000);
    sim_wire_destroy(wire);
}

/* What became of a message that node 0 was given while its clock was ahead, and that was set aside:
 * the time that it bears now, and what node 1 says of it. */
struct became {
    uint64_t time_ms;
    struct tov_verdict_value verdict;
};

static struct became find_became(const struct sim_wire *wire, uint64_t number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_event event;
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_link_block link;
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(event.index), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    UNIT_NEED(tov_link_decode(tov_entry_link_for(&entry, 2), &link) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &link, &delivery) == TOV_OK);
    return (struct became){tov_get_be64(entry.leaf.data + 8), delivery.verdict};
}

/* Node 0 writes, and is set back to before that, its guard too. */
static struct sim_wire *set_back(const char *name)
{
    struct sim_copy copy;
    struct sim_wire *wire = sim_wire_create(name, 3);
    sim_wire_start_all(wire);
    sim_wire_copy(wire, 0, &copy);
    for (uint64_t i = 0; i < 3; i++)
        (void)sim_wire_send(wire, 0, 100 + i);
    sim_wire_run(wire);
    sim_wire_crash(wire, 0);
    sim_node_put_back(&wire->nodes[0], &copy, SIM_STORE | SIM_GUARD);
    sim_copy_fini(&copy);
    return wire;
}

/* It is given a message before it hears anybody, its clock AHEAD_MS ahead; the clock is set, and
 * the message gets another place. */
static struct sim_wire *write_while_ahead(const char *name, uint64_t ahead_ms,
                                          struct became *out_became)
{
    struct sim_wire *wire = set_back(name);
    uint64_t true_ms = wire->nodes[0].now_ms;
    set_clock(wire, 0, true_ms + ahead_ms);
    sim_wire_start(wire, 0);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_KEEPERS);
    uint64_t number = sim_wire_send(wire, 0, 200).event;
    sim_node_settle(&wire->nodes[0]);
    set_clock(wire, 0, true_ms);
    sim_wire_connect_all(wire, 0);
    sim_wire_run(wire);
    sim_wire_pass(wire, 40000);
    UNIT_EQUAL_INT(state_of(wire), TOV_NODE_SERVING);
    CU_ASSERT(sim_wire_logged(wire, "entries-set-aside"));
    *out_became = find_became(wire, number);
    return wire;
}

/* It was judged by the time that its leaf bore: with an earlier one its receivers would refuse what
 * its sender was told is written. */
static void what_is_appended_anew_keeps_the_time_it_was_judged_by(void)
{
    struct became became;
    struct sim_wire *wire = write_while_ahead("again", 2 * HOUR_MS, &became);
    CU_ASSERT(became.time_ms > wire->nodes[0].now_ms + HOUR_MS);
    UNIT_EQUAL_INT(became.verdict.verdict, TOV_VERDICT_OPENED);
    sim_wire_destroy(wire);
}

/* A time that is further off would stay with all that is written for days: then that message alone
 * is refused, and its sender told (api/unusable.c). */
static void a_time_far_ahead_does_not_come_back_with_a_message(void)
{
    struct became became;
    struct sim_wire *wire = write_while_ahead("again-far", 2 * DAY_MS, &became);
    CU_ASSERT(became.time_ms <= wire->nodes[0].now_ms);
    UNIT_EQUAL_INT(became.verdict.verdict, TOV_VERDICT_REFUSED);
    UNIT_EQUAL_INT(became.verdict.detail, 33);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(one_peer_that_tells_a_time_far_ahead_changes_nothing),
        UNIT_TEST(one_peer_that_agrees_with_a_wrong_clock_changes_nothing),
        UNIT_TEST(one_peer_of_three_that_is_far_behind_stops_nobody),
        UNIT_TEST(a_clock_behind_the_own_entries_is_told_until_it_is_set),
        UNIT_TEST(of_two_peers_one_that_is_behind_is_waited_for),
        UNIT_TEST(a_peer_whose_clock_was_never_set_stops_nobody),
        UNIT_TEST(a_clock_that_the_peers_confirm_is_believed),
        UNIT_TEST(a_clock_that_jumps_while_the_node_serves_stops_signing),
        UNIT_TEST(a_clock_that_jumps_in_a_nodes_first_run_stops_signing),
        UNIT_TEST(a_clock_that_ran_away_does_not_take_the_ledger_along),
        UNIT_TEST(what_is_appended_anew_keeps_the_time_it_was_judged_by),
        UNIT_TEST(a_time_far_ahead_does_not_come_back_with_a_message),
    };
    return unit_run("follow_clock", tests, sizeof tests / sizeof tests[0]);
}
