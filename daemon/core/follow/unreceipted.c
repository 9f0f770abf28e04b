/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages of which no receipt speaks, in any series and to any agency. Of the present series,
 * and of who takes part, the first one is known (receipted_link); this finds the others.
 */
#include "follow/peer.h"

/* The first own link at or behind *INOUT_PLACE: of a series that has ended some may be lost. */
static enum tov_err find_link(struct tov_store_read *read, struct tov_link_place *inout_place)
{
    struct tov_link_place last = *inout_place;
    struct tov_store_iter iter;
    last.link = UINT64_MAX;
    struct tov_store_range range = {
        .table = TOV_TABLE_LINK, .first = tov_key_link(inout_place), .last = tov_key_link(&last)};
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    bool is_found = tov_store_iter_next(&iter);
    if (is_found)
        inout_place->link = tov_get_be64(iter.row.key.bytes + iter.row.key.size - 8);
    TOV_TRY(tov_store_iter_fini(&iter));
    return is_found ? TOV_OK : TOV_E_NOT_FOUND;
}

enum tov_err tov_follow_next_unreceipted(struct tov_store_read *read,
                                         struct tov_link_place *inout_place, unsigned *inout_left)
{
    struct tov_cover cover;
    for (;;) {
        TOV_TRY(find_link(read, inout_place));
        enum tov_err err = tov_cover_find(read, inout_place, &cover);
        if (err == TOV_E_NOT_FOUND)
            return TOV_OK;
        TOV_TRY(err);
        if (*inout_left == 0)
            return TOV_E_AGAIN;
        *inout_left -= 1;
        inout_place->link = cover.last + 1;
    }
}
