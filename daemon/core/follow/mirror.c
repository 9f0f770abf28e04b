/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is held of a peer's ledger, seen as a sparse tree: hashes of disclosed leaves and of skipped
 * runs. From it come standard inclusion proofs of anything that was disclosed
 * (docs/architecture.md).
 * The roots of larger parts are kept while they are followed, at each TOV_MNODE_LEVELS levels:
 * without them a proof would read all that is held, for one small frame that asks for it (I11). A
 * part that has none is put together from what is below it.
 */
#include "follow/peer.h"

#include "merkle/tree.h"

#include <string.h>

static enum tov_err leaf_node(const struct tov_mirror_nodes *nodes, uint64_t index,
                              struct tov_hash *out)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(nodes->read, TOV_TABLE_MLEAF,
                          tov_store_key_u16_u32_u64(nodes->agency, nodes->generation, index),
                          &row));
    TOV_TRY(tov_entry_decode_mirror(row, &entry));
    *out = entry.state == TOV_ENTRY_PRESENT ? tov_merkle_leaf_hash(entry.leaf) : entry.leaf_hash;
    return TOV_OK;
}

/* The newest skipped run that begins at or before INDEX. */
static enum tov_err find_run(const struct tov_mirror_nodes *nodes, uint64_t index,
                             uint64_t *out_start, struct tov_bytes *out_row)
{
    struct tov_store_range range = {
        .table = TOV_TABLE_MSKIP,
        .first = tov_store_key_u16_u32_u64(nodes->agency, nodes->generation, 0),
        .last = tov_store_key_u16_u32_u64(nodes->agency, nodes->generation, index),
        .backward = true};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(nodes->read, &range, &iter));
    bool found = tov_store_iter_next(&iter);
    if (found) {
        *out_start = tov_get_be64(iter.row.key.bytes + 6);
        *out_row = iter.row.value;
    }
    TOV_TRY(tov_store_iter_fini(&iter));
    return found ? TOV_OK : TOV_E_NOT_FOUND;
}

/* The hash of exactly the subtree AT in a run of skipped entries, when the run has it. */
static enum tov_err run_node(struct tov_bytes row, uint64_t start, struct tov_subtree at,
                             struct tov_hash *out)
{
    if (row.size < 9 || (row.size - 9) % TOV_HASH_BYTES != 0)
        return TOV_E_CORRUPT;
    uint64_t count = tov_get_be64(row.data);
    bool level0 = row.data[8] == 1;
    const struct tov_hash *hashes = (const struct tov_hash *)(row.data + 9);
    uint64_t held = (row.size - 9) / TOV_HASH_BYTES;
    uint64_t first = at.index << at.level;
    if (count > UINT64_MAX - start || (level0 && count != held))
        return TOV_E_CORRUPT;
    if (first >= start + count || (level0 && at.level != 0))
        return TOV_E_NOT_FOUND;
    if (level0) {
        *out = hashes[first - start];
        return TOV_OK;
    }
    struct tov_canon canon = tov_canon_of(start, start + count);
    struct tov_subtree have;
    for (uint64_t i = 0; tov_canon_next(&canon, &have); i++) {
        if (i == held)
            return TOV_E_CORRUPT;
        if (have.level == at.level && have.index == at.index) {
            *out = hashes[i];
            return TOV_OK;
        }
    }
    return TOV_E_NOT_FOUND;
}

static enum tov_err kept_node(const struct tov_mirror_nodes *nodes, struct tov_subtree at,
                              struct tov_hash *out)
{
    struct tov_bytes row;
    if (at.level % TOV_MNODE_LEVELS != 0)
        return TOV_E_NOT_FOUND;
    TOV_TRY(tov_store_get(
        nodes->read, TOV_TABLE_MNODE,
        tov_key_mnode(nodes->agency, nodes->generation, (uint8_t)at.level, at.index), &row));
    if (row.size != TOV_HASH_BYTES)
        return TOV_E_CORRUPT;
    memcpy(out->bytes, row.data, TOV_HASH_BYTES);
    return TOV_OK;
}

static enum tov_err give_node(void *context, unsigned level, uint64_t index,
                              struct tov_hash *out_hash)
{
    const struct tov_mirror_nodes *nodes = context;
    struct tov_bytes row;
    uint64_t start = 0;
    if (level > 63)
        return TOV_E_NOT_FOUND;
    enum tov_err err = level == 0 ? leaf_node(nodes, index, out_hash)
                                  : kept_node(nodes, (struct tov_subtree){level, index}, out_hash);
    if (err != TOV_E_NOT_FOUND)
        return err;
    TOV_TRY(find_run(nodes, index << level, &start, &row));
    return run_node(row, start, (struct tov_subtree){level, index}, out_hash);
}

struct tov_node_source tov_mirror_node_source(struct tov_mirror_nodes *nodes)
{
    return (struct tov_node_source){nodes, give_node};
}

enum tov_err tov_mirror_checkpoint(struct tov_store_read *read, const struct tov_agency *agency,
                                   uint64_t size, struct tov_signed_size *out)
{
    struct tov_store_range range = {
        .table = TOV_TABLE_MPOINT,
        .first = tov_store_key_u16_u32_u64(agency->number, agency->generation, size),
        .last = tov_store_key_u16_u32_u64(agency->number, agency->generation, UINT64_MAX)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    bool found = tov_store_iter_next(&iter) &&
                 iter.row.value.size == TOV_HASH_BYTES + TOV_ED25519_SIGNATURE_BYTES;
    if (found) {
        out->size = tov_get_be64(iter.row.key.bytes + 6);
        memcpy(out->root.bytes, iter.row.value.data, TOV_HASH_BYTES);
        memcpy(out->signature, iter.row.value.data + TOV_HASH_BYTES, sizeof out->signature);
    }
    TOV_TRY(tov_store_iter_fini(&iter));
    return found ? TOV_OK : TOV_E_NOT_FOUND;
}
