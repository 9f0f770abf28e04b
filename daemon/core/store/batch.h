/* SPDX-License-Identifier: EUPL-1.2
 *
 * A batch: what one commit shall do, gathered in memory. It owns copies of keys and values in one
 * arena that it keeps from commit to commit, so that the steady state allocates nothing.
 * Not for: reading the store; nothing of a batch is there before its commit.
 * Never change a batch that has been handed to tov_store_commit_async until its result is taken.
 *
 * Failures (memory, limit) stick: gather everything, the commit reports it and writes nothing.
 * Operations happen in the order given; a later one sees the effect of an earlier one.
 */
#ifndef TOV_STORE_BATCH_H
#define TOV_STORE_BATCH_H

#include "base/bytes.h"
#include "base/cleanup.h"
#include "store/key.h"

#define TOV_STORE_BATCH_DEFAULT_BYTES ((size_t)64 * 1024 * 1024)
/* Of a value: what reads the file whole holds one row in memory (store_check.c). */
#define TOV_STORE_ROW_MAX_BYTES ((size_t)4 * 1024 * 1024)

struct tov_store_batch;

/* LIMIT_BYTES bounds keys, values and 8 bytes for each operation, all together (I11); 0 means
 * the default. A batch that outgrows it, or is given a value over TOV_STORE_ROW_MAX_BYTES, fails
 * with TOV_E_LIMIT. */
enum tov_err tov_store_batch_create(size_t limit_bytes,
                                    struct tov_store_batch **out_batch) TOV_MUST_CHECK;
void tov_store_batch_destroy(struct tov_store_batch *batch); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_store_batch, struct tov_store_batch, tov_store_batch_destroy)
void tov_store_batch_clear(struct tov_store_batch *batch); /* empty, not failed, memory kept */

/* TABLE is the index of the row in the caller's table list; a key of another size than the row
 * names is a fault in the program (asserted at commit). */

/* Writes VALUE under KEY, in place of what is there. */
void tov_store_batch_put(struct tov_store_batch *batch, unsigned table, struct tov_store_key key,
                         struct tov_bytes value);
/* The same for a row that was gathered in ROW: when that failed, the batch has failed. A view of
 * such a buffer would be written as a row that is cut short or empty. */
void tov_store_batch_put_buf(struct tov_store_batch *batch, unsigned table,
                             struct tov_store_key key, const struct tov_buf *row);
/* The same for a key that is not there yet; else the commit is TOV_E_EXISTS and does nothing. */
void tov_store_batch_insert(struct tov_store_batch *batch, unsigned table, struct tov_store_key key,
                            struct tov_bytes value);
/* The same for a key behind every other of its table, and the fastest: pages are filled. Else the
 * commit is TOV_E_EXISTS and does nothing. */
void tov_store_batch_append(struct tov_store_batch *batch, unsigned table, struct tov_store_key key,
                            struct tov_bytes value);
/* Removes KEY; one that is not there is fine. */
void tov_store_batch_delete(struct tov_store_batch *batch, unsigned table,
                            struct tov_store_key key);
/* Removes all keys from FIRST to LAST, both included; a key of size 0 is no bound. */
void tov_store_batch_delete_range(struct tov_store_batch *batch, unsigned table,
                                  struct tov_store_key first, struct tov_store_key last);

/* Room for an append of SIZE bytes that the caller fills at once, before the next call on BATCH;
 * NULL when the batch has failed. Saves a copy for rows that are put together from pieces. */
uint8_t *tov_store_batch_append_space(struct tov_store_batch *batch, unsigned table,
                                      struct tov_store_key key, size_t size);
/* The same as a put. */
uint8_t *tov_store_batch_put_space(struct tov_store_batch *batch, unsigned table,
                                   struct tov_store_key key, size_t size);

/* Whether the batch says what KEY shall hold, and what: NULL bytes when it removes the row. Costs
 * the same however much is gathered, but for ranges that are removed: those are walked through. The
 * first call of a batch reads what was gathered before it. The view is good until the batch is
 * changed. Not for two threads. */
bool tov_store_batch_find(const struct tov_store_batch *batch, unsigned table,
                          struct tov_store_key key, struct tov_bytes *out_value);

size_t tov_store_batch_count(const struct tov_store_batch *batch); /* operations */
size_t tov_store_batch_bytes(const struct tov_store_batch *batch); /* of its limit */
enum tov_err tov_store_batch_failed(const struct tov_store_batch *batch) TOV_MUST_CHECK;

#endif
