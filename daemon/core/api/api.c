/* SPDX-License-Identifier: EUPL-1.2
 *
 * From frame to handler to reply.
 *
 *   frame -> known key? -> decoded -> role may? -> handler -> reply at once
 *                                                  |-> after the commit: encoded reply, or `then`
 */
#include "api/affair.h"
#include "api/desk.h"

#include "ledger/vault.h"

#include <string.h>

struct api_row {
    const char *field; /* of ApiRequest */
    api_handler *handle;
    enum tov_deed deed;
};

static const struct api_row rows[] = {
    {"hello", tov_api_hello, TOV_DEED_STATUS},
    {"submit", tov_api_submit, TOV_DEED_SUBMIT},
    {"upload_begin", tov_api_upload_begin, TOV_DEED_SUBMIT},
    {"upload_data", tov_api_upload_data, TOV_DEED_SUBMIT},
    {"upload_cancel", tov_api_upload_cancel, TOV_DEED_SUBMIT},
    {"list", tov_api_list, TOV_DEED_LOOK},
    {"get", tov_api_get, TOV_DEED_LOOK},
    {"trace", tov_api_trace, TOV_DEED_LOOK},
    {"watch", tov_api_watch, TOV_DEED_LOOK},
    {"unwatch", tov_api_unwatch, TOV_DEED_LOOK},
    {"acknowledge", tov_api_acknowledge, TOV_DEED_LOOK},
    {"attachment_read", tov_api_attachment_read, TOV_DEED_CONTENT},
    {"status", tov_api_status, TOV_DEED_STATUS},
    {"export_read", tov_api_export_read, TOV_DEED_EXPORT},
    {"directory", tov_api_directory, TOV_DEED_STATUS},
    {"cases", tov_api_cases, TOV_DEED_LOOK},
    {"case_read", tov_api_case_read, TOV_DEED_LOOK},
    {"record", tov_api_record, TOV_DEED_CONTENT},
    {"find", tov_api_find, TOV_DEED_CONTENT},
    {"start_anyway", tov_api_start_anyway, TOV_DEED_START},
    {"give_again", tov_api_give_again, TOV_DEED_SUBMIT},
};

/* ---- life ---- */

enum tov_err tov_api_create(const struct tov_api_options *options, struct tov_api **out_api,
                            struct tov_error *error)
{
    struct tov_core *core = options->core;
    struct tov_api *api = calloc(1, sizeof *api);
    if (api == NULL)
        return TOV_E_NOMEM;
    api->core = core;
    api->follow = options->follow;
    api->clients = options->clients;
    api->demo_clock = options->demo_clock;
    api->policy =
        options->policy != NULL ? *options->policy : (struct tov_api_policy)TOV_API_POLICY_DEFAULT;
    api->next_upload = 1;
    api->search_piece_bytes = TOV_API_SEARCH_PIECE_BYTES;
    api->state = (struct tov_api_state){"starting", false, "", ""};
    api->frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    tov_vault_derive(core->vault, "tov/v1 idempotency", &api->tag_key);
    tov_vault_derive(core->vault, "tov/v1 record", &api->record_key);
    tov_core_random(core, api->search_key.bytes, sizeof api->search_key.bytes);
    api->tags_from = core->next_event;
    enum tov_err err = tov_api_tags_create(TOV_API_TAGS_MAX, &api->tags);
    if (err == TOV_OK)
        err = tov_api_tags_load(api->tags, core->store);
    if (err == TOV_OK)
        err = tov_book_create(core, options->book_block_bytes, &api->book);
    if (err == TOV_OK)
        err = tov_desk_create(&api->desk);
    if (err == TOV_OK)
        err = core->host->blob_sweep(core->host->context, "tmp-");
    if (err != TOV_OK) {
        tov_api_destroy(api);
        return tov_fail(error, err, "what clients need of the store cannot be read");
    }
    api->committed_event = tov_api_newest_event(api);
    tov_api_on_tick(api);
    api->checks_left = 0; /* serving comes first */
    tov_api_slice_begin(api);
    tov_desk_begin(api->desk, api->committed_event);
    *out_api = api;
    return TOV_OK;
}

static void close_one(struct tov_api *api, struct api_connection *connection)
{
    tov_api_connection_close(api, connection->id);
}

void tov_api_destroy(struct tov_api *api)
{
    if (api == NULL)
        return;
    tov_api_for_each(api, close_one);
    tov_api_tags_destroy(api->tags);
    tov_api_briefs_drop(api);
    tov_book_destroy(api->book);
    tov_desk_destroy(api->desk);
    tov_api_settled_forget(api);
    tov_buf_fini(&api->frame);
    tov_key_wipe(&api->tag_key);
    tov_key_wipe(&api->record_key);
    tov_key_wipe(&api->search_key);
    free(api);
}

static void rename_one(struct tov_api *api, struct api_connection *connection)
{
    connection->client = tov_clients_find(api->clients, connection->use->key);
    if (connection->client == NULL)
        tov_api_connection_refuse(api, connection, "the key is not registered any more");
}

void tov_api_set_clients(struct tov_api *api, struct tov_clients *clients)
{
    api->clients = clients;
    tov_api_for_each(api, rename_one);
}

void tov_api_set_state(struct tov_api *api, const struct tov_api_state *state)
{
    api->state = *state;
}

void tov_api_set_gateway(struct tov_api *api, bool is_there)
{
    uint64_t now_ms = api->core->now_ms == 0 ? 1 : api->core->now_ms;
    if (is_there)
        api->gateway_gone_ms = 0;
    else if (api->gateway_gone_ms == 0)
        api->gateway_gone_ms = now_ms;
}

void tov_api_set_witness(struct tov_api *api, bool can_cosign)
{
    api->witness_is_lost = !can_cosign;
}

uint64_t tov_api_newest_event(struct tov_api *api)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_row row;
    if (api->committed_event + 1 == api->core->next_event)
        return api->committed_event;
    if (tov_store_read_begin(api->core->store, &read, NULL) == TOV_OK &&
        tov_store_last(read, TOV_TABLE_EVENT, &row) == TOV_OK)
        api->committed_event = tov_store_key_to_u64(&row.key);
    return api->committed_event;
}

/* ---- replies ---- */

static const char *words_of(enum tov_err err)
{
    if (err == TOV_E_NOMEM)
        return "the node is short of memory: try again";
    if (err == TOV_E_IO || err == TOV_E_CORRUPT)
        return "the node could not read or write its store: call the operator";
    if (err == TOV_E_LIMIT)
        return "the answer would be too large";
    return tov_err_name(err);
}

static enum tov_err put_error(struct api_call *call, enum tov_err err)
{
    const char *text = call->error.text[0] != '\0' ? call->error.text : words_of(err);
    TOV_TRY(tov_record_put_number(call->reply, "error", (uint64_t)err));
    return tov_record_put_text(call->reply, "error_text", text);
}

/* A failed handler may have filled a part of its answer: only findings stay. */
static void clear_answers(struct tov_record reply)
{
    const struct tov_schema *schema = tov_record_schema(reply);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        if (field.kind == TOV_FIELD_RECORD && !field.repeated)
            tov_record_clear(reply, field.name);
    }
}

static void finish_call(struct api_call *call, enum tov_err err)
{
    if (call->is_deferred && err == TOV_OK)
        return;
    if (err != TOV_OK) {
        clear_answers(call->reply);
        err = put_error(call, err);
    }
    if (err == TOV_OK)
        tov_api_send_record(call->api, call->connection, call->reply, call->has_content);
}

static enum tov_err start_call(struct api_call *call, uint64_t id)
{
    call->id = id;
    TOV_TRY(tov_record_create(tov_schema_find("ApiReply"), &call->reply));
    return id == 0 ? TOV_OK : tov_record_put_number(call->reply, "id", id);
}

static struct api_call call_on(struct tov_api *api, struct api_connection *connection)
{
    return (struct api_call){
        .api = api, .core = api->core, .connection = connection, .client = connection->client};
}

/* ---- after the commit ---- */

/* The connection that asked; NULL: it is gone, though another with its number may have begun. */
static struct api_connection *asker_of(const struct tov_after *after)
{
    struct api_connection *connection = tov_api_connection_find(after->owner, after->a);
    if (connection == NULL || connection->serial != after->b)
        return NULL;
    connection->in_flight--;
    connection->use->in_flight--;
    return connection;
}

static void send_after(struct tov_core *core, const struct tov_after *after)
{
    struct api_connection *connection = asker_of(after);
    (void)core;
    if (connection != NULL)
        tov_api_send(after->owner, connection, after->bytes);
}

struct deferred {
    api_then *then;
    uint64_t id; /* of the request */
    struct api_argument argument;
};

static void run_after(struct tov_core *core, const struct tov_after *after)
{
    struct api_connection *connection = asker_of(after);
    struct deferred deferred;
    (void)core;
    if (connection == NULL)
        return;
    memcpy(&deferred, after->bytes.data, sizeof deferred);
    struct api_call call = call_on(after->owner, connection);
    enum tov_err err = start_call(&call, deferred.id);
    if (err == TOV_OK)
        finish_call(&call, deferred.then(&call, &deferred.argument));
    tov_record_destroy(&call.reply);
}

/* Who begins something was refused before (tov_api_check_room); this is what waits for a commit
 * that was begun: it may be durable yet, so that no other code would be true. */
static enum tov_err defer(struct api_call *call, struct tov_after *after)
{
    if (call->core->waits_for_room)
        return tov_fail(&call->error, TOV_E_TIMEOUT,
                        "the node's disk is full, and what you ask about waits for room: ask "
                        "again later");
    after->owner = call->api;
    after->a = call->connection->id;
    after->b = call->connection->serial;
    TOV_TRY(tov_core_after(call->core, after));
    call->connection->in_flight++;
    call->connection->use->in_flight++;
    call->is_deferred = true;
    return TOV_OK;
}

enum tov_err tov_api_reply_after(struct api_call *call)
{
    struct tov_buf *frame = &call->api->frame;
    tov_buf_clear(frame);
    TOV_TRY(tov_api_encode(call->reply, frame));
    struct tov_after after = {.run = send_after, .bytes = tov_buf_view(frame)};
    return defer(call, &after);
}

enum tov_err tov_api_call_after(struct api_call *call, api_then *then,
                                const struct api_argument *argument)
{
    struct deferred deferred = {then, call->id, *argument};
    struct tov_after after = {.run = run_after,
                              .bytes = {(const uint8_t *)&deferred, sizeof deferred}};
    return defer(call, &after);
}

/* ---- requests ---- */

static const struct api_row *row_of(struct tov_record request, struct tov_record *out_body)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (tov_record_child(request, rows[i].field, 0, out_body))
            return &rows[i];
    }
    return NULL;
}

static enum tov_err handle(struct api_call *call, struct tov_record request)
{
    const struct api_row *row = row_of(request, &call->request);
    if (row == NULL)
        return tov_fail(&call->error, TOV_E_VERSION, "a request that this node does not know");
    if (!tov_access_may(call->client, row->deed))
        return tov_fail(&call->error, TOV_E_DENIED, "the roles of your key do not allow this");
    if (call->connection->use->in_flight >= TOV_API_IN_FLIGHT_MAX)
        return tov_fail(&call->error, TOV_E_BUSY,
                        "over %u requests of your key are waiting: wait for answers",
                        TOV_API_IN_FLIGHT_MAX);
    return row->handle(call);
}

static const char *why_refused(enum tov_err err)
{
    if (err == TOV_E_DENIED)
        return API_TOLD("this key is not registered at the node");
    if (err == TOV_E_BUSY)
        return API_TOLD(
            "the node, or your key, has too many connections: close some, and try again");
    return API_TOLD("the node has not enough memory for another connection: try again, and call "
                    "the operator if it stays so");
}

static void refuse_stranger(struct tov_api *api, uint64_t connection, enum tov_err err)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    const struct tov_host *host = api->core->host;
    tov_buf_clear(&api->frame);
    if (tov_record_create(tov_schema_find("ApiReply"), &reply) == TOV_OK &&
        tov_record_put_number(reply, "error", (uint64_t)err) == TOV_OK &&
        tov_record_put_text(reply, "error_text", why_refused(err)) == TOV_OK &&
        tov_api_encode(reply, &api->frame) == TOV_OK)
        (void)tov_core_send_client(api->core, connection, tov_buf_view(&api->frame));
    host->close_client(host->context, connection);
    tov_core_log(api->core, TOV_HOST_WARN, "client-refused", "connection=%llu error=%s",
                 (unsigned long long)connection, tov_err_name(err));
}

void tov_api_refuse_frame(struct tov_api *api, struct api_connection *connection,
                          struct tov_bytes frame, const struct api_refusal *refusal)
{
    struct tov_record request = {0};
    struct api_call call = call_on(api, connection);
    if (tov_api_request_decode(frame, &request, NULL) == TOV_OK &&
        start_call(&call, tov_record_number(request, "id")) == TOV_OK)
        finish_call(&call, tov_fail(&call.error, refusal->err, "%s", refusal->text));
    tov_record_destroy(&request);
    tov_record_destroy(&call.reply);
}

/* A request that must wait is kept, unless that fails: then its client is told. */
static void take_frame(struct tov_api *api, struct api_connection *connection,
                       struct tov_bytes frame)
{
    if (tov_api_run_frame(api, connection, frame) != TOV_E_AGAIN)
        return;
    struct api_refusal refusal = {tov_api_wait(api, connection, frame),
                                  API_TOLD("the node is reading its case book, and many requests "
                                           "wait for it: wait for answers, and try again")};
    if (refusal.err != TOV_OK)
        tov_api_refuse_frame(api, connection, frame, &refusal);
}

enum tov_err tov_api_run_frame(struct tov_api *api, struct api_connection *connection,
                               struct tov_bytes frame)
{
    struct tov_record request = {0};
    struct api_call call = call_on(api, connection);
    enum tov_err err = tov_api_request_decode(frame, &request, &call.error);
    enum tov_err start_err =
        start_call(&call, err == TOV_OK ? tov_record_number(request, "id") : 0);
    if (err == TOV_OK)
        err = start_err == TOV_OK ? handle(&call, request) : start_err;
    bool waits = err == TOV_E_AGAIN && call.waits;
    if (start_err == TOV_OK && !waits)
        finish_call(&call, err);
    tov_record_destroy(&request);
    tov_record_destroy(&call.reply);
    return waits ? TOV_E_AGAIN : TOV_OK;
}

void tov_api_on_frame(struct tov_api *api, const uint8_t client_key[32], uint64_t connection_id,
                      struct tov_bytes frame)
{
    struct api_connection *connection = NULL;
    enum tov_err err = tov_api_connection_get(api, client_key, connection_id, &connection);
    if (err == TOV_OK)
        take_frame(api, connection, frame);
    else
        refuse_stranger(api, connection_id, err);
}

void tov_api_refuse_busy(struct tov_api *api, const uint8_t client_key[32], uint64_t connection_id,
                         struct tov_bytes frame)
{
    static const struct api_refusal refusal = {
        TOV_E_BUSY, API_TOLD("your key asks more than the node can answer, and others wait: wait "
                             "for answers, and try again")};
    struct api_connection *connection = NULL;
    enum tov_err err = tov_api_connection_get(api, client_key, connection_id, &connection);
    if (err == TOV_OK)
        tov_api_refuse_frame(api, connection, frame, &refusal);
    else
        refuse_stranger(api, connection_id, err);
}

void tov_api_on_gone(struct tov_api *api, uint64_t connection)
{
    tov_api_connection_close(api, connection);
}

static void close_connection(struct tov_api *api, struct api_connection *connection)
{
    tov_api_connection_close(api, connection->id);
}

void tov_api_on_all_gone(struct tov_api *api)
{
    tov_api_for_each(api, close_connection);
}

enum tov_err tov_api_tags_catch_up(struct tov_api *api)
{
    const struct tov_core *core = api->core;
    if (api->tags_regained == core->regained_open)
        return TOV_OK;
    TOV_TRY(tov_api_tags_read(api->tags, core, api->tags_from));
    api->tags_regained = core->regained_open;
    api->tags_from = core->next_event;
    return TOV_OK;
}

void tov_api_on_tick(struct tov_api *api)
{
    struct tov_store_space space;
    if (tov_store_space(api->core->store, &space) == TOV_OK)
        api->core->disk_free_bytes = space.free_bytes;
    tov_api_for_each(api, tov_api_uploads_expire);
    tov_api_rest_on_tick(api);
    tov_desk_on_tick(api);
}

void tov_api_on_signed(struct tov_api *api)
{
    (void)api; /* what is shown as signed is asked of the ledger each time */
}

void tov_api_pump(struct tov_api *api)
{
    tov_api_slice_begin(api);
    tov_api_flush_outboxes(api);
    tov_api_watches_pump(api);
}
