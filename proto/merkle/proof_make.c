/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making proofs. Both kinds walk from the root down to the leaf or boundary and note the sibling
 * of each step; the proof is that list turned round (RFC 9162 2.1.3.1 and 2.1.4.1).
 */
#include "merkle/proof.h"

#include "merkle/range.h"
#include "merkle/tree.h"

/* The least hash that SOURCE holds at or below (level, index); depth is LEVEL at most. */
static enum tov_err get_node(const struct tov_node_source *source, unsigned level, uint64_t index,
                             struct tov_hash *out_hash)
{
    enum tov_err err = source->node(source->ctx, level, index, out_hash);
    if (err != TOV_E_NOT_FOUND || level == 0)
        return err;
    struct tov_hash left, right;
    TOV_TRY(get_node(source, level - 1, 2 * index, &left));
    TOV_TRY(get_node(source, level - 1, 2 * index + 1, &right));
    *out_hash = tov_merkle_node_hash(&left, &right);
    return TOV_OK;
}

/* The root of leaves [begin, end), where BEGIN is a place where RFC 6962 splits: then the subtrees
 * get smaller from left to right, and joining from the right gives the root. */
static enum tov_err get_root(const struct tov_node_source *source, uint64_t begin, uint64_t end,
                             struct tov_hash *out_root)
{
    struct tov_hash hashes[TOV_RANGE_MAX_HASHES];
    size_t count = 0;
    struct tov_canon canon = tov_canon_of(begin, end);
    struct tov_subtree at;
    while (tov_canon_next(&canon, &at)) {
        TOV_TRY(get_node(source, at.level, at.index, &hashes[count]));
        count++;
    }
    struct tov_hash root = hashes[count - 1];
    for (size_t i = count - 1; i > 0; i--)
        root = tov_merkle_node_hash(&hashes[i - 1], &root);
    *out_root = root;
    return TOV_OK;
}

enum tov_err tov_proof_make_root(const struct tov_node_source *source, uint64_t size,
                                 struct tov_hash *out_root)
{
    if (size == 0) {
        *out_root = tov_merkle_empty_root();
        return TOV_OK;
    }
    return get_root(source, 0, size, out_root);
}

/* Where RFC 6962 splits a tree of COUNT > 1 leaves. */
static uint64_t split_of(uint64_t count)
{
    return UINT64_C(1) << (63 - __builtin_clzll(count - 1));
}

static enum tov_err note_sibling(const struct tov_node_source *source, uint64_t begin, uint64_t end,
                                 struct tov_proof *proof)
{
    if (proof->count == TOV_PROOF_MAX_HASHES)
        return TOV_E_LIMIT;
    TOV_TRY(get_root(source, begin, end, &proof->hashes[proof->count]));
    proof->count++;
    return TOV_OK;
}

static void turn_round(const struct tov_proof *from, struct tov_proof *out_to)
{
    out_to->count = from->count;
    for (size_t i = 0; i < from->count; i++)
        out_to->hashes[i] = from->hashes[from->count - 1 - i];
}

enum tov_err tov_proof_make_inclusion(const struct tov_node_source *source, uint64_t index,
                                      uint64_t size, struct tov_proof *out_proof)
{
    if (index >= size)
        return TOV_E_ARGUMENT;
    struct tov_proof down;
    down.count = 0;
    uint64_t begin = 0, end = size;
    while (end - begin > 1) {
        uint64_t middle = begin + split_of(end - begin);
        if (index < middle) {
            TOV_TRY(note_sibling(source, middle, end, &down));
            end = middle;
        } else {
            TOV_TRY(note_sibling(source, begin, middle, &down));
            begin = middle;
        }
    }
    turn_round(&down, out_proof);
    return TOV_OK;
}

enum tov_err tov_proof_make_consistency(const struct tov_node_source *source, uint64_t first,
                                        uint64_t second, struct tov_proof *out_proof)
{
    if (first > second)
        return TOV_E_ARGUMENT;
    struct tov_proof down;
    down.count = 0;
    uint64_t begin = 0, end = second;
    while (first != 0 && end != first) {
        uint64_t middle = begin + split_of(end - begin);
        if (first <= middle) {
            TOV_TRY(note_sibling(source, middle, end, &down));
            end = middle;
        } else {
            TOV_TRY(note_sibling(source, begin, middle, &down));
            begin = middle;
        }
    }
    /* The last complete part of the first tree, unless it is the whole first tree: that root the
     * verifier has. */
    if (begin != 0)
        TOV_TRY(note_sibling(source, begin, end, &down));
    turn_round(&down, out_proof);
    return TOV_OK;
}
