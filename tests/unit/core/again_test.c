/* SPDX-License-Identifier: EUPL-1.2
 *
 * A recipient that was set back asks for the keys of a message again, as clients are told: who is
 * shown it, who may say yes or no, and what stands in the journal then. Whole nodes in one process.
 * Not for: how keys travel (follow/again_test.c).
 */
#include "again_scene.h"
#include "verdict_scene.h"

#include "base/cleanup.h"
#include "follow/peer.h"
#include "ledger/entry.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

static const struct harness_client esdh = {0, "esdh", 21}; /* a system of kk/vink */

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

/* ---- asking ---- */

struct told {
    uint64_t count, oldest;
};

/* What the status tells CLIENT of the police. */
static struct told status_of(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body, peer;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    struct told told = {0, 0};
    if (find_peer(body_of(reply, "status"), POLICE, &peer))
        told = (struct told){tov_record_number(peer, "asked_again"),
                             tov_record_number(peer, "asked_again_oldest")};
    tov_record_destroy(&reply);
    return told;
}

static uint64_t delivery_of(struct harness *harness, uint64_t number, const char *field)
{
    struct tov_record body, message, delivery;
    struct tov_record request = request_of("list", &body);
    uint64_t found = UINT64_MAX;
    UNIT_OK(tov_record_put_number(body, "before", number + 1));
    UNIT_OK(tov_record_put_number(body, "limit", 1));
    struct tov_record reply = answer_to(harness, &anna, request);
    UNIT_NEED(tov_record_child(body_of(reply, "list"), "messages", 0, &message));
    for (size_t i = 0; tov_record_child(message, "deliveries", i, &delivery); i++) {
        if (tov_record_number(delivery, "agency") == POLICE)
            found = tov_record_number(delivery, field);
    }
    tov_record_destroy(&reply);
    return found;
}

static struct tov_record decide(struct harness *harness, const struct word *word)
{
    return answer_to(harness, word->by, word_request(word));
}

static uint64_t error_by(struct harness *harness, const struct word *word)
{
    struct tov_record reply = decide(harness, word);
    uint64_t error = error_of(reply);
    tov_record_destroy(&reply);
    return error;
}

static uint64_t count_journal(struct harness *harness)
{
    return tov_ledger_committed(core_of(harness)->journal);
}

/* ---- ---- */

static void who_sent_it_is_told_and_nobody_else(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks krfo/central", &ref);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), 0);
    lose_keys(harness, POLICE, &ref);
    struct told told = status_of(harness, &anna);
    UNIT_EQUAL_INT(told.count, 1);
    UNIT_EQUAL_INT(told.oldest, number);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_ASKED);
    UNIT_EQUAL_INT(delivery_of(harness, number, "verdict"), TOV_VERDICT_NO_KEY);
    UNIT_EQUAL_INT(status_of(harness, &sofie).count, 0);
    UNIT_EQUAL_INT(status_of(harness, &gitte).count, 0);
    harness_destroy(harness);
}

/* Keys would not help: an attachment that does not open is another trouble. */
static void what_does_not_open_there_is_not_asked_for_again(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    amend_receipt(harness, POLICE - 1, &ref,
                  (struct tov_verdict_value){TOV_VERDICT_NOT_OPENED, 0, TOV_E_DECRYPT});
    UNIT_EQUAL_INT(delivery_of(harness, number, "verdict"), TOV_VERDICT_NOT_OPENED);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), 0);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, "aftalt", false}),
                   TOV_E_RULE);
    harness_destroy(harness);
}

/* Yes to one of them is no yes to the other. */
static void where_two_lack_the_keys_one_must_be_named(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks krfo/central", &ref);
    lose_keys(harness, POLICE, &ref);
    lose_keys(harness, KRFO, &ref);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, "aftalt", false}),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, "krfo", "aftalt", false}), 0);
    harness_advance(harness, 20000);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 1);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_ASKED);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, "aftalt", false}), 0);
    harness_destroy(harness);
}

static void only_a_person_of_the_unit_that_sent_it_may_say_so(void)
{
    char long_reason[902] = ""; /* one byte more than has room in the entry */
    memset(long_reason, 'x', sizeof long_reason - 1);
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    uint64_t before = count_journal(harness);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&sofie, number, NULL, "aftalt", false}),
                   TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&audit, number, NULL, "aftalt", false}),
                   TOV_E_DENIED);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&esdh, number, NULL, "aftalt", false}),
                   TOV_E_DENIED);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, NULL, false}),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, long_reason, false}),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, "krfo", "aftalt", false}),
                   TOV_E_RULE);
    UNIT_EQUAL_INT(count_journal(harness), before);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_ASKED);
    harness_destroy(harness);
}

static void what_is_given_again_is_an_entry_and_comes_to_the_desk(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf details = TOV_BUF_INIT(TOV_ACCESS_DETAIL_MAX_BYTES);
    struct tov_access_entry entry;
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    uint64_t there = newest(harness, &bo);
    lose_keys(harness, POLICE, &ref);
    UNIT_EQUAL_INT(
        error_by(harness, &(struct word){&anna, number, "kbh-pol", "aftalt med vagten", false}), 0);
    UNIT_NEED(newest_entry(harness, TOV_ACCESS_GIVE_AGAIN, &details, &entry));
    CU_ASSERT(is_text(entry.client, anna.name));
    CU_ASSERT(is_text(entry.reason, "kbh-pol: aftalt med vagten"));
    UNIT_EQUAL_INT(entry.number, number);
    harness_advance(harness, 20000);
    CU_ASSERT(newest(harness, &bo) > there);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), 0);
    UNIT_EQUAL_INT(delivery_of(harness, number, "verdict"), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, "igen", false}),
                   TOV_E_RULE);
    harness_destroy(harness);
}

/* I9: not before the entry is on the disk. */
static void a_word_is_answered_when_its_entry_is_committed(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_record request = word_request(&(struct word){&anna, number, NULL, "aftalt", false});
    uint8_t *bytes = NULL;
    size_t size = 0;
    UNIT_OK(tov_record_put_number(request, "id", 1));
    UNIT_OK(tov_api_encode(request, &frame));
    tov_record_destroy(&request);
    harness_hold_commits(harness, 0, true);
    harness_send(harness, &anna, tov_buf_view(&frame));
    harness_run(harness);
    CU_ASSERT(!harness_take(harness, &anna, &bytes, &size));
    harness_hold_commits(harness, 0, false);
    harness_run(harness);
    CU_ASSERT(harness_take(harness, &anna, &bytes, &size));
    free(bytes);
    harness_destroy(harness);
}

static void what_is_refused_is_an_entry_and_asked_about_no_more(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf details = TOV_BUF_INIT(TOV_ACCESS_DETAIL_MAX_BYTES);
    struct tov_access_entry entry;
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    struct word no = {&anna, number, NULL, "ingen sag mere", true};
    UNIT_EQUAL_INT(error_by(harness, &no), 0);
    UNIT_NEED(newest_entry(harness, TOV_ACCESS_REFUSE_AGAIN, &details, &entry));
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_REFUSED);
    uint64_t before = count_journal(harness);
    struct tov_record reply = decide(harness, &no); /* said twice: no second entry */
    UNIT_EQUAL_INT(error_of(reply), 0);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "give_again"), "repeated"), 1);
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(count_journal(harness), before);
    harness_advance(harness, 20000);
    UNIT_EQUAL_INT(delivery_of(harness, number, "verdict"), TOV_VERDICT_NO_KEY);
    harness_destroy(harness);
}

static void where_several_recipients_ask_the_agency_is_named(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks krfo/central", &ref);
    static const struct tov_verdict_value keyless = {TOV_VERDICT_NO_KEY, 0, 0};
    lose_keys(harness, POLICE, &ref);
    amend_receipt(harness, 2, &ref, keyless);
    uint64_t before = count_journal(harness);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, "aftalt", false}),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, "kbh", "aftalt", false}),
                   TOV_E_RULE);
    UNIT_EQUAL_INT(count_journal(harness), before);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, "krfo", "aftalt", true}), 0);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_ASKED); /* the police's */
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, "kbh-pol", "aftalt", false}), 0);
    harness_advance(harness, 20000);
    UNIT_EQUAL_INT(delivery_of(harness, number, "verdict"), TOV_VERDICT_OPENED);
    harness_destroy(harness);
}

static void a_reason_is_as_long_as_the_journal_takes(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    char reason[902];
    memset(reason, 'a', sizeof reason);
    reason[901] = '\0';
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, reason, true}),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_ASKED);
    reason[900] = '\0';
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, reason, true}), 0);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_REFUSED);
    harness_destroy(harness);
}

/* The oldest is the one with the least number; of what is erased here since, nobody can decide. */
static void those_that_are_asked_for_are_counted_and_the_oldest_is_named(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[3];
    uint64_t numbers[3];
    uint8_t gone[TOV_ENTRY_GONE_BYTES];
    for (size_t i = 0; i < 3; i++)
        numbers[i] = send_note(harness, "kbh-pol/dks", &refs[i]);
    for (size_t i = 3; i > 0; i--)
        lose_keys(harness, POLICE, &refs[i - 1]);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 3);
    UNIT_EQUAL_INT(status_of(harness, &anna).oldest, numbers[0]);
    tov_entry_put_gone(gone, TOV_ENTRY_ERASED, &refs[0].leaf);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_LEAF,
                        tov_store_key_u64(refs[0].index), TOV_BYTES_OF(gone));
    harness_advance(harness, 2000);
    harness_restart(harness, 0);
    harness_advance(harness, 40000);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 2);
    UNIT_EQUAL_INT(status_of(harness, &anna).oldest, numbers[1]);
    harness_destroy(harness);
}

/* ---- how many, and for how long ---- */

/* Erased there, or another trouble: no keys are asked for any more, until it says again that it
 * lacks them. */
static void what_is_not_asked_for_any_more_stands_in_nobodys_way(void)
{
    static const enum tov_verdict verdicts[] = {TOV_VERDICT_ERASED, TOV_VERDICT_NOT_OPENED};
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    for (size_t i = 0; i < 2; i++) {
        uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
        lose_keys(harness, POLICE, &ref);
        UNIT_EQUAL_INT(status_of(harness, &anna).oldest, number);
        amend_receipt(harness, POLICE - 1, &ref, (struct tov_verdict_value){verdicts[i], 0, 0});
        UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
        lose_keys(harness, POLICE, &ref);
        UNIT_EQUAL_INT(status_of(harness, &anna).count, 1);
        UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_ASKED);
        amend_receipt(harness, POLICE - 1, &ref,
                      (struct tov_verdict_value){TOV_VERDICT_ERASED, 0, 0});
    }
    harness_destroy(harness);
}

static bool has_row(struct harness *harness, const struct tov_ref *ref)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    UNIT_OK(tov_store_read_begin(core_of(harness)->store, &read, NULL));
    return tov_store_get(read, TOV_TABLE_AGAIN, tov_store_key_u16_u64(POLICE, ref->index), &row) ==
           TOV_OK;
}

static void what_is_erased_there_leaves_no_row(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    (void)send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    CU_ASSERT(has_row(harness, &ref));
    amend_receipt(harness, POLICE - 1, &ref, (struct tov_verdict_value){TOV_VERDICT_ERASED, 0, 0});
    CU_ASSERT(!has_row(harness, &ref));
    harness_destroy(harness);
}

/* What nobody wrote so is no word: a person says it, as where none was said. */
static void a_word_that_cannot_be_read_is_asked_for(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_AGAIN,
                        tov_store_key_u16_u64(POLICE, ref.index), tov_bytes_of_text("damaged"));
    harness_advance(harness, 2000);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 1);
    UNIT_EQUAL_INT(delivery_of(harness, number, "again"), TOV_AGAIN_ASKED);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, "aftalt", false}), 0);
    harness_advance(harness, 20000);
    UNIT_EQUAL_INT(delivery_of(harness, number, "verdict"), TOV_VERDICT_OPENED);
    CU_ASSERT(!has_row(harness, &ref));
    harness_destroy(harness);
}

/* The recipient says that it has it while the word about it is on its way: no entry says that the
 * keys are given then. */
static void what_is_settled_in_the_same_batch_is_not_decided_about(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = send_note(harness, "kbh-pol/dks", &ref);
    lose_keys(harness, POLICE, &ref);
    uint64_t entries = tov_ledger_size(core_of(harness)->journal);
    tov_again_settle(core_of(harness), POLICE, ref.index);
    UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, number, NULL, "aftalt", false}),
                   TOV_E_RULE);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(harness)->journal), entries);
    harness_destroy(harness);
}

/* As if the word about REF had been said a month ago. */
static void age_word(struct harness *harness, const struct tov_ref *ref)
{
    uint8_t row[22] = {TOV_AGAIN_APPROVED};
    tov_put_be64(row + 5, core_of(harness)->now_ms - 31ull * 86400000);
    tov_store_batch_put(tov_core_batch(core_of(harness)), TOV_TABLE_AGAIN,
                        tov_store_key_u16_u64(POLICE, ref->index), TOV_BYTES_OF(row));
    harness_advance(harness, 2ull * 3600000);
}

/* The police are away: what is approved is not fetched, and is for a person again in a month; what
 * is refused is not. Also when the node began anew; and whatever is decided then is known at once.
 */
static void what_is_approved_and_not_fetched_is_asked_for_again(void)
{
    for (size_t restarts = 0; restarts < 2; restarts++) {
        struct harness *harness = three_nodes();
        struct tov_ref refs[2];
        uint64_t numbers[2];
        for (size_t i = 0; i < 2; i++) {
            numbers[i] = send_note(harness, "kbh-pol/dks", &refs[i]);
            lose_keys(harness, POLICE, &refs[i]);
        }
        UNIT_EQUAL_INT(status_of(harness, &anna).count, 2);
        harness_set_link(harness, 0, POLICE - 1, false);
        for (size_t i = 0; i < 2; i++) {
            struct word word = {&anna, numbers[i], NULL, "aftalt", i == 1};
            UNIT_EQUAL_INT(error_by(harness, &word), 0);
            UNIT_EQUAL_INT(status_of(harness, &anna).count, 1 - i);
        }
        if (restarts > 0)
            harness_restart(harness, 0);
        harness_advance(harness, 2000);
        UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
        age_word(harness, &refs[0]);
        UNIT_EQUAL_INT(status_of(harness, &anna).count, 1);
        UNIT_EQUAL_INT(status_of(harness, &anna).oldest, numbers[0]);
        UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, numbers[0], NULL, "nej", true}), 0);
        UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
        UNIT_EQUAL_INT(error_by(harness, &(struct word){&anna, numbers[1], NULL, "ja", false}), 0);
        age_word(harness, &refs[1]);
        UNIT_EQUAL_INT(status_of(harness, &anna).oldest, numbers[1]);
        harness_destroy(harness);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(who_sent_it_is_told_and_nobody_else),
        UNIT_TEST(what_does_not_open_there_is_not_asked_for_again),
        UNIT_TEST(where_two_lack_the_keys_one_must_be_named),
        UNIT_TEST(only_a_person_of_the_unit_that_sent_it_may_say_so),
        UNIT_TEST(what_is_given_again_is_an_entry_and_comes_to_the_desk),
        UNIT_TEST(a_word_is_answered_when_its_entry_is_committed),
        UNIT_TEST(what_is_refused_is_an_entry_and_asked_about_no_more),
        UNIT_TEST(where_several_recipients_ask_the_agency_is_named),
        UNIT_TEST(a_reason_is_as_long_as_the_journal_takes),
        UNIT_TEST(those_that_are_asked_for_are_counted_and_the_oldest_is_named),
        UNIT_TEST(what_is_not_asked_for_any_more_stands_in_nobodys_way),
        UNIT_TEST(what_is_erased_there_leaves_no_row),
        UNIT_TEST(a_word_that_cannot_be_read_is_asked_for),
        UNIT_TEST(what_is_settled_in_the_same_batch_is_not_decided_about),
        UNIT_TEST(what_is_approved_and_not_fetched_is_asked_for_again),
    };
    return unit_run("core_again", tests, sizeof tests / sizeof tests[0]);
}
