/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a node has committed, counted.
 * Not for: what is in the rows.
 */
#ifndef TOV_TESTS_FOLLOW_COUNTED_H
#define TOV_TESTS_FOLLOW_COUNTED_H

#include "ledger/core.h"
#include "wire/leaf.h"

size_t count_rows(const struct tov_core *core, unsigned table);
/* Entries of its journal that are of TYPE. */
size_t count_journal(const struct tov_core *core, enum tov_leaf_type type);
/* Receipts in its ledger, and how often they amend a verdict to VERDICT. */
size_t count_receipts(const struct tov_core *core);
size_t count_amended(const struct tov_core *core, enum tov_verdict verdict);
/* Messages of AGENCY that it holds; none of them may be there twice. */
size_t count_held(const struct tov_core *core, uint16_t agency);
/* Messages of AGENCY with ID that it holds, its own ones too. */
size_t count_with_id(const struct tov_core *core, uint16_t agency,
                     const uint8_t id[TOV_MESSAGE_ID_BYTES]);

#endif
