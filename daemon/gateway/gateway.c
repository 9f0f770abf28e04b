/* SPDX-License-Identifier: EUPL-1.2
 *
 * The gateway's loop. One turn: wait; take the core's frames; take peers' frames; try what is
 * queued; give credit; flush. Each turn handles a bounded amount from each side.
 */
#include "gateway/gateway_internal.h"

#include "exit_codes.h"
#include "log/log.h"
#include "supervisor/role.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <unistd.h>

#define TICK_MS 250u
#define ALIVE_MS 1000u
#define RETRY_MS \
    5 /* while a peer's queue waits: a server socket does not tell when there is room */
#define SOCKETS_AT_ONCE 64

void gateway_stop(struct gateway *gateway, int code)
{
    if (gateway->exit_code == GATEWAY_RUNNING)
        gateway->exit_code = code;
}

void gateway_need(struct gateway *gateway, enum tov_err result)
{
    if (result == TOV_OK)
        return;
    if (result == TOV_E_CLOSED) {
        gateway_stop(gateway, TOV_EXIT_PARENT_GONE);
        return;
    }
    TOV_LOG(TOV_LOG_ERROR, "gateway-failed", TOV_LOG_TEXT("why", tov_err_name(result)));
    gateway_stop(gateway, TOV_EXIT_INTERNAL);
}

/* ---- from the core ---- */

static struct peer *known_peer(struct gateway *gateway, uint16_t agency)
{
    return agency <= TOV_AGENCIES_MAX ? gateway->peers[agency] : NULL;
}

static void take_core_frame(struct gateway *gateway, struct tov_bytes payload)
{
    uint16_t agency;
    struct tov_bytes frame;
    enum tov_err result = tov_ipc_read_peer_frame(payload, &agency, &frame);
    gateway_need(gateway, result);
    if (result != TOV_OK)
        return;
    struct peer *peer = known_peer(gateway, agency);
    if (peer != NULL)
        gateway_send(gateway, peer, frame);
    else
        gateway_need(gateway, tov_ipc_send_amount(gateway->core, TOV_IPC_GW_CREDIT, agency,
                                                  (uint32_t)frame.size));
}

static void take_drop(struct gateway *gateway, struct tov_bytes payload)
{
    uint16_t agency;
    uint32_t milliseconds;
    enum tov_err result = tov_ipc_read_amount(payload, &agency, &milliseconds);
    gateway_need(gateway, result);
    struct peer *peer = result == TOV_OK ? known_peer(gateway, agency) : NULL;
    if (peer == NULL)
        return;
    peer_mute(peer, gateway->now_ms + milliseconds);
    gateway_settle(gateway, peer);
}

/* Only who runs apart from its node is told so. */
static void take_refusal(struct gateway *gateway, struct tov_bytes payload)
{
    char why[256];
    struct tov_bytes text;
    enum tov_err result = tov_ipc_read_text(payload, &text);
    gateway_need(gateway, result);
    if (result != TOV_OK)
        return;
    (void)snprintf(why, sizeof why, "%.*s", (int)text.size, (const char *)text.data);
    TOV_LOG(TOV_LOG_ERROR, "not-taken", TOV_LOG_TEXT("why", why));
    gateway_stop(gateway, TOV_EXIT_NOT_TAKEN);
}

static void take_from_core(struct gateway *gateway, const struct tov_ipc_frame *frame)
{
    switch (frame->kind) {
    case TOV_IPC_GW_PEERS:
        gateway_take_peers(gateway, frame->payload);
        return;
    case TOV_IPC_GW_FRAME:
        take_core_frame(gateway, frame->payload);
        return;
    case TOV_IPC_GW_DROP:
        take_drop(gateway, frame->payload);
        return;
    case TOV_IPC_GW_REFUSED:
        take_refusal(gateway, frame->payload);
        return;
    default:
        gateway_need(gateway, TOV_E_MALFORMED);
    }
}

static void read_core(struct gateway *gateway)
{
    struct tov_ipc_frame frame;
    enum tov_err result = tov_ipc_receive(gateway->core);
    if (result == TOV_E_AGAIN)
        return;
    gateway_need(gateway, result);
    while (gateway->exit_code == GATEWAY_RUNNING &&
           (result = tov_ipc_next(gateway->core, &frame)) != TOV_E_AGAIN) {
        gateway_need(gateway, result);
        if (result == TOV_OK)
            take_from_core(gateway, &frame);
    }
}

/* ---- from peers ---- */

static void read_peers(struct gateway *gateway)
{
    struct epoll_event events[SOCKETS_AT_ONCE];
    int count = epoll_wait(gateway->net_epoll, events, SOCKETS_AT_ONCE, 0);
    for (int i = 0; i < count; i++) {
        uint32_t agency = events[i].data.u32;
        struct tov_net_socket *socket =
            agency == 0 ? gateway->server : gateway->peers[agency]->socket;
        gateway_receive(gateway, socket);
    }
}

/* ---- each turn, and each tick ---- */

/* True when something is queued still. */
static bool send_waiting(struct gateway *gateway)
{
    bool waiting = false;
    for (size_t i = 1; i <= TOV_AGENCIES_MAX; i++) {
        struct peer *peer = gateway->peers[i];
        if (peer == NULL)
            continue;
        gateway_send_queued(gateway, peer);
        waiting = waiting || !tov_net_queue_is_empty(&peer->queue);
        if (peer->credit_due == 0)
            continue;
        gateway_need(gateway, tov_ipc_send_amount(gateway->core, TOV_IPC_GW_CREDIT, (uint16_t)i,
                                                  peer->credit_due));
        peer->credit_due = 0;
    }
    return waiting;
}

/* A core that does not read needs no more of them. */
static void say_alive(struct gateway *gateway)
{
    if (gateway->now_ms - gateway->said_alive_ms < ALIVE_MS ||
        tov_ipc_queued_bytes(gateway->core) > 0)
        return;
    gateway->said_alive_ms = gateway->now_ms;
    gateway_need(gateway, tov_ipc_send_kind(gateway->core, TOV_IPC_GW_ALIVE));
}

static void tick(struct gateway *gateway)
{
    gateway->ticked_ms = gateway->now_ms;
    say_alive(gateway);
    for (size_t i = 1; i <= TOV_AGENCIES_MAX; i++) {
        struct peer *peer = gateway->peers[i];
        if (peer == NULL)
            continue;
        peer_check_silence(peer, gateway->now_ms);
        gateway_settle(gateway, peer);
        if (peer_should_ping(peer, gateway->now_ms))
            gateway_ping(gateway, peer);
    }
    if (tov_net_memory_is_over(gateway->options.memory_fd, TOV_GATEWAY_MEMORY_MAX_BYTES)) {
        TOV_LOG(TOV_LOG_ERROR, "memory-bound",
                TOV_LOG_NUMBER("bytes", TOV_GATEWAY_MEMORY_MAX_BYTES));
        gateway_stop(gateway, TOV_EXIT_MEMORY_BOUND);
    }
}

static void wait_for_work(struct gateway *gateway, int timeout_ms)
{
    bool busy = tov_ipc_queued_bytes(gateway->core) > GATEWAY_CORE_BUSY_BYTES;
    short core_events = (short)(POLLIN | (tov_ipc_wants_write(gateway->core) ? POLLOUT : 0));
    struct pollfd items[] = {
        {.fd = tov_ipc_fd(gateway->core), .events = core_events},
        {.fd = gateway->options.signal_fd, .events = POLLIN},
        {.fd = busy ? -1 : gateway->net_epoll, .events = POLLIN},
    };
    int ready = poll(items, 3, timeout_ms);
    gateway->now_ms = tov_role_now_ms();
    if (ready <= 0) {
        if (ready < 0 && errno != EINTR)
            gateway_stop(gateway, TOV_EXIT_INTERNAL);
        return;
    }
    if (items[1].revents != 0 && tov_role_signal(gateway->options.signal_fd) == SIGTERM)
        gateway_stop(gateway, TOV_EXIT_OK);
    if ((items[0].revents & ~POLLOUT) != 0)
        read_core(gateway);
    if (items[2].revents != 0)
        read_peers(gateway);
}

static void loop(struct gateway *gateway)
{
    bool waiting = false;
    while (gateway->exit_code == GATEWAY_RUNNING) {
        wait_for_work(gateway, waiting ? RETRY_MS : (int)TICK_MS);
        if (gateway->exit_code != GATEWAY_RUNNING)
            return;
        if (gateway->now_ms - gateway->ticked_ms >= TICK_MS)
            tick(gateway);
        waiting = send_waiting(gateway);
        gateway_need(gateway, tov_ipc_flush(gateway->core));
    }
}

/* ---- start and end ---- */

void gateway_listen(struct gateway *gateway)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_net_options options = {.endpoint = gateway->options.listen,
                                      .secret = gateway->options.secret,
                                      .frame_max_bytes = TOV_GATEWAY_FRAME_MAX_BYTES};
    enum tov_err served = tov_net_serve(gateway->net, &options, &gateway->server, &error);
    struct epoll_event event = {.events = EPOLLIN, .data = {.u32 = 0}};
    if (served == TOV_OK && epoll_ctl(gateway->net_epoll, EPOLL_CTL_ADD,
                                      tov_net_socket_fd(gateway->server), &event) == 0) {
        TOV_LOG(TOV_LOG_INFO, "listening",
                TOV_LOG_TEXT("endpoint", tov_net_socket_endpoint(gateway->server)));
        return;
    }
    TOV_LOG(TOV_LOG_ERROR, "cannot-listen", TOV_LOG_TEXT("why", error.text));
    gateway_stop(gateway, (int)tov_exit_of_listening(served));
}

static int open_all(struct gateway *gateway)
{
    if (tov_ipc_create(gateway->options.core_fd, GATEWAY_CORE_QUEUE_BYTES, &gateway->core) !=
            TOV_OK ||
        gateway->net_epoll < 0 ||
        getrandom(&gateway->next_session, sizeof gateway->next_session, 0) !=
            (ssize_t)sizeof gateway->next_session)
        return TOV_EXIT_INTERNAL;
    gateway->next_session |= 1;
    return GATEWAY_RUNNING;
}

static void close_all(struct gateway *gateway)
{
    gateway_free_peers(gateway);
    tov_net_socket_destroy(gateway->server);
    tov_net_destroy(gateway->net);
    tov_ipc_destroy(gateway->core);
    if (gateway->net_epoll >= 0)
        (void)close(gateway->net_epoll);
}

int tov_gateway_run(const struct tov_gateway_options *options)
{
    TOV_FREE struct gateway *gateway = calloc(1, sizeof *gateway);
    if (gateway == NULL) {
        tov_net_destroy(options->net);
        return TOV_EXIT_INTERNAL;
    }
    gateway->options = *options;
    gateway->net = options->net;
    gateway->net_epoll = epoll_create1(EPOLL_CLOEXEC);
    gateway->exit_code = open_all(gateway);
    gateway->now_ms = tov_role_now_ms();
    loop(gateway);
    close_all(gateway);
    return gateway->exit_code;
}
