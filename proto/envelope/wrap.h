/* SPDX-License-Identifier: EUPL-1.2
 *
 * Keys at rest: storage root key -> bucket keys -> data keys (the header key and the content key of
 * a message, apart, so that content can be erased alone). XChaCha20-Poly1305 with a random nonce.
 *
 *   offset  size  field
 *        0    24  nonce
 *       24    48  ciphertext of the 32-byte key
 *
 *   associated data: of a data key, the leaf hash (32) || which key (u8); of a bucket key, its id
 *
 * Not for: where the wrapped keys are kept, or when they are forgotten (docs/architecture.md).
 * Never use a nonce twice: hand in 24 fresh random bytes each time.
 */
#ifndef TOV_ENVELOPE_WRAP_H
#define TOV_ENVELOPE_WRAP_H

#include "base/hash.h"
#include "base/secret.h"
#include "envelope/aead.h"

#define TOV_WRAP_NONCE_BYTES TOV_XCHACHA_NONCE_BYTES
#define TOV_WRAPPED_KEY_BYTES 72u

struct tov_wrapped_key {
    uint8_t bytes[TOV_WRAPPED_KEY_BYTES];
};

/* Stored values: never renumber. */
enum tov_data_key { TOV_DATA_KEY_HEADER = 1, TOV_DATA_KEY_CONTENT = 2 };
/* Which key of which message, under which bucket key; borrowed. */
struct tov_data_key_place {
    const struct tov_key *bucket_key;
    const struct tov_hash *leaf;
    enum tov_data_key which;
};
void tov_data_key_wrap(const struct tov_data_key_place *place, const struct tov_key *key,
                       const uint8_t nonce[TOV_WRAP_NONCE_BYTES], struct tov_wrapped_key *out);
/* TOV_E_DECRYPT: another place, another bucket key, or changed bytes. */
enum tov_err tov_data_key_unwrap(const struct tov_data_key_place *place,
                                 const struct tov_wrapped_key *wrapped,
                                 struct tov_key *out_key) TOV_MUST_CHECK;

/* Which bucket, under which root key; borrowed. */
struct tov_bucket_key_place {
    const struct tov_key *root_key;
    struct tov_bytes bucket_id;
};
void tov_bucket_key_wrap(const struct tov_bucket_key_place *place, const struct tov_key *key,
                         const uint8_t nonce[TOV_WRAP_NONCE_BYTES], struct tov_wrapped_key *out);
enum tov_err tov_bucket_key_unwrap(const struct tov_bucket_key_place *place,
                                   const struct tov_wrapped_key *wrapped,
                                   struct tov_key *out_key) TOV_MUST_CHECK;

#endif
