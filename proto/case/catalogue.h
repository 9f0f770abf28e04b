/* SPDX-License-Identifier: EUPL-1.2
 *
 * The catalogue: one row for each message type. Forms, validation, JSON, the message reference and
 * the words of programs come from it.
 * Not for: judging a draft (case/rules.h) or moving states.
 * Never change what a published (id, version) means: add a version.
 */
#ifndef TOV_CASE_CATALOGUE_H
#define TOV_CASE_CATALOGUE_H

#include "base/hash.h"
#include "case/basis.h"
#include "case/deadline.h"
#include "case/text.h"
#include "case/unit.h"
#include "wire/payload.h"

enum tov_message_group {
    TOV_GROUP_GENERIC = 1,
    TOV_GROUP_CONCERN = 2,
    TOV_GROUP_INFO = 3,
    TOV_GROUP_CASE = 4,
    TOV_GROUP_INTERVENTION = 5,
    TOV_GROUP_PRISON = 6,
    TOV_GROUP_PSYCHIATRY = 7,
    TOV_GROUP_ACTIVITY = 8
};
struct tov_text tov_message_group_name(enum tov_message_group group);

/* Where a field stands. */
enum tov_field_place {
    TOV_IN_HEADER = 1,        /* the record "Header" */
    TOV_IN_CONTENT = 2,       /* the record "Content" */
    TOV_IN_HEADER_FIELDS = 3, /* the type's header record */
    TOV_IN_CONTENT_FIELDS = 4 /* the type's content record */
};

enum tov_field_need {
    TOV_NEED_OPTIONAL = 1,
    TOV_NEED_ALWAYS = 2,
    TOV_NEED_FULL = 3, /* required, except in the minimal set to ydelse and folkereg */
    TOV_NEED_FORBIDDEN_IN_MINIMAL = 4 /* optional, and never in the minimal set */
};

/* One field that a person fills in. NAME is a path: "subject.number", "facts.fact" (each of a
 * repeated record must have it). FULL fields are forbidden in the minimal set too. */
struct tov_field_rule {
    enum tov_field_place place;
    const char *name;
    enum tov_field_need need;
    struct tov_text label;
    struct tov_text help; /* what to write, or why it is asked; NULL texts: the label says it */
};

/* Which common fields a type asks for. */
enum tov_common {
    TOV_ASKS_SUBJECT = 1u << 0,     /* the citizen is named; without this or MAY it is refused */
    TOV_ASKS_NECESSITY = 1u << 1,   /* necessity, purpose and a reason for each recipient */
    TOV_ASKS_TEXT = 1u << 2,        /* free text may be written */
    TOV_NEEDS_TEXT = 1u << 3,       /* free text is required */
    TOV_NEEDS_TARGET = 1u << 4,     /* in_reply_to and relation are required */
    TOV_ASKS_CERTAINTY = 1u << 5,   /* source and certainty are required */
    TOV_MAY_SUBJECT = 1u << 6,      /* the citizen may be named, and need not be */
    TOV_MAY_ABOUT_NOTHING = 1u << 7 /* it may refer to a thing, and need not */
};

enum tov_channel_rule {
    TOV_CHANNEL_CASE = 1,    /* only among the parties of a case or concern */
    TOV_CHANNEL_RELEASE = 2, /* only the general release channel */
    TOV_CHANNEL_BOTH = 3,    /* either, in separate messages with one event_ref */
    TOV_CHANNEL_FREE = 4     /* about the message it answers, in that one's channel */
};

/* From a unit with one of the duties FROM to one with one of the duties TO, on one of BASES. */
struct tov_route {
    uint32_t from;
    uint32_t to;
    uint64_t bases;
};

/* One thing that a message is about: bit for the field of "About". */
enum tov_about {
    TOV_ABOUT_CONCERN = 1u << 0,
    TOV_ABOUT_CASE = 1u << 1,
    TOV_ABOUT_COURSE = 1u << 2,
    TOV_ABOUT_REQUEST = 1u << 3,
    TOV_ABOUT_PSYCH = 1u << 4,
    TOV_ABOUT_EPISODE = 1u << 5
};

enum tov_effect {
    TOV_EFFECT_STEPS = 1u << 0,    /* an event of at least one machine */
    TOV_EFFECT_OPENS = 1u << 1,    /* starts the thing it is about */
    TOV_EFFECT_ENDS = 1u << 2,     /* brings its thing to an end state */
    TOV_EFFECT_ANSWERS = 1u << 3,  /* an answer to a request */
    TOV_EFFECT_REPLACES = 1u << 4, /* changes how an earlier message is shown */
    TOV_EFFECT_TWO_SIGNERS = 1u << 5,
    /* Makes its recipients parties of the case, or offers it to them: they get its starting
     * point. */
    TOV_EFFECT_BRINGS_IN = 1u << 6
};

#define TOV_ANSWERS_MAX 6
#define TOV_ROUTES_MAX 8

struct tov_message_type {
    const char *id; /* "prison.released" */
    uint32_t version;
    struct tov_text name;
    const char *mnemonic; /* "LØSL", or NULL */
    enum tov_message_group group;
    struct tov_text purpose;   /* one sentence: when it is sent */
    const char *header_schema; /* name of the typed records; "NoFields" where there are none */
    const char *content_schema;
    const struct tov_field_rule *fields; /* typed fields, in the order of the form */
    size_t field_count;
    uint32_t asks;        /* TOV_ASKS_*, TOV_NEEDS_* */
    const char *relation; /* what Header.relation must say, or NULL */
    uint32_t about_needs; /* TOV_ABOUT_*: all of these, and at least one in any case */
    uint32_t about_may;
    struct tov_route routes[TOV_ROUTES_MAX]; /* ends at the first without FROM */
    const char *answers[TOV_ANSWERS_MAX];    /* types that answer it; ends at NULL */
    enum tov_channel_rule channel;
    uint32_t effects;
    bool attachments;
    bool tells_of_offence; /* the message itself says that there was an offence (rule 10) */
    bool gives_no_reason;  /* whoever sends it need not and may not explain it */
};

size_t tov_message_type_count(void);
const struct tov_message_type *tov_message_type_at(size_t index); /* INDEX < count (asserted) */
/* The newest version of ID; NULL: no such type. */
const struct tov_message_type *tov_message_type_find(struct tov_bytes id);
const struct tov_message_type *tov_message_type_version(struct tov_bytes id, uint32_t version);

/* Names the types and versions that this program knows: one that knows others reads messages that
 * this one did not understand. */
struct tov_hash tov_catalogue_hash(void);

/* What messages are about: the fields of the header's "about", in the order of their bits. */
#define TOV_ABOUT_COUNT 6
struct tov_about_thing {
    uint32_t bit;         /* TOV_ABOUT_* */
    const char *field;    /* "case_ref" */
    struct tov_text name; /* "sagen", "the case" */
};
extern const struct tov_about_thing tov_about_things[TOV_ABOUT_COUNT];
/* Whether a message of TYPE may refer to the thing of FIELD ("case_ref"). */
bool tov_message_type_takes_about(const struct tov_message_type *type, const char *field);

/* All fields that a person may fill in for TYPE, common ones first, with the need that TYPE gives
 * them. INDEX < count (asserted). */
size_t tov_message_type_field_count(const struct tov_message_type *type);
struct tov_field_rule tov_message_type_field_at(const struct tov_message_type *type, size_t index);

/* Whether the typed field NAME ("to_agency") holds numbers of agencies. */
bool tov_field_holds_agency(const char *name);

/* Codes of purposes ("forebyggelse"), with their words; sorted as shown. */
struct tov_purpose {
    const char *id;
    struct tov_text name;
};
size_t tov_purpose_count(void);
const struct tov_purpose *tov_purpose_at(size_t index);

#endif
