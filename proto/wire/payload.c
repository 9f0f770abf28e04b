/* SPDX-License-Identifier: EUPL-1.2
 *
 * The short forms over records.
 */
#include "wire/payload.h"

#include "base/limits.h"

#include <string.h>

struct tov_bytes tov_record_bytes(struct tov_record record, const char *name)
{
    struct tov_value value;
    return tov_record_get(record, name, 0, &value) == TOV_OK ? value.bytes : (struct tov_bytes){0};
}

uint64_t tov_record_number(struct tov_record record, const char *name)
{
    struct tov_value value;
    return tov_record_get(record, name, 0, &value) == TOV_OK ? value.number : 0;
}

const char *tov_record_enum(struct tov_record record, const char *name)
{
    struct tov_value value;
    return tov_record_get(record, name, 0, &value) == TOV_OK ? value.name : NULL;
}

bool tov_record_date(struct tov_record record, const char *name, struct tov_date *out_date)
{
    struct tov_value value;
    if (tov_record_get(record, name, 0, &value) != TOV_OK || value.kind != TOV_FIELD_DATE)
        return false;
    *out_date = value.date;
    return true;
}

bool tov_record_child(struct tov_record record, const char *name, size_t index,
                      struct tov_record *out_child)
{
    struct tov_value value;
    if (tov_record_get(record, name, index, &value) != TOV_OK || value.kind != TOV_FIELD_RECORD)
        return false;
    *out_child = value.record;
    return true;
}

/* The kind of a field, for the forms that serve several; TEXT when there is no such field, which
 * the put then refuses. */
static enum tov_field_kind kind_in(struct tov_record record, const char *name)
{
    struct tov_field field;
    return tov_schema_find_field(tov_record_schema(record), name, &field) ? field.kind
                                                                          : TOV_FIELD_TEXT;
}

enum tov_err tov_record_put_text(struct tov_record record, const char *name, const char *text)
{
    struct tov_value value = {.kind = TOV_FIELD_TEXT, .bytes = tov_bytes_of_text(text)};
    return tov_record_put(record, name, &value);
}

enum tov_err tov_record_put_number(struct tov_record record, const char *name, uint64_t number)
{
    struct tov_value value = {.kind = kind_in(record, name), .number = number};
    if (value.kind != TOV_FIELD_INT && value.kind != TOV_FIELD_TIME && value.kind != TOV_FIELD_BOOL)
        return TOV_E_ARGUMENT;
    return tov_record_put(record, name, &value);
}

enum tov_err tov_record_put_enum(struct tov_record record, const char *name, const char *id)
{
    struct tov_value value = {.kind = TOV_FIELD_ENUM, .name = id};
    return tov_record_put(record, name, &value);
}

enum tov_err tov_record_put_date(struct tov_record record, const char *name, struct tov_date date)
{
    struct tov_value value = {.kind = TOV_FIELD_DATE, .date = date};
    return tov_record_put(record, name, &value);
}

enum tov_err tov_record_put_bytes(struct tov_record record, const char *name,
                                  struct tov_bytes bytes)
{
    struct tov_value value = {.kind = kind_in(record, name), .bytes = bytes};
    if (value.kind != TOV_FIELD_UUID && value.kind != TOV_FIELD_HASH &&
        value.kind != TOV_FIELD_BYTES)
        return TOV_E_ARGUMENT;
    return tov_record_put(record, name, &value);
}

enum tov_err tov_record_put_ref(struct tov_record record, const char *name,
                                const struct tov_ref *ref)
{
    struct tov_record child;
    TOV_TRY(tov_record_open(record, name, &child));
    TOV_TRY(tov_record_put_number(child, "agency", ref->agency));
    TOV_TRY(tov_record_put_number(child, "generation", ref->generation));
    TOV_TRY(tov_record_put_number(child, "index", ref->index));
    return tov_record_put_bytes(child, "leaf_hash", TOV_BYTES_OF(ref->leaf.bytes));
}

bool tov_record_ref(struct tov_record record, const char *name, size_t index,
                    struct tov_ref *out_ref)
{
    struct tov_record child;
    if (!tov_record_child(record, name, index, &child))
        return false;
    struct tov_bytes hash = tov_record_bytes(child, "leaf_hash");
    uint64_t agency = tov_record_number(child, "agency");
    uint64_t generation = tov_record_number(child, "generation");
    if (hash.size != TOV_HASH_BYTES || agency == 0 || agency > TOV_AGENCIES_MAX ||
        generation == 0 || generation > UINT32_MAX || tov_record_count(child, "index") == 0)
        return false;
    struct tov_ref ref = {
        .agency = (uint16_t)agency,
        .generation = (uint32_t)generation,
        .index = tov_record_number(child, "index"),
    };
    memcpy(ref.leaf.bytes, hash.data, TOV_HASH_BYTES);
    *out_ref = ref;
    return true;
}
