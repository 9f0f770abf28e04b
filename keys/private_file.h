/* SPDX-License-Identifier: EUPL-1.2
 *
 * Opening a file that only its owner may read. Inside keys/ only.
 * Never loosen it for one caller: a key that others can read is no key.
 */
#ifndef TOV_KEYS_PRIVATE_FILE_H
#define TOV_KEYS_PRIVATE_FILE_H

#include "keys/keyfile.h"

/* The caller closes *OUT_FD. Rules and errors as tov_keyfile_load states them. */
enum tov_err tov_private_file_open(const char *path, int *out_fd,
                                   struct tov_error *error) TOV_MUST_CHECK;

#endif
