/* SPDX-License-Identifier: EUPL-1.2
 *
 * The checker itself: it must find each kind of break, and nothing where nothing is broken.
 */
#include "support/invariants.h"
#include "support/unit.h"

/* Records named by digits; a capital letter A to J is digit 0 to 9 with other content. */
static struct invariant_log log_of(const char *names)
{
    struct invariant_log log = {.count = 0};
    for (const char *c = names; *c != '\0'; c++) {
        bool is_changed = *c >= 'A';
        uint64_t id = (uint64_t)(is_changed ? *c - 'A' : *c - '0');
        struct invariant_record record = {.id = id};
        record.hash.bytes[0] = (uint8_t)(is_changed ? 200 : id);
        invariant_log_add(&log, record);
    }
    return log;
}

static void check(const char *acked, const char *there, enum invariant_verdict expected)
{
    struct invariant_log acknowledged = log_of(acked), found = log_of(there);
    uint64_t id = 0;
    UNIT_EQUAL_TEXT(invariant_verdict_name(invariant_check(&acknowledged, &found, &id)),
                    invariant_verdict_name(expected));
    invariant_log_fini(&acknowledged);
    invariant_log_fini(&found);
}

static void what_is_there_once_in_order_unchanged_holds(void)
{
    check("", "", INVARIANT_HOLDS);
    check("123", "123", INVARIANT_HOLDS);
    check("321", "321", INVARIANT_HOLDS);
    check("13", "01234", INVARIANT_HOLDS);
    check("1123312", "123", INVARIANT_HOLDS);
}

static void a_lost_record_is_found(void)
{
    check("1", "", INVARIANT_LOST);
    check("123", "12", INVARIANT_LOST);
    check("123", "23", INVARIANT_LOST);
}

static void a_changed_record_is_found(void)
{
    check("123", "1C3", INVARIANT_CHANGED);
}

static void a_record_that_is_there_twice_is_found(void)
{
    check("123", "1223", INVARIANT_TWICE);
    check("1", "1343", INVARIANT_TWICE);
}

static void two_records_in_the_other_order_are_found(void)
{
    check("123", "132", INVARIANT_OUT_OF_ORDER);
    check("21", "12", INVARIANT_OUT_OF_ORDER);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_there_once_in_order_unchanged_holds),
        UNIT_TEST(a_lost_record_is_found),
        UNIT_TEST(a_changed_record_is_found),
        UNIT_TEST(a_record_that_is_there_twice_is_found),
        UNIT_TEST(two_records_in_the_other_order_are_found),
    };
    return unit_run("invariants", tests, sizeof tests / sizeof tests[0]);
}
