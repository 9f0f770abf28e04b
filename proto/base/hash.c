/* SPDX-License-Identifier: EUPL-1.2
 *
 * libcrypto's SHA256_* are marked deprecated in favour of EVP, which needs a heap context and a
 * lookup for each hash: at 64 bytes that costs more than hashing. They are used here, and only
 * here, because a tree node is 65 bytes.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/hash.h"

#include <assert.h>
#include <string.h>

#include <openssl/sha.h>
#include <sodium.h>

static_assert(sizeof(SHA256_CTX) <= sizeof(struct tov_sha256), "libcrypto's state must fit");

bool tov_hash_equal(const struct tov_hash *a, const struct tov_hash *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

bool tov_hash_is_zero(const struct tov_hash *hash)
{
    static const struct tov_hash zero;
    return tov_hash_equal(hash, &zero);
}

void tov_sha256_init(struct tov_sha256 *sha)
{
    SHA256_Init((SHA256_CTX *)sha->state);
}

void tov_sha256_update(struct tov_sha256 *sha, const void *data, size_t size)
{
    SHA256_Update((SHA256_CTX *)sha->state, data, size);
}

void tov_sha256_final(struct tov_sha256 *sha, struct tov_hash *out)
{
    SHA256_Final(out->bytes, (SHA256_CTX *)sha->state);
}

struct tov_hash tov_sha256(struct tov_bytes bytes)
{
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, bytes.data, bytes.size);
    tov_sha256_final(&sha, &hash);
    return hash;
}

#define HMAC_BLOCK_BYTES 64

void tov_hmac_init(struct tov_hmac *hmac, struct tov_bytes key)
{
    uint8_t block[HMAC_BLOCK_BYTES] = {0};
    if (key.size > sizeof block) {
        struct tov_hash hashed = tov_sha256(key);
        memcpy(block, hashed.bytes, sizeof hashed.bytes);
        sodium_memzero(&hashed, sizeof hashed);
    } else if (key.size > 0) {
        memcpy(block, key.data, key.size);
    }
    for (size_t i = 0; i < sizeof block; i++)
        block[i] ^= 0x36;
    tov_sha256_init(&hmac->inner);
    tov_sha256_update(&hmac->inner, block, sizeof block);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] ^= 0x36 ^ 0x5c;
    tov_sha256_init(&hmac->outer);
    tov_sha256_update(&hmac->outer, block, sizeof block);
    sodium_memzero(block, sizeof block);
}

void tov_hmac_update(struct tov_hmac *hmac, const void *data, size_t size)
{
    tov_sha256_update(&hmac->inner, data, size);
}

void tov_hmac_final(struct tov_hmac *hmac, struct tov_hash *out)
{
    struct tov_hash inner;
    tov_sha256_final(&hmac->inner, &inner);
    tov_sha256_update(&hmac->outer, inner.bytes, sizeof inner.bytes);
    tov_sha256_final(&hmac->outer, out);
    sodium_memzero(hmac, sizeof *hmac);
}

struct tov_hash tov_hkdf_extract(struct tov_bytes salt, struct tov_bytes input_key)
{
    /* An HMAC key shorter than a block is padded with zeros: no salt and 32 zeros are the same. */
    struct tov_hmac hmac;
    struct tov_hash out;
    tov_hmac_init(&hmac, salt);
    tov_hmac_update(&hmac, input_key.data, input_key.size);
    tov_hmac_final(&hmac, &out);
    return out;
}

void tov_hkdf_expand(const struct tov_hash *pseudorandom_key, struct tov_bytes info, uint8_t *out,
                     size_t size)
{
    assert(size <= 255 * sizeof pseudorandom_key->bytes);
    struct tov_hash block = {{0}};
    uint8_t counter = 1;
    for (size_t done = 0; done < size; counter++) {
        struct tov_hmac hmac;
        tov_hmac_init(&hmac, TOV_BYTES_OF(pseudorandom_key->bytes));
        if (counter > 1)
            tov_hmac_update(&hmac, block.bytes, sizeof block.bytes);
        tov_hmac_update(&hmac, info.data, info.size);
        tov_hmac_update(&hmac, &counter, 1);
        tov_hmac_final(&hmac, &block);
        size_t take = size - done < sizeof block.bytes ? size - done : sizeof block.bytes;
        memcpy(out + done, block.bytes, take);
        done += take;
    }
    sodium_memzero(&block, sizeof block);
}
