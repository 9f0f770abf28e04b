/* SPDX-License-Identifier: EUPL-1.2 */
#include "limits.h"

#include "net/net.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FRAME_MAX_BYTES 65536u

struct ends {
    struct tov_key server_secret, client_secret;
    struct tov_net_key server, client;
    size_t frame_bytes;
    unsigned count;
    int address[2]; /* a pipe: where the receiver listens */
};

static void must(enum tov_err err, const char *what)
{
    if (err == TOV_OK)
        return;
    (void)fprintf(stderr, "bench_limits: %s: %s\n", what, tov_err_name(err));
    exit(1);
}

static void wait_for(struct tov_net_socket *socket)
{
    struct pollfd item = {.fd = tov_net_socket_fd(socket), .events = POLLIN};
    (void)poll(&item, 1, 1);
}

static void send_all(const struct ends *ends)
{
    static uint8_t frame[FRAME_MAX_BYTES];
    char endpoint[TOV_NET_ENDPOINT_MAX_BYTES] = "";
    struct tov_error error;
    struct tov_net *net = NULL;
    struct tov_net_socket *socket = NULL;
    struct tov_net_message message;
    if (read(ends->address[0], endpoint, sizeof endpoint) != (ssize_t)sizeof endpoint)
        _exit(1);
    struct tov_net_options options = {.endpoint = endpoint,
                                      .secret = &ends->client_secret,
                                      .server = &ends->server,
                                      .frame_max_bytes = FRAME_MAX_BYTES};
    must(tov_net_create(&net, &error), "context");
    must(tov_net_dial(net, &options, &socket, &error), "dial");
    for (unsigned sent = 0; sent < ends->count;) {
        struct tov_bytes bytes = {frame, ends->frame_bytes};
        if (tov_net_send(socket, (struct tov_net_route){0}, bytes) == TOV_OK)
            sent++;
        else
            wait_for(socket);
    }
    while (tov_net_receive(socket, &message) != TOV_OK) /* the receiver has them all */
        wait_for(socket);
    tov_net_socket_destroy(socket);
    tov_net_destroy(net);
    _exit(0);
}

/* The seconds from the first frame to the last. */
static double receive_all(struct tov_net_socket *socket, unsigned count)
{
    struct tov_net_message message;
    double began = 0;
    for (unsigned got = 0; got < count;) {
        if (tov_net_receive(socket, &message) != TOV_OK) {
            wait_for(socket);
            continue;
        }
        if (got++ == 0)
            began = limits_wall_s();
    }
    double seconds = limits_wall_s() - began;
    must(tov_net_send(socket, message.route, (struct tov_bytes){(const uint8_t *)"!", 1}), "end");
    return seconds;
}

static double receive(const struct ends *ends)
{
    char endpoint[TOV_NET_ENDPOINT_MAX_BYTES] = "";
    struct tov_error error;
    struct tov_net *net = NULL;
    struct tov_net_socket *socket = NULL;
    struct tov_net_options options = {.endpoint = "tcp://127.0.0.1:0",
                                      .secret = &ends->server_secret,
                                      .frame_max_bytes = FRAME_MAX_BYTES};
    must(tov_net_create(&net, &error), "context");
    must(tov_net_serve(net, &options, &socket, &error), "serve");
    must(tov_net_allow(net, &ends->client, 1), "allow");
    (void)snprintf(endpoint, sizeof endpoint, "%s", tov_net_socket_endpoint(socket));
    if (write(ends->address[1], endpoint, sizeof endpoint) != (ssize_t)sizeof endpoint)
        exit(1);
    double seconds = receive_all(socket, ends->count);
    int status = 0;
    (void)wait(&status);
    tov_net_socket_destroy(socket);
    tov_net_destroy(net);
    return seconds;
}

static void measure(size_t frame_bytes, unsigned kib)
{
    struct ends ends = {.frame_bytes = frame_bytes, .count = (unsigned)(kib * 1024u / frame_bytes)};
    char name[64];
    must(tov_net_key_generate(&ends.server_secret, &ends.server), "key");
    must(tov_net_key_generate(&ends.client_secret, &ends.client), "key");
    if (pipe(ends.address) != 0)
        exit(1);
    double cpu = limits_cpu_s();
    pid_t child = fork(); /* before there is a context */
    if (child == 0)
        send_all(&ends);
    double seconds = receive(&ends);
    (void)close(ends.address[0]);
    (void)close(ends.address[1]);
    cpu = (limits_cpu_s() - cpu) * 1e6 / kib;
    (void)snprintf(name, sizeof name, "curve_cpu_frames_%zuk", frame_bytes / 1024);
    limits_print(name, cpu, "us/KiB");
    (void)snprintf(name, sizeof name, "curve_rate_frames_%zuk", frame_bytes / 1024);
    limits_print(name, (double)kib / seconds, "KiB/s");
}

void limits_curve(unsigned kib)
{
    measure(1024, kib);
    measure(FRAME_MAX_BYTES, kib * 4);
}
