/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/bytes.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

struct tov_bytes tov_bytes_of_text(const char *text)
{
    return (struct tov_bytes){(const uint8_t *)text, strlen(text)};
}

bool tov_bytes_equal(struct tov_bytes a, struct tov_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool tov_bytes_equal_secret(const void *a, const void *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}

void tov_buf_fini(struct tov_buf *buf)
{
    free(buf->data);
    *buf = TOV_BUF_INIT(buf->limit);
}

void tov_buf_clear(struct tov_buf *buf)
{
    buf->size = 0;
    buf->failed = TOV_OK;
}

static bool grow_to(struct tov_buf *buf, size_t needed)
{
    size_t capacity = buf->capacity < 256 ? 256 : buf->capacity;
    while (capacity < needed)
        capacity = capacity > buf->limit / 2 ? buf->limit : capacity * 2;
    uint8_t *data = realloc(buf->data, capacity);
    if (data == NULL)
        return false;
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

uint8_t *tov_buf_extend(struct tov_buf *buf, size_t count)
{
    if (buf->failed != TOV_OK)
        return NULL;
    if (count > buf->limit || buf->size > buf->limit - count) {
        buf->failed = TOV_E_LIMIT;
        return NULL;
    }
    size_t needed = buf->size + count;
    if ((needed > buf->capacity || buf->data == NULL) && !grow_to(buf, needed)) {
        buf->failed = TOV_E_NOMEM;
        return NULL;
    }
    uint8_t *start = buf->data + buf->size;
    buf->size = needed;
    return start;
}

void tov_buf_put(struct tov_buf *buf, const void *data, size_t size)
{
    if (size == 0)
        return;
    uint8_t *to = tov_buf_extend(buf, size);
    if (to != NULL)
        memcpy(to, data, size);
}

void tov_buf_put_bytes(struct tov_buf *buf, struct tov_bytes bytes)
{
    tov_buf_put(buf, bytes.data, bytes.size);
}

void tov_buf_put_text(struct tov_buf *buf, const char *text)
{
    tov_buf_put(buf, text, strlen(text));
}

void tov_buf_put_format(struct tov_buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    /* One byte more than the text: vsnprintf ends it with a NUL, which is taken back. */
    uint8_t *to = length < 0 ? NULL : tov_buf_extend(buf, (size_t)length + 1);
    if (to != NULL) {
        (void)vsnprintf((char *)to, (size_t)length + 1, format, again);
        buf->size--;
    }
    va_end(again);
}

void tov_put_be16(uint8_t out[2], uint16_t value)
{
    out[0] = (uint8_t)(value >> 8);
    out[1] = (uint8_t)value;
}

void tov_put_be32(uint8_t out[4], uint32_t value)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(value >> (24 - 8 * i));
}

void tov_put_be64(uint8_t out[8], uint64_t value)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(value >> (56 - 8 * i));
}

uint64_t tov_get_be64(const uint8_t in[8])
{
    uint64_t value = 0;
    for (int i = 0; i < 8; i++)
        value = value << 8 | in[i];
    return value;
}

void tov_buf_put_u8(struct tov_buf *buf, uint8_t value)
{
    tov_buf_put(buf, &value, 1);
}

void tov_buf_put_u16(struct tov_buf *buf, uint16_t value)
{
    uint8_t *to = tov_buf_extend(buf, 2);
    if (to != NULL)
        tov_put_be16(to, value);
}

void tov_buf_put_u32(struct tov_buf *buf, uint32_t value)
{
    uint8_t *to = tov_buf_extend(buf, 4);
    if (to != NULL)
        tov_put_be32(to, value);
}

void tov_buf_put_u64(struct tov_buf *buf, uint64_t value)
{
    uint8_t *to = tov_buf_extend(buf, 8);
    if (to != NULL)
        tov_put_be64(to, value);
}

struct tov_bytes tov_buf_view(const struct tov_buf *buf)
{
    return (struct tov_bytes){buf->data, buf->size};
}

struct tov_reader tov_reader_of(struct tov_bytes bytes)
{
    return (struct tov_reader){.at = bytes.data, .left = bytes.size};
}

struct tov_bytes tov_read_bytes(struct tov_reader *reader, size_t size)
{
    if (reader->failed || size > reader->left) {
        reader->failed = true;
        return (struct tov_bytes){0};
    }
    struct tov_bytes bytes = {reader->at, size};
    if (size > 0)
        reader->at += size;
    reader->left -= size;
    return bytes;
}

static uint64_t read_big_endian(struct tov_reader *reader, size_t size)
{
    struct tov_bytes bytes = tov_read_bytes(reader, size);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes.size; i++)
        value = value << 8 | bytes.data[i];
    return value;
}

uint8_t tov_read_u8(struct tov_reader *reader)
{
    return (uint8_t)read_big_endian(reader, 1);
}

uint16_t tov_read_u16(struct tov_reader *reader)
{
    return (uint16_t)read_big_endian(reader, 2);
}

uint32_t tov_read_u32(struct tov_reader *reader)
{
    return (uint32_t)read_big_endian(reader, 4);
}

uint64_t tov_read_u64(struct tov_reader *reader)
{
    return read_big_endian(reader, 8);
}

void tov_read_copy(struct tov_reader *reader, void *out, size_t size)
{
    struct tov_bytes bytes = tov_read_bytes(reader, size);
    if (bytes.data != NULL)
        memcpy(out, bytes.data, size);
    else
        memset(out, 0, size);
}

bool tov_reader_is_done(const struct tov_reader *reader)
{
    return !reader->failed && reader->left == 0;
}
