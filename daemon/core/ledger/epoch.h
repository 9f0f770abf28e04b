/* SPDX-License-Identifier: EUPL-1.2
 *
 * Epoch keys (docs/protocol.md 4): the own ones, whose secrets live in small files outside the
 * store and outside every backup, and the newest public one of each peer as its ledger told it. Not
 * for: stanzas (envelope/stanza.h). Never destroy an own key because a clock says so: only when a
 * newer own epoch entry has been receipted or cosigned by a peer after the older one's end and
 * grace.
 */
#ifndef TOV_LEDGER_EPOCH_H
#define TOV_LEDGER_EPOCH_H

#include "envelope/stanza.h"
#include "ledger/core.h"
#include "wire/leaf.h"

#define TOV_EPOCH_LENGTH_MS (7ull * 86400000ull)
#define TOV_EPOCH_GRACE_MS (14ull * 86400000ull)
#define TOV_EPOCHS_MAX 64 /* own keys held at once */

/* Loads the own keys that are still held: "epochs" lists them. */
enum tov_err tov_epochs_open(struct tov_core *core, struct tov_epochs **out_epochs,
                             struct tov_error *error) TOV_MUST_CHECK;
void tov_epochs_close(struct tov_epochs *epochs);
TOV_DEFINE_CLEANUP(tov_epochs, struct tov_epochs, tov_epochs_close)

uint32_t tov_epochs_newest(const struct tov_epochs *epochs); /* 0: none yet */
/* True when the newest ends within a day of core->now_ms, or there is none. */
bool tov_epochs_is_due(const struct tov_core *core);
/* Makes the next key, saves its secret and appends its entry to the ledger. */
enum tov_err tov_epochs_begin(struct tov_core *core) TOV_MUST_CHECK;
/* An entry of the own ledger that was brought back made key NUMBER, or LOST entries that nobody
 * brought back may have made one each: later keys have higher numbers, or no peer would take them.
 */
enum tov_err tov_epochs_note_made(struct tov_core *core, uint32_t number,
                                  uint64_t lost) TOV_MUST_CHECK;
/* The secret of EPOCH, borrowed; NULL when it is not held. */
const struct tov_hpke_pair *tov_epochs_secret(const struct tov_epochs *epochs, uint32_t epoch);
/* A peer's receipt or cosignature proves that it holds our ledger up to SIZE: destroys keys that
 * may go now. */
void tov_epochs_on_proof(struct tov_core *core, uint64_t size);

#endif
