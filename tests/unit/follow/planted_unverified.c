/* SPDX-License-Identifier: EUPL-1.2
 *
 * A planted bug: every signature is taken for good. Linked in the place of the product's functions
 * into the tests of a gateway that is taken over, which must fail then.
 */
#include "merkle/ed25519.h"

enum tov_err __wrap_tov_ed25519_verify(const uint8_t *public_key, struct tov_bytes message,
                                       const uint8_t *signature);
enum tov_err __wrap_tov_ed25519_verify_checked(const uint8_t *public_key, struct tov_bytes message,
                                               const uint8_t *signature);

enum tov_err __wrap_tov_ed25519_verify(const uint8_t *public_key, struct tov_bytes message,
                                       const uint8_t *signature)
{
    (void)public_key;
    (void)message;
    (void)signature;
    return TOV_OK;
}

enum tov_err __wrap_tov_ed25519_verify_checked(const uint8_t *public_key, struct tov_bytes message,
                                               const uint8_t *signature)
{
    return __wrap_tov_ed25519_verify(public_key, message, signature);
}
