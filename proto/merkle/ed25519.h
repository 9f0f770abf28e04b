/* SPDX-License-Identifier: EUPL-1.2
 *
 * Ed25519 with one verdict for every program that follows the rule: the public key A and R are
 * valid points (canonical encoding, on the curve, in the main subgroup, not the identity), S is
 * below the group order, and the cofactorless equation holds. A signature that some libraries
 * accept and others refuse is refused here.
 * Not for: making keys; proto has no randomness.
 * Never call the _checked form with a key that has not passed tov_ed25519_key_is_valid.
 */
#ifndef TOV_MERKLE_ED25519_H
#define TOV_MERKLE_ED25519_H

#include "base/bytes.h"

#define TOV_ED25519_PUBLIC_BYTES 32u
#define TOV_ED25519_SECRET_BYTES 64u /* seed || public key, as libsodium keeps it */
#define TOV_ED25519_SIGNATURE_BYTES 64u

bool tov_ed25519_key_is_valid(const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES]);
/* TOV_OK or TOV_E_SIGNATURE. No heap. */
enum tov_err
tov_ed25519_verify(const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES], struct tov_bytes message,
                   const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES]) TOV_MUST_CHECK;
/* The same verdict, without checking A again. */
enum tov_err
tov_ed25519_verify_checked(const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES],
                           struct tov_bytes message,
                           const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES]) TOV_MUST_CHECK;
/* Deterministic: the same message and key give the same signature. */
void tov_ed25519_sign(const uint8_t secret_key[TOV_ED25519_SECRET_BYTES], struct tov_bytes message,
                      uint8_t out_signature[TOV_ED25519_SIGNATURE_BYTES]);

#endif
