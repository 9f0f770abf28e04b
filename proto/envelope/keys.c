/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/keys.h"

#include "base/limits.h"

#include <assert.h>
#include <string.h>

static const char envelope_label[] = "tov/v1 envelope";
static const char commit_label[] = "tov/v1 commit";
static const char part_label[] = "tov/v1 part";

void tov_message_keys_wipe(struct tov_message_keys *keys)
{
    tov_wipe(keys, sizeof *keys);
}

struct tov_hash tov_message_ctx(struct tov_bytes origin, struct tov_bytes envelope)
{
    assert(origin.size <= TOV_ORIGIN_MAX_BYTES);
    uint8_t length[2];
    tov_put_be16(length, (uint16_t)origin.size);
    struct tov_sha256 sha;
    struct tov_hash ctx;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, envelope_label, sizeof envelope_label - 1);
    tov_sha256_update(&sha, length, sizeof length);
    tov_sha256_update(&sha, origin.data, origin.size);
    tov_sha256_update(&sha, envelope.data, envelope.size);
    tov_sha256_final(&sha, &ctx);
    return ctx;
}

/* HKDF-Expand with a key that is uniform already (RFC 5869 3.3). */
static void expand(const struct tov_key *key, struct tov_bytes info, uint8_t out[TOV_HASH_BYTES])
{
    struct tov_hash pseudorandom_key;
    static_assert(sizeof pseudorandom_key.bytes == sizeof key->bytes, "a key is a hash long");
    memcpy(pseudorandom_key.bytes, key->bytes, sizeof key->bytes);
    tov_hkdf_expand(&pseudorandom_key, info, out, TOV_HASH_BYTES);
    tov_wipe(&pseudorandom_key, sizeof pseudorandom_key);
}

struct tov_hash tov_key_commitment(const struct tov_key *key, const struct tov_hash *ctx)
{
    uint8_t info[sizeof commit_label - 1 + sizeof ctx->bytes];
    memcpy(info, commit_label, sizeof commit_label - 1);
    memcpy(info + sizeof commit_label - 1, ctx->bytes, sizeof ctx->bytes);
    struct tov_hash commitment;
    expand(key, TOV_BYTES_OF(info), commitment.bytes);
    return commitment;
}

void tov_message_commit(const struct tov_message_keys *keys, const struct tov_hash *ctx,
                        struct tov_commitments *out_commitments)
{
    assert(keys->has_content);
    out_commitments->header = tov_key_commitment(&keys->header, ctx);
    out_commitments->content = tov_key_commitment(&keys->content, ctx);
}

static bool fits(const struct tov_key *key, const struct tov_hash *ctx,
                 const struct tov_hash *commitment)
{
    struct tov_hash computed = tov_key_commitment(key, ctx);
    return tov_bytes_equal_secret(computed.bytes, commitment->bytes, sizeof computed.bytes);
}

enum tov_err tov_message_keys_check(const struct tov_message_keys *keys, const struct tov_hash *ctx,
                                    const struct tov_commitments *commitments)
{
    bool is_header = fits(&keys->header, ctx, &commitments->header);
    bool is_content = !keys->has_content || fits(&keys->content, ctx, &commitments->content);
    return is_header && is_content ? TOV_OK : TOV_E_COMMITMENT;
}

enum tov_err tov_part_key(const struct tov_message_keys *keys,
                          const uint8_t salt[TOV_PART_SALT_BYTES], uint8_t part,
                          struct tov_key *out_key)
{
    if (part > 0 && !keys->has_content)
        return TOV_E_DENIED;
    uint8_t info[sizeof part_label - 1 + TOV_PART_SALT_BYTES + 1];
    memcpy(info, part_label, sizeof part_label - 1);
    memcpy(info + sizeof part_label - 1, salt, TOV_PART_SALT_BYTES);
    info[sizeof info - 1] = part;
    expand(part == 0 ? &keys->header : &keys->content, TOV_BYTES_OF(info), out_key->bytes);
    return TOV_OK;
}
