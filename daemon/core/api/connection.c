/* SPDX-License-Identifier: EUPL-1.2
 *
 * Connections of clients: found by number, bounded by quotas of their key, and what the front does
 * not take yet.
 */
#include "api/api_internal.h"

#include <string.h>

static struct api_connection **bucket_of(const struct tov_api *api, uint64_t id)
{
    size_t at = (size_t)((id * 0x9e3779b97f4a7c15u) >> 54) % API_BUCKETS;
    return (struct api_connection **)(uintptr_t)&api->buckets[at];
}

struct api_connection *tov_api_connection_find(const struct tov_api *api, uint64_t id)
{
    struct api_connection *connection = *bucket_of(api, id);
    while (connection != NULL && connection->id != id)
        connection = connection->next;
    return connection;
}

static struct api_key_use *use_of(struct tov_api *api, const uint8_t key[32])
{
    struct api_key_use *use = api->uses;
    while (use != NULL && memcmp(use->key, key, sizeof use->key) != 0)
        use = use->next;
    if (use != NULL)
        return use;
    use = calloc(1, sizeof *use);
    if (use == NULL)
        return NULL;
    memcpy(use->key, key, sizeof use->key);
    use->next = api->uses;
    api->uses = use;
    return use;
}

static void drop_use_if_idle(struct tov_api *api, struct api_key_use *use)
{
    struct api_key_use **at = &api->uses;
    if (use->connections > 0)
        return;
    while (*at != use)
        at = &(*at)->next;
    *at = use->next;
    free(use);
}

static enum tov_err add_connection(struct tov_api *api, const struct tov_client *client,
                                   uint64_t id, struct api_connection **out_connection)
{
    if (api->connection_count == TOV_API_CONNECTIONS_MAX)
        return TOV_E_BUSY;
    struct api_key_use *use = use_of(api, client->key);
    if (use == NULL)
        return TOV_E_NOMEM;
    if (use->connections == TOV_API_CONNECTIONS_OF_KEY_MAX)
        return TOV_E_BUSY;
    struct api_connection *connection = calloc(1, sizeof *connection);
    if (connection == NULL) {
        drop_use_if_idle(api, use);
        return TOV_E_NOMEM;
    }
    struct api_connection **bucket = bucket_of(api, id);
    connection->id = id;
    connection->serial = ++api->last_serial;
    connection->client = client;
    connection->use = use;
    connection->outbox = TOV_BUF_INIT(TOV_API_OUTBOX_MAX_BYTES);
    connection->next = *bucket;
    *bucket = connection;
    use->connections++;
    api->connection_count++;
    *out_connection = connection;
    return TOV_OK;
}

enum tov_err tov_api_connection_get(struct tov_api *api, const uint8_t key[32], uint64_t id,
                                    struct api_connection **out_connection)
{
    const struct tov_client *client = tov_clients_find(api->clients, key);
    struct api_connection *connection = tov_api_connection_find(api, id);
    if (client == NULL)
        return TOV_E_DENIED;
    if (connection != NULL && memcmp(connection->use->key, key, 32) != 0) {
        tov_api_connection_close(api, id);
        connection = NULL;
    }
    if (connection == NULL)
        return add_connection(api, client, id, out_connection);
    *out_connection = connection;
    return TOV_OK;
}

void tov_api_connection_close(struct tov_api *api, uint64_t id)
{
    struct api_connection **at = bucket_of(api, id);
    while (*at != NULL && (*at)->id != id)
        at = &(*at)->next;
    struct api_connection *connection = *at;
    if (connection == NULL)
        return;
    *at = connection->next;
    tov_api_waiting_drop(api, connection);
    tov_api_uploads_drop(api, connection);
    api->watch_count -= connection->watch_count;
    connection->use->watches -= (unsigned)connection->watch_count;
    api->outbox_count -= connection->outbox.size > 0 ? 1 : 0;
    connection->use->in_flight -= connection->in_flight;
    connection->use->connections--;
    drop_use_if_idle(api, connection->use);
    tov_wipe(connection->outbox.data, connection->outbox.capacity);
    tov_buf_fini(&connection->outbox);
    api->connection_count--;
    free(connection);
}

void tov_api_connection_refuse(struct tov_api *api, struct api_connection *connection,
                               const char *why)
{
    uint64_t id = connection->id;
    tov_core_log(api->core, TOV_HOST_WARN, "client-closed", "connection=%llu why=\"%s\"",
                 (unsigned long long)id, why);
    api->core->host->close_client(api->core->host->context, id);
    tov_api_connection_close(api, id);
}

/* ---- sending ---- */

static void keep_frame(struct tov_api *api, struct api_connection *connection,
                       struct tov_bytes frame)
{
    bool was_empty = connection->outbox.size == 0;
    tov_buf_put_u32(&connection->outbox, (uint32_t)frame.size);
    tov_buf_put_bytes(&connection->outbox, frame);
    api->outbox_count += was_empty && connection->outbox.size > 0 ? 1 : 0;
}

void tov_api_send(struct tov_api *api, struct api_connection *connection, struct tov_bytes frame)
{
    if (connection->outbox.size == 0 &&
        tov_core_send_client(api->core, connection->id, frame) != TOV_E_BUSY)
        return; /* sent, or there is nobody left to send to */
    keep_frame(api, connection, frame);
}

void tov_api_send_record(struct tov_api *api, struct api_connection *connection,
                         struct tov_record reply, bool has_content)
{
    tov_buf_clear(&api->frame);
    enum tov_err err = tov_api_encode(reply, &api->frame);
    if (err == TOV_OK)
        tov_api_send(api, connection, tov_buf_view(&api->frame));
    else
        tov_core_log(api->core, TOV_HOST_ERROR, "reply-not-sent", "connection=%llu error=%s",
                     (unsigned long long)connection->id, tov_err_name(err));
    if (has_content && api->frame.data != NULL)
        tov_wipe(api->frame.data, api->frame.capacity);
}

static void flush_one(struct tov_api *api, struct api_connection *connection)
{
    struct tov_buf *box = &connection->outbox;
    if (box->failed != TOV_OK) {
        tov_api_connection_refuse(api, connection, "it does not take its replies");
        return;
    }
    while (connection->outbox_sent < box->size) {
        struct tov_reader reader = tov_reader_of((struct tov_bytes){
            box->data + connection->outbox_sent, box->size - connection->outbox_sent});
        struct tov_bytes frame = tov_read_bytes(&reader, tov_read_u32(&reader));
        if (tov_core_send_client(api->core, connection->id, frame) == TOV_E_BUSY)
            return;
        connection->outbox_sent += 4 + frame.size;
    }
    if (box->size == 0)
        return;
    tov_wipe(box->data, box->capacity);
    tov_buf_fini(box);
    *box = TOV_BUF_INIT(TOV_API_OUTBOX_MAX_BYTES);
    connection->outbox_sent = 0;
    api->outbox_count--;
}

void tov_api_for_each(struct tov_api *api,
                      void (*each)(struct tov_api *api, struct api_connection *connection))
{
    for (size_t i = 0; i < API_BUCKETS; i++) {
        struct api_connection *connection = api->buckets[i];
        while (connection != NULL) {
            struct api_connection *next = connection->next;
            each(api, connection);
            connection = next;
        }
    }
}

void tov_api_flush_outboxes(struct tov_api *api)
{
    if (api->outbox_count > 0)
        tov_api_for_each(api, flush_one);
}
