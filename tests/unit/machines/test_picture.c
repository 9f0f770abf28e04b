/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rules of the fold: what is missing is incomplete and not refused, two signers, concurrent
 * steps, retractions, starting points, reasons that teach, what a node asks before it sends.
 */
#include "base/limits.h"
#include "look.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_WORDS "case.open case:C purpose=forebyggelse basis=B next_review=2021-04-30 id=open"
#define OPEN "kk/vink > kbh-pol/dks,krfo/central " OPEN_WORDS
#define SUBMIT "kk/jobcenter > kbh-pol/dks,kk/vink concern.submit concern:K id=k"

static struct look look;

static void who_lacks_a_step_shows_incomplete_and_never_refused(void)
{
    look_begin(
        &look, SUBMIT
        ";"
        "kbh-pol/dks > kk/vink concern.receipt concern:K code=modtaget;"
        "kk/vink > kbh-pol/dks concern.screen_request concern:K;"
        "kbh-pol/dks > kk/vink concern.screen_result concern:K code=kan_behandles;"
        "kbh-pol/dks > kk/vink,krfo/kif case.meeting_call concern:K kind=infohusmoede id=call");
    look_as(&look, "krfo");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->state, "paa_dagsorden");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->is_incomplete);
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->began == NULL);
    UNIT_EQUAL_INT(look_placed(&look, "call")->judgements[0].verdict, TOV_STEP_UNJUDGED);
    look_as(&look, "kk");
    CU_ASSERT(!look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->is_incomplete);
}

static void a_state_that_the_event_cannot_lead_to_is_not_believed(void)
{
    look_begin(&look, SUBMIT);
    const struct tov_told *told = world_say(
        &look.world, "kbh-pol/dks > kk/vink concern.screen_result concern:K code=afventer id=s");
    struct tov_record step;
    struct tov_thing_ref concern = world_thing("concern:K"), other = world_thing("event:none");
    UNIT_OK(tov_record_open(told->draft->header, "steps", &step));
    UNIT_OK(tov_record_put_enum(step, "machine", "henvendelse"));
    UNIT_OK(tov_record_put_bytes(step, "thing_ref", TOV_BYTES_OF(concern.bytes)));
    UNIT_OK(tov_record_put_bytes(step, "previous_event_ref", TOV_BYTES_OF(other.bytes)));
    UNIT_OK(tov_record_put_text(step, "state", "begrundet"));
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_placed(&look, "s")->judgements[0].verdict, TOV_STEP_UNJUDGED);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->state, "registreret");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->is_incomplete);
}

static void a_starting_point_takes_the_mark_away(void)
{
    look_begin(&look, OPEN ";"
                           "kk/vink > kbh-pol/dks case.conversation case:C part=plan;"
                           "kk/vink > kbh-pol/dks,rhp/psyk case.conversation case:C part=resultat");
    look_as(&look, "rhp");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->is_incomplete);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    world_say_all(&look.world,
                  "kk/vink > rhp/psyk,kbh-pol/dks case.invite case:C next_review=2021-04-30 "
                  "start=yes;"
                  "kbh-pol/dks > kk/vink,rhp/psyk case.conversation case:C part=plan");
    look_as(&look, "rhp");
    CU_ASSERT(!look_thing(&look, TOV_MACHINE_CASE, "case:C")->is_incomplete);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "samtale");
    UNIT_EQUAL_INT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->responsible,
                   world_agency("kk"));
}

static void the_first_half_waits_and_the_second_steps(void)
{
    look_begin(&look,
               OPEN ";"
                    "kk/vink > kbh-pol/dks,krfo/central case.assessment case:C next=opfoelgning "
                    "purpose=p basis=B next_review=2021-04-30 id=first");
    look_as(&look, "krfo");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    UNIT_EQUAL_TEXT(world_id(look_thing(&look, TOV_MACHINE_CASE, "case:C")->waits), "first");
    world_say_all(&look.world,
                  "kbh-pol/dks > kk/vink,krfo/central case.assessment case:C "
                  "next=opfoelgning purpose=p basis=B next_review=2021-04-30 cites=first "
                  "id=second");
    look_as(&look, "krfo");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "opfoelgning");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->waits == NULL);
    CU_ASSERT(look_placed(&look, "second")->is_second && !look_placed(&look, "first")->is_second);
    UNIT_EQUAL_TEXT(world_id(look_placed(&look, "second")->first), "first");
}

static void two_halves_that_say_different_things_do_not_step(void)
{
    look_begin(&look, OPEN
               ";"
               "kk/vink > kbh-pol/dks case.assessment case:C next=opfoelgning purpose=p basis=B "
               "next_review=2021-04-30 id=first;"
               "kbh-pol/dks > kk/vink case.assessment case:C next=aktiv_koordinering purpose=p "
               "basis=B next_review=2021-04-30 cites=first id=second");
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_placed(&look, "second")->judgements[0].rule, TOV_REFUSAL_SECOND);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
}

static void concurrent_steps_are_resolved_alike_and_flagged(void)
{
    look_begin(&look, SUBMIT);
    look.world.fills_steps = false; /* neither has seen the other's */
    world_say_all(&look.world,
                  "kbh-pol/dks > kk/vink,kk/jobcenter concern.receipt concern:K code=modtaget "
                  "id=a at=2021-02-02T12:00;"
                  "kk/vink > kbh-pol/dks,kk/jobcenter concern.receipt concern:K code=modtaget "
                  "id=b at=2021-02-02T12:01");
    static const char *const agencies[] = {"kk", "kbh-pol"};
    for (size_t i = 0; i < 2; i++) {
        look_as(&look, agencies[i]);
        UNIT_EQUAL_INT(look_placed(&look, "a")->judgements[0].verdict, TOV_STEP_TAKEN);
        UNIT_EQUAL_INT(look_placed(&look, "b")->judgements[0].verdict, TOV_STEP_REFUSED);
        CU_ASSERT(look_placed(&look, "b")->judgements[0].is_conflict);
        CU_ASSERT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->is_conflict);
    }
}

static void a_refusal_by_someone_who_had_seen_the_step_is_no_conflict(void)
{
    look_begin(&look, SUBMIT ";"
                             "kbh-pol/dks > kk/vink concern.receipt concern:K code=modtaget;"
                             "kk/vink > kbh-pol/dks concern.receipt concern:K code=modtaget id=b");
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_placed(&look, "b")->judgements[0].verdict, TOV_STEP_REFUSED);
    CU_ASSERT(!look_placed(&look, "b")->judgements[0].is_conflict);
    CU_ASSERT(!look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->is_conflict);
}

static void retracting_the_beginning_annuls_and_another_message_is_only_marked(void)
{
    look_begin(&look,
               SUBMIT ";"
                      "kk/jobcenter > kbh-pol/dks,kk/vink concern.supplement concern:K id=more;"
                      "kk/jobcenter > kbh-pol/dks,kk/vink msg.amend concern:K reply=more id=amend;"
                      "kk/jobcenter > kbh-pol/dks,kk/vink msg.retract concern:K reply=more id=r1");
    look_as(&look, "kbh-pol");
    CU_ASSERT(look_placed(&look, "more")->is_retracted);
    UNIT_EQUAL_TEXT(world_id(look_placed(&look, "more")->amended_by), "amend");
    UNIT_EQUAL_INT(look_placed(&look, "r1")->judgement_count, 0);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->state, "registreret");
    world_say_all(&look.world, "kk/jobcenter > kbh-pol/dks,kk/vink msg.retract concern:K reply=k");
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->state, "annulleret");
    CU_ASSERT(look_placed(&look, "k")->is_retracted);
}

static void only_its_sender_retracts_a_message(void)
{
    look_begin(&look,
               SUBMIT ";kbh-pol/dks > kk/jobcenter,kk/vink msg.retract concern:K reply=k id=r");
    look_as(&look, "kk");
    CU_ASSERT(!look_placed(&look, "k")->is_retracted);
    UNIT_EQUAL_INT(look_placed(&look, "r")->judgements[0].rule, TOV_REFUSAL_WHO);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CONCERN, "concern:K")->state, "registreret");
}

static void a_refusal_says_where_the_thing_stands_and_what_can_come(void)
{
    look_begin(&look, SUBMIT
               ";kbh-pol/dks > kk/vink case.close case:C id=close;"
               "kbh-pol/dks > kk/vink concern.screen_result concern:K code=afventer id=early;"
               "krfo/kif > kk/vink concern.receipt concern:K code=modtaget id=foreign");
    look_as(&look, "kk");
    struct tov_text early = look_placed(&look, "early")->judgements[0].reason;
    UNIT_EQUAL_TEXT(early.en,
                    "Concern: the state is \"registered\", and concern.screen_result does "
                    "not fit there. What can be sent here: concern.receipt, "
                    "concern.screen_request, concern.transfer, msg.retract.");
    UNIT_EQUAL_TEXT(
        early.da, "Bekymringshenvendelse: tilstanden er \"registreret\", og concern.screen_result "
                  "passer ikke dertil. Her kan sendes: concern.receipt, concern.screen_request, "
                  "concern.transfer, msg.retract.");
    UNIT_EQUAL_TEXT(look_placed(&look, "close")->judgements[0].reason.en,
                    "Case: has not begun, and case.close does not fit there. What can be sent "
                    "here: case.open.");
    UNIT_EQUAL_TEXT(look_placed(&look, "foreign")->judgements[0].reason.da,
                    "Dette skridt tages af sekretariatet eller kommunens tovholder, ikke af "
                    "afsenderen.");
}

static void a_refused_closing_leaves_the_case_with_its_responsible(void)
{
    look_begin(&look, OPEN ";kk/vink > kbh-pol/dks,krfo/central case.close case:C id=close");
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_INT(look_placed(&look, "close")->judgement_count, 2);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    UNIT_EQUAL_INT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->responsible,
                   world_agency("kk"));
}

static void an_offer_by_one_who_has_handed_over_is_refused(void)
{
    look_begin(&look, OPEN
               ";"
               "kk/vink > krfo/central,kbh-pol/dks handover.offer case:C thing=case to_agency=krfo "
               "cites=open id=o1;"
               "krfo/central > kk/vink,kbh-pol/dks handover.accept case:C thing=case cites=o1;"
               "kk/vink > kbh-pol/dks,krfo/central handover.offer case:C thing=case "
               "to_agency=kbh-pol cites=open id=o2");
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_INT(look_placed(&look, "o2")->judgements[0].rule, TOV_REFUSAL_WHO);
    UNIT_EQUAL_INT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->responsible,
                   world_agency("krfo"));
}

static void the_new_kommune_coordinates_after_a_transfer(void)
{
    look_begin(&look, OPEN
               ";"
               "kk/vink > aarhus/info,kbh-pol/dks,krfo/central case.transfer case:C "
               "to_agency=aarhus cites=open id=tr start=yes;"
               "aarhus/info > kk/vink,kbh-pol/dks,krfo/central case.transfer_answer case:C "
               "answer=accepteret cites=tr;"
               "kk/vink > kbh-pol/dks case.review case:C result=fortsaet next_review=2021-04-30 "
               "id=old;"
               "aarhus/info > kbh-pol/dks case.review case:C result=fortsaet "
               "next_review=2021-04-30 id=new");
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_INT(look_placed(&look, "old")->judgements[0].rule, TOV_REFUSAL_WHO);
    UNIT_EQUAL_INT(look_placed(&look, "new")->judgements[0].verdict, TOV_STEP_LOOPED);
    UNIT_EQUAL_INT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->responsible,
                   world_agency("aarhus"));
}

/* Of LINE, judged by the picture of AGENCY as it was before; then LINE is said. */
static struct tov_next_step step_for(const char *agency, const char *line, size_t index)
{
    struct tov_next_step steps[8];
    look_as(&look, agency);
    const struct tov_told *next = world_say(&look.world, line);
    size_t count = tov_picture_steps_for(look.picture, next, steps, 8);
    UNIT_NEED(count > index);
    return steps[index];
}

static void a_node_asks_before_it_sends(void)
{
    look_begin(&look, SUBMIT);
    struct tov_next_step step =
        step_for("kbh-pol", "kbh-pol/dks > kk/vink concern.receipt concern:K code=modtaget", 0);
    UNIT_EQUAL_INT(step.judgement.verdict, TOV_STEP_TAKEN);
    UNIT_EQUAL_TEXT(step.state, "kvitteret");
    CU_ASSERT(step.has_previous);
    step = step_for("kbh-pol", "kbh-pol/dks > kk/vink concern.receipt concern:K code=modtaget", 0);
    UNIT_EQUAL_INT(step.judgement.verdict, TOV_STEP_REFUSED);
    UNIT_EQUAL_INT(step.judgement.rule, TOV_REFUSAL_PAIR);
    CU_ASSERT(step.judgement.reason.da != NULL);
    step = step_for("kk", "kk/vink > kbh-pol/dks " OPEN_WORDS, 0);
    UNIT_EQUAL_INT(step.judgement.verdict, TOV_STEP_TAKEN);
    CU_ASSERT(!step.has_previous);
}

/* What others cannot know to be missing, its sender can. */
static void a_sender_is_held_to_what_it_should_hold(void)
{
    look_begin(&look, "krfo/faengsel > kk/eki prison.admission episode:E kind=afsoning");
    const char *leave =
        "krfo/faengsel > kbh-pol/dks,kk/vink prison.leave_start episode:E leave=1 id=l";
    struct tov_next_step step = step_for("krfo", leave, 0);
    UNIT_EQUAL_INT(step.judgement.rule, TOV_REFUSAL_GUARDS + TOV_GUARD_LEAVE_PLANNED);
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_placed(&look, "l")->judgements[0].verdict, TOV_STEP_TAKEN);
}

static void consent_and_own_decision_come_before_a_referral(void)
{
    const char *refer = "kk/vink > kk/mentor intervention.refer course:F case:C basis=SAMTYKKE "
                        "measure=mentor person=borger";
    look_begin(&look, OPEN);
    UNIT_EQUAL_INT(step_for("kk", refer, 0).judgement.rule,
                   TOV_REFUSAL_GUARDS + TOV_GUARD_OWN_DECISION);
    look_begin(&look, OPEN ";kk/vink > kbh-pol/dks case.own_decision case:C measures=coach+mentor");
    UNIT_EQUAL_INT(step_for("kk", refer, 0).judgement.rule, TOV_REFUSAL_GUARDS + TOV_GUARD_CONSENT);
    look_begin(&look,
               OPEN ";kk/vink > kbh-pol/dks case.own_decision case:C measures=coach+mentor;"
                    "kk/vink > kk/mentor consent.given case:C scope=mentor person=paaroerende");
    UNIT_EQUAL_INT(step_for("kk", refer, 0).judgement.rule, TOV_REFUSAL_GUARDS + TOV_GUARD_CONSENT);
    look_begin(&look, OPEN ";kk/vink > kbh-pol/dks case.own_decision case:C measures=coach+mentor;"
                           "kk/vink > kk/mentor consent.given case:C scope=mentor person=borger");
    UNIT_EQUAL_INT(step_for("kk", refer, 0).judgement.verdict, TOV_STEP_TAKEN);
}

/* A call about COUNT concerns; how many of them it steps or is refused by. */
static size_t judged_on_agenda(size_t count)
{
    look_begin(&look, "");
    char call[4000] = "kbh-pol/dks > kk/vink case.meeting_call kind=infohusmoede id=call";
    for (size_t i = 0; i < count; i++) {
        size_t size = strlen(call);
        (void)snprintf(call + size, sizeof call - size, " concern:K%zu", i);
    }
    (void)world_say(&look.world, call);
    look_as(&look, "kk");
    return look_placed(&look, "call")->judgement_count;
}

static void an_agenda_steps_each_of_its_concerns_up_to_the_limit(void)
{
    UNIT_EQUAL_INT(judged_on_agenda(12), 12);
    UNIT_EQUAL_INT(judged_on_agenda(TOV_AGENDA_MAX), TOV_AGENDA_MAX);
    UNIT_EQUAL_INT(judged_on_agenda(TOV_AGENDA_MAX + 1), TOV_AGENDA_MAX);
}

static void three_months_keep_the_day_or_take_the_last_and_end_with_time(void)
{
    static const struct {
        const char *at, *next_review;
        bool is_taken;
    } days[] = {
        {"2021-01-31T11:00", "2021-04-30", true}, {"2021-01-31T11:00", "2021-05-01", false},
        {"2020-11-30T11:00", "2021-02-28", true}, {"2020-11-30T11:00", "2021-03-01", false},
        {"2021-06-30T21:59", "2021-09-30", true}, {"2021-06-30T21:59", "2021-10-01", false},
        {"2021-06-30T22:00", "2021-10-01", true}, /* 1 July in Denmark */
        {"9999-12-30T11:00", "9999-12-31", true},
    };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        char line[300];
        look_begin(&look, "");
        (void)snprintf(line, sizeof line,
                       "kk/vink > kbh-pol/dks case.open case:C purpose=p basis=B at=%s "
                       "next_review=%s id=open",
                       days[i].at, days[i].next_review);
        (void)world_say(&look.world, line);
        look_as(&look, "kk");
        UNIT_EQUAL_INT(look_placed(&look, "open")->judgements[0].verdict,
                       days[i].is_taken ? TOV_STEP_TAKEN : TOV_STEP_REFUSED);
    }
}

static void an_empty_picture_is_a_picture(void)
{
    struct tov_picture *empty;
    UNIT_OK(tov_picture_create(NULL, 0, NULL, &empty));
    UNIT_EQUAL_INT(tov_picture_thing_count(empty) + tov_picture_placed_count(empty), 0);
    tov_picture_destroy(empty);
    tov_picture_destroy(NULL);
}

/* A member of the case that writes and writes: each tenth a copy of the one before, each seventh
 * taken back. Judging each must not walk through all others. */
static void a_case_of_twenty_thousand_messages_is_folded_and_shown(void)
{
    enum { MESSAGES = 20000 };
    size_t copies = 0, retracted = 0, expected = 0;
    struct tov_unit_facts unit = world_unit("kbh-pol/dks");
    struct tov_view view;
    look_begin(&look, OPEN);
    look.world.fills_steps = false;
    for (size_t i = 0; i < MESSAGES; i++) {
        char line[160];
        expected += i % 10 == 9 && i % 7 != 6 && i % 7 != 0;
        if (i % 7 == 6)
            (void)snprintf(line, sizeof line, "kk/vink > kbh-pol/dks msg.retract case:C reply=m%zu",
                           i - 1);
        else
            (void)snprintf(line, sizeof line,
                           "kk/vink > kbh-pol/dks case.conversation case:C part=plan event=E%zu "
                           "id=m%zu",
                           i % 10 == 9 ? i - 1 : i, i);
        (void)world_say(&look.world, line);
    }
    look_as(&look, "kbh-pol");
    for (size_t i = 0; i < tov_picture_placed_count(look.picture); i++) {
        copies += tov_picture_placed_at(look.picture, i)->is_copy;
        retracted += tov_picture_placed_at(look.picture, i)->is_retracted;
    }
    UNIT_EQUAL_INT(copies, expected);
    UNIT_EQUAL_INT(retracted, MESSAGES / 7);
    UNIT_OK(tov_picture_view(look.picture, &unit, &view));
    UNIT_EQUAL_INT(view.placed_count, 1 + MESSAGES);
    tov_view_fini(&view);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_case_of_twenty_thousand_messages_is_folded_and_shown),
        UNIT_TEST(who_lacks_a_step_shows_incomplete_and_never_refused),
        UNIT_TEST(a_state_that_the_event_cannot_lead_to_is_not_believed),
        UNIT_TEST(a_starting_point_takes_the_mark_away),
        UNIT_TEST(the_first_half_waits_and_the_second_steps),
        UNIT_TEST(two_halves_that_say_different_things_do_not_step),
        UNIT_TEST(concurrent_steps_are_resolved_alike_and_flagged),
        UNIT_TEST(a_refusal_by_someone_who_had_seen_the_step_is_no_conflict),
        UNIT_TEST(retracting_the_beginning_annuls_and_another_message_is_only_marked),
        UNIT_TEST(only_its_sender_retracts_a_message),
        UNIT_TEST(a_refusal_says_where_the_thing_stands_and_what_can_come),
        UNIT_TEST(a_refused_closing_leaves_the_case_with_its_responsible),
        UNIT_TEST(an_offer_by_one_who_has_handed_over_is_refused),
        UNIT_TEST(the_new_kommune_coordinates_after_a_transfer),
        UNIT_TEST(a_node_asks_before_it_sends),
        UNIT_TEST(a_sender_is_held_to_what_it_should_hold),
        UNIT_TEST(consent_and_own_decision_come_before_a_referral),
        UNIT_TEST(an_agenda_steps_each_of_its_concerns_up_to_the_limit),
        UNIT_TEST(three_months_keep_the_day_or_take_the_last_and_end_with_time),
        UNIT_TEST(an_empty_picture_is_a_picture),
    };
    int result = unit_run("picture", tests, sizeof tests / sizeof tests[0]);
    look_fini(&look);
    return result;
}
