/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/path.h"

#include "base/cleanup.h"
#include "base/hex.h"
#include "lib/valuetext.h"

#include <stdio.h>
#include <string.h>

struct words {
    char bytes[PATH_MAX_BYTES + 1];
    char *next; /* NULL: nothing is left */
};

static bool words_init(struct words *words, const char *path)
{
    size_t size = strlen(path);
    if (size == 0 || size >= sizeof words->bytes)
        return false;
    memcpy(words->bytes, path, size + 1);
    words->next = words->bytes;
    return true;
}

/* The next word without taking it. */
static bool next_is(const struct words *words, const char *word)
{
    size_t size = strlen(word);
    return words->next != NULL && strncmp(words->next, word, size) == 0 &&
           (words->next[size] == '.' || words->next[size] == '\0');
}

static const char *take_word(struct words *words)
{
    char *word = words->next;
    if (word == NULL)
        return NULL;
    char *dot = strchr(word, '.');
    words->next = dot == NULL ? NULL : dot + 1;
    if (dot != NULL)
        *dot = '\0';
    return word;
}

/* A number from 1, as an index from 0. */
static bool take_index(struct words *words, size_t *out_index)
{
    if (words->next == NULL || words->next[0] < '0' || words->next[0] > '9')
        return false;
    uint64_t number;
    if (tov_decimal_decode(tov_bytes_of_text(take_word(words)), &number) != TOV_OK || number == 0 ||
        number > 10000)
        *out_index = SIZE_MAX; /* past any list */
    else
        *out_index = (size_t)(number - 1);
    return true;
}

/* The schema that a record has, or would have. */
struct node {
    struct tov_record record;
    const struct tov_schema *schema;
};

static bool has_field(const struct tov_schema *schema, const char *words)
{
    char name[64];
    struct tov_field field;
    (void)snprintf(name, sizeof name, "%.*s", (int)strcspn(words, "."), words);
    return schema != NULL && tov_schema_find_field(schema, name, &field);
}

static struct node node_of(struct tov_record record, const char *schema)
{
    return (struct node){record, schema == NULL ? NULL : tov_schema_find(schema)};
}

static bool find_root(const struct tov_draft *draft, struct words *words, struct node *out)
{
    const struct tov_message_type *type = draft->type;
    struct node header = node_of(draft->header, "Header");
    struct node content = node_of(draft->content, "Content");
    struct node header_fields =
        node_of(draft->header_fields, type == NULL ? NULL : type->header_schema);
    struct node content_fields =
        node_of(draft->content_fields, type == NULL ? NULL : type->content_schema);
    const char *word = take_word(words);
    if (word == NULL || words->next == NULL)
        return false;
    if (strcmp(word, "header") == 0)
        *out = next_is(words, "fields") ? header_fields : header;
    else if (strcmp(word, "content") == 0)
        *out = next_is(words, "fields") ? content_fields : content;
    else if (strcmp(word, "fields") == 0)
        *out = has_field(header_fields.schema, words->next) ? header_fields : content_fields;
    else
        return false;
    if (strcmp(word, "fields") != 0 && next_is(words, "fields"))
        (void)take_word(words);
    return out->schema != NULL && words->next != NULL;
}

/* One step down into the record in NODE's FIELD. */
static enum tov_err step(struct node *node, const struct tov_field *field, size_t index,
                         enum path_way way)
{
    struct tov_record child = {0};
    size_t count = node->record.message == NULL ? 0 : tov_record_count(node->record, field->name);
    node->schema = field->record;
    if (index > count)
        return TOV_E_NOT_FOUND;
    if (index < count)
        (void)tov_record_child(node->record, field->name, index, &child);
    else if (way == PATH_MAKE)
        TOV_TRY(tov_record_open(node->record, field->name, &child));
    node->record = child;
    return TOV_OK;
}

enum tov_err path_find(const struct tov_draft *draft, const char *path, enum path_way way,
                       struct place *out_place)
{
    struct words words;
    struct node node;
    struct place place = {.index = 0};
    if (!words_init(&words, path) || !find_root(draft, &words, &node))
        return TOV_E_ARGUMENT;
    for (;;) {
        const char *name = take_word(&words);
        place.index = 0;
        if (name == NULL || !tov_schema_find_field(node.schema, name, &place.field))
            return TOV_E_ARGUMENT;
        place.has_index = place.field.repeated && take_index(&words, &place.index);
        if (words.next == NULL)
            break;
        if (place.field.kind != TOV_FIELD_RECORD)
            return TOV_E_ARGUMENT;
        TOV_TRY(step(&node, &place.field, place.index, way));
    }
    place.record = node.record;
    place.schema = node.schema;
    *out_place = place;
    return TOV_OK;
}

size_t path_count(const struct tov_draft *draft, const char *path)
{
    struct place place;
    if (path_find(draft, path, PATH_LOOK, &place) != TOV_OK || place.record.message == NULL)
        return 0;
    size_t count = tov_record_count(place.record, place.field.name);
    if (!place.has_index)
        return count;
    return place.index < count ? 1 : 0;
}

void path_text(const struct tov_draft *draft, const char *path, struct tov_buf *out)
{
    struct place place;
    struct tov_value value;
    if (path_find(draft, path, PATH_LOOK, &place) == TOV_OK && place.record.message != NULL &&
        tov_record_get(place.record, place.field.name, place.index, &value) == TOV_OK)
        valuetext_put(out, &value);
}

/* What the draft itself keeps right, and all below it. */
static bool is_kept(const struct tov_draft *draft, const char *path)
{
    static const char *const kept[] = {"type", "type_version", "fields", "attachments"};
    struct words words;
    struct node root;
    if (!words_init(&words, path) || !find_root(draft, &words, &root) ||
        (root.record.message != draft->header.message &&
         root.record.message != draft->content.message))
        return false;
    const char *top = take_word(&words);
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        if (strcmp(top, kept[i]) == 0)
            return true;
    }
    return false;
}

static enum tov_err clear(const struct place *place, const char *path, struct tov_error *error)
{
    if (place->has_index)
        return tov_fail(error, TOV_E_ARGUMENT, "\"%.100s\": a list is cleared as a whole", path);
    if (place->record.message != NULL)
        tov_record_clear(place->record, place->field.name);
    return TOV_OK;
}

/* Whether TEXT is one of the field's, tried where it leaves nothing behind. */
static enum tov_err try_value(const struct place *place, const char *path, const char *text,
                              struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record scratch = {0};
    enum tov_err err = tov_record_create(place->schema, &scratch);
    if (err == TOV_OK)
        err = valuetext_set(scratch, &place->field, text);
    if (err == TOV_E_SCHEMA)
        return tov_fail(error, err, "\"%.100s\": not the text of a %s", path,
                        valuetext_kind(&place->field));
    return err == TOV_OK ? err : tov_fail(error, err, "\"%.100s\": cannot be set", path);
}

enum tov_err path_set(const struct tov_draft *draft, const char *path, const char *text,
                      struct tov_error *error)
{
    struct place place;
    enum tov_err err = path_find(draft, path, PATH_LOOK, &place);
    if (err != TOV_OK || is_kept(draft, path))
        return tov_fail(error, TOV_E_ARGUMENT,
                        "\"%.100s\": no field of this message that can be set", path);
    if (text == NULL || text[0] == '\0')
        return clear(&place, path, error);
    size_t count =
        place.record.message == NULL ? 0 : tov_record_count(place.record, place.field.name);
    if (place.has_index && place.index != count)
        return tov_fail(error, TOV_E_ARGUMENT,
                        "\"%.100s\": a list grows at its end; clear it to begin anew", path);
    TOV_TRY(try_value(&place, path, text, error));
    err = path_find(draft, path, PATH_MAKE, &place);
    if (err == TOV_OK)
        err = valuetext_set(place.record, &place.field, text);
    return err == TOV_OK ? err : tov_fail(error, err, "\"%.100s\": cannot be set", path);
}
