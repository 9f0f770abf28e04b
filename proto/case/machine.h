/* SPDX-License-Identifier: EUPL-1.2
 *
 * The state machines of casework as one table: from which states a message leads where, who may
 * send it, what must hold, what else it does. docs/machines.md is printed from it.
 * Not for: applying it (case/picture.h).
 * Never decide anything of a machine outside the table: a pair of state and event that no row lists
 * is refused.
 */
#ifndef TOV_CASE_MACHINE_H
#define TOV_CASE_MACHINE_H

#include "case/told.h"

#define TOV_NO_STATE "-" /* as a from-state: the thing does not exist */
#define TOV_STAYS "="    /* as a to-state: the state that it was in */
#define TOV_AT_START \
    "start" /* the value of the pattern field "target": the message that began it */

struct tov_machine_state {
    const char *id; /* "politivurdering" */
    struct tov_text name;
    bool is_end;
};

/* Who may send it; a mask: any of them. */
enum tov_who {
    TOV_WHO_ANY = 1u << 0,
    TOV_WHO_HOTLINE = 1u << 1,
    TOV_WHO_KRFO = 1u << 2,      /* any unit of Kriminalforsorgen */
    TOV_WHO_PROBATION = 1u << 3, /* its probation: kif */
    TOV_WHO_SECRETARIAT = 1u << 4,
    TOV_WHO_COORDINATOR_KOMMUNE = 1u << 5, /* of a case: of the kommune that coordinates it */
    TOV_WHO_COORDINATOR_POLICE = 1u << 6,
    TOV_WHO_KOMMUNE = 1u << 7,    /* any unit of a kommune */
    TOV_WHO_PARTY = 1u << 8,      /* an agency that is in the case */
    TOV_WHO_STARTER = 1u << 9,    /* the unit that sent the message which began the thing */
    TOV_WHO_ADDRESSED = 1u << 10, /* the unit that message went to */
    TOV_WHO_HOLDER = 1u << 11,    /* the responsible agency */
    TOV_WHO_OFFERED = 1u << 12    /* the agency with the open offer */
};
#define TOV_WHO_COUNT 13
struct tov_text tov_who_name(size_t bit); /* of 1u << BIT; BIT < TOV_WHO_COUNT (asserted) */

/* What must hold beside state and sender; each is judged by those who hold what it speaks of. */
enum tov_step_guard {
    TOV_GUARD_NONE = 0,
    TOV_GUARD_URGENT = 1,
    TOV_GUARD_AT_MOST_TWICE = 2,
    TOV_GUARD_CONCERN_FOUNDED = 3,
    TOV_GUARD_PURPOSE_AND_PARTY = 4,
    TOV_GUARD_NEXT_REVIEW = 5,
    TOV_GUARD_NO_OPEN_COURSE = 6,
    TOV_GUARD_ONE_POLICE_OBJECTION = 7,
    TOV_GUARD_ALL_AGREE = 8,
    TOV_GUARD_REASON_TO_REOPEN = 9,
    TOV_GUARD_SENDER_HOLDS = 10,
    TOV_GUARD_NO_OPEN_OFFER = 11,
    TOV_GUARD_NAMES_HOLDING = 12,
    TOV_GUARD_NAMES_OFFER = 13,
    TOV_GUARD_OWN_DECISION = 14,
    TOV_GUARD_CONSENT = 15,
    TOV_GUARD_MAY_ASK_AGAIN = 16,
    TOV_GUARD_LEAVE_PLANNED = 17,
    TOV_GUARD_NEXT_VERSION = 18,
    TOV_GUARD_MEETING_HELD = 19,
    TOV_GUARD_MEASURES_MET = 20,
    TOV_GUARD_CONTACT_SET = 21,
    TOV_GUARD_CASE_TAKES = 22
};
#define TOV_GUARD_COUNT 23

/* What a step does beside the state; a mask. */
enum tov_does {
    TOV_DOES_SET_REGIME = 1u << 0,      /* remembers the field "regime" */
    TOV_DOES_FLAG_UNREADY = 1u << 1,    /* flag "uden klar" */
    TOV_DOES_DROP_HALVES = 1u << 2,     /* first halves that wait fall */
    TOV_DOES_HOLD = 1u << 3,            /* the sender's agency is responsible */
    TOV_DOES_OFFER = 1u << 4,           /* an offer to the agency of "to_agency" is open */
    TOV_DOES_ACCEPT = 1u << 5,          /* the sender's agency is responsible; no offer is open */
    TOV_DOES_END_OFFER = 1u << 6,       /* no offer is open */
    TOV_DOES_END_HOLDING = 1u << 7,     /* nobody is responsible any more */
    TOV_DOES_MOVE_COORDINATOR = 1u << 8 /* the sender's kommune coordinates the case from here */
};

#define TOV_FROM_MAX 10
#define TOV_GUARDS_MAX 3
struct tov_machine_row {
    enum tov_machine machine;
    uint32_t about;                 /* TOV_ABOUT_*: the reference that names the thing */
    const char *from[TOV_FROM_MAX]; /* ends at the first NULL */
    struct tov_event_pattern on;    /* `both` is not looked at: AND_WHO says it */
    bool on_others;                 /* the field has any value but the pattern's */
    const char *to;
    uint32_t who;
    uint32_t and_who; /* 0, or: two messages, one by WHO and one by these, the second cites it */
    uint8_t guards[TOV_GUARDS_MAX]; /* enum tov_step_guard */
    uint32_t does;
};

struct tov_machine_info {
    enum tov_machine machine;
    const char *id; /* "henvendelse" */
    struct tov_text name;
    const struct tov_machine_state *states;
    size_t state_count;
    const struct tov_machine_row *rows;
    size_t row_count;
};

/* All machines, in the order in which one message is judged by them. */
#define TOV_MACHINES_MAX 8
struct tov_machine_table {
    const struct tov_machine_info *machines[TOV_MACHINES_MAX]; /* ends at the first NULL */
};
const struct tov_machine_table *tov_machine_table(void);
const struct tov_machine_info *tov_machine_find(enum tov_machine machine); /* NULL: no rows */
/* NULL: no such state. */
const struct tov_machine_state *tov_machine_state_find(enum tov_machine machine, const char *id);

/* Whether the row leaves STATE (TOV_NO_STATE: the thing does not exist). */
bool tov_machine_row_leaves(const struct tov_machine_row *row, const char *state);
/* The state after a step of ROW from STATE. */
const char *tov_machine_row_target(const struct tov_machine_row *row, const char *state);

/* Whether an answer of type ANSWER to a message of type TARGET cites it: the second of two signers,
 * the answer to an offer, an offer by who holds what TARGET gave. */
bool tov_machine_answer_cites(const char *answer, const char *target);

/* ---- rules of refusal (docs/machines.md) ---- */

enum tov_refusal {
    TOV_REFUSAL_PAIR = 101,   /* no row for this state and event */
    TOV_REFUSAL_WHO = 102,    /* not by this sender */
    TOV_REFUSAL_SECOND = 103, /* the second half: not by the other signer, or of something else */
    TOV_REFUSAL_GUARDS = 110  /* 110 + enum tov_step_guard */
};
/* What rule NUMBER asks; NULL texts: no such rule. */
struct tov_text tov_refusal_text(uint16_t number);
/* The message lacks a citation (Header.cites), or has another one than it must. */
bool tov_refusal_is_of_citation(uint16_t number);

#endif
