/* SPDX-License-Identifier: EUPL-1.2
 *
 * See words.h.
 */
#include "audit/words.h"

#include <limits.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BESIDE "../share/locale"

static void name_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    if (getenv("LANGUAGE") != NULL)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0') {
            (void)setenv("LANGUAGE", value, 0);
            return;
        }
    }
}

/* ../share/locale beside the folder of this program. */
static bool find_beside(char *out, size_t size)
{
    ssize_t got = readlink("/proc/self/exe", out, size - sizeof BESIDE);
    if (got <= 0)
        return false;
    out[got] = '\0';
    char *slash = strrchr(out, '/');
    if (slash == NULL)
        return false;
    memcpy(slash + 1, BESIDE, sizeof BESIDE);
    return access(out, R_OK) == 0;
}

void tov_words_init(void)
{
    char folder[PATH_MAX];
    if (setlocale(LC_ALL, "") == NULL) {
        (void)setlocale(LC_ALL, "C.UTF-8");
        name_language();
    }
    (void)bindtextdomain(TOV_TEXT_DOMAIN,
                         find_beside(folder, sizeof folder) ? folder : TOV_LOCALE_DIR);
    (void)bind_textdomain_codeset(TOV_TEXT_DOMAIN, "UTF-8");
    (void)textdomain(TOV_TEXT_DOMAIN);
}
