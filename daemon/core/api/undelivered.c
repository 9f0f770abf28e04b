/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that a recipient cannot read, for whatever reason, long after they were written. A
 * person of the unit that sent them must know: it is they who call. Until it can be read, or is
 * retracted or replaced.
 * Not for: what waits for a person's word (again.c), or is not to be read at all (unusable.c).
 */
#include "api/api_internal.h"

#include "ledger/reply.h"
#include "ledger/series.h"

#include <stdlib.h>

#define ROWS_LOOKED_AT 1000u   /* of one recipient */
#define HEADERS_OPENED 2000u   /* of all of them: some tens of milliseconds */
#define LOOKED_OVER_MAX 10000u /* receipts, for one status: so, too */
#define SERIES_MAX 64u         /* that have ended, the newest */
#define SETTLED_MAX 4096u      /* series of recipients */

enum tov_err tov_api_sent_at(struct tov_store_read *read, const struct tov_link_place *place,
                             struct api_sent *out_sent)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LINK, tov_key_link(place), &row));
    if (row.size != 8)
        return TOV_E_CORRUPT;
    struct api_sent sent = {.index = tov_get_be64(row.data)};
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(sent.index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    sent.time_ms = entry.leaf.size >= 16 ? tov_get_be64(entry.leaf.data + 8) : 0;
    sent.number = entry.event;
    *out_sent = sent;
    return TOV_OK;
}

/* What cannot be read is counted for nobody, and hides nothing else. */
static enum tov_err pass_over(enum tov_err err)
{
    return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
}

/* Who has ended has no use for an acknowledgement, and nobody could send it to another one. */
static bool is_for_nobody(const struct api_view *view, bool is_hopeless)
{
    return is_hopeless && view->has_header && tov_relation_of(view->header) == TOV_RELATION_READ;
}

static enum tov_err count_one(struct api_undelivered *undelivered, const struct api_sent *sent,
                              bool is_hopeless)
{
    const struct api_look *look = undelivered->look;
    struct api_wanted wanted = {sent->number, TOV_MESSAGE_HEADER};
    struct api_replies replies;
    undelivered->opened++;
    enum tov_err err = tov_api_view_load(look, &wanted, undelivered->view);
    if (err != TOV_OK)
        return pass_over(err);
    bool is_seen = undelivered->view->sight != TOV_SIGHT_NONE;
    if ((undelivered->is_unit && !is_seen) || is_for_nobody(undelivered->view, is_hopeless))
        return TOV_OK;
    TOV_TRY(tov_api_replies_of(look, undelivered->view, &replies));
    if (replies.is_retracted || replies.is_replaced)
        return TOV_OK;
    undelivered->count++;
    if (is_seen && undelivered->may_look &&
        (undelivered->oldest == 0 || sent->number < undelivered->oldest))
        undelivered->oldest = sent->number;
    return TOV_OK;
}

static bool is_late(const struct api_look *look, const struct api_sent *sent)
{
    return sent->time_ms + look->api->policy.undelivered_after_ms <= look->api->core->now_ms;
}

/* ---- what is there and cannot be read ---- */

/* Not while a person has to say whether it gets the keys, nor where one has said no. */
static enum tov_err may_come_yet(const struct api_look *look, uint16_t agency, uint64_t index,
                                 bool *out_may)
{
    enum tov_again state = TOV_AGAIN_NONE;
    TOV_TRY(tov_follow_again(look->api->follow, look->read, agency, index, &state));
    *out_may = state == TOV_AGAIN_NONE || state == TOV_AGAIN_APPROVED;
    return TOV_OK;
}

/* OUT_IS_YOUNG: it is not late, and so nothing behind it in its series is. */
static enum tov_err count_unopened(struct api_undelivered *undelivered,
                                   const struct tov_link_place *place, bool is_hopeless,
                                   bool *out_is_young)
{
    struct api_sent sent;
    bool counts = false;
    *out_is_young = false;
    enum tov_err err = tov_api_sent_at(undelivered->look->read, place, &sent);
    if (err != TOV_OK)
        return pass_over(err);
    *out_is_young = !is_hopeless && !is_late(undelivered->look, &sent);
    if (sent.number == 0 || *out_is_young)
        return TOV_OK;
    TOV_TRY(may_come_yet(undelivered->look, place->peer, sent.index, &counts));
    return counts ? count_one(undelivered, &sent, is_hopeless) : TOV_OK;
}

static enum tov_err count_all_unopened(struct api_undelivered *undelivered, uint16_t agency,
                                       bool is_hopeless)
{
    struct tov_link_place place = {.peer = agency};
    struct tov_verdict_value verdict;
    enum tov_err err = TOV_OK;
    for (unsigned i = 0; err == TOV_OK; i++) {
        bool is_young = false;
        err = tov_follow_next_unopened(undelivered->look->read, &place, &verdict);
        if (err == TOV_OK && (i == ROWS_LOOKED_AT || undelivered->opened >= HEADERS_OPENED)) {
            undelivered->is_cut = true;
            return TOV_OK;
        }
        if (err == TOV_OK && verdict.verdict != 0)
            err = count_unopened(undelivered, &place, is_hopeless, &is_young);
        place.lost_index += is_young ? 1 : 0;
        place.link = is_young ? 0 : place.link + 1;
    }
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err tov_api_count_unopened(struct api_undelivered *undelivered, uint16_t agency)
{
    return count_all_unopened(undelivered, agency, false);
}

/* ---- what no receipt speaks of ---- */

/* Links of one series to one recipient: all below LINK have a receipt. Receipts do not go while a
 * node runs, and there may be very many: they are looked over once. */
struct api_settled {
    uint16_t agency;
    uint64_t lost_index;
    uint64_t link;
};

void tov_api_settled_forget(struct tov_api *api)
{
    free(api->settled);
    api->settled = NULL;
    api->settled_count = api->settled_room = 0;
}

/* Links that come back may be without a receipt. */
static void check_settled(struct tov_api *api)
{
    uint64_t recalled = tov_follow_recall_view(api->follow).changes;
    if (api->settled_regained == api->core->regained && api->settled_recalled == recalled)
        return;
    api->settled_count = 0;
    api->settled_regained = api->core->regained;
    api->settled_recalled = recalled;
}

static struct api_settled *find_settled(struct tov_api *api, const struct tov_link_place *place)
{
    for (size_t i = 0; i < api->settled_count; i++) {
        if (api->settled[i].agency == place->peer &&
            api->settled[i].lost_index == place->lost_index)
            return &api->settled[i];
    }
    return NULL;
}

static enum tov_err settle(struct tov_api *api, const struct tov_link_place *place)
{
    struct api_settled *settled = find_settled(api, place);
    if (settled == NULL && api->settled_count == SETTLED_MAX)
        return TOV_OK; /* looked over again each time */
    if (settled == NULL && api->settled_count == api->settled_room) {
        size_t room = api->settled_room == 0 ? 16 : 2 * api->settled_room;
        struct api_settled *larger = realloc(api->settled, room * sizeof *larger);
        if (larger == NULL)
            return TOV_E_NOMEM;
        api->settled = larger;
        api->settled_room = room;
    }
    if (settled == NULL)
        settled = &api->settled[api->settled_count++];
    *settled = (struct api_settled){place->peer, place->lost_index, place->link};
    return TOV_OK;
}

/* OUT_IS_YOUNG: as above. */
static enum tov_err count_unreceipted(struct api_undelivered *undelivered,
                                      const struct tov_link_place *place, bool is_hopeless,
                                      bool *out_is_young)
{
    struct api_sent sent;
    *out_is_young = false;
    enum tov_err err = tov_api_sent_at(undelivered->look->read, place, &sent);
    if (err != TOV_OK)
        return pass_over(err);
    *out_is_young = !is_hopeless && !is_late(undelivered->look, &sent);
    bool counts = sent.number != 0 && !*out_is_young;
    return counts ? count_one(undelivered, &sent, is_hopeless) : TOV_OK;
}

/* The series in which PLACE is, from its first link without a receipt on. */
static enum tov_err count_series(struct api_undelivered *undelivered, struct tov_link_place place,
                                 bool is_hopeless)
{
    struct tov_api *api = undelivered->look->api;
    const struct api_settled *settled = find_settled(api, &place);
    unsigned left = LOOKED_OVER_MAX - undelivered->looked_over;
    place.link = settled == NULL ? 0 : settled->link;
    for (unsigned i = 0;; i++, place.link++) {
        enum tov_err err = tov_follow_next_unreceipted(undelivered->look->read, &place, &left);
        undelivered->looked_over = LOOKED_OVER_MAX - left;
        if (err != TOV_OK && err != TOV_E_NOT_FOUND && err != TOV_E_AGAIN)
            return err;
        if (i == 0)
            TOV_TRY(settle(api, &place));
        if (err == TOV_E_NOT_FOUND)
            return TOV_OK;
        if (err == TOV_E_AGAIN || i == ROWS_LOOKED_AT || undelivered->opened >= HEADERS_OPENED) {
            undelivered->is_cut = true;
            return TOV_OK;
        }
        bool is_young = false;
        TOV_TRY(count_unreceipted(undelivered, &place, is_hopeless, &is_young));
        if (is_young)
            return TOV_OK;
    }
}

/* The series that have ended: one for each `lost` entry, and the first one. */
static enum tov_err count_ended(struct api_undelivered *undelivered, uint16_t agency,
                                bool is_hopeless)
{
    struct tov_series series = undelivered->look->api->core->series;
    check_settled(undelivered->look->api);
    for (unsigned i = 0; series.lost_index != 0; i++) {
        if (i == SERIES_MAX) {
            undelivered->is_cut = true;
            return TOV_OK;
        }
        enum tov_err err =
            tov_series_before(undelivered->look->read, series.lost_index, &series.lost_index);
        if (err == TOV_E_NOT_FOUND)
            series.lost_index = 0;
        else if (err != TOV_OK)
            return err;
        struct tov_link_place place = {agency, series.generation, series.lost_index, 0};
        TOV_TRY(count_series(undelivered, place, is_hopeless));
    }
    return TOV_OK;
}

enum tov_err tov_api_count_former(struct api_undelivered *undelivered, uint16_t agency)
{
    return count_ended(undelivered, agency, false);
}

enum tov_err tov_api_count_closed(struct api_undelivered *undelivered, uint16_t agency)
{
    struct tov_series series = undelivered->look->api->core->series;
    struct tov_link_place place = {agency, series.generation, series.lost_index, 0};
    check_settled(undelivered->look->api);
    TOV_TRY(count_all_unopened(undelivered, agency, true));
    TOV_TRY(count_series(undelivered, place, true));
    return count_ended(undelivered, agency, true);
}
