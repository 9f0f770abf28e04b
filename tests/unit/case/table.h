/* SPDX-License-Identifier: EUPL-1.2
 *
 * A hand-written table for tests: one row a line, columns apart by tabulators, "#" begins a
 * comment.
 */
#ifndef TOV_TESTS_CASE_TABLE_H
#define TOV_TESTS_CASE_TABLE_H

#include <stddef.h>

#define TABLE_COLUMNS_MAX 8
#define TABLE_ROWS_MAX 256

struct table {
    char *text;
    const char *rows[TABLE_ROWS_MAX][TABLE_COLUMNS_MAX]; /* in TEXT */
    size_t lines[TABLE_ROWS_MAX];                        /* line in the file, from 1 */
    size_t count;
};

/* Stops the program when the file is not there or a row has another number of columns. */
struct table *table_read(const char *path);
void table_free(struct table *table);

#endif
