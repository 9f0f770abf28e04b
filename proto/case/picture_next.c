/* SPDX-License-Identifier: EUPL-1.2
 *
 * What comes next: the steps of a message that is being written, the starting point for someone
 * new, and what a unit may send.
 */
#include "case/picture_internal.h"

#include <string.h>

struct writing {
    struct judging judging;
    struct tov_next_step *steps;
    size_t room;
    size_t count;
};

/* A copy names what the first message about its event named. */
static bool step_of_original(const struct outcome *outcome, const struct instance *instance,
                             struct tov_next_step *step)
{
    struct tov_record record;
    if (outcome->original == NULL || !picture_step_of(outcome->original, instance, &record))
        return false;
    step->has_previous = tov_record_uuid(record, "previous_event_ref", &step->previous_event);
    struct tov_bytes named = tov_record_bytes(record, "state");
    for (size_t i = 0; i < instance->machine->state_count; i++) {
        if (tov_bytes_equal(named, tov_bytes_of_text(instance->machine->states[i].id)))
            step->state = instance->machine->states[i].id;
    }
    return step->state != NULL;
}

static void write_step(struct writing *writing, const struct outcome *outcome)
{
    const struct instance *instance = writing->judging.instance;
    bool is_refused = outcome->verdict == TOV_STEP_REFUSED;
    struct tov_next_step step = {
        .judgement = {.machine = instance->machine->machine,
                      .about = instance->thing.about,
                      .thing = instance->thing.ref,
                      .verdict = outcome->verdict,
                      .from = instance->thing.state,
                      .to = is_refused ? instance->thing.state : outcome->to,
                      .rule = outcome->rule},
        .previous_event = instance->thing.last_event,
        .has_previous = instance->has_last,
        .state = outcome->to,
    };
    if (is_refused) /* the author is told the rule at least */
        (void)picture_reason(&writing->judging, outcome, writing->judging.picture->arena,
                             &step.judgement.reason);
    if (outcome->verdict == TOV_STEP_COPY && !step_of_original(outcome, instance, &step))
        return;
    if (writing->count < writing->room)
        writing->steps[writing->count] = step;
    writing->count++;
}

/* Stands after all that is held. */
static uint64_t time_after(const struct subject *subject, uint64_t written_ms)
{
    uint64_t last_ms = subject->count == 0 ? 0 : subject->order[subject->count - 1].effective_ms;
    return written_ms > last_ms ? written_ms : last_ms + 1;
}

static void judge_for(struct writing *writing, const struct subject *subject)
{
    struct judging *judging = &writing->judging;
    judging->subject = subject;
    judging->at = subject->count;
    judging->effective_ms = time_after(subject, judging->told->written_ms);
    judging->case_refused = false;
    for (size_t i = 0; i < subject->instance_count; i++) {
        struct outcome outcome;
        judging->instance = &subject->instances[i];
        if (!picture_judge(judging, &outcome))
            continue;
        judging->case_refused |= outcome.verdict == TOV_STEP_REFUSED &&
                                 judging->instance->machine->machine == TOV_MACHINE_CASE;
        write_step(writing, &outcome);
    }
}

size_t tov_picture_steps_for(const struct tov_picture *picture, const struct tov_told *next,
                             struct tov_next_step *out_steps, size_t room)
{
    struct writing writing = {.steps = out_steps, .room = room};
    writing.judging.picture = picture;
    writing.judging.told = next;
    writing.judging.is_draft = true;
    for (size_t a = 0; a < PICTURE_ABOUTS; a++) {
        struct tov_thing_ref ref;
        for (size_t n = 0; tov_told_thing(next, picture_abouts[a], n, &ref); n++) {
            const struct subject *held = picture_subject(picture, picture_abouts[a], &ref);
            struct subject begun = {.about = picture_abouts[a], .ref = ref};
            struct instance instances[TOV_MACHINES_MAX];
            picture_make_instances(picture, &begun, instances);
            begun.has_case = tov_told_about(next, TOV_ABOUT_CASE, &begun.case_ref);
            judge_for(&writing, held == NULL ? &begun : held);
        }
    }
    return writing.count;
}

size_t tov_picture_start_for(const struct tov_picture *picture, const struct tov_thing_ref *ref,
                             const struct tov_thing **out_things, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < picture->thing_count; i++) {
        if (!tov_thing_ref_equal(&picture->things[i]->ref, ref))
            continue;
        if (count < room)
            out_things[count] = picture->things[i];
        count++;
    }
    return count;
}

static const struct subject *subject_of(const struct tov_picture *picture,
                                        const struct tov_thing *thing)
{
    for (size_t i = 0; i < picture->subject_count; i++) {
        const struct subject *subject = &picture->subjects[i];
        const struct instance *instance = picture_instance(subject, thing->machine);
        if (instance != NULL && instance->thing.state != NULL && subject->about == thing->about &&
            tov_thing_ref_equal(&subject->ref, &thing->ref))
            return subject;
    }
    return NULL;
}

size_t tov_picture_expected(const struct tov_picture *picture, const struct tov_thing *thing,
                            const struct tov_unit_facts *unit,
                            const struct tov_machine_row **out_rows, size_t room)
{
    const struct subject *subject = subject_of(picture, thing);
    if (subject == NULL)
        return 0;
    const struct tov_told sender = {.sender = *unit};
    /* As THING stands: a view shows it as of what the unit was told. */
    struct instance as_shown = *picture_instance(subject, thing->machine);
    as_shown.thing.state = thing->state;
    as_shown.thing.responsible = thing->responsible;
    as_shown.thing.offered = thing->offered;
    const struct judging judging = {
        .picture = picture,
        .subject = subject,
        .at = subject->count,
        .told = &sender,
        .effective_ms = time_after(subject, 0),
        .is_draft = true,
        .instance = &as_shown,
    };
    size_t count = 0;
    for (size_t i = 0; i < judging.instance->machine->row_count; i++) {
        const struct tov_machine_row *row = &judging.instance->machine->rows[i];
        if ((row->about & subject->about) == 0 ||
            !tov_machine_row_leaves(row, judging.instance->thing.state) ||
            picture_who(&judging, row->who | row->and_who, &sender) == TRI_NO)
            continue;
        if (count < room)
            out_rows[count] = row;
        count++;
    }
    return count;
}
