/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/journal_note.h"

#include "envelope/stream.h"
#include "ledger/vault.h"

#define NOTE_RETENTION_CLASS 4 /* R4: the access log */

static void put_text(struct tov_buf *out, struct tov_bytes text)
{
    tov_buf_put_u16(out, (uint16_t)text.size);
    tov_buf_put_bytes(out, text);
}

static void put_details(struct tov_core *core, const struct tov_journal_note *note,
                        struct tov_buf *out)
{
    uint8_t salt[TOV_SALT_BYTES];
    tov_core_random(core, salt, sizeof salt);
    tov_buf_put(out, salt, sizeof salt);
    put_text(out, tov_bytes_of_text(note->client));
    put_text(out, tov_bytes_of_text(note->role));
    put_text(out, note->reason);
    tov_buf_put_u8(out, note->class_code);
    tov_buf_put_u16(out, note->message.agency);
    tov_buf_put_u32(out, note->message.generation);
    tov_buf_put_u64(out, note->message.index);
    tov_buf_put_u64(out, note->number);
    tov_buf_put_u64(out, core->now_ms);
}

static enum tov_err append_entry(struct tov_core *core, const struct tov_journal_note *note,
                                 struct tov_bytes details, struct tov_ledger_place *out_place)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    leaf->type = note->leaf_type;
    leaf->as.detail.class_code = note->class_code;
    leaf->as.detail.detail_hash = tov_sha256(details);
    return tov_core_append_leaf(core, core->journal, leaf, 0, out_place);
}

/* The sealed row; the key is used for these details alone. */
static enum tov_err put_row(struct tov_core *core, const struct tov_ledger_place *place,
                            struct tov_bytes details)
{
    TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys = {.has_content = false};
    uint8_t room[TOV_DATAKEY_ROW_BYTES + TOV_JOURNAL_DETAIL_MAX_BYTES + TOV_STREAM_TAG_BYTES];
    uint8_t wrapped[TOV_DATAKEY_ROW_BYTES];
    struct tov_buf row = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    tov_core_random(core, keys.header.bytes, sizeof keys.header.bytes);
    TOV_TRY(tov_vault_wrap(core, NOTE_RETENTION_CLASS, &place->leaf_hash, &keys, wrapped));
    tov_buf_put(&row, wrapped, sizeof wrapped);
    TOV_TRY(tov_stream_seal(&keys.header, details, &row));
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_JBODY, tov_store_key_u64(place->index),
                           tov_buf_view(&row));
    return tov_store_batch_failed(tov_core_batch(core));
}

enum tov_err tov_journal_note(struct tov_core *core, const struct tov_journal_note *note,
                              uint64_t *out_index)
{
    uint8_t room[TOV_JOURNAL_DETAIL_MAX_BYTES];
    struct tov_buf details = {.data = room, .capacity = sizeof room, .limit = sizeof room};
    struct tov_ledger_place place;
    if (note->reason.size > TOV_JOURNAL_REASON_MAX_BYTES)
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
        return tov_core_fail(core, err, "an entry of the journal could not be written");
    *out_index = place.index;
    return TOV_OK;
}
