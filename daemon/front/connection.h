/* SPDX-License-Identifier: EUPL-1.2
 *
 * The clients' connections: a table of fixed size, and each one's quota. State only, no sockets.
 * Not for: identity; `key` is what CURVE proved when the connection was made, and the core is
 * given the key of each message anew.
 * Never keep a pointer to a connection over connection_end.
 */
#ifndef TOV_DAEMON_FRONT_CONNECTION_H
#define TOV_DAEMON_FRONT_CONNECTION_H

#include "base/limits.h"
#include "front/front.h"
#include "net/net.h"
#include "net/net_queue.h"

struct connection {
    bool used;
    bool closed; /* the core forgot it; kept so that its route is not taken for a new one */
    struct tov_net_route route;
    struct tov_net_key key;
    uint64_t number; /* its low bits are its place in the table */
    uint64_t heard_ms;
    uint64_t probed_ms;
    struct tov_net_queue queue;
    /* Requests in flight: a ring, oldest at `first`. */
    struct {
        uint32_t size_bytes;
        uint64_t given_ms;
    } requests[TOV_REQUESTS_MAX];
    size_t first_request;
    size_t request_count;
    size_t request_bytes;
};

struct connection_table {
    struct connection *places; /* TOV_FRONT_CONNECTIONS_MAX */
    size_t end;                /* no used place at or beyond it */
    size_t last_found;
    uint64_t next_serial;
};

enum tov_err connection_table_init(struct connection_table *table) TOV_MUST_CHECK;
void connection_table_fini(struct connection_table *table);

/* By route and key (a route of another key is another connection); NULL when there is none. */
struct connection *connection_find(struct connection_table *table, struct tov_net_route route,
                                   const struct tov_net_key *key);
struct connection *connection_of_number(struct connection_table *table, uint64_t number);
/* NULL when the table is full or the key has its share. */
struct connection *connection_start(struct connection_table *table, struct tov_net_route route,
                                    const struct tov_net_key *key);
void connection_end(struct connection_table *table, struct connection *connection);

/* False when the quota is used up. */
bool connection_takes_request(struct connection *connection, size_t size_bytes, uint64_t now_ms);
void connection_answered(struct connection *connection);
void connection_forget_old_requests(struct connection *connection, uint64_t now_ms);

#endif
