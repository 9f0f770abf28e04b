/* SPDX-License-Identifier: EUPL-1.2
 *
 * What nodes send each other: nothing ahead of what is durable (I2), nothing signed but the one
 * tree (I4), nothing to those whom it does not name, and no content (I10).
 */
#include "merkle/checkpoint.h"
#include "simulation/world.h"
#include "support/unit.h"
#include "wire/frame.h"

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

static void check_control(const struct looked_at *on, const struct tov_frame *frame)
{
    TOV_CLEANUP(tov_control_arena_cleanup) struct tov_control_arena *arena = NULL;
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    struct tov_frame_control outer;
    UNIT_NEED(control != NULL && tov_frame_control(frame, &outer) == TOV_OK);
    UNIT_NEED(tov_control_decode(outer.body, control, &arena) == TOV_OK);
    if (control->kind == TOV_CONTROL_RESTORE_ANSWER)
        check_checkpoint(on, on->to, &control->as.restore_answer.held);
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
