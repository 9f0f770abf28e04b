/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inside of struct tov_tasks, shared by the task_*.c files: tasks, the things they are about,
 * and the message that is being added.
 * Not for: anybody else; case/task.h is the contract.
 * Never keep a pointer to an entry or a thing over a call that may add one: use its index.
 */
#ifndef TOV_CASE_TASK_BOOK_H
#define TOV_CASE_TASK_BOOK_H

#include "case/task.h"
#include "case/told_field.h"

#define TASK_NONE SIZE_MAX

/* A unit that holds a message which opened the task or moved its due date. */
struct task_holder {
    const struct tov_unit_facts *unit;
    const struct tov_told *by;
    size_t change; /* index of the due date that BY gave */
};

struct task_entry {
    struct tov_task task;
    const struct tov_placed *opened; /* as task.opened_by */
    size_t next;                     /* of the same thing */
    struct task_holder *holders;
    size_t holder_count;
    uint32_t round; /* the episode's, when R was set */
    /* Rows that count active days only: */
    struct tov_date anchor_day;
    int paused_days;
    uint64_t paused_ms; /* since when, while task.paused */
};

/* Units that act for a thing; the first that is seen in a role has it until it passes on. */
enum task_role {
    TASK_COORDINATOR_KOMMUNE,
    TASK_COORDINATOR_POLICE,
    TASK_SECRETARIAT,
    TASK_PROVIDER,
    TASK_KOMMUNE,
    TASK_KRFO,
    TASK_REFERRER,
    TASK_ROLE_COUNT
};

struct task_parties {
    struct tov_task_party *items;
    size_t count;
};

struct task_thing {
    uint32_t kind; /* TOV_ABOUT_*, or 0 */
    struct tov_thing_ref ref;
    size_t first, last; /* its entries */
    const struct tov_unit_facts *roles[TASK_ROLE_COUNT];
    /* A case: */
    struct task_parties parties; /* agencies */
    struct task_parties members; /* units in its courses */
    /* An episode and its cases, both ways: */
    size_t *ties; /* indices of things */
    size_t tie_count;
    /* An episode: */
    bool has_release, has_admission, is_expelled, is_released;
    struct tov_date release, admission;
    uint64_t release_version;
    uint64_t released_ms;
    uint32_t round; /* one more after each recall */
    /* A course: */
    bool is_paused;
};

struct tov_tasks {
    const struct tov_calendar *calendar;
    struct task_entry *entries;
    size_t entry_count;
    struct task_thing *things;
    size_t thing_count;
    size_t *slots; /* hash table of indices into THINGS */
    size_t slot_count;
};

/* The message that is being added. */
struct task_news {
    struct tov_tasks *tasks;
    const struct tov_placed *placed;
    const struct tov_told *told;
    uint64_t at_ms;      /* tov_task_time_of; may be earlier than that of a message before it */
    struct tov_date day; /* of AT_MS */
    size_t things[TOV_ABOUT_COUNT]; /* in the order of tov_about_things; TASK_NONE */
};

/* ---- task_book.c: keeping ---- */

/* ARRAY of COUNT items of SIZE bytes with room for one more, moved perhaps; NULL: no memory, and
 * ARRAY is as it was. */
void *task_room(void *array, size_t count, size_t size);
enum tov_err task_thing_get(struct tov_tasks *tasks, uint32_t kind, const struct tov_thing_ref *ref,
                            size_t *out_index) TOV_MUST_CHECK;
/* The thing of KIND that the message is about, or TASK_NONE. */
size_t task_news_thing(const struct task_news *news, uint32_t kind);
/* A new entry at the end of THING's. */
enum tov_err task_entry_add(struct tov_tasks *tasks, size_t thing,
                            size_t *out_index) TOV_MUST_CHECK;
enum tov_err task_change_add(struct task_entry *entry,
                             const struct tov_task_change *change) TOV_MUST_CHECK;
/* All units of PLACED and its first half hold the newest change of ENTRY; CHANGE names another. */
enum tov_err task_holders_add(struct task_entry *entry, const struct tov_placed *placed,
                              size_t change) TOV_MUST_CHECK;
bool task_is_unmet(const struct task_entry *entry);
/* Overdue at AT_MS. */
bool task_is_past(const struct task_entry *entry, uint64_t at_ms);
void task_fall(struct task_entry *entry, const struct task_news *news);

/* ---- task_match.c: what a message says ---- */

/* One of PATTERNS (TOV_PATTERNS_MAX) fits. */
bool task_matches(const struct task_news *news, const struct tov_event_pattern *patterns);
bool task_matches_one(const struct task_news *news, const struct tov_event_pattern *pattern);
bool task_is_type(const struct task_news *news, const char *type);
bool task_field_is(const struct tov_told *told, const char *field, const char *value);
bool task_field_day(const struct tov_told *told, const char *field, struct tov_date *out_day);
/* False only where both have FIELD, with different values. */
bool task_fields_agree(const struct tov_told *a, const struct tov_told *b, const char *field);
/* The machine of a thing of KIND refused it; 0: that of responsibility. */
bool task_is_refused(const struct tov_placed *placed, uint32_t kind);
/* The sender is known to be one who may take the step in MACHINE, or that has no say of it. */
bool task_is_by_who_may(const struct tov_placed *placed, enum tov_machine machine);
/* The units of PLACED and of its first half: senders, then recipients; NULL after the last. */
const struct tov_unit_facts *task_unit_at(const struct tov_placed *placed, size_t index);

/* ---- task_party.c: who ---- */

enum tov_err task_parties_add(struct task_parties *parties,
                              struct tov_task_party party) TOV_MUST_CHECK;
void task_parties_fini(struct task_parties *parties);
bool task_party_equal(const struct tov_task_party *a, const struct tov_task_party *b);
/* Notes who acts for the things of the message, and who is party of its case. */
enum tov_err task_note_units(const struct task_news *news) TOV_MUST_CHECK;
/* One or more owners of ROW about THING, opened by PLACED. */
enum tov_err task_owners(const struct tov_tasks *tasks, const struct tov_deadline *row,
                         size_t thing, const struct tov_placed *placed,
                         struct task_parties *out_owners) TOV_MUST_CHECK;
/* Sets those whom the entry is owed to, anew. */
enum tov_err task_owed_set(struct tov_tasks *tasks, size_t entry) TOV_MUST_CHECK;

/* ---- task_open.c: opening and meeting ---- */

/* A task that begins with the message. */
struct task_opening {
    const struct tov_deadline *row;
    size_t thing;
    struct tov_task_party owner;
    struct tov_due due;
    bool compressed;
};
enum tov_err task_open(const struct task_news *news, const struct task_opening *opening,
                       size_t *out_entry) TOV_MUST_CHECK;
/* The entry gets another due date by the message. */
enum tov_err task_move(const struct task_news *news, size_t entry, const struct tov_due *due,
                       bool compressed) TOV_MUST_CHECK;
enum tov_err task_open_rows(const struct task_news *news) TOV_MUST_CHECK;
/* ALSO_OPENED: by a message that itself opens what it meets ("told in time"). */
void task_meet_rows(const struct task_news *news, bool also_opened);
void task_end_things(const struct task_news *news);
void task_retract(const struct task_news *news);
enum tov_err task_note_copy(const struct task_news *news) TOV_MUST_CHECK;
enum tov_err task_note_handover(const struct task_news *news) TOV_MUST_CHECK;
enum tov_err task_note_course(const struct task_news *news) TOV_MUST_CHECK;

/* ---- task_release.c: what follows R ---- */

/* Ties the episode of the message to its case and opens the case's tasks where R is known. */
enum tov_err task_note_tie(const struct task_news *news) TOV_MUST_CHECK;
/* A new R, a release, a recall, the expulsion track. */
enum tov_err task_note_episode(const struct task_news *news) TOV_MUST_CHECK;

#endif
