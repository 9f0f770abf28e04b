/* SPDX-License-Identifier: EUPL-1.2
 *
 * The message that the federation's tests send: a note about nobody, whose text and idempotency
 * key follow from its id (record.h).
 * Not for: messages that move a case.
 */
#ifndef TOV_TESTS_FEDERATION_NOTE_H
#define TOV_TESTS_FEDERATION_NOTE_H

#include <tov/tov.h>

#define NOTE_AGENCIES 3u

struct note {
    uint64_t id;
    const char *recipients; /* units, a list with commas */
    const char *bases;      /* legal bases, a list with commas */
};

/* The legal bases by which agency 0 (kk), 1 (kbh-pol) or 2 (krfo) may write it. */
const char *note_bases(unsigned agency);
/* Its draft, the caller's. Ends the program when it cannot be written. */
struct tov_message_draft *note_create(const struct note *note);
/* Ends the program with ERROR's words unless ERR is TOV_OK. */
void note_must(enum tov_err err, const struct tov_error *error);

#endif
