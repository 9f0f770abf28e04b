/* SPDX-License-Identifier: EUPL-1.2
 *
 * The one way from bytes to a protobuf message: length cap, bounded memory, no unknown field, no
 * unknown enum value, strings UTF-8 without NUL, and encoding again must give the same bytes, so
 * that one message has one encoding (docs/protocol.md).
 * Not for: files outside proto/wire; they use wire/payload.h and the frame headers.
 * Never hash or sign what was encoded again: keep the bytes that came (I6).
 */
#ifndef TOV_WIRE_STRICT_H
#define TOV_WIRE_STRICT_H

#include "base/bytes.h"
#include "wire/arena.h"

/* protobuf-c's types by name only; its header is included by .c files of this folder. */
struct ProtobufCMessage;
struct ProtobufCMessageDescriptor;

struct tov_strict_limits {
    size_t max_bytes;    /* of the encoding */
    size_t budget_bytes; /* of memory that decoding may take */
};

/* A decoded message and the memory that holds all of it. */
struct tov_strict {
    struct tov_arena *arena;
    struct ProtobufCMessage *message;
};

/* Errors: LIMIT (longer than the cap, or over the budget), NOMEM, SCHEMA (everything else). The
 * words of ERROR name the field where one is known, never its content. */
enum tov_err tov_strict_decode(const struct ProtobufCMessageDescriptor *descriptor,
                               struct tov_bytes bytes, const struct tov_strict_limits *limits,
                               struct tov_strict *out_strict,
                               struct tov_error *error) TOV_MUST_CHECK;
void tov_strict_fini(struct tov_strict *strict);
/* BYTES that this program encoded itself and kept in memory: nothing is checked again. NULL: no
 * room in ARENA, which holds all of the message. */
struct ProtobufCMessage *tov_strict_unpack_own(const struct ProtobufCMessageDescriptor *descriptor,
                                               struct tov_bytes bytes, struct tov_arena *arena);

/* Appends MESSAGE's encoding to OUT (failure sticks there). */
void tov_strict_encode(const struct ProtobufCMessage *message, struct tov_buf *out);
/* LIMIT: it is longer than MAX_BYTES, and nothing is appended. */
enum tov_err tov_strict_encode_within(const struct ProtobufCMessage *message, size_t max_bytes,
                                      struct tov_buf *out) TOV_MUST_CHECK;

/* UTF-8 without NUL, surrogates, overlong forms or values above U+10FFFF. */
bool tov_text_is_valid(struct tov_bytes text);

#endif
