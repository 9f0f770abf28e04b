/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reading the book from the store, a slice at a time: blocks first, then events. How much is in a
 * slice is counted and not timed, so that the same events give the same book wherever they are
 * read.
 */
#include "book/book_internal.h"

#include "ledger/tables.h"

#include <stdlib.h>

#define BATCH_SHARE 16u /* of its limit: with more in the open batch no block is added to it */

struct reading {
    struct tov_book *book;
    struct tov_store_read *read;
    size_t *work_left;
};

static void note_work(struct reading *reading, size_t work)
{
    *reading->work_left -= work < *reading->work_left ? work : *reading->work_left;
}

static enum tov_err load_blocks(struct reading *reading)
{
    struct tov_book *book = reading->book;
    while (!book->is_loaded) {
        size_t work = 0;
        if (*reading->work_left == 0)
            return TOV_E_AGAIN;
        enum tov_err err = book_block_load(book, reading->read, &work);
        if (err != TOV_OK && err != TOV_E_NOT_FOUND)
            return err;
        book->is_loaded = err == TOV_E_NOT_FOUND;
        note_work(reading, work + 1);
    }
    return TOV_OK;
}

/* The entry of an event that was not listed; BOOK_NONE: it tells nothing. */
static enum tov_err take_event(struct reading *reading, const struct tov_store_row *row,
                               uint32_t *out_entry)
{
    struct tov_book *book = reading->book;
    struct book_telling telling;
    size_t before = book->entry_count;
    *out_entry = BOOK_NONE;
    enum tov_err err = book_telling_read(book, reading->read, tov_store_key_to_u64(&row->key),
                                         row->value, &telling);
    note_work(reading, telling.work);
    if (err == TOV_E_CORRUPT)
        book_note_damage(book, tov_store_key_to_u64(&row->key));
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
    err = book_insert(book, &telling.entry, &telling.told.told);
    book_told_fini(&telling.told);
    if (book->entry_count == before)
        free(telling.entry.header); /* it stands there since an earlier try, or not at all */
    *out_entry = (uint32_t)book->entry_count - 1;
    return err;
}

/* Blocks are put into it, and a batch that outgrows its limit would end the node. */
static bool is_batch_full(const struct tov_book *book)
{
    const struct tov_store_batch *batch = book->core->open->batch;
    return !book->saving.is_off &&
           tov_store_batch_bytes(batch) > TOV_STORE_BATCH_DEFAULT_BYTES / BATCH_SHARE;
}

static enum tov_err read_event(struct reading *reading, const struct tov_store_row *row)
{
    struct tov_book *book = reading->book;
    uint64_t number = tov_store_key_to_u64(&row->key);
    uint32_t entry = BOOK_NONE;
    if (*reading->work_left == 0 || is_batch_full(book))
        return TOV_E_AGAIN;
    enum tov_err err = book_find_listed(book, number, &entry);
    if (err == TOV_E_NOT_FOUND)
        err = take_event(reading, row, &entry);
    TOV_TRY(err);
    book->newest = number;
    book_saving_take(book, row, entry);
    note_work(reading, 1);
    return TOV_OK;
}

static enum tov_err read_events(struct reading *reading, uint64_t newest)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT,
                                    .first = tov_store_key_u64(reading->book->newest + 1),
                                    .last = tov_store_key_u64(newest)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(reading->read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = read_event(reading, &iter.row);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    book_pending_drop(reading->book);
    return err != TOV_OK ? err : read_err;
}

/* What is done comes off *SLICE, in note_work. */
enum tov_err tov_book_catch_up(struct tov_book *book, struct tov_store_read *read, uint64_t newest,
                               size_t *slice) /* NOLINT(readability-non-const-parameter) */
{
    struct reading reading = {book, read, slice};
    book->is_wanted = true;
    if (book->newest >= newest)
        return TOV_OK;
    TOV_TRY(load_blocks(&reading));
    return book->newest >= newest ? TOV_OK : read_events(&reading, newest);
}
