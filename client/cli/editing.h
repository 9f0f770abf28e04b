/* SPDX-License-Identifier: EUPL-1.2
 *
 * A draft as a form in the user's editor, again and again until the form can be read and passes
 * the checks that need no node, or until it is closed without a change.
 * Not for: sending (sending.h).
 * Never end a run with the text only in memory: it stands in NAME.txt until it stands in NAME.json.
 */
#ifndef TOV_CLI_EDITING_H
#define TOV_CLI_EDITING_H

#include "cli/draftfile.h"

struct editing {
    struct cli *cli;
    struct kept_draft *draft;
    struct tov_buf text; /* as the user left it, without remarks; ends in NUL; empty: not begun */
    bool has_changed;    /* the user wrote something */
};
void editing_init(struct editing *editing, struct cli *cli, struct kept_draft *draft);
void editing_fini(struct editing *editing);

/* Opens the form; with MENDS the remarks of the draft stand in it from the start, and the first
 * close without a change ends. OK: the draft holds what the form says, and is kept. SCHEMA: it was
 * closed while it had faults, which are the draft's remarks; the text is kept. Closes the client.
 * Blocks for as long as the user writes. */
enum tov_err editing_run(struct editing *editing, bool mends) TOV_MUST_CHECK;

#endif
