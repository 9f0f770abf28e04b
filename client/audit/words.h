/* SPDX-License-Identifier: EUPL-1.2
 *
 * Danish and English: `_("...")` in this folder. po/README.md says how a catalogue is found.
 */
#ifndef TOV_AUDIT_WORDS_H
#define TOV_AUDIT_WORDS_H

#include <libintl.h>

#define _(text) gettext(text)
#define N_(text) text

/* Chooses the language by the environment; once, at the program's start. */
void tov_words_init(void);

#endif
