/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/range.h"

#include <string.h>

#include "merkle/tree.h"
#include "model.h"
#include "support/unit.h"

static struct model model;

static void grow_range(struct tov_range *range, size_t size)
{
    model_grow(&model, size > model.size ? size : model.size);
    while (range->size < size)
        UNIT_NEED(tov_range_append(range, &model.leaves[range->size]) == TOV_OK);
}

static void root_follows_every_append(void)
{
    struct tov_range range = {0};
    for (size_t size = 0; size <= 260; size++) {
        grow_range(&range, size);
        struct tov_hash root = tov_range_root(&range), expected = model_root(&model, 0, size);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(root.bytes), TOV_BYTES_OF(expected.bytes));
        UNIT_EQUAL_INT(range.count, __builtin_popcountll(size));
    }
}

static void any_split_into_aligned_subtrees_gives_the_same_range(void)
{
    model_grow(&model, 200);
    struct tov_range whole = {0};
    grow_range(&whole, 200);
    for (size_t middle = 0; middle <= 200; middle++) {
        struct tov_range range = {0};
        grow_range(&range, middle);
        struct tov_canon canon = tov_canon_of(middle, 200);
        struct tov_subtree at;
        while (tov_canon_next(&canon, &at)) {
            size_t begin = (size_t)at.index << at.level;
            struct tov_hash hash = model_root(&model, begin, begin + ((size_t)1 << at.level));
            UNIT_OK(tov_range_append_subtree(&range, at.level, &hash));
        }
        CU_ASSERT_TRUE(tov_range_equal(&range, &whole));
    }
}

static void a_misaligned_subtree_is_refused_and_changes_nothing(void)
{
    struct tov_hash hash = {{7}};
    for (size_t size = 1; size < 64; size++) {
        struct tov_range range = {0};
        grow_range(&range, size);
        struct tov_range before = range;
        for (unsigned level = 0; level < 10; level++) {
            bool fits = size % ((size_t)1 << level) == 0;
            if (!fits)
                UNIT_EQUAL_INT(tov_range_append_subtree(&range, level, &hash), TOV_E_PROOF);
        }
        CU_ASSERT_TRUE(tov_range_equal(&range, &before));
    }
}

static void the_largest_tree_can_be_reached_and_not_passed(void)
{
    struct tov_range range = {0};
    struct tov_hash hash = {{7}};
    UNIT_EQUAL_INT(tov_range_append_subtree(&range, 64, &hash), TOV_E_LIMIT);
    for (int level = 63; level >= 0; level--)
        UNIT_OK(tov_range_append_subtree(&range, (unsigned)level, &hash));
    CU_ASSERT_EQUAL(range.size, UINT64_MAX);
    UNIT_EQUAL_INT(range.count, 64);
    UNIT_EQUAL_INT(tov_range_append(&range, &hash), TOV_E_LIMIT);
    CU_ASSERT_EQUAL(range.size, UINT64_MAX);
}

struct noted {
    size_t count;
    bool is_right;
};

static void check_node(void *ctx, struct tov_subtree at, const struct tov_hash *hash)
{
    struct noted *noted = ctx;
    size_t begin = (size_t)at.index << at.level;
    struct tov_hash expected = model_root(&model, begin, begin + ((size_t)1 << at.level));
    noted->is_right = noted->is_right && tov_hash_equal(hash, &expected);
    noted->count++;
}

static void every_node_that_becomes_complete_is_told_once(void)
{
    struct tov_range range = {0};
    struct noted noted = {0, true};
    struct tov_node_sink sink = {&noted, check_node};
    model_grow(&model, 256);
    for (size_t i = 0; i < 256; i++)
        UNIT_OK(tov_range_append_noting(&range, 0, &model.leaves[i], &sink));
    CU_ASSERT_TRUE(noted.is_right);
    UNIT_EQUAL_INT(noted.count, 511);
}

static void encoding_round_trips_and_no_other_length_is_read(void)
{
    for (size_t size = 0; size < 100; size++) {
        struct tov_range range = {0}, back;
        grow_range(&range, size);
        struct tov_buf buf = TOV_BUF_INIT(TOV_RANGE_MAX_BYTES + 1);
        tov_range_encode(&range, &buf);
        UNIT_EQUAL_INT(buf.size, 8 + 32 * range.count);
        UNIT_OK(tov_range_decode(tov_buf_view(&buf), &back));
        CU_ASSERT_TRUE(tov_range_equal(&range, &back));
        for (size_t cut = 0; cut < buf.size; cut++)
            UNIT_EQUAL_INT(tov_range_decode((struct tov_bytes){buf.data, cut}, &back),
                           TOV_E_MALFORMED);
        tov_buf_put_u8(&buf, 0);
        UNIT_EQUAL_INT(tov_range_decode(tov_buf_view(&buf), &back), TOV_E_MALFORMED);
        tov_buf_fini(&buf);
    }
}

/* The decomposition as its definition says, one doubling at a time. */
static unsigned slow_level(uint64_t begin, uint64_t end)
{
    unsigned level = 0;
    while (level < 63 && begin % (UINT64_C(2) << level) == 0 &&
           (UINT64_C(2) << level) <= end - begin)
        level++;
    return level;
}

static void canonical_subtrees_cover_the_interval_each_as_large_as_can_be(void)
{
    for (uint64_t begin = 0; begin < 70; begin++) {
        for (uint64_t end = begin; end < 140; end++) {
            struct tov_canon canon = tov_canon_of(begin, end);
            struct tov_subtree at;
            uint64_t next = begin;
            while (tov_canon_next(&canon, &at)) {
                UNIT_NEED(at.level == slow_level(next, end) && at.index << at.level == next);
                next += UINT64_C(1) << at.level;
            }
            UNIT_EQUAL_INT(next, end);
        }
    }
}

static void canonical_subtrees_of_the_largest_interval_end(void)
{
    struct tov_canon canon = tov_canon_of(0, UINT64_MAX);
    struct tov_subtree at;
    unsigned count = 0;
    while (tov_canon_next(&canon, &at))
        UNIT_EQUAL_INT(at.level, 63 - count++);
    UNIT_EQUAL_INT(count, 64);
    canon = tov_canon_of(5, 4);
    CU_ASSERT_FALSE(tov_canon_next(&canon, &at));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(root_follows_every_append),
        UNIT_TEST(any_split_into_aligned_subtrees_gives_the_same_range),
        UNIT_TEST(a_misaligned_subtree_is_refused_and_changes_nothing),
        UNIT_TEST(the_largest_tree_can_be_reached_and_not_passed),
        UNIT_TEST(every_node_that_becomes_complete_is_told_once),
        UNIT_TEST(encoding_round_trips_and_no_other_length_is_read),
        UNIT_TEST(canonical_subtrees_cover_the_interval_each_as_large_as_can_be),
        UNIT_TEST(canonical_subtrees_of_the_largest_interval_end),
    };
    return unit_run("merkle/range", tests, sizeof tests / sizeof tests[0]);
}
