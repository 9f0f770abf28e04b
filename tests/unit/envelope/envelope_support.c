/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/envelope_support.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct owned {
    struct owned *next;
    json_t *json;
    uint8_t bytes[];
};
static struct owned *all;
static json_t *vectors;

static struct owned *own(size_t size)
{
    struct owned *owned = calloc(1, sizeof *owned + size + 1);
    UNIT_NEED(owned != NULL);
    owned->next = all;
    all = owned;
    return owned;
}

int support_run(const char *suite, const struct unit_test *tests, size_t count)
{
    UNIT_NEED(sodium_init() >= 0);
    int result = unit_run(suite, tests, count);
    support_end();
    return result;
}

void support_end(void)
{
    while (all != NULL) {
        struct owned *next = all->next;
        json_decref(all->json);
        free(all);
        all = next;
    }
    vectors = NULL;
}

json_t *support_json(const char *path)
{
    json_t *json = unit_json(path);
    if (json != NULL)
        own(0)->json = json;
    return json;
}

json_t *support_vectors(void)
{
    if (vectors == NULL)
        vectors = support_json(OWN_VECTORS);
    UNIT_NEED(vectors != NULL);
    return vectors;
}

uint8_t *support_alloc(size_t size)
{
    return own(size)->bytes;
}

uint8_t *support_copy(struct tov_bytes bytes)
{
    uint8_t *copy = support_alloc(bytes.size);
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    return copy;
}

struct tov_bytes support_hex(const json_t *object, const char *name)
{
    const char *hex = json_string_value(json_object_get(object, name));
    if (hex == NULL || hex[0] == '\0')
        return (struct tov_bytes){NULL, 0};
    size_t size = 0;
    uint8_t *bytes = unit_hex(hex, &size);
    uint8_t *copy = support_copy((struct tov_bytes){bytes, size});
    free(bytes);
    return (struct tov_bytes){copy, size};
}

struct tov_bytes support_text(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    UNIT_NEED(text != NULL);
    return tov_bytes_of_text(text);
}

uint64_t support_number(const json_t *object, const char *name)
{
    json_t *number = json_object_get(object, name);
    UNIT_NEED(json_is_integer(number));
    return (uint64_t)json_integer_value(number);
}

struct tov_key support_key(const json_t *object, const char *name)
{
    struct tov_key key;
    struct tov_bytes bytes = support_hex(object, name);
    UNIT_NEED(bytes.size == sizeof key.bytes);
    memcpy(key.bytes, bytes.data, sizeof key.bytes);
    return key;
}

struct tov_hash support_hash(const json_t *object, const char *name)
{
    struct tov_hash hash;
    struct tov_bytes bytes = support_hex(object, name);
    UNIT_NEED(bytes.size == sizeof hash.bytes);
    memcpy(hash.bytes, bytes.data, sizeof hash.bytes);
    return hash;
}

struct tov_bytes support_fill(const char *label, size_t size)
{
    uint8_t *bytes = support_alloc(size + TOV_HASH_BYTES);
    for (uint32_t i = 0; (size_t)i * TOV_HASH_BYTES < size; i++) {
        struct tov_sha256 sha;
        struct tov_hash hash;
        uint8_t number[4];
        tov_put_be32(number, i);
        tov_sha256_init(&sha);
        tov_sha256_update(&sha, label, strlen(label));
        tov_sha256_update(&sha, number, sizeof number);
        tov_sha256_final(&sha, &hash);
        memcpy(bytes + (size_t)i * TOV_HASH_BYTES, hash.bytes, sizeof hash.bytes);
    }
    return (struct tov_bytes){bytes, size};
}

struct tov_key support_fill_key(const char *label)
{
    struct tov_key key;
    memcpy(key.bytes, support_fill(label, sizeof key.bytes).data, sizeof key.bytes);
    return key;
}
