/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sizes, roots, and small parts at once. Plaintext is laid down in the output where its sealed
 * chunk will stand and sealed in place, so that there is no other buffer.
 */
#include "envelope/part.h"

#include "envelope/pad.h"
#include "envelope/stream.h"
#include "merkle/range.h"
#include "merkle/tree.h"

#include <assert.h>
#include <string.h>

static_assert(TOV_PART_SEALED_MAX_BYTES == TOV_PAD_MAX_BYTES + TOV_PAD_MAX_BYTES /
                                                                   TOV_STREAM_CHUNK_BYTES *
                                                                   TOV_STREAM_TAG_BYTES,
              "the largest part is whole chunks");
static_assert((TOV_PART_SEALED_MAX_BYTES - 1) / TOV_PULL_CHUNK_BYTES + 1 == TOV_PART_CHUNKS_MAX,
              "and has so many pull chunks");

uint64_t tov_part_sealed_size(uint64_t data_size)
{
    return tov_stream_sealed_size(tov_pad_size(data_size));
}

bool tov_part_is_sealed_size(uint64_t sealed_size)
{
    uint64_t padded_size = 0;
    return sealed_size <= TOV_PART_SEALED_MAX_BYTES &&
           tov_stream_plain_size(sealed_size, &padded_size) == TOV_OK &&
           tov_pad_is_size(padded_size);
}

uint32_t tov_part_chunk_count(uint64_t sealed_size)
{
    assert(tov_part_is_sealed_size(sealed_size));
    return (uint32_t)((sealed_size - 1) / TOV_PULL_CHUNK_BYTES + 1);
}

uint32_t tov_part_chunk_size(uint64_t sealed_size, uint32_t index)
{
    uint32_t count = tov_part_chunk_count(sealed_size);
    if (index >= count)
        return 0;
    if (index + 1 < count)
        return TOV_PULL_CHUNK_BYTES;
    return (uint32_t)(sealed_size - (uint64_t)index * TOV_PULL_CHUNK_BYTES);
}

struct tov_hash tov_part_chunk_hash(struct tov_bytes chunk)
{
    return tov_merkle_leaf_hash(chunk);
}

struct tov_hash tov_part_root(const struct tov_hash *chunk_hashes, uint32_t count)
{
    assert(count > 0);
    return tov_merkle_root(chunk_hashes, count);
}

static struct tov_hash root_of(struct tov_bytes sealed)
{
    if (sealed.size <= TOV_PULL_CHUNK_BYTES)
        return tov_part_chunk_hash(sealed);
    struct tov_range range = {0};
    struct tov_reader reader = tov_reader_of(sealed);
    while (reader.left > 0) {
        size_t size = reader.left < TOV_PULL_CHUNK_BYTES ? reader.left : TOV_PULL_CHUNK_BYTES;
        struct tov_hash hash = tov_part_chunk_hash(tov_read_bytes(&reader, size));
        enum tov_err err = tov_range_append(&range, &hash);
        assert(err == TOV_OK); /* fails only past 2^64 leaves */
        (void)err;
    }
    return tov_range_root(&range);
}

/* Lays down SIZE bytes of length || data || zeros from offset AT. */
static void copy_padded(struct tov_bytes data, size_t at, uint8_t *to, size_t size)
{
    if (at == 0) {
        tov_put_be64(to, data.size); /* no padded plaintext is shorter than its length */
        to += TOV_PAD_HEAD_BYTES;
        size -= TOV_PAD_HEAD_BYTES;
        at += TOV_PAD_HEAD_BYTES;
    }
    size_t from = at - TOV_PAD_HEAD_BYTES;
    size_t left = from < data.size ? data.size - from : 0;
    size_t copied = left < size ? left : size;
    if (copied > 0)
        memcpy(to, data.data + from, copied);
    memset(to + copied, 0, size - copied);
}

enum tov_err tov_part_seal(const struct tov_key *part_key, struct tov_bytes data,
                           struct tov_buf *out_sealed, struct tov_part_claim *out_claim)
{
    if (data.size > TOV_ATTACHMENT_MAX_BYTES)
        return TOV_E_LIMIT;
    size_t padded_size = (size_t)tov_pad_size(data.size);
    size_t sealed_size = (size_t)tov_stream_sealed_size(padded_size);
    uint8_t *start = tov_buf_extend(out_sealed, sealed_size);
    if (start == NULL)
        return out_sealed->failed;
    uint8_t *to = start;
    struct tov_stream_chunk chunk = {0};
    for (size_t at = 0; at < padded_size; at += chunk.text.size, chunk.index++) {
        size_t left = padded_size - at;
        chunk.is_last = left <= TOV_STREAM_CHUNK_BYTES;
        chunk.text = (struct tov_bytes){to, chunk.is_last ? left : TOV_STREAM_CHUNK_BYTES};
        copy_padded(data, at, to, chunk.text.size);
        tov_stream_seal_chunk(part_key, &chunk, to);
        to += chunk.text.size + TOV_STREAM_TAG_BYTES;
    }
    out_claim->sealed_size = sealed_size;
    out_claim->root = root_of((struct tov_bytes){start, sealed_size});
    return TOV_OK;
}

enum tov_err tov_part_check(const struct tov_part_claim *claim, struct tov_bytes sealed)
{
    if (!tov_part_is_sealed_size(claim->sealed_size) || sealed.size != claim->sealed_size)
        return TOV_E_MALFORMED;
    struct tov_hash root = root_of(sealed);
    return tov_hash_equal(&root, &claim->root) ? TOV_OK : TOV_E_PROOF;
}

/* Takes length and padding away from the padded plaintext that stands in OUT from BEFORE on. */
static enum tov_err strip(struct tov_buf *out, size_t before)
{
    struct tov_bytes data;
    struct tov_bytes padded = {out->data + before, out->size - before};
    TOV_TRY(tov_pad_parse(padded, &data));
    memmove(out->data + before, data.data, data.size);
    out->size = before + data.size;
    return TOV_OK;
}

enum tov_err tov_part_open(const struct tov_key *part_key, const struct tov_part_claim *claim,
                           struct tov_bytes sealed, struct tov_buf *out_data)
{
    TOV_TRY(tov_part_check(claim, sealed));
    size_t before = out_data->size;
    TOV_TRY(tov_stream_open(part_key, sealed, out_data));
    enum tov_err err = strip(out_data, before);
    if (err != TOV_OK) {
        tov_wipe(out_data->data + before, out_data->size - before);
        out_data->size = before;
    }
    return err;
}
