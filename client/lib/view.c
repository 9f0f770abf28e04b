/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/view.h"

#include "lib/draft.h"
#include "lib/path.h"
#include "wire/leaf.h"

#include <stdlib.h>
#include <string.h>

const char *tov_verdict_text(uint32_t verdict)
{
    static const char *const names[] = {
        [0] = "none",
        [TOV_VERDICT_OPENED] = "opened",
        [TOV_VERDICT_NOT_OPENED] = "not-opened",
        [TOV_VERDICT_NO_KEY] = "no-key",
        [TOV_VERDICT_REFUSED] = "refused",
        [TOV_VERDICT_NOT_UNDERSTOOD] = "not-understood",
        [TOV_VERDICT_PENDING] = "attachment-pending",
        [TOV_VERDICT_ERASED] = "erased",
    };
    return verdict < sizeof names / sizeof names[0] ? names[verdict] : "unknown";
}

const char *tov_gap_text(uint32_t gap)
{
    static const char *const names[] = {
        [TOV_GAP_NONE] = "none",
        [TOV_GAP_UNKNOWN] = "unknown",
        [TOV_GAP_WITHHELD] = "withheld",
        [TOV_GAP_TOLD] = "told",
    };
    return names[gap < sizeof names / sizeof names[0] ? gap : TOV_GAP_WITHHELD];
}

const char *tov_again_text(uint32_t again)
{
    static const char *const names[] = {
        [TOV_AGAIN_NO] = "no",
        [TOV_AGAIN_ASKS] = "asks",
        [TOV_AGAIN_DENIED] = "denied",
        [TOV_AGAIN_GRANTED] = "granted",
    };
    return names[again < sizeof names / sizeof names[0] ? again : TOV_AGAIN_DENIED];
}

/* ---- pieces of answers ---- */

enum tov_err view_read_ref(struct tov_record record, const char *name,
                           struct tov_message_ref *out_ref)
{
    struct tov_record ref;
    if (!tov_record_child(record, name, 0, &ref))
        return TOV_E_MALFORMED;
    struct tov_bytes hash = tov_record_bytes(ref, "leaf_hash");
    if (hash.size != sizeof out_ref->leaf_hash)
        return TOV_E_MALFORMED;
    out_ref->agency = (uint32_t)tov_record_number(ref, "agency");
    out_ref->generation = (uint32_t)tov_record_number(ref, "generation");
    out_ref->index = tov_record_number(ref, "index");
    memcpy(out_ref->leaf_hash, hash.data, hash.size);
    return TOV_OK;
}

enum tov_err view_put_ref(struct tov_record record, const char *name,
                          const struct tov_message_ref *ref)
{
    struct tov_record made;
    TOV_TRY(tov_record_open(record, name, &made));
    TOV_TRY(tov_record_put_number(made, "agency", ref->agency));
    TOV_TRY(tov_record_put_number(made, "generation", ref->generation));
    TOV_TRY(tov_record_put_number(made, "index", ref->index));
    return tov_record_put_bytes(made, "leaf_hash", TOV_BYTES_OF(ref->leaf_hash));
}

enum tov_err view_read_deliveries(struct tov_record record, struct lib_memory *memory,
                                  struct tov_delivery **out_deliveries, size_t *out_count)
{
    size_t count = tov_record_count(record, "deliveries");
    struct tov_delivery *deliveries = lib_memory_take(memory, (count + 1) * sizeof *deliveries);
    if (deliveries == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_record item;
        if (!tov_record_child(record, "deliveries", i, &item))
            return TOV_E_MALFORMED;
        deliveries[i] = (struct tov_delivery){
            .agency = (uint32_t)tov_record_number(item, "agency"),
            .agency_name = lib_memory_text(memory, tov_record_bytes(item, "agency_name")),
            .link_number = tov_record_number(item, "link_number"),
            .verdict = (uint32_t)tov_record_number(item, "verdict"),
            .verdict_flags = (uint32_t)tov_record_number(item, "verdict_flags"),
            .verdict_detail = (uint32_t)tov_record_number(item, "verdict_detail"),
            .received_ms = tov_record_number(item, "received_ms"),
            .read = tov_record_number(item, "read") != 0,
            .gap = (uint32_t)tov_record_number(item, "gap"),
            .again = (uint32_t)tov_record_number(item, "again"),
            .closed = tov_record_number(item, "closed") != 0,
        };
        if (deliveries[i].agency_name == NULL)
            return TOV_E_NOMEM;
    }
    *out_deliveries = deliveries;
    *out_count = count;
    return TOV_OK;
}

/* ---- building ---- */

/* A payload that does not decode is shown as one that cannot be opened: the facts stay useful. */
static enum tov_err open_payload(struct tov_message_view *view, struct tov_bytes header,
                                 struct tov_bytes content)
{
    if (header.size == 0)
        return TOV_OK;
    enum tov_err err =
        tov_draft_decode(header, content.size == 0 ? NULL : &content, &view->draft, NULL);
    if (err == TOV_E_VERSION)
        err = tov_record_decode(tov_schema_find("Header"), header, &view->draft.header, NULL);
    if (err != TOV_OK)
        return err == TOV_E_NOMEM ? err : TOV_OK;
    view->facts.has_header = 1;
    view->facts.has_content = tov_draft_has_content(&view->draft);
    view->type = lib_memory_text(&view->memory, tov_record_bytes(view->draft.header, "type"));
    return view->type == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_facts(struct tov_record summary, struct tov_message_facts *facts)
{
    facts->number = tov_record_number(summary, "number");
    facts->outgoing = tov_record_number(summary, "outgoing") != 0;
    facts->stored_ms = tov_record_number(summary, "stored_ms");
    facts->verdict = (uint32_t)tov_record_number(summary, "verdict");
    facts->verdict_flags = (uint32_t)tov_record_number(summary, "verdict_flags");
    facts->verdict_detail = (uint32_t)tov_record_number(summary, "verdict_detail");
    facts->shown = tov_record_number(summary, "shown") != 0;
    facts->is_signed = tov_record_number(summary, "signed") != 0;
    facts->is_witnessed = tov_record_number(summary, "witnessed") != 0;
    facts->is_retracted = tov_record_number(summary, "retracted") != 0;
    facts->attachment_count = (uint32_t)tov_record_number(summary, "attachment_count");
    facts->reply_count = (uint32_t)tov_record_number(summary, "reply_count");
    facts->is_taken = tov_record_number(summary, "taken") != 0;
    facts->is_answered = tov_record_number(summary, "answered") != 0;
    facts->recorded_ms = tov_record_number(summary, "recorded_ms");
    facts->erasable_ms = tov_record_number(summary, "erasable_ms");
    facts->is_void = tov_record_number(summary, "void") != 0;
    facts->is_keys_lost = tov_record_number(summary, "keys_lost") != 0;
    return view_read_ref(summary, "ref", &facts->ref);
}

enum tov_err view_of_summary(struct tov_record summary, struct tov_bytes content,
                             struct tov_message_view **out_view)
{
    TOV_CLEANUP(message_view_cleanup) struct tov_message_view *view = calloc(1, sizeof *view);
    if (view == NULL)
        return TOV_E_NOMEM;
    view->texts = &view->given;
    view->type = view->record = view->record_by = "";
    TOV_TRY(read_facts(summary, &view->facts));
    TOV_TRY(view_read_deliveries(summary, &view->memory, &view->deliveries, &view->delivery_count));
    TOV_TRY(open_payload(view, tov_record_bytes(summary, "header"), content));
    *out_view = TOV_TAKE(view);
    return TOV_OK;
}

/* The sender's names stand in the content, in the order of the parts. */
static void name_attachment(const struct tov_message_view *view, struct tov_attachment *attachment,
                            struct lib_memory *memory)
{
    struct tov_record named;
    attachment->name = "";
    attachment->mime = "";
    attachment->sha256 = NULL;
    if (attachment->part < 2 || view->draft.content.message == NULL ||
        !tov_record_child(view->draft.content, "attachments", attachment->part - 2, &named))
        return;
    attachment->name = lib_memory_text(memory, tov_record_bytes(named, "name"));
    attachment->mime = lib_memory_text(memory, tov_record_bytes(named, "mime"));
    struct tov_bytes hash = tov_record_bytes(named, "sha256");
    if (hash.size == TOV_HASH_BYTES)
        attachment->sha256 = hash.data; /* of the draft, which lives as long as the view */
}

static enum tov_err read_attachments(struct tov_message_view *view, struct tov_record get)
{
    size_t count = tov_record_count(get, "attachments");
    view->attachments = lib_memory_take(&view->memory, (count + 1) * sizeof *view->attachments);
    if (view->attachments == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_record item;
        struct tov_attachment *attachment = &view->attachments[i];
        if (!tov_record_child(get, "attachments", i, &item))
            return TOV_E_MALFORMED;
        attachment->part = (uint32_t)tov_record_number(item, "part");
        attachment->size = tov_record_number(item, "size");
        attachment->complete = tov_record_number(item, "complete") != 0;
        attachment->chunks_held = tov_record_number(item, "chunks_held");
        attachment->chunks_total = tov_record_number(item, "chunks_total");
        name_attachment(view, attachment, &view->memory);
        if (attachment->name == NULL || attachment->mime == NULL)
            return TOV_E_NOMEM;
    }
    view->attachment_count = count;
    return TOV_OK;
}

static enum tov_err read_replies(struct tov_message_view *view, struct tov_record get)
{
    size_t count = tov_record_count(get, "replies");
    view->replies = lib_memory_take(&view->memory, (count + 1) * sizeof(struct tov_message_view *));
    if (view->replies == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_record item;
        if (!tov_record_child(get, "replies", i, &item))
            return TOV_E_MALFORMED;
        TOV_TRY(view_of_summary(item, (struct tov_bytes){NULL, 0}, &view->replies[i]));
        view->reply_count = i + 1;
    }
    return TOV_OK;
}

static enum tov_err read_record(struct tov_message_view *view, struct tov_record get)
{
    struct tov_record record;
    if (!tov_record_child(get, "record", 0, &record))
        return TOV_OK;
    view->record = lib_memory_text(&view->memory, tov_record_bytes(record, "record"));
    view->record_by = lib_memory_text(&view->memory, tov_record_bytes(record, "by"));
    return view->record == NULL || view->record_by == NULL ? TOV_E_NOMEM : TOV_OK;
}

enum tov_err view_of_get(struct tov_record get, struct tov_message_view **out_view)
{
    TOV_CLEANUP(message_view_cleanup) struct tov_message_view *view = NULL;
    struct tov_record summary;
    if (!tov_record_child(get, "summary", 0, &summary))
        return TOV_E_MALFORMED;
    TOV_TRY(view_of_summary(summary, tov_record_bytes(get, "content"), &view));
    TOV_TRY(read_attachments(view, get));
    TOV_TRY(read_record(view, get));
    TOV_TRY(read_replies(view, get));
    *out_view = TOV_TAKE(view);
    return TOV_OK;
}

void tov_message_view_destroy(struct tov_message_view *view)
{
    if (view == NULL)
        return;
    for (size_t i = 0; i < view->reply_count; i++)
        tov_message_view_destroy(view->replies[i]); /* replies hold none: one level */
    tov_draft_fini(&view->draft);
    lib_memory_fini(&view->memory);
    lib_memory_fini(&view->given);
    free(view);
}

/* ---- reading ---- */

const struct tov_message_facts *tov_message_view_facts(const struct tov_message_view *view)
{
    return &view->facts;
}

const char *tov_message_view_type(const struct tov_message_view *view)
{
    return view->type;
}

const char *tov_message_view_text(const struct tov_message_view *view, const char *path)
{
    return message_text(&view->draft, path, view->texts);
}

size_t tov_message_view_count(const struct tov_message_view *view, const char *path)
{
    return path_count(&view->draft, path);
}

const char *tov_message_view_record(const struct tov_message_view *view)
{
    return view->record;
}

const char *tov_message_view_record_by(const struct tov_message_view *view)
{
    return view->record_by;
}

size_t tov_message_view_delivery_count(const struct tov_message_view *view)
{
    return view->delivery_count;
}

const struct tov_delivery *tov_message_view_delivery(const struct tov_message_view *view,
                                                     size_t index)
{
    return index < view->delivery_count ? &view->deliveries[index] : NULL;
}

size_t tov_message_view_attachment_count(const struct tov_message_view *view)
{
    return view->attachment_count;
}

const struct tov_attachment *tov_message_view_attachment(const struct tov_message_view *view,
                                                         size_t index)
{
    return index < view->attachment_count ? &view->attachments[index] : NULL;
}

size_t tov_message_view_reply_count(const struct tov_message_view *view)
{
    return view->reply_count;
}

const struct tov_message_view *tov_message_view_reply(const struct tov_message_view *view,
                                                      size_t index)
{
    return index < view->reply_count ? view->replies[index] : NULL;
}
