/* SPDX-License-Identifier: EUPL-1.2
 *
 * Records over protobuf-c's reflection. A record's struct, its texts and its lists all stand in
 * the arena of its root, so a value that is replaced leaves its old bytes there: the budget bounds
 * that too.
 */
#include "wire/schemas.h"
#include "wire/strict.h"

#include <assert.h>
#include <string.h>

#define DATE_MIN_DAYS (-719162) /* 0001-01-01 */
#define DATE_MAX_DAYS 2932896   /* 9999-12-31 */

static const struct tov_record_limits payload_limits = {
    TOV_RECORD_MAX_BYTES, TOV_RECORD_BUDGET_BYTES, TOV_RECORD_INNER_MAX};

/* A value as it stands in a struct of protobuf-c. */
union member {
    char *text;
    ProtobufCBinaryData bytes;
    ProtobufCMessage *message;
    protobuf_c_boolean flag;
    int value;
    int32_t days;
    uint32_t number32;
    uint64_t number64;
};

/* A message is some two hundred of these: names are short, and strcmp a call. */
static int compare_names(const char *a, const char *b)
{
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return (uint8_t)*a - (uint8_t)*b;
}

static const ProtobufCFieldDescriptor *find_field(struct tov_record record, const char *name)
{
    const ProtobufCMessage *message = record.message;
    if (message == NULL)
        return NULL;
    const ProtobufCMessageDescriptor *descriptor = message->descriptor;
    unsigned low = 0, high = descriptor->n_fields;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        unsigned index = descriptor->fields_sorted_by_name[middle];
        int order = compare_names(name, descriptor->fields[index].name);
        if (order == 0)
            return &descriptor->fields[index];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

static void *at_offset(struct tov_record record, unsigned offset)
{
    return (uint8_t *)record.message + offset;
}

static size_t member_size(ProtobufCType type)
{
    if (type == PROTOBUF_C_TYPE_STRING || type == PROTOBUF_C_TYPE_MESSAGE)
        return sizeof(void *);
    if (type == PROTOBUF_C_TYPE_BYTES)
        return sizeof(ProtobufCBinaryData);
    if (type == PROTOBUF_C_TYPE_UINT64 || type == PROTOBUF_C_TYPE_FIXED64)
        return sizeof(uint64_t);
    return sizeof(int);
}

static bool has_pointer(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE;
}

/* ---- reading ---- */

static size_t count_of(struct tov_record record, const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return *(size_t *)at_offset(record, field->quantifier_offset);
    union member member;
    memcpy(&member, at_offset(record, field->offset), member_size(field->type));
    if (field->type == PROTOBUF_C_TYPE_STRING)
        return member.text != NULL && member.text[0] != '\0' ? 1 : 0;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return member.message != NULL ? 1 : 0;
    bool has = *(protobuf_c_boolean *)at_offset(record, field->quantifier_offset) != 0;
    if (field->type == PROTOBUF_C_TYPE_BYTES)
        return has && member.bytes.len > 0 ? 1 : 0;
    return has ? 1 : 0;
}

static union member read_member(struct tov_record record, const ProtobufCFieldDescriptor *field,
                                size_t index)
{
    size_t size = member_size(field->type);
    const uint8_t *from = at_offset(record, field->offset);
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        from = *(uint8_t *const *)(const void *)from + index * size;
    union member member;
    memset(&member, 0, sizeof member);
    memcpy(&member, from, size);
    return member;
}

static struct tov_value value_of(struct tov_record record, const ProtobufCFieldDescriptor *field,
                                 const union member *member)
{
    struct tov_value value = {.kind = tov_field_of(field).kind};
    switch (value.kind) {
    case TOV_FIELD_TEXT:
        value.bytes = tov_bytes_of_text(member->text);
        break;
    case TOV_FIELD_BOOL:
        value.number = member->flag != 0;
        break;
    case TOV_FIELD_INT:
    case TOV_FIELD_TIME:
        value.number = field->type == PROTOBUF_C_TYPE_UINT32 ? member->number32 : member->number64;
        break;
    case TOV_FIELD_DATE:
        value.date = tov_date_of_days(member->days);
        break;
    case TOV_FIELD_ENUM:
        value.name = protobuf_c_enum_descriptor_get_value(field->descriptor, member->value)->name;
        break;
    case TOV_FIELD_UUID:
    case TOV_FIELD_HASH:
    case TOV_FIELD_BYTES:
        value.bytes = (struct tov_bytes){member->bytes.data, member->bytes.len};
        break;
    case TOV_FIELD_RECORD:
        value.record = (struct tov_record){member->message, record.arena};
        break;
    }
    return value;
}

size_t tov_record_count(struct tov_record record, const char *name)
{
    const ProtobufCFieldDescriptor *field = find_field(record, name);
    return field == NULL ? 0 : count_of(record, field);
}

static enum tov_err get_value(struct tov_record record, const ProtobufCFieldDescriptor *field,
                              size_t index, struct tov_value *out_value)
{
    if (index >= count_of(record, field))
        return TOV_E_NOT_FOUND;
    union member member = read_member(record, field, index);
    *out_value = value_of(record, field, &member);
    return TOV_OK;
}

enum tov_err tov_record_get(struct tov_record record, const char *name, size_t index,
                            struct tov_value *out_value)
{
    const ProtobufCFieldDescriptor *field = find_field(record, name);
    return field == NULL ? TOV_E_NOT_FOUND : get_value(record, field, index, out_value);
}

enum tov_err tov_record_get_at(struct tov_record record, size_t field_index, size_t index,
                               struct tov_value *out_value)
{
    const ProtobufCMessage *message = record.message;
    assert(field_index < message->descriptor->n_fields);
    return get_value(record, &message->descriptor->fields[field_index], index, out_value);
}

const struct tov_schema *tov_record_schema(struct tov_record record)
{
    const ProtobufCMessage *message = record.message;
    return tov_schema_of(message->descriptor);
}

/* ---- writing ---- */

static enum tov_err no_room(struct tov_record record)
{
    return tov_arena_is_exhausted(record.arena) ? TOV_E_LIMIT : TOV_E_NOMEM;
}

static enum tov_err make_message(struct tov_arena *arena,
                                 const ProtobufCMessageDescriptor *descriptor,
                                 ProtobufCMessage **out_message)
{
    ProtobufCMessage *message = tov_arena_alloc(arena, descriptor->sizeof_message);
    if (message == NULL)
        return tov_arena_is_exhausted(arena) ? TOV_E_LIMIT : TOV_E_NOMEM;
    protobuf_c_message_init(descriptor, message);
    *out_message = message;
    return TOV_OK;
}

enum tov_err tov_record_create(const struct tov_schema *schema, struct tov_record *out_record)
{
    struct tov_record record = {0};
    TOV_TRY(tov_arena_create(2048, TOV_RECORD_BUDGET_BYTES, &record.arena));
    ProtobufCMessage *message = NULL;
    enum tov_err err = make_message(record.arena, tov_descriptor_of(schema), &message);
    if (err != TOV_OK) {
        tov_arena_destroy(record.arena);
        return err;
    }
    record.message = message;
    *out_record = record;
    return TOV_OK;
}

void tov_record_destroy(struct tov_record *root)
{
    tov_arena_destroy(root->arena);
    *root = (struct tov_record){0};
}

/* SIZE bytes and a NUL. */
static uint8_t *copy_bytes(struct tov_record record, struct tov_bytes bytes)
{
    uint8_t *copy = tov_arena_alloc(record.arena, bytes.size + 1);
    if (copy == NULL)
        return NULL;
    if (bytes.size > 0)
        memcpy(copy, bytes.data, bytes.size);
    copy[bytes.size] = '\0';
    return copy;
}

static enum tov_err enum_number(const ProtobufCFieldDescriptor *field, const char *id, int *out)
{
    const ProtobufCEnumValue *value =
        id == NULL ? NULL : protobuf_c_enum_descriptor_get_value_by_name(field->descriptor, id);
    if (value == NULL)
        return TOV_E_SCHEMA;
    *out = value->value;
    return TOV_OK;
}

/* What a kind allows, for values from outside and for those that were decoded. */
static bool value_is_allowed(const ProtobufCFieldDescriptor *field, const struct tov_value *value)
{
    switch (value->kind) {
    case TOV_FIELD_TEXT:
        return value->bytes.size > 0 && tov_text_is_valid(value->bytes);
    case TOV_FIELD_BOOL:
        return value->number <= 1;
    case TOV_FIELD_INT:
        return field->type == PROTOBUF_C_TYPE_UINT64 || value->number <= UINT32_MAX;
    case TOV_FIELD_TIME:
        return value->number <= TOV_TIME_MAX_MS;
    case TOV_FIELD_DATE:
        return tov_date_is_valid(value->date);
    case TOV_FIELD_UUID:
        return value->bytes.size == TOV_UUID_BYTES;
    case TOV_FIELD_HASH:
        return value->bytes.size == TOV_HASH_BYTES;
    case TOV_FIELD_BYTES:
        return value->bytes.size > 0;
    case TOV_FIELD_ENUM:
    case TOV_FIELD_RECORD:
        return true;
    }
    return false;
}

static enum tov_err member_of(struct tov_record record, const ProtobufCFieldDescriptor *field,
                              const struct tov_value *value, union member *out_member)
{
    union member member;
    memset(&member, 0, sizeof member);
    if (value->kind == TOV_FIELD_ENUM) {
        TOV_TRY(enum_number(field, value->name, &member.value));
    } else if (value->kind == TOV_FIELD_BOOL) {
        member.flag = value->number != 0;
    } else if (value->kind == TOV_FIELD_DATE) {
        member.days = (int32_t)tov_date_to_days(value->date);
    } else if (field->type == PROTOBUF_C_TYPE_UINT32) {
        member.number32 = (uint32_t)value->number;
    } else if (value->kind == TOV_FIELD_INT || value->kind == TOV_FIELD_TIME) {
        member.number64 = value->number;
    } else {
        uint8_t *copy = copy_bytes(record, value->bytes);
        if (copy == NULL)
            return no_room(record);
        if (value->kind == TOV_FIELD_TEXT)
            member.text = (char *)copy;
        else
            member.bytes = (ProtobufCBinaryData){value->bytes.size, copy};
    }
    *out_member = member;
    return TOV_OK;
}

/* A decoded list has no room to spare, so every append makes a new one. */
static enum tov_err append_member(struct tov_record record, const ProtobufCFieldDescriptor *field,
                                  const union member *member)
{
    size_t size = member_size(field->type);
    size_t *count = at_offset(record, field->quantifier_offset);
    uint8_t **items = at_offset(record, field->offset);
    uint8_t *grown = tov_arena_alloc(record.arena, (*count + 1) * size);
    if (grown == NULL)
        return no_room(record);
    if (*count > 0)
        memcpy(grown, *items, *count * size);
    memcpy(grown + *count * size, member, size);
    *items = grown;
    (*count)++;
    return TOV_OK;
}

static enum tov_err store_member(struct tov_record record, const ProtobufCFieldDescriptor *field,
                                 const union member *member)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return append_member(record, field, member);
    memcpy(at_offset(record, field->offset), member, member_size(field->type));
    if (!has_pointer(field))
        *(protobuf_c_boolean *)at_offset(record, field->quantifier_offset) = 1;
    return TOV_OK;
}

enum tov_err tov_record_put(struct tov_record record, const char *name,
                            const struct tov_value *value)
{
    const ProtobufCFieldDescriptor *field = find_field(record, name);
    if (field == NULL || value->kind == TOV_FIELD_RECORD || tov_field_of(field).kind != value->kind)
        return TOV_E_ARGUMENT;
    if (value->kind == TOV_FIELD_TEXT && value->bytes.size == 0 &&
        field->label != PROTOBUF_C_LABEL_REPEATED) {
        tov_record_clear(record, name);
        return TOV_OK;
    }
    if (!value_is_allowed(field, value))
        return TOV_E_SCHEMA;
    union member member;
    TOV_TRY(member_of(record, field, value, &member));
    return store_member(record, field, &member);
}

enum tov_err tov_record_open(struct tov_record record, const char *name,
                             struct tov_record *out_child)
{
    const ProtobufCFieldDescriptor *field = find_field(record, name);
    if (field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE)
        return TOV_E_ARGUMENT;
    union member member;
    memset(&member, 0, sizeof member);
    if (field->label != PROTOBUF_C_LABEL_REPEATED && count_of(record, field) == 1) {
        member = read_member(record, field, 0);
    } else {
        TOV_TRY(make_message(record.arena, field->descriptor, &member.message));
        TOV_TRY(store_member(record, field, &member));
    }
    *out_child = (struct tov_record){member.message, record.arena};
    return TOV_OK;
}

enum tov_err tov_record_open_own(struct tov_record record, const char *name, struct tov_bytes bytes,
                                 struct tov_record *out_child)
{
    const ProtobufCFieldDescriptor *field = find_field(record, name);
    if (field == NULL || field->type != PROTOBUF_C_TYPE_MESSAGE)
        return TOV_E_ARGUMENT;
    union member member;
    memset(&member, 0, sizeof member);
    member.message = tov_strict_unpack_own(field->descriptor, bytes, record.arena);
    if (member.message == NULL)
        return no_room(record);
    TOV_TRY(store_member(record, field, &member));
    *out_child = (struct tov_record){member.message, record.arena};
    return TOV_OK;
}

void tov_record_clear(struct tov_record record, const char *name)
{
    const ProtobufCFieldDescriptor *field = find_field(record, name);
    if (field == NULL)
        return;
    if (field->label == PROTOBUF_C_LABEL_REPEATED) {
        *(size_t *)at_offset(record, field->quantifier_offset) = 0;
        *(void **)at_offset(record, field->offset) = NULL;
    } else if (has_pointer(field)) {
        *(void **)at_offset(record, field->offset) = NULL;
    } else {
        *(protobuf_c_boolean *)at_offset(record, field->quantifier_offset) = 0;
    }
}

/* ---- bytes ---- */

enum tov_err tov_record_encode_within(struct tov_record record, size_t max_bytes,
                                      struct tov_buf *out)
{
    return tov_strict_encode_within(record.message, max_bytes, out);
}

enum tov_err tov_record_encode(struct tov_record record, struct tov_buf *out)
{
    return tov_record_encode_within(record, payload_limits.max_bytes, out);
}

/* Present at all, an empty text included: count_of() does not tell. */
static bool is_present(struct tov_record record, const ProtobufCFieldDescriptor *field)
{
    if (has_pointer(field))
        return *(void **)at_offset(record, field->offset) != NULL;
    return *(protobuf_c_boolean *)at_offset(record, field->quantifier_offset) != 0;
}

static bool day_is_in_range(const ProtobufCFieldDescriptor *field, const union member *member)
{
    return field->type != PROTOBUF_C_TYPE_SINT32 ||
           (member->days >= DATE_MIN_DAYS && member->days <= DATE_MAX_DAYS);
}

/* One look at all that a decoded record holds. */
struct look {
    size_t inner_left; /* records that may still come */
    struct tov_error *error;
};

static enum tov_err check_kinds(struct tov_record record, struct look *look);

static enum tov_err check_inner(struct tov_record inner, const ProtobufCFieldDescriptor *field,
                                struct look *look)
{
    if (look->inner_left == 0)
        return tov_fail(look->error, TOV_E_LIMIT, "%s: too many records inside one", field->name);
    look->inner_left--;
    return check_kinds(inner, look);
}

static enum tov_err check_member(struct tov_record record, const ProtobufCFieldDescriptor *field,
                                 size_t index, struct look *look)
{
    union member member = read_member(record, field, index);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_inner((struct tov_record){member.message, record.arena}, field, look);
    bool allowed = day_is_in_range(field, &member);
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        allowed = member.text[0] != '\0'; /* the strict decoder has looked at the rest */
    } else if (allowed) {
        struct tov_value value = value_of(record, field, &member);
        allowed = value_is_allowed(field, &value);
    }
    if (!allowed)
        return tov_fail(look->error, TOV_E_SCHEMA, "%s: a value that a %s cannot have", field->name,
                        tov_field_kind_name(tov_field_of(field).kind));
    return TOV_OK;
}

static enum tov_err check_kinds(struct tov_record record, struct look *look)
{
    const ProtobufCMessage *message = record.message;
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        size_t count = field->label == PROTOBUF_C_LABEL_REPEATED
                           ? count_of(record, field)
                           : (is_present(record, field) ? 1u : 0u);
        for (size_t n = 0; n < count; n++)
            TOV_TRY(check_member(record, field, n, look));
    }
    return TOV_OK;
}

enum tov_err tov_record_decode_within(const struct tov_schema *schema, struct tov_bytes bytes,
                                      const struct tov_record_limits *limits,
                                      struct tov_record *out_record, struct tov_error *error)
{
    struct tov_strict strict;
    struct tov_strict_limits bounds = {limits->max_bytes, limits->budget_bytes};
    TOV_TRY(tov_strict_decode(tov_descriptor_of(schema), bytes, &bounds, &strict, error));
    struct tov_record record = {strict.message, strict.arena};
    struct look look = {limits->inner_max, error};
    enum tov_err err = check_kinds(record, &look);
    if (err != TOV_OK) {
        tov_strict_fini(&strict);
        return err;
    }
    *out_record = record;
    return TOV_OK;
}

enum tov_err tov_record_decode(const struct tov_schema *schema, struct tov_bytes bytes,
                               struct tov_record *out_record, struct tov_error *error)
{
    return tov_record_decode_within(schema, bytes, &payload_limits, out_record, error);
}
