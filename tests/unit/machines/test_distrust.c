/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that claim more than their sender may: a step before that nobody holds, a half in the
 * name of two, an event that is another's.
 */
#include "case/calendar.h"
#include "case/task.h"
#include "look.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_WORDS "case.open case:C purpose=forebyggelse basis=B next_review=2021-04-30 id=open"
#define OPEN "kk/vink > kbh-pol/dks,krfo/central " OPEN_WORDS
#define ADMISSION \
    "krfo/faengsel > kk/eki,kbh-pol/dks prison.admission episode:E kind=afsoning id=in"
#define TRANSFER "krfo/faengsel > kk/vink,kbh-pol/dks prison.transfer episode:E case:C"
#define ASSESS "case.assessment case:C next=opfoelgning purpose=p basis=B next_review=2021-04-30 "

static struct look look;

struct claim {
    enum tov_machine machine;
    const char *thing;
    const char *state;
};

/* LINE with a step of its own making, after one that nobody holds. */
static void say_after_nothing(const char *line, struct claim claim)
{
    look.world.fills_steps = false;
    const struct tov_told *told = world_say(&look.world, line);
    look.world.fills_steps = true;
    struct tov_record step;
    struct tov_thing_ref ref = world_thing(claim.thing), other = world_thing("event:none");
    UNIT_OK(tov_record_open(told->draft->header, "steps", &step));
    UNIT_OK(tov_record_put_enum(step, "machine", tov_machine_find(claim.machine)->id));
    UNIT_OK(tov_record_put_bytes(step, "thing_ref", TOV_BYTES_OF(ref.bytes)));
    UNIT_OK(tov_record_put_bytes(step, "previous_event_ref", TOV_BYTES_OF(other.bytes)));
    UNIT_OK(tov_record_put_text(step, "state", claim.state));
}

/* ---- steps after what is not held ---- */

static void a_stranger_moves_nothing_by_naming_a_step_that_nobody_holds(void)
{
    look_begin(&look, OPEN ";" ADMISSION);
    say_after_nothing("rhp/psyk > kk/vink,kbh-pol/dks prison.end episode:E id=end",
                      (struct claim){TOV_MACHINE_CUSTODY, "episode:E", "afsluttet"});
    say_after_nothing("aarhus/info > kk/vink,kbh-pol/dks case.close case:C id=close",
                      (struct claim){TOV_MACHINE_CASE, "case:C", "afsluttet"});
    say_after_nothing("hotline/vagt > kk/vink,kbh-pol/dks handover.accept case:C thing=case "
                      "id=accept",
                      (struct claim){TOV_MACHINE_RESPONSIBILITY, "case:C", "holdt"});
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_INT(look_judgement(&look, "end", TOV_MACHINE_CUSTODY)->rule, TOV_REFUSAL_WHO);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CUSTODY, "episode:E")->state, "afsoning");
    CU_ASSERT(!look_thing(&look, TOV_MACHINE_CUSTODY, "episode:E")->is_incomplete);
    UNIT_EQUAL_INT(look_judgement(&look, "close", TOV_MACHINE_CASE)->rule, TOV_REFUSAL_WHO);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    CU_ASSERT(!look_thing(&look, TOV_MACHINE_CASE, "case:C")->is_incomplete);
    UNIT_EQUAL_INT(look_judgement(&look, "accept", TOV_MACHINE_RESPONSIBILITY)->rule,
                   TOV_REFUSAL_WHO);
    UNIT_EQUAL_INT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->responsible,
                   world_agency("kk"));
    CU_ASSERT(!look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->is_incomplete);
}

/* Its offer may be what is not held; that it is responsible is not taken from its word. */
static void who_may_have_been_offered_it_is_not_responsible_by_saying_so(void)
{
    look_begin(&look, OPEN);
    say_after_nothing("kbh-pol/dks > krfo/central handover.accept case:C thing=case id=accept",
                      (struct claim){TOV_MACHINE_RESPONSIBILITY, "case:C", "holdt"});
    look_as(&look, "krfo");
    UNIT_EQUAL_INT(look_judgement(&look, "accept", TOV_MACHINE_RESPONSIBILITY)->verdict,
                   TOV_STEP_UNJUDGED);
    CU_ASSERT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->is_incomplete);
    UNIT_EQUAL_INT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->responsible,
                   world_agency("kk"));
}

static void what_a_message_itself_must_hold_is_asked_of_every_step(void)
{
    look_begin(&look, OPEN);
    say_after_nothing("kk/vink > kbh-pol/dks case.review case:C result=nedtrap id=review",
                      (struct claim){TOV_MACHINE_CASE, "case:C", "opfoelgning"});
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_INT(look_judgement(&look, "review", TOV_MACHINE_CASE)->rule,
                   TOV_REFUSAL_GUARDS + TOV_GUARD_NEXT_REVIEW);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
}

static void a_copied_event_does_not_stand_for_a_step_that_is_not_held(void)
{
    look_begin(&look,
               OPEN ";"
                    "kk/vink > kbh-pol/dks case.conversation case:C part=plan event=P;"
                    "rhp/psyk > krfo/central case.conversation case:C part=plan event=P id=decoy;"
                    "kk/vink > krfo/central case.conversation case:C part=resultat id=true");
    look_as(&look, "krfo");
    UNIT_EQUAL_INT(look_judgement(&look, "decoy", TOV_MACHINE_CASE)->rule, TOV_REFUSAL_WHO);
    UNIT_EQUAL_INT(look_judgement(&look, "true", TOV_MACHINE_CASE)->verdict, TOV_STEP_UNJUDGED);
}

/* ---- two signers ---- */

static void one_signer_who_cites_what_nobody_holds_is_not_two(void)
{
    look_begin(&look, OPEN ";kk/vink > aarhus/info " ASSESS "id=hidden");
    look.world.fills_steps = false;
    world_say_all(&look.world, "kk/vink > kbh-pol/dks,krfo/central " ASSESS "cites=hidden id=half");
    struct tov_record step;
    struct tov_thing_ref ref = world_thing("case:C");
    const struct tov_told *half = world_find(&look.world, "half");
    UNIT_OK(tov_record_open(half->draft->header, "steps", &step));
    UNIT_OK(tov_record_put_enum(step, "machine", "sag"));
    UNIT_OK(tov_record_put_bytes(step, "thing_ref", TOV_BYTES_OF(ref.bytes)));
    UNIT_OK(tov_record_put_text(step, "state", "opfoelgning"));
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_INT(look_judgement(&look, "half", TOV_MACHINE_CASE)->verdict, TOV_STEP_UNJUDGED);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->is_incomplete);
    UNIT_EQUAL_TEXT(world_id(look_thing(&look, TOV_MACHINE_CASE, "case:C")->waits), "half");
    world_say_all(&look.world, "kbh-pol/dks > kk/vink,krfo/central " ASSESS "cites=half id=second");
    look_as(&look, "krfo");
    UNIT_EQUAL_INT(look_judgement(&look, "second", TOV_MACHINE_CASE)->verdict, TOV_STEP_TAKEN);
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "opfoelgning");
}

static void one_signer_is_not_two_after_a_step_that_nobody_holds(void)
{
    look_begin(&look, OPEN);
    say_after_nothing("kk/vink > kbh-pol/dks,krfo/central " ASSESS "id=half",
                      (struct claim){TOV_MACHINE_CASE, "case:C", "opfoelgning"});
    look_as(&look, "krfo");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    UNIT_EQUAL_TEXT(world_id(look_thing(&look, TOV_MACHINE_CASE, "case:C")->waits), "half");
    say_after_nothing("kbh-pol/dks > kk/vink,krfo/central " ASSESS "cites=half id=second",
                      (struct claim){TOV_MACHINE_CASE, "case:C", "opfoelgning"});
    look_as(&look, "krfo");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "opfoelgning");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->waits == NULL);
}

static void an_older_message_with_the_same_event_does_not_kill_the_second_signature(void)
{
    look_begin(&look, OPEN ";"
                           "rhp/psyk > kk/vink,kbh-pol/dks,krfo/central " ASSESS "event=A id=decoy;"
                           "kk/vink > krfo/central " ASSESS "event=A id=first;"
                           "kk/vink > kbh-pol/dks " ASSESS "event=A id=copy;"
                           "kbh-pol/dks > kk/vink,krfo/central " ASSESS "cites=copy id=second");
    static const char *const agencies[] = {"kk", "kbh-pol", "krfo"};
    for (size_t i = 0; i < 3; i++) {
        look_as(&look, agencies[i]);
        UNIT_EQUAL_INT(look_judgement(&look, "second", TOV_MACHINE_CASE)->verdict, TOV_STEP_TAKEN);
        UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "opfoelgning");
    }
}

/* ---- starting points ---- */

/* LINE with a starting point of its own making. */
static void say_with_start(const char *line, struct claim claim, uint16_t responsible)
{
    const struct tov_told *told = world_say(&look.world, line);
    struct tov_record start;
    struct tov_thing_ref ref = world_thing(claim.thing), last = world_thing("event:last");
    UNIT_OK(tov_record_open(told->draft->header, "start", &start));
    UNIT_OK(tov_record_put_enum(start, "machine", tov_machine_find(claim.machine)->id));
    UNIT_OK(tov_record_put_bytes(start, "thing_ref", TOV_BYTES_OF(ref.bytes)));
    UNIT_OK(tov_record_put_text(start, "state", claim.state));
    UNIT_OK(tov_record_put_bytes(start, "last_event_ref", TOV_BYTES_OF(last.bytes)));
    UNIT_OK(tov_record_put_number(start, "responsible_agency", responsible));
}

/* Marked incomplete or not, now or by a message that comes later. */
static void a_starting_point_overrides_nothing_of_who_holds_the_beginning(void)
{
    look_begin(&look, OPEN);
    say_after_nothing("kbh-pol/dks > krfo/central case.conversation case:C part=plan",
                      (struct claim){TOV_MACHINE_CASE, "case:C", "samtale"});
    say_with_start("kbh-pol/dks > krfo/central case.conversation case:C part=plan",
                   (struct claim){TOV_MACHINE_CASE, "case:C", "afsluttet"}, 0);
    look_as(&look, "krfo");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "samtale");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->is_incomplete);
    look_begin(&look, "");
    say_with_start("aarhus/info > krfo/central msg.note case:C at=2021-02-01T10:00",
                   (struct claim){TOV_MACHINE_CASE, "case:C", "afsluttet"}, 0);
    world_say_all(&look.world, "kk/vink > krfo/central " OPEN_WORDS " at=2021-02-01T11:00");
    look_as(&look, "krfo");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->began != NULL);
}

static void a_stranger_gives_no_starting_point_of_what_is_held(void)
{
    look_begin(&look, OPEN ";"
                           "kk/vink > kbh-pol/dks case.conversation case:C part=plan;"
                           "kk/vink > rhp/psyk case.conversation case:C part=resultat");
    say_with_start("hotline/vagt > rhp/psyk msg.note case:C",
                   (struct claim){TOV_MACHINE_CASE, "case:C", "afsluttet"}, 0);
    look_as(&look, "rhp");
    UNIT_EQUAL_TEXT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->state, "afdaekning");
    CU_ASSERT(look_thing(&look, TOV_MACHINE_CASE, "case:C")->is_incomplete);
}

static void a_starting_point_makes_nobody_responsible_of_whom_nothing_is_known(void)
{
    static const struct {
        uint16_t said, is;
    } agencies[] = {{6, 0}, {1, 1}, {77, 0}};
    for (size_t i = 0; i < 3; i++) {
        look_begin(&look, "");
        say_with_start("kk/vink > rhp/psyk case.invite case:C",
                       (struct claim){TOV_MACHINE_RESPONSIBILITY, "case:C", "holdt"},
                       agencies[i].said);
        look_as(&look, "rhp");
        UNIT_EQUAL_INT(look_thing(&look, TOV_MACHINE_RESPONSIBILITY, "case:C")->responsible,
                       agencies[i].is);
    }
}

/* The event that a starting point names as the last is told again by its sender, or by another who
 * only copied its name. */
static void only_who_may_have_taken_the_last_step_tells_of_it_again(void)
{
    look_begin(&look, "");
    say_with_start("krfo/faengsel > rhp/psyk prison.transfer episode:E",
                   (struct claim){TOV_MACHINE_CUSTODY, "episode:E", "udgang"}, 0);
    world_say_all(&look.world,
                  "krfo/faengsel > rhp/psyk prison.leave_start episode:E reason=akut event=last "
                  "id=again;"
                  "kk/vink > rhp/psyk prison.escape episode:E event=last id=copied");
    look_as(&look, "rhp");
    UNIT_EQUAL_INT(look_judgement(&look, "again", TOV_MACHINE_CUSTODY)->verdict, TOV_STEP_COPY);
    UNIT_EQUAL_INT(look_judgement(&look, "copied", TOV_MACHINE_CUSTODY)->rule, TOV_REFUSAL_WHO);
}

/* ---- what follows ---- */

/* The releases by which tasks are judged, as YYYY; 0: none. */
static int years_of_release(void)
{
    int years = 0;
    struct tov_tasks *tasks;
    UNIT_OK(tov_tasks_create(tov_calendar_find(1), &tasks));
    for (size_t i = 0; i < look.held_count; i++)
        UNIT_OK(tov_tasks_add(tasks, tov_picture_placed_at(look.picture, i)));
    for (size_t i = 0; i < tov_tasks_count(tasks); i++) {
        const struct tov_task *task = tov_tasks_at(tasks, i);
        if (task->has_release && task->state == TOV_TASK_OPEN && task->release.year > years)
            years = task->release.year;
    }
    tov_tasks_destroy(tasks);
    return years;
}

static void a_date_that_was_not_judged_neither_counts_nor_blocks_the_true_ones(void)
{
    look_begin(&look, ADMISSION ";krfo/faengsel > kk/eki prison.release_date episode:E version=1 "
                                "date=2022-06-30");
    say_after_nothing("krfo/faengsel > kk/eki prison.release_date episode:E version=99 "
                      "date=2029-01-01 id=jump",
                      (struct claim){TOV_MACHINE_RELEASE, "episode:E", "planlagt"});
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_judgement(&look, "jump", TOV_MACHINE_RELEASE)->verdict, TOV_STEP_UNJUDGED);
    UNIT_EQUAL_INT(years_of_release(), 2022);
    world_say_all(&look.world, "krfo/faengsel > kk/eki prison.release_date episode:E version=2 "
                               "date=2023-06-30 id=next");
    look_as(&look, "kk");
    CU_ASSERT(look_judgement(&look, "next", TOV_MACHINE_RELEASE)->verdict != TOV_STEP_REFUSED);
    UNIT_EQUAL_INT(years_of_release(), 2023);
}

/* What tasks of cases come to. */
struct case_tasks {
    size_t of_release;    /* that are counted from a release */
    uint16_t coordinator; /* who owes the next review of the case */
};

static struct case_tasks tasks_of_case(void)
{
    struct case_tasks found = {0};
    struct tov_tasks *tasks;
    UNIT_OK(tov_tasks_create(tov_calendar_find(1), &tasks));
    for (size_t i = 0; i < look.held_count; i++)
        UNIT_OK(tov_tasks_add(tasks, tov_picture_placed_at(look.picture, i)));
    for (size_t i = 0; i < tov_tasks_count(tasks); i++) {
        const struct tov_task *task = tov_tasks_at(tasks, i);
        if (task->thing_kind != TOV_ABOUT_CASE)
            continue;
        found.of_release += task->has_release;
        if (task->row->owner == TOV_OWED_COORDINATOR)
            found.coordinator = task->owner.agency;
    }
    tov_tasks_destroy(tasks);
    return found;
}

static void what_is_refused_makes_no_detention_one_of_the_case(void)
{
    look_begin(&look, OPEN ";krfo/faengsel > kk/vink prison.admission episode:E kind=afsoning;"
                           "krfo/faengsel > kk/vink prison.release_date episode:E version=1 "
                           "date=2022-06-30;"
                           "hotline/vagt > kk/vink prison.transfer episode:E case:C id=tie");
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_judgement(&look, "tie", TOV_MACHINE_CUSTODY)->rule, TOV_REFUSAL_WHO);
    UNIT_EQUAL_INT(tasks_of_case().of_release, 0);
    world_say_all(&look.world, "krfo/faengsel > kk/vink prison.transfer episode:E case:C");
    look_as(&look, "kk");
    CU_ASSERT(tasks_of_case().of_release > 0);
}

/* Its offer may be what is not held; that it coordinates is not taken from its word. */
static void who_says_that_it_took_the_case_over_gets_no_tasks_of_it(void)
{
    look_begin(&look, OPEN ";kk/vink > aarhus/info,kbh-pol/dks case.note case:C");
    say_after_nothing("aarhus/info > kbh-pol/dks case.transfer_answer case:C answer=accepteret "
                      "id=answer",
                      (struct claim){TOV_MACHINE_CASE, "case:C", "afdaekning"});
    look_as(&look, "kbh-pol");
    UNIT_EQUAL_INT(look_judgement(&look, "answer", TOV_MACHINE_CASE)->verdict, TOV_STEP_UNJUDGED);
    CU_ASSERT(!look_judgement(&look, "answer", TOV_MACHINE_CASE)->is_by_who_may);
    UNIT_EQUAL_INT(tasks_of_case().coordinator, world_agency("kk"));
}

/* ---- what a unit is shown ---- */

static size_t things_shown(const char *path)
{
    struct tov_unit_facts unit = world_unit(path);
    struct tov_view view;
    UNIT_OK(tov_picture_view(look.picture, &unit, &view));
    size_t count = view.thing_count;
    tov_view_fini(&view);
    return count;
}

/* As the unit is shown it; "" when it is not. */
static const char *state_shown(const char *path, enum tov_machine machine)
{
    struct tov_unit_facts unit = world_unit(path);
    struct tov_view view;
    const char *state = "";
    UNIT_OK(tov_picture_view(look.picture, &unit, &view));
    for (size_t i = 0; i < view.thing_count; i++) {
        if (view.things[i].machine == machine)
            state = view.things[i].state; /* of the machine's table */
    }
    tov_view_fini(&view);
    return state;
}

/* "state > state" that the unit is shown of what the message ID did; "" when it is not. */
static const char *move_shown(const char *path, const char *id, enum tov_machine machine)
{
    static char text[80];
    struct tov_unit_facts unit = world_unit(path);
    const struct tov_told *told = look_placed(&look, id)->told;
    struct tov_view view;
    text[0] = '\0';
    UNIT_OK(tov_picture_view(look.picture, &unit, &view));
    for (size_t i = 0; i < view.placed_count; i++) {
        const struct tov_placed *placed = &view.placed[i];
        for (size_t n = 0; placed->told == told && n < placed->judgement_count; n++) {
            const struct tov_judgement *judgement = &placed->judgements[n];
            if (judgement->machine == machine)
                (void)snprintf(text, sizeof text, "%s > %s",
                               judgement->from == NULL ? "-" : judgement->from,
                               judgement->to == NULL ? "-" : judgement->to);
        }
    }
    tov_view_fini(&view);
    return text;
}

/* The judgment and the expulsion are told to the case alone. */
static void what_moves_nothing_tells_the_release_channel_of_no_state(void)
{
    look_begin(&look, "krfo/faengsel > kk/eki prison.admission episode:E kind=varetaegt event=A "
                      "id=in;"
                      "krfo/faengsel > kk/vink prison.admission episode:E kind=varetaegt event=A;"
                      "krfo/faengsel > kk/vink prison.admission episode:E kind=afsoning;"
                      "krfo/faengsel > kk/vink prison.expulsion episode:E part=afgoerelse");
    look_as(&look, "kk");
    UNIT_EQUAL_TEXT(state_shown("kk/eki", TOV_MACHINE_CUSTODY), "varetaegt");
    world_say_all(&look.world,
                  "krfo/faengsel > kk/eki prison.transfer episode:E id=moved;"
                  "krfo/faengsel > kk/vink prison.transfer episode:E event=B;"
                  "krfo/faengsel > kk/eki prison.transfer episode:E event=B id=copy;"
                  "krfo/faengsel > kk/eki prison.release_date episode:E version=1 id=date");
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_judgement(&look, "moved", TOV_MACHINE_CUSTODY)->verdict, TOV_STEP_LOOPED);
    UNIT_EQUAL_INT(look_judgement(&look, "date", TOV_MACHINE_RELEASE)->verdict, TOV_STEP_LOOPED);
    UNIT_EQUAL_TEXT(state_shown("kk/eki", TOV_MACHINE_CUSTODY), "varetaegt");
    UNIT_EQUAL_TEXT(state_shown("kk/eki", TOV_MACHINE_RELEASE), "uden_dato");
    UNIT_EQUAL_TEXT(state_shown("kk/vink", TOV_MACHINE_CUSTODY), "afsoning");
    UNIT_EQUAL_TEXT(state_shown("kk/vink", TOV_MACHINE_RELEASE), "udvisningsspor");
    UNIT_EQUAL_TEXT(move_shown("kk/eki", "in", TOV_MACHINE_CUSTODY), "- > varetaegt");
    UNIT_EQUAL_TEXT(move_shown("kk/eki", "moved", TOV_MACHINE_CUSTODY), "varetaegt > varetaegt");
    UNIT_EQUAL_INT(look_judgement(&look, "copy", TOV_MACHINE_CUSTODY)->verdict, TOV_STEP_COPY);
    UNIT_EQUAL_TEXT(move_shown("kk/eki", "copy", TOV_MACHINE_CUSTODY), "varetaegt > varetaegt");
    UNIT_EQUAL_TEXT(move_shown("kk/eki", "date", TOV_MACHINE_RELEASE), "uden_dato > uden_dato");
    world_say_all(&look.world, "krfo/faengsel > kk/eki prison.expulsion episode:E part=ophaevet");
    look_as(&look, "kk");
    UNIT_EQUAL_TEXT(state_shown("kk/eki", TOV_MACHINE_RELEASE), "uden_dato");
    UNIT_EQUAL_TEXT(state_shown("kk/eki", TOV_MACHINE_CUSTODY), "varetaegt");
}

/* The reference of the case, used for a detention, of which another unit is told. */
static void one_reference_of_two_things_mixes_neither_their_states_nor_who_sees_them(void)
{
    struct tov_thing_ref ref = world_thing("case:C");
    struct tov_unit_facts unit = world_unit("kk/sof");
    struct tov_record about;
    struct tov_view view;
    look_begin(&look, OPEN);
    const struct tov_told *told = world_say(
        &look.world, "krfo/faengsel > kk/sof prison.admission episode:E kind=afsoning id=in");
    UNIT_NEED(tov_record_child(told->draft->header, "about", 0, &about));
    tov_record_clear(about, "episode_ref");
    UNIT_OK(tov_record_put_bytes(about, "episode_ref", TOV_BYTES_OF(ref.bytes)));
    look_as(&look, "kk");
    UNIT_OK(tov_picture_view(look.picture, &unit, &view));
    CU_ASSERT(view.thing_count > 0);
    for (size_t i = 0; i < view.thing_count; i++) {
        UNIT_EQUAL_INT(view.things[i].about, TOV_ABOUT_EPISODE);
        CU_ASSERT(view.things[i].responsible != world_agency("kk"));
    }
    tov_view_fini(&view);
    for (size_t i = 0; i < tov_picture_thing_count(look.picture); i++) {
        const struct tov_thing *found = tov_picture_thing_at(look.picture, i);
        bool is_case = found->about == TOV_ABOUT_CASE;
        if (found->machine == TOV_MACHINE_RESPONSIBILITY)
            UNIT_EQUAL_INT(found->responsible, world_agency(is_case ? "kk" : "krfo"));
    }
}

static void what_is_refused_shows_a_unit_nothing_of_the_case(void)
{
    look_begin(&look, OPEN ";hotline/vagt > kk/sof case.close case:C event=X id=refused");
    say_with_start("hotline/vagt > kk/sof msg.note case:C",
                   (struct claim){TOV_MACHINE_CASE, "case:C", "afsluttet"}, 0);
    world_say_all(&look.world, "hotline/vagt > kk/sof case.close case:C event=X id=copy");
    look_as(&look, "kk");
    UNIT_EQUAL_INT(look_judgement(&look, "refused", TOV_MACHINE_CASE)->verdict, TOV_STEP_REFUSED);
    UNIT_EQUAL_INT(look_judgement(&look, "copy", TOV_MACHINE_CASE)->verdict, TOV_STEP_COPY);
    UNIT_EQUAL_INT(things_shown("kk/sof"), 0);
    UNIT_EQUAL_INT(things_shown("kk/vink"), 2);
}

static void put_step(const struct tov_told *told, size_t concern)
{
    char name[32];
    (void)snprintf(name, sizeof name, "concern:K%zu", concern);
    struct tov_record step;
    struct tov_thing_ref ref = world_thing(name), other = world_thing("event:none");
    UNIT_OK(tov_record_open(told->draft->header, "steps", &step));
    UNIT_OK(tov_record_put_enum(step, "machine", "henvendelse"));
    UNIT_OK(tov_record_put_bytes(step, "thing_ref", TOV_BYTES_OF(ref.bytes)));
    UNIT_OK(tov_record_put_bytes(step, "previous_event_ref", TOV_BYTES_OF(other.bytes)));
    UNIT_OK(tov_record_put_text(step, "state", "paa_dagsorden"));
}

/* Calls about concerns of which nothing else is held. */
static void full_agendas_are_shown(void)
{
    enum { CALLS = 6, CONCERNS = 64 };
    look_begin(&look, "");
    for (size_t call = 0; call < CALLS; call++) {
        char line[4000] = "kbh-pol/dks > kk/vink case.meeting_call kind=infohusmoede";
        for (size_t i = 0; i < CONCERNS; i++) {
            size_t size = strlen(line);
            (void)snprintf(line + size, sizeof line - size, " concern:K%zu", call * CONCERNS + i);
        }
        look.world.fills_steps = false;
        const struct tov_told *told = world_say(&look.world, line);
        for (size_t i = 0; i < CONCERNS; i++)
            put_step(told, call * CONCERNS + i);
    }
    look_as(&look, "kk");
    UNIT_EQUAL_INT(things_shown("kk/vink"), CALLS * CONCERNS);
}

/* Its agency holds the detention already, by the release desk, and takes no starting point over. */
static void a_starting_point_tells_a_unit_what_its_agency_holds(void)
{
    look_begin(&look, ADMISSION ";" OPEN ";" TRANSFER);
    look_as(&look, "kk");
    UNIT_EQUAL_INT(things_shown("kk/vink"), 2 + 1); /* of the case, and custody, which it steps */
    look_begin(&look, ADMISSION ";" OPEN ";" TRANSFER " start=yes");
    look_as(&look, "kk");
    UNIT_EQUAL_INT(things_shown("kk/vink"), 2 + 3);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_stranger_moves_nothing_by_naming_a_step_that_nobody_holds),
        UNIT_TEST(who_may_have_been_offered_it_is_not_responsible_by_saying_so),
        UNIT_TEST(what_a_message_itself_must_hold_is_asked_of_every_step),
        UNIT_TEST(a_copied_event_does_not_stand_for_a_step_that_is_not_held),
        UNIT_TEST(one_signer_who_cites_what_nobody_holds_is_not_two),
        UNIT_TEST(one_signer_is_not_two_after_a_step_that_nobody_holds),
        UNIT_TEST(an_older_message_with_the_same_event_does_not_kill_the_second_signature),
        UNIT_TEST(a_starting_point_overrides_nothing_of_who_holds_the_beginning),
        UNIT_TEST(a_stranger_gives_no_starting_point_of_what_is_held),
        UNIT_TEST(a_starting_point_makes_nobody_responsible_of_whom_nothing_is_known),
        UNIT_TEST(only_who_may_have_taken_the_last_step_tells_of_it_again),
        UNIT_TEST(a_date_that_was_not_judged_neither_counts_nor_blocks_the_true_ones),
        UNIT_TEST(what_is_refused_makes_no_detention_one_of_the_case),
        UNIT_TEST(who_says_that_it_took_the_case_over_gets_no_tasks_of_it),
        UNIT_TEST(what_moves_nothing_tells_the_release_channel_of_no_state),
        UNIT_TEST(one_reference_of_two_things_mixes_neither_their_states_nor_who_sees_them),
        UNIT_TEST(what_is_refused_shows_a_unit_nothing_of_the_case),
        UNIT_TEST(a_starting_point_tells_a_unit_what_its_agency_holds),
        UNIT_TEST(full_agendas_are_shown),
    };
    int result = unit_run("distrust", tests, sizeof tests / sizeof tests[0]);
    look_fini(&look);
    return result;
}
