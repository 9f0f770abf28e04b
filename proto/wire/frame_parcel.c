/* SPDX-License-Identifier: EUPL-1.2
 *
 * Parcels, their items, and cosignatures. An item is converted when it is asked for, into the
 * caller's struct: nothing is allocated for one.
 */
#include "wire/frame_internal.h"

#include <assert.h>

#include "peer.pb-c.h"

#include "base/limits.h"

static const Tov__Peer__Parcel *parcel_of(const struct tov_frame *frame)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_PARCEL);
    return frame->message->parcel;
}

enum tov_err tov_frame_parcel(const struct tov_frame *frame, struct tov_frame_parcel *out)
{
    const Tov__Peer__Parcel *parcel = parcel_of(frame);
    struct tov_frame_parcel value = {
        .generation = parcel->generation,
        .from = parcel->from,
        .to = parcel->to,
        .item_count = parcel->n_items,
        .cosignature_count = parcel->n_cosignatures,
    };
    if (parcel->generation == 0 || parcel->from >= parcel->to)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_copy_exact(parcel->root, value.root.bytes, sizeof value.root.bytes));
    TOV_TRY(tov_copy_exact(parcel->signature, value.signature, sizeof value.signature));
    TOV_TRY(tov_copy_exact(parcel->control_signature, value.control_signature,
                           sizeof value.control_signature));
    *out = value;
    return TOV_OK;
}

static enum tov_err read_link_block(ProtobufCBinaryData field, struct tov_bytes *out)
{
    if (field.len != 0 && field.len != TOV_LINK_BLOCK_BYTES)
        return TOV_E_MALFORMED;
    *out = tov_bytes_of_field(field);
    return TOV_OK;
}

/* The states of enum tov_part_state have the numbers of the schema. */
static enum tov_err read_part(const Tov__Peer__Part *field, struct tov_frame_part *out)
{
    bool is_inline = field->state == TOV__PEER__PART_STATE__PART_STATE_INLINE;
    if (field->state == TOV__PEER__PART_STATE__PART_STATE_UNSPECIFIED)
        return TOV_E_MALFORMED;
    if (is_inline != (field->data.len > 0))
        return TOV_E_MALFORMED;
    *out =
        (struct tov_frame_part){(enum tov_part_state)field->state, tov_bytes_of_field(field->data)};
    return TOV_OK;
}

static enum tov_err read_disclosed(const Tov__Peer__Disclosed *field,
                                   struct tov_frame_disclosed *out)
{
    if (field->leaf.len == 0)
        return TOV_E_MALFORMED;
    if (field->leaf.len > TOV_LEAF_MAX_BYTES || field->n_parts > TOV_PARTS_MAX ||
        field->n_stanzas > TOV_STANZAS_PER_ENTRY_MAX)
        return TOV_E_LIMIT;
    out->leaf = tov_bytes_of_field(field->leaf);
    TOV_TRY(read_link_block(field->link_block, &out->link_block));
    out->part_count = field->n_parts;
    for (size_t i = 0; i < field->n_parts; i++)
        TOV_TRY(read_part(field->parts[i], &out->parts[i]));
    out->stanza_count = field->n_stanzas;
    for (size_t i = 0; i < field->n_stanzas; i++)
        TOV_TRY(tov_stanza_of_field(field->stanzas[i], &out->stanzas[i]));
    out->detached = tov_bytes_of_field(field->detached);
    return TOV_OK;
}

static enum tov_err read_skipped(const Tov__Peer__Skipped *field, struct tov_frame_skipped *out)
{
    size_t count = field->hashes.len / TOV_HASH_BYTES;
    if (field->hashes.len % TOV_HASH_BYTES != 0 || count == 0 || count > field->count)
        return TOV_E_MALFORMED;
    if (field->level0 && count != field->count)
        return TOV_E_MALFORMED;
    *out = (struct tov_frame_skipped){
        .count = field->count,
        .level0 = field->level0 != 0,
        .hash_count = count,
        .hashes = tov_bytes_of_field(field->hashes),
    };
    return TOV_OK;
}

static enum tov_err read_erased(const Tov__Peer__Erased *field, struct tov_frame_erased *out)
{
    TOV_TRY(tov_copy_exact(field->leaf_hash, out->leaf_hash.bytes, sizeof out->leaf_hash.bytes));
    TOV_TRY(read_link_block(field->link_block, &out->link_block));
    out->erased_by = field->erased_by;
    return TOV_OK;
}

static enum tov_err read_item(const Tov__Peer__Item *item, struct tov_frame_item *out)
{
    switch (item->kind_case) {
    case TOV__PEER__ITEM__KIND_DISCLOSED:
        out->kind = TOV_ITEM_DISCLOSED;
        return read_disclosed(item->disclosed, &out->as.disclosed);
    case TOV__PEER__ITEM__KIND_SKIPPED:
        out->kind = TOV_ITEM_SKIPPED;
        return read_skipped(item->skipped, &out->as.skipped);
    case TOV__PEER__ITEM__KIND_ERASED:
        out->kind = TOV_ITEM_ERASED;
        return read_erased(item->erased, &out->as.erased);
    case TOV__PEER__ITEM__KIND__NOT_SET:
    case _TOV__PEER__ITEM__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return TOV_E_MALFORMED;
}

enum tov_err tov_frame_item(const struct tov_frame *frame, size_t index, struct tov_frame_item *out)
{
    const Tov__Peer__Parcel *parcel = parcel_of(frame);
    assert(index < parcel->n_items);
    return read_item(parcel->items[index], out);
}

/* ---- cosignatures ---- */

static Tov__Peer__Cosignature *const *cosignatures_of(const struct tov_frame *frame,
                                                      size_t *out_count)
{
    if (tov_frame_kind(frame) == TOV_FRAME_PARCEL) {
        *out_count = frame->message->parcel->n_cosignatures;
        return frame->message->parcel->cosignatures;
    }
    assert(tov_frame_kind(frame) == TOV_FRAME_COSIGNATURES);
    *out_count = frame->message->cosignatures->n_cosignatures;
    return frame->message->cosignatures->cosignatures;
}

size_t tov_frame_cosignature_count(const struct tov_frame *frame)
{
    size_t count = 0;
    (void)cosignatures_of(frame, &count);
    return count;
}

enum tov_err tov_frame_cosignature(const struct tov_frame *frame, size_t index,
                                   struct tov_frame_cosignature *out)
{
    size_t count = 0;
    Tov__Peer__Cosignature *const *fields = cosignatures_of(frame, &count);
    assert(index < count);
    struct tov_frame_cosignature value = {.size = fields[index]->size,
                                          .time_s = fields[index]->time_s};
    TOV_TRY(tov_agency_of_field(fields[index]->agency, &value.agency));
    TOV_TRY(tov_copy_exact(fields[index]->signature, value.signature, sizeof value.signature));
    *out = value;
    return TOV_OK;
}
