/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/listing.h"

#include <stdlib.h>

#include "lib/view.h"

struct tov_listing {
    struct tov_message_view **views;
    size_t count;
    uint64_t next;
    bool is_counting;
    uint64_t not_read;
};

enum tov_err listing_create(struct tov_listing **out_listing)
{
    *out_listing = calloc(1, sizeof **out_listing);
    return *out_listing == NULL ? TOV_E_NOMEM : TOV_OK;
}

enum tov_err listing_read(struct tov_listing *listing, struct tov_record body)
{
    size_t more = tov_record_count(body, "messages");
    struct tov_message_view **views =
        realloc(listing->views, (listing->count + more + 1) * sizeof(struct tov_message_view *));
    if (views == NULL)
        return TOV_E_NOMEM;
    listing->views = views;
    listing->next = tov_record_number(body, "next_before");
    listing->not_read += tov_record_number(body, "not_read");
    listing->is_counting = tov_record_number(body, "counting") != 0;
    for (size_t i = 0; i < more; i++) {
        struct tov_record item;
        if (!tov_record_child(body, "messages", i, &item))
            return TOV_E_MALFORMED;
        TOV_TRY(view_of_summary(item, (struct tov_bytes){NULL, 0}, &views[listing->count]));
        listing->count++;
    }
    return TOV_OK;
}

size_t tov_listing_count(const struct tov_listing *listing)
{
    return listing->count;
}

const struct tov_message_view *tov_listing_at(const struct tov_listing *listing, size_t index)
{
    return index < listing->count ? listing->views[index] : NULL;
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

void tov_listing_destroy(struct tov_listing *listing)
{
    if (listing == NULL)
        return;
    for (size_t i = 0; i < listing->count; i++)
        tov_message_view_destroy(listing->views[i]);
    free(listing->views);
    free(listing);
}
