/* SPDX-License-Identifier: EUPL-1.2
 *
 * What one unit of the agency is shown of the picture (I10). Numbered where it is kept:
 * - V1 messages: those that the unit sent or received, and nothing that points to another one
 * - V2 things: those of which it holds an event that was not refused, or was given the starting
 *      point that was taken
 * - V3 a unit of the release channel: detentions only, as of the last step that the release
 *      channel was told; a message that took the thing nowhere tells nothing of where it stands
 */
#include "case/picture_internal.h"

#include <string.h>

#define FIRST_BYTES 16384u
#define EACH_BYTES ((size_t)64) /* of one array, beside its items */

struct viewing {
    const struct tov_picture *picture;
    const struct tov_unit_facts *unit;
    bool is_release; /* the unit is of the release channel */
    struct tov_arena *arena;
    struct tov_placed *placed;
    size_t placed_count;
    struct event_place *events; /* of placed, by event, then place */
    size_t event_count;
    struct tov_thing *things;
    size_t thing_count;
};

static bool is_visible(const struct viewing *viewing, const struct tov_told *told)
{
    return tov_unit_is_same(&told->sender, viewing->unit) || tov_told_is_to(told, viewing->unit);
}

/* ---- things ---- */

/* The message of the unit's that tells of the event of TOLD. */
static const struct tov_placed *visible_about(const struct viewing *viewing,
                                              const struct tov_told *told)
{
    struct tov_thing_ref event;
    if (!tov_told_step_event(told, &event))
        return NULL;
    size_t count;
    const struct event_place *tellings =
        picture_events_find(viewing->events, viewing->event_count, &event, &count);
    for (size_t i = 0; i < count; i++) {
        if (tov_told_tells_as(tellings[i].told, told, &event))
            return &viewing->placed[tellings[i].place];
    }
    return NULL;
}

static enum tov_err index_placed(struct viewing *viewing)
{
    size_t room = viewing->placed_count + 1;
    viewing->events = tov_arena_alloc(viewing->arena, room * sizeof *viewing->events);
    if (viewing->events == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < viewing->placed_count; i++) {
        struct event_place *event = &viewing->events[viewing->event_count];
        *event = (struct event_place){.told = viewing->placed[i].told, .place = i};
        if (tov_told_step_event(event->told, &event->event))
            viewing->event_count++;
    }
    picture_events_sort(viewing->events, viewing->event_count);
    return TOV_OK;
}

/* By PLACED the thing was stepped in some machine: it was not refused. */
static bool steps_thing(const struct tov_placed *placed, const struct tov_thing *thing)
{
    for (size_t i = 0; i < placed->judgement_count; i++) {
        if (placed->judgements[i].first != TOV_STEP_REFUSED &&
            placed->judgements[i].about == thing->about &&
            tov_thing_ref_equal(&placed->judgements[i].thing, &thing->ref))
            return true;
    }
    return false;
}

/* PLACED gave the starting point that was taken, or came with a step of the same thing: a unit of
 * an agency that holds the thing already is told by it where the other machines stand. */
static bool gave_start(const struct tov_placed *placed, const struct instance *instance)
{
    const struct tov_told *told = placed->told;
    struct tov_record start;
    if (!picture_start_of(told, instance, &start))
        return false;
    if (steps_thing(placed, &instance->thing))
        return true;
    for (size_t i = 0; i < instance->thing.step_count; i++) {
        if (instance->thing.steps[i].told == told && !instance->thing.steps[i].is_judged)
            return true;
    }
    return false;
}

/* V2: what was refused tells of nothing, nor does its copy. */
static bool is_told_of(const struct viewing *viewing, const struct instance *instance)
{
    for (size_t i = 0; i < viewing->placed_count; i++) {
        const struct tov_told *told = viewing->placed[i].told;
        const struct tov_judgement *judgement =
            picture_judgement_of(viewing->picture, told, instance);
        if ((judgement != NULL && judgement->first != TOV_STEP_REFUSED) ||
            (tov_told_is_to(told, viewing->unit) && gave_start(&viewing->placed[i], instance)))
            return true;
    }
    return false;
}

/* The step to which the message at AT, or the first about its event, took the thing: what is known
 * of the thing by the message. NULL: it took it nowhere; where it stands was told by other ones. */
static const struct tov_thing_step *step_told(const struct viewing *viewing,
                                              const struct subject *subject, size_t at,
                                              const struct instance *instance)
{
    const struct tov_told *original = picture_original(subject, at);
    const struct tov_judgement *judgement =
        picture_judgement_of(viewing->picture, original, instance);
    const struct tov_thing_step *found = NULL;
    if (judgement == NULL || judgement->to == NULL ||
        (judgement->first != TOV_STEP_TAKEN && judgement->first != TOV_STEP_UNJUDGED))
        return NULL;
    bool by_start = judgement->verdict == TOV_STEP_COPY; /* of the event that it began after */
    const char *state = by_start ? instance->start_state : judgement->to;
    for (size_t i = 0; i < instance->thing.step_count; i++) {
        const struct tov_thing_step *step = &instance->thing.steps[i];
        if (strcmp(step->state, state) == 0 &&
            (by_start ? !step->is_judged : step->told == original))
            found = step;
    }
    return found;
}

/* V3: the last step that the release channel was told of, up to the message END of the subject. */
static const struct tov_thing_step *release_step(const struct viewing *viewing,
                                                 const struct subject *subject, size_t end,
                                                 const struct instance *instance)
{
    const struct tov_thing_step *last = NULL;
    for (size_t i = 0; i < end; i++) {
        const struct tov_thing_step *step = tov_told_is_release_channel(subject->order[i].told)
                                                ? step_told(viewing, subject, i, instance)
                                                : NULL;
        if (step != NULL && (last == NULL || step > last))
            last = step;
    }
    return last;
}

/* As the last message to the release channel says that was not refused. */
static const char *release_regime(const struct viewing *viewing, const struct subject *subject,
                                  const struct instance *instance)
{
    const char *regime = NULL;
    struct tov_value value;
    for (size_t i = 0; i < subject->count; i++) {
        const struct tov_told *told = subject->order[i].told;
        const struct tov_judgement *judgement =
            tov_told_is_release_channel(told)
                ? picture_judgement_of(viewing->picture, told, instance)
                : NULL;
        if (judgement != NULL && judgement->first != TOV_STEP_REFUSED &&
            tov_told_field(told, "regime", 0, &value))
            regime = value.name;
    }
    return instance->thing.regime == NULL ? NULL : regime;
}

/* V1: steps by the unit's own messages, and no other. */
static enum tov_err show_steps(const struct viewing *viewing, struct tov_thing *thing)
{
    const struct tov_thing_step *steps = thing->steps;
    struct tov_thing_step *shown =
        tov_arena_alloc(viewing->arena, (thing->step_count + 1) * sizeof *shown);
    if (shown == NULL)
        return TOV_E_NOMEM;
    size_t count = 0;
    bool last_is_shown = false;
    for (size_t i = 0; i < thing->step_count; i++) {
        const struct tov_placed *placed = visible_about(viewing, steps[i].told);
        last_is_shown = placed != NULL;
        if (placed == NULL)
            continue;
        shown[count] = steps[i];
        shown[count].told = placed->told;
        shown[count++].at_ms = placed->effective_ms;
    }
    thing->since_ms = last_is_shown ? shown[count - 1].at_ms : 0;
    thing->steps = shown;
    thing->step_count = count;
    return TOV_OK;
}

static const struct tov_told *shown_message(const struct viewing *viewing,
                                            const struct tov_told *told)
{
    const struct tov_placed *placed = told == NULL ? NULL : visible_about(viewing, told);
    return placed == NULL ? NULL : placed->told;
}

/* V3: steps after STEP are not known in the release channel. */
static void go_back_to(struct tov_thing *thing, const struct tov_thing_step *step)
{
    bool is_present = step == &thing->steps[thing->step_count - 1];
    thing->step_count = (size_t)(step - thing->steps) + 1;
    thing->state = step->state;
    thing->responsible = step->responsible;
    thing->offered = step->offered;
    thing->is_incomplete = !step->is_judged;
    thing->is_conflict = false;
    thing->is_unready = thing->is_unready && is_present;
}

static enum tov_err show_thing(struct viewing *viewing, const struct subject *subject,
                               const struct instance *instance)
{
    if (instance->thing.state == NULL || !is_told_of(viewing, instance))
        return TOV_OK;
    struct tov_thing thing = instance->thing;
    if (viewing->is_release) {
        const struct tov_thing_step *step =
            release_step(viewing, subject, subject->count, instance);
        if (subject->about != TOV_ABOUT_EPISODE || step == NULL)
            return TOV_OK;
        go_back_to(&thing, step);
        thing.regime = release_regime(viewing, subject, instance);
    }
    memset(&thing.last_event, 0, sizeof thing.last_event);
    thing.began = shown_message(viewing, thing.began);
    thing.waits = shown_message(viewing, thing.waits);
    TOV_TRY(show_steps(viewing, &thing));
    viewing->things[viewing->thing_count++] = thing;
    return TOV_OK;
}

/* ---- judgements ---- */

static const struct subject *subject_of(const struct viewing *viewing,
                                        const struct tov_judgement *judgement)
{
    for (size_t i = 0; i < viewing->picture->subject_count; i++) {
        const struct subject *subject = &viewing->picture->subjects[i];
        if (subject->about == judgement->about &&
            tov_thing_ref_equal(&subject->ref, &judgement->thing) &&
            picture_instance(subject, judgement->machine) != NULL)
            return subject;
    }
    return NULL;
}

/* A copy of what the unit was not sent is no copy to it. */
static void as_original(const struct viewing *viewing, const struct subject *subject, size_t at,
                        struct tov_judgement *judgement)
{
    const struct instance *instance = picture_instance(subject, judgement->machine);
    const struct tov_told *original = picture_original(subject, at);
    const struct tov_judgement *first = picture_judgement_of(viewing->picture, original, instance);
    if (judgement->verdict == TOV_STEP_COPY && !is_visible(viewing, original) && first != NULL)
        *judgement = *first;
}

/* V3: neither a state nor a reason that the release channel was not told. */
static void as_release(const struct viewing *viewing, const struct subject *subject, size_t at,
                       struct tov_judgement *judgement)
{
    const struct instance *instance = picture_instance(subject, judgement->machine);
    const struct tov_thing_step *before = release_step(viewing, subject, at, instance);
    bool may_move = judgement->verdict == TOV_STEP_TAKEN || judgement->verdict == TOV_STEP_UNJUDGED;
    const struct tov_thing_step *after =
        may_move ? step_told(viewing, subject, at, instance) : NULL;
    judgement->from = before == NULL ? NULL : before->state;
    judgement->to = after == NULL ? judgement->from : after->state;
    if (judgement->verdict == TOV_STEP_REFUSED)
        judgement->reason = tov_refusal_text(judgement->rule);
    judgement->is_conflict = false;
}

static enum tov_err show_judgements(const struct viewing *viewing, struct tov_placed *placed)
{
    const struct tov_judgement *judgements = placed->judgements;
    size_t count = placed->judgement_count;
    struct tov_judgement *shown = tov_arena_alloc(viewing->arena, (count + 1) * sizeof *shown);
    if (shown == NULL)
        return TOV_E_NOMEM;
    placed->judgements = shown;
    placed->judgement_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct tov_judgement judgement = judgements[i];
        const struct subject *subject = subject_of(viewing, &judgement);
        if (subject == NULL || (viewing->is_release && subject->about != TOV_ABOUT_EPISODE))
            continue;
        size_t at = 0;
        (void)picture_held(subject, &placed->told->ref, &at); /* since it was judged there */
        as_original(viewing, subject, at, &judgement);
        if (viewing->is_release)
            as_release(viewing, subject, at, &judgement);
        shown[placed->judgement_count++] = judgement;
    }
    if (placed->first != NULL && !is_visible(viewing, placed->first))
        placed->first = shown_message(viewing, placed->first);
    return TOV_OK;
}

/* ---- all ---- */

static enum tov_err show(struct viewing *viewing)
{
    const struct tov_picture *picture = viewing->picture;
    for (size_t i = 0; i < picture->count; i++) {
        if (is_visible(viewing, picture->placed[i].told))
            viewing->placed[viewing->placed_count++] = picture->placed[i];
    }
    TOV_TRY(picture_mark(viewing->placed, viewing->placed_count));
    TOV_TRY(index_placed(viewing));
    for (size_t i = 0; i < viewing->placed_count; i++)
        TOV_TRY(show_judgements(viewing, &viewing->placed[i]));
    for (size_t i = 0; i < picture->subject_count; i++) {
        const struct subject *subject = &picture->subjects[i];
        for (size_t n = 0; n < subject->instance_count; n++)
            TOV_TRY(show_thing(viewing, subject, &subject->instances[n]));
    }
    return TOV_OK;
}

/* Twice what can be shown, since blocks are not filled to their ends (I11). */
static size_t budget_of(const struct tov_picture *picture)
{
    size_t each = sizeof(struct tov_placed) + sizeof(struct event_place);
    size_t bytes = 2 * EACH_BYTES + (picture->count + 1) * each;
    for (size_t i = 0; i < picture->count; i++)
        bytes +=
            EACH_BYTES + (picture->placed[i].judgement_count + 1) * sizeof(struct tov_judgement);
    for (size_t i = 0; i < picture->thing_count; i++)
        bytes += EACH_BYTES + sizeof(struct tov_thing) +
                 (picture->things[i]->step_count + 1) * sizeof(struct tov_thing_step);
    return FIRST_BYTES + 2 * bytes;
}

enum tov_err tov_picture_view(const struct tov_picture *picture, const struct tov_unit_facts *unit,
                              struct tov_view *out_view)
{
    struct viewing viewing = {
        .picture = picture,
        .unit = unit,
        .is_release = (unit->duties & TOV_DUTIES_RELEASE) != 0,
    };
    TOV_TRY(tov_arena_create(FIRST_BYTES, budget_of(picture), &viewing.arena));
    viewing.placed = tov_arena_alloc(viewing.arena, (picture->count + 1) * sizeof *viewing.placed);
    viewing.things =
        tov_arena_alloc(viewing.arena, (picture->thing_count + 1) * sizeof *viewing.things);
    enum tov_err err =
        viewing.placed == NULL || viewing.things == NULL ? TOV_E_NOMEM : show(&viewing);
    if (err != TOV_OK) {
        tov_arena_destroy(viewing.arena);
        return err;
    }
    *out_view = (struct tov_view){
        .placed = viewing.placed,
        .placed_count = viewing.placed_count,
        .things = viewing.things,
        .thing_count = viewing.thing_count,
        .memory = viewing.arena,
    };
    return TOV_OK;
}

void tov_view_fini(struct tov_view *view)
{
    tov_arena_destroy(view->memory);
    *view = (struct tov_view){0};
}
