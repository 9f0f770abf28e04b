/* SPDX-License-Identifier: EUPL-1.2
 *
 * Why one call checks R as well: libsodium compares R with the encoding of S*B - h*A. B is in the
 * main subgroup, and so is A once it has passed the check; then so is that sum, and an R that
 * equals its encoding is canonical, on the curve and in the main subgroup. The one such point
 * that the rule does not allow is the identity, which is refused by name below. S < L is checked
 * by libsodium.
 */
#include "merkle/ed25519.h"

#include <string.h>

#include <sodium.h>

bool tov_ed25519_key_is_valid(const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES])
{
    return crypto_core_ed25519_is_valid_point(public_key) == 1;
}

enum tov_err tov_ed25519_verify_checked(const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES],
                                        struct tov_bytes message,
                                        const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES])
{
    static const uint8_t identity[32] = {1};
    if (memcmp(signature, identity, sizeof identity) == 0)
        return TOV_E_SIGNATURE;
    int verdict =
        crypto_sign_ed25519_verify_detached(signature, message.data, message.size, public_key);
    return verdict == 0 ? TOV_OK : TOV_E_SIGNATURE;
}

enum tov_err tov_ed25519_verify(const uint8_t public_key[TOV_ED25519_PUBLIC_BYTES],
                                struct tov_bytes message,
                                const uint8_t signature[TOV_ED25519_SIGNATURE_BYTES])
{
    if (!tov_ed25519_key_is_valid(public_key))
        return TOV_E_SIGNATURE;
    return tov_ed25519_verify_checked(public_key, message, signature);
}

void tov_ed25519_sign(const uint8_t secret_key[TOV_ED25519_SECRET_BYTES], struct tov_bytes message,
                      uint8_t out_signature[TOV_ED25519_SIGNATURE_BYTES])
{
    (void)crypto_sign_ed25519_detached(out_signature, NULL, message.data, message.size, secret_key);
}
