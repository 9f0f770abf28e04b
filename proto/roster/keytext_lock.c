/* SPDX-License-Identifier: EUPL-1.2 */
#include "roster/keytext_lock.h"

#include <assert.h>
#include <string.h>

#include <sodium.h>

static_assert(TOV_KEYTEXT_SALT_BYTES == crypto_pwhash_argon2id_SALTBYTES, "salt");
static_assert(TOV_KEYTEXT_NONCE_BYTES == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, "nonce");
static_assert(TOV_KEYTEXT_SEALED_BYTES == 32 + crypto_aead_xchacha20poly1305_ietf_ABYTES, "sealed");

static enum tov_err stretch(const struct tov_keytext_lock *lock, struct tov_bytes passphrase,
                            struct tov_key *out)
{
    if (passphrase.size == 0)
        return TOV_E_KEY;
    int failed = crypto_pwhash_argon2id(
        out->bytes, sizeof out->bytes, (const char *)passphrase.data, passphrase.size, lock->salt,
        lock->passes, (size_t)lock->memory_kib * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13);
    return failed != 0 ? TOV_E_NOMEM : TOV_OK;
}

enum tov_err tov_keytext_unlock(const struct tov_keytext *keytext, struct tov_bytes passphrase,
                                struct tov_key *out_secret, struct tov_error *error)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    TOV_CLEANUP(tov_key_wipe) struct tov_key secret;
    enum tov_err err = stretch(&keytext->lock, passphrase, &key);
    if (err == TOV_E_KEY)
        return tov_fail(error, err, "the key is under a passphrase; say where it comes from");
    if (err != TOV_OK)
        return tov_fail(error, err, "no %u KiB of memory to open the key; free some",
                        keytext->lock.memory_kib);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            secret.bytes, NULL, NULL, keytext->body, sizeof keytext->body, keytext->bound.bytes,
            sizeof keytext->bound.bytes, keytext->lock.nonce, key.bytes) != 0)
        return tov_fail(error, TOV_E_DECRYPT,
                        "wrong passphrase, or the file was changed; try again or restore the file");
    *out_secret = secret;
    return TOV_OK;
}

enum tov_err tov_keytext_seal_body(struct tov_keytext *keytext, struct tov_bytes passphrase,
                                   const struct tov_key *secret)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    TOV_TRY(stretch(&keytext->lock, passphrase, &key));
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(
        keytext->body, NULL, secret->bytes, sizeof secret->bytes, keytext->bound.bytes,
        sizeof keytext->bound.bytes, NULL, keytext->lock.nonce, key.bytes);
    return TOV_OK;
}

static enum tov_err derive_ed25519(const struct tov_key *secret, uint8_t out_public[32])
{
    uint8_t expanded[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(out_public, expanded, secret->bytes);
    tov_wipe(expanded, sizeof expanded);
    return TOV_OK;
}

static enum tov_err derive_identifier(const struct tov_key *secret, uint8_t out_public[32])
{
    struct tov_sha256 sha;
    struct tov_hash hash;
    static const char label[] = "tov/v1 storage root";
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, label, sizeof label - 1);
    tov_sha256_update(&sha, secret->bytes, sizeof secret->bytes);
    tov_sha256_final(&sha, &hash);
    memcpy(out_public, hash.bytes, sizeof hash.bytes);
    tov_wipe(&sha, sizeof sha);
    return TOV_OK;
}

enum tov_err tov_key_public(enum tov_key_purpose purpose, const struct tov_key *secret,
                            uint8_t out_public[32])
{
    switch (purpose) {
    case TOV_KEY_ROOT:
    case TOV_KEY_LEDGER:
    case TOV_KEY_JOURNAL:
    case TOV_KEY_WITNESS:
    case TOV_KEY_CONTROL:
        return derive_ed25519(secret, out_public);
    case TOV_KEY_TRANSPORT:
    case TOV_KEY_CLIENT:
    case TOV_KEY_FRONT:
        return crypto_scalarmult_base(out_public, secret->bytes) == 0 ? TOV_OK : TOV_E_KEY;
    case TOV_KEY_STORAGE_ROOT:
        return derive_identifier(secret, out_public);
    }
    return TOV_E_KEY;
}
