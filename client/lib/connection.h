/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inside of a client: one socket, the calls on their way, the subscriptions.
 * Not for: programs (tov/client.h).
 *
 * Invariants of struct tov_client:
 *   C1 every call with a state other than NONE is in `calls`, oldest first, with an id of its own.
 *   C2 a record of the node reaches only the call whose id it bears; what bears none, or cannot be
 *      decoded, is dropped.
 *   C3 the socket is used only under the client's one-thread-at-a-time rule; `interrupt_fd` alone
 *      is written from elsewhere.
 */
#ifndef TOV_LIB_CONNECTION_H
#define TOV_LIB_CONNECTION_H

#include "base/limits.h"
#include "lib/call.h"
#include "lib/memory.h"
#include "net/net.h"

#include <sys/types.h>

#define WATCHES_MAX 16u
/* The front drops what is beyond its quota without a word. A request that was given up here still
 * counts there for a while: hence the distance. */
#define REQUESTS_IN_FLIGHT_MAX (TOV_REQUESTS_MAX - 32u)
#define REQUESTS_IN_FLIGHT_MAX_BYTES (TOV_REQUESTS_MAX_BYTES - 2u * TOV_FRAME_MAX_BYTES)
#define IDENTITY_NAMES_MAX 64u

/* Addresses of units and the numbers of their agencies, as far as the node told. */
struct agency_number {
    const char *name;
    uint32_t number;
};
struct agency_numbers {
    struct lib_memory memory;
    struct agency_number *items;
    size_t count;
    bool complete;
};

struct tov_client {
    pid_t pid;
    struct tov_net *net;
    struct tov_net_socket *socket;
    int epoll_fd;
    int interrupt_fd;
    bool interrupted; /* and no blocking call has ended by it yet */
    int timeout_ms;
    int keepalive_ms;
    uint64_t last_id;
    struct call *first;
    struct call *last;
    size_t waiting;   /* calls in state WAITS */
    size_t in_flight; /* ... SENT, at most REQUESTS_IN_FLIGHT_MAX */
    size_t in_flight_bytes;
    uint64_t earliest_ms; /* no call is overdue before it; may be too early, never too late */
    size_t loose;         /* calls that nobody will take; freed when they are done */
    struct tov_watch *watches[WATCHES_MAX]; /* without order; NULL: free */
    struct lib_memory memory;               /* of the identity */
    struct tov_identity identity;
    struct agency_numbers agencies;
};

uint64_t connection_now_ms(void); /* monotonic */
uint64_t connection_next_id(struct tov_client *client);
uint64_t connection_deadline(const struct tov_client *client);
bool connection_is_foreign(const struct tov_client *client); /* in a child after fork */
void connection_add(struct tov_client *client, struct call *call);
void connection_remove(struct tov_client *client, struct call *call);
/* Waits for news or for UNTIL_MS (monotonic) and processes once. TIMEOUT: interrupted, or UNTIL_MS
 * is over. */
enum tov_err connection_turn(struct tov_client *client, uint64_t until_ms,
                             struct tov_error *error) TOV_MUST_CHECK;

/* Fills client->identity from a HelloReply. MALFORMED: its time is after the year 9999. NOMEM. */
enum tov_err identity_read(struct tov_client *client, struct tov_record hello) TOV_MUST_CHECK;

#endif
