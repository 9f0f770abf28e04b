/* SPDX-License-Identifier: EUPL-1.2 */
#include "roster/lines.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "roster/roster.h"

bool tov_bytes_is_text(struct tov_bytes bytes, const char *text)
{
    return tov_bytes_equal(bytes, tov_bytes_of_text(text));
}

enum tov_err(tov_lines_fail)(const struct tov_lines *lines, const struct tov_line *line,
                             const char *format, ...)
{
    char words[TOV_ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    return tov_fail(lines->error, TOV_E_MALFORMED, "line %u, %.*s: %s", line->number,
                    TOV_SHOWN(line->keyword), words);
}

static enum tov_err fail_line(const struct tov_lines *lines, unsigned number, const char *words)
{
    return tov_fail(lines->error, TOV_E_MALFORMED, "line %u: %s (%s)", number, words,
                    lines->manual);
}

/* How many bytes the UTF-8 character has that begins with FIRST, by its leading ones; 0 none. */
static size_t character_size(uint8_t first)
{
    if (first < 0x80)
        return 1;
    if (first < 0xc2 || first > 0xf4)
        return 0;
    return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

/* Size of the UTF-8 character at AT (RFC 3629), 0 when it is none; *OUT its code point. */
static size_t read_character(const uint8_t *at, size_t left, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t size = character_size(at[0]);
    if (size == 0 || size > left)
        return 0;
    uint32_t code = size == 1 ? at[0] : at[0] & (0xffu >> (size + 1));
    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (at[i] & 0x3fu);
    }
    if (code < least[size] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    *out = code;
    return size;
}

/* What would let a text look other than it is when it is shown before signing. */
static bool is_hidden(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0xad || code == 0x61c ||
           (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202f) ||
           (code >= 0x2060 && code <= 0x206f) || code == 0xfeff || code >= 0xe0000;
}

static bool is_plain_text(struct tov_bytes line)
{
    for (size_t at = 0; at < line.size;) {
        uint32_t code = 0;
        size_t size = read_character(line.data + at, line.size - at, &code);
        if (size == 0 || is_hidden(code))
            return false;
        at += size;
    }
    return true;
}

static bool is_keyword_byte(uint8_t byte, bool first)
{
    return (byte >= 'a' && byte <= 'z') ||
           (!first && ((byte >= '0' && byte <= '9') || byte == '-'));
}

static enum tov_err split_line(struct tov_lines *lines, struct tov_bytes bytes)
{
    struct tov_line *line = &lines->line;
    size_t at = 0;
    while (at < bytes.size && bytes.data[at] == ' ')
        at++;
    if (at % 2 != 0 || at > 4)
        return fail_line(lines, line->number, "indented by other than 0, 2 or 4 spaces");
    line->level = (unsigned)at / 2;
    size_t start = at;
    while (at < bytes.size && is_keyword_byte(bytes.data[at], at == start))
        at++;
    line->keyword = (struct tov_bytes){bytes.data + start, at - start};
    line->value = (struct tov_bytes){NULL, 0};
    if (line->keyword.size == 0)
        return fail_line(lines, line->number, "does not begin with a keyword; remove it");
    if (at == bytes.size)
        return TOV_OK;
    if (bytes.data[at] != ' ' || at + 1 == bytes.size || bytes.data[at + 1] == ' ' ||
        bytes.data[bytes.size - 1] == ' ')
        return fail_line(lines, line->number,
                         "one space between keyword and value, none at the end");
    line->value = (struct tov_bytes){bytes.data + at + 1, bytes.size - at - 1};
    return TOV_OK;
}

static enum tov_err move_on(struct tov_lines *lines)
{
    lines->line.number++;
    lines->line.start = lines->rest.data;
    if (lines->rest.size == 0) {
        lines->at_end = true;
        return TOV_OK;
    }
    const uint8_t *newline = memchr(lines->rest.data, '\n', lines->rest.size);
    if (newline == NULL)
        return fail_line(lines, lines->line.number, "the last line does not end with a newline");
    struct tov_bytes bytes = {lines->rest.data, (size_t)(newline - lines->rest.data)};
    lines->rest = (struct tov_bytes){newline + 1, lines->rest.size - bytes.size - 1};
    if (bytes.size > TOV_LINE_MAX_BYTES)
        return fail_line(lines, lines->line.number, "longer than 4096 bytes");
    if (!is_plain_text(bytes))
        return fail_line(lines, lines->line.number,
                         "not UTF-8, or with a control or invisible character; retype it");
    return split_line(lines, bytes);
}

enum tov_err tov_lines_init(struct tov_lines *lines, struct tov_bytes text, const char *manual,
                            struct tov_error *error)
{
    *lines = (struct tov_lines){.rest = text, .manual = manual, .error = error};
    return move_on(lines);
}

bool tov_lines_is(const struct tov_lines *lines, unsigned level, const char *keyword)
{
    return !lines->at_end && lines->line.level == level &&
           tov_bytes_is_text(lines->line.keyword, keyword);
}

static bool is_taken_twice(const struct tov_lines *lines)
{
    return lines->taken.size > 0 && lines->line.level == lines->taken_level &&
           tov_bytes_equal(lines->line.keyword, lines->taken);
}

static enum tov_err fail_expected(const struct tov_lines *lines, const char *keyword)
{
    if (lines->at_end)
        return tov_fail(lines->error, TOV_E_MALFORMED,
                        "line %u, %s: the text ends where this line is missing; add it (%s)",
                        lines->line.number, keyword, lines->manual);
    if (is_taken_twice(lines))
        return tov_lines_fail(lines, &lines->line, "stands twice or too often; remove this line");
    return tov_fail(
        lines->error, TOV_E_MALFORMED,
        "line %u, %s: expected here, found \"%.*s\" at indentation %u; each line stands "
        "once, in the order of %s",
        lines->line.number, keyword, TOV_SHOWN(lines->line.keyword), lines->line.level * 2,
        lines->manual);
}

enum tov_err tov_lines_take(struct tov_lines *lines, unsigned level, const char *keyword,
                            struct tov_line *out_line)
{
    if (!tov_lines_is(lines, level, keyword))
        return fail_expected(lines, keyword);
    if (lines->line.value.size == 0)
        return tov_lines_fail(lines, &lines->line, "has no value; add it or remove the line");
    *out_line = lines->line;
    lines->taken = lines->line.keyword;
    lines->taken_level = level;
    return move_on(lines);
}

enum tov_err tov_lines_take_format(struct tov_lines *lines, const char *what)
{
    struct tov_line line;
    TOV_TRY(tov_lines_take(lines, 0, what, &line));
    if (!tov_bytes_is_text(line.value, "v1"))
        return tov_fail(lines->error, TOV_E_VERSION,
                        "line 1, %s: version %.*s is not known here, only v1; use a newer program",
                        what, TOV_SHOWN(line.value));
    return TOV_OK;
}

enum tov_err tov_lines_end(const struct tov_lines *lines)
{
    if (lines->at_end)
        return TOV_OK;
    if (is_taken_twice(lines))
        return tov_lines_fail(lines, &lines->line, "stands twice or too often; remove this line");
    return tov_lines_fail(lines, &lines->line,
                          "unknown, or not in its place (indentation %u); see %s",
                          lines->line.level * 2, lines->manual);
}

enum tov_err tov_line_number(const struct tov_lines *lines, const struct tov_line *line,
                             struct tov_range range, uint64_t *out)
{
    uint64_t value = 0;
    if (tov_decimal_decode(line->value, &value) != TOV_OK || value < range.min || value > range.max)
        return tov_lines_fail(
            lines, line, "\"%.*s\" is not a number from %llu to %llu without leading zeros",
            TOV_SHOWN(line->value), (unsigned long long)range.min, (unsigned long long)range.max);
    *out = value;
    return TOV_OK;
}

enum tov_err tov_line_hex(const struct tov_lines *lines, const struct tov_line *line,
                          uint8_t out[32])
{
    if (tov_hex_decode(line->value, out, 32) != TOV_OK)
        return tov_lines_fail(lines, line, "not 64 lower-case hexadecimal digits; copy it again");
    return TOV_OK;
}

enum tov_err tov_line_vkey(const struct tov_lines *lines, const struct tov_line *line,
                           enum tov_vkey_type type, struct tov_vkey *out)
{
    struct tov_error why = {.text = ""};
    if (tov_vkey_parse(line->value, out, &why) != TOV_OK)
        return tov_lines_fail(lines, line, "not a verifier key: %.120s; copy it again", why.text);
    if (out->type != type)
        return tov_lines_fail(lines, line, "a key of type 0x%02x; this line wants 0x%02x",
                              (unsigned)out->type, (unsigned)type);
    return TOV_OK;
}

enum tov_err tov_line_name(const struct tov_lines *lines, const struct tov_line *line,
                           struct tov_bytes name)
{
    if (!tov_name_is_valid(name))
        return tov_lines_fail(lines, line,
                              "\"%.*s\" is no name: 1 to 63 of a-z, 0-9, with single - or . inside",
                              TOV_SHOWN(name));
    return TOV_OK;
}

bool tov_words_next(struct tov_bytes *rest, struct tov_bytes *out_word)
{
    if (rest->data == NULL)
        return false;
    const uint8_t *space = rest->size == 0 ? NULL : memchr(rest->data, ' ', rest->size);
    if (space == NULL) {
        *out_word = *rest;
        *rest = (struct tov_bytes){NULL, 0};
        return true;
    }
    *out_word = (struct tov_bytes){rest->data, (size_t)(space - rest->data)};
    *rest = (struct tov_bytes){space + 1, rest->size - out_word->size - 1};
    return true;
}
