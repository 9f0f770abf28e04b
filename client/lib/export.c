/* SPDX-License-Identifier: EUPL-1.2
 *
 * Walking over the node's export.
 */
#include <tov/node.h>

#include <stdlib.h>
#include <string.h>

#include "lib/call.h"
#include "lib/export_file.h"

#define CURSOR_MAX_BYTES 65536u /* it tells how far each of 1,024 ledgers was held */

/* One step: asks with the cursor, writes what came, and keeps the next cursor. */
static enum tov_err walk(struct tov_client *client, struct export_files *files,
                         struct tov_buf *cursor, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    TOV_TRY(request_create("export_read", &request, &body));
    if (cursor->size > 0)
        TOV_TRY(tov_record_put_bytes(body, "cursor", tov_buf_view(cursor)));
    struct call_order order = {client, request, "export"};
    TOV_TRY(call_do(&call, &order, &body, error));
    struct export_piece piece = {.path = tov_record_bytes(body, "path"),
                                 .offset = tov_record_number(body, "offset"),
                                 .data = tov_record_bytes(body, "data"),
                                 .last = tov_record_number(body, "last") != 0};
    if (piece.path.size > 0)
        TOV_TRY(export_files_put(files, &piece, error));
    tov_buf_clear(cursor);
    tov_buf_put_bytes(cursor, tov_record_bytes(body, "cursor"));
    return cursor->failed == TOV_OK
               ? TOV_OK
               : tov_fail(error, TOV_E_MALFORMED, "export: the node's cursor is too long");
}

static enum tov_err walk_all(struct tov_client *client, const struct tov_export_options *options,
                             struct export_files *files, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf cursor = TOV_BUF_INIT(CURSOR_MAX_BYTES);
    do {
        TOV_TRY(walk(client, files, &cursor, error));
        if (options->progress != NULL &&
            options->progress(options->progress_arg, files->count, files->bytes) != 0)
            return tov_fail(error, TOV_E_CLOSED, "export: given up");
    } while (cursor.size > 0);
    return TOV_OK;
}

enum tov_err tov_export_to(struct tov_client *client, const struct tov_export_options *options,
                           struct tov_error *error)
{
    if (options->size < sizeof *options || options->path == NULL)
        return tov_fail(error, TOV_E_ARGUMENT,
                        "begin with TOV_EXPORT_OPTIONS_INIT; path is needed");
    TOV_FREE struct export_files *files = calloc(1, sizeof *files);
    if (files == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for an export");
    enum tov_err err = export_files_open(files, options->path, error);
    if (err == TOV_OK)
        err = walk_all(client, options, files, error);
    if (err == TOV_OK)
        err = export_files_finish(files, options->path, error);
    export_files_fini(files);
    return err;
}
