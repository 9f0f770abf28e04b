/* SPDX-License-Identifier: EUPL-1.2 */
#include "verdict_scene.h"

#include "base/cleanup.h"
#include "follow/peer.h"
#include "ledger/entry.h"
#include "node.h"

void amend_receipt(struct harness *harness, size_t node, const struct tov_ref *ref,
                   struct tov_verdict_value verdict)
{
    struct tov_follow *follow = tov_node_follow(harness_node(harness, node));
    struct tov_peer *peer = tov_follow_peer(follow, 1);
    struct tov_core *core = tov_node_core(harness_node(harness, node));
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_link_block link;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(2 * TOV_LEAF_MAX_BYTES);
    struct tov_store_key key = tov_store_key_u16_u32_u64(1, 1, ref->index);
    UNIT_OK(tov_store_read_begin(core->store, &read, NULL));
    UNIT_OK(tov_store_get(read, TOV_TABLE_MLEAF, key, &row));
    UNIT_OK(tov_entry_decode_mirror(row, &entry));
    UNIT_OK(tov_link_decode(entry.links, &link));
    entry.verdict = verdict;
    entry.event = 0;
    tov_entry_put_mirror(&changed, &entry);
    tov_store_batch_put_buf(tov_core_batch(core), TOV_TABLE_MLEAF, key, &changed);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_MDATAKEY, key);
    struct tov_receipt_amendment amendment = {link.number, ref->leaf, entry.verdict};
    tov_receipt_amend(follow, peer, link.series, &amendment);
    tov_store_read_end(read);
    read = NULL;
    harness_advance(harness, 10000);
}
