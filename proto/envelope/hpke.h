/* SPDX-License-Identifier: EUPL-1.2
 *
 * HPKE (RFC 9180) with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256 and ChaCha20-Poly1305, in base and
 * PSK mode. A context is set up once with public-key work; sealing and opening with it cost
 * symmetric work only, and name their sequence number, so that they can be done in any order.
 * Not for: proving who sent something (only a ledger does that), nor the authenticated modes.
 * Never seal twice with one sequence number of one context: stanza.h counts for you.
 */
#ifndef TOV_ENVELOPE_HPKE_H
#define TOV_ENVELOPE_HPKE_H

#include "envelope/aead.h"
#include "envelope/x25519.h"

#define TOV_HPKE_PSK_MIN_BYTES 32

struct tov_hpke_pair {
    struct tov_key secret;
    struct tov_x25519_public public_key;
};
/* DeriveKeyPair from SEED: at least 32 bytes of randomness (asserted). Wipe with
 * tov_hpke_pair_wipe. */
void tov_hpke_pair_derive(struct tov_bytes seed, struct tov_hpke_pair *out_pair);
void tov_hpke_pair_wipe(struct tov_hpke_pair *pair);

/* What both sides must say alike. PSK and its id both empty is base mode, both given is PSK mode;
 * one without the other, or a PSK under 32 bytes, is TOV_E_ARGUMENT. Borrowed. */
struct tov_hpke_setup {
    struct tov_bytes info;
    struct tov_bytes psk;
    struct tov_bytes psk_id;
};

/* Wipe with tov_hpke_context_wipe. */
struct tov_hpke_context {
    struct tov_key key;
    uint8_t base_nonce[TOV_CHACHA_NONCE_BYTES];
};
void tov_hpke_context_wipe(struct tov_hpke_context *context);

/* The sender's side: EPHEMERAL, derived from fresh randomness and wiped by the caller after this,
 * gives the context; its public key is `enc`. TOV_E_KEY when RECIPIENT is of small order. */
enum tov_err tov_hpke_send(const struct tov_x25519_public *recipient,
                           const struct tov_hpke_pair *ephemeral,
                           const struct tov_hpke_setup *setup,
                           struct tov_hpke_context *out_context) TOV_MUST_CHECK;
/* The recipient's side: ENC as it was received. TOV_E_KEY when ENC is of small order. */
enum tov_err tov_hpke_receive(const struct tov_x25519_public *enc,
                              const struct tov_hpke_pair *recipient,
                              const struct tov_hpke_setup *setup,
                              struct tov_hpke_context *out_context) TOV_MUST_CHECK;

/* TEXT is the plaintext when sealing and the sealed bytes when opening. Borrowed. */
struct tov_hpke_message {
    uint64_t sequence;
    struct tov_bytes aad;
    struct tov_bytes text;
};
/* OUT has room for 16 bytes more than the text. */
void tov_hpke_seal(const struct tov_hpke_context *context, const struct tov_hpke_message *message,
                   uint8_t *out);
/* OUT has room for 16 bytes less than the text. TOV_E_DECRYPT. */
enum tov_err tov_hpke_open(const struct tov_hpke_context *context,
                           const struct tov_hpke_message *message, uint8_t *out) TOV_MUST_CHECK;

#endif
