/* SPDX-License-Identifier: EUPL-1.2
 *
 * Clients' requests and replies: one id, one request, nothing reserved, and the limit of a frame.
 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "support/unit.h"
#include "wire/api.h"

#include <stdlib.h>
#include <string.h>

static struct tov_record make(const char *name)
{
    struct tov_record record;
    UNIT_NEED(tov_schema_find(name) != NULL);
    UNIT_NEED(tov_record_create(tov_schema_find(name), &record) == TOV_OK);
    return record;
}

static enum tov_err decode_hex(bool reply, const char *hex, struct tov_error *error)
{
    size_t size = 0;
    uint8_t *bytes = unit_hex(hex, &size);
    struct tov_bytes view = {bytes, size};
    struct tov_record record = {0};
    enum tov_err err = reply ? tov_api_reply_decode(view, &record, error)
                             : tov_api_request_decode(view, &record, error);
    free(bytes);
    tov_record_destroy(&record);
    return err;
}

static void a_request_comes_out_as_it_was_put_in(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = make("ApiRequest");
    TOV_CLEANUP(tov_record_destroy) struct tov_record decoded = {0};
    struct tov_record list;
    UNIT_OK(tov_record_put_number(request, "id", 9));
    UNIT_OK(tov_record_open(request, "list", &list));
    UNIT_OK(tov_record_put_enum(list, "box", "in"));
    UNIT_OK(tov_record_put_text(list, "unit", "kk/vink"));
    UNIT_OK(tov_api_encode(request, &out));
    UNIT_OK(tov_api_request_decode(tov_buf_view(&out), &decoded, NULL));
    UNIT_EQUAL_INT(tov_record_number(decoded, "id"), 9);
    CU_ASSERT_TRUE(tov_record_child(decoded, "list", 0, &list));
    UNIT_EQUAL_TEXT(tov_record_enum(list, "box"), "in");
}

/* id is field 1 (0801), status field 15 (7a00), hello field 3 (1a00), mac field 2. */
static void a_request_has_an_id(void)
{
    UNIT_OK(decode_hex(false, "08017a00", NULL));
    UNIT_EQUAL_INT(decode_hex(false, "7a00", NULL), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(decode_hex(false, "08007a00", NULL), TOV_E_SCHEMA);
}

static void a_request_asks_exactly_one_thing(void)
{
    struct tov_error error;
    UNIT_EQUAL_INT(decode_hex(false, "0801", &error), TOV_E_SCHEMA);
    UNIT_EQUAL_TEXT(error.text, "ApiRequest: 0 requests, must be one");
    UNIT_EQUAL_INT(decode_hex(false, "08011a007a00", &error), TOV_E_SCHEMA);
    UNIT_EQUAL_TEXT(error.text, "ApiRequest: 2 requests, must be one");
}

static void the_mac_of_a_request_is_reserved(void)
{
    UNIT_EQUAL_INT(decode_hex(false, "08011201aa7a00", NULL), TOV_E_SCHEMA);
}

static void an_unknown_request_is_refused(void)
{
    UNIT_EQUAL_INT(decode_hex(false, "08019a0600", NULL), TOV_E_SCHEMA);
}

/* hello is field 5 (2a00), data field 12 (6200). */
static void a_reply_answers_at_most_one_thing(void)
{
    UNIT_OK(decode_hex(true, "0801", NULL));
    UNIT_OK(decode_hex(true, "1004", NULL));
    UNIT_OK(decode_hex(true, "08012a00", NULL));
    UNIT_EQUAL_INT(decode_hex(true, "08012a006200", NULL), TOV_E_SCHEMA);
}

/* A reply with SIZE bytes of data, there and back. */
static enum tov_err data_of(size_t size)
{
    static const uint8_t zeros[TOV_FRAME_MAX_BYTES];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(2 * TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = make("ApiReply");
    TOV_CLEANUP(tov_record_destroy) struct tov_record decoded = {0};
    struct tov_record data;
    UNIT_OK(tov_record_put_number(reply, "id", 1));
    UNIT_OK(tov_record_open(reply, "data", &data));
    UNIT_OK(tov_record_put_bytes(data, "data", (struct tov_bytes){zeros, size}));
    TOV_TRY(tov_api_encode(reply, &out));
    TOV_TRY(tov_api_reply_decode(tov_buf_view(&out), &decoded, NULL));
    UNIT_EQUAL_BYTES(tov_record_bytes(data, "data"), ((struct tov_bytes){zeros, size}));
    return TOV_OK;
}

static void a_reply_may_be_as_large_as_a_frame_and_no_larger(void)
{
    size_t around = 2 + 4 + 4;
    UNIT_OK(data_of(TOV_RECORD_MAX_BYTES + 1));
    UNIT_OK(data_of(TOV_FRAME_MAX_BYTES - around));
    UNIT_EQUAL_INT(data_of(TOV_FRAME_MAX_BYTES - around + 1), TOV_E_LIMIT);
}

static void decode_refuses_more_than_a_frame(void)
{
    static const uint8_t zeros[TOV_FRAME_MAX_BYTES + 1];
    struct tov_record record = {0};
    struct tov_bytes bytes = {zeros, sizeof zeros};
    UNIT_EQUAL_INT(tov_api_request_decode(bytes, &record, NULL), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_api_reply_decode(bytes, &record, NULL), TOV_E_LIMIT);
}

static void names_of_bytes_say_what_they_are(void)
{
    static const struct {
        const char *schema, *field;
        enum tov_field_kind kind;
    } expected[] = {
        {"ApiSubmit", "idempotency_key", TOV_FIELD_BYTES},
        {"ApiSubmit", "header", TOV_FIELD_BYTES},
        {"ApiSubmitReply", "message_id", TOV_FIELD_UUID},
        {"ApiRef", "leaf_hash", TOV_FIELD_HASH},
        {"ApiUploadReply", "sha256", TOV_FIELD_HASH},
        {"ApiTraceReply", "leaf", TOV_FIELD_BYTES},
        {"ApiExportReply", "cursor", TOV_FIELD_BYTES},
        {"ApiDataReply", "data", TOV_FIELD_BYTES},
        {"ApiRequest", "mac", TOV_FIELD_BYTES},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        struct tov_field field;
        const struct tov_schema *schema = tov_schema_find(expected[i].schema);
        UNIT_NEED(schema != NULL);
        UNIT_NEED(tov_schema_find_field(schema, expected[i].field, &field));
        UNIT_EQUAL_INT(field.kind, expected[i].kind);
    }
}

static const struct unit_test tests[] = {
    UNIT_TEST(a_request_comes_out_as_it_was_put_in),
    UNIT_TEST(a_request_has_an_id),
    UNIT_TEST(a_request_asks_exactly_one_thing),
    UNIT_TEST(the_mac_of_a_request_is_reserved),
    UNIT_TEST(an_unknown_request_is_refused),
    UNIT_TEST(a_reply_answers_at_most_one_thing),
    UNIT_TEST(a_reply_may_be_as_large_as_a_frame_and_no_larger),
    UNIT_TEST(decode_refuses_more_than_a_frame),
    UNIT_TEST(names_of_bytes_say_what_they_are),
};

int main(void)
{
    return unit_run("wire_api", tests, sizeof tests / sizeof tests[0]);
}
