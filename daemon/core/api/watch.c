/* SPDX-License-Identifier: EUPL-1.2
 *
 * Watch: events as they become durable. Nothing is kept for a watcher but its position: what the
 * front does not take now is read again from the store when it does.
 *
 *   cursor row   key: SHA-256(client's name, 0, watch's name); value: number u64
 *   names row    key: SHA-256(client's name, 0), which no watch has; value: its cursor rows, u64
 */
#include "api/api_internal.h"

#include "ledger/aside.h"

#include <string.h>

#define EVENTS_A_TURN 2048u   /* that one watch looks at in one turn */
#define LINKS_LOOKED_AT 1024u /* of a receipt, to find one that is the client's */

/* One turn of one watch. */
struct watching {
    struct tov_api *api;
    struct api_connection *connection;
    struct api_watch *watch;
    struct api_look look;
    struct api_view view;
    bool is_blocked; /* at an event that is about to be another one: it stays there */
};

/* ---- cursors ---- */

static struct tov_store_key key_of(const struct api_call *call, struct tov_bytes name)
{
    struct tov_bytes client = tov_bytes_of_text(call->client->name);
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, client.data, client.size + 1); /* with its NUL */
    tov_sha256_update(&sha, name.data, name.size);
    tov_sha256_final(&sha, &hash);
    return tov_store_key_bytes(TOV_BYTES_OF(hash.bytes));
}

static enum tov_err cursor_key(struct api_call *call, struct tov_store_key *out_key)
{
    struct tov_bytes name = tov_record_bytes(call->request, "name");
    if (name.size == 0 || name.size > TOV_API_WATCH_NAME_MAX_BYTES)
        return tov_fail(&call->error, TOV_E_SCHEMA, "the name of a watch has 1 to %u bytes",
                        TOV_API_WATCH_NAME_MAX_BYTES);
    *out_key = key_of(call, name);
    return TOV_OK;
}

/* 0: there is no such row. */
static enum tov_err read_number(const struct api_call *call, struct tov_store_key key,
                                uint64_t *out_number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(call->core->store, &read, NULL));
    enum tov_err err = tov_core_get_pending(call->core, read, TOV_TABLE_CURSOR, key, &row);
    if (err == TOV_E_NOT_FOUND) {
        *out_number = 0;
        return TOV_OK;
    }
    TOV_TRY(err);
    if (row.size != 8)
        return TOV_E_CORRUPT;
    *out_number = tov_get_be64(row.data);
    return TOV_OK;
}

static enum tov_err read_cursor(struct api_call *call, uint64_t *out_number)
{
    struct tov_store_key key;
    TOV_TRY(cursor_key(call, &key));
    return read_number(call, key, out_number);
}

static void put_number(struct api_call *call, struct tov_store_key key, uint64_t number)
{
    uint8_t row[8];
    tov_put_be64(row, number);
    tov_store_batch_put(tov_core_batch(call->core), TOV_TABLE_CURSOR, key, TOV_BYTES_OF(row));
}

/* One more name: its row is never deleted. */
static enum tov_err count_name(struct api_call *call)
{
    struct tov_store_key key = key_of(call, (struct tov_bytes){0});
    uint64_t names = 0;
    TOV_TRY(read_number(call, key, &names));
    if (names >= TOV_API_WATCH_NAMES_MAX)
        return tov_fail(&call->error, TOV_E_LIMIT,
                        "you have used %u names of watches: use one of them again",
                        TOV_API_WATCH_NAMES_MAX);
    put_number(call, key, names + 1);
    return TOV_OK;
}

enum tov_err tov_api_acknowledge(struct api_call *call)
{
    struct tov_store_key key;
    uint64_t number = tov_record_number(call->request, "number");
    uint64_t held = 0;
    TOV_TRY(cursor_key(call, &key));
    TOV_TRY(read_cursor(call, &held));
    if (number > tov_api_newest_event(call->api))
        return tov_fail(&call->error, TOV_E_ARGUMENT, "there is no event with that number yet");
    if (number <= held)
        return TOV_OK; /* never back */
    TOV_TRY(tov_api_check_room(call));
    if (held == 0)
        TOV_TRY(count_name(call));
    put_number(call, key, number);
    return tov_api_reply_after(call);
}

/* ---- begin and end ---- */

static struct api_watch *find_watch(struct api_connection *connection, uint64_t id)
{
    for (size_t i = 0; i < TOV_API_WATCHES_MAX; i++) {
        if (connection->watches[i].id == id)
            return &connection->watches[i];
    }
    return NULL;
}

static enum tov_err first_cursor(struct api_call *call, uint64_t *out_cursor)
{
    *out_cursor = tov_record_number(call->request, "after");
    if (tov_record_number(call->request, "from_now") != 0)
        *out_cursor = tov_api_newest_event(call->api);
    else if (*out_cursor == 0 && tov_record_count(call->request, "name") > 0)
        return read_cursor(call, out_cursor);
    return TOV_OK;
}

enum tov_err tov_api_watch(struct api_call *call)
{
    struct api_connection *connection = call->connection;
    uint64_t cursor = 0;
    TOV_TRY(first_cursor(call, &cursor));
    struct api_watch *watch = find_watch(connection, 0);
    if (find_watch(connection, call->id) != NULL)
        return tov_fail(&call->error, TOV_E_EXISTS, "a watch with this id is open already");
    if (watch == NULL || connection->use->watches == TOV_API_WATCHES_MAX)
        return tov_fail(&call->error, TOV_E_BUSY, "your key has %u watches open already",
                        TOV_API_WATCHES_MAX);
    *watch = (struct api_watch){.id = call->id,
                                .cursor = cursor,
                                .caught_up_at = tov_api_newest_event(call->api),
                                .deliveries = tov_record_number(call->request, "deliveries") != 0,
                                .without_written =
                                    tov_record_number(call->request, "without_written") != 0};
    connection->watch_count++;
    connection->use->watches++;
    call->api->watch_count++;
    call->is_deferred = true; /* events are the answer */
    return TOV_OK;
}

enum tov_err tov_api_unwatch(struct api_call *call)
{
    struct api_connection *connection = call->connection;
    uint64_t id = tov_record_number(call->request, "watch");
    struct api_watch *watch = id == 0 ? NULL : find_watch(connection, id);
    if (watch == NULL)
        return tov_fail(&call->error, TOV_E_NOT_FOUND, "no watch with this id is open");
    *watch = (struct api_watch){.id = 0};
    connection->watch_count--;
    connection->use->watches--;
    call->api->watch_count--;
    return TOV_OK;
}

/* ---- sending ---- */

struct sending {
    const char *kind;
    uint64_t number;
    const struct tov_event *delivered; /* NULL: not a receipt */
    bool has_summary;
};

static enum tov_err put_delivered(const struct tov_event *event, struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "agency", event->agency));
    TOV_TRY(tov_record_put_number(out, "first_link", event->first_link));
    TOV_TRY(tov_record_put_number(out, "last_link", event->last_link));
    return tov_api_put_count(out, "verdict", event->verdict);
}

static enum tov_err put_event(struct watching *on, const struct sending *sending,
                              struct tov_record reply)
{
    struct tov_record event;
    struct tov_record summary;
    TOV_TRY(tov_record_put_number(reply, "id", on->watch->id));
    TOV_TRY(tov_record_open(reply, "event", &event));
    TOV_TRY(tov_api_put_count(event, "number", sending->number));
    TOV_TRY(tov_record_put_enum(event, "kind", sending->kind));
    if (sending->delivered != NULL)
        TOV_TRY(put_delivered(sending->delivered, event));
    if (!sending->has_summary)
        return TOV_OK;
    TOV_TRY(tov_record_open(event, "summary", &summary));
    return tov_api_put_summary(&on->look, &on->view, summary);
}

/* TOV_E_BUSY: the front takes nothing now, and the cursor stays. */
static enum tov_err send_event(struct watching *on, const struct sending *sending)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_api *api = on->api;
    TOV_TRY(tov_record_create(tov_schema_find("ApiReply"), &reply));
    TOV_TRY(put_event(on, sending, reply));
    tov_buf_clear(&api->frame);
    TOV_TRY(tov_api_encode(reply, &api->frame));
    enum tov_err err =
        tov_core_send_client(api->core, on->connection->id, tov_buf_view(&api->frame));
    return err == TOV_E_BUSY ? TOV_E_BUSY : TOV_OK;
}

/* ---- which events ---- */

static const char *kind_name(enum tov_event_kind kind)
{
    switch (kind) {
    case TOV_EVENT_WRITTEN:
        return "written";
    case TOV_EVENT_RECEIVED:
        return "received";
    case TOV_EVENT_DELIVERED:
        return "delivered";
    case TOV_EVENT_ATTACHMENT:
        return "attachment";
    }
    return "written";
}

static enum tov_err own_message_of(const struct watching *on, const struct tov_event *receipt,
                                   uint64_t link, struct tov_event *out)
{
    struct tov_link_place place = {receipt->agency, receipt->series.generation,
                                   receipt->series.lost_index, link};
    struct tov_bytes row;
    TOV_TRY(tov_store_get(on->look.read, TOV_TABLE_LINK, tov_key_link(&place), &row));
    if (row.size != 8)
        return TOV_E_CORRUPT;
    *out = (struct tov_event){.kind = TOV_EVENT_WRITTEN,
                              .agency = on->api->core->own->number,
                              .generation = receipt->series.generation,
                              .index = tov_get_be64(row.data)};
    return TOV_OK;
}

/* A receipt is for a client when one of the messages that it speaks of is. */
static enum tov_err is_receipt_for(struct watching *on, const struct tov_event *receipt, bool *out)
{
    *out = false;
    for (uint64_t link = receipt->first_link;
         !*out && link <= receipt->last_link && link - receipt->first_link < LINKS_LOOKED_AT;
         link++) {
        struct tov_event message;
        struct api_wanted wanted = {1, TOV_MESSAGE_HEADER};
        enum tov_err err = own_message_of(on, receipt, link, &message);
        if (err == TOV_OK)
            err = tov_api_view_event(&on->look, &message, &wanted, &on->view);
        if (err != TOV_OK && err != TOV_E_NOT_FOUND && err != TOV_E_CORRUPT)
            return err;
        *out = err == TOV_OK && on->view.sight != TOV_SIGHT_NONE;
    }
    return TOV_OK;
}

static enum tov_err show_receipt(struct watching *on, uint64_t number,
                                 const struct tov_event *event)
{
    struct sending sending = {.kind = "delivered", .number = number, .delivered = event};
    bool is_for = false;
    if (!on->watch->deliveries)
        return TOV_OK;
    TOV_TRY(is_receipt_for(on, event, &is_for));
    return is_for ? send_event(on, &sending) : TOV_OK;
}

static enum tov_err show_event(struct watching *on, uint64_t number, const struct tov_event *event)
{
    struct sending sending = {
        .kind = kind_name(event->kind), .number = number, .has_summary = true};
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    if (event->kind == TOV_EVENT_DELIVERED)
        return show_receipt(on, number, event);
    if (event->kind == TOV_EVENT_WRITTEN && on->watch->without_written)
        return TOV_OK;
    enum tov_err err = tov_api_view_event(&on->look, event, &wanted, &on->view);
    if (err == TOV_E_CORRUPT)
        tov_api_log_unreadable(on->api->core, number);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ||
        (err == TOV_OK && on->view.sight == TOV_SIGHT_NONE))
        return TOV_OK;
    TOV_TRY(err);
    if (event->kind == TOV_EVENT_ATTACHMENT)
        on->view.number = on->view.message->event; /* the summary is the message's */
    return send_event(on, &sending);
}

/* ---- a turn ---- */

/* What waits to be appended anew comes back under its number (ledger/aside.h): who had gone on
 * would never be told of it. */
static enum tov_err comes_back(const struct watching *on, uint64_t number,
                               const struct tov_event *event, bool *out)
{
    struct tov_aside aside;
    *out = false;
    if (event->kind != TOV_EVENT_WRITTEN || event->index != TOV_ASIDE_INDEX)
        return TOV_OK;
    enum tov_err err = tov_aside_get(on->look.read, number, &aside);
    *out = err == TOV_OK && aside.given_up_ms == 0;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static enum tov_err show_row(struct watching *on, uint64_t number, struct tov_bytes row)
{
    struct tov_event event;
    if (tov_event_decode(row, &event) != TOV_OK) {
        tov_api_log_unreadable(on->api->core, number);
        return TOV_OK;
    }
    TOV_TRY(comes_back(on, number, &event, &on->is_blocked));
    return on->is_blocked ? TOV_OK : show_event(on, number, &event);
}

static enum tov_err walk(struct watching *on, uint64_t newest)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT,
                                    .first = tov_store_key_u64(on->watch->cursor + 1),
                                    .last = tov_store_key_u64(newest)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(on->look.read, &range, &iter));
    for (unsigned i = 0; err == TOV_OK && i < EVENTS_A_TURN && tov_store_iter_next(&iter); i++) {
        uint64_t number = tov_store_key_to_u64(&iter.row.key);
        err = show_row(on, number, iter.row.value);
        if (err == TOV_OK && on->is_blocked)
            break;
        if (err == TOV_OK)
            on->watch->cursor = number;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

static enum tov_err tell_caught_up(struct watching *on)
{
    struct sending sending = {.kind = "caught_up", .number = on->watch->cursor};
    if (on->watch->told_caught_up || on->watch->cursor < on->watch->caught_up_at)
        return TOV_OK;
    TOV_TRY(send_event(on, &sending));
    on->watch->told_caught_up = true;
    return TOV_OK;
}

static enum tov_err pump_watch(struct watching *on, uint64_t newest)
{
    on->is_blocked = false;
    if (on->watch->cursor < newest)
        TOV_TRY(walk(on, newest));
    TOV_TRY(tell_caught_up(on));
    if (on->watch->cursor < newest && !on->is_blocked)
        on->api->has_more = true;
    return TOV_OK;
}

static bool is_waiting(const struct api_watch *watch, uint64_t newest)
{
    return watch->id != 0 && (watch->cursor < newest || !watch->told_caught_up);
}

static void pump_some(struct watching *on, uint64_t newest)
{
    enum tov_err err = tov_api_view_init(&on->view);
    if (err == TOV_OK)
        err = tov_store_read_begin(on->api->core->store, &on->look.read, NULL);
    for (size_t i = 0; err == TOV_OK && i < TOV_API_WATCHES_MAX; i++) {
        on->watch = &on->connection->watches[i];
        if (is_waiting(on->watch, newest))
            err = pump_watch(on, newest);
    }
    tov_api_view_fini(&on->view);
    tov_store_read_end(on->look.read);
    if (err != TOV_OK && err != TOV_E_BUSY)
        tov_core_log(on->api->core, TOV_HOST_ERROR, "watch-stopped", "connection=%llu error=%s",
                     (unsigned long long)on->connection->id, tov_err_name(err));
}

static void pump_connection(struct tov_api *api, struct api_connection *connection)
{
    uint64_t newest = api->committed_event;
    struct watching on = {
        .api = api, .connection = connection, .look = {.api = api, .client = connection->client}};
    bool waits = false;
    for (size_t i = 0; i < TOV_API_WATCHES_MAX; i++)
        waits = waits || is_waiting(&connection->watches[i], newest);
    if (waits && connection->outbox.size == 0)
        pump_some(&on, newest);
}

void tov_api_watches_pump(struct tov_api *api)
{
    api->has_more = false;
    if (api->watch_count == 0)
        return;
    (void)tov_api_newest_event(api);
    tov_api_for_each(api, pump_connection);
}
