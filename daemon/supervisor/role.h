/* SPDX-License-Identifier: EUPL-1.2
 *
 * What every role process does first, and what gateway and front share: arguments, signals, a
 * monotonic clock.
 * Not for: the supervising process itself (supervisor.h).
 * Never install a signal handler: signals are read from the descriptor that start gives.
 */
#ifndef TOV_DAEMON_SUPERVISOR_ROLE_H
#define TOV_DAEMON_SUPERVISOR_ROLE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

#define TOV_ROLE_GATEWAY_APART "gateway-apart" /* whose --config is a gateway's own */
/* In the environment of a core that follows one which was ended by a fault: its store is read
 * whole, however large, before it is used. */
#define TOV_ROLE_CHECK_STORE "TOV_CHECK_STORE"

/* The arguments that roles get. Descriptors not given are -1, texts NULL. */
struct tov_role_arguments {
    const char *role;
    const char *config;
    int fd;
    int guard_fd;
    int gateway_fd;
    int front_fd;
    int supervisor_fd;
};
/* False when an argument is unknown, doubled or no number; says so on standard error. ARGV[0] is
 * skipped; the texts are borrowed from ARGV. */
bool tov_role_arguments_parse(int argc, char **argv, struct tov_role_arguments *out_arguments);

/* At the start of a role: blocks TERM, HUP, USR1 and INT (a terminal sends that to all processes;
 * the supervisor alone acts on it), ignores PIPE, forbids core dumps, keeps freed memory for the
 * next turn. Before any thread. Gives a non-blocking signalfd, or -1. */
int tov_role_start(void);
/* The next signal from it, or 0. */
int tov_role_signal(int signal_fd);

uint64_t tov_role_now_ms(void); /* CLOCK_MONOTONIC */

#endif
