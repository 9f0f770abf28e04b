/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a guard may have in its trees, kept beside it: the leaves that it was fed and the largest
 * size that it was seen to sign. It fails (fuzz.h) when the guard signs a tree that does not extend
 * all that it signed before under the same origin (I4), or has another tree after a restart than
 * one of the two that it may have, or gives other hashes back than it was fed.
 * Not for: what a guard refuses; the unit tests know that.
 */
#ifndef TOV_TESTS_FUZZ_GUARD_MODEL_H
#define TOV_TESTS_FUZZ_GUARD_MODEL_H

#include "unit/guard/guard_fixture.h"

#define MODEL_LEAVES_MAX 512u /* fewer than a guard keeps the hashes of */

struct model_tree {
    bool is_present;
    uint64_t journal; /* 0: the ledger */
    uint64_t size;
    uint64_t signed_size; /* seen under this origin */
    uint64_t fed_from;    /* the leaves below it came by a statement, which has no hashes */
    struct tov_hash leaves[MODEL_LEAVES_MAX];
};

struct model {
    struct model_tree now[TOV_GUARD_TREES];
    struct model_tree perhaps[TOV_GUARD_TREES]; /* what a write that failed may have left */
    bool has_perhaps[TOV_GUARD_TREES];
};

void model_init(struct model *model);
struct model_tree *model_tree_of(struct model *model, enum tov_guard_tree tree);
struct tov_hash model_root(const struct model_tree *tree, uint64_t size);

/* Before a request that changes TREE: what it would be after it. The caller changes `perhaps`. */
struct model_tree *model_may_become(struct model *model, enum tov_guard_tree tree);
/* The guard said what became of it. */
void model_settle(struct model *model, enum tov_guard_tree tree, bool is_done);
/* SIGNATURE is one of the guard's over the model's tree. */
void model_must_be_signed(struct model *model, const struct fixture *fixture,
                          enum tov_guard_tree tree, const struct tov_guard_signature *signature);
/* How it answered a question for the hashes from FROM on; ANSWER is NULL when it refused. */
void model_must_give_back(struct model *model, enum tov_guard_tree tree, uint64_t from,
                          const struct tov_guard_hashes_answer *answer);
/* After a start: the guard has one of the trees that it may have. LOST: its state was taken away.
 */
void model_meet(struct model *model, struct fixture *fixture, enum tov_guard_tree tree, bool lost);

#endif
