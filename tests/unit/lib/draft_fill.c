/* SPDX-License-Identifier: EUPL-1.2 */
#include "draft_fill.h"

#include "lib/draft.h"
#include "lib/valuetext.h"
#include "support/unit.h"

#include <stdio.h>
#include <string.h>

#define TEXT_SIZE 160

/* Counts up, so that no two fields have the same value. */
struct filling {
    struct tov_message_draft *draft;
    unsigned count;
};

static void write_value(const struct filling *filling, const struct tov_field *field,
                        char out[TEXT_SIZE])
{
    unsigned n = filling->count;
    switch (field->kind) {
    case TOV_FIELD_TEXT: /* lists of texts are lists of codes; forms part them at commas */
        (void)snprintf(
            out, TEXT_SIZE,
            field->repeated ? "kode-%u" : "Nr. %u: æ \"ø\" å, [x]: \\ {y}\n# z\n[w]:", n);
        break;
    case TOV_FIELD_BOOL:
        (void)snprintf(out, TEXT_SIZE, "true");
        break;
    case TOV_FIELD_INT:
        (void)snprintf(out, TEXT_SIZE, "%u", n);
        break;
    case TOV_FIELD_DATE:
        (void)snprintf(out, TEXT_SIZE, "%04u-07-05", 2000 + n);
        break;
    case TOV_FIELD_TIME:
        (void)snprintf(out, TEXT_SIZE, "%04u-01-05T12:34:00Z", 2000 + n);
        break;
    case TOV_FIELD_ENUM:
        (void)snprintf(out, TEXT_SIZE, "%s",
                       tov_field_value_name(field, n % tov_field_value_count(field)));
        break;
    case TOV_FIELD_UUID:
        (void)snprintf(out, TEXT_SIZE, "%032x", n);
        break;
    case TOV_FIELD_HASH:
        (void)snprintf(out, TEXT_SIZE, "%064x", n);
        break;
    case TOV_FIELD_RECORD: /* a reference */
        (void)snprintf(out, TEXT_SIZE, "2/1/%u/%064x", n, n);
        break;
    case TOV_FIELD_BYTES:
        (void)snprintf(out, TEXT_SIZE, "dG92%04u", n);
        break;
    }
}

static void set(struct filling *filling, const char *path, const struct tov_field *field)
{
    char text[TEXT_SIZE];
    struct tov_error error = {.code = TOV_OK};
    filling->count++;
    write_value(filling, field, text);
    enum tov_err err = tov_message_draft_set(filling->draft, path, text, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "%s: %s\n", tov_message_draft_type(filling->draft), error.text);
    UNIT_NEED(err == TOV_OK);
}

/* What the draft, or the node, fills in. */
static bool is_of_others(const char *path)
{
    static const char *const paths[] = {
        "header.type",          "header.type_version", "header.fields", "header.message_id",
        "header.sender_origin", "header.recorded_at",  "header.author", "header.seen",
        "content.fields",       "content.attachments",
    };
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        if (strcmp(path, paths[i]) == 0)
            return true;
    }
    return false;
}

static void fill(struct filling *filling, const struct tov_schema *schema, const char *prefix)
{
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        char path[TEXT_SIZE], inner[TEXT_SIZE + 4];
        (void)snprintf(path, sizeof path, "%s.%s", prefix, field.name);
        if (is_of_others(path))
            continue;
        bool is_leaf = field.kind != TOV_FIELD_RECORD ||
                       strcmp(tov_schema_name(field.record), "Reference") == 0;
        for (unsigned item = 1; item <= (field.repeated ? 2u : 1u); item++) {
            (void)snprintf(inner, sizeof inner, field.repeated ? "%s.%u" : "%s", path, item);
            if (is_leaf)
                set(filling, field.repeated ? path : inner, &field);
            else
                fill(filling, field.record, inner);
        }
    }
}

struct tov_message_draft *draft_filled(const char *type)
{
    struct filling filling = {.count = 0};
    const struct tov_message_type *row = tov_message_type_find(tov_bytes_of_text(type));
    UNIT_NEED(row != NULL && tov_message_draft_create(type, &filling.draft, NULL) == TOV_OK);
    fill(&filling, tov_schema_find("Header"), "header");
    fill(&filling, tov_schema_find("Content"), "content");
    fill(&filling, tov_schema_find(row->header_schema), "header.fields");
    fill(&filling, tov_schema_find(row->content_schema), "content.fields");
    return filling.draft;
}

char *draft_json(const struct tov_message_draft *draft)
{
    char *json = NULL;
    UNIT_NEED(tov_message_draft_to_json(draft, &json, NULL) == TOV_OK);
    return json;
}

static void encode(const struct tov_message_draft *draft, struct tov_buf *header,
                   struct tov_buf *content)
{
    *header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    *content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_NEED(tov_draft_encode(&draft->draft, header, content) == TOV_OK);
}

void expect_same_draft(const struct tov_message_draft *a, const struct tov_message_draft *b,
                       const char *type)
{
    struct tov_buf headers[2], contents[2];
    encode(a, &headers[0], &contents[0]);
    encode(b, &headers[1], &contents[1]);
    bool same = tov_bytes_equal(tov_buf_view(&headers[0]), tov_buf_view(&headers[1])) &&
                tov_bytes_equal(tov_buf_view(&contents[0]), tov_buf_view(&contents[1]));
    if (!same)
        (void)fprintf(stderr, "%s: differs\n", type);
    CU_ASSERT_TRUE(same);
    for (size_t i = 0; i < 2; i++) {
        tov_buf_fini(&headers[i]);
        tov_buf_fini(&contents[i]);
    }
}
