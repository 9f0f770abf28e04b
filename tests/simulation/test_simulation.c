/* SPDX-License-Identifier: EUPL-1.2
 *
 * Many seeds hold; a seed is always the same run; and each planted bug is found, for what it is.
 * TOV_SIMULATION_SEED is the first seed (1), TOV_SIMULATION_SEEDS says how many (150), of which
 * TOV_TEST_PERCENT percent are run.
 */
#include "simulation/run.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>

#define SEEDS 150u
#define PLANT_SEEDS 40u

static void every_seed_holds(void)
{
    const char *first = getenv("TOV_SIMULATION_SEED");
    struct world_options options = {.seed = first == NULL ? 1 : strtoull(first, NULL, 10)};
    unsigned count = unit_rounds("TOV_SIMULATION_SEEDS", SEEDS);
    unsigned broken = 0;
    for (unsigned i = 0; i < count; i++, options.seed++)
        broken += run_seed(&options, true).holds ? 0 : 1;
    UNIT_EQUAL_INT(broken, 0);
}

static void a_seed_is_always_the_same_run(void)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        struct world_options options = {.seed = seed};
        struct run_result first = run_seed(&options, true);
        struct run_result again = run_seed(&options, true);
        UNIT_EQUAL_INT(again.steps, first.steps);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(again.trace.bytes), TOV_BYTES_OF(first.trace.bytes));
    }
}

static void find_plant(enum plant plant)
{
    const struct plant_facts *facts = plant_facts(plant);
    struct world_options options = {.seed = 1, .plant = plant};
    struct run_result result = {.holds = true};
    while (result.holds && options.seed <= PLANT_SEEDS) {
        result = run_seed(&options, false);
        options.seed++;
    }
    printf("\n    %s, seed %llu: %s: %s", facts->name, (unsigned long long)options.seed - 1,
           result.broken, result.why);
    UNIT_EQUAL_TEXT(result.broken, facts->breaks);
}

static void every_planted_bug_is_found(void)
{
    for (int i = PLANT_NONE + 1; i < PLANT_COUNT; i++)
        find_plant((enum plant)i);
    printf("\n  ");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_seed_is_always_the_same_run),
        UNIT_TEST(every_planted_bug_is_found),
        UNIT_TEST(every_seed_holds),
    };
    return unit_run("simulation", tests, sizeof tests / sizeof tests[0]);
}
