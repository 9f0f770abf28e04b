/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/handover.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/interrupt.h"
#include "cli/language.h"
#include "cli/save.h"
#include "cli/show.h"

#define TEXT_MAX_BYTES 4194304u
#define TEXT_COLUMNS 80u
#define ENDING_MAX 8u
#define NAME_SIZE 96

TOV_DEFINE_CLEANUP(trace, struct tov_trace, tov_trace_destroy)
TOV_DEFINE_CLEANUP(message_view, struct tov_message_view, tov_message_view_destroy)

struct handover {
    struct cli *cli;
    const struct handover_request *request;
    uint64_t number;
    char folder[FILE_PATH_SIZE]; /* while it is not whole; "": there is none */
};

static enum tov_err fail_errno(struct cli *cli, const char *path)
{
    enum tov_err code = errno == ENOSPC || errno == EDQUOT ? TOV_E_FULL : TOV_E_IO;
    return cli_fail(cli, code, _("%.180s cannot be written: %s."), path, strerror(errno));
}

static enum tov_err put_file(struct handover *handover, const char *name, struct tov_bytes bytes)
{
    char path[FILE_PATH_SIZE + NAME_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", handover->folder, name);
    return save_text(handover->cli, path, false, bytes);
}

/* ---- the message ---- */

/* The page of `tov show`, for a file: no colours, 80 columns. */
static enum tov_err put_text(struct handover *handover, const struct tov_message_view *view)
{
    struct cli *cli = handover->cli;
    struct tov_buf page = cli->page;
    bool colour = cli->colour;
    unsigned columns = cli->columns;
    cli->page = TOV_BUF_INIT(TEXT_MAX_BYTES);
    cli->colour = false;
    cli->columns = TEXT_COLUMNS;
    show_message(cli, view);
    struct tov_buf text = cli->page;
    cli->page = page;
    cli->colour = colour;
    cli->columns = columns;
    enum tov_err err = text.failed != TOV_OK
                           ? cli_fail(cli, text.failed, _("There is not enough memory."))
                           : put_file(handover, "message.txt", tov_buf_view(&text));
    tov_buf_fini(&text);
    return err;
}

static enum tov_err put_json(struct handover *handover, const struct tov_message_view *view)
{
    char *text = NULL;
    TOV_TRY(tov_message_view_to_json(view, &text, &handover->cli->error));
    enum tov_err err = put_file(handover, "message.json", tov_bytes_of_text(text));
    tov_free(text);
    return err;
}

/* ".pdf" of a name that ends so, in small letters; "" when the ending is more than a few letters
 * and digits: nothing else of the sender's name is used. */
static void ending_of(const char *name, char out[ENDING_MAX + 2])
{
    const char *dot = strrchr(name, '.');
    size_t size = dot == NULL ? 0 : strlen(dot + 1);
    out[0] = '\0';
    if (size == 0 || size > ENDING_MAX)
        return;
    for (size_t i = 0; i < size; i++) {
        unsigned char letter = (unsigned char)dot[1 + i];
        if (letter >= 0x80 || isalnum(letter) == 0)
            return;
    }
    out[0] = '.';
    for (size_t i = 0; i <= size; i++)
        out[1 + i] = (char)tolower((unsigned char)dot[1 + i]);
}

static enum tov_err put_attachment(struct handover *handover,
                                   const struct tov_attachment *attachment)
{
    struct cli *cli = handover->cli;
    TOV_CLEANUP(save_end) struct save save = {.fd = -1};
    struct tov_save_options options = TOV_SAVE_OPTIONS_INIT;
    char ending[ENDING_MAX + 2], path[FILE_PATH_SIZE + NAME_SIZE];
    unsigned long long number = (unsigned long long)handover->number;
    if (!attachment->complete)
        return cli_fail(cli, TOV_E_UNAVAILABLE,
                        _("Not all of it is here now. tov show %llu tells how far it is."), number);
    ending_of(attachment->name, ending);
    (void)snprintf(path, sizeof path, "%s/attachment-%u%s", handover->folder, attachment->part,
                   ending);
    TOV_TRY(save_begin(cli, path, false, &save));
    options.number = handover->number;
    options.part = attachment->part;
    options.sha256 = attachment->sha256;
    options.fd = save.fd;
    TOV_TRY(tov_attachment_save(cli->client, &options, &cli->error));
    return save_finish(cli, &save);
}

enum tov_err handover_explain_other(struct cli *cli, uint64_t number)
{
    return cli_fail(cli, TOV_E_EXISTS,
                    _("No. %llu stands in the record under another number already: tov show "
                      "%llu. If that one is wrong, add --replace."),
                    (unsigned long long)number, (unsigned long long)number);
}

/* The node would refuse it in the end, with the files written. */
static enum tov_err check_record(const struct handover *handover,
                                 const struct tov_message_view *view)
{
    const char *record = tov_message_view_record(view);
    if (handover->request->replaces || record[0] == '\0' ||
        strcmp(record, handover->request->record) == 0)
        return TOV_OK;
    return handover_explain_other(handover->cli, handover->number);
}

static enum tov_err put_message(struct handover *handover)
{
    TOV_CLEANUP(message_view_cleanup) struct tov_message_view *view = NULL;
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    options.number = handover->number;
    options.reason = "tov journal";
    TOV_TRY(tov_message_get(handover->cli->client, &options, &view, &handover->cli->error));
    TOV_TRY(check_record(handover, view));
    TOV_TRY(put_text(handover, view));
    TOV_TRY(put_json(handover, view));
    for (size_t i = 0; i < tov_message_view_attachment_count(view); i++)
        TOV_TRY(put_attachment(handover, tov_message_view_attachment(view, i)));
    return TOV_OK;
}

/* ---- the evidence ---- */

/* The agency of an origin "federation/agency/generation", for a file's name. */
static void agency_of(const char *origin, char out[NAME_SIZE / 2])
{
    const char *first = strchr(origin, '/');
    const char *last = first == NULL ? NULL : strchr(first + 1, '/');
    int size = last == NULL ? 0 : (int)(last - first - 1);
    (void)snprintf(out, NAME_SIZE / 2, "%.*s", size, first == NULL ? "" : first + 1);
    if (out[0] == '\0' || strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(out))
        (void)snprintf(out, NAME_SIZE / 2, "x");
}

static enum tov_err put_receipt(struct handover *handover, const struct tov_receipt_proof *receipt)
{
    char agency[NAME_SIZE / 2], name[NAME_SIZE];
    agency_of(receipt->origin, agency);
    (void)snprintf(name, sizeof name, "receipt-%s.proof", agency);
    TOV_TRY(put_file(handover, name, tov_bytes_of_text(receipt->proof)));
    (void)snprintf(name, sizeof name, "receipt-%s.leaf", agency);
    return put_file(handover, name, (struct tov_bytes){receipt->leaf, receipt->leaf_size});
}

static enum tov_err put_cosignatures(struct handover *handover, const struct tov_trace *trace)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf lines = TOV_BUF_INIT(TEXT_MAX_BYTES);
    size_t count = tov_trace_cosignature_count(trace);
    for (size_t i = 0; i < count; i++)
        tov_buf_put_format(&lines, "%s\n", tov_trace_cosignature(trace, i));
    if (lines.failed != TOV_OK)
        return cli_fail(handover->cli, lines.failed, _("There is not enough memory."));
    return count == 0 ? TOV_OK : put_file(handover, "cosignatures", tov_buf_view(&lines));
}

static enum tov_err put_evidence(struct handover *handover)
{
    TOV_CLEANUP(trace_cleanup) struct tov_trace *trace = NULL;
    struct cli *cli = handover->cli;
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_bytes leaf;
    options.number = handover->number;
    TOV_TRY(tov_message_trace(cli->client, &options, &trace, &cli->error));
    leaf.data = tov_trace_leaf(trace, &leaf.size);
    if (tov_trace_proof(trace)[0] == '\0')
        return cli_fail(cli, TOV_E_UNAVAILABLE,
                        _("No. %llu is not signed yet, so there is no proof of it. Try again in a "
                          "moment."),
                        (unsigned long long)handover->number);
    TOV_TRY(put_file(handover, "proof", tov_bytes_of_text(tov_trace_proof(trace))));
    TOV_TRY(put_file(handover, "leaf", leaf));
    for (size_t i = 0; i < tov_trace_receipt_count(trace); i++)
        TOV_TRY(put_receipt(handover, tov_trace_receipt(trace, i)));
    return put_cosignatures(handover, trace);
}

/* ---- the folder ---- */

static enum tov_err begin(struct handover *handover, const char *dir)
{
    struct cli *cli = handover->cli;
    if (strlen(dir) + 64 > FILE_PATH_SIZE)
        return cli_fail(cli, TOV_E_ARGUMENT, "%s", _("The file's path is too long."));
    TOV_TRY(cli_own(cli, file_make_folder(dir, &cli->error)));
    (void)snprintf(handover->folder, sizeof handover->folder, "%.4000s/.nr-%llu.XXXXXX", dir,
                   (unsigned long long)handover->number);
    if (mkdtemp(handover->folder) != NULL)
        return TOV_OK;
    handover->folder[0] = '\0';
    return fail_errno(cli, dir);
}

static enum tov_err fail_there(struct cli *cli, const char *folder)
{
    return cli_fail(
        cli, TOV_E_EXISTS,
        _("%.150s is there already. Name another folder; or, when the record has what is "
          "in it, leave out --to."),
        folder);
}

static enum tov_err finish(struct handover *handover, const char *folder)
{
    file_sync_folder(handover->folder);
    if (file_move_new(handover->folder, folder) != 0)
        return errno == EEXIST ? fail_there(handover->cli, folder)
                               : fail_errno(handover->cli, folder);
    handover->folder[0] = '\0';
    file_sync_folder(handover->request->dir);
    return TOV_OK;
}

/* Nothing of what is not whole stays. */
static void drop(struct handover *handover)
{
    char path[FILE_PATH_SIZE + NAME_SIZE];
    DIR *folder = handover->folder[0] == '\0' ? NULL : opendir(handover->folder);
    const struct dirent *entry;
    if (folder == NULL)
        return;
    while ((entry = readdir(folder)) != NULL) {
        (void)snprintf(path, sizeof path, "%s/%.90s", handover->folder, entry->d_name);
        (void)unlink(path);
    }
    (void)closedir(folder);
    (void)rmdir(handover->folder);
}

static bool is_there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

/* Ctrl-C ends it like any failure, so that nothing about a citizen is left lying. */
static enum tov_err put_all(struct handover *handover)
{
    interrupt_begin(handover->cli->client);
    enum tov_err err = put_message(handover);
    if (err == TOV_OK)
        err = put_evidence(handover);
    bool was_stopped = interrupt_came();
    interrupt_end();
    return was_stopped
               ? cli_fail(handover->cli, TOV_E_AGAIN, "%s", _("Stopped. Nothing was saved."))
               : err;
}

enum tov_err handover_write(struct cli *cli, const struct handover_request *request,
                            char out_folder[FILE_PATH_SIZE])
{
    TOV_CLEANUP(drop)
    struct handover handover = {.cli = cli, .request = request, .number = request->number};
    char folder[FILE_PATH_SIZE];
    TOV_TRY(begin(&handover, request->dir));
    (void)snprintf(folder, sizeof folder, "%.4000s/nr-%llu", request->dir,
                   (unsigned long long)request->number);
    if (is_there(folder)) /* before anything is read: the reading would be recorded */
        return fail_there(cli, folder);
    TOV_TRY(put_all(&handover));
    TOV_TRY(finish(&handover, folder));
    (void)snprintf(out_folder, FILE_PATH_SIZE, "%s", folder);
    return TOV_OK;
}
