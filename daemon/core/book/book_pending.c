/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages between writing and reading back: the next one that is written must know them,
 * though no event of theirs is committed. Their headers are copied and, for the most part,
 * forgotten when the commit comes; who asks puts them into the groups before their time.
 */
#include "book/book_internal.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

static void forget(struct book_pending *pending)
{
    if (pending->listed)
        return; /* the groups have its header */
    tov_wipe(pending->entry.header, pending->entry.header_size);
    free(pending->entry.header);
}

/* Those up to COMMITTED can be read from the store, unless they are listed: then until they are. */
static void drop(struct tov_book *book, uint64_t committed)
{
    size_t kept = 0;
    for (size_t i = 0; i < book->pending_count; i++) {
        struct book_pending *pending = &book->pending[i];
        uint64_t until = pending->listed ? book->newest : committed;
        if (pending->entry.number <= until)
            forget(pending);
        else
            book->pending[kept++] = *pending;
    }
    book->pending_count = kept;
}

void book_pending_drop(struct tov_book *book)
{
    drop(book, book->newest);
}

void book_pending_fini(struct tov_book *book)
{
    for (size_t i = 0; i < book->pending_count; i++)
        forget(&book->pending[i]);
    free(book->pending);
}

static enum tov_err grow(struct tov_book *book)
{
    size_t capacity = book->pending_capacity == 0 ? 64 : book->pending_capacity * 2;
    struct book_pending *pending = realloc(book->pending, capacity * sizeof *pending);
    if (pending == NULL)
        return TOV_E_NOMEM;
    book->pending = pending;
    book->pending_capacity = capacity;
    return TOV_OK;
}

enum tov_err tov_book_note_written(struct tov_book *book, const struct tov_book_written *written)
{
    struct book_pending pending = {
        .entry = {.number = written->number,
                  .ref = written->ref,
                  .written_ms = written->written_ms,
                  .roster_version = tov_roster_version(book->core->roster),
                  .header_size = (uint32_t)written->header.size}};
    if (book->pending_count == book->pending_capacity) {
        drop(book, written->committed);
        if (2 * book->pending_count >= book->pending_capacity)
            TOV_TRY(grow(book));
    }
    pending.entry.header = malloc(written->header.size);
    if (pending.entry.header == NULL)
        return TOV_E_NOMEM;
    memcpy(pending.entry.header, written->header.data, written->header.size);
    book->pending[book->pending_count++] = pending;
    return TOV_OK;
}

bool book_has_listed(const struct tov_book *book)
{
    for (size_t i = 0; i < book->pending_count; i++) {
        if (book->pending[i].listed)
            return true;
    }
    return false;
}

/* What was begun and ended by a lack of memory goes on where it stood. */
static enum tov_err list(struct tov_book *book, struct book_pending *pending)
{
    struct book_told told;
    TOV_TRY(book_told_init(book->core, &pending->entry, &told));
    enum tov_err err = pending->listed ? TOV_OK : book_add(book, &pending->entry, &pending->at);
    pending->listed = err == TOV_OK; /* its header is the book's */
    if (err == TOV_OK)
        err = book_group_in(book, pending->at, &told.told);
    pending->grouped = err == TOV_OK;
    book_told_fini(&told);
    return err;
}

enum tov_err book_find_listed(struct tov_book *book, uint64_t number, uint32_t *out_entry)
{
    for (size_t i = 0; i < book->pending_count; i++) {
        struct book_pending *pending = &book->pending[i];
        if (pending->entry.number != number || !pending->listed)
            continue;
        *out_entry = pending->at;
        return pending->grouped ? TOV_OK : list(book, pending);
    }
    return TOV_E_NOT_FOUND;
}

enum tov_err book_pending_list(struct tov_book *book)
{
    for (size_t i = 0; i < book->pending_count; i++) {
        if (!book->pending[i].grouped)
            TOV_TRY(list(book, &book->pending[i]));
    }
    return TOV_OK;
}
