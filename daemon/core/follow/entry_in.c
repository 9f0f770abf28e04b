/* SPDX-License-Identifier: EUPL-1.2
 *
 * One disclosed entry of a peer's ledger, whose place in the tree is verified. Whatever it holds,
 * it is stored as it came; what it says takes effect only when it can be read.
 */
#include "follow/peer.h"

#include <string.h>

static void put_entry(struct tov_follow *follow, struct tov_peer *peer,
                      const struct tov_entry_in *entry, struct tov_verdict_value verdict)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT((size_t)2 * TOV_LEAF_MAX_BYTES);
    struct tov_bytes link = entry->disclosed->link_block;
    struct tov_entry stored = {.state = TOV_ENTRY_PRESENT,
                               .leaf = entry->disclosed->leaf,
                               .link_count = link.size > 0 ? 1 : 0,
                               .links = link,
                               .verdict = verdict};
    struct tov_store_key key =
        tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, entry->index);
    tov_entry_put_mirror(&row, &stored);
    struct tov_store_batch *batch = tov_core_batch(follow->core);
    tov_store_batch_put_buf(batch, TOV_TABLE_MLEAF, key, &row);
    if (entry->disclosed->detached.size > 0)
        tov_store_batch_put(batch, TOV_TABLE_MBODY, key, entry->disclosed->detached);
}

static void put_plain(struct tov_follow *follow, struct tov_peer *peer,
                      const struct tov_entry_in *entry)
{
    put_entry(follow, peer, entry, (struct tov_verdict_value){0});
}

/* A leaf that cannot be read and comes on a link is a message all the same: without a receipt no
 * later one could have one (F3). */
static enum tov_err put_unreadable(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct tov_entry_in *entry, enum tov_err err)
{
    struct tov_link_block link;
    struct tov_verdict_value verdict = {TOV_VERDICT_NOT_UNDERSTOOD, 0, 0};
    enum tov_err link_err = tov_link_decode(entry->disclosed->link_block, &link);
    if (link_err == TOV_E_NOMEM)
        return link_err;
    if (link_err != TOV_OK || !tov_link_goes_on(follow, peer, &link, entry)) {
        put_plain(follow, peer, entry);
        return TOV_OK;
    }
    if (err != TOV_E_VERSION)
        verdict = (struct tov_verdict_value){TOV_VERDICT_NOT_OPENED, 0, (uint16_t)err};
    put_entry(follow, peer, entry, verdict);
    tov_receipt_add(follow, peer, verdict, &entry->leaf_hash);
    return TOV_OK;
}

static void apply_epoch_key(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                            const struct tov_leaf_epoch_key *key)
{
    if (key->epoch <= peer->epoch) {
        if (tov_session_may_log(follow, peer))
            tov_core_log(follow->core, TOV_HOST_WARN, "epoch-not-newer", "peer=%s epoch=%u",
                         peer->agency->name, key->epoch);
        return;
    }
    struct tov_x25519_public public_key;
    memcpy(public_key.bytes, key->public_key, sizeof public_key.bytes);
    if (!tov_x25519_public_is_valid(&public_key)) {
        if (tov_session_may_log(follow, peer))
            tov_core_log(
                follow->core, TOV_HOST_ERROR, "epoch-key-unusable",
                "peer=%s epoch=%u hint=\"nothing can be sealed to it: the one before stays\"",
                peer->agency->name, key->epoch);
        return;
    }
    peer->epoch = key->epoch;
    peer->epoch_index = index;
    peer->epoch_not_before_ms = key->not_before_ms;
    peer->epoch_not_after_ms = key->not_after_ms;
    peer->epoch_key = public_key;
    peer->may_owe = true;
}

static void apply_genesis(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                          const struct tov_leaf_genesis *genesis)
{
    bool fits = index == 0 && genesis->agency == peer->number && genesis->journal == 0 &&
                genesis->generation == peer->agency->generation &&
                strcmp(genesis->federation, tov_roster_federation(follow->core->roster)) == 0;
    if (!fits && tov_session_may_log(follow, peer))
        tov_core_log(follow->core, TOV_HOST_ERROR, "genesis-does-not-fit", "peer=%s index=%llu",
                     peer->agency->name, (unsigned long long)index);
}

/* A restore that lost something begins a series of its own (docs/protocol.md 3). What is gathered
 * for the one before is written while its last link is at hand. */
static enum tov_err apply_lost(struct tov_follow *follow, struct tov_peer *peer, uint64_t index)
{
    TOV_TRY(tov_receipt_flush(follow, peer));
    tov_told_end(follow->core, peer);
    tov_receipts_skip(follow->core, peer);
    peer->series.lost_index = index;
    peer->last_link = 0;
    peer->last_link_leaf = (struct tov_hash){{0}};
    return tov_told_load(follow->core, peer);
}

static void log_unreadable(const struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                           enum tov_err err)
{
    if (tov_session_may_log(follow, peer))
        tov_core_log(follow->core, TOV_HOST_WARN, "entry-not-read", "peer=%s index=%llu error=%s",
                     peer->agency->name, (unsigned long long)index, tov_err_name(err));
}

static enum tov_err apply_known(struct tov_follow *follow, struct tov_peer *peer,
                                const struct tov_entry_in *entry, const struct tov_leaf *leaf)
{
    put_plain(follow, peer, entry);
    switch (leaf->type) {
    case TOV_LEAF_GENESIS:
        apply_genesis(follow, peer, entry->index, &leaf->as.genesis);
        return TOV_OK;
    case TOV_LEAF_RECEIPT:
        return tov_receipt_apply(follow, peer, entry->index, &leaf->as.receipt);
    case TOV_LEAF_EPOCH_KEY:
        apply_epoch_key(follow, peer, entry->index, &leaf->as.epoch_key);
        return TOV_OK;
    case TOV_LEAF_LOST:
        return apply_lost(follow, peer, entry->index);
    case TOV_LEAF_ANCHOR:
        tov_witness_on_anchor(peer, entry->index);
        return TOV_OK;
    case TOV_LEAF_MESSAGE:
    case TOV_LEAF_ROSTER:
    case TOV_LEAF_JOURNAL_ROOT:
    case TOV_LEAF_ERASED:
        return TOV_OK;
    case TOV_LEAF_ACCESS:
    case TOV_LEAF_FOLD:
    case TOV_LEAF_REWRAP:
    case TOV_LEAF_OVERRIDE:
    case TOV_LEAF_GRANT:
        log_unreadable(follow, peer, entry->index, TOV_E_MALFORMED);
        return TOV_OK;
    }
    return TOV_OK;
}

enum tov_err tov_entry_apply(struct tov_follow *follow, struct tov_peer *peer,
                             const struct tov_entry_in *entry)
{
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    enum tov_err err = tov_leaf_decode(entry->disclosed->leaf, leaf);
    if (err == TOV_E_NOMEM)
        return err; /* a verdict would stay */
    if (err != TOV_OK) {
        log_unreadable(follow, peer, entry->index, err);
        return put_unreadable(follow, peer, entry, err);
    }
    if (leaf->type == TOV_LEAF_MESSAGE)
        return tov_message_apply(follow, peer, entry, leaf);
    return apply_known(follow, peer, entry, leaf);
}
