/* SPDX-License-Identifier: EUPL-1.2
 *
 * The gateway: frames between the core and other agencies' gateways. It knows which key belongs to
 * which agency and nothing of what the frames say; it holds one CURVE key.
 * Not for: delivery. A frame may be lost at any time; when that may have happened the core is told
 * PEER_DOWN and PEER_UP, says Hello again, and the follow protocol resumes.
 * Never fork here: a ZeroMQ context is alive.
 *
 * Between two gateways a ZeroMQ frame is u8 kind and:
 *   1 DATA  the core's frame
 *   2 PING  u64 session    from the side that dialled, every 3 s (0.5 s until answered)
 *   3 PONG  u64 session    the answer, and the first frame on a new connection
 * A session is a random number made for one connection (the answering side) or one dialled socket
 * (the dialling side); another number than before means that frames may have been lost between.
 * A connection on which nothing was heard for 10 s is down.
 */
#ifndef TOV_DAEMON_GATEWAY_GATEWAY_H
#define TOV_DAEMON_GATEWAY_GATEWAY_H

#include "base/limits.h"
#include "base/secret.h"
#include "ipc/ipc.h"

#define TOV_GATEWAY_FRAME_MAX_BYTES (TOV_FRAME_MAX_BYTES + 1u)
#define TOV_GATEWAY_PING_MS 3000u
#define TOV_GATEWAY_PING_FIRST_MS 500u
#define TOV_GATEWAY_SILENCE_MS 10000u
#define TOV_GATEWAY_QUEUE_MAX_BYTES \
    ((size_t)16 * 1024 * 1024) /* for each peer; the core stays below */
#define TOV_GATEWAY_MEMORY_MAX_BYTES ((size_t)768 * 1024 * 1024)

struct tov_gateway_options {
    const char *listen; /* endpoint, or empty: only dials */
    const struct tov_key *secret;
    struct tov_net *net; /* taken over, also when it fails */
    int core_fd;         /* taken over */
    int signal_fd;       /* from tov_role_start */
    int memory_fd;       /* from tov_net_memory_open */
};
/* Runs until a signal, the end of the core or a failure; returns an exit code of exit_codes.h. */
int tov_gateway_run(const struct tov_gateway_options *options);

#endif
