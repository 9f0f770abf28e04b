/* SPDX-License-Identifier: EUPL-1.2
 *
 * All suites of the guard object in one program.
 */
#include "guard_fixture.h"

#include <string.h>

#define TESTS_MAX 64

static size_t add(struct unit_test *all, size_t count, const struct unit_test *tests, size_t more)
{
    UNIT_NEED(count + more <= TESTS_MAX);
    memcpy(all + count, tests, more * sizeof(tests[0]));
    return count + more;
}

int main(void)
{
    struct unit_test all[TESTS_MAX];
    size_t count = add(all, 0, guard_tree_tests, guard_tree_count);
    count = add(all, count, guard_state_tests, guard_state_count);
    count = add(all, count, guard_recover_tests, guard_recover_count);
    count = add(all, count, guard_cosign_tests, guard_cosign_count);
    return unit_run("guard", all, count);
}
