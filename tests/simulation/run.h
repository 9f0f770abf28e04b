/* SPDX-License-Identifier: EUPL-1.2
 *
 * One run from its seed to its verdict, and a smaller run that breaks alike.
 */
#ifndef TOV_TESTS_SIMULATION_RUN_H
#define TOV_TESTS_SIMULATION_RUN_H

#include "simulation/world.h"

struct run_result {
    bool holds;
    char broken[16];
    char why[320];
    uint64_t steps; /* all of them, also those at rest */
    size_t nodes;
    struct tov_hash trace;
    struct tally tally;
};

/* When it breaks and SHOWS, says so with the seed, the step and the last lines of the trace. */
struct run_result run_seed(const struct world_options *options, bool shows);

/* In a process of its own, so that an assertion ends that one alone: it is broken as "aborted". */
struct run_result run_apart(const struct world_options *options);

/* OPTIONS break; OUT does by the same name, with as few kinds of faults, nodes, messages and steps
 * as tries one after another find. Returns how many runs that took. */
unsigned run_shrink(const struct world_options *options, struct world_options *out);
/* The arguments of `simulation` that are this run. */
#define RUN_ARGUMENTS_BYTES 600u
void run_arguments(const struct world_options *options, char out[RUN_ARGUMENTS_BYTES]);

#endif
