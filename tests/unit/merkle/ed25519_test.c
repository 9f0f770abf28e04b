/* SPDX-License-Identifier: EUPL-1.2
 *
 * Signing, and the one signature that the rule refuses by name; odd ones of others are in
 * ed25519_published_test.c.
 */
#include "merkle/ed25519.h"

#include <sodium.h>
#include <string.h>

#include "model.h"
#include "support/unit.h"

static void signing_is_deterministic_and_verifies(void)
{
    struct model_key key = model_key("k", TOV_VKEY_ED25519, 1);
    uint8_t first[64], second[64];
    struct tov_bytes message = tov_bytes_of_text("same words");
    tov_ed25519_sign(key.secret, message, first);
    tov_ed25519_sign(key.secret, message, second);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(first), TOV_BYTES_OF(second));
    UNIT_OK(tov_ed25519_verify(key.vkey.public_key, message, first));
    UNIT_OK(tov_ed25519_verify_checked(key.vkey.public_key, message, first));
    for (size_t bit = 0; bit < 512; bit++) {
        memcpy(second, first, sizeof second);
        second[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        UNIT_NEED(tov_ed25519_verify(key.vkey.public_key, message, second) == TOV_E_SIGNATURE);
    }
}

static void a_signature_with_the_identity_as_r_is_refused(void)
{
    /* With R the identity and S = h * a the equation holds: only the rule stands against it. */
    struct model_key key = model_key("k", TOV_VKEY_ED25519, 1);
    uint8_t expanded[64], wide[64], h[32], signature[64] = {1};
    crypto_hash_sha512(expanded, key.secret, 32);
    expanded[0] &= 248, expanded[31] &= 127, expanded[31] |= 64;
    uint8_t scalar[64] = {0}, reduced[32];
    memcpy(scalar, expanded, 32);
    crypto_core_ed25519_scalar_reduce(reduced, scalar);
    crypto_hash_sha512_state state;
    crypto_hash_sha512_init(&state);
    crypto_hash_sha512_update(&state, signature, 32);
    crypto_hash_sha512_update(&state, key.vkey.public_key, 32);
    crypto_hash_sha512_update(&state, (const uint8_t *)"m", 1);
    crypto_hash_sha512_final(&state, wide);
    crypto_core_ed25519_scalar_reduce(h, wide);
    crypto_core_ed25519_scalar_mul(signature + 32, h, reduced);
    UNIT_EQUAL_INT(tov_ed25519_verify(key.vkey.public_key, tov_bytes_of_text("m"), signature),
                   TOV_E_SIGNATURE);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(signing_is_deterministic_and_verifies),
        UNIT_TEST(a_signature_with_the_identity_as_r_is_refused),
    };
    return unit_run("merkle/ed25519", tests, sizeof tests / sizeof tests[0]);
}
