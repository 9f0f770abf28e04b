/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/language.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_SIZE 4096

static void use_fallback_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    if (setlocale(LC_ALL, "C.UTF-8") == NULL)
        return;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && value[0] != '\0') {
            (void)setenv("LANGUAGE", value, 0);
            return;
        }
    }
}

/* CHOICE counts whatever the locale is: a locale named C is never translated. */
static void use_choice(const char *choice)
{
    const char *messages = setlocale(LC_MESSAGES, NULL);
    if (messages == NULL || strcmp(messages, "C") == 0 || strcmp(messages, "POSIX") == 0)
        (void)setlocale(LC_ALL, "C.UTF-8");
    (void)setenv("LANGUAGE", choice, 1);
}

/* ../share/locale beside the folder of this program, when it is there. */
static const char *catalogue_folder(char *path, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    if (length <= 0)
        return TOV_LOCALE_DIR;
    path[length] = '\0';
    char *slash = strrchr(path, '/');
    static const char beside[] = "/../share/locale";
    if (slash == NULL || (size_t)(slash - path) + sizeof beside > size)
        return TOV_LOCALE_DIR;
    memcpy(slash, beside, sizeof beside);
    return access(path, F_OK) == 0 ? path : TOV_LOCALE_DIR;
}

enum tov_words language_begin(const char *choice)
{
    static char folder[PATH_SIZE];
    if (setlocale(LC_ALL, "") == NULL)
        use_fallback_locale();
    if (choice != NULL)
        use_choice(choice);
    (void)bindtextdomain(TOV_TEXT_DOMAIN, catalogue_folder(folder, sizeof folder));
    (void)bind_textdomain_codeset(TOV_TEXT_DOMAIN, "UTF-8");
    (void)textdomain(TOV_TEXT_DOMAIN);
    /* Translators: the code of the language that you translate into. */
    return strcmp(_("en"), "da") == 0 ? TOV_WORDS_DA : TOV_WORDS_EN;
}
