/* SPDX-License-Identifier: EUPL-1.2
 *
 * The commands of `tov` and their arguments: one table for parsing, for --help and for usage
 * errors. Not for: doing the work (the cmd_ files). Never give an option that could carry a
 * passphrase: arguments are seen by everybody.
 */
#ifndef TOV_CLI_COMMAND_H
#define TOV_CLI_COMMAND_H

#include "cli/cli.h"

#define COMMAND_OPTIONS_MAX 24u /* of one command, the common ones included */
#define COMMAND_WORDS_MAX 8u
#define COMMAND_VALUES_MAX 128u /* of all options of one run together */

struct cli_option {
    const char *name;    /* without the dashes */
    const char *value;   /* what --help calls it, N_(); NULL: a flag */
    const char *purpose; /* N_() */
    bool many;           /* may stand more than once */
};

struct cli_arguments;
struct cli_command {
    const char *name;  /* one word or two: "attachment get" */
    const char *words; /* "NUMBER [TYPE]", N_(); NULL: none */
    unsigned words_min;
    unsigned words_max;
    const char *purpose;              /* N_() */
    const struct cli_option *options; /* ends with a NULL name */
    enum tov_err (*run)(struct cli *cli, const struct cli_arguments *arguments);
};

struct cli_value {
    const struct cli_option *option;
    const char *text; /* "" of a flag */
};
struct cli_arguments {
    const struct cli_command *command; /* NULL: none was named */
    const char *words[COMMAND_WORDS_MAX];
    unsigned word_count;
    struct cli_value values[COMMAND_VALUES_MAX];
    unsigned value_count;
};

/* ARGV without the program's name, ending in NULL. ARGUMENT with words for the user. --help is a
 * flag like the others; with it, missing words are no error. */
enum tov_err command_parse(const struct cli_command *const *commands, const char *const *argv,
                           struct cli_arguments *out_arguments, struct cli *cli) TOV_MUST_CHECK;

/* The last value of an option; NULL: not given. */
const char *command_get(const struct cli_arguments *arguments, const char *name);
bool command_has(const struct cli_arguments *arguments, const char *name);
/* The INDEXth value of an option that may stand more than once; NULL: past the last. */
const char *command_get_at(const struct cli_arguments *arguments, const char *name, unsigned index);
/* A whole number of an option, at most MAX; FALLBACK without it. ARGUMENT. */
struct command_number {
    const char *name;
    uint64_t max;
    uint64_t fallback;
};
enum tov_err command_number(struct cli *cli, const struct cli_arguments *arguments,
                            const struct command_number *number, uint64_t *out) TOV_MUST_CHECK;

/* Help for all commands (COMMAND NULL) or for one. */
void command_help(struct cli *cli, const struct cli_command *const *commands,
                  const struct cli_command *command);

/* Options that every command takes; ends with a NULL name. */
extern const struct cli_option command_common_options[];
/* All commands in the order of --help; ends with NULL. */
extern const struct cli_command *const cli_commands[];

extern const struct cli_command command_status, command_inbox, command_outbox, command_list,
    command_show, command_read, command_types, command_units, command_send, command_reply,
    command_amend, command_retract, command_drafts, command_drafts_show, command_drafts_edit,
    command_drafts_send, command_drafts_remove, command_watch, command_wait, command_trace,
    command_attachment_get, command_export, command_cases, command_case, command_due, command_find,
    command_journal, command_give_again, command_start_anyway;

#endif
