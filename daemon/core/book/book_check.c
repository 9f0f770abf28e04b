/* SPDX-License-Identifier: EUPL-1.2
 *
 * Comparing what came from blocks with what the ledger and the mirrors tell, message by message.
 * A difference is a fault of the program or of the disk: it is told, and the book made again. A row
 * that is damaged tells nothing else: that is told too, and what the snapshot says of it stays.
 * Not for: what was read from the ledger in this run.
 */
#include "book/book_internal.h"

#include "base/secret.h"
#include "ledger/tables.h"

#include <stdlib.h>
#include <string.h>

/* Keys of own messages came back: they tell something now, at places that were passed. */
static bool is_outdated(const struct tov_book *book)
{
    return book->regained != book->core->regained;
}

bool tov_book_has_unchecked(const struct tov_book *book)
{
    const struct book_checking *checking = &book->checking;
    return checking->must_begin_anew || is_outdated(book) || checking->next <= checking->until;
}

size_t tov_book_differences(const struct tov_book *book)
{
    return book->checking.differences;
}

static bool is_same(const struct book_entry *a, const struct book_entry *b)
{
    return tov_ref_equal(&a->ref, &b->ref) && a->written_ms == b->written_ms &&
           a->roster_version == b->roster_version && a->claims_ahead == b->claims_ahead &&
           a->header_size == b->header_size && memcmp(a->header, b->header, a->header_size) == 0;
}

/* What came from blocks stands first, in the order of its events. */
static const struct book_entry *entry_of(const struct tov_book *book, uint64_t number)
{
    const struct book_checking *checking = &book->checking;
    const struct book_entry *entry = &book->entries[checking->entry];
    return checking->entry < book->entry_count && entry->number == number ? entry : NULL;
}

static enum tov_err compare(struct tov_book *book, struct tov_store_read *read,
                            const struct tov_store_row *row)
{
    struct book_checking *checking = &book->checking;
    uint64_t number = tov_store_key_to_u64(&row->key);
    const struct book_entry *held = entry_of(book, number);
    struct book_telling telling;
    enum tov_err err = book_telling_read(book, read, number, row->value, &telling);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND && err != TOV_E_CORRUPT)
        return err;
    bool fits = err == TOV_OK ? held != NULL && is_same(held, &telling.entry) : held == NULL;
    if (err == TOV_E_CORRUPT) {
        book_note_damage(book, number);
        fits = true; /* the snapshot is all that is left of it */
    }
    if (err == TOV_OK) {
        tov_wipe(telling.entry.header, telling.entry.header_size);
        free(telling.entry.header);
        book_told_fini(&telling.told);
    }
    checking->next = number + 1;
    checking->entry += held != NULL ? 1 : 0;
    if (fits)
        return TOV_OK;
    checking->differences++;
    checking->must_begin_anew = true;
    tov_core_log(book->core, TOV_HOST_ERROR, "book-differs",
                 "message=%llu hint=\"the case book's snapshot did not say what the ledger says; "
                 "it is made again\"",
                 (unsigned long long)number);
    return TOV_OK;
}

static enum tov_err compare_some(struct tov_book *book, struct tov_store_read *read, size_t count)
{
    struct book_checking *checking = &book->checking;
    struct tov_store_range range = {.table = TOV_TABLE_EVENT,
                                    .first = tov_store_key_u64(checking->next),
                                    .last = tov_store_key_u64(checking->until)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && count > 0 && !checking->must_begin_anew && tov_store_iter_next(&iter)) {
        err = compare(book, read, &iter.row);
        count--;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

enum tov_err tov_book_check(struct tov_book *book, struct tov_store_read *read, size_t count)
{
    if (!tov_book_has_unchecked(book) || !book->is_loaded)
        return TOV_OK;
    book->checking.must_begin_anew = book->checking.must_begin_anew || is_outdated(book);
    if (!book->checking.must_begin_anew)
        TOV_TRY(compare_some(book, read, count));
    if (!book->checking.must_begin_anew || book_has_listed(book))
        return TOV_OK; /* what is listed is written by the next turns, and then read */
    book_blocks_drop(book, 1);
    book_begin_anew(book);
    book->is_loaded = true; /* the blocks of this moment are of no use */
    return TOV_OK;
}
