/* SPDX-License-Identifier: EUPL-1.2
 *
 * What recipients said of own messages that a person of the unit that sent them must know: which
 * they could not use (not opened, refused, not understood), and which they could read, cannot since
 * they were set back, and ask for again (again.c). An index in memory, a part of the desk, which
 * hands it the events in their order and asks it to go on; bounded (I11).
 * Private to the desk and the status.
 * Never count one for a client that may not see its message (I10): tov_troubles_count asks.
 */
#ifndef TOV_API_TROUBLE_H
#define TOV_API_TROUBLE_H

#include "api/api_internal.h"

/* Of one message and one recipient each. Beyond that no agency takes the place of another that has
 * less there. */
#define TOV_TROUBLES_MAX 65536u

struct tov_troubles;
enum tov_err tov_troubles_create(struct tov_troubles **out_troubles) TOV_MUST_CHECK;
void tov_troubles_destroy(struct tov_troubles *troubles); /* NULL is fine */
/* Another limit than that: for tests. */
void tov_troubles_limit(struct tov_troubles *troubles, size_t max);
/* All is read anew: from the first event on. */
void tov_troubles_clear(struct tov_troubles *troubles);

/* EVENT is a receipt: what it speaks of is looked up as it is now, and has to be judged if it is
 * trouble. A row that cannot be read keeps the others from nobody: the first error. */
enum tov_err tov_troubles_take(struct tov_troubles *troubles, const struct api_look *look,
                               const struct tov_event *event) TOV_MUST_CHECK;
/* A person has decided about own message NUMBER and AGENCY. */
void tov_troubles_on_decision(struct tov_troubles *troubles, uint64_t number, uint16_t agency);
/* What was known of message NUMBER is not any more: something was said about it. */
void tov_troubles_judge_again(struct tov_troubles *troubles, uint64_t number);
/* What a person has approved lapses, and is asked for again, by the clock alone. */
void tov_troubles_on_time(struct tov_troubles *troubles, uint64_t now_ms);

/* How many are to be judged: reading waits while there are too many of them. */
size_t tov_troubles_unjudged(const struct tov_troubles *troubles);
/* Judges at most COUNT of them. LOOK is of all units; VIEW is to work with. */
enum tov_err tov_troubles_judge(struct tov_troubles *troubles, const struct api_look *look,
                                struct api_view *view, unsigned count) TOV_MUST_CHECK;
/* False: some are not judged, or more were said than it remembers. */
bool tov_troubles_are_whole(const struct tov_troubles *troubles);
/* More were said than it remembers, and there is room again. */
bool tov_troubles_can_heal(const struct tov_troubles *troubles);

/* For LOOK's client and unit, as far as they are judged. Large: keep it on the heap. */
struct trouble_number {
    uint64_t count, oldest; /* a message's number; 0: none */
};
struct trouble_count {
    struct trouble_number unusable; /* messages, however many recipients could not use one */
    struct trouble_number asked_by[TOV_AGENCIES_MAX + 1];
};
void tov_troubles_count(const struct tov_troubles *troubles, const struct api_look *look,
                        struct trouble_count *out);
/* Of units that the roster has no more: messages that are unusable or asked for, each once. */
void tov_troubles_count_unitless(const struct tov_troubles *troubles, struct trouble_number *out);
bool tov_troubles_is_unitless(const struct tov_troubles *troubles, uint64_t number);

#endif
