/* SPDX-License-Identifier: EUPL-1.2
 *
 * The world as the node asks for it, in the core's process.
 */
#include "core_process.h"
#include "log/log.h"

#include <assert.h>
#include <errno.h>
#include <sys/random.h>

#define PEER_QUEUE_MAX_BYTES (8u << 20)

/* libsodium's own would ask the kernel for 256 bytes at a time. */
static void give_random(void *context, void *out, size_t size)
{
    uint8_t *to = out;
    (void)context;
    while (size > 0) {
        ssize_t got = getrandom(to, size, 0);
        assert(got > 0 || errno == EINTR);
        if (got < 0)
            continue;
        to += got;
        size -= (size_t)got;
    }
}

static enum tov_err send_peer(void *context, uint16_t agency, struct tov_bytes frame)
{
    struct tov_process *process = context;
    if (process->gateway == NULL || !process->gateway_ready)
        return TOV_E_CLOSED;
    if (process->queued[agency] + frame.size > PEER_QUEUE_MAX_BYTES)
        return TOV_E_BUSY;
    TOV_TRY(tov_ipc_send_peer_frame(process->gateway, agency, frame));
    process->queued[agency] += frame.size;
    return TOV_OK;
}

static void drop_peer(void *context, uint16_t agency, uint32_t ms)
{
    struct tov_process *process = context;
    if (process->gateway != NULL &&
        tov_ipc_send_amount(process->gateway, TOV_IPC_GW_DROP, agency, ms) != TOV_OK)
        tov_log_event(TOV_LOG_WARNING, "gateway-not-told");
}

static enum tov_err send_client(void *context, uint64_t connection, struct tov_bytes frame)
{
    struct tov_process *process = context;
    if (process->front == NULL)
        return TOV_E_CLOSED;
    return tov_ipc_send_reply(process->front, connection, frame);
}

static void close_client(void *context, uint64_t connection)
{
    struct tov_process *process = context;
    if (process->front != NULL &&
        tov_ipc_send_connection(process->front, TOV_IPC_FR_CLOSE, connection) != TOV_OK)
        tov_log_event(TOV_LOG_WARNING, "front-not-told");
}

static enum tov_err ask_guard(void *context, uint8_t kind, struct tov_bytes payload)
{
    struct tov_process *process = context;
    return tov_ipc_send(process->guard, kind, &payload, 1);
}

static void write_log(void *context, enum tov_host_level level, const char *event,
                      const char *details)
{
    static const enum tov_log_level levels[] = {TOV_LOG_ERROR, TOV_LOG_WARNING, TOV_LOG_INFO,
                                                TOV_LOG_DEBUG};
    (void)context;
    TOV_LOG(levels[level], event, TOV_LOG_TEXT("details", details));
}

static enum tov_err file_save(void *context, const char *name, struct tov_bytes content)
{
    return tov_core_file_save(((struct tov_process *)context)->files, name, content);
}

static enum tov_err file_load(void *context, const char *name, struct tov_buf *out)
{
    return tov_core_file_load(((struct tov_process *)context)->files, name, out);
}

static enum tov_err file_delete(void *context, const char *name)
{
    return tov_core_file_delete(((struct tov_process *)context)->files, name);
}

static enum tov_err blob_write(void *context, const char *name, uint64_t offset,
                               struct tov_bytes data)
{
    return tov_core_blob_write(((struct tov_process *)context)->files, name, offset, data);
}

static enum tov_err blob_read(void *context, const char *name, uint64_t offset,
                              struct tov_room room, size_t *out_read)
{
    return tov_core_blob_read(((struct tov_process *)context)->files, name, offset, room, out_read);
}

static enum tov_err blob_sync(void *context, const char *name)
{
    return tov_core_blob_sync(((struct tov_process *)context)->files, name);
}

static enum tov_err blob_rename(void *context, const char *from, const char *to)
{
    return tov_core_blob_rename(((struct tov_process *)context)->files, from, to);
}

static enum tov_err blob_delete(void *context, const char *name)
{
    return tov_core_blob_delete(((struct tov_process *)context)->files, name);
}

static enum tov_err blob_sweep(void *context, const char *prefix)
{
    return tov_core_blob_sweep(((struct tov_process *)context)->files, prefix);
}

void tov_process_make_host(struct tov_process *process)
{
    process->host = (struct tov_host){.context = process,
                                      .random = give_random,
                                      .send_peer = send_peer,
                                      .drop_peer = drop_peer,
                                      .send_client = send_client,
                                      .close_client = close_client,
                                      .ask_guard = ask_guard,
                                      .log = write_log,
                                      .file_save = file_save,
                                      .file_load = file_load,
                                      .file_delete = file_delete,
                                      .blob_write = blob_write,
                                      .blob_read = blob_read,
                                      .blob_sync = blob_sync,
                                      .blob_rename = blob_rename,
                                      .blob_delete = blob_delete,
                                      .blob_sweep = blob_sweep};
}
