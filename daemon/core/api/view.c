/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message as one client sees it: opened, judged by need to know, and summed up with what has
 * happened to it since.
 */
#include "api/api_internal.h"

#include "ledger/aside.h"
#include "ledger/judge.h"
#include "ledger/reply.h"

#include <string.h>

#define REPLIES_LOOKED_AT 1000u

enum tov_err tov_api_view_init(struct api_view *view)
{
    *view = (struct api_view){.number = 0};
    return tov_message_create(&view->message);
}

static void forget(struct api_view *view)
{
    tov_record_destroy(&view->header);
    view->header = (struct tov_record){0};
    view->has_header = false;
    view->sight = TOV_SIGHT_NONE;
    view->sends = view->receives = false;
}

void tov_api_view_fini(struct api_view *view)
{
    forget(view);
    tov_message_destroy(view->message);
    view->message = NULL;
}

static void judge(const struct api_look *look, struct api_view *view)
{
    struct tov_access_message about = {.own = look->api->core->own->number,
                                       .sender = view->event.agency,
                                       .header = view->has_header ? &view->header : NULL,
                                       .unit = look->unit};
    view->sight = tov_access_sight(look->client, &about, &view->sends, &view->receives);
}

/* A header that was written for another message says neither who sent this one nor to whom: it is
 * not believed. Of a former generation the receipt alone knows. */
static bool is_believed(const struct api_look *look, const struct api_view *view)
{
    const struct tov_agency *agency =
        tov_roster_agency(look->api->core->roster, view->event.agency);
    if (agency == NULL || agency->generation != view->event.generation)
        return view->message->verdict.verdict != TOV_VERDICT_NOT_OPENED;
    return tov_judge_header(view->header, &view->message->leaf, agency->ledger.name) == TOV_OK;
}

static enum tov_err open_header(const struct api_look *look, struct api_view *view)
{
    struct tov_bytes header = tov_buf_view(&view->message->header);
    if (header.size == 0)
        return TOV_OK;
    enum tov_err err = tov_record_decode(tov_schema_find("Header"), header, &view->header, NULL);
    view->has_header = err == TOV_OK && is_believed(look, view);
    return err == TOV_E_NOMEM ? err : TOV_OK; /* by another's fault: shown without a header */
}

enum tov_err tov_api_view_event(const struct api_look *look, const struct tov_event *event,
                                const struct api_wanted *wanted, struct api_view *view)
{
    struct tov_message_name name = {event->agency, event->generation, event->index};
    forget(view);
    if (event->kind == TOV_EVENT_DELIVERED)
        return TOV_E_NOT_FOUND;
    view->number = wanted->number;
    view->event = *event;
    enum tov_err err =
        tov_message_read(look->api->core, look->read, &name, wanted->depth, view->message);
    if (err == TOV_E_ERASED || err == TOV_E_VERSION)
        return TOV_E_NOT_FOUND; /* nothing is left that says for whom it was, or it is not known */
    TOV_TRY(err);
    TOV_TRY(open_header(look, view));
    judge(look, view);
    return TOV_OK;
}

enum tov_err tov_api_view_aside(const struct api_look *look, uint64_t number, struct api_view *view)
{
    forget(view);
    TOV_TRY(tov_event_get(look->read, number, &view->event));
    view->number = number;
    view->message->verdict = (struct tov_verdict_value){0};
    enum tov_err err = tov_aside_open(look->api->core, look->read, number, view->message);
    if (err == TOV_E_ERASED)
        return TOV_OK; /* without a header */
    TOV_TRY(err);
    TOV_TRY(open_header(look, view));
    judge(look, view);
    return TOV_OK;
}

enum tov_err tov_api_view_load(const struct api_look *look, const struct api_wanted *wanted,
                               struct api_view *view)
{
    struct tov_event event;
    TOV_TRY(tov_event_get(look->read, wanted->number, &event));
    return tov_api_view_event(look, &event, wanted, view);
}

void tov_api_log_unreadable(const struct tov_core *core, uint64_t number)
{
    tov_core_log(core, TOV_HOST_ERROR, "event-unreadable", "number=%llu",
                 (unsigned long long)number);
}

bool tov_api_is_shown(const struct api_look *look, uint64_t number)
{
    struct tov_bytes row;
    return tov_store_get(look->read, TOV_TABLE_SHOWN, tov_store_key_u64(number), &row) == TOV_OK;
}

bool tov_api_is_unread(const struct api_look *look, const struct api_view *view)
{
    bool tells_reading = view->has_header && tov_relation_of(view->header) == TOV_RELATION_READ;
    return view->receives && !tells_reading && !tov_api_is_shown(look, view->number);
}

/* ---- replies ---- */

struct tov_ref tov_api_view_ref(const struct api_view *view)
{
    return (struct tov_ref){view->event.agency, view->event.generation, view->event.index,
                            view->message->leaf_hash};
}

static void note_reader(struct api_replies *replies, uint16_t agency)
{
    for (size_t i = 0; i < replies->reader_count; i++) {
        if (replies->readers[i] == agency)
            return;
    }
    if (replies->reader_count < TOV_RECIPIENTS_MAX + 1)
        replies->readers[replies->reader_count++] = agency;
}

bool tov_api_is_void(const struct api_look *look, const struct tov_event *event)
{
    return tov_roster_is_void(look->api->core->roster, event->agency, event->generation,
                              event->index);
}

static enum tov_err take_reply(const struct api_look *look, const struct api_view *view,
                               const struct tov_store_row *row, struct api_replies *replies)
{
    struct tov_event event;
    struct tov_reply reply;
    struct tov_ref target = tov_api_view_ref(view);
    if (!tov_reply_decode(row, &target, &reply))
        return TOV_OK;
    enum tov_relation relation = reply.relation;
    replies->count++;
    if (relation != TOV_RELATION_READ && relation != TOV_RELATION_REVISION &&
        relation != TOV_RELATION_RESPONSE)
        return TOV_OK;
    TOV_TRY(tov_event_get(look->read, reply.number, &event));
    if (tov_api_is_void(look, &event))
        return TOV_OK;
    if (relation == TOV_RELATION_READ)
        note_reader(replies, event.agency);
    else if (relation == TOV_RELATION_REVISION && event.agency == view->event.agency)
        replies->is_replaced = true;
    else if (relation == TOV_RELATION_RESPONSE && event.agency == look->api->core->own->number)
        replies->is_answered = true;
    return TOV_OK;
}

enum tov_err tov_api_replies_of(const struct api_look *look, const struct api_view *view,
                                struct api_replies *out_replies)
{
    struct tov_ref target = tov_api_view_ref(view);
    struct tov_store_range range = tov_reply_range(&target, UINT64_MAX);
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    *out_replies = (struct api_replies){.count = 0};
    TOV_TRY(tov_reply_find_retraction(look->api->core, look->read, &target,
                                      &out_replies->is_retracted));
    TOV_TRY(tov_store_iter_init(look->read, &range, &iter));
    while (err == TOV_OK && out_replies->count < REPLIES_LOOKED_AT && tov_store_iter_next(&iter))
        err = take_reply(look, view, &iter.row, out_replies);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* ---- deliveries ---- */

static bool has_reader(const struct api_replies *replies, uint16_t agency)
{
    for (size_t i = 0; i < replies->reader_count; i++) {
        if (replies->readers[i] == agency)
            return true;
    }
    return false;
}

enum tov_err tov_api_put_recipient(const struct tov_api *api, uint16_t agency,
                                   struct tov_record out)
{
    const struct tov_agency *peer = tov_roster_agency(api->core->roster, agency);
    TOV_TRY(tov_record_put_number(out, "agency", agency));
    if (peer == NULL)
        return TOV_OK;
    TOV_TRY(tov_record_put_text(out, "agency_name", peer->name));
    return tov_api_put_count(out, "closed", peer->closed ? 1 : 0);
}

static enum tov_err put_delivery(const struct api_look *look, const struct api_view *view,
                                 size_t link, const struct api_replies *replies,
                                 struct tov_record out)
{
    const struct tov_link_block *block = &view->message->links[link].block;
    uint16_t agency = view->message->links[link].agency;
    struct tov_delivery delivery;
    enum tov_again again = TOV_AGAIN_NONE;
    TOV_TRY(tov_follow_delivery(look->read, agency, block, &delivery));
    TOV_TRY(tov_api_again_of(look, view, agency, &again));
    TOV_TRY(tov_api_put_recipient(look->api, agency, out));
    TOV_TRY(tov_record_put_number(out, "link_number", block->number));
    TOV_TRY(tov_api_put_count(out, "verdict", (uint64_t)delivery.verdict.verdict));
    TOV_TRY(tov_api_put_count(out, "verdict_flags", delivery.verdict.flags));
    TOV_TRY(tov_api_put_count(out, "verdict_detail", delivery.verdict.detail));
    TOV_TRY(tov_api_put_count(out, "received_ms", delivery.received_ms));
    TOV_TRY(tov_api_put_count(out, "read", has_reader(replies, agency) ? 1 : 0));
    return tov_api_put_count(out, "again", (uint64_t)again);
}

enum tov_err tov_api_put_deliveries(const struct api_look *look, const struct api_view *view,
                                    const struct api_replies *replies, struct tov_record out)
{
    if (view->event.agency != look->api->core->own->number)
        return TOV_OK;
    for (size_t i = 0; i < view->message->link_count; i++) {
        struct tov_record delivery;
        TOV_TRY(tov_record_open(out, "deliveries", &delivery));
        TOV_TRY(put_delivery(look, view, i, replies, delivery));
    }
    return tov_api_put_gaps(look, view, out);
}

/* ---- summary ---- */

static enum tov_err put_ref(const struct api_view *view, struct tov_record out)
{
    struct tov_ref ref = tov_api_view_ref(view);
    return tov_record_put_ref(out, "ref", &ref);
}

static enum tov_err put_verdict(const struct api_view *view, struct tov_record out)
{
    TOV_TRY(tov_api_put_count(out, "verdict", (uint64_t)view->message->verdict.verdict));
    TOV_TRY(tov_api_put_count(out, "verdict_flags", view->message->verdict.flags));
    return tov_api_put_count(out, "verdict_detail", view->message->verdict.detail);
}

/* Some anchor behind the message has as many cosignatures as the roster's policy asks for. */
static enum tov_err find_witnessed(const struct api_look *look, uint64_t index, bool *out)
{
    const struct tov_core *core = look->api->core;
    size_t quorum = tov_roster_witness_quorum(core->roster, core->own->number);
    struct tov_store_range range = {.table = TOV_TABLE_COSIGNATURE,
                                    .first = tov_key_cosignature(index + 1, 0)};
    struct tov_store_iter iter;
    uint64_t size = 0;
    size_t count = 0;
    *out = false;
    if (quorum == 0)
        return TOV_OK;
    TOV_TRY(tov_store_iter_init(look->read, &range, &iter));
    for (size_t rows = 0;
         !*out && rows < (size_t)4 * TOV_RECIPIENTS_MAX && tov_store_iter_next(&iter); rows++) {
        uint64_t at = tov_get_be64(iter.row.key.bytes);
        count = at == size ? count + 1 : 1;
        size = at;
        *out = count >= quorum;
    }
    return tov_store_iter_fini(&iter);
}

static enum tov_err put_evidence(const struct api_look *look, const struct api_view *view,
                                 struct tov_record out)
{
    const struct tov_core *core = look->api->core;
    bool is_own = view->event.agency == core->own->number;
    bool is_signed = !is_own || view->event.index < tov_ledger_signed(core->ledger);
    bool is_witnessed = false;
    if (is_own)
        TOV_TRY(find_witnessed(look, view->event.index, &is_witnessed));
    TOV_TRY(tov_api_put_count(out, "signed", is_signed ? 1 : 0));
    return tov_api_put_count(out, "witnessed", is_witnessed ? 1 : 0);
}

static enum tov_err put_state(const struct api_look *look, const struct api_view *view,
                              struct tov_record out)
{
    struct api_replies replies;
    unsigned parts = view->message->leaf.part_count;
    TOV_TRY(tov_api_replies_of(look, view, &replies));
    TOV_TRY(tov_api_put_deliveries(look, view, &replies, out));
    TOV_TRY(tov_api_put_count(out, "shown", tov_api_is_shown(look, view->number) ? 1 : 0));
    TOV_TRY(put_evidence(look, view, out));
    TOV_TRY(tov_api_put_count(out, "attachment_count", parts > 2 ? parts - 2 : 0));
    TOV_TRY(tov_api_put_count(out, "retracted", replies.is_retracted ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "reply_count", replies.count));
    uint16_t own = look->api->core->own->number;
    TOV_TRY(tov_api_put_count(out, "taken", has_reader(&replies, own) ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "answered", replies.is_answered ? 1 : 0));
    return tov_api_put_recorded(look, view, out);
}

enum tov_err tov_api_put_summary(const struct api_look *look, const struct api_view *view,
                                 struct tov_record out)
{
    bool is_own = view->event.agency == look->api->core->own->number;
    struct tov_bytes header = tov_buf_view(&view->message->header);
    TOV_TRY(tov_record_put_number(out, "number", view->number));
    TOV_TRY(put_ref(view, out));
    TOV_TRY(tov_api_put_count(out, "outgoing", is_own ? 1 : 0));
    if (view->has_header)
        TOV_TRY(tov_record_put_bytes(out, "header", header));
    TOV_TRY(tov_record_put_number(out, "stored_ms", view->event.time_ms));
    if (!is_own)
        TOV_TRY(put_verdict(view, out));
    TOV_TRY(tov_api_put_count(out, "void", tov_api_is_void(look, &view->event) ? 1 : 0));
    return put_state(look, view, out);
}

size_t tov_api_summary_size(const struct api_view *view)
{
    return 200 + view->message->header.size + (size_t)110 * view->message->leaf.recipient_count;
}
