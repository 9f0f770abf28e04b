/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "telling/text.h"

#define GAP ((size_t)2)
#define FLEXIBLE_MIN 8u

void table_init(struct table *table, struct cli *cli, unsigned columns, unsigned flexible)
{
    *table = (struct table){
        .cli = cli, .columns = columns, .flexible = flexible, .flexible_2 = TABLE_COLUMNS_MAX};
}

static char *cell_at(const struct table *table, size_t row, unsigned column)
{
    return table->cells + (row * table->columns + column) * TABLE_CELL_BYTES;
}

void table_add(struct table *table, const char *const *cells, bool is_marked)
{
    size_t row_bytes = (size_t)table->columns * TABLE_CELL_BYTES;
    char *grown = reallocarray(table->cells, table->rows + 1, row_bytes);
    if (grown != NULL)
        table->cells = grown;
    bool *marks = reallocarray(table->marked, table->rows + 1, sizeof *marks);
    if (marks != NULL)
        table->marked = marks;
    if (grown == NULL || marks == NULL) {
        table->failed = true;
        return;
    }
    for (unsigned i = 0; i < table->columns; i++)
        (void)snprintf(cell_at(table, table->rows, i), TABLE_CELL_BYTES, "%s", cells[i]);
    table->marked[table->rows++] = is_marked;
}

static void measure(const struct table *table, size_t widths[TABLE_COLUMNS_MAX])
{
    size_t total = GAP * (table->columns - 1);
    for (unsigned column = 0; column < table->columns; column++) {
        widths[column] = 0;
        for (size_t row = 0; row < table->rows; row++) {
            size_t width = text_width(cell_at(table, row, column));
            widths[column] = width > widths[column] ? width : widths[column];
        }
        total += widths[column];
    }
    unsigned giving[2] = {table->flexible, table->flexible_2};
    for (unsigned i = 0; i < 2 && total > table->cli->columns; i++) {
        if (giving[i] >= table->columns)
            continue;
        size_t *width = &widths[giving[i]];
        size_t over = total - table->cli->columns;
        size_t least = *width < FLEXIBLE_MIN ? *width : FLEXIBLE_MIN;
        size_t cut = *width - least < over ? *width - least : over;
        *width -= cut;
        total -= cut;
    }
}

static void put_row(const struct table *table, size_t row, const size_t *widths)
{
    struct cli *cli = table->cli;
    struct tov_buf *page = &cli->page;
    bool is_bold = cli->colour && (table->marked[row] || row == 0);
    if (is_bold)
        tov_buf_put_text(page, row == 0 ? "\033[4m" : "\033[1m");
    for (unsigned i = 0; i < table->columns; i++) {
        bool is_last = i + 1 == table->columns;
        const char *cell = cell_at(table, row, i);
        size_t width = text_width(cell);
        text_put_padded(page, cell, is_last && width < widths[i] && !is_bold ? width : widths[i]);
        if (!is_last)
            cli_say(cli, "%*s", (int)GAP, "");
    }
    tov_buf_put_text(page, is_bold ? "\033[0m\n" : "\n");
}

void table_put(struct table *table)
{
    size_t widths[TABLE_COLUMNS_MAX];
    if (table->failed)
        table->cli->page.failed = TOV_E_NOMEM;
    measure(table, widths);
    for (size_t row = 0; row < table->rows && !table->failed; row++)
        put_row(table, row, widths);
    free(table->cells);
    free(table->marked);
    table->cells = NULL;
    table->marked = NULL;
    table->rows = 0;
}
