/* SPDX-License-Identifier: EUPL-1.2
 *
 * Checkpoints (C2SP tlog-checkpoint): `origin\nsize\nbase64(root)\n`, signed as a note by a key
 * whose name is the origin. Extension lines are not written and not accepted.
 * Not for: deciding what may be signed (the guard).
 * Never sign a checkpoint that does not extend the last one signed under that origin (I4).
 */
#ifndef TOV_MERKLE_CHECKPOINT_H
#define TOV_MERKLE_CHECKPOINT_H

#include "base/hash.h"
#include "merkle/cosignature.h"
#include "merkle/note.h"

#define TOV_CHECKPOINT_TEXT_MAX_BYTES (TOV_ORIGIN_MAX_BYTES + 1u + 20u + 1u + 44u + 1u)

/* A plain value. Size 0 has the empty root. */
struct tov_checkpoint {
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    uint64_t size;
    struct tov_hash root;
};

/* TOV_E_MALFORMED when ORIGIN cannot be a key name (tov_vkey_name_is_valid) or when size 0 goes
 * with another root than the empty one. */
enum tov_err tov_checkpoint_make(struct tov_bytes origin, uint64_t size,
                                 const struct tov_hash *root,
                                 struct tov_checkpoint *out_checkpoint) TOV_MUST_CHECK;
bool tov_checkpoint_equal(const struct tov_checkpoint *a, const struct tov_checkpoint *b);

/* Writes the signed text and returns its length; not NUL-terminated. */
size_t tov_checkpoint_text(const struct tov_checkpoint *checkpoint,
                           char out[TOV_CHECKPOINT_TEXT_MAX_BYTES]);
/* The text of a note that was verified already. */
enum tov_err tov_checkpoint_parse(struct tov_bytes text,
                                  struct tov_checkpoint *out_checkpoint) TOV_MUST_CHECK;

void tov_checkpoint_sign(const struct tov_checkpoint *checkpoint,
                         const uint8_t secret_key[TOV_ED25519_SECRET_BYTES],
                         uint8_t out_signature[TOV_ED25519_SIGNATURE_BYTES]);
/* A bare signature, as a parcel carries it: rebuilds the text and checks once, without heap. KEY is
 * of type TOV_VKEY_ED25519 and its name is the origin (else TOV_E_SIGNATURE). */
enum tov_err
tov_checkpoint_verify(const struct tov_checkpoint *checkpoint, const struct tov_vkey *key,
                      const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES]) TOV_MUST_CHECK;

/* Writes the whole note: text, empty line, the log's line. Cosignature lines may follow by
 * tov_checkpoint_put_cosignature. Failures stick in OUT. */
void tov_checkpoint_put_note(struct tov_buf *out, const struct tov_checkpoint *checkpoint,
                             const struct tov_vkey *key,
                             const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES]);
/* Parses and verifies a note: the log's signature must be there and good, the origin must be KEY's
 * name. OUT_SIGNATURE (may be NULL) receives the log's bare signature. ERROR may be NULL. */
struct tov_checkpoint_opened {
    struct tov_checkpoint checkpoint;
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
};
enum tov_err tov_checkpoint_open(struct tov_bytes note, const struct tov_vkey *key,
                                 struct tov_checkpoint_opened *out_opened,
                                 struct tov_error *error) TOV_MUST_CHECK;

/* A witness's word over a checkpoint, cosignature/v1. */
enum tov_err tov_checkpoint_cosign(const struct tov_checkpoint *checkpoint, uint64_t time_s,
                                   const uint8_t secret_key[TOV_ED25519_SECRET_BYTES],
                                   struct tov_cosignature *out_cosignature) TOV_MUST_CHECK;
enum tov_err
tov_checkpoint_verify_cosignature(const struct tov_checkpoint *checkpoint,
                                  const struct tov_vkey *key,
                                  const struct tov_cosignature *cosignature) TOV_MUST_CHECK;
void tov_checkpoint_put_cosignature(struct tov_buf *out, const struct tov_vkey *key,
                                    const struct tov_cosignature *cosignature);

#endif
