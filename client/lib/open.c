/* SPDX-License-Identifier: EUPL-1.2
 *
 * Opening a client: its key, the front's key, the socket, the first request.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/limits.h"
#include "keys/keyfile.h"
#include "lib/connection.h"

#define FRONT_FILE_MAX_BYTES 512u
#define KEY_DIGITS 64u
#define RECONNECT_MAX_MS 1000u /* a person may be waiting, and the node is their own */

TOV_DEFINE_CLEANUP(client, struct tov_client, tov_client_close)

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* ---- keys ---- */

struct pipe_ends {
    int read;
    int write;
};
static void close_ends(struct pipe_ends *ends)
{
    close_fd(&ends->read);
    close_fd(&ends->write);
}
struct passphrase_text {
    char bytes[TOV_PASSPHRASE_MAX_BYTES];
};
static void wipe_passphrase(struct passphrase_text *text)
{
    tov_wipe(text, sizeof *text);
}

/* The key loader reads passphrases from descriptors; a pipe holds more than one. */
static enum tov_err ask_passphrase(const struct tov_client_options *options,
                                   struct pipe_ends *out_ends, struct tov_error *error)
{
    TOV_CLEANUP(wipe_passphrase) struct passphrase_text text;
    size_t size = options->passphrase(options->passphrase_arg, options->key_path, text.bytes,
                                      sizeof text.bytes);
    if (size == 0 || size > sizeof text.bytes)
        return tov_fail(error, TOV_E_KEY, "%s: no passphrase was given", options->key_path);
    int fds[2];
    if (pipe2(fds, O_CLOEXEC) != 0)
        return tov_fail(error, TOV_E_IO, "no pipe for the passphrase: %s", strerror(errno));
    *out_ends = (struct pipe_ends){fds[0], fds[1]};
    if (write(out_ends->write, text.bytes, size) != (ssize_t)size)
        return tov_fail(error, TOV_E_IO, "the passphrase cannot be passed on");
    close_fd(&out_ends->write);
    out_ends->write = -1;
    return TOV_OK;
}

static enum tov_err load_key(const struct tov_client_options *options,
                             struct tov_keyfile *out_keyfile, struct tov_error *error)
{
    TOV_CLEANUP(close_ends) struct pipe_ends ends = {-1, -1};
    const struct tov_passphrase_source none = {.kind = TOV_PASSPHRASE_NONE};
    enum tov_err err =
        tov_keyfile_load(options->key_path, TOV_KEY_CLIENT, &none, out_keyfile, error);
    struct tov_key_info info;
    if (err != TOV_E_KEY || options->passphrase == NULL ||
        tov_keyfile_info(options->key_path, &info, NULL) != TOV_OK ||
        info.purpose != TOV_KEY_CLIENT)
        return err;
    TOV_TRY(ask_passphrase(options, &ends, error));
    const struct tov_passphrase_source source = {.kind = TOV_PASSPHRASE_FD, .fd = ends.read};
    return tov_keyfile_load(options->key_path, TOV_KEY_CLIENT, &source, out_keyfile, error);
}

/* "front" and 64 digits on the first line. */
static enum tov_err front_of_file(const char *path, struct tov_net_key *out_key,
                                  struct tov_error *error)
{
    static const char word[] = "front ";
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(FRONT_FILE_MAX_BYTES);
    TOV_TRY(tov_file_read(path, FRONT_FILE_MAX_BYTES, &text, error));
    size_t skipped = sizeof word - 1;
    if (text.size < skipped + KEY_DIGITS || memcmp(text.data, word, skipped) != 0 ||
        tov_hex_decode((struct tov_bytes){text.data + skipped, KEY_DIGITS}, out_key->bytes,
                       sizeof out_key->bytes) != TOV_OK)
        return tov_fail(error, TOV_E_MALFORMED,
                        "%s: not a front.pub; tov-keys writes it beside the node's keys", path);
    return TOV_OK;
}

static enum tov_err find_front(const struct tov_client_options *options,
                               struct tov_net_key *out_key, struct tov_error *error)
{
    if (options->front_key == NULL && options->front_path == NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "name the front's key: front_key or front_path");
    if (options->front_key == NULL)
        return front_of_file(options->front_path, out_key, error);
    if (tov_hex_decode(tov_bytes_of_text(options->front_key), out_key->bytes,
                       sizeof out_key->bytes) != TOV_OK)
        return tov_fail(error, TOV_E_ARGUMENT, "front_key: 64 lower-case hexadecimal digits");
    return TOV_OK;
}

/* ---- the socket ---- */

static bool watch_fd(int epoll_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data = {.fd = fd}};
    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

static enum tov_err make_descriptors(struct tov_client *client, struct tov_error *error)
{
    client->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    client->interrupt_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (client->epoll_fd < 0 || client->interrupt_fd < 0 ||
        !watch_fd(client->epoll_fd, client->interrupt_fd) ||
        !watch_fd(client->epoll_fd, tov_net_socket_fd(client->socket)))
        return tov_fail(error, TOV_E_IO, "no descriptors for the client: %s", strerror(errno));
    return TOV_OK;
}

static enum tov_err dial(struct tov_client *client, const struct tov_client_options *options,
                         struct tov_error *error)
{
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile keyfile = {.secret = NULL};
    TOV_CLEANUP(tov_key_wipe) struct tov_key secret;
    struct tov_net_key front;
    TOV_TRY(find_front(options, &front, error));
    TOV_TRY(load_key(options, &keyfile, error));
    memcpy(secret.bytes, tov_secret_data(keyfile.secret), sizeof secret.bytes);
    struct tov_net_options net = {.endpoint = options->endpoint,
                                  .secret = &secret,
                                  .server = &front,
                                  .frame_max_bytes = TOV_FRAME_MAX_BYTES,
                                  .reconnect_max_ms = RECONNECT_MAX_MS};
    TOV_TRY(tov_net_create(&client->net, error));
    TOV_TRY(tov_net_dial(client->net, &net, &client->socket, error));
    return make_descriptors(client, error);
}

static enum tov_err say_hello(struct tov_client *client, const char *program,
                              struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record hello;
    TOV_TRY(request_create("hello", &request, &hello));
    TOV_TRY(tov_record_put_number(hello, "api_min", TOV_API_VERSION));
    TOV_TRY(tov_record_put_number(hello, "api_max", TOV_API_VERSION));
    if (tov_record_put_text(hello, "program", program == NULL ? "libtov" : program) != TOV_OK)
        return tov_fail(error, TOV_E_ARGUMENT, "program: a short text without control characters");
    struct call_order order = {client, request, "hello"};
    enum tov_err err = call_do(&call, &order, &hello, error);
    if (err == TOV_E_TIMEOUT)
        return tov_fail(error, err,
                        "no answer: is the node running, is this its front key, and is this "
                        "client key registered there?");
    TOV_TRY(err);
    if (tov_record_number(hello, "api") != TOV_API_VERSION)
        return tov_fail(error, TOV_E_VERSION, "the node speaks another version of the interface");
    err = identity_read(client, hello);
    return err == TOV_E_MALFORMED
               ? tov_fail(error, err, "the node's clock says no time that is one")
               : err;
}

static enum tov_err check_options(const struct tov_client_options *options, struct tov_error *error)
{
    if (options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_CLIENT_OPTIONS_INIT");
    if (options->endpoint == NULL || options->key_path == NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "endpoint and key_path are needed");
    if (options->timeout_ms < 0 || options->keepalive_ms < 0)
        return tov_fail(error, TOV_E_ARGUMENT, "timeout_ms and keepalive_ms are not negative");
    return TOV_OK;
}

static struct tov_client *make_client(const struct tov_client_options *options)
{
    struct tov_client *client = calloc(1, sizeof *client);
    if (client == NULL)
        return NULL;
    client->pid = getpid();
    client->epoll_fd = -1;
    client->interrupt_fd = -1;
    client->timeout_ms = options->timeout_ms > 0 ? options->timeout_ms : TOV_CLIENT_TIMEOUT_MS;
    client->keepalive_ms =
        options->keepalive_ms > 0 ? options->keepalive_ms : TOV_CLIENT_KEEPALIVE_MS;
    return client;
}

enum tov_err tov_client_open(const struct tov_client_options *options,
                             struct tov_client **out_client, struct tov_error *error)
{
    TOV_TRY(check_options(options, error));
    TOV_CLEANUP(client_cleanup) struct tov_client *client = make_client(options);
    if (client == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a client");
    TOV_TRY(dial(client, options, error));
    TOV_TRY(say_hello(client, options->program, error));
    *out_client = TOV_TAKE(client);
    return TOV_OK;
}

void tov_client_close(struct tov_client *client)
{
    /* In a child after fork the context's threads do not exist: touching it would hang. */
    if (client == NULL || connection_is_foreign(client))
        return;
    while (client->first != NULL) {
        struct call *call = client->first;
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): call_end took the last one off the list */
        bool loose = call->is_loose;
        call_end(call);
        if (loose)
            free(call);
    }
    tov_net_socket_destroy(client->socket);
    tov_net_destroy(client->net);
    close_fd(&client->epoll_fd);
    close_fd(&client->interrupt_fd);
    lib_memory_fini(&client->memory);
    lib_memory_fini(&client->agencies.memory);
    free(client);
}
