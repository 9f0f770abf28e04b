/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/schemas.h"

#include <assert.h>
#include <string.h>

const char *tov_field_kind_name(enum tov_field_kind kind)
{
    switch (kind) {
    case TOV_FIELD_TEXT:
        return "text";
    case TOV_FIELD_BOOL:
        return "bool";
    case TOV_FIELD_INT:
        return "int";
    case TOV_FIELD_DATE:
        return "date";
    case TOV_FIELD_TIME:
        return "time";
    case TOV_FIELD_ENUM:
        return "enum";
    case TOV_FIELD_UUID:
        return "uuid";
    case TOV_FIELD_HASH:
        return "hash";
    case TOV_FIELD_BYTES:
        return "bytes";
    case TOV_FIELD_RECORD:
        return "record";
    }
    return "unknown";
}

/* Four of some two hundred for each message that is read: names differ early, and strcmp is a
 * call. */
static bool is_same_name(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

const struct tov_schema *tov_schema_find(const char *name)
{
    for (size_t i = 0; i < tov_schemas_count; i++) {
        if (is_same_name(tov_schemas[i]->short_name, name))
            return tov_schema_of(tov_schemas[i]);
    }
    return NULL;
}

size_t tov_schema_count(void)
{
    return tov_schemas_count;
}

const struct tov_schema *tov_schema_at(size_t index)
{
    assert(index < tov_schemas_count);
    return tov_schema_of(tov_schemas[index]);
}

const char *tov_schema_name(const struct tov_schema *schema)
{
    return tov_descriptor_of(schema)->short_name;
}

size_t tov_schema_field_count(const struct tov_schema *schema)
{
    return tov_descriptor_of(schema)->n_fields;
}

static bool ends_in(const char *name, const char *end)
{
    size_t name_size = strlen(name);
    size_t end_size = strlen(end);
    return name_size >= end_size && strcmp(name + name_size - end_size, end) == 0;
}

static enum tov_field_kind kind_of_bytes(const char *name)
{
    if (ends_in(name, "_ref") || ends_in(name, "_id"))
        return TOV_FIELD_UUID;
    if (ends_in(name, "_hash") || strcmp(name, "sha256") == 0)
        return TOV_FIELD_HASH;
    return TOV_FIELD_BYTES;
}

static enum tov_field_kind kind_of(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return TOV_FIELD_TEXT;
    case PROTOBUF_C_TYPE_BOOL:
        return TOV_FIELD_BOOL;
    case PROTOBUF_C_TYPE_UINT32:
    case PROTOBUF_C_TYPE_UINT64:
        return TOV_FIELD_INT;
    case PROTOBUF_C_TYPE_SINT32:
        return TOV_FIELD_DATE;
    case PROTOBUF_C_TYPE_FIXED64:
        return TOV_FIELD_TIME;
    case PROTOBUF_C_TYPE_ENUM:
        return TOV_FIELD_ENUM;
    case PROTOBUF_C_TYPE_MESSAGE:
        return TOV_FIELD_RECORD;
    case PROTOBUF_C_TYPE_BYTES:
        return kind_of_bytes(field->name);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
    case PROTOBUF_C_TYPE_DOUBLE:
        break;
    }
    assert(false && "a schema uses a type that has no kind");
    return TOV_FIELD_BYTES;
}

struct tov_field tov_field_of(const ProtobufCFieldDescriptor *field)
{
    struct tov_field out = {
        .name = field->name,
        .kind = kind_of(field),
        .repeated = field->label == PROTOBUF_C_LABEL_REPEATED,
    };
    if (out.kind == TOV_FIELD_RECORD)
        out.record = tov_schema_of(field->descriptor);
    if (out.kind == TOV_FIELD_ENUM) {
        const ProtobufCEnumDescriptor *values = field->descriptor;
        out.values = values;
        /* "tov.ReleaseKind.Value": the package is left out. */
        out.values_name = values->name + strlen(values->package_name) + 1;
    }
    return out;
}

struct tov_field tov_schema_field_at(const struct tov_schema *schema, size_t index)
{
    const ProtobufCMessageDescriptor *descriptor = tov_descriptor_of(schema);
    assert(index < descriptor->n_fields);
    return tov_field_of(&descriptor->fields[index]);
}

bool tov_schema_find_field(const struct tov_schema *schema, const char *name,
                           struct tov_field *out_field)
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field_by_name(tov_descriptor_of(schema), name);
    if (field == NULL)
        return false;
    *out_field = tov_field_of(field);
    return true;
}

size_t tov_field_value_count(const struct tov_field *field)
{
    const ProtobufCEnumDescriptor *values = field->values;
    return values == NULL ? 0 : values->n_values;
}

const char *tov_field_value_name(const struct tov_field *field, size_t index)
{
    const ProtobufCEnumDescriptor *values = field->values;
    return values == NULL || index >= values->n_values ? NULL : values->values[index].name;
}
