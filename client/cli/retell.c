/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/retell.h"

#include <stdio.h>
#include <string.h>

#include "cli/language.h"
#include "cli/refusals.h"

#define PIECES_MAX 3u
#define PIECE "%s"
#define PIECE_SIZE 2u

/* Of libtov and of key files, as they stand where they are first known; what is different each time
 * is "%s" here. */
static const char *const lines[] = {
    N_("%s: others than its owner can use it (mode %s); chmod 600 it, and replace the key if they "
       "may have read it"),
    N_("%s: belongs to another user; chown it to this one"),
    N_("%s: a symbolic link; name the key file itself"),
    N_("%s: not a regular file; name the key file itself"),
    N_("%s: cannot open: No such file or directory"),
    N_("%s: cannot open: Permission denied"),
    N_("not JSON (line %s, column %s)"),
    N_("not a JSON object (line 1)"),
    N_("endpoint: write tcp://HOST:PORT or ipc:///PATH"),
    N_("tcp endpoint: write tcp://HOST:PORT"),
};

struct piece {
    const char *at;
    size_t size;
};

/* Whether TEXT is LINE with something for each "%s"; OUT_PIECES: what. */
static bool fits(const char *line, const char *text, struct piece *out_pieces)
{
    size_t count = 0;
    for (const char *mark; (mark = strstr(line, PIECE)) != NULL; line = mark + PIECE_SIZE) {
        char next[160];
        const char *rest = mark + PIECE_SIZE;
        const char *second = strstr(rest, PIECE);
        size_t before = (size_t)(mark - line);
        size_t size = second == NULL ? strlen(rest) : (size_t)(second - rest);
        if (strncmp(line, text, before) != 0 || count == PIECES_MAX || size >= sizeof next)
            return false;
        text += before;
        memcpy(next, rest, size);
        next[size] = '\0';
        const char *end = size == 0 ? text + strlen(text) : strstr(text, next);
        if (end == NULL)
            return false;
        out_pieces[count++] = (struct piece){text, (size_t)(end - text)};
        text = end;
    }
    return strcmp(line, text) == 0;
}

static void fill_in(const char *line, const struct piece *pieces, char *out, size_t size)
{
    size_t used = 0;
    for (const char *mark; used < size && (mark = strstr(line, PIECE)) != NULL;
         line = mark + PIECE_SIZE, pieces++)
        used += (size_t)snprintf(out + used, size - used, "%.*s%.*s", (int)(mark - line), line,
                                 (int)pieces->size, pieces->at);
    if (used < size)
        (void)snprintf(out + used, size - used, "%s", line);
}

static bool retell_as(const char *line, const char *text, char *out, size_t size)
{
    struct piece pieces[PIECES_MAX] = {{"", 0}}; /* msgfmt sees that no translation asks for more */
    if (!fits(line, text, pieces))
        return false;
    fill_in(_(line), pieces, out, size);
    return true;
}

bool retell(const char *text, char *out, size_t size)
{
    bool is_told = false;
    for (size_t i = 0; !is_told && i < sizeof lines / sizeof lines[0]; i++)
        is_told = retell_as(lines[i], text, out, size);
    for (size_t i = 0; !is_told && refusals[i] != NULL; i++)
        is_told = retell_as(refusals[i], text, out, size);
    return is_told;
}
