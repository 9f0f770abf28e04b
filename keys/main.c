/* SPDX-License-Identifier: EUPL-1.2
 *
 * tov-keys: the key ceremony and roster tool. It needs no network and is meant for a machine that
 * has never seen one.
 */
#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "keys/command.h"

static const struct command *const commands[] = {
    &command_root_new,      &command_roots_new,      &command_agency_new,
    &command_client_new,    &command_client_add,     &command_roster_new,
    &command_roster_show,   &command_roster_sign,    &command_roster_check,
    &command_statement_new, &command_statement_sign, &command_demo_federation,
};
#define COMMANDS (sizeof commands / sizeof commands[0])

static void print_help(void)
{
    printf("tov-keys: makes keys, client registries and rosters. In the order of a ceremony:\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        command_print_help(commands[i]);
    printf("\nPassphrases come from --passphrase-file, --passphrase-fd, or the terminal.\n"
           "Exit codes: 0 done, 2 wrong use, 3 bad input or a check that failed, 4 files.\n"
           "More: docs/keys.md, docs/roster.md\n");
}

static enum exit_code exit_code_of(enum tov_err err)
{
    bool is_files = err == TOV_E_IO || err == TOV_E_FULL || err == TOV_E_EXISTS ||
                    err == TOV_E_NOT_FOUND || err == TOV_E_NOMEM;
    if (err == TOV_OK)
        return EXIT_DONE;
    if (err == TOV_E_ARGUMENT)
        return EXIT_USAGE;
    return is_files ? EXIT_FILES : EXIT_INPUT;
}

static enum exit_code run(const struct command *command, char **argv)
{
    struct tov_error error = {.text = ""};
    static struct arguments arguments; /* large */
    for (char **argument = argv; *argument != NULL; argument++) {
        if (strcmp(*argument, "--help") == 0) {
            command_print_help(command);
            return EXIT_DONE;
        }
    }
    enum tov_err err = arguments_parse(command, argv, &arguments, &error);
    if (err == TOV_OK)
        err = command->run(&arguments, &error);
    if (err == TOV_OK && (fflush(stdout) != 0 || ferror(stdout) != 0))
        err = tov_fail(&error, TOV_E_IO, "standard output cannot be written");
    if (err != TOV_OK)
        (void)fprintf(stderr, "tov-keys %s: %s\n", command->name,
                      error.text[0] == '\0' ? tov_err_name(err) : error.text);
    return exit_code_of(err);
}

int main(int argc, char **argv)
{
    if (sodium_init() < 0)
        return EXIT_FILES;
    if (argc < 2) {
        (void)fprintf(stderr, "tov-keys: name a command; tov-keys --help lists them\n");
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        print_help();
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("tov-keys " TOV_VERSION_TEXT "\n");
        return EXIT_DONE;
    }
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) == 0)
            return (int)run(commands[i], argv + 1);
    }
    (void)fprintf(stderr, "tov-keys: no command \"%.40s\"; tov-keys --help lists them\n", argv[1]);
    return EXIT_USAGE;
}
