/* SPDX-License-Identifier: EUPL-1.2
 *
 * The end of a run: mischief ends, all is connected, and time passes until nothing moves.
 */
#include "simulation/rest.h"

#include "simulation/chance.h"

#include <stdlib.h>

#define LIAR_ROUNDS 60u
#define LIAR_ROUND_MS 5000u
#define ROUND_MS 1000u
#define DAY_MS 86400000ull
#define ROUNDS_MAX 240u
#define QUIET_ROUNDS 13u /* longer than any of the nodes' own waits for a peer that is there */
#define BACK_WAITS 8u
#define BACK_WAIT_MS 61000u
#define DEEDS_MAX 200000u

/* What there is to do for one node; false: nothing. */
static bool do_own(struct world *world, size_t node)
{
    struct sim_node *sim = &world->nodes[node];
    if (sim->node == NULL)
        return false;
    if (sim_node_commits(sim)) {
        if (!sim->batch_is_run)
            world_run_commit(world, node);
        world_answer_commit(world, node);
    } else if (sim->question_count > 0 && !plant_mutes_guard(world, node)) {
        if (!sim->questions[0].is_run)
            world_run_guard(world, node);
        world_answer_guard(world, node);
    } else if (!world->more[node].needs_turn) {
        return false;
    }
    world_look(world, node);
    if (sim->node != NULL)
        world_turn(world, node);
    return true;
}

static bool do_between(struct world *world, size_t from, size_t to)
{
    if (world->nodes[to].node == NULL)
        return false;
    if (network_news(&world->network, to, from) != NETWORK_NO_NEWS)
        world_tell_news(world, to, from);
    else if (network_has_straggler(&world->network, from, to))
        world_deliver_straggler(world, from, to);
    else if (network_has_frame(&world->network, from, to))
        world_deliver(world, from, to);
    else
        return false;
    return true;
}

bool world_talk(struct world *world, size_t a, size_t b)
{
    size_t pair[2] = {a, b};
    bool any = false;
    for (size_t i = 0; i < 2; i++) {
        any = do_own(world, pair[i]) || any;
        world_look(world, pair[i]);
        any = do_between(world, pair[1 - i], pair[i]) || any;
    }
    return any;
}

static bool do_something(struct world *world)
{
    bool any = false;
    for (size_t i = 0; i < world->count; i++) {
        any = do_own(world, i) || any;
        world_look(world, i);
        for (size_t k = 0; k < world->count; k++) {
            if (k != i)
                any = do_between(world, k, i) || any;
        }
    }
    world->step++;
    return any;
}

static void settle(struct world *world)
{
    unsigned deeds = 0;
    while (!world_is_broken(world) && do_something(world)) {
        if (++deeds == DEEDS_MAX)
            world_break(world, BROKE_REST, "after %u deeds there is always something to do", deeds);
    }
}

static bool is_silent(const struct world *world, size_t node)
{
    return world->liar.is_silent && liar_is(world, node);
}

static void connect_all(struct world *world)
{
    for (size_t a = 0; a < world->count; a++) {
        if (is_silent(world, a))
            continue;
        if (world->nodes[a].node == NULL)
            world_start(world, a);
        for (size_t b = a + 1; b < world->count; b++) {
            if (!is_silent(world, b) && restore_may_connect(world, a, b) &&
                network_may_connect(&world->network, a, b, world->mono_ms))
                network_connect(&world->network, a, b);
        }
    }
}

static bool all_are_connected(const struct world *world)
{
    for (size_t a = 0; a < world->count; a++) {
        for (size_t b = 0; b < world->count; b++) {
            if (a != b && !liar_is(world, a) && !liar_is(world, b) &&
                !world->network.is_connected[a][b])
                return false;
        }
    }
    return true;
}

static void do_round(struct world *world, uint64_t ms)
{
    trace_line(&world->trace, "%llu round", (unsigned long long)world->step);
    connect_all(world);
    settle(world);
    world_pass(world, ms);
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++) {
        if (world->nodes[i].node != NULL)
            world_tick(world, i);
        world_look(world, i);
    }
    if (!world_is_broken(world))
        settle(world);
}

/* A gateway that changed what it carried is replaced: a new connection, and its first honest Hello.
 * Until then some of what is asked may go unanswered (docs/security.md). */
static void replace_gateways(struct world *world)
{
    for (size_t from = 0; from < world->count; from++) {
        for (size_t to = 0; to < world->count; to++) {
            if (world->is_spoilt[from][to])
                network_disconnect(&world->network, from, to);
        }
    }
}

static void heal(struct world *world)
{
    trace_line(&world->trace, "%llu healing", (unsigned long long)world->step);
    world->is_healing = true;
    world->network.queue_max_bytes = SIZE_MAX;
    mischief_ends(world);
    replace_gateways(world);
    for (size_t i = 0; i < world->count; i++) {
        world->more[i].clock_ms %= 100000;
        world->more[i].drift_ppm = 0;
    }
}

/* Who says something for ever mostly waits for what does not come, which has a better name. */
static void say_who_is_restless(struct world *world)
{
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++) {
        const struct sim_node *sim = &world->nodes[i];
        if (!liar_is(world, i) && sim->node != NULL &&
            tov_node_state(sim->node) != TOV_NODE_SERVING)
            world_break(world, BROKE_SERVING, "after %u seconds a%zu is in state %d", ROUNDS_MAX,
                        i + 1, (int)tov_node_state(sim->node));
    }
    for (size_t i = 0; i < world->count * world->count && !world_is_broken(world); i++) {
        size_t from = i / world->count;
        size_t to = i % world->count;
        if (from != to && !liar_is(world, from) && !liar_is(world, to))
            rest_check_open(world, from, to);
    }
}

static void come_to_rest(struct world *world)
{
    unsigned quiet = 0;
    for (unsigned i = 0; i < ROUNDS_MAX && !world_is_broken(world); i++) {
        uint64_t before = world->activity;
        do_round(world, ROUND_MS);
        bool moves = world->activity != before || !all_are_connected(world);
        quiet = moves ? 0 : quiet + 1;
        if (quiet == QUIET_ROUNDS)
            return;
    }
    if (!world_is_broken(world))
        say_who_is_restless(world);
    if (!world_is_broken(world))
        world_break(world, BROKE_REST, "after %u seconds there are still frames", ROUNDS_MAX);
}

/* Something for everybody, so that each is shown what the plan has for it. */
static void write_last_words(struct world *world)
{
    struct sim_order order = {.text_bytes = 64};
    if (!world_may_write(world, world->liar.node))
        return;
    for (size_t i = 0; i < world->count; i++) {
        if (!liar_is(world, i) && order.recipient_count < TOV_RECIPIENTS_MAX)
            order.recipients[order.recipient_count++] =
                (struct tov_message_recipient){(uint16_t)(i + 1), TOV_RIGHT_ALL};
    }
    world_submit(world, world->liar.node, &order);
}

/* A liar goes on until what it shows has been seen; then it is gone for good, and the others must
 * do without it. */
static void hear_liar_out(struct world *world)
{
    unsigned quiet = 0;
    liar_heal(world);
    for (unsigned i = 0; i < LIAR_ROUNDS && !world_is_broken(world); i++) {
        uint64_t before = world->activity;
        do_round(world, LIAR_ROUND_MS);
        if (i % 8 == 2 && !world_is_broken(world))
            write_last_words(world);
        quiet = world->activity != before ? 0 : quiet + 1;
        if (i > 12 && quiet > 3 && liar_is_noticed(world))
            break;
    }
    if (!world_is_broken(world))
        liar_check(world);
    world->liar.is_silent = true;
    if (world->nodes[world->liar.node].node != NULL)
        world_crash(world, world->liar.node);
}

static void check_pairs(struct world *world)
{
    for (size_t i = 0; i < world->count * world->count && !world_is_broken(world); i++) {
        size_t from = i / world->count;
        size_t to = i % world->count;
        if (from != to && !liar_is(world, from) && !liar_is(world, to))
            rest_check_pair(world, from, to);
    }
}

/* Of a liar nothing is asked but that it harms nobody. Its cosignature is missing wherever all
 * others are needed. */
static void check_all(struct world *world)
{
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++) {
        if (!liar_is(world, i))
            rest_check_node(world, i);
        if (!liar_is(world, i) && !world_is_broken(world))
            model_check_back(world, i);
    }
    check_pairs(world);
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++) {
        if (!liar_is(world, i))
            rest_check_told(world, i);
        if (!liar_is(world, i) && !world_is_broken(world))
            rest_check_names(world, i);
    }
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++) {
        if (!world->liar.is_there)
            rest_check_witness(world, i);
    }
}

static void connect_those_up(struct world *world)
{
    for (size_t a = 0; a < world->count; a++) {
        for (size_t b = a + 1; b < world->count; b++) {
            if (world->nodes[a].node != NULL && world->nodes[b].node != NULL &&
                restore_may_connect(world, a, b) &&
                network_may_connect(&world->network, a, b, world->mono_ms))
                network_connect(&world->network, a, b);
        }
    }
}

void world_calm(struct world *world, unsigned rounds, uint64_t ms)
{
    trace_line(&world->trace, "%llu calm", (unsigned long long)world->step);
    for (unsigned i = 0; i < rounds && !world_is_broken(world); i++) {
        connect_those_up(world);
        settle(world);
        world_pass(world, ms);
        for (size_t k = 0; k < world->count; k++) {
            if (world->nodes[k].node != NULL)
                world_tick(world, k);
        }
        settle(world);
    }
}

static bool all_serve(const struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        const struct sim_node *sim = &world->nodes[i];
        if (!is_silent(world, i) &&
            (sim->node == NULL || tov_node_state(sim->node) != TOV_NODE_SERVING))
            return false;
    }
    return true;
}

/* Who comes back waits a minute at a time for those who are not heard. */
static void let_come_back(struct world *world)
{
    for (unsigned i = 0; i < BACK_WAITS && !world_is_broken(world) && !all_serve(world); i++) {
        world_pass(world, BACK_WAIT_MS);
        come_to_rest(world);
    }
}

void world_rest(struct world *world)
{
    heal(world);
    if (world->liar.is_there)
        hear_liar_out(world);
    come_to_rest(world);
    if (world->restores.happen)
        let_come_back(world);
    world_pass(world, 2 * DAY_MS); /* anchors are due, however far ahead a clock once was */
    if (!world_is_broken(world))
        come_to_rest(world);
    if (world->repeats.happen && !world_is_broken(world)) {
        repeat_ask_all(world);
        come_to_rest(world);
    }
    if (world->repeats.happen && !world_is_broken(world))
        repeat_check(world);
    check_all(world);
}
