/* SPDX-License-Identifier: EUPL-1.2
 *
 * The one key that a gateway or front holds, from its file: <keys_dir>/<purpose>.key, or the
 * systemd credential `tov-<purpose>` when the unit gives one.
 * Not for: the guard's and the core's keys, which have more to them.
 * Never call after tov_net_create: a passphrase file may make it slow.
 */
#ifndef TOV_DAEMON_SUPERVISOR_ROLE_KEY_H
#define TOV_DAEMON_SUPERVISOR_ROLE_KEY_H

#include "config/config.h"
#include "keys/keyfile.h"

enum tov_err tov_role_key_load(const struct tov_config *config, enum tov_key_purpose purpose,
                               struct tov_key *out_secret, struct tov_error *error) TOV_MUST_CHECK;
/* Opens the log for ROLE at the level of CONFIG, with journal priorities under systemd. */
void tov_role_log(const char *role, const struct tov_config *config);

#endif
