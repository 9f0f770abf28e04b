/* SPDX-License-Identifier: EUPL-1.2
 *
 * The supervisor's state, and what its start (supervisor_main.c) calls of its loop.
 * Not for: anyone outside supervisor/.
 */
#ifndef TOV_DAEMON_SUPERVISOR_SUPERVISOR_INTERNAL_H
#define TOV_DAEMON_SUPERVISOR_SUPERVISOR_INTERNAL_H

#include "ipc/ipc_messages.h"
#include "log/log.h"
#include "supervisor/child.h"
#include "supervisor/door.h"
#include "supervisor/supervisor.h"

/* The first three have one descriptor each; the core is started last. */
enum role { ROLE_GUARD = 0, ROLE_GATEWAY = 1, ROLE_FRONT = 2, ROLE_CORE = 3 };
#define ROLES 4

struct supervisor {
    enum { RUNNING, DRAINING, STOPPING } state;
    const char *config;  /* its path */
    const char *clients; /* the path of the registry: the core cannot open it itself */
    int signal_fd;
    struct child children[ROLES];
    struct door door;     /* open: the gateway runs apart, and none is started here */
    bool told_status;     /* in the log, once: a status that is not one line */
    bool core_was_broken; /* one ended by a fault, and none has been ready since */
    struct tov_ipc *core; /* NULL while there is none */
    uint64_t now_ms;
    uint64_t start_all_at_ms; /* while DRAINING */
    uint64_t kill_at_ms;      /* while DRAINING or STOPPING */
    int exit_code;            /* while STOPPING */
};

/* Until all have ended; the exit code. */
int supervisor_run(struct supervisor *supervisor);
void supervisor_stop(struct supervisor *supervisor, int code);

#endif
