/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/tally.h"

#include <stdio.h>
#include <string.h>

static const char *const names[FAULT_COUNT] = {
    [FAULT_NONE] = "none",         [FAULT_CRASH] = "crash",
    [FAULT_COMMIT] = "commit",     [FAULT_FULL] = "full",
    [FAULT_CUT] = "cut",           [FAULT_CLOG] = "clog",
    [FAULT_OLD] = "old",           [FAULT_STRAGGLER] = "straggler",
    [FAULT_DAMAGE] = "damage",     [FAULT_CLOCK] = "clock",
    [FAULT_DRIFT] = "drift",       [FAULT_FORK] = "fork",
    [FAULT_PART] = "part",         [FAULT_NONSENSE] = "nonsense",
    [FAULT_WITHHELD] = "withheld", [FAULT_REPLAY] = "replay",
    [FAULT_CLAIM] = "claim",       [FAULT_RESTORE] = "restore",
};

const char *fault_name(enum fault fault)
{
    return names[fault];
}

enum fault fault_find(const char *name)
{
    int fault = FAULT_NONE + 1;
    while (fault < FAULT_COUNT && strcmp(names[fault], name) != 0)
        fault++;
    return (enum fault)fault;
}

void tally_event(struct tally *tally, const char *name, uint64_t count)
{
    size_t at = 0;
    while (at < tally->event_count &&
           strncmp(tally->events[at].name, name, TALLY_NAME_BYTES - 1) != 0)
        at++;
    if (at == TALLY_EVENTS_MAX)
        return;
    if (at == tally->event_count) {
        (void)snprintf(tally->events[at].name, TALLY_NAME_BYTES, "%s", name);
        tally->event_count++;
    }
    tally->events[at].count += count;
}

void tally_add(struct tally *sum, const struct tally *tally)
{
    sum->worlds += tally->worlds;
    sum->liars += tally->liars;
    sum->steps += tally->steps;
    for (size_t i = 0; i < FAULT_COUNT; i++)
        sum->faults[i] += tally->faults[i];
    for (size_t i = 0; i < tally->event_count; i++)
        tally_event(sum, tally->events[i].name, tally->events[i].count);
}

void tally_print(const struct tally *tally)
{
    printf("\n    %llu worlds (%llu with a liar), %llu steps", (unsigned long long)tally->worlds,
           (unsigned long long)tally->liars, (unsigned long long)tally->steps);
    printf("\n    faults:");
    for (size_t i = FAULT_NONE + 1; i < FAULT_COUNT; i++)
        printf(" %s %llu", names[i], (unsigned long long)tally->faults[i]);
    printf("\n    nodes logged:");
    for (size_t i = 0; i < tally->event_count; i++)
        printf(" %s %llu", tally->events[i].name, (unsigned long long)tally->events[i].count);
    printf("\n");
}
