/* SPDX-License-Identifier: EUPL-1.2
 *
 * The context, keys, and the process's own memory. Sockets: net_socket.c; who is admitted:
 * net_admission.c.
 */
#include "net/net_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

#define SOCKETS_MAX 4096 /* one for each dialled peer, and a few */
#define Z85_SIZE 41

enum tov_err net_error_of(int code)
{
    switch (code) {
    case EAGAIN:
        return TOV_E_AGAIN;
    case EHOSTUNREACH:
    case ETERM:
        return TOV_E_CLOSED;
    case EADDRINUSE:
        return TOV_E_EXISTS;
    case ENOMEM:
    case EMFILE:
        return TOV_E_NOMEM;
    case EINVAL:
        return TOV_E_CONFIG;
    default:
        return TOV_E_IO;
    }
}

enum tov_err tov_net_create(struct tov_net **out_net, struct tov_error *error)
{
    TOV_CLEANUP(tov_net_cleanup) struct tov_net *net = calloc(1, sizeof *net);
    if (net == NULL)
        return tov_fail(error, TOV_E_NOMEM, "network: out of memory");
    if (zmq_has("curve") != 1)
        return tov_fail(error, TOV_E_UNAVAILABLE,
                        "network: this libzmq has no CURVE; install Debian's libzmq5");
    net->context = zmq_ctx_new();
    if (net->context == NULL || zmq_ctx_set(net->context, ZMQ_MAX_SOCKETS, SOCKETS_MAX) != 0)
        return tov_fail(error, TOV_E_NOMEM, "network: no context: %s", zmq_strerror(zmq_errno()));
    TOV_TRY(net_admission_create(net->context, &net->admission));
    *out_net = TOV_TAKE(net);
    return TOV_OK;
}

void tov_net_destroy(struct tov_net *net)
{
    if (net == NULL)
        return;
    if (net->context != NULL)
        (void)zmq_ctx_shutdown(net->context);
    net_admission_destroy(net->admission);
    if (net->context != NULL)
        while (zmq_ctx_term(net->context) != 0 && zmq_errno() == EINTR)
            continue;
    free(net);
}

enum tov_err tov_net_allow(struct tov_net *net, const struct tov_net_key *keys, size_t count)
{
    return net_admission_set(net->admission, keys, count);
}

uint64_t tov_net_refused(const struct tov_net *net)
{
    return net_admission_refused(net->admission);
}

bool tov_net_key_equal(const struct tov_net_key *a, const struct tov_net_key *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

enum tov_err tov_net_key_of(const struct tov_key *secret, struct tov_net_key *out_key)
{
    char secret_text[Z85_SIZE];
    char public_text[Z85_SIZE];
    bool good = zmq_z85_encode(secret_text, secret->bytes, sizeof secret->bytes) != NULL &&
                zmq_curve_public(public_text, secret_text) == 0 &&
                zmq_z85_decode(out_key->bytes, public_text) != NULL;
    tov_wipe(secret_text, sizeof secret_text);
    return good ? TOV_OK : TOV_E_UNAVAILABLE;
}

enum tov_err tov_net_key_generate(struct tov_key *out_secret, struct tov_net_key *out_key)
{
    char secret_text[Z85_SIZE];
    char public_text[Z85_SIZE];
    bool good = zmq_curve_keypair(public_text, secret_text) == 0 &&
                zmq_z85_decode(out_secret->bytes, secret_text) != NULL &&
                zmq_z85_decode(out_key->bytes, public_text) != NULL;
    tov_wipe(secret_text, sizeof secret_text);
    return good ? TOV_OK : TOV_E_UNAVAILABLE;
}

int tov_net_memory_open(void)
{
    return open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
}

bool tov_net_memory_is_over(int memory_fd, size_t limit_bytes)
{
    char text[128];
    unsigned long resident_pages = 0;
    ssize_t size = pread(memory_fd, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = '\0';
    /* NOLINTNEXTLINE(cert-err34-c): the kernel writes it, and never more than a long holds */
    if (sscanf(text, "%*u %lu", &resident_pages) != 1)
        return false; /* no /proc: the unit's MemoryMax= is the bound that is left */
    return resident_pages > limit_bytes / (size_t)sysconf(_SC_PAGESIZE);
}
