/* SPDX-License-Identifier: EUPL-1.2
 *
 * Requests that wait for the case book. Reading it after a start, or folding all affairs for the
 * first list, takes longer than one turn may: a handler does a slice and says TOV_E_AGAIN, the
 * request's frame is kept and handled again in the next turns. Between turns everything else goes
 * on.
 *
 * W1 First come first served: while anything waits, whatever needs the book waits behind it. So the
 *    steps of one client are taken in the order in which it sent them.
 * W2 All requests of a turn together do one slice, those that came just now as well as those that
 *    waited.
 *
 * Not for: requests that wait for a commit (api.c).
 */
#include "api/api_internal.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define WAITING_MAX_BYTES (16u << 20) /* frames that wait, all together (I11) */
#define RUNS_A_TURN 32u
#define PATIENCE 64u      /* slices, then slices grow: what comes in must not outrun them */
#define CHECKS_A_TICK 64u /* events of snapshots that are compared in a second */

struct api_waiting {
    struct api_waiting *next;
    struct api_connection *connection; /* what is closed has none here */
    unsigned slices;                   /* that were done for it */
    size_t size;
    uint8_t frame[];
};

/* ---- the queue ---- */

static void note_waiting(struct tov_api *api, const struct api_waiting *waiting)
{
    api->waiting_bytes += waiting->size;
    waiting->connection->in_flight++;
    waiting->connection->use->in_flight++;
    waiting->connection->use->waiting++;
    waiting->connection->use->waiting_bytes += waiting->size;
}

static struct api_waiting *take_out(struct tov_api *api, struct api_waiting **at)
{
    struct api_waiting *waiting = *at;
    *at = waiting->next;
    if (waiting->next == NULL)
        api->waiting_end = at;
    api->waiting_bytes -= waiting->size;
    waiting->connection->in_flight--;
    waiting->connection->use->in_flight--;
    waiting->connection->use->waiting--;
    waiting->connection->use->waiting_bytes -= waiting->size;
    return waiting;
}

static void put_back(struct tov_api *api, struct api_waiting *waiting)
{
    if (api->waiting == NULL)
        api->waiting_end = &waiting->next;
    waiting->next = api->waiting;
    api->waiting = waiting;
    note_waiting(api, waiting);
}

static void forget(struct api_waiting *waiting)
{
    tov_wipe(waiting->frame, waiting->size);
    free(waiting);
}

/* Of a key all that one connection may send at once: a client that keeps to it is never refused. */
static bool has_room(const struct tov_api *api, const struct api_key_use *use, size_t size)
{
    return use->waiting < TOV_REQUESTS_MAX && use->waiting_bytes + size <= TOV_REQUESTS_MAX_BYTES &&
           api->waiting_bytes + size <= WAITING_MAX_BYTES;
}

enum tov_err tov_api_wait(struct tov_api *api, struct api_connection *connection,
                          struct tov_bytes frame)
{
    if (!has_room(api, connection->use, frame.size))
        return TOV_E_BUSY;
    struct api_waiting *waiting = calloc(1, sizeof *waiting + frame.size);
    if (waiting == NULL)
        return TOV_E_NOMEM;
    waiting->connection = connection;
    waiting->size = frame.size;
    memcpy(waiting->frame, frame.data, frame.size);
    *(api->waiting == NULL ? &api->waiting : api->waiting_end) = waiting;
    api->waiting_end = &waiting->next;
    note_waiting(api, waiting);
    return TOV_OK;
}

bool tov_api_has_waiting(const struct tov_api *api)
{
    return api->waiting != NULL;
}

void tov_api_waiting_drop(struct tov_api *api, const struct api_connection *connection)
{
    for (struct api_waiting **at = &api->waiting; *at != NULL;) {
        if ((*at)->connection == connection)
            forget(take_out(api, at));
        else
            at = &(*at)->next;
    }
}

/* False: it waits on. A frame does not count as waiting while it is handled, nor does handling it
 * close its connection. */
static bool run_first(struct tov_api *api)
{
    struct api_waiting *first = take_out(api, &api->waiting);
    size_t before = api->slice_left;
    api->runs_waiting = true;
    enum tov_err err =
        tov_api_run_frame(api, first->connection, (struct tov_bytes){first->frame, first->size});
    api->runs_waiting = false;
    first->slices += api->slice_left < before ? 1 : 0;
    if (err == TOV_E_AGAIN)
        put_back(api, first);
    else
        forget(first);
    return err != TOV_E_AGAIN;
}

static const struct api_refusal stopping = {
    TOV_E_BUSY, API_TOLD("the node is about to end: ask again when it is back")};

void tov_api_stop(struct tov_api *api)
{
    api->is_stopping = true;
    while (api->waiting != NULL) {
        struct api_waiting *first = take_out(api, &api->waiting);
        tov_api_refuse_frame(api, first->connection, (struct tov_bytes){first->frame, first->size},
                             &stopping);
        forget(first);
    }
}

/* ---- the book ---- */

void tov_api_slice_begin(struct tov_api *api)
{
    size_t impatience = api->waiting == NULL ? 0 : api->waiting->slices / PATIENCE;
    api->slice_left = TOV_BOOK_SLICE * (1 + impatience);
}

enum tov_err tov_api_book_open(struct api_call *call, struct tov_store_read *read)
{
    struct tov_api *api = call->api;
    enum tov_err err = TOV_E_AGAIN;
    if (api->is_stopping)
        return tov_fail(&call->error, stopping.err, "%s", stopping.text);
    if (api->runs_waiting || api->waiting == NULL)
        err = tov_book_catch_up(api->book, read, tov_api_newest_event(api), &api->slice_left);
    call->waits = err == TOV_E_AGAIN;
    return err;
}

static bool is_behind(const struct tov_api *api)
{
    return tov_book_is_wanted(api->book) && tov_book_newest(api->book) + 1 < api->core->next_event;
}

bool tov_api_has_rest(const struct tov_api *api)
{
    return !api->rest_failed && !api->is_stopping &&
           (is_behind(api) || (api->checks_left > 0 && tov_book_has_unchecked(api->book)));
}

void tov_api_rest_on_tick(struct tov_api *api)
{
    api->checks_left = CHECKS_A_TICK;
    api->rest_failed = false;
}

/* Behind, and nothing to be read: what the store should have cannot be seen in it now. */
static enum tov_err read_on(struct tov_api *api, struct tov_store_read *read)
{
    TOV_TRY(tov_book_catch_up(api->book, read, tov_api_newest_event(api), &api->slice_left));
    return is_behind(api) ? TOV_E_IO : TOV_OK;
}

static enum tov_err rest(struct tov_api *api)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(api->core->store, &read, NULL));
    if (is_behind(api))
        return read_on(api, read);
    size_t count = api->checks_left;
    api->checks_left = 0;
    return tov_book_check(api->book, read, count);
}

void tov_api_rest(struct tov_api *api)
{
    enum tov_err err = tov_api_has_rest(api) ? rest(api) : TOV_OK;
    if (err == TOV_OK || err == TOV_E_AGAIN)
        return;
    api->rest_failed = true;
    if (api->rest_failure_told)
        return;
    api->rest_failure_told = true;
    tov_core_log(api->core, TOV_HOST_WARN, "book-not-read", "error=%s", tov_err_name(err));
}

void tov_api_work(struct tov_api *api)
{
    for (unsigned i = 0; i < RUNS_A_TURN && api->waiting != NULL; i++) {
        if (!run_first(api))
            return;
    }
}
