/* SPDX-License-Identifier: EUPL-1.2
 *
 * C2SP tlog-cosignature v1 with Ed25519 (type 0x04): a witness says that at a time this was the
 * largest consistent tree that it had seen of an origin.
 * Not for: keeping what a witness has seen (the guard).
 * Never cosign before the new position is stored where a crash cannot take it back.
 */
#ifndef TOV_MERKLE_COSIGNATURE_H
#define TOV_MERKLE_COSIGNATURE_H

#include "merkle/vkey.h"

#define TOV_COSIGNATURE_BYTES 72u         /* time u64 || signature */
#define TOV_COSIGNED_TEXT_MAX_BYTES 1024u /* of a note's text; a checkpoint has at most 322 */
#define TOV_COSIGNATURE_TIME_MAX 9223372036854775807ull

struct tov_cosignature {
    uint64_t time_s; /* seconds since 1970 */
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
};

/* TEXT is the note's whole text. TOV_E_LIMIT when it or TIME_S is too large. */
enum tov_err tov_cosignature_sign(struct tov_bytes text, uint64_t time_s,
                                  const uint8_t secret_key[TOV_ED25519_SECRET_BYTES],
                                  struct tov_cosignature *out_cosignature) TOV_MUST_CHECK;
/* KEY is of type TOV_VKEY_COSIGNATURE (else TOV_E_ARGUMENT). No heap. */
enum tov_err tov_cosignature_verify(const struct tov_vkey *key, struct tov_bytes text,
                                    const struct tov_cosignature *cosignature) TOV_MUST_CHECK;
void tov_cosignature_encode(const struct tov_cosignature *cosignature,
                            uint8_t out[TOV_COSIGNATURE_BYTES]);
/* TOV_E_MALFORMED unless BYTES are exactly 72 with a time up to 2^63-1. */
enum tov_err tov_cosignature_decode(struct tov_bytes bytes,
                                    struct tov_cosignature *out_cosignature) TOV_MUST_CHECK;

#endif
