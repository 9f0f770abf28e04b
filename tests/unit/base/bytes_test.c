/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/bytes.h"

#include <string.h>

#include "support/unit.h"

static void views_compare_by_content_and_length(void)
{
    struct tov_bytes empty = {NULL, 0};
    CU_ASSERT_TRUE(tov_bytes_equal(empty, tov_bytes_of_text("")));
    CU_ASSERT_TRUE(tov_bytes_equal(tov_bytes_of_text("ab"), tov_bytes_of_text("ab")));
    CU_ASSERT_FALSE(tov_bytes_equal(tov_bytes_of_text("ab"), tov_bytes_of_text("abc")));
    CU_ASSERT_FALSE(tov_bytes_equal(tov_bytes_of_text("ab"), tov_bytes_of_text("ac")));
    CU_ASSERT_TRUE(tov_bytes_equal_secret("ab", "ab", 2));
    CU_ASSERT_FALSE(tov_bytes_equal_secret("ab", "aB", 2));
}

static void a_buffer_fills_to_its_limit_and_the_failure_sticks(void)
{
    struct tov_buf buf = TOV_BUF_INIT(1000);
    static const uint8_t block[999];
    tov_buf_put(&buf, block, sizeof block);
    tov_buf_put_u8(&buf, 7);
    UNIT_EQUAL_INT(buf.size, 1000);
    UNIT_EQUAL_INT(buf.failed, TOV_OK);
    tov_buf_put_u8(&buf, 8);
    UNIT_EQUAL_INT(buf.failed, TOV_E_LIMIT);
    UNIT_EQUAL_INT(buf.size, 1000);
    tov_buf_clear(&buf);
    UNIT_EQUAL_INT(buf.failed, TOV_OK);
    tov_buf_put_text(&buf, "again");
    UNIT_EQUAL_BYTES(tov_buf_view(&buf), tov_bytes_of_text("again"));
    tov_buf_fini(&buf);
    tov_buf_put_text(&buf, "after");
    UNIT_EQUAL_BYTES(tov_buf_view(&buf), tov_bytes_of_text("after"));
    tov_buf_fini(&buf);
}

static void a_request_that_would_wrap_around_is_a_limit(void)
{
    struct tov_buf buf = TOV_BUF_INIT(SIZE_MAX);
    tov_buf_put_u8(&buf, 1);
    CU_ASSERT_PTR_NULL(tov_buf_extend(&buf, SIZE_MAX));
    UNIT_EQUAL_INT(buf.failed, TOV_E_LIMIT);
    tov_buf_fini(&buf);
}

static void nothing_is_put_after_a_failure(void)
{
    struct tov_buf buf = TOV_BUF_INIT(3);
    tov_buf_put_u32(&buf, 1);
    tov_buf_put_u8(&buf, 1);
    tov_buf_put_format(&buf, "%d", 1);
    UNIT_EQUAL_INT(buf.size, 0);
    UNIT_EQUAL_INT(buf.failed, TOV_E_LIMIT);
    tov_buf_fini(&buf);
}

static void integers_are_big_endian_both_ways(void)
{
    static const uint8_t expected[] = {0xfe, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x11,
                                       0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
    struct tov_buf buf = TOV_BUF_INIT(100);
    tov_buf_put_u8(&buf, 0xfe);
    tov_buf_put_u16(&buf, 0x0102);
    tov_buf_put_u32(&buf, 0x03040506);
    tov_buf_put_u64(&buf, 0x1122334455667788);
    UNIT_EQUAL_BYTES(tov_buf_view(&buf), TOV_BYTES_OF(expected));
    struct tov_reader reader = tov_reader_of(tov_buf_view(&buf));
    UNIT_EQUAL_INT(tov_read_u8(&reader), 0xfe);
    UNIT_EQUAL_INT(tov_read_u16(&reader), 0x0102);
    UNIT_EQUAL_INT(tov_read_u32(&reader), 0x03040506);
    UNIT_EQUAL_INT(tov_read_u64(&reader), 0x1122334455667788);
    CU_ASSERT_TRUE(tov_reader_is_done(&reader));
    UNIT_EQUAL_INT(tov_get_be64(expected + 7), 0x1122334455667788);
    tov_buf_fini(&buf);
}

static void reading_past_the_end_gives_zeros_and_sticks(void)
{
    static const uint8_t three[] = {1, 2, 3};
    struct tov_reader reader = tov_reader_of(TOV_BYTES_OF(three));
    UNIT_EQUAL_INT(tov_read_u16(&reader), 0x0102);
    UNIT_EQUAL_INT(tov_read_u16(&reader), 0);
    CU_ASSERT_TRUE(reader.failed);
    UNIT_EQUAL_INT(tov_read_u8(&reader), 0);
    UNIT_EQUAL_INT(tov_read_bytes(&reader, 0).size, 0);
    uint8_t copy[4] = {9, 9, 9, 9};
    tov_read_copy(&reader, copy, sizeof copy);
    UNIT_EQUAL_INT(copy[0] | copy[3], 0);
    CU_ASSERT_FALSE(tov_reader_is_done(&reader));
}

static void a_reader_with_bytes_left_is_not_done(void)
{
    static const uint8_t two[] = {1, 2};
    struct tov_reader reader = tov_reader_of(TOV_BYTES_OF(two));
    (void)tov_read_u8(&reader);
    CU_ASSERT_FALSE(tov_reader_is_done(&reader));
    (void)tov_read_bytes(&reader, SIZE_MAX);
    CU_ASSERT_TRUE(reader.failed);
    reader = tov_reader_of((struct tov_bytes){NULL, 0});
    CU_ASSERT_TRUE(tov_reader_is_done(&reader));
}

static void formats_go_in_without_their_nul(void)
{
    struct tov_buf buf = TOV_BUF_INIT(5);
    tov_buf_put_format(&buf, "%s-%d", "a", 12);
    UNIT_EQUAL_BYTES(tov_buf_view(&buf), tov_bytes_of_text("a-12"));
    tov_buf_fini(&buf);
}

static void errors_carry_their_code_and_a_context(void)
{
    struct tov_error error = {0};
    UNIT_EQUAL_INT(tov_fail(&error, TOV_E_LIMIT, "%d is too many", 3), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_fail_in(&error, TOV_E_LIMIT, "line %d: ", 7), TOV_E_LIMIT);
    UNIT_EQUAL_TEXT(error.text, "line 7: 3 is too many");
    UNIT_EQUAL_INT(tov_fail(NULL, TOV_E_IO, "nobody listens"), TOV_E_IO);
    char longer[2 * TOV_ERROR_TEXT_SIZE];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    (void)tov_fail(&error, TOV_E_IO, "%s", longer);
    UNIT_EQUAL_INT(strlen(error.text), TOV_ERROR_TEXT_SIZE - 1);
    (void)tov_fail_in(&error, TOV_E_IO, "%s", "context: ");
    UNIT_EQUAL_INT(strlen(error.text), TOV_ERROR_TEXT_SIZE - 1);
}

static void every_error_has_a_name_and_no_other_value_has(void)
{
    for (int code = TOV_OK; code <= TOV_E_ASIDE; code++)
        CU_ASSERT_STRING_NOT_EQUAL(tov_err_name((enum tov_err)code), "unknown");
    UNIT_EQUAL_TEXT(tov_err_name((enum tov_err)(TOV_E_ASIDE + 1)), "unknown");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(views_compare_by_content_and_length),
        UNIT_TEST(a_buffer_fills_to_its_limit_and_the_failure_sticks),
        UNIT_TEST(a_request_that_would_wrap_around_is_a_limit),
        UNIT_TEST(nothing_is_put_after_a_failure),
        UNIT_TEST(integers_are_big_endian_both_ways),
        UNIT_TEST(reading_past_the_end_gives_zeros_and_sticks),
        UNIT_TEST(a_reader_with_bytes_left_is_not_done),
        UNIT_TEST(formats_go_in_without_their_nul),
        UNIT_TEST(errors_carry_their_code_and_a_context),
        UNIT_TEST(every_error_has_a_name_and_no_other_value_has),
    };
    return unit_run("base/bytes", tests, sizeof tests / sizeof tests[0]);
}
