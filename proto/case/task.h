/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tasks: what the deadlines (case/deadline.h) come to over the messages of the fold. Who owes what
 * to whom, by when, and whether it was done in time.
 * Not for: moving states (the fold has done that) or telling anybody: overdue is derived by
 * whoever looks, never sent.
 * Never add a message out of the fold's order: all sides must come to the same tasks (I5).
 *
 * Rules that hold for all of them (docs/deadlines.md says them for readers):
 * - a refused message, a copy and a retracted message open and meet nothing;
 * - a task is judged by the due date in force when it was met or fell due: a new release date
 *   recomputes the open ones only;
 * - opening it again while it is open moves its due date; a recurring one that is overdue stays so
 *   until it is met, beside another one a new one opens;
 * - it falls away when its thing ends.
 */
#ifndef TOV_CASE_TASK_H
#define TOV_CASE_TASK_H

#include "case/told.h"

enum tov_task_state {
    TOV_TASK_OPEN = 1,
    TOV_TASK_OVERDUE = 2, /* open, and its time has passed */
    TOV_TASK_MET = 3,     /* in time */
    TOV_TASK_MET_LATE = 4,
    TOV_TASK_FALLEN = 5 /* away: its thing has ended, or what opened it was retracted */
};

/* Through which units an agency takes part where no unit is named. */
enum tov_task_channel {
    TOV_TASK_ANY_UNIT = 0,
    TOV_TASK_RELEASE_CHANNEL = 1, /* its release desks */
    TOV_TASK_CASE_CHANNEL = 2     /* those that are no release desk */
};

struct tov_task_party {
    uint16_t agency;
    const char *unit; /* NULL: any of its units in CHANNEL; borrowed */
    enum tov_task_channel channel;
};

/* One due date that a task has had. */
struct tov_task_change {
    struct tov_due due;
    const struct tov_told *by;
    bool compressed; /* as of this one */
};

struct tov_task {
    const struct tov_deadline *row;
    uint32_t thing_kind; /* TOV_ABOUT_*; 0: the event of a message about nothing */
    struct tov_thing_ref thing;
    uint32_t occurrence; /* 1, 2 ...: how manieth task of its row for the thing and owner */
    const struct tov_told *opened_by;
    uint64_t opened_ms;
    struct tov_due due; /* by which it is judged; of a paused course: as when it was paused */
    enum tov_task_state state;
    const struct tov_told *met_by; /* NULL: not met */
    uint64_t met_ms;
    const struct tov_told *fallen_by;
    uint64_t fallen_ms;
    bool fell_due;   /* FALLEN: it was overdue then */
    bool compressed; /* "komprimeret": its usual lead is longer than the days left to R */
    bool call;       /* its due date had passed when R came: the kommune is phoned */
    bool paused;     /* its course pauses: no day counts */
    bool has_window;
    struct tov_date window; /* from when it can be worked on */
    bool has_release;
    struct tov_date release;      /* the R by which it is judged */
    struct tov_thing_ref episode; /* of that R */
    struct tov_task_party owner;
    uint16_t responsible;        /* the owner's agency, until another took the task over (I12) */
    struct tov_task_party *owed; /* without the owner */
    size_t owed_count;
    struct tov_task_change *changes; /* oldest first, at least one */
    size_t change_count;
};

struct tov_tasks; /* opaque */

/* When a message counts for tasks: its effective time; or the time at which it was written, when
 * the effective one is over TOV_TASK_LIFT_MAX_MS later. One message of a time far ahead lifts the
 * effective time of all that was written by those who had seen it. It must not lift what is due:
 * nothing of the case would be overdue before that time. */
#define TOV_TASK_LIFT_MAX_MS 300000u
uint64_t tov_task_time_of(const struct tov_placed *placed);

/* CALENDAR is borrowed. */
enum tov_err tov_tasks_create(const struct tov_calendar *calendar,
                              struct tov_tasks **out_tasks) TOV_MUST_CHECK;
void tov_tasks_destroy(struct tov_tasks *tasks);
/* The next message in the fold's order; PLACED and what it points to must outlive TASKS. NOMEM:
 * TASKS is of no more use. */
enum tov_err tov_tasks_add(struct tov_tasks *tasks, const struct tov_placed *placed) TOV_MUST_CHECK;
/* Sets the states as of NOW_MS. As often as one likes: adding and later judgements do not see it.
 */
void tov_tasks_judge(struct tov_tasks *tasks, uint64_t now_ms);

/* Create, add the COUNT messages, judge. */
enum tov_err tov_tasks_fold(const struct tov_placed *placed, size_t count,
                            const struct tov_calendar *calendar, uint64_t now_ms,
                            struct tov_tasks **out_tasks) TOV_MUST_CHECK;

/* In the order in which they were opened. A task is borrowed until the next _add. */
size_t tov_tasks_count(const struct tov_tasks *tasks);
const struct tov_task *tov_tasks_at(const struct tov_tasks *tasks, size_t index);

/* Whether AGENCY owes the task, has taken it over or is owed it: nobody else judges it, since
 * nobody else gets the message that meets it. */
bool tov_task_concerns(const struct tov_task *task, uint16_t agency);
/* What UNIT is shown of the task at INDEX: the newest due date whose message it holds; NULL: not
 * the task at all. Only owner, who took it over and those it is owed to, and only who holds a
 * message that opened it or handed it over; release desks never see a task of a case, nor those
 * with the minimal set any (I10). */
const struct tov_task_change *tov_tasks_shown_to(const struct tov_tasks *tasks, size_t index,
                                                 const struct tov_unit_facts *unit);

/* "åben", "overskredet", "opfyldt", "opfyldt for sent", "bortfaldet"; "open" ... in English. */
const char *tov_task_state_name(enum tov_task_state state, enum tov_language language);

#endif
