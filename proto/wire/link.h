/* SPDX-License-Identifier: EUPL-1.2
 *
 * Link blocks: what a message says of its place among the messages to one recipient. Each travels
 * to that recipient only; the leaf carries its salted hash, so a withheld message shows as a gap
 * and nobody learns the traffic between others (docs/protocol.md 3).
 *
 *   generation 4, lost index 8, link number 8 (from 1), hash of the previous leaf on the link 32
 *   (zeros for the first), salt 16; hash = SHA-256("tov/v1 link" || block)
 */
#ifndef TOV_WIRE_LINK_H
#define TOV_WIRE_LINK_H

#include "wire/leaf.h"

#define TOV_LINK_BLOCK_BYTES 68
#define TOV_LINK_SALT_BYTES 16

struct tov_link_block {
    struct tov_series series;
    uint64_t number;
    struct tov_hash previous;
    uint8_t salt[TOV_LINK_SALT_BYTES];
};

void tov_link_encode(const struct tov_link_block *block, uint8_t out[TOV_LINK_BLOCK_BYTES]);
/* Exactly TOV_LINK_BLOCK_BYTES; generation and number from 1. */
enum tov_err tov_link_decode(struct tov_bytes bytes,
                             struct tov_link_block *out_block) TOV_MUST_CHECK;
struct tov_hash tov_link_hash(struct tov_bytes block_bytes);

#endif
