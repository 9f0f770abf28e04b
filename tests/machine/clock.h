/* SPDX-License-Identifier: EUPL-1.2
 *
 * The clock of nodes under test, moved while they run (support/clockshim.c).
 * Not for: the clocks of clients; those are right.
 */
#ifndef TOV_TESTS_MACHINE_CLOCK_H
#define TOV_TESTS_MACHINE_CLOCK_H

#include "federation/federation.h"

#include <stdatomic.h>

struct clock {
    _Atomic int64_t *moved_ms;                /* added to the time of all who have it */
    char variable[FEDERATION_PATH_SIZE + 32]; /* for their environment, beside CLOCK_PRELOAD */
};
#define CLOCK_PRELOAD "LD_PRELOAD=" CLOCKSHIM

/* For a federation that has been created. Lives until the test program ends. */
void clock_create(struct clock *clock, const struct federation *federation);

#endif
