/* SPDX-License-Identifier: EUPL-1.2
 *
 * SipHash-2-4: 64 bits that tell whether bytes at rest have changed by themselves.
 * Not for: anything that somebody may change on purpose (base/hash.h).
 */
#ifndef TOV_BASE_CHECKSUM_H
#define TOV_BASE_CHECKSUM_H

#include "base/bytes.h"

/* Which bytes a sum is of, so that the same bytes elsewhere have another. Not a secret. */
struct tov_checksum_key {
    uint8_t bytes[16];
};
/* The key for things of the kind NAME. */
struct tov_checksum_key tov_checksum_key_of(struct tov_bytes name);
/* The key for the thing NAME among those of KEY. */
struct tov_checksum_key tov_checksum_key_for(const struct tov_checksum_key *key,
                                             struct tov_bytes name);
uint64_t tov_checksum(const struct tov_checksum_key *key, struct tov_bytes bytes);

#endif
