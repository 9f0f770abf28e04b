/* SPDX-License-Identifier: EUPL-1.2
 *
 * Danish wall clock: expected values are written by hand.
 */
#include "case/danish_time.h"
#include "support/unit.h"

static uint64_t utc(const char *text)
{
    uint64_t time_ms = 0;
    UNIT_NEED(tov_time_parse(tov_bytes_of_text(text), &time_ms) == TOV_OK);
    return time_ms;
}

static void shows(const char *utc_text, const char *danish)
{
    char out[TOV_DANISH_TIME_SIZE];
    tov_danish_time_format(utc(utc_text), out);
    UNIT_EQUAL_TEXT(out, danish);
}

static void the_clock_is_one_hour_ahead_in_winter_and_two_in_summer(void)
{
    shows("2021-01-15T12:00:00Z", "15-01-2021 13.00");
    shows("2021-06-28T07:10:00Z", "28-06-2021 09.10");
    shows("2020-12-31T23:30:00Z", "01-01-2021 00.30");
}

static void the_clock_changes_on_the_last_sundays(void)
{
    shows("2021-03-28T00:59:00Z", "28-03-2021 01.59");
    shows("2021-03-28T01:00:00Z", "28-03-2021 03.00");
    shows("2021-10-31T00:59:00Z", "31-10-2021 02.59");
    shows("2021-10-31T01:00:00Z", "31-10-2021 02.00");
    shows("2024-03-31T01:00:00Z", "31-03-2024 03.00");
    shows("2020-10-25T01:00:00Z", "25-10-2020 02.00");
}

static uint64_t parsed(const char *danish)
{
    uint64_t time_ms = 0;
    return tov_danish_time_parse(tov_bytes_of_text(danish), &time_ms) ? time_ms : 0;
}

static void times_are_read_as_people_write_them(void)
{
    UNIT_EQUAL_INT(parsed("28-06-2021 09.10"), utc("2021-06-28T07:10:00Z"));
    UNIT_EQUAL_INT(parsed("28/6-2021 9:10"), utc("2021-06-28T07:10:00Z"));
    UNIT_EQUAL_INT(parsed("28.6.2021  9.10"), utc("2021-06-28T07:10:00Z"));
    UNIT_EQUAL_INT(parsed("2021-01-15 13:00"), utc("2021-01-15T12:00:00Z"));
    UNIT_EQUAL_INT(parsed("31-10-2021 02.30"), utc("2021-10-31T00:30:00Z")); /* the first */
    UNIT_EQUAL_INT(parsed("28-03-2021 02.30"), 0);                           /* passed over */
    UNIT_EQUAL_INT(parsed("28-06-2021 24.00"), 0);
    UNIT_EQUAL_INT(parsed("28-06-2021 9.5x"), 0);
    UNIT_EQUAL_INT(parsed("28-06-2021"), 0);
    UNIT_EQUAL_INT(parsed("28-06-21 09.10"), 0);
}

static void dates_that_do_not_exist_are_refused(void)
{
    struct tov_date date;
    CU_ASSERT(tov_danish_date_parse(tov_bytes_of_text("29-02-2024"), &date));
    UNIT_EQUAL_INT(date.day, 29);
    CU_ASSERT(!tov_danish_date_parse(tov_bytes_of_text("29-02-2023"), &date));
    CU_ASSERT(!tov_danish_date_parse(tov_bytes_of_text("1-1-2021 "), &date));
    CU_ASSERT(!tov_danish_date_parse(tov_bytes_of_text("1-1-21"), &date));
    CU_ASSERT(!tov_danish_date_parse(tov_bytes_of_text("1-1-761"), &date));
    CU_ASSERT(tov_danish_date_parse(tov_bytes_of_text("28-06-0761"), &date)); /* as it is written */
    CU_ASSERT(!tov_danish_date_parse(tov_bytes_of_text(""), &date));
}

/* Every hour of three years comes back, but the one that a clock shows twice. */
static void each_time_reads_back(void)
{
    uint64_t start = utc("2019-12-30T00:00:00Z");
    size_t twice = 0;
    for (uint64_t hour = 0; hour < 3 * 366 * 24; hour++) {
        uint64_t time_ms = start + hour * 3600000;
        struct tov_danish_time local = tov_danish_time_of(time_ms);
        uint64_t back = 0;
        UNIT_NEED(tov_danish_time_to_ms(&local, &back));
        twice += back != time_ms ? 1 : 0;
    }
    UNIT_EQUAL_INT(twice, 3);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_clock_is_one_hour_ahead_in_winter_and_two_in_summer),
        UNIT_TEST(the_clock_changes_on_the_last_sundays),
        UNIT_TEST(times_are_read_as_people_write_them),
        UNIT_TEST(dates_that_do_not_exist_are_refused),
        UNIT_TEST(each_time_reads_back),
    };
    return unit_run("case_time", tests, sizeof tests / sizeof tests[0]);
}
