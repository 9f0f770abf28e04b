/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/wrap.h"

#include <assert.h>
#include <string.h>

static_assert(TOV_WRAPPED_KEY_BYTES ==
                  TOV_WRAP_NONCE_BYTES + sizeof(struct tov_key) + TOV_AEAD_TAG_BYTES,
              "nonce, key and tag");

static void wrap(const struct tov_aead *aead, const struct tov_key *key,
                 struct tov_wrapped_key *out)
{
    memcpy(out->bytes, aead->nonce, TOV_WRAP_NONCE_BYTES);
    tov_xchacha_seal(aead, TOV_BYTES_OF(key->bytes), out->bytes + TOV_WRAP_NONCE_BYTES);
}

/* AEAD comes without its nonce, which stands in WRAPPED. */
static enum tov_err unwrap(struct tov_aead aead, const struct tov_wrapped_key *wrapped,
                           struct tov_key *out_key)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    struct tov_bytes sealed = {wrapped->bytes + TOV_WRAP_NONCE_BYTES,
                               sizeof wrapped->bytes - TOV_WRAP_NONCE_BYTES};
    aead.nonce = wrapped->bytes;
    TOV_TRY(tov_xchacha_open(&aead, sealed, key.bytes));
    *out_key = key;
    return TOV_OK;
}

struct data_key_aad {
    uint8_t bytes[TOV_HASH_BYTES + 1];
};

static struct data_key_aad aad_of(const struct tov_data_key_place *place)
{
    struct data_key_aad aad;
    memcpy(aad.bytes, place->leaf->bytes, sizeof place->leaf->bytes);
    aad.bytes[sizeof aad.bytes - 1] = (uint8_t)place->which;
    return aad;
}

void tov_data_key_wrap(const struct tov_data_key_place *place, const struct tov_key *key,
                       const uint8_t nonce[TOV_WRAP_NONCE_BYTES], struct tov_wrapped_key *out)
{
    struct data_key_aad aad = aad_of(place);
    struct tov_aead aead = {place->bucket_key, nonce, TOV_BYTES_OF(aad.bytes)};
    wrap(&aead, key, out);
}

enum tov_err tov_data_key_unwrap(const struct tov_data_key_place *place,
                                 const struct tov_wrapped_key *wrapped, struct tov_key *out_key)
{
    struct data_key_aad aad = aad_of(place);
    struct tov_aead aead = {.key = place->bucket_key, .aad = TOV_BYTES_OF(aad.bytes)};
    return unwrap(aead, wrapped, out_key);
}

void tov_bucket_key_wrap(const struct tov_bucket_key_place *place, const struct tov_key *key,
                         const uint8_t nonce[TOV_WRAP_NONCE_BYTES], struct tov_wrapped_key *out)
{
    struct tov_aead aead = {place->root_key, nonce, place->bucket_id};
    wrap(&aead, key, out);
}

enum tov_err tov_bucket_key_unwrap(const struct tov_bucket_key_place *place,
                                   const struct tov_wrapped_key *wrapped, struct tov_key *out_key)
{
    struct tov_aead aead = {.key = place->root_key, .aad = place->bucket_id};
    return unwrap(aead, wrapped, out_key);
}
