/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that could be read here, and whose keys were lost when the node was set back to an old
 * copy: whom to call, in the status, beside lists, and where one is named by its reference.
 * Not for: what a recipient lost (show.c).
 */
#ifndef TOV_CLI_KEYSLOST_H
#define TOV_CLI_KEYSLOST_H

#include "cli/cli.h"

/* For 30 days somebody here has to see to it; then it is told and no alarm, since only the sender's
 * people can end it. */
bool keyslost_needs_person(const struct tov_node_status *facts);
/* For each agency, with what to do. */
void keyslost_put(struct cli *cli, const struct tov_node_status *facts);

/* Below a list. */
void keyslost_put_listed(struct cli *cli, const struct tov_listing *listing);
/* Array of messages. */
json_t *keyslost_json(struct cli *cli, const struct tov_listing *listing);

/* The one that reference TEXT names; NULL: none. */
const struct tov_message_view *keyslost_find(struct cli *cli, const struct tov_listing *listing,
                                             const char *text);
/* VIEW on a page. */
void keyslost_show(struct cli *cli, const struct tov_message_view *view);

#endif
