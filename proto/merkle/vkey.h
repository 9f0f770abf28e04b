/* SPDX-License-Identifier: EUPL-1.2
 *
 * Verifier keys of C2SP signed-note: `name+hex8(id)+base64(type || public key)`.
 * Not for: secret keys (keys/).
 * Never fill a struct tov_vkey by hand: make or parse it, so that its key is known to be a point.
 */
#ifndef TOV_MERKLE_VKEY_H
#define TOV_MERKLE_VKEY_H

#include "base/limits.h"
#include "merkle/ed25519.h"

enum tov_vkey_type {
    TOV_VKEY_ED25519 = 0x01,    /* signs the note's text */
    TOV_VKEY_COSIGNATURE = 0x04 /* signs a time and the note's text (cosignature/v1) */
};

#define TOV_VKEY_TEXT_MAX (TOV_ORIGIN_MAX_BYTES + 1u + 8u + 1u + 44u) /* characters */

/* A plain value. */
struct tov_vkey {
    char name[TOV_ORIGIN_MAX_BYTES + 1]; /* with a NUL; for a ledger: its origin */
    uint32_t id;
    enum tov_vkey_type type;
    bool is_checked; /* public_key has passed tov_ed25519_key_is_valid */
    uint8_t public_key[TOV_ED25519_PUBLIC_BYTES];
};

/* Not empty, at most TOV_ORIGIN_MAX_BYTES of UTF-8, no Unicode space, no control character, no
 * '+'. */
bool tov_vkey_name_is_valid(struct tov_bytes name);
/* TOV_E_MALFORMED for a bad name, TOV_E_KEY for a public key that is not a valid point. */
enum tov_err tov_vkey_make(struct tov_bytes name, enum tov_vkey_type type,
                           const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES],
                           struct tov_vkey *out_key) TOV_MUST_CHECK;
/* As make, and TOV_E_VERSION for a type that is not in enum tov_vkey_type. ERROR may be NULL. */
enum tov_err tov_vkey_parse(struct tov_bytes text, struct tov_vkey *out_key,
                            struct tov_error *error) TOV_MUST_CHECK;
void tov_vkey_format(const struct tov_vkey *key, struct tov_buf *out);
/* The same public key, whatever the names and types: one key, counted once. */
bool tov_vkey_is_same_key(const struct tov_vkey *a, const struct tov_vkey *b);

/* Verifies by tov_ed25519_verify, skipping the check of A where it was done. */
enum tov_err
tov_vkey_verify_raw(const struct tov_vkey *key, struct tov_bytes message,
                    const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES]) TOV_MUST_CHECK;

#endif
