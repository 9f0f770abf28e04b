/* SPDX-License-Identifier: EUPL-1.2
 *
 * Journals that follow one another: each has its
 * own number, origin and rows; all share the key and the tables. The fact "journal" says which is
 * the present one. Not for: when the next one begins (node_journal.c).
 */
#ifndef TOV_LEDGER_JOURNAL_H
#define TOV_LEDGER_JOURNAL_H

#include "ledger/ledger.h"

/* The present one, at least the number in the origin of FIRST, the roster's key of the journal.
 * TOV_E_CORRUPT when the row is damaged. */
enum tov_err tov_journal_present(struct tov_store_read *read, const struct tov_vkey *first,
                                 uint32_t *out_number) TOV_MUST_CHECK;
/* From the commit of BATCH on NUMBER is the present one. */
void tov_journal_put(struct tov_store_batch *batch, uint32_t number);
/* Kind, key and base of journal NUMBER; the store is left to the caller. */
enum tov_err tov_journal_setup(const struct tov_vkey *first, uint32_t number,
                               struct tov_ledger_setup *out_setup) TOV_MUST_CHECK;

#endif
