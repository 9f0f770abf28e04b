/* SPDX-License-Identifier: EUPL-1.2 */
#include "envelope/part.h"

#include "envelope/envelope_support.h"
#include "envelope/part_tree.h"

#include <stdio.h>
#include <string.h>

#define BUF_LIMIT (4u << 20)

static json_t *vectors(void)
{
    return json_object_get(support_vectors(), "part");
}

static struct tov_bytes data_of(uint64_t size)
{
    char label[40];
    (void)snprintf(label, sizeof label, "data %llu", (unsigned long long)size);
    return support_fill(label, (size_t)size);
}

static void parts_are_those_of_the_vectors_and_open_again(void)
{
    struct tov_key key = support_key(vectors(), "key");
    size_t i;
    json_t *row;
    CU_ASSERT(json_array_size(json_object_get(vectors(), "parts")) == 11);
    json_array_foreach(json_object_get(vectors(), "parts"), i, row)
    {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(BUF_LIMIT);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf opened = TOV_BUF_INIT(BUF_LIMIT);
        struct tov_part_claim claim;
        struct tov_bytes data = data_of(support_number(row, "data_size"));
        struct tov_hash hash = tov_sha256(data);
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(hash.bytes), support_hex(row, "data_sha256"));
        UNIT_OK(tov_part_seal(&key, data, &sealed, &claim));
        hash = tov_sha256(tov_buf_view(&sealed));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(hash.bytes), support_hex(row, "sealed_sha256"));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(claim.root.bytes), support_hex(row, "root"));
        UNIT_EQUAL_INT(claim.sealed_size, support_number(row, "sealed_size"));
        UNIT_EQUAL_INT(claim.sealed_size, tov_part_sealed_size(data.size));
        UNIT_OK(tov_part_open(&key, &claim, tov_buf_view(&sealed), &opened));
        UNIT_EQUAL_BYTES(tov_buf_view(&opened), data);
    }
}

static void the_small_part_of_the_vectors_opens(void)
{
    json_t *small = json_object_get(vectors(), "small");
    struct tov_key key = support_key(vectors(), "key");
    struct tov_bytes sealed = support_hex(small, "sealed");
    struct tov_part_claim claim = {sealed.size, tov_part_chunk_hash(sealed)};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
    UNIT_OK(tov_part_open(&key, &claim, sealed, &out));
    UNIT_EQUAL_BYTES(tov_buf_view(&out), support_hex(small, "data"));
}

static void what_is_well_sealed_and_no_part_is_refused(void)
{
    struct tov_key key = support_key(vectors(), "key");
    size_t i;
    json_t *row;
    CU_ASSERT(json_array_size(json_object_get(vectors(), "refused")) == 8);
    json_array_foreach(json_object_get(vectors(), "refused"), i, row)
    {
        struct tov_bytes sealed = support_hex(row, "sealed");
        struct tov_part_claim claim = {sealed.size, support_hash(row, "root")};
        TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
        tov_buf_put_text(&out, "before");
        enum tov_err err = tov_part_open(&key, &claim, sealed, &out);
        UNIT_EQUAL_TEXT(tov_err_name(err), json_string_value(json_object_get(row, "error")));
        UNIT_EQUAL_BYTES(tov_buf_view(&out), tov_bytes_of_text("before"));
    }
}

static void another_size_root_key_or_byte_is_refused(void)
{
    struct tov_key key = support_fill_key("key");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(BUF_LIMIT);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUF_LIMIT);
    struct tov_part_claim claim;
    UNIT_OK(tov_part_seal(&key, support_fill("data", 1000), &sealed, &claim));
    struct tov_part_claim wrong = claim;
    wrong.sealed_size += 64;
    UNIT_EQUAL_INT(tov_part_open(&key, &wrong, tov_buf_view(&sealed), &out), TOV_E_MALFORMED);
    wrong = claim;
    wrong.root.bytes[31] ^= 1;
    UNIT_EQUAL_INT(tov_part_open(&key, &wrong, tov_buf_view(&sealed), &out), TOV_E_PROOF);
    struct tov_key other = support_fill_key("other key");
    UNIT_EQUAL_INT(tov_part_open(&other, &claim, tov_buf_view(&sealed), &out), TOV_E_DECRYPT);
    sealed.data[500] ^= 1;
    UNIT_EQUAL_INT(tov_part_open(&key, &claim, tov_buf_view(&sealed), &out), TOV_E_PROOF);
    wrong.root = tov_part_chunk_hash(tov_buf_view(&sealed));
    UNIT_EQUAL_INT(tov_part_open(&key, &wrong, tov_buf_view(&sealed), &out), TOV_E_DECRYPT);
    UNIT_EQUAL_INT(out.size, 0);
}

static void the_largest_part_is_at_the_limits_and_one_more_is_over(void)
{
    uint64_t size = tov_part_sealed_size(TOV_ATTACHMENT_MAX_BYTES);
    UNIT_EQUAL_INT(size, TOV_PART_SEALED_MAX_BYTES);
    UNIT_EQUAL_INT(tov_part_chunk_count(size), TOV_PART_CHUNKS_MAX);
    CU_ASSERT(tov_part_is_sealed_size(size));
    CU_ASSERT_FALSE(tov_part_is_sealed_size(size + 1));
    CU_ASSERT_FALSE(tov_part_is_sealed_size(UINT64_MAX));
    CU_ASSERT_FALSE(tov_part_is_sealed_size(0));
    struct tov_part_sealer *sealer = NULL;
    struct tov_key key = support_fill_key("key");
    struct tov_part_sink sink = {NULL, NULL};
    UNIT_EQUAL_INT(tov_part_sealer_create(&key, TOV_ATTACHMENT_MAX_BYTES + 1, &sink, &sealer),
                   TOV_E_LIMIT);
    UNIT_OK(tov_part_sealer_create(&key, TOV_ATTACHMENT_MAX_BYTES, &sink, &sealer));
    tov_part_sealer_destroy(sealer);
}

static void chunk_sizes_add_up(void)
{
    const uint64_t sizes[] = {0, 249, 65520, 65528, 131064, 131065, 400000, 5000000};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t sealed = tov_part_sealed_size(sizes[i]);
        uint32_t count = tov_part_chunk_count(sealed);
        uint64_t sum = 0;
        for (uint32_t k = 0; k < count; k++)
            sum += tov_part_chunk_size(sealed, k);
        UNIT_EQUAL_INT(sum, sealed);
        UNIT_EQUAL_INT(tov_part_chunk_size(sealed, count), 0);
    }
}

/* Every chunk of parts with 1 to 9 chunks has a proof, and the proof fits no other place. */
static void check_proofs(struct tov_bytes sealed, const struct tov_part_claim *claim)
{
    uint32_t count = tov_part_chunk_count(claim->sealed_size);
    struct tov_hash hashes[16];
    for (uint32_t i = 0; i < count; i++)
        hashes[i] =
            tov_part_chunk_hash((struct tov_bytes){sealed.data + (size_t)i * TOV_PULL_CHUNK_BYTES,
                                                   tov_part_chunk_size(claim->sealed_size, i)});
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    UNIT_NEED(tov_part_tree_create(hashes, count, &tree) == TOV_OK);
    struct tov_hash root = tov_part_tree_root(tree);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(root.bytes), TOV_BYTES_OF(claim->root.bytes));
    struct tov_proof proof;
    UNIT_EQUAL_INT(tov_part_tree_prove(tree, count, &proof), TOV_E_ARGUMENT);
    for (uint32_t i = 0; i < count; i++) {
        UNIT_OK(tov_part_tree_prove(tree, i, &proof));
        for (uint32_t k = 0; k <= count; k++) {
            struct tov_part_chunk chunk = {k,
                                           {sealed.data + (size_t)i * TOV_PULL_CHUNK_BYTES,
                                            tov_part_chunk_size(claim->sealed_size, i)},
                                           &proof};
            enum tov_err err = tov_part_chunk_verify(claim, &chunk);
            if ((err == TOV_OK) != (k == i))
                UNIT_EQUAL_INT(k, i);
        }
    }
}

static void each_pull_chunk_is_proven_at_its_place_only(void)
{
    struct tov_key key = support_fill_key("key");
    for (size_t chunks = 1; chunks <= 9; chunks++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(BUF_LIMIT);
        struct tov_part_claim claim;
        struct tov_bytes data = support_fill("data", (chunks - 1) * 131072 + 5);
        UNIT_OK(tov_part_seal(&key, data, &sealed, &claim));
        check_proofs(tov_buf_view(&sealed), &claim);
    }
}

static void a_changed_pull_chunk_or_proof_is_refused(void)
{
    struct tov_key key = support_fill_key("key");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf sealed = TOV_BUF_INIT(BUF_LIMIT);
    struct tov_part_claim claim;
    UNIT_OK(tov_part_seal(&key, support_fill("data", 200000), &sealed, &claim));
    struct tov_bytes halves[2] = {
        {sealed.data, TOV_PULL_CHUNK_BYTES},
        {sealed.data + TOV_PULL_CHUNK_BYTES, sealed.size - TOV_PULL_CHUNK_BYTES}};
    struct tov_proof proof = {.count = 1, .hashes = {tov_part_chunk_hash(halves[1])}};
    struct tov_part_chunk chunk = {0, halves[0], &proof};
    UNIT_OK(tov_part_chunk_verify(&claim, &chunk));
    proof.count = 0;
    UNIT_EQUAL_INT(tov_part_chunk_verify(&claim, &chunk), TOV_E_PROOF);
    proof.count = 2;
    UNIT_EQUAL_INT(tov_part_chunk_verify(&claim, &chunk), TOV_E_PROOF);
    proof.count = TOV_PROOF_MAX_HASHES + 1;
    UNIT_EQUAL_INT(tov_part_chunk_verify(&claim, &chunk), TOV_E_PROOF);
    proof.count = 1;
    chunk.sealed.size--;
    UNIT_EQUAL_INT(tov_part_chunk_verify(&claim, &chunk), TOV_E_MALFORMED);
    chunk.sealed.size++;
    sealed.data[9] ^= 1;
    UNIT_EQUAL_INT(tov_part_chunk_verify(&claim, &chunk), TOV_E_PROOF);
    sealed.data[9] ^= 1;
    claim.sealed_size++;
    UNIT_EQUAL_INT(tov_part_chunk_verify(&claim, &chunk), TOV_E_MALFORMED);
}

static void the_tree_of_the_largest_part_proves_every_place(void)
{
    struct tov_hash *hashes = (struct tov_hash *)(void *)support_alloc((size_t)TOV_PART_CHUNKS_MAX *
                                                                       sizeof(struct tov_hash));
    for (uint32_t i = 0; i < TOV_PART_CHUNKS_MAX; i++)
        tov_put_be32(hashes[i].bytes, i);
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    struct tov_part_tree *none = NULL;
    UNIT_EQUAL_INT(tov_part_tree_create(hashes, TOV_PART_CHUNKS_MAX + 1, &none), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_part_tree_create(hashes, 0, &none), TOV_E_LIMIT);
    UNIT_NEED(tov_part_tree_create(hashes, TOV_PART_CHUNKS_MAX, &tree) == TOV_OK);
    struct tov_inclusion claim = {.size = TOV_PART_CHUNKS_MAX, .root = tov_part_tree_root(tree)};
    for (uint32_t i = 0; i < TOV_PART_CHUNKS_MAX; i += 97) {
        struct tov_proof proof;
        claim.index = i;
        claim.leaf_hash = hashes[i];
        UNIT_OK(tov_part_tree_prove(tree, i, &proof));
        UNIT_OK(tov_inclusion_verify(&claim, &proof));
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(parts_are_those_of_the_vectors_and_open_again),
        UNIT_TEST(the_small_part_of_the_vectors_opens),
        UNIT_TEST(what_is_well_sealed_and_no_part_is_refused),
        UNIT_TEST(another_size_root_key_or_byte_is_refused),
        UNIT_TEST(the_largest_part_is_at_the_limits_and_one_more_is_over),
        UNIT_TEST(chunk_sizes_add_up),
        UNIT_TEST(each_pull_chunk_is_proven_at_its_place_only),
        UNIT_TEST(a_changed_pull_chunk_or_proof_is_refused),
        UNIT_TEST(the_tree_of_the_largest_part_proves_every_place),
    };
    return SUPPORT_TESTS("envelope parts", tests);
}
