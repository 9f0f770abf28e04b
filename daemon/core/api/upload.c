/* SPDX-License-Identifier: EUPL-1.2
 *
 * Uploads: attachments come in pieces, in order, and are sealed as they come into files "tmp-N-F"
 * (and "tmp-N-F.tree", the hashes of their chunks). Submit gives them their names in the batch that
 * writes the message. The keys are those of the message to be.
 * An upload belongs to its connection and ends with it.
 */
#include "api/api_internal.h"

#include <stdio.h>
#include <string.h>

#define IDLE_MS 3600000u

struct upload_file {
    uint64_t size;
    uint64_t taken;
    uint64_t sealed; /* written to the file */
    struct tov_sha256 sha;
    struct tov_hash sha256;
    struct tov_part_sealer *sealer; /* NULL once it is done */
    bool is_done;
};

/* Where a sealer's bytes go. */
struct sink {
    struct api_upload *upload;
    size_t file;
};

struct api_upload {
    struct api_upload *next;
    struct tov_core *core;
    uint64_t id;
    uint64_t used_mono_ms;
    struct tov_message_plan plan; /* attachment_count files */
    struct upload_file files[TOV_ATTACHMENTS_MAX];
    struct sink sinks[TOV_ATTACHMENTS_MAX];
};

struct file_name {
    char text[64];
};
static struct file_name temporary(const struct api_upload *upload, size_t file, const char *end)
{
    struct file_name name;
    (void)snprintf(name.text, sizeof name.text, "tmp-%llu-%zu%s", (unsigned long long)upload->id,
                   file, end);
    return name;
}

static void destroy_upload(struct api_upload *upload, bool is_taken)
{
    const struct tov_host *host = upload->core->host;
    for (size_t i = 0; i < upload->plan.attachment_count; i++) {
        tov_part_sealer_destroy(upload->files[i].sealer);
        if (is_taken)
            continue;
        (void)host->blob_delete(host->context, temporary(upload, i, "").text);
        (void)host->blob_delete(host->context, temporary(upload, i, ".tree").text);
    }
    tov_message_plan_wipe(&upload->plan);
    free(upload);
}

static void end_upload(struct api_connection *connection, struct api_upload *upload, bool is_taken)
{
    struct api_upload **at = &connection->uploads;
    while (*at != upload)
        at = &(*at)->next;
    *at = upload->next;
    connection->use->uploads--;
    for (size_t i = 0; i < upload->plan.attachment_count; i++)
        connection->use->upload_bytes -= upload->files[i].size;
    destroy_upload(upload, is_taken);
}

void tov_api_uploads_drop(struct tov_api *api, struct api_connection *connection)
{
    (void)api;
    while (connection->uploads != NULL)
        end_upload(connection, connection->uploads, false);
}

void tov_api_uploads_expire(struct tov_api *api, struct api_connection *connection)
{
    struct api_upload *upload = connection->uploads;
    while (upload != NULL) {
        struct api_upload *next = upload->next;
        if (api->core->mono_ms - upload->used_mono_ms >= IDLE_MS)
            end_upload(connection, upload, false);
        upload = next;
    }
}

static struct api_upload *find_upload(const struct api_connection *connection, uint64_t id)
{
    struct api_upload *upload = connection->uploads;
    while (upload != NULL && upload->id != id)
        upload = upload->next;
    return upload;
}

static enum tov_err get_upload(struct api_call *call, uint64_t id, struct api_upload **out_upload)
{
    struct api_upload *upload = find_upload(call->connection, id);
    if (upload == NULL)
        return tov_fail(&call->error, TOV_E_UNAVAILABLE,
                        "the upload is gone with the connection that it came by: submit again");
    upload->used_mono_ms = call->core->mono_ms;
    *out_upload = upload;
    return TOV_OK;
}

/* ---- answers ---- */

static enum tov_err put_answer(struct api_call *call, const struct api_upload *upload, size_t file)
{
    struct tov_record answer;
    TOV_TRY(tov_api_answer(call, "upload", &answer));
    TOV_TRY(tov_record_put_number(answer, "upload", upload->id));
    TOV_TRY(tov_record_put_number(answer, "file", file));
    TOV_TRY(tov_record_put_number(answer, "taken", upload->files[file].taken));
    if (!upload->files[file].is_done)
        return TOV_OK;
    return tov_record_put_bytes(answer, "sha256", TOV_BYTES_OF(upload->files[file].sha256.bytes));
}

/* ---- a file ---- */

static enum tov_err write_sealed(void *user, struct tov_bytes bytes)
{
    const struct sink *sink = user;
    const struct tov_host *host = sink->upload->core->host;
    struct upload_file *file = &sink->upload->files[sink->file];
    /* Asked at the begin too; but others write, and several begin at once. */
    if (!tov_core_has_room(sink->upload->core, bytes.size))
        return TOV_E_FULL;
    TOV_TRY(host->blob_write(host->context, temporary(sink->upload, sink->file, "").text,
                             file->sealed, bytes));
    tov_core_use_room(sink->upload->core, bytes.size);
    file->sealed += bytes.size;
    return TOV_OK;
}

static enum tov_err finish_file(struct api_upload *upload, size_t at)
{
    const struct tov_host *host = upload->core->host;
    struct upload_file *file = &upload->files[at];
    uint32_t count = 0;
    TOV_TRY(tov_part_sealer_finish(file->sealer, &upload->plan.attachments[at].claim));
    const struct tov_hash *hashes = tov_part_sealer_hashes(file->sealer, &count);
    TOV_TRY(host->blob_write(
        host->context, temporary(upload, at, ".tree").text, 0,
        (struct tov_bytes){(const uint8_t *)hashes, (size_t)count * TOV_HASH_BYTES}));
    tov_sha256_final(&file->sha, &file->sha256);
    file->is_done = true;
    return TOV_OK;
}

/* Seals DATA, and ends the file with its last byte. */
static enum tov_err take_data(struct api_upload *upload, size_t at, struct tov_bytes data)
{
    struct upload_file *file = &upload->files[at];
    if (data.size > 0)
        TOV_TRY(tov_part_sealer_write(file->sealer, data));
    tov_sha256_update(&file->sha, data.data, data.size);
    file->taken += data.size;
    return file->taken == file->size ? finish_file(upload, at) : TOV_OK;
}

static enum tov_err fail_file(struct api_call *call, struct api_upload *upload, enum tov_err err)
{
    end_upload(call->connection, upload, false);
    if (err == TOV_E_FULL)
        return tov_fail(&call->error, err,
                        "the node's disk is full; keep the files and call the operator");
    return tov_fail(&call->error, err, "the upload failed and is ended: begin again");
}

/* ---- begin ---- */

static enum tov_err admit(struct api_call *call, uint64_t size)
{
    const struct tov_api *api = call->api;
    if (size > TOV_ATTACHMENT_MAX_BYTES)
        return tov_fail(&call->error, TOV_E_LIMIT, "an attachment has at most 2 GiB");
    if (!api->state.may_write)
        return tov_fail(&call->error, TOV_E_UNAVAILABLE, "%s", api->state.sentence_en);
    if (!tov_core_has_room(call->core, size))
        return tov_fail(&call->error, TOV_E_FULL,
                        "the node's disk has no room for this file; call the operator");
    uint64_t open = call->connection->use->upload_bytes;
    if (size > TOV_API_UPLOADS_MAX_BYTES - open)
        return tov_fail(&call->error, TOV_E_BUSY, "your key has uploads of %llu bytes open already",
                        (unsigned long long)open);
    return TOV_OK;
}

static enum tov_err new_upload(struct api_call *call, struct api_upload **out_upload)
{
    struct api_connection *connection = call->connection;
    if (connection->use->uploads == TOV_API_UPLOADS_MAX)
        return tov_fail(&call->error, TOV_E_BUSY, "your key has %u uploads open already",
                        TOV_API_UPLOADS_MAX);
    struct api_upload *upload = calloc(1, sizeof *upload);
    if (upload == NULL)
        return TOV_E_NOMEM;
    upload->core = call->core;
    upload->id = call->api->next_upload++;
    upload->used_mono_ms = call->core->mono_ms;
    tov_message_plan_init(call->core, &upload->plan);
    upload->next = connection->uploads;
    connection->uploads = upload;
    connection->use->uploads++;
    *out_upload = upload;
    return TOV_OK;
}

static enum tov_err begin_file(struct api_call *call, struct api_upload *upload, uint64_t size)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    size_t at = upload->plan.attachment_count;
    struct upload_file *file = &upload->files[at];
    if (at == TOV_ATTACHMENTS_MAX)
        return tov_fail(&call->error, TOV_E_LIMIT, "a message has at most %u attachments",
                        TOV_ATTACHMENTS_MAX);
    TOV_TRY(tov_part_key(&upload->plan.keys, upload->plan.salt, (uint8_t)(2 + at), &key));
    struct tov_part_sink sink = {write_sealed, &upload->sinks[at]};
    upload->sinks[at] = (struct sink){upload, at};
    TOV_TRY(tov_part_sealer_create(&key, size, &sink, &file->sealer));
    tov_sha256_init(&file->sha);
    file->size = size;
    upload->plan.attachment_count++;
    call->connection->use->upload_bytes += size;
    if (size > 0)
        return TOV_OK;
    enum tov_err err = take_data(upload, at, (struct tov_bytes){0});
    return err == TOV_OK ? TOV_OK : fail_file(call, upload, err);
}

enum tov_err tov_api_upload_begin(struct api_call *call)
{
    struct api_upload *upload = NULL;
    uint64_t id = tov_record_number(call->request, "upload");
    uint64_t size = tov_record_number(call->request, "size");
    TOV_TRY(admit(call, size));
    TOV_TRY(id == 0 ? new_upload(call, &upload) : get_upload(call, id, &upload));
    TOV_TRY(begin_file(call, upload, size));
    return put_answer(call, upload, upload->plan.attachment_count - 1);
}

/* ---- data ---- */

enum tov_err tov_api_upload_data(struct api_call *call)
{
    struct api_upload *upload = NULL;
    struct tov_bytes data = tov_record_bytes(call->request, "data");
    uint64_t at = tov_record_number(call->request, "file");
    TOV_TRY(get_upload(call, tov_record_number(call->request, "upload"), &upload));
    if (at >= upload->plan.attachment_count)
        return tov_fail(&call->error, TOV_E_NOT_FOUND, "the upload has no such file");
    const struct upload_file *file = &upload->files[at];
    if (data.size > TOV_API_DATA_MAX_BYTES)
        return tov_fail(&call->error, TOV_E_LIMIT, "at most %u bytes at once",
                        TOV_API_DATA_MAX_BYTES);
    if (file->is_done || tov_record_number(call->request, "offset") != file->taken)
        return tov_fail(&call->error, TOV_E_ARGUMENT,
                        "offset is not where the file stands: go on from %llu",
                        (unsigned long long)file->taken);
    if (data.size > file->size - file->taken)
        return tov_fail(&call->error, TOV_E_ARGUMENT, "more data than the size said at the begin");
    enum tov_err err = take_data(upload, (size_t)at, data);
    if (err != TOV_OK)
        return fail_file(call, upload, err);
    return put_answer(call, upload, (size_t)at);
}

enum tov_err tov_api_upload_cancel(struct api_call *call)
{
    struct api_upload *upload = NULL;
    TOV_TRY(get_upload(call, tov_record_number(call->request, "upload"), &upload));
    end_upload(call->connection, upload, false);
    return TOV_OK;
}

/* ---- for Submit ---- */

enum tov_err tov_api_upload_find(struct api_call *call, uint64_t id, struct api_upload **out_upload)
{
    struct api_upload *upload = NULL;
    TOV_TRY(get_upload(call, id, &upload));
    for (size_t i = 0; i < upload->plan.attachment_count; i++) {
        if (!upload->files[i].is_done)
            return tov_fail(&call->error, TOV_E_ARGUMENT, "file %zu of the upload is not whole", i);
    }
    *out_upload = upload;
    return TOV_OK;
}

const struct tov_message_plan *tov_api_upload_plan(const struct api_upload *upload)
{
    return &upload->plan;
}

enum tov_err tov_api_upload_check(struct api_call *call, const struct api_upload *upload,
                                  struct tov_record content)
{
    size_t count = upload->plan.attachment_count;
    struct tov_record named;
    if (tov_record_count(content, "attachments") != count)
        return tov_fail(&call->error, TOV_E_SCHEMA,
                        "content.attachments must name the %zu uploaded files, in order", count);
    for (size_t i = 0; i < count && tov_record_child(content, "attachments", i, &named); i++) {
        struct tov_bytes sha256 = tov_record_bytes(named, "sha256");
        if (tov_record_bytes(named, "name").size == 0 ||
            tov_record_bytes(named, "mime").size == 0 ||
            tov_record_number(named, "size") != upload->files[i].size ||
            !tov_bytes_equal(sha256, TOV_BYTES_OF(upload->files[i].sha256.bytes)))
            return tov_fail(&call->error, TOV_E_SCHEMA,
                            "content.attachments.%zu: name, mime, sha256 and size must be there "
                            "and fit the uploaded file",
                            i + 1);
    }
    return TOV_OK;
}

enum tov_err tov_api_upload_sync(struct api_call *call, const struct api_upload *upload)
{
    const struct tov_host *host = call->core->host;
    for (size_t i = 0; i < upload->plan.attachment_count; i++) {
        TOV_TRY(host->blob_sync(host->context, temporary(upload, i, "").text));
        TOV_TRY(host->blob_sync(host->context, temporary(upload, i, ".tree").text));
    }
    return TOV_OK;
}

enum tov_err tov_api_upload_take(struct api_call *call, struct api_upload *upload,
                                 const struct tov_message_name *name,
                                 const uint8_t id[TOV_MESSAGE_ID_BYTES])
{
    const struct tov_host *host = call->core->host;
    for (size_t i = 0; i < upload->plan.attachment_count; i++) {
        char blob[TOV_BLOB_NAME_SIZE];
        char tree[TOV_BLOB_NAME_SIZE + 8];
        tov_blob_name(call->core, name, id, (uint8_t)(2 + i), blob);
        (void)snprintf(tree, sizeof tree, "%s.tree", blob);
        TOV_TRY(host->blob_rename(host->context, temporary(upload, i, "").text, blob));
        TOV_TRY(host->blob_rename(host->context, temporary(upload, i, ".tree").text, tree));
    }
    end_upload(call->connection, upload, true);
    return TOV_OK;
}
