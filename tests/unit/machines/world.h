/* SPDX-License-Identifier: EUPL-1.2
 *
 * Told messages from lines of text, for tests of machines:
 *
 *   kk/vink > kbh-pol/dks,krfo/central case.open case:C1 concern:K1 next_review=2020-08-26
 *
 * `id=` names the message, `at=` its time (UTC; else a minute after the last), `event=` its event;
 * `cites=` and `reply=` name a message or an event by those; `basis=`, `purpose=` and `priority=`
 * stand in the header; `ahead=yes`: its receiver found its time ahead. All other words are typed
 * fields, lists with + between. Fields are not looked up in the catalogue, so that the machines are
 * tested alone. Not for: what a catalogue type demands.
 */
#ifndef TOV_TESTS_MACHINES_WORLD_H
#define TOV_TESTS_MACHINES_WORLD_H

#include "case/picture.h"

struct saying; /* a line and what it is as a message */

struct world {
    struct saying **sayings;
    size_t count;
    size_t capacity;
    uint64_t clock_ms;
    bool fills_steps; /* senders write steps, starting points (start=yes) and what they had seen */
    bool is_slow;     /* what is said comes to others by world_deliver only */
    const struct tov_picture_options *options; /* of the pictures that this takes */
};

void world_fini(struct world *world);
/* Says LINE; the message lives as long as the world. A line that is wrong stops the program. */
const struct tov_told *world_say(struct world *world, const char *line);
/* Lines with ; between, which may be empty. */
void world_say_all(struct world *world, const char *lines);
const char *world_id(const struct tov_told *told); /* "" when the line gave none */
/* A file of lines; # begins a comment. */
void world_read(struct world *world, const char *file);
const struct tov_told *world_find(const struct world *world, const char *id);

struct tov_thing_ref world_thing(const char *name); /* "case:C1" */
bool world_sees(const struct tov_unit_facts *unit, const struct tov_told *told);
struct tov_unit_facts world_unit(const char *path); /* "kk/vink" */
uint16_t world_agency(const char *name);            /* "kk" */
size_t world_unit_count(void);
const char *world_unit_at(size_t index);

/* Message INDEX comes to AGENCY, if it is sent there. */
void world_deliver(struct world *world, size_t index, uint16_t agency);

/* What AGENCY holds (0: everything), in the order in which it was said; free() it. */
struct tov_told *world_held(const struct world *world, uint16_t agency, size_t *out_count);
/* The picture of COUNT messages; a failure stops the program. */
struct tov_picture *world_picture(const struct world *world, const struct tov_told *held,
                                  size_t count);

#endif
