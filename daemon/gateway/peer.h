/* SPDX-License-Identifier: EUPL-1.2
 *
 * One peer agency in the gateway: its keys, the connections there may be to it (one dialled by
 * this side, one accepted), which of the two is used, and what waits to be sent.
 * Not for: sockets and the core's frames (gateway.c); this is state and what follows from events.
 * Never use a path without peer_settle after changing it: it keeps told in step.
 *
 * P1 `using` names a path that is up, or none is up and it is PEER_NONE.
 * P2 `told_up` is what the core was told; between two connections it was told down.
 * P3 bytes given by the core = bytes in `queue` + credit given + `credit_due`.
 */
#ifndef TOV_DAEMON_GATEWAY_PEER_H
#define TOV_DAEMON_GATEWAY_PEER_H

#include "ipc/ipc_messages.h"
#include "net/net.h"
#include "net/net_queue.h"

enum peer_way { PEER_NONE = 0, PEER_DIALLED = 1, PEER_ACCEPTED = 2 };

struct peer_path {
    bool up;
    bool changed; /* since the last settle: frames may have been lost */
    struct tov_net_route route;
    uint64_t own_session;
    uint64_t other_session; /* 0: not said yet */
    uint64_t heard_ms;
    uint64_t pinged_ms;
};

struct peer {
    struct tov_ipc_peer row;
    struct tov_net_socket *socket; /* dialled, or NULL */
    struct peer_path dialled;
    struct peer_path accepted;
    enum peer_way using;
    bool told_up;
    uint64_t mute_until_ms;
    struct tov_net_queue queue;
    uint32_t credit_due;
};

/* What the core must be told after peer_settle, in this order. */
struct peer_news {
    bool down;
    bool up;
};

void peer_init(struct peer *peer, const struct tov_ipc_peer *row);
void peer_fini(struct peer *peer);
/* True when NEW_ROW only adds to what PEER is: no restart is needed (P: sockets live for life). */
bool peer_row_only_grows(const struct tov_ipc_peer *row, const struct tov_ipc_peer *new_row);

bool peer_is_muted(const struct peer *peer, uint64_t now_ms);
/* The core asked for silence: both paths down until then. */
void peer_mute(struct peer *peer, uint64_t until_ms);

/* Something was heard on the accepted path: a new connection when ROUTE is another one. SESSION is
 * NEW_SESSION for that case. True when it is new, so that a PONG is due. */
bool peer_hears_accepted(struct peer *peer, struct tov_net_route route, uint64_t new_session,
                         uint64_t now_ms);
void peer_hears_dialled(struct peer *peer, uint64_t now_ms);
/* The other side named its session on PATH. */
void peer_learns_session(struct peer_path *path, uint64_t session);
void peer_path_down(struct peer_path *path);
/* Paths that were silent too long go down. */
void peer_check_silence(struct peer *peer, uint64_t now_ms);
bool peer_should_ping(const struct peer *peer, uint64_t now_ms);

/* Chooses the path to use and says what is news; drops the queue when the connection changed. OWN
 * is this node's agency. */
struct peer_news peer_settle(struct peer *peer, uint16_t own);
void peer_drop_queue(struct peer *peer);

#endif
