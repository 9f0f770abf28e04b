/* SPDX-License-Identifier: EUPL-1.2
 *
 * Snapshots of the case book: a start by them gives the answers of a replay, whatever happened
 * before it and to them.
 */
#include "book_history.h"

#include "ledger/tables.h"

#include <string.h>

#define DAY_MS 86400000ull

static size_t dropped(const struct harness *harness)
{
    return harness_logged(harness, KK, "book-snapshot-dropped");
}

static struct harness *with_history(struct tov_buf *out_answers)
{
    struct harness *harness = two_nodes();
    write_many(harness, 0, ENOUGH);
    answers_of(harness, out_answers);
    harness_run(harness);
    UNIT_NEED(block_count(harness, KK) >= 2);
    return harness;
}

/* ---- a start by snapshots is a start by replay ---- */

static void a_start_by_snapshots_gives_the_answers_of_a_replay(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t blocks = block_count(harness, KK);
    harness_restart(harness, KK);
    check_answers(harness, &before);
    UNIT_EQUAL_INT(dropped(harness), 0);
    UNIT_EQUAL_INT(block_count(harness, KK), blocks);
    drop_blocks(harness, KK);
    harness_restart(harness, KK);
    check_answers(harness, &before);
    UNIT_EQUAL_INT(block_count(harness, KK), blocks);
    harness_destroy(harness);
}

/* Without it the tests here would not see that snapshots are read at all. */
static void what_a_snapshot_tells_is_not_read_from_the_ledger_at_the_start(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t messages = messages_listed(harness);
    for (uint64_t index = 5; index < 30; index++)
        lose_body(harness, index);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(messages_listed(harness), messages);
    drop_blocks(harness, KK);
    harness_restart(harness, KK);
    CU_ASSERT(messages_listed(harness) < messages);
    harness_destroy(harness);
}

static void a_node_that_nobody_asks_keeps_no_snapshots(void)
{
    struct harness *harness = two_nodes();
    write_many(harness, 12, ENOUGH); /* notes only: no step is judged */
    harness_advance(harness, 5000);
    UNIT_EQUAL_INT(block_count(harness, KK), 0);
    UNIT_EQUAL_INT(block_count(harness, POLICE), 0);
    harness_destroy(harness);
}

static void a_node_that_was_asked_reads_on_by_itself(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t blocks = block_count(harness, KK);
    harness_restart(harness, KK);
    write_many(harness, ENOUGH, 2 * ENOUGH);
    harness_advance(harness, 2000);
    CU_ASSERT(block_count(harness, KK) >= blocks + 2);
    harness_destroy(harness);
}

/* ---- what does not fit is made again ---- */

struct change {
    size_t block;
    int at;
    uint8_t by;
};

static void check_change(const struct change *change)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t blocks = block_count(harness, KK);
    change_row(harness, TOV_TABLE_BOOK, change->block, change->at, change->by);
    harness_restart(harness, KK);
    check_answers(harness, &before);
    UNIT_EQUAL_INT(dropped(harness), 1);
    harness_run(harness);
    UNIT_EQUAL_INT(block_count(harness, KK), blocks);
    harness_restart(harness, KK); /* what was made again is good */
    check_answers(harness, &before);
    UNIT_EQUAL_INT(dropped(harness), 1);
    harness_destroy(harness);
}

static void a_damaged_block_is_made_again_with_all_behind_it(void)
{
    static const struct change changes[] = {
        {0, 40, 1},   /* the last event that it covers */
        {0, 60, 1},   /* the hash of its events */
        {1, 84, 1},   /* how many entries it has */
        {1, 100, 1},  /* its wrapped key */
        {0, 2000, 1}, /* what is sealed */
        {1, -1, 1},   /* its last byte */
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        check_change(&changes[i]);
}

static void a_block_of_another_format_or_policy_is_made_again(void)
{
    static const struct change changes[] = {
        {0, 0, 1},    /* a later format */
        {0, 0, 0xff}, /* an earlier one */
        {1, 1, 1},    /* another policy */
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++)
        check_change(&changes[i]);
}

static void another_roster_lets_the_ledger_be_read_anew(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct harness *harness = with_history(&before);
    uint64_t blocks = block_count(harness, KK);
    const struct tov_roster *now = tov_node_core(harness_node(harness, KK))->roster;
    struct tov_roster_facts facts = *tov_roster_facts(now);
    struct tov_roster *next = NULL;
    facts.version++;
    facts.previous = tov_roster_hash(now);
    tov_roster_format(&facts, &text);
    UNIT_NEED(tov_roster_parse(tov_buf_view(&text), &next, NULL) == TOV_OK);
    harness_set_roster(harness, KK, next);
    harness_restart(harness, KK);
    check_answers(harness, &before);
    UNIT_EQUAL_INT(dropped(harness), 1);
    harness_run(harness);
    UNIT_EQUAL_INT(block_count(harness, KK), blocks);
    harness_restart(harness, KK);
    check_answers(harness, &before);
    UNIT_EQUAL_INT(dropped(harness), 1);
    harness_destroy(harness);
    tov_roster_destroy(next);
}

static void a_gap_between_blocks_ends_their_use(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    struct tov_store_batch *batch = NULL;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete(batch, TOV_TABLE_BOOK, tov_store_key_u64(1));
    commit(harness, KK, batch);
    harness_restart(harness, KK);
    check_answers(harness, &before);
    UNIT_EQUAL_INT(dropped(harness), 1);
    harness_destroy(harness);
}

/* The event list says another time for what the first block covers: the store is not the one that
 * the block was made from. */
static void a_block_of_other_events_is_made_again(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    change_row(harness, TOV_TABLE_EVENT, 10, 22, 1);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(messages_listed(harness), ENOUGH);
    UNIT_EQUAL_INT(dropped(harness), 1);
    harness_destroy(harness);
}

static void what_is_made_again_leaves_nothing_old(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t blocks = block_count(harness, KK);
    for (uint64_t index = 3; index < ENOUGH; index++)
        lose_body(harness, index);
    change_row(harness, TOV_TABLE_BOOK, 0, -1, 1);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(dropped(harness), 1);
    CU_ASSERT(messages_listed(harness) < ENOUGH / 2);
    CU_ASSERT(block_count(harness, KK) < blocks);
    harness_destroy(harness);
}

static void a_full_disk_keeps_the_book_from_writing_and_not_from_answering(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t blocks = block_count(harness, KK);
    restart_unread(harness);
    tov_node_core(harness_node(harness, KK))->disk_free_bytes = 0;
    check_answers(harness, &before);
    UNIT_EQUAL_INT(block_count(harness, KK), 0);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-snapshot-not-written"), 1);
    harness_restart(harness, KK);
    check_answers(harness, &before);
    UNIT_EQUAL_INT(block_count(harness, KK), blocks);
    harness_destroy(harness);
}

/* A snapshot would be committed behind what waits; and in a month whose keys found no room it has
 * none. */
static void a_node_that_waits_for_room_reads_its_book_and_keeps_no_snapshots(void)
{
    for (unsigned without_keys = 0; without_keys < 2; without_keys++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
        struct harness *harness = with_history(&before);
        uint64_t messages = messages_listed(harness);
        harness_skip(harness, 28 * DAY_MS);
        harness_advance(harness, 60000);
        restart_unread(harness);
        const struct tov_core *core = tov_node_core(harness_node(harness, KK));
        harness_fill_disk(harness, KK, true);
        if (without_keys != 0)
            harness_skip(harness, 6 * DAY_MS);
        else
            write_one(harness, ENOUGH + 2, 12); /* at the police: what comes of it here waits */
        harness_run(harness);
        UNIT_NEED(core->waits_for_room);
        size_t gathered = tov_store_batch_bytes(core->open->batch);
        UNIT_EQUAL_INT(messages_listed(harness), messages);
        UNIT_EQUAL_INT(tov_store_batch_bytes(core->open->batch), gathered);
        CU_ASSERT(!harness_has_ended(harness, KK));
        UNIT_EQUAL_INT(harness_logged(harness, KK, "book-snapshot-not-written"), 1);
        harness_destroy(harness);
    }
}

/* ---- replay is the truth ---- */

static bool status_says(struct harness *harness, const char *word)
{
    struct tov_record request, body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, "status", &body) == TOV_OK);
    struct tov_record reply = exchange(harness, &anna, request);
    struct tov_bytes text = tov_record_bytes(body_of(reply, "status"), "sentence_en");
    bool says = text.size > 0 && memmem(text.data, text.size, word, strlen(word)) != NULL;
    tov_record_destroy(&request);
    tov_record_destroy(&reply);
    return says;
}

static void a_snapshot_that_differs_from_the_ledger_is_found_and_made_again(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t messages = messages_listed(harness);
    harness_restart(harness, KK);
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-differs"), 0);
    CU_ASSERT(!status_says(harness, "case book"));
    lose_body(harness, 5);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(messages_listed(harness), messages); /* what the snapshot says */
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-differs"), 1);
    CU_ASSERT(status_says(harness, "case book"));
    UNIT_EQUAL_INT(messages_listed(harness), messages - 1);
    harness_restart(harness, KK);
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(messages_listed(harness), messages - 1);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-differs"), 1);
    CU_ASSERT(!status_says(harness, "case book"));
    harness_destroy(harness);
}

/* The first bytes of a body are its header, sealed. */
static void damage_body(struct harness *harness)
{
    change_row(harness, TOV_TABLE_BODY, 5, 10, 1);
}

static void a_damaged_row_of_the_ledger_leaves_the_snapshot_as_it_is(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t messages = messages_listed(harness), blocks = block_count(harness, KK);
    damage_body(harness);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(messages_listed(harness), messages);
    CU_ASSERT(!status_says(harness, "damaged"));
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-row-damaged"), 1);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-differs"), 0);
    CU_ASSERT(status_says(harness, "damaged"));
    UNIT_EQUAL_INT(messages_listed(harness), messages);
    UNIT_EQUAL_INT(block_count(harness, KK), blocks);
    harness_destroy(harness);
}

static void a_damaged_row_is_told_when_the_ledger_is_read(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    uint64_t messages = messages_listed(harness);
    damage_body(harness);
    drop_blocks(harness, KK);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(messages_listed(harness), messages - 1);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-row-damaged"), 1);
    CU_ASSERT(status_says(harness, "damaged"));
    harness_destroy(harness);
}

static void nothing_of_a_header_stands_in_clear_in_the_store(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = with_history(&before);
    for (size_t i = 0; i < 12; i++) {
        char name[48];
        uint8_t id[TOV_UUID_BYTES];
        (void)snprintf(name, sizeof name, "K%zu", i);
        test_draft_id(name, id);
        CU_ASSERT(!harness_store_holds(harness, KK, TOV_BYTES_OF(id)));
        /* the test can see it: answers hold it in clear */
        CU_ASSERT(memmem(before.data, before.size, id, sizeof id) != NULL);
    }
    harness_destroy(harness);
}

/* ---- any history ---- */

/* The process ends while the batch with new blocks is on its way to the disk: nothing of it is
 * there, and nothing is missed. */
static void crash_before_the_commit(struct harness *harness)
{
    uint64_t before = block_count(harness, KK);
    size_t size = 0;
    harness_hold_commits(harness, KK, true);
    send_asking(harness, "cases", 1001);
    harness_run(harness);
    (void)next_reply(harness, &size);
    harness_hold_commits(harness, KK, false);
    harness_restart(harness, KK);
    CU_ASSERT(block_count(harness, KK) >= before);
}

static void live_on(struct harness *harness, uint64_t *random, size_t *number)
{
    size_t more = 20 + (size_t)(unit_random(random) % 300);
    write_many(harness, *number, *number + more);
    *number += more;
    switch (unit_random(random) % 5) {
    case 0:
        harness_restart(harness, KK);
        break;
    case 1:
        crash_before_the_commit(harness);
        break;
    case 2: {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf unused = TOV_BUF_INIT(ANSWERS_MAX);
        answers_of(harness, &unused);
        break;
    }
    case 3:
        harness_advance(harness, 1000 * (1 + unit_random(random) % 20));
        break;
    default:
        drop_replies(harness, &anna);
        break;
    }
    drop_replies(harness, &anna);
}

static void any_history_gives_the_answers_of_its_replay(void)
{
    for (unsigned round = 0; round < unit_rounds("TOV_BOOK_ROUNDS", 4); round++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf by_snapshots = TOV_BUF_INIT(ANSWERS_MAX);
        struct harness *harness = two_nodes();
        uint64_t random = 1000 + round;
        size_t number = 0;
        for (unsigned i = 0; i < 8; i++)
            live_on(harness, &random, &number);
        harness_restart(harness, KK);
        answers_of(harness, &by_snapshots);
        harness_run(harness);
        UNIT_EQUAL_INT(dropped(harness), 0);
        drop_blocks(harness, KK);
        harness_restart(harness, KK);
        check_answers(harness, &by_snapshots);
        harness_destroy(harness);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_start_by_snapshots_gives_the_answers_of_a_replay),
        UNIT_TEST(what_a_snapshot_tells_is_not_read_from_the_ledger_at_the_start),
        UNIT_TEST(a_node_that_nobody_asks_keeps_no_snapshots),
        UNIT_TEST(a_node_that_was_asked_reads_on_by_itself),
        UNIT_TEST(a_damaged_block_is_made_again_with_all_behind_it),
        UNIT_TEST(a_block_of_another_format_or_policy_is_made_again),
        UNIT_TEST(another_roster_lets_the_ledger_be_read_anew),
        UNIT_TEST(a_gap_between_blocks_ends_their_use),
        UNIT_TEST(a_block_of_other_events_is_made_again),
        UNIT_TEST(what_is_made_again_leaves_nothing_old),
        UNIT_TEST(a_full_disk_keeps_the_book_from_writing_and_not_from_answering),
        UNIT_TEST(a_node_that_waits_for_room_reads_its_book_and_keeps_no_snapshots),
        UNIT_TEST(a_snapshot_that_differs_from_the_ledger_is_found_and_made_again),
        UNIT_TEST(a_damaged_row_of_the_ledger_leaves_the_snapshot_as_it_is),
        UNIT_TEST(a_damaged_row_is_told_when_the_ledger_is_read),
        UNIT_TEST(nothing_of_a_header_stands_in_clear_in_the_store),
        UNIT_TEST(any_history_gives_the_answers_of_its_replay),
    };
    return unit_run("core_book", tests, sizeof tests / sizeof tests[0]);
}
