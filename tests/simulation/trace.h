/* SPDX-License-Identifier: EUPL-1.2
 *
 * What happened in a run, line by line: a hash over all lines (two runs of a seed must agree) and
 * the last lines for people.
 * Not for: judging. Never put in a line what differs between runs: pointers, folders, real times.
 */
#ifndef TOV_TESTS_SIMULATION_TRACE_H
#define TOV_TESTS_SIMULATION_TRACE_H

#include "base/hash.h"

#define TRACE_LINES 120u
#define TRACE_LINE_BYTES 200u

struct trace {
    bool prints; /* each line at once */
    struct tov_sha256 sha;
    uint64_t count;
    char lines[TRACE_LINES][TRACE_LINE_BYTES];
};

void trace_start(struct trace *trace, bool prints);
void trace_line(struct trace *trace, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of all lines so far. */
struct tov_hash trace_hash(const struct trace *trace);
/* The last lines, to standard error. */
void trace_print(const struct trace *trace);

#endif
