/* SPDX-License-Identifier: EUPL-1.2
 *
 * Verifying proofs: RFC 9162 2.1.3.2 and 2.1.4.2, and the subtree forms of
 * draft-ietf-plants-merkle-tree-certs. The variables keep the names that those texts give them.
 * All shifts go down, so sizes over 2^63 need no care.
 */
#include "merkle/proof.h"

#include "merkle/tree.h"

static bool is_odd(uint64_t value)
{
    return (value & 1) != 0;
}

static bool is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}

static enum tov_err hold(bool holds)
{
    return holds ? TOV_OK : TOV_E_PROOF;
}

enum tov_err tov_inclusion_root(const struct tov_inclusion *claim, const struct tov_proof *proof,
                                struct tov_hash *out_root)
{
    if (proof->count > TOV_PROOF_MAX_HASHES)
        return TOV_E_LIMIT;
    if (claim->index >= claim->size)
        return TOV_E_PROOF;
    uint64_t fn = claim->index, sn = claim->size - 1;
    struct tov_hash r = claim->leaf_hash;
    for (size_t i = 0; i < proof->count; i++) {
        if (sn == 0)
            return TOV_E_PROOF;
        if (is_odd(fn) || fn == sn) {
            r = tov_merkle_node_hash(&proof->hashes[i], &r);
            while (!is_odd(fn) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = tov_merkle_node_hash(&r, &proof->hashes[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0)
        return TOV_E_PROOF;
    *out_root = r;
    return TOV_OK;
}

enum tov_err tov_inclusion_verify(const struct tov_inclusion *claim, const struct tov_proof *proof)
{
    struct tov_hash root;
    TOV_TRY(tov_inclusion_root(claim, proof, &root));
    return hold(tov_hash_equal(&root, &claim->root));
}

static enum tov_err verify_empty_first(const struct tov_hash *first_root,
                                       const struct tov_proof *proof)
{
    struct tov_hash empty = tov_merkle_empty_root();
    return hold(proof->count == 0 && tov_hash_equal(first_root, &empty));
}

/* 0 < first < second. */
static enum tov_err verify_growth(const struct tov_consistency *claim,
                                  const struct tov_proof *proof)
{
    bool is_whole = is_power_of_two(claim->first);
    if (proof->count == 0)
        return TOV_E_PROOF;
    uint64_t fn = claim->first - 1, sn = claim->second - 1;
    while (is_odd(fn)) {
        fn >>= 1;
        sn >>= 1;
    }
    struct tov_hash fr = is_whole ? claim->first_root : proof->hashes[0];
    struct tov_hash sr = fr;
    for (size_t i = is_whole ? 0 : 1; i < proof->count; i++) {
        const struct tov_hash *c = &proof->hashes[i];
        if (sn == 0)
            return TOV_E_PROOF;
        if (is_odd(fn) || fn == sn) {
            fr = tov_merkle_node_hash(c, &fr);
            sr = tov_merkle_node_hash(c, &sr);
            while (!is_odd(fn) && fn != 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = tov_merkle_node_hash(&sr, c);
        }
        fn >>= 1;
        sn >>= 1;
    }
    return hold(sn == 0 && tov_hash_equal(&fr, &claim->first_root) &&
                tov_hash_equal(&sr, &claim->second_root));
}

enum tov_err tov_consistency_verify(const struct tov_consistency *claim,
                                    const struct tov_proof *proof)
{
    if (proof->count > TOV_PROOF_MAX_HASHES)
        return TOV_E_LIMIT;
    if (claim->first > claim->second)
        return TOV_E_PROOF;
    if (claim->first == 0)
        TOV_TRY(verify_empty_first(&claim->first_root, proof));
    if (claim->first == claim->second)
        return hold(proof->count == 0 && tov_hash_equal(&claim->first_root, &claim->second_root));
    return claim->first == 0 ? TOV_OK : verify_growth(claim, proof);
}

bool tov_subtree_is_valid(uint64_t start, uint64_t end)
{
    if (start >= end)
        return false;
    uint64_t last = end - start - 1;
    if (start == 0 || last == 0)
        return true;
    /* All bits up to the highest one of the last offset: one less than the power of two. */
    uint64_t mask = UINT64_MAX >> __builtin_clzll(last);
    return (start & mask) == 0;
}

enum tov_err tov_subtree_inclusion_verify(const struct tov_subtree_inclusion *claim,
                                          const struct tov_proof *proof)
{
    if (!tov_subtree_is_valid(claim->start, claim->end) || claim->index < claim->start)
        return TOV_E_PROOF;
    /* A subtree is a tree of its own. */
    struct tov_inclusion own = {
        .index = claim->index - claim->start,
        .size = claim->end - claim->start,
        .leaf_hash = claim->leaf_hash,
        .root = claim->subtree_root,
    };
    return tov_inclusion_verify(&own, proof);
}

/* The places of the subtree's first and last leaf and of the tree's last leaf, going up. */
struct climb {
    uint64_t fn, sn, tn;
};

static void climb_once(struct climb *at)
{
    at->fn >>= 1;
    at->sn >>= 1;
    at->tn >>= 1;
}

static struct climb start_climb(const struct tov_subtree_consistency *claim)
{
    struct climb at = {claim->start, claim->end - 1, claim->size - 1};
    bool at_right_edge = at.sn == at.tn;
    while (at.fn != at.sn && (at_right_edge || is_odd(at.sn)))
        climb_once(&at);
    return at;
}

static enum tov_err verify_subtree(const struct tov_subtree_consistency *claim,
                                   const struct tov_proof *proof)
{
    struct climb at = start_climb(claim);
    bool is_whole = at.fn == at.sn;
    if (!is_whole && proof->count == 0)
        return TOV_E_PROOF;
    struct tov_hash fr = is_whole ? claim->subtree_root : proof->hashes[0];
    struct tov_hash sr = fr;
    for (size_t i = is_whole ? 0 : 1; i < proof->count; i++) {
        const struct tov_hash *c = &proof->hashes[i];
        if (at.tn == 0)
            return TOV_E_PROOF;
        if (is_odd(at.sn) || at.sn == at.tn) {
            if (at.fn < at.sn)
                fr = tov_merkle_node_hash(c, &fr);
            sr = tov_merkle_node_hash(c, &sr);
            while (!is_odd(at.sn) && at.sn != 0)
                climb_once(&at);
        } else {
            sr = tov_merkle_node_hash(&sr, c);
        }
        climb_once(&at);
    }
    return hold(at.tn == 0 && tov_hash_equal(&fr, &claim->subtree_root) &&
                tov_hash_equal(&sr, &claim->root));
}

enum tov_err tov_subtree_consistency_verify(const struct tov_subtree_consistency *claim,
                                            const struct tov_proof *proof)
{
    if (proof->count > TOV_PROOF_MAX_HASHES)
        return TOV_E_LIMIT;
    if (claim->end > claim->size)
        return TOV_E_PROOF;
    if (claim->start == claim->end)
        return verify_empty_first(&claim->subtree_root, proof);
    if (!tov_subtree_is_valid(claim->start, claim->end))
        return TOV_E_PROOF;
    return verify_subtree(claim, proof);
}
