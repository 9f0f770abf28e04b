/* SPDX-License-Identifier: EUPL-1.2
 *
 * Views, growing buffers, and big-endian readers and writers with a sticky failure: a decoder
 * reads all its fields and asks once at the end whether everything was there.
 * Not for: secrets (base/secret.h).
 * Never read through a view after its owner has changed.
 */
#ifndef TOV_BASE_BYTES_H
#define TOV_BASE_BYTES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A borrowed view of SIZE bytes; data may be NULL when size is 0. */
struct tov_bytes {
    const uint8_t *data;
    size_t size;
};

/* A borrowed place that SIZE bytes can be written to. */
struct tov_room {
    uint8_t *data;
    size_t size;
};

/* A view of an array, or of a string without its NUL. */
#define TOV_BYTES_OF(array) ((struct tov_bytes){(const uint8_t *)(array), sizeof(array)})
struct tov_bytes tov_bytes_of_text(const char *text);
bool tov_bytes_equal(struct tov_bytes a, struct tov_bytes b);
/* Constant-time in the content for two arrays of SIZE bytes. */
bool tov_bytes_equal_secret(const void *a, const void *b, size_t size);

/* A heap buffer that grows up to LIMIT bytes. The first failure (memory or limit) sticks in
 * `failed`; later puts do nothing. Start with TOV_BUF_INIT(limit), end with tov_buf_fini. */
struct tov_buf {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t limit;
    enum tov_err failed;
};
#define TOV_BUF_INIT(limit_bytes) ((struct tov_buf){.limit = (limit_bytes)})

void tov_buf_fini(struct tov_buf *buf);  /* frees; usable again after */
void tov_buf_clear(struct tov_buf *buf); /* size 0, no failure, capacity kept */
/* Makes room for COUNT more bytes and returns where they start, or NULL (failed is set). The
 * caller fills all of them; size has grown already. */
uint8_t *tov_buf_extend(struct tov_buf *buf, size_t count);
void tov_buf_put(struct tov_buf *buf, const void *data, size_t size);
void tov_buf_put_bytes(struct tov_buf *buf, struct tov_bytes bytes);
void tov_buf_put_text(struct tov_buf *buf, const char *text);
void tov_buf_put_format(struct tov_buf *buf, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void tov_buf_put_u8(struct tov_buf *buf, uint8_t value);
void tov_buf_put_u16(struct tov_buf *buf, uint16_t value); /* big-endian, as all of these */
void tov_buf_put_u32(struct tov_buf *buf, uint32_t value);
void tov_buf_put_u64(struct tov_buf *buf, uint64_t value);
struct tov_bytes tov_buf_view(const struct tov_buf *buf);

/* Reads forward through a view. Reading past the end sets `failed` and gives zeros or empty
 * views; nothing is read out of bounds. */
struct tov_reader {
    const uint8_t *at;
    size_t left;
    bool failed;
};
struct tov_reader tov_reader_of(struct tov_bytes bytes);
uint8_t tov_read_u8(struct tov_reader *reader);
uint16_t tov_read_u16(struct tov_reader *reader);
uint32_t tov_read_u32(struct tov_reader *reader);
uint64_t tov_read_u64(struct tov_reader *reader);
struct tov_bytes tov_read_bytes(struct tov_reader *reader, size_t size);
void tov_read_copy(struct tov_reader *reader, void *out, size_t size);
/* True when nothing failed and nothing is left over. */
bool tov_reader_is_done(const struct tov_reader *reader);

void tov_put_be16(uint8_t out[2], uint16_t value);
void tov_put_be32(uint8_t out[4], uint32_t value);
void tov_put_be64(uint8_t out[8], uint64_t value);
uint64_t tov_get_be64(const uint8_t in[8]);

#endif
