/* SPDX-License-Identifier: EUPL-1.2
 *
 * JSON into a draft. Strict: an unknown key is an error that names it, since a field that silently
 * falls away is one that somebody relied on.
 */
#include "lib/json.h"

#include "base/limits.h"
#include "lib/draft.h"
#include "lib/valuetext.h"

#include <string.h>

/* Where a fault is, for its words: at most this much of a path is shown. */
struct where {
    char path[120];
    struct tov_error *error;
};

static void go_into(const struct where *where, const char *key, struct where *out)
{
    const char *dot = where->path[0] == '\0' ? "" : ".";
    out->error = where->error;
    (void)snprintf(out->path, sizeof out->path, "%.80s%s%.36s", where->path, dot, key);
}

static enum tov_err say(const struct where *where, const char *what)
{
    return tov_fail(where->error, TOV_E_SCHEMA, "%s: %s", where->path, what);
}

static enum tov_err read_record(const struct where *where, json_t *object, struct tov_record record,
                                struct tov_record fields);

static enum tov_err read_text(const struct where *where, json_t *json, struct tov_record record,
                              const struct tov_field *field)
{
    char number[24];
    const char *text = json_string_value(json);
    if (field->kind == TOV_FIELD_INT && json_is_integer(json)) {
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(json));
        text = number;
    }
    if (field->kind == TOV_FIELD_BOOL)
        text = json_is_true(json) ? "true" : json_is_false(json) ? "false" : NULL;
    if (text == NULL || (json_is_string(json) && strlen(text) != json_string_length(json)))
        return say(where, "a value of another kind is needed here");
    if (text[0] == '\0' && field->repeated)
        return say(where, "an empty value cannot stand in a list");
    if (text[0] == '\0')
        return TOV_OK; /* not set */
    enum tov_err err = valuetext_set(record, field, text);
    if (err == TOV_E_SCHEMA || err == TOV_E_ARGUMENT)
        return say(where, "not a value of this kind");
    return err == TOV_OK ? err : tov_fail(where->error, err, "%s: too much", where->path);
}

static enum tov_err read_value(const struct where *where, json_t *json, struct tov_record record,
                               const struct tov_field *field)
{
    const struct tov_record none = {0};
    struct tov_record child;
    if (field->kind != TOV_FIELD_RECORD)
        return read_text(where, json, record, field);
    if (!json_is_object(json))
        return say(where, "an object is needed here");
    enum tov_err err = tov_record_open(record, field->name, &child);
    if (err != TOV_OK)
        return tov_fail(where->error, err, "%s: too much", where->path);
    return read_record(where, json, child, none);
}

static enum tov_err read_list(const struct where *where, json_t *json, struct tov_record record,
                              const struct tov_field *field)
{
    if (!json_is_array(json))
        return say(where, "a list is needed here");
    for (size_t i = 0; i < json_array_size(json); i++) {
        char number[24];
        struct where inner;
        (void)snprintf(number, sizeof number, "%zu", i + 1);
        go_into(where, number, &inner);
        TOV_TRY(read_value(&inner, json_array_get(json, i), record, field));
    }
    return TOV_OK;
}

static enum tov_err read_field(const struct where *where, const char *key, json_t *value,
                               struct tov_record record)
{
    struct tov_field field;
    if (!tov_schema_find_field(tov_record_schema(record), key, &field))
        return say(where, "no such field in this message type");
    return field.repeated ? read_list(where, value, record, &field)
                          : read_value(where, value, record, &field);
}

/* FIELDS is the typed record that stands under "fields", if any. */
static enum tov_err read_record(const struct where *where, json_t *object, struct tov_record record,
                                struct tov_record fields)
{
    const struct tov_record none = {0};
    void *at = json_object_iter(object);
    for (; at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);
        json_t *value = json_object_iter_value(at);
        struct where inner;
        go_into(where, key, &inner);
        if (json_is_null(value))
            continue;
        if (fields.message == NULL || strcmp(key, "fields") != 0)
            TOV_TRY(read_field(&inner, key, value, record));
        else if (!json_is_object(value))
            return say(&inner, "an object is needed here");
        else
            TOV_TRY(read_record(&inner, value, fields, none));
    }
    return TOV_OK;
}

/* ---- the whole ---- */

static size_t depth_of(const char *text, size_t size)
{
    size_t depth = 0, deepest = 0;
    bool quoted = false;
    for (size_t i = 0; i < size; i++) {
        if (quoted && text[i] == '\\')
            i++;
        else if (text[i] == '"')
            quoted = !quoted;
        else if (!quoted && (text[i] == '{' || text[i] == '['))
            deepest = ++depth > deepest ? depth : deepest;
        else if (!quoted && (text[i] == '}' || text[i] == ']') && depth > 0)
            depth--;
    }
    return deepest;
}

static enum tov_err parse(const char *text, json_t **out_root, struct tov_error *error)
{
    json_error_t fault;
    size_t size = text == NULL ? 0 : strnlen(text, JSON_TEXT_MAX_BYTES + 1u);
    if (size > JSON_TEXT_MAX_BYTES || (size > 0 && depth_of(text, size) > TOV_JSON_DEPTH_MAX))
        return tov_fail(error, TOV_E_LIMIT, "JSON of at most 256 KiB and %u levels is read",
                        TOV_JSON_DEPTH_MAX);
    json_t *root = json_loadb(size == 0 ? "" : text, size, JSON_REJECT_DUPLICATES, &fault);
    if (root == NULL)
        return tov_fail(error, TOV_E_MALFORMED, "not JSON (line %d, column %d)",
                        fault.line > 0 ? fault.line : 1, fault.column);
    if (!json_is_object(root)) {
        json_decref(root);
        return tov_fail(error, TOV_E_MALFORMED, "not a JSON object (line 1)");
    }
    *out_root = root;
    return TOV_OK;
}

/* Of a message that was read back: what the node fills in, and the attachments' files, are not the
 * draft's. */
static void drop_of_the_node(struct tov_draft *draft)
{
    static const char *const names[] = {"message_id", "sender_origin", "recorded_at", "author",
                                        "seen"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        tov_record_clear(draft->header, names[i]);
    tov_record_clear(draft->content, "attachments");
}

static enum tov_err check_keys(json_t *root, struct tov_error *error)
{
    void *at = json_object_iter(root);
    for (; at != NULL; at = json_object_iter_next(root, at)) {
        const char *key = json_object_iter_key(at);
        if (strcmp(key, "header") != 0 && strcmp(key, "content") != 0 &&
            strcmp(key, "message") != 0)
            return tov_fail(error, TOV_E_SCHEMA, "%.60s: only header, content and message here",
                            key);
    }
    return TOV_OK;
}

static enum tov_err read_half(json_t *root, const char *key, struct tov_record record,
                              struct tov_record fields, struct tov_error *error)
{
    struct where where = {.error = error};
    json_t *half = json_object_get(root, key);
    (void)snprintf(where.path, sizeof where.path, "%s", key);
    if (half == NULL || json_is_null(half))
        return TOV_OK;
    if (!json_is_object(half))
        return say(&where, "an object is needed here");
    return read_record(&where, half, record, fields);
}

static enum tov_err read_root(json_t *root, struct tov_message_draft **out_draft,
                              struct tov_error *error)
{
    struct tov_message_draft *made = NULL;
    TOV_TRY(check_keys(root, error));
    TOV_TRY(tov_message_draft_create(
        json_string_value(json_object_get(json_object_get(root, "header"), "type")), &made, error));
    const struct tov_draft *draft = &made->draft;
    enum tov_err err = read_half(root, "header", draft->header, draft->header_fields, error);
    if (err == TOV_OK)
        err = read_half(root, "content", draft->content, draft->content_fields, error);
    if (err == TOV_OK && tov_record_number(draft->header, "type_version") != draft->type->version)
        err = tov_fail(error, TOV_E_VERSION, "header.type_version: drafts are of version %u",
                       draft->type->version);
    if (err == TOV_OK && tov_record_count(draft->header, "recipients") > TOV_RECIPIENTS_MAX)
        err = tov_fail(error, TOV_E_LIMIT, "header.recipients: at most %u", TOV_RECIPIENTS_MAX);
    if (err != TOV_OK) {
        tov_message_draft_destroy(made);
        return err;
    }
    drop_of_the_node(&made->draft);
    *out_draft = made;
    return TOV_OK;
}

enum tov_err tov_message_draft_from_json(const char *json, struct tov_message_draft **out_draft,
                                         struct tov_error *error)
{
    json_t *root = NULL;
    TOV_TRY(parse(json, &root, error));
    enum tov_err err = read_root(root, out_draft, error);
    json_decref(root);
    return err;
}
