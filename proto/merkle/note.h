/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signed notes (C2SP signed-note v1): a text, an empty line, signature lines. Rosters and
 * checkpoints are such notes.
 * Not for: what the text says (merkle/checkpoint.h, proto/roster).
 * Never use a note's text before tov_note_verify has said TOV_OK, and never compare two notes as
 * bytes: the same text may carry other signatures.
 */
#ifndef TOV_MERKLE_NOTE_H
#define TOV_MERKLE_NOTE_H

#include "merkle/vkey.h"

struct tov_note_signature {
    struct tov_bytes name;
    uint32_t id;
    struct tov_bytes base64; /* of id || signature; known to be strict base64 of 5 bytes or more */
};

/* Views into the parsed note. */
struct tov_note {
    struct tov_bytes text; /* the signed bytes, with the last newline */
    size_t count;
    struct tov_note_signature signatures[TOV_NOTE_SIGNATURES_MAX];
};

struct tov_vkey_list {
    const struct tov_vkey *keys;
    size_t count;
};

/* MAX_BYTES is TOV_NOTE_MAX_BYTES or TOV_ROSTER_MAX_BYTES. TOV_E_LIMIT for a longer note or more
 * than TOV_NOTE_SIGNATURES_MAX lines, TOV_E_MALFORMED for anything that is not a note with at
 * least one signature line; OUT_NOTE is then undefined. ERROR may be NULL. */
enum tov_err tov_note_parse(struct tov_bytes bytes, size_t max_bytes, struct tov_note *out_note,
                            struct tov_error *error) TOV_MUST_CHECK;
/* Decodes the signature without the key id: at most CAPACITY bytes (TOV_E_LIMIT). */
enum tov_err tov_note_signature_decode(const struct tov_note_signature *signature, uint8_t *out,
                                       size_t capacity, size_t *out_size) TOV_MUST_CHECK;
/* The signature lines of keys that are not in KEYS (by name and id) are ignored; TOV_E_SIGNATURE
 * when one of a known key fails or none verifies. OUT_VERIFIED (NULL or KEYS.count entries) says
 * for each key whether it signed; *OUT_DISTINCT counts distinct public keys, so the same key under
 * two names counts once. After a
 * failure OUT_VERIFIED is undefined. */
enum tov_err tov_note_verify(const struct tov_note *note, struct tov_vkey_list keys,
                             bool *out_verified, size_t *out_distinct) TOV_MUST_CHECK;

/* The same, but a note that none of KEYS signed is TOV_OK with *OUT_DISTINCT 0. */
enum tov_err tov_note_check(const struct tov_note *note, struct tov_vkey_list keys,
                            bool *out_verified, size_t *out_distinct) TOV_MUST_CHECK;

/* Starts a note: checks that TEXT can be one (UTF-8 ending with a newline, no other control
 * characters, not empty) and writes it with the empty line. Signature lines follow. */
enum tov_err tov_note_put_text(struct tov_buf *out, struct tov_bytes text) TOV_MUST_CHECK;
/* Writes one signature line; SIGNATURE is 64 bytes, or 72 for a cosignature. Failures stick in
 * OUT. */
void tov_note_put_signature(struct tov_buf *out, const struct tov_vkey *key,
                            struct tov_bytes signature);
/* Both for a plain Ed25519 key: signs TEXT and writes the line. KEY is not a cosignature key. */
void tov_note_sign(struct tov_buf *out, struct tov_bytes text, const struct tov_vkey *key,
                   const uint8_t secret_key[TOV_ED25519_SECRET_BYTES]);

#endif
