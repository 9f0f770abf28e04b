/* SPDX-License-Identifier: EUPL-1.2
 *
 * The compact range [0, size) of an RFC 6962 tree: the roots of its largest complete subtrees, left
 * to right. It is all that is needed to append to a tree and to know its root.
 * Not for: proofs of single leaves (merkle/proof.h).
 * Never change the fields by hand: `count` is the number of one bits in `size`, always.
 */
#ifndef TOV_MERKLE_RANGE_H
#define TOV_MERKLE_RANGE_H

#include "base/hash.h"

#define TOV_RANGE_MAX_HASHES 64u
#define TOV_RANGE_MAX_BYTES (8u + TOV_RANGE_MAX_HASHES * TOV_HASH_BYTES)

/* A plain value; {0} is the empty range. */
struct tov_range {
    uint64_t size;
    unsigned count;
    struct tov_hash hashes[TOV_RANGE_MAX_HASHES]; /* left to right: largest subtree first */
};

/* A complete subtree: leaves [index << level, (index + 1) << level). */
struct tov_subtree {
    unsigned level; /* 0 is a leaf; at most 63 */
    uint64_t index;
};

/* Told of each complete subtree that an append finished, the appended one first, parents after. */
struct tov_node_sink {
    void *ctx;
    void (*node)(void *ctx, struct tov_subtree at, const struct tov_hash *hash);
};

/* Appends one leaf hash. TOV_E_LIMIT when the size would pass 2^64-1. */
enum tov_err tov_range_append(struct tov_range *range,
                              const struct tov_hash *leaf_hash) TOV_MUST_CHECK;
/* Appends a complete subtree of 2^LEVEL leaves. TOV_E_PROOF when the size is not a multiple of
 * 2^LEVEL, TOV_E_LIMIT when LEVEL is over 63 or the size would pass 2^64-1; then RANGE is as it
 * was. */
enum tov_err tov_range_append_subtree(struct tov_range *range, unsigned level,
                                      const struct tov_hash *hash) TOV_MUST_CHECK;
/* The same, and tells SINK every node that became complete, for those who store them. */
enum tov_err tov_range_append_noting(struct tov_range *range, unsigned level,
                                     const struct tov_hash *hash,
                                     const struct tov_node_sink *sink) TOV_MUST_CHECK;

struct tov_hash tov_range_root(const struct tov_range *range);
bool tov_range_equal(const struct tov_range *a, const struct tov_range *b);

/* size u64 || hashes, 8 + 32 * popcount(size) bytes; decode accepts exactly that. */
void tov_range_encode(const struct tov_range *range, struct tov_buf *out);
enum tov_err tov_range_decode(struct tov_bytes bytes, struct tov_range *out_range) TOV_MUST_CHECK;

/* The aligned complete subtrees that cover [begin, end), left to right, each as large as it can be
 * at its place. BEGIN over END gives none. */
struct tov_canon {
    uint64_t next;
    uint64_t end;
};
struct tov_canon tov_canon_of(uint64_t begin, uint64_t end);
bool tov_canon_next(struct tov_canon *canon, struct tov_subtree *out_subtree);

#endif
