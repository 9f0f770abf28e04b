/* SPDX-License-Identifier: EUPL-1.2
 *
 * The two keys of a message and what follows from them: `ctx`, the commitments in the leaf, and
 * the key of each part (docs/protocol.md 4).
 *   ctx        = SHA-256("tov/v1 envelope" || u16 origin length || origin || envelope)
 *   commitment = HKDF-Expand(key, "tov/v1 commit" || ctx, 32)
 *   part key   = HKDF-Expand(header key for part 0, else content key,
 *                            "tov/v1 part" || salt || u8 part number, 32)
 * Not for: bringing keys to anybody (stanza.h) or keeping them (wrap.h).
 * Never decrypt with keys before tov_message_keys_check has accepted them: an AEAD alone does not
 * fix what a ciphertext says.
 */
#ifndef TOV_ENVELOPE_KEYS_H
#define TOV_ENVELOPE_KEYS_H

#include "base/hash.h"
#include "base/secret.h"

#define TOV_PART_SALT_BYTES 32 /* the salt in the message leaf */

/* Without the content key, `content` is zeros and opens nothing. Declare locals as
 * `TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys;`. */
struct tov_message_keys {
    struct tov_key header;
    struct tov_key content;
    bool has_content;
};
void tov_message_keys_wipe(struct tov_message_keys *keys);

/* ORIGIN is the ledger that holds the message leaf (at most TOV_ORIGIN_MAX_BYTES, asserted);
 * ENVELOPE are the leaf's own bytes from the suite through the recipient table. */
struct tov_hash tov_message_ctx(struct tov_bytes origin, struct tov_bytes envelope);

struct tov_hash tov_key_commitment(const struct tov_key *key, const struct tov_hash *ctx);
struct tov_commitments {
    struct tov_hash header;
    struct tov_hash content;
};
/* KEYS must have both (asserted). */
void tov_message_commit(const struct tov_message_keys *keys, const struct tov_hash *ctx,
                        struct tov_commitments *out_commitments);
/* TOV_E_COMMITMENT when a key held is not the one that the leaf fixed; constant-time. The content
 * commitment is looked at only when the content key is held. */
enum tov_err tov_message_keys_check(const struct tov_message_keys *keys, const struct tov_hash *ctx,
                                    const struct tov_commitments *commitments) TOV_MUST_CHECK;

/* TOV_E_DENIED when PART is not 0 and the content key is not held. */
enum tov_err tov_part_key(const struct tov_message_keys *keys,
                          const uint8_t salt[TOV_PART_SALT_BYTES], uint8_t part,
                          struct tov_key *out_key) TOV_MUST_CHECK;

#endif
