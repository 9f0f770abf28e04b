/* SPDX-License-Identifier: EUPL-1.2
 *
 * Frames between nodes as plain structs: protobuf-c stops in frame_*.c. Decoding is strict
 * (wire/strict.h): length cap, capped arena, no unknown field, re-encoding equals the input; and
 * field sizes are checked here, so that a decoded frame has only fixed-size hashes, nonces and
 * signatures (I7, I11).
 * Not for: judging what a frame says. Views in a decoded frame live as long as its arena.
 */
#ifndef TOV_WIRE_FRAME_H
#define TOV_WIRE_FRAME_H

#include "base/cleanup.h"
#include "wire/link.h"

#define TOV_NONCE_BYTES 32
#define TOV_SIGNATURE_BYTES 64
#define TOV_PROTOCOL_VERSION 1
#define TOV_ROSTER_PIECE_BYTES 131072u

struct tov_frame_checkpoint {
    bool present;
    uint32_t generation;
    uint64_t size;
    struct tov_hash root;
    uint8_t signature[TOV_SIGNATURE_BYTES];
};

struct tov_frame_hello {
    uint32_t protocol_min, protocol_max;
    uint16_t agency;
    uint32_t roster_version;
    struct tov_hash roster_hash;
    struct tov_frame_checkpoint own, held;
    uint64_t window_bytes;
    uint8_t nonce[TOV_NONCE_BYTES];
    bool started;
    uint32_t epoch;
    bool is_answer;
    uint8_t answers[TOV_NONCE_BYTES]; /* when is_answer */
    uint64_t now_ms;
};

struct tov_frame_stanza {
    struct tov_bytes sealed;
    uint32_t epoch;
};

enum tov_part_state {
    TOV_PART_INLINE = 1,
    TOV_PART_PULLED = 2,
    TOV_PART_ERASED = 3,
    TOV_PART_NOT_YOURS = 4
};

struct tov_frame_part {
    enum tov_part_state state;
    struct tov_bytes data;
};

#define TOV_STANZAS_PER_ENTRY_MAX 4
struct tov_frame_disclosed {
    struct tov_bytes leaf;
    struct tov_bytes link_block; /* empty, or TOV_LINK_BLOCK_BYTES */
    size_t part_count;
    struct tov_frame_part parts[TOV_PARTS_MAX];
    size_t stanza_count;
    struct tov_frame_stanza stanzas[TOV_STANZAS_PER_ENTRY_MAX];
    struct tov_bytes detached;
};

struct tov_frame_skipped {
    uint64_t count;
    bool level0;
    size_t hash_count;
    struct tov_bytes hashes; /* hash_count * 32 */
};

struct tov_frame_erased {
    struct tov_hash leaf_hash;
    struct tov_bytes link_block;
    uint64_t erased_by;
};

enum tov_item_kind { TOV_ITEM_DISCLOSED = 1, TOV_ITEM_SKIPPED = 2, TOV_ITEM_ERASED = 3 };

struct tov_frame_item {
    enum tov_item_kind kind;
    union {
        struct tov_frame_disclosed disclosed;
        struct tov_frame_skipped skipped;
        struct tov_frame_erased erased;
    } as;
};

struct tov_frame_cosignature {
    uint16_t agency;
    uint64_t size;
    uint64_t time_s;
    uint8_t signature[TOV_SIGNATURE_BYTES];
};

/* Items are decoded one at a time by tov_frame_item: a parcel can hold hundreds. */
struct tov_frame_parcel {
    uint32_t generation;
    uint64_t from, to;
    struct tov_hash root;
    uint8_t signature[TOV_SIGNATURE_BYTES];
    size_t item_count;
    size_t cosignature_count;
    uint8_t control_signature[TOV_SIGNATURE_BYTES];
};

struct tov_frame_position {
    uint32_t generation;
    uint64_t size;
    uint64_t window_bytes;
    bool refetch;
};

struct tov_frame_late_stanza {
    struct tov_ref ref;
    struct tov_frame_stanza stanza;
};

struct tov_frame_control {
    struct tov_bytes body;
    uint8_t signature[TOV_SIGNATURE_BYTES];
};

struct tov_frame_chunk {
    struct tov_ref ref;
    uint8_t part;
    uint64_t index;
    struct tov_bytes data;
    struct tov_bytes proof; /* a multiple of 32, at most TOV_PROOF_MAX_HASHES hashes */
};

struct tov_frame_roster_offer {
    uint32_t version;
    struct tov_hash hash;
};
struct tov_frame_roster_request {
    uint32_t version;
    uint64_t offset;
};
struct tov_frame_roster_piece {
    uint32_t version;
    uint64_t offset, total;
    struct tov_bytes data;
};

enum tov_frame_kind {
    TOV_FRAME_HELLO = 1,
    TOV_FRAME_PARCEL = 2,
    TOV_FRAME_POSITION = 3,
    TOV_FRAME_LATE_STANZAS = 4,
    TOV_FRAME_CONTROL = 5,
    TOV_FRAME_ROSTER_OFFER = 6,
    TOV_FRAME_ROSTER_REQUEST = 7,
    TOV_FRAME_ROSTER_PIECE = 8,
    TOV_FRAME_CHUNK = 9,
    TOV_FRAME_COSIGNATURES = 10
};

/* A decoded frame and the arena it lives in. */
struct tov_frame;
/* LIMIT: over TOV_FRAME_MAX_BYTES, or more memory than a frame may take; NOMEM; MALFORMED: anything
 * else that is not the one encoding of one frame with one kind. BYTES need not live on. */
enum tov_err tov_frame_decode(struct tov_bytes bytes, struct tov_frame **out_frame) TOV_MUST_CHECK;
void tov_frame_destroy(struct tov_frame *frame);
TOV_DEFINE_CLEANUP(tov_frame, struct tov_frame, tov_frame_destroy)
enum tov_frame_kind tov_frame_kind(const struct tov_frame *frame);

/* Each may be called for a frame of its kind only (asserted), with an index below the count
 * (asserted). MALFORMED: a field of a wrong size or outside its range; LIMIT: a list or a byte
 * string over its named limit. After a failure OUT means nothing. */
enum tov_err tov_frame_hello(const struct tov_frame *frame,
                             struct tov_frame_hello *out) TOV_MUST_CHECK;
enum tov_err tov_frame_parcel(const struct tov_frame *frame,
                              struct tov_frame_parcel *out) TOV_MUST_CHECK;
enum tov_err tov_frame_item(const struct tov_frame *frame, size_t index,
                            struct tov_frame_item *out) TOV_MUST_CHECK;
/* Of a parcel or a cosignatures frame. */
size_t tov_frame_cosignature_count(const struct tov_frame *frame);
enum tov_err tov_frame_cosignature(const struct tov_frame *frame, size_t index,
                                   struct tov_frame_cosignature *out) TOV_MUST_CHECK;
enum tov_err tov_frame_position(const struct tov_frame *frame,
                                struct tov_frame_position *out) TOV_MUST_CHECK;
size_t tov_frame_late_stanza_count(const struct tov_frame *frame);
enum tov_err tov_frame_late_stanza(const struct tov_frame *frame, size_t index,
                                   struct tov_frame_late_stanza *out) TOV_MUST_CHECK;
enum tov_err tov_frame_control(const struct tov_frame *frame,
                               struct tov_frame_control *out) TOV_MUST_CHECK;
enum tov_err tov_frame_chunk(const struct tov_frame *frame,
                             struct tov_frame_chunk *out) TOV_MUST_CHECK;
enum tov_err tov_frame_roster_offer(const struct tov_frame *frame,
                                    struct tov_frame_roster_offer *out) TOV_MUST_CHECK;
enum tov_err tov_frame_roster_request(const struct tov_frame *frame,
                                      struct tov_frame_roster_request *out) TOV_MUST_CHECK;
enum tov_err tov_frame_roster_piece(const struct tov_frame *frame,
                                    struct tov_frame_roster_piece *out) TOV_MUST_CHECK;

/* Encoders append one whole frame to OUT; TOV_E_LIMIT past TOV_FRAME_MAX_BYTES, TOV_E_ARGUMENT for
 * an empty list. They write what they are given: a value that the accessors above refuse is the
 * caller's fault, and the peer's error. */
enum tov_err tov_frame_encode_hello(const struct tov_frame_hello *hello,
                                    struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_position(const struct tov_frame_position *position,
                                       struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_late_stanzas(const struct tov_frame_late_stanza *stanzas,
                                           size_t count, struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_control(const struct tov_frame_control *control,
                                      struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_chunk(const struct tov_frame_chunk *chunk,
                                    struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_roster_offer(const struct tov_frame_roster_offer *offer,
                                           struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_roster_request(const struct tov_frame_roster_request *request,
                                             struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_roster_piece(const struct tov_frame_roster_piece *piece,
                                           struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_frame_encode_cosignatures(const struct tov_frame_cosignature *cosignatures,
                                           size_t count, struct tov_buf *out) TOV_MUST_CHECK;

/* A parcel is written item by item, so that a sender can stop before a limit. Writes the same
 * bytes that protobuf-c would, straight into the buffer: on the hot path every copy counts. */
struct tov_parcel_writer {
    struct tov_buf items; /* the encoded fields `items`, then `cosignatures` */
    size_t item_count;
    size_t cosignature_count;
};
#define TOV_PARCEL_WRITER_INIT \
    ((struct tov_parcel_writer){.items = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES)})
void tov_parcel_writer_fini(struct tov_parcel_writer *writer);
void tov_parcel_writer_clear(struct tov_parcel_writer *writer);
/* A point to go back to when what follows does not fit. */
struct tov_parcel_mark {
    size_t bytes, items, cosignatures;
};
struct tov_parcel_mark tov_parcel_writer_mark(const struct tov_parcel_writer *writer);
void tov_parcel_writer_rewind(struct tov_parcel_writer *writer, struct tov_parcel_mark mark);
/* TOV_E_LIMIT: it would not fit; the writer is as before. */
enum tov_err tov_parcel_writer_add(struct tov_parcel_writer *writer,
                                   const struct tov_frame_item *item) TOV_MUST_CHECK;
enum tov_err
tov_parcel_writer_add_cosignature(struct tov_parcel_writer *writer,
                                  const struct tov_frame_cosignature *cosignature) TOV_MUST_CHECK;
/* Appends the whole frame to OUT, with the parcel's control_signature as it stands there.
 * Cosignatures must have been added after all items (asserted). */
enum tov_err tov_parcel_writer_finish(struct tov_parcel_writer *writer,
                                      const struct tov_frame_parcel *parcel,
                                      struct tov_buf *out) TOV_MUST_CHECK;

/* Who says a parcel to whom: one that was signed for another agency is nothing to this one. */
struct tov_parcel_route {
    const char *federation;
    uint16_t from, to;
};
/* Appends what the control key signs of the parcel in FRAME, whose own signature may be any 64
 * bytes. FRAME is what tov_parcel_writer_finish wrote, or what decodes as a parcel (asserted). */
void tov_parcel_signed_bytes(const struct tov_parcel_route *route, struct tov_bytes frame,
                             struct tov_buf *out);
/* Puts SIGNATURE in its place, the end of the frame. */
void tov_parcel_put_signature(struct tov_buf *frame, const uint8_t signature[TOV_SIGNATURE_BYTES]);

/* ---- bodies of control frames ---- */

enum tov_control_kind {
    TOV_CONTROL_RESTORE_ANSWER = 4,
    TOV_CONTROL_HASH_REQUEST = 5,
    TOV_CONTROL_HASH_ANSWER = 6,
    TOV_CONTROL_CHUNK_REQUEST = 7,
    TOV_CONTROL_EPOCH_EXPIRED = 8,
    TOV_CONTROL_LEAF_REQUEST = 9,
    TOV_CONTROL_LEAF_ANSWER = 10,
    TOV_CONTROL_KEYS_REQUEST = 11,
    TOV_CONTROL_KEYS_ANSWER = 12
};
#define TOV_EPOCH_EXPIRED_REFS_MAX 256
#define TOV_HASH_ANSWER_HASHES_MAX 4096
#define TOV_HASH_ANSWER_POINTS_MAX 256
#define TOV_LEAF_ANSWER_LEAVES_MAX 256
#define TOV_KEYS_REFS_MAX 64

/* An entry of the asker's own ledger, as the sender of a leaf answer holds it. */
struct tov_held_leaf {
    uint64_t index;
    struct tov_bytes leaf;
    struct tov_bytes link_block; /* the sender's own, of a message; else empty */
    struct tov_bytes body;       /* sealed inline parts that are its, or an anchor's list */
};

/* The keys of a message of the asker's own ledger. */
struct tov_held_keys {
    struct tov_ref ref;
    bool is_held;
    struct tov_frame_stanza stanza; /* when is_held */
};

struct tov_control {
    uint16_t from, to;
    uint8_t nonce[TOV_NONCE_BYTES];
    enum tov_control_kind kind;
    union {
        struct {
            bool counts;
            struct tov_frame_checkpoint held;
        } restore_answer;
        struct {
            uint64_t from, to;
        } hash_request;
        struct {
            uint64_t from;
            struct tov_bytes hashes;
            size_t point_count;
            struct tov_frame_checkpoint points[TOV_HASH_ANSWER_POINTS_MAX];
        } hash_answer;
        struct {
            uint64_t from, to;
        } leaf_request;
        struct {
            uint64_t from, to;
            size_t count;
            struct tov_held_leaf leaves[TOV_LEAF_ANSWER_LEAVES_MAX];
        } leaf_answer;
        struct tov_chunk_request {
            struct tov_ref ref;
            uint8_t part;
            uint64_t first;
            uint32_t count;
        } chunk_request;
        struct {
            size_t count;
            struct tov_ref refs[TOV_EPOCH_EXPIRED_REFS_MAX];
        } epoch_expired;
        struct {
            uint32_t epoch;
            size_t count;
            struct tov_ref refs[TOV_KEYS_REFS_MAX];
        } keys_request;
        struct {
            size_t count;
            struct tov_held_keys keys[TOV_KEYS_REFS_MAX];
        } keys_answer;
    } as;
};

/* Encodes the body that is signed. */
enum tov_err tov_control_encode(const struct tov_control *control,
                                struct tov_buf *out) TOV_MUST_CHECK;
/* Decodes a body whose signature was checked; hash_answer.hashes and the views of
 * leaf_answer and keys_answer point into BODY's copy in ARENA, which the caller destroys with
 * tov_control_arena_destroy. Errors as tov_frame_decode and
 * the accessors of frames. */
struct tov_control_arena;
enum tov_err tov_control_decode(struct tov_bytes body, struct tov_control *out,
                                struct tov_control_arena **out_arena) TOV_MUST_CHECK;
void tov_control_arena_destroy(struct tov_control_arena *arena);
TOV_DEFINE_CLEANUP(tov_control_arena, struct tov_control_arena, tov_control_arena_destroy)
/* The bytes that the control key signs. */
void tov_control_signed_bytes(const char *federation, struct tov_bytes body, struct tov_buf *out);

#endif
