/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/strict.h"

#include <string.h>

#include <protobuf-c/protobuf-c.h>

/* Memory of the first block: enough for the structs of a usual message at once. */
#define FIRST_BLOCK_BYTES 2048u
#define FIRST_BLOCK_FACTOR 4u

/* Where decoding takes its memory, since protobuf-c says "wrong" and "no memory" in one word. */
struct room {
    struct tov_arena *arena;
    bool is_short;
};

static void *allocate(void *context, size_t size)
{
    struct room *room = context;
    void *memory = tov_arena_alloc(room->arena, size);
    room->is_short |= memory == NULL;
    return memory;
}

static void release(void *context, void *pointer)
{
    (void)context;
    (void)pointer; /* all goes at once with the arena */
}

/* The length of a UTF-8 sequence that starts with LEAD, or 0; its smallest value to *OUT_LEAST. */
static size_t sequence_length(uint8_t lead, uint32_t *out_least)
{
    if (lead >= 0xc2 && lead <= 0xdf) {
        *out_least = 0x80;
        return 2;
    }
    if ((lead & 0xf0) == 0xe0) {
        *out_least = 0x800;
        return 3;
    }
    if (lead >= 0xf0 && lead <= 0xf4) {
        *out_least = 0x10000;
        return 4;
    }
    return 0;
}

static bool is_sequence(const uint8_t *at, size_t length, uint32_t least)
{
    uint32_t value = at[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return false;
        value = value << 6 | (at[i] & 0x3fu);
    }
    return value >= least && value <= 0x10ffff && (value < 0xd800 || value > 0xdfff);
}

/* Eight bytes at AT that are ASCII and no NUL: most of a Danish text. */
static bool are_plain(const uint8_t *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
    /* The high bit of a byte minus one is set when the byte is NUL, or has it already. */
    return ((word | (word - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) == 0;
}

bool tov_text_is_valid(struct tov_bytes text)
{
    size_t at = 0;
    while (at < text.size) {
        if (text.size - at >= 8 && are_plain(text.data + at)) {
            at += 8;
            continue;
        }
        uint8_t lead = text.data[at];
        if (lead != 0 && lead < 0x80) {
            at++;
            continue;
        }
        uint32_t least = 0;
        size_t length = sequence_length(lead, &least);
        if (length == 0 || length > text.size - at || !is_sequence(text.data + at, length, least))
            return false;
        at += length;
    }
    return true;
}

/* Compares what is encoded with the input, as it is encoded: needs no memory. */
struct comparison {
    ProtobufCBuffer base;
    struct tov_bytes left;
    bool differs;
};

static void compare_append(ProtobufCBuffer *buffer, size_t size, const uint8_t *data)
{
    struct comparison *comparison = (struct comparison *)buffer;
    if (comparison->differs || size > comparison->left.size ||
        (size > 0 && memcmp(comparison->left.data, data, size) != 0)) {
        comparison->differs = true;
        return;
    }
    comparison->left.data += size;
    comparison->left.size -= size;
}

static bool encodes_to(const ProtobufCMessage *message, struct tov_bytes bytes)
{
    struct comparison comparison = {.base = {.append = compare_append}, .left = bytes};
    (void)protobuf_c_message_pack_to_buffer(message, &comparison.base);
    return !comparison.differs && comparison.left.size == 0;
}

static enum tov_err check_message(const ProtobufCMessage *message, struct tov_error *error);

/* One value of FIELD at MEMBER, which is set. */
static enum tov_err check_value(const ProtobufCFieldDescriptor *field, const void *member,
                                struct tov_error *error)
{
    if (field->type == PROTOBUF_C_TYPE_STRING) {
        const char *text = *(char *const *)member;
        if (!tov_text_is_valid(tov_bytes_of_text(text)))
            return tov_fail(error, TOV_E_SCHEMA, "%s: text that is not UTF-8", field->name);
    }
    if (field->type == PROTOBUF_C_TYPE_ENUM) {
        int value = *(const int *)member;
        if (protobuf_c_enum_descriptor_get_value(field->descriptor, value) == NULL)
            return tov_fail(error, TOV_E_SCHEMA, "%s: %d is not in its list", field->name, value);
    }
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return check_message(*(ProtobufCMessage *const *)member, error);
    return TOV_OK;
}

/* Presence of a single STRING or MESSAGE is its pointer, of the others a flag; of a member of a
 * oneof the number that is set: the members share their memory. */
static bool is_set(const ProtobufCMessage *message, const ProtobufCFieldDescriptor *field)
{
    const uint8_t *base = (const uint8_t *)message;
    if ((field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0 &&
        *(const uint32_t *)(const void *)(base + field->quantifier_offset) != field->id)
        return false;
    if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_MESSAGE)
        return *(const void *const *)(const void *)(base + field->offset) != NULL;
    if (field->label != PROTOBUF_C_LABEL_OPTIONAL)
        return true;
    return *(const protobuf_c_boolean *)(const void *)(base + field->quantifier_offset) != 0;
}

static size_t element_size(ProtobufCType type)
{
    if (type == PROTOBUF_C_TYPE_STRING || type == PROTOBUF_C_TYPE_MESSAGE)
        return sizeof(void *);
    return sizeof(int);
}

static enum tov_err check_field(const ProtobufCMessage *message,
                                const ProtobufCFieldDescriptor *field, struct tov_error *error)
{
    const uint8_t *base = (const uint8_t *)message;
    if (field->label != PROTOBUF_C_LABEL_REPEATED)
        return is_set(message, field) ? check_value(field, base + field->offset, error) : TOV_OK;
    size_t count = *(const size_t *)(const void *)(base + field->quantifier_offset);
    const uint8_t *items = *(const uint8_t *const *)(const void *)(base + field->offset);
    for (size_t i = 0; i < count; i++)
        TOV_TRY(check_value(field, items + i * element_size(field->type), error));
    return TOV_OK;
}

/* The depth of the call is that of the schema, which has no recursive message. */
static enum tov_err check_message(const ProtobufCMessage *message, struct tov_error *error)
{
    if (message->n_unknown_fields != 0)
        return tov_fail(error, TOV_E_SCHEMA, "%s: field %u is not known",
                        message->descriptor->short_name, message->unknown_fields[0].tag);
    for (unsigned i = 0; i < message->descriptor->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &message->descriptor->fields[i];
        if (field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_ENUM ||
            field->type == PROTOBUF_C_TYPE_MESSAGE)
            TOV_TRY(check_field(message, field, error));
    }
    return TOV_OK;
}

static enum tov_err unpack(const ProtobufCMessageDescriptor *descriptor, struct tov_bytes bytes,
                           struct tov_strict *strict, struct tov_error *error)
{
    struct room room = {.arena = strict->arena};
    ProtobufCAllocator allocator = {allocate, release, &room};
    strict->message = protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.data);
    if (strict->message == NULL && tov_arena_is_exhausted(strict->arena))
        return tov_fail(error, TOV_E_LIMIT, "%s: needs more memory than a message may take",
                        descriptor->short_name);
    if (strict->message == NULL && room.is_short)
        return tov_fail(error, TOV_E_NOMEM, "%s: no memory for it", descriptor->short_name);
    if (strict->message == NULL)
        return tov_fail(error, TOV_E_SCHEMA, "%s: not a protobuf message", descriptor->short_name);
    TOV_TRY(check_message(strict->message, error));
    if (!encodes_to(strict->message, bytes))
        return tov_fail(error, TOV_E_SCHEMA, "%s: not in its one canonical encoding",
                        descriptor->short_name);
    return TOV_OK;
}

enum tov_err tov_strict_decode(const ProtobufCMessageDescriptor *descriptor, struct tov_bytes bytes,
                               const struct tov_strict_limits *limits,
                               struct tov_strict *out_strict, struct tov_error *error)
{
    if (bytes.size > limits->max_bytes)
        return tov_fail(error, TOV_E_LIMIT, "%s: %zu bytes, at most %zu", descriptor->short_name,
                        bytes.size, limits->max_bytes);
    struct tov_strict strict = {0};
    size_t first = FIRST_BLOCK_BYTES + FIRST_BLOCK_FACTOR * bytes.size;
    if (tov_arena_create(first, limits->budget_bytes, &strict.arena) != TOV_OK)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a message");
    enum tov_err err = unpack(descriptor, bytes, &strict, error);
    if (err != TOV_OK) {
        tov_strict_fini(&strict);
        return err;
    }
    *out_strict = strict;
    return TOV_OK;
}

ProtobufCMessage *tov_strict_unpack_own(const ProtobufCMessageDescriptor *descriptor,
                                        struct tov_bytes bytes, struct tov_arena *arena)
{
    struct room room = {.arena = arena};
    ProtobufCAllocator allocator = {allocate, release, &room};
    return protobuf_c_message_unpack(descriptor, &allocator, bytes.size, bytes.data);
}

void tov_strict_fini(struct tov_strict *strict)
{
    tov_arena_destroy(strict->arena);
    *strict = (struct tov_strict){0};
}

static void append_packed(const ProtobufCMessage *message, size_t size, struct tov_buf *out)
{
    uint8_t *to = tov_buf_extend(out, size);
    if (to != NULL)
        (void)protobuf_c_message_pack(message, to);
}

enum tov_err tov_strict_encode_within(const ProtobufCMessage *message, size_t max_bytes,
                                      struct tov_buf *out)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    if (size > max_bytes)
        return TOV_E_LIMIT;
    append_packed(message, size, out);
    return out->failed;
}

void tov_strict_encode(const ProtobufCMessage *message, struct tov_buf *out)
{
    append_packed(message, protobuf_c_message_get_packed_size(message), out);
}
