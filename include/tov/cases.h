/* SPDX-License-Identifier: EUPL-1.2
 *
 * The case book: affairs as one unit of the agency is shown them. An affair is what hangs together:
 * a concern, its case, the courses and the transition. States, deadlines and who is responsible are
 * derived by the node from messages (docs/machines.md, docs/deadlines.md); nothing here is sent to
 * anybody.
 * Not for: content (receive.h) or writing (send.h).
 * Never show one unit what was fetched for another.
 *
 * All block up to the client's timeout. One at a time. Errors as in receive.h; DENIED: the key is
 * registered with no unit. Texts are never NULL; pointers are borrowed from what they came from.
 */
#ifndef TOV_CASES_H
#define TOV_CASES_H

#include <tov/client.h>
#include <tov/view.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A thing as one machine sees it. Grows at its end in later versions; so do the others here. */
struct tov_case_thing {
    const char *machine;    /* "sag", "loesladelse" ...: ids of docs/machines.md */
    const char *machine_da; /* "sag" as it is said; English beside it */
    const char *machine_en;
    const uint8_t *ref; /* 16 bytes */
    const char *state;  /* id: "planlagt" */
    const char *state_da;
    const char *state_en;
    uint64_t since_ms;
    int ended;
    int incomplete;       /* "ufuldstændig": a step before the shown one is not held here */
    int conflict;         /* a step was refused that had not seen this state: look */
    int unready;          /* released before both had confirmed */
    uint64_t waits;       /* number of the first signer's message that waits; 0: none */
    const char *regime;   /* id, of custody; "" */
    uint32_t responsible; /* agency, by machine ansvar; 0: nobody */
    const char *responsible_name;
    uint32_t offered; /* agency with the open offer; 0: none */
    const char *offered_name;
};

enum tov_case_task_state {
    TOV_CASE_TASK_OPEN = 1,
    TOV_CASE_TASK_OVERDUE = 2,
    TOV_CASE_TASK_MET = 3,
    TOV_CASE_TASK_MET_LATE = 4,
    TOV_CASE_TASK_FALLEN = 5
};

/* A deadline as it runs. Dates are "2021-06-28"; "" where there is none. */
struct tov_case_task {
    const char *deadline; /* id of docs/deadlines.md: "R-3m" */
    const char *text_da;  /* "Løsladelsesmøde holdt" */
    const char *text_en;
    const char *strength; /* "lov", "aftale", "praksis", "intern" */
    const char *source;   /* statute or agreement */
    enum tov_case_task_state state;
    const uint8_t *thing_ref; /* 16 bytes */
    const char *due;          /* by the end of that Danish day */
    uint64_t due_ms;          /* of what is counted in hours: the moment; else 0 */
    uint64_t late_from_ms;    /* the first millisecond that is too late */
    const char *owner;        /* "krfo", or "kk/vink" where it is one unit */
    const char *responsible;  /* the agency that owes it now */
    uint64_t opened_number;   /* message; 0: not one that the unit may see */
    uint64_t opened_ms;
    uint64_t met_number;
    uint64_t met_ms; /* 0: not met */
    int compressed;  /* "komprimeret": its usual lead is longer than the days left */
    int call;        /* its date had passed when the release date came: phone the kommune */
    int paused;
    const char *window;      /* from when it can be worked on */
    const char *release;     /* the release date by which it is judged */
    uint64_t affair;         /* number of its affair */
    const char *const *owed; /* "kk", "kbh-pol/dks" */
    size_t owed_count;
};

/* One affair in a list: with its open tasks, the nearest first. */
struct tov_affair {
    uint64_t number; /* of its first message that the unit may see: its name in talk */
    const struct tov_case_thing *things;
    size_t thing_count;
    const struct tov_case_task *tasks;
    size_t task_count;
    uint32_t message_count;
    uint64_t last_number;
    uint32_t unread;
};

struct tov_cases_options {
    size_t size;      /* sizeof(struct tov_cases_options) */
    const char *unit; /* "kk/vink"; NULL: the client's first */
    int ended;        /* also affairs in which nothing is open any more */
    uint64_t at_ms;   /* as it was then; 0: now */
};
#define TOV_CASES_OPTIONS_INIT                       \
    {                                                \
        sizeof(struct tov_cases_options), NULL, 0, 0 \
    }

/* All affairs of the unit, those with the nearest due date first. */
struct tov_cases;
TOV_API_CHECKED enum tov_err tov_cases_get(struct tov_client *client,
                                           const struct tov_cases_options *options,
                                           struct tov_cases **out_cases, struct tov_error *error);
TOV_API const char *tov_cases_unit(const struct tov_cases *cases);
TOV_API size_t tov_cases_count(const struct tov_cases *cases);
/* NULL: INDEX is not below the count. */
TOV_API const struct tov_affair *tov_cases_at(const struct tov_cases *cases, size_t index);
/* JSON as docs/libtov.md says; ended by tov_free. */
TOV_API_CHECKED enum tov_err tov_cases_to_json(const struct tov_cases *cases, char **out_json,
                                               struct tov_error *error);
TOV_API void tov_cases_destroy(struct tov_cases *cases); /* NULL is fine */

/* ---- one affair ---- */

/* What a message did to one machine of one thing. */
struct tov_case_judgement {
    const char *machine;
    const uint8_t *thing_ref;
    const char *verdict; /* "taken", "looped", "waits", "copy", "refused", "unjudged" */
    const char *from;    /* state id; "": the thing did not exist */
    const char *to;
    uint32_t rule; /* of a refused one, in docs/machines.md; else 0 */
    const char *reason_da;
    const char *reason_en;
    int conflict;
};

struct tov_case_message {
    const struct tov_message_view *view; /* header only */
    uint64_t effective_ms;               /* its place in the order */
    int copy;                            /* of an event that was told before */
    int second;                          /* the second signer's half */
    int claims_ahead;
    int retracted;
    int amended;
    const struct tov_case_judgement *judgements;
    size_t judgement_count;
};

struct tov_case_party {
    const uint8_t *case_ref;
    uint32_t agency;
    const char *agency_name;
    const char *unit; /* "dks" */
    uint64_t from_ms;
    uint64_t until_ms; /* it has left; 0: it has not */
};

/* A message type that the unit may send as the thing stands. */
struct tov_case_expected {
    const char *machine;
    const uint8_t *thing_ref;
    const char *type;  /* "case.review" */
    const char *field; /* with this field ...; "": as it likes */
    const char *value; /* ... at this value */
    int first_half;    /* two signers: this would be the first */
};

struct tov_case_options {
    size_t size;      /* sizeof(struct tov_case_options) */
    uint64_t number;  /* of any message of the affair */
    const char *unit; /* NULL: the first of the client's that may see the message */
    uint64_t at_ms;   /* as it was then; 0: now */
};
#define TOV_CASE_OPTIONS_INIT                       \
    {                                               \
        sizeof(struct tov_case_options), 0, NULL, 0 \
    }
struct tov_case;
TOV_API_CHECKED enum tov_err tov_case_get(struct tov_client *client,
                                          const struct tov_case_options *options,
                                          struct tov_case **out_case, struct tov_error *error);
TOV_API const char *tov_case_unit(const struct tov_case *one);
/* Its number and things; no tasks, they stand in full below. */
TOV_API const struct tov_affair *tov_case_affair(const struct tov_case *one);
/* In the order of the fold: the same at all agencies that hold them. */
TOV_API size_t tov_case_message_count(const struct tov_case *one);
TOV_API const struct tov_case_message *tov_case_message_at(const struct tov_case *one,
                                                           size_t index);
/* All, also met and fallen ones, in the order in which they opened. */
TOV_API size_t tov_case_task_count(const struct tov_case *one);
TOV_API const struct tov_case_task *tov_case_task_at(const struct tov_case *one, size_t index);
TOV_API size_t tov_case_party_count(const struct tov_case *one);
TOV_API const struct tov_case_party *tov_case_party_at(const struct tov_case *one, size_t index);
TOV_API size_t tov_case_expected_count(const struct tov_case *one);
TOV_API const struct tov_case_expected *tov_case_expected_at(const struct tov_case *one,
                                                             size_t index);
TOV_API_CHECKED enum tov_err tov_case_to_json(const struct tov_case *one, char **out_json,
                                              struct tov_error *error);
TOV_API void tov_case_destroy(struct tov_case *one); /* NULL is fine */

#ifdef __cplusplus
}
#endif
#endif
