/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tasks over messages: what they come to stands in files written by hand.
 */
#include "support/unit.h"
#include "task_script.h"

#include <string.h>

#define DEADLINES "tests/scenarios/deadlines.tsv"

static void each_deadline_is_opened_met_met_late_and_overdue(void)
{
    struct script *script = script_create();
    script_run(script, DEADLINES);
    script_destroy(script);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_deadline_is_opened_met_met_late_and_overdue),
    };
    return unit_run("case_tasks", tests, sizeof tests / sizeof tests[0]);
}
