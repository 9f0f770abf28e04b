/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that could be read here before the node was set back, and that come again without their
 * keys (follow/keys_lost.c): a person at the sender says whether they are given again, and the own
 * people must know whom to call.
 * And those whose keys never came: their sender's node sends them by itself, once it runs and is
 * heard. What takes too long must be known here too, and not only to its sender.
 * Which unit such a message is for stands in its header, which nobody can open. It is known of
 * those that one of the units has answered: the answer, or the acknowledgement, has come back. To
 * casework these are counted and named, and of the rest it is told that there is some, from which
 * agency (I10); to who checks or runs the node all are counted.
 */
#include "api/api_internal.h"

#include "ledger/reply.h"

#define AWAITED_LOOKED_AT 2000u /* of one agency's: they have no header */
#define ROWS_LOOKED_AT 200u     /* of one agency's: each opens the answers to it */
#define ANSWERS_LOOKED_AT 200u

enum whose { WHOSE_NOBODY_KNOWS, WHOSE_OWN, WHOSE_OTHERS };

/* Of the answers only own ones are opened: others may send as many as they like. */
static enum tov_err load_own(const struct api_look *look, uint64_t number, struct api_view *answer,
                             bool *out_is_own)
{
    struct tov_event event;
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    enum tov_err err = tov_event_get(look->read, number, &event);
    bool is_own = err == TOV_OK && event.agency == look->api->core->own->number;
    if (is_own)
        err = tov_api_view_event(look, &event, &wanted, answer);
    *out_is_own = is_own && err == TOV_OK && answer->has_header;
    return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
}

/* By the units that answered it. */
static enum tov_err find_whose(const struct api_look *look, const struct tov_ref *ref,
                               struct api_view *answer, enum whose *out_whose)
{
    struct tov_store_range range = tov_reply_range(ref, UINT64_MAX);
    struct tov_store_iter iter;
    struct tov_reply reply;
    enum tov_err err = TOV_OK;
    *out_whose = WHOSE_NOBODY_KNOWS;
    TOV_TRY(tov_store_iter_init(look->read, &range, &iter));
    for (unsigned i = 0; err == TOV_OK && *out_whose != WHOSE_OWN && i < ANSWERS_LOOKED_AT &&
                         tov_store_iter_next(&iter);
         i++) {
        if (!tov_reply_decode(&iter.row, ref, &reply))
            continue;
        bool is_own = false;
        err = load_own(look, reply.number, answer, &is_own);
        if (is_own)
            *out_whose = answer->sends ? WHOSE_OWN : WHOSE_OTHERS;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* Of those that are still waited for. TOV_E_NOT_FOUND: it is erased, opened or taken back. */
static enum tov_err load(const struct api_look *look, const struct tov_keys_lost *lost,
                         struct api_view *view)
{
    bool is_retracted = false;
    struct tov_event event = {.kind = TOV_EVENT_RECEIVED,
                              .agency = lost->name.agency,
                              .generation = lost->name.generation,
                              .index = lost->name.index};
    struct api_wanted wanted = {0, TOV_MESSAGE_HEADER};
    TOV_TRY(tov_api_view_event(look, &event, &wanted, view));
    if (view->message->verdict.verdict != TOV_VERDICT_NO_KEY || tov_api_is_void(look, &view->event))
        return TOV_E_NOT_FOUND;
    view->event.time_ms = view->message->leaf_time_ms; /* nothing here says when it came first */
    struct tov_ref ref = tov_api_view_ref(view);
    TOV_TRY(tov_reply_find_retraction(look->api->core, look->read, &ref, &is_retracted));
    return is_retracted ? TOV_E_NOT_FOUND : TOV_OK;
}

static void note_known(struct api_keys_lost *found, const struct tov_ref *ref, bool may_name)
{
    if (found->count == 0 && may_name) /* indices ascend */
        found->oldest = *ref;
    found->count++;
}

/* What one of them is to LOOK's client. */
static enum tov_err take(struct api_keys_lost_walk *walk, const struct tov_keys_lost *lost,
                         struct api_keys_lost *found)
{
    const struct api_look *look = walk->look;
    enum whose whose = WHOSE_OWN;
    enum tov_err err = load(look, lost, walk->view);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT)
        return TOV_OK;
    TOV_TRY(err);
    struct tov_ref ref = tov_api_view_ref(walk->view);
    if (tov_access_may(look->client, TOV_DEED_CONTENT))
        TOV_TRY(find_whose(look, &ref, walk->answer, &whose));
    if (whose == WHOSE_OTHERS)
        return TOV_OK;
    found->since_ms = lost->lost_ms > found->since_ms ? lost->lost_ms : found->since_ms;
    found->has_unknown = found->has_unknown || whose == WHOSE_NOBODY_KNOWS;
    if (whose == WHOSE_OWN)
        note_known(found, &ref, tov_access_may(look->client, TOV_DEED_LOOK));
    if (whose == WHOSE_OWN && walk->each != NULL)
        return walk->each(walk->arg, walk->view, &walk->is_full);
    return TOV_OK;
}

enum tov_err tov_api_keys_lost_of(struct api_keys_lost_walk *walk, uint16_t agency,
                                  struct api_keys_lost *out_found)
{
    const struct api_look *look = walk->look;
    struct tov_keys_lost lost = {.name = {.index = 0}};
    enum tov_err err = TOV_OK;
    *out_found = (struct api_keys_lost){.count = 0};
    for (unsigned i = 0; err == TOV_OK && i < ROWS_LOOKED_AT && !walk->is_full; i++) {
        err = tov_follow_next_keys_lost(look->api->follow, look->read, agency, &lost);
        if (err == TOV_OK)
            err = take(walk, &lost, out_found);
        lost.name.index++;
    }
    if (err == TOV_OK) {
        err = tov_follow_next_keys_lost(look->api->follow, look->read, agency, &lost);
        out_found->is_cut = err == TOV_OK;
    }
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* ---- those that never had a key ---- */

static enum tov_err take_awaited(const struct api_look *look, struct api_view *view,
                                 const struct tov_keys_lost *awaited,
                                 struct api_keys_awaited *found)
{
    if (awaited->lost_ms + look->api->policy.undelivered_after_ms > look->api->core->now_ms)
        return TOV_OK;
    enum tov_err err = load(look, awaited, view);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT)
        return TOV_OK;
    TOV_TRY(err);
    if (found->since_ms == 0 || awaited->lost_ms < found->since_ms)
        found->since_ms = awaited->lost_ms;
    found->count += tov_access_may(look->client, TOV_DEED_CONTENT) ? 0 : 1;
    return TOV_OK;
}

enum tov_err tov_api_keys_awaited_of(const struct api_look *look, struct api_view *view,
                                     uint16_t agency, struct api_keys_awaited *out_found)
{
    struct tov_keys_lost awaited = {.name = {.index = 0}};
    enum tov_err err = TOV_OK;
    *out_found = (struct api_keys_awaited){.count = 0};
    for (unsigned i = 0; err == TOV_OK; i++) {
        err = tov_follow_next_keys_awaited(look->api->follow, look->read, agency, &awaited);
        if (err == TOV_OK && i == AWAITED_LOOKED_AT) {
            out_found->is_cut = true;
            return TOV_OK;
        }
        if (err == TOV_OK)
            err = take_awaited(look, view, &awaited, out_found);
        awaited.name.index++;
    }
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}
