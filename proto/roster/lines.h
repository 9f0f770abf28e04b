/* SPDX-License-Identifier: EUPL-1.2
 *
 * The line format that rosters, roots, key files and registries share: every line is
 * indentation of 0, 2 or 4 spaces, a keyword, and (after one space) a value; each stands where the
 * format wants it and nowhere else. Errors say line, field and remedy.
 * Not for: what a line means. Inside proto/roster and keys/ only.
 * Never keep a line's views after the text is gone.
 */
#ifndef TOV_ROSTER_LINES_H
#define TOV_ROSTER_LINES_H

#include "merkle/vkey.h"

#define TOV_LINE_MAX_BYTES 4096u

struct tov_line {
    unsigned number;          /* from 1 */
    unsigned level;           /* 0, 1, 2: two spaces each */
    struct tov_bytes keyword; /* a-z, then a-z 0-9 and '-' */
    struct tov_bytes value;   /* empty when the keyword stands alone */
    const uint8_t *start;     /* of the line, indentation included */
};

/* A place in a text: the line that is read next. */
struct tov_lines {
    struct tov_bytes rest; /* behind LINE */
    struct tov_line line;
    bool at_end;
    struct tov_bytes taken; /* keyword of the last line taken */
    unsigned taken_level;
    const char *manual;      /* named in errors: "docs/roster.md" */
    struct tov_error *error; /* may be NULL */
};

/* Starts at the first line of TEXT. MALFORMED: not UTF-8, a control or invisible character, a line
 * that is not one. The error is filled by each function here that fails. */
enum tov_err tov_lines_init(struct tov_lines *lines, struct tov_bytes text, const char *manual,
                            struct tov_error *error) TOV_MUST_CHECK;
/* The next line is this one. */
bool tov_lines_is(const struct tov_lines *lines, unsigned level, const char *keyword);
/* Takes the next line, which must be this one and have a value. */
enum tov_err tov_lines_take(struct tov_lines *lines, unsigned level, const char *keyword,
                            struct tov_line *out_line) TOV_MUST_CHECK;
/* Takes the first line "<what> v1"; VERSION when it is another version of WHAT. */
enum tov_err tov_lines_take_format(struct tov_lines *lines, const char *what) TOV_MUST_CHECK;
/* Nothing is left. */
enum tov_err tov_lines_end(const struct tov_lines *lines) TOV_MUST_CHECK;

/* "line 12, cvr: " and the words; returns MALFORMED. */
enum tov_err tov_lines_fail(const struct tov_lines *lines, const struct tov_line *line,
                            const char *format, ...) __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* as in err.h */
#define tov_lines_fail(lines, line, ...) (tov_lines_fail(lines, line, __VA_ARGS__), TOV_E_MALFORMED)
#endif

/* Values of LINE. */
struct tov_range {
    uint64_t min, max;
};
enum tov_err tov_line_number(const struct tov_lines *lines, const struct tov_line *line,
                             struct tov_range range, uint64_t *out) TOV_MUST_CHECK;
enum tov_err tov_line_hex(const struct tov_lines *lines, const struct tov_line *line,
                          uint8_t out[32]) TOV_MUST_CHECK;
enum tov_err tov_line_vkey(const struct tov_lines *lines, const struct tov_line *line,
                           enum tov_vkey_type type, struct tov_vkey *out) TOV_MUST_CHECK;
enum tov_err tov_line_name(const struct tov_lines *lines, const struct tov_line *line,
                           struct tov_bytes name) TOV_MUST_CHECK;

/* The next word of *REST, which are words with one space between; an empty word is the caller's to
 * refuse. False when REST is used up: start with the value, ask until false. */
bool tov_words_next(struct tov_bytes *rest, struct tov_bytes *out_word);
bool tov_bytes_is_text(struct tov_bytes bytes, const char *text);
/* For "%.*s" of short texts in errors. */
#define TOV_SHOWN(view) \
    (int)((view).size < 48 ? (view).size : 48), (view).size == 0 ? "" : (const char *)(view).data

#endif
