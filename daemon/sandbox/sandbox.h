/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each process of tovd gives up, for the rest of its life, what its role does not need: no new
 * privileges, no core dumps or tracing, a list of system calls (seccomp), and the files and TCP
 * ports that it may name (Landlock). docs/security.md has the table.
 * Not for: what the unit file takes from all of them alike (systemd/tovd.service).
 * Never enter before what the role needs once is open, and never with a thread running: Landlock
 * holds the calling thread and those that it starts later.
 *
 * Three answers to a call that is not on the role's list. What only somebody who has taken the
 * process over does (starting a program, tracing, mounting: tov_sandbox_ends) ends the process by
 * SIGSYS, and the supervisor says so. Everything else fails with EPERM and stands in the kernel's
 * log: a library that asks for something harmless must not stop an agency from signing. clone3 is
 * said not to exist, so that libc takes clone, whose flags can be looked at.
 *
 * The supervisor's filter holds for the roles as well: it starts them. So it forbids only what none
 * of them does, and running any other program than tovd.
 *
 * In a build with sanitizers only the calls that end a process are filtered, without those of the
 * leak check, and /proc may be read: tov_sandbox_is_whole() is false.
 */
#ifndef TOV_DAEMON_SANDBOX_SANDBOX_H
#define TOV_DAEMON_SANDBOX_SANDBOX_H

#include "base/err.h"

#include <stdbool.h>

enum tov_sandbox_role {
    TOV_SANDBOX_SUPERVISOR = 0,
    TOV_SANDBOX_GUARD = 1,
    TOV_SANDBOX_CORE = 2,
    TOV_SANDBOX_GATEWAY = 3,
    TOV_SANDBOX_FRONT = 4,
};

/* What a role still names after it has entered; NULL: nothing. */
struct tov_sandbox_places {
    const char *data_dir;   /* core: everything below it */
    const char *clock_file; /* core: a demo's clock; it and what stands beside it may be read */
    const char *listen;     /* gateway, front: the endpoint that will be bound; may be empty */
};

/* TOV_E_UNAVAILABLE with words in ERROR: this kernel has no seccomp, or refuses. A kernel without
 * Landlock is no failure: see tov_sandbox_landlock. */
enum tov_err tov_sandbox_enter(enum tov_sandbox_role role, const struct tov_sandbox_places *places,
                               struct tov_error *error) TOV_MUST_CHECK;

/* The kernel's version of Landlock's interface: 0 none, 1 to 3 files, 4 TCP ports as well, 6
 * signals as well. Without it the core could open what its user may, and a gateway opens no file at
 * all, so that endpoints with names cannot be looked up. */
int tov_sandbox_landlock(void);

/* False in a build with sanitizers. */
bool tov_sandbox_is_whole(void);

#endif
