/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/link.h"

#include <string.h>

void tov_link_encode(const struct tov_link_block *block, uint8_t out[TOV_LINK_BLOCK_BYTES])
{
    tov_put_be32(out, block->series.generation);
    tov_put_be64(out + 4, block->series.lost_index);
    tov_put_be64(out + 12, block->number);
    memcpy(out + 20, block->previous.bytes, sizeof block->previous.bytes);
    memcpy(out + 52, block->salt, sizeof block->salt);
}

enum tov_err tov_link_decode(struct tov_bytes bytes, struct tov_link_block *out_block)
{
    struct tov_reader reader = tov_reader_of(bytes);
    struct tov_link_block block;
    block.series.generation = tov_read_u32(&reader);
    block.series.lost_index = tov_read_u64(&reader);
    block.number = tov_read_u64(&reader);
    tov_read_copy(&reader, block.previous.bytes, sizeof block.previous.bytes);
    tov_read_copy(&reader, block.salt, sizeof block.salt);
    if (!tov_reader_is_done(&reader) || block.series.generation == 0 || block.number == 0)
        return TOV_E_MALFORMED;
    *out_block = block;
    return TOV_OK;
}

struct tov_hash tov_link_hash(struct tov_bytes block_bytes)
{
    static const char label[] = "tov/v1 link";
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, label, sizeof label - 1);
    tov_sha256_update(&sha, block_bytes.data, block_bytes.size);
    tov_sha256_final(&sha, &hash);
    return hash;
}
