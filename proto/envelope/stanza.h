/* SPDX-License-Identifier: EUPL-1.2
 *
 * A stanza brings the keys of one message to one recipient: HPKE over the header key, or over
 * header key and content key, with `ctx` as associated data.
 *
 *   offset  size  field
 *        0    32  enc: the sender's ephemeral public key, the same for many stanzas
 *       32     8  sequence: big-endian, never twice under one enc
 *       40    48  ciphertext of the header key (right header: 88 bytes in all)
 *       40    80  ciphertext of header key || content key (right all: 120 bytes in all)
 *
 *   HPKE info = "tov/v1 stanza" || suite u8 || u16 length || wrapper's origin
 *               || u16 length || recipient's origin || epoch u32 || mode u8 (0 base, 1 PSK)
 *               || u16 length || PSK id
 *
 * Not for: saying who wrote a message. A stanza proves nothing; the ledger does.
 * Never use keys from a stanza before tov_message_keys_check, nor keep stanzas that were received.
 */
#ifndef TOV_ENVELOPE_STANZA_H
#define TOV_ENVELOPE_STANZA_H

#include "base/limits.h"
#include "envelope/hpke.h"
#include "envelope/keys.h"

#define TOV_STANZA_HEADER_BYTES 88u
#define TOV_STANZA_ALL_BYTES 120u
#define TOV_PSK_ID_MAX_BYTES 255u

/* Between whom, and under which epoch key; borrowed. The wrapper is who seals: the message's
 * sender, or who re-wraps. Origins at most TOV_ORIGIN_MAX_BYTES, psk_id at most
 * TOV_PSK_ID_MAX_BYTES, else TOV_E_LIMIT. Without PSK both psk and psk_id are empty. */
struct tov_stanza_scope {
    uint8_t suite;
    uint32_t epoch;
    struct tov_bytes wrapper_origin;
    struct tov_bytes recipient_origin;
    struct tov_bytes psk;
    struct tov_bytes psk_id;
};

#define TOV_STANZA_INFO_MAX_BYTES \
    (13u + 1u + 3u * 2u + 2u * TOV_ORIGIN_MAX_BYTES + 4u + 1u + TOV_PSK_ID_MAX_BYTES)
struct tov_stanza_info {
    uint8_t bytes[TOV_STANZA_INFO_MAX_BYTES];
    size_t size;
};
enum tov_err tov_stanza_info_build(const struct tov_stanza_scope *scope,
                                   struct tov_stanza_info *out_info) TOV_MUST_CHECK;

/* Of which message, and how much: ALL when the leaf gives this recipient the right to all. */
struct tov_stanza_subject {
    const struct tov_hash *ctx;
    bool all;
};

struct tov_stanza {
    uint8_t bytes[TOV_STANZA_ALL_BYTES];
    size_t size;
};
struct tov_bytes tov_stanza_view(const struct tov_stanza *stanza);

/* One sender and one recipient epoch. In memory only, renewed at least hourly; end it with
 * tov_stanza_sender_wipe. */
struct tov_stanza_sender {
    struct tov_hpke_context context;
    struct tov_x25519_public enc;
    uint64_t next_sequence;
};
/* EPHEMERAL_SEED: 32 fresh random bytes, which the caller wipes after this. TOV_E_KEY for a
 * recipient key of small order, TOV_E_LIMIT, TOV_E_ARGUMENT (PSK). */
enum tov_err tov_stanza_sender_init(struct tov_stanza_sender *sender,
                                    const struct tov_stanza_scope *scope,
                                    const struct tov_x25519_public *recipient,
                                    const struct tov_key *ephemeral_seed) TOV_MUST_CHECK;
void tov_stanza_sender_wipe(struct tov_stanza_sender *sender);
/* TOV_E_ARGUMENT when all is to be given and the content key is not held; TOV_E_LIMIT when the
 * sequence numbers are used up. */
enum tov_err tov_stanza_seal(struct tov_stanza_sender *sender,
                             const struct tov_stanza_subject *subject,
                             const struct tov_message_keys *keys,
                             struct tov_stanza *out_stanza) TOV_MUST_CHECK;

/* Contexts of the encs seen last, so that many stanzas cost one X25519. A slot is found by enc and
 * the whole scope and PSK, and filled only by a stanza that opened. Zeros are an empty cache; end
 * it with tov_stanza_cache_wipe, also when an epoch key is destroyed: a context opens what the
 * epoch key opened. */
#define TOV_STANZA_CACHE_SLOTS 64
struct tov_stanza_cache_slot {
    struct tov_hash key;
    uint64_t used; /* 0 is an empty slot */
    uint32_t epoch;
    struct tov_hpke_context context;
};
struct tov_stanza_cache {
    uint64_t clock;      /* counts uses: the smallest `used` is the oldest */
    uint64_t agreements; /* X25519 done, for the operator's numbers and the tests */
    struct tov_stanza_cache_slot slots[TOV_STANZA_CACHE_SLOTS];
};
void tov_stanza_cache_wipe(struct tov_stanza_cache *cache);
/* Forgets the contexts of one epoch: part of destroying its key. */
void tov_stanza_cache_forget_epoch(struct tov_stanza_cache *cache, uint32_t epoch);

/* Borrowed; CACHE may be NULL. */
struct tov_stanza_receiver {
    const struct tov_stanza_scope *scope;
    const struct tov_hpke_pair *epoch_pair;
    struct tov_stanza_cache *cache;
};
/* *OUT_KEYS are the keys, wiped by the caller. TOV_E_MALFORMED when the size does not fit the
 * right; TOV_E_DECRYPT for everything that cannot be opened, whatever the reason. */
enum tov_err tov_stanza_open(const struct tov_stanza_receiver *receiver,
                             const struct tov_stanza_subject *subject, struct tov_bytes stanza,
                             struct tov_message_keys *out_keys) TOV_MUST_CHECK;

#endif
