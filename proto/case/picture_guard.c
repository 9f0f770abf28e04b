/* SPDX-License-Identifier: EUPL-1.2
 *
 * What must hold beside state and sender: one pure function for each guard. UNKNOWN where this
 * agency does not hold what the guard speaks of: no ground to refuse.
 */
#include "case/danish_time.h"
#include "case/picture_internal.h"

#include <string.h>

typedef enum tri guard_function(const struct judging *judging);

static enum tri tri_of(bool holds)
{
    return holds ? TRI_YES : TRI_NO;
}

static struct tov_date day_of(const struct tov_told *told)
{
    return tov_danish_time_of(told->written_ms).date;
}

/* Message I of the subject before the one that is judged, when it is of TYPE, not refused by the
 * machine that judges, and no copy of one before. */
static const struct tov_told *earlier(const struct judging *judging, size_t i, const char *type)
{
    const struct tov_told *told = judging->subject->order[i].told;
    if (strcmp(tov_told_type(told), type) != 0)
        return NULL;
    const struct tov_judgement *judgement =
        picture_judgement_of(judging->picture, told, judging->instance);
    bool counts = judgement == NULL || judgement->verdict == TOV_STEP_TAKEN ||
                  judgement->verdict == TOV_STEP_LOOPED || judgement->verdict == TOV_STEP_UNJUDGED;
    return counts ? told : NULL;
}

static const struct tov_told *last_earlier(const struct judging *judging, const char *type)
{
    const struct tov_told *found = NULL;
    for (size_t i = judging->at; i > 0 && found == NULL; i--)
        found = earlier(judging, i - 1, type);
    return found;
}

/* What is not held counts as not sent by who holds the thing from its beginning on. */
static enum tri not_found(const struct judging *judging)
{
    const struct instance *instance = judging->instance;
    return instance->is_whole && !instance->thing.is_incomplete ? TRI_NO : TRI_UNKNOWN;
}

/* ---- concerns ---- */

static enum tri urgent(const struct judging *judging)
{
    return tri_of(tov_told_says(judging->told, "priority", "akut"));
}

static enum tri at_most_twice(const struct judging *judging)
{
    unsigned taken = 0;
    for (size_t i = 0; i < judging->at; i++) {
        const struct tov_told *told = judging->subject->order[i].told;
        const struct tov_judgement *judgement =
            picture_judgement_of(judging->picture, told, judging->instance);
        if (judgement != NULL && judgement->verdict == TOV_STEP_TAKEN &&
            picture_fits(judging, judging->row, told))
            taken++;
    }
    return tri_of(taken < 2);
}

/* ---- cases ---- */

static enum tri concern_founded(const struct judging *judging)
{
    struct tov_thing_ref ref;
    if (!tov_told_about(judging->told, TOV_ABOUT_CONCERN, &ref))
        return TRI_UNKNOWN;
    const struct subject *subject = picture_subject(judging->picture, TOV_ABOUT_CONCERN, &ref);
    const struct instance *concern =
        subject == NULL ? NULL : picture_instance(subject, TOV_MACHINE_CONCERN);
    if (concern == NULL || concern->thing.state == NULL || concern->thing.is_incomplete)
        return TRI_UNKNOWN;
    const struct tov_thing_step *step =
        tov_picture_state_at(&concern->thing, judging->effective_ms);
    return tri_of(step != NULL && strcmp(step->state, "begrundet") == 0);
}

static enum tri purpose_and_party(const struct judging *judging)
{
    const struct tov_told *told = judging->told;
    bool has_other = false;
    for (size_t i = 0; i < told->recipient_count; i++)
        has_other |= told->recipients[i].agency != told->sender.agency;
    return tri_of(has_other && tov_record_count(told->draft->header, "purpose") > 0 &&
                  tov_record_count(told->draft->header, "legal_bases") > 0);
}

/* A month added keeps the day, or takes the month's last. Time ends with the year 9999. */
static struct tov_date three_months_after(struct tov_date day)
{
    day.month += 3;
    if (day.month > 12) {
        day.month -= 12;
        day.year++;
    }
    if (day.year > 9999)
        return (struct tov_date){9999, 12, 31};
    while (!tov_date_is_valid(day))
        day.day--;
    return day;
}

static enum tri next_review(const struct judging *judging)
{
    struct tov_value value;
    if (!tov_told_field(judging->told, "next_review", 0, &value) || value.kind != TOV_FIELD_DATE)
        return TRI_NO;
    int64_t next = tov_date_to_days(value.date);
    struct tov_date day = day_of(judging->told);
    return tri_of(next >= tov_date_to_days(day) &&
                  next <= tov_date_to_days(three_months_after(day)));
}

static bool is_open_at(const struct instance *course, uint64_t time_ms)
{
    if (course->thing.is_incomplete)
        return false;
    const struct tov_thing_step *step = tov_picture_state_at(&course->thing, time_ms);
    const struct tov_machine_state *state =
        step == NULL ? NULL : tov_machine_state_find(TOV_MACHINE_COURSE, step->state);
    return state != NULL && !state->is_end;
}

static enum tri no_open_course(const struct judging *judging)
{
    for (size_t i = 0; i < judging->picture->subject_count; i++) {
        const struct subject *subject = &judging->picture->subjects[i];
        const struct instance *course = picture_instance(subject, TOV_MACHINE_COURSE);
        if (course != NULL && course->thing.state != NULL && subject->has_case &&
            tov_thing_ref_equal(&subject->case_ref, &judging->subject->ref) &&
            is_open_at(course, judging->effective_ms))
            return TRI_NO;
    }
    return TRI_YES;
}

static enum tri one_police_objection(const struct judging *judging)
{
    if (judging->told->sender.authority != TOV_AUTHORITY_POLICE)
        return TRI_YES;
    for (size_t i = 0; i < judging->at; i++) {
        const struct tov_told *told = earlier(judging, i, "case.close_answer");
        if (told != NULL && told->sender.authority == TOV_AUTHORITY_POLICE &&
            tov_told_says(told, "answer", "uenig"))
            return TRI_NO;
    }
    return TRI_YES;
}

/* The last answer of AGENCY since the proposal at FROM, or NULL. */
static const struct tov_told *answer_of(const struct judging *judging, size_t from, uint16_t agency)
{
    for (size_t i = judging->at; i > from; i--) {
        const struct tov_told *told = earlier(judging, i - 1, "case.close_answer");
        if (told != NULL && told->sender.agency == agency)
            return told;
    }
    return NULL;
}

static enum tri ten_working_days_passed(const struct judging *judging,
                                        const struct tov_told *proposal)
{
    const struct tov_picture_options *options = &judging->picture->options;
    if (options->working_days_after == NULL)
        return TRI_UNKNOWN;
    struct tov_date last = options->working_days_after(options->calendar, day_of(proposal), 10);
    return tri_of(tov_date_to_days(day_of(judging->told)) > tov_date_to_days(last));
}

static enum tri all_agree(const struct judging *judging)
{
    size_t from = judging->at;
    while (from > 0 && earlier(judging, from - 1, "case.close_propose") == NULL)
        from--;
    if (from == 0)
        return TRI_UNKNOWN;
    enum tri all =
        picture_holds_opening(judging->picture, &judging->subject->ref) ? TRI_YES : TRI_UNKNOWN;
    for (size_t i = 0; i < judging->picture->party_count; i++) {
        const struct tov_party *party = &judging->picture->parties[i];
        if (!tov_thing_ref_equal(&party->case_ref, &judging->subject->ref) ||
            party->agency == judging->told->sender.agency ||
            picture_is_party(judging->picture, &party->case_ref, party->agency,
                             judging->effective_ms) != TRI_YES)
            continue;
        const struct tov_told *answer = answer_of(judging, from, party->agency);
        if (answer != NULL && !tov_told_says(answer, "answer", "enig"))
            return TRI_NO;
        if (answer == NULL && all != TRI_NO)
            all = TRI_NO;
    }
    return all == TRI_NO ? ten_working_days_passed(judging, judging->subject->order[from - 1].told)
                         : all;
}

static enum tri reason_to_reopen(const struct judging *judging)
{
    struct tov_thing_ref ref;
    if (tov_told_about(judging->told, TOV_ABOUT_EPISODE, &ref))
        return TRI_YES;
    if (!tov_told_about(judging->told, TOV_ABOUT_CONCERN, &ref))
        return TRI_NO;
    return concern_founded(judging);
}

/* ---- responsibility ---- */

static const struct instance *responsibility(const struct judging *judging)
{
    const struct instance *instance =
        picture_instance(judging->subject, TOV_MACHINE_RESPONSIBILITY);
    return instance == NULL || instance->thing.state == NULL ? NULL : instance;
}

static enum tri sender_holds(const struct judging *judging)
{
    const struct instance *held = responsibility(judging);
    if (held == NULL || held->thing.responsible == 0)
        return held == NULL || held->thing.is_incomplete || held->has_start ? TRI_UNKNOWN : TRI_NO;
    return tri_of(held->thing.responsible == judging->told->sender.agency);
}

static enum tri no_open_offer(const struct judging *judging)
{
    const struct instance *held = responsibility(judging);
    return held == NULL ? TRI_UNKNOWN : tri_of(held->thing.offered == 0);
}

static enum tri names_holding(const struct judging *judging)
{
    const struct instance *held = responsibility(judging);
    if (held == NULL || !held->has_held)
        return TRI_UNKNOWN;
    return picture_cites(judging, &held->held_event);
}

static enum tri names_offer(const struct judging *judging)
{
    const struct instance *held = responsibility(judging);
    if (held == NULL || !held->has_offer)
        return held != NULL && held->is_whole && !held->thing.is_incomplete ? TRI_NO : TRI_UNKNOWN;
    return picture_cites(judging, &held->offer_event);
}

static enum tri case_takes(const struct judging *judging)
{
    return tri_of(!judging->case_refused);
}

/* ---- courses ---- */

static bool has_scope(const struct tov_told *told, const char *field, const char *measure)
{
    struct tov_value value;
    for (size_t i = 0; tov_told_field(told, field, i, &value); i++) {
        if (value.kind == TOV_FIELD_ENUM && strcmp(value.name, measure) == 0)
            return true;
    }
    return false;
}

/* The referral of the course: the message itself, or what began the course. */
static const struct tov_told *referral_of(const struct judging *judging)
{
    const struct tov_told *began = judging->instance->thing.began;
    return began == NULL && judging->instance->thing.state == NULL ? judging->told : began;
}

/* The last message of TYPE before this one about the case that names MEASURE in FIELD; by AGENCY,
 * or with 0 by any. */
static const struct tov_placed *last_about_case(const struct judging *judging, const char *type,
                                                const char *field, const char *measure,
                                                uint16_t agency)
{
    struct tov_thing_ref case_ref;
    if (!tov_told_about(judging->told, TOV_ABOUT_CASE, &case_ref))
        return NULL;
    const struct tov_placed *found = NULL;
    for (size_t i = 0; i < judging->picture->count; i++) {
        const struct tov_placed *placed = &judging->picture->placed[i];
        if (placed->effective_ms <= judging->effective_ms &&
            strcmp(tov_told_type(placed->told), type) == 0 && !placed->is_retracted &&
            (agency == 0 || placed->told->sender.agency == agency) &&
            tov_told_is_about(placed->told, TOV_ABOUT_CASE, &case_ref) &&
            has_scope(placed->told, field, measure))
            found = placed;
    }
    return found;
}

static enum tri own_decision(const struct judging *judging)
{
    struct tov_value measure;
    struct tov_thing_ref case_ref;
    const struct tov_told *told = judging->told;
    if (!tov_told_field(told, "measure", 0, &measure) ||
        !tov_told_about(told, TOV_ABOUT_CASE, &case_ref))
        return TRI_UNKNOWN;
    const struct tov_placed *decision = last_about_case(judging, "case.own_decision", "measures",
                                                        measure.name, told->sender.agency);
    if (decision != NULL)
        return TRI_YES;
    bool would_hold = judging->is_draft || picture_holds_opening(judging->picture, &case_ref);
    return would_hold ? TRI_NO : TRI_UNKNOWN;
}

static bool rests_on_consent(const struct tov_told *told)
{
    struct tov_value basis;
    for (size_t i = 0; tov_record_get(told->draft->header, "legal_bases", i, &basis) == TOV_OK;
         i++) {
        if (tov_bytes_equal(basis.bytes, tov_bytes_of_text("SAMTYKKE")))
            return true;
    }
    return false;
}

/* Of the participant of the referral, where both say whose it is. */
static bool is_of_participant(const struct tov_told *consent, const struct tov_told *referral)
{
    struct tov_value of, from;
    return !tov_told_field(referral, "person", 0, &of) ||
           !tov_told_field(consent, "person", 0, &from) || strcmp(of.name, from.name) == 0;
}

static enum tri consent(const struct judging *judging)
{
    const struct tov_told *referral = referral_of(judging);
    struct tov_value measure;
    if (referral == NULL || !rests_on_consent(referral) ||
        !tov_told_field(referral, "measure", 0, &measure))
        return TRI_UNKNOWN;
    const struct tov_placed *given =
        last_about_case(judging, "consent.given", "scope", measure.name, 0);
    const struct tov_placed *withdrawn =
        last_about_case(judging, "consent.withdrawn", "scope", measure.name, 0);
    bool covers = given != NULL && is_of_participant(given->told, referral);
    if (!covers)
        return judging->is_draft ? TRI_NO : TRI_UNKNOWN;
    return tri_of(withdrawn == NULL || withdrawn < given ||
                  !is_of_participant(withdrawn->told, referral));
}

static enum tri may_ask_again(const struct judging *judging)
{
    struct tov_value from;
    const struct tov_told *answer = last_earlier(judging, "intervention.citizen_answer");
    if (answer == NULL || !tov_told_field(answer, "ask_again", 0, &from) ||
        from.kind != TOV_FIELD_DATE)
        return TRI_UNKNOWN;
    return tri_of(tov_date_to_days(day_of(judging->told)) >= tov_date_to_days(from.date));
}

/* ---- detentions ---- */

static enum tri leave_planned(const struct judging *judging)
{
    struct tov_value leave, planned;
    if (tov_told_says(judging->told, "reason", "akut"))
        return TRI_YES;
    if (!tov_told_field(judging->told, "leave", 0, &leave))
        return TRI_NO;
    for (size_t i = 0; i < judging->at; i++) {
        const struct tov_told *plan = earlier(judging, i, "prison.leave_plan");
        if (plan != NULL && tov_told_field(plan, "leave", 0, &planned) &&
            planned.number == leave.number)
            return TRI_YES;
    }
    return judging->is_draft ? TRI_NO : TRI_UNKNOWN; /* it went to those with a need only */
}

/* The last date that was judged; what was not judged may name any version. */
static const struct tov_told *last_date(const struct judging *judging)
{
    for (size_t i = judging->at; i > 0; i--) {
        const struct tov_told *told = earlier(judging, i - 1, "prison.release_date");
        const struct tov_judgement *judgement =
            told == NULL ? NULL : picture_judgement_of(judging->picture, told, judging->instance);
        if (judgement != NULL && judgement->verdict != TOV_STEP_UNJUDGED)
            return told;
    }
    return NULL;
}

static enum tri next_version(const struct judging *judging)
{
    struct tov_value version, before;
    const struct tov_told *last = last_date(judging);
    if (!tov_told_field(judging->told, "version", 0, &version))
        return TRI_NO;
    if (last == NULL)
        return version.number == 1 ? TRI_YES : not_found(judging);
    if (!tov_told_field(last, "version", 0, &before) || version.number <= before.number)
        return TRI_NO;
    return version.number == before.number + 1 ? TRI_YES : not_found(judging);
}

static enum tri meeting_held(const struct judging *judging)
{
    for (size_t i = 0; i < judging->at; i++) {
        const struct tov_told *meeting = earlier(judging, i, "prison.release_meeting");
        if (meeting != NULL && tov_told_says(meeting, "kind", "referat"))
            return TRI_YES;
    }
    return not_found(judging);
}

static enum tri measures_met(const struct judging *judging)
{
    static const char *const topics[] = {"bolig",         "forsoergelse", "job",  "behandling",
                                         "kontaktperson", "id_mitid",     "gaeld"};
    const struct tov_told *measures = last_earlier(judging, "release.measures");
    if (measures == NULL)
        return not_found(judging);
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        if (tov_told_says(measures, topics[i], "roed"))
            return TRI_NO;
    }
    return TRI_YES;
}

static enum tri contact_set(const struct judging *judging)
{
    return last_earlier(judging, "release.kommune_contact") != NULL ? TRI_YES : not_found(judging);
}

static guard_function *const functions[TOV_GUARD_COUNT] = {
    [TOV_GUARD_URGENT] = urgent,
    [TOV_GUARD_AT_MOST_TWICE] = at_most_twice,
    [TOV_GUARD_CONCERN_FOUNDED] = concern_founded,
    [TOV_GUARD_PURPOSE_AND_PARTY] = purpose_and_party,
    [TOV_GUARD_NEXT_REVIEW] = next_review,
    [TOV_GUARD_NO_OPEN_COURSE] = no_open_course,
    [TOV_GUARD_ONE_POLICE_OBJECTION] = one_police_objection,
    [TOV_GUARD_ALL_AGREE] = all_agree,
    [TOV_GUARD_REASON_TO_REOPEN] = reason_to_reopen,
    [TOV_GUARD_SENDER_HOLDS] = sender_holds,
    [TOV_GUARD_NO_OPEN_OFFER] = no_open_offer,
    [TOV_GUARD_NAMES_HOLDING] = names_holding,
    [TOV_GUARD_NAMES_OFFER] = names_offer,
    [TOV_GUARD_OWN_DECISION] = own_decision,
    [TOV_GUARD_CONSENT] = consent,
    [TOV_GUARD_MAY_ASK_AGAIN] = may_ask_again,
    [TOV_GUARD_LEAVE_PLANNED] = leave_planned,
    [TOV_GUARD_NEXT_VERSION] = next_version,
    [TOV_GUARD_MEETING_HELD] = meeting_held,
    [TOV_GUARD_MEASURES_MET] = measures_met,
    [TOV_GUARD_CONTACT_SET] = contact_set,
    [TOV_GUARD_CASE_TAKES] = case_takes,
};

enum tri picture_guard(const struct judging *judging, enum tov_step_guard guard)
{
    guard_function *function = guard < TOV_GUARD_COUNT ? functions[guard] : NULL;
    return function == NULL ? TRI_YES : function(judging);
}

bool picture_guard_reads_message(enum tov_step_guard guard)
{
    return guard == TOV_GUARD_URGENT || guard == TOV_GUARD_PURPOSE_AND_PARTY ||
           guard == TOV_GUARD_NEXT_REVIEW || guard == TOV_GUARD_REASON_TO_REOPEN;
}
