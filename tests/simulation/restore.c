/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/restore.h"

#include "simulation/chance.h"
#include "support/unit.h"

#include <stdlib.h>

#define DOWN_STEPS 40u
#define PEER_DOWN_STEPS 200u

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
    bool may = true;
    if (first->guard_is_back)
        may = !liar_is(world, b) && first->links[b].held >= first->trees[0].signed_size;
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

static void set_back(struct world *world, size_t node)
{
    struct model_moment now;
    const struct restore_copy *copy = &world->restores.copies[node];
    bool with_guard = world_chance(world, 35) && model_is_held_beside(world, node, node);
    bool with_files = world_chance(world, 25);
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
