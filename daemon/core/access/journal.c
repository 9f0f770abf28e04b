/* SPDX-License-Identifier: EUPL-1.2 */
#include "access/journal.h"

#include "envelope/stream.h"
#include "ledger/vault.h"
#include "merkle/tree.h"

#include <string.h>

static enum tov_leaf_type leaf_type_of(enum tov_access_class class_code)
{
    if (class_code == TOV_ACCESS_START_ANYWAY)
        return TOV_LEAF_OVERRIDE;
    return class_code == TOV_ACCESS_GIVE_AGAIN ? TOV_LEAF_REWRAP : TOV_LEAF_ACCESS;
}

enum tov_err tov_access_note_at(struct tov_core *core, const struct tov_access_note *note,
                                uint64_t *out_index)
{
    struct tov_journal_note entry = {.leaf_type = leaf_type_of(note->class_code),
                                     .class_code = (uint8_t)note->class_code,
                                     .client = note->client->name,
                                     .role = note->role,
                                     .message = note->message,
                                     .number = note->number,
                                     .reason = note->reason};
    return tov_journal_note(core, &entry, out_index);
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
    if (leaf->type != TOV_LEAF_ACCESS && leaf->type != TOV_LEAF_REWRAP)
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
