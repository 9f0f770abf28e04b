/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that a recipient cannot read, for whatever reason, long after they were written. A
 * person of the unit that sent them must know: it is they who call. Until it can be read, or is
 * retracted or replaced.
 * Not for: what waits for a person's word (again.c), or is not to be read at all (unusable.c).
 */
#include "api/api_internal.h"

#define ROWS_LOOKED_AT 1000u /* of one recipient */
#define HEADERS_OPENED 2000u /* of all of them: some tens of milliseconds */

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

static enum tov_err count_one(struct api_undelivered *undelivered, const struct api_sent *sent)
{
    const struct api_look *look = undelivered->look;
    struct api_wanted wanted = {sent->number, TOV_MESSAGE_HEADER};
    struct api_replies replies;
    undelivered->opened++;
    enum tov_err err = tov_api_view_load(look, &wanted, undelivered->view);
    if (err != TOV_OK)
        return pass_over(err);
    bool is_seen = undelivered->view->sight != TOV_SIGHT_NONE;
    if (undelivered->is_unit && !is_seen)
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

static enum tov_err count_unopened(struct api_undelivered *undelivered,
                                   const struct tov_link_place *place)
{
    struct api_sent sent;
    bool counts = false;
    enum tov_err err = tov_api_sent_at(undelivered->look->read, place, &sent);
    if (err != TOV_OK)
        return pass_over(err);
    if (sent.number == 0 || !is_late(undelivered->look, &sent))
        return TOV_OK;
    TOV_TRY(may_come_yet(undelivered->look, place->peer, sent.index, &counts));
    return counts ? count_one(undelivered, &sent) : TOV_OK;
}

enum tov_err tov_api_count_unopened(struct api_undelivered *undelivered, uint16_t agency)
{
    struct tov_link_place place = {.peer = agency};
    struct tov_verdict_value verdict;
    enum tov_err err = TOV_OK;
    for (unsigned i = 0; err == TOV_OK; i++, place.link++) {
        err = tov_follow_next_unopened(undelivered->look->read, &place, &verdict);
        if (err == TOV_OK && (i == ROWS_LOOKED_AT || undelivered->opened >= HEADERS_OPENED)) {
            undelivered->is_cut = true;
            return TOV_OK;
        }
        if (err == TOV_OK && verdict.verdict != 0)
            err = count_unopened(undelivered, &place);
    }
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}
