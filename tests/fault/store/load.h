/* SPDX-License-Identifier: EUPL-1.2
 *
 * The load that the store's fault tests run, and what must be true of it at any moment:
 *
 *   "rows"      sequence u64, from 1 without a gap: appended, never changed
 *               rows of its batch u32, place in it u32, chain hash 32, payload
 *   "queue"     agency 1, sequence u64: put with each row, deleted QUEUE_LENGTH rows later
 *   "position"  the last sequence u64: overwritten by each batch
 *
 * The chain hash covers the one before it, the sequence and the payload. Nothing of a batch is
 * there without the rest of it.
 */
#ifndef TOV_TESTS_FAULT_STORE_LOAD_H
#define TOV_TESTS_FAULT_STORE_LOAD_H

#include "store/read.h"
#include "support/invariants.h"

#define QUEUE_LENGTH 50u
#define LOAD_BATCH_ROWS 8u

struct load {
    struct tov_store *store;
    struct tov_store_batch *batch;
    uint64_t random;
    uint64_t sequence;     /* of the last row that is committed */
    struct tov_hash chain; /* its hash */
    bool is_split;         /* planted fault: a commit for each row of a batch */
};

/* Opens the store at PATH with a map that must grow and goes on behind its last row. */
enum tov_err load_open(struct load *load, const char *path, uint64_t seed,
                       struct tov_error *error) TOV_MUST_CHECK;
void load_close(struct load *load);

/* Commits the next batch; its rows are added to ACKED only when that is TOV_OK. After a failure
 * the same call tries again with other rows. */
enum tov_err load_step(struct load *load, struct invariant_log *acked,
                       struct tov_error *error) TOV_MUST_CHECK;

/* True when the store can be read and its last row is the last committed one. */
bool load_is_unchanged(const struct load *load);

/* Checks everything above, and ACKED; writes one line about the first break to OUT_TEXT. */
bool load_is_whole(const char *path, const struct invariant_log *acked, char out_text[256]);

#endif
