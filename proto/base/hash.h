/* SPDX-License-Identifier: EUPL-1.2
 *
 * SHA-256 (FIPS 180-4), HMAC (RFC 2104) and HKDF (RFC 5869) with it. Plain values, no heap, no
 * failure: safe to call anywhere. libcrypto's block function does the work (4.1 times libsodium's
 * here, docs/dependencies.md); its types stop in hash.c.
 */
#ifndef TOV_BASE_HASH_H
#define TOV_BASE_HASH_H

#include "base/bytes.h"

#define TOV_HASH_BYTES 32

struct tov_hash {
    uint8_t bytes[TOV_HASH_BYTES];
};
bool tov_hash_equal(const struct tov_hash *a, const struct tov_hash *b);
bool tov_hash_is_zero(const struct tov_hash *hash);

/* Incremental SHA-256. The content is libcrypto's; hash.c asserts that it fits. */
struct tov_sha256 {
    uint64_t state[16];
};
void tov_sha256_init(struct tov_sha256 *sha);
void tov_sha256_update(struct tov_sha256 *sha, const void *data, size_t size);
void tov_sha256_final(struct tov_sha256 *sha, struct tov_hash *out);
struct tov_hash tov_sha256(struct tov_bytes bytes);

struct tov_hmac {
    struct tov_sha256 inner;
    struct tov_sha256 outer;
};
void tov_hmac_init(struct tov_hmac *hmac, struct tov_bytes key);
void tov_hmac_update(struct tov_hmac *hmac, const void *data, size_t size);
void tov_hmac_final(struct tov_hmac *hmac, struct tov_hash *out); /* wipes HMAC */

/* HKDF-Extract; an empty salt means 32 zero bytes. */
struct tov_hash tov_hkdf_extract(struct tov_bytes salt, struct tov_bytes input_key);
/* HKDF-Expand to SIZE <= 255 * 32 bytes (asserted). */
void tov_hkdf_expand(const struct tov_hash *pseudorandom_key, struct tov_bytes info, uint8_t *out,
                     size_t size);

#endif
