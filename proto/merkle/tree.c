/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/tree.h"

#include <assert.h>
#include <string.h>

#include "merkle/range.h"

struct tov_hash tov_merkle_leaf_hash(struct tov_bytes leaf)
{
    static const uint8_t prefix = 0x00;
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, &prefix, 1);
    if (leaf.size > 0)
        tov_sha256_update(&sha, leaf.data, leaf.size);
    tov_sha256_final(&sha, &hash);
    return hash;
}

struct tov_hash tov_merkle_node_hash(const struct tov_hash *left, const struct tov_hash *right)
{
    uint8_t block[1 + 2 * TOV_HASH_BYTES];
    block[0] = 0x01;
    memcpy(block + 1, left->bytes, TOV_HASH_BYTES);
    memcpy(block + 1 + TOV_HASH_BYTES, right->bytes, TOV_HASH_BYTES);
    return tov_sha256(TOV_BYTES_OF(block));
}

struct tov_hash tov_merkle_empty_root(void)
{
    static const struct tov_hash empty = {{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14,
                                           0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24,
                                           0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c,
                                           0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}};
    return empty;
}

struct tov_hash tov_merkle_root(const struct tov_hash *leaves, size_t count)
{
    struct tov_range range;
    range.size = 0;
    range.count = 0;
    for (size_t i = 0; i < count; i++) {
        enum tov_err err = tov_range_append(&range, &leaves[i]);
        assert(err == TOV_OK); /* an array in memory has fewer than 2^64 leaves */
        (void)err;
    }
    return tov_range_root(&range);
}
