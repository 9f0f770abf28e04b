/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/retell.h"

#include <stdio.h>
#include <string.h>

#include "cli/language.h"

#define PIECES_MAX 3u
#define PIECE "%s"
#define PIECE_SIZE 2u

/* As they stand where they are first known; what is different each time is "%s" here. */
static const char *const lines[] = {
    N_("the roles of your key do not allow this"),
    N_("sender_unit is not one of your units"),
    N_("there is no such unit in this agency, or it is not one of yours"),
    N_("in_reply_to names no message that is held here and is for your units"),
    N_("recipients: agency %s is not in the roster, or is closed"),
    N_("recipients: two units of agency %s; send two messages with one event_ref"),
    N_("the message's text is longer than %s bytes: send the long text as an attachment"),
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text, in two lines */
    N_("the node's disk is nearly full and takes no new messages; keep the draft and call the "
       "operator"),
    N_("the node does not wait for a majority of its keepers: there is nothing to start"),
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

bool retell(const char *text, char *out, size_t size)
{
    struct piece pieces[PIECES_MAX] = {{"", 0}}; /* msgfmt sees that no translation asks for more */
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        if (!fits(lines[i], text, pieces))
            continue;
        fill_in(_(lines[i]), pieces, out, size);
        return true;
    }
    return false;
}
