/* SPDX-License-Identifier: EUPL-1.2
 *
 * Lists and single messages.
 */
#include <tov/receive.h>

#include <stddef.h>
#include <stdlib.h>

#include "lib/listing.h"
#include "lib/receive.h"
#include "lib/view.h"

#define LIST_DEFAULT 50u

struct tov_call {
    struct call call;
};

enum tov_err receive_put_target(struct tov_record body, uint64_t number,
                                const struct tov_message_ref *ref, struct tov_error *error)
{
    if (number != 0)
        return tov_record_put_number(body, "number", number);
    if (ref == NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "name a message by its number or its reference");
    return view_put_ref(body, "ref", ref);
}

/* ---- lists ---- */

/* What an older program's options do not have is not asked for. */
static bool has_journal_fields(const struct tov_list_options *options)
{
    return options->size >= sizeof *options;
}

static enum tov_err fill_list(const struct tov_list_options *options, struct tov_record body)
{
    static const char *const boxes[] = {
        [TOV_BOX_ALL] = "all", [TOV_BOX_IN] = "in", [TOV_BOX_OUT] = "out"};
    TOV_TRY(tov_record_put_enum(body, "box", boxes[options->box]));
    if (options->before != 0)
        TOV_TRY(tov_record_put_number(body, "before", options->before));
    TOV_TRY(
        tov_record_put_number(body, "limit", options->limit == 0 ? LIST_DEFAULT : options->limit));
    if (options->unread_only)
        TOV_TRY(tov_record_put_number(body, "unread_only", 1));
    if (options->unit != NULL)
        TOV_TRY(tov_record_put_text(body, "unit", options->unit));
    if (options->thread != NULL)
        TOV_TRY(view_put_ref(body, "thread", options->thread));
    if (!has_journal_fields(options) || options->unrecorded_only == 0)
        return TOV_OK;
    TOV_TRY(tov_record_put_number(body, "unrecorded_only", 1));
    return options->after == 0 ? TOV_OK : tov_record_put_number(body, "after", options->after);
}

enum tov_err tov_message_list(struct tov_client *client, const struct tov_list_options *options,
                              struct tov_listing **out_listing, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    TOV_CLEANUP(listing_cleanup) struct tov_listing *listing = NULL;
    struct tov_record body;
    if (options->size < offsetof(struct tov_list_options, unrecorded_only) ||
        options->box < TOV_BOX_ALL || options->box > TOV_BOX_OUT || options->limit > TOV_LIST_MAX)
        return tov_fail(error, TOV_E_ARGUMENT,
                        "begin with TOV_LIST_OPTIONS_INIT; a list has at most %d", TOV_LIST_MAX);
    TOV_TRY(request_create("list", &request, &body));
    TOV_TRY(fill_list(options, body));
    struct call_order order = {client, request, "list"};
    TOV_TRY(call_do(&call, &order, &body, error));
    enum tov_err err = listing_create(&listing);
    if (err == TOV_OK)
        err = listing_read(listing, body);
    if (err == TOV_OK)
        err = listing_read_keys_lost(listing, body);
    if (err != TOV_OK)
        return tov_fail(error, err, "the node's list cannot be read");
    *out_listing = TOV_TAKE(listing);
    return TOV_OK;
}

/* ---- one message ---- */

static enum tov_err begin_get(struct call *call, struct tov_client *client,
                              const struct tov_get_options *options, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    if (options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_GET_OPTIONS_INIT");
    TOV_TRY(request_create("get", &request, &body));
    TOV_TRY(receive_put_target(body, options->number, options->ref, error));
    if (options->reason != NULL)
        TOV_TRY(tov_record_put_text(body, "reason", options->reason));
    return call_begin(call, client, request, error);
}

static enum tov_err read_get(const struct call *call, struct tov_message_view **out_view,
                             struct tov_error *error)
{
    struct tov_record body;
    TOV_TRY(call_body(call, "get", &body, error));
    enum tov_err err = view_of_get(body, out_view);
    return err == TOV_OK ? err : tov_fail(error, err, "the node's message cannot be read");
}

enum tov_err tov_message_get(struct tov_client *client, const struct tov_get_options *options,
                             struct tov_message_view **out_view, struct tov_error *error)
{
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    TOV_TRY(begin_get(&call, client, options, error));
    TOV_TRY(call_wait(&call, error));
    return read_get(&call, out_view, error);
}

enum tov_err tov_message_get_begin(struct tov_client *client, const struct tov_get_options *options,
                                   struct tov_call **out_call, struct tov_error *error)
{
    struct tov_call *made = calloc(1, sizeof *made);
    if (made == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a request");
    enum tov_err err = begin_get(&made->call, client, options, error);
    if (err != TOV_OK) {
        free(made);
        return err;
    }
    *out_call = made;
    return TOV_OK;
}

enum tov_err tov_call_take_message(struct tov_call *call, struct tov_message_view **out_view,
                                   struct tov_error *error)
{
    TOV_TRY(call_result(&call->call, error));
    return read_get(&call->call, out_view, error);
}

void tov_call_destroy(struct tov_call *call)
{
    if (call == NULL)
        return;
    call_end(&call->call);
    free(call);
}
