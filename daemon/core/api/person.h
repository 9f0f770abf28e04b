/* SPDX-License-Identifier: EUPL-1.2
 *
 * The words of a search for a person, and whether somebody fits them. Private to api/.
 * Not for: which messages are looked at (find.c).
 * Never log or store the words: wipe them when the search was answered.
 */
#ifndef TOV_API_PERSON_H
#define TOV_API_PERSON_H

#include "wire/payload.h"

#define PERSON_WORD_MAX_BYTES 200u /* of a name, a number */

/* Capitals, accents and signs between words and digits do not count: å is a, é is e, ł is l; æ, ø,
 * ð, þ and ß are letters of their own. Unused bytes are zeros. */
struct person_words {
    char name[PERSON_WORD_MAX_BYTES + 1];   /* each word begins a word of the name; "": none */
    char number[PERSON_WORD_MAX_BYTES + 1]; /* the whole number, or ddmmyy; "": none */
    bool has_birth_date;
    struct tov_date birth_date;
};

/* From an ApiFind. ARGUMENT with its words: nothing is asked for, too short or too long, or digits
 * that are neither a number nor a date of birth. */
enum tov_err tov_person_words_read(struct tov_record request, struct person_words *out,
                                   struct tov_error *error) TOV_MUST_CHECK;
/* PERSON is a Subject or a participant. All words that are set fit. */
bool tov_person_fits(const struct person_words *words, struct tov_record person);

/* Characters of UTF-8 TEXT that are no blanks. */
size_t tov_person_characters(struct tov_bytes text);

#endif
