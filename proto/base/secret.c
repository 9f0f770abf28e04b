/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/secret.h"

#include <sodium.h>

struct tov_secret {
    size_t size;
    uint8_t *data; /* of sodium_malloc */
};

void tov_key_wipe(struct tov_key *key)
{
    sodium_memzero(key, sizeof *key);
}

void tov_wipe(void *data, size_t size)
{
    if (size > 0)
        sodium_memzero(data, size);
}

enum tov_err tov_secret_create(size_t size, struct tov_secret **out_secret)
{
    if (sodium_init() < 0) /* done once; without it sodium_malloc ends the process */
        return TOV_E_INTERNAL;
    struct tov_secret *secret = calloc(1, sizeof *secret);
    if (secret == NULL)
        return TOV_E_NOMEM;
    secret->size = size;
    secret->data = sodium_malloc(size);
    if (secret->data == NULL) {
        free(secret);
        return TOV_E_NOMEM;
    }
    sodium_memzero(secret->data, size);
    *out_secret = secret;
    return TOV_OK;
}

void tov_secret_destroy(struct tov_secret *secret)
{
    if (secret == NULL)
        return;
    sodium_free(secret->data);
    free(secret);
}

uint8_t *tov_secret_data(struct tov_secret *secret)
{
    return secret->data;
}

struct tov_bytes tov_secret_view(const struct tov_secret *secret)
{
    return (struct tov_bytes){secret->data, secret->size};
}
