/* SPDX-License-Identifier: EUPL-1.2
 *
 * An affair: what hangs together in the case book, as one unit of the agency is shown it: messages
 * that it sent or received, things these were about, tasks that concern it. Private to api/.
 * Not for: content, or what no message to this unit told (I10).
 * Never put anything into an answer that does not come from the view of the unit.
 */
#ifndef TOV_API_AFFAIR_H
#define TOV_API_AFFAIR_H

#include "api/api_internal.h"
#include "case/task.h"

/* Who looks, and at which time. */
struct api_onlooker {
    struct tov_unit_facts unit;
    const struct tov_calendar *calendar;
    uint64_t now_ms;   /* by which tasks are judged */
    uint64_t until_ms; /* messages that were written later are left out; UINT64_MAX: none */
};
/* Fills OUT from the request's "at_ms" and UNIT, one of the client's (its name in the agency). */
enum tov_err tov_api_onlooker(struct api_call *call, const char *unit,
                              struct api_onlooker *out) TOV_MUST_CHECK;
/* The unit that the request names, or the client's first. NOT_FOUND, DENIED with words. */
enum tov_err tov_api_unit_of(struct api_call *call, const char **out_unit) TOV_MUST_CHECK;

/* Whether the release channel was told of TOLD: by it, or by a message of its own about
 * the same event. What it was not told must not show in tasks either (I10). */
bool tov_api_is_told_release(const struct tov_picture *picture, const struct tov_told *told);

struct api_affair {
    const struct tov_book *of;
    size_t group;
    const struct api_onlooker *onlooker;
    struct tov_book_picture book;
    struct tov_tasks *tasks;
    struct tov_view view;
    uint64_t number;      /* of the first message that the unit may see: the affair's name; an
                           * agenda that only lists it names it when there is no other */
    uint64_t last_number; /* ... the last */
};
/* NOT_FOUND: the unit sees nothing of it. FINI in any case. */
enum tov_err tov_api_affair_init(struct tov_api *api, size_t group,
                                 const struct api_onlooker *onlooker,
                                 struct api_affair *affair) TOV_MUST_CHECK;
void tov_api_affair_fini(struct api_affair *affair);

/* Whether the thing belongs to it: an agenda tells of things of other affairs too. */
bool tov_api_affair_has(const struct api_affair *affair, const struct tov_thing_ref *thing);
/* TOLD, one of the affair's, is there for somebody of the unit to look at. */
bool tov_api_affair_waits(const struct api_affair *affair, const struct tov_told *told);
/* How many of those nobody has looked at. */
uint64_t tov_api_affair_unread(const struct api_affair *affair, const struct api_look *look);
/* Whether something is open in it: a thing before its end, or a task. */
bool tov_api_affair_is_open(const struct api_affair *affair);
/* When the next open task is too late; UINT64_MAX: there is none. */
uint64_t tov_api_affair_next_ms(const struct api_affair *affair);
/* The number of a message of the affair; 0: not one that the unit may see. */
uint64_t tov_api_affair_number(const struct api_affair *affair, const struct tov_told *told);

/* ---- tasks (affair_task.c) ---- */

/* A task as the unit is shown it. */
struct api_task {
    const struct tov_task *task;          /* what is not below is the same for all */
    const struct tov_task_change *change; /* the newest due date that it was told */
    enum tov_task_state state;
    uint16_t responsible;
    const struct tov_told *opened_by; /* a message of the unit's; NULL: none tells of it */
    const struct tov_told *met_by;
    uint64_t opened_ms;
    uint64_t met_ms; /* 0: not met, as far as the unit is shown */
};
/* The task at INDEX; false: the unit is not shown it. */
bool tov_api_affair_task(const struct api_affair *affair, size_t index, struct api_task *out);
static inline bool tov_api_task_is_open(const struct api_task *task)
{
    return task->state == TOV_TASK_OPEN || task->state == TOV_TASK_OVERDUE;
}
/* Whether the unit may know that PARTY has a part in a task: a unit of the release channel knows
 * those that its own messages name, and none as a party of a case (I10). */
bool tov_api_affair_names(const struct api_affair *affair, const struct tov_task_party *party);

/* ---- an affair as it is listed (listing.c) ---- */

/* Encoded, so that the next list need not fold it: all that does not depend on who looks. It is
 * good at times from FROM_MS until UNTIL_MS, when a task of it becomes overdue. */
struct api_listing {
    uint64_t from_ms, until_ms;
    size_t waiting_count; /* messages that somebody of the unit should look at */
    uint64_t *waiting;    /* their numbers */
    struct tov_buf bytes; /* an ApiAffair without "unread" */
};
enum tov_err tov_api_listing_create(const struct api_affair *affair,
                                    struct api_listing **out_listing) TOV_MUST_CHECK;
void tov_api_listing_destroy(struct api_listing *listing); /* NULL is fine */
size_t tov_api_listing_memory(const struct api_listing *listing);
/* Appends it to the list OUT, with what is unread by now. */
enum tov_err tov_api_put_listing(const struct api_listing *listing, const struct api_look *look,
                                 struct tov_record out) TOV_MUST_CHECK;

/* ---- all affairs of a unit, in brief (brief.c) ---- */

/* What a list is made from. Only groups that have changed since the last list of the same unit and
 * time are folded. */
struct api_brief {
    size_t group_size;    /* when it was folded; 0: never */
    uint64_t next_ms;     /* when its next open task is too late; UINT64_MAX: there is none */
    uint64_t last_number; /* 0: the unit sees nothing of it */
    bool is_open;
    struct api_listing *listing; /* NULL: not kept */
};
/* By group, tov_book_group_count of them; borrowed until the next call. AGAIN: a slice was folded,
 * as tov_api_book_open. */
enum tov_err tov_api_briefs(struct tov_api *api, const struct api_onlooker *onlooker,
                            struct api_brief **out_briefs) TOV_MUST_CHECK;
void tov_api_briefs_drop(struct tov_api *api);
/* The listing of GROUP, whose brief is BRIEF, as of now: the kept one, or made again and kept where
 * there is room. *OUT_FRESH is not NULL when the caller must destroy it. */
enum tov_err tov_api_brief_listing(struct tov_api *api, size_t group,
                                   const struct api_onlooker *onlooker, struct api_brief *brief,
                                   struct api_listing **out_fresh) TOV_MUST_CHECK;

/* ---- answers (affair_put.c) ---- */

/* Appends records "things" and, of tasks that WANTED says, "tasks". */
enum tov_err tov_api_put_things(const struct api_affair *affair,
                                struct tov_record out) TOV_MUST_CHECK;
enum api_tasks { API_TASKS_OPEN, API_TASKS_ALL };
enum tov_err tov_api_put_tasks(const struct api_affair *affair, enum api_tasks wanted,
                               struct tov_record out) TOV_MUST_CHECK;
enum tov_err tov_api_put_parties(const struct api_affair *affair,
                                 struct tov_record out) TOV_MUST_CHECK;
enum tov_err tov_api_put_expected(const struct api_affair *affair,
                                  struct tov_record out) TOV_MUST_CHECK;
enum tov_err tov_api_put_judgements(const struct api_affair *affair,
                                    const struct tov_placed *placed,
                                    struct tov_record out) TOV_MUST_CHECK;

#endif
