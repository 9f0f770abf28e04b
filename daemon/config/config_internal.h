/* SPDX-License-Identifier: EUPL-1.2
 *
 * What config.c (keys and their meaning), config_gateway.c (those of a gateway apart) and
 * config_file.c (lines) share.
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

enum config_kind {
    CONFIG_NAME,     /* of an agency */
    CONFIG_PATH,     /* absolute */
    CONFIG_SOCKET,   /* the same, short enough for a socket's address */
    CONFIG_USER,     /* of the system */
    CONFIG_ENDPOINT, /* tcp:// or ipc:// */
    CONFIG_NUMBER,
    CONFIG_LEVEL,
    CONFIG_SWITCH
};

struct config_key {
    const char *section;
    const char *name;
    enum config_kind kind;
    bool needed;
    size_t offset; /* of the value in the struct that the schema fills */
    uint64_t minimum;
    uint64_t maximum;
};

/* All that one sort of file may say: at most 64 keys. */
struct config_schema {
    const struct config_key *keys;
    size_t count;
    const char *sections; /* for words: "[node] [peers]" */
    const char *example;  /* the file that explains them */
};

/* One line `key = value` under [section]; SEEN has one bit for each known key. */
struct config_entry {
    struct config_place place;
    const char *section;
    const char *key;
    const char *value;
};
/* The values of one file while it is read. */
struct config_reading {
    const struct config_schema *schema;
    void *values; /* the schema's struct, with its defaults */
    uint64_t seen;
};
enum tov_err config_apply(struct config_reading *reading, const struct config_entry *entry,
                          struct tov_error *error) TOV_MUST_CHECK;
/* After the last line: whether a key that is needed is missing. */
enum tov_err config_need(const struct config_reading *reading, const char *name,
                         struct tov_error *error) TOV_MUST_CHECK;

/* config_file.c: all lines of TEXT; and a file as a text, the caller's to free(). */
enum tov_err config_read(struct config_reading *reading, const char *text, const char *name,
                         struct tov_error *error) TOV_MUST_CHECK;
enum tov_err config_text(const char *path, char **out_text, struct tov_error *error) TOV_MUST_CHECK;

/* The two folders that must lie apart. */
struct config_folders {
    const char *data, *guard;
};
enum tov_err config_check_apart(const struct config_folders *folders, const char *name,
                                struct tov_error *error) TOV_MUST_CHECK;

#endif
