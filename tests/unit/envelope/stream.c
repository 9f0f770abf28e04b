/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/stream.h"

#include "envelope/envelope_support.h"

#include <string.h>

#define SEALED TOV_STREAM_SEALED_CHUNK_BYTES

static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 131072, 200000};

static struct tov_bytes sealed_of(size_t size)
{
    struct tov_key key = support_fill_key("stream key");
    struct tov_buf buf = TOV_BUF_INIT(1u << 20);
    UNIT_NEED(tov_stream_seal(&key, support_fill("stream", size), &buf) == TOV_OK);
    struct tov_bytes copy = {support_copy(tov_buf_view(&buf)), buf.size};
    tov_buf_fini(&buf);
    return copy;
}

static enum tov_err open_all(struct tov_bytes sealed, struct tov_buf *out)
{
    struct tov_key key = support_fill_key("stream key");
    return tov_stream_open(&key, sealed, out);
}

static void check_refused(struct tov_bytes sealed, enum tov_err expected)
{
    struct tov_buf buf = TOV_BUF_INIT(1u << 20);
    tov_buf_put_text(&buf, "before");
    UNIT_EQUAL_INT(open_all(sealed, &buf), expected);
    UNIT_EQUAL_BYTES(tov_buf_view(&buf), tov_bytes_of_text("before"));
    tov_buf_fini(&buf);
}

static void what_is_sealed_opens_again(void)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct tov_bytes sealed = sealed_of(sizes[i]);
        struct tov_buf buf = TOV_BUF_INIT(1u << 20);
        UNIT_EQUAL_INT(sealed.size, tov_stream_sealed_size(sizes[i]));
        UNIT_OK(open_all(sealed, &buf));
        UNIT_EQUAL_BYTES(tov_buf_view(&buf), support_fill("stream", sizes[i]));
        tov_buf_fini(&buf);
    }
}

static void nothing_is_one_empty_last_chunk(void)
{
    UNIT_EQUAL_INT(sealed_of(0).size, TOV_STREAM_TAG_BYTES);
}

static void sizes_go_both_ways_and_impossible_ones_are_refused(void)
{
    uint64_t plain_size = 0;
    uint64_t plain = 0;
    for (uint64_t sealed = 0; sealed < 3 * (uint64_t)SEALED; sealed++) {
        while (tov_stream_sealed_size(plain) < sealed)
            plain++;
        bool is_possible = tov_stream_sealed_size(plain) == sealed;
        enum tov_err err = tov_stream_plain_size(sealed, &plain_size);
        if (err != (is_possible ? TOV_OK : TOV_E_MALFORMED) || (is_possible && plain_size != plain))
            UNIT_EQUAL_INT(sealed, -1);
    }
}

static void a_stream_cut_short_anywhere_is_refused(void)
{
    struct tov_bytes sealed = sealed_of(131072 + 40);
    const size_t cuts[] = {0,          1,      15,          16,         17,
                           SEALED - 1, SEALED, SEALED + 16, 2 * SEALED, sealed.size - 1};
    for (size_t i = 0; i < sizeof cuts / sizeof cuts[0]; i++) {
        struct tov_bytes cut = {sealed.data, cuts[i]};
        uint64_t plain = 0;
        bool is_possible = tov_stream_plain_size(cut.size, &plain) == TOV_OK;
        check_refused(cut, is_possible ? TOV_E_DECRYPT : TOV_E_MALFORMED);
    }
}

static void a_stream_with_more_behind_it_is_refused(void)
{
    struct tov_bytes sealed = sealed_of(65536);
    uint8_t *longer = support_alloc(3 * SEALED);
    memcpy(longer, sealed.data, sealed.size);
    check_refused((struct tov_bytes){longer, sealed.size + 16}, TOV_E_MALFORMED);
    check_refused((struct tov_bytes){longer, sealed.size + 17}, TOV_E_DECRYPT);
    memcpy(longer + sealed.size, sealed.data, sealed.size);
    check_refused((struct tov_bytes){longer, 2 * sealed.size}, TOV_E_DECRYPT);
}

static void swapped_and_repeated_chunks_are_refused(void)
{
    struct tov_bytes sealed = sealed_of(3 * 65536);
    uint8_t *swapped = support_copy(sealed);
    memcpy(swapped, sealed.data + SEALED, SEALED);
    memcpy(swapped + SEALED, sealed.data, SEALED);
    check_refused((struct tov_bytes){swapped, sealed.size}, TOV_E_DECRYPT);
    memcpy(swapped, sealed.data, SEALED);
    check_refused((struct tov_bytes){swapped, sealed.size}, TOV_E_DECRYPT);
}

static void the_last_flag_can_be_neither_removed_nor_added(void)
{
    struct tov_key key = support_fill_key("stream key");
    uint8_t *plain = support_alloc(TOV_STREAM_CHUNK_BYTES);
    struct tov_bytes sealed = sealed_of(2 * 65536);
    struct tov_stream_chunk first = {.index = 0, .text = {sealed.data, SEALED}};
    struct tov_stream_chunk last = {
        .index = 1, .is_last = true, .text = {sealed.data + SEALED, SEALED}};
    UNIT_OK(tov_stream_open_chunk(&key, &first, plain));
    UNIT_OK(tov_stream_open_chunk(&key, &last, plain));
    first.is_last = true;
    last.is_last = false;
    UNIT_EQUAL_INT(tov_stream_open_chunk(&key, &first, plain), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(tov_stream_open_chunk(&key, &last, plain), TOV_E_DECRYPT);
    last.is_last = true;
    last.index = 2;
    UNIT_EQUAL_INT(tov_stream_open_chunk(&key, &last, plain), TOV_E_DECRYPT);
}

static void an_empty_last_chunk_after_others_is_refused(void)
{
    struct tov_key key = support_fill_key("stream key");
    uint8_t sealed[TOV_STREAM_TAG_BYTES];
    struct tov_stream_chunk chunk = {.index = 1, .is_last = true};
    tov_stream_seal_chunk(&key, &chunk, sealed);
    chunk.text = TOV_BYTES_OF(sealed);
    UNIT_EQUAL_INT(tov_stream_open_chunk(&key, &chunk, sealed), TOV_E_DECRYPT);
}

static void a_limit_that_is_too_low_is_told(void)
{
    struct tov_key key = support_fill_key("stream key");
    struct tov_buf buf = TOV_BUF_INIT(100);
    UNIT_EQUAL_INT(tov_stream_seal(&key, support_fill("stream", 85), &buf), TOV_E_LIMIT);
    tov_buf_clear(&buf);
    UNIT_OK(tov_stream_seal(&key, support_fill("stream", 84), &buf));
    tov_buf_fini(&buf);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_sealed_opens_again),
        UNIT_TEST(nothing_is_one_empty_last_chunk),
        UNIT_TEST(sizes_go_both_ways_and_impossible_ones_are_refused),
        UNIT_TEST(a_stream_cut_short_anywhere_is_refused),
        UNIT_TEST(a_stream_with_more_behind_it_is_refused),
        UNIT_TEST(swapped_and_repeated_chunks_are_refused),
        UNIT_TEST(the_last_flag_can_be_neither_removed_nor_added),
        UNIT_TEST(an_empty_last_chunk_after_others_is_refused),
        UNIT_TEST(a_limit_that_is_too_low_is_told),
    };
    return SUPPORT_TESTS("envelope STREAM", tests);
}
