/* SPDX-License-Identifier: EUPL-1.2
 *
 * Durable subscriptions: the node keeps, for each name, how far a program has come.
 * Not for: content; fetch it with tov_message_get.
 * Never acknowledge before the program's own work with the event is on disk.
 *
 * Events come in the order of their numbers, each at least once: after a crash or a lost connection
 * the first event again is the one behind the last acknowledged. Within one subscription handle no
 * event is given twice. An event is told to those who may see its message.
 *
 * Threads: a subscription belongs to its client and shares its "one at a time"; an event is a
 * handle of its own and outlives both.
 */
#ifndef TOV_WATCH_H
#define TOV_WATCH_H

#include <tov/client.h>
#include <tov/view.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tov_watch;
struct tov_event;

struct tov_watch_options {
    size_t size;      /* sizeof(struct tov_watch_options) */
    const char *name; /* of the cursor, 1 to 63 bytes, for this client's key; one name is used by
                         one program at a time; NULL: no cursor */
    uint64_t after;   /* events above this number; 0 with a name: behind the last acknowledged */
    int from_now;   /* only what comes after this request; before the first event, what comes while
                       the connection is lost may be missed */
    int deliveries; /* receipts for own messages too */
};
#define TOV_WATCH_OPTIONS_INIT                          \
    {                                                   \
        sizeof(struct tov_watch_options), NULL, 0, 0, 0 \
    }

/* Begins a subscription. Does not block: that the node refuses it is told by the first take. A node
 * has at most 8 for a client's key; one more waits until another ends. LIMIT: 16 for a client;
 * ARGUMENT (name, size); UNAVAILABLE (forked); NOMEM. */
TOV_API_CHECKED enum tov_err tov_watch_open(struct tov_client *client,
                                            const struct tov_watch_options *options,
                                            struct tov_watch **out_watch, struct tov_error *error);
/* Ends it, before its client is closed; the cursor stays at the node. NULL is fine. Does not block.
 */
TOV_API void tov_watch_close(struct tov_watch *watch);

enum tov_event_kind {
    TOV_EVENT_WRITTEN = 1,    /* an own message was written */
    TOV_EVENT_RECEIVED = 2,   /* a message came */
    TOV_EVENT_DELIVERED = 3,  /* a receipt for own messages, by their link numbers */
    TOV_EVENT_ATTACHMENT = 4, /* an attachment of a message is complete */
    TOV_EVENT_CAUGHT_UP = 5   /* all that was stored when the subscription began has been told */
};
/* Borrowed from the event. Kinds beyond these may come in later versions: pass over them. */
struct tov_event_facts {
    uint64_t number; /* ascending; of a message's own event, the message's number */
    enum tov_event_kind kind;
    const struct tov_message_view *message; /* written, received, attachment; else NULL */
    uint32_t agency;                        /* delivered: by whom */
    uint64_t first_link;
    uint64_t last_link;
    uint32_t verdict; /* delivered: when all of them have it; else 0 */
};
TOV_API const struct tov_event_facts *tov_event_facts(const struct tov_event *event);
TOV_API void tov_event_destroy(struct tov_event *event); /* NULL is fine */

/* The next event. Blocks up to TIMEOUT_MS (-1: as long as it takes); TIMEOUT: none came. DENIED,
 * NOT_FOUND: the node refused the subscription. One at a time for the client. */
TOV_API_CHECKED enum tov_err tov_watch_next(struct tov_watch *watch, int timeout_ms,
                                            struct tov_event **out_event, struct tov_error *error);
/* The same without waiting: AGAIN when there is none; process the client and come again. */
TOV_API_CHECKED enum tov_err tov_watch_take(struct tov_watch *watch, struct tov_event **out_event,
                                            struct tov_error *error);

/* Moves the cursor: all events up to NUMBER are dealt with. It never goes back: a lower NUMBER is
 * fine and does nothing. Blocks until the node has it on disk, at most the client's timeout.
 * ARGUMENT: a subscription without a name, or a number that no event has yet; TIMEOUT (outcome
 * unknown: acknowledge again, or go on), BUSY, UNAVAILABLE, NOMEM. */
TOV_API_CHECKED enum tov_err tov_watch_acknowledge(struct tov_watch *watch, uint64_t number,
                                                   struct tov_error *error);

#ifdef __cplusplus
}
#endif
#endif
