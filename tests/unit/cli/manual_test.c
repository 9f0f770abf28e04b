/* SPDX-License-Identifier: EUPL-1.2
 *
 * The manuals know every command and option of the table that tov itself parses and helps by, and
 * no other. Runs from the root of the sources.
 */
#include "cli_scene.h"

#include "cli/command.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define BOOK "docs/cli.md"
#define PAGE "man/tov.1"
#define NAME_SIZE 64

/* All of the file; free() it. */
static char *read_file(const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *file = fopen(path, "r");
    UNIT_NEED(file != NULL);
    UNIT_NEED(getdelim(&text, &size, '\0', file) > 0);
    (void)fclose(file);
    return text;
}

static bool is_of_name(char character)
{
    return islower((unsigned char)character) != 0 || character == '-';
}

/* Whether LEAD and NAME stand in TEXT, and NAME ends there. */
static bool has(const char *text, const char *lead, const char *name)
{
    char words[2 * NAME_SIZE];
    (void)snprintf(words, sizeof words, "%s%s", lead, name);
    for (const char *at = text; (at = strstr(at, words)) != NULL; at++) {
        if (!is_of_name(at[strlen(words)]))
            return true;
    }
    return false;
}

static void expect(const char *path, const char *text, const char *lead, const char *name)
{
    bool is_there = has(text, lead, name);
    if (!is_there)
        printf("\n%s does not have: %s%s\n", path, lead, name);
    CU_ASSERT(is_there);
}

static void expect_options(const struct cli_option *options, const char *book, const char *page)
{
    for (; options->name != NULL; options++) {
        expect(BOOK, book, "--", options->name);
        expect(PAGE, page, "Fl -", options->name);
    }
}

static void every_command_and_option_is_in_the_manuals(void)
{
    char *book = read_file(BOOK);
    char *page = read_file(PAGE);
    for (size_t i = 0; cli_commands[i] != NULL; i++) {
        const char *name = cli_commands[i]->name;
        expect(BOOK, book, strncmp(name, "drafts ", 7) == 0 ? "" : "tov ", name);
        expect(PAGE, page, ".It Cm ", name);
        expect_options(cli_commands[i]->options, book, page);
    }
    expect_options(command_common_options, book, page);
    free(book);
    free(page);
}

static bool is_option_of(const struct cli_option *options, const char *name)
{
    for (; options->name != NULL; options++) {
        if (strcmp(options->name, name) == 0)
            return true;
    }
    return false;
}

static bool is_option(const char *name)
{
    bool is = strcmp(name, "version") == 0 || is_option_of(command_common_options, name);
    for (size_t i = 0; cli_commands[i] != NULL; i++)
        is = is || is_option_of(cli_commands[i]->options, name);
    return is;
}

static void the_page_has_no_option_that_is_gone(void)
{
    char *page = read_file(PAGE);
    size_t found = 0;
    for (const char *at = page; (at = strstr(at, "Fl -")) != NULL; found++) {
        char name[NAME_SIZE];
        size_t size = 0;
        at += strlen("Fl -");
        while (is_of_name(at[size]) && size + 1 < sizeof name)
            size++;
        memcpy(name, at, size);
        name[size] = '\0';
        if (!is_option(name))
            printf("\n%s: there is no --%s\n", PAGE, name);
        CU_ASSERT(is_option(name));
    }
    CU_ASSERT(found > 20);
    free(page);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(every_command_and_option_is_in_the_manuals),
        UNIT_TEST(the_page_has_no_option_that_is_gone),
    };
    return unit_run("tov: its manuals", tests, sizeof tests / sizeof tests[0]);
}
