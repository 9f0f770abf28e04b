/* SPDX-License-Identifier: EUPL-1.2
 *
 * FIPS 180-4 and RFC 4231 examples; the many cases are in published_test.c.
 */
#include "base/hash.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "support/unit.h"

static void sha256_of_the_standards_examples(void)
{
    static const char *const cases[][2] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tov_hash hash = tov_sha256(tov_bytes_of_text(cases[i][0]));
        struct tov_hash expected = unit_hash(cases[i][1]);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(hash.bytes), TOV_BYTES_OF(expected.bytes));
    }
}

static void any_split_of_the_input_gives_the_same_hash(void)
{
    uint8_t data[200];
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (uint8_t)i;
    struct tov_hash whole = tov_sha256(TOV_BYTES_OF(data));
    for (size_t cut = 0; cut <= sizeof data; cut++) {
        struct tov_sha256 sha;
        struct tov_hash hash;
        tov_sha256_init(&sha);
        tov_sha256_update(&sha, data, cut);
        tov_sha256_update(&sha, data + cut, sizeof data - cut);
        tov_sha256_final(&sha, &hash);
        UNIT_NEED(tov_hash_equal(&hash, &whole));
    }
    CU_PASS("every cut");
}

static void hmac_of_the_rfc_with_a_key_longer_than_a_block(void)
{
    uint8_t key[131];
    struct tov_hmac hmac;
    struct tov_hash tag, zero = {{0}};
    struct tov_hash expected =
        unit_hash("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    memset(key, 0xaa, sizeof key);
    tov_hmac_init(&hmac, TOV_BYTES_OF(key));
    static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
    tov_hmac_update(&hmac, text, strlen(text));
    tov_hmac_final(&hmac, &tag);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(tag.bytes), TOV_BYTES_OF(expected.bytes));
    CU_ASSERT_FALSE(tov_hash_is_zero(&tag));
    CU_ASSERT_TRUE(tov_hash_is_zero(&zero));
}

static void secrets_are_of_their_size_start_as_zeros_and_keys_are_wiped(void)
{
    struct tov_secret *secret = NULL;
    UNIT_NEED(sodium_init() >= 0); /* each program does, before its first secret */
    UNIT_OK(tov_secret_create(64, &secret));
    UNIT_EQUAL_INT(tov_secret_view(secret).size, 64);
    UNIT_EQUAL_INT(tov_secret_data(secret)[63], 0);
    tov_secret_data(secret)[63] = 1;
    tov_secret_destroy(secret);
    tov_secret_destroy(NULL);
    struct tov_key key;
    static const struct tov_key zero;
    memset(&key, 7, sizeof key);
    tov_key_wipe(&key);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(key.bytes), TOV_BYTES_OF(zero.bytes));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(sha256_of_the_standards_examples),
        UNIT_TEST(any_split_of_the_input_gives_the_same_hash),
        UNIT_TEST(hmac_of_the_rfc_with_a_key_longer_than_a_block),
        UNIT_TEST(secrets_are_of_their_size_start_as_zeros_and_keys_are_wiped),
    };
    return unit_run("base/hash", tests, sizeof tests / sizeof tests[0]);
}
