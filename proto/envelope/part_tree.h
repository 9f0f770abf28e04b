/* SPDX-License-Identifier: EUPL-1.2
 *
 * The tree over the pull chunks of one part, kept while it is being pulled, so that each chunk goes
 * out with a proof; and the check of a chunk that came in, against what the leaf says.
 * Not for: the ledger's tree, or making the root of a part that is being sealed (part.h).
 * Never write a chunk that came in before tov_part_chunk_verify has accepted it.
 */
#ifndef TOV_ENVELOPE_PART_TREE_H
#define TOV_ENVELOPE_PART_TREE_H

#include "envelope/part.h"
#include "merkle/proof.h"

/* At most about 1 MiB, for a part of the largest size; a proof then costs no hashing. */
struct tov_part_tree;
/* From the hashes of all pull chunks, which are copied. COUNT is 1..TOV_PART_CHUNKS_MAX, else
 * TOV_E_LIMIT. */
enum tov_err tov_part_tree_create(const struct tov_hash *chunk_hashes, uint32_t count,
                                  struct tov_part_tree **out_tree) TOV_MUST_CHECK;
void tov_part_tree_destroy(struct tov_part_tree *tree); /* NULL is fine */
TOV_DEFINE_CLEANUP(tov_part_tree, struct tov_part_tree, tov_part_tree_destroy)
struct tov_hash tov_part_tree_root(const struct tov_part_tree *tree);
/* TOV_E_ARGUMENT when there is no chunk INDEX. */
enum tov_err tov_part_tree_prove(const struct tov_part_tree *tree, uint32_t index,
                                 struct tov_proof *out_proof) TOV_MUST_CHECK;

/* A pull chunk that came in; borrowed. */
struct tov_part_chunk {
    uint32_t index;
    struct tov_bytes sealed;
    const struct tov_proof *proof;
};
/* Whether it is that chunk of the claimed part; needs no key. TOV_E_MALFORMED (impossible part,
 * index or size of the chunk), TOV_E_PROOF. */
enum tov_err tov_part_chunk_verify(const struct tov_part_claim *claim,
                                   const struct tov_part_chunk *chunk) TOV_MUST_CHECK;

#endif
