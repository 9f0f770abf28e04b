/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inclusion and consistency proofs of RFC 6962 trees: made from stored nodes, also from a sparse
 * mirror, and verified as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say; and the same for subtrees
 * (draft-ietf-plants-merkle-tree-certs).
 * Not for: signatures over roots (merkle/checkpoint.h).
 * Never verify against a root that came with the proof and that nobody signed.
 */
#ifndef TOV_MERKLE_PROOF_H
#define TOV_MERKLE_PROOF_H

#include "base/hash.h"
#include "base/limits.h"

/* Leaf side first. */
struct tov_proof {
    size_t count;
    struct tov_hash hashes[TOV_PROOF_MAX_HASHES];
};

/* Where a proof maker finds hashes of complete subtrees. `node` gives TOV_E_NOT_FOUND for one that
 * is not stored as such (the maker then asks for its two children, down to level 0); any other
 * failure ends the making and is returned. */
struct tov_node_source {
    void *ctx;
    enum tov_err (*node)(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash);
};

/* The proof that leaf INDEX is in the tree of SIZE leaves. TOV_E_ARGUMENT when INDEX is not below
 * SIZE, TOV_E_NOT_FOUND when the source lacks a node, TOV_E_LIMIT over 63 hashes. */
enum tov_err tov_proof_make_inclusion(const struct tov_node_source *source, uint64_t index,
                                      uint64_t size, struct tov_proof *out_proof) TOV_MUST_CHECK;
/* The proof that the tree of SECOND leaves extends that of FIRST; empty when FIRST is 0 or equal
 * to SECOND. TOV_E_ARGUMENT when FIRST is over SECOND; else as above. */
enum tov_err tov_proof_make_consistency(const struct tov_node_source *source, uint64_t first,
                                        uint64_t second,
                                        struct tov_proof *out_proof) TOV_MUST_CHECK;
/* The root of the first SIZE leaves, from the same source. */
enum tov_err tov_proof_make_root(const struct tov_node_source *source, uint64_t size,
                                 struct tov_hash *out_root) TOV_MUST_CHECK;

struct tov_inclusion {
    uint64_t index;
    uint64_t size;
    struct tov_hash leaf_hash;
    struct tov_hash root;
};
/* TOV_E_PROOF when it does not hold; TOV_E_LIMIT for more than 63 hashes. */
enum tov_err tov_inclusion_verify(const struct tov_inclusion *claim,
                                  const struct tov_proof *proof) TOV_MUST_CHECK;
/* The root that PROOF leads to from claim->leaf_hash; claim->root is not read. TOV_E_PROOF when
 * the proof has the wrong length for (index, size). */
enum tov_err tov_inclusion_root(const struct tov_inclusion *claim, const struct tov_proof *proof,
                                struct tov_hash *out_root) TOV_MUST_CHECK;

struct tov_consistency {
    uint64_t first;
    uint64_t second;
    struct tov_hash first_root;
    struct tov_hash second_root;
};
/* first == second: equal roots and an empty proof. first == 0: first_root is the empty root and
 * the proof empty, and nothing is proven of second_root. Errors as above. */
enum tov_err tov_consistency_verify(const struct tov_consistency *claim,
                                    const struct tov_proof *proof) TOV_MUST_CHECK;

/* [start, end) is a subtree when it is not empty and start is a multiple of the least power of two
 * that is not less than end - start. */
bool tov_subtree_is_valid(uint64_t start, uint64_t end);

struct tov_subtree_inclusion {
    uint64_t index; /* of the leaf in the whole tree */
    uint64_t start;
    uint64_t end;
    struct tov_hash leaf_hash;
    struct tov_hash subtree_root;
};
enum tov_err tov_subtree_inclusion_verify(const struct tov_subtree_inclusion *claim,
                                          const struct tov_proof *proof) TOV_MUST_CHECK;

struct tov_subtree_consistency {
    uint64_t start;
    uint64_t end;
    uint64_t size; /* of the whole tree */
    struct tov_hash subtree_root;
    struct tov_hash root;
};
/* As tov_consistency_verify; start == end is allowed (the empty root, an empty proof) and proves
 * nothing of the root. */
enum tov_err tov_subtree_consistency_verify(const struct tov_subtree_consistency *claim,
                                            const struct tov_proof *proof) TOV_MUST_CHECK;

#endif
