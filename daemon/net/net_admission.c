/* SPDX-License-Identifier: EUPL-1.2
 *
 * The ZAP handler (ZeroMQ RFC 27): a thread that libzmq asks at each handshake whether a key is
 * allowed, and that answers with the key in hexadecimal as User-Id. The same set is asked again
 * on every message, since libzmq never asks twice (net_socket.c).
 *
 * The thread may only end with the context. Were it to die otherwise, nobody could connect and
 * nobody would notice, so it stops the process.
 */
#include "net/net_internal.h"

#include "base/hex.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <zmq.h>

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define ZAP_FRAMES 7
#define ZAP_FRAME_BYTES 256

struct net_admission {
    void *context;
    void *zap; /* the thread's, once started */
    bool started;
    pthread_t thread;
    pthread_mutex_t lock;     /* for what follows */
    struct tov_net_key *keys; /* ascending */
    size_t count;
    uint64_t refused;
};

enum tov_err net_admission_create(void *zmq_context, struct net_admission **out_admission)
{
    struct net_admission *admission = calloc(1, sizeof *admission);
    if (admission == NULL)
        return TOV_E_NOMEM;
    admission->context = zmq_context;
    (void)pthread_mutex_init(&admission->lock, NULL);
    *out_admission = admission;
    return TOV_OK;
}

void net_admission_destroy(struct net_admission *admission)
{
    if (admission == NULL)
        return;
    if (admission->started)
        (void)pthread_join(admission->thread, NULL);
    else if (admission->zap != NULL)
        (void)zmq_close(admission->zap);
    (void)pthread_mutex_destroy(&admission->lock);
    free(admission->keys);
    free(admission);
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct tov_net_key));
}

enum tov_err net_admission_set(struct net_admission *admission, const struct tov_net_key *keys,
                               size_t count)
{
    struct tov_net_key *copy = calloc(count + 1, sizeof *copy);
    if (copy == NULL)
        return TOV_E_NOMEM;
    if (count > 0)
        memcpy(copy, keys, count * sizeof *copy);
    qsort(copy, count, sizeof *copy, compare_keys);
    (void)pthread_mutex_lock(&admission->lock);
    struct tov_net_key *old = admission->keys;
    admission->keys = copy;
    admission->count = count;
    (void)pthread_mutex_unlock(&admission->lock);
    free(old);
    return TOV_OK;
}

bool net_admission_has(struct net_admission *admission, const struct tov_net_key *key)
{
    (void)pthread_mutex_lock(&admission->lock);
    bool found = admission->count > 0 &&
                 bsearch(key, admission->keys, admission->count, sizeof *key, compare_keys) != NULL;
    (void)pthread_mutex_unlock(&admission->lock);
    return found;
}

uint64_t net_admission_refused(struct net_admission *admission)
{
    (void)pthread_mutex_lock(&admission->lock);
    uint64_t refused = admission->refused;
    (void)pthread_mutex_unlock(&admission->lock);
    return refused;
}

static void count_refusal(struct net_admission *admission)
{
    (void)pthread_mutex_lock(&admission->lock);
    admission->refused++;
    (void)pthread_mutex_unlock(&admission->lock);
}

/* ---- the thread ---- */

/* version, request id, domain, address, identity, mechanism, credentials */
struct zap_request {
    struct {
        uint8_t bytes[ZAP_FRAME_BYTES];
        size_t size;
    } frames[ZAP_FRAMES];
    size_t count; /* may exceed ZAP_FRAMES: then it is refused */
};

/* False when the context has ended. */
static bool receive_request(void *zap, struct zap_request *request)
{
    int more = 1;
    size_t more_size = sizeof more;
    for (request->count = 0; more != 0; request->count++) {
        uint8_t surplus[ZAP_FRAME_BYTES];
        bool fits = request->count < ZAP_FRAMES;
        uint8_t *into = fits ? request->frames[request->count].bytes : surplus;
        int size;
        while ((size = zmq_recv(zap, into, ZAP_FRAME_BYTES, 0)) < 0 && zmq_errno() == EINTR)
            continue;
        if (size < 0)
            return false;
        if (fits)
            request->frames[request->count].size = (size_t)size;
        if (zmq_getsockopt(zap, ZMQ_RCVMORE, &more, &more_size) != 0)
            return false;
    }
    return true;
}

static bool frame_is(const struct zap_request *request, size_t index, const char *text)
{
    return request->frames[index].size == strlen(text) &&
           memcmp(request->frames[index].bytes, text, strlen(text)) == 0;
}

static bool request_is_allowed(struct net_admission *admission, const struct zap_request *request,
                               struct tov_net_key *out_key)
{
    if (request->count != ZAP_FRAMES || !frame_is(request, 0, "1.0") ||
        !frame_is(request, 5, "CURVE") || request->frames[6].size != sizeof out_key->bytes)
        return false;
    memcpy(out_key->bytes, request->frames[6].bytes, sizeof out_key->bytes);
    return net_admission_has(admission, out_key);
}

/* Not "400": a client of libzmq that is told so never connects again, though its agency may stand
 * in the next roster (measured). After "300" it comes back, later and later. */
static const char refused_for_now[] = "300";

static bool answer(struct net_admission *admission, const struct zap_request *request)
{
    struct tov_net_key key;
    char user[2 * TOV_NET_KEY_BYTES + 1] = "";
    bool allowed = request_is_allowed(admission, request, &key);
    if (allowed)
        tov_hex_encode(TOV_BYTES_OF(key.bytes), user);
    else
        count_refusal(admission);
    const char *id = (const char *)request->frames[1].bytes;
    size_t id_size = request->count > 1 && request->frames[1].size <= ZAP_FRAME_BYTES
                         ? request->frames[1].size
                         : 0;
    void *zap = admission->zap;
    return zmq_send(zap, "1.0", 3, ZMQ_SNDMORE) >= 0 &&
           zmq_send(zap, id, id_size, ZMQ_SNDMORE) >= 0 &&
           zmq_send(zap, allowed ? "200" : refused_for_now, 3, ZMQ_SNDMORE) >= 0 &&
           zmq_send(zap, "", 0, ZMQ_SNDMORE) >= 0 &&
           zmq_send(zap, user, strlen(user), ZMQ_SNDMORE) >= 0 && zmq_send(zap, "", 0, 0) >= 0;
}

static void *run_handler(void *argument)
{
    struct net_admission *admission = argument;
    struct zap_request request;
    while (receive_request(admission->zap, &request) && answer(admission, &request))
        continue;
    if (zmq_errno() != ETERM)
        abort(); /* nobody would be admitted any more, silently */
    (void)zmq_close(admission->zap);
    return NULL;
}

/* The thread takes no signals: those belong to the loop's signalfd. */
static int start_thread(struct net_admission *admission)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&admission->thread, NULL, run_handler, admission);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

enum tov_err net_admission_start(struct net_admission *admission)
{
    if (admission->started)
        return TOV_OK;
    int linger = 0;
    if (admission->zap == NULL)
        admission->zap = zmq_socket(admission->context, ZMQ_REP);
    if (admission->zap == NULL ||
        zmq_setsockopt(admission->zap, ZMQ_LINGER, &linger, sizeof linger) != 0 ||
        zmq_bind(admission->zap, ZAP_ENDPOINT) != 0)
        return net_error_of(zmq_errno());
    if (start_thread(admission) != 0)
        return TOV_E_NOMEM;
    admission->started = true;
    return TOV_OK;
}
