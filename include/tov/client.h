/* SPDX-License-Identifier: EUPL-1.2
 *
 * A connection to the own agency's node: opening it, waiting on it, and giving it to a loop of the
 * program's own.
 * Not for: talking to other agencies; only nodes do that.
 * Never use a client in a child after fork(): every call there answers TOV_E_UNAVAILABLE.
 *
 * Two styles, free to mix. Blocking: each call returns when it is done or its time is over.
 * In a foreign loop: watch tov_client_fd() for tov_client_events(), call tov_client_process() when
 * it is ready or tov_client_timeout() has passed, and take results by the calls that never block
 * (tov_watch_take, tov_call_take_*). The descriptor is level-triggered: it stays readable until
 * everything was processed, so poll, epoll and every loop built on them will do.
 *
 * A lost connection is made again by itself, for as long as the client is open. Requests that were
 * on their way are lost with it: their calls end with TOV_E_TIMEOUT. Subscriptions are renewed.
 */
#ifndef TOV_CLIENT_H
#define TOV_CLIENT_H

#include <tov/error.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tov_client;

#define TOV_CLIENT_TIMEOUT_MS 10000
#define TOV_CLIENT_KEEPALIVE_MS 20000

/* Writes the passphrase of the key file at KEY_PATH into OUT, at most SIZE bytes and no NUL, and
 * returns how many; 0 gives up (TOV_E_KEY). OUT is wiped after use. Called during tov_client_open
 * in its thread, only when the file is locked. */
typedef size_t (*tov_passphrase_fn)(void *arg, const char *key_path, char *out, size_t size);

/* Begin with TOV_CLIENT_OPTIONS_INIT. Strings are read only during tov_client_open. */
struct tov_client_options {
    size_t size;            /* sizeof(struct tov_client_options) */
    const char *endpoint;   /* of the node's front: "tcp://host:port" or "ipc:///path" */
    const char *front_key;  /* the front's CURVE public key, 64 lower-case digits; or NULL and */
    const char *front_path; /* the file front.pub that tov-keys wrote for the node */
    const char *key_path;   /* key file of this person or system; nobody else may read it */
    tov_passphrase_fn passphrase; /* NULL: a locked key file is refused */
    void *passphrase_arg;
    const char *program; /* what the node's log calls this program, "esdh 4.2"; NULL: "libtov" */
    int timeout_ms;      /* of each request; 0: TOV_CLIENT_TIMEOUT_MS */
    int keepalive_ms;    /* a subscription that was quiet for so long is renewed; 0:
                            TOV_CLIENT_KEEPALIVE_MS */
};
#define TOV_CLIENT_OPTIONS_INIT                                                           \
    {                                                                                     \
        sizeof(struct tov_client_options), NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0 \
    }

/* Reads the key file, connects and asks who this client is. Blocks for the passphrase, for Argon2id
 * and until the node answers, at most the timeout for each.
 * Errors: ARGUMENT, CONFIG (endpoint), NOT_FOUND, IO, KEY, DECRYPT, MALFORMED (key file, or what
 * the node says of itself), VERSION (no common version of the interface), TIMEOUT (no node there,
 * another front key, or a client key that is not registered: CURVE does not tell which), NOMEM. Any
 * thread. */
TOV_API_CHECKED enum tov_err tov_client_open(const struct tov_client_options *options,
                                             struct tov_client **out_client,
                                             struct tov_error *error);
/* Ends the connection at once; subscriptions, calls and submits of it must be destroyed before.
 * Views, listings, drafts and other results do not need it and may live on. NULL is fine. Does not
 * block. One at a time. */
TOV_API void tov_client_close(struct tov_client *client);

/* Who this client is to the node: as it answered when the client was opened. Borrowed until the
 * client is closed. Texts are never NULL. */
struct tov_identity {
    const char *federation;
    const char *agency; /* "kk" */
    const char *client; /* name of the client key */
    const char *const *roles;
    size_t role_count;
    const char *const *units; /* "kk/vink" */
    size_t unit_count;
    uint64_t now_ms; /* the node's clock when it answered; a demo clock may be far from ours */
    uint32_t api;    /* version of the interface in use */
};
TOV_API const struct tov_identity *tov_client_identity(const struct tov_client *client);

/* The timeout of requests that begin from now on. 0 or less: TOV_CLIENT_TIMEOUT_MS. One at a time.
 */
TOV_API void tov_client_set_timeout(struct tov_client *client, int timeout_ms);

/* ---- in a foreign loop; one at a time, none of them blocks ---- */

/* The client's own descriptor, valid until it is closed. Only wait for it; never read or close it.
 */
TOV_API int tov_client_fd(const struct tov_client *client);
/* What to wait for: POLLIN. Ask again before each wait. */
TOV_API short tov_client_events(const struct tov_client *client);
/* Milliseconds until tov_client_process must run even though nothing came; -1: never. */
TOV_API int tov_client_timeout(const struct tov_client *client);
/* Takes what arrived, sends what waits, ends what is overdue. Spurious calls are fine. Errors of
 * single requests are told by their calls; this fails with UNAVAILABLE (forked), NOMEM, IO. */
TOV_API_CHECKED enum tov_err tov_client_process(struct tov_client *client, struct tov_error *error);

/* Waits for the descriptor and processes once. TIMEOUT: nothing came within TIMEOUT_MS (-1: as long
 * as it takes); then tov_client_process's errors. Blocks. One at a time. */
TOV_API_CHECKED enum tov_err tov_client_wait(struct tov_client *client, int timeout_ms,
                                             struct tov_error *error);

/* Ends the blocking call that runs in another thread as if its time were over (TOV_E_TIMEOUT); with
 * none running, the next one. Any thread, and signal handlers. */
TOV_API void tov_client_interrupt(struct tov_client *client);

#ifdef __cplusplus
}
#endif
#endif
