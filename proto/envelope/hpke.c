/* SPDX-License-Identifier: EUPL-1.2
 *
 * Names are those of RFC 9180: LabeledExtract and LabeledExpand of section 4, DHKEM of 4.1,
 * KeySchedule of 5.1. The suite is fixed, so its ids are constants.
 */
#include "envelope/hpke.h"

#include "base/hash.h"

#include <assert.h>
#include <string.h>

#define MODE_BASE 0
#define MODE_PSK 1

static const char version_label[] = "HPKE-v1";
static const uint8_t kem_suite[] = {'K', 'E', 'M', 0x00, 0x20};
static const uint8_t hpke_suite[] = {'H', 'P', 'K', 'E', 0x00, 0x20, 0x00, 0x01, 0x00, 0x03};

/* mode || psk_id_hash || info_hash */
#define SCHEDULE_BYTES (1 + 2 * TOV_HASH_BYTES)
#define KEM_CONTEXT_BYTES (2 * TOV_X25519_BYTES)

struct labelled {
    struct tov_bytes suite;
    const char *label;
    struct tov_bytes input; /* the input key, or the info */
};

static void hash_wipe(struct tov_hash *hash)
{
    tov_wipe(hash, sizeof *hash);
}

static void labelled_extract(struct tov_bytes salt, const struct labelled *from,
                             struct tov_hash *out)
{
    struct tov_hmac hmac;
    tov_hmac_init(&hmac, salt);
    tov_hmac_update(&hmac, version_label, sizeof version_label - 1);
    tov_hmac_update(&hmac, from->suite.data, from->suite.size);
    tov_hmac_update(&hmac, from->label, strlen(from->label));
    tov_hmac_update(&hmac, from->input.data, from->input.size);
    tov_hmac_final(&hmac, out);
}

static size_t append(uint8_t *to, size_t at, struct tov_bytes bytes)
{
    if (bytes.size > 0)
        memcpy(to + at, bytes.data, bytes.size);
    return at + bytes.size;
}

/* Only fixed-size inputs of ours come here, so the buffer is large enough. */
static void labelled_expand(const struct tov_hash *key, const struct labelled *from, uint8_t *out,
                            size_t size)
{
    uint8_t info[2 + sizeof version_label + sizeof hpke_suite + 16 + SCHEDULE_BYTES];
    struct tov_bytes label = tov_bytes_of_text(from->label);
    assert(2 + sizeof version_label + from->suite.size + label.size + from->input.size <=
           sizeof info);
    tov_put_be16(info, (uint16_t)size);
    size_t at = append(info, 2, tov_bytes_of_text(version_label));
    at = append(info, at, from->suite);
    at = append(info, at, label);
    at = append(info, at, from->input);
    tov_hkdf_expand(key, (struct tov_bytes){info, at}, out, size);
}

void tov_hpke_pair_derive(struct tov_bytes seed, struct tov_hpke_pair *out_pair)
{
    assert(seed.size >= sizeof out_pair->secret.bytes);
    struct labelled extract = {TOV_BYTES_OF(kem_suite), "dkp_prk", seed};
    struct labelled expand = {TOV_BYTES_OF(kem_suite), "sk", {NULL, 0}};
    TOV_CLEANUP(hash_wipe) struct tov_hash prk;
    labelled_extract((struct tov_bytes){NULL, 0}, &extract, &prk);
    labelled_expand(&prk, &expand, out_pair->secret.bytes, sizeof out_pair->secret.bytes);
    tov_x25519_public_of(&out_pair->secret, &out_pair->public_key);
}

void tov_hpke_pair_wipe(struct tov_hpke_pair *pair)
{
    tov_wipe(pair, sizeof *pair);
}

void tov_hpke_context_wipe(struct tov_hpke_context *context)
{
    tov_wipe(context, sizeof *context);
}

/* ExtractAndExpand of DHKEM. */
static void kem_secret(const struct tov_key *shared, const struct tov_x25519_public *enc,
                       const struct tov_x25519_public *recipient, struct tov_hash *out)
{
    uint8_t kem_context[KEM_CONTEXT_BYTES];
    memcpy(kem_context, enc->bytes, sizeof enc->bytes);
    memcpy(kem_context + sizeof enc->bytes, recipient->bytes, sizeof recipient->bytes);
    struct labelled extract = {TOV_BYTES_OF(kem_suite), "eae_prk", TOV_BYTES_OF(shared->bytes)};
    struct labelled expand = {TOV_BYTES_OF(kem_suite), "shared_secret", TOV_BYTES_OF(kem_context)};
    TOV_CLEANUP(hash_wipe) struct tov_hash prk;
    labelled_extract((struct tov_bytes){NULL, 0}, &extract, &prk);
    labelled_expand(&prk, &expand, out->bytes, sizeof out->bytes);
}

static void schedule_context(const struct tov_hpke_setup *setup, uint8_t out[SCHEDULE_BYTES])
{
    struct labelled id = {TOV_BYTES_OF(hpke_suite), "psk_id_hash", setup->psk_id};
    struct labelled info = {TOV_BYTES_OF(hpke_suite), "info_hash", setup->info};
    struct tov_hash hash;
    out[0] = setup->psk.size > 0 ? MODE_PSK : MODE_BASE;
    labelled_extract((struct tov_bytes){NULL, 0}, &id, &hash);
    memcpy(out + 1, hash.bytes, sizeof hash.bytes);
    labelled_extract((struct tov_bytes){NULL, 0}, &info, &hash);
    memcpy(out + 1 + sizeof hash.bytes, hash.bytes, sizeof hash.bytes);
}

/* KeySchedule, without the exporter secret. */
static void key_schedule(const struct tov_hash *shared_secret, const struct tov_hpke_setup *setup,
                         struct tov_hpke_context *out)
{
    uint8_t schedule[SCHEDULE_BYTES];
    schedule_context(setup, schedule);
    struct labelled extract = {TOV_BYTES_OF(hpke_suite), "secret", setup->psk};
    struct labelled key = {TOV_BYTES_OF(hpke_suite), "key", TOV_BYTES_OF(schedule)};
    struct labelled nonce = {TOV_BYTES_OF(hpke_suite), "base_nonce", TOV_BYTES_OF(schedule)};
    TOV_CLEANUP(hash_wipe) struct tov_hash secret;
    labelled_extract(TOV_BYTES_OF(shared_secret->bytes), &extract, &secret);
    labelled_expand(&secret, &key, out->key.bytes, sizeof out->key.bytes);
    labelled_expand(&secret, &nonce, out->base_nonce, sizeof out->base_nonce);
}

/* VerifyPSKInputs, and the least length that section 9.5 asks for. */
static enum tov_err check_psk(const struct tov_hpke_setup *setup)
{
    if ((setup->psk.size == 0) != (setup->psk_id.size == 0))
        return TOV_E_ARGUMENT;
    if (setup->psk.size > 0 && setup->psk.size < TOV_HPKE_PSK_MIN_BYTES)
        return TOV_E_ARGUMENT;
    return TOV_OK;
}

enum tov_err tov_hpke_send(const struct tov_x25519_public *recipient,
                           const struct tov_hpke_pair *ephemeral,
                           const struct tov_hpke_setup *setup, struct tov_hpke_context *out_context)
{
    TOV_TRY(check_psk(setup));
    TOV_CLEANUP(tov_key_wipe) struct tov_key shared;
    TOV_TRY(tov_x25519_agree(&ephemeral->secret, recipient, &shared));
    TOV_CLEANUP(hash_wipe) struct tov_hash secret;
    kem_secret(&shared, &ephemeral->public_key, recipient, &secret);
    key_schedule(&secret, setup, out_context);
    return TOV_OK;
}

enum tov_err tov_hpke_receive(const struct tov_x25519_public *enc,
                              const struct tov_hpke_pair *recipient,
                              const struct tov_hpke_setup *setup,
                              struct tov_hpke_context *out_context)
{
    TOV_TRY(check_psk(setup));
    TOV_CLEANUP(tov_key_wipe) struct tov_key shared;
    TOV_TRY(tov_x25519_agree(&recipient->secret, enc, &shared));
    TOV_CLEANUP(hash_wipe) struct tov_hash secret;
    kem_secret(&shared, enc, &recipient->public_key, &secret);
    key_schedule(&secret, setup, out_context);
    return TOV_OK;
}

/* ComputeNonce: the base nonce xor the sequence number, big-endian and as long. */
static void sequence_nonce(const struct tov_hpke_context *context, uint64_t sequence,
                           uint8_t out[TOV_CHACHA_NONCE_BYTES])
{
    uint8_t number[8];
    tov_put_be64(number, sequence);
    memcpy(out, context->base_nonce, TOV_CHACHA_NONCE_BYTES);
    for (size_t i = 0; i < sizeof number; i++)
        out[TOV_CHACHA_NONCE_BYTES - sizeof number + i] ^= number[i];
}

void tov_hpke_seal(const struct tov_hpke_context *context, const struct tov_hpke_message *message,
                   uint8_t *out)
{
    uint8_t nonce[TOV_CHACHA_NONCE_BYTES];
    sequence_nonce(context, message->sequence, nonce);
    struct tov_aead aead = {.key = &context->key, .nonce = nonce, .aad = message->aad};
    tov_chacha_seal(&aead, message->text, out);
}

enum tov_err tov_hpke_open(const struct tov_hpke_context *context,
                           const struct tov_hpke_message *message, uint8_t *out)
{
    uint8_t nonce[TOV_CHACHA_NONCE_BYTES];
    sequence_nonce(context, message->sequence, nonce);
    struct tov_aead aead = {.key = &context->key, .nonce = nonce, .aad = message->aad};
    return tov_chacha_open(&aead, message->text, out);
}
