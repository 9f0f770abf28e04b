/* SPDX-License-Identifier: EUPL-1.2
 *
 * The subcommands of tov-keys and their arguments: `--name value`, `--flag`, and paths.
 * Not for: doing the work (the files named after each step).
 * Never give a command an option that could carry a passphrase: arguments are seen by everybody.
 */
#ifndef TOV_KEYS_COMMAND_H
#define TOV_KEYS_COMMAND_H

#include "keys/keyfile.h"

#define COMMAND_OPTIONS_MAX 16u
#define COMMAND_PATHS_MAX 1100u /* a card for each agency */

/* Exit codes, also in docs/keys.md and --help. */
enum exit_code { EXIT_DONE = 0, EXIT_USAGE = 2, EXIT_INPUT = 3, EXIT_FILES = 4 };

struct command_option {
    const char *name;  /* without the dashes */
    const char *value; /* what --help calls it; NULL: a flag */
    bool is_required;
};

struct arguments;
struct command {
    const char *name;
    const char *paths; /* what --help calls the paths, or NULL: none are taken */
    const char *purpose;
    const struct command_option *options; /* ends with a NULL name */
    enum tov_err (*run)(const struct arguments *arguments, struct tov_error *error);
};

struct arguments {
    const struct command *command;
    const char *values[COMMAND_OPTIONS_MAX]; /* by option; a flag has "" */
    const char *paths[COMMAND_PATHS_MAX];
    size_t path_count;
};

/* ARGV[0] is the command's name. ARGUMENT with words for the user. */
enum tov_err arguments_parse(const struct command *command, char **argv,
                             struct arguments *out_arguments,
                             struct tov_error *error) TOV_MUST_CHECK;
/* NULL when it was not given (or, for is_required options, never). */
const char *arguments_get(const struct arguments *arguments, const char *name);
/* A number from MIN to MAX; FALLBACK when the option was not given. */
struct number_option {
    const char *name;
    uint64_t min, max, fallback;
};
enum tov_err arguments_number(const struct arguments *arguments, const struct number_option *option,
                              uint64_t *out, struct tov_error *error) TOV_MUST_CHECK;
void command_print_help(const struct command *command);

/* The passphrase options that every command with secret keys has: --plain (only new keys),
 * --passphrase-file FILE, --passphrase-fd N, and else the terminal. */
#define COMMAND_PASSPHRASE_OPTIONS      \
    {"passphrase-file", "FILE", false}, \
    {                                   \
        "passphrase-fd", "N", false     \
    }
#define COMMAND_NEW_KEY_OPTIONS                                                  \
    COMMAND_PASSPHRASE_OPTIONS, {"plain", NULL, false}, {"kdf-kib", "N", false}, \
    {                                                                            \
        "kdf-passes", "N", false                                                 \
    }
enum tov_err arguments_passphrase(const struct arguments *arguments, const char *prompt,
                                  struct tov_passphrase_source *out_source,
                                  struct tov_error *error) TOV_MUST_CHECK;

extern const struct command command_root_new, command_roots_new, command_agency_new,
    command_client_new, command_client_add, command_roster_new, command_roster_show,
    command_roster_sign, command_roster_check, command_statement_new, command_statement_sign,
    command_demo_federation;

#endif
