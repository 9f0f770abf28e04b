/* SPDX-License-Identifier: EUPL-1.2
 *
 * Questions to the person at the terminal.
 * Not for: passphrases (cli.c), or programs: who may not be asked is never waited for.
 */
#ifndef TOV_CLI_ASK_H
#define TOV_CLI_ASK_H

#include "cli/cli.h"

/* Whether there is somebody: both ends are terminals, and no JSON is wanted. */
bool ask_is_possible(const struct cli *cli);

enum ask_answer { ASK_NO = 0, ASK_YES = 1, ASK_EDIT = 2 };
/* Asks QUESTION; "j", "ja", "y", "yes" are yes, "r", "ret", "e", "edit" are edit, all else no. */
enum ask_answer ask_yes(struct cli *cli, const char *question);
/* One line without blanks at its ends; false: nothing was written. */
bool ask_line(struct cli *cli, const char *question, char *out, size_t size);

#endif
