/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/draft.h"

#include "base/cleanup.h"

#include <assert.h>

bool tov_draft_has_content(const struct tov_draft *draft)
{
    return draft->content.message != NULL;
}

void tov_draft_fini(struct tov_draft *draft)
{
    tov_record_destroy(&draft->header);
    tov_record_destroy(&draft->header_fields);
    tov_record_destroy(&draft->content);
    tov_record_destroy(&draft->content_fields);
    draft->type = NULL;
}

struct tov_record tov_draft_record(const struct tov_draft *draft, enum tov_field_place place)
{
    switch (place) {
    case TOV_IN_HEADER:
        return draft->header;
    case TOV_IN_CONTENT:
        return draft->content;
    case TOV_IN_HEADER_FIELDS:
        return draft->header_fields;
    case TOV_IN_CONTENT_FIELDS:
        return draft->content_fields;
    }
    return draft->header;
}

static enum tov_err make_record(const char *schema_name, struct tov_record *out_record)
{
    const struct tov_schema *schema = tov_schema_find(schema_name);
    assert(schema != NULL); /* a row names a record that wire/schemas.c does not list */
    return tov_record_create(schema, out_record);
}

static enum tov_err fill_draft(struct tov_draft *draft)
{
    TOV_TRY(make_record("Header", &draft->header));
    TOV_TRY(make_record(draft->type->header_schema, &draft->header_fields));
    TOV_TRY(make_record("Content", &draft->content));
    TOV_TRY(make_record(draft->type->content_schema, &draft->content_fields));
    TOV_TRY(tov_record_put_text(draft->header, "type", draft->type->id));
    return tov_record_put_number(draft->header, "type_version", draft->type->version);
}

enum tov_err tov_draft_create(const struct tov_message_type *type, struct tov_draft *out_draft)
{
    struct tov_draft draft = {.type = type};
    enum tov_err err = fill_draft(&draft);
    if (err != TOV_OK) {
        tov_draft_fini(&draft);
        return err;
    }
    *out_draft = draft;
    return TOV_OK;
}

/* Puts FIELDS into ENVELOPE's `fields` (nothing when it is empty) and appends ENVELOPE. */
static enum tov_err encode_with(struct tov_record envelope, struct tov_record fields,
                                struct tov_buf *out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf inner = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_TRY(tov_record_encode(fields, &inner));
    tov_record_clear(envelope, "fields");
    if (inner.size > 0)
        TOV_TRY(tov_record_put_bytes(envelope, "fields", tov_buf_view(&inner)));
    return tov_record_encode(envelope, out);
}

enum tov_err tov_draft_encode(const struct tov_draft *draft, struct tov_buf *out_header,
                              struct tov_buf *out_content)
{
    TOV_TRY(encode_with(draft->header, draft->header_fields, out_header));
    if (out_content == NULL)
        return TOV_OK;
    if (!tov_draft_has_content(draft))
        return TOV_E_ARGUMENT;
    return encode_with(draft->content, draft->content_fields, out_content);
}

static enum tov_err decode_record(const char *schema_name, struct tov_bytes bytes,
                                  struct tov_record *out_record, struct tov_error *error)
{
    const struct tov_schema *schema = tov_schema_find(schema_name);
    assert(schema != NULL);
    return tov_record_decode(schema, bytes, out_record, error);
}

static enum tov_err find_type(struct tov_draft *draft, struct tov_error *error)
{
    uint64_t version = tov_record_number(draft->header, "type_version");
    struct tov_bytes id = tov_record_bytes(draft->header, "type");
    if (id.size == 0 || version == 0)
        return tov_fail(error, TOV_E_SCHEMA, "the header names no message type and version");
    draft->type = tov_message_type_version(id, (uint32_t)version);
    if (draft->type == NULL)
        return tov_fail(error, TOV_E_VERSION,
                        "a message type or version that this program does not know");
    return TOV_OK;
}

static enum tov_err fill_version(struct tov_record header)
{
    const struct tov_message_type *type = tov_message_type_find(tov_record_bytes(header, "type"));
    if (type == NULL || tov_record_number(header, "type_version") != 0)
        return TOV_OK;
    return tov_record_put_number(header, "type_version", type->version);
}

/* Behind the header. */
static enum tov_err decode_rest(const struct tov_bytes *content, struct tov_draft *draft,
                                struct tov_error *error)
{
    TOV_TRY(find_type(draft, error));
    TOV_TRY(decode_record(draft->type->header_schema, tov_record_bytes(draft->header, "fields"),
                          &draft->header_fields, error));
    if (content == NULL)
        return TOV_OK;
    TOV_TRY(decode_record("Content", *content, &draft->content, error));
    return decode_record(draft->type->content_schema, tov_record_bytes(draft->content, "fields"),
                         &draft->content_fields, error);
}

static enum tov_err give(struct tov_draft *draft, enum tov_err err, struct tov_draft *out_draft)
{
    if (err == TOV_OK)
        *out_draft = *draft;
    else
        tov_draft_fini(draft);
    return err;
}

enum tov_err tov_draft_decode(struct tov_bytes header, const struct tov_bytes *content,
                              struct tov_draft *out_draft, struct tov_error *error)
{
    struct tov_draft draft = {0};
    enum tov_err err = decode_record("Header", header, &draft.header, error);
    if (err == TOV_OK)
        err = decode_rest(content, &draft, error);
    return give(&draft, err, out_draft);
}

enum tov_err tov_draft_take(struct tov_bytes header, struct tov_bytes content,
                            struct tov_draft *out_draft, struct tov_error *error)
{
    struct tov_draft draft = {0};
    enum tov_err err = decode_record("Header", header, &draft.header, error);
    if (err == TOV_OK)
        err = fill_version(draft.header);
    if (err == TOV_OK)
        err = decode_rest(&content, &draft, error);
    return give(&draft, err, out_draft);
}
