/* SPDX-License-Identifier: EUPL-1.2
 *
 * A parcel from a peer: first its way (the control key's signature over all of it), then its tree
 * (sizes, order, root, signature), then its entries (I7). A fault in the first two leaves the
 * position where it was; a fault in the third is a verdict, which stays: so nothing that could have
 * been changed between the two cores may come that far.
 */
#include "follow/peer.h"

#include "merkle/ed25519.h"
#include "merkle/tree.h"

#include <string.h>

#define FORK_AFTER 3u /* parcels with another signed root, in a row */

/* A range that is extended, and the parts of the tree that became complete by it, as rows of
 * `mnode`: level u8, index u64, hash 32. */
struct growth {
    struct tov_range range;
    unsigned given; /* level of what is being appended: its row has that itself */
    struct tov_buf nodes;
};
#define NODES_MAX_BYTES ((size_t)2 * TOV_FRAME_MAX_BYTES) /* of 41: what a frame can hold */

static void growth_fini(struct growth *growth)
{
    tov_buf_fini(&growth->nodes);
}

static void note_node(void *context, struct tov_subtree at, const struct tov_hash *hash)
{
    struct growth *growth = context;
    if (at.level == growth->given || at.level % TOV_MNODE_LEVELS != 0)
        return;
    tov_buf_put_u8(&growth->nodes, (uint8_t)at.level);
    tov_buf_put_u64(&growth->nodes, at.index);
    tov_buf_put(&growth->nodes, hash->bytes, sizeof hash->bytes);
}

static enum tov_err append(struct growth *growth, unsigned level, const struct tov_hash *hash)
{
    struct tov_node_sink sink = {growth, note_node};
    growth->given = level;
    TOV_TRY(tov_range_append_noting(&growth->range, level, hash, &sink));
    return growth->nodes.failed;
}

static enum tov_err extend_skipped(struct growth *growth, const struct tov_frame_skipped *skipped)
{
    const struct tov_range *range = &growth->range;
    const struct tov_hash *hashes = (const struct tov_hash *)skipped->hashes.data;
    if (skipped->count == 0 || skipped->count > UINT64_MAX - range->size)
        return TOV_E_MALFORMED;
    if (skipped->level0) {
        if (skipped->hash_count != skipped->count)
            return TOV_E_MALFORMED;
        for (size_t i = 0; i < skipped->hash_count; i++)
            TOV_TRY(append(growth, 0, &hashes[i]));
        return TOV_OK;
    }
    struct tov_canon canon = tov_canon_of(range->size, range->size + skipped->count);
    struct tov_subtree at;
    size_t used = 0;
    while (tov_canon_next(&canon, &at)) {
        if (used == skipped->hash_count)
            return TOV_E_MALFORMED;
        TOV_TRY(append(growth, at.level, &hashes[used++]));
    }
    return used == skipped->hash_count ? TOV_OK : TOV_E_MALFORMED;
}

static enum tov_err extend_item(struct growth *growth, const struct tov_frame_item *item)
{
    switch (item->kind) {
    case TOV_ITEM_DISCLOSED: {
        if (item->as.disclosed.leaf.size == 0 || item->as.disclosed.leaf.size > TOV_LEAF_MAX_BYTES)
            return TOV_E_LIMIT;
        struct tov_hash hash = tov_merkle_leaf_hash(item->as.disclosed.leaf);
        return append(growth, 0, &hash);
    }
    case TOV_ITEM_SKIPPED:
        return extend_skipped(growth, &item->as.skipped);
    case TOV_ITEM_ERASED:
        return append(growth, 0, &item->as.erased.leaf_hash);
    }
    return TOV_E_MALFORMED;
}

static enum tov_err extend_all(const struct tov_frame *frame, size_t count, struct growth *growth,
                               struct tov_frame_item *item)
{
    for (size_t i = 0; i < count; i++) {
        TOV_TRY(tov_frame_item(frame, i, item));
        TOV_TRY(extend_item(growth, item));
    }
    return TOV_OK;
}

static enum tov_err verify_root(const struct tov_peer *peer, uint64_t size,
                                const struct tov_hash *root, const uint8_t *signature)
{
    struct tov_checkpoint checkpoint;
    TOV_TRY(
        tov_checkpoint_make(tov_bytes_of_text(peer->agency->ledger.name), size, root, &checkpoint));
    return tov_checkpoint_verify(&checkpoint, &peer->agency->ledger, signature);
}

/* A good signature over another root than the items give, in a parcel that came as it was sent. The
 * own store may have read wrongly, or theirs: it is asked for again. When the answer stays, it is
 * evidence, not noise. */
static enum tov_err judge_other_root(struct tov_follow *follow, struct tov_peer *peer,
                                     const struct tov_frame_parcel *parcel)
{
    if (verify_root(peer, parcel->to, &parcel->root, parcel->signature) != TOV_OK ||
        ++peer->other_roots < FORK_AFTER)
        return TOV_E_PROOF;
    struct tov_signed_size other = {.size = parcel->to, .root = parcel->root};
    memcpy(other.signature, parcel->signature, sizeof other.signature);
    return tov_fork_keep(follow, peer, &other);
}

static enum tov_err judge_root(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_frame_parcel *parcel, const struct tov_range *range)
{
    struct tov_hash root = tov_range_root(range);
    if (range->size != parcel->to)
        return TOV_E_MALFORMED;
    if (tov_hash_equal(&root, &parcel->root))
        return verify_root(peer, parcel->to, &root, parcel->signature);
    return judge_other_root(follow, peer, parcel);
}

static void put_skipped(struct tov_core *core, struct tov_peer *peer, uint64_t index,
                        const struct tov_frame_skipped *skipped)
{
    uint8_t *to = tov_store_batch_put_space(
        tov_core_batch(core), TOV_TABLE_MSKIP,
        tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, index),
        9 + skipped->hashes.size);
    if (to == NULL)
        return; /* the batch has failed, which its commit reports */
    tov_put_be64(to, skipped->count);
    to[8] = skipped->level0 ? 1 : 0;
    memcpy(to + 9, skipped->hashes.data, skipped->hashes.size);
}

static void put_erased(struct tov_core *core, struct tov_peer *peer, uint64_t index,
                       const struct tov_frame_erased *erased)
{
    uint8_t room[256];
    struct tov_buf row = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    struct tov_entry entry = {.state = TOV_ENTRY_ERASED,
                              .leaf_hash = erased->leaf_hash,
                              .link_count = erased->link_block.size > 0 ? 1 : 0,
                              .links = erased->link_block};
    tov_entry_put_mirror(&row, &entry);
    tov_store_batch_put_buf(
        tov_core_batch(core), TOV_TABLE_MLEAF,
        tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, index), &row);
}

static enum tov_err apply_item(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                               const struct tov_frame_item *item)
{
    switch (item->kind) {
    case TOV_ITEM_DISCLOSED: {
        struct tov_entry_in entry = {index, tov_merkle_leaf_hash(item->as.disclosed.leaf),
                                     &item->as.disclosed};
        return tov_entry_apply(follow, peer, &entry);
    }
    case TOV_ITEM_SKIPPED:
        put_skipped(follow->core, peer, index, &item->as.skipped);
        return TOV_OK;
    case TOV_ITEM_ERASED:
        put_erased(follow->core, peer, index, &item->as.erased);
        return TOV_OK;
    }
    return TOV_E_MALFORMED;
}

static enum tov_err apply_all(struct tov_follow *follow, struct tov_peer *peer,
                              const struct tov_frame *frame, size_t count,
                              struct tov_frame_item *item)
{
    uint64_t index = peer->range.size;
    for (size_t i = 0; i < count; i++) {
        TOV_TRY(tov_frame_item(frame, i, item));
        TOV_TRY(apply_item(follow, peer, index, item));
        index += item->kind == TOV_ITEM_SKIPPED ? item->as.skipped.count : 1;
    }
    return TOV_OK;
}

static void put_nodes(struct tov_core *core, const struct tov_peer *peer,
                      const struct tov_buf *nodes)
{
    struct tov_reader reader = tov_reader_of(tov_buf_view(nodes));
    while (reader.left > 0) {
        uint8_t level = tov_read_u8(&reader);
        uint64_t index = tov_read_u64(&reader);
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_MNODE,
                            tov_key_mnode(peer->number, peer->agency->generation, level, index),
                            tov_read_bytes(&reader, TOV_HASH_BYTES));
    }
}

static void put_point(struct tov_core *core, struct tov_peer *peer,
                      const struct tov_frame_parcel *parcel)
{
    uint8_t row[TOV_HASH_BYTES + TOV_SIGNATURE_BYTES];
    memcpy(row, parcel->root.bytes, TOV_HASH_BYTES);
    memcpy(row + TOV_HASH_BYTES, parcel->signature, TOV_SIGNATURE_BYTES);
    tov_store_batch_put(
        tov_core_batch(core), TOV_TABLE_MPOINT,
        tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, parcel->to),
        TOV_BYTES_OF(row));
}

/* What the tree does not bind (stanzas, parts, link blocks) is what the peer's core sent to this
 * one, or the parcel is nothing. */
static enum tov_err verify_way(const struct tov_follow *follow, const struct tov_peer *peer,
                               const struct tov_frame_parcel *parcel, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(512);
    const struct tov_core *core = follow->core;
    struct tov_parcel_route route = {tov_roster_federation(core->roster), peer->number,
                                     core->own->number};
    tov_parcel_signed_bytes(&route, bytes, &message);
    if (message.failed != TOV_OK)
        return message.failed;
    return tov_ed25519_verify(peer->agency->control, tov_buf_view(&message),
                              parcel->control_signature);
}

static bool is_revoked_above(const struct tov_follow *follow, const struct tov_peer *peer,
                             uint64_t size)
{
    const struct tov_revocation *revocation =
        tov_roster_revocation(follow->core->roster, tov_bytes_of_text(peer->agency->ledger.name));
    return revocation != NULL && size > revocation->size;
}

enum tov_err tov_parcel_apply(struct tov_follow *follow, struct tov_peer *peer,
                              const struct tov_frame *frame, struct tov_bytes bytes)
{
    struct tov_frame_parcel parcel;
    TOV_TRY(tov_frame_parcel(frame, &parcel));
    if (parcel.generation != peer->agency->generation || parcel.to <= parcel.from)
        return TOV_E_MALFORMED;
    if (is_revoked_above(follow, peer, parcel.to))
        return TOV_E_KEY;
    if (parcel.from != peer->range.size) {
        /* Doubled; or there is something in it that must come again, from where this one is: a
         * parcel before it was lost, or it begins at a position that has moved on since. */
        peer->wants_position = true;
        peer->wants_refetch = peer->wants_refetch || parcel.to > peer->range.size;
        peer->did_nothing = true;
        return TOV_OK;
    }
    TOV_TRY(verify_way(follow, peer, &parcel, bytes));
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return TOV_E_NOMEM;
    TOV_CLEANUP(growth_fini)
    struct growth growth = {.range = peer->range, .nodes = TOV_BUF_INIT(NODES_MAX_BYTES)};
    TOV_TRY(extend_all(frame, parcel.item_count, &growth, item));
    TOV_TRY(judge_root(follow, peer, &parcel, &growth.range));
    tov_receipts_begin(peer);
    /* From here on the batch has a part of the parcel: it goes in whole, or the node stops (F2). */
    enum tov_err err = apply_all(follow, peer, frame, parcel.item_count, item);
    if (err != TOV_OK)
        return tov_core_fail(follow->core, err, "a peer's entries could not be stored");
    put_nodes(follow->core, peer, &growth.nodes);
    put_point(follow->core, peer, &parcel);
    peer->range = growth.range;
    peer->other_roots = 0;
    memcpy(peer->signature, parcel.signature, sizeof peer->signature);
    peer->dirty = true;
    peer->wants_position = true;
    return TOV_OK;
}
