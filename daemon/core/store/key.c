/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/key.h"

#include <assert.h>
#include <string.h>

void tov_store_key_put_bytes(struct tov_store_key *key, struct tov_bytes bytes)
{
    assert(bytes.size <= TOV_STORE_KEY_MAX - key->size);
    if (bytes.size > 0)
        memcpy(key->bytes + key->size, bytes.data, bytes.size);
    key->size = (uint8_t)(key->size + bytes.size);
}

void tov_store_key_put_u8(struct tov_store_key *key, uint8_t value)
{
    tov_store_key_put_bytes(key, (struct tov_bytes){&value, 1});
}

void tov_store_key_put_u16(struct tov_store_key *key, uint16_t value)
{
    uint8_t bytes[2];
    tov_put_be16(bytes, value);
    tov_store_key_put_bytes(key, TOV_BYTES_OF(bytes));
}

void tov_store_key_put_u32(struct tov_store_key *key, uint32_t value)
{
    uint8_t bytes[4];
    tov_put_be32(bytes, value);
    tov_store_key_put_bytes(key, TOV_BYTES_OF(bytes));
}

void tov_store_key_put_u64(struct tov_store_key *key, uint64_t value)
{
    uint8_t bytes[8];
    tov_put_be64(bytes, value);
    tov_store_key_put_bytes(key, TOV_BYTES_OF(bytes));
}

struct tov_store_key tov_store_key_u16(uint16_t a)
{
    struct tov_store_key key = {.size = 0};
    tov_store_key_put_u16(&key, a);
    return key;
}

struct tov_store_key tov_store_key_u32(uint32_t a)
{
    struct tov_store_key key = {.size = 0};
    tov_store_key_put_u32(&key, a);
    return key;
}

struct tov_store_key tov_store_key_u64(uint64_t a)
{
    struct tov_store_key key = {.size = 0};
    tov_store_key_put_u64(&key, a);
    return key;
}

struct tov_store_key tov_store_key_u16_u64(uint16_t a, uint64_t b)
{
    struct tov_store_key key = tov_store_key_u16(a);
    tov_store_key_put_u64(&key, b);
    return key;
}

struct tov_store_key tov_store_key_u16_u32_u64(uint16_t a, uint32_t b, uint64_t c)
{
    struct tov_store_key key = tov_store_key_u16(a);
    tov_store_key_put_u32(&key, b);
    tov_store_key_put_u64(&key, c);
    return key;
}

struct tov_store_key tov_store_key_u64_u64(uint64_t a, uint64_t b)
{
    struct tov_store_key key = tov_store_key_u64(a);
    tov_store_key_put_u64(&key, b);
    return key;
}

struct tov_store_key tov_store_key_bytes(struct tov_bytes bytes)
{
    struct tov_store_key key = {.size = 0};
    tov_store_key_put_bytes(&key, bytes);
    return key;
}

struct tov_store_key tov_store_key_text(const char *text)
{
    return tov_store_key_bytes(tov_bytes_of_text(text));
}

struct tov_reader tov_store_key_reader(const struct tov_store_key *key)
{
    return tov_reader_of((struct tov_bytes){key->bytes, key->size});
}

uint64_t tov_store_key_to_u64(const struct tov_store_key *key)
{
    assert(key->size == TOV_STORE_KEY_U64);
    return tov_get_be64(key->bytes);
}
