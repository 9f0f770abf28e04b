/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov export`: the node's ledger and journal as plain files, for tov-audit.
 */
#include <stdio.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/language.h"
#include "cli/words.h"

struct progress {
    struct cli *cli;
    uint64_t files;
    uint64_t bytes;
};

static int on_progress(void *arg, uint64_t files, uint64_t bytes)
{
    struct progress *progress = arg;
    char line[96], size[WORDS_TIME_SIZE];
    if (files != progress->files) {
        words_size(progress->cli, bytes, size);
        (void)snprintf(line, sizeof line, _("%llu files, %s"), (unsigned long long)files, size);
        cli_progress(progress->cli, line);
    }
    progress->files = files;
    progress->bytes = bytes;
    return interrupt_came() ? 1 : 0;
}

static enum tov_err export_all(struct cli *cli, struct tov_export_options *options)
{
    interrupt_begin(cli->client);
    enum tov_err err = tov_export_to(cli->client, options, &cli->error);
    cli_progress(cli, "");
    if (err != TOV_OK && interrupt_came())
        err = cli_fail(cli, TOV_E_AGAIN, _("Stopped. %.150s is not whole: it has no manifest."),
                       options->path);
    interrupt_end();
    return err;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_export_options options = TOV_EXPORT_OPTIONS_INIT;
    struct progress progress = {.cli = cli};
    char size[WORDS_TIME_SIZE];
    options.path = arguments->words[0];
    options.progress = on_progress;
    options.progress_arg = &progress;
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(export_all(cli, &options));
    words_size(cli, progress.bytes, size);
    if (cli->json)
        cli_result(cli, json_pack("{s:s, s:I, s:I}", "folder", options.path, "files",
                                  (json_int_t)progress.files, "bytes", (json_int_t)progress.bytes));
    else
        cli_say(cli, _("Exported: %s (%llu files, %s). Check it: tov-audit verify %s\n"),
                options.path, (unsigned long long)progress.files, size, options.path);
    return TOV_OK;
}

static const struct cli_option options[] = {{NULL, NULL, NULL, false}};
const struct cli_command command_export = {
    "export", "DIR", 1, 1, N_("all of the node's ledger as plain files, for tov-audit (auditors)"),
    options,  run};
