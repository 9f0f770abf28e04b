/* SPDX-License-Identifier: EUPL-1.2
 *
 * The case book on the command line: `tov cases`, `tov case`, `tov due` and the day. Today is
 * Monday 05-07-2021.
 */
#include "cli_scene.h"

#include <string.h>

/* The place of WORDS in TEXT; fails when they are not there. */
static const char *place_of(const char *text, const char *words)
{
    const char *at = strstr(text, words);
    if (at == NULL)
        printf("\nnot there: %s\nin: %s\n", words, text);
    CU_ASSERT(at != NULL);
    return at == NULL ? text : at;
}

/* ---- cases ---- */

static void cases_tells_states_who_is_responsible_and_the_next_deadline(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "cases");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Case: being explored · Release: planned"));
    CU_ASSERT(cli_says(ran->out, "kk (offered to kbh-pol)"));
    CU_ASSERT(cli_says(ran->out, "Deadline: 30-06-2021 (internal deadline, OVERDUE by 3 working "
                                 "days): Status of the preparation for release, kk/vink"));
    CU_ASSERT(!cli_scene_seen(&scene)->ended);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void cases_without_any_says_where_the_ended_ones_are(void)
{
    struct cli_scene scene = {.node = {.has_case = false}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "cases");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "There are no open cases. Also what has ended: tov cases --all"));
    ran_end(ran);
    ran = RAN(&scene.place, "cases", "--all");
    CU_ASSERT(cli_says(ran->out, "There are no cases."));
    ran_end(ran);
    CU_ASSERT(cli_scene_seen(&scene)->ended);
    cli_scene_end(&scene);
}

static void a_unit_of_others_is_refused_with_the_names_of_the_own_ones(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    static const char *const commands[] = {"due", "cases", "inbox", "outbox", "list", "journal"};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct ran *ran = RAN(&scene.place, commands[i], "--unit", "kbh-pol/dks");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
        CU_ASSERT(cli_says(ran->err, "kbh-pol/dks is not one of your units. Yours: kk/vink"));
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

/* ---- due ---- */

static void due_lists_what_the_agency_owes_then_what_it_awaits_each_by_date(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "due");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    const char *own = place_of(ran->out, "To be done by kk");
    const char *overdue = place_of(own, "30-06-2021  Status of the preparation for release");
    const char *soon = place_of(overdue, "08-07-2021  Release meeting held");
    const char *taken_over = place_of(soon, "15-07-2021  First police assessment");
    const char *others = place_of(taken_over, "Awaited from others");
    const char *asked = place_of(others, "29-06-2021  Answer to an information request");
    const char *late = place_of(asked, "01-07-2021  Decision on parole");
    (void)place_of(late, "14-08-2021  Follow-up meeting");
    CU_ASSERT(strstr(ran->out, "modtagelse") == NULL && strstr(ran->out, "Receipt") == NULL);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_deadline_tells_strength_and_how_far_away_it_is(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "due");
    CU_ASSERT(
        cli_says(ran->out, "Løsladelsesmøde holdt (aftalefrist, om 3 hverdage, komprimeret)"));
    CU_ASSERT(cli_says(ran->out, "(intern frist, OVERSKREDET med 3 hverdage)"));
    CU_ASSERT(cli_says(ran->out, "(lovfrist, OVERSKREDET med 2 hverdage)"));
    CU_ASSERT(cli_says(ran->out, "Varsel om løsladelse (intern frist, kl. 17.00, om 3 timer)"));
    CU_ASSERT(cli_says(ran->out, "Opfølgningsmøde (intern frist, om 5 uger)"));
    CU_ASSERT(cli_says(ran->out, "kbh-pol/dks (overtaget af kk) til kk · Nr. 5"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_is_only_asked_for_is_never_overdue(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "due");
    CU_ASSERT(cli_says(ran->out, "Answer to an information request (internal deadline, the time is "
                                 "past, no duty to answer)"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void due_within_days_keeps_what_is_overdue(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "due", "--within", "3", "--json");
    json_t *value = ran_json(ran);
    json_t *due = json_object_get(value, "due");
    static const char *const ids[] = {"R-2w", "R-5wd", "R-3m", "oplysninger", "R-4w"};
    UNIT_EQUAL_INT(json_array_size(due), 5);
    for (size_t i = 0; i < 5; i++) {
        json_t *task = json_array_get(due, i);
        UNIT_EQUAL_TEXT(json_string_value(json_object_get(task, "deadline")), ids[i]);
        CU_ASSERT(json_is_true(json_object_get(task, "ours")) == (i < 3));
    }
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(json_array_get(due, 2), "due")),
                    "2021-07-08");
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- at ---- */

static void at_is_the_end_of_a_danish_day_however_it_is_written(void)
{
    static const char *const dates[] = {"28-06-2021", "2021-06-28", "28/6-2021"};
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    for (size_t i = 0; i < 3; i++) {
        struct ran *ran = RAN(&scene.place, "due", "--at", dates[i]);
        CU_ASSERT(cli_scene_seen(&scene)->at_ms == 1624917599999u); /* 21:59:59.999Z */
        CU_ASSERT(cli_says(ran->out, "as it was at the end of 28-06-2021"));
        ran_end(ran);
    }
    UNIT_EQUAL_INT(CLI_CODE(&scene, "cases"), CLI_EXIT_DONE);
    CU_ASSERT(cli_scene_seen(&scene)->at_ms == 0);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "cases", "--at", "31-02-2021"), CLI_EXIT_USAGE);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "case", "5", "--at", "yesterday"), CLI_EXIT_USAGE);
    cli_scene_end(&scene);
}

/* ---- case ---- */

static void case_tells_states_flags_and_parties(void)
{
    struct cli_scene scene = {.node = {.has_case = true, .flags = true}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    struct ran *ran = RAN(&scene.place, "case", "7");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Sag: afdækning, siden 05-06-2021"));
    CU_ASSERT(cli_says(ran->out, "Løsladelse: planlagt, siden 05-06-2021 ! ufuldstændig:"));
    CU_ASSERT(cli_says(ran->out, "! afventer anden underskrift: nr. 7 er den første"));
    CU_ASSERT(cli_says(ran->out, "! uden klar:"));
    CU_ASSERT(cli_says(ran->out, "! modstrid:"));
    CU_ASSERT(cli_says(ran->out, "kk (Sag); tilbudt kbh-pol den 05-06-2021"));
    CU_ASSERT(cli_says(ran->out, "kbh-pol/dks (til 05-07-2021)"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void case_tells_what_each_message_stepped_and_why_one_was_refused(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "case", "5");
    CU_ASSERT(cli_says(ran->out, "No. 5 · Note kk/vink → kbh-pol/dks Case: conversation planned → "
                                 "being explored"));
    CU_ASSERT(cli_says(ran->out, "No. 7 · Note · amended kbh-pol/dks → kk/vink REFUSED by rule "
                                 "101. What can be sent here: case.conversation. CONFLICT:"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void case_shows_open_deadlines_above_the_events_and_the_others_below(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "case", "5");
    const char *open = place_of(ran->out, "Deadlines\n29-06-2021");
    const char *events = place_of(open, "What happened");
    const char *below = place_of(events, "Deadlines that were met or fell away");
    (void)place_of(below, "15-06-2021  Receipt of a concern (met too late, 04-07-2021 by No. 7)");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void case_gives_the_command_for_what_can_be_sent(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "case", "5");
    CU_ASSERT(cli_says(ran->out, "Information request tov send info.request --about 7"));
    CU_ASSERT(cli_says(ran->out, "Referral to a measure: mentor tov send intervention.refer "
                                 "--about 7 --set measure=mentor"));
    CU_ASSERT(cli_says(ran->out, " or "));
    CU_ASSERT(cli_says(ran->out, "tov send prison.released --about 7"));
    CU_ASSERT(strstr(ran->out, "--set kind") == NULL);
    CU_ASSERT(strstr(ran->out, "later_version") == NULL);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void case_replies_to_the_offer_that_an_answer_must_cite(void)
{
    struct cli_scene scene = {.node = {.has_case = true, .offers = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "case", "5");
    CU_ASSERT(cli_says(ran->out, "No. 7 · Responsibility offered · amended kbh-pol/dks → "
                                 "Responsibility: offered to another agency"));
    CU_ASSERT(cli_says(ran->out, "tov reply 7 handover.withdraw --set thing=case"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_message_that_is_of_no_case_is_1_and_says_where_to_look(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "case", "999");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "Your cases: tov cases --all"));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- the day ---- */

static void the_day_counts_deadlines_and_what_is_overdue_needs_a_person(void)
{
    struct cli_scene scene = {.node = {.has_case = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "1 deadline is OVERDUE. See it: tov due"));
    CU_ASSERT(cli_says(ran->out, "2 deadlines are within a week. See them: tov due --within 7"));
    CU_ASSERT(cli_says(ran->out, "3 tasks are awaited from others. See them: tov due"));
    CU_ASSERT(cli_says(ran->out, "1 of them is OVERDUE."));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void the_day_with_everything_in_time_is_0(void)
{
    struct cli_scene scene = {.node = {.has_case = true, .in_time = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status", "--json");
    json_t *value = ran_json(ran);
    json_t *unit = json_array_get(json_object_get(value, "cases"), 0);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(unit, "unit")), "kk/vink");
    UNIT_EQUAL_INT(json_integer_value(json_object_get(unit, "open")), 1);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(unit, "overdue")), 0);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(unit, "due_within_week")), 2);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(unit, "awaited")), 1);
    UNIT_EQUAL_INT(json_integer_value(json_object_get(unit, "awaited_overdue")), 0);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_book_that_cannot_be_read_does_not_hide_the_day(void)
{
    struct cli_scene scene = {.node = {.no_book = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "status");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_PERSON);
    CU_ASSERT(cli_says(ran->out, "The node is running."));
    CU_ASSERT(cli_says(ran->out, "! The deadlines cannot be shown."));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(cases_tells_states_who_is_responsible_and_the_next_deadline),
        UNIT_TEST(cases_without_any_says_where_the_ended_ones_are),
        UNIT_TEST(a_unit_of_others_is_refused_with_the_names_of_the_own_ones),
        UNIT_TEST(due_lists_what_the_agency_owes_then_what_it_awaits_each_by_date),
        UNIT_TEST(a_deadline_tells_strength_and_how_far_away_it_is),
        UNIT_TEST(what_is_only_asked_for_is_never_overdue),
        UNIT_TEST(due_within_days_keeps_what_is_overdue),
        UNIT_TEST(at_is_the_end_of_a_danish_day_however_it_is_written),
        UNIT_TEST(case_tells_states_flags_and_parties),
        UNIT_TEST(case_tells_what_each_message_stepped_and_why_one_was_refused),
        UNIT_TEST(case_shows_open_deadlines_above_the_events_and_the_others_below),
        UNIT_TEST(case_gives_the_command_for_what_can_be_sent),
        UNIT_TEST(case_replies_to_the_offer_that_an_answer_must_cite),
        UNIT_TEST(a_message_that_is_of_no_case_is_1_and_says_where_to_look),
        UNIT_TEST(the_day_counts_deadlines_and_what_is_overdue_needs_a_person),
        UNIT_TEST(the_day_with_everything_in_time_is_0),
        UNIT_TEST(a_book_that_cannot_be_read_does_not_hide_the_day),
    };
    return unit_run("tov: cases and deadlines", tests, sizeof tests / sizeof tests[0]);
}
