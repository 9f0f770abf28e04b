/* SPDX-License-Identifier: EUPL-1.2
 *
 * The one home of libzmq: a serving socket (ROUTER, CURVE server) and a dialling socket (DEALER,
 * CURVE client) that carry single frames between parties known by their CURVE keys. Used by
 * gateway, front and libtov.
 * Not for: delivery. TOV_OK from a send means "queued in this process", nothing more; what must
 * arrive is resumed or asked for again by those who speak over it.
 * Never decide anything by a route: identity is `sender`, checked anew on every message.
 *
 * Built around measured faults of libzmq 4.3.4 (docs/security.md):
 *   - without a ZAP handler everyone is admitted: the handler is bound before any server socket,
 *     its domain is enforced, and a message without a User-Id, or with one that is not allowed
 *     now, is dropped and counted;
 *   - a key that is no longer allowed keeps its connection: its messages are dropped at once, and
 *     the process should be started afresh to cut it (TOV_EXIT_PEERS_CHANGED);
 *   - the User-Id is read from the payload frame, never from the routing frame;
 *   - the frame limit is set before bind and connect; a message of more than one payload frame is
 *     dropped; one that never ends is not seen at all and grows inside libzmq, so a process that
 *     serves watches its own memory (tov_net_memory_is_over);
 *   - linger is 0, heartbeats are on, queues are short, routing ids chosen by peers are refused.
 *
 * Threads: a tov_net and all its sockets belong to the thread that created them. Never fork
 * without exec after tov_net_create. One tov_net for the life of a process.
 */
#ifndef TOV_DAEMON_NET_NET_H
#define TOV_DAEMON_NET_NET_H

#include "base/bytes.h"
#include "base/cleanup.h"
#include "base/secret.h"

#define TOV_NET_KEY_BYTES 32
#define TOV_NET_ENDPOINT_MAX_BYTES 160u

/* A CURVE public key. */
struct tov_net_key {
    uint8_t bytes[TOV_NET_KEY_BYTES];
};
bool tov_net_key_equal(const struct tov_net_key *a, const struct tov_net_key *b);
/* The public key of a CURVE (X25519) secret key. */
enum tov_err tov_net_key_of(const struct tov_key *secret,
                            struct tov_net_key *out_key) TOV_MUST_CHECK;
/* A new pair from the system's randomness. */
enum tov_err tov_net_key_generate(struct tov_key *out_secret,
                                  struct tov_net_key *out_key) TOV_MUST_CHECK;

/* "tcp://host:port" ("tcp://" and a literal address or "*" for serving) or "ipc:///path"; nothing
 * else. TOV_E_CONFIG with words in ERROR. Needs no tov_net. */
enum tov_err tov_net_endpoint_check(const char *endpoint, struct tov_error *error) TOV_MUST_CHECK;

struct tov_net;
enum tov_err tov_net_create(struct tov_net **out_net, struct tov_error *error) TOV_MUST_CHECK;
void tov_net_destroy(struct tov_net *net); /* after its sockets; never waits for peers */
TOV_DEFINE_CLEANUP(tov_net, struct tov_net, tov_net_destroy)

/* Replaces the set of keys that serving sockets of NET admit; empty at first: nobody. */
enum tov_err tov_net_allow(struct tov_net *net, const struct tov_net_key *keys,
                           size_t count) TOV_MUST_CHECK;

struct tov_net_socket;
struct tov_net_options {
    const char *endpoint;             /* where to bind or to connect */
    const struct tov_key *secret;     /* own CURVE key; read only during the call */
    const struct tov_net_key *server; /* tov_net_dial: whom to expect there; tov_net_serve: NULL */
    size_t frame_max_bytes;           /* larger frames cut the connection */
    unsigned queue_frames;            /* frames that wait inside libzmq, for each connection and
                                         direction; 0: 64 */
    unsigned reconnect_max_ms; /* tov_net_dial: the longest pause between two tries; 0: 30 s */
};
/* Binds. TOV_E_EXISTS: the address is in use; TOV_E_IO, TOV_E_CONFIG: other; words in ERROR. */
enum tov_err tov_net_serve(struct tov_net *net, const struct tov_net_options *options,
                           struct tov_net_socket **out_socket,
                           struct tov_error *error) TOV_MUST_CHECK;
/* Starts connecting, and reconnects for ever (250 ms apart at first, then longer). */
enum tov_err tov_net_dial(struct tov_net *net, const struct tov_net_options *options,
                          struct tov_net_socket **out_socket,
                          struct tov_error *error) TOV_MUST_CHECK;
void tov_net_socket_destroy(struct tov_net_socket *socket); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_net_socket, struct tov_net_socket, tov_net_socket_destroy)

/* Where it is bound, with the port that the system chose for port 0. Borrowed. */
const char *tov_net_socket_endpoint(const struct tov_net_socket *socket);

/* A descriptor that is readable while there may be something to do: a message to receive, or a
 * send to try again after TOV_E_AGAIN. Level-triggered, safe in any poll or epoll, and the
 * socket's own. (ZMQ_FD itself is edge-triggered and is not handed out.) After it became
 * readable, call tov_net_receive until TOV_E_AGAIN, or call it some times and come back: the
 * descriptor stays readable. A serving socket cannot tell when one of its routes has room again:
 * also try again after a few milliseconds. */
int tov_net_socket_fd(const struct tov_net_socket *socket);

/* One connection of a serving socket; 0 on a dialling one. Numbers are not used twice. */
struct tov_net_route {
    uint32_t id;
};
struct tov_net_message {
    struct tov_net_key sender; /* who CURVE says it is: User-Id, or the server that was dialled */
    struct tov_net_route route;
    struct tov_bytes frame; /* borrowed until the next call on this socket; never empty */
};
/* TOV_E_AGAIN: nothing now. Dropped messages are counted and skipped, a bounded number at once. */
enum tov_err tov_net_receive(struct tov_net_socket *socket,
                             struct tov_net_message *out_message) TOV_MUST_CHECK;
/* Queues FRAME (copied; 1 to frame_max_bytes) for ROUTE. TOV_E_AGAIN: no room, or (dialling) not
 * connected now; TOV_E_CLOSED: no such route any more; TOV_E_LIMIT: its size. */
enum tov_err tov_net_send(struct tov_net_socket *socket, struct tov_net_route route,
                          struct tov_bytes frame) TOV_MUST_CHECK;
/* An empty frame to ROUTE: receivers skip it, but the answer says whether the route is there
 * (TOV_E_CLOSED). */
enum tov_err tov_net_probe(struct tov_net_socket *socket,
                           struct tov_net_route route) TOV_MUST_CHECK;

/* Messages that were dropped, since the socket was made. */
struct tov_net_drops {
    uint64_t no_identity;  /* no User-Id */
    uint64_t not_allowed;  /* its key was withdrawn after the handshake */
    uint64_t multipart;    /* more or fewer frames than one */
    uint64_t chosen_route; /* the peer set a routing id of its own */
};
struct tov_net_drops tov_net_socket_drops(const struct tov_net_socket *socket);
/* Handshakes refused because the key is not allowed, over all sockets of NET. */
uint64_t tov_net_refused(const struct tov_net *net);

/* A descriptor that tells how much memory this process holds, opened before it shuts itself off
 * from files; -1: this system does not say. The caller's. */
int tov_net_memory_open(void);
/* True when that is more than LIMIT_BYTES (resident). */
bool tov_net_memory_is_over(int memory_fd, size_t limit_bytes);

#endif
