/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message as a page for a caseworker.
 * Not for: fetching it (cmd_show.c).
 */
#ifndef TOV_CLI_SHOW_H
#define TOV_CLI_SHOW_H

#include "cli/message.h"

/* Puts all that VIEW holds on the page. May ask the node for names of agencies. */
void show_message(struct cli *cli, const struct tov_message_view *view);
/* Whether content of VIEW is kept from the reader: it is not for them, or was erased. */
bool show_lacks_content(const struct tov_message_view *view);
/* A line for each recipient: how far, when. */
void show_deliveries(struct cli *cli, const struct tov_message_view *view);

#endif
