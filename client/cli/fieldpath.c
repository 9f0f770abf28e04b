/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/fieldpath.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "case/catalogue.h"
#include "case/danish_time.h"
#include "cli/agency.h"
#include "cli/language.h"

static bool is_digits(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (isdigit((unsigned char)text[i]) == 0)
            return false;
    }
    return size > 0;
}

/* PATH without its components that are numbers. */
static void without_numbers(const char *path, char out[FIELDPATH_SIZE])
{
    size_t used = 0;
    while (*path != '\0') {
        size_t size = strcspn(path, ".");
        if (!is_digits(path, size) && used + size + 2 < FIELDPATH_SIZE) {
            if (used > 0)
                out[used++] = '.';
            memcpy(out + used, path, size);
            used += size;
        }
        path += size + (path[size] == '.' ? 1 : 0);
    }
    out[used] = '\0';
}

bool fieldpath_find(const struct tov_catalogue_type *type, const char *path,
                    char out[FIELDPATH_SIZE], struct tov_catalogue_field *out_field,
                    size_t *out_index)
{
    char wanted[FIELDPATH_SIZE];
    without_numbers(path, wanted);
    for (size_t i = 0; i < tov_catalogue_field_count(type); i++) {
        struct tov_catalogue_field field = {.size = sizeof field};
        if (tov_catalogue_field_at(type, i, &field) != TOV_OK)
            continue;
        const char *dot = strchr(field.path, '.');
        bool is_whole = strcmp(field.path, wanted) == 0;
        bool is_short = dot != NULL && strcmp(dot + 1, wanted) == 0;
        if (!is_whole && !is_short)
            continue;
        int prefix = is_short ? (int)(dot + 1 - field.path) : 0;
        if (snprintf(out, FIELDPATH_SIZE, "%.*s%s", prefix, field.path, path) >= FIELDPATH_SIZE)
            return false;
        *out_field = field;
        *out_index = i;
        return true;
    }
    return false;
}

static bool is_one_of(const char *text, const char *one, const char *other)
{
    return strcasecmp(text, one) == 0 || strcasecmp(text, other) == 0;
}

void fieldpath_value(const char *kind, const char *text, struct tov_buf *out)
{
    struct tov_date date;
    uint64_t time_ms = 0;
    char time[TOV_TIME_TEXT_SIZE];
    struct tov_bytes bytes = tov_bytes_of_text(text);
    if (strcmp(kind, "date") == 0 && tov_danish_date_parse(bytes, &date)) {
        tov_buf_put_format(out, "%04d-%02d-%02d", date.year, date.month, date.day);
    } else if (strcmp(kind, "time") == 0 && tov_danish_time_parse(bytes, &time_ms)) {
        tov_time_format(time_ms, time);
        tov_buf_put_text(out, time);
    } else if (strcmp(kind, "bool") == 0 && is_one_of(text, "ja", "yes")) {
        tov_buf_put_text(out, "true");
    } else if (strcmp(kind, "bool") == 0 && is_one_of(text, "nej", "no")) {
        tov_buf_put_text(out, "false");
    } else {
        tov_buf_put_text(out, text);
    }
}

static void put_ids(const struct tov_catalogue_type *type, size_t index, struct tov_buf *out)
{
    const char *id = NULL;
    for (size_t i = 0; (id = tov_catalogue_value_id(type, index, i)) != NULL; i++)
        tov_buf_put_format(out, "%s%s", i == 0 ? "" : ", ", id);
}

static void put_purpose_ids(struct tov_buf *out)
{
    for (size_t i = 0; i < tov_purpose_count(); i++)
        tov_buf_put_format(out, "%s%s", i == 0 ? "" : ", ", tov_purpose_at(i)->id);
}

const char *fieldpath_kind_words(const char *kind)
{
    static const struct {
        const char *id;
        const char *words;
    } kinds[] = {
        {"bool", N_("yes or no")},
        {"date", N_("a date as 28-06-2021")},
        {"time", N_("date and time as \"28-06-2021 09.10\"")},
        {"int", N_("a whole number")},
        {"agency", N_("an agency as kk")},
        {"uuid", N_("a reference of 32 hexadecimal digits")},
        {"hash", N_("a hash of 64 hexadecimal digits")},
        {"text", N_("a text")},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].id, kind) == 0)
            return _(kinds[i].words);
    }
    return kind;
}

void fieldpath_choices(const struct tov_catalogue_type *type, size_t index, struct tov_buf *out)
{
    struct tov_catalogue_field field = {.size = sizeof field};
    if (tov_catalogue_field_at(type, index, &field) != TOV_OK)
        return;
    bool is_purpose = strcmp(field.path, "header.purpose") == 0;
    bool is_basis = strcmp(field.path, "header.legal_bases") == 0;
    if (field.value_count > 0 || is_purpose)
        tov_buf_put_format(out, "%s ", _("one of:"));
    if (is_purpose)
        put_purpose_ids(out);
    else if (field.value_count > 0)
        put_ids(type, index, out);
    else if (is_basis)
        tov_buf_put_format(out, _("a code that tov types %s lists"), tov_catalogue_type_id(type));
    else
        tov_buf_put_text(out, fieldpath_kind_words(field.kind));
}

/* ---- in words ---- */

static const char *enum_label(struct cli *cli, const struct fieldpath_shown *field,
                              const char *text)
{
    for (size_t i = 0;; i++) {
        const char *id = tov_catalogue_value_id(field->type, field->index, i);
        if (id == NULL)
            return text;
        if (strcmp(id, text) == 0)
            return tov_catalogue_value_label(field->type, field->index, i, cli->words);
    }
}

static const char *purpose_label(struct cli *cli, const char *text)
{
    for (size_t i = 0; i < tov_purpose_count(); i++) {
        const struct tov_purpose *purpose = tov_purpose_at(i);
        if (strcmp(purpose->id, text) == 0)
            return cli_words(cli, purpose->name.da, purpose->name.en);
    }
    return text;
}

void fieldpath_show(struct cli *cli, const struct fieldpath_shown *field, const char *text,
                    struct tov_buf *out)
{
    struct tov_date date;
    uint64_t time_ms = 0;
    char words[32];
    if (strcmp(field->kind, "date") == 0 &&
        tov_date_parse(tov_bytes_of_text(text), &date) == TOV_OK) {
        tov_danish_date_format(date, words);
        tov_buf_put_text(out, words);
    } else if (strcmp(field->kind, "time") == 0 &&
               tov_time_parse(tov_bytes_of_text(text), &time_ms) == TOV_OK) {
        tov_danish_time_format(time_ms, words);
        tov_buf_put_text(out, words);
    } else if (strcmp(field->kind, "bool") == 0) {
        tov_buf_put_text(out, strcmp(text, "true") == 0 ? _("yes") : _("no"));
    } else if (strcmp(field->kind, "enum") == 0) {
        tov_buf_put_text(out, enum_label(cli, field, text));
    } else if (strcmp(field->kind, "agency") == 0) {
        tov_buf_put_text(out, agency_name(cli, text));
    } else if (strcmp(field->path, "header.purpose") == 0) {
        tov_buf_put_text(out, purpose_label(cli, text));
    } else {
        tov_buf_put_text(out, text);
    }
}

const char *fieldpath_label(const struct cli *cli, const char *type, const char *path)
{
    const struct tov_catalogue_type *row = tov_catalogue_find(type);
    struct tov_catalogue_field field;
    char whole[FIELDPATH_SIZE];
    size_t index = 0;
    if (row == NULL || !fieldpath_find(row, path, whole, &field, &index))
        return path;
    return cli_words(cli, field.label_da, field.label_en);
}
