/* SPDX-License-Identifier: EUPL-1.2
 *
 * A table that fits the terminal: columns as wide as their longest cell, one of them giving way.
 * Not for: more than a page or two; all cells are held.
 */
#ifndef TOV_CLI_TABLE_H
#define TOV_CLI_TABLE_H

#include "cli/cli.h"

#define TABLE_COLUMNS_MAX 6u
#define TABLE_CELL_BYTES 256u

struct table {
    struct cli *cli;
    unsigned columns;
    unsigned flexible;   /* the column that is cut when the rows are too wide */
    unsigned flexible_2; /* and the next; TABLE_COLUMNS_MAX: none */
    size_t rows;
    char *cells;  /* rows * columns * TABLE_CELL_BYTES */
    bool *marked; /* per row: bold */
    bool failed;
};

void table_init(struct table *table, struct cli *cli, unsigned columns, unsigned flexible);
/* CELLS has one text for each column. The first row is the heading. */
void table_add(struct table *table, const char *const *cells, bool is_marked);
/* Puts the table on the page and ends it. */
void table_put(struct table *table);

#endif
