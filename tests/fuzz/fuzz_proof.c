/* SPDX-License-Identifier: EUPL-1.2
 *
 * Proofs of small trees, changed: kind, two places, then pairs of (offset, bits) that are flipped
 * in roots, leaf hash and proof. A proof verifies exactly when nothing of it was changed; one hash
 * more or less is refused. The last kind: the rest is a claim and a proof of anything.
 */
#include "fuzz.h"

#include "merkle/proof.h"
#include "merkle/range.h"
#include "merkle/tree.h"

#define LEAVES 256u

/* The claim's hashes and the proof, side by side so that one offset names a byte of either. */
struct proven {
    struct tov_hash claimed[2]; /* leaf hash and root, or both roots */
    struct tov_hash hashes[TOV_PROOF_MAX_HASHES];
};

struct tree {
    uint64_t start; /* of the leaves that are its own */
    struct tov_hash leaves[LEAVES];
};

static struct tov_hash leaf_of(uint64_t index)
{
    uint8_t leaf[8];
    tov_put_be64(leaf, index);
    return tov_merkle_leaf_hash(TOV_BYTES_OF(leaf));
}

static const struct tree *the_tree(void)
{
    static struct tree tree;
    static bool is_made;
    for (uint64_t i = 0; i < LEAVES && !is_made; i++)
        tree.leaves[i] = leaf_of(i);
    is_made = true;
    return &tree;
}

static enum tov_err find_node(void *context, unsigned level, uint64_t index,
                              struct tov_hash *out_hash)
{
    const struct tree *tree = context;
    if (level > 8 || tree->start + ((index + 1) << level) > LEAVES)
        return TOV_E_NOT_FOUND;
    *out_hash = tov_merkle_root(&tree->leaves[tree->start + (index << level)], (size_t)1 << level);
    return TOV_OK;
}

static struct tov_hash root_of(const struct tree *tree, uint64_t size)
{
    return tov_merkle_root(&tree->leaves[tree->start], (size_t)size);
}

/* Flips what REST says; true when something differs afterwards. */
static bool change(struct tov_bytes rest, struct proven *proven, size_t count)
{
    struct proven before = *proven;
    uint8_t *bytes = (uint8_t *)proven;
    size_t size = (2 + count) * TOV_HASH_BYTES;
    struct tov_reader reader = tov_reader_of(rest);
    while (reader.left >= 3) {
        size_t at = tov_read_u16(&reader) % size;
        bytes[at] ^= tov_read_u8(&reader);
    }
    return memcmp(&before, proven, size) != 0;
}

static struct proven proven_of(const struct tov_hash *first, const struct tov_hash *second,
                               const struct tov_proof *proof)
{
    struct proven proven = {.claimed = {*first, *second}};
    memcpy(proven.hashes, proof->hashes, proof->count * sizeof proof->hashes[0]);
    return proven;
}

static void take_back(const struct proven *proven, struct tov_proof *proof)
{
    memcpy(proof->hashes, proven->hashes, proof->count * sizeof proof->hashes[0]);
}

/* ---- inclusion ---- */

static void try_inclusion(uint8_t a, uint8_t b, struct tov_bytes rest)
{
    struct tree tree = *the_tree();
    struct tov_node_source source = {&tree, find_node};
    struct tov_inclusion claim = {.size = (uint64_t)b + 1};
    struct tov_proof proof;
    claim.index = a % claim.size;
    MUST(tov_proof_make_inclusion(&source, claim.index, claim.size, &proof) == TOV_OK);
    struct tov_hash root = root_of(&tree, claim.size);
    struct proven proven = proven_of(&tree.leaves[claim.index], &root, &proof);
    bool is_changed = change(rest, &proven, proof.count);
    claim.leaf_hash = proven.claimed[0];
    claim.root = proven.claimed[1];
    take_back(&proven, &proof);
    /* Of one leaf the root is the leaf: changed alike they are another tree that is so. */
    bool is_so = !is_changed || (claim.size == 1 && tov_hash_equal(&claim.leaf_hash, &claim.root));
    MUST((tov_inclusion_verify(&claim, &proof) == TOV_OK) == is_so);
    struct tov_proof other = proof;
    other.count++;
    other.hashes[proof.count] = claim.root;
    MUST(tov_inclusion_verify(&claim, &other) != TOV_OK);
    other.count = proof.count - 1;
    MUST(proof.count == 0 || tov_inclusion_verify(&claim, &other) != TOV_OK);
}

/* The largest subtree that begins at a multiple of its own size, inside the leaves there are. */
static void try_subtree(uint8_t a, uint8_t b, struct tov_bytes rest)
{
    struct tree tree = *the_tree();
    struct tov_node_source source = {&tree, find_node};
    struct tov_subtree_inclusion claim = {.start = a, .end = (uint64_t)a + b % 64 + 1};
    struct tov_proof proof;
    if (!tov_subtree_is_valid(claim.start, claim.end) || claim.end > LEAVES)
        return;
    uint64_t size = claim.end - claim.start;
    tree.start = claim.start;
    claim.index = claim.start + b % size;
    MUST(tov_proof_make_inclusion(&source, claim.index - claim.start, size, &proof) == TOV_OK);
    struct tov_hash root = root_of(&tree, size);
    struct proven proven = proven_of(&tree.leaves[claim.index], &root, &proof);
    bool is_changed = change(rest, &proven, proof.count);
    claim.leaf_hash = proven.claimed[0];
    claim.subtree_root = proven.claimed[1];
    take_back(&proven, &proof);
    bool is_so =
        !is_changed || (size == 1 && tov_hash_equal(&claim.leaf_hash, &claim.subtree_root));
    MUST((tov_subtree_inclusion_verify(&claim, &proof) == TOV_OK) == is_so);
}

/* ---- consistency ---- */

static void try_consistency(uint8_t a, uint8_t b, struct tov_bytes rest)
{
    struct tree tree = *the_tree();
    struct tov_node_source source = {&tree, find_node};
    struct tov_consistency claim = {.second = (uint64_t)b + 1};
    struct tov_proof proof;
    claim.first = a % claim.second + 1;
    MUST(tov_proof_make_consistency(&source, claim.first, claim.second, &proof) == TOV_OK);
    struct tov_hash first = root_of(&tree, claim.first), second = root_of(&tree, claim.second);
    struct proven proven = proven_of(&first, &second, &proof);
    bool is_changed = change(rest, &proven, proof.count);
    claim.first_root = proven.claimed[0];
    claim.second_root = proven.claimed[1];
    take_back(&proven, &proof);
    if (claim.first == claim.second) /* the two roots are one claim */
        is_changed = !tov_hash_equal(&claim.first_root, &claim.second_root);
    MUST((tov_consistency_verify(&claim, &proof) == TOV_OK) == !is_changed);
    struct tov_proof other = proof;
    other.count++;
    other.hashes[proof.count] = claim.first_root;
    MUST(tov_consistency_verify(&claim, &other) != TOV_OK);
}

/* ---- anything ---- */

static void read_hash(struct tov_reader *reader, struct tov_hash *out)
{
    tov_read_copy(reader, out->bytes, sizeof out->bytes);
}

static void try_anything(uint8_t a, uint8_t b, struct tov_bytes rest)
{
    struct tov_reader reader = tov_reader_of(rest);
    struct tov_inclusion inclusion;
    struct tov_proof proof = {.count = ((size_t)a + b) % (TOV_PROOF_MAX_HASHES + 2)};
    struct tov_hash root;
    inclusion.index = tov_read_u64(&reader);
    inclusion.size = tov_read_u64(&reader);
    struct tov_consistency consistency = {.first = inclusion.index, .second = inclusion.size};
    read_hash(&reader, &inclusion.leaf_hash);
    read_hash(&reader, &inclusion.root);
    consistency.first_root = inclusion.leaf_hash;
    consistency.second_root = inclusion.root;
    for (size_t i = 0; i < proof.count && i < TOV_PROOF_MAX_HASHES; i++)
        read_hash(&reader, &proof.hashes[i]);
    enum tov_err err = tov_inclusion_verify(&inclusion, &proof);
    MUST(err == TOV_OK || err == TOV_E_PROOF || err == TOV_E_LIMIT);
    if (tov_inclusion_root(&inclusion, &proof, &root) == TOV_OK)
        MUST((err == TOV_OK) == tov_hash_equal(&root, &inclusion.root));
    else
        MUST(err != TOV_OK);
    err = tov_consistency_verify(&consistency, &proof);
    MUST(err == TOV_OK || err == TOV_E_PROOF || err == TOV_E_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const attempts[])(uint8_t a, uint8_t b, struct tov_bytes rest) = {
        try_inclusion, try_consistency, try_subtree, try_anything};
    if (size >= 3)
        attempts[data[0] % 4](data[1], data[2], (struct tov_bytes){data + 3, size - 3});
    return 0;
}
