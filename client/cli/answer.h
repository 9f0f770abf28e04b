/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which message answers another one: by the answers of the catalogue, and by what the machines of
 * its case expect now from this unit.
 * Not for: writing it (cmd_reply.c).
 */
#ifndef TOV_CLI_ANSWER_H
#define TOV_CLI_ANSWER_H

#include "cli/casework.h"

#define ANSWER_ID_SIZE 64

/* The field must have the value, when there is only one that it may have; else both are "". */
struct answer {
    char type[ANSWER_ID_SIZE];
    char field[ANSWER_ID_SIZE];
    char value[ANSWER_ID_SIZE];
};
/* TYPE is what the user named, or NULL: the only one that fits, or the one that is chosen at the
 * terminal. ARGUMENT: none fits, or several do and nobody can be asked; these then stand on the
 * page with their commands. Asks the node; VIEW is about the message that NUMBER names. */
enum tov_err answer_find(struct cli *cli, const struct tov_message_view *view, const char *type,
                         struct answer *out_answer) TOV_MUST_CHECK;

#endif
