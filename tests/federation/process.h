/* SPDX-License-Identifier: EUPL-1.2
 *
 * Real processes under test: starting, ending and killing them, and finding a node's roles.
 * Not for: knowing what they do (federation.h).
 * Never kill by name: only what a test started itself, and what came from that, by number.
 *
 * Everything started here dies with the test program; what outlives its parent becomes a child of
 * the test program, so that an end can be waited for.
 */
#ifndef TOV_TESTS_FEDERATION_PROCESS_H
#define TOV_TESTS_FEDERATION_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#define PROCESS_ARGUMENTS_MAX 40

/* Once, before anything is started. */
void process_adopt_orphans(void);

/* ARGV ends with NULL and names the program by its path. Output is appended to LOG (NULL: lost).
 * Stops the test program when it cannot be started. */
pid_t process_start(const char *const argv[], const char *log);
/* Whether it still runs. */
bool process_runs(pid_t pid);
/* Waits for its end: the exit code, 128 + the signal that ended it, or -1 after TIMEOUT_MS. */
int process_wait(pid_t pid, int timeout_ms);
/* Asks by TERM and waits; killed, and false, when it does not end in time. */
bool process_end(pid_t pid, int timeout_ms);
/* Kills PID and everything that comes from it with signal 9, and waits until all are gone. */
void process_kill_tree(pid_t pid);
/* Signal 9 to one process that is not our child; waits until it is gone. */
void process_kill(pid_t pid);
/* The child of PARENT that was started as `--role ROLE`; 0: there is none now. */
pid_t process_role(pid_t parent, const char *role);

/* Runs ARGV to its end, at most TIMEOUT_MS: the exit code as process_wait. *OUT_TEXT is what it
 * wrote to standard output, free() it; standard error goes to LOG. */
int process_run(const char *const argv[], const char *log, int timeout_ms, char **out_text);

/* A pause between two looks at a condition, never a way to wait for one. */
void process_pause(void);
/* Milliseconds of a clock that is never set. */
long long process_now_ms(void);

#endif
