/* SPDX-License-Identifier: EUPL-1.2
 *
 * The first process of tovd: reads the configuration, starts one process for each role by fork and
 * exec of its own file, watches them, tells systemd. It parses nothing from the network, holds no
 * key and opens no database.
 * Not for: deciding anything about messages. Never create a ZeroMQ context in this process.
 *
 *   role      started with                         when it ends
 *   guard     --fd G                               core is ended too; both start again (backoff)
 *   core      --guard-fd --gateway-fd --front-fd   disk full (it began, or was to end, without
 *                                                  room): again after 1 s; a code that needs a
 *             --supervisor-fd                      person: stop all with it; else again (backoff),
 *                                                  with a new guard, gateway and front
 *   gateway   --fd                                 again (backoff) with a new socket pair, whose
 *   front     --fd                                 other end the core gets by SV_LINK
 *
 * A gateway that runs apart (`gateway` in the configuration) is not started: it connects at a
 * socket (door.h), which the core gets by SV_LINK as well; the core is started without
 * --gateway-fd.
 *
 * Every role gets `--role NAME --config FILE` as well. All descriptors that are not named are
 * closed; a child dies with this process (PR_SET_PDEATHSIG).
 */
#ifndef TOV_DAEMON_SUPERVISOR_SUPERVISOR_H
#define TOV_DAEMON_SUPERVISOR_SUPERVISOR_H

#include "config/config.h"

/* The role processes' entry points: argv as after `tovd`, `--role NAME` included. They return an
 * exit code of exit_codes.h. */
typedef int (*tov_role_main)(int argc, char **argv);
/* What --check does once the configuration and its folders are right (check/check.h). */
typedef enum tov_err (*tov_supervisor_check)(const struct tov_config *config, unsigned *out_locked,
                                             struct tov_error *error);
struct tov_supervisor_roles {
    tov_role_main guard;
    tov_role_main core;
    tov_role_main gateway;
    tov_role_main front;
    tov_supervisor_check check;
};
/* In daemon/guard, daemon/core, daemon/gateway and daemon/front. */
int tov_guard_main(int argc, char **argv);
int tov_core_main(int argc, char **argv);
int tov_gateway_main(int argc, char **argv);
int tov_front_main(int argc, char **argv);

/* main() of tovd: with --role becomes that role, as `tovd gateway` is a gateway apart, else
 * supervises. Returns the exit code. */
int tov_supervisor_main(const struct tov_supervisor_roles *roles, int argc, char **argv);

#endif
