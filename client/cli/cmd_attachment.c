/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov attachment get`: one attachment to a file of the user's choosing, streamed. The sender's
 * name of it only finds it; it is never a name here.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "cli/command.h"
#include "cli/find.h"
#include "cli/interrupt.h"
#include "cli/language.h"
#include "cli/save.h"
#include "cli/words.h"

/* ---- which one ---- */

static enum tov_err part_by_name(struct cli *cli, const struct tov_message_view *view,
                                 const char *name, uint32_t *out_part)
{
    size_t found = 0;
    for (size_t i = 0; i < tov_message_view_attachment_count(view); i++) {
        const struct tov_attachment *attachment = tov_message_view_attachment(view, i);
        if (strcmp(attachment->name, name) != 0)
            continue;
        found++;
        *out_part = attachment->part;
    }
    if (found == 1)
        return TOV_OK;
    unsigned long long number = (unsigned long long)tov_message_view_facts(view)->number;
    if (found > 1)
        return cli_fail(cli, TOV_E_ARGUMENT,
                        _("Several attachments have that name. Give the number: tov show %llu"),
                        number);
    return cli_fail(cli, TOV_E_NOT_FOUND,
                    _("No attachment of this message has that name. They stand in: tov show %llu"),
                    number);
}

/* A name is in the content: looking for it is a look at the message, and is recorded. */
static enum tov_err find_part(struct cli *cli, struct tov_save_options *options, const char *text)
{
    uint64_t part = 0;
    struct tov_message_view *view = NULL;
    struct tov_get_options get = TOV_GET_OPTIONS_INIT;
    if (tov_decimal_decode(tov_bytes_of_text(text), &part) == TOV_OK && part <= UINT32_MAX) {
        options->part = (uint32_t)part;
        return TOV_OK;
    }
    get.number = options->number;
    TOV_TRY(tov_message_get(cli->client, &get, &view, &cli->error));
    enum tov_err err = part_by_name(cli, view, text, &options->part);
    tov_message_view_destroy(view);
    return err;
}

/* ---- saving ---- */

struct progress {
    struct cli *cli;
    uint64_t done;
    unsigned percent; /* shown; over 100: none yet */
};

static int on_progress(void *arg, uint64_t done, uint64_t total)
{
    struct progress *progress = arg;
    unsigned percent = total == 0 ? 100 : (unsigned)(done * 100 / total);
    progress->done = done;
    if (percent != progress->percent) {
        char line[64], size[WORDS_TIME_SIZE];
        words_size(progress->cli, total, size);
        (void)snprintf(line, sizeof line, _("%u%% of %s"), percent, size);
        cli_progress(progress->cli, line);
        progress->percent = percent;
    }
    return interrupt_came() ? 1 : 0;
}

static enum tov_err explain(struct cli *cli, enum tov_err err,
                            const struct tov_save_options *options)
{
    unsigned long long number = (unsigned long long)options->number;
    if (interrupt_came())
        return cli_fail(cli, TOV_E_AGAIN, "%s", _("Stopped. Nothing was saved."));
    if (err == TOV_E_UNAVAILABLE)
        return cli_fail(cli, err,
                        _("Not all of it is here now. tov show %llu tells how far it is."), number);
    if (err == TOV_E_NOT_FOUND)
        return cli_fail(cli, err,
                        _("Message %llu has no attachment %u, or it is not for you to see. They "
                          "stand in: tov show %llu"),
                        number, options->part, number);
    return err;
}

static enum tov_err fetch(struct cli *cli, struct tov_save_options *options,
                          struct progress *progress)
{
    options->progress = on_progress;
    options->progress_arg = progress;
    interrupt_begin(cli->client);
    enum tov_err err = tov_attachment_save(cli->client, options, &cli->error);
    cli_progress(cli, "");
    if (err != TOV_OK)
        err = explain(cli, err, options);
    interrupt_end();
    return err;
}

static enum tov_err fetch_to_file(struct cli *cli, struct tov_save_options *options,
                                  const char *path, bool replaces)
{
    TOV_CLEANUP(save_end) struct save save = {.fd = -1};
    struct progress progress = {.cli = cli, .percent = 101};
    char size[WORDS_TIME_SIZE];
    TOV_TRY(save_begin(cli, path, replaces, &save));
    options->fd = save.fd;
    TOV_TRY(fetch(cli, options, &progress));
    TOV_TRY(save_finish(cli, &save));
    words_size(cli, progress.done, size);
    if (cli->json)
        cli_result(cli, json_pack("{s:I, s:I, s:s, s:I}", "number", (json_int_t)options->number,
                                  "part", (json_int_t)options->part, "file", path, "bytes",
                                  (json_int_t)progress.done));
    else
        cli_say(cli, _("Saved: %s (%s)\n"), path, size);
    return TOV_OK;
}

static enum tov_err fetch_to_output(struct cli *cli, struct tov_save_options *options)
{
    struct progress progress = {.cli = cli, .percent = 101};
    if (cli->json || cli->stdout_is_terminal)
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("--out - goes with neither --json nor a terminal."));
    options->fd = STDOUT_FILENO;
    return fetch(cli, options, &progress);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_save_options options = TOV_SAVE_OPTIONS_INIT;
    const char *path = command_get(arguments, "out");
    if (path == NULL || path[0] == '\0')
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("Where to? --out FILE is missing. The sender's name for it is not "
                          "used."));
    TOV_TRY(find_number(cli, arguments->words[0], &options.number));
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(find_part(cli, &options, arguments->words[1]));
    if (strcmp(path, "-") == 0)
        return fetch_to_output(cli, &options);
    return fetch_to_file(cli, &options, path, command_has(arguments, "force"));
}

static const struct cli_option options[] = {
    {"out", N_("FILE"), N_("where to save it; - is standard output"), false},
    {"force", NULL, N_("replace a file that is there"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_attachment_get = {
    "attachment get",
    N_("NUMBER PART|NAME"),
    2,
    2,
    N_("save an attachment; the access log says that you fetched it"),
    options,
    run};
