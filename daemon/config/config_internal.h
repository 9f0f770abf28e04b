/* SPDX-License-Identifier: EUPL-1.2
 *
 * What config.c (keys and their meaning) and config_file.c (lines) share.
 * Not for: anyone else.
 */
#ifndef TOV_DAEMON_CONFIG_CONFIG_INTERNAL_H
#define TOV_DAEMON_CONFIG_CONFIG_INTERNAL_H

#include "config/config.h"

/* Where a value stands, for errors. */
struct config_place {
    const char *name;
    size_t line;
};

/* One line `key = value` under [section], into CONFIG; SEEN has one bit for each known key. */
struct config_entry {
    struct config_place place;
    const char *section;
    const char *key;
    const char *value;
};
enum tov_err config_apply(struct tov_config *config, uint64_t *seen,
                          const struct config_entry *entry, struct tov_error *error) TOV_MUST_CHECK;
/* Defaults first; after the last line, what is missing and what contradicts. */
void config_defaults(struct tov_config *config);
enum tov_err config_finish(struct tov_config *config, uint64_t seen, const char *name,
                           struct tov_error *error) TOV_MUST_CHECK;

/* The two folders that must lie apart. */
struct config_folders {
    const char *data, *guard;
};
enum tov_err config_check_apart(const struct config_folders *folders, const char *name,
                                struct tov_error *error) TOV_MUST_CHECK;

#endif
