/* SPDX-License-Identifier: EUPL-1.2
 *
 * The registry of clients that the configuration names, checked against the agency in the roster.
 * Not for: what a client may do (access/).
 */
#ifndef TOV_CORE_CLIENTS_H
#define TOV_CORE_CLIENTS_H

#include "config/config.h"
#include "roster/clients.h"
#include "roster/roster.h"

/* TOV_E_CONFIG names the file and what is wrong with it. Blocks for one file. */
enum tov_err tov_core_clients_open(const struct tov_config *config, const struct tov_roster *roster,
                                   struct tov_clients **out_clients,
                                   struct tov_error *error) TOV_MUST_CHECK;
/* The same from FD, which stays the caller's: whoever reads it has no right to open it any more. */
enum tov_err tov_core_clients_read(const struct tov_config *config, const struct tov_roster *roster,
                                   int fd, struct tov_clients **out_clients,
                                   struct tov_error *error) TOV_MUST_CHECK;

#endif
