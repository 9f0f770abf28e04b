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
    TOV_ANCHOR_EVENT = 1,   /* effective time of the message that opens it */
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
    TOV_OWED_KOMMUNE = 6,
    TOV_OWED_SENDER = 7,    /* who sent the opening message */
    TOV_OWED_ADDRESSED = 8, /* the unit it went to; each, when more than one */
    TOV_OWED_PROVIDER = 9,
    TOV_OWED_EACH_PARTY = 10,
    TOV_OWED_CASE = 11,             /* all parties of the case */
    TOV_OWED_KOMMUNE_AND_CASE = 12, /* the release desk and the case */
    TOV_OWED_RECIPIENTS = 13,       /* all who got the opening message */
    TOV_OWED_COURSE = 14            /* those in the course */
};

/* A message type with, where VALUE is not NULL, one header field that must have that value (an enum
 * id, or "ja"/"nej" of a bool). BOTH: it counts when the second signer's message is held. */
struct tov_event_pattern {
    const char *type;
    const char *field;
    const char *value;
    bool both;
};
#define TOV_PATTERNS_MAX 5

struct tov_deadline {
    const char *id;
    struct tov_text task;                             /* "Svar på anmodning om oplysninger" */
    struct tov_event_pattern opens[TOV_PATTERNS_MAX]; /* ends at the first NULL type */
    enum tov_deadline_anchor anchor;
    const char *anchor_field; /* FIELD: its name, else NULL */
    int16_t offset;           /* negative: before the anchor */
    enum tov_offset_unit unit;
    struct tov_event_pattern met_by[TOV_PATTERNS_MAX];
    enum tov_deadline_party owner;
    enum tov_deadline_party owed_to;
    enum tov_deadline_strength strength;
    bool recurs;        /* the message that meets it opens it again */
    bool no_duty;       /* asked, not owed: never shown as overdue at others (rule 5) */
    const char *source; /* statute or agreement, for readers */
};

size_t tov_deadline_count(void);
const struct tov_deadline *tov_deadline_at(size_t index); /* INDEX < count (asserted) */
const struct tov_deadline *tov_deadline_find(const char *id);
/* "lov", "aftale", "praksis", "intern"; "law" ... in English. */
const char *tov_deadline_strength_name(enum tov_deadline_strength strength,
                                       enum tov_language language);

#endif
