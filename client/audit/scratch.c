/* SPDX-License-Identifier: EUPL-1.2
 *
 * See scratch.h. A page of a table is TOV_SCRATCH_PAGE_ROWS rows of 48 bytes, somewhere in the
 * file.
 */
#include "audit/scratch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROW_BYTES ((size_t)48)
#define PAGE_BYTES (ROW_BYTES * TOV_SCRATCH_PAGE_ROWS)
#define MARKS_PAGE_BYTES ((size_t)4096)
#define MARKS_PAGE_BITS (8 * MARKS_PAGE_BYTES)
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

static size_t pages_in_use; /* of all sets: those of all exports are there at once */

void tov_marks_fini(struct tov_marks *marks)
{
    for (size_t i = 0; i < marks->count; i++)
        free(marks->pages[i].bits);
    pages_in_use -= marks->count;
    free(marks->pages);
    free(marks->ranges);
    *marks = (struct tov_marks){0};
}

/* The first page that is not below NUMBER. */
static size_t find_page(const struct tov_marks *marks, uint64_t number)
{
    size_t low = 0, high = marks->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (marks->pages[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool has_page(const struct tov_marks *marks, size_t at, uint64_t number)
{
    return at < marks->count && marks->pages[at].number == number;
}

static enum tov_err add_marks_page(struct tov_marks *marks, size_t at, uint64_t number)
{
    if (pages_in_use == TOV_MARKS_PAGES_MAX)
        return TOV_E_LIMIT;
    if (marks->count == marks->capacity) {
        size_t capacity = marks->capacity == 0 ? 8 : 2 * marks->capacity;
        struct tov_marks_page *pages = realloc(marks->pages, capacity * sizeof *pages);
        if (pages == NULL)
            return TOV_E_NOMEM;
        marks->pages = pages;
        marks->capacity = capacity;
    }
    uint8_t *bits = calloc(1, MARKS_PAGE_BYTES);
    if (bits == NULL)
        return TOV_E_NOMEM;
    memmove(&marks->pages[at + 1], &marks->pages[at], (marks->count - at) * sizeof *marks->pages);
    marks->pages[at] = (struct tov_marks_page){number, bits};
    marks->count++;
    pages_in_use++;
    return TOV_OK;
}

enum tov_err tov_marks_put(struct tov_marks *marks, uint64_t index)
{
    uint64_t number = index / MARKS_PAGE_BITS;
    size_t at = find_page(marks, number);
    if (index >= MARKS_MAX)
        return TOV_E_LIMIT;
    if (!has_page(marks, at, number))
        TOV_TRY(add_marks_page(marks, at, number));
    marks->pages[at].bits[index % MARKS_PAGE_BITS / 8] |= (uint8_t)(1u << (index % 8));
    return TOV_OK;
}

enum tov_err tov_marks_put_range(struct tov_marks *marks, uint64_t first, uint64_t end)
{
    if (marks->range_count == TOV_MARKS_RANGES_MAX)
        return TOV_E_LIMIT;
    struct tov_marks_range *ranges =
        realloc(marks->ranges, (marks->range_count + 1) * sizeof *ranges);
    if (ranges == NULL)
        return TOV_E_NOMEM;
    marks->ranges = ranges;
    ranges[marks->range_count++] = (struct tov_marks_range){first, end};
    return TOV_OK;
}

static bool has_bit(const struct tov_marks_page *page, uint64_t index)
{
    return (page->bits[index % MARKS_PAGE_BITS / 8] >> (index % 8) & 1) != 0;
}

bool tov_marks_has(const struct tov_marks *marks, uint64_t index)
{
    for (size_t i = 0; i < marks->range_count; i++) {
        if (index >= marks->ranges[i].first && index < marks->ranges[i].end)
            return true;
    }
    size_t at = find_page(marks, index / MARKS_PAGE_BITS);
    return has_page(marks, at, index / MARKS_PAGE_BITS) && has_bit(&marks->pages[at], index);
}

bool tov_marks_next(const struct tov_marks *marks, uint64_t *index)
{
    uint64_t at = *index;
    for (size_t i = find_page(marks, at / MARKS_PAGE_BITS); i < marks->count; i++) {
        uint64_t begin = marks->pages[i].number * MARKS_PAGE_BITS;
        for (at = at < begin ? begin : at; at < begin + MARKS_PAGE_BITS; at++) {
            if (has_bit(&marks->pages[i], at)) {
                *index = at;
                return true;
            }
        }
    }
    return false;
}
