/* SPDX-License-Identifier: EUPL-1.2
 *
 * tests/scenarios/transitions.tsv as checks: messages, of which the last is judged, and what must
 * come of it. Read once, run as often as one likes, with any table.
 * Not for: what a picture is beside one judgement.
 */
#ifndef TOV_TESTS_MACHINES_TRANSITIONS_H
#define TOV_TESTS_MACHINES_TRANSITIONS_H

#include "world.h"

#define CHECK_TEXT_SIZE 400

enum check_kind {
    CHECK_STEP = 1, /* a row of the file, by one of those who may */
    CHECK_RULE = 2, /* a row that says which rule refuses */
    CHECK_WHO = 3,  /* by one of those who may not */
    CHECK_PAIR = 4  /* a pair of state and event that the file does not list */
};

struct check {
    enum check_kind kind;
    enum tov_machine machine;
    struct tov_thing_ref thing;
    struct tov_told *told;
    size_t count;
    char before[64]; /* the state before the last message; "-" */
    char expect[96]; /* as in the file: "holdt responsible=kk", "!101", "?": waits */
    char text[CHECK_TEXT_SIZE];
};

struct checks {
    struct check *items;
    size_t count;
    size_t capacity;
    struct world **worlds;
    size_t world_count;
    size_t world_capacity;
};

/* Reads FILE; what is wrong in it stops the program. */
void checks_read(const char *file, struct checks *out_checks);
void checks_fini(struct checks *checks);
/* Whether CHECK holds with TABLE; else, unless OUT_IS is NULL, what came of it instead. */
bool check_holds(const struct check *check, const struct tov_machine_table *table, char *out_is,
                 size_t out_size);

#endif
