/* SPDX-License-Identifier: EUPL-1.2
 *
 * Words of the catalogue in its two languages, as plain values beside the rows they belong to.
 * Not for: the words of programs (those are gettext's).
 * Never make one language from the other at run time.
 */
#ifndef TOV_CASE_TEXT_H
#define TOV_CASE_TEXT_H

enum tov_language { TOV_DANISH = 1, TOV_ENGLISH = 2 };

struct tov_text {
    const char *da;
    const char *en;
};
#define TOV_TEXT(danish, english)       \
    {                                   \
        .da = (danish), .en = (english) \
    }

/* Never NULL. */
static inline const char *tov_text_in(const struct tov_text *text, enum tov_language language)
{
    const char *words = language == TOV_DANISH ? text->da : text->en;
    return words == 0 ? "" : words;
}

#endif
