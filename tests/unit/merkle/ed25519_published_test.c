/* SPDX-License-Identifier: EUPL-1.2
 *
 * One verdict for every signature: published odd ones (CCTV) and Wycheproof's, and the fast check
 * against the rule as it is written down.
 */
#include "merkle/ed25519.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

static json_t *published(const char *name)
{
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", unit_published_vectors(), name);
    json_t *file = unit_json(path);
    UNIT_NEED(file != NULL);
    return file;
}

struct case_of {
    uint8_t *key, *signature, *message;
    size_t key_size, signature_size, message_size;
};

static const char *text_of(json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    UNIT_NEED(text != NULL);
    return text;
}

static void free_case(struct case_of *c)
{
    free(c->key);
    free(c->signature);
    free(c->message);
}

static enum tov_err verdict(const struct case_of *c)
{
    UNIT_NEED(c->key_size == 32);
    if (c->signature_size != 64)
        return TOV_E_MALFORMED;
    return tov_ed25519_verify(c->key, (struct tov_bytes){c->message, c->message_size},
                              c->signature);
}

/* The rule word for word, with the check of R that the fast form leaves out. */
static bool slow_rule(const struct case_of *c)
{
    return crypto_core_ed25519_is_valid_point(c->key) == 1 &&
           crypto_core_ed25519_is_valid_point(c->signature) == 1 &&
           crypto_sign_verify_detached(c->signature, c->message, c->message_size, c->key) == 0;
}

/* All but one have a flag that our rule excludes: A or R outside the main subgroup, or not
 * canonical. The one is an ordinary signature. */
static void the_odd_signatures_of_cctv_are_refused_and_the_ordinary_one_accepted(void)
{
    json_t *file = published("cctv-ed25519/ed25519vectors.json"), *vector;
    size_t i, ordinary = 0, accepted_by_libsodium = 0;
    json_array_foreach(file, i, vector)
    {
        struct case_of c = {0};
        c.key = unit_hex(text_of(vector, "key"), &c.key_size);
        c.signature = unit_hex(text_of(vector, "sig"), &c.signature_size);
        c.message_size = strlen(text_of(vector, "msg"));
        c.message = (uint8_t *)strdup(text_of(vector, "msg"));
        bool is_ordinary = json_array_size(json_object_get(vector, "flags")) == 0;
        UNIT_EQUAL_INT(slow_rule(&c), is_ordinary);
        UNIT_EQUAL_INT(verdict(&c) == TOV_OK, is_ordinary);
        ordinary += is_ordinary;
        accepted_by_libsodium +=
            crypto_sign_verify_detached(c.signature, c.message, c.message_size, c.key) == 0;
        free_case(&c);
    }
    UNIT_EQUAL_INT(json_array_size(file), 914);
    UNIT_EQUAL_INT(ordinary, 1);
    /* The rule is not idle: libsodium alone takes these. */
    UNIT_EQUAL_INT(accepted_by_libsodium, 43);
    json_decref(file);
}

static void judge_wycheproof(json_t *group, json_t *test, size_t *count)
{
    struct case_of c = {0};
    bool is_valid = strcmp(text_of(test, "result"), "valid") == 0;
    c.key = unit_hex(text_of(json_object_get(group, "publicKey"), "pk"), &c.key_size);
    c.signature = unit_hex(text_of(test, "sig"), &c.signature_size);
    c.message = unit_hex(text_of(test, "msg"), &c.message_size);
    UNIT_EQUAL_INT(verdict(&c) == TOV_OK, is_valid);
    if (c.signature_size == 64)
        UNIT_EQUAL_INT(slow_rule(&c), is_valid);
    free_case(&c);
    ++*count;
}

static void wycheproof_signatures_get_their_verdict(void)
{
    json_t *file = published("wycheproof/ed25519_test.json"), *group, *test;
    size_t i, j, count = 0;
    json_array_foreach(json_object_get(file, "testGroups"), i, group)
    {
        json_array_foreach(json_object_get(group, "tests"), j, test)
        {
            judge_wycheproof(group, test, &count);
        }
    }
    UNIT_EQUAL_INT(count, 151);
    json_decref(file);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_odd_signatures_of_cctv_are_refused_and_the_ordinary_one_accepted),
        UNIT_TEST(wycheproof_signatures_get_their_verdict),
    };
    if (unit_published_vectors() == NULL)
        return unit_skip("published Ed25519 vectors (cctv-ed25519/, wycheproof/)");
    return unit_run("merkle/ed25519_published", tests, sizeof tests / sizeof tests[0]);
}
