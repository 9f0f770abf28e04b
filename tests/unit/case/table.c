/* SPDX-License-Identifier: EUPL-1.2 */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/unit.h"

static char *read_all(const char *path)
{
    FILE *file = fopen(path, "rb");
    UNIT_NEED(file != NULL);
    UNIT_NEED(fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    UNIT_NEED(size >= 0 && fseek(file, 0, SEEK_SET) == 0);
    char *text = calloc(1, (size_t)size + 1);
    UNIT_NEED(text != NULL && fread(text, 1, (size_t)size, file) == (size_t)size);
    (void)fclose(file);
    return text;
}

static void add_row(struct table *table, char *line, size_t number)
{
    UNIT_NEED(table->count < TABLE_ROWS_MAX);
    const char **columns = table->rows[table->count];
    table->lines[table->count++] = number;
    size_t count = 0;
    for (char *at = line; at != NULL && count < TABLE_COLUMNS_MAX; count++) {
        columns[count] = at;
        at = strchr(at, '\t');
        if (at != NULL)
            *at++ = '\0';
    }
    if (count != TABLE_COLUMNS_MAX)
        (void)fprintf(stderr, "line %zu has %zu columns\n", number, count);
    UNIT_NEED(count == TABLE_COLUMNS_MAX && strchr(columns[count - 1], '\t') == NULL);
}

struct table *table_read(const char *path)
{
    struct table *table = calloc(1, sizeof *table);
    UNIT_NEED(table != NULL);
    table->text = read_all(path);
    size_t number = 0;
    for (char *line = table->text; line != NULL && *line != '\0';) {
        char *end = strchr(line, '\n');
        if (end != NULL)
            *end++ = '\0';
        number++;
        if (*line != '#' && *line != '\0')
            add_row(table, line, number);
        line = end;
    }
    return table;
}

void table_free(struct table *table)
{
    if (table == NULL)
        return;
    free(table->text);
    free(table);
}
