/* SPDX-License-Identifier: EUPL-1.2
 *
 * AttachmentRead: data of an own or a received, complete attachment from any offset. Only the
 * STREAM chunks that are needed are read and opened. One access entry for each connection and
 * attachment, committed before the first byte goes out (I9).
 *
 * The plaintext begins with the length (8 bytes), so data offset o stands at o + 8.
 */
#include "api/api_internal.h"

#include "envelope/pad.h"
#include "envelope/stream.h"

#include <string.h>

struct reading {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    struct tov_key key;
    uint64_t sealed_size;
    uint8_t part;
    char blob[TOV_BLOB_NAME_SIZE];
    uint8_t *chunk; /* one sealed chunk, opened in place */
};

static struct api_grant *find_grant(struct api_connection *connection, uint64_t number,
                                    uint8_t part)
{
    for (size_t i = 0; i < API_GRANTS; i++) {
        if (connection->grants[i].number == number && connection->grants[i].part == part)
            return &connection->grants[i];
    }
    return NULL;
}

static void add_grant(struct api_connection *connection, uint64_t number, uint8_t part)
{
    connection->grants[connection->next_grant] = (struct api_grant){.number = number, .part = part};
    connection->next_grant = (connection->next_grant + 1) % API_GRANTS;
}

/* ---- opening ---- */

/* A restore has lost it, or somebody has taken it away. */
static enum tov_err fetch_own(struct reading *reading)
{
    TOV_TRY(tov_follow_want_files(reading->call->api->follow, reading->view.message));
    return tov_fail(&reading->call->error, TOV_E_UNAVAILABLE,
                    "the attachment's file is not on this node any more: it is being fetched back "
                    "from the message's recipients. Try again later");
}

static enum tov_err check_complete(struct reading *reading)
{
    struct tov_transfer_view transfer = {.complete = false};
    const struct tov_message *message = reading->view.message;
    bool is_own = reading->view.event.agency == reading->call->core->own->number;
    enum tov_err err = tov_follow_transfer(reading->call->api->follow, reading->look.read,
                                           &message->name, reading->part, &transfer);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    if (!transfer.complete && is_own)
        return fetch_own(reading);
    if (!transfer.complete)
        return tov_fail(&reading->call->error, TOV_E_UNAVAILABLE,
                        "the attachment is still on its way from the sender");
    return TOV_OK;
}

static enum tov_err open_message(struct reading *reading, uint64_t number)
{
    struct api_call *call = reading->call;
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    struct api_replies replies;
    TOV_TRY(tov_api_view_init(&reading->view));
    enum tov_err err = tov_api_view_load(&reading->look, &wanted, &reading->view);
    if (err == TOV_E_NOT_FOUND || (err == TOV_OK && reading->view.sight != TOV_SIGHT_CONTENT))
        return tov_api_no_message(call, &reading->look, &reading->view, number);
    TOV_TRY(err);
    const struct tov_message *message = reading->view.message;
    if (reading->part < 2 || reading->part >= message->leaf.part_count)
        return tov_fail(&call->error, TOV_E_NOT_FOUND, "the message has no such attachment");
    if (!message->has_keys || !message->keys.has_content)
        return tov_fail(&call->error, TOV_E_DENIED, "your agency has no right to the content");
    TOV_TRY(tov_api_replies_of(&reading->look, &reading->view, &replies));
    if (replies.is_retracted)
        return tov_fail(&call->error, TOV_E_DENIED, "the sender has taken the message back");
    return check_complete(reading);
}

static enum tov_err open_attachment(struct reading *reading, uint64_t number)
{
    TOV_TRY(tov_store_read_begin(reading->call->core->store, &reading->look.read, NULL));
    TOV_TRY(open_message(reading, number));
    const struct tov_message *message = reading->view.message;
    reading->sealed_size = message->leaf.parts[reading->part].sealed_size;
    if (!tov_part_is_sealed_size(reading->sealed_size))
        return TOV_E_CORRUPT;
    tov_blob_name(reading->call->core, &message->name, message->leaf.id, reading->part,
                  reading->blob);
    reading->chunk = malloc(TOV_STREAM_SEALED_CHUNK_BYTES);
    if (reading->chunk == NULL)
        return TOV_E_NOMEM;
    return tov_part_key(&message->keys, message->leaf.salt, reading->part, &reading->key);
}

static void reading_fini(struct reading *reading)
{
    tov_api_view_fini(&reading->view);
    tov_store_read_end(reading->look.read);
    tov_key_wipe(&reading->key);
    if (reading->chunk != NULL)
        tov_wipe(reading->chunk, TOV_STREAM_SEALED_CHUNK_BYTES);
    free(reading->chunk);
}

/* ---- data ---- */

/* The file is not what was written into it: the sender is not to blame, and no other file is. */
static enum tov_err fail_damaged(const struct reading *reading)
{
    struct api_call *call = reading->call;
    tov_core_log(call->core, TOV_HOST_ERROR, "attachment-damaged",
                 "file=blobs/%s way-out=restore-it-from-a-backup,docs/recovery.md", reading->blob);
    return tov_fail(&call->error, TOV_E_CORRUPT,
                    "the attachment has been damaged on this node's disk: it must be restored from "
                    "a backup, or sent again");
}

/* Opens chunk INDEX into reading->chunk. */
static enum tov_err open_chunk(struct reading *reading, uint64_t index, size_t *out_size)
{
    const struct tov_host *host = reading->call->core->host;
    uint64_t offset = index * TOV_STREAM_SEALED_CHUNK_BYTES;
    if (offset >= reading->sealed_size)
        return TOV_E_CORRUPT;
    uint64_t left = reading->sealed_size - offset;
    bool is_last = left <= TOV_STREAM_SEALED_CHUNK_BYTES;
    size_t size = is_last ? (size_t)left : TOV_STREAM_SEALED_CHUNK_BYTES;
    size_t got = 0;
    TOV_TRY(host->blob_read(host->context, reading->blob, offset,
                            (struct tov_room){reading->chunk, size}, &got));
    struct tov_stream_chunk chunk = {index, is_last, {reading->chunk, size}};
    if (got != size || tov_stream_open_chunk(&reading->key, &chunk, reading->chunk) != TOV_OK)
        return fail_damaged(reading);
    *out_size = size - TOV_STREAM_TAG_BYTES;
    return TOV_OK;
}

static enum tov_err find_total(struct reading *reading, struct api_grant *grant)
{
    size_t size = 0;
    uint64_t plain = 0;
    if (grant->is_committed && grant->total != 0)
        return TOV_OK;
    TOV_TRY(open_chunk(reading, 0, &size));
    TOV_TRY(tov_stream_plain_size(reading->sealed_size, &plain));
    grant->total = size < TOV_PAD_HEAD_BYTES ? UINT64_MAX : tov_get_be64(reading->chunk);
    return grant->total > plain - TOV_PAD_HEAD_BYTES ? TOV_E_CORRUPT : TOV_OK;
}

static enum tov_err copy_range(struct reading *reading, uint64_t from, uint64_t to,
                               struct tov_buf *out)
{
    while (from < to) {
        size_t size = 0;
        uint64_t in_chunk = from % TOV_STREAM_CHUNK_BYTES;
        TOV_TRY(open_chunk(reading, from / TOV_STREAM_CHUNK_BYTES, &size));
        if (in_chunk >= size)
            return TOV_E_CORRUPT;
        uint64_t take = size - in_chunk < to - from ? size - in_chunk : to - from;
        tov_buf_put(out, reading->chunk + in_chunk, (size_t)take);
        from += take;
    }
    return out->failed;
}

static enum tov_err put_data(struct reading *reading, const struct api_argument *argument,
                             uint64_t total)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf data = TOV_BUF_INIT(TOV_API_DATA_MAX_BYTES);
    struct tov_record answer;
    uint64_t end = argument->offset < total ? total - argument->offset : 0;
    end = end < argument->limit ? end : argument->limit;
    reading->call->has_content = true;
    TOV_TRY(tov_api_answer(reading->call, "data", &answer));
    if (end > 0)
        TOV_TRY(copy_range(reading, argument->offset + TOV_PAD_HEAD_BYTES,
                           argument->offset + TOV_PAD_HEAD_BYTES + end, &data));
    if (data.size > 0) /* an empty file has none */
        TOV_TRY(tov_record_put_bytes(answer, "data", tov_buf_view(&data)));
    tov_wipe(data.data, data.capacity);
    TOV_TRY(tov_record_put_number(answer, "offset", argument->offset));
    return tov_record_put_number(answer, "total", total);
}

static enum tov_err read_data(struct reading *reading, const struct api_argument *argument)
{
    struct api_grant *grant =
        find_grant(reading->call->connection, argument->number, argument->part);
    struct api_grant pushed_out = {.number = argument->number, .part = argument->part};
    grant = grant == NULL ? &pushed_out : grant;
    TOV_TRY(open_attachment(reading, argument->number));
    TOV_TRY(find_total(reading, grant));
    grant->is_committed = true;
    return put_data(reading, argument, grant->total);
}

/* The access entry is durable. */
static enum tov_err answer(struct api_call *call, const struct api_argument *argument)
{
    struct reading reading = {
        .call = call, .look = {.api = call->api, .client = call->client}, .part = argument->part};
    enum tov_err err = read_data(&reading, argument);
    reading_fini(&reading);
    return err;
}

/* ---- the request ---- */

static enum tov_err note_reading(struct api_call *call, const struct api_argument *argument)
{
    struct reading reading = {
        .call = call, .look = {.api = call->api, .client = call->client}, .part = argument->part};
    enum tov_err err = open_attachment(&reading, argument->number);
    if (err == TOV_OK)
        err = tov_api_note(call, TOV_ACCESS_ATTACHMENT, &reading.view, (struct tov_bytes){0});
    reading_fini(&reading);
    if (err == TOV_OK)
        add_grant(call->connection, argument->number, argument->part);
    return err;
}

static enum tov_err find_target(struct api_call *call, uint64_t *out_number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(call->core->store, &read, NULL));
    return tov_api_target(call, read, out_number);
}

enum tov_err tov_api_attachment_read(struct api_call *call)
{
    uint64_t limit = tov_record_number(call->request, "limit");
    uint64_t part = tov_record_number(call->request, "part");
    struct api_argument argument = {.offset = tov_record_number(call->request, "offset")};
    if (part < 2 || part >= TOV_PARTS_MAX || argument.offset > TOV_ATTACHMENT_MAX_BYTES)
        return tov_fail(&call->error, TOV_E_NOT_FOUND, "the message has no such attachment");
    argument.part = (uint8_t)part;
    argument.limit =
        (uint32_t)(limit == 0 || limit > TOV_API_DATA_MAX_BYTES ? TOV_API_DATA_MAX_BYTES : limit);
    TOV_TRY(find_target(call, &argument.number));
    const struct api_grant *grant = find_grant(call->connection, argument.number, argument.part);
    if (grant != NULL && grant->is_committed)
        return answer(call, &argument);
    if (grant == NULL)
        TOV_TRY(note_reading(call, &argument));
    return tov_api_call_after(call, answer, &argument);
}
