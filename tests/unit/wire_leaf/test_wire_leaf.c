/* SPDX-License-Identifier: EUPL-1.2
 *
 * Leaves and link blocks against tests/vectors/wire, which was made without this code.
 */
#include "base/cleanup.h"
#include "leaf_fields.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

#define LEAVES "tests/vectors/wire/leaf.json"
#define LINKS "tests/vectors/wire/link.json"

static json_t *load(const char *path)
{
    json_t *vectors = unit_json(path);
    UNIT_NEED(vectors != NULL);
    return vectors;
}

static const char *text(const json_t *row, const char *name)
{
    const char *value = json_string_value(json_object_get(row, name));
    UNIT_NEED(value != NULL);
    return value;
}

/* Encodes LEAF and compares with BYTES. */
static void expect_bytes(const struct tov_leaf *leaf, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    UNIT_OK(tov_leaf_encode(leaf, &out));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), bytes);
}

/* Calls VISIT with each good leaf. */
static void each_good(void (*visit)(const json_t *row, struct tov_bytes bytes))
{
    json_t *vectors = load(LEAVES);
    size_t index;
    json_t *row;
    UNIT_NEED(json_array_size(json_object_get(vectors, "good")) >= 20);
    json_array_foreach(json_object_get(vectors, "good"), index, row)
    {
        size_t size = 0;
        uint8_t *data = unit_hex(text(row, "hex"), &size);
        visit(row, (struct tov_bytes){data, size});
        free(data);
    }
    json_decref(vectors);
}

static void check_fields(const json_t *row, struct tov_bytes bytes)
{
    struct tov_leaf leaf;
    leaf_of_vector(row, &leaf);
    expect_bytes(&leaf, bytes);
}

static void fields_of_every_type_encode_to_the_published_bytes(void)
{
    each_good(check_fields);
}

static void check_round_trip(const json_t *row, struct tov_bytes bytes)
{
    (void)row;
    struct tov_leaf leaf;
    memset(&leaf, 0xa5, sizeof leaf);
    UNIT_OK(tov_leaf_decode(bytes, &leaf));
    expect_bytes(&leaf, bytes);
}

static void leaves_of_every_type_decode_to_what_encodes_to_them(void)
{
    each_good(check_round_trip);
}

static void check_hash(const json_t *row, struct tov_bytes bytes)
{
    struct tov_sha256 sha;
    struct tov_hash hash;
    struct tov_hash expected = unit_hash(text(row, "leaf_hash"));
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, "", 1);
    tov_sha256_update(&sha, bytes.data, bytes.size);
    tov_sha256_final(&sha, &hash);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(hash.bytes), TOV_BYTES_OF(expected.bytes));
}

static void leaf_hashes_are_the_published_ones(void)
{
    each_good(check_hash);
}

static void check_cuts(const json_t *row, struct tov_bytes bytes)
{
    (void)row;
    struct tov_leaf leaf;
    for (size_t size = 0; size < bytes.size; size++) {
        /* Memory of that very size, so that a sanitizer sees a read past the end. */
        uint8_t *cut = malloc(size == 0 ? 1 : size);
        UNIT_NEED(cut != NULL);
        if (size > 0)
            memcpy(cut, bytes.data, size);
        UNIT_EQUAL_INT(tov_leaf_decode((struct tov_bytes){cut, size}, &leaf), TOV_E_MALFORMED);
        free(cut);
    }
}

static void every_truncation_is_refused(void)
{
    each_good(check_cuts);
}

static void check_extensions(const json_t *row, struct tov_bytes bytes)
{
    (void)row;
    uint8_t longer[TOV_LEAF_MAX_BYTES + 1] = {0};
    struct tov_leaf leaf;
    memcpy(longer, bytes.data, bytes.size);
    for (size_t size = bytes.size + 1; size <= sizeof longer; size += 1 + size / 50)
        UNIT_EQUAL_INT(tov_leaf_decode((struct tov_bytes){longer, size}, &leaf), TOV_E_MALFORMED);
    UNIT_EQUAL_INT(tov_leaf_decode((struct tov_bytes){longer, sizeof longer}, &leaf), TOV_E_LIMIT);
}

static void every_extension_is_refused(void)
{
    each_good(check_extensions);
}

static void rejected_leaves_are_rejected_for_the_published_reason(void)
{
    json_t *vectors = load(LEAVES);
    size_t index;
    json_t *row;
    UNIT_NEED(json_array_size(json_object_get(vectors, "rejected")) >= 50);
    json_array_foreach(json_object_get(vectors, "rejected"), index, row)
    {
        size_t size = 0;
        uint8_t *data = unit_hex(text(row, "hex"), &size);
        struct tov_leaf leaf;
        enum tov_err err = tov_leaf_decode((struct tov_bytes){data, size}, &leaf);
        if (strcmp(tov_err_name(err), text(row, "error")) != 0)
            (void)fprintf(stderr, "in %s:\n", text(row, "name"));
        UNIT_EQUAL_TEXT(tov_err_name(err), text(row, "error"));
        free(data);
    }
    json_decref(vectors);
}

/* A leaf that its rules forbid is not written either. */
static void encode_refuses_what_decode_refuses(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    struct tov_leaf leaf = {.type = TOV_LEAF_LOST, .as.lost = {.first = 2, .end = 2}};
    UNIT_EQUAL_INT(tov_leaf_encode(&leaf, &out), TOV_E_MALFORMED);
    leaf.as.lost.end = 3;
    leaf.time_ms = 253402300800000ull;
    UNIT_EQUAL_INT(tov_leaf_encode(&leaf, &out), TOV_E_MALFORMED);
    leaf.time_ms--;
    UNIT_OK(tov_leaf_encode(&leaf, &out));
    leaf.type = (enum tov_leaf_type)10;
    UNIT_EQUAL_INT(tov_leaf_encode(&leaf, &out), TOV_E_MALFORMED);
}

static void check_envelope(const json_t *row, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    struct tov_leaf leaf;
    if (strcmp(text(row, "type"), "message") != 0)
        return;
    size_t size = 0;
    uint8_t *expected = unit_hex(text(row, "envelope"), &size);
    UNIT_OK(tov_leaf_decode(bytes, &leaf));
    UNIT_OK(tov_leaf_envelope_encode(&leaf.as.message, &out));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), ((struct tov_bytes){expected, size}));
    UNIT_EQUAL_BYTES(tov_leaf_envelope_view(bytes), ((struct tov_bytes){expected, size}));
    free(expected);
}

static void envelope_view_is_what_envelope_encode_writes(void)
{
    each_good(check_envelope);
    UNIT_EQUAL_INT(tov_leaf_envelope_view((struct tov_bytes){0}).size, 0);
}

/* Each bit in turn: what still decodes must encode to the changed bytes. */
static void check_bits(const json_t *row, struct tov_bytes bytes)
{
    (void)row;
    uint8_t changed[TOV_LEAF_MAX_BYTES];
    struct tov_leaf leaf;
    struct tov_buf out = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    memcpy(changed, bytes.data, bytes.size);
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (tov_leaf_decode((struct tov_bytes){changed, bytes.size}, &leaf) == TOV_OK) {
            tov_buf_clear(&out);
            UNIT_NEED(tov_leaf_encode(&leaf, &out) == TOV_OK);
            UNIT_NEED(tov_bytes_equal(tov_buf_view(&out), (struct tov_bytes){changed, bytes.size}));
        }
        changed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    tov_buf_fini(&out);
    CU_PASS("all bits");
}

static void a_leaf_with_any_one_bit_changed_is_refused_or_canonical(void)
{
    each_good(check_bits);
}

static void receipt_span_counts_the_messages_of_all_runs(void)
{
    struct tov_leaf_receipt receipt = {.run_count = 2};
    receipt.runs[0].count = 1000;
    receipt.runs[1].count = 24;
    UNIT_EQUAL_INT(tov_receipt_span(&receipt), 1024);
}

static void a_recipient_is_found_by_its_agency_and_has_all_by_its_right(void)
{
    const struct tov_leaf_message message = {
        .recipient_count = 2,
        .recipients = {{.agency = 2, .right = TOV_RIGHT_ALL},
                       {.agency = 5, .right = TOV_RIGHT_HEADER},
                       {.agency = 7, .right = TOV_RIGHT_ALL}}};
    CU_ASSERT_PTR_EQUAL(tov_leaf_recipient_of(&message, 2), &message.recipients[0]);
    CU_ASSERT_PTR_EQUAL(tov_leaf_recipient_of(&message, 5), &message.recipients[1]);
    CU_ASSERT_PTR_NULL(tov_leaf_recipient_of(&message, 3));
    CU_ASSERT_PTR_NULL(tov_leaf_recipient_of(&message, 7)); /* behind the last one */
    CU_ASSERT(tov_leaf_is_all_for(&message, 2));
    CU_ASSERT(!tov_leaf_is_all_for(&message, 5));
    CU_ASSERT(!tov_leaf_is_all_for(&message, 3));
    CU_ASSERT(!tov_leaf_is_all_for(&message, 7));
}

static void only_types_from_32_are_of_the_journal(void)
{
    CU_ASSERT_FALSE(tov_leaf_type_is_journal(TOV_LEAF_LOST));
    CU_ASSERT_TRUE(tov_leaf_type_is_journal(TOV_LEAF_ACCESS));
    CU_ASSERT_TRUE(tov_leaf_type_is_journal(TOV_LEAF_GRANT));
}

/* ---- link blocks ---- */

static void link_blocks_and_their_hashes_are_the_published_ones(void)
{
    json_t *vectors = load(LINKS);
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(vectors, "good"), index, row)
    {
        size_t size = 0;
        uint8_t *data = unit_hex(text(row, "hex"), &size);
        struct tov_link_block block;
        uint8_t out[TOV_LINK_BLOCK_BYTES];
        link_of_vector(row, &block);
        tov_link_encode(&block, out);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(out), ((struct tov_bytes){data, size}));
        UNIT_OK(tov_link_decode((struct tov_bytes){data, size}, &block));
        tov_link_encode(&block, out);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(out), ((struct tov_bytes){data, size}));
        struct tov_hash hash = tov_link_hash((struct tov_bytes){data, size});
        struct tov_hash expected = unit_hash(text(row, "hash"));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(hash.bytes), TOV_BYTES_OF(expected.bytes));
        free(data);
    }
    json_decref(vectors);
}

static void rejected_link_blocks_are_rejected(void)
{
    json_t *vectors = load(LINKS);
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(vectors, "rejected"), index, row)
    {
        size_t size = 0;
        uint8_t *data = unit_hex(text(row, "hex"), &size);
        struct tov_link_block block;
        enum tov_err err = tov_link_decode((struct tov_bytes){data, size}, &block);
        UNIT_EQUAL_TEXT(tov_err_name(err), text(row, "error"));
        free(data);
    }
    json_decref(vectors);
}

static const struct unit_test tests[] = {
    UNIT_TEST(fields_of_every_type_encode_to_the_published_bytes),
    UNIT_TEST(leaves_of_every_type_decode_to_what_encodes_to_them),
    UNIT_TEST(leaf_hashes_are_the_published_ones),
    UNIT_TEST(every_truncation_is_refused),
    UNIT_TEST(every_extension_is_refused),
    UNIT_TEST(rejected_leaves_are_rejected_for_the_published_reason),
    UNIT_TEST(encode_refuses_what_decode_refuses),
    UNIT_TEST(envelope_view_is_what_envelope_encode_writes),
    UNIT_TEST(a_leaf_with_any_one_bit_changed_is_refused_or_canonical),
    UNIT_TEST(receipt_span_counts_the_messages_of_all_runs),
    UNIT_TEST(a_recipient_is_found_by_its_agency_and_has_all_by_its_right),
    UNIT_TEST(only_types_from_32_are_of_the_journal),
    UNIT_TEST(link_blocks_and_their_hashes_are_the_published_ones),
    UNIT_TEST(rejected_link_blocks_are_rejected),
};

int main(void)
{
    return unit_run("wire_leaf", tests, sizeof tests / sizeof tests[0]);
}
