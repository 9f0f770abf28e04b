/* SPDX-License-Identifier: EUPL-1.2
 *
 * JSON of drafts, both ways: every type without loss, limits on both sides, and errors that name
 * the key (docs/libtov.md is what is tested here).
 */
#include "draft_fill.h"

#include <tov/tov.h>

#include "base/limits.h"
#include "lib/json.h"
#include "support/unit.h"
#include "wire/payload.h"

#include <stdlib.h>
#include <string.h>

static void json_of_any_type_is_read_back_and_nothing_is_lost(void)
{
    for (size_t i = 0; i < tov_catalogue_count(); i++) {
        const char *type = tov_catalogue_type_id(tov_catalogue_at(i));
        struct tov_message_draft *draft = draft_filled(type);
        struct tov_message_draft *read = NULL;
        struct tov_error error = {.code = TOV_OK};
        char *json = draft_json(draft);
        enum tov_err err = tov_message_draft_from_json(json, &read, &error);
        if (err != TOV_OK)
            (void)fprintf(stderr, "%s: %s\n", type, error.text);
        UNIT_NEED(err == TOV_OK);
        expect_same_draft(draft, read, type);
        char *again = draft_json(read);
        UNIT_EQUAL_TEXT(again, json);
        tov_free(again);
        tov_free(json);
        tov_message_draft_destroy(read);
        tov_message_draft_destroy(draft);
    }
}

static void keys_are_the_fields_that_the_catalogue_names(void)
{
    struct tov_message_draft *draft = NULL;
    UNIT_NEED(tov_message_draft_create("info.response", &draft, NULL) == TOV_OK);
    UNIT_OK(tov_message_draft_set(draft, "fields.complete", "true", NULL));
    UNIT_OK(tov_message_draft_set(draft, "fields.facts.1.fact_date", "2021-07-05", NULL));
    UNIT_OK(tov_message_draft_set(draft, "header.recipients.1.agency", "2", NULL));
    UNIT_OK(tov_message_draft_set(draft, "header.legal_bases", "EGEN", NULL));
    char *json = draft_json(draft);
    json_t *root = json_loads(json, 0, NULL);
    UNIT_NEED(root != NULL);
    const char *date = NULL, *basis = NULL, *type = NULL;
    int complete = 0, agency = 0;
    UNIT_EQUAL_INT(json_unpack(root, "{s:{s:s, s:{s:b}, s:[{s:i}], s:[s]}, s:{s:{s:[{s:s}]}}}",
                               "header", "type", &type, "fields", "complete", &complete,
                               "recipients", "agency", &agency, "legal_bases", &basis, "content",
                               "fields", "facts", "fact_date", &date),
                   0);
    UNIT_EQUAL_TEXT(type, "info.response");
    UNIT_EQUAL_TEXT(date, "2021-07-05");
    UNIT_EQUAL_TEXT(basis, "EGEN");
    UNIT_EQUAL_INT(complete, 1);
    UNIT_EQUAL_INT(agency, 2);
    json_decref(root);
    tov_free(json);
    tov_message_draft_destroy(draft);
}

/* ---- what is refused ---- */

#define NOTE(rest) "{\"header\":{\"type\":\"msg.note\"" rest

static void expect(const char *json, enum tov_err code, const char *named)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error = {.code = TOV_OK};
    enum tov_err err = tov_message_draft_from_json(json, &draft, &error);
    if (err != code || (code != TOV_OK && strstr(error.text, named) == NULL))
        (void)fprintf(stderr, "%.80s: \"%s\" does not say \"%s\"\n", json, error.text, named);
    UNIT_EQUAL_INT(err, code);
    CU_ASSERT(code == TOV_OK || strstr(error.text, named) != NULL);
    UNIT_EQUAL_INT(draft != NULL, code == TOV_OK);
    tov_message_draft_destroy(draft);
}

static void an_unknown_key_is_named(void)
{
    expect(NOTE("}, \"extra\":1}"), TOV_E_SCHEMA, "extra");
    expect(NOTE(",\"fritekst\":\"x\"}}"), TOV_E_SCHEMA, "header.fritekst");
    expect(NOTE(",\"fields\":{\"kin\":\"telefon\"}}}"), TOV_E_SCHEMA, "header.fields.kin");
    expect(NOTE(",\"recipients\":[{},{\"unitt\":\"x\"}]}}"), TOV_E_SCHEMA,
           "header.recipients.2.unitt");
    expect(NOTE("},\"content\":{\"subject\":{\"navn\":\"x\"}}}"), TOV_E_SCHEMA,
           "content.subject.navn");
}

static void a_value_of_another_kind_is_named(void)
{
    expect(NOTE("},\"content\":{\"free_text\":7}}"), TOV_E_SCHEMA, "content.free_text");
    expect(NOTE("},\"content\":{\"free_text\":[\"x\"]}}"), TOV_E_SCHEMA, "content.free_text");
    expect(NOTE("},\"content\":{\"subject\":\"x\"}}"), TOV_E_SCHEMA, "content.subject");
    expect(NOTE("},\"content\":{\"subject\":{\"minor\":\"true\"}}}"), TOV_E_SCHEMA,
           "content.subject.minor");
    expect(NOTE(",\"legal_bases\":\"EGEN\"}}"), TOV_E_SCHEMA, "header.legal_bases");
    expect(NOTE(",\"legal_bases\":[\"EGEN\",null]}}"), TOV_E_SCHEMA, "header.legal_bases.2");
    expect(NOTE(",\"legal_bases\":[\"EGEN\",\"\"]}}"), TOV_E_SCHEMA, "header.legal_bases.2");
    expect(NOTE(",\"occurred_at\":\"i går\"}}"), TOV_E_SCHEMA, "header.occurred_at");
    expect(NOTE(",\"priority\":\"straks\"}}"), TOV_E_SCHEMA, "header.priority");
    expect(NOTE(",\"recipients\":[{\"agency\":-1}]}}"), TOV_E_SCHEMA, "header.recipients.1.agency");
    expect(NOTE(",\"recipients\":[{\"agency\":1.5}]}}"), TOV_E_SCHEMA,
           "header.recipients.1.agency");
    expect(NOTE(",\"fields\":[]}}"), TOV_E_SCHEMA, "header.fields");
    expect("{\"header\":[]}", TOV_E_NOT_FOUND, "type");
    expect(NOTE("},\"content\":[]}"), TOV_E_SCHEMA, "content");
}

static void nothing_of_what_was_wrong_is_told(void)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error = {.code = TOV_OK};
    UNIT_EQUAL_INT(
        tov_message_draft_from_json(
            NOTE("},\"content\":{\"subject\":{\"birth_date\":\"hemmelig\"}}}"), &draft, &error),
        TOV_E_SCHEMA);
    CU_ASSERT_PTR_NULL(strstr(error.text, "hemmelig"));
}

static void null_and_an_empty_text_are_fields_that_are_not_set(void)
{
    struct tov_message_draft *draft = NULL;
    UNIT_NEED(tov_message_draft_from_json(NOTE(",\"purpose\":null,\"priority\":null},"
                                               "\"content\":{\"free_text\":\"\"}}"),
                                          &draft, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.purpose"), 0);
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "content.free_text"), 0);
    tov_message_draft_destroy(draft);
    expect(NOTE("},\"content\":null}"), TOV_OK, "");
}

static void what_is_no_json_object_is_malformed(void)
{
    static const char *const texts[] = {"", "[]", "7", "{", "{}}", "{\"header\":}", "nul", NULL};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        expect(texts[i] == NULL ? "x" : texts[i], TOV_E_MALFORMED, "line 1");
    struct tov_message_draft *draft = NULL;
    UNIT_EQUAL_INT(tov_message_draft_from_json(NULL, &draft, NULL), TOV_E_MALFORMED);
}

static void a_key_that_stands_twice_is_malformed(void)
{
    expect(NOTE(",\"purpose\":\"a\",\"purpose\":\"b\"}}"), TOV_E_MALFORMED, "line 1");
}

static void invalid_utf8_and_zero_characters_are_malformed(void)
{
    expect(NOTE("},\"content\":{\"free_text\":\"\xff\"}}"), TOV_E_MALFORMED, "line 1");
    expect(NOTE("},\"content\":{\"free_text\":\"\xc0\xaf\"}}"), TOV_E_MALFORMED, "line 1");
    expect(NOTE("},\"content\":{\"free_text\":\"\xed\xa0\x80\"}}"), TOV_E_MALFORMED, "line 1");
    expect(NOTE("},\"content\":{\"free_text\":\"a\\u0000b\"}}"), TOV_E_MALFORMED, "line 1");
    expect(NOTE("},\"content\":{\"free_text\":\"\\ud800\"}}"), TOV_E_MALFORMED, "line 1");
    expect(NOTE("},\"content\":{\"free_text\":\"\xc3\xa6\\u00f8\"}}"), TOV_OK, "");
}

static void another_version_of_a_type_is_told_apart(void)
{
    expect(NOTE(",\"type_version\":1}}"), TOV_OK, "");
    expect(NOTE(",\"type_version\":2}}"), TOV_E_VERSION, "header.type_version");
    expect("{\"header\":{\"type\":\"msg.nothing\"}}", TOV_E_NOT_FOUND, "msg.nothing");
}

/* ---- limits ---- */

/* DEPTH levels in all: the object, and the rest below "message", which is not looked at. */
static char *nested(size_t depth)
{
    static const char begin[] = "{\"header\":{\"type\":\"msg.note\"},\"message\":";
    char *json = calloc(1, sizeof begin + 2 * depth + 2);
    UNIT_NEED(json != NULL);
    memcpy(json, begin, sizeof begin - 1);
    memset(json + strlen(json), '[', depth - 1);
    memset(json + strlen(json), ']', depth - 1);
    json[strlen(json)] = '}';
    return json;
}

static void json_has_at_most_32_levels(void)
{
    char *fits = nested(TOV_JSON_DEPTH_MAX);
    char *deep = nested(TOV_JSON_DEPTH_MAX + 1);
    char *huge = nested(100000);
    expect(fits, TOV_OK, "");
    expect(deep, TOV_E_LIMIT, "levels");
    expect(huge, TOV_E_LIMIT, "levels");
    free(fits);
    free(deep);
    free(huge);
}

static void brackets_in_texts_are_no_levels(void)
{
    expect(
        NOTE("},\"content\":{\"free_text\":\"\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"}}"),
        TOV_OK, "");
}

static char *padded(size_t size)
{
    static const char note[] = NOTE("}}");
    char *json = malloc(size + 1);
    UNIT_NEED(json != NULL);
    memset(json, ' ', size);
    memcpy(json, note, sizeof note - 1);
    json[size] = '\0';
    return json;
}

static void json_has_at_most_256_kib(void)
{
    char *fits = padded(JSON_TEXT_MAX_BYTES);
    char *large = padded(JSON_TEXT_MAX_BYTES + 1);
    expect(fits, TOV_OK, "");
    expect(large, TOV_E_LIMIT, "256 KiB");
    free(fits);
    free(large);
}

static char *with_text(size_t size)
{
    static const char begin[] = NOTE("},\"content\":{\"free_text\":\"");
    char *json = calloc(1, sizeof begin + size + 4);
    UNIT_NEED(json != NULL);
    memcpy(json, begin, sizeof begin - 1);
    memset(json + strlen(json), 'x', size);
    memcpy(json + strlen(json), "\"}}", 3);
    return json;
}

static void a_text_longer_than_any_message_is_named(void)
{
    char *fits = with_text(TOV_RECORD_MAX_BYTES);
    char *large = with_text(TOV_RECORD_MAX_BYTES + 1);
    expect(fits, TOV_OK, "");
    expect(large, TOV_E_LIMIT, "content.free_text");
    free(fits);
    free(large);
}

static void the_list_of_recipients_has_its_limit(void)
{
    char json[1024] = NOTE(",\"recipients\":[{}");
    for (unsigned i = 1; i < TOV_RECIPIENTS_MAX; i++)
        memcpy(json + strlen(json), ",{}", 4);
    size_t end = strlen(json);
    memcpy(json + end, "]}}", 4);
    expect(json, TOV_OK, "");
    memcpy(json + end, ",{}]}}", 7);
    expect(json, TOV_E_LIMIT, "header.recipients");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(json_of_any_type_is_read_back_and_nothing_is_lost),
        UNIT_TEST(keys_are_the_fields_that_the_catalogue_names),
        UNIT_TEST(an_unknown_key_is_named),
        UNIT_TEST(a_value_of_another_kind_is_named),
        UNIT_TEST(nothing_of_what_was_wrong_is_told),
        UNIT_TEST(null_and_an_empty_text_are_fields_that_are_not_set),
        UNIT_TEST(what_is_no_json_object_is_malformed),
        UNIT_TEST(a_key_that_stands_twice_is_malformed),
        UNIT_TEST(invalid_utf8_and_zero_characters_are_malformed),
        UNIT_TEST(another_version_of_a_type_is_told_apart),
        UNIT_TEST(json_has_at_most_32_levels),
        UNIT_TEST(brackets_in_texts_are_no_levels),
        UNIT_TEST(json_has_at_most_256_kib),
        UNIT_TEST(a_text_longer_than_any_message_is_named),
        UNIT_TEST(the_list_of_recipients_has_its_limit),
    };
    return unit_run("lib json", tests, sizeof tests / sizeof tests[0]);
}
