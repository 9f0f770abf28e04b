/* SPDX-License-Identifier: EUPL-1.2
 *
 * A block: a part of the case book as it was read from events FIRST to LAST, sealed, in a row of
 * the table `book` under FIRST. It is a copy: whatever is wrong with it, the ledger has the rest.
 *
 *   row     format 1, policy 32, first 8, last 8, events 32, entries 4,
 *           data key row (ledger/vault.h), STREAM of the entries
 *   events  SHA-256 of each event's number 8, size 4, row: where the ledger and the mirrors stood
 *   entry   number 8, agency 2, generation 4, index 8, leaf hash 32, written 8, roster version 4,
 *           flags 1, size 4, header; numbers ascend. Flag 1: it claims a time ahead
 *
 * Each block has a key of its own, wrapped by a bucket of TOV_VAULT_CLASS_BOOK and bound to all
 * that stands before it in the row. The policy says by which program headers were read and judged,
 * and which roster was in force: with another one, other messages may tell the book something, or
 * nothing.
 * Not for: when blocks are written (book_save.c) or taken in (book_load.c).
 * Never change what stands here without another FORMAT.
 */
#include "book/book_internal.h"

#include "envelope/stream.h"
#include "ledger/vault.h"

#include <string.h>

#define FORMAT 1u
#define HEAD_BYTES (1u + 32u + 8u + 8u + 32u + 4u)
#define FLAG_CLAIMS_AHEAD 1u

struct tov_hash book_policy_of(const struct tov_core *core)
{
    static const char label[] = "tov/v1 case book";
    struct tov_sha256 sha;
    struct tov_hash roster = tov_roster_hash(core->roster), policy;
    uint8_t numbers[2 + 4];
    tov_put_be16(numbers, core->own->number);
    tov_put_be32(numbers + 2, tov_roster_version(core->roster));
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, label, sizeof label);
    tov_sha256_update(&sha, book_policy_sources, sizeof book_policy_sources);
    tov_sha256_update(&sha, numbers, sizeof numbers);
    tov_sha256_update(&sha, roster.bytes, sizeof roster.bytes);
    tov_sha256_final(&sha, &policy);
    return policy;
}

/* ---- events ---- */

void book_events_begin(struct tov_sha256 *events)
{
    tov_sha256_init(events);
}

void book_events_add(struct tov_sha256 *events, const struct tov_store_row *row)
{
    uint8_t size[4];
    tov_put_be32(size, (uint32_t)row->value.size);
    tov_sha256_update(events, row->key.bytes, row->key.size);
    tov_sha256_update(events, size, sizeof size);
    tov_sha256_update(events, row->value.data, row->value.size);
}

/* ---- entries ---- */

void book_entry_put(const struct book_entry *entry, struct tov_buf *out)
{
    tov_buf_put_u64(out, entry->number);
    tov_buf_put_u16(out, entry->ref.agency);
    tov_buf_put_u32(out, entry->ref.generation);
    tov_buf_put_u64(out, entry->ref.index);
    tov_buf_put(out, entry->ref.leaf.bytes, sizeof entry->ref.leaf.bytes);
    tov_buf_put_u64(out, entry->written_ms);
    tov_buf_put_u32(out, entry->roster_version);
    tov_buf_put_u8(out, entry->claims_ahead ? FLAG_CLAIMS_AHEAD : 0);
    tov_buf_put_u32(out, entry->header_size);
    tov_buf_put(out, entry->header, entry->header_size);
}

enum tov_err book_entry_get(struct tov_reader *reader, struct book_entry *out)
{
    out->number = tov_read_u64(reader);
    out->ref.agency = tov_read_u16(reader);
    out->ref.generation = tov_read_u32(reader);
    out->ref.index = tov_read_u64(reader);
    tov_read_copy(reader, out->ref.leaf.bytes, sizeof out->ref.leaf.bytes);
    out->written_ms = tov_read_u64(reader);
    out->roster_version = tov_read_u32(reader);
    uint8_t flags = tov_read_u8(reader);
    out->claims_ahead = flags == FLAG_CLAIMS_AHEAD;
    out->header_size = tov_read_u32(reader);
    struct tov_bytes header = tov_read_bytes(reader, out->header_size);
    out->header = (uint8_t *)(uintptr_t)header.data;
    bool is_good = !reader->failed && flags <= FLAG_CLAIMS_AHEAD && header.size > 0;
    return is_good ? TOV_OK : TOV_E_CORRUPT;
}

/* ---- rows ---- */

static void put_head(const struct tov_book *book, const struct book_block *block,
                     struct tov_buf *out)
{
    tov_buf_put_u8(out, FORMAT);
    tov_buf_put(out, book->policy.bytes, sizeof book->policy.bytes);
    tov_buf_put_u64(out, block->first);
    tov_buf_put_u64(out, block->last);
    tov_buf_put(out, block->events.bytes, sizeof block->events.bytes);
    tov_buf_put_u32(out, block->entry_count);
}

enum tov_err book_block_seal(struct tov_book *book, const struct book_block *block,
                             struct tov_bytes plain, struct tov_buf *out)
{
    TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys = {.has_content = false};
    uint8_t wrapped[TOV_DATAKEY_ROW_BYTES];
    put_head(book, block, out);
    if (out->failed != TOV_OK)
        return out->failed;
    struct tov_hash head = tov_sha256(tov_buf_view(out));
    tov_core_random(book->core, keys.header.bytes, sizeof keys.header.bytes);
    TOV_TRY(tov_vault_wrap(book->core, TOV_VAULT_CLASS_BOOK, &head, &keys, wrapped));
    tov_buf_put(out, wrapped, sizeof wrapped);
    return out->failed != TOV_OK ? out->failed : tov_stream_seal(&keys.header, plain, out);
}

static enum tov_err read_head(const struct tov_book *book, struct tov_bytes row,
                              struct book_block *out)
{
    struct tov_reader reader = tov_reader_of(row);
    struct tov_hash policy;
    uint8_t format = tov_read_u8(&reader);
    if (row.size > 0 && format != FORMAT)
        return TOV_E_VERSION;
    tov_read_copy(&reader, policy.bytes, sizeof policy.bytes);
    out->first = tov_read_u64(&reader);
    out->last = tov_read_u64(&reader);
    tov_read_copy(&reader, out->events.bytes, sizeof out->events.bytes);
    out->entry_count = tov_read_u32(&reader);
    if (reader.failed || row.size < HEAD_BYTES + TOV_DATAKEY_ROW_BYTES)
        return TOV_E_CORRUPT;
    return tov_hash_equal(&policy, &book->policy) ? TOV_OK : TOV_E_VERSION;
}

enum tov_err book_block_open(struct tov_book *book, uint64_t first, struct tov_bytes row,
                             struct book_block *out_block, struct tov_buf *out_plain)
{
    TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys = {0};
    TOV_TRY(read_head(book, row, out_block));
    if (out_block->first != first || out_block->last < first)
        return TOV_E_CORRUPT;
    struct tov_hash head = tov_sha256((struct tov_bytes){row.data, HEAD_BYTES});
    struct tov_bytes wrapped = {row.data + HEAD_BYTES, TOV_DATAKEY_ROW_BYTES};
    struct tov_bytes sealed = {wrapped.data + wrapped.size, row.size - HEAD_BYTES - wrapped.size};
    if (tov_vault_unwrap(book->core, &head, wrapped, &keys) != TOV_OK)
        return TOV_E_CORRUPT;
    enum tov_err err = tov_stream_open(&keys.header, sealed, out_plain);
    return err == TOV_OK || err == TOV_E_NOMEM ? err : TOV_E_CORRUPT;
}
