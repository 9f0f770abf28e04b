/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/listing.h"

#include <stdlib.h>

#include "lib/view.h"

struct views {
    struct tov_message_view **views;
    size_t count;
};

struct tov_listing {
    struct views messages, keys_lost;
    uint64_t next;
    bool is_counting;
    uint64_t not_read;
};

enum tov_err listing_create(struct tov_listing **out_listing)
{
    *out_listing = calloc(1, sizeof **out_listing);
    return *out_listing == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_views(struct views *to, struct tov_record body, const char *name)
{
    size_t more = tov_record_count(body, name);
    struct tov_message_view **views =
        realloc(to->views, (to->count + more + 1) * sizeof(struct tov_message_view *));
    if (views == NULL)
        return TOV_E_NOMEM;
    to->views = views;
    for (size_t i = 0; i < more; i++) {
        struct tov_record item;
        if (!tov_record_child(body, name, i, &item))
            return TOV_E_MALFORMED;
        TOV_TRY(view_of_summary(item, (struct tov_bytes){NULL, 0}, &views[to->count]));
        to->count++;
    }
    return TOV_OK;
}

enum tov_err listing_read(struct tov_listing *listing, struct tov_record body)
{
    TOV_TRY(read_views(&listing->messages, body, "messages"));
    listing->next = tov_record_number(body, "next_before");
    listing->not_read += tov_record_number(body, "not_read");
    listing->is_counting = tov_record_number(body, "counting") != 0;
    return TOV_OK;
}

enum tov_err listing_read_keys_lost(struct tov_listing *listing, struct tov_record body)
{
    return read_views(&listing->keys_lost, body, "keys_lost");
}

static const struct tov_message_view *view_at(const struct views *views, size_t index)
{
    return index < views->count ? views->views[index] : NULL;
}

size_t tov_listing_count(const struct tov_listing *listing)
{
    return listing->messages.count;
}

const struct tov_message_view *tov_listing_at(const struct tov_listing *listing, size_t index)
{
    return view_at(&listing->messages, index);
}

size_t tov_listing_keys_lost_count(const struct tov_listing *listing)
{
    return listing->keys_lost.count;
}

const struct tov_message_view *tov_listing_keys_lost_at(const struct tov_listing *listing,
                                                        size_t index)
{
    return view_at(&listing->keys_lost, index);
}

uint64_t tov_listing_next(const struct tov_listing *listing)
{
    return listing->next;
}

int tov_listing_is_counting(const struct tov_listing *listing)
{
    return listing->is_counting ? 1 : 0;
}

uint64_t tov_listing_not_read(const struct tov_listing *listing)
{
    return listing->not_read;
}

static void destroy_views(struct views *views)
{
    for (size_t i = 0; i < views->count; i++)
        tov_message_view_destroy(views->views[i]);
    free(views->views);
}

void tov_listing_destroy(struct tov_listing *listing)
{
    if (listing == NULL)
        return;
    destroy_views(&listing->messages);
    destroy_views(&listing->keys_lost);
    free(listing);
}
