/* SPDX-License-Identifier: EUPL-1.2 */
#include "gateway/peer.h"

#include "gateway/gateway.h"

#include <string.h>

void peer_init(struct peer *peer, const struct tov_ipc_peer *row)
{
    *peer = (struct peer){.row = *row, .queue = TOV_NET_QUEUE_INIT(TOV_GATEWAY_QUEUE_MAX_BYTES)};
}

void peer_fini(struct peer *peer)
{
    tov_net_queue_clear(&peer->queue);
    tov_net_socket_destroy(peer->socket);
    peer->socket = NULL;
}

bool peer_row_only_grows(const struct tov_ipc_peer *row, const struct tov_ipc_peer *new_row)
{
    return new_row->agency == row->agency && new_row->dial == row->dial &&
           strcmp(new_row->endpoint, row->endpoint) == 0 && new_row->key_count >= row->key_count &&
           memcmp(new_row->keys, row->keys, row->key_count * sizeof row->keys[0]) == 0;
}

bool peer_is_muted(const struct peer *peer, uint64_t now_ms)
{
    return now_ms < peer->mute_until_ms;
}

void peer_mute(struct peer *peer, uint64_t until_ms)
{
    peer->mute_until_ms = until_ms;
    peer_path_down(&peer->dialled);
    peer_path_down(&peer->accepted);
}

void peer_path_down(struct peer_path *path)
{
    if (path->up)
        path->changed = true;
    path->up = false;
    path->other_session = 0;
}

static void path_up(struct peer_path *path)
{
    path->changed = true;
    path->up = true;
    path->other_session = 0;
}

bool peer_hears_accepted(struct peer *peer, struct tov_net_route route, uint64_t new_session,
                         uint64_t now_ms)
{
    struct peer_path *path = &peer->accepted;
    path->heard_ms = now_ms;
    if (path->up && path->route.id == route.id)
        return false;
    path->route = route;
    path->own_session = new_session;
    path_up(path);
    return true;
}

void peer_hears_dialled(struct peer *peer, uint64_t now_ms)
{
    peer->dialled.heard_ms = now_ms;
    if (!peer->dialled.up)
        path_up(&peer->dialled);
}

void peer_learns_session(struct peer_path *path, uint64_t session)
{
    if (path->other_session != 0 && path->other_session != session)
        path->changed = true;
    path->other_session = session;
}

void peer_check_silence(struct peer *peer, uint64_t now_ms)
{
    if (peer->dialled.up && now_ms - peer->dialled.heard_ms > TOV_GATEWAY_SILENCE_MS)
        peer_path_down(&peer->dialled);
    if (peer->accepted.up && now_ms - peer->accepted.heard_ms > TOV_GATEWAY_SILENCE_MS)
        peer_path_down(&peer->accepted);
}

bool peer_should_ping(const struct peer *peer, uint64_t now_ms)
{
    uint64_t interval = peer->dialled.up ? TOV_GATEWAY_PING_MS : TOV_GATEWAY_PING_FIRST_MS;
    return peer->socket != NULL && !peer_is_muted(peer, now_ms) &&
           now_ms - peer->dialled.pinged_ms >= interval;
}

void peer_drop_queue(struct peer *peer)
{
    peer->credit_due += (uint32_t)peer->queue.size_bytes;
    tov_net_queue_clear(&peer->queue);
}

/* The path in use stays while it is up. Otherwise both sides prefer the connection that the lower
 * agency number dialled. */
static enum peer_way choose_way(const struct peer *peer, uint16_t own)
{
    bool prefer_dialled = own < peer->row.agency;
    if (peer->using == PEER_DIALLED && peer->dialled.up)
        return PEER_DIALLED;
    if (peer->using == PEER_ACCEPTED && peer->accepted.up)
        return PEER_ACCEPTED;
    if (peer->dialled.up && (prefer_dialled || !peer->accepted.up))
        return PEER_DIALLED;
    return peer->accepted.up ? PEER_ACCEPTED : PEER_NONE;
}

static bool used_path_changed(const struct peer *peer)
{
    switch (peer->using) {
    case PEER_DIALLED:
        return peer->dialled.changed;
    case PEER_ACCEPTED:
        return peer->accepted.changed;
    case PEER_NONE:
        return false;
    }
    return false;
}

struct peer_news peer_settle(struct peer *peer, uint16_t own)
{
    struct peer_news news = {false, false};
    enum peer_way way = choose_way(peer, own);
    bool lost = way != peer->using || used_path_changed(peer);
    peer->dialled.changed = false;
    peer->accepted.changed = false;
    peer->using = way;
    if (!lost)
        return news;
    news.down = peer->told_up;
    news.up = way != PEER_NONE;
    peer->told_up = news.up;
    peer_drop_queue(peer);
    return news;
}
