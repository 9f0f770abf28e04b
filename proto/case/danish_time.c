/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/danish_time.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS INT64_C(3600000)
#define DAY_MS INT64_C(86400000)

/* The last Sunday of MONTH (March or October, 31 days) at 01:00 UTC. */
static int64_t change_ms(int year, int month)
{
    int64_t day = tov_date_to_days((struct tov_date){year, month, 31});
    /* 1970-01-01 was a Thursday: day + 4 counts weekdays from Sunday. */
    int64_t weekday = ((day + 4) % 7 + 7) % 7;
    return (day - weekday) * DAY_MS + HOUR_MS;
}

/* Milliseconds that the Danish clock is ahead of UTC. */
static int64_t offset_at(int64_t utc_ms)
{
    int year = tov_date_of_days(utc_ms / DAY_MS).year;
    bool summer = utc_ms >= change_ms(year, 3) && utc_ms < change_ms(year, 10);
    return summer ? 2 * HOUR_MS : HOUR_MS;
}

struct tov_danish_time tov_danish_time_of(uint64_t time_ms)
{
    int64_t local = (int64_t)time_ms + offset_at((int64_t)time_ms);
    int64_t second = local % DAY_MS / 1000;
    return (struct tov_danish_time){
        .date = tov_date_of_days(local / DAY_MS),
        .hour = (int)(second / 3600),
        .minute = (int)(second / 60 % 60),
        .second = (int)(second % 60),
    };
}

static bool same_clock(const struct tov_danish_time *a, const struct tov_danish_time *b)
{
    return tov_date_to_days(a->date) == tov_date_to_days(b->date) && a->hour == b->hour &&
           a->minute == b->minute && a->second == b->second;
}

bool tov_danish_time_to_ms(const struct tov_danish_time *local, uint64_t *out_time_ms)
{
    if (!tov_date_is_valid(local->date) || local->date.year < 1970 || local->hour < 0 ||
        local->hour > 23 || local->minute < 0 || local->minute > 59 || local->second < 0 ||
        local->second > 59)
        return false;
    int64_t clock = tov_date_to_days(local->date) * DAY_MS + local->hour * HOUR_MS +
                    local->minute * INT64_C(60000) + local->second * INT64_C(1000);
    /* Summer time first: of the hour that comes twice, it is the earlier one. */
    for (int64_t ahead = 2 * HOUR_MS; ahead >= HOUR_MS; ahead -= HOUR_MS) {
        int64_t utc = clock - ahead;
        if (utc < 0)
            continue;
        struct tov_danish_time back = tov_danish_time_of((uint64_t)utc);
        if (same_clock(&back, local)) {
            *out_time_ms = (uint64_t)utc;
            return true;
        }
    }
    return false;
}

/* Midnight is an hour that each day has once. */
uint64_t tov_danish_day_start_ms(struct tov_date day)
{
    uint64_t time_ms = 0;
    (void)tov_danish_time_to_ms(&(struct tov_danish_time){.date = day}, &time_ms);
    return time_ms;
}

void tov_danish_date_format(struct tov_date date, char out[TOV_DANISH_DATE_SIZE])
{
    char text[48];
    (void)snprintf(text, sizeof text, "%02d-%02d-%04d", date.day, date.month, date.year);
    memcpy(out, text, TOV_DANISH_DATE_SIZE - 1);
    out[TOV_DANISH_DATE_SIZE - 1] = '\0';
}

void tov_danish_time_format(uint64_t time_ms, char out[TOV_DANISH_TIME_SIZE])
{
    struct tov_danish_time local = tov_danish_time_of(time_ms);
    char text[64];
    tov_danish_date_format(local.date, out);
    (void)snprintf(text, sizeof text, " %02d.%02d", local.hour, local.minute);
    memcpy(out + TOV_DANISH_DATE_SIZE - 1, text, 6);
    out[TOV_DANISH_TIME_SIZE - 1] = '\0';
}

/* 1 to MAX digits. */
static bool read_number(struct tov_bytes *text, size_t max, int *out)
{
    size_t size = 0;
    int value = 0;
    while (size < text->size && size < max && text->data[size] >= '0' && text->data[size] <= '9')
        value = value * 10 + (text->data[size++] - '0');
    if (size == 0)
        return false;
    text->data += size;
    text->size -= size;
    *out = value;
    return true;
}

static bool read_one_of(struct tov_bytes *text, const char *characters)
{
    if (text->size == 0 || text->data[0] == '\0' || strchr(characters, (char)text->data[0]) == NULL)
        return false;
    text->data++;
    text->size--;
    return true;
}

static bool read_date(struct tov_bytes *text, struct tov_date *out)
{
    struct tov_date iso;
    if (text->size >= 10 && tov_date_parse((struct tov_bytes){text->data, 10}, &iso) == TOV_OK) {
        text->data += 10;
        text->size -= 10;
        *out = iso;
        return true;
    }
    struct tov_date date;
    if (!read_number(text, 2, &date.day) || !read_one_of(text, "-./") ||
        !read_number(text, 2, &date.month) || !read_one_of(text, "-./"))
        return false;
    size_t before_year = text->size;
    if (!read_number(text, 4, &date.year) || before_year - text->size != 4 ||
        !tov_date_is_valid(date))
        return false;
    *out = date;
    return true;
}

bool tov_danish_date_parse(struct tov_bytes text, struct tov_date *out_date)
{
    struct tov_date date;
    if (!read_date(&text, &date) || text.size != 0)
        return false;
    *out_date = date;
    return true;
}

bool tov_danish_time_parse(struct tov_bytes text, uint64_t *out_time_ms)
{
    struct tov_danish_time local = {0};
    if (!read_date(&text, &local.date) || !read_one_of(&text, " "))
        return false;
    while (read_one_of(&text, " "))
        ;
    if (!read_number(&text, 2, &local.hour) || !read_one_of(&text, ".:") ||
        !read_number(&text, 2, &local.minute) || text.size != 0)
        return false;
    return tov_danish_time_to_ms(&local, out_time_ms);
}
