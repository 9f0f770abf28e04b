/* SPDX-License-Identifier: EUPL-1.2
 *
 * Committing: the queue of one job, the committer's thread, and what a failed commit left behind.
 * The synchronous form posts the same job and waits for it.
 */
#include "store/store.h"

#include "store/batch_internal.h"
#include "store/store_internal.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

int store_read_number(struct tov_store *store, MDB_txn *txn, uint64_t *out_number)
{
    MDB_val key = store_val(META_NUMBER, strlen(META_NUMBER));
    MDB_val row;
    int code = mdb_get(txn, store->meta, &key, &row);
    if (code == MDB_NOTFOUND) {
        *out_number = 0;
        return 0;
    }
    struct tov_bytes value = {NULL, 0};
    if (code == 0)
        code = store_unseal(&store->meta_seal, key, row, &value);
    if (code == 0 && value.size != 8)
        code = MDB_CORRUPTED;
    if (code == 0)
        *out_number = tov_get_be64(value.data);
    return code;
}

int store_write_number(struct tov_store *store, MDB_txn *txn, uint64_t number)
{
    uint8_t row[8];
    tov_put_be64(row, number);
    struct store_table_at at = {store->meta, &store->meta_seal};
    struct store_pair pair = {store_val(META_NUMBER, strlen(META_NUMBER)), TOV_BYTES_OF(row)};
    return store_put(txn, &at, &pair, 0);
}

/* ---- one transaction ---- */

static int compare(struct tov_bytes a, MDB_val b)
{
    size_t least = a.size < b.mv_size ? a.size : b.mv_size;
    int order = least == 0 ? 0 : memcmp(a.data, b.mv_data, least);
    return order != 0 ? order : (a.size > b.mv_size) - (a.size < b.mv_size);
}

/* Looks for the first key again after each removal: the plainest way that is right in every
 * version of LMDB, whose cursors after a removal have changed between versions. */
static int delete_range(MDB_txn *txn, MDB_dbi dbi, const struct batch_op *op)
{
    MDB_cursor *cursor;
    int code = mdb_cursor_open(txn, dbi, &cursor);
    if (code != 0)
        return code;
    for (;;) {
        MDB_val key = store_val(op->key.data, op->key.size), value;
        code = mdb_cursor_get(cursor, &key, &value, op->key.size == 0 ? MDB_FIRST : MDB_SET_RANGE);
        if (code != 0 || (op->value.size > 0 && compare(op->value, key) < 0))
            break;
        code = mdb_cursor_del(cursor, 0);
        if (code != 0)
            break;
    }
    mdb_cursor_close(cursor);
    return code == MDB_NOTFOUND ? 0 : code;
}

static void assert_key_fits(const struct tov_store *store, const struct batch_op *op)
{
    assert(op->table < store->table_count);
    uint8_t size = store->tables[op->table].key_size;
    bool is_range = op->kind == BATCH_DELETE_RANGE;
    assert((is_range && op->key.size == 0) ||
           (size == 0 ? op->key.size > 0 : op->key.size == size));
    (void)size;
    (void)is_range;
}

static int apply_op(struct tov_store *store, MDB_txn *txn, const struct batch_op *op)
{
    struct store_table_at at = {store->dbi[op->table], &store->seals[op->table]};
    struct store_pair pair = {store_val(op->key.data, op->key.size), op->value};
    int code = 0;
    switch (op->kind) {
    case BATCH_PUT:
        return store_put(txn, &at, &pair, 0);
    case BATCH_INSERT:
        return store_put(txn, &at, &pair, MDB_NOOVERWRITE);
    case BATCH_APPEND:
        return store_put(txn, &at, &pair, MDB_APPEND);
    case BATCH_DELETE:
        code = mdb_del(txn, at.dbi, &pair.key, NULL);
        return code == MDB_NOTFOUND ? 0 : code;
    case BATCH_DELETE_RANGE:
        return delete_range(txn, at.dbi, op);
    }
    return EINVAL;
}

static void finish_job(struct tov_store *store, const struct tov_store_result *result);

static int apply_batch(struct tov_store *store, MDB_txn *txn, const struct tov_store_batch *batch)
{
    struct batch_op op;
    size_t at = 0;
    while (batch_next(batch, &at, &op)) {
        assert_key_fits(store, &op);
        int code = apply_op(store, txn, &op);
        if (code != 0)
            return code;
    }
    return store_write_number(store, txn, store->committed_number + 1);
}

static int commit_once(struct tov_store *store, const struct tov_store_batch *batch)
{
    MDB_txn *txn = NULL;
    int code = mdb_txn_begin(store->env, NULL, 0, &txn);
    if (code != 0)
        return code;
    code = apply_batch(store, txn, batch);
    if (code != 0) {
        mdb_txn_abort(txn);
        return code;
    }
    if (PLANTED_EARLY_ACK)
        finish_job(store, &(struct tov_store_result){.number = store->committed_number + 1});
    return mdb_txn_commit(txn);
}

/* ---- a map that is too small (S5) ---- */

/* Returns false when the map has its largest size already, or could not be replaced. */
static bool grow_map(struct tov_store *store)
{
    MDB_envinfo info;
    (void)pthread_rwlock_wrlock(&store->map_lock);
    int code = mdb_env_info(store->env, &info);
    uint64_t bytes = (uint64_t)info.me_mapsize * 2;
    if (bytes > store->map_max_bytes)
        bytes = store->map_max_bytes;
    bool may_grow = code == 0 && bytes > info.me_mapsize;
    if (may_grow && mdb_env_set_mapsize(store->env, (size_t)bytes) != 0) {
        /* LMDB has let go of the old map by now. */
        atomic_store(&store->has_no_map, true);
        may_grow = false;
    }
    (void)pthread_rwlock_unlock(&store->map_lock);
    return may_grow;
}

/* ---- what a failed commit left behind (S3, S4) ---- */

/* True when it is certain that the batch after committed_number is not there. */
static bool is_surely_absent(struct tov_store *store)
{
    uint64_t number = 0;
    if (atomic_load(&store->has_no_map))
        return false;
    (void)pthread_rwlock_rdlock(&store->map_lock);
    int code = mdb_txn_renew(store->lookup_txn);
    if (code == 0) {
        code = store_read_number(store, store->lookup_txn, &number);
        mdb_txn_reset(store->lookup_txn);
    }
    (void)pthread_rwlock_unlock(&store->map_lock);
    return code == 0 && number == store->committed_number;
}

static bool leaves_store_whole(enum tov_err err)
{
    return err == TOV_E_FULL || err == TOV_E_NOMEM || err == TOV_E_EXISTS || err == TOV_E_LIMIT;
}

/* LMDB answers EIO when a disk that fills up takes only a part of a write. Then the disk is asked:
 * a failure with room left is the disk's. */
static int tell_full_from_broken(struct tov_store *store, int code)
{
    return code == EIO && !store_has_room(store) ? ENOSPC : code;
}

static enum tov_err settle_failure(struct tov_store *store, int code, struct tov_error *error)
{
    code = tell_full_from_broken(store, code);
    enum tov_err err = store_fail(store, error, code, "the commit failed");
    if (leaves_store_whole(err) && is_surely_absent(store))
        return err;
    store->is_broken = true;
    if (err == TOV_E_CORRUPT)
        return err;
    return tov_fail(error, TOV_E_IO,
                    "%s: the commit failed and may or may not be there: %s; look "
                    "at the disk and the kernel's log, then start again",
                    store->path, mdb_strerror(code));
}

static enum tov_err commit_batch(struct tov_store *store, const struct tov_store_batch *batch,
                                 struct tov_error *error)
{
    enum tov_err err = tov_store_batch_failed(batch);
    if (err != TOV_OK)
        return tov_fail(error, err, "%s: the batch outgrew its memory or limit", store->path);
    if (store->is_broken)
        return tov_fail(error, TOV_E_IO, "%s: an earlier commit failed; start again", store->path);
    if (tov_store_batch_count(batch) == 0)
        return TOV_OK;
    int code = commit_once(store, batch);
    while (code == MDB_MAP_FULL && grow_map(store))
        code = commit_once(store, batch);
    if (code != 0)
        return settle_failure(store, code, error);
    store->committed_number++;
    return TOV_OK;
}

/* ---- the committer's thread and its queue of one job ---- */

static void finish_job(struct tov_store *store, const struct tov_store_result *result)
{
    (void)pthread_mutex_lock(&store->lock);
    if (store->job_state == JOB_WAITING) {
        store->job_result = *result;
        store->job_state = JOB_DONE;
        const uint64_t one = 1;
        ssize_t put = store->job_is_async ? write(store->event_fd, &one, sizeof one) : 0;
        assert(put >= 0); /* an eventfd takes a one unless it is near 2^64 */
        (void)put;
        (void)pthread_cond_broadcast(&store->changed);
    }
    (void)pthread_mutex_unlock(&store->lock);
}

/* The batch to commit next, or NULL when the store closes. */
static const struct tov_store_batch *wait_for_job(struct tov_store *store)
{
    (void)pthread_mutex_lock(&store->lock);
    while (store->job_state != JOB_WAITING && !store->is_closing)
        (void)pthread_cond_wait(&store->changed, &store->lock);
    const struct tov_store_batch *batch = store->job_state == JOB_WAITING ? store->job_batch : NULL;
    (void)pthread_mutex_unlock(&store->lock);
    return batch;
}

static void *run_committer(void *argument)
{
    struct tov_store *store = argument;
    const struct tov_store_batch *batch;
    while ((batch = wait_for_job(store)) != NULL) {
        struct tov_store_result result = {.err = TOV_OK};
        result.err = commit_batch(store, batch, &result.error);
        result.number = store->committed_number;
        if (!PLANTED_EARLY_ACK || result.err != TOV_OK)
            finish_job(store, &result);
    }
    return NULL;
}

/* Signals are the event loop's; the committer takes none. */
enum tov_err store_start_committer(struct tov_store *store, struct tov_error *error)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int code = pthread_create(&store->committer, NULL, run_committer, store);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (code != 0)
        return store_fail(store, error, code, "cannot start the committer");
    store->has_committer = true;
    return TOV_OK;
}

void store_stop_committer(struct tov_store *store)
{
    if (!store->has_committer)
        return;
    (void)pthread_mutex_lock(&store->lock);
    store->is_closing = true;
    (void)pthread_cond_broadcast(&store->changed);
    (void)pthread_mutex_unlock(&store->lock);
    (void)pthread_join(store->committer, NULL);
    store->has_committer = false;
}

static bool post_job(struct tov_store *store, const struct tov_store_batch *batch, bool is_async)
{
    assert(pthread_equal(pthread_self(), store->owner) && store->mode == TOV_STORE_OWN);
    (void)pthread_mutex_lock(&store->lock);
    bool is_free = store->job_state == JOB_FREE;
    if (is_free) {
        store->job_batch = batch;
        store->job_is_async = is_async;
        store->job_state = JOB_WAITING;
        (void)pthread_cond_broadcast(&store->changed);
    }
    (void)pthread_mutex_unlock(&store->lock);
    return is_free;
}

/* Takes the finished job; with WAIT it is waited for. False when it is not there yet. */
static bool take_result(struct tov_store *store, bool wait, struct tov_store_result *out_result)
{
    (void)pthread_mutex_lock(&store->lock);
    while (wait && store->job_state != JOB_DONE)
        (void)pthread_cond_wait(&store->changed, &store->lock);
    bool is_done = store->job_state == JOB_DONE;
    if (is_done) {
        *out_result = store->job_result;
        store->job_state = JOB_FREE;
        store->job_batch = NULL;
    }
    (void)pthread_mutex_unlock(&store->lock);
    if (is_done && out_result->err == TOV_OK)
        store->number = out_result->number;
    return is_done;
}

/* ---- the owner's calls ---- */

enum tov_err tov_store_commit(struct tov_store *store, const struct tov_store_batch *batch,
                              struct tov_error *error)
{
    assert(store->read.depth == 0); /* a map that must grow would wait for the read for ever */
    if (store->damage != TOV_OK)
        return tov_store_damage(store, error);
    bool is_posted = post_job(store, batch, false);
    assert(is_posted);
    (void)is_posted;
    struct tov_store_result result;
    (void)take_result(store, true, &result);
    if (result.err != TOV_OK && error != NULL)
        *error = result.error;
    return result.err;
}

enum tov_err tov_store_commit_async(struct tov_store *store, struct tov_store_batch *batch)
{
    if (store->in_flight != NULL)
        return TOV_E_BUSY;
    if (store->damage != TOV_OK)
        return store->damage; /* what is in it may come of what was changed */
    store->in_flight = batch;
    bool is_posted = post_job(store, batch, true);
    assert(is_posted);
    (void)is_posted;
    return TOV_OK;
}

int tov_store_fd(const struct tov_store *store)
{
    return store->event_fd;
}

enum tov_err tov_store_commit_result(struct tov_store *store, struct tov_store_result *out_result)
{
    assert(pthread_equal(pthread_self(), store->owner));
    if (store->in_flight == NULL || !take_result(store, false, out_result))
        return TOV_E_AGAIN;
    uint64_t count;
    ssize_t got = read(store->event_fd, &count, sizeof count);
    assert(got == (ssize_t)sizeof count);
    (void)got;
    out_result->batch = store->in_flight;
    store->in_flight = NULL;
    return TOV_OK;
}

void tov_store_settle(struct tov_store *store)
{
    assert(pthread_equal(pthread_self(), store->owner));
    assert(store->read.depth == 0); /* a map that must grow would wait for the read for ever */
    (void)pthread_mutex_lock(&store->lock);
    while (store->job_state == JOB_WAITING)
        (void)pthread_cond_wait(&store->changed, &store->lock);
    (void)pthread_mutex_unlock(&store->lock);
}

bool tov_store_is_committing(const struct tov_store *store)
{
    return store->in_flight != NULL;
}

uint64_t tov_store_number(const struct tov_store *store)
{
    return store->number;
}
