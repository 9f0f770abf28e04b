/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sets of indices and the file of tables, which an export fills as it likes: what they find, and
 * what they cost.
 */
#include "audit/audit.h"

#include "support/unit.h"

#include <stddef.h>

#define PAGE_BITS UINT64_C(32768)
#define LAST ((UINT64_C(1) << 36) - 1)

static void what_was_put_is_found_in_order_and_nothing_else(void)
{
    static const uint64_t put[] = {LAST, 5, PAGE_BITS, 9 * PAGE_BITS + 1, PAGE_BITS - 1, 5};
    static const uint64_t expected[] = {5, PAGE_BITS - 1, PAGE_BITS, 9 * PAGE_BITS + 1, LAST};
    struct tov_marks_room room = {0};
    struct tov_marks marks = {0};
    uint64_t at = 0;
    for (size_t i = 0; i < sizeof put / sizeof put[0]; i++)
        UNIT_OK(tov_marks_put(&room, &marks, put[i]));
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++, at++) {
        CU_ASSERT(tov_marks_next(&marks, &at));
        UNIT_EQUAL_INT(at, expected[i]);
        CU_ASSERT(tov_marks_has(&marks, at));
        CU_ASSERT_FALSE(tov_marks_has(&marks, at + 2));
    }
    CU_ASSERT_FALSE(tov_marks_next(&marks, &at));
    UNIT_EQUAL_INT(tov_marks_put(&room, &marks, LAST + 1), TOV_E_LIMIT);
    UNIT_OK(tov_marks_put_range(&room, &marks, LAST + 7, UINT64_MAX));
    CU_ASSERT(tov_marks_has(&marks, LAST + 7) && !tov_marks_has(&marks, LAST + 6));
    CU_ASSERT(tov_marks_has(&marks, UINT64_MAX - 1) && !tov_marks_has(&marks, UINT64_MAX));
    tov_marks_fini(&marks);
}

/* An export has thousands of sets, and one entry names any index. */
static void a_far_index_costs_no_more_than_a_near_one(void)
{
    struct tov_marks_room room = {0};
    struct tov_marks far = {0}, near = {0};
    UNIT_OK(tov_marks_put(&room, &far, LAST));
    UNIT_OK(tov_marks_put(&room, &near, 0));
    UNIT_EQUAL_INT(far.pages.capacity, near.pages.capacity);
    UNIT_EQUAL_INT(room.pages, 2);
    tov_marks_fini(&far);
    tov_marks_fini(&near);
}

static void all_sets_of_an_audit_have_one_limit_and_another_audit_its_own(void)
{
    struct tov_marks_room room = {0}, other_room = {0};
    struct tov_marks marks[3] = {[0] = {.pages = {0}}}, other = {0};
    size_t first = TOV_MARKS_PAGES_MAX / 2;
    for (size_t i = 0; i < TOV_MARKS_PAGES_MAX; i++)
        UNIT_NEED(tov_marks_put(&room, &marks[i < first ? 0 : 1], i * PAGE_BITS) == TOV_OK);
    UNIT_EQUAL_INT(tov_marks_put(&room, &marks[2], 3), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_marks_put_range(&room, &marks[2], 3, 4), TOV_E_LIMIT);
    UNIT_OK(tov_marks_put(&room, &marks[0], 3)); /* where there is a page */
    UNIT_OK(tov_marks_put(&other_room, &other, 3));
    CU_ASSERT(tov_marks_has(&marks[0], 3) && !tov_marks_has(&marks[2], 3));
    CU_ASSERT(tov_marks_has(&other, 3));
    for (size_t i = 0; i < 3; i++)
        tov_marks_fini(&marks[i]);
    tov_marks_fini(&other);
}

/* Up to 4 long, empty ones too, below 64. */
static void put_ranges(uint32_t seed, struct tov_marks *marks, uint64_t *plain)
{
    struct tov_marks_room room = {0};
    for (uint32_t i = 0; i < 12; i++) {
        seed = seed * 1664525u + 1013904223u;
        uint64_t first = (seed >> 8) % 60, end = first + (seed >> 20) % 5;
        UNIT_OK(tov_marks_put_range(&room, marks, first, end));
        for (uint64_t k = first; k < end; k++)
            *plain |= UINT64_C(1) << k;
    }
}

static void ranges_hold_what_was_put_whatever_their_order(void)
{
    for (uint32_t seed = 0; seed < 2000; seed++) {
        struct tov_marks marks = {0};
        uint64_t plain = 0, runs = 0;
        put_ranges(seed, &marks, &plain);
        for (uint64_t i = 0; i < 64; i++) {
            bool is_put = (plain >> i & 1) != 0, was_put = i > 0 && (plain >> (i - 1) & 1) != 0;
            runs += is_put && !was_put ? 1 : 0;
            UNIT_NEED(tov_marks_has(&marks, i) == is_put);
        }
        UNIT_NEED(marks.ranges.count == runs); /* those that meet are one */
        tov_marks_fini(&marks);
    }
    CU_PASS("2,000 sets");
}

/* A ledger names a loss at each restore, and often the same again. */
static void only_ranges_that_lie_apart_have_a_limit(void)
{
    struct tov_marks_room room = {0};
    struct tov_marks marks = {0};
    for (uint64_t i = 0; i < TOV_MARKS_RANGES_MAX; i++)
        UNIT_NEED(tov_marks_put_range(&room, &marks, 3 * i, 3 * i + 1) == TOV_OK);
    UNIT_EQUAL_INT(room.pages, TOV_MARKS_RANGES_MAX / 256); /* of 16 bytes each */
    UNIT_EQUAL_INT(tov_marks_put_range(&room, &marks, LAST, LAST + 1), TOV_E_LIMIT);
    UNIT_OK(tov_marks_put_range(&room, &marks, 1, 2));
    UNIT_OK(tov_marks_put_range(&room, &marks, 9, 10));
    UNIT_OK(tov_marks_put_range(&room, &marks, 9, 14)); /* two are one now */
    UNIT_OK(tov_marks_put_range(&room, &marks, LAST, LAST + 1));
    CU_ASSERT(tov_marks_has(&marks, 13) && tov_marks_has(&marks, LAST));
    CU_ASSERT_FALSE(tov_marks_has(&marks, 14));
    UNIT_EQUAL_INT(room.pages, TOV_MARKS_RANGES_MAX / 256);
    tov_marks_fini(&marks);
}

/* One run of a receipt makes 65,535 rows of 5 bytes. */
static void the_file_of_tables_has_a_limit(void)
{
    struct tov_scratch scratch;
    struct tov_table table = {0}, other = {0};
    struct tov_row row = {.number = 1};
    UNIT_OK(tov_scratch_open(&scratch));
    scratch.pages = TOV_SCRATCH_PAGES_MAX - 1;
    for (; row.number <= TOV_SCRATCH_PAGE_ROWS; row.number++)
        UNIT_NEED(tov_table_put(&scratch, &table, &row) == TOV_OK);
    UNIT_EQUAL_INT(tov_table_put(&scratch, &table, &row), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_table_put(&scratch, &other, &row), TOV_E_LIMIT);
    UNIT_OK(tov_table_find(&scratch, &table, TOV_SCRATCH_PAGE_ROWS, &row));
    tov_table_fini(&table);
    tov_table_fini(&other);
    tov_scratch_close(&scratch);
}

/* Else one export fills the list with it, and hides what else was found. */
static void that_a_limit_is_exceeded_is_told_once(void)
{
    struct tov_audit audit = {.folder = {.fd = -1}};
    for (size_t i = 0; i < 3; i++)
        tov_audit_note_failure(&audit, TOV_E_LIMIT);
    UNIT_EQUAL_INT(audit.findings.count, 1);
    UNIT_EQUAL_INT(audit.findings.items[0].code, TOV_FOUND_LIMIT);
    UNIT_EQUAL_INT(audit.failed, TOV_OK);
    tov_findings_fini(&audit.findings);
}

/* Rows that are taken back leave their room to those that come instead, over the end of a page. */
static void a_table_that_was_cut_goes_on_from_there(void)
{
    struct tov_scratch scratch;
    struct tov_table table = {0};
    struct tov_row row;
    UNIT_OK(tov_scratch_open(&scratch));
    for (uint64_t i = 0; i < TOV_SCRATCH_PAGE_ROWS + 2; i++)
        UNIT_OK(tov_table_put(&scratch, &table, &(struct tov_row){.number = 2 * i}));
    tov_table_cut(&table, TOV_SCRATCH_PAGE_ROWS - 1);
    uint64_t cut = 2 * TOV_SCRATCH_PAGE_ROWS - 2;
    UNIT_EQUAL_INT(tov_table_find(&scratch, &table, cut, &row), TOV_E_NOT_FOUND);
    for (uint64_t i = 0; i < 3; i++)
        UNIT_OK(tov_table_put(&scratch, &table, &(struct tov_row){.number = cut + 1 + i}));
    for (uint64_t i = 0; i < 3; i++)
        UNIT_OK(tov_table_find(&scratch, &table, cut + 1 + i, &row));
    UNIT_OK(tov_table_find(&scratch, &table, cut - 2, &row));
    UNIT_EQUAL_INT(scratch.pages, 2);
    tov_table_cut(&table, 0);
    UNIT_EQUAL_INT(tov_table_find(&scratch, &table, 0, &row), TOV_E_NOT_FOUND);
    tov_table_fini(&table);
    tov_scratch_close(&scratch);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_was_put_is_found_in_order_and_nothing_else),
        UNIT_TEST(a_far_index_costs_no_more_than_a_near_one),
        UNIT_TEST(all_sets_of_an_audit_have_one_limit_and_another_audit_its_own),
        UNIT_TEST(ranges_hold_what_was_put_whatever_their_order),
        UNIT_TEST(only_ranges_that_lie_apart_have_a_limit),
        UNIT_TEST(the_file_of_tables_has_a_limit),
        UNIT_TEST(that_a_limit_is_exceeded_is_told_once),
        UNIT_TEST(a_table_that_was_cut_goes_on_from_there),
    };
    return unit_run("audit_scratch", tests, sizeof tests / sizeof tests[0]);
}
