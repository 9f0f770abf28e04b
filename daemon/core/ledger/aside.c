/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/aside.h"

#include "ledger/series.h"
#include "ledger/tiles.h"

#include <string.h>

#define LEAF_TYPE_AT 5u /* wire/leaf.c */
#define ROW_MAX_BYTES ((size_t)2 * TOV_FRAME_MAX_BYTES)

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

/* Its event points nowhere until it is appended again. */
static enum tov_err unplace_event(struct tov_core *core, struct tov_store_read *read,
                                  uint64_t number)
{
    struct tov_event event;
    TOV_TRY(tov_event_get(read, number, &event));
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
    TOV_TRY(unplace_event(core, read, entry.event));
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
    tov_core_log(core, TOV_HOST_WARN, "entries-set-aside", "first=%llu end=%llu",
                 (unsigned long long)first, (unsigned long long)end);
    return TOV_OK;
}

/* ---- appending anew ---- */

static struct tov_bytes read_sized(struct tov_reader *reader)
{
    return tov_read_bytes(reader, tov_read_u32(reader));
}

static enum tov_err append_one(struct tov_core *core, struct tov_store_read *read,
                               const struct tov_link_heads *heads, const struct tov_store_row *row)
{
    struct tov_reader reader = tov_reader_of(row->value);
    struct tov_message_again again = {.event = tov_store_key_to_u64(&row->key)};
    struct tov_entry entry;
    (void)tov_read_u64(&reader);
    TOV_TRY(tov_entry_decode_own(read_sized(&reader), &entry));
    again.leaf = entry.leaf;
    again.body = read_sized(&reader);
    again.keys = read_sized(&reader);
    if (!tov_reader_is_done(&reader))
        return TOV_E_CORRUPT;
    struct tov_message_written written;
    TOV_TRY(tov_message_write_again(core, heads, &again, &written));
    struct tov_event event;
    TOV_TRY(tov_event_get(read, again.event, &event));
    event.index = written.place.index;
    tov_event_replace(core, again.event, &event);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_ASIDE, row->key);
    return TOV_OK;
}

enum tov_err tov_aside_append_all(struct tov_core *core, const struct tov_link_heads *heads)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_ASIDE};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter)) {
        err = append_one(core, read, heads, &iter.row);
        if (err == TOV_E_NOT_FOUND || err == TOV_E_ERASED) {
            tov_core_log(core, TOV_HOST_ERROR, "message-stays-aside", "number=%llu error=%s",
                         (unsigned long long)tov_store_key_to_u64(&iter.row.key),
                         tov_err_name(err));
            err = TOV_OK;
        }
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

enum tov_err tov_aside_count(struct tov_core *core, uint64_t *out_count)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    return tov_store_count(read, TOV_TABLE_ASIDE, out_count);
}
