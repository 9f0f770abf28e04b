/* SPDX-License-Identifier: EUPL-1.2
 *
 * The JSON of docs/libtov.md: the draft that stands there is read and has what a message needs, and
 * the message, the affairs and the affair that stand there have the keys of what the library
 * writes, no more and no fewer. Not for: its pieces of C and its tables (tests/lint/documents.sh).
 */
#include "fake_front.h"

#include <stdlib.h>
#include <string.h>

#define DOCUMENT "docs/libtov.md"
#define DOCUMENT_MAX 131072u

/* The piece of JSON number NUMBER (from 0); free() it. */
static char *piece(unsigned number)
{
    static const char begin[] = "\n```json\n", end[] = "\n```\n";
    char *text = calloc(1, DOCUMENT_MAX);
    FILE *file = fopen(DOCUMENT, "r");
    UNIT_NEED(text != NULL && file != NULL);
    UNIT_NEED(fread(text, 1, DOCUMENT_MAX - 1, file) > 0);
    (void)fclose(file);
    const char *at = strstr(text, begin);
    for (unsigned i = 0; i < number && at != NULL; i++)
        at = strstr(at + 1, begin);
    UNIT_NEED(at != NULL);
    at += sizeof begin - 1;
    const char *stop = strstr(at, end);
    UNIT_NEED(stop != NULL);
    char *found = strndup(at, (size_t)(stop - at));
    free(text);
    UNIT_NEED(found != NULL);
    return found;
}

static void the_draft_of_the_document_is_read_and_nothing_is_missing(void)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error = {0};
    int is_refused = 1;
    char *json = piece(0);
    enum tov_err err = tov_message_draft_from_json(json, &draft, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s: %s\n", DOCUMENT, error.text);
    UNIT_NEED(err == TOV_OK);
    UNIT_OK(tov_message_draft_check(draft, &is_refused, NULL));
    UNIT_EQUAL_INT(is_refused, 0);
    tov_message_draft_destroy(draft);
    free(json);
}

/* ---- a message that has all that JSON can tell ---- */

static struct tov_record open_in(struct tov_record record, const char *name)
{
    struct tov_record made;
    UNIT_NEED(tov_record_open(record, name, &made) == TOV_OK);
    return made;
}

static const uint8_t thing_ref[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* A thing and a task, as both answers have them. */
static void put_thing_and_task(struct tov_record body)
{
    struct tov_record thing = open_in(body, "things"), task = open_in(body, "tasks");
    put_number(thing, "machine", 7);
    put_bytes(thing, "thing_ref", TOV_BYTES_OF(thing_ref));
    put_text(thing, "state", "planlagt");
    put_number(thing, "since_ms", 1625486400000u);
    put_text(task, "deadline", "R-3m");
    put_number(task, "state", 1);
    put_bytes(task, "thing_ref", TOV_BYTES_OF(thing_ref));
    UNIT_OK(tov_record_put_date(task, "due", (struct tov_date){2021, 6, 28}));
    UNIT_OK(tov_record_put_date(task, "release", (struct tov_date){2021, 9, 28}));
    put_number(task, "late_from_ms", 1625486400000u);
    put_number(task, "opened_ms", 1625486400000u);
    put_number(open_in(task, "owner"), "agency", 3);
    put_number(open_in(task, "owed"), "agency", 1);
}

static void put_affair(struct tov_record cases)
{
    struct tov_record affair = open_in(cases, "affairs");
    put_number(cases, "total", 1);
    put_number(affair, "number", 1);
    put_thing_and_task(affair);
}

static void put_case(struct tov_record read)
{
    struct tov_record message = open_in(read, "messages");
    put_number(read, "number", 1);
    put_thing_and_task(read);
    put_summary(open_in(message, "summary"), 1);
    put_number(message, "effective_ms", 1625486400000u);
    struct tov_record judgement = open_in(message, "judgements");
    put_number(judgement, "machine", 7);
    put_number(judgement, "verdict", 1);
    put_bytes(judgement, "thing_ref", TOV_BYTES_OF(thing_ref));
    struct tov_record party = open_in(read, "parties"), expected = open_in(read, "expected");
    put_bytes(party, "case_ref", TOV_BYTES_OF(thing_ref));
    put_number(party, "from_ms", 1625486400000u);
    put_number(expected, "machine", 7);
    put_bytes(expected, "thing_ref", TOV_BYTES_OF(thing_ref));
}

static void answer_cases(struct fake_front *front, const char *name)
{
    struct tov_record body;
    struct tov_record reply = front_reply(front_request_id(front), name, &body);
    put_text(body, "unit", "kk/vink");
    if (strcmp(name, "cases") == 0)
        put_affair(body);
    else
        put_case(body);
    front_send(front, &reply);
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct tov_record get, summary, part;
    (void)body;
    (void)arg;
    if (strcmp(name, "cases") == 0 || strcmp(name, "case_read") == 0) {
        answer_cases(front, name);
        return true;
    }
    if (strcmp(name, "get") != 0)
        return false;
    struct tov_record reply = front_reply(front_request_id(front), "get", &get);
    UNIT_NEED(tov_record_open(get, "summary", &summary) == TOV_OK);
    put_summary(summary, 5);
    UNIT_NEED(tov_record_open(summary, "deliveries", &part) == TOV_OK);
    put_number(part, "agency", 2);
    put_text(part, "agency_name", "kbh-pol");
    put_number(part, "received_ms", 1625486400000u);
    put_number(summary, "recorded_ms", 1625486400000u);
    put_number(summary, "erasable_ms", 1628028000000u);
    put_content(get, "content", "Vi tales ved.");
    UNIT_NEED(tov_record_open(get, "record", &part) == TOV_OK);
    put_text(part, "record", "2021-0017");
    put_text(part, "by", "mette");
    UNIT_NEED(tov_record_open(get, "attachments", &part) == TOV_OK);
    put_number(part, "part", 2);
    front_send(front, &reply);
    return true;
}

static json_t *written_message(void)
{
    struct fake_front *front = front_start(play, NULL);
    struct tov_client *client = front_client(front);
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_message_view *view = NULL;
    char *text = NULL;
    options.number = 5;
    UNIT_NEED(tov_message_get(client, &options, &view, NULL) == TOV_OK);
    UNIT_NEED(tov_message_view_to_json(view, &text, NULL) == TOV_OK);
    json_t *json = json_loads(text, 0, NULL);
    UNIT_NEED(json != NULL);
    tov_free(text);
    tov_message_view_destroy(view);
    tov_client_close(client);
    front_end(front);
    return json;
}

/* What the library writes of affairs (NUMBER 0), or of one affair. */
static json_t *written_affairs(uint64_t number)
{
    struct fake_front *front = front_start(play, NULL);
    struct tov_client *client = front_client(front);
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    struct tov_case_options one_options = TOV_CASE_OPTIONS_INIT;
    struct tov_cases *cases = NULL;
    struct tov_case *one = NULL;
    char *text = NULL;
    one_options.number = number;
    if (number == 0) {
        UNIT_NEED(tov_cases_get(client, &options, &cases, NULL) == TOV_OK);
        UNIT_NEED(tov_cases_to_json(cases, &text, NULL) == TOV_OK);
    } else {
        UNIT_NEED(tov_case_get(client, &one_options, &one, NULL) == TOV_OK);
        UNIT_NEED(tov_case_to_json(one, &text, NULL) == TOV_OK);
    }
    json_t *json = json_loads(text, 0, NULL);
    UNIT_NEED(json != NULL);
    tov_free(text);
    tov_cases_destroy(cases);
    tov_case_destroy(one);
    tov_client_close(client);
    front_end(front);
    return json;
}

static bool is_same_kind(const json_t *a, const json_t *b)
{
    return json_typeof(a) == json_typeof(b) || (json_is_boolean(a) && json_is_boolean(b));
}

/* Each key of A is in B and its value of the same kind, down to the leaves; WHERE lacks it. */
static void expect_keys(json_t *a, json_t *b, const char *where)
{
    const char *key;
    json_t *value;
    json_object_foreach(a, key, value)
    {
        json_t *other = json_object_get(b, key);
        if (other == NULL || !is_same_kind(value, other))
            (void)fprintf(stderr, "\"%s\": not, or of another kind, in %s\n", key, where);
        CU_ASSERT(other != NULL && is_same_kind(value, other));
        if (json_is_object(value))
            expect_keys(value, other, where);
        else if (json_is_array(value))
            expect_keys(json_array_get(value, 0), json_array_get(other, 0), where);
    }
}

static void the_message_of_the_document_has_the_keys_that_are_written(void)
{
    char *text = piece(1);
    json_t *told = json_loads(text, 0, NULL);
    json_t *written = written_message();
    UNIT_NEED(told != NULL);
    expect_keys(json_object_get(written, "message"), json_object_get(told, "message"), DOCUMENT);
    expect_keys(json_object_get(told, "message"), json_object_get(written, "message"),
                "what the library writes");
    CU_ASSERT(json_is_object(json_object_get(told, "header")));
    CU_ASSERT(json_is_object(json_object_get(told, "content")));
    UNIT_EQUAL_INT(json_object_size(told), json_object_size(written));
    json_decref(told);
    json_decref(written);
    free(text);
}

static void the_message_of_the_document_is_read_back_as_a_draft(void)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error = {0};
    char *json = piece(1);
    enum tov_err err = tov_message_draft_from_json(json, &draft, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s: %s\n", DOCUMENT, error.text);
    UNIT_EQUAL_INT(err, TOV_OK);
    tov_message_draft_destroy(draft);
    free(json);
}

static void the_affairs_of_the_document_have_the_keys_that_are_written(void)
{
    char *text = piece(2);
    json_t *told = json_loads(text, 0, NULL);
    json_t *written = written_affairs(0);
    UNIT_NEED(told != NULL);
    expect_keys(written, told, DOCUMENT);
    expect_keys(told, written, "what the library writes");
    json_decref(told);
    json_decref(written);
    free(text);
}

/* The document shows what an affair has beside what a list has, and a message in short. */
static void the_affair_of_the_document_has_the_keys_that_are_written(void)
{
    static const char *const as_in_lists[] = {"unit",          "number",      "things", "tasks",
                                              "message_count", "last_number", "unread"};
    char *text = piece(3);
    json_t *told = json_loads(text, 0, NULL);
    json_t *written = written_affairs(1);
    UNIT_NEED(told != NULL);
    expect_keys(told, written, "what the library writes");
    for (size_t i = 0; i < sizeof as_in_lists / sizeof as_in_lists[0]; i++)
        UNIT_EQUAL_INT(json_object_del(written, as_in_lists[i]), 0);
    json_t *message = json_array_get(json_object_get(written, "messages"), 0);
    UNIT_EQUAL_INT(json_object_del(message, "message"), 0);
    UNIT_EQUAL_INT(json_object_del(message, "header"), 0);
    expect_keys(written, told, DOCUMENT);
    json_decref(told);
    json_decref(written);
    free(text);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_draft_of_the_document_is_read_and_nothing_is_missing),
        UNIT_TEST(the_message_of_the_document_has_the_keys_that_are_written),
        UNIT_TEST(the_message_of_the_document_is_read_back_as_a_draft),
        UNIT_TEST(the_affairs_of_the_document_have_the_keys_that_are_written),
        UNIT_TEST(the_affair_of_the_document_has_the_keys_that_are_written),
    };
    return unit_run("lib doc", tests, sizeof tests / sizeof tests[0]);
}
