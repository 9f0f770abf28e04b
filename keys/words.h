/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a roster says, in words, for the person who is about to sign it or relies on it.
 * Not for: machines; they read the roster.
 * Never leave out a line that a roster may have: what is signed must have been shown.
 */
#ifndef TOV_KEYS_WORDS_H
#define TOV_KEYS_WORDS_H

#include <stdio.h>

#include "roster/roster.h"

void words_print_roster(const struct tov_roster *roster, FILE *to);
/* What NEXT changes, agency by agency. */
void words_print_change(const struct tov_roster *previous, const struct tov_roster *next, FILE *to);

#endif
