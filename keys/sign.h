/* SPDX-License-Identifier: EUPL-1.2
 *
 * One root holder's signature under one text.
 * Not for: checking thresholds (roster/roster.h).
 * Never sign what was not shown in words first: callers print, then sign_ask, then sign_note.
 */
#ifndef TOV_KEYS_SIGN_H
#define TOV_KEYS_SIGN_H

#include "keys/command.h"
#include "roster/roster.h"

/* Asks on the terminal for the word "yes", unless --yes was given. DENIED: something else came. */
enum tov_err sign_ask(const struct arguments *arguments, struct tov_error *error) TOV_MUST_CHECK;

struct sign_order {
    const struct arguments *arguments; /* --key and the passphrase options */
    struct tov_vkey_list allowed;      /* keys that may sign this text */
    struct tov_bytes note;             /* signed already or not */
    const char *path;                  /* replaced by the note with one more signature */
};
/* KEY: the key is none of the allowed; EXISTS: it has signed already. */
enum tov_err sign_note(const struct sign_order *order, struct tov_error *error) TOV_MUST_CHECK;
/* One signature line of a root key that was loaded for VKEY; failures stick in OUT. */
void sign_put(const struct tov_keyfile *keyfile, const struct tov_vkey *vkey, struct tov_bytes text,
              struct tov_buf *out);

#endif
