/* SPDX-License-Identifier: EUPL-1.2 */
#include "merkle/text.h"

#include <string.h>

#include "base/hex.h"

bool tov_text_next_line(struct tov_bytes *rest, struct tov_bytes *out_line)
{
    if (rest->size == 0)
        return false;
    const uint8_t *end = memchr(rest->data, '\n', rest->size);
    if (end == NULL)
        return false;
    size_t length = (size_t)(end - rest->data);
    *out_line = (struct tov_bytes){rest->data, length};
    rest->data += length + 1;
    rest->size -= length + 1;
    return true;
}

bool tov_text_skip(struct tov_bytes *rest, const char *prefix)
{
    size_t length = strlen(prefix);
    if (rest->size < length || memcmp(rest->data, prefix, length) != 0)
        return false;
    rest->data += length;
    rest->size -= length;
    return true;
}

/* How many bytes follow FIRST, its payload bits, and the least character that needs that form. */
static bool read_lead(uint8_t first, size_t *out_more, uint32_t *out_bits, uint32_t *out_least)
{
    static const struct {
        uint8_t mask, lead;
        uint32_t least;
    } forms[] = {{0x80, 0x00, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t more = 0; more < sizeof forms / sizeof forms[0]; more++) {
        if ((first & forms[more].mask) == forms[more].lead) {
            *out_more = more;
            *out_bits = first & (uint32_t)(0xff ^ forms[more].mask);
            *out_least = forms[more].least;
            return true;
        }
    }
    return false;
}

bool tov_text_next_char(struct tov_bytes *rest, uint32_t *out_char)
{
    size_t more = 0;
    uint32_t character = 0, least = 0;
    if (rest->size == 0 || !read_lead(rest->data[0], &more, &character, &least) ||
        rest->size <= more)
        return false;
    for (size_t i = 1; i <= more; i++) {
        if ((rest->data[i] & 0xc0) != 0x80)
            return false;
        character = character << 6 | (rest->data[i] & 0x3fu);
    }
    if (character < least || character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff))
        return false;
    rest->data += more + 1;
    rest->size -= more + 1;
    *out_char = character;
    return true;
}

bool tov_text_is_space(uint32_t character)
{
    return (character >= 0x09 && character <= 0x0d) || character == 0x20 || character == 0x85 ||
           character == 0xa0 || character == 0x1680 ||
           (character >= 0x2000 && character <= 0x200a) || character == 0x2028 ||
           character == 0x2029 || character == 0x202f || character == 0x205f || character == 0x3000;
}

enum tov_err tov_text_decode_base64(struct tov_bytes text, uint8_t *out, size_t capacity,
                                    size_t *out_size)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] >= 0x80)
            return TOV_E_MALFORMED;
    }
    return tov_base64_decode(text, out, capacity, out_size);
}

bool tov_text_is_base64(struct tov_bytes text)
{
    uint8_t decoded[768];
    const size_t step = sizeof decoded / 3 * 4;
    for (size_t at = 0; at < text.size; at += step) {
        size_t length = text.size - at < step ? text.size - at : step;
        size_t size = 0;
        if (tov_text_decode_base64((struct tov_bytes){text.data + at, length}, decoded,
                                   sizeof decoded, &size) != TOV_OK)
            return false;
        /* Padding may stand at the very end only. */
        if (at + length < text.size && size != sizeof decoded)
            return false;
    }
    return true;
}

bool tov_text_is_plain(struct tov_bytes text)
{
    while (text.size > 0) {
        uint32_t character = 0;
        if (!tov_text_next_char(&text, &character) || (character < 0x20 && character != '\n'))
            return false;
    }
    return true;
}
