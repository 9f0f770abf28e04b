/* SPDX-License-Identifier: EUPL-1.2
 *
 * The front's loop. One turn: wait; take the core's frames; take clients' frames; try what is
 * queued; flush. Each turn handles a bounded amount from each side.
 */
#include "front/front.h"

#include "exit_codes.h"
#include "front/connection.h"
#include "ipc/ipc_messages.h"
#include "log/log.h"
#include "supervisor/role.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define FRONT_RUNNING (-1)
#define TICK_MS 1000u
#define RETRY_MS 2
#define RECEIVE_AT_ONCE 1024
#define CORE_QUEUE_BYTES ((size_t)16 * 1024 * 1024)
#define CORE_BUSY_BYTES ((size_t)4 * 1024 * 1024)

struct front {
    struct tov_front_options options;
    struct tov_net *net;
    struct tov_net_socket *server;
    struct tov_ipc *core;
    struct connection_table table;
    struct tov_net_key *clients; /* as the core gave them */
    size_t client_count;
    uint64_t now_ms;
    uint64_t ticked_ms;
    int exit_code;
};

static void stop(struct front *front, int code)
{
    if (front->exit_code == FRONT_RUNNING)
        front->exit_code = code;
}

static void need(struct front *front, enum tov_err result)
{
    if (result == TOV_OK)
        return;
    if (result == TOV_E_CLOSED) {
        stop(front, TOV_EXIT_PARENT_GONE);
        return;
    }
    TOV_LOG(TOV_LOG_ERROR, "front-failed", TOV_LOG_TEXT("why", tov_err_name(result)));
    stop(front, TOV_EXIT_INTERNAL);
}

static void tell_gone(struct front *front, struct connection *connection)
{
    if (!connection->closed)
        need(front, tov_ipc_send_connection(front->core, TOV_IPC_FR_GONE, connection->number));
}

/* ---- to clients ---- */

/* The route may still be there: the place is kept, closed, until a probe finds it gone. */
static void close_connection(struct front *front, struct connection *connection)
{
    tell_gone(front, connection);
    connection->closed = true;
    tov_net_queue_clear(&connection->queue);
}

static void route_is_gone(struct front *front, struct connection *connection)
{
    tell_gone(front, connection);
    connection_end(&front->table, connection);
}

static void send_reply(struct front *front, struct connection *connection, struct tov_bytes frame)
{
    enum tov_err sent = TOV_E_AGAIN;
    connection_answered(connection);
    if (tov_net_queue_is_empty(&connection->queue))
        sent = tov_net_send(front->server, connection->route, frame);
    if (sent == TOV_E_AGAIN)
        sent = tov_net_queue_push(&connection->queue, frame);
    if (sent == TOV_E_CLOSED) {
        route_is_gone(front, connection);
    } else if (sent != TOV_OK) {
        TOV_LOG(TOV_LOG_WARNING, "client-too-slow",
                TOV_LOG_NUMBER("connection", connection->number));
        close_connection(front, connection);
    }
}

static void send_queued(struct front *front, struct connection *connection)
{
    while (!tov_net_queue_is_empty(&connection->queue)) {
        enum tov_err sent =
            tov_net_send(front->server, connection->route, tov_net_queue_first(&connection->queue));
        if (sent == TOV_E_AGAIN)
            return;
        if (sent != TOV_OK) {
            route_is_gone(front, connection);
            return;
        }
        tov_net_queue_pop(&connection->queue);
    }
}

static bool send_waiting(struct front *front)
{
    bool waiting = false;
    for (size_t i = 0; i < front->table.end; i++) {
        struct connection *connection = &front->table.places[i];
        if (!connection->used)
            continue;
        send_queued(front, connection);
        waiting = waiting || (connection->used && !tov_net_queue_is_empty(&connection->queue));
    }
    return waiting;
}

/* ---- from the core ---- */

static bool is_client(const struct tov_net_key *keys, size_t count, const struct tov_net_key *key)
{
    for (size_t i = 0; i < count; i++)
        if (tov_net_key_equal(&keys[i], key))
            return true;
    return false;
}

/* Not before it is known who may connect: others would be refused, and come back seconds later. */
static void listen_to_clients(struct front *front)
{
    struct tov_error error = {.code = TOV_OK};
    struct tov_net_options options = {.endpoint = front->options.listen,
                                      .secret = front->options.secret,
                                      .frame_max_bytes = TOV_FRAME_MAX_BYTES};
    enum tov_err served = tov_net_serve(front->net, &options, &front->server, &error);
    if (served != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "cannot-listen", TOV_LOG_TEXT("why", error.text));
        stop(front, (int)tov_exit_of_listening(served));
        return;
    }
    TOV_LOG(TOV_LOG_INFO, "listening",
            TOV_LOG_TEXT("endpoint", tov_net_socket_endpoint(front->server)));
    need(front, tov_ipc_send_kind(front->core, TOV_IPC_FR_READY));
}

static void take_clients(struct front *front, struct tov_bytes payload)
{
    const struct tov_ipc_key *keys;
    size_t count;
    enum tov_err result = tov_ipc_read_clients(payload, &keys, &count);
    struct tov_net_key *clients = NULL;
    if (result == TOV_OK && (clients = calloc(count + 1, sizeof *clients)) == NULL)
        result = TOV_E_NOMEM;
    need(front, result);
    if (result != TOV_OK)
        return;
    for (size_t i = 0; i < count; i++)
        memcpy(clients[i].bytes, keys[i].bytes, sizeof clients[i].bytes);
    for (size_t i = 0; i < front->client_count; i++)
        if (!is_client(clients, count, &front->clients[i]))
            stop(front, TOV_EXIT_PEERS_CHANGED); /* libzmq cannot cut its connections */
    free(front->clients);
    front->clients = clients;
    front->client_count = count;
    need(front, tov_net_allow(front->net, clients, count));
    if (front->server == NULL && front->exit_code == FRONT_RUNNING)
        listen_to_clients(front);
}

static void take_reply(struct front *front, struct tov_bytes payload)
{
    uint64_t number;
    struct tov_bytes frame;
    enum tov_err result = tov_ipc_read_reply(payload, &number, &frame);
    need(front, result);
    if (result != TOV_OK)
        return;
    struct connection *connection = connection_of_number(&front->table, number);
    if (connection != NULL)
        send_reply(front, connection, frame);
}

static void take_close(struct front *front, struct tov_bytes payload)
{
    uint64_t number;
    enum tov_err result = tov_ipc_read_connection(payload, &number);
    need(front, result);
    struct connection *connection =
        result == TOV_OK ? connection_of_number(&front->table, number) : NULL;
    if (connection == NULL)
        return;
    connection->closed = true; /* the core knows */
    tov_net_queue_clear(&connection->queue);
}

static void take_from_core(struct front *front, const struct tov_ipc_frame *frame)
{
    switch (frame->kind) {
    case TOV_IPC_FR_CLIENTS:
        take_clients(front, frame->payload);
        return;
    case TOV_IPC_FR_FRAME:
        take_reply(front, frame->payload);
        return;
    case TOV_IPC_FR_CLOSE:
        take_close(front, frame->payload);
        return;
    default:
        need(front, TOV_E_MALFORMED);
    }
}

static void read_core(struct front *front)
{
    struct tov_ipc_frame frame;
    enum tov_err result = tov_ipc_receive(front->core);
    if (result == TOV_E_AGAIN)
        return;
    need(front, result);
    while (front->exit_code == FRONT_RUNNING &&
           (result = tov_ipc_next(front->core, &frame)) != TOV_E_AGAIN) {
        need(front, result);
        if (result == TOV_OK)
            take_from_core(front, &frame);
    }
}

/* ---- from clients ---- */

/* libzmq does not tell when a client has gone. When its key comes anew, what is no more is looked
 * for: its connections, and the watches that the core keeps for them, count against the share of
 * whoever runs a short program often (`tov`) or starts a service again that has crashed. */
static void sweep(struct front *front, const struct tov_net_key *key)
{
    for (size_t i = 0; i < front->table.end; i++) {
        struct connection *connection = &front->table.places[i];
        if (connection->used && tov_net_key_equal(&connection->key, key) &&
            tov_net_probe(front->server, connection->route) == TOV_E_CLOSED)
            route_is_gone(front, connection);
    }
}

static struct connection *connection_of(struct front *front, const struct tov_net_message *message)
{
    struct connection *connection =
        connection_find(&front->table, message->route, &message->sender);
    if (connection != NULL)
        return connection->closed ? NULL : connection;
    sweep(front, &message->sender);
    connection = connection_start(&front->table, message->route, &message->sender);
    if (connection == NULL)
        TOV_LOG(TOV_LOG_WARNING, "too-many-connections",
                TOV_LOG_NUMBER("connections", front->table.end));
    return connection;
}

static void take_request(struct front *front, const struct tov_net_message *message)
{
    struct connection *connection = connection_of(front, message);
    if (connection == NULL)
        return;
    connection->heard_ms = front->now_ms;
    if (!connection_takes_request(connection, message->frame.size, front->now_ms)) {
        TOV_LOG(TOV_LOG_DEBUG, "client-over-quota",
                TOV_LOG_NUMBER("connection", connection->number));
        return;
    }
    struct tov_ipc_request request = {.connection = connection->number, .frame = message->frame};
    memcpy(request.client.bytes, message->sender.bytes, sizeof request.client.bytes);
    need(front, tov_ipc_send_request(front->core, &request));
}

static void read_clients(struct front *front)
{
    struct tov_net_message message;
    for (int i = 0; i < RECEIVE_AT_ONCE; i++) {
        if (tov_ipc_queued_bytes(front->core) > CORE_BUSY_BYTES)
            return;
        enum tov_err received = tov_net_receive(front->server, &message);
        if (received == TOV_E_AGAIN)
            return;
        need(front, received);
        if (received != TOV_OK)
            return;
        take_request(front, &message);
    }
}

/* ---- each tick, each turn ---- */

static void probe(struct front *front, struct connection *connection)
{
    if (front->now_ms - connection->heard_ms < TOV_FRONT_PROBE_AFTER_MS ||
        front->now_ms - connection->probed_ms < TOV_FRONT_PROBE_AFTER_MS)
        return;
    connection->probed_ms = front->now_ms;
    if (tov_net_probe(front->server, connection->route) == TOV_E_CLOSED)
        route_is_gone(front, connection);
}

static void tick(struct front *front)
{
    front->ticked_ms = front->now_ms;
    for (size_t i = 0; i < front->table.end; i++) {
        struct connection *connection = &front->table.places[i];
        if (!connection->used)
            continue;
        connection_forget_old_requests(connection, front->now_ms);
        probe(front, connection);
    }
    if (tov_net_memory_is_over(front->options.memory_fd, TOV_FRONT_MEMORY_MAX_BYTES)) {
        TOV_LOG(TOV_LOG_ERROR, "memory-bound", TOV_LOG_NUMBER("bytes", TOV_FRONT_MEMORY_MAX_BYTES));
        stop(front, TOV_EXIT_MEMORY_BOUND);
    }
}

static void wait_for_work(struct front *front, int timeout_ms)
{
    bool is_deaf = front->server == NULL || tov_ipc_queued_bytes(front->core) > CORE_BUSY_BYTES;
    short core_events = (short)(POLLIN | (tov_ipc_wants_write(front->core) ? POLLOUT : 0));
    struct pollfd items[] = {
        {.fd = tov_ipc_fd(front->core), .events = core_events},
        {.fd = front->options.signal_fd, .events = POLLIN},
        {.fd = is_deaf ? -1 : tov_net_socket_fd(front->server), .events = POLLIN},
    };
    int ready = poll(items, 3, timeout_ms);
    front->now_ms = tov_role_now_ms();
    if (ready <= 0) {
        if (ready < 0 && errno != EINTR)
            stop(front, TOV_EXIT_INTERNAL);
        return;
    }
    if (items[1].revents != 0 && tov_role_signal(front->options.signal_fd) == SIGTERM)
        stop(front, TOV_EXIT_OK);
    if ((items[0].revents & ~POLLOUT) != 0)
        read_core(front);
    if (items[2].revents != 0)
        read_clients(front);
}

static void loop(struct front *front)
{
    bool waiting = false;
    while (front->exit_code == FRONT_RUNNING) {
        wait_for_work(front, waiting ? RETRY_MS : (int)TICK_MS);
        if (front->exit_code != FRONT_RUNNING)
            return;
        if (front->now_ms - front->ticked_ms >= TICK_MS)
            tick(front);
        waiting = send_waiting(front);
        need(front, tov_ipc_flush(front->core));
    }
}

/* ---- start and end ---- */

static int open_all(struct front *front)
{
    if (tov_ipc_create(front->options.core_fd, CORE_QUEUE_BYTES, &front->core) != TOV_OK ||
        connection_table_init(&front->table) != TOV_OK)
        return TOV_EXIT_INTERNAL;
    return FRONT_RUNNING;
}

static void close_all(struct front *front)
{
    connection_table_fini(&front->table);
    tov_net_socket_destroy(front->server);
    tov_net_destroy(front->net);
    tov_ipc_destroy(front->core);
    free(front->clients);
}

int tov_front_run(const struct tov_front_options *options)
{
    struct front front = {.options = *options, .net = options->net, .now_ms = tov_role_now_ms()};
    front.exit_code = open_all(&front);
    loop(&front);
    close_all(&front);
    return front.exit_code;
}
