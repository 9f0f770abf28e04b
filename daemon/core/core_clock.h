/* SPDX-License-Identifier: EUPL-1.2
 *
 * The clocks that the core hands to its node: the system's, or for a demo federation one that is
 * set by a file with one line, an RFC 3339 time; the clock stood there when the file was written,
 * and runs on.
 * Not for: anything inside the node, which is handed its time.
 */
#ifndef TOV_CORE_CLOCK_H
#define TOV_CORE_CLOCK_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct tov_core_clock {
    const char *demo_file; /* NULL: the system's clock */
    struct timespec changed;
    uint64_t set_ms, at_ms;
    uint64_t looked_mono_ms;
};

uint64_t tov_core_clock_mono(void);
uint64_t tov_core_clock_mono_us(void);
/* A demo file that is not there or not a time leaves the clock as it was. */
uint64_t tov_core_clock_now(struct tov_core_clock *clock);

#endif
