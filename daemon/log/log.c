/* SPDX-License-Identifier: EUPL-1.2
 *
 * The line is made in one buffer and written by one write(2), so lines of several processes that
 * share standard error do not mix. A line that would be longer than the buffer is cut.
 */
#include "log/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINE_BYTES 1024u

static const char *const level_names[] = {"debug", "info", "warning", "error"};
static const char *const journal_priorities[] = {"<7>", "<6>", "<4>", "<3>"};

/* Set once, before any thread starts. */
static struct {
    const char *role;
    enum tov_log_level minimum;
    bool journal_prefix;
} settings = {.role = "tovd", .minimum = TOV_LOG_INFO};

void tov_log_open(const char *role, enum tov_log_level minimum, bool journal_prefix)
{
    settings.role = role;
    settings.minimum = minimum;
    settings.journal_prefix = journal_prefix;
}

bool tov_log_wants(enum tov_log_level level)
{
    return level >= settings.minimum;
}

bool tov_log_level_parse(const char *text, enum tov_log_level *out_level)
{
    for (size_t i = 0; i < sizeof level_names / sizeof level_names[0]; i++) {
        if (strcmp(text, level_names[i]) == 0) {
            *out_level = (enum tov_log_level)i;
            return true;
        }
    }
    return false;
}

struct line {
    char *text;
    size_t size; /* without room for the NUL */
    size_t used;
};

static void put_character(struct line *line, char character)
{
    if (line->used < line->size)
        line->text[line->used++] = character;
}

static void put_text(struct line *line, const char *text)
{
    for (; *text != '\0'; text++)
        put_character(line, *text);
}

static bool is_plain(const char *text)
{
    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        unsigned char character = (unsigned char)*text;
        if (character <= ' ' || character >= 0x7f || strchr("\"\\=", character) != NULL)
            return false;
    }
    return true;
}

static void put_escaped(struct line *line, unsigned char character)
{
    static const char digits[] = "0123456789abcdef";
    if (character == '"' || character == '\\') {
        put_character(line, '\\');
        put_character(line, (char)character);
    } else if (character < ' ' || character == 0x7f) {
        put_text(line, "\\x");
        put_character(line, digits[character >> 4]);
        put_character(line, digits[character & 15]);
    } else {
        put_character(line, (char)character); /* UTF-8 as it is */
    }
}

static void put_value(struct line *line, const char *text)
{
    if (is_plain(text)) {
        put_text(line, text);
        return;
    }
    put_character(line, '"');
    for (; *text != '\0'; text++)
        put_escaped(line, (unsigned char)*text);
    put_character(line, '"');
}

static void put_number(struct line *line, uint64_t number)
{
    char digits[24];
    (void)snprintf(digits, sizeof digits, "%llu", (unsigned long long)number);
    put_text(line, digits);
}

size_t tov_log_format(char *out, size_t size, const struct tov_log_entry *entry)
{
    struct line line = {.text = out, .size = size - 1};
    put_text(&line, "level=");
    put_text(&line, level_names[entry->level]);
    put_text(&line, " role=");
    put_value(&line, settings.role);
    put_text(&line, " event=");
    put_value(&line, entry->event);
    for (size_t i = 0; i < entry->field_count; i++) {
        const struct tov_log_field *field = &entry->fields[i];
        put_character(&line, ' ');
        put_text(&line, field->key);
        put_character(&line, '=');
        if (field->text != NULL)
            put_value(&line, field->text);
        else
            put_number(&line, field->number);
    }
    out[line.used] = '\0';
    return line.used;
}

void tov_log_write(enum tov_log_level level, const char *event, const struct tov_log_field *fields,
                   size_t count)
{
    if (!tov_log_wants(level))
        return;
    char line[LINE_BYTES];
    size_t used = 0;
    if (settings.journal_prefix) {
        memcpy(line, journal_priorities[level], 3);
        used = 3;
    }
    struct tov_log_entry entry = {level, event, fields, count};
    used += tov_log_format(line + used, sizeof line - used - 1, &entry);
    line[used++] = '\n';
    /* Nothing can be done when standard error is gone. */
    ssize_t ignored = write(STDERR_FILENO, line, used);
    (void)ignored;
}

void tov_log_event(enum tov_log_level level, const char *event)
{
    tov_log_write(level, event, NULL, 0);
}
