/* SPDX-License-Identifier: EUPL-1.2
 *
 * One message as machines and deadlines see it, and what the fold has made of it. The fold
 * (case/picture.h) reads told messages and writes placed ones; deadlines (case/task.h) read placed
 * ones.
 * Not for: content. Headers alone move states, so that who may see only headers folds alike.
 * Never judge by anything that is not in here, the tables and the calendar: all sides must come to
 * the same picture from the same messages (I5).
 */
#ifndef TOV_CASE_TOLD_H
#define TOV_CASE_TOLD_H

#include "case/draft.h"
#include "wire/ref.h"

/* As Machine.Value of proto/schema/message.proto. */
enum tov_machine {
    TOV_MACHINE_CONCERN = 1,
    TOV_MACHINE_CASE = 2,
    TOV_MACHINE_COURSE = 3,
    TOV_MACHINE_REQUEST = 4,
    TOV_MACHINE_PSYCHIATRY = 5,
    TOV_MACHINE_CUSTODY = 6,
    TOV_MACHINE_RELEASE = 7,
    TOV_MACHINE_COPY = 8,
    TOV_MACHINE_RESPONSIBILITY = 9
};

/* A case, concern, course ...: the UUID in the header's "about". */
struct tov_thing_ref {
    uint8_t bytes[16];
};

/* One message that an agency holds. Everything is borrowed and must outlive the fold. */
struct tov_told {
    struct tov_ref ref;  /* its leaf: origin, generation, index, hash */
    uint64_t written_ms; /* the leaf's time: what its origin claims */
    bool claims_ahead;   /* over 5 minutes ahead when this node received it: shown, and nothing is
                          * judged by it, since another node may have received it later (I5) */
    struct tov_unit_facts sender;            /* by the roster that the message names */
    const struct tov_unit_facts *recipients; /* in the order of Header.recipients */
    size_t recipient_count;
    const struct tov_draft *draft; /* header and header_fields; its content is not looked at */
};

enum tov_step_verdict {
    TOV_STEP_TAKEN = 1,   /* the machine moved, or began */
    TOV_STEP_LOOPED = 2,  /* a row whose to-state is its from-state: judged, and no step */
    TOV_STEP_WAITS = 3,   /* the first signer's half: waits for a second that cites it */
    TOV_STEP_COPY = 4,    /* another message about the same event was there before: steps nothing */
    TOV_STEP_REFUSED = 5, /* kept, shown, never applied */
    TOV_STEP_UNJUDGED =
        6 /* the step before it is not held: kept, its state shown, "ufuldstændig" */
};

/* What a message did to one machine of one thing. */
struct tov_judgement {
    enum tov_machine machine;
    uint32_t about; /* TOV_ABOUT_*: as what the thing is referred to */
    struct tov_thing_ref thing;
    enum tov_step_verdict verdict;
    enum tov_step_verdict
        first;              /* COPY: what the first message about the event got; else VERDICT */
    const char *from;       /* state before; NULL: the thing did not exist */
    const char *to;         /* state after; NULL: none */
    uint16_t rule;          /* REFUSED: number of the rule in docs/machines.md, else 0 */
    struct tov_text reason; /* REFUSED: why, in one sentence, else NULL texts */
    bool is_conflict;       /* REFUSED by a step that neither side had seen: a person should look */
    bool is_by_who_may;     /* its sender is known to be one who may; UNJUDGED: or is not known */
};

/* A message at its place in the order. */
struct tov_placed {
    const struct tov_told *told;
    uint64_t effective_ms;
    bool is_copy;   /* of an event that is held already (genpart): meets no deadline */
    bool is_second; /* the second signer's half, and both are held */
    const struct tov_told *first;      /* its first half, or NULL */
    bool is_retracted;                 /* a msg.retract of its sender names it */
    const struct tov_told *amended_by; /* the last msg.amend of its sender that names it, or NULL */
    const struct tov_judgement *judgements; /* an agenda steps each of its concerns */
    size_t judgement_count;
};

#endif
