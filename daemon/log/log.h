/* SPDX-License-Identifier: EUPL-1.2
 *
 * One line for each event on standard error, which systemd's journal keeps:
 *     level=info role=gateway event=peer-up peer=kbh-pol
 * Values are quoted and escaped where needed, so that a line is a line and a value a value.
 * Not for: libraries and proto/, which return errors; nor for messages to a person at a terminal.
 * Never log content, a person's name, a key or a text that a peer wrote (I10): only programs
 * call this, and only with values they made themselves.
 * Thread-safe: one write for each line.
 */
#ifndef TOV_DAEMON_LOG_LOG_H
#define TOV_DAEMON_LOG_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tov_log_level { TOV_LOG_DEBUG = 0, TOV_LOG_INFO = 1, TOV_LOG_WARNING = 2, TOV_LOG_ERROR = 3 };

struct tov_log_field {
    const char *key;  /* lower-case, [a-z0-9-] */
    const char *text; /* or NULL: number */
    uint64_t number;
};
#define TOV_LOG_TEXT(key_name, value) ((struct tov_log_field){.key = (key_name), .text = (value)})
#define TOV_LOG_NUMBER(key_name, value) \
    ((struct tov_log_field){.key = (key_name), .number = (uint64_t)(value)})

/* Once at the start of a program: which role (borrowed, kept) and the lowest level to write. With
 * JOURNAL_PREFIX each line starts with "<N>", which the journal takes as its priority. */
void tov_log_open(const char *role, enum tov_log_level minimum, bool journal_prefix);
bool tov_log_wants(enum tov_log_level level);
void tov_log_write(enum tov_log_level level, const char *event, const struct tov_log_field *fields,
                   size_t count);
/* TOV_LOG(TOV_LOG_INFO, "peer-up", TOV_LOG_TEXT("peer", name)); at least one field. */
#define TOV_LOG(level, event, ...)                                               \
    tov_log_write((level), (event), (const struct tov_log_field[]){__VA_ARGS__}, \
                  sizeof((const struct tov_log_field[]){__VA_ARGS__}) /          \
                      sizeof(struct tov_log_field))
/* An event without fields. */
void tov_log_event(enum tov_log_level level, const char *event);

struct tov_log_entry {
    enum tov_log_level level;
    const char *event;
    const struct tov_log_field *fields;
    size_t field_count;
};
/* The line itself without its end, for tests: at most SIZE - 1 characters into OUT. */
size_t tov_log_format(char *out, size_t size, const struct tov_log_entry *entry);
/* "debug", "info", "warning", "error"; false for anything else. */
bool tov_log_level_parse(const char *text, enum tov_log_level *out_level);

#endif
