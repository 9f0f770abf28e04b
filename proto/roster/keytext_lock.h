/* SPDX-License-Identifier: EUPL-1.2
 *
 * The cryptography of key texts: Argon2id and XChaCha20-Poly1305 by libsodium. Inside proto/roster
 * only. Never call it before the limits of Argon2id were checked (roster/keytext.c does).
 */
#ifndef TOV_ROSTER_KEYTEXT_LOCK_H
#define TOV_ROSTER_KEYTEXT_LOCK_H

#include "roster/keytext.h"

/* Opens keytext->body: KEY for an empty passphrase, DECRYPT for a wrong one or a changed file. */
enum tov_err tov_keytext_unlock(const struct tov_keytext *keytext, struct tov_bytes passphrase,
                                struct tov_key *out_secret, struct tov_error *error) TOV_MUST_CHECK;
/* Fills keytext->body from SECRET under keytext->lock and keytext->bound. */
enum tov_err tov_keytext_seal_body(struct tov_keytext *keytext, struct tov_bytes passphrase,
                                   const struct tov_key *secret) TOV_MUST_CHECK;

#endif
