/* SPDX-License-Identifier: EUPL-1.2
 *
 * What of the node's status needs a person, one row a kind: how many, in which sentence, and what
 * to do. How a warning stands on a page.
 * Not for: keys that were lost or are awaited (keyslost.h), entries that are lost (lost.h).
 */
#ifndef TOV_CLI_ALARM_H
#define TOV_CLI_ALARM_H

#include <tov/node.h>

#include "cli/cli.h"

/* WHAT, in red, and below it what TO_DO; "": nothing. */
void alarm_put(struct cli *cli, const char *what, const char *to_do);

bool alarm_needs_person(const struct tov_node_status *facts);
/* Of each kind that there is: of the node, or of each agency. */
void alarm_put_each(struct cli *cli, const struct tov_node_status *facts);

#endif
