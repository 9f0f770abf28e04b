/* SPDX-License-Identifier: EUPL-1.2
 *
 * All that a new agency's node needs, in one folder:
 *
 *   keys/   ledger.key journal.key witness.key control.key transport.key front.key storage-root.key
 *   guard/  ledger.state journal.state witness.state: trees of size 0, nothing cosigned
 *   agency.card   public, for the roster maker
 *   front.pub     public, for the agency's own clients
 *
 * Never copy guard/ anywhere: a second guard with an old state is how two histories get signed.
 */
#ifndef TOV_KEYS_AGENCY_H
#define TOV_KEYS_AGENCY_H

#include "keys/newkey.h"

struct agency_order {
    const struct newkey_lock *lock;
    const char *federation;
    const char *agency;
    uint16_t number;
    uint32_t generation;
    const char *dir; /* made when it is not there */
};
enum tov_err agency_make(const struct agency_order *order, struct tov_error *error) TOV_MUST_CHECK;

#endif
