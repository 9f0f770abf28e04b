/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inside of a subscription.
 *
 * Invariants:
 *   W1 events are queued in ascending number, above `last`, each once; `last` is the number of the
 *      newest that was queued.
 *   W2 after an event was passed over (the queue is full) nothing more is queued until the
 *      subscription was renewed from `last`: so memory is bounded and the order holds.
 *   W3 renewing asks for events above `last` under a new id; what still comes for the old id is
 *      dropped by the connection (C2).
 */
#ifndef TOV_LIB_WATCH_H
#define TOV_LIB_WATCH_H

#include <tov/watch.h>

#include "lib/connection.h"

#define WATCH_QUEUE_MAX 512u
#define WATCH_NAME_MAX_BYTES 63u

struct tov_event {
    struct tov_event *next;
    struct tov_event_facts facts;
    struct tov_message_view *message;
};

struct tov_watch {
    struct tov_client *client;
    struct call call;
    char name[WATCH_NAME_MAX_BYTES + 1]; /* "": none */
    uint64_t after;
    bool from_now;
    bool deliveries;
    bool without_written;
    uint64_t last;
    struct tov_event *first;
    struct tov_event *newest;
    size_t queued;
    bool passed_over;     /* W2 */
    bool caught_up;       /* that event was given */
    uint64_t renew_at_ms; /* monotonic */
    enum tov_err failed;  /* for good */
    struct tov_error error;
};

/* Renews when it is time. Called after each processing. */
void watch_tick(struct tov_watch *watch);
uint64_t watch_deadline(const struct tov_watch *watch);
/* An event of the node; queues it when it is new. */
void watch_take_event(struct tov_watch *watch, struct tov_record event);

#endif
