/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/checksum.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static_assert(crypto_shorthash_KEYBYTES == sizeof(struct tov_checksum_key), "SipHash-2-4");
static_assert(crypto_shorthash_BYTES == sizeof(uint64_t), "SipHash-2-4");

uint64_t tov_checksum(const struct tov_checksum_key *key, struct tov_bytes bytes)
{
    static const uint8_t nothing;
    uint8_t sum[crypto_shorthash_BYTES];
    const uint8_t *data = bytes.size > 0 ? bytes.data : &nothing;
    (void)crypto_shorthash(sum, data, bytes.size, key->bytes);
    return tov_get_be64(sum);
}

struct tov_checksum_key tov_checksum_key_of(struct tov_bytes name)
{
    static const struct tov_checksum_key halves[2] = {{"tov checksum 1"}, {"tov checksum 2"}};
    struct tov_checksum_key key = {.bytes = {0}};
    for (size_t i = 0; i < 2; i++)
        tov_put_be64(key.bytes + 8 * i, tov_checksum(&halves[i], name));
    return key;
}

struct tov_checksum_key tov_checksum_key_for(const struct tov_checksum_key *key,
                                             struct tov_bytes name)
{
    struct tov_checksum_key own = *key;
    tov_put_be64(own.bytes, tov_checksum(key, name));
    return own;
}
