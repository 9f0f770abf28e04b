/* SPDX-License-Identifier: EUPL-1.2
 *
 * Frames from and to peers: the one byte of kind before the core's frame, pings and pongs, and
 * what is told to the core.
 */
#include "gateway/gateway_internal.h"

#include "exit_codes.h"
#include "log/log.h"

#include <string.h>

#define RECEIVE_AT_ONCE 256

enum link_kind { LINK_DATA = 1, LINK_PING = 2, LINK_PONG = 3 };

void gateway_settle(struct gateway *gateway, struct peer *peer)
{
    struct peer_news news = peer_settle(peer, gateway->own);
    uint16_t agency = peer->row.agency;
    if (news.down) {
        gateway_need(gateway, tov_ipc_send_agency(gateway->core, TOV_IPC_GW_PEER_DOWN, agency));
        TOV_LOG(TOV_LOG_INFO, "peer-down", TOV_LOG_NUMBER("agency", agency));
    }
    if (news.up) {
        gateway_need(gateway, tov_ipc_send_agency(gateway->core, TOV_IPC_GW_PEER_UP, agency));
        TOV_LOG(TOV_LOG_INFO, "peer-up", TOV_LOG_NUMBER("agency", agency),
                TOV_LOG_TEXT("way", peer->using == PEER_DIALLED ? "dialled" : "accepted"));
    }
}

/* ---- sending ---- */

static enum tov_err send_session(struct tov_net_socket *socket, const struct peer_path *path,
                                 enum link_kind kind)
{
    uint8_t frame[9] = {(uint8_t)kind};
    tov_put_be64(frame + 1, path->own_session);
    return tov_net_send(socket, path->route, TOV_BYTES_OF(frame));
}

void gateway_ping(struct gateway *gateway, struct peer *peer)
{
    peer->dialled.pinged_ms = gateway->now_ms;
    enum tov_err ignored = send_session(peer->socket, &peer->dialled, LINK_PING);
    (void)ignored; /* not connected: the silence says so */
}

static enum tov_err send_now(struct gateway *gateway, struct peer *peer, struct tov_bytes frame)
{
    if (peer->using == PEER_NONE)
        return TOV_E_CLOSED;
    gateway->scratch[0] = LINK_DATA;
    memcpy(gateway->scratch + 1, frame.data, frame.size);
    struct tov_bytes whole = {gateway->scratch, frame.size + 1};
    if (peer->using == PEER_DIALLED)
        return tov_net_send(peer->socket, peer->dialled.route, whole);
    return tov_net_send(gateway->server, peer->accepted.route, whole);
}

static void used_path_is_gone(struct gateway *gateway, struct peer *peer)
{
    if (peer->using == PEER_DIALLED)
        peer_path_down(&peer->dialled);
    else if (peer->using == PEER_ACCEPTED)
        peer_path_down(&peer->accepted);
    gateway_settle(gateway, peer);
}

void gateway_send_queued(struct gateway *gateway, struct peer *peer)
{
    while (!tov_net_queue_is_empty(&peer->queue)) {
        struct tov_bytes frame = tov_net_queue_first(&peer->queue);
        enum tov_err sent = send_now(gateway, peer, frame);
        if (sent == TOV_E_AGAIN)
            return;
        if (sent != TOV_OK) {
            used_path_is_gone(gateway, peer);
            return;
        }
        peer->credit_due += (uint32_t)frame.size;
        tov_net_queue_pop(&peer->queue);
    }
}

void gateway_send(struct gateway *gateway, struct peer *peer, struct tov_bytes frame)
{
    uint32_t size = (uint32_t)frame.size;
    enum tov_err sent = TOV_E_AGAIN;
    if (tov_net_queue_is_empty(&peer->queue))
        sent = send_now(gateway, peer, frame);
    if (sent == TOV_E_AGAIN)
        sent = tov_net_queue_push(&peer->queue, frame);
    else
        peer->credit_due += size;
    if (sent == TOV_E_BUSY || sent == TOV_E_NOMEM)
        peer->credit_due += size; /* not kept: the other side will miss it */
    if (sent != TOV_OK && peer->using != PEER_NONE)
        used_path_is_gone(gateway, peer);
}

/* ---- receiving ---- */

static void take_data(struct gateway *gateway, struct peer *peer, struct tov_bytes frame)
{
    if (frame.size > 0)
        gateway_need(gateway, tov_ipc_send_peer_frame(gateway->core, peer->row.agency, frame));
}

/* A frame of FRAME's kind heard on PATH of PEER; anything else than the three kinds is ignored, so
 * that a newer gateway may say more. */
static void take_frame(struct gateway *gateway, struct peer *peer, struct peer_path *path,
                       struct tov_bytes frame)
{
    struct tov_reader reader = tov_reader_of(frame);
    uint8_t kind = tov_read_u8(&reader);
    if (kind == LINK_DATA) {
        gateway_settle(gateway, peer); /* PEER_UP before the first frame */
        take_data(gateway, peer, tov_read_bytes(&reader, reader.left));
        return;
    }
    uint64_t session = tov_read_u64(&reader);
    bool is_session = tov_reader_is_done(&reader) && session != 0;
    if (is_session && (kind == LINK_PING || kind == LINK_PONG))
        peer_learns_session(path, session);
    gateway_settle(gateway, peer);
    if (is_session && kind == LINK_PING && path == &peer->accepted) {
        enum tov_err ignored = send_session(gateway->server, path, LINK_PONG);
        (void)ignored; /* no room: the next ping asks again */
    }
}

static void heard_on_server(struct gateway *gateway, const struct tov_net_message *message)
{
    struct peer *peer = gateway_find_key(gateway, &message->sender);
    if (peer == NULL || peer_is_muted(peer, gateway->now_ms))
        return;
    bool is_new = peer_hears_accepted(peer, message->route, gateway->next_session, gateway->now_ms);
    gateway->next_session += is_new;
    if (is_new && message->frame.data[0] != LINK_PING) { /* a ping is answered in any case */
        enum tov_err ignored = send_session(gateway->server, &peer->accepted, LINK_PONG);
        (void)ignored;
    }
    take_frame(gateway, peer, &peer->accepted, message->frame);
}

static void heard_on_dialled(struct gateway *gateway, struct peer *peer,
                             const struct tov_net_message *message)
{
    if (peer_is_muted(peer, gateway->now_ms))
        return;
    peer_hears_dialled(peer, gateway->now_ms);
    take_frame(gateway, peer, &peer->dialled, message->frame);
}

void gateway_receive(struct gateway *gateway, struct tov_net_socket *socket)
{
    struct tov_net_message message;
    for (int i = 0; i < RECEIVE_AT_ONCE; i++) {
        if (tov_ipc_queued_bytes(gateway->core) > GATEWAY_CORE_BUSY_BYTES)
            return;
        enum tov_err received = tov_net_receive(socket, &message);
        if (received == TOV_E_AGAIN)
            return;
        if (received != TOV_OK) {
            gateway_stop(gateway, TOV_EXIT_INTERNAL);
            return;
        }
        if (socket == gateway->server) {
            heard_on_server(gateway, &message);
            continue;
        }
        struct peer *peer = gateway_find_key(gateway, &message.sender);
        if (peer != NULL && peer->socket == socket)
            heard_on_dialled(gateway, peer, &message);
    }
}
