/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/calendar.h"

#include "case/danish_time.h"

#include <assert.h>

#define HOUR_MS INT64_C(3600000)

/* Version 1: the office days closed, and the Infohus København's meetings on every second Tuesday,
 * reckoned both ways from the one of 16 February 2021. */
static const struct tov_calendar calendars[] = {
    {.version = 1,
     .closed = TOV_CLOSED_5_JUNE | TOV_CLOSED_24_DECEMBER | TOV_CLOSED_31_DECEMBER,
     .meeting = {2021, 2, 16},
     .meeting_every_days = 14,
     .freeze_working_days = 2},
};

struct holiday {
    struct tov_text name;
    int month;       /* 0: counted from Easter Sunday */
    int day;         /* of the month, or days after Easter Sunday */
    int last_year;   /* 0: still kept */
    uint32_t office; /* TOV_CLOSED_*, or 0: by law */
};

/* Of two on one day the first gives the name. */
static const struct holiday holidays[] = {
    {.name = TOV_TEXT("nytårsdag", "New Year's Day"), .month = 1, .day = 1},
    {.name = TOV_TEXT("skærtorsdag", "Maundy Thursday"), .day = -3},
    {.name = TOV_TEXT("langfredag", "Good Friday"), .day = -2},
    {.name = TOV_TEXT("påskedag", "Easter Sunday"), .day = 0},
    {.name = TOV_TEXT("2. påskedag", "Easter Monday"), .day = 1},
    {.name = TOV_TEXT("store bededag", "General Prayer Day"), .day = 26, .last_year = 2023},
    {.name = TOV_TEXT("Kristi himmelfartsdag", "Ascension Day"), .day = 39},
    {.name = TOV_TEXT("pinsedag", "Whit Sunday"), .day = 49},
    {.name = TOV_TEXT("2. pinsedag", "Whit Monday"), .day = 50},
    {.name = TOV_TEXT("1. juledag", "Christmas Day"), .month = 12, .day = 25},
    {.name = TOV_TEXT("2. juledag", "second day of Christmas"), .month = 12, .day = 26},
    {.name = TOV_TEXT("grundlovsdag", "Constitution Day"),
     .month = 6,
     .day = 5,
     .office = TOV_CLOSED_5_JUNE},
    {.name = TOV_TEXT("juleaftensdag", "Christmas Eve"),
     .month = 12,
     .day = 24,
     .office = TOV_CLOSED_24_DECEMBER},
    {.name = TOV_TEXT("nytårsaftensdag", "New Year's Eve"),
     .month = 12,
     .day = 31,
     .office = TOV_CLOSED_31_DECEMBER},
};

const struct tov_calendar *tov_calendar_find(uint32_t version)
{
    for (size_t i = 0; i < sizeof calendars / sizeof calendars[0]; i++) {
        if (calendars[i].version == version)
            return &calendars[i];
    }
    return NULL;
}

/* The Gregorian rule in the form of Meeus, Jones and Butcher. */
struct tov_date tov_easter_sunday(int year)
{
    int golden = year % 19;
    int century = year / 100;
    int moon =
        (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    int weekday = (32 + 2 * (century % 4) + 2 * (year % 100 / 4) - moon - year % 100 % 4) % 7;
    int late = (golden + 11 * moon + 22 * weekday) / 451;
    int sum = moon + weekday - 7 * late + 114;
    return (struct tov_date){.year = year, .month = sum / 31, .day = sum % 31 + 1};
}

/* 0 is Sunday; 1970-01-01 was a Thursday. */
static int weekday_of(int64_t day)
{
    return (int)(((day + 4) % 7 + 7) % 7);
}

static bool is_on(const struct holiday *holiday, struct tov_date date, int64_t after_easter)
{
    if (holiday->last_year != 0 && date.year > holiday->last_year)
        return false;
    if (holiday->month == 0)
        return after_easter == holiday->day;
    return date.month == holiday->month && date.day == holiday->day;
}

const struct tov_text *tov_calendar_closed(const struct tov_calendar *calendar, struct tov_date day)
{
    static const struct tov_text saturday = TOV_TEXT("lørdag", "Saturday");
    static const struct tov_text sunday = TOV_TEXT("søndag", "Sunday");
    int64_t number = tov_date_to_days(day);
    int64_t after_easter = number - tov_date_to_days(tov_easter_sunday(day.year));
    for (size_t i = 0; i < sizeof holidays / sizeof holidays[0]; i++) {
        uint32_t office = holidays[i].office;
        if ((office == 0 || (office & calendar->closed) != 0) &&
            is_on(&holidays[i], day, after_easter))
            return &holidays[i].name;
    }
    int weekday = weekday_of(number);
    return weekday == 6 ? &saturday : weekday == 0 ? &sunday : NULL;
}

/* Sums stay within the years that a date can have. */
static struct tov_date date_of(int64_t day)
{
    int64_t first = tov_date_to_days((struct tov_date){1, 1, 1});
    int64_t last = tov_date_to_days((struct tov_date){9999, 12, 31});
    return tov_date_of_days(day < first ? first : day > last ? last : day);
}

static bool is_limit(struct tov_date day)
{
    return (day.year == 9999 && day.month == 12 && day.day == 31) ||
           (day.year == 1 && day.month == 1 && day.day == 1);
}

/* From DAY on in steps of STEP (1 or -1). */
static struct tov_date working_day(const struct tov_calendar *calendar, struct tov_date day,
                                   int step)
{
    while (tov_calendar_closed(calendar, day) != NULL && !is_limit(day))
        day = date_of(tov_date_to_days(day) + step);
    return day;
}

struct tov_date tov_calendar_working_from(const struct tov_calendar *calendar, struct tov_date day)
{
    return working_day(calendar, day, 1);
}

struct tov_date tov_calendar_working_until(const struct tov_calendar *calendar, struct tov_date day)
{
    return working_day(calendar, day, -1);
}

static struct tov_date add_working_days(const struct tov_calendar *calendar, struct tov_date day,
                                        int count)
{
    int step = count < 0 ? -1 : 1;
    for (; count != 0; count -= step)
        day = working_day(calendar, date_of(tov_date_to_days(day) + step), step);
    return day;
}

static struct tov_date add_months(struct tov_date day, int64_t count)
{
    int64_t months = (int64_t)day.year * 12 + day.month - 1 + count;
    if (months < 12)
        return (struct tov_date){1, 1, 1};
    if (months >= INT64_C(10000) * 12)
        return (struct tov_date){9999, 12, 31};
    struct tov_date sum = {(int)(months / 12), (int)(months % 12) + 1, day.day};
    while (!tov_date_is_valid(sum))
        sum.day--;
    return sum;
}

struct tov_date tov_calendar_add(const struct tov_calendar *calendar, struct tov_date day,
                                 struct tov_span span)
{
    switch (span.unit) {
    case TOV_OFFSET_SAME_DAY:
        return day;
    case TOV_OFFSET_CLOCK_HOURS:
        assert(false); /* they are counted from a moment */
        break;
    case TOV_OFFSET_DAYS:
        return date_of(tov_date_to_days(day) + span.count);
    case TOV_OFFSET_WORKING_DAYS:
        return add_working_days(calendar, day, span.count);
    case TOV_OFFSET_WEEKS:
        return date_of(tov_date_to_days(day) + (int64_t)7 * span.count);
    case TOV_OFFSET_MONTHS:
        return add_months(day, span.count);
    case TOV_OFFSET_YEARS:
        return add_months(day, (int64_t)12 * span.count);
    }
    return day;
}

static struct tov_due due_on(struct tov_date day)
{
    return (struct tov_due){.day = day};
}

/* Real time passes the changes of the clock by itself. */
static struct tov_due due_hours_after(uint64_t from_ms, int hours)
{
    int64_t moment = (int64_t)from_ms + hours * HOUR_MS;
    if (moment < 0)
        moment = 0;
    if (moment > (int64_t)TOV_TIME_MAX_MS)
        moment = (int64_t)TOV_TIME_MAX_MS;
    return (struct tov_due){
        .is_moment = true,
        .moment_ms = (uint64_t)moment,
        .day = tov_danish_time_of((uint64_t)moment).date,
    };
}

struct tov_due tov_calendar_due(const struct tov_calendar *calendar, struct tov_date day,
                                struct tov_span span)
{
    if (span.unit == TOV_OFFSET_CLOCK_HOURS)
        return due_hours_after(tov_danish_day_start_ms(day), span.count);
    struct tov_date sum = tov_calendar_add(calendar, day, span);
    if (span.unit == TOV_OFFSET_SAME_DAY)
        return due_on(sum);
    return due_on(working_day(calendar, sum, span.count < 0 ? -1 : 1));
}

struct tov_due tov_calendar_due_from(const struct tov_calendar *calendar, uint64_t from_ms,
                                     struct tov_span span)
{
    if (span.unit == TOV_OFFSET_CLOCK_HOURS)
        return due_hours_after(from_ms, span.count);
    return tov_calendar_due(calendar, tov_danish_time_of(from_ms).date, span);
}

uint64_t tov_due_past_ms(const struct tov_due *due)
{
    if (due->is_moment)
        return due->moment_ms + 1;
    return tov_danish_day_start_ms(date_of(tov_date_to_days(due->day) + 1));
}

bool tov_due_equal(const struct tov_due *a, const struct tov_due *b)
{
    return a->is_moment == b->is_moment && a->moment_ms == b->moment_ms &&
           tov_date_to_days(a->day) == tov_date_to_days(b->day);
}

struct tov_date tov_calendar_agenda_freeze(const struct tov_calendar *calendar,
                                           struct tov_date meeting)
{
    return add_working_days(calendar, meeting, -calendar->freeze_working_days);
}

struct tov_date tov_calendar_meeting(const struct tov_calendar *calendar, struct tov_date day)
{
    int64_t every = calendar->meeting_every_days;
    int64_t today = tov_date_to_days(day);
    int64_t since = (today - tov_date_to_days(calendar->meeting)) % every;
    int64_t meeting = today - since + (since > 0 ? every : 0);
    while (meeting - today < every * 4 &&
           tov_date_to_days(tov_calendar_agenda_freeze(calendar, date_of(meeting))) < today)
        meeting += every;
    return date_of(meeting);
}
