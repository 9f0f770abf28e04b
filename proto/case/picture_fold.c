/* SPDX-License-Identifier: EUPL-1.2
 *
 * The messages about one thing, one after another: each is judged by all machines of the thing as
 * it stands, then what was taken is done.
 */
#include "case/picture_internal.h"

#include <string.h>

struct fold {
    struct tov_picture *picture;
    struct subject *subject;
    struct judging judging;
};

struct instance *picture_instance(const struct subject *subject, enum tov_machine machine)
{
    for (size_t i = 0; i < subject->instance_count; i++) {
        if (subject->instances[i].machine->machine == machine)
            return &subject->instances[i];
    }
    return NULL;
}

/* Room for a starting point and a step of each message. */
static enum tov_err push_step(struct fold *fold, struct instance *instance, bool is_judged)
{
    struct tov_thing *thing = &instance->thing;
    if (instance->steps == NULL)
        instance->steps = tov_arena_alloc(fold->picture->arena,
                                          2 * fold->subject->count * sizeof *instance->steps);
    if (instance->steps == NULL)
        return TOV_E_NOMEM;
    thing->since_ms = fold->judging.effective_ms;
    instance->steps[thing->step_count++] = (struct tov_thing_step){
        .at_ms = fold->judging.effective_ms,
        .state = thing->state,
        .told = fold->judging.told,
        .is_judged = is_judged,
        .responsible = thing->responsible,
        .offered = thing->offered,
    };
    thing->steps = instance->steps;
    return TOV_OK;
}

/* ---- starting points ---- */

bool picture_start_of(const struct tov_told *told, const struct instance *instance,
                      struct tov_record *out_start)
{
    struct tov_thing_ref thing;
    for (size_t i = 0; tov_record_child(told->draft->header, "start", i, out_start); i++) {
        const char *machine = tov_record_enum(*out_start, "machine");
        if (machine != NULL && strcmp(machine, instance->machine->id) == 0 &&
            tov_record_uuid(*out_start, "thing_ref", &thing) &&
            tov_thing_ref_equal(&thing, &instance->thing.ref))
            return true;
    }
    return false;
}

static const char *state_of(const struct tov_machine_info *machine, struct tov_bytes id)
{
    for (size_t i = 0; i < machine->state_count; i++) {
        if (tov_bytes_equal(id, tov_bytes_of_text(machine->states[i].id)))
            return machine->states[i].id;
    }
    return NULL;
}

/* Who holds the thing from its beginning needs no starting point. An agency that nothing held
 * speaks of is not made responsible by one. */
static enum tov_err take_start(struct fold *fold, struct instance *instance)
{
    struct tov_record start;
    fold->judging.instance = instance;
    if (instance->holds_beginning ||
        (instance->thing.state != NULL && !instance->thing.is_incomplete) ||
        !picture_start_of(fold->judging.told, instance, &start) ||
        !picture_may_start(&fold->judging))
        return TOV_OK;
    const char *state = state_of(instance->machine, tov_record_bytes(start, "state"));
    if (state == NULL)
        return TOV_OK;
    instance->thing.state = instance->start_state = state;
    instance->thing.is_incomplete = false;
    instance->is_whole = false;
    instance->halves_from = fold->judging.at;
    instance->thing.waits = NULL;
    instance->has_start = tov_record_uuid(start, "last_event_ref", &instance->start_event);
    instance->has_last = instance->has_start;
    instance->thing.last_event = instance->start_event;
    instance->has_held = false;
    instance->has_offer = false;
    instance->thing.offered = 0;
    uint64_t agency = tov_record_number(start, "responsible_agency");
    bool is_known = agency <= UINT16_MAX && picture_knows_agency(fold->picture, agency);
    instance->thing.responsible = is_known ? (uint16_t)agency : 0;
    return push_step(fold, instance, false);
}

/* ---- what a step does ---- */

/* "to_agency", or the first other agency that it went to. */
static uint16_t agency_offered(const struct tov_told *told)
{
    struct tov_value value;
    if (tov_told_field(told, "to_agency", 0, &value) && value.number <= UINT16_MAX)
        return (uint16_t)value.number;
    for (size_t i = 0; i < told->recipient_count; i++) {
        if (told->recipients[i].agency != told->sender.agency)
            return told->recipients[i].agency;
    }
    return 0;
}

static void hold(struct instance *instance, const struct tov_told *told)
{
    instance->thing.responsible = told->sender.agency;
    instance->has_held = tov_told_step_event(told, &instance->held_event);
}

static void end_offer(struct instance *instance)
{
    instance->thing.offered = 0;
    instance->has_offer = false;
}

static void do_effects(struct instance *instance, uint32_t does, const struct judging *judging)
{
    const struct tov_told *told = judging->told;
    struct tov_value regime;
    if ((does & TOV_DOES_SET_REGIME) != 0 && tov_told_field(told, "regime", 0, &regime))
        instance->thing.regime = regime.name;
    if ((does & TOV_DOES_FLAG_UNREADY) != 0)
        instance->thing.is_unready = true;
    if ((does & TOV_DOES_DROP_HALVES) != 0) {
        instance->halves_from = judging->at + 1;
        instance->thing.waits = NULL;
    }
    if ((does & (TOV_DOES_HOLD | TOV_DOES_ACCEPT)) != 0)
        hold(instance, told);
    if ((does & (TOV_DOES_ACCEPT | TOV_DOES_END_OFFER | TOV_DOES_END_HOLDING)) != 0)
        end_offer(instance);
    if ((does & TOV_DOES_END_HOLDING) != 0)
        instance->thing.responsible = 0;
    if ((does & TOV_DOES_OFFER) != 0) {
        instance->thing.offered = agency_offered(told);
        instance->has_offer = tov_told_step_event(told, &instance->offer_event);
    }
    if ((does & TOV_DOES_MOVE_COORDINATOR) != 0)
        instance->coordinator = told->sender.agency;
}

/* Who is responsible, and who coordinates, moves only by who is known to be one who may. */
#define ASKS_WHO                                                             \
    (TOV_DOES_HOLD | TOV_DOES_OFFER | TOV_DOES_ACCEPT | TOV_DOES_END_OFFER | \
     TOV_DOES_END_HOLDING | TOV_DOES_MOVE_COORDINATOR)

static void take_state(struct instance *instance, const struct outcome *outcome,
                       const struct judging *judging)
{
    if (instance->thing.state == NULL && outcome->verdict == TOV_STEP_TAKEN) {
        instance->thing.began = judging->told;
        instance->is_whole = true;
    }
    instance->thing.state = outcome->to;
    instance->has_last = tov_told_step_event(judging->told, &instance->thing.last_event);
    instance->halves_from = judging->at + 1;
    instance->thing.waits = NULL;
}

/* A half of two signers moves no state but to where it stood before, and waits. */
static enum tov_err apply_unjudged(struct fold *fold, struct instance *instance,
                                   const struct outcome *outcome)
{
    const struct judging *judging = &fold->judging;
    uint32_t does = outcome->row == NULL || outcome->is_half ? 0 : outcome->row->does;
    instance->thing.is_incomplete = true;
    bool moves = outcome->to != NULL && (instance->thing.state == NULL || !outcome->is_half ||
                                         strcmp(outcome->to, instance->thing.state) != 0);
    if (moves) {
        take_state(instance, outcome, judging);
        do_effects(instance, outcome->is_who_judged ? does : does & ~(uint32_t)ASKS_WHO, judging);
    }
    if (outcome->is_half) {
        instance->halves_from = moves ? judging->at : instance->halves_from;
        instance->thing.waits = judging->told;
    }
    return moves ? push_step(fold, instance, false) : TOV_OK;
}

static enum tov_err apply(struct fold *fold, struct instance *instance,
                          const struct outcome *outcome)
{
    const struct judging *judging = &fold->judging;
    uint32_t does = outcome->row == NULL ? 0 : outcome->row->does;
    switch (outcome->verdict) {
    case TOV_STEP_TAKEN:
        take_state(instance, outcome, judging);
        do_effects(instance, does, judging);
        return push_step(fold, instance, true);
    case TOV_STEP_LOOPED:
        do_effects(instance, does, judging);
        if (outcome->first != NULL) {
            instance->halves_from = judging->at + 1;
            instance->thing.waits = NULL;
        }
        return TOV_OK;
    case TOV_STEP_UNJUDGED:
        return apply_unjudged(fold, instance, outcome);
    case TOV_STEP_WAITS:
        instance->thing.waits = judging->told;
        return TOV_OK;
    case TOV_STEP_REFUSED:
        instance->thing.is_conflict |= outcome->is_conflict;
        return TOV_OK;
    case TOV_STEP_COPY:
        return TOV_OK;
    }
    return TOV_OK;
}

/* ---- judgements ---- */

/* Grows at 1, 2, 4 ... */
static enum tov_err add_judgement(struct tov_picture *picture, struct tov_placed *placed,
                                  const struct tov_judgement *judgement)
{
    size_t count = placed->judgement_count;
    struct tov_judgement **place = &picture->judgements[placed - picture->placed];
    struct tov_judgement *judgements = *place;
    if ((count & (count - 1)) == 0) {
        size_t capacity = count == 0 ? 1 : 2 * count;
        judgements = tov_arena_alloc(picture->arena, capacity * sizeof *judgements);
        if (judgements == NULL)
            return TOV_E_NOMEM;
        if (count > 0)
            memcpy(judgements, placed->judgements, count * sizeof *judgements);
    }
    judgements[count] = *judgement;
    placed->judgements = *place = judgements;
    placed->judgement_count = count + 1;
    return TOV_OK;
}

/* What the event of a copy got; by a starting point: it was a step. */
static void note_first(const struct fold *fold, const struct instance *instance,
                       const struct outcome *outcome, struct tov_judgement *judgement)
{
    const struct tov_judgement *first =
        outcome->original == NULL
            ? NULL
            : picture_judgement_of(fold->picture, outcome->original, instance);
    judgement->first = first == NULL ? TOV_STEP_TAKEN : first->first;
    judgement->is_by_who_may = first == NULL || first->is_by_who_may;
}

static enum tov_err note(struct fold *fold, const struct instance *instance,
                         const struct outcome *outcome)
{
    struct tov_placed *placed = picture_placed_of(fold->picture, fold->judging.told);
    struct tov_judgement judgement = {
        .machine = instance->machine->machine,
        .about = instance->thing.about,
        .thing = instance->thing.ref,
        .verdict = outcome->verdict,
        .first = outcome->verdict,
        .from = instance->thing.state,
        .to = outcome->verdict == TOV_STEP_REFUSED ? instance->thing.state : outcome->to,
        .rule = outcome->rule,
        .is_conflict = outcome->is_conflict,
        .is_by_who_may = outcome->rule != TOV_REFUSAL_WHO &&
                         (outcome->verdict != TOV_STEP_UNJUDGED || outcome->is_who_judged),
    };
    if (outcome->verdict == TOV_STEP_COPY)
        note_first(fold, instance, outcome, &judgement);
    if (outcome->verdict == TOV_STEP_REFUSED)
        TOV_TRY(picture_reason(&fold->judging, outcome, fold->picture->arena, &judgement.reason));
    if (outcome->first != NULL) {
        placed->is_second = true;
        placed->first = outcome->first;
    }
    return add_judgement(fold->picture, placed, &judgement);
}

static enum tov_err fold_message(struct fold *fold)
{
    struct outcome outcomes[TOV_MACHINES_MAX];
    bool is_event[TOV_MACHINES_MAX];
    struct subject *subject = fold->subject;
    for (size_t i = 0; i < subject->instance_count; i++)
        TOV_TRY(take_start(fold, &subject->instances[i]));
    fold->judging.case_refused = false;
    for (size_t i = 0; i < subject->instance_count; i++) {
        fold->judging.instance = &subject->instances[i];
        is_event[i] = picture_judge(&fold->judging, &outcomes[i]);
        if (is_event[i] && outcomes[i].verdict == TOV_STEP_REFUSED &&
            subject->instances[i].machine->machine == TOV_MACHINE_CASE)
            fold->judging.case_refused = true;
        if (is_event[i])
            TOV_TRY(note(fold, &subject->instances[i], &outcomes[i]));
    }
    for (size_t i = 0; i < subject->instance_count; i++) {
        if (is_event[i])
            TOV_TRY(apply(fold, &subject->instances[i], &outcomes[i]));
    }
    return TOV_OK;
}

enum tov_err picture_fold(struct tov_picture *picture, struct subject *subject)
{
    struct fold fold = {.picture = picture, .subject = subject};
    fold.judging.picture = picture;
    fold.judging.subject = subject;
    for (size_t i = 0; i < subject->instance_count; i++) {
        fold.judging.instance = &subject->instances[i];
        subject->instances[i].holds_beginning = picture_holds_beginning(&fold.judging);
    }
    for (size_t i = 0; i < subject->count; i++) {
        fold.judging.at = i;
        fold.judging.told = subject->order[i].told;
        fold.judging.effective_ms = subject->order[i].effective_ms;
        subject->has_case |= subject->about == TOV_ABOUT_COURSE && !subject->has_case &&
                             tov_told_about(fold.judging.told, TOV_ABOUT_CASE, &subject->case_ref);
        TOV_TRY(fold_message(&fold));
    }
    return TOV_OK;
}
