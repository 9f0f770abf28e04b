/* SPDX-License-Identifier: EUPL-1.2
 *
 * The affairs of one unit: those with the nearest due date first, then the newest.
 */
#include "api/affair.h"

#include <stdio.h>
#include <stdlib.h>

#define CASES_MAX 200u

/* An affair that is listed. */
struct row {
    size_t group;
    uint64_t next_ms;
    uint64_t last_number;
};

struct listing {
    struct api_call *call;
    struct api_look look;
    struct api_onlooker onlooker;
    struct api_brief *briefs;
    struct row *rows;
    size_t count;
    uint64_t as_of; /* the newest message that the unit may see */
};

static int compare(const void *a, const void *b)
{
    const struct row *x = a;
    const struct row *y = b;
    if (x->next_ms != y->next_ms)
        return x->next_ms < y->next_ms ? -1 : 1;
    if (x->last_number != y->last_number)
        return x->last_number > y->last_number ? -1 : 1;
    return x->group < y->group ? -1 : x->group > y->group; /* one agenda lists several */
}

static enum tov_err gather(struct listing *list)
{
    const struct tov_book *book = list->call->api->book;
    bool ended = tov_record_number(list->call->request, "ended") != 0;
    size_t count = tov_book_group_count(book);
    list->rows = calloc(count + 1, sizeof *list->rows);
    if (list->rows == NULL)
        return TOV_E_NOMEM;
    enum tov_err err = tov_api_briefs(list->call->api, &list->onlooker, &list->briefs);
    list->call->waits = err == TOV_E_AGAIN;
    TOV_TRY(err);
    for (size_t i = 0; i < count; i++) {
        const struct api_brief *brief = &list->briefs[i];
        if (brief->last_number > list->as_of)
            list->as_of = brief->last_number;
        if (brief->last_number != 0 && (ended || brief->is_open))
            list->rows[list->count++] = (struct row){i, brief->next_ms, brief->last_number};
    }
    qsort(list->rows, list->count, sizeof *list->rows, compare);
    return TOV_OK;
}

static enum tov_err put_affair(struct listing *list, size_t group, struct tov_record out,
                               size_t *bytes)
{
    struct api_brief *brief = &list->briefs[group];
    struct api_listing *fresh = NULL;
    TOV_TRY(tov_api_brief_listing(list->call->api, group, &list->onlooker, brief, &fresh));
    const struct api_listing *listing = fresh != NULL ? fresh : brief->listing;
    enum tov_err err = tov_api_put_listing(listing, &list->look, out);
    *bytes += listing->bytes.size;
    tov_api_listing_destroy(fresh);
    return err;
}

/* Affairs until there are as many as were asked for, or the frame is well filled. */
static enum tov_err put_affairs(struct listing *list, struct tov_record out)
{
    struct tov_record request = list->call->request;
    uint64_t skip = tov_record_number(request, "skip");
    uint64_t limit = tov_record_number(request, "limit");
    size_t bytes = 0;
    if (limit == 0 || limit > CASES_MAX)
        limit = CASES_MAX;
    for (uint64_t i = skip; i < list->count && i - skip < limit; i++) {
        TOV_TRY(put_affair(list, list->rows[i].group, out, &bytes));
        if (bytes > TOV_API_REPLY_GOAL_BYTES)
            break;
    }
    return TOV_OK;
}

static enum tov_err answer(struct listing *list, const char *unit)
{
    struct tov_record out;
    char path[TOV_UNIT_PATH_MAX_BYTES + 1];
    (void)snprintf(path, sizeof path, "%s/%s", list->call->core->own->name, unit);
    TOV_TRY(tov_api_answer(list->call, "cases", &out));
    TOV_TRY(tov_record_put_text(out, "unit", path));
    TOV_TRY(tov_api_put_count(out, "total", list->count));
    TOV_TRY(tov_api_put_count(out, "as_of", list->as_of));
    return put_affairs(list, out);
}

static enum tov_err run(struct listing *list)
{
    struct api_call *call = list->call;
    const char *unit = NULL;
    TOV_TRY(tov_api_unit_of(call, &unit));
    TOV_TRY(tov_api_onlooker(call, unit, &list->onlooker));
    TOV_TRY(tov_store_read_begin(call->core->store, &list->look.read, NULL));
    TOV_TRY(tov_api_book_open(call, list->look.read));
    TOV_TRY(gather(list));
    return answer(list, unit);
}

enum tov_err tov_api_cases(struct api_call *call)
{
    struct listing list = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = run(&list);
    free(list.rows);
    tov_store_read_end(list.look.read);
    return err;
}
