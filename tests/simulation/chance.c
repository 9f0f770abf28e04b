/* SPDX-License-Identifier: EUPL-1.2
 *
 * What happens next: a table of deeds with weights. A deed looks for somebody to whom it can
 * happen; when there is nobody, nothing happens in this step.
 */
#include "access/journal.h"
#include "ledger/reply.h"
#include "simulation/chance.h"
#include "store/read.h"
#include "support/unit.h"

#include <stdlib.h>

#define DAY_MS 86400000ull
#define RECIPIENTS_USUAL 8u /* of a message, most of all others; in larger worlds a few of them */

size_t chance_node(struct world *world, bool (*fits)(const struct world *world, size_t node))
{
    size_t first = (size_t)world_below(world, world->count);
    for (size_t i = 0; i < world->count; i++) {
        size_t node = (first + i) % world->count;
        if (fits(world, node))
            return node;
    }
    return world->count;
}

bool chance_pair(struct world *world,
                 bool (*fits)(const struct world *world, size_t from, size_t to), size_t *out_from,
                 size_t *out_to)
{
    size_t all = world->count * world->count;
    size_t first = (size_t)world_below(world, all);
    for (size_t i = 0; i < all; i++) {
        size_t from = (first + i) % all / world->count;
        size_t to = (first + i) % all % world->count;
        if (from != to && fits(world, from, to)) {
            *out_from = from;
            *out_to = to;
            return true;
        }
    }
    return false;
}

void chance_turn(struct world *world, size_t node)
{
    if (world->nodes[node].node != NULL && world_chance(world, 75))
        world_turn(world, node);
}

/* ---- to whom ---- */

static bool is_up(const struct world *world, size_t node)
{
    return world->nodes[node].node != NULL;
}

static bool may_start(const struct world *world, size_t node)
{
    return !is_up(world, node) && world->step >= world->more[node].down_until_step;
}

static bool needs_turn(const struct world *world, size_t node)
{
    return is_up(world, node) && world->more[node].needs_turn;
}

static bool has_commit(const struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    return is_up(world, node) && sim_node_commits(sim) && !sim->batch_is_run;
}

static bool has_result(const struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    return is_up(world, node) && sim_node_commits(sim) && sim->batch_is_run;
}

static bool has_question(const struct world *world, size_t node)
{
    return is_up(world, node) && sim_node_asks(&world->nodes[node], false);
}

static bool has_answer(const struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    return is_up(world, node) && sim->question_count > 0 && sim->questions[0].is_run &&
           !plant_mutes_guard(world, node);
}

bool world_may_write(const struct world *world, size_t node)
{
    const struct sim_node *sim = &world->nodes[node];
    if (!is_up(world, node) || world_lacks_room(world, node))
        return false;
    enum tov_node_state state = tov_node_state(sim->node);
    bool takes = state == TOV_NODE_SERVING || state == TOV_NODE_KEEPERS ||
                 state == TOV_NODE_CLOCK || state == TOV_NODE_GUARD_SILENT;
    return takes && tov_ledger_size(tov_node_core(sim->node)->ledger) > 0 &&
           !tov_node_is_busy(sim->node);
}

static bool has_frame(const struct world *world, size_t from, size_t to)
{
    return is_up(world, to) && network_has_frame(&world->network, from, to);
}

static bool has_straggler(const struct world *world, size_t from, size_t to)
{
    return is_up(world, to) && network_has_straggler(&world->network, from, to);
}

static bool has_news(const struct world *world, size_t at, size_t peer)
{
    return is_up(world, at) && network_news(&world->network, at, peer) != NETWORK_NO_NEWS;
}

static bool may_connect(const struct world *world, size_t a, size_t b)
{
    return is_up(world, a) && is_up(world, b) &&
           network_may_connect(&world->network, a, b, world->mono_ms) &&
           restore_may_connect(world, a, b);
}

static bool may_disconnect(const struct world *world, size_t a, size_t b)
{
    return world->network.is_connected[a][b];
}

static bool may_hear_old(const struct world *world, size_t from, size_t to)
{
    return is_up(world, to) && world->network.lines[from][to].sent_count > 0;
}

/* ---- deeds ---- */

static void do_deliver(struct world *world)
{
    size_t from, to;
    if (!chance_pair(world, has_frame, &from, &to))
        return;
    uint64_t burst = world_chance(world, 20) ? 1 + world_below(world, 8) : 1;
    for (uint64_t i = 0; i < burst && has_frame(world, from, to); i++)
        world_deliver(world, from, to);
    chance_turn(world, to);
}

static void do_straggler(struct world *world)
{
    size_t from, to;
    if (!chance_pair(world, has_straggler, &from, &to))
        return;
    world_fault(world, FAULT_STRAGGLER);
    world_deliver_straggler(world, from, to);
    chance_turn(world, to);
}

static void do_old(struct world *world)
{
    size_t from, to;
    if (!chance_pair(world, may_hear_old, &from, &to))
        return;
    world_fault(world, FAULT_OLD);
    world_deliver_old(world, from, to);
    chance_turn(world, to);
}

static void do_news(struct world *world)
{
    size_t at, peer;
    if (!chance_pair(world, has_news, &at, &peer))
        return;
    world_tell_news(world, at, peer);
    chance_turn(world, at);
}

static void do_connect(struct world *world)
{
    size_t a, b;
    if (!chance_pair(world, may_connect, &a, &b))
        return;
    trace_line(&world->trace, "%llu connect a%zu a%zu", (unsigned long long)world->step, a + 1,
               b + 1);
    network_connect(&world->network, a, b);
}

static void do_disconnect(struct world *world)
{
    size_t a, b;
    if (!chance_pair(world, may_disconnect, &a, &b))
        return;
    trace_line(&world->trace, "%llu disconnect a%zu a%zu", (unsigned long long)world->step, a + 1,
               b + 1);
    world_fault(world, FAULT_CUT);
    network_disconnect(&world->network, a, b);
}

/* One node apart from all others for a while. */
static void do_part(struct world *world)
{
    size_t node = (size_t)world_below(world, world->count);
    uint64_t until_ms = world->mono_ms + world_below(world, 60000);
    world_fault(world, FAULT_CUT);
    trace_line(&world->trace, "%llu a%zu is alone", (unsigned long long)world->step, node + 1);
    for (size_t i = 0; i < world->count; i++) {
        if (i != node)
            network_mute(&world->network, node, i, until_ms);
    }
}

static void do_commit(struct world *world)
{
    size_t node = chance_node(world, has_commit);
    if (node < world->count && plant_answers_early(world, node)) {
        world->nodes[node].result = (struct tov_store_result){.batch = world->nodes[node].batch};
        world->nodes[node].batch_is_run = true;
    } else if (node < world->count) {
        world_run_commit(world, node);
    }
}

static void do_committed(struct world *world)
{
    size_t node = chance_node(world, has_result);
    if (node == world->count)
        return;
    world_answer_commit(world, node);
    chance_turn(world, node);
}

static void do_fail_commit(struct world *world)
{
    size_t node = chance_node(world, has_commit);
    bool is_there = world_chance(world, 50);
    if (node == world->count)
        return;
    trace_line(&world->trace, "%llu commit of a%zu fails%s", (unsigned long long)world->step,
               node + 1, is_there ? ", and is there" : "");
    world_fault(world, FAULT_COMMIT);
    world->more[node].may_fail = world->plants.plant != PLANT_IO_ERROR;
    sim_node_fail_commit(&world->nodes[node], is_there);
}

static void do_guard(struct world *world)
{
    size_t node = chance_node(world, has_question);
    if (node < world->count)
        world_run_guard(world, node);
}

static void do_signed(struct world *world)
{
    size_t node = chance_node(world, has_answer);
    if (node == world->count)
        return;
    world_answer_guard(world, node);
    chance_turn(world, node);
}

static void do_turn(struct world *world)
{
    size_t node = chance_node(world, needs_turn);
    if (node < world->count)
        world_turn(world, node);
}

static void do_tick(struct world *world)
{
    size_t node = chance_node(world, is_up);
    world_pass(world, world_below(world, 1500));
    if (node == world->count)
        return;
    world_tick(world, node);
    chance_turn(world, node);
}

/* Time for waits to end; rarely days, so that keys are renewed and anchors written. */
static void do_wait(struct world *world)
{
    uint64_t ms = world_chance(world, 80) ? 5000 + world_below(world, 40000)
                                          : DAY_MS / 2 + world_below(world, 8 * DAY_MS);
    trace_line(&world->trace, "%llu wait %llu ms", (unsigned long long)world->step,
               (unsigned long long)ms);
    world_pass(world, ms);
}

/* A clock is set: a little off, or wildly until the end of mischief. */
static void do_clock(struct world *world)
{
    size_t node = (size_t)world_below(world, world->count);
    bool wild = world_chance(world, 20);
    int64_t ms = (int64_t)world_below(world, 200000) - 100000;
    world_fault(world, FAULT_CLOCK);
    world->more[node].clock_ms = wild ? ms * 100 : ms;
    trace_line(&world->trace, "%llu clock of a%zu %lld ms ahead", (unsigned long long)world->step,
               node + 1, (long long)world->more[node].clock_ms);
}

static void do_crash(struct world *world)
{
    size_t node = chance_node(world, is_up);
    if (node == world->count)
        return;
    world_fault(world, FAULT_CRASH);
    world_crash(world, node);
    world->more[node].down_until_step = world->step + world_below(world, 60);
}

static void do_start(struct world *world)
{
    size_t node = chance_node(world, may_start);
    if (node == world->count)
        return;
    world_start(world, node);
    chance_turn(world, node);
}

static bool may_read(const struct world *world, size_t node)
{
    return is_up(world, node) && !world_lacks_room(world, node) &&
           tov_ledger_size(tov_node_core(world->nodes[node].node)->journal) > 0;
}

/* Somebody reads, whatever state the node is in: an access entry. */
static void do_read(struct world *world)
{
    size_t node = chance_node(world, may_read);
    if (node == world->count)
        return;
    struct sim_node *sim = &world->nodes[node];
    struct tov_access_note note = {.class_code = TOV_ACCESS_READ,
                                   .client = tov_clients_at(sim->agency->clients, 0),
                                   .role = "sagsbehandler"};
    world_touch(world, node);
    enum tov_err err = tov_access_note(tov_node_core(sim->node), &note);
    trace_line(&world->trace, "%llu read at a%zu", (unsigned long long)world->step, node + 1);
    if (err != TOV_OK)
        world_break(world, BROKE_FAILED, "a%zu did not note an access: %s", node + 1,
                    tov_err_name(err));
    chance_turn(world, node);
}

/* ---- messages ---- */

static void draw_recipients(struct world *world, size_t from, struct sim_order *order)
{
    bool own = world_chance(world, 5);
    unsigned percent = world->count > RECIPIENTS_USUAL ? 5 : 70;
    for (size_t i = 0; i < world->count; i++) {
        bool wanted = i == from ? own : world_chance(world, percent);
        enum tov_right right = world_chance(world, 80) ? TOV_RIGHT_ALL : TOV_RIGHT_HEADER;
        if (wanted && order->recipient_count < TOV_RECIPIENTS_MAX)
            order->recipients[order->recipient_count++] =
                (struct tov_message_recipient){(uint16_t)(i + 1), right};
    }
    if (order->recipient_count == 0)
        order->recipients[order->recipient_count++] = (struct tov_message_recipient){
            (uint16_t)((from + 1) % world->count + 1), TOV_RIGHT_ALL};
}

static void draw_attachments(struct world *world, struct sim_order *order)
{
    static const size_t sizes[] = {100, 5000, 100000, 131000, 300000, 1300000, 2600000};
    if (!world_chance(world, 25))
        return;
    order->attachment_count = 1 + (world_chance(world, 40) ? world_below(world, 6) : 0);
    size_t kinds = world_chance(world, 15) ? 7 : order->attachment_count > 2 ? 3 : 5;
    for (size_t i = 0; i < order->attachment_count; i++)
        order->attachment_bytes[i] = sizes[world_below(world, kinds)];
}

static bool is_held(struct world *world, size_t node, const struct tov_ref *ref)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t number = 0;
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    return tov_event_of(tov_node_core(world->nodes[node].node), read, ref, &number) == TOV_OK;
}

/* Something that the node holds, to answer. */
static void draw_target(struct world *world, size_t node, struct sim_order *order)
{
    if (world->model.order_count == 0 || !world_chance(world, 40))
        return;
    const struct model_order *target =
        &world->model.orders[world_below(world, world->model.order_count)];
    if (target->is_provisional && target->node != node)
        return; /* it may get another place, of which nobody else was told */
    order->target = (struct tov_ref){(uint16_t)(target->node + 1), 1, target->place.index,
                                     target->place.leaf_hash};
    order->has_target = is_held(world, node, &order->target);
}

void world_submit(struct world *world, size_t node, struct sim_order *order)
{
    struct tov_message_written written;
    order->record = ++world->next_record;
    world_touch(world, node);
    enum tov_err err = sim_message_submit(&world->nodes[node], order, &written);
    if (err != TOV_OK && liar_is(world, node))
        return;
    if (err != TOV_OK) {
        world_break(world, BROKE_FAILED, "a%zu did not take a message: %s", node + 1,
                    tov_err_name(err));
        return;
    }
    trace_line(&world->trace, "%llu submit %llu at a%zu: entry %llu, %zu attachments",
               (unsigned long long)world->step, (unsigned long long)order->record, node + 1,
               (unsigned long long)written.place.index, order->attachment_count);
    model_submitted(world, node, order, &written.place);
}

static void draw_order(struct world *world, size_t node)
{
    struct sim_order order = {.text_bytes = world_chance(world, 85)
                                                ? 64 + world_below(world, 500)
                                                : 20000 + world_below(world, 25000)};
    draw_recipients(world, node, &order);
    draw_attachments(world, &order);
    draw_target(world, node, &order);
    world_submit(world, node, &order);
    world->orders_left--;
}

static void do_submit(struct world *world)
{
    size_t node = chance_node(world, world_may_write);
    uint64_t burst = world_chance(world, 15) ? 1 + world_below(world, 8) : 1;
    if (node == world->count)
        return;
    for (uint64_t i = 0; i < burst && world->orders_left > 0 && world_may_write(world, node); i++)
        draw_order(world, node);
    chance_turn(world, node);
}

/* ---- the table ---- */

struct deed {
    unsigned weight;
    void (*happens)(struct world *world);
    enum fault fault; /* without which it does not happen */
};

static const struct deed deeds[] = {
    {400, do_deliver, FAULT_NONE},
    {100, do_commit, FAULT_NONE},
    {100, do_committed, FAULT_NONE},
    {100, do_guard, FAULT_NONE},
    {100, do_signed, FAULT_NONE},
    {120, do_turn, FAULT_NONE},
    {60, do_news, FAULT_NONE},
    {60, do_tick, FAULT_NONE},
    {40, do_connect, FAULT_NONE},
    {60, do_submit, FAULT_NONE},
    {30, do_start, FAULT_NONE},
    {12, do_read, FAULT_NONE},
    {4, do_wait, FAULT_NONE},
    {20, do_straggler, FAULT_STRAGGLER},
    {8, do_disconnect, FAULT_CUT},
    {2, do_part, FAULT_CUT},
    {8, do_crash, FAULT_CRASH},
    {6, do_old, FAULT_OLD},
    {3, do_clock, FAULT_CLOCK},
    {3, do_fail_commit, FAULT_COMMIT},
    {2, mischief_fill, FAULT_FULL},
    {3, mischief_swizzle, FAULT_CLOG},
    {40, mischief_damage, FAULT_DAMAGE},
    {20, mischief_replay, FAULT_REPLAY},
    {8, restore_copy, FAULT_RESTORE},
    {8, restore_put_back, FAULT_RESTORE},
    {8, restore_calm, FAULT_RESTORE},
    {6, restore_amid, FAULT_RESTORE},
    {12, restore_late, FAULT_RESTORE},
    {60, restore_write, FAULT_RESTORE},
};
#define DEED_COUNT (sizeof deeds / sizeof deeds[0])

static unsigned weight_of(const struct world *world, const struct deed *deed)
{
    if (!world_may(world, deed->fault))
        return 0;
    if (deed->happens == mischief_replay)
        return world->liar.is_there ? deed->weight : 0;
    if (deed->fault == FAULT_RESTORE)
        return world->restores.happen ? deed->weight : 0;
    if (deed->happens == do_crash || deed->happens == do_start)
        return deed->weight * world->crashes;
    if (deed->happens == do_disconnect || deed->happens == do_connect)
        return deed->weight * world->cuts;
    return deed->weight;
}

void world_step(struct world *world)
{
    unsigned all = 0;
    size_t at = 0;
    for (size_t i = 0; i < DEED_COUNT; i++)
        all += weight_of(world, &deeds[i]);
    uint64_t draw = world_below(world, all);
    while (draw >= weight_of(world, &deeds[at]))
        draw -= weight_of(world, &deeds[at++]);
    world->step++;
    mischief_goes_on(world);
    deeds[at].happens(world);
    repeat_step(world);
    for (size_t i = 0; i < world->count; i++)
        world_look(world, i);
}
