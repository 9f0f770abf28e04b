/* SPDX-License-Identifier: EUPL-1.2
 *
 * simulation [--seed N] [--count N] [--plant NAME] [--trace] [--shrink] [--without FAULT]...
 *            [--agencies N] [--nodes N] [--orders N] [--steps N]
 *
 * Runs COUNT seeds from N on and says which broke; with --trace every line of what happened, with
 * --shrink the smallest run that breaks alike. The same arguments are the same run.
 */
#include "simulation/run.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
    struct world_options options;
    uint64_t count;
    bool shrinks;
};

static bool find_plant(const char *name, enum plant *out)
{
    for (int i = 0; i < PLANT_COUNT; i++) {
        if (strcmp(plant_facts((enum plant)i)->name, name) == 0) {
            *out = (enum plant)i;
            return true;
        }
    }
    return false;
}

static bool add_without(const char *name, struct world_options *options)
{
    enum fault fault = fault_find(name);
    options->without |= fault == FAULT_COUNT ? 0 : FAULT_BIT(fault);
    return fault != FAULT_COUNT;
}

static bool read_option(int option, struct wanted *out)
{
    struct world_options *options = &out->options;
    switch (option) {
    case 's':
        options->seed = strtoull(optarg, NULL, 10);
        return true;
    case 'c':
        out->count = strtoull(optarg, NULL, 10);
        return true;
    case 'p':
        return find_plant(optarg, &options->plant);
    case 't':
        options->prints = true;
        return true;
    case 'k':
        out->shrinks = true;
        return true;
    case 'w':
        return add_without(optarg, options);
    case 'n':
        options->nodes_max = (unsigned)strtoul(optarg, NULL, 10);
        return options->nodes_max >= 2;
    case 'a':
        options->agencies = strtoul(optarg, NULL, 10);
        return options->agencies >= 2 && options->agencies <= SIM_NODES_MAX;
    case 'o':
        options->orders_max = (unsigned)strtoul(optarg, NULL, 10);
        return true;
    case 'x':
        options->steps_max = strtoull(optarg, NULL, 10);
        return true;
    default:
        return false;
    }
}

static bool read_arguments(int argc, char **argv, struct wanted *out)
{
    static const struct option known[] = {{"seed", required_argument, NULL, 's'},
                                          {"count", required_argument, NULL, 'c'},
                                          {"plant", required_argument, NULL, 'p'},
                                          {"trace", no_argument, NULL, 't'},
                                          {"shrink", no_argument, NULL, 'k'},
                                          {"without", required_argument, NULL, 'w'},
                                          {"nodes", required_argument, NULL, 'n'},
                                          {"orders", required_argument, NULL, 'o'},
                                          {"agencies", required_argument, NULL, 'a'},
                                          {"steps", required_argument, NULL, 'x'},
                                          {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (!read_option(option, out))
            return false;
    }
    return optind == argc;
}

static void show_smaller(const struct world_options *options)
{
    char arguments[RUN_ARGUMENTS_BYTES];
    struct world_options smaller;
    unsigned runs = run_shrink(options, &smaller);
    run_arguments(&smaller, arguments);
    printf("  smaller, after %u runs: simulation %s\n", runs, arguments);
}

static void show(const struct wanted *wanted, const struct run_result *result)
{
    unsigned long long seed = wanted->options.seed;
    if (!result->holds) {
        printf("seed %llu: %s: %s\n", seed, result->broken, result->why);
        if (wanted->shrinks)
            show_smaller(&wanted->options);
    } else if (wanted->count == 1) {
        printf("seed %llu: holds after %llu steps, trace %02x%02x%02x%02x\n", seed,
               (unsigned long long)result->steps, result->trace.bytes[0], result->trace.bytes[1],
               result->trace.bytes[2], result->trace.bytes[3]);
    }
}

int main(int argc, char **argv)
{
    struct wanted wanted = {.options = {.seed = 1}, .count = 1};
    struct tally tally = {.worlds = 0};
    uint64_t broken = 0;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (!read_arguments(argc, argv, &wanted)) {
        (void)fprintf(stderr, "simulation [--seed N] [--count N] [--plant NAME] [--trace] "
                              "[--shrink] [--without FAULT]... [--agencies N] [--nodes N] "
                              "[--orders N] [--steps N]\n");
        return 2;
    }
    for (uint64_t i = 0; i < wanted.count; i++, wanted.options.seed++) {
        struct run_result result = wanted.shrinks ? run_apart(&wanted.options)
                                                  : run_seed(&wanted.options, wanted.count == 1);
        broken += result.holds ? 0 : 1;
        show(&wanted, &result);
        tally_add(&tally, &result.tally);
    }
    tally_print(&tally);
    printf("%llu of %llu seeds broke\n", (unsigned long long)broken,
           (unsigned long long)wanted.count);
    return broken == 0 ? 0 : 1;
}
