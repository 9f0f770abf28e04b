/* SPDX-License-Identifier: EUPL-1.2
 *
 * One run from its seed to its verdict.
 */
#ifndef TOV_TESTS_SIMULATION_RUN_H
#define TOV_TESTS_SIMULATION_RUN_H

#include "simulation/world.h"

struct run_result {
    bool holds;
    char broken[16];
    char why[320];
    uint64_t steps;
    struct tov_hash trace;
};

/* When it breaks and SHOWS, says so with the seed, the step and the last lines of the trace. */
struct run_result run_seed(const struct world_options *options, bool shows);

#endif
