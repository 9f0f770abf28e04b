/* SPDX-License-Identifier: EUPL-1.2
 *
 * tests/vectors/case/payloads.json: what another implementation must accept, refuse, and why.
 */
#include "base/cleanup.h"
#include "drafts.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *vector, const char *key)
{
    const char *text = json_string_value(json_object_get(vector, key));
    UNIT_NEED(text != NULL);
    return text;
}

static const char *verdict_name(enum tov_err err)
{
    return err == TOV_OK ? "ok" : tov_err_name(err);
}

/* The facts of the vector's sender and recipients. */
static void set_context(const json_t *vector, struct test_draft *test)
{
    const char *to = text_of(vector, "recipients");
    test->context.sender = unit_facts(text_of(vector, "sender"));
    while (*to != '\0') {
        char path[64];
        size_t size = strcspn(to, " ");
        (void)snprintf(path, sizeof path, "%.*s", (int)size, to);
        UNIT_NEED(test->context.recipient_count < 4);
        test->recipients[test->context.recipient_count++] = unit_facts(path);
        to += size + strspn(to + size, " ");
    }
    test->context.recipients = test->recipients;
    UNIT_NEED(tov_date_parse(tov_bytes_of_text(text_of(vector, "sent")), &test->context.sent) ==
              TOV_OK);
    test->context.sent_ms = (uint64_t)json_integer_value(json_object_get(vector, "sent_ms"));
}

static void check_rules(const json_t *vector, struct test_draft *test)
{
    bool expected[256] = {false}, actual[256] = {false};
    const json_t *rules = json_object_get(vector, "refused_by");
    for (size_t i = 0; i < json_array_size(rules); i++)
        expected[json_integer_value(json_array_get(rules, i)) & 255] = true;
    struct tov_findings findings;
    (void)test_draft_judge(test, &findings);
    for (size_t i = 0; i < findings.count; i++)
        actual[findings.items[i].rule] |= findings.items[i].severity == TOV_REFUSES;
    for (int rule = 0; rule < 256; rule++)
        UNIT_EQUAL_INT(actual[rule], expected[rule]);
}

static void check_vector(const json_t *vector)
{
    size_t header_size = 0, content_size = 0;
    TOV_FREE uint8_t *header = unit_hex(text_of(vector, "header"), &header_size);
    TOV_FREE uint8_t *content = unit_hex(text_of(vector, "content"), &content_size);
    struct tov_bytes content_bytes = {content, content_size};
    struct test_draft test = {0};
    enum tov_err err = tov_draft_decode((struct tov_bytes){header, header_size}, &content_bytes,
                                        &test.draft, NULL);
    if (strcmp(verdict_name(err), text_of(vector, "decode")) != 0)
        printf("  %s:\n", text_of(vector, "name"));
    UNIT_EQUAL_TEXT(verdict_name(err), text_of(vector, "decode"));
    if (err != TOV_OK)
        return;
    set_context(vector, &test);
    check_rules(vector, &test);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf part = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_draft_encode(&test.draft, &again, &part));
    UNIT_EQUAL_BYTES(tov_buf_view(&again), ((struct tov_bytes){header, header_size}));
    UNIT_EQUAL_BYTES(tov_buf_view(&part), content_bytes);
    test_draft_fini(&test);
}

static void each_vector_has_its_verdict(void)
{
    json_t *file = unit_json("tests/vectors/case/payloads.json");
    UNIT_NEED(file != NULL);
    const json_t *vectors = json_object_get(file, "vectors");
    CU_ASSERT(json_array_size(vectors) >= 140);
    for (size_t i = 0; i < json_array_size(vectors); i++)
        check_vector(json_array_get(vectors, i));
    json_decref(file);
}

/* Whatever bytes come: refused, or one encoding that reads the same again. */
static void mutated_vectors_are_refused_or_canonical(void)
{
    json_t *file = unit_json("tests/vectors/case/payloads.json");
    UNIT_NEED(file != NULL);
    const json_t *vectors = json_object_get(file, "vectors");
    uint64_t seed = 11;
    for (int round = 0; round < 20000; round++) {
        const json_t *vector = json_array_get(vectors, unit_random(&seed) % 25);
        size_t size = 0;
        TOV_FREE uint8_t *header = unit_hex(text_of(vector, "header"), &size);
        for (uint64_t n = 1 + unit_random(&seed) % 2; n > 0; n--)
            header[unit_random(&seed) % size] ^= (uint8_t)(1u << unit_random(&seed) % 8);
        struct test_draft test = {0};
        struct tov_bytes bytes = {header, size};
        if (tov_draft_decode(bytes, NULL, &test.draft, NULL) != TOV_OK)
            continue;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
        UNIT_OK(tov_draft_encode(&test.draft, &again, NULL));
        CU_ASSERT(tov_bytes_equal(tov_buf_view(&again), bytes));
        set_context(vector, &test);
        struct tov_findings findings;
        (void)test_draft_judge(&test, &findings);
        test_draft_fini(&test);
    }
    json_decref(file);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_vector_has_its_verdict),
        UNIT_TEST(mutated_vectors_are_refused_or_canonical),
    };
    return unit_run("case_vectors", tests, sizeof tests / sizeof tests[0]);
}
