/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/hex.h"

#include <string.h>

#include "support/unit.h"

static void hexadecimal_is_lower_case_and_of_exact_length(void)
{
    static const char *const refused[] = {"",     "0",      "0aff0", "0AFF", "0af",
                                          "0afg", "0aff00", "0x0a",  " aff"};
    static const uint8_t bytes[] = {0x0a, 0xff};
    char text[5];
    uint8_t back[2];
    tov_hex_encode(TOV_BYTES_OF(bytes), text);
    UNIT_EQUAL_TEXT(text, "0aff");
    UNIT_OK(tov_hex_decode(tov_bytes_of_text("0aff"), back, 2));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(back), TOV_BYTES_OF(bytes));
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        UNIT_EQUAL_INT(tov_hex_decode(tov_bytes_of_text(refused[i]), back, 2), TOV_E_MALFORMED);
    UNIT_OK(tov_hex_decode(tov_bytes_of_text(""), back, 0));
}

/* RFC 4648 section 10. */
static void base64_of_the_rfc_goes_both_ways(void)
{
    static const char *const pairs[][2] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char text[16];
        uint8_t back[8];
        size_t size = 99;
        tov_base64_encode(tov_bytes_of_text(pairs[i][0]), text);
        UNIT_EQUAL_TEXT(text, pairs[i][1]);
        UNIT_OK(tov_base64_decode(tov_bytes_of_text(text), back, sizeof back, &size));
        UNIT_EQUAL_BYTES(((struct tov_bytes){back, size}), tov_bytes_of_text(pairs[i][0]));
    }
}

static void base64_that_is_not_canonical_is_refused(void)
{
    static const char *const refused[] = {
        "Zg",   "Zg=",  "Zg===", "Zh==", "Zm9=",     "Zm9v\n", "Zm 9v", "Zm9-",
        "Zm9_", "====", "Z===",  "=m9v", "Zg==Zg==", "Zm9vZ",  "\nZm9v"};
    uint8_t back[16];
    size_t size = 99;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        UNIT_EQUAL_INT(tov_base64_decode(tov_bytes_of_text(refused[i]), back, sizeof back, &size),
                       TOV_E_MALFORMED);
    UNIT_EQUAL_INT(size, 99);
}

static void base64_with_bytes_over_0x7f_is_refused(void)
{
    /* libsodium's decoder, where char is signed, reads each of them as '/'. */
    uint8_t back[3];
    size_t size = 99;
    for (unsigned value = 0x80; value < 0x100; value++) {
        const uint8_t text[4] = {'Z', 'm', (uint8_t)value, 'v'};
        UNIT_EQUAL_INT(tov_base64_decode(TOV_BYTES_OF(text), back, sizeof back, &size),
                       TOV_E_MALFORMED);
    }
}

static void base64_larger_than_the_room_is_refused(void)
{
    uint8_t back[2];
    size_t size = 0;
    UNIT_EQUAL_INT(tov_base64_decode(tov_bytes_of_text("Zm9v"), back, 2, &size), TOV_E_MALFORMED);
    UNIT_OK(tov_base64_decode(tov_bytes_of_text("Zm8="), back, 2, &size));
    UNIT_EQUAL_INT(size, 2);
}

static void base64_goes_into_a_buffer_without_its_nul(void)
{
    struct tov_buf buf = TOV_BUF_INIT(100);
    tov_buf_put_base64(&buf, tov_bytes_of_text("foob"));
    tov_buf_put_base64(&buf, tov_bytes_of_text(""));
    UNIT_EQUAL_BYTES(tov_buf_view(&buf), tov_bytes_of_text("Zm9vYg=="));
    tov_buf_fini(&buf);
}

static void decimals_have_one_form(void)
{
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {{"0", 0}, {"1", 1}, {"10", 10}, {"18446744073709551615", UINT64_MAX}};
    static const char *const refused[] = {"",
                                          "00",
                                          "01",
                                          "-0",
                                          "+1",
                                          " 1",
                                          "1 ",
                                          "1.",
                                          "0x1",
                                          "1e3",
                                          "18446744073709551616",
                                          "99999999999999999999",
                                          "\xd9\xa1"};
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        UNIT_OK(tov_decimal_decode(tov_bytes_of_text(good[i].text), &value));
        CU_ASSERT_EQUAL(value, good[i].value);
    }
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        UNIT_EQUAL_INT(tov_decimal_decode(tov_bytes_of_text(refused[i]), &value), TOV_E_MALFORMED);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(hexadecimal_is_lower_case_and_of_exact_length),
        UNIT_TEST(base64_of_the_rfc_goes_both_ways),
        UNIT_TEST(base64_that_is_not_canonical_is_refused),
        UNIT_TEST(base64_with_bytes_over_0x7f_is_refused),
        UNIT_TEST(base64_larger_than_the_room_is_refused),
        UNIT_TEST(base64_goes_into_a_buffer_without_its_nul),
        UNIT_TEST(decimals_have_one_form),
    };
    return unit_run("base/hex", tests, sizeof tests / sizeof tests[0]);
}
