/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/x25519.h"

#include <sodium.h>

void tov_x25519_public_of(const struct tov_key *secret, struct tov_x25519_public *out_public)
{
    /* It fails for no 32 bytes: the base point has large order. */
    (void)crypto_scalarmult_curve25519_base(out_public->bytes, secret->bytes);
}

bool tov_x25519_public_is_valid(const struct tov_x25519_public *public_key)
{
    /* A clamped scalar is a multiple of 8: with each of them a key of small order gives zeros, and
     * with none of them another key does. */
    static const struct tov_key any = {{1}};
    TOV_CLEANUP(tov_key_wipe) struct tov_key shared;
    return tov_x25519_agree(&any, public_key, &shared) == TOV_OK;
}

enum tov_err tov_x25519_agree(const struct tov_key *secret, const struct tov_x25519_public *other,
                              struct tov_key *out_shared)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key shared;
    if (crypto_scalarmult_curve25519(shared.bytes, secret->bytes, other->bytes) != 0)
        return TOV_E_KEY;
    /* libsodium refuses small orders itself; the check is kept where the RFC asks for it. */
    if (sodium_is_zero(shared.bytes, sizeof shared.bytes))
        return TOV_E_KEY;
    *out_shared = shared;
    return TOV_OK;
}
