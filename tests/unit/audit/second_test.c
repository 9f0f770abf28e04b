/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports of real nodes, read by tests/second: a reader of every format that was written from docs/
 * alone. It also damages copies of one, which it must refuse.
 */
#include "world.h"

#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

static struct world *world;
static bool is_absent; /* what the reader needs */

static void another_reader_finds_nothing_wrong(void)
{
    char roots[WORLD_PATH_SIZE], exports[WORLD_AGENCIES][WORLD_PATH_SIZE];
    world_path(world, roots, "roots");
    for (size_t i = 0; i < WORLD_AGENCIES; i++)
        world_path(world, exports[i], "exports/a%zu", i + 1);
    int code = world_run(world, (const char *const[]){SECOND_READER, ".", "--export", roots,
                                                      exports[0], exports[1], exports[2], NULL});
    char *text = world_output(world);
    printf("%s\n", text);
    free(text);
    is_absent = code == 77;
    CU_ASSERT(code == 0 || is_absent);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(another_reader_finds_nothing_wrong),
    };
    world = world_create("audit-second");
    int code = unit_run("audit_second", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return is_absent ? unit_skip("python3-cryptography") : code;
}
