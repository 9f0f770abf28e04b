/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which filesystems a store may stand on: a local one that keeps what it has synced and writes a
 * sector whole. Not for: how much room there is (store_space.c).
 */
#ifndef TOV_STORE_FILESYSTEM_H
#define TOV_STORE_FILESYSTEM_H

#include "base/err.h"

#include <stdint.h>

/* Why a filesystem with this statfs(2) type is refused, as words that end "PATH is on ...";
 * NULL when it is not. A type that nobody here knows is not refused. */
const char *tov_filesystem_refusal(uint64_t magic);

/* Asks the folder DIR_FD; TOV_E_CONFIG with what to do when it is refused. */
enum tov_err tov_filesystem_check(int dir_fd, const char *path,
                                  struct tov_error *error) TOV_MUST_CHECK;

#endif
