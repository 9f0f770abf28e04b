/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/restore.h"

#include "simulation/chance.h"
#include "support/unit.h"

#include <stdlib.h>

#define DOWN_STEPS 40u
#define PEER_DOWN_STEPS 200u
#define AWAITED_BYTES 500000u
#define AWAITED_TALKS 60u
#define APART_MS 70000u
#define APART_ROUND_MS 5000u
#define APART_ROUNDS (3 * APART_MS / APART_ROUND_MS)
#define LATE_ORDERS 3u

static void drop(struct restore_copy *copy)
{
    if (!copy->is_there)
        return;
    sim_copy_fini(&copy->files);
    sim_disk_destroy(copy->disk);
    inbox_fini(&copy->inbox);
    model_moment_fini(&copy->moment);
    copy->is_there = false;
}

void restores_fini(struct world *world)
{
    for (size_t i = 0; i < world->count; i++)
        drop(&world->restores.copies[i]);
}

/* ---- copies ---- */

/* An entry that is written before its tree is whole may get another place: no copy of that. */
static bool may_copy(const struct world *world, size_t node)
{
    return world->nodes[node].node != NULL && !liar_is(world, node) &&
           !world->model.nodes[node].is_back;
}

/* In the place of the older one; the node is down then. */
static void keep(struct world *world, size_t node)
{
    struct restore_copy *out = &world->restores.copies[node];
    trace_line(&world->trace, "%llu copy of a%zu", (unsigned long long)world->step, node + 1);
    drop(out);
    *out = (struct restore_copy){.is_there = true};
    model_moment_take(world, node, &out->moment);
    inbox_copy(&world->inboxes[node], &out->inbox);
    world_crash(world, node);
    sim_node_copy(&world->nodes[node], &out->files);
    out->disk = sim_disk_copy(world->nodes[node].disk);
}

static void stay_down(struct world *world, size_t node, unsigned steps)
{
    world->more[node].down_until_step = world->step + world_below(world, steps);
}

void restore_copy(struct world *world)
{
    size_t node = chance_node(world, may_copy);
    if (node == world->count)
        return;
    if (world->restores.copies[node].is_there && world_chance(world, 75))
        return; /* the older one stays */
    keep(world, node);
    stay_down(world, node, DOWN_STEPS / 4);
}

/* ---- rules ---- */

bool restore_may_connect(const struct world *world, size_t a, size_t b)
{
    const struct model_node *first = &world->model.nodes[a];
    const struct model_node *second = &world->model.nodes[b];
    bool may = world->mono_ms >= world->restores.apart_to_ms[a][b] &&
               world->mono_ms >= world->restores.apart_to_ms[b][a];
    if (first->guard_is_back)
        may = may && !liar_is(world, b) && first->links[b].held >= first->trees[0].signed_size;
    if (second->guard_is_back)
        may = may && !liar_is(world, a) && second->links[a].held >= second->trees[0].signed_size;
    return may;
}

/* somebody-holds, for those who are not whole yet. */
static bool is_needed(const struct world *world, size_t node)
{
    for (size_t i = 0; i < world->count; i++) {
        if (world->model.nodes[i].guard_is_back && !model_is_held_beside(world, i, node))
            return true;
    }
    return false;
}

/* majority-honest, of those that NODE must hear after it. */
static bool has_honest_keepers(const struct world *world, size_t node)
{
    const struct tov_agency *agency = sim_federation_agency(world->federation, node);
    size_t honest = 0;
    for (size_t i = 0; i < agency->keeper_count; i++)
        honest += liar_is(world, agency->keepers[i] - 1u) ? 0 : 1;
    return honest >= agency->keeper_count / 2 + 1;
}

static bool may_set_back(const struct world *world, size_t node)
{
    const struct restore_copy *copy = &world->restores.copies[node];
    return copy->is_there && world->model.nodes[node].trees[0].count > copy->moment.count &&
           world->nodes[node].node != NULL && !world->nodes[node].disk_is_full &&
           !is_needed(world, node) && has_honest_keepers(world, node) &&
           (!model_guard_is_old(world, node) || model_is_held_beside(world, node, node));
}

/* ---- setting back ---- */

/* The rule files-stay: of who is down nobody can tell. */
static bool may_lose_files(const struct world *world, size_t node)
{
    bool all_up = true;
    for (size_t i = 0; i < world->count; i++)
        all_up = all_up && (world->nodes[i].node != NULL || liar_is(world, i));
    return all_up && !model_is_awaited(world, node);
}

static void set_back(struct world *world, size_t node)
{
    struct model_moment now;
    const struct restore_copy *copy = &world->restores.copies[node];
    bool with_guard = world_chance(world, 35) && model_is_held_beside(world, node, node);
    bool with_files = world_chance(world, 50) && may_lose_files(world, node);
    model_moment_take(world, node, &now);
    world_crash(world, node);
    trace_line(&world->trace, "%llu a%zu is set back from %llu to %llu%s%s",
               (unsigned long long)world->step, node + 1,
               (unsigned long long)world->model.nodes[node].trees[0].count,
               (unsigned long long)copy->moment.count, with_guard ? ", with its guard" : "",
               with_files ? ", with its files" : "");
    world_fault(world, FAULT_RESTORE);
    sim_node_put_back(&world->nodes[node], &copy->files,
                      SIM_STORE | (with_guard ? (unsigned)SIM_GUARD : 0));
    if (with_files)
        sim_disk_put_back(world->nodes[node].disk, copy->disk);
    inbox_put_back(&world->inboxes[node], &copy->inbox);
    world->restores.has_written[node] = false;
    model_set_back(world, node, &now, &copy->moment, with_guard);
    if (with_files)
        world->more[node].files_are_back = true;
    model_moment_fini(&now);
    stay_down(world, node, DOWN_STEPS);
}

static bool is_up(const struct world *world, size_t node)
{
    return world->nodes[node].node != NULL;
}

static void address_to_all(const struct world *world, size_t node, struct sim_order *order)
{
    *order = (struct sim_order){.text_bytes = 64};
    for (size_t i = 0; i < world->count; i++) {
        if (i != node)
            order->recipients[order->recipient_count++] =
                (struct tov_message_recipient){(uint16_t)(i + 1), TOV_RIGHT_ALL};
    }
}

static void write_to_all(struct world *world, size_t node, size_t attachment_bytes)
{
    struct sim_order order;
    address_to_all(world, node, &order);
    order.attachment_count = attachment_bytes > 0 ? 1 : 0;
    order.attachment_bytes[0] = attachment_bytes;
    world_submit(world, node, &order);
    world_turn(world, node);
}

/* What was written is durable at once, and signed, where the node signs now, by a guard whose
 * answer does not come: nobody else has it. */
static void keep_unheard(struct world *world, size_t node)
{
    struct sim_node *sim = &world->nodes[node];
    if (!sim_node_commits(sim) || sim->batch_is_run)
        return;
    world_run_commit(world, node);
    world_answer_commit(world, node);
    world_turn(world, node);
    while (sim_node_asks(sim, false))
        world_run_guard(world, node);
}

static void write_unheard(struct world *world, size_t node)
{
    write_to_all(world, node, 0);
    keep_unheard(world, node);
}

/* What answers, or takes back, the newest message of NODE that is acknowledged. */
static void write_behind(struct world *world, size_t node)
{
    struct sim_order order;
    const struct model *model = &world->model;
    const struct model_order *newest = &model->orders[model->order_count - 1];
    if (newest->node != node || !newest->is_acknowledged)
        return;
    address_to_all(world, node, &order);
    order.has_target = true;
    order.takes_back = world_chance(world, 50);
    order.cites = world_chance(world, 50);
    order.target =
        (struct tov_ref){(uint16_t)(node + 1), 1, newest->place.index, newest->place.leaf_hash};
    world_submit(world, node, &order);
    world_turn(world, node);
    keep_unheard(world, node);
}

/* Its guard is as old, so that it does not know yet that it is old itself. */
static bool may_write_too_early(const struct world *world, size_t node)
{
    return world->model.nodes[node].guard_is_back && !world->restores.has_written[node] &&
           world_may_write(world, node);
}

static void write_too_early(struct world *world, size_t node)
{
    world->restores.has_written[node] = true;
    write_unheard(world, node);
    if (!world_is_broken(world) && world_may_write(world, node) && world_chance(world, 85))
        write_behind(world, node);
}

/* ---- meeting the others again ---- */

/* They do not hear each other before so many waits for who is not heard have ended; and nobody is
 * heard at the very start. */
static void hold_apart(struct world *world, size_t node, size_t peer, uint64_t waits)
{
    world->restores.apart_to_ms[node][peer] =
        world->mono_ms + 1 + waits * (APART_MS + world_below(world, APART_MS / 2));
}

/* It begins again after each step of its recovery; nothing else is between but who writes there. */
static void meet_apart(struct world *world, size_t node)
{
    for (unsigned i = 0; i < APART_ROUNDS && !world_is_broken(world); i++) {
        if (world->nodes[node].node == NULL)
            world_start(world, node);
        else if (may_write_too_early(world, node))
            write_too_early(world, node);
        world_calm(world, 1, APART_ROUND_MS);
    }
}

/* One of the others is heard at once, the next when it is not waited for any more, and the rest
 * later: so some give back entries to a node that waits for its keepers alone. */
static void stand_apart(struct world *world, size_t node)
{
    size_t others = 0;
    size_t first = (node + 1 + (size_t)world_below(world, world->count - 1)) % world->count;
    for (size_t k = 0; k < world->count; k++) {
        size_t peer = (first + k) % world->count;
        if (peer != node)
            hold_apart(world, node, peer, others < 2 ? others++ : 2);
    }
    if (!world_chance(world, 50))
        meet_apart(world, node);
}

/* It hears the others together, or one after the other. */
static void set_back_and_meet(struct world *world, size_t node)
{
    world->restores.left--;
    set_back(world, node);
    if (world_chance(world, 60))
        stand_apart(world, node);
}

/* An attachment of some pieces, of which somebody has got the first, if all goes well. */
static void write_and_be_awaited(struct world *world, size_t node)
{
    size_t peer = chance_node(world, is_up);
    write_to_all(world, node, AWAITED_BYTES);
    for (unsigned i = 0; i < AWAITED_TALKS && !world_is_broken(world) && peer != node &&
                         is_up(world, node) && !model_is_awaited(world, node);
         i++)
        (void)world_talk(world, node, peer);
}

/* Somebody waits for keys or attachments of it; where a message is lost besides, the series ends
 * meanwhile. */
void restore_amid(struct world *world)
{
    size_t node = world->restores.left == 0 ? world->count : chance_node(world, may_set_back);
    if (node == world->count)
        return;
    if (!model_is_awaited(world, node) && world_may_write(world, node))
        write_and_be_awaited(world, node);
    if (!world_is_broken(world) && world_may_write(world, node) && world_chance(world, 70))
        write_unheard(world, node);
    if (world_is_broken(world) || !may_set_back(world, node))
        return;
    set_back_and_meet(world, node);
}

void restore_write(struct world *world)
{
    size_t node = chance_node(world, may_write_too_early);
    if (node == world->count)
        return;
    write_too_early(world, node);
}

void restore_put_back(struct world *world)
{
    unsigned count = world_chance(world, 25) ? 2 : 1;
    for (unsigned i = 0; i < count && world->restores.left > 0; i++) {
        size_t node = chance_node(world, may_set_back);
        if (node == world->count)
            return;
        set_back_and_meet(world, node);
    }
    size_t other = chance_node(world, is_up);
    if (other == world->count || !world_chance(world, 30))
        return;
    world_crash(world, other);
    stay_down(world, other, PEER_DOWN_STEPS);
}

static bool is_keeper(const struct world *world, size_t node, size_t peer)
{
    const struct tov_agency *agency = sim_federation_agency(world->federation, node);
    bool is_one = false;
    for (size_t i = 0; i < agency->keeper_count; i++)
        is_one = is_one || agency->keepers[i] == peer + 1;
    return is_one;
}

/* Who is up and no keeper of NODE; world->count: nobody. */
static size_t late_one_of(const struct world *world, size_t node)
{
    size_t late = 0;
    while (late < world->count &&
           (late == node || is_keeper(world, node, late) || !is_up(world, late)))
        late++;
    return late;
}

static bool may_hear_late(const struct world *world, size_t node)
{
    return may_copy(world, node) && world_may_write(world, node) &&
           has_honest_keepers(world, node) && late_one_of(world, node) < world->count;
}

static void write_to_one(struct world *world, size_t node, size_t peer)
{
    struct sim_order order = {
        .text_bytes = 64,
        .recipient_count = 1,
        .recipients = {{(uint16_t)(peer + 1), TOV_RIGHT_ALL}},
    };
    world_submit(world, node, &order);
    world_turn(world, node);
}

/* One keeper is heard, then LATE, then who makes a majority of the keepers. */
static void hear_late(struct world *world, size_t node, size_t late)
{
    const struct tov_agency *agency = sim_federation_agency(world->federation, node);
    size_t first = agency->keepers[world_below(world, agency->keeper_count)] - 1u;
    for (size_t peer = 0; peer < world->count; peer++)
        hold_apart(world, node, peer, peer == first ? 0 : peer == late ? 1 : 2);
    meet_apart(world, node);
}

/* A message that was written since the copy: LATE alone had it. */
static bool came_back(const struct world *world, size_t node)
{
    const struct model_node *model = &world->model.nodes[node];
    bool any = false;
    for (uint64_t i = world->restores.copies[node].moment.count; i < model->trees[0].count; i++) {
        const struct model_fact *fact = &model->facts[i];
        any = any || (fact->type == TOV_LEAF_MESSAGE && fact->was_out && !fact->is_out);
    }
    return any;
}

/* All that was written since the copy went to one who is no keeper: that one is sent more when the
 * node serves again, in the same series, if nothing else was lost. */
void restore_late(struct world *world)
{
    size_t node = world->restores.late_left == 0 ? world->count : chance_node(world, may_hear_late);
    if (node == world->count)
        return;
    size_t late = late_one_of(world, node);
    world_calm(world, 3, 1000);
    if (world_is_broken(world) || !may_hear_late(world, node))
        return;
    keep(world, node);
    world_start(world, node);
    world_calm(world, 3, 1000);
    for (uint64_t i = world_below(world, LATE_ORDERS) + 1;
         i > 0 && !world_is_broken(world) && world_may_write(world, node); i--)
        write_to_one(world, node, late);
    world_calm(world, 3, 1000);
    if (world_is_broken(world) || !may_set_back(world, node))
        return;
    world->restores.late_left--;
    set_back(world, node);
    hear_late(world, node, late);
    if (came_back(world, node))
        tally_event(&world->tally, "restored-late", 1);
    if (!world_is_broken(world) && world_may_write(world, node))
        write_to_all(world, node, 0);
}

void restore_calm(struct world *world)
{
    world_calm(world, 1 + (unsigned)world_below(world, 6), 1000 + world_below(world, 20000));
}
