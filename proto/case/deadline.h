/* SPDX-License-Identifier: EUPL-1.2
 *
 * Deadlines as data: what opens one, from where it is counted, how far, how strong, what meets it,
 * who owes it to whom.
 * Not for: computing days (that needs the calendar) or judging what is overdue.
 * Never send a deadline: all sides compute it from the messages (I5).
 */
#ifndef TOV_CASE_DEADLINE_H
#define TOV_CASE_DEADLINE_H

#include "case/calendar.h"
#include "case/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tov_deadline_anchor {
    TOV_ANCHOR_EVENT = 1,   /* when the message that opens it counts (case/task.h) */
    TOV_ANCHOR_FIELD = 2,   /* a date or time in that message's header fields */
    TOV_ANCHOR_RELEASE = 3, /* R, the release date in force */
    TOV_ANCHOR_MEETING = 4  /* the next Infohus meeting whose agenda freeze is not passed */
};

enum tov_deadline_strength {
    TOV_STRENGTH_LAW = 1,       /* L, lov */
    TOV_STRENGTH_AGREEMENT = 2, /* A, aftale */
    TOV_STRENGTH_PRACTICE = 3,  /* P, praksis */
    TOV_STRENGTH_INTERNAL = 4   /* X, intern */
};

/* Who owes a deadline or is owed it, as seen from the message that opens it. */
enum tov_deadline_party {
    TOV_OWED_SECRETARIAT = 1,
    TOV_OWED_COORDINATOR = 2,  /* the kommune's tovholder */
    TOV_OWED_COORDINATORS = 3, /* both */
    TOV_OWED_POLICE = 4,
    TOV_OWED_KRFO = 5,
    TOV_OWED_KOMMUNE = 6,   /* any of its units in the channel of the thing */
    TOV_OWED_SENDER = 7,    /* who sent the opening message */
    TOV_OWED_ADDRESSED = 8, /* the unit it went to; each, when more than one */
    TOV_OWED_PROVIDER = 9,
    TOV_OWED_EACH_PARTY = 10,       /* each party of the case but the sender */
    TOV_OWED_CASE = 11,             /* all parties of the case */
    TOV_OWED_KOMMUNE_AND_CASE = 12, /* the release desk and the case */
    TOV_OWED_RECIPIENTS = 13,       /* all who got the opening message */
    TOV_OWED_COURSE = 14,           /* those in the courses of the case */
    TOV_OWED_SENDER_AND_COORDINATOR = 15,
    TOV_OWED_REFERRER = 16, /* who sent the concern, when not among those who decided on it */
    TOV_OWED_NAMED = 17,    /* each agency in the field "addressed" */
    TOV_OWED_OFFERED = 18   /* the agency in the field "to_agency" */
};
/* "Kriminalforsorgen", "the prison service". */
const char *tov_deadline_party_name(enum tov_deadline_party party, enum tov_language language);

enum tov_pattern_test {
    TOV_PATTERN_IS = 0,
    TOV_PATTERN_IS_NOT = 1,  /* any other value, or none */
    TOV_PATTERN_AT_LEAST = 2 /* of a traffic light: roed, gul, groen */
};

/* A message type with, where VALUE is not NULL, one header field whose value (an enum id, or "ja"
 * and "nej" of a bool) passes TEST. BOTH: it counts when the second signer's message is held. */
struct tov_event_pattern {
    const char *type;
    const char *field;
    const char *value;
    bool both;
    enum tov_pattern_test test;
};
#define TOV_PATTERNS_MAX 5

struct tov_deadline {
    const char *id;
    struct tov_text task; /* "Svar på anmodning om oplysninger" */
    /* What it is about, one TOV_ABOUT_*; 0: the first that the opening message names of episode,
     * course, case, concern, request and psych, or else its event. */
    uint32_t thing;
    struct tov_event_pattern opens[TOV_PATTERNS_MAX]; /* ends at the first NULL type */
    enum tov_deadline_anchor anchor;
    const char *anchor_field; /* FIELD: its name, else NULL */
    int16_t offset;           /* negative: before the anchor */
    enum tov_offset_unit unit;
    /* RELEASE: from when it can be worked on, counted from R; unit 0: no window. */
    struct tov_span window;
    /* RELEASE: due this long after the admission when it would be due before it; unit 0: not so. */
    struct tov_span since_admission;
    struct tov_event_pattern met_by[TOV_PATTERNS_MAX];
    const char *same_field; /* opening and meeting message agree in it, or NULL */
    struct tov_event_pattern dropped_by[TOV_PATTERNS_MAX]; /* beside the end of the thing */
    enum tov_deadline_party owner;
    enum tov_deadline_party owed_to;
    enum tov_deadline_strength strength;
    bool recurs;        /* the message that meets it opens it again */
    bool no_duty;       /* asked, not owed: never shown as overdue at others (rule 5) */
    bool by_owner;      /* only a message of its owner meets it */
    bool by_citation;   /* only a message that cites the opening one meets it */
    bool active_days;   /* pauses of the course do not count */
    bool hands_over;    /* opened by the offer of another task: who accepts it takes that task */
    bool after_release; /* only a message from the release on meets it */
    const char *source; /* statute or agreement, for readers */
};

size_t tov_deadline_count(void);
const struct tov_deadline *tov_deadline_at(size_t index); /* INDEX < count (asserted) */
const struct tov_deadline *tov_deadline_find(const char *id);
static inline struct tov_span tov_deadline_span(const struct tov_deadline *deadline)
{
    return (struct tov_span){deadline->offset, deadline->unit};
}
/* "lov", "aftale", "praksis", "intern"; "law" ... in English. */
const char *tov_deadline_strength_name(enum tov_deadline_strength strength,
                                       enum tov_language language);

/* What ends a thing, so that its open deadlines fall away. */
struct tov_thing_end {
    uint32_t thing; /* one TOV_ABOUT_* */
    struct tov_event_pattern by;
};
size_t tov_thing_end_count(void);
const struct tov_thing_end *tov_thing_end_at(size_t index); /* INDEX < count (asserted) */

#endif
