/* SPDX-License-Identifier: EUPL-1.2
 *
 * What libtov and the node say in English, for people who read another language: the lines that
 * they meet. Not for: findings and sentences that come in both languages.
 */
#ifndef TOV_CLI_RETELL_H
#define TOV_CLI_RETELL_H

#include <stdbool.h>
#include <stddef.h>

/* TEXT in the user's language, cut where OUT ends; false: it is none of the known lines. */
bool retell(const char *text, char *out, size_t size);

#endif
