/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/time.h"

#include <string.h>

#include "support/unit.h"

static enum tov_err parse(const char *text, uint64_t *out)
{
    return tov_time_parse(tov_bytes_of_text(text), out);
}

static void times_go_both_ways(void)
{
    static const struct {
        uint64_t time_ms;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000Z"},
        {1625486400000, "2021-07-05T12:00:00.000Z"},
        {951782399999, "2000-02-28T23:59:59.999Z"},
        {951782400000, "2000-02-29T00:00:00.000Z"},
        {4107542400000, "2100-03-01T00:00:00.000Z"},
        {TOV_TIME_MAX_MS, "9999-12-31T23:59:59.999Z"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[TOV_TIME_TEXT_SIZE];
        uint64_t back = 0;
        tov_time_format(cases[i].time_ms, text);
        UNIT_EQUAL_TEXT(text, cases[i].text);
        UNIT_OK(parse(text, &back));
        CU_ASSERT_EQUAL(back, cases[i].time_ms);
    }
    uint64_t value = 0;
    UNIT_OK(parse("2021-07-05T12:00:00Z", &value));
    CU_ASSERT_EQUAL(value, 1625486400000);
}

static void times_in_another_form_or_that_do_not_exist_are_refused(void)
{
    static const char *const refused[] = {
        "",
        "2021-07-05",
        "2021-07-05T12:00:00",
        "2021-07-05 12:00:00Z",
        "2021-07-05t12:00:00z",
        "2021-07-05T12:00:00+00:00",
        "2021-07-05T12:00:00.1Z",
        "2021-07-05T12:00:00.0000Z",
        "2021-07-05T12:00:00,000Z",
        "2021-07-05T24:00:00Z",
        "2021-07-05T12:60:00Z",
        "2021-07-05T12:00:60Z",
        "2021-02-29T12:00:00Z",
        "2100-02-29T12:00:00Z",
        "2021-13-05T12:00:00Z",
        "2021-00-05T12:00:00Z",
        "2021-04-31T12:00:00Z",
        "1969-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
        "2021-07-05T1 :00:00Z",
        "-021-07-05T12:00:00Z",
        "2021-07-05T12:00:00Z ",
    };
    uint64_t value = 0;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        UNIT_EQUAL_INT(parse(refused[i], &value), TOV_E_MALFORMED);
}

static void every_day_of_9999_years_follows_the_one_before(void)
{
    struct tov_date date = {1, 1, 1};
    int64_t first = tov_date_to_days(date),
            last = tov_date_to_days((struct tov_date){9999, 12, 31});
    UNIT_EQUAL_INT(tov_date_to_days((struct tov_date){1970, 1, 1}), 0);
    UNIT_EQUAL_INT(last - first + 1, 3652059);
    for (int64_t days = first; days <= last; days++) {
        struct tov_date got = tov_date_of_days(days);
        UNIT_NEED(got.year == date.year && got.month == date.month && got.day == date.day);
        UNIT_NEED(tov_date_is_valid(got) && tov_date_to_days(got) == days);
        date.day++;
        if (!tov_date_is_valid(date))
            date = (struct tov_date){date.year, date.month + 1, 1};
        if (date.month == 13)
            date = (struct tov_date){date.year + 1, 1, 1};
    }
    CU_PASS("all days");
}

static void dates_have_one_form(void)
{
    static const char *const refused[] = {"",           "2021-7-05",   "2021-07-5",  "21-07-05",
                                          "2021/07/05", "2021-07-05 ", "2021-06-31", "0000-01-01",
                                          "2021-07-00", "+021-07-05"};
    struct tov_date date;
    UNIT_OK(tov_date_parse(tov_bytes_of_text("2024-02-29"), &date));
    UNIT_EQUAL_INT(date.year * 10000 + date.month * 100 + date.day, 20240229);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        UNIT_EQUAL_INT(tov_date_parse(tov_bytes_of_text(refused[i]), &date), TOV_E_MALFORMED);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(times_go_both_ways),
        UNIT_TEST(times_in_another_form_or_that_do_not_exist_are_refused),
        UNIT_TEST(every_day_of_9999_years_follows_the_one_before),
        UNIT_TEST(dates_have_one_form),
    };
    return unit_run("base/time", tests, sizeof tests / sizeof tests[0]);
}
