/* SPDX-License-Identifier: EUPL-1.2
 *
 * Harm that lasts for some steps, or that no honest network does.
 */
#include "simulation/chance.h"
#include "support/unit.h"
#include "wire/frame.h"

#define DAMAGE_TRIES 16u
#define NOISE_MAX_BYTES 300u

static bool is_up(const struct world *world, size_t node)
{
    return world->nodes[node].node != NULL;
}

/* ---- damage ---- */

static bool has_frame(const struct world *world, size_t from, size_t to)
{
    return is_up(world, to) && network_has_frame(&world->network, from, to);
}

/* One byte is another. Where it can be, the frame can still be read, as a gateway that is taken
 * over would have it. True: it can. */
static bool damage(struct world *world, struct tov_buf *frame)
{
    for (unsigned i = 0; i < DAMAGE_TRIES; i++) {
        TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
        size_t at = (size_t)world_below(world, frame->size);
        uint8_t bits = (uint8_t)(1 + world_below(world, 255));
        frame->data[at] ^= bits;
        if (tov_frame_decode(tov_buf_view(frame), &decoded) == TOV_OK)
            return true;
        if (i + 1 < DAMAGE_TRIES)
            frame->data[at] ^= bits;
    }
    return false;
}

/* A changed frame comes. In half of the cases the transport notices, and ends the connection behind
 * it; in the others nobody does but who gets it. */
void mischief_damage(struct world *world)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = {0};
    size_t from, to;
    if (!chance_pair(world, has_frame, &from, &to))
        return;
    network_take(&world->network, from, to, &frame);
    bool is_read = damage(world, &frame);
    bool ends = world_chance(world, 50);
    trace_line(&world->trace, "%llu damage a%zu -> a%zu%s%s", (unsigned long long)world->step,
               from + 1, to + 1, is_read ? ", to be read" : "", ends ? ", and cut" : "");
    world_fault(world, FAULT_DAMAGE);
    world_give(world, from, to, &frame);
    if (ends)
        network_disconnect(&world->network, from, to);
    else
        world->is_spoilt[from][to] = true;
    chance_turn(world, to);
}

/* ---- full disks ---- */

static bool may_fill(const struct world *world, size_t node)
{
    return is_up(world, node) && !world->nodes[node].disk_is_full;
}

void mischief_fill(struct world *world)
{
    size_t node = chance_node(world, may_fill);
    if (node == world->count)
        return;
    world->more[node].full_until_step = world->step + 10 + world_below(world, 100);
    world_fill(world, node, true);
    world_fault(world, FAULT_FULL);
}

/* ---- swizzle ---- */

static void shuffle(struct world *world, size_t *order, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t other = (size_t)world_below(world, i);
        size_t kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

void mischief_swizzle(struct world *world)
{
    struct swizzle *swizzle = &world->swizzle;
    if (swizzle->count > 0)
        return;
    *swizzle = (struct swizzle){.next_step = world->step};
    for (size_t i = 0; i < world->count; i++)
        swizzle->order[0][i] = swizzle->order[1][i] = i;
    shuffle(world, swizzle->order[0], world->count);
    swizzle->count = 1 + (size_t)world_below(world, world->count);
    for (size_t i = 0; i < swizzle->count; i++)
        swizzle->order[1][i] = swizzle->order[0][i];
    shuffle(world, swizzle->order[1], swizzle->count);
    world_fault(world, FAULT_CLOG);
}

static void cut_off(struct world *world, size_t node)
{
    trace_line(&world->trace, "%llu clog a%zu", (unsigned long long)world->step, node + 1);
    world->network.is_clogged[node] = true;
    for (size_t i = 0; i < world->count; i++) {
        if (i != node && world_chance(world, 50))
            network_disconnect(&world->network, node, i);
    }
}

static void swizzle_on(struct world *world)
{
    struct swizzle *swizzle = &world->swizzle;
    if (swizzle->count == 0 || world->step < swizzle->next_step)
        return;
    size_t node = swizzle->order[swizzle->frees ? 1 : 0][swizzle->done++];
    swizzle->next_step = world->step + 1 + world_below(world, 25);
    if (!swizzle->frees) {
        cut_off(world, node);
    } else {
        trace_line(&world->trace, "%llu free a%zu", (unsigned long long)world->step, node + 1);
        world->network.is_clogged[node] = false;
    }
    if (swizzle->done < swizzle->count)
        return;
    swizzle->done = 0;
    if (swizzle->frees)
        swizzle->count = 0;
    swizzle->frees = true;
}

/* ---- a liar's replays ---- */

static bool hears_liar(const struct world *world, size_t node)
{
    return is_up(world, node) && world->liar.is_there && !liar_is(world, node) &&
           world->network.sides[node][world->liar.node].is_told_up;
}

static void make_noise(struct world *world, struct tov_buf *out)
{
    size_t size = 1 + (size_t)world_below(world, NOISE_MAX_BYTES);
    for (size_t i = 0; i < size; i++)
        tov_buf_put_u8(out, (uint8_t)world_below(world, 256));
}

/* A frame that another once sent to it, or that it sent to another, or noise. */
void mischief_replay(struct world *world)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    size_t to = chance_node(world, hears_liar);
    size_t other = (size_t)world_below(world, world->count);
    size_t liar = world->liar.node;
    if (to == world->count)
        return;
    bool theirs = world_chance(world, 60);
    bool noise = world_chance(world, 20) || other == liar;
    if (noise)
        make_noise(world, &frame);
    else if (!network_recall(&world->network, theirs ? other : liar, theirs ? liar : other, &frame))
        return;
    trace_line(&world->trace, "%llu replay to a%zu, %s of a%zu", (unsigned long long)world->step,
               to + 1, noise ? "noise" : "a frame", other + 1);
    world_fault(world, FAULT_REPLAY);
    world_give(world, liar, to, &frame);
    chance_turn(world, to);
}

/* ---- over time ---- */

void mischief_goes_on(struct world *world)
{
    swizzle_on(world);
    for (size_t i = 0; i < world->count; i++) {
        if (world->nodes[i].disk_is_full && world->step >= world->more[i].full_until_step)
            world_fill(world, i, false);
    }
}

void mischief_ends(struct world *world)
{
    world->swizzle.count = 0;
    for (size_t i = 0; i < world->count; i++) {
        world->network.is_clogged[i] = false;
        if (world->nodes[i].disk_is_full)
            world_fill(world, i, false);
    }
}
