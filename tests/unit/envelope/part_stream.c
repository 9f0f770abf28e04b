/* SPDX-License-Identifier: EUPL-1.2
 *
 * Parts piece by piece: the same bytes as at once, and the same refusals.
 */
#include "envelope/part.h"

#include "envelope/envelope_support.h"
#include "envelope/pad.h"
#include "envelope/stream.h"

#include <string.h>

#define BUF_LIMIT (16u << 20)
/* Padded to 37 * 262,144: the last pull chunk is padding alone. */
#define PADDED_BY_A_CHUNK (36u * 262144u + 1u - TOV_PAD_HEAD_BYTES)

static enum tov_err to_buf(void *user, struct tov_bytes bytes)
{
    struct tov_buf *buf = user;
    tov_buf_put_bytes(buf, bytes);
    return buf->failed;
}

static enum tov_err full_disk(void *user, struct tov_bytes bytes)
{
    (void)user;
    (void)bytes;
    return TOV_E_FULL;
}

struct sealed_part {
    struct tov_key key;
    struct tov_bytes data;
    struct tov_buf sealed;
    struct tov_part_claim claim;
};

static void part_fini(struct sealed_part *part)
{
    tov_buf_fini(&part->sealed);
}

static struct sealed_part part_of(size_t size)
{
    struct sealed_part part = {.key = support_fill_key("key"),
                               .data = support_fill("data", size),
                               .sealed = TOV_BUF_INIT(BUF_LIMIT)};
    UNIT_NEED(tov_part_seal(&part.key, part.data, &part.sealed, &part.claim) == TOV_OK);
    return part;
}

static void check_sealer(const struct sealed_part *part, size_t piece)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
    struct tov_part_sink sink = {to_buf, &out};
    TOV_CLEANUP(tov_part_sealer_cleanup) struct tov_part_sealer *sealer = NULL;
    UNIT_NEED(tov_part_sealer_create(&part->key, part->data.size, &sink, &sealer) == TOV_OK);
    for (size_t at = 0; at < part->data.size; at += piece) {
        size_t left = part->data.size - at;
        struct tov_bytes bytes = {part->data.data + at, left < piece ? left : piece};
        UNIT_OK(tov_part_sealer_write(sealer, bytes));
    }
    struct tov_part_claim claim = {0};
    UNIT_OK(tov_part_sealer_finish(sealer, &claim));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), tov_buf_view(&part->sealed));
    UNIT_EQUAL_INT(claim.sealed_size, part->claim.sealed_size);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(claim.root.bytes), TOV_BYTES_OF(part->claim.root.bytes));
    uint32_t count = 0;
    const struct tov_hash *hashes = tov_part_sealer_hashes(sealer, &count);
    UNIT_EQUAL_INT(count, tov_part_chunk_count(claim.sealed_size));
    struct tov_hash root = tov_part_root(hashes, count);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(root.bytes), TOV_BYTES_OF(claim.root.bytes));
}

static const size_t sizes[] = {0,     1,      248,    249,    65528,  65529,
                               65536, 131064, 131065, 131072, 131073, 400000};

static void sealing_in_pieces_of_any_size_gives_the_same_bytes(void)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        TOV_CLEANUP(part_fini) struct sealed_part part = part_of(sizes[i]);
        check_sealer(&part, 7919);
        check_sealer(&part, 65536);
        check_sealer(&part, 1u << 20);
    }
    TOV_CLEANUP(part_fini) struct sealed_part small = part_of(1000);
    check_sealer(&small, 1);
}

/* Gives CHUNKS of PART to an opener and finishes; the data is in OUT. */
static enum tov_err open_chunks(const struct sealed_part *part, uint32_t chunks,
                                struct tov_buf *out)
{
    struct tov_part_sink sink = {to_buf, out};
    TOV_CLEANUP(tov_part_opener_cleanup) struct tov_part_opener *opener = NULL;
    TOV_TRY(tov_part_opener_create(&part->key, &part->claim, &sink, &opener));
    struct tov_reader reader = tov_reader_of(tov_buf_view(&part->sealed));
    for (uint32_t i = 0; i < chunks; i++) {
        size_t size = tov_part_chunk_size(part->claim.sealed_size, i);
        TOV_TRY(tov_part_opener_take(opener, tov_read_bytes(&reader, size)));
        UNIT_EQUAL_INT(tov_part_opener_data_size(opener), part->data.size);
    }
    return tov_part_opener_finish(opener);
}

static enum tov_err open_whole(const struct sealed_part *part, struct tov_buf *out)
{
    return open_chunks(part, tov_part_chunk_count(part->claim.sealed_size), out);
}

static void pulled_chunks_open_to_the_data(void)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        TOV_CLEANUP(part_fini) struct sealed_part part = part_of(sizes[i]);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
        UNIT_OK(open_whole(&part, &out));
        UNIT_EQUAL_BYTES(tov_buf_view(&out), part.data);
    }
}

static void a_part_with_chunks_missing_is_not_finished(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(400000);
    for (uint32_t i = 0; i < tov_part_chunk_count(part.claim.sealed_size); i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
        UNIT_EQUAL_INT(open_chunks(&part, i, &out), TOV_E_MALFORMED);
    }
}

static void a_changed_byte_in_any_chunk_is_refused(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(400000);
    for (size_t at = 0; at < part.sealed.size; at += 32771) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
        part.sealed.data[at] ^= 0x80;
        UNIT_EQUAL_INT(open_whole(&part, &out), TOV_E_DECRYPT);
        part.sealed.data[at] ^= 0x80;
    }
}

static void swapped_pull_chunks_are_refused(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(400000);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
    uint8_t *first = support_copy((struct tov_bytes){part.sealed.data, TOV_PULL_CHUNK_BYTES});
    memcpy(part.sealed.data, part.sealed.data + TOV_PULL_CHUNK_BYTES, TOV_PULL_CHUNK_BYTES);
    memcpy(part.sealed.data + TOV_PULL_CHUNK_BYTES, first, TOV_PULL_CHUNK_BYTES);
    UNIT_EQUAL_INT(open_whole(&part, &out), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(out.size, 0);
}

static void the_root_is_checked_at_the_end(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(300000);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
    part.claim.root.bytes[0] ^= 1;
    UNIT_EQUAL_INT(open_whole(&part, &out), TOV_E_PROOF);
}

/* Seals a padded plaintext of our making, so that only the padding can be wrong. */
static void reseal(struct sealed_part *part, struct tov_bytes plain)
{
    tov_buf_clear(&part->sealed);
    UNIT_NEED(tov_stream_seal(&part->key, plain, &part->sealed) == TOV_OK);
    part->claim.sealed_size = part->sealed.size;
}

static void padding_may_fill_whole_chunks(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(PADDED_BY_A_CHUNK);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
    check_sealer(&part, 100000);
    UNIT_OK(open_whole(&part, &out));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), part.data);
}

static void padding_that_is_not_zero_is_refused_wherever_it_stands(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(PADDED_BY_A_CHUNK);
    size_t padded_size = (size_t)tov_pad_size(part.data.size);
    size_t data_end = TOV_PAD_HEAD_BYTES + part.data.size;
    uint8_t *plain = support_alloc(padded_size);
    tov_put_be64(plain, part.data.size);
    memcpy(plain + TOV_PAD_HEAD_BYTES, part.data.data, part.data.size);
    const size_t places[] = {data_end, data_end + 2 * TOV_STREAM_CHUNK_BYTES, padded_size - 1};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
        plain[places[i]] = 1;
        reseal(&part, (struct tov_bytes){plain, padded_size});
        UNIT_EQUAL_INT(open_whole(&part, &out), TOV_E_MALFORMED);
        plain[places[i]] = 0;
    }
}

static void a_length_that_does_not_fit_the_size_is_refused_at_once(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(300000);
    size_t padded_size = (size_t)tov_pad_size(part.data.size);
    uint8_t *plain = support_alloc(padded_size);
    const uint64_t lengths[] = {0, padded_size - 7, padded_size, UINT64_MAX,
                                TOV_ATTACHMENT_MAX_BYTES + 1};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
        tov_put_be64(plain, lengths[i]);
        reseal(&part, (struct tov_bytes){plain, padded_size});
        UNIT_EQUAL_INT(open_whole(&part, &out), TOV_E_MALFORMED);
        UNIT_EQUAL_INT(out.size, 0);
    }
}

static void an_impossible_size_is_refused_before_anything_is_allocated_for_it(void)
{
    struct tov_key key = support_fill_key("key");
    struct tov_part_sink sink = {full_disk, NULL};
    struct tov_part_opener *opener = NULL;
    const uint64_t wrong[] = {0, 16, 271, 273, TOV_PART_SEALED_MAX_BYTES + 1, UINT64_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct tov_part_claim claim = {.sealed_size = wrong[i]};
        UNIT_EQUAL_INT(tov_part_opener_create(&key, &claim, &sink, &opener), TOV_E_MALFORMED);
    }
}

static void more_or_less_data_than_was_said_is_an_error_that_stays(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
    struct tov_part_sink sink = {to_buf, &out};
    struct tov_key key = support_fill_key("key");
    struct tov_part_claim claim;
    struct tov_bytes data = support_fill("data", 100);
    TOV_CLEANUP(tov_part_sealer_cleanup) struct tov_part_sealer *less = NULL;
    UNIT_NEED(tov_part_sealer_create(&key, 101, &sink, &less) == TOV_OK);
    UNIT_OK(tov_part_sealer_write(less, data));
    UNIT_EQUAL_INT(tov_part_sealer_finish(less, &claim), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_part_sealer_write(less, (struct tov_bytes){data.data, 1}), TOV_E_ARGUMENT);
    TOV_CLEANUP(tov_part_sealer_cleanup) struct tov_part_sealer *more = NULL;
    UNIT_NEED(tov_part_sealer_create(&key, 99, &sink, &more) == TOV_OK);
    UNIT_EQUAL_INT(tov_part_sealer_write(more, data), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_part_sealer_finish(more, &claim), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(out.size, 0);
}

static void a_sink_that_fails_ends_the_work_with_its_error(void)
{
    TOV_CLEANUP(part_fini) struct sealed_part part = part_of(200000);
    struct tov_part_sink sink = {full_disk, NULL};
    struct tov_part_claim claim;
    TOV_CLEANUP(tov_part_sealer_cleanup) struct tov_part_sealer *sealer = NULL;
    UNIT_NEED(tov_part_sealer_create(&part.key, part.data.size, &sink, &sealer) == TOV_OK);
    UNIT_EQUAL_INT(tov_part_sealer_write(sealer, part.data), TOV_E_FULL);
    UNIT_EQUAL_INT(tov_part_sealer_finish(sealer, &claim), TOV_E_FULL);
    TOV_CLEANUP(tov_part_opener_cleanup) struct tov_part_opener *opener = NULL;
    UNIT_NEED(tov_part_opener_create(&part.key, &part.claim, &sink, &opener) == TOV_OK);
    struct tov_bytes chunk = {part.sealed.data, TOV_PULL_CHUNK_BYTES};
    UNIT_EQUAL_INT(tov_part_opener_take(opener, chunk), TOV_E_FULL);
    UNIT_EQUAL_INT(tov_part_opener_finish(opener), TOV_E_FULL);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(sealing_in_pieces_of_any_size_gives_the_same_bytes),
        UNIT_TEST(pulled_chunks_open_to_the_data),
        UNIT_TEST(a_part_with_chunks_missing_is_not_finished),
        UNIT_TEST(a_changed_byte_in_any_chunk_is_refused),
        UNIT_TEST(swapped_pull_chunks_are_refused),
        UNIT_TEST(the_root_is_checked_at_the_end),
        UNIT_TEST(padding_may_fill_whole_chunks),
        UNIT_TEST(padding_that_is_not_zero_is_refused_wherever_it_stands),
        UNIT_TEST(a_length_that_does_not_fit_the_size_is_refused_at_once),
        UNIT_TEST(an_impossible_size_is_refused_before_anything_is_allocated_for_it),
        UNIT_TEST(more_or_less_data_than_was_said_is_an_error_that_stays),
        UNIT_TEST(a_sink_that_fails_ends_the_work_with_its_error),
    };
    return SUPPORT_TESTS("envelope parts, piece by piece", tests);
}
