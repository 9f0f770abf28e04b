/* SPDX-License-Identifier: EUPL-1.2
 *
 * A reference to one leaf of one agency's ledger: how messages name each other (docs/protocol.md
 * 3). Not for: references inside a payload (wire/payload.h has its record) or showing one to
 * people. Never compare only agency and index: the leaf hash is what makes a reference evidence.
 *
 *   offset size
 *        0    2  agency number, 1..1024
 *        2    4  generation, from 1
 *        6    8  index of the leaf
 *       14   32  leaf hash
 */
#ifndef TOV_WIRE_REF_H
#define TOV_WIRE_REF_H

#include "base/hash.h"

#define TOV_REF_BYTES 46

struct tov_ref {
    uint16_t agency;
    uint32_t generation;
    uint64_t index;
    struct tov_hash leaf;
};

void tov_ref_encode(const struct tov_ref *ref, uint8_t out[TOV_REF_BYTES]);
/* Exactly TOV_REF_BYTES; MALFORMED also for an agency or generation outside its range. */
enum tov_err tov_ref_decode(struct tov_bytes bytes, struct tov_ref *out_ref) TOV_MUST_CHECK;
bool tov_ref_equal(const struct tov_ref *a, const struct tov_ref *b);

#endif
