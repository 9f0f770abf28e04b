/* SPDX-License-Identifier: EUPL-1.2
 *
 * Parcels toward one peer: entries from the position it will have, up to the largest signed size
 * that fits one frame. Segments were closed so that the first signed size always fits.
 */
#include "follow/peer.h"

#include "merkle/ed25519.h"
#include "merkle/tree.h"

#include <assert.h>
#include <string.h>

#define PARCEL_GOAL_BYTES 200000u /* beyond it no further segment is begun */

void tov_parcels_reset(struct tov_peer *peer, uint64_t position)
{
    peer->acked = position;
    peer->sent_to = position;
    peer->quiet_to = position;
    peer->inflight_bytes = 0;
    peer->inflight_first = 0;
    peer->inflight_count = 0;
}

void tov_parcels_on_position(struct tov_peer *peer, uint64_t size)
{
    if (size > peer->acked)
        peer->acked = size;
    while (peer->inflight_count > 0 && peer->inflight[peer->inflight_first].to <= size) {
        peer->inflight_bytes -= peer->inflight[peer->inflight_first].bytes;
        peer->inflight_first = (peer->inflight_first + 1) % TOV_INFLIGHT_MAX;
        peer->inflight_count--;
    }
}

/* One parcel being built. */
struct builder {
    struct tov_follow *follow;
    struct tov_store_read *read;
    struct tov_peer *peer;
    uint64_t from;
    uint64_t skip_from; /* entries from here are skipped so far */
    uint64_t anchor;    /* size right behind the newest anchor, 0: none: parcels split there */
    bool discloses;     /* something besides skipped runs */
};

static enum tov_err add_skipped(struct builder *builder, uint64_t to)
{
    uint64_t from = builder->skip_from;
    if (from >= to)
        return TOV_OK;
    struct tov_core *core = builder->follow->core;
    bool level0 = builder->peer->is_keeper_of_us;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf hashes = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    if (level0) {
        uint8_t *out = to - from > TOV_FRAME_MAX_BYTES / 32
                           ? NULL
                           : tov_buf_extend(&hashes, (size_t)(to - from) * 32);
        if (out == NULL)
            return TOV_E_LIMIT;
        TOV_TRY(tov_ledger_level0(core->ledger, builder->read, from, to, out));
    } else {
        struct tov_ledger_nodes nodes = {core->ledger, builder->read};
        struct tov_node_source source = tov_ledger_node_source(&nodes);
        struct tov_canon canon = tov_canon_of(from, to);
        struct tov_subtree at;
        while (tov_canon_next(&canon, &at)) {
            struct tov_hash hash;
            TOV_TRY(source.node(source.ctx, at.level, at.index, &hash));
            tov_buf_put(&hashes, hash.bytes, sizeof hash.bytes);
        }
    }
    if (hashes.failed != TOV_OK)
        return hashes.failed;
    struct tov_frame_item item = {.kind = TOV_ITEM_SKIPPED};
    item.as.skipped = (struct tov_frame_skipped){.count = to - from,
                                                 .level0 = level0,
                                                 .hash_count = hashes.size / 32,
                                                 .hashes = tov_buf_view(&hashes)};
    builder->skip_from = to;
    return tov_parcel_writer_add(&builder->follow->writer, &item);
}

/* The states of a message's parts for this peer, with the bytes of inline ones. */
static enum tov_err set_parts(struct builder *builder, uint64_t index,
                              const struct tov_leaf_message *leaf, bool all,
                              struct tov_frame_disclosed *out)
{
    struct tov_bytes body;
    uint64_t at = 0;
    TOV_TRY(tov_store_get(builder->read, TOV_TABLE_BODY, tov_store_key_u64(index), &body));
    out->part_count = leaf->part_count;
    for (size_t i = 0; i < leaf->part_count; i++) {
        uint64_t size = leaf->parts[i].is_inline ? leaf->parts[i].sealed_size : 0;
        if (at + size > body.size)
            return TOV_E_CORRUPT;
        struct tov_frame_part *part = &out->parts[i];
        *part = (struct tov_frame_part){.state = TOV_PART_INLINE};
        if (i > 0 && !all)
            part->state = TOV_PART_NOT_YOURS;
        else if (!leaf->parts[i].is_inline)
            part->state = TOV_PART_PULLED;
        else
            part->data = (struct tov_bytes){body.data + at, (size_t)size};
        at += size;
    }
    return TOV_OK;
}

static enum tov_err add_message(struct builder *builder, uint64_t index,
                                const struct tov_entry *entry)
{
    struct tov_follow *follow = builder->follow;
    struct tov_peer *peer = builder->peer;
    struct tov_stanza stanza;
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return TOV_E_NOMEM;
    item->kind = TOV_ITEM_DISCLOSED;
    struct tov_frame_disclosed *disclosed = &item->as.disclosed;
    disclosed->leaf = entry->leaf;
    disclosed->link_block = tov_entry_link_for(entry, peer->number);
    struct tov_own_message message = {index, entry->leaf, disclosed->link_block};
    enum tov_err err = tov_stanza_for(follow, builder->read, peer, &message, &stanza);
    if (err == TOV_OK) {
        disclosed->stanza_count = 1;
        disclosed->stanzas[0] = (struct tov_frame_stanza){tov_stanza_view(&stanza), peer->epoch};
    } else if (err == TOV_E_EPOCH) {
        tov_stanza_owe_unless_receipted(follow->core, peer, index, entry);
    } else if (err != TOV_E_EXISTS && err != TOV_E_NOT_FOUND) {
        return err; /* not found: a message that was brought back, whose keys were not */
    }
    TOV_TRY(tov_leaf_decode(entry->leaf, follow->leaf));
    const struct tov_leaf_message *leaf = &follow->leaf->as.message;
    TOV_TRY(set_parts(builder, index, leaf, tov_leaf_is_all_for(leaf, peer->number), disclosed));
    return tov_parcel_writer_add(&follow->writer, item);
}

static enum tov_err add_disclosed(struct builder *builder, uint64_t index,
                                  const struct tov_entry *entry)
{
    TOV_TRY(add_skipped(builder, index));
    builder->skip_from = index + 1;
    builder->discloses = true;
    if (entry->leaf.data[5] == TOV_LEAF_MESSAGE)
        return add_message(builder, index, entry);
    TOV_FREE struct tov_frame_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return TOV_E_NOMEM;
    item->kind = TOV_ITEM_DISCLOSED;
    item->as.disclosed.leaf = entry->leaf;
    if (entry->leaf.data[5] == TOV_LEAF_ANCHOR) {
        builder->anchor = index + 1;
        TOV_TRY(tov_store_get(builder->read, TOV_TABLE_BODY, tov_store_key_u64(index),
                              &item->as.disclosed.detached));
    }
    return tov_parcel_writer_add(&builder->follow->writer, item);
}

static enum tov_err add_entry(struct builder *builder, uint64_t index)
{
    struct tov_bytes row;
    struct tov_entry entry;
    bool disclosed = false;
    TOV_TRY(tov_store_get(builder->read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state == TOV_ENTRY_PRESENT)
        TOV_TRY(tov_disclosed_to(builder->follow->core, builder->read, entry.leaf,
                                 builder->peer->number, &disclosed));
    /* Brought back by another recipient: its place on this peer's link is not known. */
    if (disclosed && entry.leaf.data[5] == TOV_LEAF_MESSAGE &&
        tov_entry_link_for(&entry, builder->peer->number).size == 0)
        disclosed = false;
    return disclosed ? add_disclosed(builder, index, &entry) : TOV_OK;
}

/* Adds segments up to signed sizes while they fit; OUT is the last one that did. */
static enum tov_err add_segments(struct builder *builder, struct tov_signed_size *out)
{
    struct tov_core *core = builder->follow->core;
    struct tov_parcel_writer *writer = &builder->follow->writer;
    uint64_t at = builder->from;
    bool has_any = false;
    while (!has_any || (writer->items.size < PARCEL_GOAL_BYTES / 2 && builder->anchor != at)) {
        struct tov_signed_size next;
        struct tov_parcel_mark mark = tov_parcel_writer_mark(writer);
        uint64_t skip_from = builder->skip_from;
        enum tov_err err = tov_ledger_signed_above(core->ledger, builder->read, at, &next);
        for (uint64_t i = at; err == TOV_OK && i < next.size; i++)
            err = add_entry(builder, i);
        if (err == TOV_OK)
            err = add_skipped(builder, next.size);
        if (err != TOV_OK) {
            tov_parcel_writer_rewind(writer, mark);
            builder->skip_from = skip_from;
            return has_any && (err == TOV_E_NOT_FOUND || err == TOV_E_LIMIT) ? TOV_OK : err;
        }
        *out = next;
        at = next.size;
        has_any = true;
    }
    return TOV_OK;
}

/* The control key signs all of it: what the tree does not bind is told from damage on the way. */
static enum tov_err sign_parcel(const struct tov_core *core, uint16_t to, struct tov_buf *frame)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(512);
    uint8_t signature[TOV_SIGNATURE_BYTES];
    struct tov_parcel_route route = {tov_roster_federation(core->roster), core->own->number, to};
    tov_parcel_signed_bytes(&route, tov_buf_view(frame), &message);
    if (message.failed != TOV_OK)
        return message.failed;
    tov_ed25519_sign(core->control_secret, tov_buf_view(&message), signature);
    tov_parcel_put_signature(frame, signature);
    return TOV_OK;
}

static enum tov_err finish(struct builder *builder, const struct tov_signed_size *to)
{
    struct tov_follow *follow = builder->follow;
    struct tov_frame_parcel parcel = {.generation = follow->core->series.generation,
                                      .from = builder->from,
                                      .to = to->size,
                                      .root = to->root};
    memcpy(parcel.signature, to->signature, sizeof parcel.signature);
    tov_buf_clear(&follow->frame);
    TOV_TRY(tov_parcel_writer_finish(&follow->writer, &parcel, &follow->frame));
    return sign_parcel(follow->core, builder->peer->number, &follow->frame);
}

static bool push_inflight(struct tov_peer *peer, uint64_t to, uint64_t bytes)
{
    if (peer->inflight_count == TOV_INFLIGHT_MAX)
        return false;
    size_t at = (peer->inflight_first + peer->inflight_count) % TOV_INFLIGHT_MAX;
    peer->inflight[at] = (struct tov_inflight){to, bytes};
    peer->inflight_count++;
    peer->inflight_bytes += bytes;
    peer->sent_to = to;
    return true;
}

/* TOV_OK: one went out, there may be more. TOV_E_AGAIN: nothing to send now. */
static enum tov_err send_one(struct tov_follow *follow, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_signed_size to = {.size = 0};
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    struct builder builder = {.follow = follow,
                              .read = read,
                              .peer = peer,
                              .from = peer->sent_to,
                              .skip_from = peer->sent_to};
    tov_parcel_writer_clear(&follow->writer);
    enum tov_err err = add_segments(&builder, &to);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_E_AGAIN : err;
    if (!builder.discloses && !peer->is_keeper_of_us) {
        peer->quiet_to = to.size;
        return TOV_E_AGAIN;
    }
    TOV_TRY(finish(&builder, &to));
    TOV_TRY(tov_core_send_peer(follow->core, peer->number, tov_buf_view(&follow->frame)));
    return push_inflight(peer, to.size, follow->frame.size) ? TOV_OK : TOV_E_AGAIN;
}

void tov_parcels_pump(struct tov_follow *follow, struct tov_peer *peer)
{
    if (!peer->has_session || peer->suspended)
        return;
    uint64_t signed_size = tov_ledger_signed(follow->core->ledger);
    while (peer->sent_to < signed_size && peer->quiet_to < signed_size &&
           (peer->inflight_count == 0 || peer->inflight_bytes < peer->window_bytes) &&
           peer->inflight_count < TOV_INFLIGHT_MAX) {
        enum tov_err err = send_one(follow, peer);
        if (err == TOV_OK)
            continue;
        if (err != TOV_E_AGAIN && err != TOV_E_BUSY && err != TOV_E_CLOSED)
            (void)tov_core_fail(follow->core, err, "a parcel could not be made from the store");
        return;
    }
}
