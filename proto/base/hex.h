/* SPDX-License-Identifier: EUPL-1.2
 *
 * Hexadecimal, base64 (RFC 4648 section 4, padded) and decimal, strict both ways: one text for one
 * value, nothing skipped, nothing trailing (reference: signed-note, D21).
 */
#ifndef TOV_BASE_HEX_H
#define TOV_BASE_HEX_H

#include "base/bytes.h"

#define TOV_BASE64_SIZE(bytes) (((bytes) + 2) / 3 * 4) /* characters, without a NUL */

/* Lower-case; OUT has room for 2 * size + 1 characters. */
void tov_hex_encode(struct tov_bytes bytes, char *out);
/* Lower-case digits only; the text must be exactly 2 * SIZE characters. */
enum tov_err tov_hex_decode(struct tov_bytes text, uint8_t *out, size_t size) TOV_MUST_CHECK;

/* OUT has room for TOV_BASE64_SIZE(size) + 1 characters. */
void tov_base64_encode(struct tov_bytes bytes, char *out);
void tov_buf_put_base64(struct tov_buf *buf, struct tov_bytes bytes);
/* Canonical padded base64 only; writes at most CAPACITY bytes and says how many. */
enum tov_err tov_base64_decode(struct tov_bytes text, uint8_t *out, size_t capacity,
                               size_t *out_size) TOV_MUST_CHECK;

/* "0" or digits without a leading zero, at most 2^64-1. */
enum tov_err tov_decimal_decode(struct tov_bytes text, uint64_t *out_value) TOV_MUST_CHECK;

#endif
