/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every sentence in which a node refuses something, so that it has a translation (retell.h). They
 * are those of daemon/core/api, with "%s" for what is different each time: tests/lint/refusals.sh
 * compares both.
 * Not for: what libtov and key files say (retell.c).
 */
#ifndef TOV_CLI_REFUSALS_H
#define TOV_CLI_REFUSALS_H

extern const char *const refusals[]; /* ended by NULL */

#endif
