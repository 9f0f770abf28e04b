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
    if (began == NULL || !tov_told_reply_to(told, &target) ||
        !tov_told_step_event(began, &began_event))
        return false;
    for (size_t i = 0; i < judging->subject->count; i++) {
        const struct tov_told *held = judging->subject->order[i].told;
        if (tov_ref_equal(&held->ref, &target) && tov_told_step_event(held, &event))
            return tov_thing_ref_equal(&event, &began_event);
    }
    return false;
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
            tov_thing_ref_equal(&judgement->thing, &instance->thing.ref))
            return judgement;
    }
    return NULL;
}

/* The event that REFERENCE names: of the message held by its leaf, else as it says itself. */
static bool event_of_reference(const struct judging *judging, struct tov_record reference,
                               const struct tov_ref *ref, struct tov_thing_ref *out_event)
{
    for (size_t i = 0; ref != NULL && i < judging->subject->count; i++) {
        const struct tov_told *held = judging->subject->order[i].told;
        if (tov_ref_equal(&held->ref, ref))
            return tov_told_step_event(held, out_event);
    }
    return tov_record_uuid(reference, "event_ref", out_event);
}

/* The event of citation INDEX. False: there is no such citation; *OUT_KNOWN false: it is of what is
 * not held. */
static bool cited_event(const struct judging *judging, size_t index,
                        struct tov_thing_ref *out_event, bool *out_known)
{
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

/* ---- copies, and steps that cannot be judged ---- */

/* The first of COUNT messages that tells of EVENT as TOLD does. */
static const struct tov_told *first_about(const struct subject *subject, size_t count,
                                          const struct tov_told *told,
                                          const struct tov_thing_ref *event)
{
    struct tov_thing_ref other;
    for (size_t i = 0; i < count; i++) {
        const struct tov_told *earlier = subject->order[i].told;
        if (earlier->sender.agency == told->sender.agency &&
            strcmp(tov_told_type(earlier), tov_told_type(told)) == 0 &&
            tov_told_step_event(earlier, &other) && tov_thing_ref_equal(&other, event))
            return earlier;
    }
    return NULL;
}

const struct tov_told *picture_original(const struct subject *subject, size_t at)
{
    struct tov_thing_ref event;
    const struct tov_told *told = subject->order[at].told;
    if (!tov_told_step_event(told, &event))
        return told;
    const struct tov_told *original = first_about(subject, at, told, &event);
    return original == NULL ? told : original;
}

static bool is_copy(const struct judging *judging, struct outcome *outcome)
{
    const struct instance *instance = judging->instance;
    struct tov_thing_ref event;
    if (!tov_told_step_event(judging->told, &event))
        return false;
    outcome->original = first_about(judging->subject, judging->at, judging->told, &event);
    bool told_by_start = instance->has_start && tov_thing_ref_equal(&instance->start_event, &event);
    return outcome->original != NULL || told_by_start;
}

static bool is_held(const struct judging *judging, const struct tov_thing_ref *event)
{
    const struct instance *instance = judging->instance;
    struct tov_thing_ref other;
    if (instance->has_start && tov_thing_ref_equal(&instance->start_event, event))
        return true;
    for (size_t i = 0; i < judging->subject->count; i++) {
        if (tov_told_step_event(judging->subject->order[i].told, &other) &&
            tov_thing_ref_equal(&other, event))
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

/* The named state is taken over when a row of the event can lead to it, or leaves it as it is. */
static void take_named_state(const struct judging *judging, struct tov_record step,
                             struct outcome *outcome)
{
    const struct tov_machine_info *machine = judging->instance->machine;
    struct tov_bytes named = tov_record_bytes(step, "state");
    outcome->verdict = TOV_STEP_UNJUDGED;
    for (size_t s = 0; s < machine->state_count; s++) {
        const char *state = machine->states[s].id;
        if (!tov_bytes_equal(named, tov_bytes_of_text(state)))
            continue;
        for (size_t i = 0; i < machine->row_count && outcome->row == NULL; i++) {
            const struct tov_machine_row *row = &machine->rows[i];
            if (!picture_fits(judging, row, judging->told))
                continue;
            bool stays = strcmp(row->to, TOV_STAYS) == 0 && tov_machine_row_leaves(row, state);
            if (strcmp(row->to, state) == 0 || stays)
                outcome->row = row;
            if (outcome->row != NULL || tov_machine_row_leaves(row, state))
                outcome->to = state;
        }
    }
}

/* ---- the table ---- */

static bool guards_hold(struct judging *judging, const struct tov_machine_row *row,
                        struct outcome *outcome)
{
    for (size_t i = 0; i < TOV_GUARDS_MAX && row->guards[i] != TOV_GUARD_NONE; i++) {
        if (picture_guard(judging, (enum tov_guard)row->guards[i]) == TRI_NO) {
            outcome->rule = (uint16_t)(TOV_REFUSAL_GUARDS + row->guards[i]);
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

/* The message of the same type that what is judged cites as its first half: the original, not a
 * copy. */
static const struct tov_told *cited_half(const struct judging *judging)
{
    struct tov_thing_ref event;
    for (size_t i = 0; i < judging->at; i++) {
        const struct tov_told *told = judging->subject->order[i].told;
        if (strcmp(tov_told_type(told), tov_told_type(judging->told)) == 0 &&
            tov_told_step_event(told, &event) && picture_cites(judging, &event) == TRI_YES)
            return told;
    }
    return NULL;
}

static bool still_waits(const struct judging *judging, const struct tov_told *first)
{
    const struct tov_judgement *judgement =
        picture_judgement_of(judging->picture, first, judging->instance);
    if (judgement == NULL || judgement->verdict != TOV_STEP_WAITS)
        return false;
    for (size_t i = judging->instance->halves_from; i < judging->at; i++) {
        if (judging->subject->order[i].told == first)
            return true;
    }
    return false;
}

static bool cites_unheld(const struct judging *judging)
{
    struct tov_thing_ref event;
    bool is_known = true;
    for (size_t i = 0; is_known && cited_event(judging, i, &event, &is_known); i++)
        continue;
    return !is_known;
}

/* One of two signers. True: the step is taken; else OUTCOME says what it is. */
static bool both_signed(const struct judging *judging, const struct tov_machine_row *row,
                        struct outcome *outcome)
{
    const struct tov_told *first = cited_half(judging);
    struct tov_record step;
    if (first != NULL && still_waits(judging, first) && is_second_of(judging, row, first)) {
        outcome->first = first;
        return true;
    }
    if (first != NULL) {
        outcome->rule = TOV_REFUSAL_SECOND;
        return false;
    }
    outcome->verdict = TOV_STEP_WAITS;
    outcome->to = judging->instance->thing.state;
    if (cites_unheld(judging) && picture_step_of(judging->told, judging->instance, &step) &&
        tov_bytes_equal(tov_record_bytes(step, "state"), tov_bytes_of_text(row->to)))
        take_named_state(judging, step, outcome);
    return false;
}

static void try_row(struct judging *judging, const struct tov_machine_row *row, const char *state,
                    struct outcome *outcome)
{
    judging->row = row;
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
