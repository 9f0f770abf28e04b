/* SPDX-License-Identifier: EUPL-1.2 */
#include "model.h"

#include <string.h>

#include "merkle/tree.h"
#include "support/unit.h"

/* seed || public key for seeds of 32 times 1..4, made once by another implementation. */
static const char *const public_keys[] = {
    "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c",
    "8139770ea87d175f56a35466c34c7ecccb8d8a91b4ee37a25df60f5b8fc9b394",
    "ed4928c628d1c2c6eae90338905995612959273a5c63f93636c14614ac8737d1",
    "ca93ac1705187071d67b83c7ff0efe8108e8ec4530575d7726879333dbdabe7c",
};

void model_grow(struct model *model, size_t size)
{
    UNIT_NEED(size <= MODEL_LEAVES_MAX);
    for (; model->size < size; model->size++) {
        uint8_t leaf[8];
        tov_put_be64(leaf, model->size);
        model->leaves[model->size] = tov_merkle_leaf_hash(TOV_BYTES_OF(leaf));
    }
}

static size_t split_of(size_t count)
{
    size_t k = 1;
    while (k * 2 < count)
        k *= 2;
    return k;
}

struct tov_hash model_root(const struct model *model, size_t begin, size_t end)
{
    if (begin == end)
        return tov_sha256((struct tov_bytes){0});
    if (end - begin == 1)
        return model->leaves[begin];
    size_t middle = begin + split_of(end - begin);
    uint8_t block[65] = {0x01};
    struct tov_hash left = model_root(model, begin, middle);
    struct tov_hash right = model_root(model, middle, end);
    memcpy(block + 1, left.bytes, 32);
    memcpy(block + 33, right.bytes, 32);
    return tov_sha256(TOV_BYTES_OF(block));
}

static void put(struct tov_proof *proof, struct tov_hash hash)
{
    UNIT_NEED(proof->count < TOV_PROOF_MAX_HASHES);
    proof->hashes[proof->count++] = hash;
}

static void put_path(const struct model *model, size_t index, size_t begin, size_t end,
                     struct tov_proof *out)
{
    if (end - begin == 1)
        return;
    size_t middle = begin + split_of(end - begin);
    if (index < middle) {
        put_path(model, index, begin, middle, out);
        put(out, model_root(model, middle, end));
    } else {
        put_path(model, index, middle, end, out);
        put(out, model_root(model, begin, middle));
    }
}

void model_path(const struct model *model, size_t index, size_t size, struct tov_proof *out)
{
    out->count = 0;
    put_path(model, index, 0, size, out);
}

/* SUBTREE_SUBPROOF; with start 0 it is SUBPROOF of RFC 9162. All places are of the whole tree. */
static void put_subproof(const struct model *model, struct model_subtree at, size_t begin,
                         bool is_known, struct tov_proof *out)
{
    if (at.start == begin && at.end == at.size) {
        if (!is_known)
            put(out, model_root(model, begin, at.size));
        return;
    }
    size_t middle = begin + split_of(at.size - begin);
    if (at.end <= middle) {
        put_subproof(model, (struct model_subtree){at.start, at.end, middle}, begin, is_known, out);
        put(out, model_root(model, middle, at.size));
    } else if (middle <= at.start) {
        put_subproof(model, at, middle, is_known, out);
        put(out, model_root(model, begin, middle));
    } else {
        UNIT_NEED(at.start == begin);
        put_subproof(model, (struct model_subtree){middle, at.end, at.size}, middle, false, out);
        put(out, model_root(model, begin, middle));
    }
}

void model_subtree_proof(const struct model *model, struct model_subtree subtree,
                         struct tov_proof *out)
{
    out->count = 0;
    put_subproof(model, subtree, 0, true, out);
}

void model_consistency(const struct model *model, size_t first, size_t second,
                       struct tov_proof *out)
{
    model_subtree_proof(model, (struct model_subtree){0, first, second}, out);
}

bool model_proof_equal(const struct tov_proof *a, const struct tov_proof *b)
{
    return a->count == b->count &&
           memcmp(a->hashes, b->hashes, a->count * sizeof a->hashes[0]) == 0;
}

static enum tov_err find_node(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    const struct model *model = ctx;
    size_t begin = (size_t)index << level;
    size_t end = begin + ((size_t)1 << level);
    if (end > model->size)
        return TOV_E_NOT_FOUND;
    *out_hash = model_root(model, begin, end);
    return TOV_OK;
}

struct tov_node_source model_source(struct model *model)
{
    return (struct tov_node_source){model, find_node};
}

struct model_key model_key(const char *name, enum tov_vkey_type type, uint8_t number)
{
    UNIT_NEED(number >= 1 && number <= sizeof public_keys / sizeof public_keys[0]);
    struct model_key key;
    struct tov_hash public_key = unit_hash(public_keys[number - 1]);
    memset(key.secret, number, 32);
    memcpy(key.secret + 32, public_key.bytes, 32);
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text(name), type, public_key.bytes, &key.vkey) == TOV_OK);
    return key;
}

struct tov_checkpoint model_checkpoint(const struct model *model, const char *origin)
{
    struct tov_checkpoint checkpoint;
    struct tov_hash root = model_root(model, 0, model->size);
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(origin), model->size, &root, &checkpoint) ==
              TOV_OK);
    return checkpoint;
}
