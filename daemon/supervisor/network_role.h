/* SPDX-License-Identifier: EUPL-1.2
 *
 * How gateway and front begin: each holds its configuration and one key, from its file
 * <keys_dir>/<purpose>.key or the systemd credential `tov-<purpose>` when the unit gives one.
 * Not for: the guard's and the core's keys, which have more to them.
 * Never call after tov_net_create: a passphrase file may make it slow.
 */
#ifndef TOV_DAEMON_SUPERVISOR_NETWORK_ROLE_H
#define TOV_DAEMON_SUPERVISOR_NETWORK_ROLE_H

#include "config/config.h"
#include "keys/keyfile.h"

struct tov_network_role {
    struct tov_config config;
    struct tov_key secret; /* wiped by the caller */
    int core_fd;
    int signal_fd;
};

/* From the process's arguments to all of it, with the log open as NAME. 0, or the exit code of a
 * failure, which is logged. */
int tov_network_role_begin(int argc, char **argv, const char *name, enum tov_key_purpose purpose,
                           struct tov_network_role *out_role);
static inline void tov_network_role_wipe(struct tov_network_role *role)
{
    tov_key_wipe(&role->secret);
}

#endif
