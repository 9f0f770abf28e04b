/* SPDX-License-Identifier: EUPL-1.2
 *
 * One event of a subscription, as a line for a person or as a value.
 * Not for: subscribing (cmd_watch.c).
 */
#ifndef TOV_CLI_EVENT_H
#define TOV_CLI_EVENT_H

#include "cli/cli.h"

/* Writes it now. A receipt names link numbers, which mean nothing to a person: the node is asked
 * which messages they are. Blocks. */
enum tov_err event_put(struct cli *cli, const struct tov_event_facts *facts) TOV_MUST_CHECK;

#endif
