/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports as real nodes give them out: whole, of one moment, and verified by tov-audit.
 */
#include "world.h"

#include "support/unit.h"

#include <string.h>

static struct world *world;

static void the_exports_of_three_agencies_verify(void)
{
    char exports[WORLD_PATH_SIZE], roots[WORLD_PATH_SIZE];
    json_t *report = NULL;
    world_path(world, exports, "exports");
    world_path(world, roots, "roots");
    UNIT_EQUAL_INT(
        world_audit(world,
                    (const char *const[]){"verify", "--json", "--roots", roots, exports, NULL},
                    &report),
        0);
    char *text = world_output(world);
    printf("%s\n", text);
    free(text);
    json_decref(report);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_exports_of_three_agencies_verify),
    };
    world = world_create("audit-export");
    int code = unit_run("audit_export", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
