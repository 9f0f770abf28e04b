/* SPDX-License-Identifier: EUPL-1.2
 *
 * The hashes of RFC 6962 (RFC 9162 section 2.1): leaves, inner nodes, the root of a list of leaves.
 * Not for: trees that grow (merkle/range.h) or proofs (merkle/proof.h).
 * Never take a leaf hash from a message: hash the leaf's bytes, or an inner node passes for a leaf.
 */
#ifndef TOV_MERKLE_TREE_H
#define TOV_MERKLE_TREE_H

#include "base/hash.h"

/* SHA-256(0x00 || leaf). */
struct tov_hash tov_merkle_leaf_hash(struct tov_bytes leaf);
/* SHA-256(0x01 || left || right). */
struct tov_hash tov_merkle_node_hash(const struct tov_hash *left, const struct tov_hash *right);
/* The root of a tree without leaves: SHA-256 of nothing. */
struct tov_hash tov_merkle_empty_root(void);
/* The root over COUNT leaf hashes; LEAVES may be NULL when COUNT is 0. */
struct tov_hash tov_merkle_root(const struct tov_hash *leaves, size_t count);

#endif
