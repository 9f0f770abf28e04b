/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/steps.h"

#include "case/calendar.h"
#include "case/told_facts.h"
#include "case/told_field.h"
#include "ledger/judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 128u /* an agenda steps each of its concerns */
#define STARTS_MAX TOV_MACHINES_MAX

/* One draft on its way to its steps. */
struct stepping {
    struct api_call *call;
    struct tov_draft *draft;
    struct tov_findings *findings;
    struct tov_book_picture book;
    struct tov_judge_units units;
    struct tov_told told;
    struct tov_next_step steps[STEPS_MAX];
};

/* ---- what is held ---- */

static enum tov_err tell(struct stepping *stepping)
{
    struct tov_core *core = stepping->call->core;
    TOV_TRY(tov_judge_units(tov_units_in_force(core), stepping->draft->header, core->own->number,
                            &stepping->units));
    stepping->told = (struct tov_told){.ref = {.agency = core->own->number,
                                               .generation = core->series.generation,
                                               .index = tov_ledger_size(core->ledger)},
                                       .written_ms = tov_core_leaf_time(core),
                                       .sender = stepping->units.sender,
                                       .recipients = stepping->units.recipients,
                                       .recipient_count = stepping->units.recipient_count,
                                       .draft = stepping->draft};
    return TOV_OK;
}

static enum tov_err open_picture(struct stepping *stepping, struct tov_store_read *read)
{
    struct api_call *call = stepping->call;
    const struct tov_roster_facts *facts = tov_roster_facts(call->core->roster);
    const struct tov_calendar *calendar = tov_calendar_find(facts->calendar_version);
    struct tov_picture_options options = tov_book_options(calendar);
    TOV_TRY(tov_api_book_open(call, read));
    return tov_book_fold_about(call->api->book, stepping->draft, calendar == NULL ? NULL : &options,
                               &stepping->book);
}

/* ---- steps ---- */

/* NULL: an agenda lists it. */
static const char *field_of(const struct stepping *stepping, const struct tov_judgement *judgement)
{
    struct tov_thing_ref ref;
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (tov_about_things[i].bit == judgement->about &&
            tov_told_about(&stepping->told, judgement->about, &ref) &&
            tov_thing_ref_equal(&ref, &judgement->thing))
            return tov_about_things[i].field;
    }
    return NULL;
}

/* The writer's unit sent or received a message about it. A unit of the release channel may know
 * less of a thing than the agency, and is never told its state by a refusal. */
static bool may_know_state(const struct stepping *stepping, const struct tov_judgement *judgement)
{
    const struct tov_unit_facts *unit = &stepping->told.sender;
    bool is_of_release = (unit->duties & TOV_DUTIES_RELEASE) != 0;
    for (size_t i = 0; !is_of_release && i < stepping->book.count; i++) {
        const struct tov_told *told = &stepping->book.told[i];
        if (tov_told_is_about(told, judgement->about, &judgement->thing) &&
            (tov_unit_is_same(&told->sender, unit) || tov_told_is_to(told, unit)))
            return true;
    }
    return false;
}

/* The reason of the judgement names the state of the thing; the rule by itself does not (I10). */
static void refuse(struct stepping *stepping, const struct tov_judgement *judgement)
{
    const char *about = field_of(stepping, judgement);
    struct tov_text rule = tov_refusal_text(judgement->rule);
    struct tov_text reason = may_know_state(stepping, judgement) ? judgement->reason : rule;
    bool says_more = rule.da != NULL && strcmp(rule.da, reason.da) != 0;
    char field[80];
    if (tov_refusal_is_of_citation(judgement->rule))
        (void)snprintf(field, sizeof field, "cites");
    else
        (void)snprintf(field, sizeof field, about == NULL ? "about" : "about.%s", about);
    struct tov_finding_words words = {.severity = TOV_REFUSES,
                                      .source = "docs/machines.md",
                                      .field = field,
                                      .reason = reason,
                                      .remedy = says_more ? rule : (struct tov_text){0}};
    tov_findings_add(stepping->findings, &words);
}

static enum tov_err put_uuid(struct tov_record out, const char *name,
                             const struct tov_thing_ref *uuid)
{
    return tov_record_put_bytes(out, name, TOV_BYTES_OF(uuid->bytes));
}

static enum tov_err put_machine(struct tov_record out, enum tov_machine machine)
{
    const struct tov_machine_info *info = tov_machine_find(machine);
    return info == NULL ? TOV_E_INTERNAL : tov_record_put_enum(out, "machine", info->id);
}

static enum tov_err put_step(struct stepping *stepping, const struct tov_next_step *step)
{
    struct tov_record out;
    TOV_TRY(tov_record_open(stepping->draft->header, "steps", &out));
    TOV_TRY(put_machine(out, step->judgement.machine));
    TOV_TRY(put_uuid(out, "thing_ref", &step->judgement.thing));
    if (step->has_previous)
        TOV_TRY(put_uuid(out, "previous_event_ref", &step->previous_event));
    return tov_record_put_text(out, "state", step->state);
}

/* ---- steps to the release channel (I10) ---- */

/* The judgement of MACHINE and THING in the message at INDEX of the picture, or NULL. */
static const struct tov_judgement *judgement_at(const struct stepping *stepping, size_t index,
                                                const struct tov_judgement *like)
{
    const struct tov_placed *placed = tov_picture_placed_at(stepping->book.picture, index);
    for (size_t i = 0; i < placed->judgement_count; i++) {
        const struct tov_judgement *judgement = &placed->judgements[i];
        if (judgement->machine == like->machine && judgement->about == like->about &&
            tov_thing_ref_equal(&judgement->thing, &like->thing))
            return judgement;
    }
    return NULL;
}

/* The first message about the event of the draft took the thing to the state. */
static bool was_taken(const struct stepping *stepping, const struct tov_judgement *like)
{
    for (size_t i = 0; i < tov_picture_placed_count(stepping->book.picture); i++) {
        const struct tov_told *earlier = tov_picture_placed_at(stepping->book.picture, i)->told;
        const struct tov_judgement *judgement = judgement_at(stepping, i, like);
        if (judgement != NULL && judgement->verdict == TOV_STEP_TAKEN &&
            tov_told_is_same_event(earlier, &stepping->told))
            return true;
    }
    return false;
}

/* The unit is shown the thing in the state that STEP names. */
static enum tov_err is_shown_state(const struct stepping *stepping,
                                   const struct tov_unit_facts *unit,
                                   const struct tov_next_step *step, bool *out_shown)
{
    struct tov_view view;
    TOV_TRY(tov_picture_view(stepping->book.picture, unit, &view));
    *out_shown = false;
    for (size_t i = 0; i < view.thing_count; i++) {
        const struct tov_thing *thing = &view.things[i];
        if (thing->machine == step->judgement.machine && thing->about == step->judgement.about &&
            tov_thing_ref_equal(&thing->ref, &step->judgement.thing))
            *out_shown = thing->state != NULL && strcmp(thing->state, step->state) == 0;
    }
    tov_view_fini(&view);
    return TOV_OK;
}

/* Whether STEP may stand in the header: who is responsible is no matter of the release channel, and
 * a state that the event itself does not lead to must have been told to its units before. */
static enum tov_err may_tell(const struct stepping *stepping, const struct tov_next_step *step,
                             bool *out_may)
{
    const struct tov_judgement *judgement = &step->judgement;
    const struct tov_told *told = &stepping->told;
    *out_may = true;
    if (!tov_told_is_release_channel(told))
        return TOV_OK;
    *out_may = judgement->machine != TOV_MACHINE_RESPONSIBILITY;
    if (!*out_may || judgement->verdict == TOV_STEP_TAKEN ||
        (judgement->verdict == TOV_STEP_COPY && was_taken(stepping, judgement)))
        return TOV_OK;
    for (size_t i = 0; *out_may && i <= told->recipient_count; i++) {
        const struct tov_unit_facts *unit =
            i == told->recipient_count ? &told->sender : &told->recipients[i];
        if ((unit->duties & TOV_DUTIES_RELEASE) != 0)
            TOV_TRY(is_shown_state(stepping, unit, step, out_may));
    }
    return TOV_OK;
}

static enum tov_err write_step(struct stepping *stepping, const struct tov_next_step *step)
{
    bool may = false;
    TOV_TRY(may_tell(stepping, step, &may));
    return may ? put_step(stepping, step) : TOV_OK;
}

static enum tov_err put_steps(struct stepping *stepping)
{
    size_t count =
        tov_picture_steps_for(stepping->book.picture, &stepping->told, stepping->steps, STEPS_MAX);
    if (count > STEPS_MAX)
        return tov_fail(&stepping->call->error, TOV_E_LIMIT,
                        "the message steps more than %u things: send it in parts", STEPS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct tov_next_step *step = &stepping->steps[i];
        if (step->judgement.verdict == TOV_STEP_REFUSED)
            refuse(stepping, &step->judgement);
        else
            TOV_TRY(write_step(stepping, step));
    }
    return TOV_OK;
}

/* ---- start ---- */

/* Messages to one who helps, and need not be a party: they tell nothing of the whole. */
static bool is_aside(const struct tov_message_type *type)
{
    return type->group == TOV_GROUP_INFO || type->group == TOV_GROUP_INTERVENTION ||
           type->group == TOV_GROUP_PSYCHIATRY;
}

/* What parties share: who is asked about it aside is not told how it stands. */
#define SHARED (TOV_ABOUT_CASE | TOV_ABOUT_CONCERN | TOV_ABOUT_EPISODE)

static bool goes_with(const struct tov_message_type *type, uint32_t kind)
{
    if (kind == TOV_ABOUT_CASE)
        return (type->effects & TOV_EFFECT_BRINGS_IN) != 0;
    return (kind & SHARED) == 0 || !is_aside(type);
}

static bool is_party(const struct stepping *stepping, const struct tov_thing_ref *case_ref,
                     uint16_t agency)
{
    for (size_t i = 0; i < tov_picture_party_count(stepping->book.picture); i++) {
        const struct tov_party *party = tov_picture_party_at(stepping->book.picture, i);
        if (party->agency == agency && party->until_ms == 0 &&
            tov_thing_ref_equal(&party->case_ref, case_ref))
            return true;
    }
    return false;
}

/* Whether AGENCY follows THING, as far as this node knows: it is a party of the case, or sent or
 * received a message that was not aside. */
static bool has_held(const struct stepping *stepping, uint32_t kind,
                     const struct tov_thing_ref *thing, uint16_t agency)
{
    if (kind == TOV_ABOUT_CASE)
        return is_party(stepping, thing, agency);
    for (size_t i = 0; i < stepping->book.count; i++) {
        const struct tov_told *told = &stepping->book.told[i];
        if (goes_with(told->draft->type, kind) && tov_told_is_about(told, kind, thing) &&
            tov_told_is_among(told, agency))
            return true;
    }
    return false;
}

static bool is_new_to_some(const struct stepping *stepping, uint32_t kind,
                           const struct tov_thing_ref *thing)
{
    for (size_t i = 0; i < stepping->told.recipient_count; i++) {
        if (!has_held(stepping, kind, thing, stepping->told.recipients[i].agency))
            return true;
    }
    return false;
}

static enum tov_err put_start(struct stepping *stepping, const struct tov_thing *thing)
{
    struct tov_record out;
    TOV_TRY(tov_record_open(stepping->draft->header, "start", &out));
    TOV_TRY(put_machine(out, thing->machine));
    TOV_TRY(put_uuid(out, "thing_ref", &thing->ref));
    TOV_TRY(tov_record_put_text(out, "state", thing->state));
    TOV_TRY(put_uuid(out, "last_event_ref", &thing->last_event));
    return tov_api_put_count(out, "responsible_agency", thing->responsible);
}

static enum tov_err put_starts(struct stepping *stepping)
{
    /* The release channel learns a state only from what it is told itself (I10). */
    if (tov_told_is_release_channel(&stepping->told))
        return TOV_OK;
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        uint32_t kind = tov_about_things[i].bit;
        struct tov_thing_ref ref;
        const struct tov_thing *things[STARTS_MAX];
        if (!goes_with(stepping->draft->type, kind) ||
            !tov_told_about(&stepping->told, kind, &ref) || !is_new_to_some(stepping, kind, &ref))
            continue;
        size_t count = tov_picture_start_for(stepping->book.picture, &ref, things, STARTS_MAX);
        for (size_t n = 0; n < count && n < STARTS_MAX; n++) {
            if (things[n]->about == kind)
                TOV_TRY(put_start(stepping, things[n]));
        }
    }
    return TOV_OK;
}

/* ---- seen ---- */

static enum tov_err put_seen_of(struct stepping *stepping, struct tov_store_read *read,
                                uint16_t agency)
{
    struct tov_mirror_position position;
    struct tov_record out;
    enum tov_err err = tov_mirror_position(read, agency, &position);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    TOV_TRY(tov_record_open(stepping->draft->header, "seen", &out));
    TOV_TRY(tov_record_put_number(out, "agency", agency));
    TOV_TRY(tov_record_put_number(out, "generation", position.series.generation));
    return tov_record_put_number(out, "size", position.size);
}

static bool holds(const struct tov_told *told, const struct tov_unit_facts *unit)
{
    bool by_agency = (unit->duties & TOV_DUTIES_CASE & ~(uint32_t)TOV_DUTY_PROVIDER) != 0;
    if (by_agency && tov_told_is_among(told, unit->agency))
        return true;
    for (size_t i = 0; i < told->recipient_count; i++) {
        if (tov_unit_is_same(&told->recipients[i], unit))
            return true;
    }
    return tov_unit_is_same(&told->sender, unit);
}

/* Whether UNIT knows already that AGENCY writes about these things: it must not learn from a number
 * in a header that the police do (I10). Parties of a case know as agencies, all others as units. */
static bool knows_writer(const struct stepping *stepping, const struct tov_unit_facts *unit,
                         uint16_t agency)
{
    for (size_t i = 0; i < stepping->book.count; i++) {
        const struct tov_told *told = &stepping->book.told[i];
        if (told->ref.agency == agency && holds(told, unit))
            return true;
    }
    return false;
}

static bool all_know_writer(const struct stepping *stepping, uint16_t agency)
{
    for (size_t i = 0; i < stepping->told.recipient_count; i++) {
        if (!knows_writer(stepping, &stepping->told.recipients[i], agency))
            return false;
    }
    return true;
}

/* Of the agencies that all recipients know to write about these things; they ascend. */
static enum tov_err put_seen(struct stepping *stepping, struct tov_store_read *read)
{
    const struct tov_roster_facts *facts = tov_roster_facts(stepping->call->core->roster);
    for (size_t i = 0; i < facts->agency_count; i++) {
        uint16_t agency = facts->agencies[i].number;
        if (agency != stepping->call->core->own->number && all_know_writer(stepping, agency))
            TOV_TRY(put_seen_of(stepping, read, agency));
    }
    return TOV_OK;
}

/* ---- the whole ---- */

static enum tov_err fill(struct stepping *stepping)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(stepping->call->core->store, &read, NULL));
    TOV_TRY(open_picture(stepping, read));
    TOV_TRY(tell(stepping));
    TOV_TRY(put_steps(stepping));
    TOV_TRY(put_starts(stepping));
    return put_seen(stepping, read);
}

enum tov_err tov_api_fill_steps(struct api_call *call, struct tov_draft *draft,
                                struct tov_findings *findings)
{
    static const char *const ours[] = {"steps", "start", "seen"};
    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++)
        tov_record_clear(draft->header, ours[i]);
    if ((draft->type->effects & (TOV_EFFECT_STEPS | TOV_EFFECT_BRINGS_IN)) == 0)
        return TOV_OK;
    struct stepping *stepping = calloc(1, sizeof *stepping);
    if (stepping == NULL)
        return TOV_E_NOMEM;
    stepping->call = call;
    stepping->draft = draft;
    stepping->findings = findings;
    enum tov_err err = fill(stepping);
    tov_book_picture_fini(&stepping->book);
    free(stepping);
    return err;
}
