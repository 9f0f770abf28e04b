/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/pad.h"

#include <assert.h>

static_assert(TOV_PAD_MAX_BYTES <= SIZE_MAX, "a padded part has a size_t size");

static unsigned floor_log2(uint64_t value)
{
    return 63u - (unsigned)__builtin_clzll(value);
}

/* VALUE at least 2. */
static uint64_t padme(uint64_t value)
{
    unsigned exponent = floor_log2(value);
    unsigned kept_bits = floor_log2(exponent) + 1;
    uint64_t mask = (UINT64_C(1) << (exponent - kept_bits)) - 1;
    return (value + mask) & ~mask;
}

uint64_t tov_pad_size(uint64_t data_size)
{
    assert(data_size <= TOV_ATTACHMENT_MAX_BYTES);
    uint64_t size = TOV_PAD_HEAD_BYTES + data_size;
    return size < TOV_PAD_MIN_BYTES ? TOV_PAD_MIN_BYTES : padme(size);
}

bool tov_pad_is_size(uint64_t padded_size)
{
    return padded_size >= TOV_PAD_MIN_BYTES && padded_size <= TOV_PAD_MAX_BYTES &&
           padme(padded_size) == padded_size;
}

bool tov_pad_fits(uint64_t length, uint64_t padded_size)
{
    return length <= TOV_ATTACHMENT_MAX_BYTES && tov_pad_size(length) == padded_size;
}

bool tov_pad_is_zero(struct tov_bytes padding)
{
    uint8_t any = 0;
    for (size_t i = 0; i < padding.size; i++)
        any |= padding.data[i];
    return any == 0;
}

enum tov_err tov_pad_parse(struct tov_bytes padded, struct tov_bytes *out_data)
{
    struct tov_reader reader = tov_reader_of(padded);
    uint64_t length = tov_read_u64(&reader);
    if (reader.failed || !tov_pad_fits(length, padded.size))
        return TOV_E_MALFORMED;
    struct tov_bytes data = tov_read_bytes(&reader, (size_t)length);
    if (reader.failed || !tov_pad_is_zero((struct tov_bytes){reader.at, reader.left}))
        return TOV_E_MALFORMED;
    *out_data = data;
    return TOV_OK;
}
