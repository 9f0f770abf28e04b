/* SPDX-License-Identifier: EUPL-1.2
 *
 * What nodes send each other: nothing ahead of what is durable (I2), nothing signed but the one
 * tree (I4), nothing to those whom it does not name, and no content (I10).
 */
#include "envelope/part.h"
#include "merkle/checkpoint.h"
#include "merkle/tree.h"
#include "simulation/world.h"
#include "support/unit.h"
#include "wire/frame.h"
#include "wire/link.h"

#include <stdlib.h>
#include <string.h>

struct looked_at {
    struct world *world;
    size_t from, to;
};

static void check_held(const struct looked_at *on, uint64_t size, const char *where)
{
    uint64_t held = model_held(on->world, on->from, on->to);
    if (size > held)
        world_break(on->world, BROKE_EARLY,
                    "a%zu says in a %s that it holds %llu of a%zu, not %llu", on->from + 1, where,
                    (unsigned long long)size, on->to + 1, (unsigned long long)held);
}

/* A root with its signature, of the ledger of OWNER. */
static void check_root(const struct looked_at *on, size_t owner, const struct tov_signed_size *said)
{
    const struct tov_agency *agency = sim_federation_agency(on->world->federation, owner);
    const struct model_tree *tree = &on->world->model.nodes[owner].trees[0];
    struct tov_checkpoint checkpoint;
    if (said->size == 0 || said->size > tree->count) {
        world_break(on->world, BROKE_EARLY, "a%zu sends size %llu of a%zu, durable are %llu",
                    on->from + 1, (unsigned long long)said->size, owner + 1,
                    (unsigned long long)tree->count);
        return;
    }
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(agency->ledger.name), said->size,
                                  &tree->roots[said->size - 1], &checkpoint) == TOV_OK);
    if (!tov_hash_equal(&said->root, &checkpoint.root) ||
        tov_checkpoint_verify(&checkpoint, &agency->ledger, said->signature) != TOV_OK)
        world_break(on->world, BROKE_FORK, "a%zu sends another root of a%zu at size %llu",
                    on->from + 1, owner + 1, (unsigned long long)said->size);
}

static void check_root_of(const struct looked_at *on, size_t owner,
                          const struct tov_signed_size *said)
{
    if (liar_is(on->world, owner) && owner != on->from) {
        if (liar_fits(on->world, said->size, &said->root) == 0)
            world_break(on->world, BROKE_FORK, "a%zu sends a root that a%zu never signed",
                        on->from + 1, owner + 1);
    } else {
        check_root(on, owner, said);
    }
}

static void check_checkpoint(const struct looked_at *on, size_t owner,
                             const struct tov_frame_checkpoint *said)
{
    struct tov_signed_size at = {.size = said->size, .root = said->root};
    if (!said->present)
        return;
    memcpy(at.signature, said->signature, sizeof at.signature);
    check_root_of(on, owner, &at);
    if (owner == on->to)
        check_held(on, said->size, "hello");
}

static void check_hello(const struct looked_at *on, const struct tov_frame *frame)
{
    struct tov_frame_hello hello;
    UNIT_NEED(tov_frame_hello(frame, &hello) == TOV_OK);
    check_checkpoint(on, on->from, &hello.own);
    check_checkpoint(on, on->to, &hello.held);
}

static bool is_for(const struct looked_at *on, uint64_t index)
{
    const struct model_links *links = &on->world->model.nodes[on->from].links[on->to];
    for (uint64_t i = 0; i < links->count; i++) {
        if (links->at[i].index == index)
            return true;
    }
    return false;
}

static void check_entry(const struct looked_at *on, uint64_t index, struct tov_bytes bytes)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_leaf_decode(bytes, leaf) == TOV_OK);
    bool may = true;
    if (leaf->type == TOV_LEAF_MESSAGE)
        may = is_for(on, index);
    if (leaf->type == TOV_LEAF_RECEIPT)
        may = leaf->as.receipt.peer == on->to + 1;
    if (!may)
        world_break(on->world, BROKE_DISCLOSED, "a%zu sends a%zu entry %llu, which is not for it",
                    on->from + 1, on->to + 1, (unsigned long long)index);
}

static void check_parcel(const struct looked_at *on, const struct tov_frame *frame)
{
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    struct tov_frame_parcel parcel;
    UNIT_NEED(item != NULL && tov_frame_parcel(frame, &parcel) == TOV_OK);
    struct tov_signed_size to = {.size = parcel.to, .root = parcel.root};
    memcpy(to.signature, parcel.signature, sizeof to.signature);
    check_root(on, on->from, &to);
    uint64_t index = parcel.from;
    for (size_t i = 0; i < parcel.item_count; i++) {
        UNIT_NEED(tov_frame_item(frame, i, item) == TOV_OK);
        if (item->kind == TOV_ITEM_DISCLOSED)
            check_entry(on, index, item->as.disclosed.leaf);
        index += item->kind == TOV_ITEM_SKIPPED ? item->as.skipped.count : 1;
    }
}

static void check_position(const struct looked_at *on, const struct tov_frame *frame)
{
    struct tov_frame_position position;
    UNIT_NEED(tov_frame_position(frame, &position) == TOV_OK);
    check_held(on, position.size, "position");
}

/* ---- entries that are given back ---- */

/* One that is not for the sender, or a block of another's link, is no own one of it. */
static bool is_own_part(const struct looked_at *on, const struct tov_leaf *leaf,
                        struct tov_bytes link_block)
{
    uint16_t sender = (uint16_t)(on->from + 1);
    if (leaf->type == TOV_LEAF_RECEIPT && leaf->as.receipt.peer != sender)
        return false;
    if (leaf->type != TOV_LEAF_MESSAGE)
        return link_block.size == 0;
    const struct tov_leaf_recipient *recipient = tov_leaf_recipient_of(&leaf->as.message, sender);
    struct tov_hash hash = tov_link_hash(link_block);
    return recipient != NULL && tov_hash_equal(&hash, &recipient->link_hash);
}

/* As many of the inline parts as the sender was given, the header at least. */
static bool are_inline_parts(const struct tov_leaf_message *message, struct tov_bytes body)
{
    struct tov_reader reader = tov_reader_of(body);
    bool is_first = true;
    for (size_t i = 0; i < message->part_count && (is_first || !tov_reader_is_done(&reader)); i++) {
        const struct tov_leaf_part *part = &message->parts[i];
        struct tov_part_claim claim = {part->sealed_size, part->root};
        if (!part->is_inline)
            continue;
        struct tov_bytes sealed = tov_read_bytes(&reader, (size_t)part->sealed_size);
        if (reader.failed || tov_part_check(&claim, sealed) != TOV_OK)
            return false;
        is_first = false;
    }
    return tov_reader_is_done(&reader);
}

static bool is_body_of(const struct tov_leaf *leaf, struct tov_bytes body)
{
    struct tov_hash hash = tov_sha256(body);
    if (leaf->type == TOV_LEAF_MESSAGE)
        return are_inline_parts(&leaf->as.message, body);
    if (leaf->type == TOV_LEAF_ANCHOR)
        return tov_hash_equal(&hash, &leaf->as.anchor.seen_hash);
    return body.size == 0;
}

/* What a node is given back is of its own ledger, and what the sender was given of it. */
static void check_held_leaf(const struct looked_at *on, const struct tov_held_leaf *held)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    const struct model_tree *tree = &on->world->model.nodes[on->to].trees[0];
    struct tov_hash hash = tov_merkle_leaf_hash(held->leaf);
    UNIT_NEED(leaf != NULL);
    if (held->index >= tree->count || !tov_hash_equal(&hash, &tree->leaves[held->index]) ||
        tov_leaf_decode(held->leaf, leaf) != TOV_OK)
        world_break(on->world, BROKE_DISCLOSED,
                    "a%zu gives a%zu back an entry %llu that it never had", on->from + 1,
                    on->to + 1, (unsigned long long)held->index);
    else if (!is_own_part(on, leaf, held->link_block) || !is_body_of(leaf, held->body))
        world_break(on->world, BROKE_DISCLOSED,
                    "a%zu gives a%zu back what is not of entry %llu, or was another's",
                    on->from + 1, on->to + 1, (unsigned long long)held->index);
}

/* A liar has two ledgers. */
static void check_leaf_answer(const struct looked_at *on, const struct tov_control *answer)
{
    for (size_t i = 0; i < answer->as.leaf_answer.count && !liar_is(on->world, on->to); i++)
        check_held_leaf(on, &answer->as.leaf_answer.leaves[i]);
}

static void check_control(const struct looked_at *on, const struct tov_frame *frame)
{
    TOV_CLEANUP(tov_control_arena_cleanup) struct tov_control_arena *arena = NULL;
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    struct tov_frame_control outer;
    UNIT_NEED(control != NULL && tov_frame_control(frame, &outer) == TOV_OK);
    UNIT_NEED(tov_control_decode(outer.body, control, &arena) == TOV_OK);
    if (control->kind == TOV_CONTROL_RESTORE_ANSWER)
        check_checkpoint(on, on->to, &control->as.restore_answer.held);
    if (control->kind == TOV_CONTROL_LEAF_ANSWER)
        check_leaf_answer(on, control);
}

static void check_late_stanzas(const struct looked_at *on, const struct tov_frame *frame)
{
    for (size_t i = 0; i < tov_frame_late_stanza_count(frame); i++) {
        struct tov_frame_late_stanza late;
        UNIT_NEED(tov_frame_late_stanza(frame, i, &late) == TOV_OK);
        if (!is_for(on, late.ref.index))
            world_break(on->world, BROKE_DISCLOSED, "a%zu sends a%zu the key of entry %llu",
                        on->from + 1, on->to + 1, (unsigned long long)late.ref.index);
    }
}

static void check_cosignatures(const struct looked_at *on, const struct tov_frame *frame)
{
    for (size_t i = 0; i < tov_frame_cosignature_count(frame); i++) {
        struct tov_frame_cosignature cosignature;
        UNIT_NEED(tov_frame_cosignature(frame, i, &cosignature) == TOV_OK);
        check_held(on, cosignature.size, "cosignature");
    }
}

static void check_decoded(const struct looked_at *on, const struct tov_frame *frame)
{
    switch (tov_frame_kind(frame)) {
    case TOV_FRAME_HELLO:
        check_hello(on, frame);
        return;
    case TOV_FRAME_PARCEL:
        check_parcel(on, frame);
        return;
    case TOV_FRAME_POSITION:
        check_position(on, frame);
        return;
    case TOV_FRAME_LATE_STANZAS:
        check_late_stanzas(on, frame);
        return;
    case TOV_FRAME_CONTROL:
        check_control(on, frame);
        return;
    case TOV_FRAME_COSIGNATURES:
        check_cosignatures(on, frame);
        return;
    case TOV_FRAME_CHUNK:
    case TOV_FRAME_ROSTER_OFFER:
    case TOV_FRAME_ROSTER_REQUEST:
    case TOV_FRAME_ROSTER_PIECE:
        return;
    }
}

void world_check_frame(struct world *world, size_t from, size_t to, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    struct looked_at on = {world, from, to};
    if (memmem(bytes.data, bytes.size, SIM_MARKER, strlen(SIM_MARKER)) != NULL)
        world_break(world, BROKE_MARKER, "a%zu sends content to a%zu", from + 1, to + 1);
    UNIT_NEED(tov_frame_decode(bytes, &frame) == TOV_OK);
    check_decoded(&on, frame);
}
