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
    [FAULT_REPEAT] = "repeat",
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

/* Events and states that 500 seeds reach many times over, each the sign of a branch of the product
 * that is there for the day when something goes wrong. What nodes log says which one was taken. */
static const char *const branches[] = {
    "to=guard",
    "to=keepers",
    "to=serving",
    "to=recovering",
    "guard-silent",
    "clock-ran-away",
    "peer-fault",
    "link-broken",
    "entry-not-read",
    "receipt-does-not-fit",
    "suspected-fork",
    "store-is-old",
    "behind-a-peer",
    "tree-recovered",
    "entries-lost",
    "journal-begins",
    "waiting-for-keepers",
    "majority-met",
    "entries-set-aside",
    "amends-former-series",
    "restored-late", /* by restore_late, not logged by a node */
};

static uint64_t count_of(const struct tally *tally, const char *name)
{
    for (size_t i = 0; i < tally->event_count; i++) {
        if (strcmp(tally->events[i].name, name) == 0)
            return tally->events[i].count;
    }
    return 0;
}

size_t tally_print_unreached(const struct tally *tally)
{
    size_t unreached = 0;
    for (size_t i = 0; i < sizeof branches / sizeof branches[0]; i++) {
        if (count_of(tally, branches[i]) > 0)
            continue;
        (void)fprintf(stderr, "in no world there was %s\n", branches[i]);
        unreached++;
    }
    return unreached;
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
