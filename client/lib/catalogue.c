/* SPDX-License-Identifier: EUPL-1.2
 *
 * The catalogue for programs: a thin face of proto/case.
 */
#include <tov/catalogue.h>

#include <stdio.h>
#include <string.h>

#include "case/catalogue.h"
#include "case/label.h"
#include "lib/valuetext.h"

static const struct tov_message_type *row_of(const struct tov_catalogue_type *type)
{
    return (const struct tov_message_type *)(const void *)type;
}

static const struct tov_catalogue_type *type_of(const struct tov_message_type *row)
{
    return (const struct tov_catalogue_type *)(const void *)row;
}

static enum tov_language language_of(enum tov_words words)
{
    return words == TOV_WORDS_EN ? TOV_ENGLISH : TOV_DANISH;
}

size_t tov_catalogue_count(void)
{
    return tov_message_type_count();
}

const struct tov_catalogue_type *tov_catalogue_at(size_t index)
{
    return index < tov_message_type_count() ? type_of(tov_message_type_at(index)) : NULL;
}

const struct tov_catalogue_type *tov_catalogue_find(const char *id)
{
    return id == NULL ? NULL : type_of(tov_message_type_find(tov_bytes_of_text(id)));
}

const char *tov_catalogue_type_id(const struct tov_catalogue_type *type)
{
    return row_of(type)->id;
}

uint32_t tov_catalogue_type_version(const struct tov_catalogue_type *type)
{
    return row_of(type)->version;
}

const char *tov_catalogue_type_name(const struct tov_catalogue_type *type, enum tov_words words)
{
    return tov_text_in(&row_of(type)->name, language_of(words));
}

const char *tov_catalogue_type_group(const struct tov_catalogue_type *type, enum tov_words words)
{
    struct tov_text name = tov_message_group_name(row_of(type)->group);
    return tov_text_in(&name, language_of(words));
}

const char *tov_catalogue_type_purpose(const struct tov_catalogue_type *type, enum tov_words words)
{
    return tov_text_in(&row_of(type)->purpose, language_of(words));
}

int tov_catalogue_type_takes_attachments(const struct tov_catalogue_type *type)
{
    return row_of(type)->attachments;
}

const char *tov_catalogue_type_answer(const struct tov_catalogue_type *type, size_t index)
{
    const struct tov_message_type *row = row_of(type);
    for (size_t i = 0; i < TOV_ANSWERS_MAX && row->answers[i] != NULL; i++) {
        if (i == index)
            return row->answers[i];
    }
    return NULL;
}

/* ---- fields ---- */

static const struct tov_schema *schema_at(const struct tov_message_type *row,
                                          enum tov_field_place place)
{
    switch (place) {
    case TOV_IN_HEADER:
        return tov_schema_find("Header");
    case TOV_IN_CONTENT:
        return tov_schema_find("Content");
    case TOV_IN_HEADER_FIELDS:
        return tov_schema_find(row->header_schema);
    case TOV_IN_CONTENT_FIELDS:
        return tov_schema_find(row->content_schema);
    }
    return NULL;
}

static const char *prefix_of(enum tov_field_place place)
{
    switch (place) {
    case TOV_IN_HEADER:
        return "header";
    case TOV_IN_CONTENT:
        return "content";
    case TOV_IN_HEADER_FIELDS:
    case TOV_IN_CONTENT_FIELDS:
        return "fields";
    }
    return "";
}

/* The field at the end of NAME's dots; *OUT_LIST when any on the way may come more than once. */
static bool find_schema_field(const struct tov_schema *schema, const char *name,
                              struct tov_field *out_field, bool *out_list)
{
    bool list = false;
    while (schema != NULL) {
        char word[64];
        size_t size = strcspn(name, ".");
        (void)snprintf(word, sizeof word, "%.*s", (int)size, name);
        if (!tov_schema_find_field(schema, word, out_field))
            return false;
        list = list || out_field->repeated;
        *out_list = list;
        if (name[size] == '\0')
            return true;
        name += size + 1;
        schema = out_field->record;
    }
    return false;
}

static bool field_of(const struct tov_catalogue_type *type, size_t index,
                     struct tov_field_rule *out_rule, struct tov_field *out_field, bool *out_list)
{
    const struct tov_message_type *row = row_of(type);
    if (index >= tov_message_type_field_count(row))
        return false;
    *out_rule = tov_message_type_field_at(row, index);
    return find_schema_field(schema_at(row, out_rule->place), out_rule->name, out_field, out_list);
}

static enum tov_catalogue_need need_of(enum tov_field_need need)
{
    switch (need) {
    case TOV_NEED_OPTIONAL:
        return TOV_CATALOGUE_OPTIONAL;
    case TOV_NEED_ALWAYS:
        return TOV_CATALOGUE_REQUIRED;
    case TOV_NEED_FULL:
        return TOV_CATALOGUE_REQUIRED_UNLESS_MINIMAL;
    case TOV_NEED_FORBIDDEN_IN_MINIMAL:
        return TOV_CATALOGUE_FORBIDDEN_IF_MINIMAL;
    }
    return TOV_CATALOGUE_OPTIONAL;
}

size_t tov_catalogue_field_count(const struct tov_catalogue_type *type)
{
    return tov_message_type_field_count(row_of(type));
}

enum tov_err tov_catalogue_field_at(const struct tov_catalogue_type *type, size_t index,
                                    struct tov_catalogue_field *out_field)
{
    struct tov_field_rule rule;
    struct tov_field field;
    bool list = false;
    if (out_field->size < sizeof *out_field || !field_of(type, index, &rule, &field, &list))
        return TOV_E_ARGUMENT;
    struct tov_catalogue_field made = {
        .size = out_field->size,
        .need = need_of(rule.need),
        .kind = tov_field_holds_agency(rule.name) ? "agency" : valuetext_kind(&field),
        .is_list = list,
        .label_da = tov_text_in(&rule.label, TOV_DANISH),
        .label_en = tov_text_in(&rule.label, TOV_ENGLISH),
        .help_da = tov_text_in(&rule.help, TOV_DANISH),
        .help_en = tov_text_in(&rule.help, TOV_ENGLISH),
        .value_count = tov_field_value_count(&field),
    };
    (void)snprintf(made.path, sizeof made.path, "%s.%s", prefix_of(rule.place), rule.name);
    *out_field = made;
    return TOV_OK;
}

const char *tov_catalogue_value_id(const struct tov_catalogue_type *type, size_t field,
                                   size_t value)
{
    struct tov_field_rule rule;
    struct tov_field found;
    bool list;
    if (!field_of(type, field, &rule, &found, &list) || value >= tov_field_value_count(&found))
        return NULL;
    return tov_field_value_name(&found, value);
}

const char *tov_catalogue_value_label(const struct tov_catalogue_type *type, size_t field,
                                      size_t value, enum tov_words words)
{
    struct tov_field_rule rule;
    struct tov_field found;
    bool list;
    if (!field_of(type, field, &rule, &found, &list) || value >= tov_field_value_count(&found))
        return NULL;
    return tov_value_label(found.values_name, tov_field_value_name(&found, value),
                           language_of(words));
}
