/* SPDX-License-Identifier: EUPL-1.2
 *
 * The fold: from the messages that an agency's units sent or received to the picture that they
 * give: the messages in order, each with its judgement, and for each thing and machine the state,
 * who is responsible, what waits and what is missing.
 * Not for: deadlines (case/task.h), or showing a unit more than tov_picture_view lets it see.
 * Never hand it the clock or anything that two agencies do not share: the same messages give the
 * same picture, in whatever order they came (I5).
 *
 * Rules (docs/machines.md says them for readers):
 * - P1 The state of a thing follows from the messages about that thing alone, in their own order
 *      (case/order.h), and what guards ask of others. Who holds fewer of other things shows the
 *      same.
 * - P2 A message that no row lists for the state is refused: kept, never applied, never lost.
 * - P3 Who does not hold the step that a message names before its own judges the sender only, as
 * far as known: the state that it names is shown, and the thing is marked incomplete, until a new
 *      starting point. One of two signers moves nothing, and nobody becomes responsible by a sender
 *      who is not known to be one who may.
 * - P4 Each case and transition that is not at its end has one responsible agency (I12).
 */
#ifndef TOV_CASE_PICTURE_H
#define TOV_CASE_PICTURE_H

#include "case/machine.h"

struct tov_picture; /* opaque */

struct tov_picture_options {
    const struct tov_machine_table *table; /* NULL: tov_machine_table() */
    /* The day COUNT Danish working days after DAY, by the calendar in force. NULL: what counts
     * working days is not judged. */
    struct tov_date (*working_days_after)(const void *calendar, struct tov_date day, int count);
    const void *calendar;
};

/* One step of a thing, or the starting point that came with a message. */
struct tov_thing_step {
    uint64_t at_ms; /* effective time among the thing's messages */
    const char *state;
    const struct tov_told *told;
    bool is_judged;       /* false: a starting point, or a step that was not judged (P3) */
    uint16_t responsible; /* machine ansvar: the agency after it; 0: none */
    uint16_t offered;     /* to which it is offered; 0: no open offer */
};

/* A thing as one machine sees it. Who misuses one reference for a case and a detention makes two
 * things of it: machine, ABOUT and REF together name one. */
struct tov_thing {
    enum tov_machine machine;
    uint32_t about; /* one TOV_ABOUT_* */
    struct tov_thing_ref ref;
    const char *state;
    uint64_t since_ms;
    struct tov_thing_ref last_event; /* of the last step: what the next one names as before it */
    const struct tov_told *began;    /* the message that began it; NULL: it is not held */
    bool is_incomplete;              /* "ufuldstændig" (P3) */
    bool is_conflict;                /* a step was refused that had not seen this state: look */
    bool is_unready;                 /* "uden klar": released before both had confirmed */
    const struct tov_told *waits;    /* a first signer's half that waits for the second, or NULL */
    const char *regime;              /* machine frihedsberoevelse: "aaben"; NULL: not told */
    uint16_t responsible;            /* machine ansvar: 0 when nobody is */
    uint16_t offered;
    const struct tov_thing_step *steps;
    size_t step_count;
};

/* A unit through which an agency takes part in a case. */
struct tov_party {
    struct tov_thing_ref case_ref;
    uint16_t agency;
    const char *unit;
    uint64_t from_ms;
    uint64_t until_ms; /* it has left; 0: it has not */
    bool by_opening;   /* the opening of the case named it */
};

/* MESSAGES live as long as the picture; each stands in them once. OPTIONS may be NULL. NOMEM. */
enum tov_err tov_picture_create(const struct tov_told *messages, size_t count,
                                const struct tov_picture_options *options,
                                struct tov_picture **out_picture) TOV_MUST_CHECK;
void tov_picture_destroy(struct tov_picture *picture); /* NULL is fine */

/* All that follows is borrowed from the picture. */
size_t tov_picture_placed_count(const struct tov_picture *picture);
const struct tov_placed *tov_picture_placed_at(const struct tov_picture *picture, size_t index);
/* Things that exist, machine by machine, by reference. */
size_t tov_picture_thing_count(const struct tov_picture *picture);
const struct tov_thing *tov_picture_thing_at(const struct tov_picture *picture, size_t index);
const struct tov_thing *tov_picture_thing_find(const struct tov_picture *picture,
                                               enum tov_machine machine,
                                               const struct tov_thing_ref *ref);
/* The last step at or before TIME_MS; NULL: there was none yet. */
const struct tov_thing_step *tov_picture_state_at(const struct tov_thing *thing, uint64_t time_ms);
/* Parties of all cases, case by case, in the order in which they came in. */
size_t tov_picture_party_count(const struct tov_picture *picture);
const struct tov_party *tov_picture_party_at(const struct tov_picture *picture, size_t index);

/* ---- what comes next ---- */

/* What one message would do, or did, to one machine of one thing: a record "Step" of its header.
 * The sender's node writes those whose verdict is not REFUSED. */
struct tov_next_step {
    struct tov_judgement judgement;
    struct tov_thing_ref previous_event; /* of the step before; has_previous false: there is none */
    bool has_previous;
    const char *state; /* after it; a first half that waits names the state as it is */
};

/* Judges NEXT, which is not in the picture yet and stands after all that is, as its sender's node
 * does before it sends; what the sender should hold and does not is ground to refuse. A copy gets
 * what the first message about its event got. At most ROOM steps are written; returns how many
 * there are. */
size_t tov_picture_steps_for(const struct tov_picture *picture, const struct tov_told *next,
                             struct tov_next_step *out_steps, size_t room);
/* The starting points of the thing that REF names in its machines, for a recipient that has not
 * held it: records "Start". At most ROOM; returns how many there are. */
size_t tov_picture_start_for(const struct tov_picture *picture, const struct tov_thing_ref *ref,
                             const struct tov_thing **out_things, size_t room);
/* Rows of which UNIT may send the event as THING stands; guards are not asked, since they judge
 * what is not written yet. At most ROOM; returns how many there are. */
size_t tov_picture_expected(const struct tov_picture *picture, const struct tov_thing *thing,
                            const struct tov_unit_facts *unit,
                            const struct tov_machine_row **out_rows, size_t room);

/* ---- what one unit is shown (I10) ---- */

/* Messages that the unit sent or received, and things that these were events of. What a unit of the
 * release channel is shown of a thing is as of the last event that the release channel was told;
 * never a case, nor anything of one. */
struct tov_view {
    const struct tov_placed *placed; /* copies and judgements as the unit may know them */
    size_t placed_count;
    const struct tov_thing *things;
    size_t thing_count;
    void *memory;
};
enum tov_err tov_picture_view(const struct tov_picture *picture, const struct tov_unit_facts *unit,
                              struct tov_view *out_view) TOV_MUST_CHECK;
void tov_view_fini(struct tov_view *view); /* a zeroed struct is fine */

#endif
