/* SPDX-License-Identifier: EUPL-1.2
 *
 * One role process: starting it by fork and exec of this program's own file, and when it may be
 * started again.
 * Not for: which roles there are and what their end means (supervisor.c).
 * Never call child_start with a thread running in this process.
 */
#ifndef TOV_DAEMON_SUPERVISOR_CHILD_H
#define TOV_DAEMON_SUPERVISOR_CHILD_H

#include "base/err.h"
#include "exit_codes.h"
#include "log/log.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CHILD_FDS_MAX 4

struct child {
    const char *role;
    pid_t pid; /* 0: not running */
    uint64_t started_ms;
    uint64_t start_at_ms; /* when it is to be started again; 0: not planned */
    unsigned failures;    /* in a row; a run of a minute forgets them */
};

/* A descriptor to hand on, and the argument that names it. */
struct child_fd {
    const char *argument; /* "--guard-fd" */
    int fd;
};
struct child_start {
    const char *config;
    struct child_fd fds[CHILD_FDS_MAX];
    size_t fd_count;
};
/* The child has the given descriptors as 3, 4, ..., its standard ones, no other; signals
 * unblocked; it is killed when this process ends. The caller closes its own copies. */
enum tov_err child_start(struct child *child, const struct child_start *start,
                         uint64_t now_ms) TOV_MUST_CHECK;

/* It has ended with STATUS of waitpid(2): says so in the log, and gives the code. */
enum tov_exit child_end(struct child *child, int status, enum tov_log_level level);

/* Whether STATUS is the end of a process that believed bytes which a disk has changed, or that has
 * a fault. */
bool child_was_broken(int status);

/* After it ended with CODE: when to start again, from the code's remedy and its failures. */
void child_plan(struct child *child, enum tov_exit code, uint64_t now_ms);

#endif
