/* SPDX-License-Identifier: EUPL-1.2
 *
 * What went wrong, for a person, for JSON and as an exit code.
 * Not for: what is wrong with a draft (findings.h).
 */
#ifndef TOV_CLI_FAILURE_H
#define TOV_CLI_FAILURE_H

#include "cli/cli.h"

/* On standard error: what, what the node said, and how to go on with a draft. */
void failure_print(const struct cli *cli, enum tov_err err);
/* {"error": {"code", "name", "text", "findings", "draft"}}; the caller's. */
json_t *failure_json(const struct cli *cli, enum tov_err err);
int failure_exit(const struct cli *cli, enum tov_err err);

#endif
