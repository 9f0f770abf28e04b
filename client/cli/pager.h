/* SPDX-License-Identifier: EUPL-1.2
 *
 * Programs of the user: a pager for long pages, an editor for forms.
 * Not for: anything while a client is open (tov/client.h).
 */
#ifndef TOV_CLI_PAGER_H
#define TOV_CLI_PAGER_H

#include "cli/cli.h"

/* Shows the page through $PAGER (less) when it is longer than the terminal; false: it was not
 * shown. The pager may not start programs or keep a history. */
bool pager_show(struct cli *cli);
/* Lets the user edit PATH with $VISUAL, $EDITOR or sensible-editor, nano, vi. Blocks. */
enum tov_err editor_run(struct cli *cli, const char *path) TOV_MUST_CHECK;

#endif
