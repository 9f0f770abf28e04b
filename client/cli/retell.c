/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/retell.h"

#include "cli/language.h"
#include "cli/refusals.h"
#include "telling/pattern.h"

/* Of libtov and of key files, as they stand where they are first known; what is different each time
 * is "%s" here. */
static const char *const lines[] = {
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one text, over the width of a line */
    N_("%s: others than its owner can use it (mode %s); chmod 600 it, and replace the key if they "
       "may have read it"),
    N_("%s: belongs to another user; chown it to this one"),
    N_("%s: a symbolic link; name the key file itself"),
    N_("%s: not a regular file; name the key file itself"),
    N_("%s: cannot open: No such file or directory"),
    N_("%s: cannot open: Permission denied"),
    N_("%s: %s bytes, at most %s are read"),
    /* NOLINTNEXTLINE(bugprone-suspicious-missing-comma): as above */
    N_("%s: line 1, tov-key: expected here, found \"%s\" at indentation 0; each line stands once, "
       "in the order of docs/keys.md"),
    N_("%s: a %s key, but a %s key is needed here; one key has one use"),
    N_("%s: not a front.pub; tov-keys writes it beside the node's keys"),
    N_("export: the folder cannot be made: %s"),
    N_("export: a file cannot be written: %s"),
    N_("the attachment cannot be written: %s"),
    N_("no agency \"%s\" in the directory: it is not in the roster, or has ended"),
    N_("not JSON (line %s, column %s)"),
    N_("not a JSON object (line 1)"),
    N_("endpoint: write tcp://HOST:PORT or ipc:///PATH"),
    N_("tcp endpoint: write tcp://HOST:PORT"),
};

static bool retell_as(const char *line, const char *text, char *out, size_t size)
{
    struct pattern_piece pieces[PATTERN_PIECES_MAX];
    if (!pattern_fits(line, text, pieces))
        return false;
    pattern_fill(_(line), pieces, out, size);
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
