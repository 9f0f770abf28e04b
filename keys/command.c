/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/command.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"

static const struct command_option *find_option(const struct command *command, const char *name,
                                                size_t *out_index)
{
    for (size_t i = 0; command->options[i].name != NULL; i++) {
        if (strcmp(command->options[i].name, name) == 0) {
            *out_index = i;
            return &command->options[i];
        }
    }
    return NULL;
}

/* One "--name value" or "--flag" at *ARGV, which moves on over what was used. */
static enum tov_err read_option(struct arguments *arguments, char ***argv, struct tov_error *error)
{
    size_t index = 0;
    const char *name = **argv + 2;
    const struct command_option *option = find_option(arguments->command, name, &index);
    if (option == NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "%s has no option --%.60s; see tov-keys %s --help",
                        arguments->command->name, name, arguments->command->name);
    if (arguments->values[index] != NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "--%s stands twice", option->name);
    *argv += 1;
    if (option->value == NULL) {
        arguments->values[index] = "";
        return TOV_OK;
    }
    if (**argv == NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "--%s wants a value: %s", option->name,
                        option->value);
    arguments->values[index] = **argv;
    *argv += 1;
    return TOV_OK;
}

static enum tov_err read_path(struct arguments *arguments, char ***argv, struct tov_error *error)
{
    if (arguments->command->paths == NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "%s takes options only, not \"%.60s\"",
                        arguments->command->name, **argv);
    if (arguments->path_count == COMMAND_PATHS_MAX)
        return tov_fail(error, TOV_E_ARGUMENT, "more than %u files", COMMAND_PATHS_MAX);
    arguments->paths[arguments->path_count++] = **argv;
    *argv += 1;
    return TOV_OK;
}

enum tov_err arguments_parse(const struct command *command, char **argv,
                             struct arguments *out_arguments, struct tov_error *error)
{
    memset(out_arguments, 0, sizeof *out_arguments);
    out_arguments->command = command;
    for (argv++; *argv != NULL;) {
        bool is_option = strncmp(*argv, "--", 2) == 0;
        TOV_TRY(is_option ? read_option(out_arguments, &argv, error)
                          : read_path(out_arguments, &argv, error));
    }
    for (size_t i = 0; command->options[i].name != NULL; i++) {
        if (command->options[i].is_required && out_arguments->values[i] == NULL)
            return tov_fail(error, TOV_E_ARGUMENT, "%s needs --%s %s; see tov-keys %s --help",
                            command->name, command->options[i].name, command->options[i].value,
                            command->name);
    }
    if (command->paths != NULL && out_arguments->path_count == 0)
        return tov_fail(error, TOV_E_ARGUMENT, "%s needs %s; see tov-keys %s --help", command->name,
                        command->paths, command->name);
    return TOV_OK;
}

const char *arguments_get(const struct arguments *arguments, const char *name)
{
    size_t index = 0;
    if (find_option(arguments->command, name, &index) == NULL)
        return NULL;
    return arguments->values[index];
}

enum tov_err arguments_number(const struct arguments *arguments, const struct number_option *option,
                              uint64_t *out, struct tov_error *error)
{
    const char *text = arguments_get(arguments, option->name);
    uint64_t value = option->fallback;
    if (text != NULL && (tov_decimal_decode(tov_bytes_of_text(text), &value) != TOV_OK ||
                         value < option->min || value > option->max))
        return tov_fail(error, TOV_E_ARGUMENT, "--%s wants a number from %llu to %llu",
                        option->name, (unsigned long long)option->min,
                        (unsigned long long)option->max);
    *out = value;
    return TOV_OK;
}

enum tov_err arguments_passphrase(const struct arguments *arguments, const char *prompt,
                                  struct tov_passphrase_source *out_source, struct tov_error *error)
{
    static const struct number_option fd = {"passphrase-fd", 0, 1023, 0};
    const char *file = arguments_get(arguments, "passphrase-file");
    uint64_t number = 0;
    struct tov_passphrase_source source = {.kind = TOV_PASSPHRASE_TTY, .prompt = prompt};
    TOV_TRY(arguments_number(arguments, &fd, &number, error));
    if (file != NULL) {
        source.kind = TOV_PASSPHRASE_FILE;
        source.path = file;
    } else if (arguments_get(arguments, "passphrase-fd") != NULL) {
        source.kind = TOV_PASSPHRASE_FD;
        source.fd = (int)number;
    }
    *out_source = source;
    return TOV_OK;
}

void command_print_help(const struct command *command)
{
    printf("  tov-keys %s", command->name);
    for (const struct command_option *option = command->options; option->name != NULL; option++)
        printf(option->is_required ? " --%s%s%s" : " [--%s%s%s]", option->name,
               option->value == NULL ? "" : " ", option->value == NULL ? "" : option->value);
    if (command->paths != NULL)
        printf(" %s", command->paths);
    printf("\n      %s\n", command->purpose);
}
