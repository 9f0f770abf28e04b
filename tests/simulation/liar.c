/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/liar.h"

#include "merkle/checkpoint.h"
#include "merkle/tree.h"
#include "simulation/world.h"
#include "support/unit.h"
#include "wire/frame.h"
#include "wire/leaf.h"

#include <stdlib.h>
#include <string.h>

#define LEAF_VERSION_AT 4u
#define LEAF_TYPE_AT 5u
#define LEAF_TIME_AT 6u
#define LEAF_BLIND_AT 14u
#define LEAF_FIELDS_AT 30u
#define YEARS_MS 315360000000ull
/* Contradictions that a node must have noticed: it forgives two in a row, and may miss some. */
#define NOTICED_AFTER 6u

uint64_t liar_below(struct liar *liar, uint64_t limit)
{
    return limit == 0 ? 0 : unit_random(&liar->random) % limit;
}

bool liar_chance(struct liar *liar, unsigned percent)
{
    return liar_below(liar, 100) < percent;
}

bool liar_is(const struct world *world, size_t node)
{
    return world->liar.is_there && world->liar.node == node;
}

/* ---- the plan ---- */

static uint64_t draw_switch(struct liar *liar)
{
    switch (liar->plan) {
    case LIAR_POISON:
        return 0;
    case LIAR_SPLIT:
        return liar_chance(liar, 50) ? 0 : UINT64_MAX;
    case LIAR_SWITCH:
        return liar_chance(liar, 70) ? 50 + liar_below(liar, 600) : UINT64_MAX;
    case LIAR_ONE_TREE:
    case LIAR_PLAN_COUNT:
        break;
    }
    return UINT64_MAX;
}

void liar_init(struct world *world)
{
    struct liar *liar = &world->liar;
    liar->is_there = true;
    liar->node = (size_t)world_below(world, world->count);
    liar->random = unit_random(&world->random);
    liar->plan = (enum liar_plan)liar_below(liar, LIAR_PLAN_COUNT);
    if (!world_may(world, FAULT_FORK) && liar->plan > LIAR_POISON)
        liar->plan = LIAR_POISON;
    if (world->plants.plant == PLANT_FORK_UNSAID)
        liar->plan = LIAR_SWITCH;
    liar->fork_at = 2 + liar_below(liar, 8);
    liar->part_percent = world_may(world, FAULT_PART) && liar_chance(liar, 40) ? 20 : 0;
    liar->claim_percent = world_may(world, FAULT_CLAIM) && liar_chance(liar, 50) ? 15 : 0;
    sim_secret_of(&world->federation->agencies[liar->node].ledger, liar->secret);
    for (size_t i = 0; i < world->count; i++) {
        bool withholds = world_may(world, FAULT_WITHHELD) && liar_chance(liar, 25);
        liar->peers[i] =
            (struct liar_peer){.switch_step = draw_switch(liar),
                               .withheld_from = withholds ? 2 + liar_below(liar, 40) : UINT64_MAX,
                               .holds = LIAR_FIRST | LIAR_SECOND,
                               .cosigned = LIAR_FIRST | LIAR_SECOND};
    }
    trace_line(&world->trace, "a%zu lies: plan %d, from entry %llu", liar->node + 1,
               (int)liar->plan, (unsigned long long)liar->fork_at);
}

void liar_fini(struct liar *liar)
{
    for (size_t i = 0; i < liar->second.count; i++)
        tov_buf_fini(&liar->leaves[i]);
    free(liar->leaves);
    free(liar->second.leaves);
    free(liar->second.roots);
}

/* ---- the second tree ---- */

/* Entries of good form that fit nothing. */
static void make_nonsense(struct world *world, struct tov_buf *out)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct liar *liar = &world->liar;
    UNIT_NEED(leaf != NULL);
    leaf->time_ms = world->now_ms;
    switch (liar_below(liar, 4)) {
    case 0:
        leaf->type = TOV_LEAF_LOST;
        leaf->as.lost = (struct tov_leaf_lost){liar_below(liar, 9), 9 + liar_below(liar, 9)};
        break;
    case 1:
        leaf->type = TOV_LEAF_EPOCH_KEY;
        leaf->as.epoch_key = (struct tov_leaf_epoch_key){
            .epoch = (uint32_t)liar_below(liar, 1u << 31), .not_after_ms = 2 * world->now_ms};
        for (size_t i = 0; i < 32 && liar_chance(liar, 80); i++)
            leaf->as.epoch_key.public_key[i] = (uint8_t)liar_below(liar, 256);
        break;
    case 2:
        leaf->type = TOV_LEAF_RECEIPT;
        leaf->as.receipt = (struct tov_leaf_receipt){
            .peer = (uint16_t)(1 + liar_below(liar, world->count)),
            .series = {1, liar_chance(liar, 50) ? 0 : liar_below(liar, 99)},
            .last_link = 1 + liar_below(liar, 20),
            .run_count = 1,
            .runs = {{1, {(enum tov_verdict)(1 + liar_below(liar, 7)), 0, 0}}}};
        break;
    default:
        leaf->type = TOV_LEAF_GENESIS;
        leaf->as.genesis = (struct tov_leaf_genesis){.agency = 1, .generation = 9};
        memcpy(leaf->as.genesis.federation, "another", 8);
    }
    tov_buf_clear(out);
    if (tov_leaf_encode(leaf, out) != TOV_OK)
        tov_buf_clear(out);
}

/* Other bytes in place of LEAF, which decode or not. */
static void spoil(struct world *world, struct tov_buf *leaf)
{
    struct liar *liar = &world->liar;
    switch (liar_below(liar, 7)) {
    case 0:
        leaf->data[LEAF_VERSION_AT]++;
        return;
    case 1:
        leaf->data[LEAF_TYPE_AT] = (uint8_t)liar_below(liar, 40);
        return;
    case 2:
        leaf->size = 1 + (size_t)liar_below(liar, leaf->size);
        return;
    case 3:
        for (size_t i = 0; i < leaf->size; i++)
            leaf->data[i] = (uint8_t)liar_below(liar, 256);
        return;
    case 4:
        tov_put_be64(leaf->data + LEAF_TIME_AT, world->now_ms + YEARS_MS);
        return;
    case 5:
        leaf->data[LEAF_FIELDS_AT + liar_below(liar, leaf->size - LEAF_FIELDS_AT)] ^=
            (uint8_t)(1 + liar_below(liar, 255));
        return;
    default:
        make_nonsense(world, leaf);
    }
}

/* What stands at INDEX of the second tree; empty: the same as in the first. */
static struct tov_buf second_leaf(struct world *world, uint64_t index, struct tov_bytes leaf)
{
    struct liar *liar = &world->liar;
    struct tov_buf other = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    if (liar->plan == LIAR_ONE_TREE || index < liar->fork_at)
        return other;
    bool is_nonsense = world_may(world, FAULT_NONSENSE) && liar_chance(liar, 50);
    if (index > liar->fork_at && !is_nonsense)
        return other;
    tov_buf_put_bytes(&other, leaf);
    UNIT_NEED(other.failed == TOV_OK && leaf.size > LEAF_FIELDS_AT);
    if (is_nonsense) {
        spoil(world, &other);
        world_fault(world, FAULT_NONSENSE);
    }
    if (other.size == 0 || tov_bytes_equal(tov_buf_view(&other), leaf)) {
        tov_buf_clear(&other);
        tov_buf_put_bytes(&other, leaf);
        other.data[LEAF_BLIND_AT] ^= 1; /* it says the same in other bytes */
    }
    return other;
}

void liar_take_leaf(struct world *world, struct tov_bytes leaf)
{
    struct liar *liar = &world->liar;
    uint64_t index = liar->second.count;
    if (index == liar->leaf_capacity) {
        liar->leaf_capacity = index == 0 ? 256 : 2 * liar->leaf_capacity;
        liar->leaves = realloc(liar->leaves, liar->leaf_capacity * sizeof *liar->leaves);
        UNIT_NEED(liar->leaves != NULL);
    }
    liar->leaves[index] = second_leaf(world, index, leaf);
    if (liar->leaves[index].size > 0)
        leaf = tov_buf_view(&liar->leaves[index]);
    struct tov_hash hash = tov_merkle_leaf_hash(leaf);
    model_append(&liar->second, &hash);
}

const struct model_tree *liar_tree_for(const struct world *world, size_t peer)
{
    const struct liar *liar = &world->liar;
    const struct liar_peer *to = &liar->peers[peer];
    bool may = world->step >= to->switch_step;
    if (liar->plan == LIAR_SWITCH)
        may = may && (to->holds & LIAR_SECOND) == 0; /* there is something to contradict */
    return may ? &liar->second : &world->model.nodes[liar->node].trees[0];
}

void liar_sign(const struct world *world, const struct model_tree *tree, uint64_t size,
               uint8_t out_signature[64])
{
    const struct tov_agency *agency = sim_federation_agency(world->federation, world->liar.node);
    struct tov_checkpoint checkpoint;
    UNIT_NEED(size > 0 && size <= tree->count);
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(agency->ledger.name), size,
                                  &tree->roots[size - 1], &checkpoint) == TOV_OK);
    tov_checkpoint_sign(&checkpoint, world->liar.secret, out_signature);
}

static bool has_root(const struct model_tree *tree, uint64_t size, const struct tov_hash *root)
{
    return size > 0 && size <= tree->count && tov_hash_equal(&tree->roots[size - 1], root);
}

unsigned liar_fits(const struct world *world, uint64_t size, const struct tov_hash *root)
{
    const struct liar *liar = &world->liar;
    return (has_root(&world->model.nodes[liar->node].trees[0], size, root) ? LIAR_FIRST : 0) |
           (has_root(&liar->second, size, root) ? LIAR_SECOND : 0);
}

/* ---- what others make of it ---- */

void liar_note_held(struct world *world, size_t node, uint64_t size, const struct tov_hash *root)
{
    struct liar_peer *peer = &world->liar.peers[node];
    peer->holds &= liar_fits(world, size, root);
    if (peer->holds == 0)
        world_break(world, BROKE_FORK, "a%zu holds two histories of a%zu, or one that is none",
                    node + 1, world->liar.node + 1);
}

void liar_note_cosigned(struct world *world, size_t node, uint64_t size,
                        const struct tov_hash *root)
{
    struct liar_peer *peer = &world->liar.peers[node];
    peer->cosigned &= liar_fits(world, size, root);
    if (peer->cosigned == 0)
        world_break(world, BROKE_FORK, "a%zu cosigned two histories of a%zu", node + 1,
                    world->liar.node + 1);
}

/* PEER as NODE, which runs, sees it; agency 0: not at all. */
static struct tov_peer_view view_at(const struct world *world, size_t node, size_t peer)
{
    const struct tov_follow *follow = tov_node_follow(world->nodes[node].node);
    struct tov_peer_view view = {0};
    for (size_t i = 0; i < tov_follow_peer_count(follow); i++) {
        tov_follow_peer_view(follow, i, &view);
        if (view.agency == peer + 1)
            return view;
    }
    return (struct tov_peer_view){0};
}

static bool is_suspended_at(const struct world *world, size_t node, size_t peer)
{
    return view_at(world, node, peer).is_suspended;
}

void liar_note_given(struct world *world, size_t node, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    struct liar_peer *peer = &world->liar.peers[node];
    struct tov_frame_parcel parcel;
    struct tov_frame_hello hello;
    if (tov_frame_decode(bytes, &frame) != TOV_OK)
        return;
    if (tov_frame_kind(frame) == TOV_FRAME_HELLO && tov_frame_hello(frame, &hello) == TOV_OK &&
        hello.own.present) {
        unsigned says = liar_fits(world, hello.own.size, &hello.own.root);
        peer->shown |= says == LIAR_FIRST || says == LIAR_SECOND ? says : 0;
    }
    if (tov_frame_kind(frame) != TOV_FRAME_PARCEL || tov_frame_parcel(frame, &parcel) != TOV_OK)
        return;
    unsigned fits = liar_fits(world, parcel.to, &parcel.root);
    if (fits == LIAR_FIRST || fits == LIAR_SECOND)
        peer->shown |= fits;
    if (fits == 0 || (fits & peer->holds) != 0 ||
        parcel.from != model_held(world, node, world->liar.node) ||
        !view_at(world, node, world->liar.node).is_up) /* muted for another fault: it hears none */
        return;
    peer->contradicted++;
    world_fault(world, FAULT_FORK);
}

void liar_note_accused(struct world *world, size_t node, size_t accused)
{
    if (!liar_is(world, accused) || world->liar.peers[node].shown != (LIAR_FIRST | LIAR_SECOND)) {
        world_break(world, BROKE_ACCUSED, "a%zu takes a%zu for a forker, which it was not shown",
                    node + 1, accused + 1);
        return;
    }
    world->liar.peers[node].is_noticed = true;
}

void liar_note_start(struct world *world, size_t node)
{
    if (world->liar.is_there && !liar_is(world, node))
        world->liar.peers[node].is_noticed = is_suspended_at(world, node, world->liar.node);
}

/* What it was shown stays shown. What it holds is looked at anew at its start. */
void liar_note_set_back(struct world *world, size_t node, bool with_guard)
{
    struct liar_peer *peer = &world->liar.peers[node];
    peer->holds = LIAR_FIRST | LIAR_SECOND;
    if (with_guard)
        peer->cosigned = LIAR_FIRST | LIAR_SECOND;
}

/* ---- the end ---- */

void liar_heal(struct world *world)
{
    for (size_t i = 0; i < world->count; i++)
        world->liar.peers[i].contradicted = 0;
}

bool liar_is_noticed(const struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        const struct liar_peer *peer = &world->liar.peers[i];
        if (peer->contradicted > 0 && peer->contradicted < NOTICED_AFTER && !peer->is_noticed)
            return false;
    }
    return true;
}

void liar_check(struct world *world)
{
    for (size_t i = 0; i < world->count && !world_is_broken(world); i++) {
        const struct liar_peer *peer = &world->liar.peers[i];
        if (liar_is(world, i) || world->nodes[i].node == NULL)
            continue;
        bool reads_back = world->model.nodes[i].restores > 0; /* it takes nothing meanwhile */
        if (peer->contradicted >= NOTICED_AFTER && !peer->is_noticed && !reads_back)
            world_break(world, BROKE_BLIND, "a%zu was shown two ledgers of a%zu and says nothing",
                        i + 1, world->liar.node + 1);
        if (is_suspended_at(world, i, world->liar.node) != peer->is_noticed)
            world_break(world, BROKE_BLIND, "a%zu has %ssuspended a%zu", i + 1,
                        peer->is_noticed ? "not " : "", world->liar.node + 1);
    }
}
