/* SPDX-License-Identifier: EUPL-1.2
 *
 * simulation [--seed N] [--count N] [--plant NAME] [--trace]: runs COUNT seeds from N on and says
 * which broke; with --trace every line of what happened. The same seed is the same run.
 */
#include "simulation/run.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wanted {
    struct world_options options;
    uint64_t count;
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

static bool read_arguments(int argc, char **argv, struct wanted *out)
{
    static const struct option options[] = {{"seed", required_argument, NULL, 's'},
                                            {"count", required_argument, NULL, 'c'},
                                            {"plant", required_argument, NULL, 'p'},
                                            {"trace", no_argument, NULL, 't'},
                                            {NULL, 0, NULL, 0}};
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 's')
            out->options.seed = strtoull(optarg, NULL, 10);
        else if (option == 'c')
            out->count = strtoull(optarg, NULL, 10);
        else if (option == 't')
            out->options.prints = true;
        else if (option != 'p' || !find_plant(optarg, &out->options.plant))
            return false;
    }
    return optind == argc;
}

int main(int argc, char **argv)
{
    struct wanted wanted = {.options = {.seed = 1}, .count = 1};
    uint64_t broken = 0;
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
    if (!read_arguments(argc, argv, &wanted)) {
        (void)fprintf(stderr, "simulation [--seed N] [--count N] [--plant NAME] [--trace]\n");
        return 2;
    }
    for (uint64_t i = 0; i < wanted.count; i++, wanted.options.seed++) {
        struct run_result result = run_seed(&wanted.options, wanted.count == 1);
        if (!result.holds) {
            broken++;
            printf("seed %llu: %s: %s\n", (unsigned long long)wanted.options.seed, result.broken,
                   result.why);
        } else if (wanted.count == 1) {
            printf("seed %llu: holds after %llu steps, trace %02x%02x%02x%02x\n",
                   (unsigned long long)wanted.options.seed, (unsigned long long)result.steps,
                   result.trace.bytes[0], result.trace.bytes[1], result.trace.bytes[2],
                   result.trace.bytes[3]);
        }
    }
    printf("%llu of %llu seeds broke\n", (unsigned long long)broken,
           (unsigned long long)wanted.count);
    return broken == 0 ? 0 : 1;
}
