/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/json.h"

#include "base/hex.h"
#include "lib/draft.h"
#include "lib/valuetext.h"
#include "lib/view.h"

#include <string.h>

json_t *json_of_number(uint64_t number)
{
    char text[24];
    if (number <= INT64_MAX)
        return json_integer((json_int_t)number);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    return json_string(text);
}

static json_t *json_of_text(const struct tov_value *value)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_RECORD_BUDGET_BYTES);
    valuetext_put(&text, value);
    return text.failed != TOV_OK
               ? NULL
               : json_stringn(text.size == 0 ? "" : (const char *)text.data, text.size);
}

static json_t *json_of_record(struct tov_record record, struct tov_record fields);

static json_t *json_of_value(const struct tov_value *value)
{
    const struct tov_record none = {0};
    switch (value->kind) {
    case TOV_FIELD_BOOL:
        return json_boolean(value->number != 0);
    case TOV_FIELD_INT:
        return json_of_number(value->number);
    case TOV_FIELD_RECORD:
        return json_of_record(value->record, none);
    case TOV_FIELD_TEXT:
    case TOV_FIELD_DATE:
    case TOV_FIELD_TIME:
    case TOV_FIELD_ENUM:
    case TOV_FIELD_UUID:
    case TOV_FIELD_HASH:
    case TOV_FIELD_BYTES:
        return json_of_text(value);
    }
    return NULL;
}

static json_t *json_of_list(struct tov_record record, const char *name)
{
    json_t *list = json_array();
    struct tov_value value;
    for (size_t i = 0; tov_record_get(record, name, i, &value) == TOV_OK; i++) {
        if (json_array_append_new(list, json_of_value(&value)) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* FIELDS (may be NULL inside) stands for the encoded typed record in RECORD.fields. */
static json_t *json_of_record(struct tov_record record, struct tov_record fields)
{
    const struct tov_record none = {0};
    const struct tov_schema *schema = tov_record_schema(record);
    json_t *object = json_object();
    for (size_t i = 0; object != NULL && i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        struct tov_value value;
        json_t *made;
        if (fields.message != NULL && strcmp(field.name, "fields") == 0)
            made = json_of_record(fields, none);
        else if (tov_record_get(record, field.name, 0, &value) != TOV_OK)
            continue;
        else
            made = field.repeated ? json_of_list(record, field.name) : json_of_value(&value);
        if (json_object_set_new(object, field.name, made) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

enum tov_err json_put_draft(json_t *object, const struct tov_draft *draft)
{
    if (draft->header.message == NULL)
        return TOV_OK;
    if (json_object_set_new(object, "header", json_of_record(draft->header, draft->header_fields)))
        return TOV_E_NOMEM;
    if (draft->content.message == NULL)
        return TOV_OK;
    if (json_object_set_new(object, "content",
                            json_of_record(draft->content, draft->content_fields)))
        return TOV_E_NOMEM;
    return TOV_OK;
}

enum tov_err json_give(json_t *object, char **out_json, struct tov_error *error)
{
    char *text = object == NULL ? NULL : json_dumps(object, JSON_INDENT(2));
    json_decref(object);
    if (text == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for JSON");
    *out_json = text;
    return TOV_OK;
}

enum tov_err tov_message_draft_to_json(const struct tov_message_draft *draft, char **out_json,
                                       struct tov_error *error)
{
    json_t *object = json_object();
    if (object != NULL && json_put_draft(object, &draft->draft) != TOV_OK) {
        json_decref(object);
        object = NULL;
    }
    return json_give(object, out_json, error);
}

/* ---- what the node says of a message ---- */

static json_t *json_of_ref(const struct tov_message_ref *ref)
{
    char hex[2 * sizeof ref->leaf_hash + 1];
    tov_hex_encode(TOV_BYTES_OF(ref->leaf_hash), hex);
    return json_pack("{s:I, s:I, s:o, s:s}", "agency", (json_int_t)ref->agency, "generation",
                     (json_int_t)ref->generation, "index", json_of_number(ref->index), "leaf_hash",
                     hex);
}

json_t *json_of_time(uint64_t time_ms)
{
    char text[TOV_TIME_TEXT_SIZE];
    if (time_ms == 0 || time_ms > TOV_TIME_MAX_MS)
        return json_null();
    tov_time_format(time_ms, text);
    return json_string(text);
}

static json_t *json_of_deliveries(const struct tov_message_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < view->delivery_count; i++) {
        const struct tov_delivery *delivery = &view->deliveries[i];
        json_t *item = json_pack("{s:I, s:s, s:o, s:s, s:I, s:o, s:b, s:s, s:s, s:b}", "agency",
                                 (json_int_t)delivery->agency, "agency_name", delivery->agency_name,
                                 "link_number", json_of_number(delivery->link_number), "verdict",
                                 tov_verdict_text(delivery->verdict), "detail",
                                 (json_int_t)delivery->verdict_detail, "received_at",
                                 json_of_time(delivery->received_ms), "read", delivery->read, "gap",
                                 tov_gap_text(delivery->gap), "again",
                                 tov_again_text(delivery->again), "closed", delivery->closed);
        if (json_array_append_new(list, item) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *json_of_attachments(const struct tov_message_view *view)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < view->attachment_count; i++) {
        const struct tov_attachment *attachment = &view->attachments[i];
        json_t *item =
            json_pack("{s:I, s:s, s:s, s:o, s:b}", "part", (json_int_t)attachment->part, "name",
                      attachment->name, "mime", attachment->mime, "size",
                      json_of_number(attachment->size), "complete", attachment->complete);
        if (json_array_append_new(list, item) != 0) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

/* How the message stands in the agency's own record; null when it does not. */
static json_t *json_of_recorded(const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = &view->facts;
    if (facts->recorded_ms == 0)
        return json_null();
    json_t *made = json_pack("{s:o, s:o}", "at", json_of_time(facts->recorded_ms), "erasable_from",
                             json_of_time(facts->erasable_ms));
    if (made == NULL || view->record[0] == '\0')
        return made;
    if (json_object_set_new(made, "number", json_string(view->record)) != 0 ||
        json_object_set_new(made, "by", json_string(view->record_by)) != 0) {
        json_decref(made);
        return NULL;
    }
    return made;
}

static json_t *json_of_facts(const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = &view->facts;
    return json_pack(
        "{s:o, s:o, s:b, s:o, s:s, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:o, s:o, s:o, s:b}",
        "number", json_of_number(facts->number), "ref", json_of_ref(&facts->ref), "outgoing",
        facts->outgoing, "stored_at", json_of_time(facts->stored_ms), "verdict",
        tov_verdict_text(facts->verdict), "shown", facts->shown, "signed", facts->is_signed,
        "witnessed", facts->is_witnessed, "retracted", facts->is_retracted, "void", facts->is_void,
        "taken", facts->is_taken, "answered", facts->is_answered, "recorded",
        json_of_recorded(view), "attachments", json_of_attachments(view), "deliveries",
        json_of_deliveries(view), "keys_lost", facts->is_keys_lost);
}

enum tov_err json_put_view(json_t *object, const struct tov_message_view *view)
{
    if (json_object_set_new(object, "message", json_of_facts(view)) != 0)
        return TOV_E_NOMEM;
    return json_put_draft(object, &view->draft);
}

enum tov_err tov_message_view_to_json(const struct tov_message_view *view, char **out_json,
                                      struct tov_error *error)
{
    json_t *object = json_object();
    if (object != NULL && json_put_view(object, view) != TOV_OK) {
        json_decref(object);
        object = NULL;
    }
    return json_give(object, out_json, error);
}
