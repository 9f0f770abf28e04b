/* SPDX-License-Identifier: EUPL-1.2
 *
 * Requests that wait for the case book. Reading it after a start, or folding all affairs for the
 * first list, takes longer than one turn may: a handler does a slice and says TOV_E_AGAIN, the
 * request's frame is kept and handled again in the next turns, first come first served. Between
 * turns everything else goes on.
 * Not for: requests that wait for a commit (api.c).
 */
#include "api/api_internal.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define WAITING_MAX_BYTES (16u << 20) /* frames that wait, all together (I11) */
#define RUNS_A_TURN 32u
#define PATIENCE 64u      /* turns, then slices grow: what comes in must not outrun them */
#define CHECKS_A_TICK 64u /* events of snapshots that are compared in a second */

struct api_waiting {
    struct api_waiting *next;
    uint8_t key[32];
    uint64_t connection;
    unsigned tries;
    size_t size;
    uint8_t frame[];
};

/* ---- the queue ---- */

enum tov_err tov_api_wait(struct tov_api *api, struct api_connection *connection,
                          struct tov_bytes frame)
{
    if (api->waiting_bytes + frame.size > WAITING_MAX_BYTES)
        return TOV_E_BUSY;
    struct api_waiting *waiting = calloc(1, sizeof *waiting + frame.size);
    if (waiting == NULL)
        return TOV_E_NOMEM;
    memcpy(waiting->key, connection->use->key, sizeof waiting->key);
    waiting->connection = connection->id;
    waiting->size = frame.size;
    memcpy(waiting->frame, frame.data, frame.size);
    *(api->waiting == NULL ? &api->waiting : api->waiting_end) = waiting;
    api->waiting_end = &waiting->next;
    api->waiting_bytes += frame.size;
    connection->in_flight++;
    connection->use->in_flight++;
    return TOV_OK;
}

bool tov_api_has_waiting(const struct tov_api *api)
{
    return api->waiting != NULL;
}

static void drop_first(struct tov_api *api)
{
    struct api_waiting *first = api->waiting;
    api->waiting = first->next;
    api->waiting_bytes -= first->size;
    tov_wipe(first->frame, first->size);
    free(first);
}

void tov_api_waiting_drop(struct tov_api *api)
{
    while (api->waiting != NULL)
        drop_first(api);
}

/* NULL: it is gone, and with it whoever wanted to know. */
static struct api_connection *connection_of(const struct tov_api *api,
                                            const struct api_waiting *waiting)
{
    struct api_connection *connection = tov_api_connection_find(api, waiting->connection);
    bool is_same =
        connection != NULL && memcmp(connection->use->key, waiting->key, sizeof waiting->key) == 0;
    return is_same && connection->in_flight > 0 ? connection : NULL;
}

/* False: it waits on. */
static bool run_first(struct tov_api *api)
{
    struct api_waiting *first = api->waiting;
    struct api_connection *connection = connection_of(api, first);
    enum tov_err err = TOV_OK;
    if (connection != NULL) {
        connection->in_flight--;
        connection->use->in_flight--;
        api->impatience = ++first->tries / PATIENCE;
        err = tov_api_run_frame(api, connection, (struct tov_bytes){first->frame, first->size});
        api->impatience = 0;
    }
    if (err != TOV_E_AGAIN) {
        drop_first(api);
        return true;
    }
    connection->in_flight++;
    connection->use->in_flight++;
    return false;
}

/* ---- the book ---- */

size_t tov_api_slice(const struct tov_api *api)
{
    return TOV_BOOK_SLICE * (1 + api->impatience);
}

enum tov_err tov_api_book_open(struct api_call *call, struct tov_store_read *read)
{
    struct tov_api *api = call->api;
    enum tov_err err =
        tov_book_catch_up(api->book, read, tov_api_newest_event(api), tov_api_slice(api));
    call->waits = err == TOV_E_AGAIN;
    return err;
}

static bool is_behind(const struct tov_api *api)
{
    return tov_book_is_wanted(api->book) && tov_book_newest(api->book) + 1 < api->core->next_event;
}

bool tov_api_has_rest(const struct tov_api *api)
{
    return !api->rest_failed &&
           (is_behind(api) || (api->checks_left > 0 && tov_book_has_unchecked(api->book)));
}

void tov_api_rest_on_tick(struct tov_api *api)
{
    api->checks_left = CHECKS_A_TICK;
    api->rest_failed = false;
}

static enum tov_err rest(struct tov_api *api)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(api->core->store, &read, NULL));
    if (is_behind(api))
        return tov_book_catch_up(api->book, read, tov_api_newest_event(api), TOV_BOOK_SLICE);
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
