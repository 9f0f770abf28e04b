/* SPDX-License-Identifier: EUPL-1.2
 *
 * Agencies in fields: messages hold their numbers, people write and read their names.
 * Not for: senders and recipients (message.h).
 */
#ifndef TOV_CLI_AGENCY_H
#define TOV_CLI_AGENCY_H

#include "cli/cli.h"

/* The number of the agency that TEXT names ("kk"), as a text in OUT; a number stays as it is.
 * NOT_FOUND: the roster has none of that name. Asks the node once a run. */
#define AGENCY_NUMBER_SIZE 12
enum tov_err agency_number(struct cli *cli, const char *text,
                           char out[AGENCY_NUMBER_SIZE]) TOV_MUST_CHECK;
/* The name of the agency of NUMBER, or NUMBER where nobody knows it. Borrowed from CLI or NUMBER.
 */
const char *agency_name(struct cli *cli, const char *number);

#endif
