/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading the case book blocks nothing else: who needs it waits, and in order.
 */
#include "book_history.h"

#include "ledger/core.h"
#include "ledger/tables.h"

#include <stdlib.h>

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

/* However much a client sends at once: one slice is done, and its steps keep their order. */
static void what_comes_while_others_wait_waits_behind_them(void)
{
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, MUCH);
    restart_unread(harness);
    for (uint64_t id = 1001; id <= 1008; id++)
        send_asking(harness, "cases", id);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    harness_run(harness);
    for (uint64_t id = 1001; id <= 1008; id++)
        UNIT_EQUAL_INT(next_reply(harness, &size), id);
    harness_destroy(harness);
}

static uint64_t next_error(struct harness *harness, const struct harness_client *client)
{
    uint8_t *bytes;
    size_t size;
    struct tov_record reply = {0};
    UNIT_NEED(harness_take(harness, client, &bytes, &size));
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
    uint64_t error = error_of(reply);
    tov_record_destroy(&reply);
    free(bytes);
    return error;
}

/* A client that sends what libtov lets it send is not refused; one that sends without end, over
 * many connections, takes nobody else's place (the limit of docs/libtov.md). */
static void what_one_connection_may_send_may_wait_and_no_more_of_a_key(void)
{
    const struct harness_client more = {anna.node, anna.name, 900};
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, MUCH);
    restart_unread(harness);
    for (uint64_t id = 1; id <= TOV_REQUESTS_MAX; id++)
        send_asking(harness, "cases", id);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    send_asking_as(harness, &more, "cases", 3001);
    UNIT_EQUAL_INT(next_error(harness, &more), TOV_E_BUSY);
    send_asking_as(harness, &sofie, "cases", 2001);
    harness_gone(harness, &anna);
    send_asking_as(harness, &more, "cases", 3002);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    UNIT_EQUAL_INT(next_error(harness, &sofie), 0);
    UNIT_EQUAL_INT(next_error(harness, &more), 0);
    harness_destroy(harness);
}

/* Snapshots go into the open batch, which must not outgrow its limit. */
static void a_full_batch_is_committed_before_more_is_read(void)
{
    static const uint8_t row[60000];
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, 100);
    restart_unread(harness);
    struct tov_core *core = tov_node_core(harness_node(harness, KK));
    for (uint64_t i = 0; tov_store_batch_bytes(core->open->batch) <= 4u << 20; i++)
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_BODY, tov_store_key_u64(1000000 + i),
                            TOV_BYTES_OF(row));
    send_asking(harness, "cases", 1001);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1001);
    harness_destroy(harness);
}

/* Else blocks would follow blocks into the open batch until the supervisor's patience ends. */
static void a_node_that_is_to_end_reads_no_further(void)
{
    struct harness *harness = two_nodes();
    size_t size = 0;
    write_many(harness, 0, MUCH);
    restart_unread(harness);
    struct tov_node *node = harness_node(harness, KK);
    send_asking(harness, "cases", 1001);
    UNIT_EQUAL_INT(next_reply(harness, &size), 0);
    CU_ASSERT(tov_node_wants_turn(node));
    tov_node_stop(node);
    UNIT_EQUAL_INT(next_error(harness, &anna), TOV_E_BUSY);
    CU_ASSERT(!tov_node_wants_turn(node));
    send_asking(harness, "cases", 1002);
    UNIT_EQUAL_INT(next_error(harness, &anna), TOV_E_BUSY);
    harness_advance(harness, 2000);
    CU_ASSERT(tov_node_is_settled(node));
    CU_ASSERT(block_count(harness, KK) <= 1); /* of the slice before */
    send_asking(harness, "status", 1003);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1003);
    harness_destroy(harness);
}

/* Events are counted that the store does not show: no turn comes nearer to them. */
static void a_book_that_cannot_be_read_on_is_tried_once_a_tick(void)
{
    struct harness *harness = two_nodes();
    struct tov_node *node = harness_node(harness, KK);
    size_t size = 0;
    write_many(harness, 0, 30);
    send_asking(harness, "cases", 1001);
    harness_run(harness);
    UNIT_EQUAL_INT(next_reply(harness, &size), 1001);
    tov_node_core(node)->next_event++;
    CU_ASSERT(tov_node_wants_turn(node));
    tov_node_turn(node);
    CU_ASSERT(!tov_node_wants_turn(node));
    harness_advance(harness, 3000);
    CU_ASSERT(!tov_node_wants_turn(node));
    UNIT_EQUAL_INT(harness_logged(harness, KK, "book-not-read"), 1);
    tov_node_core(node)->next_event--;
    write_many(harness, 30, 31);
    UNIT_EQUAL_INT(messages_listed(harness), 31);
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

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_question_waits_for_the_book_and_others_are_answered_meanwhile),
        UNIT_TEST(a_client_that_went_is_not_waited_for),
        UNIT_TEST(what_comes_while_others_wait_waits_behind_them),
        UNIT_TEST(what_one_connection_may_send_may_wait_and_no_more_of_a_key),
        UNIT_TEST(a_full_batch_is_committed_before_more_is_read),
        UNIT_TEST(a_node_that_is_to_end_reads_no_further),
        UNIT_TEST(a_book_that_cannot_be_read_on_is_tried_once_a_tick),
        UNIT_TEST(a_front_that_was_started_again_gets_no_old_answers),
        UNIT_TEST(a_step_waits_for_the_book),
    };
    return unit_run("core_book_wait", tests, sizeof tests / sizeof tests[0]);
}
