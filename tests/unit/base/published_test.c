/* SPDX-License-Identifier: EUPL-1.2
 *
 * Wycheproof's vectors for HMAC and HKDF with SHA-256.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "support/unit.h"

/* Calls CHECK for every test of a file of Wycheproof and returns how many there were. */
static size_t each_test(const char *name, void (*check)(json_t *group, json_t *test))
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/wycheproof/%s", unit_published_vectors(), name);
    json_t *file = unit_json(path), *group, *test;
    size_t i, j, count = 0;
    UNIT_NEED(file != NULL);
    json_array_foreach(json_object_get(file, "testGroups"), i, group)
    {
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            check(group, test);
            count++;
        }
    }
    json_decref(file);
    return count;
}

static struct tov_bytes field(json_t *test, const char *name)
{
    size_t size = 0;
    const char *hex = json_string_value(json_object_get(test, name));
    UNIT_NEED(hex != NULL);
    uint8_t *bytes = unit_hex(hex, &size);
    return (struct tov_bytes){bytes, size};
}

static void drop(struct tov_bytes bytes)
{
    free((void *)(uintptr_t)bytes.data);
}

static bool is_valid(json_t *test)
{
    return strcmp(json_string_value(json_object_get(test, "result")), "valid") == 0;
}

static void check_hmac(json_t *group, json_t *test)
{
    struct tov_bytes key = field(test, "key"), message = field(test, "msg");
    struct tov_bytes tag = field(test, "tag");
    struct tov_hmac hmac;
    struct tov_hash made;
    UNIT_NEED(json_integer_value(json_object_get(group, "tagSize")) == 8 * (json_int_t)tag.size);
    tov_hmac_init(&hmac, key);
    tov_hmac_update(&hmac, message.data, message.size);
    tov_hmac_final(&hmac, &made);
    UNIT_EQUAL_INT(tov_bytes_equal((struct tov_bytes){made.bytes, tag.size}, tag), is_valid(test));
    drop(key);
    drop(message);
    drop(tag);
}

static void check_hkdf(json_t *group, json_t *test)
{
    (void)group;
    size_t size = (size_t)json_integer_value(json_object_get(test, "size"));
    uint8_t made[255 * 32];
    if (!is_valid(test)) { /* all of these ask for more than can be had */
        CU_ASSERT_TRUE(size > sizeof made);
        return;
    }
    struct tov_bytes ikm = field(test, "ikm"), salt = field(test, "salt");
    struct tov_bytes info = field(test, "info"), okm = field(test, "okm");
    struct tov_hash key = tov_hkdf_extract(salt, ikm);
    tov_hkdf_expand(&key, info, made, size);
    UNIT_EQUAL_BYTES(((struct tov_bytes){made, size}), okm);
    drop(ikm);
    drop(salt);
    drop(info);
    drop(okm);
}

static void hmac_sha256_agrees_with_wycheproof(void)
{
    UNIT_EQUAL_INT(each_test("hmac_sha256_test.json", check_hmac), 174);
}

static void hkdf_sha256_agrees_with_wycheproof(void)
{
    UNIT_EQUAL_INT(each_test("hkdf_sha256_test.json", check_hkdf), 86);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(hmac_sha256_agrees_with_wycheproof),
        UNIT_TEST(hkdf_sha256_agrees_with_wycheproof),
    };
    if (unit_published_vectors() == NULL)
        return unit_skip("published HMAC and HKDF vectors (wycheproof/)");
    return unit_run("base/published", tests, sizeof tests / sizeof tests[0]);
}
