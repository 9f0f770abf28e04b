/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a majority of the keepers must be heard before anything is signed, and why
 * (docs/guard.md): one row of the table `fact`, so that it survives every restart until it is met,
 * and is lost only with the store that it speaks of.
 *
 *   fact "must-hear-majority"   reasons u32 (bits below), since u64 (ms); no row: nothing asks for
 * it
 *
 * Not for: counting the answers (follow/follow.h) or the two persons who go on without them
 * (api/start_anyway.c).
 */
#ifndef TOV_LEDGER_START_RULE_H
#define TOV_LEDGER_START_RULE_H

#include "store/batch.h"
#include "store/read.h"

/* Stored values: append only. */
enum tov_start_reason {
    TOV_START_RESTORED = 1,  /* `tovd restore` put a backup back */
    TOV_START_MACHINE = 2,   /* the store was last served on another machine */
    TOV_START_DISAGREED = 4, /* guard and store did not agree: the store was recovered */
};

struct tov_start_rule {
    uint32_t reasons; /* 0: any keeper will do */
    uint64_t since_ms;
};

/* Reasons of 0 remove the row. */
void tov_start_rule_put(struct tov_store_batch *batch, const struct tov_start_rule *rule);
/* Zeros when there is no row. TOV_E_CORRUPT. */
enum tov_err tov_start_rule_get(struct tov_store_read *read,
                                struct tov_start_rule *out_rule) TOV_MUST_CHECK;

#endif
