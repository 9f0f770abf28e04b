/* SPDX-License-Identifier: EUPL-1.2
 *
 * Secrets: long-lived ones in guarded memory, short-lived ones as a value that is wiped when its
 * scope ends. Not for: making randomness; proto is handed its random bytes.
 */
#ifndef TOV_BASE_SECRET_H
#define TOV_BASE_SECRET_H

#include "base/bytes.h"
#include "base/cleanup.h"

/* A 32-byte secret on the stack or inside a struct that is wiped: declare locals as
 * `TOV_CLEANUP(tov_key_wipe) struct tov_key key;`. */
struct tov_key {
    uint8_t bytes[32];
};
void tov_key_wipe(struct tov_key *key);
void tov_wipe(void *data, size_t size); /* never optimised away */

/* SIZE bytes between guard pages, locked where the system allows, wiped when destroyed. For a few
 * long-lived keys only: each takes at least three pages. */
struct tov_secret;
enum tov_err tov_secret_create(size_t size, struct tov_secret **out_secret) TOV_MUST_CHECK;
void tov_secret_destroy(struct tov_secret *secret); /* NULL is fine */
uint8_t *tov_secret_data(struct tov_secret *secret);
struct tov_bytes tov_secret_view(const struct tov_secret *secret);
TOV_DEFINE_CLEANUP(tov_secret, struct tov_secret, tov_secret_destroy)

#endif
