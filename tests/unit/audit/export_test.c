/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports as real nodes give them out: whole, of one moment, and verified by tov-audit.
 */
#include "world.h"

#include "support/unit.h"

#include <stdlib.h>
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

/* What the program prints, standard error with it; the caller's. */
static char *said(int code, const char *const *words)
{
    json_t *report = NULL;
    UNIT_EQUAL_INT(world_audit(world, words, &report), code);
    json_decref(report);
    return world_output(world);
}

static bool begins_with(const char *text, const char *words)
{
    return strncmp(text, words, strlen(words)) == 0;
}

static void without_root_keys_the_first_line_says_what_was_not_checked(void)
{
    char export[WORLD_PATH_SIZE], roots[WORLD_PATH_SIZE];
    world_path(world, export, "exports/a1");
    world_path(world, roots, "roots");
    char *text = said(0, (const char *const[]){"verify", export, NULL});
    CU_ASSERT(begins_with(text, "NOT CHECKED: whose keys these are."));
    CU_ASSERT(strstr(text, "\nVERIFIED BY THE EXPORT'S OWN KEYS: ") != NULL);
    free(text);
    text = said(0, (const char *const[]){"verify", "--roots", roots, export, NULL});
    CU_ASSERT(begins_with(text, "The keys are checked by the root keys in "));
    CU_ASSERT(strstr(text, "\nVERIFIED: ") != NULL);
    free(text);
}

static void what_cannot_be_used_is_refused_with_the_reason(void)
{
    char export[WORLD_PATH_SIZE], again[WORLD_PATH_SIZE];
    world_path(world, export, "exports/a1");
    world_path(world, again, "exports/a1/../a1/");
    char *text = said(2, (const char *const[]){"verify", "--roots", "/nope", export, NULL});
    CU_ASSERT(strstr(text, "/nope cannot be read: No such file or directory") != NULL);
    free(text);
    text = said(2, (const char *const[]){"verify", "--roots", export, export, NULL});
    CU_ASSERT(strstr(text, "cannot be read: Is a directory") != NULL);
    free(text);
    text = said(2, (const char *const[]){"verify", export, again, NULL});
    CU_ASSERT(strstr(text, "is named twice") != NULL);
    free(text);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_exports_of_three_agencies_verify),
        UNIT_TEST(without_root_keys_the_first_line_says_what_was_not_checked),
        UNIT_TEST(what_cannot_be_used_is_refused_with_the_reason),
    };
    world = world_create("audit-export");
    int code = unit_run("audit_export", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
