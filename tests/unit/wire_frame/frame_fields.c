/* SPDX-License-Identifier: EUPL-1.2 */
#include "frame_fields.h"

#include <stdlib.h>
#include <string.h>

/* Bytes of the row that is being encoded; freed when it is done. */
#define KEPT_MAX 256
static uint8_t *kept[KEPT_MAX];
static size_t kept_count;

static void forget_kept(void)
{
    for (size_t i = 0; i < kept_count; i++)
        free(kept[i]);
    kept_count = 0;
}

static const json_t *get(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    UNIT_NEED(value != NULL);
    return value;
}

static uint64_t number(const json_t *object, const char *name)
{
    return (uint64_t)json_integer_value(get(object, name));
}

static struct tov_bytes view(const json_t *object, const char *name)
{
    struct tov_bytes bytes;
    UNIT_NEED(kept_count < KEPT_MAX);
    kept[kept_count] = unit_hex(json_string_value(get(object, name)), &bytes.size);
    bytes.data = kept[kept_count++];
    return bytes;
}

static void bytes(const json_t *object, const char *name, uint8_t *out, size_t size)
{
    size_t have = 0;
    uint8_t *data = unit_hex(json_string_value(get(object, name)), &have);
    UNIT_NEED(have == size);
    memcpy(out, data, size);
    free(data);
}

static struct tov_ref ref_of(const json_t *object)
{
    struct tov_ref ref = {
        .agency = (uint16_t)number(object, "agency"),
        .generation = (uint32_t)number(object, "generation"),
        .index = number(object, "index"),
    };
    bytes(object, "leaf_hash", ref.leaf.bytes, sizeof ref.leaf.bytes);
    return ref;
}

static struct tov_frame_checkpoint checkpoint_of(const json_t *object)
{
    struct tov_frame_checkpoint out = {.present = !json_is_null(object)};
    if (!out.present)
        return out;
    out.generation = (uint32_t)number(object, "generation");
    out.size = number(object, "size");
    bytes(object, "root", out.root.bytes, sizeof out.root.bytes);
    bytes(object, "signature", out.signature, sizeof out.signature);
    return out;
}

static struct tov_frame_stanza stanza_of(const json_t *object)
{
    return (struct tov_frame_stanza){view(object, "sealed"), (uint32_t)number(object, "epoch")};
}

static struct tov_frame_cosignature cosignature_of(const json_t *object)
{
    struct tov_frame_cosignature out = {
        .agency = (uint16_t)number(object, "agency"),
        .size = number(object, "size"),
        .time_s = number(object, "time_s"),
    };
    bytes(object, "signature", out.signature, sizeof out.signature);
    return out;
}

static enum tov_err encode_hello(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_hello hello = {
        .protocol_min = (uint32_t)number(fields, "protocol_min"),
        .protocol_max = (uint32_t)number(fields, "protocol_max"),
        .agency = (uint16_t)number(fields, "agency"),
        .roster_version = (uint32_t)number(fields, "roster_version"),
        .own = checkpoint_of(get(fields, "own")),
        .held = checkpoint_of(get(fields, "held")),
        .window_bytes = number(fields, "window_bytes"),
        .started = number(fields, "started") == 1,
        .epoch = (uint32_t)number(fields, "epoch"),
        .is_answer = json_string_length(get(fields, "answers")) > 0,
        .now_ms = number(fields, "now_ms"),
    };
    bytes(fields, "roster_hash", hello.roster_hash.bytes, sizeof hello.roster_hash.bytes);
    bytes(fields, "nonce", hello.nonce, sizeof hello.nonce);
    if (hello.is_answer)
        bytes(fields, "answers", hello.answers, sizeof hello.answers);
    return tov_frame_encode_hello(&hello, out);
}

static void fill_disclosed(const json_t *fields, struct tov_frame_disclosed *out)
{
    const json_t *parts = get(fields, "parts");
    const json_t *stanzas = get(fields, "stanzas");
    out->leaf = view(fields, "leaf");
    out->link_block = view(fields, "link_block");
    out->part_count = json_array_size(parts);
    for (size_t i = 0; i < out->part_count; i++) {
        const json_t *part = json_array_get(parts, i);
        out->parts[i].state = (enum tov_part_state)number(part, "state");
        out->parts[i].data = view(part, "data");
    }
    out->stanza_count = json_array_size(stanzas);
    for (size_t i = 0; i < out->stanza_count; i++)
        out->stanzas[i] = stanza_of(json_array_get(stanzas, i));
    out->detached = view(fields, "detached");
}

static void fill_item(const json_t *fields, struct tov_frame_item *out)
{
    const char *kind = json_string_value(get(fields, "kind"));
    memset(out, 0, sizeof *out);
    if (strcmp(kind, "disclosed") == 0) {
        out->kind = TOV_ITEM_DISCLOSED;
        fill_disclosed(fields, &out->as.disclosed);
    } else if (strcmp(kind, "skipped") == 0) {
        out->kind = TOV_ITEM_SKIPPED;
        out->as.skipped.count = number(fields, "count");
        out->as.skipped.level0 = number(fields, "level0") == 1;
        out->as.skipped.hashes = view(fields, "hashes");
        out->as.skipped.hash_count = out->as.skipped.hashes.size / TOV_HASH_BYTES;
    } else {
        out->kind = TOV_ITEM_ERASED;
        bytes(fields, "leaf_hash", out->as.erased.leaf_hash.bytes, TOV_HASH_BYTES);
        out->as.erased.link_block = view(fields, "link_block");
        out->as.erased.erased_by = number(fields, "erased_by");
    }
}

static enum tov_err encode_parcel(const json_t *fields, struct tov_buf *out)
{
    TOV_CLEANUP(tov_parcel_writer_fini) struct tov_parcel_writer writer = TOV_PARCEL_WRITER_INIT;
    size_t index;
    const json_t *row;
    struct tov_frame_parcel parcel = {
        .generation = (uint32_t)number(fields, "generation"),
        .from = number(fields, "from"),
        .to = number(fields, "to"),
    };
    bytes(fields, "root", parcel.root.bytes, sizeof parcel.root.bytes);
    bytes(fields, "signature", parcel.signature, sizeof parcel.signature);
    bytes(fields, "control_signature", parcel.control_signature, sizeof parcel.control_signature);
    json_array_foreach(get(fields, "items"), index, row)
    {
        struct tov_frame_item item;
        fill_item(row, &item);
        TOV_TRY(tov_parcel_writer_add(&writer, &item));
    }
    json_array_foreach(get(fields, "cosignatures"), index, row)
    {
        struct tov_frame_cosignature cosignature = cosignature_of(row);
        TOV_TRY(tov_parcel_writer_add_cosignature(&writer, &cosignature));
    }
    return tov_parcel_writer_finish(&writer, &parcel, out);
}

static enum tov_err encode_position(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_position position = {
        .generation = (uint32_t)number(fields, "generation"),
        .size = number(fields, "size"),
        .window_bytes = number(fields, "window_bytes"),
        .refetch = number(fields, "refetch") == 1,
    };
    return tov_frame_encode_position(&position, out);
}

static enum tov_err encode_late_stanzas(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_late_stanza late[4];
    const json_t *rows = get(fields, "stanzas");
    size_t count = json_array_size(rows);
    UNIT_NEED(count <= 4);
    for (size_t i = 0; i < count; i++) {
        const json_t *row = json_array_get(rows, i);
        late[i] = (struct tov_frame_late_stanza){ref_of(get(row, "ref")), stanza_of(row)};
    }
    return tov_frame_encode_late_stanzas(late, count, out);
}

static enum tov_err encode_control_frame(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_control control = {.body = view(fields, "body")};
    bytes(fields, "signature", control.signature, sizeof control.signature);
    return tov_frame_encode_control(&control, out);
}

static enum tov_err encode_offer(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_roster_offer offer = {.version = (uint32_t)number(fields, "version")};
    bytes(fields, "hash", offer.hash.bytes, sizeof offer.hash.bytes);
    return tov_frame_encode_roster_offer(&offer, out);
}

static enum tov_err encode_request(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_roster_request request = {(uint32_t)number(fields, "version"),
                                               number(fields, "offset")};
    return tov_frame_encode_roster_request(&request, out);
}

static enum tov_err encode_piece(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_roster_piece piece = {(uint32_t)number(fields, "version"),
                                           number(fields, "offset"), number(fields, "total"),
                                           view(fields, "data")};
    return tov_frame_encode_roster_piece(&piece, out);
}

static enum tov_err encode_chunk(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_chunk chunk = {
        .ref = ref_of(get(fields, "ref")),
        .part = (uint8_t)number(fields, "part"),
        .index = number(fields, "index"),
        .data = view(fields, "data"),
        .proof = view(fields, "proof"),
    };
    return tov_frame_encode_chunk(&chunk, out);
}

static enum tov_err encode_cosignatures(const json_t *fields, struct tov_buf *out)
{
    struct tov_frame_cosignature list[4];
    const json_t *rows = get(fields, "cosignatures");
    size_t count = json_array_size(rows);
    UNIT_NEED(count <= 4);
    for (size_t i = 0; i < count; i++)
        list[i] = cosignature_of(json_array_get(rows, i));
    return tov_frame_encode_cosignatures(list, count, out);
}

enum tov_err encode_frame_vector(const json_t *row, struct tov_buf *out)
{
    static const struct {
        const char *kind;
        enum tov_err (*encode)(const json_t *fields, struct tov_buf *out);
    } kinds[] = {
        {"hello", encode_hello},
        {"parcel", encode_parcel},
        {"position", encode_position},
        {"late_stanzas", encode_late_stanzas},
        {"control", encode_control_frame},
        {"roster_offer", encode_offer},
        {"roster_request", encode_request},
        {"roster_piece", encode_piece},
        {"chunk", encode_chunk},
        {"cosignatures", encode_cosignatures},
    };
    const char *kind = json_string_value(get(row, "kind"));
    enum tov_err err = TOV_E_NOT_FOUND;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].kind, kind) == 0)
            err = kinds[i].encode(get(row, "fields"), out);
    }
    forget_kept();
    return err;
}

/* ---- control bodies ---- */

static void fill_leaf_answer(const json_t *fields, struct tov_control *out)
{
    const json_t *leaves = get(fields, "leaves");
    UNIT_NEED(json_array_size(leaves) <= TOV_LEAF_ANSWER_LEAVES_MAX);
    out->kind = TOV_CONTROL_LEAF_ANSWER;
    out->as.leaf_answer.from = number(fields, "from");
    out->as.leaf_answer.to = number(fields, "to");
    out->as.leaf_answer.count = json_array_size(leaves);
    for (size_t i = 0; i < json_array_size(leaves); i++) {
        const json_t *leaf = json_array_get(leaves, i);
        out->as.leaf_answer.leaves[i] =
            (struct tov_held_leaf){.index = number(leaf, "index"),
                                   .leaf = view(leaf, "leaf"),
                                   .link_block = view(leaf, "link_block"),
                                   .body = view(leaf, "body")};
    }
}

static void fill_keys_request(const json_t *fields, struct tov_control *out)
{
    const json_t *refs = get(fields, "refs");
    UNIT_NEED(json_array_size(refs) <= TOV_KEYS_REFS_MAX);
    out->kind = TOV_CONTROL_KEYS_REQUEST;
    out->as.keys_request.epoch = (uint32_t)number(fields, "epoch");
    out->as.keys_request.count = json_array_size(refs);
    for (size_t i = 0; i < json_array_size(refs); i++)
        out->as.keys_request.refs[i] = ref_of(json_array_get(refs, i));
}

static void fill_keys_answer(const json_t *fields, struct tov_control *out)
{
    const json_t *keys = get(fields, "keys");
    UNIT_NEED(json_array_size(keys) <= TOV_KEYS_REFS_MAX);
    out->kind = TOV_CONTROL_KEYS_ANSWER;
    out->as.keys_answer.count = json_array_size(keys);
    for (size_t i = 0; i < json_array_size(keys); i++) {
        const json_t *held = json_array_get(keys, i);
        const json_t *stanza = get(held, "stanza");
        struct tov_held_keys *key = &out->as.keys_answer.keys[i];
        *key = (struct tov_held_keys){.ref = ref_of(get(held, "ref")),
                                      .is_held = !json_is_null(stanza)};
        if (key->is_held)
            key->stanza = stanza_of(stanza);
    }
}

static void fill_control(const char *kind, const json_t *fields, struct tov_control *out)
{
    if (strcmp(kind, "restore_answer") == 0) {
        out->kind = TOV_CONTROL_RESTORE_ANSWER;
        out->as.restore_answer.counts = number(fields, "counts") == 1;
        out->as.restore_answer.held = checkpoint_of(get(fields, "held"));
    } else if (strcmp(kind, "hash_request") == 0) {
        out->kind = TOV_CONTROL_HASH_REQUEST;
        out->as.hash_request.from = number(fields, "from");
        out->as.hash_request.to = number(fields, "to");
    } else if (strcmp(kind, "hash_answer") == 0) {
        out->kind = TOV_CONTROL_HASH_ANSWER;
        out->as.hash_answer.from = number(fields, "from");
        out->as.hash_answer.hashes = view(fields, "hashes");
        const json_t *points = get(fields, "points");
        UNIT_NEED(json_array_size(points) <= TOV_HASH_ANSWER_POINTS_MAX);
        out->as.hash_answer.point_count = json_array_size(points);
        for (size_t i = 0; i < json_array_size(points); i++)
            out->as.hash_answer.points[i] = checkpoint_of(json_array_get(points, i));
    } else if (strcmp(kind, "leaf_request") == 0) {
        out->kind = TOV_CONTROL_LEAF_REQUEST;
        out->as.leaf_request.from = number(fields, "from");
        out->as.leaf_request.to = number(fields, "to");
    } else if (strcmp(kind, "leaf_answer") == 0) {
        fill_leaf_answer(fields, out);
    } else if (strcmp(kind, "keys_request") == 0) {
        fill_keys_request(fields, out);
    } else if (strcmp(kind, "keys_answer") == 0) {
        fill_keys_answer(fields, out);
    } else if (strcmp(kind, "chunk_request") == 0) {
        out->kind = TOV_CONTROL_CHUNK_REQUEST;
        out->as.chunk_request.ref = ref_of(get(fields, "ref"));
        out->as.chunk_request.part = (uint8_t)number(fields, "part");
        out->as.chunk_request.first = number(fields, "first");
        out->as.chunk_request.count = (uint32_t)number(fields, "count");
    } else {
        const json_t *refs = get(fields, "refs");
        UNIT_NEED(json_array_size(refs) <= TOV_EPOCH_EXPIRED_REFS_MAX);
        out->kind = TOV_CONTROL_EPOCH_EXPIRED;
        out->as.epoch_expired.count = json_array_size(refs);
        for (size_t i = 0; i < json_array_size(refs); i++)
            out->as.epoch_expired.refs[i] = ref_of(json_array_get(refs, i));
    }
}

enum tov_err encode_control_vector(const json_t *row, struct tov_buf *out)
{
    static struct tov_control control;
    memset(&control, 0, sizeof control);
    control.from = (uint16_t)number(row, "from");
    control.to = (uint16_t)number(row, "to");
    bytes(row, "nonce", control.nonce, sizeof control.nonce);
    fill_control(json_string_value(get(row, "kind")), get(row, "fields"), &control);
    enum tov_err err = tov_control_encode(&control, out);
    forget_kept();
    return err;
}
