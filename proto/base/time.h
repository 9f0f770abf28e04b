/* SPDX-License-Identifier: EUPL-1.2
 *
 * Times as values: milliseconds since 1970-01-01T00:00:00Z, and their RFC 3339 text in UTC.
 * Not for: reading a clock (proto is handed its times) or Danish local time (proto/case calendar).
 */
#ifndef TOV_BASE_TIME_H
#define TOV_BASE_TIME_H

#include "base/bytes.h"

#define TOV_TIME_TEXT_SIZE 25              /* "2021-07-05T12:00:00.000Z" and its NUL */
#define TOV_TIME_MAX_MS 253402300799999ull /* the end of year 9999 */

struct tov_date {
    int year, month, day; /* proleptic Gregorian; month and day from 1 */
};

/* TIME_MS at most TOV_TIME_MAX_MS (asserted). */
void tov_time_format(uint64_t time_ms, char out[TOV_TIME_TEXT_SIZE]);
/* "YYYY-MM-DDTHH:MM:SSZ" or with ".mmm"; nothing else. */
enum tov_err tov_time_parse(struct tov_bytes text, uint64_t *out_time_ms) TOV_MUST_CHECK;
/* "YYYY-MM-DD", a day that exists. */
enum tov_err tov_date_parse(struct tov_bytes text, struct tov_date *out_date) TOV_MUST_CHECK;
int64_t tov_date_to_days(struct tov_date date); /* days since 1970-01-01 */
struct tov_date tov_date_of_days(int64_t days);
bool tov_date_is_valid(struct tov_date date);

#endif
