/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages of both directions as numbered rows, without a citizen's name.
 * Not for: inbox and outbox, which tell how far each has come (cmd_list.c).
 */
#ifndef TOV_CLI_ROWS_H
#define TOV_CLI_ROWS_H

#include "cli/cli.h"

/* Number, date, from or to whom, type. */
void rows_put(struct cli *cli, const struct tov_listing *listing);
json_t *rows_json(struct cli *cli, const struct tov_listing *listing);

#endif
