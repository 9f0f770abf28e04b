/* SPDX-License-Identifier: EUPL-1.2
 *
 * What waits for a person: unread messages and how long they lie, the hand-over to the agency's own
 * record: whole nodes in one process, asked by their clients.
 * Not for: searches (find_test.c); what the command line makes of it (tests of cli).
 */
#include "desk_ask.h"

#include "api/desk.h"
#include "base/cleanup.h"
#include "node.h"

#include <string.h>

#define HOUR_MS 3600000u
#define KRFO 3u
#define DAY_MS 86400000u

static const struct harness_client esdh = {0, "esdh", 21};
static const struct harness_client admin = {0, "admin", 22};

/* ---- asking ---- */

static struct tov_record get(struct harness *harness, const struct harness_client *client,
                             uint64_t number)
{
    struct tov_record body;
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    return answer_to(harness, client, request);
}

/* ---- unread ---- */

static void what_nobody_has_read_is_an_alarm_after_its_time(void)
{
    struct harness *harness = three_nodes();
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t first = newest(harness, &anna);
    send_note_of_krfo(harness, "about.case_ref=" CASE "; priority=akut", NULL);
    uint64_t urgent = newest(harness, &anna);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 2);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late"), 0);
    harness_advance(harness, 2 * HOUR_MS);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late_oldest"), urgent);
    harness_advance(harness, 2 * HOUR_MS);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late"), 2);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late_oldest"), first);
    /* I10: no other unit learns of them, nor does their sender. */
    UNIT_EQUAL_INT(status_number(harness, &eva, "unread_late"), 0);
    UNIT_EQUAL_INT(status_number(harness, &carl, "unread_late"), 0);
    look_at(harness, &anna, first);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late_oldest"), urgent);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 1);
    harness_destroy(harness);
}

static void what_was_answered_unread_is_no_alarm(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    send_note_of_krfo(harness, "about.case_ref=" CASE, &ref);
    say_read(harness, &anna, "kk/vink", "krfo/central", &ref);
    harness_advance(harness, 5 * HOUR_MS);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late"), 0);
    UNIT_EQUAL_INT(status_number(harness, &carl, "unread"), 0); /* an acknowledgement is no news */
    harness_destroy(harness);
}

static void what_a_system_has_fetched_no_person_has_read(void)
{
    struct harness *harness = three_nodes();
    send_note_of_krfo(harness, "about.case_ref=" CASE "; priority=akut", NULL);
    uint64_t number = newest(harness, &anna);
    look_at(harness, &esdh, number);
    harness_advance(harness, 5 * HOUR_MS);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late"), 1);
    look_at(harness, &anna, number);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 0);
    harness_destroy(harness);
}

static void counts_are_the_same_after_a_restart(void)
{
    struct harness *harness = whole_story();
    static const char *const fields[] = {"unread", "unrecorded", "unrecorded_oldest"};
    uint64_t before[3];
    uint64_t unread = status_number(harness, &anna, "unread");
    look_at(harness, &anna, newest(harness, &anna));
    for (size_t i = 0; i < 3; i++)
        before[i] = status_number(harness, &anna, fields[i]);
    CU_ASSERT(before[0] > 0 && before[1] > before[0]);
    UNIT_EQUAL_INT(before[0], unread - 1);
    harness_restart(harness, 0);
    harness_advance(harness, 2000);
    for (size_t i = 0; i < 3; i++)
        UNIT_EQUAL_INT(status_number(harness, &anna, fields[i]), before[i]);
    UNIT_EQUAL_INT(status_number(harness, &anna, "counting"), 0);
    harness_destroy(harness);
}

static const struct tov_client checker = {.name = "checker",
                                          .roles = TOV_ROLE_BIT(TOV_ROLE_AUDITOR)};

static void the_desk_is_read_after_a_restart_before_anybody_asks(void)
{
    struct harness *harness = three_nodes();
    struct desk_count count;
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    harness_restart(harness, 0);
    struct tov_api *api = tov_node_api(harness_node(harness, 0));
    CU_ASSERT(!tov_desk_is_whole(api->desk));
    harness_advance(harness, 2000);
    api = tov_node_api(harness_node(harness, 0));
    CU_ASSERT(tov_desk_is_whole(api->desk));
    tov_desk_count(&(struct api_look){.api = api, .client = &checker}, &count);
    UNIT_EQUAL_INT(count.unread, 1);
    harness_destroy(harness);
}

static void a_row_that_cannot_be_read_takes_the_status_from_nobody(void)
{
    struct harness *harness = three_nodes();
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t bad = newest(harness, &anna);
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_EVENT, tov_store_key_u64(bad),
                        tov_bytes_of_text("?"));
    harness_advance(harness, 2000);
    for (int i = 0; i < 2; i++)
        check_unread(harness, 1, false);
    UNIT_EQUAL_INT(harness_logged(harness, 0, "desk-row-skipped"), 1);
    harness_destroy(harness);
}

static void a_row_that_cannot_be_read_takes_the_list_from_nobody(void)
{
    struct harness *harness = three_nodes();
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    struct tov_record body, summary;
    uint64_t numbers[3];
    send_notes_of_krfo(harness, 3, numbers);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_EVENT, tov_store_key_u64(numbers[1]),
                        tov_bytes_of_text("?"));
    harness_advance(harness, 2000);
    struct tov_record reply = answer_to(harness, &anna, request_of("list", &body));
    body = body_of(reply, "list");
    UNIT_EQUAL_INT(tov_record_count(body, "messages"), 2);
    for (size_t i = 0; i < 2; i++) {
        UNIT_NEED(tov_record_child(body, "messages", i, &summary));
        UNIT_EQUAL_INT(tov_record_number(summary, "number"), numbers[i == 0 ? 2 : 0]);
    }
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(harness_logged(harness, 0, "event-unreadable"), 1);
    harness_destroy(harness);
}

/* ---- undelivered ---- */

/* A note of anna's unit to krfo, which is not connected; its number. */
static uint64_t write_to_who_is_away(struct harness *harness)
{
    harness_set_link(harness, 0, 2, false);
    return say(harness,
               &(struct saying){.by = &anna,
                                .type = "msg.note",
                                .from = "kk/vink",
                                .to = "krfo/central",
                                .bases = "RPL115-2/1-1",
                                .fields = "about.case_ref=" CASE},
               NULL);
}

static void an_undelivered_message_is_named_to_its_own_unit_alone(void)
{
    struct harness *harness = three_nodes();
    uint64_t number = write_to_who_is_away(harness);
    harness_advance(harness, 5 * HOUR_MS);
    UNIT_EQUAL_INT(status_number(harness, &anna, "undelivered"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "undelivered_oldest"), number);
    UNIT_EQUAL_INT(status_number(harness, &eva, "undelivered_oldest"), 0);
    UNIT_EQUAL_INT(status_number(harness, &eva, "undelivered"), 0); /* I10: nor counted */
    UNIT_EQUAL_INT(status_number(harness, &audit, "undelivered"), 1);
    UNIT_EQUAL_INT(status_number(harness, &audit, "undelivered_oldest"), number);
    UNIT_EQUAL_INT(status_number(harness, &admin, "undelivered"), 1);
    UNIT_EQUAL_INT(status_number(harness, &admin, "undelivered_oldest"), 0);
    harness_destroy(harness);
}

static void what_waits_at_another_agency_is_counted_for_its_own_unit_alone(void)
{
    struct harness *harness = three_nodes();
    (void)write_to_who_is_away(harness);
    UNIT_EQUAL_INT(status_number_of(harness, &anna, KRFO, "waiting"), 1);
    UNIT_EQUAL_INT(status_number_of(harness, &anna, KRFO, "links_sent"), 0);
    UNIT_EQUAL_INT(status_number_of(harness, &eva, KRFO, "waiting"), 0);
    UNIT_EQUAL_INT(status_number_of(harness, &audit, KRFO, "waiting"), 1);
    UNIT_EQUAL_INT(status_number_of(harness, &audit, KRFO, "links_sent"), 1);
    harness_set_link(harness, 0, 2, true);
    harness_run(harness);
    UNIT_EQUAL_INT(status_number_of(harness, &anna, KRFO, "waiting"), 0);
    UNIT_EQUAL_INT(status_number_of(harness, &audit, KRFO, "waiting"), 0);
    harness_destroy(harness);
}

/* ---- the own record ---- */

static struct tov_record hand_over(struct harness *harness, const struct harness_client *client,
                                   uint64_t number, const char *record)
{
    struct tov_record body;
    struct tov_record request = request_of("record", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_OK(tov_record_put_text(body, "record", record));
    return answer_to(harness, client, request);
}

static struct tov_record correct(struct harness *harness, uint64_t number, const char *record)
{
    struct tov_record body;
    struct tov_record request = request_of("record", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_OK(tov_record_put_text(body, "record", record));
    UNIT_OK(tov_record_put_number(body, "replace", 1));
    return answer_to(harness, &anna, request);
}

static void a_hand_over_is_an_entry_and_begins_the_time_of_the_copy(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf details = TOV_BUF_INIT(4096);
    struct tov_access_entry entry;
    struct tov_record record, summary = {0};
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t number = newest(harness, &anna);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded_oldest"), number);
    UNIT_EQUAL_INT(status_number(harness, &eva, "unrecorded"), 0); /* I10 */

    struct tov_record reply = hand_over(harness, &anna, number, "2021-0017");
    struct tov_record answer = body_of(reply, "record");
    uint64_t recorded_ms = tov_record_number(answer, "recorded_ms");
    uint64_t erasable_ms = tov_record_number(answer, "erasable_ms");
    UNIT_EQUAL_INT(tov_record_number(answer, "repeated"), 0);
    /* R2: 30 days later, from the beginning of that Danish day. */
    CU_ASSERT(erasable_ms > recorded_ms + 29 * DAY_MS && erasable_ms <= recorded_ms + 30 * DAY_MS);
    tov_record_destroy(&reply);
    UNIT_NEED(newest_entry(harness, TOV_ACCESS_RECORD, &details, &entry));
    CU_ASSERT(is_text(entry.client, "anna") && is_text(entry.reason, "2021-0017"));
    UNIT_EQUAL_INT(entry.number, number);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded"), 0);

    reply = get(harness, &anna, number);
    UNIT_NEED(tov_record_child(body_of(reply, "get"), "record", 0, &record) &&
              tov_record_child(body_of(reply, "get"), "summary", 0, &summary));
    CU_ASSERT(is_text(tov_record_bytes(record, "record"), "2021-0017"));
    CU_ASSERT(is_text(tov_record_bytes(record, "by"), "anna"));
    UNIT_EQUAL_INT(tov_record_number(summary, "erasable_ms"), erasable_ms);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static void a_number_in_the_record_is_one_line_of_at_most_sixty_four_bytes(void)
{
    struct harness *harness = three_nodes();
    static const char *const bad[] = {"", " 2021-1", "2021-1 ", "2021\n1", "2021\t1", "2021\1771"};
    char longest[66];
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t number = newest(harness, &anna);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct tov_record reply = hand_over(harness, &anna, number, bad[i]);
        UNIT_EQUAL_INT(error_of(reply), TOV_E_ARGUMENT);
        tov_record_destroy(&reply);
    }
    memset(longest, '7', sizeof longest);
    longest[65] = '\0';
    struct tov_record reply = hand_over(harness, &anna, number, longest);
    UNIT_EQUAL_INT(error_of(reply), TOV_E_ARGUMENT);
    tov_record_destroy(&reply);
    longest[64] = '\0';
    reply = hand_over(harness, &anna, number, longest);
    UNIT_EQUAL_INT(error_of(reply), TOV_OK);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* I11: what nothing waits for any more takes no room, and the rest is counted as before. */
static void what_is_done_with_leaves_the_desk(void)
{
    struct harness *harness = three_nodes();
    uint64_t numbers[100];
    send_notes_of_krfo(harness, 100, numbers);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 100);
    for (size_t i = 0; i < 80; i++) {
        look_at(harness, &anna, numbers[i]);
        struct tov_record reply = hand_over(harness, &anna, numbers[i], "2021-1");
        UNIT_EQUAL_INT(error_of(reply), TOV_OK);
        tov_record_destroy(&reply);
    }
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 20);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded"), 20);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded_oldest"), numbers[80]);
    look_at(harness, &anna, numbers[80]);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 19);
    harness_destroy(harness);
}

/* Its sender has taken it back: nobody has to answer it. */
static void what_was_taken_back_is_no_alarm(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    send_note_of_krfo(harness, "about.case_ref=" CASE, &ref);
    take_back(harness, &carl, "krfo/central", "kk/vink", &ref);
    look_at(harness, &anna, newest(harness, &anna));
    harness_advance(harness, 5 * HOUR_MS);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 1);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread_late"), 0);
    harness_destroy(harness);
}

static void a_hand_over_said_again_changes_nothing(void)
{
    struct harness *harness = three_nodes();
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t number = newest(harness, &anna);
    struct tov_record reply = hand_over(harness, &anna, number, "2021-0017");
    uint64_t recorded_ms = tov_record_number(body_of(reply, "record"), "recorded_ms");
    tov_record_destroy(&reply);
    harness_restart(harness, 0);
    harness_advance(harness, 60000);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded"), 0);
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    uint64_t size = tov_ledger_size(core->journal);
    reply = hand_over(harness, &anna, number, "2021-0017");
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "record"), "repeated"), 1);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "record"), "recorded_ms"), recorded_ms);
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(tov_ledger_size(core->journal), size);
    reply = hand_over(harness, &anna, number, "2021-0018");
    UNIT_EQUAL_INT(error_of(reply), TOV_E_EXISTS);
    tov_record_destroy(&reply);
    reply = correct(harness, number, "2021-0018");
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "record"), "repeated"), 0);
    tov_record_destroy(&reply);
    reply = hand_over(harness, &anna, number, "2021-0018");
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "record"), "repeated"), 1);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static uint64_t summary_of(struct harness *harness, uint64_t number, const char *field,
                           bool *out_has_entry)
{
    struct tov_record record, summary = {0};
    struct tov_record reply = get(harness, &anna, number);
    UNIT_NEED(tov_record_child(body_of(reply, "get"), "summary", 0, &summary));
    *out_has_entry = tov_record_child(body_of(reply, "get"), "record", 0, &record);
    uint64_t value = tov_record_number(summary, field);
    tov_record_destroy(&reply);
    return value;
}

static void a_corrected_number_moves_no_day_of_erasure(void)
{
    struct harness *harness = three_nodes();
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t number = newest(harness, &anna);
    struct tov_record reply = hand_over(harness, &anna, number, "2021-0017");
    uint64_t erasable_ms = tov_record_number(body_of(reply, "record"), "erasable_ms");
    tov_record_destroy(&reply);
    harness_advance(harness, DAY_MS);
    reply = correct(harness, number, "2021-0018");
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "record"), "erasable_ms"), erasable_ms);
    tov_record_destroy(&reply);
    bool has_entry = false;
    UNIT_EQUAL_INT(summary_of(harness, number, "erasable_ms", &has_entry), erasable_ms);
    CU_ASSERT(has_entry);
    harness_destroy(harness);
}

static void put_record_row(struct harness *harness, uint64_t number, struct tov_bytes row)
{
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_RECORD, tov_store_key_u64(number), row);
    harness_advance(harness, 1000);
}

/* The hand-over of message FROM stands as that of message TO. */
static void mix_up_record_rows(struct harness *harness, uint64_t from, uint64_t to)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf copy = TOV_BUF_INIT(100);
    struct tov_store_read *read = NULL;
    struct tov_bytes row = {0};
    UNIT_NEED(tov_store_read_begin(tov_node_core(harness_node(harness, 0))->store, &read, NULL) ==
              TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_RECORD, tov_store_key_u64(from), &row) == TOV_OK);
    tov_buf_put(&copy, row.data, row.size);
    tov_store_read_end(read);
    put_record_row(harness, to, tov_buf_view(&copy));
}

static void a_hand_over_of_another_message_is_not_shown(void)
{
    struct harness *harness = three_nodes();
    bool has_entry = true;
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t first = newest(harness, &anna);
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t second = newest(harness, &anna);
    struct tov_record reply = correct(harness, first, "2021-0017");
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_destroy(&reply);
    mix_up_record_rows(harness, first, second);
    CU_ASSERT(summary_of(harness, second, "recorded_ms", &has_entry) > 0);
    CU_ASSERT(!has_entry);
    harness_destroy(harness);
}

static void a_damaged_hand_over_is_shown_without_details(void)
{
    struct harness *harness = three_nodes();
    bool has_entry = false;
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t number = newest(harness, &anna);
    /* A row of a later version: longer. The entry that it names is another message's, or none. */
    static const uint64_t entries[] = {1, 1u << 30};
    uint8_t longer[40] = {1};
    for (size_t i = 0; i < 2; i++) {
        tov_put_be64(longer + 1, entries[i]);
        tov_put_be64(longer + 9, 1625486400000u);
        put_record_row(harness, number, TOV_BYTES_OF(longer));
        UNIT_EQUAL_INT(summary_of(harness, number, "recorded_ms", &has_entry), 1625486400000u);
        CU_ASSERT(!has_entry);
    }
    put_record_row(harness, number, tov_bytes_of_text("?"));
    CU_ASSERT(summary_of(harness, number, "recorded_ms", &has_entry) > 0);
    CU_ASSERT(!has_entry);
    UNIT_EQUAL_INT(newest(harness, &anna), number); /* the list goes on */
    struct tov_record reply = correct(harness, number, "2021-0017");
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_destroy(&reply);
    CU_ASSERT(summary_of(harness, number, "recorded_ms", &has_entry) > 0);
    CU_ASSERT(has_entry);
    harness_destroy(harness);
}

static void only_who_may_see_the_content_hands_it_over(void)
{
    struct harness *harness = three_nodes();
    send_note_of_krfo(harness, "about.case_ref=" CASE, NULL);
    uint64_t number = newest(harness, &anna);
    struct tov_record reply = hand_over(harness, &eva, number, "1");
    UNIT_EQUAL_INT(error_of(reply), TOV_E_NOT_FOUND);
    tov_record_destroy(&reply);
    reply = hand_over(harness, &audit, number, "1");
    UNIT_EQUAL_INT(error_of(reply), TOV_E_DENIED);
    tov_record_destroy(&reply);
    reply = hand_over(harness, &anna, number, "two\nlines");
    UNIT_EQUAL_INT(error_of(reply), TOV_E_ARGUMENT);
    tov_record_destroy(&reply);
    reply = hand_over(harness, &esdh, number, "1");
    UNIT_EQUAL_INT(error_of(reply), 0);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static void what_waits_is_listed_oldest_first_and_in_pages(void)
{
    struct harness *harness = three_nodes();
    struct tov_record body, summary;
    uint64_t numbers[3], after = 0;
    send_notes_of_krfo(harness, 3, numbers);
    struct tov_record reply = hand_over(harness, &anna, numbers[1], "1");
    tov_record_destroy(&reply);
    for (size_t i = 0; i < 3; i += 2) {
        struct tov_record request = request_of("list", &body);
        UNIT_OK(tov_record_put_number(body, "unrecorded_only", 1));
        UNIT_OK(tov_record_put_number(body, "limit", 1));
        UNIT_OK(tov_record_put_number(body, "after", after));
        reply = answer_to(harness, &anna, request);
        UNIT_NEED(tov_record_child(body_of(reply, "list"), "messages", 0, &summary));
        UNIT_EQUAL_INT(tov_record_number(summary, "number"), numbers[i]);
        after = tov_record_number(body_of(reply, "list"), "next_before");
        tov_record_destroy(&reply);
    }
    UNIT_EQUAL_INT(after, 0);
    harness_destroy(harness);
}

static void a_backlog_of_the_record_hides_nothing_unread_and_heals(void)
{
    struct harness *harness = three_nodes();
    uint64_t numbers[6];
    tov_desk_limit(tov_node_api(harness_node(harness, 0))->desk, 100, 4);
    send_notes_of_krfo(harness, 6, numbers);
    check_unread(harness, 6, false);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded"), 4);
    UNIT_EQUAL_INT(is_counting_for_the_record(harness), 1);
    for (size_t i = 0; i < 2; i++) {
        struct tov_record reply = hand_over(harness, &anna, numbers[i], "1");
        UNIT_EQUAL_INT(error_of(reply), 0);
        tov_record_destroy(&reply);
        UNIT_EQUAL_INT(status_number(harness, &anna, "unrecorded"), 4);
    }
    UNIT_EQUAL_INT(is_counting_for_the_record(harness), 0);
    UNIT_EQUAL_INT(status_number(harness, &anna, "unread"), 6);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_nobody_has_read_is_an_alarm_after_its_time),
        UNIT_TEST(what_was_answered_unread_is_no_alarm),
        UNIT_TEST(what_a_system_has_fetched_no_person_has_read),
        UNIT_TEST(counts_are_the_same_after_a_restart),
        UNIT_TEST(the_desk_is_read_after_a_restart_before_anybody_asks),
        UNIT_TEST(a_row_that_cannot_be_read_takes_the_status_from_nobody),
        UNIT_TEST(a_row_that_cannot_be_read_takes_the_list_from_nobody),
        UNIT_TEST(a_backlog_of_the_record_hides_nothing_unread_and_heals),
        UNIT_TEST(an_undelivered_message_is_named_to_its_own_unit_alone),
        UNIT_TEST(what_waits_at_another_agency_is_counted_for_its_own_unit_alone),
        UNIT_TEST(a_hand_over_is_an_entry_and_begins_the_time_of_the_copy),
        UNIT_TEST(a_hand_over_said_again_changes_nothing),
        UNIT_TEST(a_corrected_number_moves_no_day_of_erasure),
        UNIT_TEST(a_damaged_hand_over_is_shown_without_details),
        UNIT_TEST(a_hand_over_of_another_message_is_not_shown),
        UNIT_TEST(only_who_may_see_the_content_hands_it_over),
        UNIT_TEST(a_number_in_the_record_is_one_line_of_at_most_sixty_four_bytes),
        UNIT_TEST(what_is_done_with_leaves_the_desk),
        UNIT_TEST(what_was_taken_back_is_no_alarm),
        UNIT_TEST(what_waits_is_listed_oldest_first_and_in_pages),
    };
    return unit_run("core: what waits for a person", tests, sizeof tests / sizeof tests[0]);
}
