/* SPDX-License-Identifier: EUPL-1.2
 *
 * Many seeds hold, and every kind of fault was among what they went through; a seed is always the
 * same run; each planted bug is found, for what it is; a run that breaks is made smaller, and what
 * is printed of it gives it again; and larger federations hold, up to the largest.
 * TOV_SIMULATION_SEED is the first seed (1), TOV_SIMULATION_SEEDS says how many (500), of which
 * TOV_TEST_PERCENT percent are run; TOV_SIMULATION_ROW passes over so many times as many seeds (0).
 */
#include "simulation/run.h"
#include "support/command.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEDS 500u
#define PLANT_SEEDS 200u
#define ALL_FAULTS_SEEDS 100u /* with so many, each kind of fault happens */
#define LARGER_SEEDS 5u       /* of each larger federation */
#define FULL_PERCENT 1000u

static void show_smaller(const struct world_options *options)
{
    char arguments[RUN_ARGUMENTS_BYTES];
    struct world_options smaller;
    unsigned runs = run_shrink(options, &smaller);
    run_arguments(&smaller, arguments);
    (void)fprintf(stderr, "smaller, after %u runs: simulation %s\n", runs, arguments);
    (void)run_seed(&smaller, true);
}

static uint64_t number_of(const char *name, uint64_t usual)
{
    const char *text = getenv(name);
    return text == NULL ? usual : strtoull(text, NULL, 10);
}

static void every_seed_holds(void)
{
    struct tally tally = {.worlds = 0};
    unsigned count = unit_rounds("TOV_SIMULATION_SEEDS", SEEDS);
    struct world_options options = {.seed = number_of("TOV_SIMULATION_SEED", 1) +
                                            number_of("TOV_SIMULATION_ROW", 0) * count};
    unsigned broken = 0;
    for (unsigned i = 0; i < count; i++, options.seed++) {
        struct run_result result = run_seed(&options, true);
        tally_add(&tally, &result.tally);
        if (!result.holds && broken++ == 0)
            show_smaller(&options);
    }
    tally_print(&tally);
    UNIT_EQUAL_INT(broken, 0);
    for (int i = FAULT_NONE + 1; i < FAULT_COUNT && count >= ALL_FAULTS_SEEDS; i++) {
        if (tally.faults[i] == 0)
            (void)fprintf(stderr, "no fault of the kind %s happened\n", fault_name((enum fault)i));
        CU_ASSERT(tally.faults[i] > 0);
    }
    if (count >= SEEDS)
        UNIT_EQUAL_INT(tally_print_unreached(&tally), 0);
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

#define WORDS_MAX 64u

/* What the program says of the run with these arguments, in a file; its exit code. */
static int run_program(char *arguments, const char *said)
{
    const char *words[WORDS_MAX] = {SIMULATION_PROGRAM};
    size_t count = 1;
    char *rest = NULL;
    for (char *at = strtok_r(arguments, " ", &rest); at != NULL; at = strtok_r(NULL, " ", &rest)) {
        UNIT_NEED(count + 1 < WORDS_MAX);
        words[count++] = at;
    }
    return command_run(words, said);
}

/* The arguments that are printed of a run, given to the program, are the same run. */
static void need_again(const struct world_options *options, const struct run_result *result)
{
    char arguments[RUN_ARGUMENTS_BYTES], expected[512], line[512] = "";
    char said[] = "/tmp/tov-simulation-said-XXXXXX";
    bool is_said = false;
    int fd = mkstemp(said);
    UNIT_NEED(fd >= 0 && close(fd) == 0);
    struct run_result again = run_seed(options, false);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(again.trace.bytes), TOV_BYTES_OF(result->trace.bytes));
    run_arguments(options, arguments);
    (void)snprintf(expected, sizeof expected, "seed %llu: %s: %s\n",
                   (unsigned long long)options->seed, result->broken, result->why);
    UNIT_EQUAL_INT(run_program(arguments, said), 1);
    FILE *file = fopen(said, "re");
    UNIT_NEED(file != NULL);
    while (!is_said && fgets(line, sizeof line, file) != NULL)
        is_said = strcmp(line, expected) == 0;
    (void)fclose(file);
    (void)unlink(said);
    CU_ASSERT(is_said);
}

static void a_run_that_breaks_is_made_smaller(void)
{
    struct world_options options = {.seed = 3, .plant = PLANT_GENESIS_AGAIN};
    struct world_options smaller;
    struct run_result large = run_seed(&options, false);
    CU_ASSERT(run_shrink(&options, &smaller) > 1);
    struct run_result small = run_seed(&smaller, false);
    UNIT_EQUAL_TEXT(large.broken, BROKE_FORK);
    UNIT_EQUAL_TEXT(small.broken, large.broken);
    UNIT_EQUAL_INT(smaller.nodes_max, 2);
    UNIT_EQUAL_INT(smaller.orders_max, 1);
    CU_ASSERT(small.steps < large.steps);
    need_again(&smaller, &small);
}

/* ---- more agencies ---- */

static void need_hold(size_t agencies, unsigned seeds)
{
    struct tally tally = {.worlds = 0};
    struct world_options options = {.seed = 1, .agencies = agencies};
    for (; options.seed <= seeds; options.seed++) {
        struct run_result result = run_seed(&options, true);
        UNIT_EQUAL_TEXT(result.broken, "");
        UNIT_EQUAL_INT(result.nodes, agencies);
        tally_add(&tally, &result.tally);
    }
    printf("\n    %zu agencies", agencies);
    tally_print(&tally);
}

/* The largest takes most of a minute and more than a gigabyte. */
static void larger_federations_hold(void)
{
    need_hold(7, LARGER_SEEDS);
    need_hold(12, LARGER_SEEDS);
    if (unit_percent() >= FULL_PERCENT)
        need_hold(SIM_NODES_MAX, 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_seed_is_always_the_same_run),
        UNIT_TEST(every_planted_bug_is_found),
        UNIT_TEST(a_run_that_breaks_is_made_smaller),
        UNIT_TEST(larger_federations_hold),
        UNIT_TEST(every_seed_holds),
    };
    return unit_run("simulation", tests, sizeof tests / sizeof tests[0]);
}
