/* SPDX-License-Identifier: EUPL-1.2
 *
 * Snapshots of the case book: a start by them gives the answers of a replay, whatever happened
 * before it and to them; and reading the book blocks nothing else.
 */
#include "case_clients.h"

#include "ledger/tables.h"
#include "store/read.h"

#include <stdlib.h>
#include <string.h>

#define KK 0u
#define POLICE 1u
#define ENOUGH 600u /* messages that fill two blocks and begin a third */

/* ---- writing much ---- */

static struct harness *two_nodes(void)
{
    struct harness_options options = {.nodes = 2, .seed = 11, .disk_reserve_bytes = 1u << 20};
    struct harness *harness = harness_create(&options);
    harness_advance(harness, 2000);
    return harness;
}

static void concern_name(size_t number, char out[48])
{
    (void)snprintf(out, 48, "about.concern_ref=K%zu", number);
}

/* Message NUMBER of a history: the first about a concern raises it, the others are notes. */
static void write_one(struct harness *harness, size_t number, size_t concerns)
{
    char about[48];
    bool is_ours = number % 3 != 2;
    concern_name(number % concerns, about);
    struct saying saying = {.by = is_ours ? &anna : &bo,
                            .type = number < concerns ? "concern.submit" : "msg.note",
                            .from = is_ours ? "kk/vink" : "kbh-pol/dks",
                            .to = is_ours ? "kbh-pol/dks" : "kk/vink",
                            .bases = is_ours ? "RPL115-2/1-1" : "RPL115-1-1",
                            .fields = about};
    if (number < concerns) {
        saying.by = &anna;
        saying.from = "kk/vink";
        saying.to = "kbh-pol/dks";
        saying.bases = "RPL115-2/1-1";
    }
    send_saying(harness, &saying);
}

static void check_accepted(struct harness *harness, const struct harness_client *client)
{
    uint8_t *bytes;
    size_t size;
    while (harness_take(harness, client, &bytes, &size)) {
        struct tov_record reply = {0};
        UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
        UNIT_EQUAL_INT(error_of(reply), 0);
        tov_record_destroy(&reply);
        free(bytes);
    }
}

static void write_many(struct harness *harness, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        write_one(harness, i, 12);
        if (i % 50 == 0)
            harness_run(harness);
    }
    harness_run(harness);
    check_accepted(harness, &anna);
    check_accepted(harness, &bo);
}

/* ---- answers ---- */

static void put_reply(struct tov_record reply, struct tov_buf *out)
{
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_clear(reply, "id");
    UNIT_NEED(tov_api_encode(reply, out) == TOV_OK);
}

/* All that anna is shown of cases: the list and each of them. */
static void answers_of(struct harness *harness, struct tov_buf *out)
{
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.ended = 1});
    struct tov_record cases = body_of(reply, "cases"), affair;
    uint64_t numbers[64];
    size_t count = 0;
    for (; tov_record_child(cases, "affairs", count, &affair); count++) {
        UNIT_NEED(count < 64);
        numbers[count] = tov_record_number(affair, "number");
    }
    put_reply(reply, out);
    tov_record_destroy(&reply);
    for (size_t i = 0; i < count; i++) {
        reply = ask(harness, &anna, "case_read", &(struct asking){.number = numbers[i]});
        put_reply(reply, out);
        tov_record_destroy(&reply);
    }
}

#define ANSWERS_MAX (8u << 20)

/* In all cases that anna is shown. */
static uint64_t messages_listed(struct harness *harness)
{
    struct tov_record reply = ask(harness, &anna, "cases", &(struct asking){.ended = 1});
    struct tov_record cases = body_of(reply, "cases"), affair;
    uint64_t count = 0;
    for (size_t i = 0; tov_record_child(cases, "affairs", i, &affair); i++)
        count += tov_record_number(affair, "message_count");
    tov_record_destroy(&reply);
    return count;
}

static void check_answers(struct harness *harness, const struct tov_buf *expected)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf now = TOV_BUF_INIT(ANSWERS_MAX);
    answers_of(harness, &now);
    CU_ASSERT(tov_bytes_equal(tov_buf_view(&now), tov_buf_view(expected)));
    UNIT_EQUAL_INT(now.size, expected->size);
}

/* ---- blocks ---- */

static struct tov_store *store_of(struct harness *harness, size_t node)
{
    return tov_node_core(harness_node(harness, node))->store;
}

static uint64_t block_count(struct harness *harness, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t count = 0;
    UNIT_NEED(tov_store_read_begin(store_of(harness, node), &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, TOV_TABLE_BOOK, &count) == TOV_OK);
    return count;
}

static void commit(struct harness *harness, size_t node, struct tov_store_batch *batch)
{
    UNIT_NEED(tov_store_commit(store_of(harness, node), batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
}

static void drop_blocks(struct harness *harness, size_t node)
{
    struct tov_store_batch *batch = NULL;
    struct tov_store_key none = {0};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete_range(batch, TOV_TABLE_BOOK, none, none);
    commit(harness, node, batch);
}

/* Adds BY to the byte at AT of the row at PLACE of TABLE, from 0; from the row's end when AT is
 * negative. */
static void change_row(struct harness *harness, unsigned table, size_t place, int at, uint8_t by)
{
    struct tov_store_range range = {.table = table};
    struct tov_store_read *read = NULL;
    struct tov_store_batch *batch = NULL;
    struct tov_store_iter iter;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(1u << 20);
    UNIT_NEED(tov_store_read_begin(store_of(harness, KK), &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    for (size_t i = 0; i <= place; i++)
        UNIT_NEED(tov_store_iter_next(&iter));
    struct tov_store_key key = iter.row.key;
    tov_buf_put_bytes(&row, iter.row.value);
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    tov_store_read_end(read);
    size_t byte = at < 0 ? row.size - (size_t)-at : (size_t)at;
    UNIT_NEED(byte < row.size);
    row.data[byte] = (uint8_t)(row.data[byte] + by);
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, table, key, tov_buf_view(&row));
    commit(harness, KK, batch);
}

/* What an own message says is gone from the ledger's table. */
static void lose_body(struct harness *harness, uint64_t index)
{
    struct tov_store_batch *batch = NULL;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete(batch, TOV_TABLE_BODY, tov_store_key_u64(index));
    commit(harness, KK, batch);
}

/* A node with much to read, which begins when somebody asks. */
static void restart_unread(struct harness *harness)
{
    drop_blocks(harness, KK);
    harness_restart(harness, KK);
    UNIT_EQUAL_INT(block_count(harness, KK), 0);
}

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

/* ---- reading blocks nothing ---- */

static void send_asking_as(struct harness *harness, const struct harness_client *client,
                           const char *name, uint64_t id)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_record request, body;
    UNIT_NEED(tov_record_create(tov_schema_find("ApiRequest"), &request) == TOV_OK);
    UNIT_NEED(tov_record_open(request, name, &body) == TOV_OK);
    UNIT_NEED(tov_record_put_number(request, "id", id) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    tov_record_destroy(&request);
    harness_send(harness, client, tov_buf_view(&frame));
}

static void send_asking(struct harness *harness, const char *name, uint64_t id)
{
    send_asking_as(harness, &anna, name, id);
}

/* The id of the next reply to anna; 0: there is none. */
static uint64_t next_reply(struct harness *harness, size_t *out_size)
{
    uint8_t *bytes;
    struct tov_record reply = {0};
    if (!harness_take(harness, &anna, &bytes, out_size))
        return 0;
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, *out_size}, &reply, NULL) == TOV_OK);
    UNIT_EQUAL_INT(error_of(reply), 0);
    uint64_t id = tov_record_number(reply, "id");
    tov_record_destroy(&reply);
    free(bytes);
    return id;
}

#define MUCH 900u /* messages: more than one slice */

static void a_question_waits_for_the_book_and_others_are_answered_meanwhile(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(ANSWERS_MAX);
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, MUCH);
    answers_of(harness, &before);
    restart_unread(harness);
    send_asking(harness, "cases", 1001);
    send_asking(harness, "status", 1002);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1002);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1001);
    check_answers(harness, &before);
    harness_destroy(harness);
}

static void a_client_that_went_is_not_waited_for(void)
{
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, MUCH);
    restart_unread(harness);
    send_asking(harness, "cases", 1001);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    harness_gone(harness, &anna);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    send_asking(harness, "cases", 1002);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1002);
    harness_destroy(harness);
}

/* The front counts connections from 1 again: what was asked before has nobody to answer. */
static void a_front_that_was_started_again_gets_no_old_answers(void)
{
    const struct harness_client other = {anna.node, "sofie", anna.connection};
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, MUCH);
    restart_unread(harness);
    send_asking(harness, "cases", 1001);
    tov_node_on_clients_gone(harness_node(harness, KK));
    send_asking(harness, "cases", 1002);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1002);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    harness_hold_commits(harness, KK, true);
    write_one(harness, 12, 12);
    harness_run(harness);
    tov_node_on_clients_gone(harness_node(harness, KK));
    send_asking_as(harness, &other, "status", 1003);
    harness_hold_commits(harness, KK, false);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1003);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    harness_destroy(harness);
}

/* A message that is a step waits too: it is judged by the whole book. */
static void a_step_waits_for_the_book(void)
{
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, MUCH);
    restart_unread(harness);
    const struct saying screen = {.by = &anna,
                                  .type = "concern.screen_request",
                                  .from = "kk/vink",
                                  .to = "kbh-pol/dks",
                                  .bases = "RPL115-2/1-1",
                                  .fields = "about.concern_ref=K1"};
    const struct saying receipt = {.by = &bo,
                                   .type = "concern.receipt",
                                   .from = "kbh-pol/dks",
                                   .to = "kk/vink",
                                   .bases = "AFTALE",
                                   .fields = "about.concern_ref=K1"};
    say(harness, &receipt, NULL);
    drop_replies(harness, &anna);
    send_saying(harness, &screen);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    harness_run(harness);
    CU_ASSERT(next_reply(harness, &size) > 0);
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
        UNIT_TEST(a_snapshot_that_differs_from_the_ledger_is_found_and_made_again),
        UNIT_TEST(nothing_of_a_header_stands_in_clear_in_the_store),
        UNIT_TEST(a_question_waits_for_the_book_and_others_are_answered_meanwhile),
        UNIT_TEST(a_client_that_went_is_not_waited_for),
        UNIT_TEST(a_front_that_was_started_again_gets_no_old_answers),
        UNIT_TEST(a_step_waits_for_the_book),
        UNIT_TEST(any_history_gives_the_answers_of_its_replay),
    };
    return unit_run("core_book", tests, sizeof tests / sizeof tests[0]);
}
