/* SPDX-License-Identifier: EUPL-1.2
 *
 * A line is a line and a value a value, whatever stands in it.
 */
#include "log/log.h"

#include "support/unit.h"

static void check(const char *value, const char *expected)
{
    char line[200];
    char whole[300];
    struct tov_log_field field = TOV_LOG_TEXT("path", value);
    struct tov_log_entry entry = {TOV_LOG_WARNING, "test", &field, 1};
    size_t size = tov_log_format(line, sizeof line, &entry);
    UNIT_EQUAL_INT(size, strlen(line));
    (void)snprintf(whole, sizeof whole, "level=warning role=unit event=test path=%s", expected);
    UNIT_EQUAL_TEXT(line, whole);
}

static void plain_values_stand_bare_and_others_are_quoted(void)
{
    tov_log_open("unit", TOV_LOG_INFO, false);
    check("kbh-pol", "kbh-pol");
    check("", "\"\"");
    check("two words", "\"two words\"");
    check("a=b", "\"a=b\"");
    check("say \"x\\y\"", "\"say \\\"x\\\\y\\\"\"");
    check("two\nlines", "\"two\\x0alines\"");
    check("\x1b[2J", "\"\\x1b[2J\"");
    check("Århus", "\"Århus\"");
}

static void numbers_and_several_fields_follow_in_order(void)
{
    char line[200];
    const struct tov_log_field fields[] = {TOV_LOG_NUMBER("size", UINT64_MAX),
                                           TOV_LOG_TEXT("peer", "kk")};
    struct tov_log_entry entry = {TOV_LOG_ERROR, "e", fields, 2};
    (void)tov_log_format(line, sizeof line, &entry);
    UNIT_EQUAL_TEXT(line, "level=error role=unit event=e size=18446744073709551615 peer=kk");
}

static void a_line_that_is_too_long_is_cut(void)
{
    char line[20];
    struct tov_log_field field = TOV_LOG_TEXT("k", "value");
    struct tov_log_entry entry = {TOV_LOG_INFO, "event", &field, 1};
    UNIT_EQUAL_INT(tov_log_format(line, sizeof line, &entry), 19);
    UNIT_EQUAL_TEXT(line, "level=info role=uni");
}

static void levels_are_filtered_and_read_by_name(void)
{
    enum tov_log_level level = TOV_LOG_INFO;
    CU_ASSERT(tov_log_level_parse("error", &level) && level == TOV_LOG_ERROR);
    CU_ASSERT(!tov_log_level_parse("Error", &level));
    tov_log_open("unit", TOV_LOG_WARNING, true);
    CU_ASSERT(!tov_log_wants(TOV_LOG_INFO));
    CU_ASSERT(tov_log_wants(TOV_LOG_WARNING));
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(plain_values_stand_bare_and_others_are_quoted),
        UNIT_TEST(numbers_and_several_fields_follow_in_order),
        UNIT_TEST(a_line_that_is_too_long_is_cut),
        UNIT_TEST(levels_are_filtered_and_read_by_name),
    };
    return unit_run("log", tests, sizeof tests / sizeof tests[0]);
}
