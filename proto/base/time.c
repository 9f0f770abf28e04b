/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/time.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define DAY_MS UINT64_C(86400000)

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool tov_date_is_valid(struct tov_date date)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 1 || date.year > 9999 || date.month < 1 || date.month > 12 || date.day < 1)
        return false;
    int in_month = days[date.month - 1] + (date.month == 2 && is_leap(date.year) ? 1 : 0);
    return date.day <= in_month;
}

/* Counts from 1 March, so that the leap day is the last of its year; eras of 400 years. */
int64_t tov_date_to_days(struct tov_date date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

struct tov_date tov_date_of_days(int64_t days)
{
    int64_t shifted = days + 719468;
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    int month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    return (struct tov_date){
        .year = (int)(year_of_era + era * 400 + (month <= 2 ? 1 : 0)),
        .month = month,
        .day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1),
    };
}

void tov_time_format(uint64_t time_ms, char out[TOV_TIME_TEXT_SIZE])
{
    assert(time_ms <= TOV_TIME_MAX_MS);
    struct tov_date date = tov_date_of_days((int64_t)(time_ms / DAY_MS));
    unsigned rest = (unsigned)(time_ms % DAY_MS);
    char text[64];
    (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02u:%02u:%02u.%03uZ", date.year, date.month,
                   date.day, rest / 3600000, rest / 60000 % 60, rest / 1000 % 60, rest % 1000);
    memcpy(out, text, TOV_TIME_TEXT_SIZE - 1);
    out[TOV_TIME_TEXT_SIZE - 1] = '\0';
}

/* COUNT digits at TEXT, or -1. */
static int digits(const uint8_t *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

enum tov_err tov_date_parse(struct tov_bytes text, struct tov_date *out_date)
{
    if (text.size != 10 || text.data[4] != '-' || text.data[7] != '-')
        return TOV_E_MALFORMED;
    struct tov_date date = {digits(text.data, 4), digits(text.data + 5, 2),
                            digits(text.data + 8, 2)};
    if (!tov_date_is_valid(date))
        return TOV_E_MALFORMED;
    *out_date = date;
    return TOV_OK;
}

enum tov_err tov_time_parse(struct tov_bytes text, uint64_t *out_time_ms)
{
    bool has_ms = text.size == 24;
    if ((text.size != 20 && !has_ms) || text.data[text.size - 1] != 'Z' || text.data[10] != 'T' ||
        text.data[13] != ':' || text.data[16] != ':' || (has_ms && text.data[19] != '.'))
        return TOV_E_MALFORMED;
    struct tov_date date;
    TOV_TRY(tov_date_parse((struct tov_bytes){text.data, 10}, &date));
    int hour = digits(text.data + 11, 2);
    int minute = digits(text.data + 14, 2);
    int second = digits(text.data + 17, 2);
    int ms = has_ms ? digits(text.data + 20, 3) : 0;
    int64_t days = tov_date_to_days(date);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || ms < 0 ||
        days < 0)
        return TOV_E_MALFORMED;
    uint64_t ms_of_day = (uint64_t)((hour * 60 + minute) * 60 + second) * 1000 + (uint64_t)ms;
    *out_time_ms = (uint64_t)days * (uint64_t)DAY_MS + ms_of_day;
    return TOV_OK;
}
