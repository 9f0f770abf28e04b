/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/aead.h"

#include <assert.h>

#include <sodium.h>

static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == TOV_AEAD_TAG_BYTES, "tag");
static_assert(crypto_aead_xchacha20poly1305_ietf_ABYTES == TOV_AEAD_TAG_BYTES, "tag");
static_assert(crypto_aead_chacha20poly1305_ietf_NPUBBYTES == TOV_CHACHA_NONCE_BYTES, "nonce");
static_assert(crypto_aead_xchacha20poly1305_ietf_NPUBBYTES == TOV_XCHACHA_NONCE_BYTES, "nonce");

void tov_chacha_seal(const struct tov_aead *aead, struct tov_bytes plain, uint8_t *out)
{
    (void)crypto_aead_chacha20poly1305_ietf_encrypt(out, NULL, plain.data, plain.size,
                                                    aead->aad.data, aead->aad.size, NULL,
                                                    aead->nonce, aead->key->bytes);
}

void tov_xchacha_seal(const struct tov_aead *aead, struct tov_bytes plain, uint8_t *out)
{
    (void)crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain.data, plain.size,
                                                     aead->aad.data, aead->aad.size, NULL,
                                                     aead->nonce, aead->key->bytes);
}

enum tov_err tov_chacha_open(const struct tov_aead *aead, struct tov_bytes sealed, uint8_t *out)
{
    int result = crypto_aead_chacha20poly1305_ietf_decrypt(
        out, NULL, NULL, sealed.data, sealed.size, aead->aad.data, aead->aad.size, aead->nonce,
        aead->key->bytes);
    return result == 0 ? TOV_OK : TOV_E_DECRYPT;
}

enum tov_err tov_xchacha_open(const struct tov_aead *aead, struct tov_bytes sealed, uint8_t *out)
{
    int result = crypto_aead_xchacha20poly1305_ietf_decrypt(
        out, NULL, NULL, sealed.data, sealed.size, aead->aad.data, aead->aad.size, aead->nonce,
        aead->key->bytes);
    return result == 0 ? TOV_OK : TOV_E_DECRYPT;
}
