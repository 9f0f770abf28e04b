/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/command.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "cli/language.h"
#include "telling/text.h"

const struct cli_option command_common_options[] = {
    {"node", N_("ENDPOINT"), N_("the node: tcp://HOST:PORT or ipc:///PATH (TOV_NODE)"), false},
    {"key", N_("FILE"), N_("your key file (TOV_KEY)"), false},
    {"server-key", N_("FILE|HEX"), N_("the node's front.pub, or its 64 digits (TOV_SERVER_KEY)"),
     false},
    {"profile", N_("NAME"), N_("a profile of ~/.config/tov/config (TOV_PROFILE)"), false},
    {"lang", "da|en", N_("the language (TOV_LANG)"), false},
    {"json", NULL, N_("one JSON value on standard output"), false},
    {"help", NULL, N_("this help"), false},
    {NULL, NULL, NULL, false},
};

static const struct cli_option *find_in(const struct cli_option *options, const char *name,
                                        size_t size)
{
    for (; options != NULL && options->name != NULL; options++) {
        if (strlen(options->name) == size && memcmp(options->name, name, size) == 0)
            return options;
    }
    return NULL;
}

static const struct cli_option *find_option(const struct cli_command *command, const char *name,
                                            size_t size)
{
    const struct cli_option *option =
        command == NULL ? NULL : find_in(command->options, name, size);
    return option != NULL ? option : find_in(command_common_options, name, size);
}

/* How many words at ARGV are COMMAND's name; 0: they are not. */
static unsigned match_command(const struct cli_command *command, const char *const *argv)
{
    const char *blank = strchr(command->name, ' ');
    if (blank == NULL)
        return strcmp(argv[0], command->name) == 0 ? 1 : 0;
    size_t first = (size_t)(blank - command->name);
    bool is = strlen(argv[0]) == first && memcmp(argv[0], command->name, first) == 0 &&
              argv[1] != NULL && strcmp(argv[1], blank + 1) == 0;
    return is ? 2 : 0;
}

struct parsing {
    const struct cli_command *const *commands;
    const char *const *at;
    struct cli_arguments *arguments;
    struct cli *cli;
    bool words_only; /* behind "--" */
};

static enum tov_err take_option(struct parsing *parsing)
{
    struct cli_arguments *arguments = parsing->arguments;
    const char *name = *parsing->at + 2;
    const char *sign = strchr(name, '=');
    size_t size = sign == NULL ? strlen(name) : (size_t)(sign - name);
    const struct cli_option *option = find_option(arguments->command, name, size);
    if (option == NULL)
        return cli_fail(parsing->cli, TOV_E_ARGUMENT,
                        _("There is no option --%.*s. See tov %s%s--help"),
                        (int)(size > 40 ? 40 : size), name,
                        arguments->command == NULL ? "" : arguments->command->name,
                        arguments->command == NULL ? "" : " ");
    if (!option->many && command_has(arguments, option->name))
        return cli_fail(parsing->cli, TOV_E_ARGUMENT, _("--%s stands twice."), option->name);
    if (arguments->value_count == COMMAND_VALUES_MAX)
        return cli_fail(parsing->cli, TOV_E_ARGUMENT, _("There are more than %u options."),
                        COMMAND_VALUES_MAX);
    parsing->at++;
    const char *text = sign == NULL ? "" : sign + 1;
    if (option->value != NULL && sign == NULL) {
        if (*parsing->at == NULL || strncmp(*parsing->at, "--", 2) == 0) /* else: --NAME=--... */
            return cli_fail(parsing->cli, TOV_E_ARGUMENT, _("--%s wants a value: %s"), option->name,
                            _(option->value));
        text = *parsing->at++;
    } else if (option->value == NULL && sign != NULL) {
        return cli_fail(parsing->cli, TOV_E_ARGUMENT, _("--%s takes no value."), option->name);
    }
    arguments->values[arguments->value_count++] = (struct cli_value){option, text};
    return TOV_OK;
}

/* Of "attachment": the first command of two words that begins so. */
static const struct cli_command *begins_with(const struct parsing *parsing, const char *word)
{
    size_t size = strlen(word);
    for (size_t i = 0; parsing->commands[i] != NULL; i++) {
        const char *name = parsing->commands[i]->name;
        if (strncmp(name, word, size) == 0 && name[size] == ' ')
            return parsing->commands[i];
    }
    return NULL;
}

static enum tov_err fail_command(const struct parsing *parsing)
{
    const struct cli_command *longer = begins_with(parsing, *parsing->at);
    if (longer != NULL)
        return cli_fail(parsing->cli, TOV_E_ARGUMENT,
                        _("The command has two words: tov %s. See tov %s --help"), longer->name,
                        longer->name);
    return cli_fail(parsing->cli, TOV_E_ARGUMENT,
                    _("There is no command \"%.40s\". tov --help lists them."), *parsing->at);
}

static enum tov_err take_word(struct parsing *parsing)
{
    struct cli_arguments *arguments = parsing->arguments;
    if (arguments->command == NULL) {
        unsigned most = 0; /* "drafts edit" goes before "drafts" */
        for (size_t i = 0; parsing->commands[i] != NULL; i++) {
            unsigned words = match_command(parsing->commands[i], parsing->at);
            if (words > most)
                arguments->command = parsing->commands[i];
            most = words > most ? words : most;
        }
        parsing->at += most;
        if (most > 0)
            return TOV_OK;
        return fail_command(parsing);
    }
    if (arguments->word_count == arguments->command->words_max)
        return cli_fail(parsing->cli, TOV_E_ARGUMENT,
                        _("\"%.40s\" is one word too many. See tov %s --help"), *parsing->at,
                        arguments->command->name);
    arguments->words[arguments->word_count++] = *parsing->at++;
    return TOV_OK;
}

enum tov_err command_parse(const struct cli_command *const *commands, const char *const *argv,
                           struct cli_arguments *out_arguments, struct cli *cli)
{
    memset(out_arguments, 0, sizeof *out_arguments);
    struct parsing parsing = {commands, argv, out_arguments, cli, false};
    while (*parsing.at != NULL) {
        const char *text = *parsing.at;
        if (!parsing.words_only && strcmp(text, "--") == 0) {
            parsing.words_only = true;
            parsing.at++;
        } else if (!parsing.words_only && strncmp(text, "--", 2) == 0) {
            TOV_TRY(take_option(&parsing));
        } else if (!parsing.words_only && strcmp(text, "-h") == 0) {
            parsing.at++;
            out_arguments->values[out_arguments->value_count++] =
                (struct cli_value){find_in(command_common_options, "help", 4), ""};
        } else {
            TOV_TRY(take_word(&parsing));
        }
        if (out_arguments->value_count == COMMAND_VALUES_MAX)
            return cli_fail(cli, TOV_E_ARGUMENT, _("There are more than %u options."),
                            COMMAND_VALUES_MAX);
    }
    const struct cli_command *command = out_arguments->command;
    if (command != NULL && out_arguments->word_count < command->words_min &&
        !command_has(out_arguments, "help"))
        return cli_fail(cli, TOV_E_ARGUMENT, _("Something is missing: tov %s %s"), command->name,
                        _(command->words));
    return TOV_OK;
}

const char *command_get_at(const struct cli_arguments *arguments, const char *name, unsigned index)
{
    for (unsigned i = 0; i < arguments->value_count; i++) {
        if (strcmp(arguments->values[i].option->name, name) == 0 && index-- == 0)
            return arguments->values[i].text;
    }
    return NULL;
}

const char *command_get(const struct cli_arguments *arguments, const char *name)
{
    return command_get_at(arguments, name, 0);
}

bool command_has(const struct cli_arguments *arguments, const char *name)
{
    return command_get(arguments, name) != NULL;
}

enum tov_err command_number(struct cli *cli, const struct cli_arguments *arguments,
                            const struct command_number *number, uint64_t *out)
{
    const char *text = command_get(arguments, number->name);
    uint64_t value = number->fallback;
    if (text != NULL &&
        (tov_decimal_decode(tov_bytes_of_text(text), &value) != TOV_OK || value > number->max))
        return cli_fail(cli, TOV_E_ARGUMENT, _("--%s wants a whole number up to %llu."),
                        number->name, (unsigned long long)number->max);
    *out = value;
    return TOV_OK;
}

/* ---- help ---- */

#define HELP_COLUMN 30u

static void put_row(struct cli *cli, const char *left, const char *right)
{
    struct text_frame frame = {HELP_COLUMN, HELP_COLUMN, cli->columns};
    size_t width = text_width(left) + 2;
    cli_say(cli, "  %s", left);
    if (width + 1 > HELP_COLUMN)
        cli_say(cli, "\n%*s", (int)HELP_COLUMN, "");
    else
        cli_say(cli, "%*s", (int)(HELP_COLUMN - width), "");
    text_put_wrapped(&cli->page, right, &frame);
}

static void put_options(struct cli *cli, const struct cli_option *options)
{
    for (; options != NULL && options->name != NULL; options++) {
        char left[96];
        (void)snprintf(left, sizeof left, "--%s %s%s", options->name,
                       options->value == NULL ? "" : _(options->value),
                       options->many ? " ..." : "");
        put_row(cli, left, _(options->purpose));
    }
}

/* Of "drafts": "drafts show" and the others. */
static void put_longer(struct cli *cli, const struct cli_command *const *commands,
                       const struct cli_command *command)
{
    size_t size = strlen(command->name);
    bool is_first = true;
    for (size_t i = 0; commands[i] != NULL; i++) {
        char left[96];
        if (strncmp(commands[i]->name, command->name, size) != 0 || commands[i]->name[size] != ' ')
            continue;
        if (is_first)
            cli_say(cli, "\n");
        is_first = false;
        (void)snprintf(left, sizeof left, "%s %s", commands[i]->name,
                       commands[i]->words == NULL ? "" : _(commands[i]->words));
        put_row(cli, left, _(commands[i]->purpose));
    }
}

static void help_for_one(struct cli *cli, const struct cli_command *const *commands,
                         const struct cli_command *command)
{
    cli_say(cli, "tov %s%s%s\n", command->name, command->words == NULL ? "" : " ",
            command->words == NULL ? "" : _(command->words));
    struct text_frame frame = {0, 0, cli->columns};
    text_put_wrapped(&cli->page, _(command->purpose), &frame);
    put_longer(cli, commands, command);
    if (command->options[0].name != NULL)
        cli_say(cli, "\n");
    put_options(cli, command->options);
    cli_say(cli, "\n%s\n", _("Common options:"));
    put_options(cli, command_common_options);
}

void command_help(struct cli *cli, const struct cli_command *const *commands,
                  const struct cli_command *command)
{
    if (command != NULL) {
        help_for_one(cli, commands, command);
        return;
    }
    cli_say(cli, "%s\n\n", _("tov COMMAND ...: messages between the agencies of an Infohus"));
    for (size_t i = 0; commands[i] != NULL; i++) {
        char left[96];
        (void)snprintf(left, sizeof left, "%s %s", commands[i]->name,
                       commands[i]->words == NULL ? "" : _(commands[i]->words));
        put_row(cli, left, _(commands[i]->purpose));
    }
    cli_say(cli, "\n%s\n", _("Common options:"));
    put_options(cli, command_common_options);
    cli_say(cli, "\n");
    text_put_wrapped(
        &cli->page,
        _("Exit codes: 0 done, 1 refused or failed, 2 wrong use, 3 something needs a person, 4 the "
          "node does not answer, 5 the outcome is unknown or did not come in time, 6 try again "
          "later.\nMore: man tov"),
        &(struct text_frame){0, 0, cli->columns});
}
