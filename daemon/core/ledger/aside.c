/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/aside.h"

#include "ledger/moved.h"
#include "ledger/reply.h"
#include "ledger/series.h"
#include "ledger/tiles.h"
#include "ledger/vault.h"
#include "merkle/tree.h"

#include <stdlib.h>
#include <string.h>

#define LEAF_TYPE_AT 5u /* wire/leaf.c */
#define ROW_MAX_BYTES ((size_t)2 * TOV_FRAME_MAX_BYTES)

struct tov_store_key tov_aside_receipt_key(uint16_t agency, uint64_t index)
{
    struct tov_store_key key = tov_store_key_text("aside-receipt");
    tov_store_key_put_u16(&key, agency);
    tov_store_key_put_u64(&key, index);
    return key;
}

/* ---- setting aside ---- */

static enum tov_err get_optional(struct tov_store_read *read, unsigned table, uint64_t index,
                                 struct tov_bytes *out)
{
    *out = (struct tov_bytes){0};
    enum tov_err err = tov_store_get(read, table, tov_store_key_u64(index), out);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static void put_sized(struct tov_buf *out, struct tov_bytes bytes)
{
    tov_buf_put_u32(out, (uint32_t)bytes.size);
    tov_buf_put_bytes(out, bytes);
}

static enum tov_err delete_links(struct tov_core *core, const struct tov_entry *entry)
{
    struct tov_reader reader = tov_reader_of(entry->links);
    struct tov_link_block link;
    for (size_t i = 0; i < entry->link_count; i++) {
        uint16_t peer = tov_read_u16(&reader);
        TOV_TRY(tov_link_decode(tov_read_bytes(&reader, TOV_LINK_BLOCK_BYTES), &link));
        struct tov_link_place place = {peer, link.series.generation, link.series.lost_index,
                                       link.number};
        tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_LINK, tov_key_link(&place));
    }
    return TOV_OK;
}

/* Its event points nowhere until it is appended again; its place leads to the event. */
static enum tov_err unplace_event(struct tov_core *core, struct tov_store_read *read,
                                  const struct tov_entry *entry)
{
    uint64_t number = entry->event;
    struct tov_event event;
    TOV_TRY(tov_event_get(read, number, &event));
    struct tov_ref old = {event.agency, event.generation, event.index,
                          tov_merkle_leaf_hash(entry->leaf)};
    tov_moved_put(core, &old, number);
    event.index = TOV_ASIDE_INDEX;
    tov_event_replace(core, number, &event);
    return TOV_OK;
}

static enum tov_err put_message(struct tov_core *core, struct tov_store_read *read, uint64_t index,
                                struct tov_bytes row, const struct tov_entry *entry)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(ROW_MAX_BYTES);
    struct tov_bytes body;
    struct tov_bytes keys;
    TOV_TRY(get_optional(read, TOV_TABLE_BODY, index, &body));
    TOV_TRY(get_optional(read, TOV_TABLE_DATAKEY, index, &keys));
    TOV_TRY(delete_links(core, entry));
    TOV_TRY(unplace_event(core, read, entry));
    tov_buf_put_u64(&out, 0); /* not given up */
    tov_buf_put_u64(&out, index);
    put_sized(&out, row);
    put_sized(&out, body);
    put_sized(&out, keys);
    tov_store_batch_put_buf(tov_core_batch(core), TOV_TABLE_ASIDE, tov_store_key_u64(entry->event),
                            &out);
    return TOV_OK;
}

/* A loss told what an earlier recovery could not bring back, and that is as it was. */
static enum tov_err put_other(struct tov_core *core, uint64_t index, struct tov_bytes bytes,
                              uint64_t *inout_unsaid)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_leaf_decode(bytes, leaf));
    if (leaf->type == TOV_LEAF_LOST && leaf->as.lost.first < *inout_unsaid)
        *inout_unsaid = leaf->as.lost.first;
    if (leaf->type == TOV_LEAF_RECEIPT)
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT,
                            tov_aside_receipt_key(leaf->as.receipt.peer, index), bytes);
    return TOV_OK;
}

static enum tov_err put_one(struct tov_core *core, struct tov_store_read *read, uint64_t index,
                            uint64_t *inout_unsaid)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || entry.leaf.size <= LEAF_TYPE_AT)
        return TOV_OK;
    uint8_t type = entry.leaf.data[LEAF_TYPE_AT];
    if (type == TOV_LEAF_MESSAGE)
        return put_message(core, read, index, row, &entry);
    return type == TOV_LEAF_LOST || type == TOV_LEAF_RECEIPT
               ? put_other(core, index, entry.leaf, inout_unsaid)
               : TOV_OK;
}

/* Tiles that hold any entry from FIRST on. */
static void delete_tiles(struct tov_core *core, uint64_t first)
{
    for (unsigned level = 0; level < TOV_TILE_LEVELS; level++) {
        unsigned shift = 8 * (level + 1);
        uint64_t n = shift > 63 ? 0 : first >> shift;
        tov_store_batch_delete_range(tov_core_batch(core), TOV_TABLE_TILE, tov_key_tile(level, n),
                                     tov_key_tile(level, UINT64_MAX));
    }
}

enum tov_err tov_aside_put_all(struct tov_core *core, struct tov_store_read *read, uint64_t first,
                               uint64_t end, uint64_t *out_unsaid)
{
    static const unsigned tables[] = {TOV_TABLE_LEAF, TOV_TABLE_BODY, TOV_TABLE_DATAKEY};
    struct tov_store_key none = {0};
    *out_unsaid = first;
    for (uint64_t i = first; i < end; i++)
        TOV_TRY(put_one(core, read, i, out_unsaid));
    struct tov_store_batch *batch = tov_core_batch(core);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        tov_store_batch_delete_range(batch, tables[i], tov_store_key_u64(first), none);
    delete_tiles(core, first);
    tov_series_forget_from(core, first);
    tov_store_batch_delete_range(batch, TOV_TABLE_BOOK, none, none);
    tov_core_log(core, TOV_HOST_WARN, "entries-set-aside", "first=%llu end=%llu",
                 (unsigned long long)first, (unsigned long long)end);
    return TOV_OK;
}

/* ---- appending anew ---- */

static struct tov_bytes read_sized(struct tov_reader *reader)
{
    return tov_read_bytes(reader, tov_read_u32(reader));
}

/* What is appended anew in one batch. */
struct appending {
    struct tov_core *core;
    struct tov_store_read *read;
    const struct tov_link_heads *heads;
    uint64_t given_up_ms;         /* one time for all of the batch; 0: none was given up yet */
    struct tov_moved_fresh fresh; /* those that were */
    struct tov_message *message;  /* the one that is looked at */
};

/* One message on its way back into the ledger. */
struct returning {
    struct tov_event event;
    struct tov_message_again again;
    struct tov_message_name old;
    struct tov_draft draft; /* its header, unless this program does not understand it */
    bool has_draft;
    struct tov_buf header; /* anew, when it names something that was moved */
};

static void returning_fini(struct returning *in)
{
    if (in->has_draft)
        tov_draft_fini(&in->draft);
    tov_wipe(in->header.data, in->header.capacity);
    tov_buf_fini(&in->header);
}

static enum tov_err load(struct tov_store_read *read, uint64_t number, struct tov_bytes row,
                         struct returning *in)
{
    struct tov_reader reader = tov_reader_of(row);
    struct tov_entry entry;
    in->again.event = number;
    TOV_TRY(tov_event_get(read, number, &in->event));
    (void)tov_read_u64(&reader); /* given up */
    in->old =
        (struct tov_message_name){in->event.agency, in->event.generation, tov_read_u64(&reader)};
    TOV_TRY(tov_entry_decode_own(read_sized(&reader), &entry));
    in->again.leaf = entry.leaf;
    in->again.body = read_sized(&reader);
    in->again.keys = read_sized(&reader);
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

/* What answers another one is noted by the place of both. */
static bool replying_of(const struct returning *in, const struct tov_message_name *name,
                        struct tov_ref *out_target, struct tov_replying *out)
{
    if (!in->has_draft || !tov_record_ref(in->draft.header, "in_reply_to", 0, out_target))
        return false;
    *out = (struct tov_replying){in->again.event, tov_relation_of(in->draft.header), *name};
    return true;
}

/* Opens its header, and lets it answer nothing by its old place: also where it stays aside, for
 * what was never written has no effect. */
static enum tov_err open_header(struct tov_core *core, struct tov_message *message,
                                struct returning *in)
{
    struct tov_ref target;
    struct tov_replying replying;
    TOV_TRY(tov_message_open_again(core, &in->again, message));
    enum tov_err err = tov_draft_decode(tov_buf_view(&message->header), NULL, &in->draft, NULL);
    in->has_draft = err == TOV_OK;
    if (replying_of(in, &in->old, &target, &replying))
        tov_reply_delete(core, &target, &replying);
    return err == TOV_E_NOMEM ? err : TOV_OK; /* else it says nothing that anybody understands */
}

/* What was moved is named anew in it. */
static enum tov_err name_anew(const struct appending *on, struct returning *in)
{
    struct tov_moving moving = {on->core, on->read, &on->fresh};
    bool is_changed = false;
    if (!in->has_draft)
        return TOV_OK;
    TOV_TRY(tov_moved_name_anew(&moving, &in->draft, &is_changed));
    if (is_changed)
        TOV_TRY(tov_draft_encode(&in->draft, &in->header, NULL));
    in->again.header = tov_buf_view(&in->header);
    return TOV_OK;
}

static enum tov_err put_anew(struct appending *on, struct returning *in)
{
    struct tov_message_written written;
    struct tov_ref target;
    struct tov_replying replying;
    TOV_TRY(tov_message_write_again(on->core, on->heads, &in->again, &written));
    in->event.index = written.place.index;
    tov_event_replace(on->core, in->again.event, &in->event);
    struct tov_message_name name = {in->event.agency, in->event.generation, in->event.index};
    if (replying_of(in, &name, &target, &replying))
        tov_reply_put(on->core, &target, &replying);
    struct tov_ref ref = {name.agency, name.generation, name.index, written.place.leaf_hash};
    return tov_moved_fresh_add(&on->fresh, in->again.event, &ref);
}

static enum tov_err append_one(struct appending *on, const struct tov_store_row *row)
{
    TOV_CLEANUP(returning_fini)
    struct returning in = {.header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES)};
    TOV_TRY(load(on->read, tov_store_key_to_u64(&row->key), row->value, &in));
    TOV_TRY(open_header(on->core, on->message, &in));
    TOV_TRY(name_anew(on, &in));
    TOV_TRY(put_anew(on, &in));
    tov_store_batch_delete(tov_core_batch(on->core), TOV_TABLE_ASIDE, row->key);
    return TOV_OK;
}

/* Its recipient is no peer any more, its key is gone, it names one that stays aside itself, or
 * there is no room for what it names now. */
static bool stays_aside(enum tov_err err)
{
    return err == TOV_E_NOT_FOUND || err == TOV_E_ERASED || err == TOV_E_LIMIT;
}

static enum tov_err state_of(const struct tov_store_row *row, struct tov_aside *out)
{
    struct tov_reader reader = tov_reader_of(row->value);
    uint64_t given_up_ms = tov_read_u64(&reader);
    if (reader.failed)
        return TOV_E_CORRUPT;
    *out = (struct tov_aside){tov_store_key_to_u64(&row->key), given_up_ms};
    return TOV_OK;
}

/* A5. Whoever is told of it is told by this row, so not before it is committed. The time is that of
 * a leaf: by a clock that is behind its days would be over when the clock is right. */
static void give_up(struct appending *on, const struct tov_store_row *row, enum tov_err why)
{
    struct tov_core *core = on->core;
    if (on->given_up_ms == 0)
        on->given_up_ms = tov_core_leaf_time(core);
    uint8_t *to =
        tov_store_batch_put_space(tov_core_batch(core), TOV_TABLE_ASIDE, row->key, row->value.size);
    if (to != NULL) { /* else the batch has failed, which its commit reports */
        memcpy(to, row->value.data, row->value.size);
        tov_put_be64(to, on->given_up_ms);
    }
    tov_core_log(core, TOV_HOST_ERROR, "message-stays-aside", "number=%llu error=%s",
                 (unsigned long long)tov_store_key_to_u64(&row->key), tov_err_name(why));
}

static enum tov_err append_or_give_up(struct appending *on, const struct tov_store_row *row)
{
    struct tov_aside aside;
    TOV_TRY(state_of(row, &aside));
    if (aside.given_up_ms != 0)
        return TOV_OK;
    enum tov_err err = append_one(on, row);
    if (!stays_aside(err))
        return err;
    give_up(on, row, err);
    return TOV_OK;
}

static enum tov_err append_each(struct appending *on)
{
    struct tov_store_range range = {.table = TOV_TABLE_ASIDE};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(on->read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = append_or_give_up(on, &iter.row);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

enum tov_err tov_aside_append_all(struct tov_core *core, const struct tov_link_heads *heads,
                                  uint64_t *out_count)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    struct appending on = {.core = core, .read = read, .heads = heads, .message = message};
    enum tov_err err = append_each(&on);
    uint64_t count = on.fresh.count;
    tov_moved_fresh_fini(&on.fresh);
    TOV_TRY(err);
    *out_count = count;
    return TOV_OK;
}

/* ---- what stays ---- */

static enum tov_err find(struct tov_store_read *read, uint64_t number, struct returning *in)
{
    struct tov_bytes row;
    TOV_TRY(tov_store_get(read, TOV_TABLE_ASIDE, tov_store_key_u64(number), &row));
    return load(read, number, row, in);
}

enum tov_err tov_aside_next(struct tov_store_read *read, uint64_t number,
                            struct tov_aside *out_aside)
{
    struct tov_store_range range = {.table = TOV_TABLE_ASIDE, .first = tov_store_key_u64(number)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    enum tov_err err =
        tov_store_iter_next(&iter) ? state_of(&iter.row, out_aside) : TOV_E_NOT_FOUND;
    TOV_TRY(tov_store_iter_fini(&iter));
    return err;
}

enum tov_err tov_aside_get(struct tov_store_read *read, uint64_t number,
                           struct tov_aside *out_aside)
{
    struct tov_store_row row = {.key = tov_store_key_u64(number)};
    TOV_TRY(tov_store_get(read, TOV_TABLE_ASIDE, row.key, &row.value));
    return state_of(&row, out_aside);
}

enum tov_err tov_aside_open(struct tov_core *core, struct tov_store_read *read, uint64_t number,
                            struct tov_message *message)
{
    struct returning in = {.has_draft = false};
    TOV_TRY(find(read, number, &in));
    return tov_message_open_again(core, &in.again, message);
}

/* ---- what stands in the tree after all ---- */

static int by_id(const void *left, const void *right)
{
    return memcmp(left, right, TOV_MESSAGE_ID_BYTES); /* which it begins with */
}

static enum tov_err read_id(const struct tov_store_row *row, struct tov_aside_id *out)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_reader reader = tov_reader_of(row->value);
    struct tov_entry entry;
    if (leaf == NULL)
        return TOV_E_NOMEM;
    (void)tov_read_bytes(&reader, 16); /* given up, index */
    TOV_TRY(tov_entry_decode_own(read_sized(&reader), &entry));
    TOV_TRY(tov_leaf_decode(entry.leaf, leaf));
    memcpy(out->id, leaf->as.message.id, sizeof out->id);
    out->number = tov_store_key_to_u64(&row->key);
    return TOV_OK;
}

enum tov_err tov_aside_ids_read(struct tov_store_read *read, struct tov_aside_ids *out_ids)
{
    struct tov_store_range range = {.table = TOV_TABLE_ASIDE};
    struct tov_store_iter iter;
    uint64_t rows = 0;
    enum tov_err err = TOV_OK;
    *out_ids = (struct tov_aside_ids){.items = NULL};
    TOV_TRY(tov_store_count(read, TOV_TABLE_ASIDE, &rows));
    if (rows == 0)
        return TOV_OK;
    TOV_FREE struct tov_aside_id *items = calloc((size_t)rows, sizeof *items);
    size_t count = 0;
    if (items == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && count < rows && tov_store_iter_next(&iter))
        err = read_id(&iter.row, &items[count++]);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    if (err != TOV_OK || read_err != TOV_OK)
        return err != TOV_OK ? err : read_err;
    qsort(items, count, sizeof *items, by_id);
    *out_ids = (struct tov_aside_ids){TOV_TAKE(items), count};
    return TOV_OK;
}

void tov_aside_ids_fini(struct tov_aside_ids *ids)
{
    free(ids->items);
    *ids = (struct tov_aside_ids){.items = NULL};
}

enum tov_err tov_aside_find(const struct tov_core *core, struct tov_store_read *read,
                            const struct tov_aside_ids *ids, const uint8_t id[TOV_MESSAGE_ID_BYTES],
                            uint64_t *out_number)
{
    struct tov_bytes row;
    const struct tov_aside_id *item =
        ids->count == 0 ? NULL : bsearch(id, ids->items, ids->count, sizeof *ids->items, by_id);
    if (item == NULL)
        return TOV_E_NOT_FOUND;
    TOV_TRY(
        tov_core_get_pending(core, read, TOV_TABLE_ASIDE, tov_store_key_u64(item->number), &row));
    *out_number = item->number;
    return TOV_OK;
}

enum tov_err tov_aside_read_parts(struct tov_core *core, struct tov_store_read *read,
                                  uint64_t number, struct tov_aside_parts *out_parts)
{
    struct returning in = {.has_draft = false};
    TOV_TRY(find(read, number, &in));
    struct tov_hash leaf = tov_merkle_leaf_hash(in.again.leaf);
    enum tov_err err = tov_vault_unwrap(core, &leaf, in.again.keys, &out_parts->keys);
    out_parts->body = in.again.body;
    out_parts->has_keys = err == TOV_OK;
    return err == TOV_E_ERASED ? TOV_OK : err;
}

enum tov_err tov_aside_end(struct tov_core *core, struct tov_store_read *read, uint64_t number,
                           uint64_t index)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_CLEANUP(returning_fini) struct returning in = {.header = TOV_BUF_INIT(0)};
    TOV_TRY(find(read, number, &in));
    TOV_TRY(tov_message_create(&message));
    enum tov_err err = open_header(core, message, &in);
    if (err != TOV_OK && err != TOV_E_ERASED)
        return err;
    in.event.index = index;
    tov_event_replace(core, number, &in.event);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_ASIDE, tov_store_key_u64(number));
    tov_core_log(core, TOV_HOST_INFO, "message-was-back", "number=%llu index=%llu",
                 (unsigned long long)number, (unsigned long long)index);
    return TOV_OK;
}
