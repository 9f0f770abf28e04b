/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/run.h"

#include "support/unit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STEPS_MIN 300u
#define STEPS_SPAN 900u

static struct world *running; /* for those who stop in the middle */

static void show(const struct world *world)
{
    (void)fprintf(stderr, "seed %llu, step %llu: %s: %s\n", (unsigned long long)world->seed,
                  (unsigned long long)world->step,
                  world_is_broken(world) ? world->broken : "aborted", world->why);
    trace_print(&world->trace);
    (void)fprintf(stderr, "again: simulation --seed %llu --trace\n",
                  (unsigned long long)world->seed);
}

/* An assertion of a node: the last words must still be said. */
static void on_abort(int signal_number)
{
    (void)signal(signal_number, SIG_DFL);
    if (running != NULL)
        show(running);
    (void)raise(signal_number);
}

struct run_result run_seed(const struct world_options *options, bool shows)
{
    struct run_result result = {.holds = true};
    struct world *world = world_create(options);
    uint64_t steps = STEPS_MIN + world_below(world, STEPS_SPAN);
    running = world;
    (void)signal(SIGABRT, on_abort);
    while (world->step < steps && !world_is_broken(world))
        world_step(world);
    if (!world_is_broken(world))
        world_rest(world);
    result.holds = !world_is_broken(world);
    result.steps = world->step;
    result.trace = trace_hash(&world->trace);
    memcpy(result.broken, world->broken, sizeof result.broken);
    memcpy(result.why, world->why, sizeof result.why);
    if (!result.holds && shows)
        show(world);
    running = NULL;
    world_destroy(world);
    return result;
}
