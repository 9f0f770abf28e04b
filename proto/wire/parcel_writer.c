/* SPDX-License-Identifier: EUPL-1.2
 *
 * The encoding of schema/peer.proto's Frame.parcel, written by hand: a field is its key (number
 * << 3 | wire type), then a varint (type 0) or a length and that many bytes (type 2); fields in the
 * order of their numbers; a field of proto3 that is zero or empty is left out, members of a oneof
 * and of a list never are. Lengths come first, so each message's size is computed before it is
 * written. A test compares with protobuf-c's own packing, byte for byte.
 */
#include "wire/frame.h"

#include <assert.h>
#include <string.h>

#include "base/hash.h"
#include "base/limits.h"

/* Frame.parcel's key and length, the fields 1..5 of Parcel at their largest, and field 8, which is
 * the last one and always as long. */
#define FRAME_HEAD_MAX (1u + 4u)
#define PARCEL_HEAD_MAX (6u + 11u + 11u + 34u + 66u)
#define PARCEL_TAIL_BYTES (2u + TOV_SIGNATURE_BYTES)
#define ITEMS_MAX_BYTES (TOV_FRAME_MAX_BYTES - FRAME_HEAD_MAX - PARCEL_HEAD_MAX - PARCEL_TAIL_BYTES)

enum {
    FIELD_FRAME_PARCEL = 2,
    FIELD_PARCEL_ITEMS = 6,
    FIELD_PARCEL_COSIGNATURES = 7,
    FIELD_PARCEL_CONTROL_SIGNATURE = 8
};

/* ---- sizes; all field numbers are below 16, so a key is one byte ---- */

static size_t varint_size(uint64_t value)
{
    size_t size = 1;
    while (value >= 0x80) {
        value >>= 7;
        size++;
    }
    return size;
}

static size_t number_size(uint64_t value)
{
    return value == 0 ? 0 : 1 + varint_size(value);
}

/* A member of a list or of a oneof: there also when it is empty. */
static size_t member_size(size_t size)
{
    return 1 + varint_size(size) + size;
}

static size_t bytes_size(size_t size)
{
    return size == 0 ? 0 : member_size(size);
}

static size_t part_size(const struct tov_frame_part *part)
{
    return number_size(part->state) + bytes_size(part->data.size);
}

static size_t stanza_size(const struct tov_frame_stanza *stanza)
{
    return bytes_size(stanza->sealed.size) + number_size(stanza->epoch);
}

static size_t disclosed_size(const struct tov_frame_disclosed *disclosed)
{
    size_t size = bytes_size(disclosed->leaf.size) + bytes_size(disclosed->link_block.size) +
                  bytes_size(disclosed->detached.size);
    for (size_t i = 0; i < disclosed->part_count; i++)
        size += member_size(part_size(&disclosed->parts[i]));
    for (size_t i = 0; i < disclosed->stanza_count; i++)
        size += member_size(stanza_size(&disclosed->stanzas[i]));
    return size;
}

static size_t skipped_size(const struct tov_frame_skipped *skipped)
{
    return number_size(skipped->count) + number_size(skipped->level0) +
           bytes_size(skipped->hashes.size);
}

static size_t erased_size(const struct tov_frame_erased *erased)
{
    return bytes_size(sizeof erased->leaf_hash.bytes) + bytes_size(erased->link_block.size) +
           number_size(erased->erased_by);
}

static size_t cosignature_size(const struct tov_frame_cosignature *cosignature)
{
    return number_size(cosignature->agency) + number_size(cosignature->size) +
           number_size(cosignature->time_s) + bytes_size(sizeof cosignature->signature);
}

static size_t parcel_head_size(const struct tov_frame_parcel *parcel)
{
    return number_size(parcel->generation) + number_size(parcel->from) + number_size(parcel->to) +
           bytes_size(sizeof parcel->root.bytes) + bytes_size(sizeof parcel->signature);
}

/* What stands in the oneof of Item. */
static size_t item_body_size(const struct tov_frame_item *item)
{
    switch (item->kind) {
    case TOV_ITEM_DISCLOSED:
        return disclosed_size(&item->as.disclosed);
    case TOV_ITEM_SKIPPED:
        return skipped_size(&item->as.skipped);
    case TOV_ITEM_ERASED:
        return erased_size(&item->as.erased);
    }
    assert(false && "an item has a kind");
    return 0;
}

/* ---- bytes; AT moves forward, and the sizes above have made the room ---- */

static uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

static uint8_t *put_number(uint8_t *at, unsigned field, uint64_t value)
{
    if (value == 0)
        return at;
    *at++ = (uint8_t)(field << 3);
    return put_varint(at, value);
}

static uint8_t *put_length(uint8_t *at, unsigned field, size_t size)
{
    *at++ = (uint8_t)(field << 3 | 2);
    return put_varint(at, size);
}

static uint8_t *put_bytes(uint8_t *at, unsigned field, struct tov_bytes bytes)
{
    if (bytes.size == 0)
        return at;
    at = put_length(at, field, bytes.size);
    memcpy(at, bytes.data, bytes.size);
    return at + bytes.size;
}

static uint8_t *put_disclosed(uint8_t *at, const struct tov_frame_disclosed *disclosed)
{
    at = put_bytes(at, 1, disclosed->leaf);
    at = put_bytes(at, 2, disclosed->link_block);
    for (size_t i = 0; i < disclosed->part_count; i++) {
        const struct tov_frame_part *part = &disclosed->parts[i];
        at = put_length(at, 3, part_size(part));
        at = put_number(at, 1, part->state);
        at = put_bytes(at, 2, part->data);
    }
    for (size_t i = 0; i < disclosed->stanza_count; i++) {
        const struct tov_frame_stanza *stanza = &disclosed->stanzas[i];
        at = put_length(at, 4, stanza_size(stanza));
        at = put_bytes(at, 1, stanza->sealed);
        at = put_number(at, 2, stanza->epoch);
    }
    return put_bytes(at, 5, disclosed->detached);
}

static uint8_t *put_skipped(uint8_t *at, const struct tov_frame_skipped *skipped)
{
    at = put_number(at, 1, skipped->count);
    at = put_number(at, 2, skipped->level0);
    return put_bytes(at, 3, skipped->hashes);
}

static uint8_t *put_erased(uint8_t *at, const struct tov_frame_erased *erased)
{
    at = put_bytes(at, 1, TOV_BYTES_OF(erased->leaf_hash.bytes));
    at = put_bytes(at, 2, erased->link_block);
    return put_number(at, 3, erased->erased_by);
}

static uint8_t *put_item_body(uint8_t *at, const struct tov_frame_item *item)
{
    switch (item->kind) {
    case TOV_ITEM_DISCLOSED:
        return put_disclosed(at, &item->as.disclosed);
    case TOV_ITEM_SKIPPED:
        return put_skipped(at, &item->as.skipped);
    case TOV_ITEM_ERASED:
        return put_erased(at, &item->as.erased);
    }
    return at;
}

/* ---- the writer ---- */

void tov_parcel_writer_fini(struct tov_parcel_writer *writer)
{
    tov_buf_fini(&writer->items);
    writer->item_count = 0;
    writer->cosignature_count = 0;
}

void tov_parcel_writer_clear(struct tov_parcel_writer *writer)
{
    tov_buf_clear(&writer->items);
    writer->item_count = 0;
    writer->cosignature_count = 0;
}

struct tov_parcel_mark tov_parcel_writer_mark(const struct tov_parcel_writer *writer)
{
    return (struct tov_parcel_mark){writer->items.size, writer->item_count,
                                    writer->cosignature_count};
}

void tov_parcel_writer_rewind(struct tov_parcel_writer *writer, struct tov_parcel_mark mark)
{
    assert(mark.bytes <= writer->items.size && mark.items <= writer->item_count);
    writer->items.size = mark.bytes;
    writer->item_count = mark.items;
    writer->cosignature_count = mark.cosignatures;
}

/* Room for one member of a list in the parcel, or NULL with the error in *OUT_ERR. */
static uint8_t *extend(struct tov_parcel_writer *writer, size_t size, enum tov_err *out_err)
{
    if (size > ITEMS_MAX_BYTES || writer->items.size > ITEMS_MAX_BYTES - size) {
        *out_err = TOV_E_LIMIT;
        return NULL;
    }
    uint8_t *at = tov_buf_extend(&writer->items, size);
    *out_err = writer->items.failed;
    return at;
}

enum tov_err tov_parcel_writer_add(struct tov_parcel_writer *writer,
                                   const struct tov_frame_item *item)
{
    assert(writer->cosignature_count == 0);
    enum tov_err err = TOV_OK;
    size_t body = item_body_size(item);
    size_t whole = member_size(member_size(body));
    uint8_t *at = extend(writer, whole, &err);
    if (at == NULL)
        return err;
    uint8_t *end = at + whole;
    at = put_length(at, FIELD_PARCEL_ITEMS, member_size(body));
    at = put_length(at, (unsigned)item->kind, body); /* kinds are numbered as the fields */
    at = put_item_body(at, item);
    assert(at == end);
    writer->item_count++;
    return TOV_OK;
}

enum tov_err tov_parcel_writer_add_cosignature(struct tov_parcel_writer *writer,
                                               const struct tov_frame_cosignature *cosignature)
{
    enum tov_err err = TOV_OK;
    size_t body = cosignature_size(cosignature);
    uint8_t *at = extend(writer, member_size(body), &err);
    if (at == NULL)
        return err;
    uint8_t *end = at + member_size(body);
    at = put_length(at, FIELD_PARCEL_COSIGNATURES, body);
    at = put_number(at, 1, cosignature->agency);
    at = put_number(at, 2, cosignature->size);
    at = put_number(at, 3, cosignature->time_s);
    at = put_bytes(at, 4, TOV_BYTES_OF(cosignature->signature));
    assert(at == end);
    writer->cosignature_count++;
    return TOV_OK;
}

enum tov_err tov_parcel_writer_finish(struct tov_parcel_writer *writer,
                                      const struct tov_frame_parcel *parcel, struct tov_buf *out)
{
    size_t head = parcel_head_size(parcel);
    size_t body = head + writer->items.size + PARCEL_TAIL_BYTES;
    uint8_t *at = tov_buf_extend(out, member_size(body));
    if (at == NULL)
        return out->failed;
    at = put_length(at, FIELD_FRAME_PARCEL, body);
    at = put_number(at, 1, parcel->generation);
    at = put_number(at, 2, parcel->from);
    at = put_number(at, 3, parcel->to);
    at = put_bytes(at, 4, TOV_BYTES_OF(parcel->root.bytes));
    at = put_bytes(at, 5, TOV_BYTES_OF(parcel->signature));
    if (writer->items.size > 0)
        memcpy(at, writer->items.data, writer->items.size);
    (void)put_bytes(at + writer->items.size, FIELD_PARCEL_CONTROL_SIGNATURE,
                    TOV_BYTES_OF(parcel->control_signature));
    return TOV_OK;
}

/* ---- the control key's signature ---- */

/* The encoding of the Parcel in FRAME without its last field. */
static struct tov_bytes signed_part(struct tov_bytes frame)
{
    size_t head = 1;
    while (head < frame.size && (frame.data[head] & 0x80) != 0)
        head++;
    head++;
    assert(frame.size >= head + PARCEL_TAIL_BYTES);
    return (struct tov_bytes){frame.data + head, frame.size - head - PARCEL_TAIL_BYTES};
}

void tov_parcel_signed_bytes(const struct tov_parcel_route *route, struct tov_bytes frame,
                             struct tov_buf *out)
{
    struct tov_bytes name = tov_bytes_of_text(route->federation);
    struct tov_hash hash = tov_sha256(signed_part(frame));
    tov_buf_put_text(out, "tov/v1 parcel");
    tov_buf_put_u16(out, (uint16_t)name.size);
    tov_buf_put_bytes(out, name);
    tov_buf_put_u16(out, route->from);
    tov_buf_put_u16(out, route->to);
    tov_buf_put_bytes(out, TOV_BYTES_OF(hash.bytes));
}

void tov_parcel_put_signature(struct tov_buf *frame, const uint8_t signature[TOV_SIGNATURE_BYTES])
{
    assert(frame->size >= TOV_SIGNATURE_BYTES);
    memcpy(frame->data + frame->size - TOV_SIGNATURE_BYTES, signature, TOV_SIGNATURE_BYTES);
}
