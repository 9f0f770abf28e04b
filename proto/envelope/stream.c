/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/stream.h"

#include "envelope/aead.h"

#include <assert.h>

static_assert(TOV_STREAM_TAG_BYTES == TOV_AEAD_TAG_BYTES, "a chunk's tag is the AEAD's");
static_assert(TOV_PULL_CHUNK_BYTES == 2 * TOV_STREAM_SEALED_CHUNK_BYTES, "two chunks are pulled");

static uint64_t chunk_count(uint64_t plain_size)
{
    return plain_size == 0 ? 1 : (plain_size - 1) / TOV_STREAM_CHUNK_BYTES + 1;
}

uint64_t tov_stream_sealed_size(uint64_t plain_size)
{
    return plain_size + chunk_count(plain_size) * TOV_STREAM_TAG_BYTES;
}

enum tov_err tov_stream_plain_size(uint64_t sealed_size, uint64_t *out_plain_size)
{
    uint64_t full = sealed_size / TOV_STREAM_SEALED_CHUNK_BYTES;
    uint64_t rest = sealed_size % TOV_STREAM_SEALED_CHUNK_BYTES;
    bool is_only_empty = sealed_size == TOV_STREAM_TAG_BYTES;
    if (sealed_size == 0 || (rest > 0 && rest <= TOV_STREAM_TAG_BYTES && !is_only_empty))
        return TOV_E_MALFORMED;
    *out_plain_size = full * TOV_STREAM_CHUNK_BYTES + (rest > 0 ? rest - TOV_STREAM_TAG_BYTES : 0);
    return TOV_OK;
}

static void chunk_nonce(const struct tov_stream_chunk *chunk, uint8_t out[TOV_CHACHA_NONCE_BYTES])
{
    out[0] = out[1] = out[2] = 0;
    tov_put_be64(out + 3, chunk->index);
    out[11] = chunk->is_last ? 1 : 0;
}

void tov_stream_seal_chunk(const struct tov_key *key, const struct tov_stream_chunk *chunk,
                           uint8_t *out)
{
    assert(chunk->is_last ? chunk->text.size <= TOV_STREAM_CHUNK_BYTES
                          : chunk->text.size == TOV_STREAM_CHUNK_BYTES);
    uint8_t nonce[TOV_CHACHA_NONCE_BYTES];
    chunk_nonce(chunk, nonce);
    struct tov_aead aead = {.key = key, .nonce = nonce};
    tov_chacha_seal(&aead, chunk->text, out);
}

static bool is_chunk_size(const struct tov_stream_chunk *chunk)
{
    size_t size = chunk->text.size;
    if (!chunk->is_last)
        return size == TOV_STREAM_SEALED_CHUNK_BYTES;
    size_t least = TOV_STREAM_TAG_BYTES + (chunk->index > 0 ? 1 : 0);
    return size >= least && size <= TOV_STREAM_SEALED_CHUNK_BYTES;
}

enum tov_err tov_stream_open_chunk(const struct tov_key *key, const struct tov_stream_chunk *chunk,
                                   uint8_t *out)
{
    if (!is_chunk_size(chunk))
        return TOV_E_DECRYPT;
    uint8_t nonce[TOV_CHACHA_NONCE_BYTES];
    chunk_nonce(chunk, nonce);
    struct tov_aead aead = {.key = key, .nonce = nonce};
    return tov_chacha_open(&aead, chunk->text, out);
}

/* The next at most SIZE bytes; says in *OUT_IS_LAST whether nothing is left after them. */
static struct tov_bytes cut(struct tov_reader *reader, size_t size, bool *out_is_last)
{
    *out_is_last = reader->left <= size;
    return tov_read_bytes(reader, *out_is_last ? reader->left : size);
}

enum tov_err tov_stream_seal(const struct tov_key *key, struct tov_bytes plain, struct tov_buf *out)
{
    uint8_t *to = tov_buf_extend(out, (size_t)tov_stream_sealed_size(plain.size));
    if (to == NULL)
        return out->failed;
    struct tov_reader reader = tov_reader_of(plain);
    struct tov_stream_chunk chunk = {0};
    for (; !chunk.is_last; chunk.index++) {
        chunk.text = cut(&reader, TOV_STREAM_CHUNK_BYTES, &chunk.is_last);
        tov_stream_seal_chunk(key, &chunk, to);
        to += chunk.text.size + TOV_STREAM_TAG_BYTES;
    }
    return TOV_OK;
}

static enum tov_err open_all(const struct tov_key *key, struct tov_bytes sealed, uint8_t *to)
{
    struct tov_reader reader = tov_reader_of(sealed);
    struct tov_stream_chunk chunk = {0};
    for (; !chunk.is_last; chunk.index++) {
        chunk.text = cut(&reader, TOV_STREAM_SEALED_CHUNK_BYTES, &chunk.is_last);
        TOV_TRY(tov_stream_open_chunk(key, &chunk, to));
        to += chunk.text.size - TOV_STREAM_TAG_BYTES;
    }
    return TOV_OK;
}

enum tov_err tov_stream_open(const struct tov_key *key, struct tov_bytes sealed,
                             struct tov_buf *out)
{
    uint64_t plain_size = 0;
    TOV_TRY(tov_stream_plain_size(sealed.size, &plain_size));
    size_t before = out->size;
    uint8_t *to = tov_buf_extend(out, (size_t)plain_size);
    if (to == NULL)
        return out->failed;
    enum tov_err err = open_all(key, sealed, to);
    if (err != TOV_OK) {
        tov_wipe(to, (size_t)plain_size);
        out->size = before;
    }
    return err;
}
