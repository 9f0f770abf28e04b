/* SPDX-License-Identifier: EUPL-1.2
 *
 * Wycheproof's vectors of X25519 and the two AEADs, through our wrappers.
 */
#include "envelope/aead.h"
#include "envelope/x25519.h"

#include "envelope/envelope_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void test_case(const json_t *test);
static int looked_at;

static void each_case(const char *name, test_case *run)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/wycheproof/%s_test.json", unit_published_vectors(), name);
    json_t *groups = json_object_get(support_json(path), "testGroups");
    UNIT_NEED(groups != NULL);
    size_t g, t;
    json_t *group, *test;
    looked_at = 0;
    json_array_foreach(groups, g, group)
    {
        json_array_foreach(json_object_get(group, "tests"), t, test) run(test);
    }
}

static bool is_valid(const json_t *test)
{
    return strcmp(json_string_value(json_object_get(test, "result")), "invalid") != 0;
}

static struct tov_bytes join(struct tov_bytes a, struct tov_bytes b)
{
    uint8_t *both = support_alloc(a.size + b.size);
    if (a.size > 0)
        memcpy(both, a.data, a.size);
    if (b.size > 0)
        memcpy(both + a.size, b.data, b.size);
    return (struct tov_bytes){both, a.size + b.size};
}

static void x25519_case(const json_t *test)
{
    struct tov_key secret = support_key(test, "private");
    struct tov_key shared = {{0}};
    struct tov_x25519_public public_key;
    struct tov_hash bytes = support_hash(test, "public");
    struct tov_bytes expected = support_hex(test, "shared");
    static const uint8_t zeros[32];
    memcpy(public_key.bytes, bytes.bytes, sizeof public_key.bytes);
    enum tov_err err = tov_x25519_agree(&secret, &public_key, &shared);
    if (tov_bytes_equal(expected, TOV_BYTES_OF(zeros)))
        UNIT_EQUAL_INT(err, TOV_E_KEY);
    else
        UNIT_OK(err);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(shared.bytes), expected);
    looked_at++;
}

struct aead_functions {
    size_t nonce_size;
    void (*seal)(const struct tov_aead *, struct tov_bytes, uint8_t *);
    enum tov_err (*open)(const struct tov_aead *, struct tov_bytes, uint8_t *);
};

static void aead_case(const json_t *test, const struct aead_functions *functions)
{
    struct tov_bytes nonce = support_hex(test, "iv");
    if (nonce.size != functions->nonce_size)
        return; /* our nonces have one size by type */
    struct tov_key key = support_key(test, "key");
    struct tov_aead aead = {&key, nonce.data, support_hex(test, "aad")};
    struct tov_bytes plain = support_hex(test, "msg");
    struct tov_bytes sealed = join(support_hex(test, "ct"), support_hex(test, "tag"));
    uint8_t *out = support_alloc(plain.size + TOV_AEAD_TAG_BYTES);
    enum tov_err err = functions->open(&aead, sealed, out);
    UNIT_EQUAL_INT(err, is_valid(test) ? TOV_OK : TOV_E_DECRYPT);
    if (is_valid(test)) {
        UNIT_EQUAL_BYTES(((struct tov_bytes){out, plain.size}), plain);
        functions->seal(&aead, plain, out);
        UNIT_EQUAL_BYTES(((struct tov_bytes){out, sealed.size}), sealed);
    }
    looked_at++;
}

static void chacha_case(const json_t *test)
{
    static const struct aead_functions functions = {TOV_CHACHA_NONCE_BYTES, tov_chacha_seal,
                                                    tov_chacha_open};
    aead_case(test, &functions);
}

static void xchacha_case(const json_t *test)
{
    static const struct aead_functions functions = {TOV_XCHACHA_NONCE_BYTES, tov_xchacha_seal,
                                                    tov_xchacha_open};
    aead_case(test, &functions);
}

static void x25519_agrees_and_refuses_zero_secrets(void)
{
    each_case("x25519", x25519_case);
    UNIT_EQUAL_INT(looked_at, 518);
}

static void chacha20_poly1305_agrees(void)
{
    each_case("chacha20_poly1305", chacha_case);
    UNIT_EQUAL_INT(looked_at, 316);
}

static void xchacha20_poly1305_agrees(void)
{
    each_case("xchacha20_poly1305", xchacha_case);
    UNIT_EQUAL_INT(looked_at, 306);
}

static void sealing_and_opening_in_place_is_the_same(void)
{
    struct tov_key key = support_fill_key("key");
    struct tov_aead aead = {.key = &key, .nonce = support_fill("nonce", 12).data};
    struct tov_bytes plain = support_fill("plain", 1000);
    uint8_t apart[1016], in_place[1016];
    tov_chacha_seal(&aead, plain, apart);
    memcpy(in_place, plain.data, plain.size);
    tov_chacha_seal(&aead, (struct tov_bytes){in_place, plain.size}, in_place);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(in_place), TOV_BYTES_OF(apart));
    UNIT_OK(tov_chacha_open(&aead, TOV_BYTES_OF(in_place), in_place));
    UNIT_EQUAL_BYTES(((struct tov_bytes){in_place, plain.size}), plain);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(x25519_agrees_and_refuses_zero_secrets),
        UNIT_TEST(chacha20_poly1305_agrees),
        UNIT_TEST(xchacha20_poly1305_agrees),
        UNIT_TEST(sealing_and_opening_in_place_is_the_same),
    };
    if (unit_published_vectors() == NULL)
        return unit_skip("Wycheproof's vectors (TOV_VECTORS)");
    return SUPPORT_TESTS("envelope primitives, Wycheproof", tests);
}
