/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the release desk is told of the tasks of a detention that a case has taken up: nothing that
 * only the parties of the case know (I10).
 */
#include "case_story.h"

#include <string.h>

/* ---- tasks ---- */

/* The task of the episode in the answer; its state. */
static uint64_t task_of(struct tov_record affair, const char *deadline, struct tov_record *out)
{
    for (size_t i = 0; tov_record_child(affair, "tasks", i, out); i++) {
        if (is_named(*out, EPISODE) &&
            tov_bytes_equal(tov_record_bytes(*out, "deadline"), tov_bytes_of_text(deadline)))
            return tov_record_number(*out, "state");
    }
    UNIT_NEED(false && "the task is shown");
    return 0;
}

/* What CLIENT is told of a task in all details. */
struct told_task {
    uint64_t state, met_number, met_ms, responsible, late_from_ms;
    bool names_police;
};

static struct told_task ask_task_at(struct harness *harness, const struct harness_client *client,
                                    const char *deadline, uint64_t at_ms)
{
    struct tov_record reply = ask(harness, client, "cases", &(struct asking){.ended = 1});
    struct tov_record affair, task, party;
    UNIT_NEED(find_affair(body_of(reply, "cases"), EPISODE, &affair));
    uint64_t number = tov_record_number(affair, "number");
    tov_record_destroy(&reply);
    reply = ask(harness, client, "case_read", &(struct asking){.number = number, .at_ms = at_ms});
    struct told_task told = {.state = task_of(body_of(reply, "case_read"), deadline, &task)};
    told.met_number = tov_record_number(task, "met_number");
    told.met_ms = tov_record_number(task, "met_ms");
    told.responsible = tov_record_number(task, "responsible");
    told.late_from_ms = tov_record_number(task, "late_from_ms");
    for (size_t i = 0; tov_record_child(task, "owed", i, &party); i++)
        told.names_police = told.names_police || tov_record_number(party, "agency") == 2;
    tov_record_destroy(&reply);
    return told;
}

static struct told_task ask_task(struct harness *harness, const struct harness_client *client,
                                 const char *deadline)
{
    return ask_task_at(harness, client, deadline, 0);
}

/* ---- tests ---- */

static void the_release_channel_is_told_of_no_party_of_the_case(void)
{
    struct harness *harness = whole_story();
    CU_ASSERT(ask_task(harness, &anna, "R-1y").names_police);
    CU_ASSERT(!ask_task(harness, &eva, "R-1y").names_police);
    harness_destroy(harness);
}

/* The same event to the coordinator, and then to the desk. */
static void a_task_is_met_to_the_release_channel_when_it_was_told_so(void)
{
    struct harness *harness = whole_story();
    struct saying contact = {.by = &carl,
                             .type = "prison.coordinate",
                             .from = "krfo/central",
                             .to = "kk/vink",
                             .bases = "RPL115-2/1-3a",
                             .fields = "about.episode_ref=" EPISODE "; about.case_ref=" CASE
                                       "; event_ref=E3"};
    uint64_t before = ask_task(harness, &eva, "R-1y").state;
    say(harness, &contact, NULL);
    struct told_task to_party = ask_task(harness, &anna, "R-1y");
    struct told_task to_desk = ask_task(harness, &eva, "R-1y");
    CU_ASSERT((before == 1 || before == 2) && to_party.met_number > 0);
    UNIT_EQUAL_INT(to_desk.state, before);
    UNIT_EQUAL_INT(to_desk.met_ms, 0);
    contact.to = "kk/eki";
    contact.bases = "BEK-HPL";
    contact.fields = "about.episode_ref=" EPISODE "; event_ref=E3";
    say(harness, &contact, NULL);
    to_desk = ask_task(harness, &eva, "R-1y");
    UNIT_EQUAL_INT(to_desk.state, to_party.state);
    CU_ASSERT(to_desk.met_number > 0 && to_desk.met_number != to_party.met_number);
    harness_destroy(harness);
}

/* The police take a task of Kriminalforsorgen's over, among the parties of the case. */
static void a_takeover_among_the_parties_is_not_shown_to_the_release_channel(void)
{
    struct harness *harness = whole_story();
    struct tov_ref offered;
    const struct saying offer = {.by = &carl,
                                 .type = "handover.offer",
                                 .from = "krfo/central",
                                 .to = "kk/vink kbh-pol/dks",
                                 .bases = "RPL115-2/1-3a",
                                 .fields = "about.episode_ref=" EPISODE "; about.case_ref=" CASE
                                           "; thing=task; task=R-3m; to_agency=kbh-pol"};
    say(harness, &offer, &offered);
    const struct saying accept = {.by = &bo,
                                  .type = "handover.accept",
                                  .from = "kbh-pol/dks",
                                  .to = "kk/vink krfo/central",
                                  .bases = "RPL115-1-3a",
                                  .fields = "about.episode_ref=" EPISODE "; about.case_ref=" CASE
                                            "; thing=task; task=R-3m",
                                  .cites = &offered,
                                  .answers = &offered};
    say(harness, &accept, NULL);
    UNIT_EQUAL_INT(ask_task(harness, &anna, "R-3m").responsible, 2);
    UNIT_EQUAL_INT(ask_task(harness, &eva, "R-3m").responsible, 3);
    harness_destroy(harness);
}

/* The desk takes one over, by messages of the release channel, which the desk is shown. */
static void a_takeover_that_the_release_channel_was_told_is_shown_to_it(void)
{
    struct harness *harness = whole_story();
    struct tov_ref offered;
    const struct saying offer = {.by = &carl,
                                 .type = "handover.offer",
                                 .from = "krfo/central",
                                 .to = "kk/eki",
                                 .bases = "BEK-HPL",
                                 .fields = "about.episode_ref=" EPISODE
                                           "; thing=task; task=R-3m; to_agency=kk"};
    say(harness, &offer, &offered);
    UNIT_EQUAL_INT(ask_task(harness, &eva, "R-3m").responsible, 3); /* until it is accepted */
    const struct saying accept = {.by = &eva,
                                  .type = "handover.accept",
                                  .from = "kk/eki",
                                  .to = "krfo/central",
                                  .bases = "BEK-HPL",
                                  .fields = "about.episode_ref=" EPISODE "; thing=task; task=R-3m",
                                  .cites = &offered,
                                  .answers = &offered};
    say(harness, &accept, NULL);
    UNIT_EQUAL_INT(ask_task(harness, &eva, "R-3m").responsible, 1);
    UNIT_EQUAL_INT(ask_task(harness, &eva, "R-4w").responsible, 3);
    harness_destroy(harness);
}

/* The new date goes to the coordinator alone. Another unit of the same kommune goes by the date
 * that it was told, also when that has passed. */
static void who_was_not_told_of_a_new_date_is_shown_the_old_one(void)
{
    struct harness *harness = whole_story();
    struct saying date = {.by = &carl,
                          .type = "prison.release_date",
                          .from = "krfo/central",
                          .to = "kk/vink",
                          .bases = "RPL115-2/1-3a",
                          .fields = "about.episode_ref=" EPISODE "; about.case_ref=" CASE
                                    "; event_ref=E8; date=2021-11-28; version=2"};
    say(harness, &date, NULL);
    date.to = "kk/sof";
    say(harness, &date, NULL);
    date.to = "kk/vink";
    date.fields = "about.episode_ref=" EPISODE "; about.case_ref=" CASE
                  "; event_ref=E9; date=2021-12-28; version=3";
    say(harness, &date, NULL);
    struct told_task first = ask_task(harness, &sofie, "R-5wd");
    struct told_task second = ask_task(harness, &anna, "R-5wd");
    CU_ASSERT(first.late_from_ms < second.late_from_ms);
    const struct {
        uint64_t at_ms, to_who_was_not_told, to_who_was;
    } cases[] = {{first.late_from_ms - 1, 1, 1}, /* open */
                 {first.late_from_ms, 2, 1},     /* overdue */
                 {second.late_from_ms, 2, 2}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        UNIT_EQUAL_INT(ask_task_at(harness, &sofie, "R-5wd", cases[i].at_ms).state,
                       cases[i].to_who_was_not_told);
        UNIT_EQUAL_INT(ask_task_at(harness, &anna, "R-5wd", cases[i].at_ms).state,
                       cases[i].to_who_was);
    }
    harness_destroy(harness);
}

/* A message of TYPE is among those that the client's unit may send next. */
static bool expects(struct harness *harness, const struct harness_client *client, const char *type)
{
    struct tov_record reply = ask(harness, client, "cases", &(struct asking){.ended = 1});
    struct tov_record affair, row;
    bool found = false;
    UNIT_NEED(find_affair(body_of(reply, "cases"), EPISODE, &affair));
    uint64_t number = tov_record_number(affair, "number");
    tov_record_destroy(&reply);
    reply = ask(harness, client, "case_read", &(struct asking){.number = number});
    struct tov_record read = body_of(reply, "case_read");
    for (size_t i = 0; tov_record_child(read, "expected", i, &row); i++)
        found = found || tov_bytes_equal(tov_record_bytes(row, "type"), tov_bytes_of_text(type));
    tov_record_destroy(&reply);
    return found;
}

/* A confirmation is for a planned release, and only the coordinator was told that it is. */
static void what_may_come_next_follows_the_state_that_was_told(void)
{
    struct harness *harness = three_nodes();
    struct saying date = {.by = &carl,
                          .type = "prison.release_date",
                          .from = "krfo/central",
                          .to = "kk/vink",
                          .bases = "RPL115-2/1-3a",
                          .fields = "about.episode_ref=" EPISODE "; event_ref=E2; date=2021-10-28"};
    admit(harness);
    say(harness, &date, NULL);
    CU_ASSERT(expects(harness, &anna, "transition.ready"));
    CU_ASSERT(!expects(harness, &eva, "transition.ready"));
    date.to = "kk/eki";
    date.bases = "BEK-HPL";
    say(harness, &date, NULL);
    CU_ASSERT(expects(harness, &eva, "transition.ready"));
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_release_channel_is_told_of_no_party_of_the_case),
        UNIT_TEST(a_task_is_met_to_the_release_channel_when_it_was_told_so),
        UNIT_TEST(what_may_come_next_follows_the_state_that_was_told),
        UNIT_TEST(a_takeover_among_the_parties_is_not_shown_to_the_release_channel),
        UNIT_TEST(a_takeover_that_the_release_channel_was_told_is_shown_to_it),
        UNIT_TEST(who_was_not_told_of_a_new_date_is_shown_the_old_one),
    };
    return unit_run("core release channel", tests, sizeof tests / sizeof tests[0]);
}
