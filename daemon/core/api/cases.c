/* SPDX-License-Identifier: EUPL-1.2
 *
 * The affairs of one unit: those with the nearest due date first, then the newest.
 */
#include "api/affair.h"

#include "ledger/reply.h"

#include <stdio.h>
#include <stdlib.h>

#define CASES_MAX 200u

/* What an affair is sorted by. */
struct brief {
    size_t group;
    uint64_t next_ms;
    uint64_t last_number;
};

struct listing {
    struct api_call *call;
    struct api_look look;
    struct api_onlooker onlooker;
    struct brief *briefs;
    size_t count;
    uint64_t as_of; /* the newest message that the unit may see */
};

static int compare(const void *a, const void *b)
{
    const struct brief *x = a;
    const struct brief *y = b;
    if (x->next_ms != y->next_ms)
        return x->next_ms < y->next_ms ? -1 : 1;
    return x->last_number > y->last_number ? -1 : x->last_number < y->last_number;
}

static enum tov_err take_group(struct listing *list, size_t group, bool ended)
{
    struct api_affair affair;
    enum tov_err err = tov_api_affair_init(list->call->api, group, &list->onlooker, &affair);
    if (err == TOV_OK && affair.last_number > list->as_of)
        list->as_of = affair.last_number;
    if (err == TOV_OK && (ended || tov_api_affair_is_open(&affair)))
        list->briefs[list->count++] =
            (struct brief){group, tov_api_affair_next_ms(&affair), affair.last_number};
    tov_api_affair_fini(&affair);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static enum tov_err gather(struct listing *list)
{
    const struct tov_book *book = list->call->api->book;
    bool ended = tov_record_number(list->call->request, "ended") != 0;
    size_t count = tov_book_group_count(book);
    list->briefs = calloc(count + 1, sizeof *list->briefs);
    if (list->briefs == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        TOV_TRY(take_group(list, i, ended));
    qsort(list->briefs, list->count, sizeof *list->briefs, compare);
    return TOV_OK;
}

static uint64_t unread_of(const struct listing *list, const struct api_affair *affair)
{
    uint64_t unread = 0;
    for (size_t i = 0; i < affair->view.placed_count; i++) {
        const struct tov_told *told = affair->view.placed[i].told;
        bool waits = tov_relation_of(told->draft->header) != TOV_RELATION_READ &&
                     told->ref.agency != list->call->core->own->number;
        if (waits && !tov_api_is_shown(&list->look, tov_book_picture_number(&affair->book, told)))
            unread++;
    }
    return unread;
}

static enum tov_err put_affair(struct listing *list, const struct brief *brief,
                               struct tov_record out)
{
    struct api_affair affair;
    enum tov_err err = tov_api_affair_init(list->call->api, brief->group, &list->onlooker, &affair);
    if (err == TOV_OK)
        err = tov_record_put_number(out, "number", affair.number);
    if (err == TOV_OK)
        err = tov_api_put_things(&affair, out);
    if (err == TOV_OK)
        err = tov_api_put_tasks(&affair, API_TASKS_OPEN, out);
    if (err == TOV_OK)
        err = tov_api_put_count(out, "message_count", affair.view.placed_count);
    if (err == TOV_OK)
        err = tov_api_put_count(out, "last_number", affair.last_number);
    if (err == TOV_OK)
        err = tov_api_put_count(out, "unread", unread_of(list, &affair));
    tov_api_affair_fini(&affair);
    return err;
}

/* About how many bytes an affair takes: things and open tasks are some hundreds each. */
#define AFFAIR_BYTES 4000u

static enum tov_err answer(struct listing *list, const char *unit)
{
    struct tov_record request = list->call->request;
    struct tov_record out, affair;
    char path[TOV_UNIT_PATH_MAX_BYTES + 1];
    uint64_t skip = tov_record_number(request, "skip");
    uint64_t limit = tov_record_number(request, "limit");
    if (limit == 0 || limit > CASES_MAX)
        limit = CASES_MAX;
    if (limit > TOV_API_REPLY_GOAL_BYTES / AFFAIR_BYTES)
        limit = TOV_API_REPLY_GOAL_BYTES / AFFAIR_BYTES;
    (void)snprintf(path, sizeof path, "%s/%s", list->call->core->own->name, unit);
    TOV_TRY(tov_api_answer(list->call, "cases", &out));
    TOV_TRY(tov_record_put_text(out, "unit", path));
    TOV_TRY(tov_api_put_count(out, "total", list->count));
    TOV_TRY(tov_api_put_count(out, "as_of", list->as_of));
    for (uint64_t i = skip; i < list->count && i - skip < limit; i++) {
        TOV_TRY(tov_record_open(out, "affairs", &affair));
        TOV_TRY(put_affair(list, &list->briefs[i], affair));
    }
    return TOV_OK;
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
    free(list.briefs);
    tov_store_read_end(list.look.read);
    return err;
}
