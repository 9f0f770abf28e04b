/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tovd --check`: loads what a start loads, in the order and with the words and codes of a start,
 * and changes nothing: roster and roots, clients, key files, bucket keys, the disk's filesystem.
 * Not for: what only a start can tell, which opens the store, the guard's states and the sockets; a
 * check is also made beside a node that runs.
 */
#ifndef TOV_DAEMON_CHECK_CHECK_H
#define TOV_DAEMON_CHECK_CHECK_H

#include "config/config.h"

/* Key files that are locked and whose passphrase is no credential of this process are looked at and
 * not opened; OUT_LOCKED is how many. The code says by tov_exit_of_error how a start would end. */
enum tov_err tov_check_node(const struct tov_config *config, unsigned *out_locked,
                            struct tov_error *error) TOV_MUST_CHECK;

#endif
