/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void trace_start(struct trace *trace, bool prints)
{
    trace->prints = prints;
    trace->count = 0;
    tov_sha256_init(&trace->sha);
}

void trace_line(struct trace *trace, const char *format, ...)
{
    char *line = trace->lines[trace->count++ % TRACE_LINES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, TRACE_LINE_BYTES, format, arguments);
    va_end(arguments);
    tov_sha256_update(&trace->sha, line, strlen(line) + 1);
    if (trace->prints)
        (void)fprintf(stderr, "%s\n", line);
}

struct tov_hash trace_hash(const struct trace *trace)
{
    struct tov_sha256 copy = trace->sha;
    struct tov_hash hash;
    tov_sha256_final(&copy, &hash);
    return hash;
}

void trace_print(const struct trace *trace)
{
    uint64_t first = trace->count > TRACE_LINES ? trace->count - TRACE_LINES : 0;
    if (trace->prints)
        return;
    for (uint64_t i = first; i < trace->count; i++)
        (void)fprintf(stderr, "    %s\n", trace->lines[i % TRACE_LINES]);
}
