/* SPDX-License-Identifier: EUPL-1.2
 *
 * The roster that the configuration names, checked against the federation's root keys.
 * Not for: rosters that peers hand on.
 */
#ifndef TOV_CORE_ROSTER_H
#define TOV_CORE_ROSTER_H

#include "config/config.h"
#include "roster/roster.h"

/* TOV_E_CONFIG: a file cannot be read or is not what it should be; TOV_E_SIGNATURE: too few root
 * keys have signed. Blocks for two files. */
enum tov_err tov_core_roster_load(const struct tov_config *config, struct tov_roster **out_roster,
                                  struct tov_error *error) TOV_MUST_CHECK;

#endif
