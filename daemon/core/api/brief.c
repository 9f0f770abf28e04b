/* SPDX-License-Identifier: EUPL-1.2
 *
 * All affairs of a unit in brief, kept from one list to the next: else each page would fold them
 * all. A brief does not depend on the clock: a task that is overdue is still open, and its due date
 * the same. The listing beside it does, and says how long it is good.
 */
#include "api/affair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_MAX_BYTES (32u << 20) /* of listings, all together (I11) */
#define LISTS 8u        /* units, or times that were asked for, that are listed in turn */
#define MESSAGE_WORK 2u /* of a slice, to fold one: about a quarter of reading it */

struct api_brief_list {
    char unit[TOV_NAME_MAX_BYTES + 1]; /* "": free */
    uint64_t until_ms;
    uint64_t used; /* the higher, the later */
    struct api_brief *items;
    size_t count; /* groups */
};

static void drop_listing(struct tov_api *api, struct api_brief *brief)
{
    api->listing_bytes -= tov_api_listing_memory(brief->listing);
    tov_api_listing_destroy(brief->listing);
    brief->listing = NULL;
}

/* True: the brief owns it now. */
static bool keep_listing(struct tov_api *api, struct api_brief *brief, struct api_listing *listing)
{
    size_t size = tov_api_listing_memory(listing);
    drop_listing(api, brief);
    if (api->listing_bytes + size > KEPT_MAX_BYTES)
        return false;
    api->listing_bytes += size;
    brief->listing = listing;
    return true;
}

static void forget(struct tov_api *api, struct api_brief_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        drop_listing(api, &list->items[i]);
    free(list->items);
}

static bool is_of(const struct api_brief_list *list, const struct api_onlooker *onlooker)
{
    return list->until_ms == onlooker->until_ms && strcmp(list->unit, onlooker->unit.name) == 0;
}

/* The list of the onlooker's unit and time, or the one that was not used for the longest time. */
static struct api_brief_list *choose(struct tov_api *api, const struct api_onlooker *onlooker)
{
    struct api_brief_list *oldest = &api->brief_lists[0];
    uint64_t last = 0;
    for (size_t i = 0; i < LISTS; i++)
        last = api->brief_lists[i].used > last ? api->brief_lists[i].used : last;
    for (size_t i = 0; i < LISTS; i++) {
        struct api_brief_list *list = &api->brief_lists[i];
        if (list->used < oldest->used)
            oldest = list;
        if (list->used > 0 && is_of(list, onlooker)) {
            list->used = last + 1;
            return list;
        }
    }
    forget(api, oldest);
    *oldest = (struct api_brief_list){.until_ms = onlooker->until_ms, .used = last + 1};
    (void)snprintf(oldest->unit, sizeof oldest->unit, "%s", onlooker->unit.name);
    return oldest;
}

static enum tov_err make_room(struct api_brief_list *list, size_t count)
{
    if (list->count >= count)
        return TOV_OK;
    struct api_brief *items = realloc(list->items, count * sizeof *items);
    if (items == NULL)
        return TOV_E_NOMEM;
    memset(items + list->count, 0, (count - list->count) * sizeof *items);
    list->items = items;
    list->count = count;
    return TOV_OK;
}

/* For who wants to know how it was then: that is asked once. What waits for its commit was not
 * folded, and comes when it is there. */
static bool is_worth_keeping(const struct tov_api *api, size_t group,
                             const struct api_onlooker *onlooker)
{
    return onlooker->until_ms == UINT64_MAX &&
           tov_book_group_newest(api->book, group) <= api->committed_event;
}

static enum tov_err list_affair(struct tov_api *api, const struct api_affair *affair,
                                struct api_brief *brief)
{
    struct api_listing *listing = NULL;
    TOV_TRY(tov_api_listing_create(affair, &listing));
    if (!keep_listing(api, brief, listing))
        tov_api_listing_destroy(listing);
    return TOV_OK;
}

static enum tov_err fold(struct tov_api *api, size_t group, const struct api_onlooker *onlooker,
                         struct api_brief *brief)
{
    struct api_affair affair;
    enum tov_err err = tov_api_affair_init(api, group, onlooker, &affair);
    bool is_whole = tov_book_group_newest(api->book, group) <= api->committed_event;
    struct api_brief made = {.group_size = is_whole ? tov_book_group_size(api->book, group) : 0};
    drop_listing(api, brief);
    if (err == TOV_OK) {
        made.next_ms = tov_api_affair_next_ms(&affair);
        made.last_number = affair.last_number;
        made.is_open = tov_api_affair_is_open(&affair);
        if (is_worth_keeping(api, group, onlooker))
            err = list_affair(api, &affair, &made);
    }
    tov_api_affair_fini(&affair);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    *brief = made;
    return TOV_OK;
}

static bool is_good(const struct api_listing *listing, uint64_t now_ms)
{
    return listing != NULL && now_ms >= listing->from_ms && now_ms < listing->until_ms;
}

enum tov_err tov_api_brief_listing(struct tov_api *api, size_t group,
                                   const struct api_onlooker *onlooker, struct api_brief *brief,
                                   struct api_listing **out_fresh)
{
    struct api_affair affair;
    struct api_listing *listing = NULL;
    *out_fresh = NULL;
    if (is_good(brief->listing, onlooker->now_ms))
        return TOV_OK;
    enum tov_err err = tov_api_affair_init(api, group, onlooker, &affair);
    if (err == TOV_OK)
        err = tov_api_listing_create(&affair, &listing);
    tov_api_affair_fini(&affair);
    TOV_TRY(err);
    if (!is_worth_keeping(api, group, onlooker) || !keep_listing(api, brief, listing))
        *out_fresh = listing;
    return TOV_OK;
}

/* AGAIN: more is to be folded than is left of the turn's slice. What waits for its commit does not
 * count: it is folded each time. */
static enum tov_err bring_up(struct tov_api *api, struct api_brief_list *list, size_t count,
                             const struct api_onlooker *onlooker)
{
    for (size_t i = 0; i < count; i++) {
        struct api_brief *brief = &list->items[i];
        size_t size = tov_book_group_size(api->book, i);
        if (brief->group_size == size)
            continue;
        if (api->slice_left == 0)
            return TOV_E_AGAIN;
        TOV_TRY(fold(api, i, onlooker, brief));
        size_t work = brief->group_size == size ? MESSAGE_WORK * size : 0;
        api->slice_left -= work < api->slice_left ? work : api->slice_left;
    }
    return TOV_OK;
}

enum tov_err tov_api_briefs(struct tov_api *api, const struct api_onlooker *onlooker,
                            struct api_brief **out_briefs)
{
    size_t count = tov_book_group_count(api->book);
    if (api->brief_edition != tov_book_edition(api->book))
        tov_api_briefs_drop(api);
    api->brief_edition = tov_book_edition(api->book);
    if (api->brief_lists == NULL)
        api->brief_lists = calloc(LISTS, sizeof *api->brief_lists);
    if (api->brief_lists == NULL)
        return TOV_E_NOMEM;
    struct api_brief_list *list = choose(api, onlooker);
    TOV_TRY(make_room(list, count));
    TOV_TRY(bring_up(api, list, count, onlooker));
    *out_briefs = list->items;
    return TOV_OK;
}

void tov_api_briefs_drop(struct tov_api *api)
{
    for (size_t i = 0; api->brief_lists != NULL && i < LISTS; i++)
        forget(api, &api->brief_lists[i]);
    free(api->brief_lists);
    api->brief_lists = NULL;
}
