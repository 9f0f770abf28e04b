/* SPDX-License-Identifier: EUPL-1.2
 *
 * The roster changes, what was sent before does not: a message is judged by the roster that it
 * names, by each node, whenever it is read (I5, I7).
 * Not for: whether a roster may follow another one (tests of proto/roster).
 */
#include "roster_scene.h"

#include "base/cleanup.h"
#include "ledger/message.h"
#include "ledger/units.h"
#include "store/read.h"

#include <stdlib.h>
#include <string.h>

static void adopt(struct harness *harness, size_t node, struct tov_roster *roster)
{
    harness_set_roster(harness, node, roster);
    harness_restart(harness, node);
    UNIT_EQUAL_INT(tov_roster_version(tov_node_core(harness_node(harness, node))->roster),
                   tov_roster_version(roster));
}

/* ---- what is shown ---- */

/* The whole answer to `cases`; the number of the affair of the case, if it is shown. */
static uint64_t look(struct harness *harness, const struct harness_client *client,
                     struct tov_buf *out)
{
    struct tov_record reply = ask(harness, client, "cases", &(struct asking){.ended = 1}), affair;
    bool has_case = find_affair(body_of(reply, "cases"), CASE, &affair);
    uint64_t number = has_case ? tov_record_number(affair, "number") : 0;
    tov_buf_clear(out);
    UNIT_OK(tov_record_encode(body_of(reply, "cases"), out));
    tov_record_destroy(&reply);
    return number;
}

/* And all that is told of the case. */
static void look_closely(struct harness *harness, const struct harness_client *client,
                         struct tov_buf *out)
{
    uint64_t number = look(harness, client, out);
    struct tov_record reply = ask(harness, client, "case_read", &(struct asking){.number = number});
    UNIT_OK(tov_record_encode(body_of(reply, "case_read"), out));
    tov_record_destroy(&reply);
}

static uint64_t messages_of_case(struct harness *harness, const struct harness_client *client)
{
    struct tov_record reply = ask(harness, client, "cases", &(struct asking){.ended = 1});
    struct tov_record affair;
    UNIT_NEED(find_affair(body_of(reply, "cases"), CASE, &affair));
    uint64_t count = tov_record_number(affair, "message_count");
    tov_record_destroy(&reply);
    return count;
}

static void invite(struct harness *harness, const struct harness_client *by, const char *from)
{
    const struct saying saying = invitation(by, from, "kbh-pol/dks");
    say(harness, &saying, NULL);
}

/* The second is written while the first is not committed: the book has taken that one in already,
 * from its writer and not from the ledger. */
static void invite_twice_at_once(struct harness *harness)
{
    const struct saying saying = invitation(&sofie, "kk/sof", "krfo/kif");
    harness_hold_commits(harness, KK, true);
    send_saying(harness, &saying);
    send_saying(harness, &saying);
    harness_hold_commits(harness, KK, false);
    harness_advance(harness, 60000);
    drop_replies(harness, &sofie);
}

/* ---- the tests ---- */

static void what_was_sent_by_an_older_roster_keeps_its_effect(void)
{
    static const struct harness_client *const clients[] = {&anna, &bo, &eva};
    struct harness *harness = whole_story();
    struct tov_buf before[3];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf after = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    for (size_t i = 0; i < 3; i++) {
        before[i] = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
        (void)look(harness, clients[i], &before[i]);
        CU_ASSERT(before[i].size > 100);
    }
    struct tov_roster *roster = next_roster(harness, 2);
    for (size_t node = KK; node <= KRFO; node++)
        adopt(harness, node, roster);
    for (size_t i = 0; i < 3; i++) {
        (void)look(harness, clients[i], &after);
        CU_ASSERT(tov_bytes_equal(tov_buf_view(&before[i]), tov_buf_view(&after)));
        tov_buf_fini(&before[i]);
    }
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

static void a_book_that_is_read_anew_is_the_book_of_before(void)
{
    static const struct harness_client *const clients[] = {&anna, &bo};
    struct harness *harness = whole_story();
    struct tov_roster *roster = next_roster(harness, 2);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf running = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint64_t count = messages_of_case(harness, &bo);
    adopt(harness, KK, roster);
    adopt(harness, KBH_POL, roster);
    invite(harness, &sofie, "kk/sof");
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count + 1);
    invite_twice_at_once(harness);
    for (size_t i = 0; i < 2; i++) {
        look_closely(harness, clients[i], &running);
        CU_ASSERT(i > 0 || memmem(running.data, running.size, "kif", 3) != NULL); /* a party */
        harness_restart(harness, clients[i]->node);
        look_closely(harness, clients[i], &again);
        CU_ASSERT(tov_bytes_equal(tov_buf_view(&running), tov_buf_view(&again)));
    }
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* The verdict of the newest message that KBH_POL holds of KK. */
static unsigned newest_verdict(struct harness *harness)
{
    struct tov_core *core = tov_node_core(harness_node(harness, KBH_POL));
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_message_name name = {.agency = KK + 1, .generation = 1};
    unsigned verdict = 0;
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    for (name.index = 0; name.index < 200; name.index++) {
        if (tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message) == TOV_OK)
            verdict = message->verdict.verdict;
    }
    return verdict;
}

static void a_message_that_was_long_on_its_way_is_judged_by_the_roster_that_it_names(void)
{
    struct harness *harness = whole_story();
    struct tov_roster *roster = next_roster(harness, 2);
    uint64_t count = messages_of_case(harness, &bo);
    harness_set_link(harness, KK, KBH_POL, false);
    invite(harness, &anna, "kk/vink");
    adopt(harness, KBH_POL, roster);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count);
    harness_set_link(harness, KK, KBH_POL, true);
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count + 1);
    UNIT_EQUAL_INT(newest_verdict(harness), TOV_VERDICT_OPENED);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* The verdict in the only delivery of the newest message that KK lists, and whether KBH_POL says in
 * its status that it lacks roster VERSION. */
static unsigned delivered_verdict(struct harness *harness, const struct harness_client *client)
{
    struct tov_record reply = ask(harness, client, "list", &(struct asking){.number = 0});
    struct tov_record summary, delivery;
    UNIT_NEED(tov_record_child(body_of(reply, "list"), "messages", 0, &summary));
    UNIT_NEED(tov_record_child(summary, "deliveries", 0, &delivery));
    unsigned verdict = (unsigned)tov_record_number(delivery, "verdict");
    tov_record_destroy(&reply);
    return verdict;
}

/* Own messages that a recipient cannot use, as CLIENT's status counts them. */
static uint64_t count_unusable(struct harness *harness, const struct harness_client *client)
{
    struct tov_record reply = ask(harness, client, "status", &(struct asking){.number = 0});
    uint64_t count = tov_record_number(body_of(reply, "status"), "unusable");
    tov_record_destroy(&reply);
    return count;
}

static bool says_of_roster(struct harness *harness, const struct harness_client *client,
                           const char *words)
{
    struct tov_record reply = ask(harness, client, "status", &(struct asking){.number = 0});
    struct tov_bytes said = tov_record_bytes(body_of(reply, "status"), "sentence_en");
    bool says = said.size > 0 && memmem(said.data, said.size, words, strlen(words)) != NULL;
    tov_record_destroy(&reply);
    return says;
}

/* The old roster would refuse it; nothing is refused for good by it. */
static void a_roster_that_is_not_here_yet_is_waited_for(void)
{
    struct harness *harness = whole_story();
    struct tov_roster *roster = next_roster(harness, 2);
    uint64_t count = messages_of_case(harness, &bo);
    adopt(harness, KK, roster);
    invite(harness, &sofie, "kk/sof");
    UNIT_EQUAL_INT(newest_verdict(harness), TOV_VERDICT_NOT_UNDERSTOOD);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count);
    UNIT_EQUAL_INT(harness_logged(harness, KBH_POL, "roster-missing"), 1);
    CU_ASSERT(says_of_roster(harness, &bo, "kk uses roster 2, which this node does not have"));
    CU_ASSERT(!says_of_roster(harness, &sofie, "roster"));
    UNIT_EQUAL_INT(delivered_verdict(harness, &sofie), TOV_VERDICT_NOT_UNDERSTOOD);
    UNIT_EQUAL_INT(count_unusable(harness, &sofie), 1);
    UNIT_EQUAL_INT(count_unusable(harness, &anna), 0); /* of another unit (I10) */
    adopt(harness, KBH_POL, roster);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count + 1);
    harness_advance(harness, 60000);
    CU_ASSERT(!says_of_roster(harness, &bo, "roster"));
    UNIT_EQUAL_INT(newest_verdict(harness), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(delivered_verdict(harness, &sofie), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_unusable(harness, &sofie), 0);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

/* The units of kk/vink are the same in all of them: the older one would judge it in good faith. */
static void nothing_is_judged_by_the_roster_before_the_one_that_is_not_here(void)
{
    struct harness *harness = whole_story();
    struct tov_roster *roster = next_roster(harness, 2);
    uint64_t count = messages_of_case(harness, &bo);
    const struct saying note = {.by = &anna,
                                .type = "case.note",
                                .from = "kk/vink",
                                .to = "kbh-pol/dks",
                                .bases = "RPL115-2/1-1",
                                .fields = "about.case_ref=" CASE};
    adopt(harness, KK, roster);
    say(harness, &note, NULL);
    UNIT_EQUAL_INT(newest_verdict(harness), TOV_VERDICT_NOT_UNDERSTOOD);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count);
    adopt(harness, KBH_POL, roster);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count + 1);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

static void a_version_that_nobody_will_make_does_not_hide_the_one_that_is_missing(void)
{
    struct harness *harness = whole_story();
    struct tov_roster *absurd = next_roster(harness, UINT32_MAX);
    struct tov_roster *next = next_roster(harness, 2);
    adopt(harness, KK, absurd);
    invite(harness, &sofie, "kk/sof");
    (void)messages_of_case(harness, &bo);
    UNIT_EQUAL_INT(harness_logged(harness, KBH_POL, "roster-missing"), 1);
    adopt(harness, KK, next);
    invite(harness, &sofie, "kk/sof");
    (void)messages_of_case(harness, &bo);
    UNIT_EQUAL_INT(harness_logged(harness, KBH_POL, "roster-missing"), 2);
    harness_destroy(harness);
    tov_roster_destroy(absurd);
    tov_roster_destroy(next);
}

static void a_version_that_was_not_adopted_is_judged_by_the_one_before_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_roster *roster = next_roster(harness, 3);
    adopt(harness, KK, roster);
    const struct tov_core *core = tov_node_core(harness_node(harness, KK));
    UNIT_EQUAL_INT(tov_units_version(tov_units_of(core, 0)), 1);
    UNIT_EQUAL_INT(tov_units_version(tov_units_of(core, 1)), 1);
    UNIT_EQUAL_INT(tov_units_version(tov_units_of(core, 2)), 1);
    UNIT_EQUAL_INT(tov_units_version(tov_units_of(core, 3)), 3);
    UNIT_EQUAL_INT(tov_units_version(tov_units_of(core, UINT32_MAX)), 3);
    UNIT_EQUAL_INT(tov_units_version(tov_units_in_force(core)), 3);
    CU_ASSERT(!tov_units_can_judge(core, 0));
    CU_ASSERT(tov_units_can_judge(core, 2));
    CU_ASSERT(!tov_units_can_judge(core, 4));
    struct tov_bytes central = tov_bytes_of_text("central"), kif = tov_bytes_of_text("kif");
    UNIT_EQUAL_INT(tov_units_find(tov_units_of(core, 1), 3, central).duties, TOV_DUTY_PRISON);
    UNIT_EQUAL_INT(tov_units_find(tov_units_of(core, 3), 3, central).duties, 0);
    UNIT_EQUAL_INT(tov_units_find(tov_units_of(core, 3), 3, central).agency, 3);
    UNIT_EQUAL_INT(tov_units_find(tov_units_of(core, 3), 3, kif).duties, TOV_DUTY_PRISON);
    UNIT_EQUAL_INT(tov_units_find(tov_units_of(core, 3), 4, kif).agency, 0);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

static void a_damaged_old_roster_stops_the_start(void)
{
    struct harness *harness = three_nodes();
    struct tov_core *core = tov_node_core(harness_node(harness, KK));
    TOV_FREE struct tov_core *other = malloc(sizeof *other);
    struct tov_error error = {.text = ""};
    UNIT_NEED(other != NULL);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_ROSTER, tov_store_key_u32(7),
                        tov_roster_note(core->roster)); /* which says that it is version 1 */
    harness_advance(harness, 1000);
    *other = *core;
    other->unit_history = NULL;
    UNIT_EQUAL_INT(tov_units_open(other, &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "version 7") != NULL);
    tov_units_close(other->unit_history);
    harness_destroy(harness);
}

/* The roster of now, in which KK's key was revoked at SIZE entries. */
static struct tov_roster *revoking_roster(struct harness *harness, uint64_t size)
{
    const struct tov_roster *now = tov_node_core(harness_node(harness, KBH_POL))->roster;
    struct tov_roster_facts facts = *tov_roster_facts(now);
    struct tov_roster *roster;
    struct tov_revocation revocation = {
        .key = facts.agencies[KK].ledger, .agency = KK + 1, .size = size};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    facts.version = 2;
    facts.previous = tov_roster_hash(now);
    facts.revocations = &revocation;
    facts.revocation_count = 1;
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &roster, NULL) == TOV_OK);
    return roster;
}

/* The police's picture when KK wrote an invitation with a key that was revoked just below it: the
 * roster came FIRST, or the message did. */
static void look_at_the_void(bool roster_first, struct tov_buf *out)
{
    struct harness *harness = whole_story();
    struct tov_ref ref;
    uint64_t count = messages_of_case(harness, &bo);
    const struct saying saying = invitation(&anna, "kk/vink", "kbh-pol/dks");
    if (roster_first)
        harness_set_link(harness, KK, KBH_POL, false);
    (void)say(harness, &saying, &ref);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count + (roster_first ? 0 : 1));
    struct tov_roster *roster = revoking_roster(harness, ref.index);
    adopt(harness, KBH_POL, roster);
    if (roster_first)
        harness_set_link(harness, KK, KBH_POL, true);
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(messages_of_case(harness, &bo), count);
    (void)look(harness, &bo, out);
    harness_destroy(harness);
    tov_roster_destroy(roster);
}

static void what_stands_above_a_revocation_has_no_effect_whatever_came_first(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf after = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    look_at_the_void(true, &before);
    look_at_the_void(false, &after);
    CU_ASSERT(before.size > 100);
    CU_ASSERT(tov_bytes_equal(tov_buf_view(&before), tov_buf_view(&after)));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_was_sent_by_an_older_roster_keeps_its_effect),
        UNIT_TEST(a_book_that_is_read_anew_is_the_book_of_before),
        UNIT_TEST(a_message_that_was_long_on_its_way_is_judged_by_the_roster_that_it_names),
        UNIT_TEST(a_roster_that_is_not_here_yet_is_waited_for),
        UNIT_TEST(nothing_is_judged_by_the_roster_before_the_one_that_is_not_here),
        UNIT_TEST(a_version_that_nobody_will_make_does_not_hide_the_one_that_is_missing),
        UNIT_TEST(a_version_that_was_not_adopted_is_judged_by_the_one_before_it),
        UNIT_TEST(a_damaged_old_roster_stops_the_start),
        UNIT_TEST(what_stands_above_a_revocation_has_no_effect_whatever_came_first),
    };
    return unit_run("roster_change", tests, sizeof tests / sizeof tests[0]);
}
