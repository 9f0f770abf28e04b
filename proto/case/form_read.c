/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/form.h"

#include "base/cleanup.h"
#include "base/hex.h"
#include "case/danish_time.h"
#include "case/form_field.h"
#include "case/form_line.h"

#include <stdio.h>
#include <string.h>

struct reading {
    struct tov_draft *draft;
    struct tov_findings *findings;
    struct tov_buf value; /* of the open field, its lines joined */
    struct tov_bytes path;
    uint32_t line;
    uint32_t path_line;
    bool open;
    size_t errors;
    enum tov_err failed; /* memory or limit */
};

static void refuse(struct reading *reading, uint32_t line, struct tov_bytes path,
                   struct tov_text reason)
{
    char field[TOV_FORM_PATH_SIZE];
    (void)snprintf(field, sizeof field, "%.*s", (int)(path.size < 79 ? path.size : 79),
                   path.size == 0 ? "" : (const char *)path.data);
    reading->errors++;
    tov_findings_add(reading->findings, &(struct tov_finding_words){
                                            .severity = TOV_REFUSES,
                                            .source = "formular",
                                            .field = field,
                                            .line = line,
                                            .reason = reason,
                                        });
}

/* ---- values ---- */

static bool is_word(struct tov_bytes text, const char *word)
{
    return tov_bytes_equal(text, tov_bytes_of_text(word));
}

/* SIZE bytes (at most 32); hyphens as in a UUID's 8-4-4-4-12 stand for nothing. */
static bool read_hex(struct tov_bytes text, size_t size, uint8_t *out)
{
    uint8_t digits[2 * TOV_HASH_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '-' && text.size == 36)
            continue;
        if (count == sizeof digits)
            return false;
        digits[count++] = text.data[i];
    }
    return count == 2 * size &&
           tov_hex_decode((struct tov_bytes){digits, count}, out, size) == TOV_OK;
}

/* The text of one value as a value of its kind. ENUM ids need a NUL, references and hashes their
 * bytes, so they go through NAME. */
static bool value_of(const struct tov_field *field, struct tov_bytes text, char name[64],
                     struct tov_value *out_value)
{
    struct tov_value value = {.kind = field->kind, .bytes = text};
    switch (field->kind) {
    case TOV_FIELD_TEXT:
        break;
    case TOV_FIELD_BOOL:
        value.number = is_word(text, "ja") || is_word(text, "yes") ? 1 : 0;
        if (value.number == 0 && !is_word(text, "nej") && !is_word(text, "no"))
            return false;
        break;
    case TOV_FIELD_INT:
        if (tov_decimal_decode(text, &value.number) != TOV_OK)
            return false;
        break;
    case TOV_FIELD_DATE:
        if (!tov_danish_date_parse(text, &value.date))
            return false;
        break;
    case TOV_FIELD_TIME:
        if (!tov_danish_time_parse(text, &value.number))
            return false;
        break;
    case TOV_FIELD_ENUM:
        if (text.size >= 64)
            return false;
        memcpy(name, text.data, text.size);
        name[text.size] = '\0';
        value.name = name;
        break;
    case TOV_FIELD_UUID:
        if (!read_hex(text, TOV_UUID_BYTES, (uint8_t *)name))
            return false;
        value.bytes = (struct tov_bytes){(uint8_t *)name, TOV_UUID_BYTES};
        break;
    case TOV_FIELD_HASH:
        if (!read_hex(text, TOV_HASH_BYTES, (uint8_t *)name))
            return false;
        value.bytes = (struct tov_bytes){(uint8_t *)name, TOV_HASH_BYTES};
        break;
    case TOV_FIELD_BYTES:
    case TOV_FIELD_RECORD:
        return false;
    }
    *out_value = value;
    return true;
}

static struct tov_text how_to_write(enum tov_field_kind kind)
{
    switch (kind) {
    case TOV_FIELD_BOOL:
        return (struct tov_text)TOV_TEXT("Skriv ja eller nej.", "Write ja (yes) or nej (no).");
    case TOV_FIELD_INT:
        return (struct tov_text)TOV_TEXT("Skriv et helt tal.", "Write a whole number.");
    case TOV_FIELD_DATE:
        return (struct tov_text)TOV_TEXT("Skriv en dato, der findes, som dd-mm-åååå.",
                                         "Write a day that exists as dd-mm-yyyy.");
    case TOV_FIELD_TIME:
        return (struct tov_text)TOV_TEXT("Skriv dato og klokkeslæt som dd-mm-åååå tt.mm.",
                                         "Write date and time as dd-mm-yyyy hh.mm.");
    case TOV_FIELD_ENUM:
        return (struct tov_text)TOV_TEXT("Vælg et af de ord, der står over feltet.",
                                         "Pick one of the words above the field.");
    case TOV_FIELD_UUID:
        return (struct tov_text)TOV_TEXT("Skriv en reference på 32 hexadecimale cifre.",
                                         "Write a reference of 32 hexadecimal digits.");
    case TOV_FIELD_HASH:
        return (struct tov_text)TOV_TEXT("Skriv en hashværdi på 64 hexadecimale cifre.",
                                         "Write a hash of 64 hexadecimal digits.");
    case TOV_FIELD_TEXT:
    case TOV_FIELD_BYTES:
    case TOV_FIELD_RECORD:
        break;
    }
    return (struct tov_text)TOV_TEXT("Teksten er ikke gyldig UTF-8.", "The text is not UTF-8.");
}

static void put_one(struct reading *reading, const struct tov_form_field *field,
                    struct tov_record record, struct tov_bytes text)
{
    char id[64];
    struct tov_value value;
    const char *name = field->path.leaf[0] == '\0' ? field->path.head : field->path.leaf;
    enum tov_err err = value_of(&field->field, text, id, &value)
                           ? tov_record_put(record, name, &value)
                           : TOV_E_SCHEMA;
    if (err == TOV_E_SCHEMA)
        refuse(reading, reading->path_line, reading->path, how_to_write(field->field.kind));
    else if (err != TOV_OK)
        reading->failed = err;
}

/* Each line, or each word between commas, is one value of a list. */
static void put_each(struct reading *reading, const struct tov_form_field *field,
                     struct tov_record record, struct tov_bytes text)
{
    size_t start = 0;
    for (size_t at = 0; at <= text.size; at++) {
        if (at < text.size && text.data[at] != '\n' && text.data[at] != ',')
            continue;
        struct tov_bytes one = tov_form_trim((struct tov_bytes){text.data + start, at - start});
        if (one.size > 0)
            put_one(reading, field, record, one);
        start = at + 1;
    }
}

/* ---- where a value goes ---- */

static bool open_record(struct reading *reading, const struct tov_form_field *field, size_t index,
                        struct tov_record *out_record)
{
    struct tov_record record = tov_draft_record(reading->draft, field->rule.place);
    if (field->path.leaf[0] == '\0') {
        *out_record = record;
        return true;
    }
    size_t count = tov_record_count(record, field->path.head);
    if (index > 0 && index <= count)
        return tov_record_child(record, field->path.head, index - 1, out_record);
    if (index > count + 1 || (index > 0 && field->rule.place == TOV_IN_HEADER)) {
        refuse(reading, reading->path_line, reading->path,
               (struct tov_text)TOV_TEXT("Numrene skal begynde med 1 og følge efter hinanden.",
                                         "The numbers must begin with 1 and follow one another."));
        return false;
    }
    enum tov_err err = tov_record_open(record, field->path.head, out_record);
    if (err != TOV_OK)
        reading->failed = err;
    return err == TOV_OK;
}

/* The text gave the field a value already: it had none when reading began (clear_fields). */
static bool is_given(const struct reading *reading, const struct tov_form_field *field,
                     size_t index)
{
    struct tov_record record = tov_draft_record(reading->draft, field->rule.place);
    if (field->path.leaf[0] == '\0')
        return tov_record_count(record, field->path.head) > 0;
    struct tov_record child;
    return tov_record_child(record, field->path.head, index > 0 ? index - 1 : 0, &child) &&
           tov_record_count(child, field->path.leaf) > 0;
}

static void close_field(struct reading *reading)
{
    if (!reading->open)
        return;
    reading->open = false;
    if (reading->value.failed != TOV_OK) {
        reading->failed = reading->value.failed;
        return;
    }
    struct tov_form_path path;
    struct tov_form_field field;
    if (!tov_form_path_parse(reading->path, &path) ||
        !tov_form_field_find(reading->draft, &path, &field)) {
        refuse(reading, reading->path_line, reading->path,
               (struct tov_text)TOV_TEXT("Feltet findes ikke i denne beskedtype. Er linjen tekst, "
                                         "så skriv \\ foran den.",
                                         "This message type has no such field. If the line is "
                                         "text, write \\ before it."));
        return;
    }
    if (is_given(reading, &field, path.index)) {
        refuse(reading, reading->path_line, reading->path,
               (struct tov_text)TOV_TEXT("Feltet står der to gange.", "The field is there twice."));
        return;
    }
    struct tov_bytes text = tov_form_trim(tov_buf_view(&reading->value));
    struct tov_record record;
    if (text.size == 0 || !open_record(reading, &field, path.index, &record))
        return;
    if (field.field.repeated)
        put_each(reading, &field, record, text);
    else
        put_one(reading, &field, record, text);
}

/* ---- lines ---- */

static void read_line(struct reading *reading, struct tov_bytes line)
{
    while (line.size > 0 && line.data[line.size - 1] == '\r')
        line.size--;
    if (line.size > 0 && line.data[0] == '#')
        return;
    struct tov_bytes path, value;
    if (tov_form_line_split(line, &path, &value) && line.data[0] != '\\') {
        close_field(reading);
        reading->path = path;
        reading->path_line = reading->line;
        reading->open = true;
        tov_buf_clear(&reading->value);
        tov_buf_put_bytes(&reading->value, value);
        return;
    }
    if (!reading->open) {
        if (tov_form_trim(line).size > 0)
            refuse(reading, reading->line, (struct tov_bytes){0},
                   (struct tov_text)TOV_TEXT("Teksten står ikke under noget felt.",
                                             "The text stands under no field."));
        return;
    }
    if (line.size > 0 && line.data[0] == '\\') {
        line.data++;
        line.size--;
    }
    tov_buf_put_text(&reading->value, "\n");
    tov_buf_put_bytes(&reading->value, line);
}

/* A form shows all of these, so what its text does not have is not there any more; what it does not
 * show (a contact's e-mail address) stays. */
static void clear_fields(struct tov_draft *draft)
{
    for (size_t i = 0; i < tov_message_type_field_count(draft->type); i++) {
        struct tov_form_field field = tov_form_field_at(draft, i);
        struct tov_record record = tov_draft_record(draft, field.rule.place);
        if (field.path.leaf[0] == '\0' || (field.in_list && field.rule.place != TOV_IN_HEADER)) {
            tov_record_clear(record, field.path.head);
            continue;
        }
        struct tov_record child;
        for (size_t n = 0; tov_record_child(record, field.path.head, n, &child); n++)
            tov_record_clear(child, field.path.leaf);
    }
}

static bool is_empty(struct tov_record record)
{
    const struct tov_schema *schema = tov_record_schema(record);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        if (tov_record_count(record, tov_schema_field_at(schema, i).name) > 0)
            return false;
    }
    return true;
}

/* An empty record is not an empty field: one whose last field was cleared goes. */
static void drop_empty(struct tov_draft *draft)
{
    for (size_t i = 0; i < tov_message_type_field_count(draft->type); i++) {
        struct tov_form_field field = tov_form_field_at(draft, i);
        struct tov_record record = tov_draft_record(draft, field.rule.place);
        struct tov_record child;
        if (field.path.leaf[0] != '\0' && !field.in_list &&
            tov_record_child(record, field.path.head, 0, &child) && is_empty(child))
            tov_record_clear(record, field.path.head);
    }
}

enum tov_err tov_form_read(struct tov_bytes text, struct tov_draft *draft,
                           struct tov_findings *out_findings)
{
    if (text.size > TOV_FORM_MAX_BYTES)
        return TOV_E_LIMIT;
    struct reading reading = {
        .draft = draft,
        .findings = out_findings,
        .value = TOV_BUF_INIT(TOV_FORM_MAX_BYTES),
    };
    clear_fields(draft);
    size_t start = 0;
    for (size_t at = 0; at <= text.size; at++) {
        if (at < text.size && text.data[at] != '\n')
            continue;
        reading.line++;
        read_line(&reading, (struct tov_bytes){text.data + start, at - start});
        start = at + 1;
    }
    close_field(&reading);
    drop_empty(draft);
    tov_buf_fini(&reading.value);
    if (reading.failed != TOV_OK)
        return reading.failed;
    return reading.errors > 0 ? TOV_E_SCHEMA : TOV_OK;
}
