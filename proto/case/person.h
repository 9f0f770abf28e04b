/* SPDX-License-Identifier: EUPL-1.2
 *
 * The words of a search for a person: what may be asked, and whether somebody fits it. One rule for
 * the program that asks and the node that answers.
 * Not for: which messages are looked at (api/find.c).
 * Never log or store the words: wipe them when the search was answered.
 */
#ifndef TOV_CASE_PERSON_H
#define TOV_CASE_PERSON_H

#include "case/text.h"
#include "wire/payload.h"

#define TOV_PERSON_WORD_MAX_BYTES 200u /* of a name, a number */

/* As somebody typed it; empty bytes: not asked for. */
struct tov_person_asked {
    struct tov_bytes name;
    struct tov_bytes number;
    struct tov_bytes reason;
    bool has_birth_date;
    struct tov_date birth_date;
};

/* Capitals, accents and signs between words and digits do not count: å is a, é is e, ł is l; æ, ø,
 * ð, þ and ß are letters of their own. Unused bytes are zeros. */
struct tov_person_words {
    char name[TOV_PERSON_WORD_MAX_BYTES + 1];   /* each word begins a word of the name; "": none */
    char number[TOV_PERSON_WORD_MAX_BYTES + 1]; /* the whole number, or ddmmyy; "": none */
    bool has_birth_date;
    struct tov_date birth_date;
};

/* ARGUMENT, and OUT_FAULT says why: nothing is asked for, too short or too long, or digits that are
 * neither a number nor a date of birth. The reason is not looked at. */
enum tov_err tov_person_words_read(const struct tov_person_asked *asked,
                                   struct tov_person_words *out,
                                   struct tov_text *out_fault) TOV_MUST_CHECK;
/* ARGUMENT, and OUT_FAULT says why: REASON has fewer than five characters that are no blanks. */
enum tov_err tov_person_reason_check(struct tov_bytes reason,
                                     struct tov_text *out_fault) TOV_MUST_CHECK;
/* PERSON is a Subject or a participant. All words that are set fit. */
bool tov_person_fits(const struct tov_person_words *words, struct tov_record person);
/* Of one LINE that says who: a number rather than a name. */
bool tov_person_is_number(struct tov_bytes line);

#endif
