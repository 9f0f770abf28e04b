/* SPDX-License-Identifier: EUPL-1.2
 *
 * Frames and control bodies against tests/vectors/wire, which was made without this code, and at
 * the sizes that are too large for a vector.
 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "frame_fields.h"
#include "rewrite.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

typedef enum tov_err rewrite_fn(struct tov_bytes bytes, struct tov_buf *out);
typedef enum tov_err encode_fn(const json_t *row, struct tov_buf *out);

/* One file of vectors, and how its bytes are read and written. */
struct subject {
    const char *path;
    rewrite_fn *rewrite;
    encode_fn *encode;
};
static const struct subject frames = {"tests/vectors/wire/frame.json", rewrite_frame,
                                      encode_frame_vector};
static const struct subject controls = {"tests/vectors/wire/control.json", rewrite_control,
                                        encode_control_vector};

typedef void visit_fn(const struct subject *subject, const json_t *row, struct tov_bytes bytes);

static void each(const struct subject *subject, const char *list, visit_fn *visit)
{
    json_t *vectors = unit_json(subject->path);
    size_t index;
    json_t *row;
    UNIT_NEED(json_array_size(json_object_get(vectors, list)) >= 8);
    json_array_foreach(json_object_get(vectors, list), index, row)
    {
        size_t size = 0;
        uint8_t *data = unit_hex(json_string_value(json_object_get(row, "hex")), &size);
        visit(subject, row, (struct tov_bytes){data, size});
        free(data);
    }
    json_decref(vectors);
}

static void each_good(visit_fn *visit)
{
    each(&frames, "good", visit);
    each(&controls, "good", visit);
}

static void check_fields(const struct subject *subject, const json_t *row, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_OK(subject->encode(row, &out));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), bytes);
}

static void fields_of_every_kind_encode_to_the_published_bytes(void)
{
    each_good(check_fields);
}

static void check_rewrite(const struct subject *subject, const json_t *row, struct tov_bytes bytes)
{
    (void)row;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_OK(subject->rewrite(bytes, &out));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), bytes);
}

static void frames_of_every_kind_decode_to_what_encodes_to_them(void)
{
    each_good(check_rewrite);
}

static void check_rejected(const struct subject *subject, const json_t *row, struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    const char *got = tov_err_name(subject->rewrite(bytes, &out));
    const char *expected = json_string_value(json_object_get(row, "error"));
    if (strcmp(got, expected) != 0)
        (void)fprintf(stderr, "in %s:\n", json_string_value(json_object_get(row, "name")));
    UNIT_EQUAL_TEXT(got, expected);
}

static void rejected_frames_are_rejected_for_the_published_reason(void)
{
    each(&frames, "rejected", check_rejected);
}

static void rejected_control_bodies_are_rejected_for_the_published_reason(void)
{
    each(&controls, "rejected", check_rejected);
}

static void check_cuts(const struct subject *subject, const json_t *row, struct tov_bytes bytes)
{
    (void)row;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    for (size_t size = 0; size < bytes.size; size += 1 + size / 200) {
        uint8_t *cut = malloc(size == 0 ? 1 : size);
        UNIT_NEED(cut != NULL);
        memcpy(cut, bytes.data, size);
        enum tov_err err = subject->rewrite((struct tov_bytes){cut, size}, &out);
        /* A body may be cut between its kind and what follows it, never into another good one. */
        CU_ASSERT_NOT_EQUAL(err, TOV_OK);
        free(cut);
    }
}

static void frames_cut_short_are_refused(void)
{
    each(&frames, "good", check_cuts);
}

static void check_mutations(const struct subject *subject, const json_t *row,
                            struct tov_bytes bytes)
{
    (void)row;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint64_t random = bytes.size;
    uint8_t *changed = malloc(bytes.size);
    UNIT_NEED(changed != NULL);
    for (int round = 0; round < 2000; round++) {
        memcpy(changed, bytes.data, bytes.size);
        for (uint64_t n = 1 + unit_random(&random) % 3; n > 0; n--)
            changed[unit_random(&random) % bytes.size] ^= (uint8_t)(1u << unit_random(&random) % 8);
        struct tov_bytes view = {changed, bytes.size};
        tov_buf_clear(&out);
        if (subject->rewrite(view, &out) == TOV_OK)
            UNIT_NEED(tov_bytes_equal(tov_buf_view(&out), view));
    }
    free(changed);
    CU_PASS("all rounds");
}

static void changed_frames_are_refused_or_canonical(void)
{
    each_good(check_mutations);
}

static void check_signed(const struct subject *subject, const json_t *row, struct tov_bytes bytes)
{
    (void)subject;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    size_t size = 0;
    uint8_t *expected = unit_hex(json_string_value(json_object_get(row, "signed")), &size);
    tov_control_signed_bytes("infohus-demo", bytes, &out);
    UNIT_EQUAL_BYTES(tov_buf_view(&out), ((struct tov_bytes){expected, size}));
    free(expected);
}

static void the_bytes_that_a_control_key_signs_are_the_published_ones(void)
{
    each(&controls, "good", check_signed);
}

static void check_signed_parcel(const struct subject *subject, const json_t *row,
                                struct tov_bytes bytes)
{
    (void)subject;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_parcel_route route = {"infohus-demo", 2, 1};
    const uint8_t other[64] = {7};
    size_t size = 0;
    if (json_object_get(row, "signed") == NULL)
        return;
    uint8_t *expected = unit_hex(json_string_value(json_object_get(row, "signed")), &size);
    tov_buf_put_bytes(&frame, bytes);
    tov_parcel_put_signature(&frame, other); /* what is signed is without it */
    tov_parcel_signed_bytes(&route, tov_buf_view(&frame), &out);
    UNIT_EQUAL_BYTES(tov_buf_view(&out), ((struct tov_bytes){expected, size}));
    free(expected);
}

static void the_bytes_of_a_parcel_that_a_control_key_signs_are_the_published_ones(void)
{
    each(&frames, "good", check_signed_parcel);
}

/* ---- sizes ---- */

static enum tov_err chunk_of(size_t data_size)
{
    static uint8_t data[TOV_FRAME_MAX_BYTES];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_chunk chunk = {.ref = {.agency = 1, .generation = 1},
                                    .data = {data, data_size}};
    TOV_TRY(tov_frame_encode_chunk(&chunk, &frame));
    return rewrite_frame(tov_buf_view(&frame), &out);
}

static void a_chunk_has_at_most_131104_bytes(void)
{
    UNIT_OK(chunk_of(131104));
    UNIT_EQUAL_INT(chunk_of(131105), TOV_E_LIMIT);
}

static enum tov_err piece_of(size_t data_size)
{
    static uint8_t data[TOV_FRAME_MAX_BYTES];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_roster_piece piece = {
        .version = 1, .total = TOV_ROSTER_MAX_BYTES, .data = {data, data_size}};
    TOV_TRY(tov_frame_encode_roster_piece(&piece, &frame));
    return rewrite_frame(tov_buf_view(&frame), &out);
}

static void a_roster_piece_has_at_most_128_kib(void)
{
    UNIT_OK(piece_of(131072));
    UNIT_EQUAL_INT(piece_of(131073), TOV_E_LIMIT);
}

/* A control frame of FRAME_SIZE bytes in all: its body takes the rest. */
static enum tov_err frame_of(size_t frame_size, size_t *out_size)
{
    static uint8_t body[TOV_FRAME_MAX_BYTES];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(2 * TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
    size_t around = 1 + 3 + 1 + 3 + 2 + 64;
    struct tov_frame_control control = {.body = {body, frame_size - around}};
    TOV_TRY(tov_frame_encode_control(&control, &frame));
    *out_size = frame.size;
    return tov_frame_decode(tov_buf_view(&frame), &decoded);
}

static void a_frame_has_at_most_256_kib(void)
{
    size_t size = 0;
    UNIT_OK(frame_of(TOV_FRAME_MAX_BYTES, &size));
    UNIT_EQUAL_INT(size, 262144);
    UNIT_EQUAL_INT(frame_of(TOV_FRAME_MAX_BYTES + 1, &size), TOV_E_LIMIT);
}

static void decode_refuses_more_than_256_kib_before_looking_at_it(void)
{
    static const uint8_t zeros[TOV_FRAME_MAX_BYTES + 1];
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    UNIT_EQUAL_INT(tov_frame_decode((struct tov_bytes){zeros, sizeof zeros}, &frame), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_frame_decode((struct tov_bytes){zeros, sizeof zeros - 1}, &frame),
                   TOV_E_MALFORMED);
}

/* 131,000 empty items in 256 KiB would take over 7 MB of structs. */
static void decode_refuses_a_frame_that_would_take_too_much_memory(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    size_t items = 131000;
    uint8_t head[] = {0x12, 0xf0, 0xfe, 0x0f}; /* field 2, a length of 262,000 */
    tov_buf_put(&bytes, head, sizeof head);
    for (size_t i = 0; i < items; i++)
        tov_buf_put(&bytes, "\x32\x00", 2);
    UNIT_NEED(bytes.failed == TOV_OK);
    UNIT_EQUAL_INT(tov_frame_decode(tov_buf_view(&bytes), &frame), TOV_E_LIMIT);
}

static void encoders_refuse_empty_lists(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_EQUAL_INT(tov_frame_encode_late_stanzas(NULL, 0, &out), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_frame_encode_cosignatures(NULL, 0, &out), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(out.size, 0);
}

static const struct unit_test tests[] = {
    UNIT_TEST(fields_of_every_kind_encode_to_the_published_bytes),
    UNIT_TEST(frames_of_every_kind_decode_to_what_encodes_to_them),
    UNIT_TEST(rejected_frames_are_rejected_for_the_published_reason),
    UNIT_TEST(rejected_control_bodies_are_rejected_for_the_published_reason),
    UNIT_TEST(frames_cut_short_are_refused),
    UNIT_TEST(changed_frames_are_refused_or_canonical),
    UNIT_TEST(the_bytes_that_a_control_key_signs_are_the_published_ones),
    UNIT_TEST(the_bytes_of_a_parcel_that_a_control_key_signs_are_the_published_ones),
    UNIT_TEST(a_chunk_has_at_most_131104_bytes),
    UNIT_TEST(a_roster_piece_has_at_most_128_kib),
    UNIT_TEST(a_frame_has_at_most_256_kib),
    UNIT_TEST(decode_refuses_more_than_256_kib_before_looking_at_it),
    UNIT_TEST(decode_refuses_a_frame_that_would_take_too_much_memory),
    UNIT_TEST(encoders_refuse_empty_lists),
};

int main(void)
{
    return unit_run("wire_frame", tests, sizeof tests / sizeof tests[0]);
}
