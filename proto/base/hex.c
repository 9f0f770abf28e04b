/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/hex.h"

#include <string.h>

#include <sodium.h>

void tov_hex_encode(struct tov_bytes bytes, char *out)
{
    sodium_bin2hex(out, bytes.size * 2 + 1, bytes.data, bytes.size);
}

static int hex_digit(uint8_t character)
{
    if (character >= '0' && character <= '9')
        return character - '0';
    if (character >= 'a' && character <= 'f')
        return character - 'a' + 10;
    return -1;
}

enum tov_err tov_hex_decode(struct tov_bytes text, uint8_t *out, size_t size)
{
    if (text.size % 2 != 0 || text.size / 2 != size)
        return TOV_E_MALFORMED;
    for (size_t i = 0; i < size; i++) {
        int high = hex_digit(text.data[2 * i]);
        int low = hex_digit(text.data[2 * i + 1]);
        if (high < 0 || low < 0)
            return TOV_E_MALFORMED;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return TOV_OK;
}

void tov_base64_encode(struct tov_bytes bytes, char *out)
{
    sodium_bin2base64(out, TOV_BASE64_SIZE(bytes.size) + 1, bytes.data, bytes.size,
                      sodium_base64_VARIANT_ORIGINAL);
}

void tov_buf_put_base64(struct tov_buf *buf, struct tov_bytes bytes)
{
    /* One more for sodium's NUL, taken back after. */
    uint8_t *to = tov_buf_extend(buf, TOV_BASE64_SIZE(bytes.size) + 1);
    if (to == NULL)
        return;
    tov_base64_encode(bytes, (char *)to);
    buf->size--;
}

enum tov_err tov_base64_decode(struct tov_bytes text, uint8_t *out, size_t capacity,
                               size_t *out_size)
{
    const char *end = NULL;
    size_t size = 0;
    if (text.size % 4 != 0)
        return TOV_E_MALFORMED;
    /* libsodium 1.0.18, where char is signed, reads every byte over 0x7f as '/'. */
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] > 0x7f)
            return TOV_E_MALFORMED;
    }
    if (text.size == 0) {
        *out_size = 0;
        return TOV_OK;
    }
    if (sodium_base642bin(out, capacity, (const char *)text.data, text.size, NULL, &size, &end,
                          sodium_base64_VARIANT_ORIGINAL) != 0)
        return TOV_E_MALFORMED;
    if (end != (const char *)text.data + text.size)
        return TOV_E_MALFORMED;
    *out_size = size;
    return TOV_OK;
}

enum tov_err tov_decimal_decode(struct tov_bytes text, uint64_t *out_value)
{
    if (text.size == 0 || (text.size > 1 && text.data[0] == '0'))
        return TOV_E_MALFORMED;
    uint64_t value = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return TOV_E_MALFORMED;
        uint64_t digit = (uint64_t)(text.data[i] - '0');
        if (value > (UINT64_MAX - digit) / 10)
            return TOV_E_MALFORMED;
        value = value * 10 + digit;
    }
    *out_value = value;
    return TOV_OK;
}
