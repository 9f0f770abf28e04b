/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing blocks. What is taken in from the ledger gathers in memory; a full block is sealed and
 * put into the open batch, and never changed again: the few events behind the newest block are read
 * from the ledger at the next start.
 * Not for: what a block looks like (book_block.c).
 */
#include "book/book_internal.h"

#include "base/secret.h"
#include "ledger/tables.h"

#include <string.h>

#define BLOCK_GOAL_BYTES 60000u
#define BLOCK_EVENTS_MAX 4096u
#define PLAIN_MAX_BYTES (BLOCK_GOAL_BYTES + 2u * TOV_INLINE_MAX_BYTES)
#define ROW_MAX_BYTES ((size_t)2 * PLAIN_MAX_BYTES)

static void begin_block(struct book_saving *saving, uint64_t first)
{
    if (saving->plain.limit == 0)
        saving->plain = TOV_BUF_INIT(PLAIN_MAX_BYTES);
    tov_buf_clear(&saving->plain);
    saving->first = first;
    saving->event_count = 0;
    saving->entry_count = 0;
    book_events_begin(&saving->events);
}

static void forget(struct book_saving *saving)
{
    tov_wipe(saving->plain.data, saving->plain.capacity);
    tov_buf_fini(&saving->plain);
    *saving = (struct book_saving){.is_off = saving->is_off};
}

void book_saving_fini(struct tov_book *book)
{
    forget(&book->saving);
}

/* Blocks follow each other without a gap, so that after one that is not written there is none. */
static void give_up(struct tov_book *book, enum tov_err why)
{
    book->saving.is_off = true;
    forget(&book->saving);
    tov_core_log(book->core, TOV_HOST_WARN, "book-snapshot-not-written", "error=%s",
                 tov_err_name(why));
}

static enum tov_err write_block(struct tov_book *book, uint64_t last)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(ROW_MAX_BYTES);
    struct book_saving *saving = &book->saving;
    struct book_block block = {
        .first = saving->first, .last = last, .entry_count = saving->entry_count};
    tov_sha256_final(&saving->events, &block.events);
    if (book->core->waits_for_room || !tov_core_has_room(book->core, saving->plain.size))
        return TOV_E_FULL;
    TOV_TRY(book_block_seal(book, &block, tov_buf_view(&saving->plain), &row));
    tov_store_batch_put(tov_core_batch(book->core), TOV_TABLE_BOOK, tov_store_key_u64(block.first),
                        tov_buf_view(&row));
    tov_core_use_room(book->core, row.size);
    return TOV_OK;
}

void book_saving_take(struct tov_book *book, const struct tov_store_row *row, uint32_t entry)
{
    struct book_saving *saving = &book->saving;
    uint64_t number = tov_store_key_to_u64(&row->key);
    if (saving->is_off || book->regained != book->core->regained_open)
        return; /* or: it begins anew before long, and its blocks with it */
    if (saving->event_count == 0)
        begin_block(saving, number);
    book_events_add(&saving->events, row);
    saving->event_count++;
    if (entry != BOOK_NONE) {
        book_entry_put(&book->entries[entry], &saving->plain);
        saving->entry_count++;
    }
    enum tov_err err = saving->plain.failed;
    size_t goal = book->block_bytes == 0 || book->block_bytes > BLOCK_GOAL_BYTES
                      ? BLOCK_GOAL_BYTES
                      : book->block_bytes;
    bool is_full = saving->plain.size >= goal || saving->event_count == BLOCK_EVENTS_MAX;
    if (err == TOV_OK && is_full) {
        err = write_block(book, number);
        saving->event_count = 0;
    }
    if (err != TOV_OK)
        give_up(book, err);
}
