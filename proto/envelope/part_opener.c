/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/part.h"

#include "envelope/pad.h"
#include "envelope/stream.h"
#include "merkle/range.h"

#include <assert.h>

#define PULL_PLAIN_BYTES (2 * TOV_STREAM_CHUNK_BYTES)

struct tov_part_opener {
    struct tov_key key;
    struct tov_part_claim claim;
    struct tov_part_sink sink;
    struct tov_range range; /* over the pull chunks so far */
    uint64_t padded_size;
    uint64_t data_size; /* from the first chunk on */
    uint64_t data_left;
    uint32_t next; /* pull chunk to come */
    enum tov_err failed;
    uint8_t plain[PULL_PLAIN_BYTES];
};

enum tov_err tov_part_opener_create(const struct tov_key *part_key,
                                    const struct tov_part_claim *claim,
                                    const struct tov_part_sink *sink,
                                    struct tov_part_opener **out_opener)
{
    if (!tov_part_is_sealed_size(claim->sealed_size))
        return TOV_E_MALFORMED;
    TOV_CLEANUP(tov_part_opener_cleanup)
    struct tov_part_opener *opener = calloc(1, sizeof *opener);
    if (opener == NULL)
        return TOV_E_NOMEM;
    opener->key = *part_key;
    opener->claim = *claim;
    opener->sink = *sink;
    TOV_TRY(tov_stream_plain_size(claim->sealed_size, &opener->padded_size));
    *out_opener = TOV_TAKE(opener);
    return TOV_OK;
}

void tov_part_opener_destroy(struct tov_part_opener *opener)
{
    if (opener == NULL)
        return;
    tov_wipe(opener, sizeof *opener);
    free(opener);
}

/* Opens the one or two STREAM chunks of a pull chunk into opener->plain. */
static enum tov_err decrypt(struct tov_part_opener *opener, struct tov_bytes sealed,
                            struct tov_bytes *out_plain)
{
    bool is_last_pull = opener->next + 1 == tov_part_chunk_count(opener->claim.sealed_size);
    struct tov_reader reader = tov_reader_of(sealed);
    struct tov_stream_chunk chunk = {.index = 2 * (uint64_t)opener->next};
    size_t filled = 0;
    for (; reader.left > 0; chunk.index++) {
        bool is_rest = reader.left <= TOV_STREAM_SEALED_CHUNK_BYTES;
        chunk.is_last = is_last_pull && is_rest;
        chunk.text = tov_read_bytes(&reader, is_rest ? reader.left : TOV_STREAM_SEALED_CHUNK_BYTES);
        TOV_TRY(tov_stream_open_chunk(&opener->key, &chunk, opener->plain + filled));
        filled += chunk.text.size - TOV_STREAM_TAG_BYTES;
    }
    *out_plain = (struct tov_bytes){opener->plain, filled};
    return TOV_OK;
}

static enum tov_err release(struct tov_part_opener *opener, struct tov_bytes plain)
{
    struct tov_reader reader = tov_reader_of(plain);
    if (opener->next == 0) {
        uint64_t length = tov_read_u64(&reader);
        if (reader.failed || !tov_pad_fits(length, opener->padded_size))
            return TOV_E_MALFORMED;
        opener->data_size = opener->data_left = length;
    }
    size_t size = opener->data_left < reader.left ? (size_t)opener->data_left : reader.left;
    struct tov_bytes data = tov_read_bytes(&reader, size);
    if (!tov_pad_is_zero((struct tov_bytes){reader.at, reader.left}))
        return TOV_E_MALFORMED;
    opener->data_left -= size;
    return size == 0 ? TOV_OK : opener->sink.take(opener->sink.user, data);
}

static enum tov_err take(struct tov_part_opener *opener, struct tov_bytes chunk)
{
    uint32_t size = tov_part_chunk_size(opener->claim.sealed_size, opener->next);
    if (size == 0 || chunk.size != size)
        return TOV_E_MALFORMED;
    struct tov_bytes plain;
    struct tov_hash hash = tov_part_chunk_hash(chunk);
    TOV_TRY(tov_range_append(&opener->range, &hash));
    TOV_TRY(decrypt(opener, chunk, &plain));
    TOV_TRY(release(opener, plain));
    opener->next++;
    return TOV_OK;
}

enum tov_err tov_part_opener_take(struct tov_part_opener *opener, struct tov_bytes chunk)
{
    if (opener->failed == TOV_OK)
        opener->failed = take(opener, chunk);
    return opener->failed;
}

enum tov_err tov_part_opener_finish(struct tov_part_opener *opener)
{
    if (opener->failed != TOV_OK)
        return opener->failed;
    if (opener->next != tov_part_chunk_count(opener->claim.sealed_size))
        return TOV_E_MALFORMED;
    assert(opener->data_left == 0); /* the length fitted the size, and all of the size came */
    struct tov_hash root = tov_range_root(&opener->range);
    return tov_hash_equal(&root, &opener->claim.root) ? TOV_OK : TOV_E_PROOF;
}

uint64_t tov_part_opener_data_size(const struct tov_part_opener *opener)
{
    return opener->data_size;
}
