/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/vkey.h"

#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "model.h"
#include "support/unit.h"

/* The keys of sum.golang.org and of the examples of Go's note package. */
static const char *const good[] = {
    "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
};

static enum tov_err parse(const char *text, struct tov_vkey *out)
{
    return tov_vkey_parse(tov_bytes_of_text(text), out, NULL);
}

static void published_keys_are_read_and_written_back(void)
{
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct tov_vkey key;
        struct tov_buf buf = TOV_BUF_INIT(TOV_VKEY_TEXT_MAX + 1);
        UNIT_OK(parse(good[i], &key));
        CU_ASSERT_TRUE(key.is_checked);
        tov_vkey_format(&key, &buf);
        UNIT_EQUAL_BYTES(tov_buf_view(&buf), tov_bytes_of_text(good[i]));
        tov_buf_fini(&buf);
    }
}

static void the_type_is_part_of_the_id(void)
{
    struct model_key log = model_key("a/b/1", TOV_VKEY_ED25519, 1);
    struct model_key witness = model_key("a/b/1", TOV_VKEY_COSIGNATURE, 1);
    CU_ASSERT_NOT_EQUAL(log.vkey.id, witness.vkey.id);
    CU_ASSERT_TRUE(tov_vkey_is_same_key(&log.vkey, &witness.vkey));
}

static void no_truncated_or_changed_key_is_read_as_the_same(void)
{
    size_t size = strlen(good[1]);
    struct tov_vkey key, changed;
    UNIT_OK(parse(good[1], &key));
    for (size_t cut = 0; cut < size; cut++)
        UNIT_NEED(tov_vkey_parse((struct tov_bytes){(const uint8_t *)good[1], cut}, &changed,
                                 NULL) != TOV_OK);
    char text[128];
    for (size_t at = 0; at < size; at++) {
        for (unsigned value = 0; value < 256; value++) {
            memcpy(text, good[1], size);
            if ((uint8_t)text[at] == value)
                continue;
            text[at] = (char)value;
            UNIT_NEED(tov_vkey_parse((struct tov_bytes){(uint8_t *)text, size}, &changed, NULL) !=
                      TOV_OK);
        }
    }
    CU_PASS("every byte");
}

static void keys_that_are_wrong_are_refused_each_with_its_code(void)
{
    static const struct {
        const char *text;
        enum tov_err code;
    } cases[] = {
        {"", TOV_E_MALFORMED},
        {"+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TOV_E_MALFORMED},
        {"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TOV_E_MALFORMED},
        {"PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TOV_E_MALFORMED},
        {"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TOV_E_MALFORMED},
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\n", TOV_E_MALFORMED},
        {"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T=", TOV_E_MALFORMED},
        {"PeterNeumann+c74f20a3+", TOV_E_MALFORMED},
        {"PeterNeumann+c74f20a3+AQ==", TOV_E_MALFORMED},
        {"PeterNeumann+c74f20a3+Bhpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TOV_E_VERSION},
        {"PeterNeumann+c74f20a3+/xpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", TOV_E_VERSION},
        /* The identity and a point of order 2 are no keys. */
        {"PeterNeumann+c74f20a3+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", TOV_E_KEY},
        {"PeterNeumann+c74f20a3+AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", TOV_E_KEY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tov_vkey key;
        struct tov_error error = {0};
        UNIT_EQUAL_INT(tov_vkey_parse(tov_bytes_of_text(cases[i].text), &key, &error),
                       cases[i].code);
        CU_ASSERT_NOT_EQUAL(error.text[0], '\0');
    }
}

static void names_may_be_any_utf8_but_no_space_control_or_plus(void)
{
    static const char *const allowed[] = {"a", "infohus-demo/kk/1", "sj\xc3\xa6lland", "a:b-c_d"};
    static const char *const refused[] = {"",
                                          "a b",
                                          "a+b",
                                          "a\tb",
                                          "a\nb",
                                          "\xc2\xa0",
                                          "\xc2\x85",
                                          "a\xe3\x80\x80",
                                          "\xe2\x80\x8a",
                                          "\xff",
                                          "\xc0\xaf",
                                          "\xed\xa0\x80",
                                          "\xe2\x80",
                                          "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof allowed / sizeof allowed[0]; i++)
        CU_ASSERT_TRUE(tov_vkey_name_is_valid(tov_bytes_of_text(allowed[i])));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        CU_ASSERT_FALSE(tov_vkey_name_is_valid(tov_bytes_of_text(refused[i])));
    char name[TOV_ORIGIN_MAX_BYTES + 1];
    memset(name, 'n', sizeof name);
    CU_ASSERT_TRUE(
        tov_vkey_name_is_valid((struct tov_bytes){(uint8_t *)name, TOV_ORIGIN_MAX_BYTES}));
    CU_ASSERT_FALSE(
        tov_vkey_name_is_valid((struct tov_bytes){(uint8_t *)name, TOV_ORIGIN_MAX_BYTES + 1}));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(published_keys_are_read_and_written_back),
        UNIT_TEST(the_type_is_part_of_the_id),
        UNIT_TEST(no_truncated_or_changed_key_is_read_as_the_same),
        UNIT_TEST(keys_that_are_wrong_are_refused_each_with_its_code),
        UNIT_TEST(names_may_be_any_utf8_but_no_space_control_or_plus),
    };
    return unit_run("merkle/vkey", tests, sizeof tests / sizeof tests[0]);
}
