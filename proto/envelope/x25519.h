/* SPDX-License-Identifier: EUPL-1.2
 *
 * X25519 (RFC 7748) key agreement, as HPKE needs it.
 * Not for: signatures, or a shared secret that is used as a key as it is (hpke.h derives keys).
 * Never use `out` of a call that failed.
 */
#ifndef TOV_ENVELOPE_X25519_H
#define TOV_ENVELOPE_X25519_H

#include "base/secret.h"

#define TOV_X25519_BYTES 32

struct tov_x25519_public {
    uint8_t bytes[TOV_X25519_BYTES];
};

/* The public key of SECRET, which is clamped as RFC 7748 says. */
void tov_x25519_public_of(const struct tov_key *secret, struct tov_x25519_public *out_public);
/* False for a public key of small order, with which no key can be agreed.
 * tov_x25519_agree: TOV_E_KEY when the shared secret is all zeros: a public key of small order,
 * which an honest party cannot have made (RFC 9180 7.1.4). */
bool tov_x25519_public_is_valid(const struct tov_x25519_public *public_key);
enum tov_err tov_x25519_agree(const struct tov_key *secret, const struct tov_x25519_public *other,
                              struct tov_key *out_shared) TOV_MUST_CHECK;

#endif
