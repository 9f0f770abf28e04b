/* SPDX-License-Identifier: EUPL-1.2 */
#include "telling/pattern.h"

#include <stdio.h>
#include <string.h>

#define MARK "%s"
#define MARK_SIZE 2u
#define BETWEEN_MAX 160u /* bytes of a pattern between two marks */

bool pattern_fits(const char *pattern, const char *text, struct pattern_piece *out_pieces)
{
    size_t count = 0;
    for (size_t i = 0; i < PATTERN_PIECES_MAX; i++)
        out_pieces[i] = (struct pattern_piece){"", 0};
    for (const char *mark; (mark = strstr(pattern, MARK)) != NULL; pattern = mark + MARK_SIZE) {
        char next[BETWEEN_MAX];
        const char *rest = mark + MARK_SIZE;
        const char *second = strstr(rest, MARK);
        size_t before = (size_t)(mark - pattern);
        size_t size = second == NULL ? strlen(rest) : (size_t)(second - rest);
        if (strncmp(pattern, text, before) != 0 || count == PATTERN_PIECES_MAX ||
            size >= sizeof next)
            return false;
        text += before;
        memcpy(next, rest, size);
        next[size] = '\0';
        const char *end = size == 0 ? text + strlen(text) : strstr(text, next);
        if (end == NULL)
            return false;
        out_pieces[count++] = (struct pattern_piece){text, (size_t)(end - text)};
        text = end;
    }
    return strcmp(pattern, text) == 0;
}

void pattern_fill(const char *pattern, const struct pattern_piece *pieces, char *out, size_t size)
{
    size_t used = 0, count = 0;
    for (const char *mark;
         used < size && count < PATTERN_PIECES_MAX && (mark = strstr(pattern, MARK)) != NULL;
         pattern = mark + MARK_SIZE, count++)
        used += (size_t)snprintf(out + used, size - used, "%.*s%.*s", (int)(mark - pattern),
                                 pattern, (int)pieces[count].size, pieces[count].at);
    if (used < size)
        (void)snprintf(out + used, size - used, "%s", pattern);
}
