/* SPDX-License-Identifier: EUPL-1.2
 *
 * One message against the rows of one machine: pure, nothing is changed.
 */
#include "case/picture_internal.h"

#include <string.h>

/* "target = start": a message that answers the one which began the thing, or a copy of it. */
static bool targets_start(const struct judging *judging, const struct tov_told *told)
{
    const struct tov_told *began = judging->instance->thing.began;
    struct tov_thing_ref event, began_event;
    struct tov_ref target;
    size_t at;
    if (began == NULL || !tov_told_reply_to(told, &target) ||
        !tov_told_step_event(began, &began_event))
        return false;
    const struct tov_told *held = picture_held(judging->subject, &target, &at);
    return held != NULL && tov_told_step_event(held, &event) &&
           tov_thing_ref_equal(&event, &began_event);
}

bool picture_fits(const struct judging *judging, const struct tov_machine_row *row,
                  const struct tov_told *told)
{
    const struct tov_event_pattern *on = &row->on;
    if (row->machine != judging->instance->machine->machine ||
        (row->about & judging->subject->about) == 0 || strcmp(on->type, tov_told_type(told)) != 0)
        return false;
    if (on->field == NULL)
        return true;
    bool is = strcmp(on->field, "target") == 0
                  ? strcmp(on->value, TOV_AT_START) == 0 && targets_start(judging, told)
                  : tov_told_says(told, on->field, on->value);
    return is != row->on_others;
}

bool picture_step_of(const struct tov_told *told, const struct instance *instance,
                     struct tov_record *out_step)
{
    struct tov_thing_ref thing;
    for (size_t i = 0; tov_record_child(told->draft->header, "steps", i, out_step); i++) {
        const char *machine = tov_record_enum(*out_step, "machine");
        if (machine != NULL && strcmp(machine, instance->machine->id) == 0 &&
            tov_record_uuid(*out_step, "thing_ref", &thing) &&
            tov_thing_ref_equal(&thing, &instance->thing.ref))
            return true;
    }
    return false;
}

const struct tov_judgement *picture_judgement_of(const struct tov_picture *picture,
                                                 const struct tov_told *told,
                                                 const struct instance *instance)
{
    const struct tov_placed *placed = picture_placed_of(picture, told);
    for (size_t i = 0; i < placed->judgement_count; i++) {
        const struct tov_judgement *judgement = &placed->judgements[i];
        if (judgement->machine == instance->machine->machine &&
            judgement->about == instance->thing.about &&
            tov_thing_ref_equal(&judgement->thing, &instance->thing.ref))
            return judgement;
    }
    return NULL;
}

/* The event that REFERENCE names: of the message held by its leaf, else as it says itself. */
static bool event_of_reference(const struct judging *judging, struct tov_record reference,
                               const struct tov_ref *ref, struct tov_thing_ref *out_event)
{
    size_t at;
    const struct tov_told *held = ref == NULL ? NULL : picture_held(judging->subject, ref, &at);
    if (held != NULL)
        return tov_told_step_event(held, out_event);
    return tov_record_uuid(reference, "event_ref", out_event);
}

/* The event of citation INDEX. False: there is no such citation; *OUT_KNOWN false: it is of what is
 * not held. */
static bool cited_event(const struct judging *judging, size_t index,
                        struct tov_thing_ref *out_event, bool *out_known)
{
    if (index >= PICTURE_CITATIONS)
        return false;
    struct tov_record header = judging->told->draft->header;
    struct tov_record reference;
    struct tov_ref ref;
    if (!tov_record_child(header, "cites", index, &reference))
        return false;
    bool has_ref = tov_record_ref(header, "cites", index, &ref);
    *out_known = event_of_reference(judging, reference, has_ref ? &ref : NULL, out_event);
    return true;
}

enum tri picture_cites(const struct judging *judging, const struct tov_thing_ref *event)
{
    enum tri found = TRI_NO;
    struct tov_thing_ref cited;
    bool is_known;
    for (size_t i = 0; cited_event(judging, i, &cited, &is_known); i++) {
        if (is_known && tov_thing_ref_equal(&cited, event))
            return TRI_YES;
        if (!is_known)
            found = TRI_UNKNOWN;
    }
    return found;
}

/* ---- copies, and what is held ---- */

bool picture_was_told(const struct subject *subject, size_t at, uint16_t agency)
{
    for (size_t i = 0; i < at; i++) {
        if (tov_told_is_among(subject->order[i].told, agency))
            return true;
    }
    return false;
}

/* The first message before what is judged that tells of its EVENT; NULL: none does. */
static const struct tov_told *first_about(const struct judging *judging,
                                          const struct tov_thing_ref *event)
{
    const struct subject *subject = judging->subject;
    if (!judging->is_draft) {
        const struct tov_told *original = picture_original(subject, judging->at);
        return original == judging->told ? NULL : original;
    }
    size_t count;
    const struct event_place *tellings = picture_events(subject, event, &count);
    for (size_t i = 0; i < count; i++) {
        if (tov_told_tells_as(tellings[i].told, judging->told, event))
            return tellings[i].told;
    }
    return NULL;
}

static bool is_copy(const struct judging *judging, struct outcome *outcome)
{
    const struct instance *instance = judging->instance;
    struct tov_thing_ref event;
    if (!tov_told_step_event(judging->told, &event))
        return false;
    outcome->original = first_about(judging, &event);
    bool told_by_start = instance->has_start &&
                         tov_thing_ref_equal(&instance->start_event, &event) &&
                         picture_can_lead_to_start(judging);
    return outcome->original != NULL || told_by_start;
}

/* Whether TOLD can have been a step: it is an event of the machine, by one who may. What was
 * refused for other reasons was a step to its sender, and is held. */
static bool can_be_step(const struct judging *judging, const struct tov_told *told)
{
    const struct tov_judgement *judgement =
        picture_judgement_of(judging->picture, told, judging->instance);
    if (judgement != NULL)
        return judgement->verdict != TOV_STEP_REFUSED || judgement->rule != TOV_REFUSAL_WHO;
    const struct tov_machine_info *machine = judging->instance->machine;
    for (size_t i = 0; i < machine->row_count; i++) {
        if (picture_fits(judging, &machine->rows[i], told))
            return true;
    }
    return false;
}

static bool is_held(const struct judging *judging, const struct tov_thing_ref *event)
{
    const struct instance *instance = judging->instance;
    if (instance->has_start && tov_thing_ref_equal(&instance->start_event, event))
        return true;
    size_t count;
    const struct event_place *tellings = picture_events(judging->subject, event, &count);
    for (size_t i = 0; i < count; i++) {
        if (can_be_step(judging, tellings[i].told))
            return true;
    }
    return false;
}

static bool has_unheld_step(const struct judging *judging, struct tov_record *out_step)
{
    struct tov_thing_ref previous;
    return !judging->is_draft && picture_step_of(judging->told, judging->instance, out_step) &&
           tov_record_uuid(*out_step, "previous_event_ref", &previous) &&
           !is_held(judging, &previous);
}

/* ---- the table ---- */

static bool guards_hold(struct judging *judging, const struct tov_machine_row *row,
                        struct outcome *outcome)
{
    judging->row = row;
    for (size_t i = 0; i < TOV_GUARDS_MAX && row->guards[i] != TOV_GUARD_NONE; i++) {
        enum tov_step_guard guard = (enum tov_step_guard)row->guards[i];
        bool is_asked = outcome->verdict != TOV_STEP_UNJUDGED || picture_guard_reads_message(guard);
        if (is_asked && picture_guard(judging, guard) == TRI_NO) {
            outcome->rule = (uint16_t)(TOV_REFUSAL_GUARDS + guard);
            return false;
        }
    }
    return true;
}

static bool is_second_of(const struct judging *judging, const struct tov_machine_row *row,
                         const struct tov_told *first)
{
    const struct tov_told *second = judging->told;
    if (!picture_fits(judging, row, first) || tov_unit_is_same(&first->sender, &second->sender))
        return false;
    return (picture_who(judging, row->who, first) != TRI_NO &&
            picture_who(judging, row->and_who, second) != TRI_NO) ||
           (picture_who(judging, row->and_who, first) != TRI_NO &&
            picture_who(judging, row->who, second) != TRI_NO);
}

/* A half whose step before is not held waits like any other. */
static bool still_waits(const struct judging *judging, const struct tov_told *first)
{
    const struct tov_judgement *judgement =
        picture_judgement_of(judging->picture, first, judging->instance);
    if (judgement == NULL ||
        (judgement->verdict != TOV_STEP_WAITS && judgement->verdict != TOV_STEP_UNJUDGED))
        return false;
    for (size_t i = judging->instance->halves_from; i < judging->at; i++) {
        if (judging->subject->order[i].told == first)
            return true;
    }
    return false;
}

/* What a half cites as its first: the one that waits; or, to say why there is none, one that does
 * not wait any more. Another message with the same event does not stand in its way. */
struct halves {
    const struct tov_told *waiting;
    const struct tov_told *other;
    bool is_unheld; /* a citation is of what is not held */
};

/* The first message about the event of the one held, both before what is judged. */
static const struct tov_told *held_by_ref(const struct judging *judging, const struct tov_ref *ref)
{
    size_t at;
    if (picture_held(judging->subject, ref, &at) == NULL || at >= judging->at)
        return NULL;
    return picture_original(judging->subject, at);
}

static void add_half(const struct judging *judging, const struct tov_machine_row *row,
                     const struct tov_told *told, struct halves *halves)
{
    if (strcmp(tov_told_type(told), tov_told_type(judging->told)) != 0)
        return;
    if (halves->waiting == NULL && still_waits(judging, told) && is_second_of(judging, row, told))
        halves->waiting = told;
    if (halves->other == NULL)
        halves->other = told;
}

/* Of a citation whose leaf is not held: by its event. */
static void add_halves_of(const struct judging *judging, const struct tov_machine_row *row,
                          const struct tov_thing_ref *event, struct halves *halves)
{
    size_t count;
    const struct event_place *tellings = picture_events(judging->subject, event, &count);
    halves->is_unheld = true;
    for (size_t i = 0; i < count && tellings[i].place < judging->at; i++) {
        if (!is_second_of(judging, row, tellings[i].told))
            continue;
        halves->is_unheld = false;
        add_half(judging, row, tellings[i].told, halves);
    }
}

static struct halves find_halves(const struct judging *judging, const struct tov_machine_row *row)
{
    struct halves halves = {0};
    struct tov_record header = judging->told->draft->header, reference;
    for (size_t i = 0; i < PICTURE_CITATIONS && tov_record_child(header, "cites", i, &reference);
         i++) {
        struct tov_ref ref;
        struct tov_thing_ref event;
        const struct tov_told *held =
            tov_record_ref(header, "cites", i, &ref) ? held_by_ref(judging, &ref) : NULL;
        if (held != NULL)
            add_half(judging, row, held, &halves);
        else if (tov_record_uuid(reference, "event_ref", &event))
            add_halves_of(judging, row, &event, &halves);
        else
            halves.is_unheld = true;
    }
    return halves;
}

/* One of two signers. True: the step is taken; else OUTCOME says what it is. */
static bool both_signed(const struct judging *judging, const struct tov_machine_row *row,
                        struct outcome *outcome)
{
    struct halves halves = find_halves(judging, row);
    struct tov_record step;
    if (halves.waiting != NULL) {
        outcome->first = halves.waiting;
        return true;
    }
    if (halves.other != NULL) {
        outcome->rule = TOV_REFUSAL_SECOND;
        return false;
    }
    outcome->verdict = TOV_STEP_WAITS;
    outcome->is_half = true;
    outcome->to = judging->instance->thing.state;
    if (halves.is_unheld && picture_step_of(judging->told, judging->instance, &step) &&
        tov_bytes_equal(tov_record_bytes(step, "state"), tov_bytes_of_text(row->to)))
        outcome->verdict = TOV_STEP_UNJUDGED;
    return false;
}

/* ---- steps that cannot be judged ---- */

/* Who was offered what, while the offer may be what is not held: one who knows of the thing. */
static enum tri who_unjudged(const struct judging *judging, const struct tov_machine_row *row)
{
    enum tri is = picture_who(judging, row->who | row->and_who, judging->told);
    const struct instance *held = picture_instance(judging->subject, TOV_MACHINE_RESPONSIBILITY);
    bool may_lack_offer =
        (row->who & TOV_WHO_OFFERED) != 0 && (held == NULL || held->thing.offered == 0) &&
        picture_was_told(judging->subject, judging->at, judging->told->sender.agency);
    return is == TRI_NO && may_lack_offer ? TRI_UNKNOWN : is;
}

/* ROW, which the event fits, against the state that the message names. True: OUTCOME is settled. */
static bool try_named(struct judging *judging, const struct tov_machine_row *row, const char *named,
                      struct outcome *outcome)
{
    struct outcome tried = {.verdict = TOV_STEP_UNJUDGED, .row = row, .to = named};
    bool leaves = named != NULL && tov_machine_row_leaves(row, named);
    bool leads = named != NULL &&
                 (strcmp(row->to, named) == 0 || (strcmp(row->to, TOV_STAYS) == 0 && leaves));
    enum tri who = who_unjudged(judging, row);
    if (who == TRI_NO || !guards_hold(judging, row, &tried)) {
        if (outcome->tried == NULL || outcome->rule == TOV_REFUSAL_WHO) {
            outcome->rule = who == TRI_NO ? TOV_REFUSAL_WHO : tried.rule;
            outcome->tried = row;
        }
        return false;
    }
    tried.is_who_judged = who == TRI_YES;
    if (row->and_who != 0) {
        tried.first = find_halves(judging, row).waiting;
        tried.is_half = tried.first == NULL;
    }
    if (tried.is_half && leads)
        tried.to = NULL;
    bool is_believed = leads || (tried.is_half && leaves);
    if (is_believed || outcome->verdict == TOV_STEP_REFUSED) {
        if (!is_believed) {
            tried.to = NULL;
            tried.row = NULL;
        }
        *outcome = tried;
    }
    return is_believed;
}

/* The named state is taken over when a row of the event, by one who may send it, leads to it or
 * leaves it as it is. A first half names the state as it stands; a second half whose first is not
 * held moves nothing. Where no row leads there, the thing is marked only. */
static void take_named_state(struct judging *judging, struct tov_record step,
                             struct outcome *outcome)
{
    const struct tov_machine_info *machine = judging->instance->machine;
    struct tov_bytes name = tov_record_bytes(step, "state");
    const char *named = NULL;
    for (size_t i = 0; i < machine->state_count; i++) {
        if (tov_bytes_equal(name, tov_bytes_of_text(machine->states[i].id)))
            named = machine->states[i].id;
    }
    *outcome = (struct outcome){.verdict = TOV_STEP_REFUSED, .rule = TOV_REFUSAL_WHO};
    for (size_t i = 0; i < machine->row_count; i++) {
        const struct tov_machine_row *row = &machine->rows[i];
        if (picture_fits(judging, row, judging->told) && try_named(judging, row, named, outcome))
            return;
    }
}

/* ---- steps that are judged ---- */

static void try_row(struct judging *judging, const struct tov_machine_row *row, const char *state,
                    struct outcome *outcome)
{
    *outcome = (struct outcome){.verdict = TOV_STEP_REFUSED, .tried = row};
    if (picture_who(judging, row->who | row->and_who, judging->told) == TRI_NO) {
        outcome->rule = TOV_REFUSAL_WHO;
        return;
    }
    if (!guards_hold(judging, row, outcome))
        return;
    if (row->and_who != 0 && !both_signed(judging, row, outcome))
        return;
    outcome->row = row;
    outcome->to = tov_machine_row_target(row, state);
    bool stays = strcmp(outcome->to, state) == 0;
    outcome->verdict = stays ? TOV_STEP_LOOPED : TOV_STEP_TAKEN;
}

static bool is_concurrent(const struct judging *judging)
{
    const struct tov_thing *thing = &judging->instance->thing;
    if (judging->is_draft || thing->step_count == 0)
        return false;
    const struct tov_thing_step *last = &thing->steps[thing->step_count - 1];
    return last->is_judged && last->told->sender.agency != judging->told->sender.agency &&
           !tov_told_has_seen(judging->told, last->told) &&
           !tov_told_has_seen(last->told, judging->told);
}

static void judge_by_table(struct judging *judging, struct outcome *outcome)
{
    const struct tov_machine_info *machine = judging->instance->machine;
    const char *state = judging->instance->thing.state;
    if (state == NULL)
        state = TOV_NO_STATE;
    *outcome = (struct outcome){.verdict = TOV_STEP_REFUSED, .rule = TOV_REFUSAL_PAIR};
    for (size_t i = 0; i < machine->row_count && outcome->verdict == TOV_STEP_REFUSED; i++) {
        const struct tov_machine_row *row = &machine->rows[i];
        if (tov_machine_row_leaves(row, state) && picture_fits(judging, row, judging->told))
            try_row(judging, row, state, outcome);
    }
    if (outcome->verdict == TOV_STEP_REFUSED)
        outcome->is_conflict = is_concurrent(judging);
}

bool picture_judge(struct judging *judging, struct outcome *out_outcome)
{
    const struct tov_machine_info *machine = judging->instance->machine;
    bool is_event = false;
    for (size_t i = 0; i < machine->row_count && !is_event; i++)
        is_event = picture_fits(judging, &machine->rows[i], judging->told);
    if (!is_event)
        return false;
    struct tov_record step;
    *out_outcome = (struct outcome){.verdict = TOV_STEP_COPY};
    if (is_copy(judging, out_outcome))
        out_outcome->to = judging->instance->thing.state;
    else if (has_unheld_step(judging, &step))
        take_named_state(judging, step, out_outcome);
    else
        judge_by_table(judging, out_outcome);
    return true;
}
