/* SPDX-License-Identifier: EUPL-1.2
 *
 * Structs of protobuf-c that borrow everything, packed at once.
 */
#include "wire/frame_internal.h"

#include "peer.pb-c.h"

#include "base/limits.h"

enum tov_err tov_frame_pack(const ProtobufCMessage *message, struct tov_buf *out)
{
    if (protobuf_c_message_get_packed_size(message) > TOV_FRAME_MAX_BYTES)
        return TOV_E_LIMIT;
    tov_strict_encode(message, out);
    return out->failed;
}

static ProtobufCBinaryData field_of_array(const uint8_t *data, size_t size)
{
    return tov_field_of_bytes((struct tov_bytes){data, size});
}

static ProtobufCBinaryData field_of_hash(const struct tov_hash *hash)
{
    return field_of_array(hash->bytes, sizeof hash->bytes);
}

void tov_field_of_ref(const struct tov_ref *ref, Tov__Peer__Ref *out)
{
    tov__peer__ref__init(out);
    out->agency = ref->agency;
    out->generation = ref->generation;
    out->index = ref->index;
    out->leaf_hash = field_of_hash(&ref->leaf);
}

void tov_field_of_checkpoint(const struct tov_frame_checkpoint *checkpoint,
                             Tov__Peer__Checkpoint *out)
{
    tov__peer__checkpoint__init(out);
    out->generation = checkpoint->generation;
    out->size = checkpoint->size;
    out->root = field_of_hash(&checkpoint->root);
    out->signature = field_of_array(checkpoint->signature, sizeof checkpoint->signature);
}

enum tov_err tov_frame_encode_hello(const struct tov_frame_hello *hello, struct tov_buf *out)
{
    Tov__Peer__Checkpoint own, held;
    tov_field_of_checkpoint(&hello->own, &own);
    tov_field_of_checkpoint(&hello->held, &held);
    Tov__Peer__Hello field = TOV__PEER__HELLO__INIT;
    field.protocol_min = hello->protocol_min;
    field.protocol_max = hello->protocol_max;
    field.agency = hello->agency;
    field.roster_version = hello->roster_version;
    field.roster_hash = field_of_hash(&hello->roster_hash);
    field.own = hello->own.present ? &own : NULL;
    field.held = hello->held.present ? &held : NULL;
    field.window_bytes = hello->window_bytes;
    field.nonce = field_of_array(hello->nonce, sizeof hello->nonce);
    field.started = hello->started;
    field.epoch = hello->epoch;
    if (hello->is_answer)
        field.answers = field_of_array(hello->answers, sizeof hello->answers);
    field.now_ms = hello->now_ms;
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_HELLO;
    frame.hello = &field;
    return tov_frame_pack(&frame.base, out);
}

enum tov_err tov_frame_encode_position(const struct tov_frame_position *position,
                                       struct tov_buf *out)
{
    Tov__Peer__Position field = TOV__PEER__POSITION__INIT;
    field.generation = position->generation;
    field.size = position->size;
    field.window_bytes = position->window_bytes;
    field.refetch = position->refetch;
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_POSITION;
    frame.position = &field;
    return tov_frame_pack(&frame.base, out);
}

struct late_fields {
    Tov__Peer__Ref ref;
    Tov__Peer__Stanza stanza;
    Tov__Peer__LateStanza late;
};

static void fill_late(const struct tov_frame_late_stanza *late, struct late_fields *out)
{
    tov_field_of_ref(&late->ref, &out->ref);
    tov__peer__stanza__init(&out->stanza);
    out->stanza.sealed = tov_field_of_bytes(late->stanza.sealed);
    out->stanza.epoch = late->stanza.epoch;
    tov__peer__late_stanza__init(&out->late);
    out->late.ref = &out->ref;
    out->late.stanza = &out->stanza;
}

enum tov_err tov_frame_encode_late_stanzas(const struct tov_frame_late_stanza *stanzas,
                                           size_t count, struct tov_buf *out)
{
    if (count == 0)
        return TOV_E_ARGUMENT;
    TOV_FREE struct late_fields *fields = malloc(count * sizeof *fields);
    TOV_FREE Tov__Peer__LateStanza **list = malloc(count * sizeof *list);
    if (fields == NULL || list == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        fill_late(&stanzas[i], &fields[i]);
        list[i] = &fields[i].late;
    }
    Tov__Peer__LateStanzas field = TOV__PEER__LATE_STANZAS__INIT;
    field.n_stanzas = count;
    field.stanzas = list;
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_LATE_STANZAS;
    frame.late_stanzas = &field;
    return tov_frame_pack(&frame.base, out);
}

enum tov_err tov_frame_encode_control(const struct tov_frame_control *control, struct tov_buf *out)
{
    Tov__Peer__Control field = TOV__PEER__CONTROL__INIT;
    field.body = tov_field_of_bytes(control->body);
    field.signature = field_of_array(control->signature, sizeof control->signature);
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_CONTROL;
    frame.control = &field;
    return tov_frame_pack(&frame.base, out);
}

enum tov_err tov_frame_encode_chunk(const struct tov_frame_chunk *chunk, struct tov_buf *out)
{
    Tov__Peer__Ref ref;
    tov_field_of_ref(&chunk->ref, &ref);
    Tov__Peer__Chunk field = TOV__PEER__CHUNK__INIT;
    field.ref = &ref;
    field.part = chunk->part;
    field.index = chunk->index;
    field.data = tov_field_of_bytes(chunk->data);
    field.proof = tov_field_of_bytes(chunk->proof);
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_CHUNK;
    frame.chunk = &field;
    return tov_frame_pack(&frame.base, out);
}

enum tov_err tov_frame_encode_cosignatures(const struct tov_frame_cosignature *cosignatures,
                                           size_t count, struct tov_buf *out)
{
    if (count == 0)
        return TOV_E_ARGUMENT;
    TOV_FREE Tov__Peer__Cosignature *fields = malloc(count * sizeof *fields);
    TOV_FREE Tov__Peer__Cosignature **list = malloc(count * sizeof *list);
    if (fields == NULL || list == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct tov_frame_cosignature *from = &cosignatures[i];
        tov__peer__cosignature__init(&fields[i]);
        fields[i].agency = from->agency;
        fields[i].size = from->size;
        fields[i].time_s = from->time_s;
        fields[i].signature = field_of_array(from->signature, sizeof from->signature);
        list[i] = &fields[i];
    }
    Tov__Peer__Cosignatures field = TOV__PEER__COSIGNATURES__INIT;
    field.n_cosignatures = count;
    field.cosignatures = list;
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_COSIGNATURES;
    frame.cosignatures = &field;
    return tov_frame_pack(&frame.base, out);
}

/* ---- roster ---- */

enum tov_err tov_frame_encode_roster_offer(const struct tov_frame_roster_offer *offer,
                                           struct tov_buf *out)
{
    Tov__Peer__RosterOffer field = TOV__PEER__ROSTER_OFFER__INIT;
    field.version = offer->version;
    field.hash = field_of_hash(&offer->hash);
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_ROSTER_OFFER;
    frame.roster_offer = &field;
    return tov_frame_pack(&frame.base, out);
}

enum tov_err tov_frame_encode_roster_request(const struct tov_frame_roster_request *request,
                                             struct tov_buf *out)
{
    Tov__Peer__RosterRequest field = TOV__PEER__ROSTER_REQUEST__INIT;
    field.version = request->version;
    field.offset = request->offset;
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_ROSTER_REQUEST;
    frame.roster_request = &field;
    return tov_frame_pack(&frame.base, out);
}

enum tov_err tov_frame_encode_roster_piece(const struct tov_frame_roster_piece *piece,
                                           struct tov_buf *out)
{
    Tov__Peer__RosterPiece field = TOV__PEER__ROSTER_PIECE__INIT;
    field.version = piece->version;
    field.offset = piece->offset;
    field.total = piece->total;
    field.data = tov_field_of_bytes(piece->data);
    Tov__Peer__Frame frame = TOV__PEER__FRAME__INIT;
    frame.kind_case = TOV__PEER__FRAME__KIND_ROSTER_PIECE;
    frame.roster_piece = &field;
    return tov_frame_pack(&frame.base, out);
}
