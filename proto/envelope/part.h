/* SPDX-License-Identifier: EUPL-1.2
 *
 * A part of a message between data and sealed bytes: data -> padded (pad.h) -> STREAM (stream.h)
 * -> sealed bytes, and their root: the RFC 6962 tree over chunks of 131,104 sealed bytes ("pull
 * chunks", two STREAM chunks each; the last one shorter). The leaf says sealed size and root.
 * Small parts are done at once, attachments piece by piece without being held in memory.
 * Not for: keys (keys.h), files, or proofs of single chunks (part_tree.h).
 * Never show data to anybody before the opener's finish has said TOV_OK: a file may be cut short.
 */
#ifndef TOV_ENVELOPE_PART_H
#define TOV_ENVELOPE_PART_H

#include "base/hash.h"
#include "base/limits.h"
#include "base/secret.h"

#define TOV_PART_SEALED_MAX_BYTES 2215133184ull /* that of TOV_ATTACHMENT_MAX_BYTES of data */
#define TOV_PART_CHUNKS_MAX 16896u

/* What the leaf says of a part. */
struct tov_part_claim {
    uint64_t sealed_size;
    struct tov_hash root;
};

/* DATA_SIZE at most TOV_ATTACHMENT_MAX_BYTES (asserted). */
uint64_t tov_part_sealed_size(uint64_t data_size);
/* Whether some data has that sealed size. Ask before believing a leaf. */
bool tov_part_is_sealed_size(uint64_t sealed_size);
/* Pull chunks of a part, and the size of one; 0 for an index past the end. SEALED_SIZE must be
 * possible (asserted). */
uint32_t tov_part_chunk_count(uint64_t sealed_size);
uint32_t tov_part_chunk_size(uint64_t sealed_size, uint32_t index);

/* Appends the sealed bytes to OUT_SEALED and says the claim for the leaf. */
enum tov_err tov_part_seal(const struct tov_key *part_key, struct tov_bytes data,
                           struct tov_buf *out_sealed,
                           struct tov_part_claim *out_claim) TOV_MUST_CHECK;
/* Whether SEALED is what the leaf says; needs no key. TOV_E_MALFORMED (size) or TOV_E_PROOF. */
enum tov_err tov_part_check(const struct tov_part_claim *claim,
                            struct tov_bytes sealed) TOV_MUST_CHECK;
/* Checks size and root, decrypts, checks the padding, and appends the data to OUT_DATA; on failure
 * OUT_DATA is as before. TOV_E_MALFORMED, TOV_E_PROOF, TOV_E_DECRYPT. */
enum tov_err tov_part_open(const struct tov_key *part_key, const struct tov_part_claim *claim,
                           struct tov_bytes sealed, struct tov_buf *out_data) TOV_MUST_CHECK;

/* Where pieces go. Anything but TOV_OK ends the work and is returned to the caller. */
struct tov_part_sink {
    enum tov_err (*take)(void *user, struct tov_bytes bytes);
    void *user;
};

/* Seals DATA_SIZE bytes that come in pieces of any size. The sink gets whole pull chunks in order.
 * Memory: one pull chunk, and 32 bytes for each pull chunk. TOV_E_LIMIT over
 * TOV_ATTACHMENT_MAX_BYTES. */
struct tov_part_sealer;
enum tov_err tov_part_sealer_create(const struct tov_key *part_key, uint64_t data_size,
                                    const struct tov_part_sink *sink,
                                    struct tov_part_sealer **out_sealer) TOV_MUST_CHECK;
void tov_part_sealer_destroy(struct tov_part_sealer *sealer); /* NULL is fine; wipes */
TOV_DEFINE_CLEANUP(tov_part_sealer, struct tov_part_sealer, tov_part_sealer_destroy)
/* TOV_E_ARGUMENT when more comes than was said, or after a failure. */
enum tov_err tov_part_sealer_write(struct tov_part_sealer *sealer,
                                   struct tov_bytes data) TOV_MUST_CHECK;
/* After the last piece. TOV_E_ARGUMENT when less came than was said. */
enum tov_err tov_part_sealer_finish(struct tov_part_sealer *sealer,
                                    struct tov_part_claim *out_claim) TOV_MUST_CHECK;
/* The leaf hash of each pull chunk so far; borrowed. All of them after finish. */
const struct tov_hash *tov_part_sealer_hashes(const struct tov_part_sealer *sealer,
                                              uint32_t *out_count);

/* Opens pull chunks that come in order; the sink gets the data (never the padding) in pieces. */
struct tov_part_opener;
/* TOV_E_MALFORMED when no part has the claimed size. */
enum tov_err tov_part_opener_create(const struct tov_key *part_key,
                                    const struct tov_part_claim *claim,
                                    const struct tov_part_sink *sink,
                                    struct tov_part_opener **out_opener) TOV_MUST_CHECK;
void tov_part_opener_destroy(struct tov_part_opener *opener); /* NULL is fine; wipes */
TOV_DEFINE_CLEANUP(tov_part_opener, struct tov_part_opener, tov_part_opener_destroy)
/* The next pull chunk, whole. TOV_E_MALFORMED (size, padding), TOV_E_DECRYPT. */
enum tov_err tov_part_opener_take(struct tov_part_opener *opener,
                                  struct tov_bytes chunk) TOV_MUST_CHECK;
/* TOV_OK only when all chunks came and their root is the claimed one. TOV_E_MALFORMED when some
 * are missing, TOV_E_PROOF. */
enum tov_err tov_part_opener_finish(struct tov_part_opener *opener) TOV_MUST_CHECK;
uint64_t tov_part_opener_data_size(const struct tov_part_opener *opener); /* after the first take */

/* The leaf hash of a pull chunk, and the root over all of them (COUNT at least 1, asserted). */
struct tov_hash tov_part_chunk_hash(struct tov_bytes chunk);
struct tov_hash tov_part_root(const struct tov_hash *chunk_hashes, uint32_t count);

#endif
