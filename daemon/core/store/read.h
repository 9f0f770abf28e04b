/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading the store: short reads of what is committed and synced, and nothing else (I2).
 * Not for: keeping. A view is valid until its read ends; copy what must live longer.
 * Never leave a read open across a turn of the event loop: pages that it could see cannot be used
 * again, and the file grows.
 *
 * One thread reads: the one that opened the store. Reads nest; the outermost begin takes the
 * snapshot, and all inside see the same.
 */
#ifndef TOV_STORE_READ_H
#define TOV_STORE_READ_H

#include "store/store.h"

struct tov_store_read;

enum tov_err tov_store_read_begin(struct tov_store *store, struct tov_store_read **out_read,
                                  struct tov_error *error) TOV_MUST_CHECK;
void tov_store_read_end(struct tov_store_read *read); /* NULL is fine */
/* `TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;` */
TOV_DEFINE_CLEANUP(tov_store_read, struct tov_store_read, tov_store_read_end)

/* The value under KEY, borrowed until the read ends. TOV_E_NOT_FOUND; TOV_E_CORRUPT or TOV_E_IO
 * when the file is damaged or cannot be read. */
enum tov_err tov_store_get(struct tov_store_read *read, unsigned table, struct tov_store_key key,
                           struct tov_bytes *out_value) TOV_MUST_CHECK;
struct tov_store_row {
    struct tov_store_key key;
    struct tov_bytes value; /* borrowed until the read ends */
};
/* The lowest and the highest key of TABLE; TOV_E_NOT_FOUND when it is empty. */
enum tov_err tov_store_first(struct tov_store_read *read, unsigned table,
                             struct tov_store_row *out_row) TOV_MUST_CHECK;
enum tov_err tov_store_last(struct tov_store_read *read, unsigned table,
                            struct tov_store_row *out_row) TOV_MUST_CHECK;
/* Rows of TABLE, without walking them. */
enum tov_err tov_store_count(struct tov_store_read *read, unsigned table,
                             uint64_t *out_count) TOV_MUST_CHECK;

/* Which rows an iterator gives: keys from `first` to `last`, both included; size 0 = no bound. */
struct tov_store_range {
    unsigned table;
    struct tov_store_key first;
    struct tov_store_key last;
    bool backward; /* from last to first */
};

/*   struct tov_store_iter iter;
 *   TOV_TRY(tov_store_iter_init(read, &range, &iter));
 *   while (tov_store_iter_next(&iter))
 *       ... iter.row.key, iter.row.value ...
 *   TOV_TRY(tov_store_iter_fini(&iter));
 * Leaving the loop early is fine; fini must be called, before the read ends. */
struct tov_store_iter {
    struct tov_store_row row;
    struct tov_store_range range;
    struct tov_store *store; /* private, as all below */
    void *cursor;
    bool started;
    enum tov_err failed;
};
enum tov_err tov_store_iter_init(struct tov_store_read *read, const struct tov_store_range *range,
                                 struct tov_store_iter *out_iter) TOV_MUST_CHECK;
/* False at the end and on failure; fini tells which. */
bool tov_store_iter_next(struct tov_store_iter *iter);
/* TOV_OK when everything up to where the caller stopped could be read. Safe to call twice. */
enum tov_err tov_store_iter_fini(struct tov_store_iter *iter) TOV_MUST_CHECK;

/* Who holds old pages: this process' read, a copy under way, readers of other processes. */
struct tov_store_readers {
    uint32_t count;      /* snapshots open now */
    uint64_t oldest_lag; /* commits since the oldest of them was taken */
    uint64_t own_age_ms; /* how long this process' read has been open; 0 when none is */
};
enum tov_err tov_store_readers(struct tov_store *store,
                               struct tov_store_readers *out_readers) TOV_MUST_CHECK;
/* Frees slots of readers that died; once a minute is enough. */
enum tov_err tov_store_readers_clear_dead(struct tov_store *store) TOV_MUST_CHECK;

#endif
