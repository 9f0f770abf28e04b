/* SPDX-License-Identifier: EUPL-1.2
 *
 * The guard as a process of its own, started by the supervisor with one socket pair. It opens its
 * keys and states, gives up every other right (no new privileges, no dumps, seccomp), and answers
 * the core until the socket closes.
 * Not for: being called twice in a process; it never gives its rights back.
 */
#ifndef TOV_GUARD_MAIN_H
#define TOV_GUARD_MAIN_H

/* Options: --fd N --keys DIR --state DIR --federation NAME --agency NAME --generation N
 * [--roots FILE]. Returns the exit code: 0 when the core closed the socket, 2 wrong usage, 1 any
 * other failure, after one line on stderr that says which. */
int tov_guard_main(int argc, char **argv);

#endif
