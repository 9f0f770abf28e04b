/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside the picture: the fold of one thing, from which judging, guards and reasons read.
 * Not for: files that are not picture_*.c.
 * Never change an instance while a message is being judged: all machines judge the same moment.
 */
#ifndef TOV_CASE_PICTURE_INTERNAL_H
#define TOV_CASE_PICTURE_INTERNAL_H

#include "case/order.h"
#include "case/picture.h"
#include "case/told_facts.h"
#include "wire/arena.h"

/* A thing in one machine while it is folded, and later for what comes next. */
struct instance {
    struct tov_thing thing; /* state NULL: it does not exist */
    const struct tov_machine_info *machine;
    struct tov_thing_step *steps;
    bool is_whole;  /* its beginning was judged: what is not held was not sent */
    bool has_last;  /* last_event is set */
    bool has_start; /* it has, or had, a starting point: as of start_event */
    struct tov_thing_ref start_event;
    const char *start_state;
    bool holds_beginning; /* a message that begins it is held: no starting point is asked for */
    size_t halves_from;   /* first halves before this place in the order have fallen */
    uint16_t coordinator; /* machine sag: the kommune that coordinates; 0: not known */
    bool has_held;        /* machine ansvar: held_event is known */
    struct tov_thing_ref held_event;  /* by which the responsible agency holds it */
    struct tov_thing_ref offer_event; /* of the open offer */
    bool has_offer;
};

/* A message by its leaf, and by the event that it tells of. */
struct leaf_place {
    const struct tov_ref *ref;
    size_t place;
};
struct event_place {
    struct tov_thing_ref event;
    const struct tov_told *told;
    size_t place;
};
#define PICTURE_NOWHERE SIZE_MAX

/* The messages about one thing, in their order, and the machines that it has. */
struct subject {
    uint32_t about; /* one TOV_ABOUT_* */
    struct tov_thing_ref ref;
    struct tov_ordered *order;
    size_t count;
    struct leaf_place *leaves;  /* of all COUNT, sorted; places are those of ORDER */
    struct event_place *events; /* of those that tell of one, by event, then place */
    size_t event_count;
    size_t *originals; /* the place of the first that tells the same as this one, or its own */
    struct instance *instances;
    size_t instance_count;
    struct tov_thing_ref case_ref; /* a course's case */
    bool has_case;
};

struct tov_picture {
    struct tov_arena *arena;
    struct tov_picture_options options;
    const struct tov_told *messages;
    struct tov_placed *placed;
    size_t count;
    struct tov_judgement **judgements; /* of placed[i], to write to */
    size_t *place_of;                  /* of messages[i] in placed */
    struct subject *subjects;
    size_t subject_count;
    const struct tov_thing **things;
    size_t thing_count;
    struct tov_party *parties;
    size_t party_count;
};

/* Citations of one message that are looked at (docs/protocol.md 10). */
#define PICTURE_CITATIONS 64

/* One message while it is judged. */
struct judging {
    const struct tov_picture *picture;
    const struct subject *subject;
    size_t at; /* how many messages of the subject stand before it */
    const struct tov_told *told;
    uint64_t effective_ms;
    bool is_draft; /* being written: what is not held was not sent */
    const struct instance *instance;
    const struct tov_machine_row *row;
    bool case_refused; /* the case refused the same message */
};

enum tri { TRI_NO = 0, TRI_YES = 1, TRI_UNKNOWN = 2 };

/* What comes of judging one message for one instance. */
struct outcome {
    enum tov_step_verdict verdict;
    const struct tov_machine_row *row;   /* that was taken, or is waited for; NULL: none */
    uint16_t rule;                       /* REFUSED */
    const struct tov_machine_row *tried; /* REFUSED by sender: the row that asks for others */
    const char *to;
    const struct tov_told *first;    /* of two signers */
    const struct tov_told *original; /* COPY: the first message about the event, if held */
    bool is_conflict;
    bool is_half;       /* of two signers: waits for the second */
    bool is_who_judged; /* UNJUDGED: the sender is known to be one who may */
};

/* False: the message is no event of the machine. */
bool picture_judge(struct judging *judging, struct outcome *out_outcome);
enum tri picture_who(const struct judging *judging, uint32_t who, const struct tov_told *sender);
enum tri picture_guard(const struct judging *judging, enum tov_step_guard guard);
/* The guard reads the message and other things, and no earlier step: it is asked of any step. */
bool picture_guard_reads_message(enum tov_step_guard guard);
/* Why OUTCOME refuses, in words that teach; texts in the picture's arena. NOMEM, and the rule's own
 * words then. */
enum tov_err picture_reason(const struct judging *judging, const struct outcome *outcome,
                            struct tov_arena *arena, struct tov_text *out_reason);

/* Folds SUBJECT; its order and instances are made. NOMEM. */
enum tov_err picture_fold(struct tov_picture *picture, struct subject *subject);
struct instance *picture_instance(const struct subject *subject, enum tov_machine machine);
const struct subject *picture_subject(const struct tov_picture *picture, uint32_t about,
                                      const struct tov_thing_ref *ref);
struct tov_placed *picture_placed_of(const struct tov_picture *picture,
                                     const struct tov_told *told);
/* The record "Step" of TOLD for the instance. */
bool picture_step_of(const struct tov_told *told, const struct instance *instance,
                     struct tov_record *out_step);
/* The judgement of TOLD for the instance, or NULL. */
const struct tov_judgement *picture_judgement_of(const struct tov_picture *picture,
                                                 const struct tov_told *told,
                                                 const struct instance *instance);
/* Which machines the thing of SUBJECT has, none begun. INSTANCES has room for TOV_MACHINES_MAX. */
void picture_make_instances(const struct tov_picture *picture, struct subject *subject,
                            struct instance *instances);
/* Things in the order in which they are folded: what guards ask about comes before who asks. */
#define PICTURE_ABOUTS 5
extern const uint32_t picture_abouts[PICTURE_ABOUTS];
/* Marks is_copy, is_retracted and amended_by among the messages that PLACED has. NOMEM. */
enum tov_err picture_mark(struct tov_placed *placed, size_t count);
/* Whether TOLD names a starting point of the instance. */
bool picture_start_of(const struct tov_told *told, const struct instance *instance,
                      struct tov_record *out_start);
/* Whether the subject holds, anywhere, a message that begins the instance, by one who may. */
bool picture_holds_beginning(const struct judging *judging);
/* Whether the sender of what is judged may say where the instance stands: one who may take the step
 * that the message is, holds the thing, or takes part in it; where that is not known, one who was
 * told of the thing before, or whose message is the first of it. */
bool picture_may_start(const struct judging *judging);
/* AGENCY sent or received a message that is held. */
bool picture_knows_agency(const struct tov_picture *picture, uint64_t agency);
/* What is judged may have been the last step of the starting point: by type, state and sender. */
bool picture_can_lead_to_start(const struct judging *judging);

/* ---- finding messages (picture_index.c) ---- */

/* Makes the subject's leaves, events and originals; its order is made. NOMEM. */
enum tov_err picture_index(struct tov_picture *picture, struct subject *subject);
/* The first message about the event of the subject's message AT, from the same agency. */
const struct tov_told *picture_original(const struct subject *subject, size_t at);
/* The subject's message whose leaf is REF, which stands at *OUT_AT; NULL: it is not held. */
const struct tov_told *picture_held(const struct subject *subject, const struct tov_ref *ref,
                                    size_t *out_at);
/* The subject's messages that tell of EVENT, in their order. */
const struct event_place *picture_events(const struct subject *subject,
                                         const struct tov_thing_ref *event, size_t *out_count);
void picture_events_sort(struct event_place *events, size_t count);
const struct event_place *picture_events_find(const struct event_place *events, size_t count,
                                              const struct tov_thing_ref *event, size_t *out_count);
void picture_leaves_sort(struct leaf_place *leaves, size_t count);
/* The first place of REF, or PICTURE_NOWHERE. */
size_t picture_leaves_find(const struct leaf_place *leaves, size_t count,
                           const struct tov_ref *ref);
/* For qsort of struct event_place: what tells the same stands side by side, by place. */
int picture_compare_tellings(const void *a, const void *b);

/* AGENCY sent or received one of the first AT messages of the subject. */
bool picture_was_told(const struct subject *subject, size_t at, uint16_t agency);
/* Whether TOLD is an event by the pattern of ROW. */
bool picture_fits(const struct judging *judging, const struct tov_machine_row *row,
                  const struct tov_told *told);
/* Whether what is judged cites EVENT; UNKNOWN: it cites what is not held. */
enum tri picture_cites(const struct judging *judging, const struct tov_thing_ref *event);

/* The parties of all cases; the subjects are made. NOMEM. */
enum tov_err picture_find_parties(struct tov_picture *picture);
/* Whether the agency is in the case at the time; UNKNOWN: its opening is not held. */
enum tri picture_is_party(const struct tov_picture *picture, const struct tov_thing_ref *case_ref,
                          uint16_t agency, uint64_t time_ms);
bool picture_holds_opening(const struct tov_picture *picture, const struct tov_thing_ref *case_ref);

#endif
