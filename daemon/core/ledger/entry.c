/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/entry.h"

#include "merkle/tree.h"

#include <string.h>

#define LINK_ROW_BYTES (2u + TOV_LINK_BLOCK_BYTES)
#define OFF_LINK 0x80u

static bool get_head(struct tov_reader *reader, struct tov_entry *out)
{
    *out = (struct tov_entry){0};
    out->state = (enum tov_entry_state)tov_read_u8(reader);
    out->event = tov_read_u64(reader);
    return out->state >= TOV_ENTRY_PRESENT && out->state <= TOV_ENTRY_LOST;
}

enum tov_err tov_entry_decode_own(struct tov_bytes row, struct tov_entry *out)
{
    struct tov_reader reader = tov_reader_of(row);
    if (!get_head(&reader, out))
        return TOV_E_CORRUPT;
    if (out->state != TOV_ENTRY_PRESENT) {
        tov_read_copy(&reader, out->leaf_hash.bytes, sizeof out->leaf_hash.bytes);
        return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
    }
    out->link_count = tov_read_u8(&reader);
    out->links = tov_read_bytes(&reader, out->link_count * LINK_ROW_BYTES);
    out->leaf = tov_read_bytes(&reader, reader.left);
    return reader.failed ? TOV_E_CORRUPT : TOV_OK;
}

enum tov_err tov_entry_decode_mirror(struct tov_bytes row, struct tov_entry *out)
{
    struct tov_reader reader = tov_reader_of(row);
    if (!get_head(&reader, out))
        return TOV_E_CORRUPT;
    if (out->state == TOV_ENTRY_PRESENT) {
        out->verdict.verdict = (enum tov_verdict)tov_read_u8(&reader);
        uint8_t flags = tov_read_u8(&reader);
        out->is_off_link = (flags & OFF_LINK) != 0;
        out->verdict.flags = flags & (uint8_t)~OFF_LINK;
        out->verdict.detail = tov_read_u16(&reader);
    } else {
        tov_read_copy(&reader, out->leaf_hash.bytes, sizeof out->leaf_hash.bytes);
    }
    out->link_count = tov_read_u8(&reader);
    out->links = tov_read_bytes(&reader, out->link_count * TOV_LINK_BLOCK_BYTES);
    if (out->state == TOV_ENTRY_PRESENT)
        out->leaf = tov_read_bytes(&reader, reader.left);
    return reader.failed || reader.left != 0 || out->link_count > 1 ? TOV_E_CORRUPT : TOV_OK;
}

struct tov_bytes tov_entry_link_for(const struct tov_entry *own, uint16_t agency)
{
    struct tov_reader reader = tov_reader_of(own->links);
    for (size_t i = 0; i < own->link_count; i++) {
        uint16_t of = tov_read_u16(&reader);
        struct tov_bytes block = tov_read_bytes(&reader, TOV_LINK_BLOCK_BYTES);
        if (of == agency)
            return block;
    }
    return (struct tov_bytes){0};
}

struct tov_hash tov_entry_hash(const struct tov_entry *entry)
{
    return entry->state == TOV_ENTRY_PRESENT ? tov_merkle_leaf_hash(entry->leaf) : entry->leaf_hash;
}

void tov_entry_put_gone(uint8_t out[TOV_ENTRY_GONE_BYTES], enum tov_entry_state state,
                        const struct tov_hash *leaf_hash)
{
    out[0] = (uint8_t)state;
    tov_put_be64(out + 1, 0);
    memcpy(out + 9, leaf_hash->bytes, TOV_HASH_BYTES);
}

size_t tov_entry_own_size(size_t leaf_size, struct tov_bytes links)
{
    return 1 + 8 + 1 + links.size + leaf_size;
}

void tov_entry_put_own(uint8_t *out, uint64_t event, struct tov_bytes leaf, struct tov_bytes links)
{
    out[0] = TOV_ENTRY_PRESENT;
    tov_put_be64(out + 1, event);
    out[9] = (uint8_t)(links.size / LINK_ROW_BYTES);
    if (links.size > 0)
        memcpy(out + 10, links.data, links.size);
    memcpy(out + 10 + links.size, leaf.data, leaf.size);
}

void tov_entry_put_mirror(struct tov_buf *out, const struct tov_entry *entry)
{
    tov_buf_put_u8(out, (uint8_t)entry->state);
    tov_buf_put_u64(out, entry->event);
    if (entry->state == TOV_ENTRY_PRESENT) {
        tov_buf_put_u8(out, (uint8_t)entry->verdict.verdict);
        tov_buf_put_u8(out, entry->verdict.flags | (entry->is_off_link ? OFF_LINK : 0));
        tov_buf_put_u16(out, entry->verdict.detail);
    } else {
        tov_buf_put(out, entry->leaf_hash.bytes, sizeof entry->leaf_hash.bytes);
    }
    tov_buf_put_u8(out, (uint8_t)entry->link_count);
    tov_buf_put_bytes(out, entry->links);
    if (entry->state == TOV_ENTRY_PRESENT)
        tov_buf_put_bytes(out, entry->leaf);
}
