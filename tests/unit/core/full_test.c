/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node whose disk is full to the last byte: it stays, answers what needs no commit, refuses what
 * does, acknowledges nothing (I2), and goes on by itself with what waited, once (I3).
 * Not for: real disks (tests/federation/test_federation_full.c, tests/fault/store).
 */
#include "desk_ask.h"

#include "base/cleanup.h"
#include "ledger/small_file.h"
#include "ledger/vault.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

#define KK 0u
#define POLICE 1u
#define TICK_MS 1000u
#define LONG_MS 60000u
#define DAY_MS 86400000ull

static const struct saying from_anna = {.by = &anna,
                                        .type = "msg.note",
                                        .from = "kk/vink",
                                        .to = "kbh-pol/dks",
                                        .bases = "RPL115-2/1-1",
                                        .fields = "about.case_ref=" CASE};
static const struct saying from_bo = {.by = &bo,
                                      .type = "msg.note",
                                      .from = "kbh-pol/dks",
                                      .to = "kk/vink",
                                      .bases = "RPL115-1-1",
                                      .fields = "about.case_ref=" CASE};

/* ---- asking ---- */

static struct tov_record about(const char *name, uint64_t number)
{
    struct tov_record body;
    struct tov_record request = request_of(name, &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    return request;
}

/* To anna, without waiting for an answer; REQUEST ends here. */
static void send(struct harness *harness, struct tov_record request, uint64_t id)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_OK(tov_record_put_number(request, "id", id));
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    harness_send(harness, &anna, tov_buf_view(&frame));
    harness_run(harness);
    tov_record_destroy(&request);
}

/* The answer to anna that waits; false: there is none. */
static bool take(struct harness *harness, struct tov_record *out_reply)
{
    uint8_t *bytes;
    size_t size;
    if (!harness_take(harness, &anna, &bytes, &size))
        return false;
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, out_reply, NULL) == TOV_OK);
    free(bytes);
    return true;
}

static void check_no_answer(struct harness *harness)
{
    struct tov_record reply = {0};
    bool has = take(harness, &reply);
    tov_record_destroy(&reply);
    CU_ASSERT(!has);
}

/* What waits for anna is the answer to ID, without an error. */
static void check_answer(struct harness *harness, uint64_t id)
{
    struct tov_record reply = {0};
    UNIT_NEED(take(harness, &reply));
    UNIT_EQUAL_INT(tov_record_number(reply, "id"), id);
    UNIT_EQUAL_INT(error_of(reply), TOV_OK);
    tov_record_destroy(&reply);
}

static void check_status(struct harness *harness, const char *state, const char *words)
{
    struct tov_record body;
    struct tov_record reply = answer_to(harness, &anna, request_of("status", &body));
    struct tov_record status = body_of(reply, "status");
    struct tov_bytes sentence = tov_record_bytes(status, "sentence_en");
    CU_ASSERT(is_text(tov_record_bytes(status, "state"), state));
    CU_ASSERT(words == NULL ? sentence.size == 0
                            : sentence.size > 0 && memmem(sentence.data, sentence.size, words,
                                                          strlen(words)) != NULL);
    tov_record_destroy(&reply);
}

static uint64_t error_about(struct harness *harness, const char *name, uint64_t number)
{
    return error_to(harness, &anna, about(name, number));
}

static uint64_t count_in(struct harness *harness, const struct harness_client *client,
                         const char *box)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_enum(body, "box", box));
    struct tov_record reply = answer_to(harness, client, request);
    uint64_t count = tov_record_count(body_of(reply, "list"), "messages");
    tov_record_destroy(&reply);
    return count;
}

/* ---- a disk that fills ---- */

/* Anna opens message NUMBER, as request ID: the access entry finds no room. */
static void fill(struct harness *harness, uint64_t number, uint64_t id)
{
    harness_fill_disk(harness, KK, true);
    send(harness, about("get", number), id);
    check_no_answer(harness);
    CU_ASSERT(tov_node_core(harness_node(harness, KK))->waits_for_room);
}

static void give_room(struct harness *harness)
{
    harness_fill_disk(harness, KK, false);
    harness_advance(harness, TICK_MS);
    CU_ASSERT(!tov_node_core(harness_node(harness, KK))->waits_for_room);
}

static void a_node_on_a_full_disk_stays_and_says_what_is_the_matter(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = say(harness, &from_anna, NULL);
    fill(harness, number, 900);
    harness_advance(harness, LONG_MS);
    CU_ASSERT(!harness_has_ended(harness, KK));
    check_status(harness, "read-only", "disk is full");
    UNIT_EQUAL_INT(count_in(harness, &anna, "out"), 1);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "disk-is-full"), 1);
    give_room(harness);
    check_answer(harness, 900); /* what waited is answered */
    UNIT_EQUAL_INT(harness_logged(harness, KK, "disk-has-room"), 1);
    check_status(harness, "serving", NULL);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_OK);
    UNIT_EQUAL_INT(error_to(harness, &anna, submit_of(harness, &from_anna)), TOV_OK);
    harness_destroy(harness);
}

static void nothing_is_begun_that_waits_behind_the_commit(void)
{
    struct harness *harness = three_nodes();
    struct tov_record body;
    uint64_t number = say(harness, &from_anna, NULL);
    fill(harness, number, 900);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_E_FULL);
    UNIT_EQUAL_INT(error_about(harness, "trace", number), TOV_E_FULL);
    UNIT_EQUAL_INT(error_to(harness, &anna, submit_of(harness, &from_anna)), TOV_E_FULL);
    struct tov_record request = request_of("acknowledge", &body);
    UNIT_OK(tov_record_put_text(body, "name", "journal"));
    UNIT_OK(tov_record_put_number(body, "number", 1));
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_FULL);
    request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "name", "Prøvesen"));
    UNIT_OK(tov_record_put_text(body, "reason", "Borgeren har ringet til os"));
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_FULL);
    const struct tov_core *core = tov_node_core(harness_node(harness, KK));
    UNIT_EQUAL_INT(tov_store_batch_bytes(core->open->batch), 0);
    harness_destroy(harness);
}

/* ---- a month that begins ---- */

/* A node on a full disk in a month whose keys it has not made: they are in a file. It was three
 * days too early for them while there was room. */
static struct harness *in_a_month_without_keys(void)
{
    struct harness *harness = three_nodes();
    (void)say(harness, &from_anna, NULL);
    harness_skip(harness, 28 * DAY_MS);
    harness_advance(harness, LONG_MS);
    harness_fill_disk(harness, KK, true);
    harness_skip(harness, 6 * DAY_MS);
    return harness;
}

static void what_needs_a_months_keys_is_refused_whole_where_they_find_no_room(void)
{
    struct harness *harness = in_a_month_without_keys();
    const struct tov_core *core = tov_node_core(harness_node(harness, KK));
    uint64_t journal = tov_ledger_size(core->journal), ledger = tov_ledger_size(core->ledger);
    UNIT_EQUAL_INT(error_to(harness, &anna, submit_of(harness, &from_anna)), TOV_E_FULL);
    UNIT_EQUAL_INT(error_about(harness, "trace", 1), TOV_E_FULL);
    check_status(harness, "read-only", "disk is full");
    UNIT_EQUAL_INT(tov_ledger_size(core->journal), journal);
    UNIT_EQUAL_INT(tov_ledger_size(core->ledger), ledger);
    UNIT_EQUAL_INT(tov_store_batch_bytes(core->open->batch), 0);
    harness_advance(harness, LONG_MS);
    CU_ASSERT(!harness_has_ended(harness, KK));
    UNIT_EQUAL_INT(harness_logged(harness, KK, "disk-is-full"), 1);
    give_room(harness);
    UNIT_EQUAL_INT(harness_logged(harness, KK, "disk-has-room"), 1);
    uint64_t number = say(harness, &from_anna, NULL);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_OK);
    harness_destroy(harness);
}

static void a_peers_first_message_of_a_month_waits_where_its_keys_find_no_room(void)
{
    struct harness *harness = in_a_month_without_keys();
    (void)say(harness, &from_bo, NULL);
    harness_advance(harness, LONG_MS);
    CU_ASSERT(!harness_has_ended(harness, KK));
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 0);
    give_room(harness);
    harness_advance(harness, LONG_MS);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 1);
    check_status(harness, "serving", NULL);
    harness_destroy(harness);
}

/* It was there at the end of the month before, and had room then. */
static void a_month_that_begins_on_a_full_disk_has_its_keys(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = say(harness, &from_anna, NULL);
    harness_advance(harness, TICK_MS);
    harness_fill_disk(harness, KK, true);
    harness_skip(harness, 4 * DAY_MS);
    send(harness, about("get", number), 900);
    (void)say(harness, &from_bo, NULL);
    check_no_answer(harness); /* it waits for the commit, and was not refused */
    CU_ASSERT(!harness_has_ended(harness, KK));
    give_room(harness);
    harness_advance(harness, LONG_MS);
    check_answer(harness, 900);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 1);
    harness_destroy(harness);
}

/* Nobody has written before, of all classes there are none. */
static void what_comes_first_of_all_needs_no_file(void)
{
    struct harness *harness = three_nodes();
    harness_fill_disk(harness, KK, true);
    (void)say(harness, &from_bo, NULL);
    CU_ASSERT(!harness_has_ended(harness, KK));
    give_room(harness);
    harness_advance(harness, LONG_MS);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 1);
    harness_destroy(harness);
}

static void set_clock(struct harness *harness, int64_t days)
{
    const struct tov_core *core = tov_node_core(harness_node(harness, KK));
    uint64_t now_ms = harness_now_ms(harness) + (uint64_t)(days * (int64_t)DAY_MS);
    tov_node_set_time(harness_node(harness, KK), now_ms, core->mono_ms);
}

/* Whatever comes first there: what it reads, or what a peer writes. */
static void a_clock_that_jumps_finds_keys_wherever_it_is(void)
{
    static const int64_t days[] = {40, -40, 0, 3650, -3650, 40, 0};
    struct harness *harness = three_nodes();
    uint64_t number = say(harness, &from_anna, NULL);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        set_clock(harness, days[i]);
        UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_OK);
        set_clock(harness, days[i] + 32);
        (void)say(harness, &from_bo, NULL);
        CU_ASSERT(!harness_has_ended(harness, KK));
    }
    set_clock(harness, 0);
    harness_advance(harness, LONG_MS);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), sizeof days / sizeof days[0]);
    check_status(harness, "serving", NULL);
    harness_destroy(harness);
}

/* It needs no room for what it has. */
static void a_clock_that_comes_back_from_a_month_without_keys_uses_those_it_has(void)
{
    struct harness *harness = three_nodes();
    const struct tov_core *core = tov_node_core(harness_node(harness, KK));
    uint64_t number = say(harness, &from_anna, NULL);
    harness_fill_disk(harness, KK, true);
    set_clock(harness, 40);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_E_FULL);
    set_clock(harness, 0);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_E_FULL); /* it has not looked yet */
    tov_node_on_tick(harness_node(harness, KK));
    CU_ASSERT(!core->waits_for_room);
    send(harness, about("get", number), 900);
    check_no_answer(harness); /* now it waits for the commit */
    CU_ASSERT(core->waits_for_room && !harness_has_ended(harness, KK));
    give_room(harness);
    check_answer(harness, 900);
    harness_destroy(harness);
}

/* It was begun in the month before; what comes behind it needs the keys of this one. */
static void a_commit_that_ends_in_a_month_without_keys_lets_nothing_in(void)
{
    struct harness *harness = three_nodes();
    const struct tov_core *core = tov_node_core(harness_node(harness, KK));
    uint64_t number = say(harness, &from_anna, NULL);
    harness_hold_commits(harness, KK, true);
    send(harness, about("get", number), 900);
    harness_fill_disk(harness, KK, true);
    harness_skip(harness, 40 * DAY_MS);
    CU_ASSERT(core->waits_for_room);
    harness_fill_disk(harness, KK, false);
    harness_hold_commits(harness, KK, false);
    harness_run(harness);
    check_answer(harness, 900);
    CU_ASSERT(core->waits_for_room);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_E_FULL);
    (void)say(harness, &from_bo, NULL);
    harness_advance(harness, LONG_MS);
    CU_ASSERT(!core->waits_for_room && !harness_has_ended(harness, KK));
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 1);
    harness_destroy(harness);
}

/* Where the gate was forgotten: nothing is stored under keys that are made amid it. */
static void what_would_be_stored_without_a_months_keys_ends_the_core(void)
{
    struct harness *harness = three_nodes();
    struct tov_core *core = tov_node_core(harness_node(harness, KK));
    static const struct tov_message_keys keys;
    static const struct tov_hash leaf;
    uint8_t row[TOV_DATAKEY_ROW_BYTES];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf before = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf after = TOV_BUF_INIT(TOV_VAULT_FILE_MAX_BYTES);
    struct tov_bytes was, is;
    harness_let_fail(harness, true);
    UNIT_NEED(tov_small_file_load(core, TOV_VAULT_FILE, &before, &was, NULL) == TOV_OK);
    UNIT_OK(tov_vault_wrap(core, 3, &leaf, &keys, row));
    UNIT_EQUAL_INT(core->failed, TOV_OK);
    core->now_ms += 40 * DAY_MS;
    UNIT_EQUAL_INT(tov_vault_wrap(core, 3, &leaf, &keys, row), TOV_E_INTERNAL);
    UNIT_EQUAL_INT(core->failed, TOV_E_INTERNAL);
    CU_ASSERT(strstr(core->failure.text, "month's keys") != NULL);
    UNIT_NEED(tov_small_file_load(core, TOV_VAULT_FILE, &after, &is, NULL) == TOV_OK);
    UNIT_EQUAL_BYTES(is, was);
    harness_destroy(harness);
}

/* It writes as soon as it serves: so it serves when it has them. */
static void a_node_that_begins_in_a_month_without_keys_stays_and_goes_on(void)
{
    struct harness *harness = in_a_month_without_keys();
    harness_restart(harness, KK);
    (void)say(harness, &from_bo, NULL);
    harness_advance(harness, LONG_MS);
    CU_ASSERT(!harness_has_ended(harness, KK));
    UNIT_EQUAL_INT(tov_node_state(harness_node(harness, KK)), TOV_NODE_KEEPERS);
    give_room(harness);
    harness_advance(harness, LONG_MS);
    check_status(harness, "serving", NULL);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 1);
    harness_destroy(harness);
}

/* ---- what waits ---- */

static struct harness *with_a_message(void)
{
    struct harness *harness = three_nodes();
    (void)say(harness, &from_anna, NULL);
    return harness;
}

static struct tov_record submission(struct harness *harness)
{
    struct tov_record body = {0};
    struct tov_record request = submit_of(harness, &from_anna);
    UNIT_NEED(tov_record_child(request, "submit", 0, &body));
    tov_record_clear(body, "idempotency_key");
    UNIT_OK(
        tov_record_put_bytes(body, "idempotency_key", tov_bytes_of_text("one key for both times")));
    return request;
}

/* I2, I3: nobody is told of it, not even that it was refused, for it may be durable yet. */
static void a_message_that_waits_is_acknowledged_once_it_is_durable_and_is_there_once(void)
{
    struct harness *harness = with_a_message();
    harness_fill_disk(harness, KK, true);
    send(harness, submission(harness), 900);
    check_no_answer(harness);
    UNIT_EQUAL_INT(error_to(harness, &anna, submission(harness)), TOV_E_TIMEOUT);
    harness_advance(harness, LONG_MS);
    check_no_answer(harness);
    UNIT_EQUAL_INT(count_in(harness, &anna, "out"), 1);
    UNIT_EQUAL_INT(count_in(harness, &bo, "in"), 1);
    give_room(harness);
    check_answer(harness, 900);
    UNIT_EQUAL_INT(error_to(harness, &anna, submission(harness)), TOV_OK);
    UNIT_EQUAL_INT(count_in(harness, &anna, "out"), 2);
    UNIT_EQUAL_INT(count_in(harness, &bo, "in"), 2);
    harness_destroy(harness);
}

static void a_message_that_waited_when_the_power_went_is_not_there(void)
{
    struct harness *harness = with_a_message();
    harness_fill_disk(harness, KK, true);
    send(harness, submission(harness), 900);
    harness_restart(harness, KK);
    harness_advance(harness, LONG_MS);
    CU_ASSERT(!harness_has_ended(harness, KK));
    UNIT_EQUAL_INT(count_in(harness, &anna, "out"), 1);
    harness_fill_disk(harness, KK, false);
    harness_advance(harness, LONG_MS);
    UNIT_EQUAL_INT(error_to(harness, &anna, submission(harness)), TOV_OK);
    UNIT_EQUAL_INT(count_in(harness, &bo, "in"), 2);
    harness_destroy(harness);
}

static void what_peers_send_is_not_taken_before_there_is_room(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = say(harness, &from_anna, NULL);
    fill(harness, number, 900);
    const struct tov_core *core = tov_node_core(harness_node(harness, KK));
    for (unsigned i = 0; i < 3; i++)
        (void)say(harness, &from_bo, NULL);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 0);
    UNIT_EQUAL_INT(tov_store_batch_bytes(core->open->batch), 0);
    give_room(harness);
    harness_advance(harness, LONG_MS);
    check_answer(harness, 900);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 3);
    check_status(harness, "serving", NULL);
    harness_destroy(harness);
}

/* ---- beginning and ending ---- */

static void a_node_that_begins_on_a_full_disk_stays_and_goes_on_when_there_is_room(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = say(harness, &from_anna, NULL);
    harness_fill_disk(harness, KK, true);
    harness_set_machine(harness, KK, 7); /* it has something to write at once */
    harness_restart(harness, KK);
    (void)say(harness, &from_bo, NULL);
    harness_advance(harness, LONG_MS);
    CU_ASSERT(!harness_has_ended(harness, KK));
    check_status(harness, "read-only", "disk is full");
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_E_FULL);
    give_room(harness);
    harness_advance(harness, LONG_MS);
    check_status(harness, "serving", NULL);
    UNIT_EQUAL_INT(count_in(harness, &anna, "in"), 1);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_OK);
    harness_destroy(harness);
}

static void a_node_that_waits_for_room_ends_when_it_is_told_to(void)
{
    struct harness *harness = three_nodes();
    fill(harness, say(harness, &from_anna, NULL), 900);
    harness_let_fail(harness, true);
    tov_node_stop(harness_node(harness, KK));
    UNIT_EQUAL_INT(tov_node_failed(harness_node(harness, KK), NULL), TOV_E_FULL);
    harness_destroy(harness);
}

static void a_commit_that_finds_no_room_when_the_node_is_to_end_ends_it(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = say(harness, &from_anna, NULL);
    UNIT_EQUAL_INT(error_about(harness, "get", number), TOV_OK);
    harness_let_fail(harness, true);
    harness_fill_disk(harness, KK, true);
    tov_node_stop(harness_node(harness, KK));
    send(harness, about("get", number), 900);
    UNIT_EQUAL_INT(tov_node_failed(harness_node(harness, KK), NULL), TOV_E_FULL);
    check_no_answer(harness);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_node_on_a_full_disk_stays_and_says_what_is_the_matter),
        UNIT_TEST(nothing_is_begun_that_waits_behind_the_commit),
        UNIT_TEST(what_needs_a_months_keys_is_refused_whole_where_they_find_no_room),
        UNIT_TEST(a_peers_first_message_of_a_month_waits_where_its_keys_find_no_room),
        UNIT_TEST(a_month_that_begins_on_a_full_disk_has_its_keys),
        UNIT_TEST(what_comes_first_of_all_needs_no_file),
        UNIT_TEST(a_clock_that_jumps_finds_keys_wherever_it_is),
        UNIT_TEST(a_clock_that_comes_back_from_a_month_without_keys_uses_those_it_has),
        UNIT_TEST(a_commit_that_ends_in_a_month_without_keys_lets_nothing_in),
        UNIT_TEST(what_would_be_stored_without_a_months_keys_ends_the_core),
        UNIT_TEST(a_node_that_begins_in_a_month_without_keys_stays_and_goes_on),
        UNIT_TEST(a_message_that_waits_is_acknowledged_once_it_is_durable_and_is_there_once),
        UNIT_TEST(a_message_that_waited_when_the_power_went_is_not_there),
        UNIT_TEST(what_peers_send_is_not_taken_before_there_is_room),
        UNIT_TEST(a_node_that_begins_on_a_full_disk_stays_and_goes_on_when_there_is_room),
        UNIT_TEST(a_node_that_waits_for_room_ends_when_it_is_told_to),
        UNIT_TEST(a_commit_that_finds_no_room_when_the_node_is_to_end_ends_it),
    };
    return unit_run("core: full disk", tests, sizeof tests / sizeof tests[0]);
}
