/* SPDX-License-Identifier: EUPL-1.2
 *
 * The one checker of I3 for every fault test: each acknowledged record exists, once, in order,
 * unchanged. It compares two lists and knows nothing of where they come from: a test gathers what
 * was acknowledged and what is there (in a store, a ledger, a client's inbox) and asks.
 * Not for: what a record means, or records that are there without an acknowledgement, which a
 * crash between commit and answer may leave: they are fine.
 */
#ifndef TOV_TESTS_SUPPORT_INVARIANTS_H
#define TOV_TESTS_SUPPORT_INVARIANTS_H

#include "base/hash.h"

/* ID names the record for the one who wrote it and is never used twice; HASH says its content. */
struct invariant_record {
    uint64_t id;
    struct tov_hash hash;
};

/* Records in order: of acknowledgement, or of standing. Start with {0}; end with _fini. */
struct invariant_log {
    struct invariant_record *records;
    size_t count;
    size_t capacity;
};
void invariant_log_add(struct invariant_log *log, struct invariant_record record);
void invariant_log_fini(struct invariant_log *log);

enum invariant_verdict {
    INVARIANT_HOLDS = 0,
    INVARIANT_LOST = 1,         /* acknowledged, and not there */
    INVARIANT_CHANGED = 2,      /* there, with other content */
    INVARIANT_TWICE = 3,        /* there more than once, acknowledged or not */
    INVARIANT_OUT_OF_ORDER = 4, /* two acknowledged ones stand in the other order */
};
const char *invariant_verdict_name(enum invariant_verdict verdict);

/* The first break found; *OUT_ID is the record it speaks of, when there is one. A record may be
 * acknowledged more than once. Stops the program when memory runs out. */
enum invariant_verdict invariant_check(const struct invariant_log *acknowledged,
                                       const struct invariant_log *found, uint64_t *out_id);

#endif
