/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bodies of control frames: what a node's control key signs over the asker's nonce.
 */
#include "wire/frame_internal.h"

#include <string.h>

#include "peer.pb-c.h"

#include "base/limits.h"

static const struct tov_strict_limits limits = {TOV_FRAME_MAX_BYTES, TOV_FRAME_BUDGET_BYTES};

/* Stands in the arena of its own message. */
struct tov_control_arena {
    struct tov_strict strict;
};

void tov_control_arena_destroy(struct tov_control_arena *arena)
{
    if (arena == NULL)
        return;
    struct tov_strict strict = arena->strict;
    tov_strict_fini(&strict);
}

/* ---- encoding ---- */

/* NOLINTBEGIN(clang-analyzer-core.StackAddressEscape): once packed, the body is not looked at again
 */

static enum tov_err pack_restore_answer(const struct tov_control *control,
                                        Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    Tov__Peer__Checkpoint held;
    tov_field_of_checkpoint(&control->as.restore_answer.held, &held);
    Tov__Peer__RestoreAnswer field = TOV__PEER__RESTORE_ANSWER__INIT;
    field.counts = control->as.restore_answer.counts;
    field.held = control->as.restore_answer.held.present ? &held : NULL;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_RESTORE_ANSWER;
    body->restore_answer = &field;
    return tov_frame_pack(&body->base, out);
}

static enum tov_err pack_hash_request(const struct tov_control *control,
                                      Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    Tov__Peer__HashRequest field = TOV__PEER__HASH_REQUEST__INIT;
    field.from = control->as.hash_request.from;
    field.to = control->as.hash_request.to;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_HASH_REQUEST;
    body->hash_request = &field;
    return tov_frame_pack(&body->base, out);
}

static enum tov_err pack_hash_answer(const struct tov_control *control,
                                     Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    Tov__Peer__HashAnswer field = TOV__PEER__HASH_ANSWER__INIT;
    field.from = control->as.hash_answer.from;
    field.hashes = tov_field_of_bytes(control->as.hash_answer.hashes);
    size_t count = control->as.hash_answer.point_count;
    Tov__Peer__Checkpoint points[TOV_HASH_ANSWER_POINTS_MAX];
    Tov__Peer__Checkpoint *list[TOV_HASH_ANSWER_POINTS_MAX];
    if (count > TOV_HASH_ANSWER_POINTS_MAX)
        return TOV_E_LIMIT;
    for (size_t i = 0; i < count; i++) {
        tov_field_of_checkpoint(&control->as.hash_answer.points[i], &points[i]);
        list[i] = &points[i];
    }
    field.n_points = count;
    field.points = list;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_HASH_ANSWER;
    body->hash_answer = &field;
    return tov_frame_pack(&body->base, out);
}

static enum tov_err pack_chunk_request(const struct tov_control *control,
                                       Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    Tov__Peer__Ref ref;
    tov_field_of_ref(&control->as.chunk_request.ref, &ref);
    Tov__Peer__ChunkRequest field = TOV__PEER__CHUNK_REQUEST__INIT;
    field.ref = &ref;
    field.part = control->as.chunk_request.part;
    field.first = control->as.chunk_request.first;
    field.count = control->as.chunk_request.count;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_CHUNK_REQUEST;
    body->chunk_request = &field;
    return tov_frame_pack(&body->base, out);
}

/* FIELDS and LIST, of MAX each, are to live as long as the message. */
static enum tov_err put_refs(const struct tov_ref *refs, size_t count, size_t max,
                             Tov__Peer__Ref *fields, Tov__Peer__Ref **list)
{
    if (count == 0)
        return TOV_E_ARGUMENT;
    if (count > max)
        return TOV_E_LIMIT;
    for (size_t i = 0; i < count; i++) {
        tov_field_of_ref(&refs[i], &fields[i]);
        list[i] = &fields[i];
    }
    return TOV_OK;
}

static enum tov_err pack_epoch_expired(const struct tov_control *control,
                                       Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    size_t count = control->as.epoch_expired.count;
    Tov__Peer__Ref refs[TOV_EPOCH_EXPIRED_REFS_MAX];
    Tov__Peer__Ref *list[TOV_EPOCH_EXPIRED_REFS_MAX];
    TOV_TRY(
        put_refs(control->as.epoch_expired.refs, count, TOV_EPOCH_EXPIRED_REFS_MAX, refs, list));
    Tov__Peer__EpochExpired field = TOV__PEER__EPOCH_EXPIRED__INIT;
    field.n_refs = count;
    field.refs = list;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_EPOCH_EXPIRED;
    body->epoch_expired = &field;
    return tov_frame_pack(&body->base, out);
}

static enum tov_err pack_leaf_request(const struct tov_control *control,
                                      Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    Tov__Peer__LeafRequest field = TOV__PEER__LEAF_REQUEST__INIT;
    field.from = control->as.leaf_request.from;
    field.to = control->as.leaf_request.to;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_LEAF_REQUEST;
    body->leaf_request = &field;
    return tov_frame_pack(&body->base, out);
}

static enum tov_err pack_leaf_answer(const struct tov_control *control,
                                     Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    Tov__Peer__LeafAnswer field = TOV__PEER__LEAF_ANSWER__INIT;
    size_t count = control->as.leaf_answer.count;
    Tov__Peer__HeldLeaf leaves[TOV_LEAF_ANSWER_LEAVES_MAX];
    Tov__Peer__HeldLeaf *list[TOV_LEAF_ANSWER_LEAVES_MAX];
    if (count > TOV_LEAF_ANSWER_LEAVES_MAX)
        return TOV_E_LIMIT;
    for (size_t i = 0; i < count; i++) {
        const struct tov_held_leaf *held = &control->as.leaf_answer.leaves[i];
        tov__peer__held_leaf__init(&leaves[i]);
        leaves[i].index = held->index;
        leaves[i].leaf = tov_field_of_bytes(held->leaf);
        leaves[i].link_block = tov_field_of_bytes(held->link_block);
        leaves[i].body = tov_field_of_bytes(held->body);
        list[i] = &leaves[i];
    }
    field.from = control->as.leaf_answer.from;
    field.to = control->as.leaf_answer.to;
    field.n_leaves = count;
    field.leaves = list;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_LEAF_ANSWER;
    body->leaf_answer = &field;
    return tov_frame_pack(&body->base, out);
}

static enum tov_err pack_keys_request(const struct tov_control *control,
                                      Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    size_t count = control->as.keys_request.count;
    Tov__Peer__Ref refs[TOV_KEYS_REFS_MAX];
    Tov__Peer__Ref *list[TOV_KEYS_REFS_MAX];
    TOV_TRY(put_refs(control->as.keys_request.refs, count, TOV_KEYS_REFS_MAX, refs, list));
    Tov__Peer__KeysRequest field = TOV__PEER__KEYS_REQUEST__INIT;
    field.epoch = control->as.keys_request.epoch;
    field.n_refs = count;
    field.refs = list;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_KEYS_REQUEST;
    body->keys_request = &field;
    return tov_frame_pack(&body->base, out);
}

static enum tov_err pack_keys_answer(const struct tov_control *control,
                                     Tov__Peer__ControlBody *body, struct tov_buf *out)
{
    size_t count = control->as.keys_answer.count;
    Tov__Peer__HeldKeys keys[TOV_KEYS_REFS_MAX];
    Tov__Peer__HeldKeys *list[TOV_KEYS_REFS_MAX];
    Tov__Peer__Ref refs[TOV_KEYS_REFS_MAX];
    Tov__Peer__Stanza stanzas[TOV_KEYS_REFS_MAX];
    if (count == 0)
        return TOV_E_ARGUMENT;
    if (count > TOV_KEYS_REFS_MAX)
        return TOV_E_LIMIT;
    for (size_t i = 0; i < count; i++) {
        const struct tov_held_keys *held = &control->as.keys_answer.keys[i];
        tov_field_of_ref(&held->ref, &refs[i]);
        tov__peer__stanza__init(&stanzas[i]);
        stanzas[i].sealed = tov_field_of_bytes(held->stanza.sealed);
        stanzas[i].epoch = held->stanza.epoch;
        tov__peer__held_keys__init(&keys[i]);
        keys[i].ref = &refs[i];
        keys[i].stanza = held->is_held ? &stanzas[i] : NULL;
        list[i] = &keys[i];
    }
    Tov__Peer__KeysAnswer field = TOV__PEER__KEYS_ANSWER__INIT;
    field.n_keys = count;
    field.keys = list;
    body->kind_case = TOV__PEER__CONTROL_BODY__KIND_KEYS_ANSWER;
    body->keys_answer = &field;
    return tov_frame_pack(&body->base, out);
}

enum tov_err tov_control_encode(const struct tov_control *control, struct tov_buf *out)
{
    Tov__Peer__ControlBody body = TOV__PEER__CONTROL_BODY__INIT;
    body.from = control->from;
    body.to = control->to;
    body.nonce = tov_field_of_bytes((struct tov_bytes){control->nonce, sizeof control->nonce});
    switch (control->kind) {
    case TOV_CONTROL_RESTORE_ANSWER:
        return pack_restore_answer(control, &body, out);
    case TOV_CONTROL_HASH_REQUEST:
        return pack_hash_request(control, &body, out);
    case TOV_CONTROL_HASH_ANSWER:
        return pack_hash_answer(control, &body, out);
    case TOV_CONTROL_CHUNK_REQUEST:
        return pack_chunk_request(control, &body, out);
    case TOV_CONTROL_EPOCH_EXPIRED:
        return pack_epoch_expired(control, &body, out);
    case TOV_CONTROL_LEAF_REQUEST:
        return pack_leaf_request(control, &body, out);
    case TOV_CONTROL_LEAF_ANSWER:
        return pack_leaf_answer(control, &body, out);
    case TOV_CONTROL_KEYS_REQUEST:
        return pack_keys_request(control, &body, out);
    case TOV_CONTROL_KEYS_ANSWER:
        return pack_keys_answer(control, &body, out);
    }
    return TOV_E_ARGUMENT;
}
/* NOLINTEND(clang-analyzer-core.StackAddressEscape) */

/* ---- decoding ---- */

static enum tov_err read_hash_request(const Tov__Peer__HashRequest *field, struct tov_control *out)
{
    if (field->from >= field->to)
        return TOV_E_MALFORMED;
    out->as.hash_request.from = field->from;
    out->as.hash_request.to = field->to;
    return TOV_OK;
}

static enum tov_err read_hash_answer(const Tov__Peer__HashAnswer *field, struct tov_control *out)
{
    if (field->hashes.len % TOV_HASH_BYTES != 0)
        return TOV_E_MALFORMED;
    if (field->hashes.len / TOV_HASH_BYTES > TOV_HASH_ANSWER_HASHES_MAX ||
        field->n_points > TOV_HASH_ANSWER_POINTS_MAX)
        return TOV_E_LIMIT;
    out->as.hash_answer.from = field->from;
    out->as.hash_answer.hashes = tov_bytes_of_field(field->hashes);
    out->as.hash_answer.point_count = field->n_points;
    uint64_t before = field->from;
    for (size_t i = 0; i < field->n_points; i++) {
        struct tov_frame_checkpoint *point = &out->as.hash_answer.points[i];
        TOV_TRY(tov_checkpoint_of_field(field->points[i], point));
        if (point->size <= before)
            return TOV_E_MALFORMED;
        before = point->size;
    }
    return TOV_OK;
}

static enum tov_err read_leaf_request(const Tov__Peer__LeafRequest *field, struct tov_control *out)
{
    if (field->from >= field->to)
        return TOV_E_MALFORMED;
    out->as.leaf_request.from = field->from;
    out->as.leaf_request.to = field->to;
    return TOV_OK;
}

static enum tov_err read_held_leaf(const Tov__Peer__HeldLeaf *field, struct tov_held_leaf *out)
{
    if (field->leaf.len == 0 ||
        (field->link_block.len != 0 && field->link_block.len != TOV_LINK_BLOCK_BYTES))
        return TOV_E_MALFORMED;
    if (field->leaf.len > TOV_LEAF_MAX_BYTES)
        return TOV_E_LIMIT;
    *out = (struct tov_held_leaf){.index = field->index,
                                  .leaf = tov_bytes_of_field(field->leaf),
                                  .link_block = tov_bytes_of_field(field->link_block),
                                  .body = tov_bytes_of_field(field->body)};
    return TOV_OK;
}

static enum tov_err read_leaf_answer(const Tov__Peer__LeafAnswer *field, struct tov_control *out)
{
    uint64_t next = field->from;
    if (field->from >= field->to)
        return TOV_E_MALFORMED;
    if (field->n_leaves > TOV_LEAF_ANSWER_LEAVES_MAX)
        return TOV_E_LIMIT;
    out->as.leaf_answer.from = field->from;
    out->as.leaf_answer.to = field->to;
    out->as.leaf_answer.count = field->n_leaves;
    for (size_t i = 0; i < field->n_leaves; i++) {
        TOV_TRY(read_held_leaf(field->leaves[i], &out->as.leaf_answer.leaves[i]));
        if (field->leaves[i]->index < next || field->leaves[i]->index >= field->to)
            return TOV_E_MALFORMED;
        next = field->leaves[i]->index + 1;
    }
    return TOV_OK;
}

static enum tov_err read_chunk_request(const Tov__Peer__ChunkRequest *field,
                                       struct tov_control *out)
{
    if (field->count == 0)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_ref_of_field(field->ref, &out->as.chunk_request.ref));
    TOV_TRY(tov_part_of_field(field->part, &out->as.chunk_request.part));
    out->as.chunk_request.first = field->first;
    out->as.chunk_request.count = field->count;
    return TOV_OK;
}

static enum tov_err read_epoch_expired(const Tov__Peer__EpochExpired *field,
                                       struct tov_control *out)
{
    if (field->n_refs == 0)
        return TOV_E_MALFORMED;
    if (field->n_refs > TOV_EPOCH_EXPIRED_REFS_MAX)
        return TOV_E_LIMIT;
    out->as.epoch_expired.count = field->n_refs;
    for (size_t i = 0; i < field->n_refs; i++)
        TOV_TRY(tov_ref_of_field(field->refs[i], &out->as.epoch_expired.refs[i]));
    return TOV_OK;
}

static bool names_twice(const struct tov_ref *refs, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = i + 1; j < count; j++) {
            if (refs[i].agency == refs[j].agency && refs[i].generation == refs[j].generation &&
                refs[i].index == refs[j].index)
                return true;
        }
    }
    return false;
}

static enum tov_err read_keys_request(const Tov__Peer__KeysRequest *field, struct tov_control *out)
{
    if (field->epoch == 0 || field->n_refs == 0)
        return TOV_E_MALFORMED;
    if (field->n_refs > TOV_KEYS_REFS_MAX)
        return TOV_E_LIMIT;
    out->as.keys_request.epoch = field->epoch;
    out->as.keys_request.count = field->n_refs;
    for (size_t i = 0; i < field->n_refs; i++)
        TOV_TRY(tov_ref_of_field(field->refs[i], &out->as.keys_request.refs[i]));
    return names_twice(out->as.keys_request.refs, field->n_refs) ? TOV_E_MALFORMED : TOV_OK;
}

static enum tov_err read_keys_answer(const Tov__Peer__KeysAnswer *field, struct tov_control *out)
{
    if (field->n_keys == 0)
        return TOV_E_MALFORMED;
    if (field->n_keys > TOV_KEYS_REFS_MAX)
        return TOV_E_LIMIT;
    out->as.keys_answer.count = field->n_keys;
    for (size_t i = 0; i < field->n_keys; i++) {
        struct tov_held_keys *held = &out->as.keys_answer.keys[i];
        *held = (struct tov_held_keys){.is_held = field->keys[i]->stanza != NULL};
        TOV_TRY(tov_ref_of_field(field->keys[i]->ref, &held->ref));
        if (held->is_held)
            TOV_TRY(tov_stanza_of_field(field->keys[i]->stanza, &held->stanza));
    }
    return TOV_OK;
}

/* The numbers of enum tov_control_kind are those of the oneof's fields. */
static enum tov_err read_kind(const Tov__Peer__ControlBody *body, struct tov_control *out)
{
    out->kind = (enum tov_control_kind)body->kind_case;
    switch (body->kind_case) {
    case TOV__PEER__CONTROL_BODY__KIND_RESTORE_ANSWER:
        out->as.restore_answer.counts = body->restore_answer->counts != 0;
        return tov_checkpoint_of_field(body->restore_answer->held, &out->as.restore_answer.held);
    case TOV__PEER__CONTROL_BODY__KIND_HASH_REQUEST:
        return read_hash_request(body->hash_request, out);
    case TOV__PEER__CONTROL_BODY__KIND_HASH_ANSWER:
        return read_hash_answer(body->hash_answer, out);
    case TOV__PEER__CONTROL_BODY__KIND_CHUNK_REQUEST:
        return read_chunk_request(body->chunk_request, out);
    case TOV__PEER__CONTROL_BODY__KIND_EPOCH_EXPIRED:
        return read_epoch_expired(body->epoch_expired, out);
    case TOV__PEER__CONTROL_BODY__KIND_LEAF_REQUEST:
        return read_leaf_request(body->leaf_request, out);
    case TOV__PEER__CONTROL_BODY__KIND_LEAF_ANSWER:
        return read_leaf_answer(body->leaf_answer, out);
    case TOV__PEER__CONTROL_BODY__KIND_KEYS_REQUEST:
        return read_keys_request(body->keys_request, out);
    case TOV__PEER__CONTROL_BODY__KIND_KEYS_ANSWER:
        return read_keys_answer(body->keys_answer, out);
    case TOV__PEER__CONTROL_BODY__KIND__NOT_SET:
    case _TOV__PEER__CONTROL_BODY__KIND__CASE_IS_INT_SIZE:
        break;
    }
    return TOV_E_MALFORMED;
}

static enum tov_err read_body(struct tov_strict *strict, struct tov_control *out,
                              struct tov_control_arena **out_arena)
{
    const Tov__Peer__ControlBody *body =
        (const Tov__Peer__ControlBody *)(const void *)strict->message;
    TOV_TRY(tov_agency_of_field(body->from, &out->from));
    TOV_TRY(tov_agency_of_field(body->to, &out->to));
    TOV_TRY(tov_copy_exact(body->nonce, out->nonce, sizeof out->nonce));
    TOV_TRY(read_kind(body, out));
    struct tov_control_arena *arena = tov_arena_alloc(strict->arena, sizeof *arena);
    if (arena == NULL)
        return tov_arena_is_exhausted(strict->arena) ? TOV_E_LIMIT : TOV_E_NOMEM;
    *arena = (struct tov_control_arena){*strict};
    *out_arena = arena;
    return TOV_OK;
}

enum tov_err tov_control_decode(struct tov_bytes body, struct tov_control *out,
                                struct tov_control_arena **out_arena)
{
    struct tov_strict strict;
    enum tov_err err =
        tov_strict_decode(&tov__peer__control_body__descriptor, body, &limits, &strict, NULL);
    if (err != TOV_OK)
        return err == TOV_E_SCHEMA ? TOV_E_MALFORMED : err;
    err = read_body(&strict, out, out_arena);
    if (err != TOV_OK)
        tov_strict_fini(&strict);
    return err;
}

void tov_control_signed_bytes(const char *federation, struct tov_bytes body, struct tov_buf *out)
{
    struct tov_bytes name = tov_bytes_of_text(federation);
    tov_buf_put_text(out, "tov/v1 control");
    tov_buf_put_u16(out, (uint16_t)name.size);
    tov_buf_put_bytes(out, name);
    tov_buf_put_bytes(out, body);
}
