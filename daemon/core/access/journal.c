/* SPDX-License-Identifier: EUPL-1.2 */
#include "access/journal.h"

#include "envelope/stream.h"
#include "ledger/vault.h"
#include "merkle/tree.h"

#include <string.h>

#define ACCESS_RETENTION_CLASS 4 /* R4: the access log */

static void put_text(struct tov_buf *out, struct tov_bytes text)
{
    tov_buf_put_u16(out, (uint16_t)text.size);
    tov_buf_put_bytes(out, text);
}

static void put_details(struct tov_core *core, const struct tov_access_note *note,
                        struct tov_buf *out)
{
    uint8_t salt[TOV_SALT_BYTES];
    tov_core_random(core, salt, sizeof salt);
    tov_buf_put(out, salt, sizeof salt);
    put_text(out, tov_bytes_of_text(note->client->name));
    put_text(out, tov_bytes_of_text(note->role));
    put_text(out, note->reason);
    tov_buf_put_u8(out, (uint8_t)note->class_code);
    tov_buf_put_u16(out, note->message.agency);
    tov_buf_put_u32(out, note->message.generation);
    tov_buf_put_u64(out, note->message.index);
    tov_buf_put_u64(out, note->number);
    tov_buf_put_u64(out, core->now_ms);
}

static enum tov_err append_entry(struct tov_core *core, const struct tov_access_note *note,
                                 struct tov_bytes details, struct tov_ledger_place *out_place)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    leaf->type = note->class_code == TOV_ACCESS_START_ANYWAY ? TOV_LEAF_OVERRIDE : TOV_LEAF_ACCESS;
    leaf->as.detail.class_code = (uint8_t)note->class_code;
    leaf->as.detail.detail_hash = tov_sha256(details);
    return tov_core_append_leaf(core, core->journal, leaf, 0, out_place);
}

/* The sealed row; the key is used for these details alone. */
static enum tov_err put_row(struct tov_core *core, const struct tov_ledger_place *place,
                            struct tov_bytes details)
{
    TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys = {.has_content = false};
    uint8_t room[TOV_DATAKEY_ROW_BYTES + TOV_ACCESS_DETAIL_MAX_BYTES + TOV_STREAM_TAG_BYTES];
    uint8_t wrapped[TOV_DATAKEY_ROW_BYTES];
    struct tov_buf row = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    tov_core_random(core, keys.header.bytes, sizeof keys.header.bytes);
    TOV_TRY(tov_vault_wrap(core, ACCESS_RETENTION_CLASS, &place->leaf_hash, &keys, wrapped));
    tov_buf_put(&row, wrapped, sizeof wrapped);
    TOV_TRY(tov_stream_seal(&keys.header, details, &row));
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_JBODY, tov_store_key_u64(place->index),
                           tov_buf_view(&row));
    return tov_store_batch_failed(tov_core_batch(core));
}

enum tov_err tov_access_note_at(struct tov_core *core, const struct tov_access_note *note,
                                uint64_t *out_index)
{
    uint8_t room[TOV_ACCESS_DETAIL_MAX_BYTES];
    struct tov_buf details = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    struct tov_ledger_place place;
    if (note->reason.size > TOV_ACCESS_REASON_MAX_BYTES)
        return TOV_E_LIMIT;
    if (tov_ledger_size(core->journal) == 0)
        return TOV_E_UNAVAILABLE;
    put_details(core, note, &details);
    enum tov_err err = details.failed;
    if (err == TOV_OK)
        err = append_entry(core, note, tov_buf_view(&details), &place);
    if (err == TOV_OK)
        err = put_row(core, &place, tov_buf_view(&details));
    tov_wipe(room, sizeof room);
    if (err != TOV_OK)
        return tov_core_fail(core, err, "an access entry could not be written");
    *out_index = place.index;
    return TOV_OK;
}

enum tov_err tov_access_note(struct tov_core *core, const struct tov_access_note *note)
{
    uint64_t index = 0;
    return tov_access_note_at(core, note, &index);
}

static enum tov_err read_hashes(struct tov_store_read *read, uint64_t index,
                                struct tov_hash *out_leaf_hash, struct tov_hash *out_detail_hash)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(read, TOV_TABLE_JLEAF, tov_store_key_u64(index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state != TOV_ENTRY_PRESENT)
        return TOV_E_ERASED;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_leaf_decode(entry.leaf, leaf));
    if (leaf->type != TOV_LEAF_ACCESS)
        return TOV_E_NOT_FOUND;
    *out_leaf_hash = tov_merkle_leaf_hash(entry.leaf);
    *out_detail_hash = leaf->as.detail.detail_hash;
    return TOV_OK;
}

enum tov_err tov_access_details(struct tov_core *core, struct tov_store_read *read, uint64_t index,
                                struct tov_buf *out)
{
    TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys = {0};
    struct tov_hash leaf_hash;
    struct tov_hash detail_hash;
    struct tov_bytes row;
    TOV_TRY(read_hashes(read, index, &leaf_hash, &detail_hash));
    TOV_TRY(tov_store_get(read, TOV_TABLE_JBODY, tov_store_key_u64(index), &row));
    if (row.size < TOV_DATAKEY_ROW_BYTES)
        return TOV_E_CORRUPT;
    struct tov_bytes wrapped = {row.data, TOV_DATAKEY_ROW_BYTES};
    struct tov_bytes sealed = {row.data + TOV_DATAKEY_ROW_BYTES, row.size - TOV_DATAKEY_ROW_BYTES};
    TOV_TRY(tov_vault_unwrap(core, &leaf_hash, wrapped, &keys));
    size_t before = out->size;
    TOV_TRY(tov_stream_open(&keys.header, sealed, out));
    struct tov_hash hash = tov_sha256((struct tov_bytes){out->data + before, out->size - before});
    return tov_hash_equal(&hash, &detail_hash) ? TOV_OK : TOV_E_CORRUPT;
}

static struct tov_bytes read_text(struct tov_reader *reader)
{
    return tov_read_bytes(reader, tov_read_u16(reader));
}

enum tov_err tov_access_entry_decode(struct tov_bytes details, struct tov_access_entry *out)
{
    struct tov_reader reader = tov_reader_of(details);
    (void)tov_read_bytes(&reader, TOV_SALT_BYTES);
    out->client = read_text(&reader);
    out->role = read_text(&reader);
    out->reason = read_text(&reader);
    out->class_code = (enum tov_access_class)tov_read_u8(&reader);
    out->message.agency = tov_read_u16(&reader);
    out->message.generation = tov_read_u32(&reader);
    out->message.index = tov_read_u64(&reader);
    out->number = tov_read_u64(&reader);
    out->time_ms = tov_read_u64(&reader);
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}
