/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the node cannot bring back since it was set back to an old copy, in words: for the day and
 * for the hand-over to the own record.
 * Not for: messages that came back and do not reach a recipient (message.h).
 */
#ifndef TOV_CLI_LOST_H
#define TOV_CLI_LOST_H

#include <tov/node.h>

#include "cli/cli.h"

/* A warning and what to do; nothing when nothing is lost. */
void lost_put(struct cli *cli, const struct tov_node_status *facts);
/* {"entries", "from", "until"}; null when nothing is. */
json_t *lost_json(const struct tov_node_status *facts);

#endif
