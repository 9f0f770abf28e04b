/* SPDX-License-Identifier: EUPL-1.2 */
#include "store_fixture.h"

#include <string.h>

int main(void)
{
    struct unit_test tests[96];
    size_t count = 0;
    UNIT_NEED(open_test_count + read_test_count + restore_test_count + rot_test_count +
                  planted_test_count + scrub_test_count <=
              96);
    memcpy(tests + count, open_tests, open_test_count * sizeof *tests);
    count += open_test_count;
    memcpy(tests + count, read_tests, read_test_count * sizeof *tests);
    count += read_test_count;
    memcpy(tests + count, restore_tests, restore_test_count * sizeof *tests);
    count += restore_test_count;
    memcpy(tests + count, rot_tests, rot_test_count * sizeof *tests);
    count += rot_test_count;
    memcpy(tests + count, planted_tests, planted_test_count * sizeof *tests);
    count += planted_test_count;
    memcpy(tests + count, scrub_tests, scrub_test_count * sizeof *tests);
    count += scrub_test_count;
    return unit_run("store", tests, count);
}
