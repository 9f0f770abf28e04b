/* SPDX-License-Identifier: EUPL-1.2
 *
 * Classes of faults, each of which a run may be told to leave out, and a count of what happened:
 * faults, and the events that nodes log, which say what branches they took.
 * Not for: judging. A class that never happens is a hole in the test, not a bug.
 */
#ifndef TOV_TESTS_SIMULATION_TALLY_H
#define TOV_TESTS_SIMULATION_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fault {
    FAULT_NONE,
    FAULT_CRASH,     /* a power cut at a node */
    FAULT_COMMIT,    /* a commit is said to have failed */
    FAULT_FULL,      /* a disk is full for a while */
    FAULT_CUT,       /* a connection ends, a node is alone */
    FAULT_CLOG,      /* nodes cut off one after another, healed in another order */
    FAULT_STRAGGLER, /* a frame of a connection that ended comes later */
    FAULT_OLD,       /* a frame comes again */
    FAULT_DAMAGE,    /* a frame is damaged, and its connection ends */
    FAULT_CLOCK,     /* a clock jumps */
    FAULT_DRIFT,     /* a clock runs too fast or too slow */
    FAULT_RESTORE,   /* a store is set back to an old copy */
    FAULT_REPEAT,    /* a client sends a message once more */
    /* what a liar does */
    FAULT_FORK,     /* it shows two ledgers */
    FAULT_NONSENSE, /* signed entries that mean nothing */
    FAULT_PART,     /* what goes with an entry and is not signed is wrong */
    FAULT_WITHHELD, /* entries that are never sent */
    FAULT_CLAIM,    /* wrong words of what it holds, and of itself */
    FAULT_REPLAY,   /* frames of others, and noise */
    FAULT_COUNT
};
#define FAULT_BIT(fault) (1u << (fault))
#define FAULT_LIES                                                               \
    (FAULT_BIT(FAULT_FORK) | FAULT_BIT(FAULT_NONSENSE) | FAULT_BIT(FAULT_PART) | \
     FAULT_BIT(FAULT_WITHHELD) | FAULT_BIT(FAULT_CLAIM) | FAULT_BIT(FAULT_REPLAY))

const char *fault_name(enum fault fault);
/* FAULT_COUNT: there is none of this name. */
enum fault fault_find(const char *name);

#define TALLY_EVENTS_MAX 96u
#define TALLY_NAME_BYTES 40u

struct tally_event {
    char name[TALLY_NAME_BYTES];
    uint64_t count;
};

struct tally {
    uint64_t worlds, liars, steps;
    uint64_t faults[FAULT_COUNT];
    struct tally_event events[TALLY_EVENTS_MAX];
    size_t event_count;
};

void tally_event(struct tally *tally, const char *name, uint64_t count);
void tally_add(struct tally *sum, const struct tally *tally);
/* Which of the branches that a run of many seeds must reach it did not; each in a line. */
size_t tally_print_unreached(const struct tally *tally);
void tally_print(const struct tally *tally);

#endif
