/* SPDX-License-Identifier: EUPL-1.2
 *
 * One run of `tov`: what was asked for, the connection to the node, and what will be shown.
 * Not for: the commands themselves (command.h).
 * Never write to standard output beside the page: with --json exactly one value stands there.
 *
 * The client is opened when a command first needs it, and closed before an editor or a pager is
 * started (tov/client.h: not in a child after fork).
 */
#ifndef TOV_CLI_CLI_H
#define TOV_CLI_CLI_H

#include <tov/tov.h>

#include <jansson.h>

#include "base/bytes.h"
#include "base/err.h"
#include "base/secret.h"
#include "cli/profile.h"

/* Documented in docs/exit-codes.md; append only. */
enum cli_exit {
    CLI_EXIT_DONE = 0,
    CLI_EXIT_FAILED = 1, /* refused, not found, not allowed, an error of a file ... */
    CLI_EXIT_USAGE = 2,
    CLI_EXIT_PERSON = 3,      /* status: something needs a person */
    CLI_EXIT_UNREACHABLE = 4, /* the node does not answer; nothing was changed */
    CLI_EXIT_TIMEOUT = 5,     /* the outcome is unknown, or what was waited for did not come */
    CLI_EXIT_LATER = 6        /* not now (busy, full, read-only): the same command later will do */
};

struct cli {
    struct cli_profile profile;
    enum tov_words words;
    bool json;
    bool stdout_is_terminal;
    bool stdin_is_terminal;
    bool colour;
    unsigned columns;
    struct tov_buf page; /* text for standard output */
    json_t *result;      /* with --json: the one value, or NULL; "error" joins it on failure */
    bool json_lines;     /* with --json: values are lines, for commands that tell as things come */
    struct tov_client *client;
    struct tov_status *peers;        /* of message.c: names of agencies, asked for once */
    struct tov_directory *directory; /* of agency.c, asked for once */
    char agency[64];                 /* its last answer */
    struct tov_secret *passphrase;   /* asked once a run, however often the client is opened */
    struct tov_error error;          /* of what failed */
    bool error_is_ours;              /* its text is in the user's language already */
    bool outcome_is_unknown;         /* a TIMEOUT means exit 5, not 4 */
    bool is_unreachable;             /* there was no connection: exit 4 */
    json_t *findings;                /* of a refusal, for the error value */
    char draft[64];                  /* name of the draft that was kept, or "" */
    int exit;                        /* when a command ends well, but not with 0 */
};

/* Fills CLI's error with a translated line; returns CODE. */
enum tov_err cli_fail(struct cli *cli, enum tov_err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ERR, which a function of this program has told to CLI's error: a line that is shown as it is. */
enum tov_err cli_own(struct cli *cli, enum tov_err err) TOV_MUST_CHECK;

/* The open client. TIMEOUT: nobody answers. Blocks. */
enum tov_err cli_connect(struct cli *cli, struct tov_client **out_client) TOV_MUST_CHECK;
void cli_disconnect(struct cli *cli);

/* Adds text to the page. */
void cli_say(struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* TEXT as a paragraph behind LEAD, its further lines below the first. */
void cli_say_wrapped(struct cli *cli, const char *lead, const char *text);
/* The JSON result of this run; takes VALUE over. On failure: an object with what was done. */
void cli_result(struct cli *cli, json_t *value);
/* A text made by libtov's *_to_json as a value; null when it is no JSON. */
json_t *cli_json_of(const char *text);
/* The message as docs/libtov.md has it. */
json_t *cli_json_message(struct cli *cli, const struct tov_message_view *view);
/* "2021-06-28T07:10:00.000Z"; null for 0. */
json_t *cli_json_time(uint64_t time_ms);

/* Writes the page (through a pager on a terminal) or the JSON value, then what went wrong to
 * standard error; returns the exit code. */
int cli_finish(struct cli *cli, enum tov_err err);
/* Writes what is on the page now: for commands that tell as things come. */
enum tov_err cli_flush(struct cli *cli) TOV_MUST_CHECK;
/* Writes VALUE as one line now, and takes it over. */
enum tov_err cli_json_line(struct cli *cli, json_t *value) TOV_MUST_CHECK;

/* Progress on one line of a terminal's standard error; "" ends it. */
void cli_progress(const struct cli *cli, const char *text);

/* Milliseconds of a clock that only goes forward, for waiting. */
uint64_t cli_clock_ms(void);

/* The Danish or the English of a pair. */
const char *cli_words(const struct cli *cli, const char *danish, const char *english);

#endif
