/* SPDX-License-Identifier: EUPL-1.2
 *
 * One pull chunk is filled with plaintext, each STREAM chunk at the place where it is sealed:
 *
 *   offset          0        65,536   65,552   131,088   131,104
 *                   | chunk 2n  | tag    | chunk 2n+1 | tag |
 *
 * When it is full, or the padded plaintext has ended, it goes to the sink.
 */
#include "envelope/part.h"

#include "envelope/pad.h"
#include "envelope/stream.h"

#include <string.h>

struct tov_part_sealer {
    struct tov_key key;
    struct tov_part_sink sink;
    uint64_t data_left;   /* still to come from the caller */
    uint64_t padded_left; /* still to be laid down, data and padding */
    uint64_t sealed_size;
    uint64_t stream_index;   /* of the STREAM chunk being filled */
    size_t stream_start;     /* where it begins in `chunk` */
    size_t stream_filled;    /* bytes in it */
    struct tov_hash *hashes; /* hash_count of tov_part_chunk_count(sealed_size) */
    uint32_t hash_count;
    enum tov_err failed; /* the first failure; nothing goes on after it */
    uint8_t chunk[TOV_PULL_CHUNK_BYTES];
};

static enum tov_err emit(struct tov_part_sealer *sealer)
{
    struct tov_bytes sealed = {sealer->chunk, sealer->stream_start};
    sealer->hashes[sealer->hash_count++] = tov_part_chunk_hash(sealed);
    sealer->stream_start = 0;
    return sealer->sink.take(sealer->sink.user, sealed);
}

static enum tov_err end_stream_chunk(struct tov_part_sealer *sealer)
{
    uint8_t *start = sealer->chunk + sealer->stream_start;
    struct tov_stream_chunk chunk = {
        .index = sealer->stream_index++,
        .is_last = sealer->padded_left == 0,
        .text = {start, sealer->stream_filled},
    };
    tov_stream_seal_chunk(&sealer->key, &chunk, start);
    sealer->stream_start += sealer->stream_filled + TOV_STREAM_TAG_BYTES;
    sealer->stream_filled = 0;
    if (chunk.is_last || sealer->stream_start == TOV_PULL_CHUNK_BYTES)
        return emit(sealer);
    return TOV_OK;
}

/* Lays down SIZE bytes of padded plaintext; DATA NULL is zeros. */
static enum tov_err lay_down(struct tov_part_sealer *sealer, const uint8_t *data, uint64_t size)
{
    while (size > 0) {
        size_t room = TOV_STREAM_CHUNK_BYTES - sealer->stream_filled;
        size_t taken = size < room ? (size_t)size : room;
        uint8_t *to = sealer->chunk + sealer->stream_start + sealer->stream_filled;
        if (data != NULL) {
            memcpy(to, data, taken);
            data += taken;
        } else {
            memset(to, 0, taken);
        }
        size -= taken;
        sealer->padded_left -= taken;
        sealer->stream_filled += taken;
        if (taken == room || sealer->padded_left == 0)
            TOV_TRY(end_stream_chunk(sealer));
    }
    return TOV_OK;
}

static enum tov_err start(struct tov_part_sealer *sealer, uint64_t data_size)
{
    uint8_t length[TOV_PAD_HEAD_BYTES];
    tov_put_be64(length, data_size);
    sealer->data_left = data_size;
    sealer->padded_left = tov_pad_size(data_size);
    sealer->sealed_size = tov_stream_sealed_size(sealer->padded_left);
    sealer->hashes = calloc(tov_part_chunk_count(sealer->sealed_size), sizeof *sealer->hashes);
    if (sealer->hashes == NULL)
        return TOV_E_NOMEM;
    return lay_down(sealer, length, sizeof length);
}

enum tov_err tov_part_sealer_create(const struct tov_key *part_key, uint64_t data_size,
                                    const struct tov_part_sink *sink,
                                    struct tov_part_sealer **out_sealer)
{
    if (data_size > TOV_ATTACHMENT_MAX_BYTES)
        return TOV_E_LIMIT;
    TOV_CLEANUP(tov_part_sealer_cleanup)
    struct tov_part_sealer *sealer = calloc(1, sizeof *sealer);
    if (sealer == NULL)
        return TOV_E_NOMEM;
    sealer->key = *part_key;
    sealer->sink = *sink;
    TOV_TRY(start(sealer, data_size));
    *out_sealer = TOV_TAKE(sealer);
    return TOV_OK;
}

void tov_part_sealer_destroy(struct tov_part_sealer *sealer)
{
    if (sealer == NULL)
        return;
    free(sealer->hashes);
    tov_wipe(sealer, sizeof *sealer);
    free(sealer);
}

enum tov_err tov_part_sealer_write(struct tov_part_sealer *sealer, struct tov_bytes data)
{
    if (sealer->failed == TOV_OK && data.size > sealer->data_left)
        sealer->failed = TOV_E_ARGUMENT;
    if (sealer->failed != TOV_OK)
        return sealer->failed;
    sealer->data_left -= data.size;
    sealer->failed = lay_down(sealer, data.data, data.size);
    return sealer->failed;
}

enum tov_err tov_part_sealer_finish(struct tov_part_sealer *sealer,
                                    struct tov_part_claim *out_claim)
{
    if (sealer->failed == TOV_OK && sealer->data_left > 0)
        sealer->failed = TOV_E_ARGUMENT;
    if (sealer->failed == TOV_OK)
        sealer->failed = lay_down(sealer, NULL, sealer->padded_left);
    if (sealer->failed != TOV_OK)
        return sealer->failed;
    out_claim->sealed_size = sealer->sealed_size;
    out_claim->root = tov_part_root(sealer->hashes, sealer->hash_count);
    return TOV_OK;
}

const struct tov_hash *tov_part_sealer_hashes(const struct tov_part_sealer *sealer,
                                              uint32_t *out_count)
{
    *out_count = sealer->hash_count;
    return sealer->hashes;
}
