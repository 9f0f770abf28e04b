/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which series the own links are of (docs/protocol.md 3): that of the newest `lost` entry of the
 * own ledger, or that of its beginning. Fact "lost" || index u64: an empty row for each.
 */
#ifndef TOV_LEDGER_SERIES_H
#define TOV_LEDGER_SERIES_H

#include "ledger/core.h"

/* Sets core->series from the store. */
enum tov_err tov_series_load(struct tov_core *core) TOV_MUST_CHECK;
/* A `lost` entry stands at INDEX: into the open batch. core->series is as it was. */
void tov_series_note(struct tov_core *core, uint64_t index);
/* Whether links of this ledger were ever counted from LOST_INDEX: its beginning, or a `lost` entry
 * that is committed. NOT_FOUND: never. */
enum tov_err tov_series_find(const struct tov_core *core, uint64_t lost_index) TOV_MUST_CHECK;
/* The newest `lost` entry before INDEX; NOT_FOUND: there is none. */
enum tov_err tov_series_before(struct tov_store_read *read, uint64_t index,
                               uint64_t *out_index) TOV_MUST_CHECK;
/* Those from INDEX on are no entries of this ledger. */
void tov_series_forget_from(struct tov_core *core, uint64_t index);

#endif
