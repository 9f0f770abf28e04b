/* SPDX-License-Identifier: EUPL-1.2
 *
 * Recipes that nobody would write on purpose: each is refused with its line, and nothing is read
 * that is not there.
 */
#include "keys/recipe.h"

#include "support/unit.h"

#include <string.h>

static enum tov_err make(const char *recipe, struct tov_error *error)
{
    static const struct tov_roots roots = {.federation = "test-demo", .threshold = 1};
    struct recipe_inputs inputs = {
        .recipe = tov_bytes_of_text(recipe), .roots = &roots, .base_port = 7400};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(RECIPE_MAX_BYTES);
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    enum tov_err err = recipe_make(&inputs, &out, &roster, error);
    CU_ASSERT_PTR_NULL(roster);
    return err;
}

static void a_port_or_keys_before_any_agency_are_refused_with_their_line(void)
{
    static const char *const recipes[] = {
        "tov-roster-recipe v1\n  endpoint tcp://127.0.0.1:PORT\n",
        "tov-roster-recipe v1\n  keys\n",
    };
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++) {
        struct tov_error error = {.text = ""};
        UNIT_EQUAL_INT(make(recipes[i], &error), TOV_E_MALFORMED);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "recipe line 2"));
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_port_or_keys_before_any_agency_are_refused_with_their_line),
    };
    return unit_run("keys_recipe", tests, sizeof tests / sizeof tests[0]);
}
