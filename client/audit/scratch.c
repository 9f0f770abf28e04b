/* SPDX-License-Identifier: EUPL-1.2
 *
 * See scratch.h. A page of a table is TOV_SCRATCH_PAGE_ROWS rows of 48 bytes, somewhere in the
 * file.
 */
#include "audit/scratch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROW_BYTES ((size_t)48)
#define PAGE_BYTES (ROW_BYTES * TOV_SCRATCH_PAGE_ROWS)
#define MARKS_PAGE_BYTES ((size_t)4096)
#define MARKS_PAGE_BITS (8 * MARKS_PAGE_BYTES)
#define MARKS_PAGE_RANGES (MARKS_PAGE_BYTES / sizeof(struct tov_marks_item))
#define MARKS_MAX (1ull << 36)

enum tov_err tov_scratch_open(struct tov_scratch *out_scratch)
{
    const char *folder = getenv("TMPDIR");
    char name[512] = "/tmp/tov-audit-XXXXXX";
    if (folder != NULL && *folder == '/' && strlen(folder) + 20 < sizeof name)
        (void)snprintf(name, sizeof name, "%s/tov-audit-XXXXXX", folder);
    int fd = mkstemp(name);
    if (fd < 0)
        return TOV_E_IO;
    (void)unlink(name);
    *out_scratch = (struct tov_scratch){.fd = fd};
    return TOV_OK;
}

void tov_scratch_close(struct tov_scratch *scratch)
{
    if (scratch->fd >= 0)
        (void)close(scratch->fd);
    scratch->fd = -1;
}

void tov_table_fini(struct tov_table *table)
{
    free(table->pages);
    *table = (struct tov_table){0};
}

static off_t place_of(const struct tov_table *table, uint64_t at)
{
    return (off_t)(table->pages[at / TOV_SCRATCH_PAGE_ROWS] * PAGE_BYTES +
                   at % TOV_SCRATCH_PAGE_ROWS * ROW_BYTES);
}

static enum tov_err add_page(struct tov_scratch *scratch, struct tov_table *table)
{
    if (scratch->pages >= TOV_SCRATCH_PAGES_MAX)
        return TOV_E_LIMIT;
    if (table->page_count == table->page_capacity) {
        size_t capacity = table->page_capacity == 0 ? 8 : 2 * table->page_capacity;
        uint64_t *pages = realloc(table->pages, capacity * sizeof *pages);
        if (pages == NULL)
            return TOV_E_NOMEM;
        table->pages = pages;
        table->page_capacity = capacity;
    }
    table->pages[table->page_count++] = scratch->pages++;
    return TOV_OK;
}

static enum tov_err write_row(const struct tov_scratch *scratch, const struct tov_table *table,
                              uint64_t at, const struct tov_row *row)
{
    uint8_t bytes[ROW_BYTES];
    tov_put_be64(bytes, row->number);
    tov_put_be64(bytes + 8, row->index);
    memcpy(bytes + 16, row->hash.bytes, TOV_HASH_BYTES);
    return pwrite(scratch->fd, bytes, sizeof bytes, place_of(table, at)) == (ssize_t)sizeof bytes
               ? TOV_OK
               : TOV_E_IO;
}

enum tov_err tov_table_put(struct tov_scratch *scratch, struct tov_table *table,
                           const struct tov_row *row)
{
    if (table->rows == table->page_count * (uint64_t)TOV_SCRATCH_PAGE_ROWS)
        TOV_TRY(add_page(scratch, table));
    TOV_TRY(write_row(scratch, table, table->rows, row));
    table->rows++;
    return TOV_OK;
}

void tov_table_cut(struct tov_table *table, uint64_t rows)
{
    assert(rows <= table->rows);
    table->rows = rows;
}

enum tov_err tov_table_get(const struct tov_scratch *scratch, const struct tov_table *table,
                           uint64_t at, struct tov_row *out_row)
{
    uint8_t bytes[ROW_BYTES];
    if (pread(scratch->fd, bytes, sizeof bytes, place_of(table, at)) != (ssize_t)sizeof bytes)
        return TOV_E_IO;
    out_row->number = tov_get_be64(bytes);
    out_row->index = tov_get_be64(bytes + 8);
    memcpy(out_row->hash.bytes, bytes + 16, TOV_HASH_BYTES);
    return TOV_OK;
}

static enum tov_err find(const struct tov_scratch *scratch, const struct tov_table *table,
                         uint64_t number, uint64_t *out_at, struct tov_row *out_row)
{
    uint64_t low = 0, high = table->rows;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        TOV_TRY(tov_table_get(scratch, table, middle, out_row));
        *out_at = middle;
        if (out_row->number == number)
            return TOV_OK;
        if (out_row->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return TOV_E_NOT_FOUND;
}

enum tov_err tov_table_find(const struct tov_scratch *scratch, const struct tov_table *table,
                            uint64_t number, struct tov_row *out_row)
{
    uint64_t at;
    return find(scratch, table, number, &at, out_row);
}

enum tov_err tov_table_change(const struct tov_scratch *scratch, const struct tov_table *table,
                              const struct tov_row *row)
{
    uint64_t at;
    struct tov_row old;
    TOV_TRY(find(scratch, table, row->number, &at, &old));
    return write_row(scratch, table, at, row);
}

/* ---- marks ---- */

void tov_marks_fini(struct tov_marks *marks)
{
    for (size_t i = 0; i < marks->pages.count; i++)
        free(marks->pages.items[i].as.bits);
    free(marks->pages.items);
    free(marks->ranges.items);
    *marks = (struct tov_marks){0};
}

/* The first item that is not below FIRST. */
static size_t find_item(const struct tov_marks_list *list, uint64_t first)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->items[middle].first < first)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static enum tov_err take_pages(struct tov_marks_room *room, size_t count)
{
    if (count > TOV_MARKS_PAGES_MAX - room->pages)
        return TOV_E_LIMIT;
    room->pages += count;
    return TOV_OK;
}

static enum tov_err set_capacity(struct tov_marks_list *list, size_t capacity)
{
    struct tov_marks_item *items = realloc(list->items, capacity * sizeof *items);
    if (items == NULL)
        return TOV_E_NOMEM;
    list->items = items;
    list->capacity = capacity;
    return TOV_OK;
}

/* There is room for it. */
static void insert(struct tov_marks_list *list, size_t at, struct tov_marks_item item)
{
    memmove(&list->items[at + 1], &list->items[at], (list->count - at) * sizeof *list->items);
    list->items[at] = item;
    list->count++;
}

static bool has_page(const struct tov_marks_list *pages, size_t at, uint64_t number)
{
    return at < pages->count && pages->items[at].first == number;
}

static enum tov_err add_marks_page(struct tov_marks_room *room, struct tov_marks_list *pages,
                                   size_t at, uint64_t number)
{
    if (pages->count == pages->capacity)
        TOV_TRY(set_capacity(pages, pages->capacity == 0 ? 8 : 2 * pages->capacity));
    TOV_TRY(take_pages(room, 1));
    uint8_t *bits = calloc(1, MARKS_PAGE_BYTES);
    if (bits == NULL)
        return TOV_E_NOMEM;
    insert(pages, at, (struct tov_marks_item){number, {.bits = bits}});
    return TOV_OK;
}

enum tov_err tov_marks_put(struct tov_marks_room *room, struct tov_marks *marks, uint64_t index)
{
    uint64_t number = index / MARKS_PAGE_BITS;
    size_t at = find_item(&marks->pages, number);
    if (index >= MARKS_MAX)
        return TOV_E_LIMIT;
    if (!has_page(&marks->pages, at, number))
        TOV_TRY(add_marks_page(room, &marks->pages, at, number));
    marks->pages.items[at].as.bits[index % MARKS_PAGE_BITS / 8] |= (uint8_t)(1u << (index % 8));
    return TOV_OK;
}

static enum tov_err add_range(struct tov_marks_room *room, struct tov_marks_list *ranges, size_t at,
                              struct tov_marks_item range)
{
    size_t capacity = ranges->capacity == 0 ? MARKS_PAGE_RANGES : 2 * ranges->capacity;
    if (ranges->count == TOV_MARKS_RANGES_MAX)
        return TOV_E_LIMIT;
    if (ranges->count == ranges->capacity) {
        TOV_TRY(take_pages(room, (capacity - ranges->capacity) / MARKS_PAGE_RANGES));
        TOV_TRY(set_capacity(ranges, capacity));
    }
    insert(ranges, at, range);
    return TOV_OK;
}

enum tov_err tov_marks_put_range(struct tov_marks_room *room, struct tov_marks *marks,
                                 uint64_t first, uint64_t end)
{
    struct tov_marks_list *ranges = &marks->ranges;
    struct tov_marks_item *items = ranges->items;
    size_t at = find_item(ranges, first), next;
    if (first >= end)
        return TOV_OK;
    if (at > 0 && items[at - 1].as.end >= first)
        at--;
    for (next = at; next < ranges->count && items[next].first <= end; next++) {
        first = items[next].first < first ? items[next].first : first;
        end = items[next].as.end > end ? items[next].as.end : end;
    }
    struct tov_marks_item range = {first, {.end = end}};
    if (next == at)
        return add_range(room, ranges, at, range);
    items[at] = range; /* in the place of all that it touches */
    memmove(&items[at + 1], &items[next], (ranges->count - next) * sizeof *items);
    ranges->count -= next - at - 1;
    return TOV_OK;
}

static bool has_bit(const struct tov_marks_item *page, uint64_t index)
{
    return (page->as.bits[index % MARKS_PAGE_BITS / 8] >> (index % 8) & 1) != 0;
}

static bool is_in_range(const struct tov_marks_list *ranges, uint64_t index)
{
    size_t after = index == UINT64_MAX ? ranges->count : find_item(ranges, index + 1);
    return after > 0 && index < ranges->items[after - 1].as.end;
}

bool tov_marks_has(const struct tov_marks *marks, uint64_t index)
{
    size_t at = find_item(&marks->pages, index / MARKS_PAGE_BITS);
    return is_in_range(&marks->ranges, index) ||
           (has_page(&marks->pages, at, index / MARKS_PAGE_BITS) &&
            has_bit(&marks->pages.items[at], index));
}

bool tov_marks_has_in_range(const struct tov_marks *marks, uint64_t index)
{
    return is_in_range(&marks->ranges, index);
}

bool tov_marks_next(const struct tov_marks *marks, uint64_t *index)
{
    uint64_t at = *index;
    for (size_t i = find_item(&marks->pages, at / MARKS_PAGE_BITS); i < marks->pages.count; i++) {
        const struct tov_marks_item *page = &marks->pages.items[i];
        uint64_t begin = page->first * MARKS_PAGE_BITS;
        for (at = at < begin ? begin : at; at < begin + MARKS_PAGE_BITS; at++) {
            if (has_bit(page, at)) {
                *index = at;
                return true;
            }
        }
    }
    return false;
}
