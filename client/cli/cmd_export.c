/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov export`: the node's ledger and journal as plain files, for tov-audit.
 */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/file.h"
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
    bool was_stopped = interrupt_came();
    interrupt_end();
    if (err != TOV_OK && was_stopped)
        return cli_fail(cli, TOV_E_AGAIN, _("Stopped. %.150s.part is not whole: remove it."),
                        options->path);
    if (err == TOV_E_DENIED)
        return cli_fail(
            cli, err, "%s",
            _("Only auditors can export the ledger, and your key does not have their role."));
    if (err == TOV_E_EXISTS)
        return cli_fail(cli, err,
                        _("%.150s is not empty, or an unfinished %.150s.part is there. Name a new "
                          "folder, or remove them."),
                        options->path, options->path);
    return err;
}

/* Without slashes at its end: what is unfinished stands beside it. */
static enum tov_err read_path(struct cli *cli, const char *text, char out[FILE_PATH_SIZE])
{
    size_t size = strlen(text);
    while (size > 1 && text[size - 1] == '/')
        size--;
    if (size == 0 || size >= FILE_PATH_SIZE || strcmp(text, "/") == 0)
        return cli_fail(cli, TOV_E_ARGUMENT, "%s", _("This cannot be the folder of an export."));
    memcpy(out, text, size);
    out[size] = '\0';
    return TOV_OK;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct tov_client *client = NULL;
    struct tov_export_options options = TOV_EXPORT_OPTIONS_INIT;
    struct progress progress = {.cli = cli};
    char size[WORDS_TIME_SIZE], path[FILE_PATH_SIZE];
    TOV_TRY(read_path(cli, arguments->words[0], path));
    options.path = path;
    options.progress = on_progress;
    options.progress_arg = &progress;
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(export_all(cli, &options));
    words_size(cli, progress.bytes, size);
    if (cli->json)
        cli_result(cli, json_pack("{s:s, s:I, s:I}", "folder", options.path, "files",
                                  (json_int_t)progress.files, "bytes", (json_int_t)progress.bytes));
    else
        cli_say(cli,
                _("Exported: %s\n%llu files, %s\nCheck it: tov-audit verify --roots ROOTS %s\n"),
                options.path, (unsigned long long)progress.files, size, options.path);
    return TOV_OK;
}

static const struct cli_option options[] = {{NULL, NULL, NULL, false}};
const struct cli_command command_export = {
    "export",
    N_("DIR"),
    1,
    1,
    N_("all of the node's ledger as plain files, for tov-audit (auditors)"),
    options,
    run};
