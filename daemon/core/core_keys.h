/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core's two key files, control and storage-root: where they lie, where their passphrase comes
 * from, whose they must be. For the core itself and for who tries a node's files without a start.
 * Not for: the guard's keys and the edges', which their processes alone open.
 */
#ifndef TOV_CORE_KEYS_H
#define TOV_CORE_KEYS_H

#include "config/config.h"
#include "keys/keyfile.h"
#include "roster/roster.h"

/* Loads <keys>/<purpose>.key. A locked one is opened by the credential core-passphrase; where there
 * is none, by OTHERWISE: TOV_PASSPHRASE_NONE refuses it, TOV_PASSPHRASE_TTY asks the person,
 * TOV_PASSPHRASE_LEFT leaves it locked.
 * TOV_E_KEY names the file: not there, of another purpose or agency, not to be opened. Blocks as
 * tov_keyfile_load. */
enum tov_err tov_core_key_load(const struct tov_config *config, enum tov_key_purpose purpose,
                               enum tov_passphrase_kind otherwise, struct tov_keyfile *out_key,
                               struct tov_error *error) TOV_MUST_CHECK;

/* That KEY is the control key that the roster has: peers know the node by it, and with another one
 * nothing that it says would be believed. TOV_E_KEY. */
enum tov_err tov_core_control_key_check(const struct tov_config *config,
                                        const struct tov_roster *roster,
                                        const struct tov_keyfile *key,
                                        struct tov_error *error) TOV_MUST_CHECK;

#endif
