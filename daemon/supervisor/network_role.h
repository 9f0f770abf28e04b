/* SPDX-License-Identifier: EUPL-1.2
 *
 * How gateway and front begin: each holds its configuration and one key, from its file
 * <keys_dir>/<purpose>.key or the systemd credential `tov-<purpose>` when the unit gives one. A
 * locked key is opened with the credential <role>-passphrase. Not for: the guard's and the core's
 * keys, which have more to them. Never make a tov_net before: tov_network_role_enter makes the one.
 */
#ifndef TOV_DAEMON_SUPERVISOR_NETWORK_ROLE_H
#define TOV_DAEMON_SUPERVISOR_NETWORK_ROLE_H

#include "config/config.h"
#include "keys/keyfile.h"
#include "net/net.h"
#include "sandbox/sandbox.h"

struct tov_network_role {
    struct tov_config config; /* of a gateway apart: only log_level, keys_dir and listen */
    struct tov_key secret;    /* wiped by the caller */
    int core_fd;
    int signal_fd;
    int memory_fd; /* tov_net_memory_open */
};

/* From the process's arguments to all of it, with the log open as NAME. 0, or the exit code of a
 * failure, which is logged. */
int tov_network_role_begin(int argc, char **argv, const char *name, enum tov_key_purpose purpose,
                           struct tov_network_role *out_role);
/* The same of the key alone, for who tries a node's files: NAME is the role's, as above. A locked
 * key without its credential is left locked and counted. TOV_E_KEY, TOV_E_NOMEM. */
enum tov_err tov_network_role_check_key(const struct tov_config *config, const char *name,
                                        enum tov_key_purpose purpose, unsigned *locked,
                                        struct tov_error *error) TOV_MUST_CHECK;
/* What comes next is the network: makes *OUT_NET and opens what tells the process's memory, since
 * both look at files, and gives up all that SANDBOX does not need for LISTEN, the endpoint that it
 * will bind. 0, or the exit code of a failure, which is logged. */
int tov_network_role_enter(struct tov_network_role *role, enum tov_sandbox_role sandbox,
                           const char *listen, struct tov_net **out_net);
static inline void tov_network_role_wipe(struct tov_network_role *role)
{
    tov_key_wipe(&role->secret);
}

#endif
