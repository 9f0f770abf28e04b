/* SPDX-License-Identifier: EUPL-1.2
 *
 * Proofs against the definitions of RFC 9162, for all trees up to 100 leaves, and from sparse
 * mirrors as a follower holds them: disclosed leaves and the roots of what was skipped.
 */
#include "merkle/proof.h"

#include <string.h>

#include "merkle/range.h"
#include "merkle/tree.h"
#include "model.h"
#include "support/unit.h"

static struct model model;

static struct tov_hash leaf_of(size_t index)
{
    return model.leaves[index];
}

static struct tov_proof proof_of(const struct tov_hash *hashes, size_t count)
{
    struct tov_proof proof = {.count = count};
    memcpy(proof.hashes, hashes, count * sizeof hashes[0]);
    return proof;
}

/* The tree of RFC 9162 2.1.5: a..f and j are leaves, g h i k l inner nodes. */
static void the_seven_leaf_example_of_the_rfc_holds(void)
{
    static struct model seven;
    model_grow(&seven, 7);
    struct tov_node_source source = model_source(&seven);
    const struct tov_hash *n = seven.leaves;
    struct tov_hash b = n[1], c = n[2], d = n[3], f = n[5], j = n[6];
    struct tov_hash g = tov_merkle_node_hash(&n[0], &b), h = tov_merkle_node_hash(&c, &d);
    struct tov_hash i = tov_merkle_node_hash(&n[4], &f), k = tov_merkle_node_hash(&g, &h);
    struct tov_hash l = tov_merkle_node_hash(&i, &j);
    const struct {
        bool is_inclusion;
        uint64_t at;
        struct tov_proof proof;
    } cases[] = {
        {true, 0, proof_of((struct tov_hash[]){b, h, l}, 3)},
        {true, 3, proof_of((struct tov_hash[]){c, g, l}, 3)},
        {true, 4, proof_of((struct tov_hash[]){f, j, k}, 3)},
        {true, 6, proof_of((struct tov_hash[]){i, k}, 2)},
        {false, 3, proof_of((struct tov_hash[]){c, d, g, l}, 4)},
        {false, 4, proof_of((struct tov_hash[]){l}, 1)},
        {false, 6, proof_of((struct tov_hash[]){i, j, k}, 3)},
    };
    for (size_t at = 0; at < sizeof cases / sizeof cases[0]; at++) {
        struct tov_proof proof;
        UNIT_OK(cases[at].is_inclusion
                    ? tov_proof_make_inclusion(&source, cases[at].at, 7, &proof)
                    : tov_proof_make_consistency(&source, cases[at].at, 7, &proof));
        CU_ASSERT_TRUE(model_proof_equal(&proof, &cases[at].proof));
    }
}

static void every_inclusion_proof_up_to_100_is_made_and_verified(void)
{
    model_grow(&model, 100);
    struct tov_node_source source = model_source(&model);
    for (size_t size = 1; size <= 100; size++) {
        struct tov_inclusion claim = {.size = size, .root = model_root(&model, 0, size)};
        for (size_t index = 0; index < size; index++) {
            struct tov_proof made, expected;
            claim.index = index;
            claim.leaf_hash = leaf_of(index);
            UNIT_NEED(tov_proof_make_inclusion(&source, index, size, &made) == TOV_OK);
            model_path(&model, index, size, &expected);
            UNIT_NEED(model_proof_equal(&made, &expected));
            UNIT_NEED(tov_inclusion_verify(&claim, &made) == TOV_OK);
            claim.index = (index + 1) % size;
            UNIT_NEED(size == 1 || tov_inclusion_verify(&claim, &made) == TOV_E_PROOF);
        }
    }
    CU_PASS("5,050 proofs");
}

static void every_consistency_proof_up_to_100_is_made_and_verified(void)
{
    model_grow(&model, 100);
    struct tov_node_source source = model_source(&model);
    for (size_t second = 1; second <= 100; second++) {
        for (size_t first = 1; first <= second; first++) {
            struct tov_proof made, expected;
            struct tov_consistency claim = {first, second, model_root(&model, 0, first),
                                            model_root(&model, 0, second)};
            UNIT_NEED(tov_proof_make_consistency(&source, first, second, &made) == TOV_OK);
            model_consistency(&model, first, second, &expected);
            UNIT_NEED(model_proof_equal(&made, &expected));
            UNIT_NEED(tov_consistency_verify(&claim, &made) == TOV_OK);
            claim.first_root.bytes[31] ^= 1;
            UNIT_NEED(tov_consistency_verify(&claim, &made) == TOV_E_PROOF);
        }
    }
    CU_PASS("5,050 proofs");
}

/* One bit in each hash, one hash less or more, in each proof of a small tree. */
static void no_changed_proof_verifies(void)
{
    model_grow(&model, 13);
    struct tov_node_source source = model_source(&model);
    for (size_t index = 0; index < 13; index++) {
        struct tov_inclusion claim = {index, 13, leaf_of(index), model_root(&model, 0, 13)};
        struct tov_proof made;
        UNIT_NEED(tov_proof_make_inclusion(&source, index, 13, &made) == TOV_OK);
        for (size_t bit = 0; bit < made.count * 256; bit++) {
            struct tov_proof changed = made;
            changed.hashes[bit / 256].bytes[bit / 8 % 32] ^= (uint8_t)(1u << (bit % 8));
            UNIT_NEED(tov_inclusion_verify(&claim, &changed) == TOV_E_PROOF);
        }
        struct tov_proof longer = made, shorter = made;
        longer.hashes[longer.count++] = claim.root;
        shorter.count--;
        UNIT_EQUAL_INT(tov_inclusion_verify(&claim, &longer), TOV_E_PROOF);
        UNIT_EQUAL_INT(tov_inclusion_verify(&claim, &shorter), TOV_E_PROOF);
    }
}

static void growth_from_nothing_needs_no_proof_and_the_empty_root(void)
{
    struct tov_consistency claim = {0, 5, tov_merkle_empty_root(), {{1}}};
    struct tov_proof proof = {0};
    UNIT_OK(tov_consistency_verify(&claim, &proof));
    claim.second = 0;
    UNIT_EQUAL_INT(tov_consistency_verify(&claim, &proof), TOV_E_PROOF);
    claim.second_root = claim.first_root;
    UNIT_OK(tov_consistency_verify(&claim, &proof));
    claim.second = 5;
    proof.count = 1;
    UNIT_EQUAL_INT(tov_consistency_verify(&claim, &proof), TOV_E_PROOF);
    proof.count = 0;
    claim.first_root.bytes[0] ^= 1;
    UNIT_EQUAL_INT(tov_consistency_verify(&claim, &proof), TOV_E_PROOF);
}

static enum tov_err count_node(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    ++*(size_t *)ctx;
    *out_hash = (struct tov_hash){{(uint8_t)level, (uint8_t)(index & 0xff)}};
    return TOV_OK;
}

static void proofs_over_trees_beyond_two_to_the_63_end(void)
{
    static const uint64_t sizes[] = {UINT64_MAX, (UINT64_C(1) << 63) + 1, UINT64_C(1) << 63};
    size_t asked = 0;
    struct tov_node_source source = {&asked, count_node};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t last = sizes[i] - 1;
        struct tov_proof proof;
        struct tov_inclusion claim = {last, sizes[i], {{0, (uint8_t)last}}, {{0}}};
        enum tov_err err = tov_proof_make_inclusion(&source, last, sizes[i], &proof);
        UNIT_NEED(err == TOV_OK || err == TOV_E_LIMIT);
        if (err == TOV_OK) {
            UNIT_OK(tov_proof_make_root(&source, sizes[i], &claim.root));
            UNIT_OK(tov_inclusion_root(&claim, &proof, &claim.root));
            UNIT_OK(tov_inclusion_verify(&claim, &proof));
        }
        err = tov_proof_make_consistency(&source, last, sizes[i], &proof);
        CU_ASSERT_TRUE(err == TOV_OK || err == TOV_E_LIMIT);
    }
    CU_ASSERT_TRUE(asked > 0 && asked < 2000);
}

static void a_proof_of_64_hashes_is_refused_before_it_is_read(void)
{
    struct tov_proof proof = {.count = TOV_PROOF_MAX_HASHES + 1};
    struct tov_inclusion inclusion = {.size = 1};
    struct tov_consistency consistency = {.first = 1, .second = 2};
    struct tov_subtree_consistency subtree = {.end = 1, .size = 2};
    UNIT_EQUAL_INT(tov_inclusion_verify(&inclusion, &proof), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_consistency_verify(&consistency, &proof), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_subtree_consistency_verify(&subtree, &proof), TOV_E_LIMIT);
}

static void makers_refuse_places_outside_the_tree(void)
{
    struct tov_node_source source = model_source(&model);
    struct tov_proof proof;
    UNIT_EQUAL_INT(tov_proof_make_inclusion(&source, 0, 0, &proof), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_proof_make_inclusion(&source, 5, 5, &proof), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_proof_make_consistency(&source, 6, 5, &proof), TOV_E_ARGUMENT);
    UNIT_OK(tov_proof_make_consistency(&source, 0, 5, &proof));
    UNIT_EQUAL_INT(proof.count, 0);
}

static void every_subtree_of_trees_up_to_40_is_consistent_with_them(void)
{
    model_grow(&model, 40);
    for (size_t size = 1; size <= 40; size++) {
        for (size_t start = 0; start < size; start++) {
            for (size_t end = start + 1; end <= size; end++) {
                struct tov_subtree_consistency claim = {
                    start, end, size, model_root(&model, start, end), model_root(&model, 0, size)};
                struct tov_proof proof = {0};
                bool is_valid = tov_subtree_is_valid(start, end);
                if (is_valid)
                    model_subtree_proof(&model, (struct model_subtree){start, end, size}, &proof);
                UNIT_NEED((tov_subtree_consistency_verify(&claim, &proof) == TOV_OK) == is_valid);
                claim.root.bytes[0] ^= 1;
                UNIT_NEED(tov_subtree_consistency_verify(&claim, &proof) == TOV_E_PROOF);
            }
        }
    }
    CU_PASS("all subtrees");
}

static void validity_of_subtrees_does_not_overflow(void)
{
    CU_ASSERT_TRUE(tov_subtree_is_valid(0, UINT64_MAX));
    CU_ASSERT_FALSE(tov_subtree_is_valid(1, (UINT64_C(1) << 63) + 2));
    CU_ASSERT_TRUE(tov_subtree_is_valid(UINT64_C(1) << 63, UINT64_MAX));
    CU_ASSERT_FALSE(tov_subtree_is_valid(UINT64_C(1) << 62, UINT64_MAX));
    CU_ASSERT_FALSE(tov_subtree_is_valid(3, 3));
    CU_ASSERT_TRUE(tov_subtree_is_valid(8, 13));
    CU_ASSERT_FALSE(tov_subtree_is_valid(4, 9));
}

/* A follower's mirror: a compact range and the nodes that it was told, each once. */
#define MIRROR_MAX (2 * MODEL_LEAVES_MAX)
struct mirror {
    struct tov_range range;
    size_t count;
    struct {
        struct tov_subtree at;
        struct tov_hash hash;
    } known[MIRROR_MAX];
};

static enum tov_err find_known(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    const struct mirror *mirror = ctx;
    for (size_t i = 0; i < mirror->count; i++) {
        if (mirror->known[i].at.level == level && mirror->known[i].at.index == index) {
            *out_hash = mirror->known[i].hash;
            return TOV_OK;
        }
    }
    return TOV_E_NOT_FOUND;
}

static void tell(struct mirror *mirror, struct tov_subtree at)
{
    size_t begin = (size_t)at.index << at.level;
    struct tov_hash hash = model_root(&model, begin, begin + ((size_t)1 << at.level));
    UNIT_NEED(mirror->count < MIRROR_MAX && mirror->range.size == begin);
    mirror->known[mirror->count].at = at;
    mirror->known[mirror->count++].hash = hash;
    UNIT_NEED(tov_range_append_subtree(&mirror->range, at.level, &hash) == TOV_OK);
}

static void skip(struct mirror *mirror, size_t begin, size_t end)
{
    struct tov_canon canon = tov_canon_of(begin, end);
    struct tov_subtree at;
    while (tov_canon_next(&canon, &at))
        tell(mirror, at);
}

/* One parcel: leaves that are DISCLOSED one by one, the rest as aligned subtrees. */
static void follow(struct mirror *mirror, size_t end, const bool *disclosed)
{
    size_t begin = (size_t)mirror->range.size;
    for (size_t i = begin; i < end; i++) {
        if (!disclosed[i])
            continue;
        skip(mirror, begin, i);
        tell(mirror, (struct tov_subtree){0, i});
        begin = i + 1;
    }
    skip(mirror, begin, end);
}

static void check_mirror(struct mirror *mirror, const bool *disclosed)
{
    struct tov_node_source source = {mirror, find_known};
    size_t size = (size_t)mirror->range.size;
    struct tov_hash root = model_root(&model, 0, size), own = tov_range_root(&mirror->range), made;
    UNIT_NEED(tov_hash_equal(&own, &root));
    UNIT_NEED(tov_proof_make_root(&source, size, &made) == TOV_OK && tov_hash_equal(&made, &root));
    for (size_t i = 0; i < size; i++) {
        struct tov_proof proof, expected;
        struct tov_inclusion claim = {i, size, leaf_of(i), root};
        if (!disclosed[i])
            continue;
        UNIT_NEED(tov_proof_make_inclusion(&source, i, size, &proof) == TOV_OK);
        model_path(&model, i, size, &expected);
        UNIT_NEED(model_proof_equal(&proof, &expected));
        UNIT_NEED(tov_inclusion_verify(&claim, &proof) == TOV_OK);
    }
}

static void a_sparse_mirror_gives_the_root_and_every_proof_of_its_leaves(void)
{
    static struct mirror mirror;
    static bool disclosed[MODEL_LEAVES_MAX];
    uint64_t random = 7;
    for (int trial = 0; trial < 60; trial++) {
        static const unsigned shares[] = {2, 30, 90};
        unsigned share = shares[unit_random(&random) % 3];
        size_t size = 1 + (size_t)(unit_random(&random) % 400);
        model_grow(&model, size > model.size ? size : model.size);
        for (size_t i = 0; i < size; i++)
            disclosed[i] = unit_random(&random) % 100 < share;
        mirror.range = (struct tov_range){0};
        mirror.count = 0;
        while (mirror.range.size < size) {
            size_t end = (size_t)mirror.range.size + 1 + (size_t)(unit_random(&random) % 60);
            follow(&mirror, end < size ? end : size, disclosed);
        }
        check_mirror(&mirror, disclosed);
    }
    CU_PASS("60 mirrors");
}

static void a_leaf_that_was_skipped_cannot_be_proven_from_a_mirror(void)
{
    static struct mirror mirror;
    static const bool none[MODEL_LEAVES_MAX];
    struct tov_node_source source = {&mirror, find_known};
    struct tov_proof proof;
    model_grow(&model, 16);
    follow(&mirror, 16, none);
    UNIT_EQUAL_INT(tov_proof_make_inclusion(&source, 3, 16, &proof), TOV_E_NOT_FOUND);
}

static enum tov_err fail_node(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    (void)ctx, (void)level, (void)index, (void)out_hash;
    return TOV_E_IO;
}

static void a_source_that_fails_ends_the_making_with_its_own_error(void)
{
    struct tov_node_source source = {NULL, fail_node};
    struct tov_proof proof;
    struct tov_hash root;
    UNIT_EQUAL_INT(tov_proof_make_inclusion(&source, 3, 16, &proof), TOV_E_IO);
    UNIT_EQUAL_INT(tov_proof_make_consistency(&source, 3, 16, &proof), TOV_E_IO);
    UNIT_EQUAL_INT(tov_proof_make_root(&source, 16, &root), TOV_E_IO);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_seven_leaf_example_of_the_rfc_holds),
        UNIT_TEST(every_inclusion_proof_up_to_100_is_made_and_verified),
        UNIT_TEST(every_consistency_proof_up_to_100_is_made_and_verified),
        UNIT_TEST(no_changed_proof_verifies),
        UNIT_TEST(growth_from_nothing_needs_no_proof_and_the_empty_root),
        UNIT_TEST(proofs_over_trees_beyond_two_to_the_63_end),
        UNIT_TEST(a_proof_of_64_hashes_is_refused_before_it_is_read),
        UNIT_TEST(makers_refuse_places_outside_the_tree),
        UNIT_TEST(every_subtree_of_trees_up_to_40_is_consistent_with_them),
        UNIT_TEST(validity_of_subtrees_does_not_overflow),
        UNIT_TEST(a_sparse_mirror_gives_the_root_and_every_proof_of_its_leaves),
        UNIT_TEST(a_leaf_that_was_skipped_cannot_be_proven_from_a_mirror),
        UNIT_TEST(a_source_that_fails_ends_the_making_with_its_own_error),
    };
    return unit_run("merkle/proof", tests, sizeof tests / sizeof tests[0]);
}
