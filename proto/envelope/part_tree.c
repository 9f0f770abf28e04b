/* SPDX-License-Identifier: EUPL-1.2
 *
 * Complete subtrees only: level l holds count >> l hashes, level after level in one array. What is
 * ragged at the right edge the proof maker puts together itself.
 */
#include "envelope/part_tree.h"

#include "merkle/tree.h"

#include <string.h>

#define LEVELS 15 /* 2^14 < TOV_PART_CHUNKS_MAX < 2^15 */

struct tov_part_tree {
    uint32_t count;
    struct tov_hash *levels[LEVELS]; /* into `hashes` */
    struct tov_hash hashes[];
};

static size_t hashes_in_all(uint32_t count)
{
    size_t total = 0;
    for (unsigned level = 0; level < LEVELS; level++)
        total += count >> level;
    return total;
}

static void fill_level(struct tov_part_tree *tree, unsigned level)
{
    const struct tov_hash *below = tree->levels[level - 1];
    for (uint32_t i = 0; i < tree->count >> level; i++)
        tree->levels[level][i] =
            tov_merkle_node_hash(&below[2 * (size_t)i], &below[2 * (size_t)i + 1]);
}

enum tov_err tov_part_tree_create(const struct tov_hash *chunk_hashes, uint32_t count,
                                  struct tov_part_tree **out_tree)
{
    if (count == 0 || count > TOV_PART_CHUNKS_MAX)
        return TOV_E_LIMIT;
    struct tov_part_tree *tree =
        malloc(sizeof *tree + hashes_in_all(count) * sizeof(struct tov_hash));
    if (tree == NULL)
        return TOV_E_NOMEM;
    tree->count = count;
    tree->levels[0] = tree->hashes;
    memcpy(tree->hashes, chunk_hashes, count * sizeof *chunk_hashes);
    for (unsigned level = 1; level < LEVELS; level++) {
        tree->levels[level] = tree->levels[level - 1] + (count >> (level - 1));
        fill_level(tree, level);
    }
    *out_tree = tree;
    return TOV_OK;
}

void tov_part_tree_destroy(struct tov_part_tree *tree)
{
    free(tree);
}

struct tov_hash tov_part_tree_root(const struct tov_part_tree *tree)
{
    return tov_part_root(tree->levels[0], tree->count);
}

static enum tov_err node_of(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    const struct tov_part_tree *tree = ctx;
    if (level >= LEVELS || index >= tree->count >> level)
        return TOV_E_NOT_FOUND;
    *out_hash = tree->levels[level][index];
    return TOV_OK;
}

enum tov_err tov_part_tree_prove(const struct tov_part_tree *tree, uint32_t index,
                                 struct tov_proof *out_proof)
{
    /* The source only reads, but its pointer is one for every source. */
    union {
        const struct tov_part_tree *given;
        void *ctx;
    } pointer = {.given = tree};
    struct tov_node_source source = {.ctx = pointer.ctx, .node = node_of};
    return tov_proof_make_inclusion(&source, index, tree->count, out_proof);
}

enum tov_err tov_part_chunk_verify(const struct tov_part_claim *claim,
                                   const struct tov_part_chunk *chunk)
{
    if (!tov_part_is_sealed_size(claim->sealed_size))
        return TOV_E_MALFORMED;
    uint32_t size = tov_part_chunk_size(claim->sealed_size, chunk->index);
    if (size == 0 || chunk->sealed.size != size)
        return TOV_E_MALFORMED;
    struct tov_inclusion inclusion = {
        .index = chunk->index,
        .size = tov_part_chunk_count(claim->sealed_size),
        .leaf_hash = tov_part_chunk_hash(chunk->sealed),
        .root = claim->root,
    };
    /* A proof too long is a proof that does not hold: one answer for all of them. */
    return tov_inclusion_verify(&inclusion, chunk->proof) == TOV_OK ? TOV_OK : TOV_E_PROOF;
}
