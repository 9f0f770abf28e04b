/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a liar sends in place of what its node would: parcels of the tree that the receiver is
 * shown, signed with the agency's own key, and words about itself that are not so.
 */
#include "base/time.h"
#include "merkle/tree.h"
#include "simulation/world.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

#define SWALLOWED_PERCENT 10u

struct saying {
    struct world *world;
    struct liar *liar;
    size_t to;
    const struct model_tree *tree;
    const struct tov_frame *frame;
    struct tov_bytes bytes; /* of it */
    struct tov_buf *out;    /* what is said in its place; empty: the same */
};

static void flip(struct liar *liar, uint8_t *bytes, size_t size)
{
    if (size > 0)
        bytes[liar_below(liar, size)] ^= (uint8_t)(1 + liar_below(liar, 255));
}

/* ---- parcels ---- */

static void add_skipped(const struct saying *on, struct tov_parcel_writer *writer, uint64_t from,
                        const struct tov_frame_skipped *skipped)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf hashes = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    const struct tov_hash *leaves = on->tree->leaves;
    struct tov_canon canon = tov_canon_of(from, from + skipped->count);
    struct tov_subtree at;
    UNIT_NEED(item != NULL);
    if (skipped->level0)
        tov_buf_put(&hashes, leaves[from].bytes, (size_t)skipped->count * TOV_HASH_BYTES);
    while (!skipped->level0 && tov_canon_next(&canon, &at)) {
        size_t count = (size_t)1 << at.level;
        struct tov_hash hash = tov_merkle_root(&leaves[at.index << at.level], count);
        tov_buf_put(&hashes, hash.bytes, sizeof hash.bytes);
    }
    UNIT_NEED(hashes.failed == TOV_OK);
    item->kind = TOV_ITEM_SKIPPED;
    item->as.skipped = *skipped;
    item->as.skipped.hash_count = hashes.size / TOV_HASH_BYTES;
    item->as.skipped.hashes = tov_buf_view(&hashes);
    UNIT_NEED(tov_parcel_writer_add(writer, item) == TOV_OK);
}

/* What is beside the leaf: it is bound by nothing that is signed, only by what the leaf says. */
static void spoil_beside(const struct saying *on, struct tov_frame_disclosed *disclosed,
                         struct tov_buf *room)
{
    struct liar *liar = on->liar;
    struct tov_bytes *bytes = NULL;
    world_fault(on->world, FAULT_PART);
    switch (liar_below(liar, 5)) {
    case 0:
        disclosed->stanza_count = 0;
        return;
    case 1:
        bytes = &disclosed->link_block;
        break;
    case 2:
        disclosed->parts[0].state = (enum tov_part_state)(1 + liar_below(liar, 4));
        if (disclosed->parts[0].state != TOV_PART_INLINE)
            disclosed->parts[0].data.size = 0;
        return;
    case 3:
        bytes = &disclosed->parts[liar_below(liar, 2)].data;
        break;
    default:
        bytes = &disclosed->stanzas[0].sealed;
        if (disclosed->stanza_count == 0)
            return;
    }
    tov_buf_put_bytes(room, *bytes);
    flip(liar, room->data, room->size);
    *bytes = tov_buf_view(room);
}

static enum tov_err add_disclosed(const struct saying *on, struct tov_parcel_writer *writer,
                                  uint64_t index, struct tov_frame_item *item)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf room = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_disclosed *disclosed = &item->as.disclosed;
    if (on->tree == &on->liar->second && on->liar->leaves[index].size > 0)
        disclosed->leaf = tov_buf_view(&on->liar->leaves[index]);
    if (disclosed->part_count > 0 && liar_chance(on->liar, on->liar->part_percent))
        spoil_beside(on, disclosed, &room);
    return tov_parcel_writer_add(writer, item);
}

static enum tov_err add_items(const struct saying *on, const struct tov_frame_parcel *parcel,
                              struct tov_parcel_writer *writer)
{
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    uint64_t index = parcel->from;
    UNIT_NEED(item != NULL);
    for (size_t i = 0; i < parcel->item_count; i++) {
        UNIT_NEED(tov_frame_item(on->frame, i, item) == TOV_OK);
        UNIT_NEED(item->kind != TOV_ITEM_ERASED);
        if (item->kind == TOV_ITEM_DISCLOSED) {
            TOV_TRY(add_disclosed(on, writer, index, item));
            index++;
        } else {
            add_skipped(on, writer, index, &item->as.skipped);
            index += item->as.skipped.count;
        }
    }
    return TOV_OK;
}

static bool say_parcel(const struct saying *on)
{
    struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    struct tov_frame_parcel parcel;
    UNIT_NEED(tov_frame_parcel(on->frame, &parcel) == TOV_OK);
    if (parcel.to > on->liar->peers[on->to].withheld_from) {
        world_fault(on->world, FAULT_WITHHELD);
        return false;
    }
    parcel.root = on->tree->roots[parcel.to - 1];
    liar_sign(on->world, on->tree, parcel.to, parcel.signature);
    enum tov_err err = add_items(on, &parcel, &writer);
    if (err == TOV_OK)
        err = tov_parcel_writer_finish(&writer, &parcel, on->out);
    if (err == TOV_OK) {
        uint8_t secret[64];
        sim_secret_of(&on->world->federation->agencies[on->liar->node].control, secret);
        sim_sign_parcel(secret, (uint16_t)(on->liar->node + 1), (uint16_t)(on->to + 1), on->out);
    }
    tov_parcel_writer_fini(&writer);
    return err == TOV_OK; /* else it has no room for its lies */
}

/* ---- words about itself ---- */

static bool say_position(const struct saying *on)
{
    struct liar *liar = on->liar;
    struct tov_frame_position position;
    uint64_t all = on->world->model.nodes[on->to].trees[0].signed_size;
    UNIT_NEED(tov_frame_position(on->frame, &position) == TOV_OK);
    if (!liar_chance(liar, liar->claim_percent))
        return true;
    const uint64_t sizes[] = {0, position.size / 2, all, all + 1, UINT64_MAX, position.size};
    const uint64_t windows[] = {0, 1, UINT64_MAX, position.window_bytes};
    position.size = sizes[liar_below(liar, 6)];
    position.window_bytes = windows[liar_below(liar, 4)];
    position.refetch = liar_chance(liar, 50);
    world_fault(on->world, FAULT_CLAIM);
    return tov_frame_encode_position(&position, on->out) == TOV_OK;
}

static void lie_in_hello(const struct saying *on, struct tov_frame_hello *hello)
{
    struct liar *liar = on->liar;
    world_fault(on->world, FAULT_CLAIM);
    if (liar_chance(liar, 30))
        hello->held.present = false;
    if (liar_chance(liar, 30))
        hello->own.size += 1 + liar_below(liar, 1000);
    if (liar_chance(liar, 30))
        hello->epoch = (uint32_t)liar_below(liar, 9);
    if (liar_chance(liar, 30))
        hello->started = !hello->started;
    if (liar_chance(liar, 30))
        hello->window_bytes = liar_chance(liar, 50) ? 0 : UINT64_MAX;
    if (liar_chance(liar, 30))
        hello->now_ms = liar_chance(liar, 50) ? 0 : TOV_TIME_MAX_MS;
    if (liar_chance(liar, 10))
        hello->roster_version = 99;
    if (liar_chance(liar, 10))
        hello->is_answer = !hello->is_answer;
    if (liar_chance(liar, 5))
        flip(liar, hello->held.signature, sizeof hello->held.signature);
}

static bool say_hello(const struct saying *on)
{
    struct tov_frame_hello hello;
    UNIT_NEED(tov_frame_hello(on->frame, &hello) == TOV_OK);
    if (hello.own.present) {
        hello.own.root = on->tree->roots[hello.own.size - 1];
        liar_sign(on->world, on->tree, hello.own.size, hello.own.signature);
    }
    if (liar_chance(on->liar, on->liar->claim_percent))
        lie_in_hello(on, &hello);
    return tov_frame_encode_hello(&hello, on->out) == TOV_OK;
}

/* Anything else goes as it is, is lost, or has a byte changed. */
static bool say_other(const struct saying *on)
{
    struct liar *liar = on->liar;
    if (liar->part_percent == 0)
        return true;
    if (liar_chance(liar, SWALLOWED_PERCENT)) {
        world_fault(on->world, FAULT_WITHHELD);
        return false;
    }
    if (liar_chance(liar, SWALLOWED_PERCENT)) {
        tov_buf_put_bytes(on->out, on->bytes);
        flip(liar, on->out->data, on->out->size);
        world_fault(on->world, FAULT_PART);
    }
    return true;
}

static bool say(const struct saying *on)
{
    enum tov_frame_kind kind = tov_frame_kind(on->frame);
    if (kind == TOV_FRAME_PARCEL)
        return say_parcel(on);
    if (kind == TOV_FRAME_POSITION)
        return say_position(on);
    if (kind == TOV_FRAME_HELLO)
        return say_hello(on);
    return say_other(on);
}

bool liar_say(struct world *world, size_t to, struct tov_bytes *frame, struct tov_buf *room)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
    UNIT_NEED(tov_frame_decode(*frame, &decoded) == TOV_OK);
    struct saying on = {world, &world->liar, to, liar_tree_for(world, to), decoded, *frame, room};
    bool goes = say(&on);
    if (goes && room->size > 0)
        *frame = tov_buf_view(room);
    return goes;
}
