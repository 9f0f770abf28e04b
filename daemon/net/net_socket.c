/* SPDX-License-Identifier: EUPL-1.2
 *
 * One socket and the descriptor that tells about it.
 *
 * ZMQ_FD is edge-triggered: any call on the socket may swallow its edge while a message waits. So
 * the descriptor that is given out is an epoll set of ZMQ_FD and an eventfd of ours, kept by two
 * rules: after a call that may have swallowed an edge (a receive that gave a message, any send)
 * the eventfd is raised; a receive that found nothing has read all edges and lowers it. So the
 * descriptor is readable whenever a receive might succeed. A send that found no room looks at
 * ZMQ_EVENTS instead, or a caller who tries again whenever it is readable would spin.
 */
#include "net/net_internal.h"

#include "base/hex.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

/* In zmq.h only for draft builds; Debian's build has it (measured), and its return is checked. */
#define ZMQ_ZAP_ENFORCE_DOMAIN_NUMBER 93

#define QUEUE_FRAMES_DEFAULT 64
#define HANDSHAKE_MS 3000
#define HEARTBEAT_MS 10000
#define HEARTBEAT_TIMEOUT_MS 30000
#define RECONNECT_MS 250
#define RECONNECT_MAX_MS 30000
/* What ZMQ_MAXMSGSIZE measures is the sealed frame: "\7MESSAGE", nonce, MAC and flags. */
#define CURVE_OVERHEAD_BYTES (8 + 8 + 16 + 1)
#define SKIP_AT_ONCE 256 /* dropped messages before receive lets its caller do something else */
#define ROUTE_BYTES 5    /* a routing id that libzmq chose: 0 and a number */

struct tov_net_socket {
    struct tov_net *net;
    void *zmq;
    bool serves;
    struct tov_net_key server; /* of a dialling socket: whom CURVE proved to be there */
    size_t frame_max_bytes;
    int epoll_fd;
    int wake_fd;
    bool awake;
    zmq_msg_t frame; /* what the last message's view borrows */
    struct tov_net_drops drops;
    char endpoint[TOV_NET_ENDPOINT_MAX_BYTES + 64];
};

/* ---- the descriptor ---- */

static void raise_wake(struct tov_net_socket *socket)
{
    uint64_t one = 1;
    if (!socket->awake)
        socket->awake = write(socket->wake_fd, &one, sizeof one) == (ssize_t)sizeof one;
}

static void lower_wake(struct tov_net_socket *socket)
{
    uint64_t count;
    if (socket->awake)
        socket->awake = read(socket->wake_fd, &count, sizeof count) != (ssize_t)sizeof count;
}

static bool watch(struct tov_net_socket *socket, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};
    return epoll_ctl(socket->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static enum tov_err make_descriptor(struct tov_net_socket *socket)
{
    int zmq_fd = -1;
    size_t size = sizeof zmq_fd;
    socket->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    socket->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (socket->epoll_fd < 0 || socket->wake_fd < 0 ||
        zmq_getsockopt(socket->zmq, ZMQ_FD, &zmq_fd, &size) != 0 || !watch(socket, zmq_fd) ||
        !watch(socket, socket->wake_fd))
        return TOV_E_NOMEM;
    raise_wake(socket); /* whatever happened before it was watched */
    return TOV_OK;
}

int tov_net_socket_fd(const struct tov_net_socket *socket)
{
    return socket->epoll_fd;
}

/* ---- options ---- */

struct int_option {
    int option;
    int value;
};

static enum tov_err set_ints(void *zmq, const struct int_option *options, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (zmq_setsockopt(zmq, options[i].option, &options[i].value, sizeof(int)) != 0)
            return net_error_of(zmq_errno());
    return TOV_OK;
}
#define SET_INTS(zmq, options) set_ints((zmq), (options), sizeof(options) / sizeof((options)[0]))

static enum tov_err set_common(void *zmq, const struct tov_net_options *options)
{
    int queue = options->queue_frames == 0 ? QUEUE_FRAMES_DEFAULT : (int)options->queue_frames;
    const struct int_option ints[] = {
        {ZMQ_LINGER, 0},
        {ZMQ_SNDHWM, queue},
        {ZMQ_RCVHWM, queue},
        {ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS},
        {ZMQ_HEARTBEAT_IVL, HEARTBEAT_MS},
        {ZMQ_HEARTBEAT_TIMEOUT, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_HEARTBEAT_TTL, HEARTBEAT_TIMEOUT_MS},
        {ZMQ_IPV6, strchr(options->endpoint, '[') != NULL},
    };
    TOV_TRY(SET_INTS(zmq, ints));
    int64_t limit = (int64_t)options->frame_max_bytes + CURVE_OVERHEAD_BYTES;
    if (zmq_setsockopt(zmq, ZMQ_MAXMSGSIZE, &limit, sizeof limit) != 0)
        return net_error_of(zmq_errno());
    return TOV_OK;
}

static enum tov_err set_key(void *zmq, int option, const uint8_t *key)
{
    if (zmq_setsockopt(zmq, option, key, TOV_NET_KEY_BYTES) != 0)
        return net_error_of(zmq_errno());
    return TOV_OK;
}

static enum tov_err set_serving(void *zmq, const struct tov_net_options *options)
{
    static const char domain[] = "tov";
    const struct int_option ints[] = {
        {ZMQ_CURVE_SERVER, 1},
        {ZMQ_ZAP_ENFORCE_DOMAIN_NUMBER, 1},
        {ZMQ_ROUTER_MANDATORY, 1},
        {ZMQ_ROUTER_HANDOVER, 0},
    };
    if (zmq_setsockopt(zmq, ZMQ_ZAP_DOMAIN, domain, sizeof domain - 1) != 0)
        return net_error_of(zmq_errno());
    TOV_TRY(SET_INTS(zmq, ints));
    return set_key(zmq, ZMQ_CURVE_SECRETKEY, options->secret->bytes);
}

static enum tov_err set_dialling(void *zmq, const struct tov_net_options *options)
{
    const struct int_option ints[] = {
        {ZMQ_IMMEDIATE, 1},
        {ZMQ_RECONNECT_IVL, RECONNECT_MS}, /* libzmq adds the jitter */
        {ZMQ_RECONNECT_IVL_MAX,
         options->reconnect_max_ms == 0 ? RECONNECT_MAX_MS : (int)options->reconnect_max_ms},
    };
    struct tov_net_key own;
    TOV_TRY(tov_net_key_of(options->secret, &own));
    TOV_TRY(SET_INTS(zmq, ints));
    TOV_TRY(set_key(zmq, ZMQ_CURVE_SERVERKEY, options->server->bytes));
    TOV_TRY(set_key(zmq, ZMQ_CURVE_PUBLICKEY, own.bytes));
    return set_key(zmq, ZMQ_CURVE_SECRETKEY, options->secret->bytes);
}

/* ---- opening ---- */

static enum tov_err socket_open(struct tov_net *net, int type,
                                const struct tov_net_options *options,
                                struct tov_net_socket **out_socket)
{
    TOV_CLEANUP(tov_net_socket_cleanup) struct tov_net_socket *socket = calloc(1, sizeof *socket);
    if (socket == NULL)
        return TOV_E_NOMEM;
    socket->net = net;
    socket->serves = type == ZMQ_ROUTER;
    socket->frame_max_bytes = options->frame_max_bytes;
    socket->epoll_fd = -1;
    socket->wake_fd = -1;
    (void)zmq_msg_init(&socket->frame);
    socket->zmq = zmq_socket(net->context, type);
    if (socket->zmq == NULL)
        return net_error_of(zmq_errno());
    TOV_TRY(set_common(socket->zmq, options));
    TOV_TRY(socket->serves ? set_serving(socket->zmq, options)
                           : set_dialling(socket->zmq, options));
    TOV_TRY(make_descriptor(socket));
    *out_socket = TOV_TAKE(socket);
    return TOV_OK;
}

void tov_net_socket_destroy(struct tov_net_socket *socket)
{
    if (socket == NULL)
        return;
    (void)zmq_msg_close(&socket->frame);
    if (socket->epoll_fd >= 0)
        (void)close(socket->epoll_fd);
    if (socket->wake_fd >= 0)
        (void)close(socket->wake_fd);
    if (socket->zmq != NULL)
        (void)zmq_close(socket->zmq);
    free(socket);
}

static enum tov_err bind_here(struct tov_net_socket *socket, const char *endpoint,
                              struct tov_error *error)
{
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): net_error_of is never TOV_OK */
    if (zmq_bind(socket->zmq, endpoint) != 0) {
        enum tov_err code = net_error_of(zmq_errno());
        const char *remedy = code == TOV_E_EXISTS ? "another program listens there; stop it or "
                                                    "choose another endpoint"
                                                  : zmq_strerror(zmq_errno());
        return tov_fail(error, code, "%s: cannot listen: %s", endpoint, remedy);
    }
    size_t size = sizeof socket->endpoint;
    if (zmq_getsockopt(socket->zmq, ZMQ_LAST_ENDPOINT, socket->endpoint, &size) != 0)
        return tov_fail(error, TOV_E_IO, "%s: bound to an unknown address", endpoint);
    return TOV_OK;
}

enum tov_err tov_net_serve(struct tov_net *net, const struct tov_net_options *options,
                           struct tov_net_socket **out_socket, struct tov_error *error)
{
    TOV_TRY(tov_net_endpoint_check(options->endpoint, error));
    enum tov_err started = net_admission_start(net->admission);
    if (started != TOV_OK)
        return tov_fail(error, started, "network: the ZAP handler does not start");
    TOV_CLEANUP(tov_net_socket_cleanup) struct tov_net_socket *socket = NULL;
    enum tov_err opened = socket_open(net, ZMQ_ROUTER, options, &socket);
    if (opened != TOV_OK)
        return tov_fail(error, opened, "%s: this libzmq refuses an option that Tov needs",
                        options->endpoint);
    TOV_TRY(bind_here(socket, options->endpoint, error));
    *out_socket = TOV_TAKE(socket);
    return TOV_OK;
}

enum tov_err tov_net_dial(struct tov_net *net, const struct tov_net_options *options,
                          struct tov_net_socket **out_socket, struct tov_error *error)
{
    TOV_TRY(tov_net_endpoint_check(options->endpoint, error));
    TOV_CLEANUP(tov_net_socket_cleanup) struct tov_net_socket *socket = NULL;
    enum tov_err opened = socket_open(net, ZMQ_DEALER, options, &socket);
    if (opened != TOV_OK)
        return tov_fail(error, opened, "%s: this libzmq refuses an option that Tov needs",
                        options->endpoint);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): net_error_of is never TOV_OK */
    socket->server = *options->server;
    (void)snprintf(socket->endpoint, sizeof socket->endpoint, "%s", options->endpoint);
    if (zmq_connect(socket->zmq, options->endpoint) != 0)
        return tov_fail(error, net_error_of(zmq_errno()), "%s: cannot connect: %s",
                        options->endpoint, zmq_strerror(zmq_errno()));
    *out_socket = TOV_TAKE(socket);
    return TOV_OK;
}

const char *tov_net_socket_endpoint(const struct tov_net_socket *socket)
{
    return socket->endpoint;
}

struct tov_net_drops tov_net_socket_drops(const struct tov_net_socket *socket)
{
    return socket->drops;
}

/* ---- receiving ---- */

/* TOV_E_BUSY: a message was there and was skipped. */
static enum tov_err receive_part(struct tov_net_socket *socket, zmq_msg_t *part)
{
    while (zmq_msg_recv(part, socket->zmq, ZMQ_DONTWAIT) < 0)
        if (zmq_errno() != EINTR)
            return net_error_of(zmq_errno());
    return TOV_OK;
}

/* The rest of a message that has too many parts. It is complete already: libzmq gives none before
 * its last part has arrived. */
static enum tov_err skip_rest(struct tov_net_socket *socket)
{
    socket->drops.multipart++;
    while (zmq_msg_more(&socket->frame))
        TOV_TRY(receive_part(socket, &socket->frame));
    return TOV_E_BUSY;
}

static enum tov_err read_route(struct tov_net_socket *socket, struct tov_net_route *out_route,
                               bool *out_chosen)
{
    TOV_TRY(receive_part(socket, &socket->frame));
    const uint8_t *id = zmq_msg_data(&socket->frame);
    *out_chosen = zmq_msg_size(&socket->frame) != ROUTE_BYTES || id[0] != 0;
    if (!*out_chosen)
        memcpy(&out_route->id, id + 1, sizeof out_route->id);
    if (!zmq_msg_more(&socket->frame)) {
        socket->drops.multipart++;
        return TOV_E_BUSY;
    }
    return TOV_OK;
}

static bool sender_is_allowed(struct tov_net_socket *socket, struct tov_net_key *out_sender)
{
    if (!socket->serves) {
        *out_sender = socket->server;
        return true;
    }
    const char *user = zmq_msg_gets(&socket->frame, "User-Id");
    if (user == NULL || tov_hex_decode(tov_bytes_of_text(user), out_sender->bytes,
                                       sizeof out_sender->bytes) != TOV_OK) {
        socket->drops.no_identity++;
        return false;
    }
    if (!net_admission_has(socket->net->admission, out_sender)) {
        socket->drops.not_allowed++;
        return false;
    }
    return true;
}

static enum tov_err receive_one(struct tov_net_socket *socket, struct tov_net_message *out_message)
{
    struct tov_net_message message = {.route = {0}};
    bool chosen = false;
    if (socket->serves)
        TOV_TRY(read_route(socket, &message.route, &chosen));
    TOV_TRY(receive_part(socket, &socket->frame));
    if (zmq_msg_more(&socket->frame))
        return skip_rest(socket);
    if (!sender_is_allowed(socket, &message.sender))
        return TOV_E_BUSY;
    if (chosen) {
        socket->drops.chosen_route++;
        return TOV_E_BUSY;
    }
    message.frame.data = zmq_msg_data(&socket->frame);
    message.frame.size = zmq_msg_size(&socket->frame);
    if (message.frame.size == 0)
        return TOV_E_BUSY; /* a probe */
    *out_message = message;
    return TOV_OK;
}

enum tov_err tov_net_receive(struct tov_net_socket *socket, struct tov_net_message *out_message)
{
    enum tov_err result = TOV_E_BUSY;
    for (int tries = 0; result == TOV_E_BUSY && tries < SKIP_AT_ONCE; tries++)
        result = receive_one(socket, out_message);
    if (result == TOV_E_AGAIN)
        lower_wake(socket);
    else
        raise_wake(socket);
    return result == TOV_E_BUSY ? TOV_E_AGAIN : result;
}

/* ---- sending ---- */

static void raise_wake_after(struct tov_net_socket *socket, enum tov_err sent)
{
    int events = 0;
    size_t size = sizeof events;
    int wanted = socket->serves ? ZMQ_POLLIN : ZMQ_POLLIN | ZMQ_POLLOUT;
    if (sent == TOV_E_AGAIN && zmq_getsockopt(socket->zmq, ZMQ_EVENTS, &events, &size) == 0 &&
        (events & wanted) == 0)
        return;
    raise_wake(socket);
}

static enum tov_err send_part(struct tov_net_socket *socket, struct tov_bytes part, int flags)
{
    while (zmq_send(socket->zmq, part.data, part.size, flags | ZMQ_DONTWAIT) < 0)
        if (zmq_errno() != EINTR)
            return net_error_of(zmq_errno());
    return TOV_OK;
}

static enum tov_err send_frame(struct tov_net_socket *socket, struct tov_net_route route,
                               struct tov_bytes frame)
{
    uint8_t id[ROUTE_BYTES] = {0};
    memcpy(id + 1, &route.id, sizeof route.id);
    if (socket->serves)
        TOV_TRY(send_part(socket, TOV_BYTES_OF(id), ZMQ_SNDMORE));
    return send_part(socket, frame, 0);
}

enum tov_err tov_net_send(struct tov_net_socket *socket, struct tov_net_route route,
                          struct tov_bytes frame)
{
    if (frame.size == 0 || frame.size > socket->frame_max_bytes)
        return TOV_E_LIMIT;
    enum tov_err result = send_frame(socket, route, frame);
    raise_wake_after(socket, result);
    return result;
}

enum tov_err tov_net_probe(struct tov_net_socket *socket, struct tov_net_route route)
{
    enum tov_err result = send_frame(socket, route, (struct tov_bytes){NULL, 0});
    raise_wake_after(socket, result);
    return result;
}
