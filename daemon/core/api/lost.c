/* SPDX-License-Identifier: EUPL-1.2
 *
 * What restores of the last 30 days could not bring back, as the entries `lost` of the own ledger
 * say it (docs/recovery.md). What comes back later is counted no more. Of what is lost nobody knows
 * the content, nor that it was a message at all: only the hashes are left.
 */
#include "api/api_internal.h"

#include "ledger/series.h"

#define SHOWN_MS (30ull * 86400000u)
#define ROWS_LOOKED_AT 65536u /* for all ranges together: the count ends there */
#define LEAF_TIME_AT 8u       /* wire/leaf.c */
#define READ_AGAIN_MS 60000u  /* more than counting it anew with each request tells */

static enum tov_err read_own(struct tov_store_read *read, uint64_t index, struct tov_entry *out)
{
    struct tov_bytes row;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    return tov_entry_decode_own(row, out);
}

/* 0: nobody knows it. */
static uint64_t time_of(struct tov_store_read *read, uint64_t index)
{
    struct tov_entry entry;
    if (read_own(read, index, &entry) != TOV_OK || entry.state != TOV_ENTRY_PRESENT ||
        entry.leaf.size < LEAF_TIME_AT + 8)
        return 0;
    return tov_get_be64(entry.leaf.data + LEAF_TIME_AT);
}

struct counting {
    struct tov_store_read *read;
    uint64_t now_ms;
    size_t looked_at;
    bool is_done; /* the entries before are older than what is shown */
    struct api_lost found;
};

static enum tov_err count_range(struct counting *counting, const struct tov_leaf_lost *range,
                                uint64_t *out_count)
{
    struct tov_store_range rows = {.table = TOV_TABLE_LEAF,
                                   .first = tov_store_key_u64(range->first),
                                   .last = tov_store_key_u64(range->end - 1)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    *out_count = 0;
    TOV_TRY(tov_store_iter_init(counting->read, &rows, &iter));
    while (err == TOV_OK && counting->looked_at < ROWS_LOOKED_AT && tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        err = tov_entry_decode_own(iter.row.value, &entry);
        *out_count += err == TOV_OK && entry.state == TOV_ENTRY_LOST ? 1 : 0;
        counting->looked_at++;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

static enum tov_err take_lost(struct counting *counting, uint64_t index)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_entry entry;
    uint64_t count = 0;
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(read_own(counting->read, index, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || tov_leaf_decode(entry.leaf, leaf) != TOV_OK ||
        leaf->type != TOV_LEAF_LOST)
        return TOV_OK; /* lost itself by now */
    counting->is_done = leaf->time_ms + SHOWN_MS < counting->now_ms;
    if (counting->is_done)
        return TOV_OK;
    const struct tov_leaf_lost *range = &leaf->as.lost;
    TOV_TRY(count_range(counting, range, &count));
    if (count == 0)
        return TOV_OK; /* all of it has come back */
    counting->found.count += count;
    counting->found.from_ms = range->first == 0 ? 0 : time_of(counting->read, range->first - 1);
    if (counting->found.until_ms == 0)
        counting->found.until_ms = leaf->time_ms;
    return TOV_OK;
}

/* From the newest that is committed on. */
static enum tov_err count_all(struct counting *counting)
{
    uint64_t index = UINT64_MAX;
    while (!counting->is_done) {
        enum tov_err err = tov_series_before(counting->read, index, &index);
        if (err == TOV_E_NOT_FOUND)
            return TOV_OK;
        TOV_TRY(err);
        TOV_TRY(take_lost(counting, index));
    }
    return TOV_OK;
}

enum tov_err tov_api_lost_of(struct tov_api *api, struct tov_store_read *read,
                             struct api_lost *out_lost)
{
    const struct tov_core *core = api->core;
    struct counting counting = {.read = read, .now_ms = core->now_ms};
    if (core->series.lost_index == 0) {
        *out_lost = (struct api_lost){0};
        return TOV_OK;
    }
    if (!api->has_lost || core->mono_ms - api->lost_read_ms >= READ_AGAIN_MS) {
        TOV_TRY(count_all(&counting));
        api->lost = counting.found;
        api->lost_read_ms = core->mono_ms;
        api->has_lost = true;
    }
    *out_lost = api->lost;
    return TOV_OK;
}
