/* SPDX-License-Identifier: EUPL-1.2
 *
 * The desk: which messages of the agency's units wait for a person, because none has looked at
 * them, or because they are not handed over to the agency's own record. An index in memory, made
 * from the events in their order, from the start of the node on; bounded (I11).
 * Private to api/.
 * Not for: what a message says, or how far a case has come.
 * Never count a message for a client that may not see it (I10): tov_desk_count asks for each.
 */
#ifndef TOV_API_DESK_H
#define TOV_API_DESK_H

#include "api/api_internal.h"
#include "api/trouble.h"

/* Remembered at once. Beyond that no agency takes the place of another that has less there, and
 * what is left out is counted once a quarter of the room is free, whatever else is full. */
#define TOV_DESK_UNREAD_MAX 65536u
#define TOV_DESK_UNRECORDED_MAX 262144u

enum desk_wait {
    DESK_UNREAD = 1,     /* no person was shown its content; acknowledgements are no news */
    DESK_UNRECORDED = 2, /* not in the agency's own record; acknowledgements need not be */
    DESK_UNHANDLED = 4,  /* not taken, answered or taken back either */
    DESK_WITHHELD = 8    /* own: a recipient may not get it since a restore (gaps.c) */
};

/* A message that cannot be opened waits for nobody: nothing says for whom it is. (One whose key is
 * still to come has no event.) Nor does one for a unit that the roster does not have, unless it was
 * taken when it still had it: then it waits for those who see all units. */
struct tov_desk;
enum tov_err tov_desk_create(struct tov_desk **out_desk) TOV_MUST_CHECK;
void tov_desk_destroy(struct tov_desk *desk); /* NULL is fine */
/* Other limits than these: for tests. */
void tov_desk_limit(struct tov_desk *desk, size_t unread_max, size_t unrecorded_max);
/* What recipients said of own messages: it goes on with the desk. Borrowed. */
struct tov_troubles *tov_desk_troubles(const struct tov_desk *desk);
/* Begins reading, with the ticks, up to event NEWEST. */
void tov_desk_begin(struct tov_desk *desk, uint64_t newest);

/* Goes on to what is committed now: a bounded piece for each call, and the rest with the ticks. A
 * row that cannot be read is stepped over, and logged once. */
enum tov_err tov_desk_read(struct tov_api *api, struct tov_store_read *read) TOV_MUST_CHECK;
void tov_desk_on_tick(struct tov_api *api);
/* False: more is to be read before counts are whole, or more is unread than it remembers. */
bool tov_desk_is_whole(const struct tov_desk *desk);
/* More is unread than it remembers: the agency that most of it is from; else 0. */
uint16_t tov_desk_unread_most(const struct tov_desk *desk);
/* False also when more waits for the record, or to be sent anew, than it remembers. */
bool tov_desk_is_record_whole(const struct tov_desk *desk);
/* False also when some of what may be withheld, or of what recipients said, was not looked at yet,
 * or is not remembered. */
bool tov_desk_is_sent_whole(const struct tov_desk *desk);

/* Message NUMBER stops waiting in these ways (enum desk_wait) once the open batch is durable. */
enum tov_err tov_desk_settle(struct tov_api *api, uint64_t number, unsigned waits) TOV_MUST_CHECK;
/* A person has said whether AGENCY is given the keys of own message NUMBER again: told once the
 * open batch is durable. */
enum tov_err tov_desk_decided(struct tov_api *api, uint64_t number, uint16_t agency) TOV_MUST_CHECK;

/* What is urgent never lies longer than other messages before it is an alarm. */
uint64_t tov_desk_urgent_after_ms(const struct tov_api_policy *policy);

struct desk_count {
    uint64_t unread;
    uint64_t late, oldest_late; /* unread and unhandled beyond the policy's limits */
    uint64_t unrecorded, oldest_unrecorded;
};
/* For LOOK's client and unit. Oldest: a number, 0 when there is none. */
void tov_desk_count(const struct api_look *look, struct desk_count *out);

/* What concerns units that the roster has no more. For who checks or runs the node: ask that
 * first. */
struct desk_unitless {
    struct trouble_number unread; /* taken for them, and neither shown to anybody nor handled:
                                   * nobody can read it */
    struct trouble_number sent;   /* by them: withheld, unusable or asked for again; each once */
};
void tov_desk_count_unitless(const struct tov_desk *desk, struct desk_unitless *out);

/* What the client's units sent and a recipient does not get, as far as it was looked at: a bounded
 * piece with each tov_desk_read and each tick. What turns out to be told, or to have come back,
 * stops waiting. */
struct desk_withheld {
    uint64_t count, oldest;
};
void tov_desk_count_withheld(const struct api_look *look, struct desk_withheld *out);

/* The first message above AFTER that waits for the record and is LOOK's client's to see; 0: none.
 */
uint64_t tov_desk_unrecorded_after(const struct api_look *look, uint64_t after);

#endif
