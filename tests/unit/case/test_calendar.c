/* SPDX-License-Identifier: EUPL-1.2
 *
 * Danish working days, sums of days, and the meetings of the Infohus: expected values are written
 * by hand, the holidays as printed calendars have them.
 */
#include "case/calendar.h"
#include "support/unit.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *maundy_thursday, *good_friday, *easter_monday, *prayer_day, *ascension,
        *whit_monday;
} moving[] = {
    {"2015-04-02", "2015-04-03", "2015-04-06", "2015-05-01", "2015-05-14", "2015-05-25"},
    {"2016-03-24", "2016-03-25", "2016-03-28", "2016-04-22", "2016-05-05", "2016-05-16"},
    {"2017-04-13", "2017-04-14", "2017-04-17", "2017-05-12", "2017-05-25", "2017-06-05"},
    {"2018-03-29", "2018-03-30", "2018-04-02", "2018-04-27", "2018-05-10", "2018-05-21"},
    {"2019-04-18", "2019-04-19", "2019-04-22", "2019-05-17", "2019-05-30", "2019-06-10"},
    {"2020-04-09", "2020-04-10", "2020-04-13", "2020-05-08", "2020-05-21", "2020-06-01"},
    {"2021-04-01", "2021-04-02", "2021-04-05", "2021-04-30", "2021-05-13", "2021-05-24"},
    {"2022-04-14", "2022-04-15", "2022-04-18", "2022-05-13", "2022-05-26", "2022-06-06"},
    {"2023-04-06", "2023-04-07", "2023-04-10", "2023-05-05", "2023-05-18", "2023-05-29"},
    {"2024-03-28", "2024-03-29", "2024-04-01", NULL, "2024-05-09", "2024-05-20"},
    {"2025-04-17", "2025-04-18", "2025-04-21", NULL, "2025-05-29", "2025-06-09"},
    {"2026-04-02", "2026-04-03", "2026-04-06", NULL, "2026-05-14", "2026-05-25"},
    {"2027-03-25", "2027-03-26", "2027-03-29", NULL, "2027-05-06", "2027-05-17"},
    {"2028-04-13", "2028-04-14", "2028-04-17", NULL, "2028-05-25", "2028-06-05"},
    {"2029-03-29", "2029-03-30", "2029-04-02", NULL, "2029-05-10", "2029-05-21"},
    {"2030-04-18", "2030-04-19", "2030-04-22", NULL, "2030-05-30", "2030-06-10"},
};

static const struct tov_calendar *calendar(void)
{
    const struct tov_calendar *found = tov_calendar_find(1);
    UNIT_NEED(found != NULL);
    return found;
}

static struct tov_date date(const char *text)
{
    struct tov_date read;
    UNIT_NEED(tov_date_parse(tov_bytes_of_text(text), &read) == TOV_OK);
    return read;
}

static const char *text_of(struct tov_date day)
{
    static char text[32];
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", day.year, day.month, day.day);
    return text;
}

static uint64_t utc(const char *text)
{
    uint64_t time_ms = 0;
    UNIT_NEED(tov_time_parse(tov_bytes_of_text(text), &time_ms) == TOV_OK);
    return time_ms;
}

/* The Danish name by which the list knows DAY, or NULL. */
static const char *listed(const char *day)
{
    static const struct {
        const char *day, *name;
    } fixed[] = {
        {"-01-01", "nytårsdag"},  {"-06-05", "grundlovsdag"}, {"-12-24", "juleaftensdag"},
        {"-12-25", "1. juledag"}, {"-12-26", "2. juledag"},   {"-12-31", "nytårsaftensdag"},
    };
    for (size_t i = 0; i < sizeof moving / sizeof moving[0]; i++) {
        const char *const days[] = {moving[i].maundy_thursday, moving[i].good_friday,
                                    moving[i].easter_monday,   moving[i].prayer_day,
                                    moving[i].ascension,       moving[i].whit_monday};
        const char *const names[] = {"skærtorsdag",           "langfredag",
                                     "2. påskedag",           "store bededag",
                                     "Kristi himmelfartsdag", "2. pinsedag"};
        for (size_t n = 0; n < 6; n++) {
            if (days[n] != NULL && strcmp(days[n], day) == 0)
                return names[n];
        }
    }
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        if (strcmp(day + 4, fixed[i].day) == 0)
            return fixed[i].name;
    }
    return NULL;
}

static void holidays_are_those_of_printed_calendars(void)
{
    int64_t last = tov_date_to_days(date("2030-12-31"));
    for (int64_t day = tov_date_to_days(date("2015-01-01")); day <= last; day++) {
        struct tov_date at = tov_date_of_days(day);
        const char *name = listed(text_of(at));
        const struct tov_text *closed = tov_calendar_closed(calendar(), at);
        bool weekend = (day + 4) % 7 == 6 || (day + 4) % 7 == 0;
        if (name != NULL && !weekend)
            UNIT_EQUAL_TEXT(closed == NULL ? "open" : closed->da, name);
        else if ((closed != NULL) != weekend)
            UNIT_EQUAL_TEXT(text_of(at), closed == NULL ? "weekend" : closed->da);
    }
    UNIT_EQUAL_TEXT(tov_calendar_closed(calendar(), date("2021-06-26"))->en, "Saturday");
    UNIT_EQUAL_TEXT(tov_calendar_closed(calendar(), date("2021-04-04"))->en, "Easter Sunday");
    UNIT_EQUAL_TEXT(tov_calendar_closed(calendar(), date("2021-06-27"))->da, "søndag");
}

static void a_year_has_its_working_days(void)
{
    unsigned count = 0;
    for (int64_t day = tov_date_to_days(date("2021-01-01"));
         day < tov_date_to_days(date("2022-01-01")); day++)
        count += tov_calendar_closed(calendar(), tov_date_of_days(day)) == NULL ? 1 : 0;
    UNIT_EQUAL_INT(count, 252); /* 261 weekdays, 9 holidays on them */
}

static void easter_is_that_of_the_church(void)
{
    UNIT_EQUAL_TEXT(text_of(tov_easter_sunday(1961)), "1961-04-02");
    UNIT_EQUAL_TEXT(text_of(tov_easter_sunday(2000)), "2000-04-23");
    UNIT_EQUAL_TEXT(text_of(tov_easter_sunday(2008)), "2008-03-23");
    UNIT_EQUAL_TEXT(text_of(tov_easter_sunday(2038)), "2038-04-25");
    UNIT_EQUAL_TEXT(text_of(tov_easter_sunday(2049)), "2049-04-18");
    UNIT_EQUAL_TEXT(text_of(tov_easter_sunday(1818)), "1818-03-22"); /* the earliest */
    UNIT_EQUAL_TEXT(text_of(tov_easter_sunday(1943)), "1943-04-25"); /* the latest */
}

static void sums(const char *from, int count, enum tov_offset_unit unit, const char *expected)
{
    struct tov_date sum = tov_calendar_add(calendar(), date(from), (struct tov_span){count, unit});
    UNIT_EQUAL_TEXT(text_of(sum), expected);
}

static void working_days_pass_over_closed_days(void)
{
    sums("2021-03-31", 1, TOV_OFFSET_WORKING_DAYS, "2021-04-06");
    sums("2021-04-06", -1, TOV_OFFSET_WORKING_DAYS, "2021-03-31");
    sums("2021-06-28", -5, TOV_OFFSET_WORKING_DAYS, "2021-06-21");
    sums("2021-02-22", -3, TOV_OFFSET_WORKING_DAYS, "2021-02-17");
    sums("2020-03-02", 10, TOV_OFFSET_WORKING_DAYS, "2020-03-16");
    sums("2021-03-18", 10, TOV_OFFSET_WORKING_DAYS, "2021-04-06");
    sums("2021-03-30", 10, TOV_OFFSET_WORKING_DAYS, "2021-04-16");
    sums("2021-03-31", 2, TOV_OFFSET_WORKING_DAYS, "2021-04-07");
    sums("2021-12-23", 1, TOV_OFFSET_WORKING_DAYS, "2021-12-27");
    sums("2021-12-30", 1, TOV_OFFSET_WORKING_DAYS, "2022-01-03");
    sums("2020-05-20", 1, TOV_OFFSET_WORKING_DAYS, "2020-05-22");
    sums("2023-05-04", 1, TOV_OFFSET_WORKING_DAYS, "2023-05-08"); /* the last store bededag */
    sums("2024-04-25", 1, TOV_OFFSET_WORKING_DAYS, "2024-04-26");
    sums("2021-06-26", 1, TOV_OFFSET_WORKING_DAYS, "2021-06-28"); /* from a Saturday */
    sums("2021-06-26", -1, TOV_OFFSET_WORKING_DAYS, "2021-06-25");
    sums("2021-06-26", 0, TOV_OFFSET_WORKING_DAYS, "2021-06-26");
}

static void months_and_years_keep_the_day_or_take_the_last(void)
{
    sums("2021-01-31", 1, TOV_OFFSET_MONTHS, "2021-02-28");
    sums("2020-01-31", 1, TOV_OFFSET_MONTHS, "2020-02-29");
    sums("2021-11-30", 3, TOV_OFFSET_MONTHS, "2022-02-28");
    sums("2021-05-31", -3, TOV_OFFSET_MONTHS, "2021-02-28");
    sums("2021-07-05", -3, TOV_OFFSET_MONTHS, "2021-04-05");
    sums("2020-02-29", 1, TOV_OFFSET_YEARS, "2021-02-28");
    sums("2021-02-28", -1, TOV_OFFSET_YEARS, "2020-02-28");
    sums("2021-01-15", -1, TOV_OFFSET_MONTHS, "2020-12-15");
    sums("2021-06-28", 2, TOV_OFFSET_WEEKS, "2021-07-12");
    sums("2021-06-28", 30, TOV_OFFSET_DAYS, "2021-07-28");
    sums("9999-12-01", 1, TOV_OFFSET_YEARS, "9999-12-31");
    sums("0001-01-05", -2, TOV_OFFSET_WEEKS, "0001-01-01");
    sums("0001-01-05", -2, TOV_OFFSET_YEARS, "0001-01-01");
    sums("9999-12-30", 400, TOV_OFFSET_WORKING_DAYS, "9999-12-31");
}

static void due(const char *from, int count, enum tov_offset_unit unit, const char *expected)
{
    struct tov_due at = tov_calendar_due(calendar(), date(from), (struct tov_span){count, unit});
    UNIT_EQUAL_TEXT(text_of(at.day), expected);
    CU_ASSERT(!at.is_moment);
}

static void before_the_anchor_moves_earlier_and_after_it_later(void)
{
    due("2021-07-05", -1, TOV_OFFSET_YEARS, "2020-07-03");  /* Sunday: the Friday before */
    due("2021-07-05", -3, TOV_OFFSET_MONTHS, "2021-03-31"); /* Easter Monday: before Easter */
    due("2021-07-05", -4, TOV_OFFSET_WEEKS, "2021-06-07");
    due("2021-05-23", 0, TOV_OFFSET_DAYS, "2021-05-25"); /* Whit Sunday: after Whit Monday */
    due("2022-05-15", 0, TOV_OFFSET_DAYS, "2022-05-16");
    due("2021-06-28", 6, TOV_OFFSET_MONTHS, "2021-12-28");
    due("2021-02-08", 28, TOV_OFFSET_DAYS, "2021-03-08");
    due("2021-11-24", 1, TOV_OFFSET_MONTHS, "2021-12-27"); /* Christmas Eve, then a weekend */
}

static void the_same_day_does_not_move(void)
{
    due("2021-05-23", 0, TOV_OFFSET_SAME_DAY, "2021-05-23");
    struct tov_due at = tov_calendar_due_from(calendar(), utc("2021-05-22T22:30:00Z"),
                                              (struct tov_span){0, TOV_OFFSET_SAME_DAY});
    UNIT_EQUAL_TEXT(text_of(at.day), "2021-05-23"); /* half an hour past midnight in Denmark */
}

static void clock_hours_are_real_time_and_never_pause(void)
{
    struct tov_span day_and_night = {24, TOV_OFFSET_CLOCK_HOURS};
    struct tov_due at =
        tov_calendar_due_from(calendar(), utc("2021-03-27T11:00:00Z"), day_and_night);
    CU_ASSERT(at.is_moment);
    UNIT_EQUAL_INT(at.moment_ms, utc("2021-03-28T11:00:00Z")); /* 13.00: summer time has begun */
    UNIT_EQUAL_INT(tov_due_past_ms(&at), utc("2021-03-28T11:00:00Z") + 1);
    at = tov_calendar_due_from(calendar(), utc("2021-12-24T22:30:00Z"), day_and_night);
    UNIT_EQUAL_TEXT(text_of(at.day), "2021-12-25");
    at = tov_calendar_due(calendar(), date("2021-10-31"),
                          (struct tov_span){4, TOV_OFFSET_CLOCK_HOURS});
    UNIT_EQUAL_INT(at.moment_ms, utc("2021-10-31T02:00:00Z")); /* 03.00: one hour came twice */
}

static void a_day_ends_at_danish_midnight(void)
{
    struct tov_due summer = {.day = date("2021-06-21")};
    struct tov_due winter = {.day = date("2021-02-17")};
    struct tov_due change = {.day = date("2021-03-28")};
    UNIT_EQUAL_INT(tov_due_past_ms(&summer), utc("2021-06-21T22:00:00Z"));
    UNIT_EQUAL_INT(tov_due_past_ms(&winter), utc("2021-02-17T23:00:00Z"));
    UNIT_EQUAL_INT(tov_due_past_ms(&change), utc("2021-03-28T22:00:00Z"));
}

static void meets(const char *day, const char *meeting)
{
    UNIT_EQUAL_TEXT(text_of(tov_calendar_meeting(calendar(), date(day))), meeting);
}

static void the_next_meeting_is_one_whose_agenda_is_open(void)
{
    UNIT_EQUAL_TEXT(text_of(tov_calendar_agenda_freeze(calendar(), date("2021-02-16"))),
                    "2021-02-12");
    meets("2021-02-08", "2021-02-16");
    meets("2021-02-12", "2021-02-16");
    meets("2021-02-13", "2021-03-02");
    meets("2021-03-16", "2021-03-30"); /* a meeting day: its own agenda is closed */
    /* Backwards from the meeting that the calendar names, and over Ascension Day. */
    UNIT_EQUAL_TEXT(text_of(tov_calendar_agenda_freeze(calendar(), date("2020-05-26"))),
                    "2020-05-22");
    meets("2020-05-12", "2020-05-26");
    meets("2020-05-22", "2020-05-26");
    meets("2020-05-23", "2020-06-09");
}

static void only_published_versions_exist(void)
{
    CU_ASSERT_PTR_NULL(tov_calendar_find(0));
    CU_ASSERT_PTR_NULL(tov_calendar_find(2));
    struct tov_calendar open = *calendar();
    open.closed = TOV_CLOSED_24_DECEMBER;
    CU_ASSERT_PTR_NULL(tov_calendar_closed(&open, date("2020-06-05")));
    CU_ASSERT_PTR_NULL(tov_calendar_closed(&open, date("2020-12-31")));
    CU_ASSERT_PTR_NOT_NULL(tov_calendar_closed(&open, date("2020-12-24")));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(holidays_are_those_of_printed_calendars),
        UNIT_TEST(a_year_has_its_working_days),
        UNIT_TEST(easter_is_that_of_the_church),
        UNIT_TEST(working_days_pass_over_closed_days),
        UNIT_TEST(months_and_years_keep_the_day_or_take_the_last),
        UNIT_TEST(before_the_anchor_moves_earlier_and_after_it_later),
        UNIT_TEST(the_same_day_does_not_move),
        UNIT_TEST(clock_hours_are_real_time_and_never_pause),
        UNIT_TEST(a_day_ends_at_danish_midnight),
        UNIT_TEST(the_next_meeting_is_one_whose_agenda_is_open),
        UNIT_TEST(only_published_versions_exist),
    };
    return unit_run("case_calendar", tests, sizeof tests / sizeof tests[0]);
}
