/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/call.h"

#include "base/limits.h"
#include "lib/connection.h"

#include <stdlib.h>
#include <string.h>

enum tov_err request_create(const char *name, struct tov_record *out_request,
                            struct tov_record *out_body)
{
    struct tov_record request;
    TOV_TRY(tov_record_create(tov_schema_find("ApiRequest"), &request));
    enum tov_err err = tov_record_open(request, name, out_body);
    if (err != TOV_OK) {
        tov_record_destroy(&request);
        return err;
    }
    *out_request = request;
    return TOV_OK;
}

static enum tov_err fill_frame(struct call *call, struct tov_record request)
{
    call->id = connection_next_id(call->client);
    TOV_TRY(tov_record_put_number(request, "id", call->id));
    call->frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    return tov_api_encode(request, &call->frame);
}

static void count(struct call *call, bool up)
{
    struct tov_client *client = call->client;
    size_t one = up ? 1 : (size_t)-1;
    if (call->state == CALL_WAITS)
        client->waiting += one;
    if (call->state == CALL_SENT) {
        client->in_flight += one;
        client->in_flight_bytes += one * call->size_bytes;
    }
}

void call_set_state(struct call *call, enum call_state state)
{
    count(call, false);
    call->state = state;
    count(call, true);
}

enum tov_err call_begin(struct call *call, struct tov_client *client, struct tov_record request,
                        struct tov_error *error)
{
    if (connection_is_foreign(client))
        return tov_fail(error, TOV_E_UNAVAILABLE,
                        "a client cannot be used after fork; open one in the child");
    call->client = client;
    enum tov_err err = fill_frame(call, request);
    if (err != TOV_OK) {
        tov_buf_fini(&call->frame);
        return tov_fail(error, err, "the request does not fit into one frame");
    }
    call->size_bytes = call->frame.size;
    call_set_state(call, CALL_WAITS);
    call->deadline_ms = connection_deadline(client);
    connection_add(client, call);
    return TOV_OK;
}

void call_send_loose(struct tov_client *client, struct tov_record request)
{
    struct call *call = calloc(1, sizeof *call);
    if (call == NULL || call_begin(call, client, request, NULL) != TOV_OK) {
        free(call);
        return;
    }
    call->is_loose = true;
    client->loose++;
}

void call_end(struct call *call)
{
    if (call->state != CALL_NONE) {
        call_set_state(call, CALL_DONE);
        connection_remove(call->client, call);
    }
    tov_buf_fini(&call->frame);
    tov_record_destroy(&call->reply);
    *call = (struct call){.state = CALL_NONE};
}

void call_fail(struct call *call, enum tov_err code, const char *words)
{
    call_set_state(call, CALL_DONE);
    call->result = tov_fail(&call->error, code, "%s", words);
    tov_buf_fini(&call->frame);
}

/* The node's codes are ours. One that this library does not know is still a failure; AGAIN means
 * something else to our callers. */
static enum tov_err code_of(uint64_t number)
{
    if (number > (uint64_t)TOV_E_ASIDE)
        return TOV_E_UNAVAILABLE;
    return number == (uint64_t)TOV_E_AGAIN ? TOV_E_BUSY : (enum tov_err)number;
}

void call_answer(struct call *call, struct tov_record *reply)
{
    enum tov_err code = code_of(tov_record_number(*reply, "error"));
    if (code == TOV_OK && call->event != NULL) {
        call_set_state(call, CALL_STREAMS);
        call->deadline_ms = UINT64_MAX;
        call->event(call, reply);
        return;
    }
    call->reply = *reply;
    *reply = (struct tov_record){0};
    call_set_state(call, CALL_DONE);
    call->result = code;
    if (code == TOV_OK)
        return;
    struct tov_bytes words = tov_record_bytes(call->reply, "error_text");
    if (words.size == 0)
        words = tov_bytes_of_text(tov_err_name(code));
    (void)tov_fail(&call->error, code, "%.*s", (int)(words.size > 200 ? 200 : words.size),
                   (const char *)words.data);
}

enum tov_err call_result(const struct call *call, struct tov_error *error)
{
    if (call->state != CALL_DONE)
        return TOV_E_AGAIN;
    if (call->result != TOV_OK && error != NULL)
        *error = call->error;
    return call->result;
}

enum tov_err call_wait(struct call *call, struct tov_error *error)
{
    while (call->state != CALL_DONE) {
        enum tov_err err = connection_turn(call->client, UINT64_MAX, error);
        if (err != TOV_OK)
            return err;
    }
    return call_result(call, error);
}

enum tov_err call_body(const struct call *call, const char *name, struct tov_record *out_body,
                       struct tov_error *error)
{
    if (!tov_record_child(call->reply, name, 0, out_body))
        return tov_fail(error, TOV_E_MALFORMED, "the node answered something else than was asked");
    return TOV_OK;
}

enum tov_err call_do(struct call *call, const struct call_order *order, struct tov_record *out_body,
                     struct tov_error *error)
{
    TOV_TRY(call_begin(call, order->client, order->request, error));
    TOV_TRY(call_wait(call, error));
    return order->answer == NULL ? TOV_OK : call_body(call, order->answer, out_body, error);
}
