/* SPDX-License-Identifier: EUPL-1.2
 *
 * From a draft to a message: the form where one is wanted, the node's check, the question to the
 * person, the submit, and what is told of it. What is not sent is kept.
 * Not for: making the draft (compose.h).
 *
 * Before a submit the draft is on disk with its key, in the state "unknown"; only the node's answer
 * ends that state. So whatever stops this program, sending the draft again never doubles.
 */
#ifndef TOV_CLI_SENDING_H
#define TOV_CLI_SENDING_H

#include "cli/command.h"
#include "cli/draftfile.h"

struct sending {
    bool edits;      /* begin with the form */
    bool is_fresh;   /* nothing of it was kept before: what was never written in is dropped */
    bool only_keeps; /* do not send, unless a person says yes (or --yes) */
};

/* Errors are those of tov_client_submit, with words that say what became of the draft. */
enum tov_err sending_run(struct cli *cli, const struct cli_arguments *arguments,
                         struct kept_draft *draft, const struct sending *how) TOV_MUST_CHECK;
/* Whether the options ask for the form, or leave a person at a terminal with nothing else. */
bool sending_wants_form(const struct cli *cli, const struct cli_arguments *arguments);

#endif
