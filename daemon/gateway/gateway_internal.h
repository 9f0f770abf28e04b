/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of gateway/ share: the process's state and the three directions of its work.
 * Not for: anyone outside gateway/.
 */
#ifndef TOV_DAEMON_GATEWAY_GATEWAY_INTERNAL_H
#define TOV_DAEMON_GATEWAY_GATEWAY_INTERNAL_H

#include "gateway/gateway.h"
#include "gateway/peer.h"

#define GATEWAY_RUNNING (-1)
#define GATEWAY_CORE_QUEUE_BYTES ((size_t)16 * 1024 * 1024)
/* No more is read from peers while so much waits for the core: TCP then holds them back. */
#define GATEWAY_CORE_BUSY_BYTES ((size_t)4 * 1024 * 1024)

struct gateway_key {
    struct tov_net_key key;
    uint16_t agency;
};

struct gateway {
    struct tov_gateway_options options;
    struct tov_net *net;
    struct tov_net_socket *server; /* or NULL: only dials */
    struct tov_ipc *core;
    int net_epoll; /* all sockets; the event's u32 is the dialled agency, 0 the server */
    uint16_t own;
    struct peer *peers[TOV_AGENCIES_MAX + 1]; /* by agency number, NULL where there is none */
    struct gateway_key *keys;                 /* ascending */
    size_t key_count;
    bool has_peers;
    uint64_t next_session; /* counts from a random number: no two of a peer's are equal */
    uint8_t scratch[TOV_GATEWAY_FRAME_MAX_BYTES];
    uint64_t now_ms;
    uint64_t ticked_ms;
    uint64_t said_alive_ms;
    int exit_code; /* or GATEWAY_RUNNING */
};

/* Stops the loop with CODE, if it runs. */
void gateway_stop(struct gateway *gateway, int code);
/* Stops with an internal error unless RESULT is TOV_OK: for frames to the core that must fit. */
void gateway_need(struct gateway *gateway, enum tov_err result);

/* Binds where peers dial, or stops with the exit code that says why not. */
void gateway_listen(struct gateway *gateway);

/* gateway_peers.c: GW_PEERS. With the first list it begins to listen, and tells the core. Additions
 * are taken in place; anything else stops the process with TOV_EXIT_PEERS_CHANGED, since libzmq
 * cannot cut a connection (reliability Z2). */
void gateway_take_peers(struct gateway *gateway, struct tov_bytes payload);
void gateway_free_peers(struct gateway *gateway);
/* Whose key it is, or NULL. */
struct peer *gateway_find_key(const struct gateway *gateway, const struct tov_net_key *key);

/* gateway_link.c: frames from and to peers. */
void gateway_receive(struct gateway *gateway, struct tov_net_socket *socket);
void gateway_send(struct gateway *gateway, struct peer *peer, struct tov_bytes frame);
void gateway_send_queued(struct gateway *gateway, struct peer *peer);
void gateway_ping(struct gateway *gateway, struct peer *peer);
/* Settles PEER's paths and tells the core what is news. */
void gateway_settle(struct gateway *gateway, struct peer *peer);

#endif
