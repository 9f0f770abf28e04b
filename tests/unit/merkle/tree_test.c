/* SPDX-License-Identifier: EUPL-1.2
 *
 * Hashes of RFC 6962 trees against the roots that Certificate Transparency's tests have used since
 * 2013.
 */
#include "merkle/tree.h"

#include <stdlib.h>

#include "model.h"
#include "support/unit.h"

static const struct {
    const char *leaf, *root; /* of the tree up to and with this leaf */
} ct[] = {
    {"", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"},
    {"00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"},
    {"10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"},
    {"2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"},
    {"3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"},
    {"40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"},
    {"5051525354555657", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"},
    {"606162636465666768696a6b6c6d6e6f",
     "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"},
};

static void roots_of_the_ct_inputs_are_the_known_ones(void)
{
    struct tov_hash leaves[8];
    for (size_t i = 0; i < 8; i++) {
        size_t size = 0;
        uint8_t *leaf = unit_hex(ct[i].leaf, &size);
        leaves[i] = tov_merkle_leaf_hash((struct tov_bytes){leaf, size});
        free(leaf);
        struct tov_hash expected = unit_hash(ct[i].root);
        struct tov_hash root = tov_merkle_root(leaves, i + 1);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(root.bytes), TOV_BYTES_OF(expected.bytes));
    }
}

static void empty_tree_has_the_hash_of_nothing(void)
{
    struct tov_hash nothing = tov_sha256((struct tov_bytes){0});
    struct tov_hash empty = tov_merkle_empty_root();
    struct tov_hash root = tov_merkle_root(NULL, 0);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(empty.bytes), TOV_BYTES_OF(nothing.bytes));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(root.bytes), TOV_BYTES_OF(nothing.bytes));
}

static void root_is_the_definition_for_every_size_up_to_300(void)
{
    static struct model model;
    for (size_t size = 0; size <= 300; size++) {
        model_grow(&model, size);
        struct tov_hash root = tov_merkle_root(model.leaves, size);
        struct tov_hash expected = model_root(&model, 0, size);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(root.bytes), TOV_BYTES_OF(expected.bytes));
    }
}

static void an_inner_node_does_not_pass_for_a_leaf(void)
{
    struct tov_hash pair[2] = {{{1}}, {{2}}};
    struct tov_hash node = tov_merkle_node_hash(&pair[0], &pair[1]);
    struct tov_hash leaf = tov_merkle_leaf_hash(TOV_BYTES_OF(pair));
    CU_ASSERT_FALSE(tov_hash_equal(&node, &leaf));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(roots_of_the_ct_inputs_are_the_known_ones),
        UNIT_TEST(empty_tree_has_the_hash_of_nothing),
        UNIT_TEST(root_is_the_definition_for_every_size_up_to_300),
        UNIT_TEST(an_inner_node_does_not_pass_for_a_leaf),
    };
    return unit_run("merkle/tree", tests, sizeof tests / sizeof tests[0]);
}
