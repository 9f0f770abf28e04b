/* SPDX-License-Identifier: EUPL-1.2
 *
 * Between the files that read and write frames: conversions of the small messages that several
 * kinds hold, each with the checks of its fields.
 * Not for: files outside proto/wire.
 * Never copy a hash, nonce or signature without tov_copy_exact: its size comes from outside.
 */
#ifndef TOV_WIRE_FRAME_INTERNAL_H
#define TOV_WIRE_FRAME_INTERNAL_H

#include "wire/frame.h"
#include "wire/strict.h"

#include <protobuf-c/protobuf-c.h>

/* Of the generated peer.pb-c.h, which .c files include. */
struct Tov__Peer__Frame;
struct Tov__Peer__Ref;
struct Tov__Peer__Checkpoint;
struct Tov__Peer__Stanza;

#define TOV_FRAME_BUDGET_BYTES 4194304u /* of memory that a decoded frame may take */

/* Stands in the arena of its own message. */
struct tov_frame {
    struct tov_strict strict;
    const struct Tov__Peer__Frame *message;
};

static inline struct tov_bytes tov_bytes_of_field(ProtobufCBinaryData field)
{
    return (struct tov_bytes){field.data, field.len};
}
static inline ProtobufCBinaryData tov_field_of_bytes(struct tov_bytes bytes)
{
    return (ProtobufCBinaryData){bytes.size, (uint8_t *)(uintptr_t)bytes.data};
}

/* MALFORMED unless FIELD has exactly SIZE bytes. */
enum tov_err tov_copy_exact(ProtobufCBinaryData field, uint8_t *out, size_t size) TOV_MUST_CHECK;
enum tov_err tov_agency_of_field(uint32_t field, uint16_t *out) TOV_MUST_CHECK;
enum tov_err tov_part_of_field(uint32_t field, uint8_t *out) TOV_MUST_CHECK;
/* NULL is an absent reference: MALFORMED. */
enum tov_err tov_ref_of_field(const struct Tov__Peer__Ref *field,
                              struct tov_ref *out) TOV_MUST_CHECK;
/* NULL is an absent checkpoint: `present` is false. */
enum tov_err tov_checkpoint_of_field(const struct Tov__Peer__Checkpoint *field,
                                     struct tov_frame_checkpoint *out) TOV_MUST_CHECK;
enum tov_err tov_stanza_of_field(const struct Tov__Peer__Stanza *field,
                                 struct tov_frame_stanza *out) TOV_MUST_CHECK;

/* The other way; what they fill borrows from what they are given. */
void tov_field_of_ref(const struct tov_ref *ref, struct Tov__Peer__Ref *out);
void tov_field_of_checkpoint(const struct tov_frame_checkpoint *checkpoint,
                             struct Tov__Peer__Checkpoint *out);

/* Appends the encoding of MESSAGE; LIMIT past TOV_FRAME_MAX_BYTES, before anything is written. */
enum tov_err tov_frame_pack(const ProtobufCMessage *message, struct tov_buf *out) TOV_MUST_CHECK;

#endif
