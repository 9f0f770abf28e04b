/* SPDX-License-Identifier: EUPL-1.2
 *
 * The front: frames between the core and the clients of this agency (libtov). It knows which keys
 * may connect and nothing of what the frames say; it holds one CURVE key.
 * Not for: who may do what; the core decides that from the client's key on every request.
 * Never fork here: a ZeroMQ context is alive.
 *
 * A ZeroMQ frame is the client's or the core's frame, nothing before it. An empty frame is a probe
 * and skipped. A connection is a number that is not used twice; it ends when the client is gone,
 * which the front learns by a probe within half a minute, or when the client reads so slowly that
 * its queue is full.
 *
 * Quotas: what a client may have in flight (requests given to the core and not answered; the
 * oldest counts as answered by each frame the core sends it, and at the latest after 30 s). Frames
 * beyond a quota are dropped: a client keeps below, or waits for its own time-out.
 */
#ifndef TOV_DAEMON_FRONT_FRONT_H
#define TOV_DAEMON_FRONT_FRONT_H

#include "base/limits.h"
#include "base/secret.h"

#include <stdint.h>

#define TOV_FRONT_CONNECTIONS_MAX 1024u
#define TOV_FRONT_CONNECTIONS_OF_KEY_MAX 32u
#define TOV_FRONT_REQUEST_MS 30000u
#define TOV_FRONT_QUEUE_MAX_BYTES \
    ((size_t)4 * 1024 * 1024) /* answers that wait for one connection */
#define TOV_FRONT_PROBE_AFTER_MS 15000u
#define TOV_FRONT_MEMORY_MAX_BYTES ((size_t)768 * 1024 * 1024)

struct tov_front_options {
    const char *listen;
    const struct tov_key *secret;
    struct tov_net *net; /* taken over, also when it fails */
    int core_fd;         /* taken over */
    int signal_fd;       /* from tov_role_start */
    int memory_fd;       /* from tov_net_memory_open */
};
/* Runs until a signal, the end of the core or a failure; returns an exit code of exit_codes.h. */
int tov_front_run(const struct tov_front_options *options);

#endif
