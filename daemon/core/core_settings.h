/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether the files that people write are what they were at the last start.
 * Not for: whether they are right (config/config.h, roster/clients.h).
 */
#ifndef TOV_CORE_SETTINGS_H
#define TOV_CORE_SETTINGS_H

#include "base/hash.h"
#include "core_files.h"

/* Hashes of what the files say, without comments. */
struct tov_core_settings {
    struct tov_hash config, clients;
};
struct tov_core_settings_paths {
    const char *config, *clients;
};

void tov_core_settings_add(struct tov_sha256 *sha, struct tov_bytes text);
enum tov_err tov_core_settings_read(const char *path, struct tov_hash *out_hash,
                                    struct tov_error *error) TOV_MUST_CHECK;
/* Compares with the last start, logs what has changed, and keeps what is so now. True when
 * something was told. */
bool tov_core_settings_note(struct tov_core_files *files, const struct tov_core_settings *settings,
                            const struct tov_core_settings_paths *paths);

#endif
