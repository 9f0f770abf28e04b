/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/read.h"

#include "store/store_internal.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static uint64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static enum tov_err take_snapshot(struct tov_store *store, struct tov_error *error)
{
    (void)pthread_rwlock_rdlock(&store->map_lock);
    int code = atomic_load(&store->has_no_map) ? MDB_PANIC : mdb_txn_renew(store->read.txn);
    if (code == 0)
        return TOV_OK;
    (void)pthread_rwlock_unlock(&store->map_lock);
    return store_fail(store, error, code, "cannot read");
}

enum tov_err tov_store_read_begin(struct tov_store *store, struct tov_store_read **out_read,
                                  struct tov_error *error)
{
    struct tov_store_read *read = &store->read;
    assert(pthread_equal(pthread_self(), store->owner));
    if (read->depth == 0) {
        TOV_TRY(take_snapshot(store, error));
        read->started_ms = now_ms();
    }
    read->depth++;
    *out_read = read;
    return TOV_OK;
}

void tov_store_read_end(struct tov_store_read *read)
{
    if (read == NULL)
        return;
    assert(read->depth > 0);
    if (--read->depth > 0)
        return;
    mdb_txn_reset(read->txn);
    (void)pthread_rwlock_unlock(&read->store->map_lock);
}

/* A copy of an earlier version may lack a table: then it is empty. */
static bool has_table(const struct tov_store_read *read, unsigned table)
{
    assert(read->depth > 0 && table < read->store->table_count);
    return read->store->has_table[table];
}

static MDB_dbi dbi_of(const struct tov_store_read *read, unsigned table)
{
    assert(read->depth > 0 && table < read->store->table_count);
    return read->store->dbi[table];
}

/* What LMDB answered, or what was found by the row's sum. Pages that do not fit each other are
 * damage, too. */
static enum tov_err read_err_of(struct tov_store *store, int code, unsigned table, MDB_val key)
{
    enum tov_err err = store_err_of(code);
    if (err != TOV_E_CORRUPT)
        return err;
    return store_note_damage(store, table, (struct tov_bytes){key.mv_data, key.mv_size});
}

struct row_found {
    int code; /* LMDB's; key and row when it is 0 */
    MDB_val key, row;
};

enum tov_err tov_store_get(struct tov_store_read *read, unsigned table, struct tov_store_key key,
                           struct tov_bytes *out_value)
{
    MDB_dbi dbi = dbi_of(read, table);
    MDB_val k = store_val(key.bytes, key.size), v;
    assert(key.size > 0);
    if (!has_table(read, table))
        return TOV_E_NOT_FOUND;
    int code = mdb_get(read->txn, dbi, &k, &v);
    if (code == 0)
        code = store_unseal(&read->store->seals[table], k, v, out_value);
    return read_err_of(read->store, code, table, k);
}

static enum tov_err fill_row(struct tov_store *store, unsigned table, const struct row_found *found,
                             struct tov_store_row *out_row)
{
    MDB_val key = found->key;
    struct tov_bytes value = {NULL, 0};
    int code = found->code;
    if (code == 0 && (key.mv_size == 0 || key.mv_size > TOV_STORE_KEY_MAX))
        code = MDB_CORRUPTED; /* nothing here writes such a key */
    if (code == 0)
        code = store_unseal(&store->seals[table], key, found->row, &value);
    if (code != 0)
        return read_err_of(store, code, table, key);
    out_row->key = tov_store_key_bytes((struct tov_bytes){key.mv_data, key.mv_size});
    out_row->value = value;
    return TOV_OK;
}

static enum tov_err row_at_end(struct tov_store_read *read, unsigned table, MDB_cursor_op end,
                               struct tov_store_row *out_row)
{
    MDB_cursor *cursor;
    struct row_found found = {.code = 0};
    if (!has_table(read, table))
        return TOV_E_NOT_FOUND;
    TOV_TRY(store_err_of(mdb_cursor_open(read->txn, dbi_of(read, table), &cursor)));
    found.code = mdb_cursor_get(cursor, &found.key, &found.row, end);
    enum tov_err err = fill_row(read->store, table, &found, out_row);
    mdb_cursor_close(cursor);
    return err;
}

enum tov_err tov_store_first(struct tov_store_read *read, unsigned table,
                             struct tov_store_row *out_row)
{
    return row_at_end(read, table, MDB_FIRST, out_row);
}

enum tov_err tov_store_last(struct tov_store_read *read, unsigned table,
                            struct tov_store_row *out_row)
{
    return row_at_end(read, table, MDB_LAST, out_row);
}

enum tov_err tov_store_count(struct tov_store_read *read, unsigned table, uint64_t *out_count)
{
    MDB_stat stat = {.ms_entries = 0};
    if (has_table(read, table))
        TOV_TRY(store_err_of(mdb_stat(read->txn, dbi_of(read, table), &stat)));
    *out_count = stat.ms_entries;
    return TOV_OK;
}

/* ---- iterators ---- */

enum tov_err tov_store_iter_init(struct tov_store_read *read, const struct tov_store_range *range,
                                 struct tov_store_iter *out_iter)
{
    MDB_cursor *cursor = NULL;
    if (has_table(read, range->table))
        TOV_TRY(store_err_of(mdb_cursor_open(read->txn, dbi_of(read, range->table), &cursor)));
    *out_iter = (struct tov_store_iter){
        .range = *range, .store = read->store, .cursor = cursor, .failed = TOV_OK};
    return TOV_OK;
}

static int compare_keys(const struct tov_store_key *a, MDB_val b)
{
    size_t least = a->size < b.mv_size ? a->size : b.mv_size;
    int order = memcmp(a->bytes, b.mv_data, least);
    return order != 0 ? order : (a->size > b.mv_size) - (a->size < b.mv_size);
}

/* The highest key that is not above LAST: the one at or behind it, or the one before that. A row
 * that is passed over must be what was written too: that there is none is said by it. */
static int seek_backward(struct tov_store_iter *iter, MDB_val *key, MDB_val *value)
{
    const struct tov_store_key *last = &iter->range.last;
    struct tov_bytes passed;
    if (last->size == 0)
        return mdb_cursor_get(iter->cursor, key, value, MDB_LAST);
    *key = store_val(last->bytes, last->size);
    int code = mdb_cursor_get(iter->cursor, key, value, MDB_SET_RANGE);
    if (code == MDB_NOTFOUND)
        return mdb_cursor_get(iter->cursor, key, value, MDB_LAST);
    if (code != 0 || compare_keys(last, *key) == 0)
        return code;
    code = store_unseal(&iter->store->seals[iter->range.table], *key, *value, &passed);
    return code == 0 ? mdb_cursor_get(iter->cursor, key, value, MDB_PREV) : code;
}

static int seek_forward(MDB_cursor *cursor, const struct tov_store_key *first, MDB_val *key,
                        MDB_val *value)
{
    if (first->size == 0)
        return mdb_cursor_get(cursor, key, value, MDB_FIRST);
    *key = store_val(first->bytes, first->size);
    return mdb_cursor_get(cursor, key, value, MDB_SET_RANGE);
}

static int step(struct tov_store_iter *iter, MDB_val *key, MDB_val *value)
{
    const struct tov_store_range *range = &iter->range;
    if (iter->started)
        return mdb_cursor_get(iter->cursor, key, value, range->backward ? MDB_PREV : MDB_NEXT);
    iter->started = true;
    return range->backward ? seek_backward(iter, key, value)
                           : seek_forward(iter->cursor, &range->first, key, value);
}

static bool is_beyond(const struct tov_store_range *range, MDB_val key)
{
    if (range->backward)
        return range->first.size > 0 && compare_keys(&range->first, key) > 0;
    return range->last.size > 0 && compare_keys(&range->last, key) < 0;
}

bool tov_store_iter_next(struct tov_store_iter *iter)
{
    struct row_found found = {.code = 0};
    if (iter->cursor == NULL || iter->failed != TOV_OK)
        return false;
    found.code = step(iter, &found.key, &found.row);
    struct tov_store_row row;
    iter->failed = fill_row(iter->store, iter->range.table, &found, &row);
    if (iter->failed == TOV_OK && is_beyond(&iter->range, found.key))
        iter->failed = TOV_E_NOT_FOUND;
    if (iter->failed == TOV_OK)
        iter->row = row;
    return iter->failed == TOV_OK;
}

enum tov_err tov_store_iter_fini(struct tov_store_iter *iter)
{
    if (iter->cursor != NULL)
        mdb_cursor_close(iter->cursor);
    iter->cursor = NULL;
    return iter->failed == TOV_E_NOT_FOUND ? TOV_OK : iter->failed;
}

/* ---- who holds old pages ---- */

struct reader_scan {
    uint64_t last;
    struct tov_store_readers *readers;
};

/* One line of mdb_reader_list: "pid thread txnid", the last "-" when that slot reads nothing. */
static int scan_reader_line(const char *line, void *context)
{
    struct reader_scan *scan = context;
    unsigned long long txnid;
    /* NOLINTNEXTLINE(cert-err34-c): LMDB writes it, from a size_t */
    if (sscanf(line, "%*d %*x %llu", &txnid) != 1)
        return 0;
    scan->readers->count++;
    uint64_t lag = scan->last > txnid ? scan->last - txnid : 0;
    if (lag > scan->readers->oldest_lag)
        scan->readers->oldest_lag = lag;
    return 0;
}

enum tov_err tov_store_readers(struct tov_store *store, struct tov_store_readers *out_readers)
{
    MDB_envinfo info;
    struct tov_store_readers readers = {.count = 0};
    TOV_TRY(store_err_of(mdb_env_info(store->env, &info)));
    struct reader_scan scan = {info.me_last_txnid, &readers};
    if (mdb_reader_list(store->env, scan_reader_line, &scan) < 0)
        return TOV_E_IO;
    if (store->read.depth > 0)
        readers.own_age_ms = now_ms() - store->read.started_ms;
    *out_readers = readers;
    return TOV_OK;
}

enum tov_err tov_store_readers_clear_dead(struct tov_store *store)
{
    return store_err_of(mdb_reader_check(store->env, NULL));
}
