/* SPDX-License-Identifier: EUPL-1.2
 *
 * The JSON of docs/libtov.md: the draft that stands there is read and has what a message needs, and
 * the message that stands there has the keys of one that the library writes, no more and no fewer.
 * Not for: its pieces of C and its tables (tests/lint/documents.sh).
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

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    struct tov_record get, summary, part;
    (void)body;
    (void)arg;
    if (strcmp(name, "get") != 0)
        return false;
    struct tov_record reply = front_reply(front_request_id(front), "get", &get);
    UNIT_NEED(tov_record_open(get, "summary", &summary) == TOV_OK);
    put_summary(summary, 5);
    UNIT_NEED(tov_record_open(summary, "deliveries", &part) == TOV_OK);
    put_number(part, "agency", 2);
    put_text(part, "agency_name", "kbh-pol");
    put_number(part, "received_ms", 1625486400000u);
    put_content(get, "content", "Vi tales ved.");
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

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_draft_of_the_document_is_read_and_nothing_is_missing),
        UNIT_TEST(the_message_of_the_document_has_the_keys_that_are_written),
        UNIT_TEST(the_message_of_the_document_is_read_back_as_a_draft),
    };
    return unit_run("lib doc", tests, sizeof tests / sizeof tests[0]);
}
