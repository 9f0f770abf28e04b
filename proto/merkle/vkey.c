/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/vkey.h"

#include <string.h>

#include "base/hash.h"
#include "base/hex.h"
#include "merkle/text.h"

#define KEY_BLOCK_BYTES (1u + TOV_ED25519_PUBLIC_BYTES) /* type || public key */

bool tov_vkey_name_is_valid(struct tov_bytes name)
{
    if (name.size == 0 || name.size > TOV_ORIGIN_MAX_BYTES)
        return false;
    while (name.size > 0) {
        uint32_t character = 0;
        if (!tov_text_next_char(&name, &character) || character < 0x20 || character == '+' ||
            tov_text_is_space(character))
            return false;
    }
    return true;
}

/* The first 4 bytes of SHA-256(name || 0x0A || type || public key). */
static uint32_t make_id(struct tov_bytes name, enum tov_vkey_type type, const uint8_t *public_key)
{
    const uint8_t middle[2] = {'\n', (uint8_t)type};
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, name.data, name.size);
    tov_sha256_update(&sha, middle, sizeof middle);
    tov_sha256_update(&sha, public_key, TOV_ED25519_PUBLIC_BYTES);
    tov_sha256_final(&sha, &hash);
    struct tov_reader reader = tov_reader_of(TOV_BYTES_OF(hash.bytes));
    return tov_read_u32(&reader);
}

enum tov_err tov_vkey_make(struct tov_bytes name, enum tov_vkey_type type,
                           const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES],
                           struct tov_vkey *out_key)
{
    if (!tov_vkey_name_is_valid(name))
        return TOV_E_MALFORMED;
    if (!tov_ed25519_key_is_valid(public_key))
        return TOV_E_KEY;
    struct tov_vkey key = {.id = make_id(name, type, public_key), .type = type, .is_checked = true};
    memcpy(key.name, name.data, name.size);
    memcpy(key.public_key, public_key, sizeof key.public_key);
    *out_key = key;
    return TOV_OK;
}

/* The parts of `name+hex8(id)+base64`. Base64 may hold '+' itself, a name may not. */
struct vkey_text {
    struct tov_bytes name, id, key;
};

static bool split_text(struct tov_bytes text, struct vkey_text *out)
{
    const uint8_t *first = text.size == 0 ? NULL : memchr(text.data, '+', text.size);
    if (first == NULL)
        return false;
    size_t name_size = (size_t)(first - text.data);
    struct tov_bytes rest = {first + 1, text.size - name_size - 1};
    if (rest.size < 9 || rest.data[8] != '+')
        return false;
    *out =
        (struct vkey_text){{text.data, name_size}, {rest.data, 8}, {rest.data + 9, rest.size - 9}};
    return true;
}

static enum tov_err decode_key(struct tov_bytes base64, uint8_t block[KEY_BLOCK_BYTES],
                               struct tov_error *error)
{
    size_t size = 0;
    /* Only the first characters of a key of another kind are read: 4 for its type. */
    if (!tov_text_is_base64(base64) || base64.size < 4)
        return tov_fail(error, TOV_E_MALFORMED, "the key of a verifier key is not base64");
    if (tov_text_decode_base64((struct tov_bytes){base64.data, 4}, block, 3, &size) != TOV_OK ||
        size == 0)
        return tov_fail(error, TOV_E_MALFORMED, "the key of a verifier key is not base64");
    if (block[0] != TOV_VKEY_ED25519 && block[0] != TOV_VKEY_COSIGNATURE)
        return tov_fail(error, TOV_E_VERSION, "a verifier key is of type 0x%02x, not 0x01 or 0x04",
                        block[0]);
    if (tov_text_decode_base64(base64, block, KEY_BLOCK_BYTES, &size) != TOV_OK ||
        size != KEY_BLOCK_BYTES)
        return tov_fail(error, TOV_E_MALFORMED, "a verifier key is not 32 bytes long");
    return TOV_OK;
}

enum tov_err tov_vkey_parse(struct tov_bytes text, struct tov_vkey *out_key,
                            struct tov_error *error)
{
    struct vkey_text parts;
    uint8_t id[4], block[KEY_BLOCK_BYTES];
    struct tov_vkey key;
    if (!split_text(text, &parts) || tov_hex_decode(parts.id, id, sizeof id) != TOV_OK)
        return tov_fail(error, TOV_E_MALFORMED, "not a verifier key (name+id+key)");
    TOV_TRY(decode_key(parts.key, block, error));
    enum tov_err err = tov_vkey_make(parts.name, (enum tov_vkey_type)block[0], block + 1, &key);
    if (err == TOV_E_KEY)
        return tov_fail(error, err, "a verifier key is not a valid point of Ed25519");
    if (err != TOV_OK)
        return tov_fail(error, err, "a verifier key has a name that is not allowed");
    struct tov_reader reader = tov_reader_of(TOV_BYTES_OF(id));
    if (tov_read_u32(&reader) != key.id)
        return tov_fail(error, TOV_E_MALFORMED, "a verifier key has an id that is not its own");
    *out_key = key;
    return TOV_OK;
}

void tov_vkey_format(const struct tov_vkey *key, struct tov_buf *out)
{
    uint8_t block[KEY_BLOCK_BYTES];
    block[0] = (uint8_t)key->type;
    memcpy(block + 1, key->public_key, sizeof key->public_key);
    tov_buf_put_format(out, "%s+%08x+", key->name, (unsigned)key->id);
    tov_buf_put_base64(out, TOV_BYTES_OF(block));
}

bool tov_vkey_is_same_key(const struct tov_vkey *a, const struct tov_vkey *b)
{
    return memcmp(a->public_key, b->public_key, sizeof a->public_key) == 0;
}

enum tov_err tov_vkey_verify_raw(const struct tov_vkey *key, struct tov_bytes message,
                                 const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES])
{
    return key->is_checked ? tov_ed25519_verify_checked(key->public_key, message, signature)
                           : tov_ed25519_verify(key->public_key, message, signature);
}
