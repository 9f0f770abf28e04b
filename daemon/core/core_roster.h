/* SPDX-License-Identifier: EUPL-1.2
 *
 * The roster that the configuration names, checked against the federation's root keys.
 * Not for: rosters that peers hand on.
 */
#ifndef TOV_CORE_ROSTER_H
#define TOV_CORE_ROSTER_H

#include "config/config.h"
#include "roster/roster.h"
#include "store/store.h"

/* TOV_E_CONFIG: a file cannot be read or is not what it should be, or a demo's clock is used where
 * it is no demo; TOV_E_SIGNATURE: too few root keys have signed. Blocks for two files. */
enum tov_err tov_core_roster_load(const struct tov_config *config, struct tov_roster **out_roster,
                                  struct tov_error *error) TOV_MUST_CHECK;

/* Whether ROSTER, read from FILE, may be in force at a node with STORE: it is the newest that was,
 * or follows it by the rules of docs/roster.md; where versions between were never in force here,
 * the root keys alone vouch for it. TOV_E_SIGNATURE otherwise; and errors of the store. */
enum tov_err tov_core_roster_check_adopted(struct tov_store *store, const struct tov_roster *roster,
                                           const char *file,
                                           struct tov_error *error) TOV_MUST_CHECK;

#endif
