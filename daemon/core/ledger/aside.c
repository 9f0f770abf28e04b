/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/aside.h"

#include "ledger/moved.h"
#include "ledger/reply.h"
#include "ledger/series.h"
#include "ledger/tiles.h"
#include "merkle/tree.h"

#include <string.h>

#define LEAF_TYPE_AT 5u /* wire/leaf.c */
#define ROW_MAX_BYTES ((size_t)2 * TOV_FRAME_MAX_BYTES)

static struct tov_store_key left_key(void)
{
    return tov_store_key_text("aside-left");
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

static enum tov_err put_one(struct tov_core *core, struct tov_store_read *read, uint64_t index)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(ROW_MAX_BYTES);
    struct tov_bytes row;
    struct tov_bytes body;
    struct tov_bytes keys;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || entry.leaf.size <= LEAF_TYPE_AT ||
        entry.leaf.data[LEAF_TYPE_AT] != TOV_LEAF_MESSAGE)
        return TOV_OK;
    TOV_TRY(get_optional(read, TOV_TABLE_BODY, index, &body));
    TOV_TRY(get_optional(read, TOV_TABLE_DATAKEY, index, &keys));
    TOV_TRY(delete_links(core, &entry));
    TOV_TRY(unplace_event(core, read, &entry));
    tov_buf_put_u64(&out, index);
    put_sized(&out, row);
    put_sized(&out, body);
    put_sized(&out, keys);
    tov_store_batch_put_buf(tov_core_batch(core), TOV_TABLE_ASIDE, tov_store_key_u64(entry.event),
                            &out);
    return TOV_OK;
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
                               uint64_t end)
{
    static const unsigned tables[] = {TOV_TABLE_LEAF, TOV_TABLE_BODY, TOV_TABLE_DATAKEY};
    struct tov_store_key none = {0};
    for (uint64_t i = first; i < end; i++)
        TOV_TRY(put_one(core, read, i));
    struct tov_store_batch *batch = tov_core_batch(core);
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        tov_store_batch_delete_range(batch, tables[i], tov_store_key_u64(first), none);
    delete_tiles(core, first);
    tov_series_forget_from(core, first);
    tov_store_batch_delete_range(batch, TOV_TABLE_BOOK, none, none);
    tov_store_batch_delete(batch, TOV_TABLE_FACT, left_key());
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
    struct tov_moved_fresh fresh;
    uint64_t left;               /* so many stay */
    struct tov_message *message; /* the one that is looked at */
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

static enum tov_err load(const struct appending *on, const struct tov_store_row *row,
                         struct returning *in)
{
    struct tov_reader reader = tov_reader_of(row->value);
    struct tov_entry entry;
    in->again.event = tov_store_key_to_u64(&row->key);
    TOV_TRY(tov_event_get(on->read, in->again.event, &in->event));
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

/* Opens its header, in which what was moved is named anew. */
static enum tov_err open_header(const struct appending *on, struct returning *in)
{
    struct tov_moving moving = {on->core, on->read, &on->fresh};
    struct tov_ref target;
    struct tov_replying replying;
    bool is_changed = false;
    TOV_TRY(tov_message_open_again(on->core, &in->again, on->message));
    enum tov_err err = tov_draft_decode(tov_buf_view(&on->message->header), NULL, &in->draft, NULL);
    in->has_draft = err == TOV_OK;
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_OK; /* it says nothing that anybody understands */
    /* By its old place, also where it stays aside: what was never written has no effect. */
    if (replying_of(in, &in->old, &target, &replying))
        tov_reply_delete(on->core, &target, &replying);
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
    TOV_TRY(load(on, row, &in));
    TOV_TRY(open_header(on, &in));
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

static enum tov_err append_each(struct appending *on)
{
    struct tov_store_range range = {.table = TOV_TABLE_ASIDE};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(on->read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter)) {
        err = append_one(on, &iter.row);
        if (stays_aside(err)) {
            tov_core_log(on->core, TOV_HOST_ERROR, "message-stays-aside", "number=%llu error=%s",
                         (unsigned long long)tov_store_key_to_u64(&iter.row.key),
                         tov_err_name(err));
            on->left++;
            err = TOV_OK;
        }
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

static void note_left(const struct appending *on)
{
    uint8_t row[8];
    tov_put_be64(row, on->core->now_ms);
    if (on->left > 0)
        tov_store_batch_put(tov_core_batch(on->core), TOV_TABLE_FACT, left_key(),
                            TOV_BYTES_OF(row));
    else
        tov_store_batch_delete(tov_core_batch(on->core), TOV_TABLE_FACT, left_key());
}

enum tov_err tov_aside_append_all(struct tov_core *core, const struct tov_link_heads *heads)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    struct appending on = {.core = core, .read = read, .heads = heads, .message = message};
    enum tov_err err = append_each(&on);
    note_left(&on);
    tov_moved_fresh_fini(&on.fresh);
    return err;
}

enum tov_err tov_aside_left_ms(struct tov_core *core, uint64_t *out_ms)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    *out_ms = 0;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, left_key(), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (row.size != 8)
        return TOV_E_CORRUPT;
    *out_ms = tov_get_be64(row.data);
    return TOV_OK;
}

enum tov_err tov_aside_count(struct tov_core *core, uint64_t *out_count)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    return tov_store_count(read, TOV_TABLE_ASIDE, out_count);
}
