/* SPDX-License-Identifier: EUPL-1.2
 *
 * The clock on the wall in Denmark: Central European Time, with summer time from the last Sunday of
 * March to the last Sunday of October, both at 01:00 UTC (in force since 1996).
 * Not for: working days and holidays, or years before 1996.
 * Never store a local time: messages hold UTC.
 */
#ifndef TOV_CASE_DANISH_TIME_H
#define TOV_CASE_DANISH_TIME_H

#include "base/time.h"

struct tov_danish_time {
    struct tov_date date;
    int hour, minute, second;
};

struct tov_danish_time tov_danish_time_of(uint64_t time_ms);
/* False for a time that the clock passes over in March. The hour that comes twice in October is
 * taken as its first. */
bool tov_danish_time_to_ms(const struct tov_danish_time *local, uint64_t *out_time_ms);
/* The first moment of DAY; 0 for days before 1970. */
uint64_t tov_danish_day_start_ms(struct tov_date day);

/* "28-06-2021"; "28-06-2021 09.10". */
#define TOV_DANISH_DATE_SIZE 11
#define TOV_DANISH_TIME_SIZE 17
void tov_danish_date_format(struct tov_date date, char out[TOV_DANISH_DATE_SIZE]);
void tov_danish_time_format(uint64_t time_ms, char out[TOV_DANISH_TIME_SIZE]);
/* Also "28.6.2021", "28/6-2021" and ISO dates are read; the clock as 09.10 or 09:10. */
bool tov_danish_date_parse(struct tov_bytes text, struct tov_date *out_date);
bool tov_danish_time_parse(struct tov_bytes text, uint64_t *out_time_ms);

#endif
