/* SPDX-License-Identifier: EUPL-1.2
 *
 * What clients are told of a message by a place that it has lost, and of one that is set aside:
 * whole nodes in one process, asked by their clients.
 * Not for: how messages are set aside and appended anew (follow/aside_test.c).
 */
#include "gap_scene.h"

#include "desk_ask.h"

#include "base/cleanup.h"
#include "case/danish_time.h"
#include "ledger/aside.h"
#include "ledger/moved.h"
#include "ledger/vault.h"
#include "node.h"

#include <stdio.h>
#include <string.h>

#define DAY_MS 86400000u

static const struct saying note = {.by = &anna,
                                   .type = "msg.note",
                                   .from = "kk/vink",
                                   .to = "kbh-pol/dks krfo/central",
                                   .bases = "RPL115-2/1-1",
                                   .fields = "about.case_ref=" CASE};
static const struct saying amendment = {.by = &anna,
                                        .type = "msg.amend",
                                        .from = "kk/vink",
                                        .to = "kbh-pol/dks krfo/central",
                                        .bases = "RPL115-2/1-1",
                                        .fields = "target_type=msg.note; about.case_ref=" CASE};

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

/* As if message NUMBER had stood at another leaf in the place of REF once. */
static struct tov_ref move(struct harness *harness, const struct tov_ref *ref, uint64_t number)
{
    struct tov_ref old = *ref;
    old.leaf.bytes[0] ^= 1;
    tov_moved_put(core_of(harness), &old, number);
    harness_advance(harness, 1000);
    return old;
}

static uint64_t error_of_thread(struct harness *harness, const struct tov_ref *thread)
{
    struct tov_record body;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_ref(body, "thread", thread));
    return error_to(harness, &anna, request);
}

static uint64_t error_of_get(struct harness *harness, const struct tov_ref *ref)
{
    struct tov_record body;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_ref(body, "ref", ref));
    return error_to(harness, &anna, request);
}

/* The number of the only answer to THREAD. */
static uint64_t answer_in(struct harness *harness, const struct tov_ref *thread)
{
    struct tov_record body, summary;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_ref(body, "thread", thread));
    struct tov_record reply = answer_to(harness, &anna, request);
    body = body_of(reply, "list");
    UNIT_EQUAL_INT(tov_record_count(body, "messages"), 1);
    bool is_there = tov_record_child(body, "messages", 0, &summary);
    uint64_t number = is_there ? tov_record_number(summary, "number") : 0;
    tov_record_destroy(&reply);
    return number;
}

/* It is shown by it; what answers it by it answers it where it stands now. */
static void a_place_that_a_message_has_lost_still_leads_to_it(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref, old, wrong;
    uint64_t number = say(harness, &note, &ref);
    old = wrong = move(harness, &ref, number);
    wrong.leaf.bytes[1] ^= 1;
    UNIT_OK(error_of_get(harness, &old));
    UNIT_EQUAL_INT(error_of_get(harness, &wrong), TOV_E_NOT_FOUND);
    struct saying saying = amendment;
    saying.answers = saying.cites = &old;
    uint64_t answer = say(harness, &saying, NULL);
    UNIT_EQUAL_INT(answer_in(harness, &old), answer);
    UNIT_EQUAL_INT(answer_in(harness, &ref), answer);
    harness_destroy(harness);
}

static const struct harness_client admin = {0, "admin", 41};

static struct tov_bytes row_at(struct tov_store_read *read, unsigned table, uint64_t index)
{
    struct tov_bytes row;
    UNIT_NEED(tov_store_get(read, table, tov_store_key_u64(index), &row) == TOV_OK);
    return row;
}

static void put_sized(struct tov_buf *out, struct tov_bytes bytes)
{
    tov_buf_put_u32(out, (uint32_t)bytes.size);
    tov_buf_put_bytes(out, bytes);
}

/* A row of the table `aside` (ledger/aside.h). */
struct aside_row {
    uint64_t number, index; /* where it stood */
    uint64_t given_up_ms;
    bool has_key;
};

static void put_row(struct harness *harness, const struct aside_row *aside)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint8_t keys[TOV_DATAKEY_ROW_BYTES];
    UNIT_NEED(tov_store_read_begin(core_of(harness)->store, &read, NULL) == TOV_OK);
    struct tov_bytes key = row_at(read, TOV_TABLE_DATAKEY, aside->index);
    UNIT_NEED(key.size == sizeof keys);
    memcpy(keys, key.data, sizeof keys);
    if (!aside->has_key)
        keys[0] = 0xff; /* of a bucket that is gone */
    tov_buf_put_u64(&row, aside->given_up_ms);
    tov_buf_put_u64(&row, aside->index);
    put_sized(&row, row_at(read, TOV_TABLE_LEAF, aside->index));
    put_sized(&row, row_at(read, TOV_TABLE_BODY, aside->index));
    put_sized(&row, TOV_BYTES_OF(keys));
    tov_store_batch_put_buf(tov_core_batch(core_of(harness)), TOV_TABLE_ASIDE,
                            tov_store_key_u64(aside->number), &row);
}

static void set_aside(struct harness *harness, uint64_t number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_event event;
    UNIT_NEED(tov_store_read_begin(core_of(harness)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    event.index = TOV_ASIDE_INDEX;
    tov_event_replace(core_of(harness), number, &event);
}

static struct tov_event event_of(struct harness *harness, uint64_t number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_event event;
    UNIT_NEED(tov_store_read_begin(core_of(harness)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    return event;
}

/* Message NUMBER is lost, and comes back as one of those do that a restore had lost. */
static void lose_and_bring_back(struct harness *harness, uint64_t number)
{
    struct tov_event event = event_of(harness, number);
    struct tov_event without_tag = event;
    memset(without_tag.tag, 0, sizeof without_tag.tag);
    tov_event_replace(core_of(harness), number, &without_tag);
    harness_advance(harness, 1000);
    harness_restart(harness, 0);
    harness_run(harness);
    (void)tov_event_append(core_of(harness), &event);
    UNIT_OK(tov_follow_note_readable(tov_node_follow(harness_node(harness, 0))));
}

/* I3: not once all has come back and is told, but from the moment on at which this one has. */
static void check_just_come_back(bool is_durable)
{
    struct harness *harness = three_nodes();
    struct tov_record request = submit_of(harness, &note);
    struct tov_record reply = exchange(harness, &anna, request);
    lose_and_bring_back(harness, tov_record_number(body_of(reply, "submit"), "number"));
    tov_record_destroy(&reply);
    if (is_durable)
        harness_run(harness);
    uint64_t size = tov_ledger_size(core_of(harness)->ledger);
    reply = exchange(harness, &anna, request);
    UNIT_EQUAL_INT(error_of(reply), 0);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "submit"), "repeated"), 1);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(harness)->ledger), size);
    tov_record_destroy(&reply);
    tov_record_destroy(&request);
    harness_destroy(harness);
}

static void what_has_just_come_back_is_not_written_again(void)
{
    check_just_come_back(true);
    check_just_come_back(false);
}

/* Who repeats it is not told that it was erased; and nothing is written that names it. */
static void what_is_set_aside_is_neither_erased_nor_named(void)
{
    struct harness *harness = three_nodes();
    struct tov_record request = submit_of(harness, &note);
    struct tov_record reply = exchange(harness, &anna, request);
    struct tov_ref ref;
    UNIT_NEED(tov_record_ref(body_of(reply, "submit"), "ref", 0, &ref));
    uint64_t number = tov_record_number(body_of(reply, "submit"), "number");
    tov_record_destroy(&reply);
    struct tov_ref old = move(harness, &ref, number);
    put_row(harness, &(struct aside_row){number, ref.index, 0, true});
    set_aside(harness, number);
    harness_advance(harness, 1000);
    uint64_t size = tov_ledger_size(core_of(harness)->ledger);
    UNIT_EQUAL_INT(error_to(harness, &anna, request), TOV_E_UNAVAILABLE);
    UNIT_EQUAL_INT(error_of_get(harness, &old), TOV_E_UNAVAILABLE);
    UNIT_EQUAL_INT(error_of_thread(harness, &old), TOV_E_UNAVAILABLE);
    struct saying saying = amendment;
    saying.answers = &old;
    reply = answer_to(harness, &anna, submit_of(harness, &saying));
    UNIT_EQUAL_INT(error_of(reply), TOV_E_NOT_FOUND);
    struct tov_bytes text = tov_record_bytes(reply, "error_text");
    CU_ASSERT(memmem(text.data, text.size, "set aside", 9) != NULL);
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(harness)->ledger), size);
    harness_destroy(harness);
}

/* A message of anna that was set aside, and could not be written again at GIVEN_UP_MS unless that
 * is 0; its number. */
static uint64_t leave_aside(struct harness *harness, uint64_t given_up_ms, bool has_key)
{
    struct tov_ref ref;
    uint64_t number = say(harness, &note, &ref);
    put_row(harness, &(struct aside_row){number, ref.index, given_up_ms, has_key});
    set_aside(harness, number);
    harness_advance(harness, 1000);
    return number;
}

/* The error of CLIENT's request NAME about message NUMBER; TEXT: it says so. */
static uint64_t error_about(struct harness *harness, const struct harness_client *client,
                            const char *name, uint64_t number, const char *text)
{
    struct tov_record body;
    struct tov_record request = request_of(name, &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    if (strcmp(name, "record") == 0)
        UNIT_OK(tov_record_put_text(body, "record", "24-001"));
    if (strcmp(name, "attachment_read") == 0)
        UNIT_OK(tov_record_put_number(body, "part", 2));
    struct tov_record reply = answer_to(harness, client, request);
    struct tov_bytes words = tov_record_bytes(reply, "error_text");
    uint64_t error = error_of(reply);
    CU_ASSERT(memmem(words.data, words.size, text, strlen(text)) != NULL);
    tov_record_destroy(&reply);
    return error;
}

static void who_asks_for_a_message_that_is_set_aside_is_told_what_became_of_it(void)
{
    static const char *const names[] = {"get",        "trace",  "case_read", "attachment_read",
                                        "give_again", "record", NULL};
    struct harness *harness = three_nodes();
    uint64_t number = leave_aside(harness, harness_now_ms(harness), true);
    uint64_t waiting = leave_aside(harness, 0, true);
    uint64_t size = tov_ledger_size(core_of(harness)->journal);
    for (size_t i = 0; names[i] != NULL; i++) {
        UNIT_EQUAL_INT(error_about(harness, &anna, names[i], number, "nobody has it"), TOV_E_ASIDE);
        UNIT_EQUAL_INT(error_about(harness, &sofie, names[i], number, "no such message"),
                       TOV_E_NOT_FOUND); /* of another unit */
        UNIT_EQUAL_INT(error_about(harness, &anna, names[i], waiting, "waits to be written again"),
                       TOV_E_UNAVAILABLE);
        UNIT_EQUAL_INT(error_about(harness, &anna, names[i], waiting + 1, "no such message"),
                       TOV_E_NOT_FOUND);
    }
    UNIT_EQUAL_INT(tov_ledger_size(core_of(harness)->journal), size); /* nobody was shown any */
    harness_destroy(harness);
}

/* Nobody knows whose it is, so everybody may know of it. */
static void one_that_cannot_be_opened_is_told_to_all(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = leave_aside(harness, harness_now_ms(harness), false);
    UNIT_EQUAL_INT(error_about(harness, &anna, "get", number, "nobody has it"), TOV_E_ASIDE);
    UNIT_EQUAL_INT(error_about(harness, &sofie, "get", number, "nobody has it"), TOV_E_ASIDE);
    harness_destroy(harness);
}

/* Each unit is told of its own for a month, by their numbers, and of no other's. */
static void what_could_not_be_written_again_is_told_to_the_unit_that_wrote_it(void)
{
    struct harness *harness = three_nodes();
    char danish[160], english[160], at[TOV_DANISH_TIME_SIZE];
    uint64_t numbers[6];
    uint64_t now_ms = harness_now_ms(harness);
    (void)leave_aside(harness, 0, true);                       /* it may come yet */
    (void)leave_aside(harness, now_ms - 31ull * DAY_MS, true); /* was told long enough */
    expect_sentence(harness, &anna, "", "");
    expect_sentence(harness, &admin, "", "");
    numbers[0] = leave_aside(harness, now_ms, true);
    tov_danish_time_format(now_ms, at);
    (void)snprintf(danish, sizeof danish, "Jeres besked nr. %llu kunne ikke skrives igen %s,",
                   (unsigned long long)numbers[0], at);
    (void)snprintf(english, sizeof english,
                   "Your message no. %llu could not be written again at %s,",
                   (unsigned long long)numbers[0], at);
    expect_sentence(harness, &anna, danish, english);
    expect_sentence(harness, &anna, "kontakt driften for at høre hvorfor.",
                    "call the operator to learn why.");
    expect_sentence(harness, &sofie, "", "");
    expect_sentence(harness, &admin, "(antal: 1)", "nobody has them (1)");
    expect_sentence(harness, &admin, "Loggen nævner numrene", "The log has the numbers");
    numbers[1] = leave_aside(harness, now_ms, true);
    (void)snprintf(danish, sizeof danish, "Jeres beskeder nr. %llu og %llu kunne ikke",
                   (unsigned long long)numbers[0], (unsigned long long)numbers[1]);
    (void)snprintf(english, sizeof english, "Your messages no. %llu and %llu could not",
                   (unsigned long long)numbers[0], (unsigned long long)numbers[1]);
    expect_sentence(harness, &anna, danish, english);
    for (size_t i = 2; i < 6; i++)
        numbers[i] = leave_aside(harness, now_ms, true);
    (void)snprintf(danish, sizeof danish,
                   "Jeres beskeder nr. %llu, %llu, %llu, %llu, %llu og 1 til",
                   (unsigned long long)numbers[0], (unsigned long long)numbers[1],
                   (unsigned long long)numbers[2], (unsigned long long)numbers[3],
                   (unsigned long long)numbers[4]);
    expect_sentence(harness, &anna, danish, " and 1 more could not be written again");
    harness_destroy(harness);
}

/* By two recoveries: the time is the last one's. */
static void what_was_given_up_at_two_times_is_told_with_the_later_one(void)
{
    struct harness *harness = three_nodes();
    char danish[160], english[160], at[TOV_DANISH_TIME_SIZE];
    uint64_t now_ms = harness_now_ms(harness);
    uint64_t older = leave_aside(harness, now_ms - DAY_MS, true);
    uint64_t newer = leave_aside(harness, now_ms, true);
    tov_danish_time_format(now_ms, at);
    (void)snprintf(danish, sizeof danish,
                   "Jeres beskeder nr. %llu og %llu kunne ikke skrives igen %s eller tidligere,",
                   (unsigned long long)older, (unsigned long long)newer, at);
    (void)snprintf(english, sizeof english,
                   "Your messages no. %llu and %llu could not be written again at %s or earlier,",
                   (unsigned long long)older, (unsigned long long)newer, at);
    expect_sentence(harness, &anna, danish, english);
    (void)snprintf(danish, sizeof danish, "skrive dem igen %s eller tidligere:", at);
    (void)snprintf(english, sizeof english, "them again at %s or earlier:", at);
    expect_sentence(harness, &admin, danish, english);
    harness_destroy(harness);
}

static void give_back(struct harness *harness, uint64_t number, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    UNIT_NEED(tov_store_read_begin(core_of(harness)->store, &read, NULL) == TOV_OK);
    UNIT_OK(tov_aside_end(core_of(harness), read, number, index));
}

/* A recipient that was heard late gave it back, in its old place. */
static void what_is_given_back_after_all_is_told_no_more(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    uint64_t number = say(harness, &note, &ref);
    put_row(harness, &(struct aside_row){number, ref.index, harness_now_ms(harness), true});
    set_aside(harness, number);
    harness_advance(harness, 1000);
    expect_sentence(harness, &anna, "Jeres besked nr. ", "Your message no. ");
    expect_sentence(harness, &admin, "(antal: 1)", "nobody has them (1)");
    give_back(harness, number, ref.index);
    harness_advance(harness, 1000);
    expect_sentence(harness, &anna, "", "");
    expect_sentence(harness, &admin, "", "");
    harness_destroy(harness);
}

static void what_nobody_knows_the_unit_of_is_told_to_every_unit(void)
{
    struct harness *harness = three_nodes();
    (void)leave_aside(harness, harness_now_ms(harness), false);
    expect_sentence(harness, &anna, "noden kan ikke se, hvem der skrev dem",
                    "the node cannot see who wrote them");
    expect_sentence(harness, &sofie, "Kontakt driften, som kan se numrene.",
                    "Call the operator, who can see their numbers.");
    (void)leave_aside(harness, harness_now_ms(harness), true);
    expect_sentence(harness, &anna, "Der kan være flere: se i tov outbox.",
                    "There may be more: see tov outbox.");
    expect_sentence(harness, &sofie, "noden kan ikke se, hvem der skrev dem",
                    "the node cannot see who wrote them");
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_has_just_come_back_is_not_written_again),
        UNIT_TEST(a_place_that_a_message_has_lost_still_leads_to_it),
        UNIT_TEST(what_is_set_aside_is_neither_erased_nor_named),
        UNIT_TEST(who_asks_for_a_message_that_is_set_aside_is_told_what_became_of_it),
        UNIT_TEST(one_that_cannot_be_opened_is_told_to_all),
        UNIT_TEST(what_could_not_be_written_again_is_told_to_the_unit_that_wrote_it),
        UNIT_TEST(what_was_given_up_at_two_times_is_told_with_the_later_one),
        UNIT_TEST(what_is_given_back_after_all_is_told_no_more),
        UNIT_TEST(what_nobody_knows_the_unit_of_is_told_to_every_unit),
    };
    return unit_run("core: moved", tests, sizeof tests / sizeof tests[0]);
}
