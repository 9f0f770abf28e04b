/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/valuetext.h"

#include "base/cleanup.h"
#include "base/hex.h"
#include "base/limits.h"

#include <string.h>

static bool is_reference(const struct tov_schema *schema)
{
    return strcmp(tov_schema_name(schema), "Reference") == 0;
}

static void put_hex(struct tov_buf *out, struct tov_bytes bytes)
{
    char *text = (char *)tov_buf_extend(out, 2 * bytes.size + 1);
    if (text == NULL)
        return;
    tov_hex_encode(bytes, text);
    out->size--; /* its NUL */
}

static void put_reference(struct tov_buf *out, struct tov_record record)
{
    if (!is_reference(tov_record_schema(record)))
        return;
    tov_buf_put_format(out, "%llu/%llu/%llu/",
                       (unsigned long long)tov_record_number(record, "agency"),
                       (unsigned long long)tov_record_number(record, "generation"),
                       (unsigned long long)tov_record_number(record, "index"));
    put_hex(out, tov_record_bytes(record, "leaf_hash"));
}

void valuetext_put(struct tov_buf *out, const struct tov_value *value)
{
    char time[TOV_TIME_TEXT_SIZE];
    switch (value->kind) {
    case TOV_FIELD_TEXT:
        tov_buf_put_bytes(out, value->bytes);
        break;
    case TOV_FIELD_BOOL:
        tov_buf_put_text(out, value->number != 0 ? "true" : "false");
        break;
    case TOV_FIELD_INT:
        tov_buf_put_format(out, "%llu", (unsigned long long)value->number);
        break;
    case TOV_FIELD_DATE:
        tov_buf_put_format(out, "%04d-%02d-%02d", value->date.year, value->date.month,
                           value->date.day);
        break;
    case TOV_FIELD_TIME:
        tov_time_format(value->number, time);
        tov_buf_put_text(out, time);
        break;
    case TOV_FIELD_ENUM:
        tov_buf_put_text(out, value->name);
        break;
    case TOV_FIELD_UUID:
    case TOV_FIELD_HASH:
        put_hex(out, value->bytes);
        break;
    case TOV_FIELD_BYTES:
        tov_buf_put_base64(out, value->bytes);
        break;
    case TOV_FIELD_RECORD:
        put_reference(out, value->record);
        break;
    }
}

/* ---- reading ---- */

/* Hyphens are those of 8-4-4-4-12 and stand for nothing. */
static enum tov_err read_uuid(struct tov_bytes text, uint8_t out[TOV_UUID_BYTES])
{
    uint8_t digits[2 * TOV_UUID_BYTES];
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '-' && text.size == 36 && (i == 8 || i == 13 || i == 18 || i == 23))
            continue;
        if (count == sizeof digits)
            return TOV_E_SCHEMA;
        digits[count++] = text.data[i];
    }
    if (count != sizeof digits ||
        tov_hex_decode(TOV_BYTES_OF(digits), out, TOV_UUID_BYTES) != TOV_OK)
        return TOV_E_SCHEMA;
    return TOV_OK;
}

static bool cut_number(struct tov_bytes *rest, uint64_t *out)
{
    const uint8_t *slash = memchr(rest->data, '/', rest->size);
    if (slash == NULL)
        return false;
    size_t size = (size_t)(slash - rest->data);
    bool good = tov_decimal_decode((struct tov_bytes){rest->data, size}, out) == TOV_OK;
    *rest = (struct tov_bytes){slash + 1, rest->size - size - 1};
    return good;
}

static enum tov_err set_reference(struct tov_record record, const struct tov_field *field,
                                  struct tov_bytes text)
{
    uint64_t agency, generation, index;
    struct tov_ref ref;
    if (!is_reference(field->record))
        return TOV_E_ARGUMENT;
    if (!cut_number(&text, &agency) || !cut_number(&text, &generation) ||
        !cut_number(&text, &index) || agency < 1 || agency > TOV_AGENCIES_MAX || generation < 1 ||
        generation > UINT32_MAX ||
        tov_hex_decode(text, ref.leaf.bytes, sizeof ref.leaf.bytes) != TOV_OK)
        return TOV_E_SCHEMA;
    ref.agency = (uint16_t)agency;
    ref.generation = (uint32_t)generation;
    ref.index = index;
    return tov_record_put_ref(record, field->name, &ref);
}

static enum tov_err set_bytes(struct tov_record record, const struct tov_field *field,
                              struct tov_bytes text)
{
    uint8_t bytes[TOV_HASH_BYTES];
    if (field->kind == TOV_FIELD_UUID) {
        TOV_TRY(read_uuid(text, bytes));
        return tov_record_put_bytes(record, field->name, (struct tov_bytes){bytes, TOV_UUID_BYTES});
    }
    if (tov_hex_decode(text, bytes, sizeof bytes) != TOV_OK)
        return TOV_E_SCHEMA;
    return tov_record_put_bytes(record, field->name, TOV_BYTES_OF(bytes));
}

static enum tov_err set_base64(struct tov_record record, const struct tov_field *field,
                               struct tov_bytes text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    size_t size = 0;
    if (text.size / 4 * 3 > TOV_RECORD_MAX_BYTES)
        return TOV_E_LIMIT;
    uint8_t *out = tov_buf_extend(&bytes, text.size / 4 * 3);
    if (out == NULL)
        return TOV_E_NOMEM;
    if (tov_base64_decode(text, out, bytes.size, &size) != TOV_OK)
        return TOV_E_SCHEMA;
    return tov_record_put_bytes(record, field->name, (struct tov_bytes){out, size});
}

static enum tov_err set_number(struct tov_record record, const struct tov_field *field,
                               struct tov_bytes text)
{
    uint64_t number = 0;
    if (field->kind == TOV_FIELD_BOOL && tov_bytes_equal(text, tov_bytes_of_text("true")))
        number = 1;
    else if (field->kind == TOV_FIELD_BOOL && !tov_bytes_equal(text, tov_bytes_of_text("false")))
        return TOV_E_SCHEMA;
    if (field->kind == TOV_FIELD_INT && tov_decimal_decode(text, &number) != TOV_OK)
        return TOV_E_SCHEMA;
    if (field->kind == TOV_FIELD_TIME && tov_time_parse(text, &number) != TOV_OK)
        return TOV_E_SCHEMA;
    return tov_record_put_number(record, field->name, number);
}

enum tov_err valuetext_set(struct tov_record record, const struct tov_field *field,
                           const char *text)
{
    struct tov_bytes bytes = tov_bytes_of_text(text);
    struct tov_date date;
    switch (field->kind) {
    case TOV_FIELD_TEXT:
        if (bytes.size > TOV_RECORD_MAX_BYTES)
            return TOV_E_LIMIT; /* no message could hold it */
        return tov_record_put_text(record, field->name, text);
    case TOV_FIELD_BOOL:
    case TOV_FIELD_INT:
    case TOV_FIELD_TIME:
        return set_number(record, field, bytes);
    case TOV_FIELD_DATE:
        if (tov_date_parse(bytes, &date) != TOV_OK)
            return TOV_E_SCHEMA;
        return tov_record_put_date(record, field->name, date);
    case TOV_FIELD_ENUM:
        return tov_record_put_enum(record, field->name, text);
    case TOV_FIELD_UUID:
    case TOV_FIELD_HASH:
        return set_bytes(record, field, bytes);
    case TOV_FIELD_BYTES:
        return set_base64(record, field, bytes);
    case TOV_FIELD_RECORD:
        return set_reference(record, field, bytes);
    }
    return TOV_E_ARGUMENT;
}

const char *valuetext_kind(const struct tov_field *field)
{
    if (field->kind == TOV_FIELD_RECORD && is_reference(field->record))
        return "reference";
    return tov_field_kind_name(field->kind);
}
