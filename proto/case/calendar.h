/* SPDX-License-Identifier: EUPL-1.2
 *
 * Danish working days and what is counted in them: holidays (Easter is computed), lengths of time
 * from a day or a moment, days that fall due on a closed day, and the Infohus's meetings.
 * Not for: which deadline runs (case/deadline.h) or whether one was kept (case/task.h).
 * Never change a published version: all sides must come to the same day (I5). Add a version; the
 * roster names the one in force.
 */
#ifndef TOV_CASE_CALENDAR_H
#define TOV_CASE_CALENDAR_H

#include "base/time.h"
#include "case/text.h"

enum tov_offset_unit {
    TOV_OFFSET_SAME_DAY = 1,    /* the count is 0; never moved off a closed day */
    TOV_OFFSET_CLOCK_HOURS = 2, /* hours that pass, weekends and changes of the clock included */
    TOV_OFFSET_DAYS = 3,
    TOV_OFFSET_WORKING_DAYS = 4,
    TOV_OFFSET_WEEKS = 5,
    TOV_OFFSET_MONTHS = 6,
    TOV_OFFSET_YEARS = 7
};

/* Negative: before. */
struct tov_span {
    int count;
    enum tov_offset_unit unit;
};

/* Days that are no holidays by law and on which offices are usually closed. */
enum tov_office_day {
    TOV_CLOSED_5_JUNE = 1u << 0,
    TOV_CLOSED_24_DECEMBER = 1u << 1,
    TOV_CLOSED_31_DECEMBER = 1u << 2
};

struct tov_calendar {
    uint32_t version;
    uint32_t closed;         /* TOV_CLOSED_* mask */
    struct tov_date meeting; /* one ordinary meeting of the Infohus; the others follow from it */
    int meeting_every_days;
    int freeze_working_days; /* the agenda is closed this long before the meeting */
};

/* NULL: a version that this program does not know. */
const struct tov_calendar *tov_calendar_find(uint32_t version);

struct tov_date tov_easter_sunday(int year);
/* Why DAY is no working day ("langfredag", "Good Friday"; "lørdag"); NULL: it is one. */
const struct tov_text *tov_calendar_closed(const struct tov_calendar *calendar,
                                           struct tov_date day);
/* DAY itself when it is a working day. */
struct tov_date tov_calendar_working_from(const struct tov_calendar *calendar, struct tov_date day);
struct tov_date tov_calendar_working_until(const struct tov_calendar *calendar,
                                           struct tov_date day);

/* DAY and SPAN later, not moved off closed days. A month or year added keeps the day of the month
 * or takes the month's last. Not for clock hours (asserted). Stays within the years 1 to 9999. */
struct tov_date tov_calendar_add(const struct tov_calendar *calendar, struct tov_date day,
                                 struct tov_span span);

/* When something is due: by the end of a Danish day or, counted in clock hours, by a moment. */
struct tov_due {
    bool is_moment;
    struct tov_date day; /* of a moment: the Danish day that it falls on */
    uint64_t moment_ms;  /* of a moment, else 0 */
};

/* SPAN from DAY. What falls on a closed day moves: earlier when SPAN goes back ("senest ... før"),
 * else later; clock hours and the same day stay. Clock hours count from DAY's first moment. */
struct tov_due tov_calendar_due(const struct tov_calendar *calendar, struct tov_date day,
                                struct tov_span span);
/* The same from the Danish day of FROM_MS; clock hours from the moment itself. */
struct tov_due tov_calendar_due_from(const struct tov_calendar *calendar, uint64_t from_ms,
                                     struct tov_span span);
/* The first millisecond that is too late. */
uint64_t tov_due_past_ms(const struct tov_due *due);
bool tov_due_equal(const struct tov_due *a, const struct tov_due *b);

/* The last day on which something can still be put on the agenda of the meeting on MEETING. */
struct tov_date tov_calendar_agenda_freeze(const struct tov_calendar *calendar,
                                           struct tov_date meeting);
/* The next meeting whose agenda freeze is not passed on DAY. */
struct tov_date tov_calendar_meeting(const struct tov_calendar *calendar, struct tov_date day);

#endif
