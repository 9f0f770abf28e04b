/* SPDX-License-Identifier: EUPL-1.2 */
#include "telling/text.h"

#include <string.h>
#include <wchar.h>

#define ELLIPSIS "…"
#define NO_CHARACTER 0xffffffffu

/* One character of UTF-8 at TEXT: its code point and its size; a byte that begins none is
 * NO_CHARACTER of size 1. */
struct character {
    uint32_t code;
    size_t size;
};

static struct character next_character(const char *text)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const uint8_t *at = (const uint8_t *)text;
    size_t size = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : 4;
    if (size == 1)
        return (struct character){at[0], 1};
    if (size == 4 && at[0] >> 3 != 30)
        return (struct character){NO_CHARACTER, 1};
    uint32_t code = at[0] & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        if (at[i] >> 6 != 2)
            return (struct character){NO_CHARACTER, 1};
        code = code << 6 | (at[i] & 0x3fu);
    }
    if (code < smallest[size] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
        return (struct character){NO_CHARACTER, 1};
    return (struct character){code, size};
}

/* Controls of C0 and C1, DEL, and the marks that change the direction of reading. */
static bool is_harmful(uint32_t code)
{
    bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    bool is_direction = code == 0x061c || code == 0x200e || code == 0x200f ||
                        (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return code == NO_CHARACTER || is_control || is_direction;
}

static bool is_blank(uint32_t code)
{
    return code == ' ' || code == '\n' || code == '\t' || code == '\r';
}

static size_t columns_of(uint32_t code)
{
    if (is_blank(code) || is_harmful(code))
        return 1;
    int width = wcwidth((wchar_t)code);
    return width < 0 ? 1 : (size_t)width;
}

size_t text_width(const char *text)
{
    size_t width = 0;
    while (*text != '\0') {
        struct character character = next_character(text);
        width += columns_of(character.code);
        text += character.size;
    }
    return width;
}

static void put_character(struct tov_buf *out, const char *text, struct character character)
{
    if (is_blank(character.code))
        tov_buf_put_u8(out, ' ');
    else if (is_harmful(character.code))
        tov_buf_put_u8(out, '?');
    else
        tov_buf_put(out, text, character.size);
}

void text_put_clean(struct tov_buf *out, const char *text)
{
    while (*text != '\0') {
        struct character character = next_character(text);
        put_character(out, text, character);
        text += character.size;
    }
}

void text_clean(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0';) {
        struct character character = next_character(at);
        if (is_blank(character.code))
            *to++ = ' ';
        else if (is_harmful(character.code))
            *to++ = '?';
        else
            to = (char *)memmove(to, at, character.size) + character.size;
        at += character.size;
    }
    *to = '\0';
}

void text_put_padded(struct tov_buf *out, const char *text, size_t width)
{
    bool fits = text_width(text) <= width;
    size_t room = fits || width == 0 ? width : width - 1;
    size_t used = 0;
    while (*text != '\0') {
        struct character character = next_character(text);
        size_t columns = columns_of(character.code);
        if (used + columns > room)
            break;
        put_character(out, text, character);
        used += columns;
        text += character.size;
    }
    if (!fits && width > 0) {
        tov_buf_put_text(out, ELLIPSIS);
        used++;
    }
    for (; used < width; used++)
        tov_buf_put_u8(out, ' ');
}

/* The word at TEXT: its bytes and its columns. */
static size_t measure_word(const char *text, size_t *out_columns)
{
    size_t size = 0;
    *out_columns = 0;
    while (text[size] != '\0') {
        struct character character = next_character(text + size);
        if (is_blank(character.code))
            break;
        *out_columns += columns_of(character.code);
        size += character.size;
    }
    return size;
}

static void put_word(struct tov_buf *out, const char *text, size_t size)
{
    const char *end = text + size;
    while (text < end) {
        struct character character = next_character(text);
        put_character(out, text, character);
        text += character.size;
    }
}

static void new_line(struct tov_buf *out, const struct text_frame *frame)
{
    tov_buf_put_u8(out, '\n');
    for (size_t i = 0; i < frame->indent; i++)
        tov_buf_put_u8(out, ' ');
}

void text_put_wrapped(struct tov_buf *out, const char *text, const struct text_frame *frame)
{
    size_t column = frame->first;
    size_t gap = 0;
    bool at_start = column <= frame->indent; /* a short word may end there as well */
    for (;;) {
        for (; is_blank((uint8_t)*text); text++) {
            gap = *text == '\n' ? 0 : 1;
            if (*text == '\n' && text[strspn(text, " \t\r\n")] != '\0') {
                new_line(out, frame);
                column = frame->indent;
                at_start = true;
            }
        }
        if (*text == '\0')
            break;
        size_t columns = 0;
        size_t size = measure_word(text, &columns);
        if (!at_start && column + gap + columns > frame->columns) {
            new_line(out, frame);
            column = frame->indent;
            at_start = true;
        }
        if (gap != 0 && !at_start) {
            tov_buf_put_u8(out, ' ');
            column++;
        }
        put_word(out, text, size);
        column += columns;
        text += size;
        gap = 0;
        at_start = false;
    }
    tov_buf_put_u8(out, '\n');
}
