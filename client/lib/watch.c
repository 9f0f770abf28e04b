/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/watch.h"

#include <stdlib.h>
#include <string.h>

#define RETRY_MS 1000u

TOV_DEFINE_CLEANUP(watch, struct tov_watch, tov_watch_close)

/* ---- asking and renewing ---- */

static enum tov_err fill_watch(const struct tov_watch *watch, struct tov_record body)
{
    bool resumes = watch->last > watch->after;
    uint64_t after = resumes ? watch->last : watch->after;
    if (watch->name[0] != '\0')
        TOV_TRY(tov_record_put_text(body, "name", watch->name));
    if (after != 0)
        TOV_TRY(tov_record_put_number(body, "after", after));
    if (watch->from_now && !resumes)
        TOV_TRY(tov_record_put_number(body, "from_now", 1));
    if (watch->deliveries)
        TOV_TRY(tov_record_put_number(body, "deliveries", 1));
    return watch->without_written ? tov_record_put_number(body, "without_written", 1) : TOV_OK;
}

static void on_event(struct call *call, struct tov_record *reply)
{
    struct tov_watch *watch = call->event_arg;
    struct tov_record event;
    watch->renew_at_ms = connection_now_ms() + (uint64_t)watch->client->keepalive_ms;
    if (tov_record_child(*reply, "event", 0, &event))
        watch_take_event(watch, event);
}

static enum tov_err ask(struct tov_watch *watch, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    TOV_TRY(request_create("watch", &request, &body));
    TOV_TRY(fill_watch(watch, body));
    watch->call.event = on_event;
    watch->call.event_arg = watch;
    watch->renew_at_ms = connection_now_ms() + (uint64_t)watch->client->keepalive_ms;
    TOV_TRY(call_begin(&watch->call, watch->client, request, error));
    watch->call.deadline_ms = UINT64_MAX; /* no answer: it is renewed */
    return TOV_OK;
}

/* Tells the node that the running request is over, as far as it can be told. */
static void stop_asking(struct tov_watch *watch)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    bool runs = watch->call.state == CALL_SENT || watch->call.state == CALL_STREAMS;
    uint64_t id = watch->call.id;
    call_end(&watch->call);
    if (runs && request_create("unwatch", &request, &body) == TOV_OK &&
        tov_record_put_number(body, "watch", id) == TOV_OK)
        call_send_loose(watch->client, request);
}

static void renew(struct tov_watch *watch)
{
    stop_asking(watch);
    watch->passed_over = false;
    watch->failed = ask(watch, &watch->error);
}

/* What may be over soon. */
static bool may_pass(enum tov_err code)
{
    return code == TOV_E_BUSY || code == TOV_E_UNAVAILABLE || code == TOV_E_TIMEOUT ||
           code == TOV_E_CLOSED || code == TOV_E_NOMEM;
}

static void look_at_end(struct tov_watch *watch)
{
    enum tov_err code = call_result(&watch->call, &watch->error);
    if (!may_pass(code)) {
        watch->failed = code;
        return;
    }
    call_end(&watch->call);
    watch->renew_at_ms = connection_now_ms() + RETRY_MS;
}

void watch_tick(struct tov_watch *watch)
{
    if (watch->failed != TOV_OK)
        return;
    if (watch->call.state == CALL_DONE)
        look_at_end(watch);
    if (watch->failed == TOV_OK && watch->renew_at_ms <= connection_now_ms())
        renew(watch);
}

uint64_t watch_deadline(const struct tov_watch *watch)
{
    return watch->failed == TOV_OK ? watch->renew_at_ms : UINT64_MAX;
}

/* ---- opening and closing ---- */

static size_t free_place(const struct tov_client *client)
{
    size_t i = 0;
    while (i < WATCHES_MAX && client->watches[i] != NULL)
        i++;
    return i;
}

static enum tov_err make_watch(struct tov_client *client, const struct tov_watch_options *options,
                               struct tov_watch **out_watch, struct tov_error *error)
{
    size_t size = options->name == NULL ? 0 : strlen(options->name);
    if (size > WATCH_NAME_MAX_BYTES || (options->name != NULL && size == 0))
        return tov_fail(error, TOV_E_ARGUMENT, "a subscription's name has 1 to %u bytes",
                        WATCH_NAME_MAX_BYTES);
    struct tov_watch *watch = calloc(1, sizeof *watch);
    if (watch == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a subscription");
    watch->client = client;
    watch->after = options->after;
    watch->last = options->after;
    watch->from_now = options->from_now != 0;
    watch->deliveries = options->deliveries != 0;
    watch->without_written = options->without_written != 0;
    if (size > 0)
        memcpy(watch->name, options->name, size);
    *out_watch = watch;
    return TOV_OK;
}

enum tov_err tov_watch_open(struct tov_client *client, const struct tov_watch_options *options,
                            struct tov_watch **out_watch, struct tov_error *error)
{
    TOV_CLEANUP(watch_cleanup) struct tov_watch *watch = NULL;
    size_t place = free_place(client);
    if (options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_WATCH_OPTIONS_INIT");
    if (place == WATCHES_MAX)
        return tov_fail(error, TOV_E_LIMIT, "a client has at most %u subscriptions", WATCHES_MAX);
    TOV_TRY(make_watch(client, options, &watch, error));
    TOV_TRY(ask(watch, error));
    client->watches[place] = watch;
    *out_watch = TOV_TAKE(watch);
    return TOV_OK;
}

void tov_watch_close(struct tov_watch *watch)
{
    if (watch == NULL)
        return;
    stop_asking(watch);
    for (size_t i = 0; i < WATCHES_MAX; i++) {
        if (watch->client->watches[i] == watch)
            watch->client->watches[i] = NULL;
    }
    while (watch->first != NULL) {
        struct tov_event *next = watch->first->next;
        tov_event_destroy(watch->first);
        watch->first = next;
    }
    free(watch);
}

/* ---- taking ---- */

enum tov_err tov_watch_take(struct tov_watch *watch, struct tov_event **out_event,
                            struct tov_error *error)
{
    struct tov_event *event = watch->first;
    if (event == NULL && watch->failed != TOV_OK)
        return tov_fail(error, watch->failed, "%s", watch->error.text);
    if (event == NULL && watch->passed_over && watch->queued == 0 && watch->last > 0)
        watch->renew_at_ms = connection_now_ms(); /* W2: room again */
    if (event == NULL)
        return TOV_E_AGAIN;
    watch->first = event->next;
    if (watch->first == NULL)
        watch->newest = NULL;
    watch->queued--;
    event->next = NULL;
    *out_event = event;
    return TOV_OK;
}

enum tov_err tov_watch_next(struct tov_watch *watch, int timeout_ms, struct tov_event **out_event,
                            struct tov_error *error)
{
    uint64_t until =
        timeout_ms < 0 ? UINT64_MAX : connection_now_ms() + (uint64_t)(unsigned)timeout_ms;
    for (;;) {
        enum tov_err err = tov_watch_take(watch, out_event, error);
        if (err != TOV_E_AGAIN)
            return err;
        err = connection_turn(watch->client, until, error);
        if (err == TOV_E_TIMEOUT && tov_watch_take(watch, out_event, error) == TOV_OK)
            return TOV_OK;
        if (err != TOV_OK)
            return err;
        if (watch->first == NULL && until <= connection_now_ms())
            return tov_fail(error, TOV_E_TIMEOUT, "no event came in time");
    }
}

enum tov_err tov_watch_acknowledge(struct tov_watch *watch, uint64_t number,
                                   struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    if (watch->name[0] == '\0')
        return tov_fail(error, TOV_E_ARGUMENT, "only a subscription with a name has a cursor");
    TOV_TRY(request_create("acknowledge", &request, &body));
    TOV_TRY(tov_record_put_text(body, "name", watch->name));
    TOV_TRY(tov_record_put_number(body, "number", number));
    struct call_order order = {watch->client, request, NULL};
    return call_do(&call, &order, &body, error);
}
