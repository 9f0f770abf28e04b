/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/frame_internal.h"

#include <assert.h>
#include <string.h>

#include "peer.pb-c.h"

#include "base/limits.h"
#include "base/time.h"

static const struct tov_strict_limits limits = {TOV_FRAME_MAX_BYTES, TOV_FRAME_BUDGET_BYTES};

/* ---- small messages ---- */

enum tov_err tov_copy_exact(ProtobufCBinaryData field, uint8_t *out, size_t size)
{
    if (field.len != size)
        return TOV_E_MALFORMED;
    memcpy(out, field.data, size);
    return TOV_OK;
}

enum tov_err tov_agency_of_field(uint32_t field, uint16_t *out)
{
    if (field < 1 || field > TOV_AGENCIES_MAX)
        return TOV_E_MALFORMED;
    *out = (uint16_t)field;
    return TOV_OK;
}

enum tov_err tov_part_of_field(uint32_t field, uint8_t *out)
{
    if (field >= TOV_PARTS_MAX)
        return TOV_E_LIMIT;
    *out = (uint8_t)field;
    return TOV_OK;
}

enum tov_err tov_ref_of_field(const Tov__Peer__Ref *field, struct tov_ref *out)
{
    if (field == NULL || field->generation == 0)
        return TOV_E_MALFORMED;
    struct tov_ref ref = {.generation = field->generation, .index = field->index};
    TOV_TRY(tov_agency_of_field(field->agency, &ref.agency));
    TOV_TRY(tov_copy_exact(field->leaf_hash, ref.leaf.bytes, sizeof ref.leaf.bytes));
    *out = ref;
    return TOV_OK;
}

enum tov_err tov_checkpoint_of_field(const Tov__Peer__Checkpoint *field,
                                     struct tov_frame_checkpoint *out)
{
    if (field == NULL) {
        *out = (struct tov_frame_checkpoint){0};
        return TOV_OK;
    }
    struct tov_frame_checkpoint checkpoint = {
        .present = true, .generation = field->generation, .size = field->size};
    if (field->generation == 0)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_copy_exact(field->root, checkpoint.root.bytes, sizeof checkpoint.root.bytes));
    TOV_TRY(tov_copy_exact(field->signature, checkpoint.signature, sizeof checkpoint.signature));
    *out = checkpoint;
    return TOV_OK;
}

enum tov_err tov_stanza_of_field(const Tov__Peer__Stanza *field, struct tov_frame_stanza *out)
{
    if (field == NULL || field->sealed.len == 0)
        return TOV_E_MALFORMED;
    *out = (struct tov_frame_stanza){tov_bytes_of_field(field->sealed), field->epoch};
    return TOV_OK;
}

/* ---- frames ---- */

/* A frame that carries a list carries something. */
static bool has_content(const Tov__Peer__Frame *message)
{
    if (message->kind_case == TOV__PEER__FRAME__KIND_LATE_STANZAS)
        return message->late_stanzas->n_stanzas > 0;
    if (message->kind_case == TOV__PEER__FRAME__KIND_COSIGNATURES)
        return message->cosignatures->n_cosignatures > 0;
    return message->kind_case != TOV__PEER__FRAME__KIND__NOT_SET;
}

static enum tov_err make_frame(struct tov_strict *strict, struct tov_frame **out_frame)
{
    const Tov__Peer__Frame *message = (const Tov__Peer__Frame *)(const void *)strict->message;
    if (!has_content(message))
        return TOV_E_MALFORMED;
    struct tov_frame *frame = tov_arena_alloc(strict->arena, sizeof *frame);
    if (frame == NULL)
        return tov_arena_is_exhausted(strict->arena) ? TOV_E_LIMIT : TOV_E_NOMEM;
    *frame = (struct tov_frame){*strict, message};
    *out_frame = frame;
    return TOV_OK;
}

enum tov_err tov_frame_decode(struct tov_bytes bytes, struct tov_frame **out_frame)
{
    struct tov_strict strict;
    enum tov_err err =
        tov_strict_decode(&tov__peer__frame__descriptor, bytes, &limits, &strict, NULL);
    if (err != TOV_OK)
        return err == TOV_E_SCHEMA ? TOV_E_MALFORMED : err;
    err = make_frame(&strict, out_frame);
    if (err != TOV_OK)
        tov_strict_fini(&strict);
    return err;
}

void tov_frame_destroy(struct tov_frame *frame)
{
    if (frame == NULL)
        return;
    struct tov_strict strict = frame->strict; /* FRAME stands in its arena */
    tov_strict_fini(&strict);
}

/* The numbers of enum tov_frame_kind are those of the oneof's fields. */
enum tov_frame_kind tov_frame_kind(const struct tov_frame *frame)
{
    return (enum tov_frame_kind)frame->message->kind_case;
}

enum tov_err tov_frame_hello(const struct tov_frame *frame, struct tov_frame_hello *out)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_HELLO);
    const Tov__Peer__Hello *hello = frame->message->hello;
    struct tov_frame_hello value = {
        .protocol_min = hello->protocol_min,
        .protocol_max = hello->protocol_max,
        .roster_version = hello->roster_version,
        .window_bytes = hello->window_bytes,
        .started = hello->started != 0,
        .epoch = hello->epoch,
        .is_answer = hello->answers.len > 0,
        .now_ms = hello->now_ms,
    };
    if (hello->protocol_min == 0 || hello->protocol_min > hello->protocol_max ||
        hello->now_ms > TOV_TIME_MAX_MS)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_agency_of_field(hello->agency, &value.agency));
    TOV_TRY(tov_copy_exact(hello->roster_hash, value.roster_hash.bytes, TOV_HASH_BYTES));
    TOV_TRY(tov_checkpoint_of_field(hello->own, &value.own));
    TOV_TRY(tov_checkpoint_of_field(hello->held, &value.held));
    TOV_TRY(tov_copy_exact(hello->nonce, value.nonce, sizeof value.nonce));
    if (value.is_answer)
        TOV_TRY(tov_copy_exact(hello->answers, value.answers, sizeof value.answers));
    *out = value;
    return TOV_OK;
}

enum tov_err tov_frame_position(const struct tov_frame *frame, struct tov_frame_position *out)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_POSITION);
    const Tov__Peer__Position *position = frame->message->position;
    if (position->generation == 0)
        return TOV_E_MALFORMED;
    *out = (struct tov_frame_position){
        .generation = position->generation,
        .size = position->size,
        .window_bytes = position->window_bytes,
        .refetch = position->refetch != 0,
    };
    return TOV_OK;
}

size_t tov_frame_late_stanza_count(const struct tov_frame *frame)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_LATE_STANZAS);
    return frame->message->late_stanzas->n_stanzas;
}

enum tov_err tov_frame_late_stanza(const struct tov_frame *frame, size_t index,
                                   struct tov_frame_late_stanza *out)
{
    assert(index < tov_frame_late_stanza_count(frame));
    const Tov__Peer__LateStanza *late = frame->message->late_stanzas->stanzas[index];
    struct tov_frame_late_stanza value;
    TOV_TRY(tov_ref_of_field(late->ref, &value.ref));
    TOV_TRY(tov_stanza_of_field(late->stanza, &value.stanza));
    *out = value;
    return TOV_OK;
}

enum tov_err tov_frame_control(const struct tov_frame *frame, struct tov_frame_control *out)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_CONTROL);
    const Tov__Peer__Control *control = frame->message->control;
    struct tov_frame_control value = {.body = tov_bytes_of_field(control->body)};
    if (value.body.size == 0)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_copy_exact(control->signature, value.signature, sizeof value.signature));
    *out = value;
    return TOV_OK;
}

enum tov_err tov_frame_chunk(const struct tov_frame *frame, struct tov_frame_chunk *out)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_CHUNK);
    const Tov__Peer__Chunk *chunk = frame->message->chunk;
    struct tov_frame_chunk value = {
        .index = chunk->index,
        .data = tov_bytes_of_field(chunk->data),
        .proof = tov_bytes_of_field(chunk->proof),
    };
    TOV_TRY(tov_ref_of_field(chunk->ref, &value.ref));
    TOV_TRY(tov_part_of_field(chunk->part, &value.part));
    if (value.data.size == 0 || value.proof.size % TOV_HASH_BYTES != 0)
        return TOV_E_MALFORMED;
    if (value.data.size > TOV_PULL_CHUNK_BYTES ||
        value.proof.size > (size_t)TOV_PROOF_MAX_HASHES * TOV_HASH_BYTES)
        return TOV_E_LIMIT;
    *out = value;
    return TOV_OK;
}

/* ---- roster ---- */

enum tov_err tov_frame_roster_offer(const struct tov_frame *frame,
                                    struct tov_frame_roster_offer *out)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_ROSTER_OFFER);
    const Tov__Peer__RosterOffer *offer = frame->message->roster_offer;
    struct tov_frame_roster_offer value = {.version = offer->version};
    if (offer->version == 0)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_copy_exact(offer->hash, value.hash.bytes, sizeof value.hash.bytes));
    *out = value;
    return TOV_OK;
}

enum tov_err tov_frame_roster_request(const struct tov_frame *frame,
                                      struct tov_frame_roster_request *out)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_ROSTER_REQUEST);
    const Tov__Peer__RosterRequest *request = frame->message->roster_request;
    if (request->version == 0)
        return TOV_E_MALFORMED;
    if (request->offset >= TOV_ROSTER_MAX_BYTES)
        return TOV_E_LIMIT;
    *out = (struct tov_frame_roster_request){request->version, request->offset};
    return TOV_OK;
}

enum tov_err tov_frame_roster_piece(const struct tov_frame *frame,
                                    struct tov_frame_roster_piece *out)
{
    assert(tov_frame_kind(frame) == TOV_FRAME_ROSTER_PIECE);
    const Tov__Peer__RosterPiece *piece = frame->message->roster_piece;
    if (piece->version == 0 || piece->data.len == 0)
        return TOV_E_MALFORMED;
    if (piece->total > TOV_ROSTER_MAX_BYTES || piece->data.len > TOV_ROSTER_PIECE_BYTES)
        return TOV_E_LIMIT;
    if (piece->offset > piece->total || piece->data.len > piece->total - piece->offset)
        return TOV_E_MALFORMED;
    *out = (struct tov_frame_roster_piece){
        .version = piece->version,
        .offset = piece->offset,
        .total = piece->total,
        .data = tov_bytes_of_field(piece->data),
    };
    return TOV_OK;
}
