/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whom an own message does not reach any more, since the node was set back to an old copy
 * (docs/recovery.md): its link to that recipient was in what was lost, and nobody has brought it
 * back. Whoever sends it anew tells all of its recipients so by correcting or retracting it; the
 * one that it is withheld from gets that, and the gap is closed as far as people go.
 */
#include "api/api_internal.h"

#include "ledger/reply.h"

#define REPLIES_LOOKED_AT 1000u

bool tov_api_has_gap(const struct api_look *look, const struct api_view *view)
{
    uint16_t own = look->api->core->own->number;
    const struct tov_leaf_message *leaf = &view->message->leaf;
    for (size_t i = 0; view->event.agency == own && i < leaf->recipient_count; i++) {
        uint16_t agency = leaf->recipients[i].agency;
        if (agency != own && tov_api_link_to(view->message, agency) == NULL)
            return true;
    }
    return false;
}

static void find_gaps(const struct api_look *look, const struct api_view *view,
                      struct api_gaps *out)
{
    uint16_t own = look->api->core->own->number;
    const struct tov_leaf_message *leaf = &view->message->leaf;
    for (size_t i = 0; i < leaf->recipient_count; i++) {
        uint16_t agency = leaf->recipients[i].agency;
        enum tov_link_gap kind = tov_follow_link_gap(look->api->follow, agency);
        if (agency == own || tov_api_link_to(view->message, agency) != NULL ||
            kind == TOV_LINK_GAP_NONE)
            continue;
        out->gaps[out->count++] = (struct api_gap){agency, kind};
    }
}

/* ROW may be of a correction or retraction by the own agency: whom it goes to was told. */
static enum tov_err close_by(const struct api_look *look, const struct tov_ref *target,
                             const struct tov_store_row *row, struct tov_message *message,
                             struct api_gaps *gaps)
{
    struct tov_reply reply;
    struct tov_event event;
    if (!tov_reply_decode(row, target, &reply) ||
        (reply.relation != TOV_RELATION_REVISION && reply.relation != TOV_RELATION_REMOVAL))
        return TOV_OK;
    TOV_TRY(tov_event_get(look->read, reply.number, &event));
    if (event.agency != target->agency)
        return TOV_OK;
    struct tov_message_name name = {event.agency, event.generation, event.index};
    enum tov_err err =
        tov_message_read(look->api->core, look->read, &name, TOV_MESSAGE_LEAF, message);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_ERASED)
        return TOV_OK;
    TOV_TRY(err);
    for (size_t i = 0; i < gaps->count; i++) {
        struct api_gap *gap = &gaps->gaps[i];
        if (gap->kind == TOV_LINK_GAP_WITHHELD && tov_api_link_to(message, gap->agency) != NULL)
            gap->kind = TOV_LINK_GAP_TOLD;
    }
    return TOV_OK;
}

static enum tov_err close_told(const struct api_look *look, const struct api_view *view,
                               struct api_gaps *gaps)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_ref target = tov_api_view_ref(view);
    struct tov_store_range range = tov_reply_range(&target, UINT64_MAX);
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(tov_store_iter_init(look->read, &range, &iter));
    for (unsigned i = 0; err == TOV_OK && i < REPLIES_LOOKED_AT && tov_store_iter_next(&iter); i++)
        err = close_by(look, &target, &iter.row, message, gaps);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

enum tov_err tov_api_gaps_of(const struct api_look *look, const struct api_view *view,
                             struct api_gaps *out_gaps)
{
    out_gaps->count = 0;
    if (!tov_api_has_gap(look, view))
        return TOV_OK;
    find_gaps(look, view, out_gaps);
    return close_told(look, view, out_gaps);
}

static enum tov_err put_gap(const struct api_look *look, const struct api_gap *gap,
                            struct tov_record out)
{
    TOV_TRY(tov_api_put_recipient(look->api, gap->agency, out));
    return tov_record_put_number(out, "gap", (uint64_t)gap->kind);
}

enum tov_err tov_api_put_gaps(const struct api_look *look, const struct api_view *view,
                              struct tov_record out)
{
    struct api_gaps gaps;
    TOV_TRY(tov_api_gaps_of(look, view, &gaps));
    for (size_t i = 0; i < gaps.count; i++) {
        struct tov_record delivery;
        TOV_TRY(tov_record_open(out, "deliveries", &delivery));
        TOV_TRY(put_gap(look, &gaps.gaps[i], delivery));
    }
    return TOV_OK;
}
