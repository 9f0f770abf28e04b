/* SPDX-License-Identifier: EUPL-1.2
 *
 * Records and the strict decoder. Encodings are written by hand here, so that the decoder is judged
 * by protobuf's own rules and not by our encoder.
 */
#include "base/cleanup.h"
#include "support/unit.h"
#include "wire/payload.h"
#include "wire/strict.h"

#include <stdlib.h>
#include <string.h>

static const struct tov_schema *schema(const char *name)
{
    const struct tov_schema *found = tov_schema_find(name);
    UNIT_NEED(found != NULL);
    return found;
}

/* Decodes HEX as SCHEMA and forgets the record. */
static enum tov_err decode_hex(const char *schema_name, const char *hex, struct tov_error *error)
{
    size_t size = 0;
    uint8_t *bytes = unit_hex(hex, &size);
    struct tov_record record = {0};
    enum tov_err err =
        tov_record_decode(schema(schema_name), (struct tov_bytes){bytes, size}, &record, error);
    free(bytes);
    tov_record_destroy(&record);
    return err;
}

/* Header: 1 type (text), 2 type_version (uint32), 3 message_id (16 bytes). */
static void decode_accepts_the_canonical_encoding(void)
{
    UNIT_OK(decode_hex("Header",
                       "0a0161"
                       "1001"
                       "1a10000102030405060708090a0b0c0d0e0f",
                       NULL));
    UNIT_OK(decode_hex("Header", "", NULL));
}

static void decode_refuses_a_field_given_twice(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "0a01610a0162", NULL), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(decode_hex("Header", "10011001", NULL), TOV_E_SCHEMA);
}

static void decode_refuses_a_padded_varint(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "108100", NULL), TOV_E_SCHEMA);   /* value */
    UNIT_EQUAL_INT(decode_hex("Header", "0a810061", NULL), TOV_E_SCHEMA); /* length */
    UNIT_EQUAL_INT(decode_hex("Header", "900001", NULL), TOV_E_SCHEMA);   /* tag */
}

static void decode_refuses_fields_out_of_order(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "10010a0161", NULL), TOV_E_SCHEMA);
}

static void decode_refuses_an_unknown_field_and_names_its_number(void)
{
    struct tov_error error;
    UNIT_EQUAL_INT(decode_hex("Header", "0a0161a00601", &error), TOV_E_SCHEMA);
    UNIT_EQUAL_TEXT(error.text, "Header: field 100 is not known");
    /* also inside a record: Recipient has no field 9 */
    UNIT_EQUAL_INT(decode_hex("Header", "32024801", NULL), TOV_E_SCHEMA);
}

static void decode_refuses_text_that_is_not_utf8(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "0a01ff", NULL), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(decode_hex("Header", "0a02c080", NULL), TOV_E_SCHEMA);     /* overlong NUL */
    UNIT_EQUAL_INT(decode_hex("Header", "0a03eda080", NULL), TOV_E_SCHEMA);   /* surrogate */
    UNIT_EQUAL_INT(decode_hex("Header", "0a04f4908080", NULL), TOV_E_SCHEMA); /* > U+10FFFF */
    UNIT_EQUAL_INT(decode_hex("Header", "0a01c3", NULL), TOV_E_SCHEMA);       /* cut short */
    UNIT_OK(decode_hex("Header", "0a02c3a6", NULL));                          /* æ */
}

static void decode_refuses_text_with_a_nul(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "0a03610062", NULL), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(decode_hex("Header", "0a0100", NULL), TOV_E_SCHEMA);
}

/* Several bytes are looked at together: each place among them, and each end of the text. */
static void text_is_looked_at_byte_for_byte(void)
{
    static const struct {
        const char *bytes;
        size_t size;
        bool is_valid;
    } pieces[] = {
        {"\xc3\xa6", 2, true}, {"\xf0\x9f\x98\x80", 4, true},
        {"\x01", 1, true},     {"\x7f", 1, true},
        {"\0", 1, false},      {"\x80", 1, false},
        {"\xff", 1, false},    {"\xc3", 1, false},
    };
    uint8_t text[32];
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        for (size_t at = 0; at + pieces[i].size <= sizeof text; at++) {
            for (size_t size = at + pieces[i].size; size <= sizeof text; size++) {
                memset(text, 'a', sizeof text);
                memcpy(text + at, pieces[i].bytes, pieces[i].size);
                UNIT_EQUAL_INT(tov_text_is_valid((struct tov_bytes){text, size}),
                               pieces[i].is_valid);
            }
        }
    }
}

static void decode_refuses_an_empty_text(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "0a00", NULL), TOV_E_SCHEMA);
}

static void decode_refuses_an_unknown_enum_value(void)
{
    UNIT_OK(decode_hex("Header", "d80101", NULL)); /* 27 priority = rutine */
    UNIT_EQUAL_INT(decode_hex("Header", "d80104", NULL), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(decode_hex("Header", "d80100", NULL), TOV_E_SCHEMA);
}

static void decode_refuses_values_outside_their_kind(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "1a020001", NULL), TOV_E_SCHEMA); /* uuid of 2 bytes */
    /* 15 occurred_at after year 9999 */
    UNIT_EQUAL_INT(decode_hex("Header", "79ffffffffffffffff", NULL), TOV_E_SCHEMA);
    /* 26 informed_review far past year 9999 */
    UNIT_EQUAL_INT(decode_hex("Header", "d001feffffff0f", NULL), TOV_E_SCHEMA);
    /* a bool that is 2 */
    UNIT_OK(decode_hex("InfoResponseHeader", "0801", NULL));
    UNIT_EQUAL_INT(decode_hex("InfoResponseHeader", "0802", NULL), TOV_E_SCHEMA);
}

static void decode_refuses_what_is_cut_short_or_no_protobuf(void)
{
    UNIT_EQUAL_INT(decode_hex("Header", "0a0561", NULL), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(decode_hex("Header", "07", NULL), TOV_E_SCHEMA);
}

/* A text of exactly the longest encoding, and one byte more. */
static enum tov_err decode_of_size(size_t total)
{
    uint8_t *bytes = malloc(total);
    UNIT_NEED(bytes != NULL);
    memset(bytes, 'a', total);
    size_t text = total - 4;
    bytes[0] = 0x0a;
    bytes[1] = (uint8_t)(0x80 | (text & 0x7f));
    bytes[2] = (uint8_t)(0x80 | (text >> 7 & 0x7f));
    bytes[3] = (uint8_t)(text >> 14);
    struct tov_record record = {0};
    enum tov_err err =
        tov_record_decode(schema("Header"), (struct tov_bytes){bytes, total}, &record, NULL);
    tov_record_destroy(&record);
    free(bytes);
    return err;
}

static void decode_stops_at_the_longest_encoding(void)
{
    UNIT_OK(decode_of_size(TOV_RECORD_MAX_BYTES));
    UNIT_EQUAL_INT(decode_of_size(TOV_RECORD_MAX_BYTES + 1), TOV_E_LIMIT);
}

/* Thousands of empty records: two bytes on the wire, tens in memory. */
static void decode_stops_at_its_memory_budget(void)
{
    size_t size = TOV_RECORD_MAX_BYTES;
    uint8_t *bytes = malloc(size);
    UNIT_NEED(bytes != NULL);
    for (size_t i = 0; i < size; i += 2) {
        bytes[i] = 0x32; /* recipients */
        bytes[i + 1] = 0;
    }
    struct tov_record record = {0};
    struct tov_error error;
    UNIT_EQUAL_INT(
        tov_record_decode(schema("Header"), (struct tov_bytes){bytes, size}, &record, &error),
        TOV_E_LIMIT);
    UNIT_OK(tov_record_decode(schema("Header"), (struct tov_bytes){bytes, 2000}, &record, NULL));
    UNIT_EQUAL_INT(tov_record_count(record, "recipients"), 1000);
    tov_record_destroy(&record);
    free(bytes);
}

/* As many records inside as fit, then the smallest texts or list values up to the longest encoding.
 */
static enum tov_err decode_crowded(uint8_t inner_tag, size_t inner_count, const char *filler)
{
    static uint8_t bytes[TOV_RECORD_MAX_BYTES];
    struct tov_record record = {0};
    struct tov_error error;
    size_t size = 0, filler_size = strlen(filler);
    for (size_t i = 0; i < inner_count; i++) {
        bytes[size++] = inner_tag;
        bytes[size++] = 0;
    }
    for (; filler_size > 0 && size + filler_size <= sizeof bytes; size += filler_size)
        memcpy(bytes + size, filler, filler_size);
    enum tov_err err =
        tov_record_decode(schema("Header"), (struct tov_bytes){bytes, size}, &record, &error);
    tov_record_destroy(&record);
    return err;
}

/* What parties agree on is a count; the budget of memory is this program's, and is never met first.
 */
static void decode_counts_the_records_inside(void)
{
    static const uint8_t tags[] = {0x32, 0x4a, 0x52, 0x5a, 0x72}; /* recipients ... seen */
    static const char *const fillers[] = {"", "\x92\x01\x01\x61",
                                          "\xa0\x01\x01"}; /* legal_bases, use_limits */
    for (size_t i = 0; i < sizeof tags; i++) {
        for (size_t n = 0; n < sizeof fillers / sizeof fillers[0]; n++)
            UNIT_OK(decode_crowded(tags[i], TOV_RECORD_INNER_MAX, fillers[n]));
        UNIT_EQUAL_INT(decode_crowded(tags[i], TOV_RECORD_INNER_MAX + 1, ""), TOV_E_LIMIT);
    }
}

/* The decoder by itself, as frames use it: what is no record is held to the same. */
static void the_strict_decoder_needs_no_record_layer(void)
{
    static const struct {
        const char *hex;
        enum tov_err err;
    } cases[] = {
        {"0a0161", TOV_OK},           {"0a01ff", TOV_E_SCHEMA},      {"10011001", TOV_E_SCHEMA},
        {"0a03610062", TOV_E_SCHEMA}, {"d80104", TOV_E_SCHEMA},      {"a00601", TOV_E_SCHEMA},
        {"108100", TOV_E_SCHEMA},     {"0a0461616161", TOV_E_LIMIT}, /* over a cap of 5 */
    };
    const struct tov_strict_limits limits = {.max_bytes = 5, .budget_bytes = 65536};
    const void *descriptor = schema("Header");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size = 0;
        uint8_t *bytes = unit_hex(cases[i].hex, &size);
        struct tov_strict strict = {0};
        UNIT_EQUAL_INT(
            tov_strict_decode(descriptor, (struct tov_bytes){bytes, size}, &limits, &strict, NULL),
            cases[i].err);
        tov_strict_fini(&strict);
        free(bytes);
    }
}

static struct tov_record full_header(void)
{
    struct tov_record header;
    UNIT_NEED(tov_record_create(schema("Header"), &header) == TOV_OK);
    struct tov_ref ref = {.agency = 2, .generation = 1, .index = 0};
    memset(ref.leaf.bytes, 7, sizeof ref.leaf.bytes);
    uint8_t uuid[16] = {1, 2, 3};
    UNIT_OK(tov_record_put_text(header, "type", "prison.released"));
    UNIT_OK(tov_record_put_number(header, "type_version", 1));
    UNIT_OK(tov_record_put_bytes(header, "message_id", TOV_BYTES_OF(uuid)));
    for (uint64_t agency = 1; agency <= 3; agency++) {
        struct tov_record recipient;
        UNIT_OK(tov_record_open(header, "recipients", &recipient));
        UNIT_OK(tov_record_put_number(recipient, "agency", agency));
        UNIT_OK(tov_record_put_enum(recipient, "right", agency == 1 ? "header" : "all"));
    }
    UNIT_OK(tov_record_put_ref(header, "in_reply_to", &ref));
    UNIT_OK(tov_record_put_ref(header, "cites", &ref));
    UNIT_OK(tov_record_put_number(header, "occurred_at", 1624864200000));
    UNIT_OK(tov_record_put_enum(header, "categories", "helbred"));
    UNIT_OK(tov_record_put_enum(header, "categories", "strafbart_forhold"));
    UNIT_OK(tov_record_put_text(header, "legal_bases", "BEK-HPL"));
    UNIT_OK(tov_record_put_date(header, "informed_review", (struct tov_date){2021, 6, 28}));
    UNIT_OK(tov_record_put_date(header, "informed_review", (struct tov_date){1969, 12, 31}));
    return header;
}

static void a_record_reads_back_what_was_put(void)
{
    struct tov_record header = full_header();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf buf = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_record_encode(header, &buf));
    tov_record_destroy(&header);
    struct tov_error error = {0};
    UNIT_NEED(tov_record_decode(schema("Header"), tov_buf_view(&buf), &header, &error) == TOV_OK);
    UNIT_OK(tov_record_encode(header, &again));
    UNIT_EQUAL_BYTES(tov_buf_view(&again), tov_buf_view(&buf));

    UNIT_EQUAL_BYTES(tov_record_bytes(header, "type"), tov_bytes_of_text("prison.released"));
    UNIT_EQUAL_INT(tov_record_number(header, "occurred_at"), 1624864200000);
    UNIT_EQUAL_INT(tov_record_count(header, "recipients"), 3);
    UNIT_EQUAL_INT(tov_record_count(header, "purpose"), 0);
    UNIT_EQUAL_INT(tov_record_count(header, "no_such_field"), 0);
    struct tov_record recipient;
    UNIT_NEED(tov_record_child(header, "recipients", 2, &recipient));
    UNIT_EQUAL_INT(tov_record_number(recipient, "agency"), 3);
    UNIT_EQUAL_TEXT(tov_record_enum(recipient, "right"), "all");
    struct tov_value value;
    UNIT_OK(tov_record_get(header, "categories", 1, &value));
    UNIT_EQUAL_TEXT(value.name, "strafbart_forhold");
    UNIT_EQUAL_INT(tov_record_get(header, "categories", 2, &value), TOV_E_NOT_FOUND);
    struct tov_date date = {0};
    CU_ASSERT(tov_record_date(header, "informed_review", &date));
    UNIT_EQUAL_INT(tov_date_to_days(date), -1);
    struct tov_ref ref;
    CU_ASSERT(tov_record_ref(header, "in_reply_to", 0, &ref));
    UNIT_EQUAL_INT(ref.agency, 2);
    UNIT_EQUAL_INT(ref.index, 0);
    CU_ASSERT(!tov_record_ref(header, "cites", 1, &ref));
    tov_record_destroy(&header);
}

static void a_decoded_list_can_be_appended_to(void)
{
    struct tov_record header = full_header();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf buf = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_record_encode(header, &buf));
    tov_record_destroy(&header);
    UNIT_NEED(tov_record_decode(schema("Header"), tov_buf_view(&buf), &header, NULL) == TOV_OK);
    for (int i = 0; i < 40; i++)
        UNIT_OK(tov_record_put_text(header, "legal_bases", "EGEN"));
    UNIT_EQUAL_INT(tov_record_count(header, "legal_bases"), 41);
    struct tov_value value;
    UNIT_OK(tov_record_get(header, "legal_bases", 0, &value));
    UNIT_EQUAL_BYTES(value.bytes, tov_bytes_of_text("BEK-HPL"));
    tov_record_destroy(&header);
}

/* By name and by place: the same values, for each field of a record that has them all. */
static void a_value_is_found_by_its_name_and_by_its_place(void)
{
    for (size_t s = 0; s < tov_schema_count(); s++) {
        struct tov_record record;
        UNIT_NEED(tov_record_create(tov_schema_at(s), &record) == TOV_OK);
        size_t count = tov_schema_field_count(tov_schema_at(s));
        for (size_t i = 0; i < count; i++) {
            struct tov_field field = tov_schema_field_at(tov_schema_at(s), i);
            struct tov_value by_name, by_place;
            if (field.kind != TOV_FIELD_INT && field.kind != TOV_FIELD_BOOL)
                continue;
            UNIT_EQUAL_INT(tov_record_get(record, field.name, 0, &by_name), TOV_E_NOT_FOUND);
            UNIT_EQUAL_INT(tov_record_get_at(record, i, 0, &by_place), TOV_E_NOT_FOUND);
            UNIT_OK(tov_record_put_number(record, field.name, (i & 1) == 0 ? 1 : 0));
            UNIT_OK(tov_record_get(record, field.name, 0, &by_name));
            UNIT_OK(tov_record_get_at(record, i, 0, &by_place));
            UNIT_EQUAL_INT(by_name.number, (i & 1) == 0 ? 1 : 0);
            UNIT_EQUAL_INT(by_place.number, by_name.number);
        }
        UNIT_EQUAL_INT(tov_record_count(record, ""), 0);
        UNIT_EQUAL_INT(tov_record_count(record, "zzz"), 0);
        UNIT_EQUAL_INT(tov_record_count(record, "a"), 0);
        tov_record_destroy(&record);
    }
}

static void put_refuses_other_kinds_and_bad_values(void)
{
    struct tov_record header = full_header();
    uint8_t short_id[15] = {0};
    UNIT_EQUAL_INT(tov_record_put_text(header, "no_such_field", "a"), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_record_put_text(header, "type_version", "1"), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_record_put_number(header, "type_version", UINT64_C(1) << 32), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(tov_record_put_number(header, "type", 1), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_record_put_text(header, "type", "\xff"), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(tov_record_put_enum(header, "priority", "meget"), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(tov_record_put_bytes(header, "message_id", TOV_BYTES_OF(short_id)),
                   TOV_E_SCHEMA);
    UNIT_EQUAL_INT(tov_record_put_date(header, "informed_review", (struct tov_date){2021, 2, 29}),
                   TOV_E_SCHEMA);
    UNIT_EQUAL_INT(tov_record_put_number(header, "occurred_at", TOV_TIME_MAX_MS + 1), TOV_E_SCHEMA);
    UNIT_EQUAL_BYTES(tov_record_bytes(header, "type"), tov_bytes_of_text("prison.released"));
    tov_record_destroy(&header);
}

static void an_empty_text_clears_its_field(void)
{
    struct tov_record header = full_header();
    UNIT_OK(tov_record_put_text(header, "type", ""));
    UNIT_EQUAL_INT(tov_record_count(header, "type"), 0);
    tov_record_clear(header, "recipients");
    tov_record_clear(header, "occurred_at");
    tov_record_clear(header, "in_reply_to");
    UNIT_EQUAL_INT(tov_record_count(header, "recipients"), 0);
    UNIT_EQUAL_INT(tov_record_count(header, "occurred_at"), 0);
    UNIT_EQUAL_INT(tov_record_count(header, "in_reply_to"), 0);
    tov_record_destroy(&header);
}

static void a_growing_record_meets_its_budget(void)
{
    struct tov_record header;
    UNIT_NEED(tov_record_create(schema("Header"), &header) == TOV_OK);
    char text[4001];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    enum tov_err err = TOV_OK;
    int put = 0;
    for (; put < 10000 && err == TOV_OK; put++)
        err = tov_record_put_text(header, "purpose", text);
    UNIT_EQUAL_INT(err, TOV_E_LIMIT);
    CU_ASSERT(put > 400 && put < 600);
    tov_record_destroy(&header);
}

/* No schema contains itself, and every field has a kind. */
static void walk(const struct tov_schema *at, int depth)
{
    UNIT_NEED(depth < 6);
    for (size_t i = 0; i < tov_schema_field_count(at); i++) {
        struct tov_field field = tov_schema_field_at(at, i);
        struct tov_field found;
        CU_ASSERT(tov_schema_find_field(at, field.name, &found));
        CU_ASSERT((field.kind == TOV_FIELD_ENUM) == (tov_field_value_count(&field) > 0));
        if (field.kind == TOV_FIELD_RECORD)
            walk(field.record, depth + 1);
    }
}

static void no_schema_contains_itself(void)
{
    for (size_t i = 0; i < tov_schema_count(); i++) {
        walk(tov_schema_at(i), 0);
        CU_ASSERT_PTR_EQUAL(tov_schema_find(tov_schema_name(tov_schema_at(i))), tov_schema_at(i));
    }
    CU_ASSERT_PTR_NULL(tov_schema_find("Nothing"));
}

/* Whatever is accepted encodes to itself; nothing crashes. */
static void mutated_encodings_are_refused_or_canonical(void)
{
    struct tov_record header = full_header();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf buf = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_record_encode(header, &buf));
    tov_record_destroy(&header);
    uint64_t seed = 4;
    size_t accepted = 0;
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[1024];
        size_t size = buf.size;
        UNIT_NEED(size <= sizeof bytes);
        memcpy(bytes, buf.data, size);
        for (uint64_t n = 1 + unit_random(&seed) % 3; n > 0; n--)
            bytes[unit_random(&seed) % size] = (uint8_t)unit_random(&seed);
        if (unit_random(&seed) % 4 == 0)
            size = unit_random(&seed) % size;
        struct tov_record record;
        if (tov_record_decode(schema("Header"), (struct tov_bytes){bytes, size}, &record, NULL) !=
            TOV_OK)
            continue;
        accepted++;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
        UNIT_OK(tov_record_encode(record, &again));
        UNIT_NEED(tov_bytes_equal(tov_buf_view(&again), (struct tov_bytes){bytes, size}));
        tov_record_destroy(&record);
    }
    CU_ASSERT(accepted > 100);
}

static void a_reference_has_one_encoding(void)
{
    struct tov_ref ref = {.agency = 1024, .generation = 3, .index = 1u << 20};
    memset(ref.leaf.bytes, 0xab, sizeof ref.leaf.bytes);
    uint8_t bytes[TOV_REF_BYTES];
    tov_ref_encode(&ref, bytes);
    size_t size = 0;
    uint8_t *expected = unit_hex("0400"
                                 "00000003"
                                 "0000000000100000"
                                 "abababababababababababababababababababababababababababababababab",
                                 &size);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(bytes), ((struct tov_bytes){expected, size}));
    free(expected);
    struct tov_ref back;
    UNIT_OK(tov_ref_decode(TOV_BYTES_OF(bytes), &back));
    CU_ASSERT(tov_ref_equal(&ref, &back));
    back.leaf.bytes[31] ^= 1;
    CU_ASSERT(!tov_ref_equal(&ref, &back));
    UNIT_EQUAL_INT(tov_ref_decode((struct tov_bytes){bytes, TOV_REF_BYTES - 1}, &back),
                   TOV_E_MALFORMED);
    bytes[1] = 1; /* agency 1025 */
    UNIT_EQUAL_INT(tov_ref_decode(TOV_BYTES_OF(bytes), &back), TOV_E_MALFORMED);
    bytes[0] = bytes[1] = 0;
    UNIT_EQUAL_INT(tov_ref_decode(TOV_BYTES_OF(bytes), &back), TOV_E_MALFORMED);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(decode_accepts_the_canonical_encoding),
        UNIT_TEST(decode_refuses_a_field_given_twice),
        UNIT_TEST(decode_refuses_a_padded_varint),
        UNIT_TEST(decode_refuses_fields_out_of_order),
        UNIT_TEST(decode_refuses_an_unknown_field_and_names_its_number),
        UNIT_TEST(decode_refuses_text_that_is_not_utf8),
        UNIT_TEST(decode_refuses_text_with_a_nul),
        UNIT_TEST(text_is_looked_at_byte_for_byte),
        UNIT_TEST(decode_refuses_an_empty_text),
        UNIT_TEST(decode_refuses_an_unknown_enum_value),
        UNIT_TEST(decode_refuses_values_outside_their_kind),
        UNIT_TEST(decode_refuses_what_is_cut_short_or_no_protobuf),
        UNIT_TEST(decode_stops_at_the_longest_encoding),
        UNIT_TEST(decode_stops_at_its_memory_budget),
        UNIT_TEST(decode_counts_the_records_inside),
        UNIT_TEST(the_strict_decoder_needs_no_record_layer),
        UNIT_TEST(a_record_reads_back_what_was_put),
        UNIT_TEST(a_decoded_list_can_be_appended_to),
        UNIT_TEST(a_value_is_found_by_its_name_and_by_its_place),
        UNIT_TEST(put_refuses_other_kinds_and_bad_values),
        UNIT_TEST(an_empty_text_clears_its_field),
        UNIT_TEST(a_growing_record_meets_its_budget),
        UNIT_TEST(no_schema_contains_itself),
        UNIT_TEST(mutated_encodings_are_refused_or_canonical),
        UNIT_TEST(a_reference_has_one_encoding),
    };
    return unit_run("wire_payload", tests, sizeof tests / sizeof tests[0]);
}
