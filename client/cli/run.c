/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/run.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/language.h"
#include "telling/columns.h"

#define PAGE_MAX_BYTES 67108864u

/* What OPTION is given, or else VARIABLE, before the arguments are judged; NULL: nothing. */
static const char *early(const char *const *argv, const char *option, const char *variable)
{
    size_t size = strlen(option);
    for (size_t i = 0; argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], option, size) == 0 && argv[i][size] == '=')
            return argv[i] + size + 1;
        if (strcmp(argv[i], option) == 0)
            return argv[i + 1];
    }
    return getenv(variable);
}

static bool is_language(const char *choice)
{
    return strcmp(choice, "da") == 0 || strcmp(choice, "en") == 0;
}

/* The language must be known before the first word: what is wrong with the arguments, or with the
 * profile itself, is said in it too. */
static enum tov_words begin_language(const char *const *argv)
{
    struct cli_profile profile = {.name = ""};
    const char *choice = early(argv, "--lang", "TOV_LANG");
    if (choice == NULL) {
        (void)!profile_complete(&profile, early(argv, "--profile", "TOV_PROFILE"), NULL);
        choice = profile.language;
    }
    return language_begin(is_language(choice) ? choice : NULL);
}

static bool wants_json(const char *const *argv)
{
    for (size_t i = 0; argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

static void begin(struct cli *cli, const char *const *argv)
{
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    *cli = (struct cli){.page = TOV_BUF_INIT(PAGE_MAX_BYTES)};
    cli->words = begin_language(argv);
    cli->json = wants_json(argv);
    cli->stdout_is_terminal = isatty(STDOUT_FILENO) != 0;
    cli->stdin_is_terminal = isatty(STDIN_FILENO) != 0;
    cli->columns = columns_of_page();
    cli->colour = cli->stdout_is_terminal && (no_colour == NULL || no_colour[0] == '\0') &&
                  terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static enum tov_err copy_option(struct cli *cli, const struct cli_arguments *arguments,
                                const char *name, char out[PROFILE_TEXT_SIZE])
{
    const char *value = command_get(arguments, name);
    if (value == NULL)
        return TOV_OK;
    if (strlen(value) >= PROFILE_TEXT_SIZE)
        return cli_fail(cli, TOV_E_ARGUMENT, _("--%s is too long."), name);
    memcpy(out, value, strlen(value) + 1);
    return TOV_OK;
}

static enum tov_err settle_profile(struct cli *cli, const struct cli_arguments *arguments)
{
    const char *name = command_get(arguments, "profile");
    const char *language = command_get(arguments, "lang");
    if (name == NULL)
        name = getenv("TOV_PROFILE");
    if (language != NULL && !is_language(language))
        return cli_fail(cli, TOV_E_ARGUMENT, _("--lang is da or en."));
    TOV_TRY(copy_option(cli, arguments, "node", cli->profile.node));
    TOV_TRY(copy_option(cli, arguments, "key", cli->profile.key));
    TOV_TRY(copy_option(cli, arguments, "server-key", cli->profile.server_key));
    return cli_own(cli, profile_complete(&cli->profile, name, &cli->error));
}

static enum tov_err run(struct cli *cli, const char *const *argv)
{
    static struct cli_arguments arguments; /* large */
    TOV_TRY(command_parse(cli_commands, argv, &arguments, cli));
    enum tov_err err = settle_profile(cli, &arguments);
    if (command_has(&arguments, "help")) {
        cli->json = false; /* help is for people, and is there also when the profile is broken */
        command_help(cli, cli_commands, arguments.command);
        return TOV_OK;
    }
    TOV_TRY(err);
    const struct cli_command *command = arguments.command;
    return (command == NULL ? &command_status : command)->run(cli, &arguments);
}

int cli_run(const char *const *argv)
{
    struct cli cli;
    if (argv[0] != NULL && argv[1] == NULL && strcmp(argv[0], "--version") == 0)
        return printf("tov %s\n", tov_version()) > 0 ? CLI_EXIT_DONE : CLI_EXIT_FAILED;
    begin(&cli, argv);
    return cli_finish(&cli, run(&cli, argv));
}
