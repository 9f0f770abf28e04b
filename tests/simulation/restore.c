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

void restores_fini(struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        struct restore_copy *copy = &world->restores.copies[i];
        if (!copy->is_there)
            continue;
        sim_copy_fini(&copy->files);
        sim_disk_destroy(copy->disk);
        inbox_fini(&copy->inbox);
        model_moment_fini(&copy->moment);
        copy->is_there = false;
    }
}

/* ---- copies ---- */

/* An entry that is written before its tree is whole may get another place: no copy of that. */
static bool may_copy(const struct world *world, size_t node)
{
    return world->nodes[node].node != NULL && !liar_is(world, node) &&
           !world->model.nodes[node].is_back;
}

static void keep(struct world *world, size_t node, struct restore_copy *out)
{
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
    struct restore_copy *copy = &world->restores.copies[node];
    if (copy->is_there && world_chance(world, 75))
        return; /* the older one stays */
    if (copy->is_there) {
        sim_copy_fini(&copy->files);
        sim_disk_destroy(copy->disk);
        inbox_fini(&copy->inbox);
        model_moment_fini(&copy->moment);
    }
    trace_line(&world->trace, "%llu copy of a%zu", (unsigned long long)world->step, node + 1);
    keep(world, node, copy);
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
           !is_needed(world, node) && has_honest_keepers(world, node);
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

/* One of the others is heard at once, the next when it is not waited for any more, and the rest
 * later: so some give back entries to a node that waits for its keepers alone. */
static void stand_apart(struct world *world, size_t node)
{
    size_t others = 0;
    size_t first = (node + 1 + (size_t)world_below(world, world->count - 1)) % world->count;
    for (size_t k = 0; k < world->count; k++) {
        size_t peer = (first + k) % world->count;
        if (peer == node)
            continue;
        uint64_t times = others < 2 ? others : 2;
        world->restores.apart_to_ms[node][peer] =
            world->mono_ms + times * (APART_MS + world_below(world, APART_MS / 2));
        others++;
    }
    if (world_chance(world, 50))
        return;
    world_start(world, node);
    world_calm(world, 3 * APART_MS / APART_ROUND_MS, APART_ROUND_MS);
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
    if (world_chance(world, 60))
        stand_apart(world, node);
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
    world->restores.left--;
    set_back(world, node);
}

/* Its guard is set back, too, so that it does not know yet that it is old. */
static bool may_write_too_early(const struct world *world, size_t node)
{
    return world->model.nodes[node].guard_is_back && !world->restores.has_written[node] &&
           world_may_write(world, node);
}

void restore_write(struct world *world)
{
    size_t node = chance_node(world, may_write_too_early);
    if (node == world->count)
        return;
    world->restores.has_written[node] = true;
    write_unheard(world, node);
    if (!world_is_broken(world) && world_may_write(world, node) && world_chance(world, 85))
        write_behind(world, node);
}

void restore_put_back(struct world *world)
{
    unsigned count = world_chance(world, 25) ? 2 : 1;
    for (unsigned i = 0; i < count && world->restores.left > 0; i++) {
        size_t node = chance_node(world, may_set_back);
        if (node == world->count)
            return;
        world->restores.left--;
        set_back(world, node);
    }
    size_t other = chance_node(world, is_up);
    if (other == world->count || !world_chance(world, 30))
        return;
    world_crash(world, other);
    stay_down(world, other, PEER_DOWN_STEPS);
}

void restore_calm(struct world *world)
{
    world_calm(world, 1 + (unsigned)world_below(world, 6), 1000 + world_below(world, 20000));
}
