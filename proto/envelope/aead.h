/* SPDX-License-Identifier: EUPL-1.2
 *
 * The two AEADs of Tov: ChaCha20-Poly1305 (RFC 8439) for messages, whose keys are fresh and whose
 * nonces count, and XChaCha20-Poly1305 with random nonces for what is wrapped at rest.
 * Not for: anything shown to two parties without a key commitment (keys.h): neither AEAD fixes
 * what a ciphertext says, since one ciphertext can open under two keys.
 * Never use one nonce twice with a key.
 */
#ifndef TOV_ENVELOPE_AEAD_H
#define TOV_ENVELOPE_AEAD_H

#include "base/secret.h"

#define TOV_AEAD_TAG_BYTES 16
#define TOV_CHACHA_NONCE_BYTES 12
#define TOV_XCHACHA_NONCE_BYTES 24

/* Everything but the text; borrowed. NONCE has the size that the AEAD wants. */
struct tov_aead {
    const struct tov_key *key;
    const uint8_t *nonce;
    struct tov_bytes aad;
};

/* OUT has room for the plaintext and 16 bytes more; it may be the plaintext itself. */
void tov_chacha_seal(const struct tov_aead *aead, struct tov_bytes plain, uint8_t *out);
void tov_xchacha_seal(const struct tov_aead *aead, struct tov_bytes plain, uint8_t *out);
/* OUT has room for the sealed size less 16; it may be the sealed bytes themselves. TOV_E_DECRYPT
 * when the tag does not fit or SEALED is shorter than a tag; nothing of the plaintext is out then.
 */
enum tov_err tov_chacha_open(const struct tov_aead *aead, struct tov_bytes sealed,
                             uint8_t *out) TOV_MUST_CHECK;
enum tov_err tov_xchacha_open(const struct tov_aead *aead, struct tov_bytes sealed,
                              uint8_t *out) TOV_MUST_CHECK;

#endif
