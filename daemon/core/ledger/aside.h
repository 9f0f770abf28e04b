/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries of the own ledger that were written and never signed, and whose places another entry
 * turned out to have (docs/recovery.md): set aside, and appended anew once the node may sign again.
 * Messages alone: what a node writes by itself it writes again by itself.
 *
 *   row of the table `aside`, by event number: index 8, leaf row u32 size and bytes, body u32 size
 *   and bytes, data key row
 *
 * Never set aside what a guard has signed.
 */
#ifndef TOV_LEDGER_ASIDE_H
#define TOV_LEDGER_ASIDE_H

#include "ledger/message.h"

/* Where an event points while its message is set aside: no entry has this index. */
#define TOV_ASIDE_INDEX (UINT64_MAX >> 1)

/* Sets aside the own entries [first, end) and removes every row of the ledger from FIRST on. */
enum tov_err tov_aside_put_all(struct tov_core *core, struct tov_store_read *read, uint64_t first,
                               uint64_t end) TOV_MUST_CHECK;
/* Appends all that is set aside, in the order in which it was accepted; the events keep their
 * numbers and idempotency tags. What cannot be appended, as to an agency that the roster has no
 * longer, stays. */
enum tov_err tov_aside_append_all(struct tov_core *core,
                                  const struct tov_link_heads *heads) TOV_MUST_CHECK;
enum tov_err tov_aside_count(struct tov_core *core, uint64_t *out_count) TOV_MUST_CHECK;

#endif
