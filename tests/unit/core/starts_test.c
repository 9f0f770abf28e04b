/* SPDX-License-Identifier: EUPL-1.2
 *
 * With which messages a node writes where a case stands (Header.start): to who comes into it, and
 * to nobody beside it.
 */
#include "case_story.h"

#include <string.h>

/* The newest message that the client is listed. */
static void newest(struct harness *harness, const struct harness_client *client,
                   struct tov_draft *out)
{
    struct tov_record request, body, summary;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "list", &body) == TOV_OK);
    UNIT_OK(tov_record_put_number(body, "limit", 1));
    struct tov_record reply = exchange(harness, client, request);
    UNIT_NEED(tov_record_child(body_of(reply, "list"), "messages", 0, &summary));
    UNIT_NEED(tov_draft_decode(tov_record_bytes(summary, "header"), NULL, out, NULL) == TOV_OK);
    tov_record_destroy(&reply);
    tov_record_destroy(&request);
}

/* The starting point of MACHINE; false: the header has none. */
static bool start_of(const struct tov_draft *draft, const char *machine, struct tov_record *out)
{
    for (size_t i = 0; tov_record_child(draft->header, "start", i, out); i++) {
        const char *id = tov_record_enum(*out, "machine");
        if (id != NULL && strcmp(id, machine) == 0)
            return true;
    }
    return false;
}

static const struct saying asks_aside = {.by = &anna,
                                         .type = "info.request",
                                         .from = "kk/vink",
                                         .to = "krfo/central",
                                         .bases = "RPL115-2/1-1",
                                         .fields = "about.request_ref=Q1; about.case_ref=" CASE};

static const struct saying invites = {.by = &anna,
                                      .type = "case.invite",
                                      .from = "kk/vink",
                                      .to = "krfo/central kbh-pol/dks",
                                      .bases = "RPL115-2/1-1",
                                      .fields = "about.case_ref=" CASE "; invited=krfo"};

/* A case of which Kriminalforsorgen is no party yet, though it was asked about it. */
static struct harness *asked_aside(void)
{
    struct harness *harness = three_nodes();
    (void)call_meeting(harness);
    open_case(harness, "kbh-pol/dks");
    say(harness, &asks_aside, NULL);
    return harness;
}

static void who_is_asked_aside_is_not_told_where_the_case_stands(void)
{
    struct harness *harness = asked_aside();
    TOV_CLEANUP(tov_draft_fini) struct tov_draft got = {0};
    newest(harness, &carl, &got);
    UNIT_EQUAL_TEXT(got.type->id, "info.request");
    UNIT_EQUAL_INT(tov_record_count(got.header, "start"), 0);
    harness_destroy(harness);
}

static void who_is_invited_is_told_where_the_case_stands(void)
{
    struct harness *harness = asked_aside();
    TOV_CLEANUP(tov_draft_fini) struct tov_draft got = {0};
    struct tov_record start = {0};
    say(harness, &invites, NULL);
    newest(harness, &carl, &got);
    UNIT_EQUAL_TEXT(got.type->id, "case.invite");
    UNIT_NEED(start_of(&got, "sag", &start));
    CU_ASSERT(tov_bytes_equal(tov_record_bytes(start, "state"), tov_bytes_of_text("afdaekning")));
    UNIT_NEED(start_of(&got, "ansvar", &start));
    UNIT_EQUAL_INT(tov_record_number(start, "responsible_agency"), 1);
    /* And so its book knows the case. */
    struct tov_record reply = ask(harness, &carl, "cases", &(struct asking){.ended = 1}), affair;
    UNIT_NEED(find_affair(body_of(reply, "cases"), CASE, &affair));
    UNIT_EQUAL_TEXT(state_of(affair, CASES, CASE), "afdaekning");
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* Who has left holds what came before, and not what came since. */
static void who_left_and_is_invited_again_is_told_where_the_case_stands(void)
{
    const struct saying leaves = {.by = &carl,
                                  .type = "case.leave",
                                  .from = "krfo/central",
                                  .to = "kk/vink",
                                  .bases = "RPL115-2/1-1",
                                  .fields = "about.case_ref=" CASE};
    struct harness *harness = asked_aside();
    TOV_CLEANUP(tov_draft_fini) struct tov_draft got = {0};
    TOV_CLEANUP(tov_draft_fini) struct tov_draft again = {0};
    struct tov_record start = {0};
    say(harness, &invites, NULL);
    say(harness, &invites, NULL); /* a party by now */
    newest(harness, &carl, &got);
    UNIT_EQUAL_INT(tov_record_count(got.header, "start"), 0);
    say(harness, &leaves, NULL);
    say(harness, &invites, NULL);
    newest(harness, &carl, &again);
    UNIT_EQUAL_TEXT(again.type->id, "case.invite");
    UNIT_NEED(start_of(&again, "sag", &start));
    harness_destroy(harness);
}

/* An answer to a question is no part in the concern. */
static void who_was_asked_about_a_concern_is_told_where_it_stands_when_it_is_told_of_it(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_draft_fini) struct tov_draft got = {0};
    struct tov_record start = {0};
    const struct saying asks = {.by = &bo,
                                .type = "info.request",
                                .from = "kbh-pol/dks",
                                .to = "krfo/central",
                                .bases = "RPL115-1-1",
                                .fields = "about.request_ref=Q1; about.concern_ref=" CONCERN};
    raise_concern(harness, "about.concern_ref=" CONCERN);
    say(harness, &asks, NULL);
    raise_concern(harness, "about.concern_ref=" OTHER_CONCERN);
    (void)call_meeting_about_both(harness);
    newest(harness, &carl, &got);
    UNIT_EQUAL_TEXT(got.type->id, "case.meeting_call");
    UNIT_NEED(start_of(&got, "henvendelse", &start));
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(who_is_asked_aside_is_not_told_where_the_case_stands),
        UNIT_TEST(who_is_invited_is_told_where_the_case_stands),
        UNIT_TEST(who_left_and_is_invited_again_is_told_where_the_case_stands),
        UNIT_TEST(who_was_asked_about_a_concern_is_told_where_it_stands_when_it_is_told_of_it),
    };
    return unit_run("core starts", tests, sizeof tests / sizeof tests[0]);
}
