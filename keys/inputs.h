/* SPDX-License-Identifier: EUPL-1.2
 *
 * The texts that commands start from, read and parsed; errors name the file.
 * Not for: secret keys (keys/keyfile.h). The caller ends what comes out.
 */
#ifndef TOV_KEYS_INPUTS_H
#define TOV_KEYS_INPUTS_H

#include "keys/keyfile.h"
#include "roster/clients.h"
#include "roster/roster.h"

enum tov_err input_roster(const char *path, struct tov_roster **out_roster,
                          struct tov_error *error) TOV_MUST_CHECK;
enum tov_err input_roots(const char *path, struct tov_roots *out_roots,
                         struct tov_error *error) TOV_MUST_CHECK;
/* The note key that a root key file's public half makes. */
enum tov_err input_root_vkey(const struct tov_key_info *info, struct tov_vkey *out_key,
                             struct tov_error *error) TOV_MUST_CHECK;
/* Writes a public text that must not be there yet, mode 0644. */
enum tov_err output_text(const char *path, const struct tov_buf *text,
                         struct tov_error *error) TOV_MUST_CHECK;

#endif
