/* SPDX-License-Identifier: EUPL-1.2
 *
 * STREAM as age uses it: the plaintext is cut into chunks of 64 KiB, each sealed with
 * ChaCha20-Poly1305, nonce = 11-byte big-endian counter || 1 for the last chunk, else 0; no
 * associated data. So a chunk cannot be moved, dropped or added without notice. The last chunk may
 * be short; it is empty only when there is nothing else.
 * Not for: more than one stream with one key.
 * Never treat what the chunks so far gave as the whole before the last one has opened as last.
 */
#ifndef TOV_ENVELOPE_STREAM_H
#define TOV_ENVELOPE_STREAM_H

#include "base/limits.h"
#include "base/secret.h"

#define TOV_STREAM_SEALED_CHUNK_BYTES (TOV_STREAM_CHUNK_BYTES + TOV_STREAM_TAG_BYTES)

uint64_t tov_stream_sealed_size(uint64_t plain_size);
/* TOV_E_MALFORMED when no plaintext has that sealed size. */
enum tov_err tov_stream_plain_size(uint64_t sealed_size, uint64_t *out_plain_size) TOV_MUST_CHECK;

/* One chunk; TEXT is plain when sealing, sealed when opening. Borrowed. */
struct tov_stream_chunk {
    uint64_t index;
    bool is_last;
    struct tov_bytes text;
};
/* OUT has room for 16 bytes more than the text, or is the text itself. A chunk that is not the
 * last has 65,536 bytes (asserted). */
void tov_stream_seal_chunk(const struct tov_key *key, const struct tov_stream_chunk *chunk,
                           uint8_t *out);
/* OUT has room for 16 bytes less than the text, or is the text itself. TOV_E_DECRYPT for a chunk
 * that is not this one, of a size that it cannot have, or changed. */
enum tov_err tov_stream_open_chunk(const struct tov_key *key, const struct tov_stream_chunk *chunk,
                                   uint8_t *out) TOV_MUST_CHECK;

/* The whole at once, appended to OUT; for small plaintexts. */
enum tov_err tov_stream_seal(const struct tov_key *key, struct tov_bytes plain,
                             struct tov_buf *out) TOV_MUST_CHECK;
/* On failure OUT is as before, and what had been opened is wiped. */
enum tov_err tov_stream_open(const struct tov_key *key, struct tov_bytes sealed,
                             struct tov_buf *out) TOV_MUST_CHECK;

#endif
