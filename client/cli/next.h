/* SPDX-License-Identifier: EUPL-1.2
 *
 * What may be sent next in an affair, as the node says, and the command that begins it: which
 * message it answers or cites, what it is about, the value that a field must have.
 * Not for: deciding what may be sent; the node has done that.
 * A type that this program's catalogue does not have cannot be sent by it, and is left out.
 */
#ifndef TOV_CLI_NEXT_H
#define TOV_CLI_NEXT_H

#include "cli/casework.h"

#define NEXT_VALUES_MAX 16u

struct next_step {
    const char *type;
    const uint8_t *thing_ref;
    const char *field;                   /* that has one of the values below */
    const char *values[NEXT_VALUES_MAX]; /* ids */
    size_t value_count;                  /* 0: any */
    bool is_first_half;                  /* the first of two signatures */
    uint64_t target; /* the message that it answers or cites; 0: it begins anew */
    uint64_t about;  /* the newest message about its thing */
};
/* Row INDEX of what ONE expects; false: it is no step of its own to show. Borrows from ONE. */
bool next_step_at(const struct tov_case *one, size_t index, struct next_step *out);
/* Whether ONE expects TYPE about a thing that VIEW is about. */
bool next_has(const struct tov_case *one, const struct tov_message_view *view, const char *type);
/* Whether some machine says when TYPE may come: what it does not expect, it would refuse. */
bool next_is_judged(const char *type);
/* "tov reply 7 concern.triage --set outcome=begrundet". */
void next_command(const struct next_step *step, char out[CASEWORK_TEXT_SIZE]);
/* The name of its type, and the values that it may have, in words. */
void next_name(struct cli *cli, const struct next_step *step, char out[2 * CASEWORK_TEXT_SIZE]);

#endif
