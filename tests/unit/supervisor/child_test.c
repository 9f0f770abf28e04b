/* SPDX-License-Identifier: EUPL-1.2
 *
 * When a role is started again, and that every exit code has its words.
 */
#include "supervisor/child.h"

#include "support/unit.h"

#include <string.h>

static void the_delay_doubles_to_half_a_minute_and_a_good_run_forgets(void)
{
    static const unsigned delays[] = {100,  200,   400,   800,   1600,  3200,
                                      6400, 12800, 25600, 30000, 30000, 30000};
    struct child child = {.role = "gateway", .started_ms = 1000};
    for (size_t i = 0; i < sizeof delays / sizeof delays[0]; i++) {
        child_plan(&child, TOV_EXIT_INTERNAL, 2000);
        UNIT_EQUAL_INT(child.start_at_ms, 2000 + delays[i]);
    }
    child_plan(&child, TOV_EXIT_INTERNAL, 61000);
    UNIT_EQUAL_INT(child.start_at_ms, 61100);
}

static void a_withdrawn_key_and_a_full_disk_do_not_count_as_failures(void)
{
    struct child child = {.role = "gateway", .started_ms = 1000};
    for (int i = 0; i < 20; i++) {
        child_plan(&child, TOV_EXIT_PEERS_CHANGED, 2000);
        UNIT_EQUAL_INT(child.start_at_ms, 2000);
        child_plan(&child, TOV_EXIT_DISK_FULL, 2000);
        UNIT_EQUAL_INT(child.start_at_ms, 3000);
    }
}

static void every_code_has_one_line_and_an_unknown_one_too(void)
{
    static const int codes[] = {0, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 30, 31, 32, 70};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        CU_ASSERT(strchr(tov_exit_text((enum tov_exit)codes[i]), '\n') == NULL);
    UNIT_EQUAL_TEXT(tov_exit_text((enum tov_exit)99), "ended in a way that tovd does not know");
    UNIT_EQUAL_INT(tov_exit_remedy((enum tov_exit)99), TOV_EXIT_AGAIN);
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(the_delay_doubles_to_half_a_minute_and_a_good_run_forgets),
        UNIT_TEST(a_withdrawn_key_and_a_full_disk_do_not_count_as_failures),
        UNIT_TEST(every_code_has_one_line_and_an_unknown_one_too),
    };
    return unit_run("supervisor child", tests, sizeof tests / sizeof tests[0]);
}
