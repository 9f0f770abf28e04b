/* SPDX-License-Identifier: EUPL-1.2
 *
 * Taking blocks in at the start. They are taken from the first event on without a gap. The first
 * that is missing, damaged, of another format or policy, or made of other events than the store
 * has, ends it: it is deleted with all behind it, and the ledger tells the rest.
 */
#include "book/book_internal.h"

#include "base/secret.h"
#include "ledger/tables.h"

#include <stdlib.h>
#include <string.h>

void book_blocks_drop(struct tov_book *book, uint64_t first)
{
    struct tov_store_key none = {0};
    tov_store_batch_delete_range(tov_core_batch(book->core), TOV_TABLE_BOOK,
                                 tov_store_key_u64(first), none);
}

/* The store has the very events that BLOCK was made of. */
static enum tov_err check_events(struct tov_store_read *read, const struct book_block *block)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT,
                                    .first = tov_store_key_u64(block->first),
                                    .last = tov_store_key_u64(block->last)};
    struct tov_store_iter iter;
    struct tov_sha256 events;
    struct tov_hash hash;
    book_events_begin(&events);
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (tov_store_iter_next(&iter))
        book_events_add(&events, &iter.row);
    TOV_TRY(tov_store_iter_fini(&iter));
    tov_sha256_final(&events, &hash);
    return tov_hash_equal(&hash, &block->events) ? TOV_OK : TOV_E_CORRUPT;
}

/* All entries are whole, and of the block's events in order. */
static enum tov_err check_entries(const struct book_block *block, struct tov_bytes plain)
{
    struct tov_reader reader = tov_reader_of(plain);
    uint64_t before = block->first - 1;
    for (uint32_t i = 0; i < block->entry_count; i++) {
        struct book_entry entry;
        TOV_TRY(book_entry_get(&reader, &entry));
        if (entry.number <= before || entry.number > block->last)
            return TOV_E_CORRUPT;
        before = entry.number;
    }
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

static enum tov_err take_entry(struct tov_book *book, const struct book_entry *stored)
{
    struct book_told told;
    struct book_entry entry = *stored;
    size_t before = book->entry_count;
    entry.header = malloc(stored->header_size);
    if (entry.header == NULL)
        return TOV_E_NOMEM;
    memcpy(entry.header, stored->header, stored->header_size);
    book_note_version(book, entry.roster_version);
    enum tov_err err = book_told_init(book->core, &entry, &told);
    if (err == TOV_OK) {
        err = book_insert(book, &entry, &told.told);
        book_told_fini(&told);
    }
    if (book->entry_count == before)
        free(entry.header);
    return err;
}

/* All or nothing: when a part of it stands in the groups already, the book begins anew. */
static enum tov_err take_all(struct tov_book *book, const struct book_block *block,
                             struct tov_bytes plain)
{
    struct tov_reader reader = tov_reader_of(plain);
    enum tov_err err = TOV_OK;
    for (uint32_t i = 0; err == TOV_OK && i < block->entry_count; i++) {
        struct book_entry entry;
        err = book_entry_get(&reader, &entry);
        if (err == TOV_OK)
            err = take_entry(book, &entry);
    }
    if (err == TOV_OK)
        return TOV_OK;
    book_begin_anew(book);
    return err == TOV_E_NOMEM ? err : TOV_E_CORRUPT;
}

static enum tov_err take_block(struct tov_book *book, struct tov_store_read *read,
                               const struct tov_store_row *row, struct book_block *block)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf plain = TOV_BUF_INIT(row->value.size);
    uint64_t first = book->newest + 1;
    enum tov_err err = book_block_open(book, first, row->value, block, &plain);
    if (err == TOV_OK)
        err = check_events(read, block);
    if (err == TOV_OK)
        err = check_entries(block, tov_buf_view(&plain));
    if (err == TOV_OK)
        err = take_all(book, block, tov_buf_view(&plain));
    tov_wipe(plain.data, plain.capacity);
    return err;
}

static void note_dropped(struct tov_book *book, uint64_t first, enum tov_err why)
{
    book_blocks_drop(book, first);
    tov_core_log(book->core, why == TOV_E_VERSION ? TOV_HOST_INFO : TOV_HOST_WARN,
                 "book-snapshot-dropped", "from=%llu error=%s", (unsigned long long)first,
                 tov_err_name(why));
}

enum tov_err book_block_load(struct tov_book *book, struct tov_store_read *read, size_t *out_work)
{
    struct tov_store_range range = {.table = TOV_TABLE_BOOK,
                                    .first = tov_store_key_u64(book->newest + 1)};
    struct tov_store_iter iter;
    struct book_block block;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    enum tov_err err = TOV_E_NOT_FOUND;
    size_t size = 0;
    if (tov_store_iter_next(&iter)) {
        size = iter.row.value.size;
        err = take_block(book, read, &iter.row, &block);
    }
    TOV_TRY(tov_store_iter_fini(&iter));
    if (err == TOV_E_VERSION || err == TOV_E_CORRUPT) {
        note_dropped(book, book->newest + 1, err);
        return TOV_E_NOT_FOUND;
    }
    TOV_TRY(err);
    *out_work = block.entry_count + size / BOOK_WORK_BYTES;
    book->newest = block.last;
    book->checking.until = block.last;
    return TOV_OK;
}
