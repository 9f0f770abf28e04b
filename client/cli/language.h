/* SPDX-License-Identifier: EUPL-1.2
 *
 * The language of this run (po/README.md) and the short names of gettext.
 * Not for: the words of the catalogue, which have both languages beside each other.
 */
#ifndef TOV_CLI_LANGUAGE_H
#define TOV_CLI_LANGUAGE_H

#include <tov/export.h>

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text
/* One and many, in a table: for ngettext. */
#define NP_(one, many) one, many

/* Sets locale and catalogue. CHOICE is "da", "en", or NULL: by the environment. Before threads.
 * Returns the language that texts will have. */
enum tov_words language_begin(const char *choice);

#endif
