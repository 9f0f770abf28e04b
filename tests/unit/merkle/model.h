/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the tests of proto/merkle compare with: RFC 6962 written as its text defines it, by
 * recursion over arrays, with no compact ranges; and a key pair made from a number.
 */
#ifndef TOV_TESTS_UNIT_MERKLE_MODEL_H
#define TOV_TESTS_UNIT_MERKLE_MODEL_H

#include "merkle/checkpoint.h"
#include "merkle/proof.h"

#define MODEL_LEAVES_MAX 1024u

struct model {
    size_t size;
    struct tov_hash leaves[MODEL_LEAVES_MAX];
};

/* Appends leaf hashes of distinct content until there are SIZE. */
void model_grow(struct model *model, size_t size);
/* MTH(D[begin:end]) of RFC 9162 2.1.1. */
struct tov_hash model_root(const struct model *model, size_t begin, size_t end);
/* PATH and PROOF of RFC 9162 2.1.3.1 and 2.1.4.1. */
void model_path(const struct model *model, size_t index, size_t size, struct tov_proof *out);
void model_consistency(const struct model *model, size_t first, size_t second,
                       struct tov_proof *out);
/* The subtree consistency proof of draft-ietf-plants-merkle-tree-certs. */
struct model_subtree {
    size_t start, end, size;
};
void model_subtree_proof(const struct model *model, struct model_subtree subtree,
                         struct tov_proof *out);
bool model_proof_equal(const struct tov_proof *a, const struct tov_proof *b);

/* A source that holds every complete subtree of MODEL; ctx is the model. */
struct tov_node_source model_source(struct model *model);

struct model_key {
    struct tov_vkey vkey;
    uint8_t secret[TOV_ED25519_SECRET_BYTES];
};
/* The key pair whose seed is 32 times NUMBER. */
struct model_key model_key(const char *name, enum tov_vkey_type type, uint8_t number);
struct tov_checkpoint model_checkpoint(const struct model *model, const char *origin);

#endif
