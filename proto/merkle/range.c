/* SPDX-License-Identifier: EUPL-1.2
 *
 * Appending is binary counting: a subtree of 2^level leaves is added like a one bit at that place,
 * and each carry joins two equal neighbours into their parent. So no level has two subtrees, and
 * `count` is the number of one bits in `size`.
 *
 * Encoded form:
 *   0   u64   size
 *   8   32*n  hashes, largest subtree first; n = number of one bits in size
 */
#include "merkle/range.h"

#include <string.h>

#include "merkle/tree.h"

static unsigned bit_count(uint64_t value)
{
    return (unsigned)__builtin_popcountll(value);
}

enum tov_err tov_range_append_noting(struct tov_range *range, unsigned level,
                                     const struct tov_hash *hash, const struct tov_node_sink *sink)
{
    if (level > 63)
        return TOV_E_LIMIT;
    uint64_t leaves = UINT64_C(1) << level;
    if ((range->size & (leaves - 1)) != 0)
        return TOV_E_PROOF;
    if (range->size > UINT64_MAX - leaves)
        return TOV_E_LIMIT;
    struct tov_hash joined = *hash;
    struct tov_subtree at = {level, range->size >> level};
    for (;;) {
        if (sink != NULL)
            sink->node(sink->ctx, at, &joined);
        if ((at.index & 1) == 0)
            break;
        joined = tov_merkle_node_hash(&range->hashes[--range->count], &joined);
        at = (struct tov_subtree){at.level + 1, at.index >> 1};
    }
    range->hashes[range->count++] = joined;
    range->size += leaves;
    return TOV_OK;
}

enum tov_err tov_range_append_subtree(struct tov_range *range, unsigned level,
                                      const struct tov_hash *hash)
{
    return tov_range_append_noting(range, level, hash, NULL);
}

enum tov_err tov_range_append(struct tov_range *range, const struct tov_hash *leaf_hash)
{
    return tov_range_append_noting(range, 0, leaf_hash, NULL);
}

struct tov_hash tov_range_root(const struct tov_range *range)
{
    if (range->count == 0)
        return tov_merkle_empty_root();
    struct tov_hash root = range->hashes[range->count - 1];
    for (unsigned i = range->count - 1; i > 0; i--)
        root = tov_merkle_node_hash(&range->hashes[i - 1], &root);
    return root;
}

bool tov_range_equal(const struct tov_range *a, const struct tov_range *b)
{
    return a->size == b->size && a->count == b->count &&
           memcmp(a->hashes, b->hashes, a->count * sizeof a->hashes[0]) == 0;
}

void tov_range_encode(const struct tov_range *range, struct tov_buf *out)
{
    tov_buf_put_u64(out, range->size);
    tov_buf_put(out, range->hashes, range->count * sizeof range->hashes[0]);
}

enum tov_err tov_range_decode(struct tov_bytes bytes, struct tov_range *out_range)
{
    struct tov_reader reader = tov_reader_of(bytes);
    uint64_t size = tov_read_u64(&reader);
    unsigned count = bit_count(size);
    if (reader.failed || reader.left != count * sizeof out_range->hashes[0])
        return TOV_E_MALFORMED;
    out_range->size = size;
    out_range->count = count;
    tov_read_copy(&reader, out_range->hashes, reader.left);
    return TOV_OK;
}

struct tov_canon tov_canon_of(uint64_t begin, uint64_t end)
{
    return (struct tov_canon){begin, end};
}

bool tov_canon_next(struct tov_canon *canon, struct tov_subtree *out_subtree)
{
    if (canon->next >= canon->end)
        return false;
    unsigned fits = 63u - (unsigned)__builtin_clzll(canon->end - canon->next);
    unsigned aligned = canon->next == 0 ? 63u : (unsigned)__builtin_ctzll(canon->next);
    unsigned level = fits < aligned ? fits : aligned;
    *out_subtree = (struct tov_subtree){level, canon->next >> level};
    canon->next += UINT64_C(1) << level;
    return true;
}
