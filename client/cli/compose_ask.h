/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a form does not ask for: to whom, and what it is about. Asked at the terminal when it is
 * missing.
 * Not for: where nobody can be asked (ask_is_possible).
 */
#ifndef TOV_CLI_COMPOSE_ASK_H
#define TOV_CLI_COMPOSE_ASK_H

#include "cli/cli.h"

enum tov_err compose_ask(struct cli *cli, struct tov_message_draft *message) TOV_MUST_CHECK;

#endif
