/* SPDX-License-Identifier: EUPL-1.2
 *
 * Stanzas are made when a parcel is, from the keys at rest: nothing of them is stored, and a
 * message can wait for a recipient whose key is not known yet. Which messages still owe a stanza
 * stands in the table `owed`.
 */
#include "follow/peer.h"

#include "ledger/vault.h"
#include "merkle/tree.h"

#define SENDER_LIFE_MS 3600000ull
#define LATE_BATCH 64u

void tov_follow_remember_keys(struct tov_follow *follow, uint64_t index,
                              const struct tov_message_keys *keys)
{
    struct tov_kept_keys *slot = &follow->keyring[index % TOV_KEYRING_SLOTS];
    *slot = (struct tov_kept_keys){index, true, *keys};
}

enum tov_err tov_own_keys(struct tov_follow *follow, struct tov_store_read *read, uint64_t index,
                          const struct tov_hash *leaf_hash, struct tov_message_keys *out_keys)
{
    const struct tov_kept_keys *slot = &follow->keyring[index % TOV_KEYRING_SLOTS];
    struct tov_bytes row;
    if (slot->used && slot->index == index) {
        *out_keys = slot->keys;
        return TOV_OK;
    }
    TOV_TRY(tov_store_get(read, TOV_TABLE_DATAKEY, tov_store_key_u64(index), &row));
    return tov_vault_unwrap(follow->core, leaf_hash, row, out_keys);
}

static enum tov_err renew_sender(struct tov_follow *follow, struct tov_peer *peer)
{
    struct tov_core *core = follow->core;
    TOV_CLEANUP(tov_key_wipe) struct tov_key seed;
    struct tov_stanza_scope scope = {
        .suite = TOV_SUITE_X25519_CHACHA,
        .epoch = peer->epoch,
        .wrapper_origin = tov_bytes_of_text(tov_ledger_key(core->ledger)->name),
        .recipient_origin = tov_bytes_of_text(peer->agency->ledger.name),
    };
    tov_core_random(core, seed.bytes, sizeof seed.bytes);
    if (peer->has_sender)
        tov_stanza_sender_wipe(&peer->sender);
    peer->has_sender = false;
    TOV_TRY(tov_stanza_sender_init(&peer->sender, &scope, &peer->epoch_key, &seed));
    peer->has_sender = true;
    peer->sender_epoch = peer->epoch;
    peer->sender_mono_ms = core->mono_ms;
    return TOV_OK;
}

enum tov_err tov_stanza_seal_keys(struct tov_follow *follow, struct tov_peer *peer,
                                  const struct tov_stanza_subject *subject,
                                  const struct tov_message_keys *keys,
                                  struct tov_stanza *out_stanza)
{
    if (!peer->has_sender || peer->sender_epoch != peer->epoch ||
        follow->core->mono_ms - peer->sender_mono_ms > SENDER_LIFE_MS)
        TOV_TRY(renew_sender(follow, peer));
    return tov_stanza_seal(&peer->sender, subject, keys, out_stanza);
}

/* A recipient that has said it had the keys gets them no second time unless a person says so: its
 * epoch keys are destroyed so that nobody can open old messages with what it holds today
 * (docs/protocol.md 5.6). */
static enum tov_err check_unopened(const struct tov_follow *follow, struct tov_store_read *read,
                                   const struct tov_peer *peer,
                                   const struct tov_own_message *message)
{
    struct tov_link_block link;
    struct tov_delivery delivery;
    if (tov_link_decode(message->link_block, &link) != TOV_OK)
        return TOV_E_CORRUPT;
    if (tov_series_equal(link.series, peer->receipted_series) &&
        link.number > peer->receipted_link && !tov_peer_had_ledger(peer))
        return TOV_OK;
    enum tov_err err = tov_again_check(follow, read, peer, message->index);
    if (err != TOV_E_NOT_FOUND)
        return err;
    TOV_TRY(tov_follow_delivery(read, peer->number, &link, &delivery));
    return tov_verdict_may_have_had_keys(delivery.verdict) ? TOV_E_EXISTS : TOV_OK;
}

enum tov_err tov_stanza_check(const struct tov_follow *follow, struct tov_store_read *read,
                              const struct tov_peer *peer, const struct tov_own_message *message)
{
    TOV_TRY(tov_leaf_decode(message->leaf, follow->leaf));
    if (follow->leaf->type != TOV_LEAF_MESSAGE ||
        tov_leaf_recipient_of(&follow->leaf->as.message, peer->number) == NULL ||
        message->link_block.size == 0)
        return TOV_E_DENIED;
    return check_unopened(follow, read, peer, message);
}

enum tov_err tov_stanza_for(struct tov_follow *follow, struct tov_store_read *read,
                            struct tov_peer *peer, const struct tov_own_message *message,
                            struct tov_stanza *out_stanza)
{
    TOV_CLEANUP(tov_message_keys_wipe) struct tov_message_keys keys = {0};
    TOV_TRY(tov_stanza_check(follow, read, peer, message));
    if (peer->epoch == 0 || peer->epoch < peer->their_epoch)
        return TOV_E_EPOCH;
    bool is_all = tov_leaf_is_all_for(&follow->leaf->as.message, peer->number);
    struct tov_hash leaf_hash = tov_merkle_leaf_hash(message->leaf);
    TOV_TRY(tov_own_keys(follow, read, message->index, &leaf_hash, &keys));
    struct tov_hash ctx =
        tov_message_ctx(tov_bytes_of_text(tov_ledger_key(follow->core->ledger)->name),
                        tov_leaf_envelope_view(message->leaf));
    struct tov_stanza_subject subject = {&ctx, is_all};
    return tov_stanza_seal_keys(follow, peer, &subject, &keys, out_stanza);
}

void tov_stanza_owe(struct tov_core *core, struct tov_peer *peer, uint64_t index)
{
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_OWED,
                        tov_store_key_u16_u64(peer->number, index), (struct tov_bytes){0});
    peer->owes_soon = true;
}

void tov_stanza_owe_unless_receipted(struct tov_core *core, struct tov_peer *peer, uint64_t index,
                                     const struct tov_entry *entry)
{
    struct tov_link_block link;
    struct tov_bytes block = tov_entry_link_for(entry, peer->number);
    bool is_receipted = tov_link_decode(block, &link) == TOV_OK &&
                        tov_series_equal(link.series, peer->receipted_series) &&
                        link.number <= peer->receipted_link;
    if (!is_receipted)
        tov_stanza_owe(core, peer, index);
}

bool tov_stanza_owes_any(const struct tov_peer *peer)
{
    return peer->may_owe || peer->owes_soon || peer->owes_closed;
}

void tov_stanza_settle(struct tov_core *core, const struct tov_peer *peer, uint64_t index)
{
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_OWED,
                           tov_store_key_u16_u64(peer->number, index));
}

/* Stanzas that travel alone, for messages that the peer holds already. */
struct late_stanzas {
    struct tov_stanza stanzas[LATE_BATCH];
    struct tov_frame_late_stanza views[LATE_BATCH]; /* of stanzas, as the frame wants them */
    size_t count;
};

/* A recovery lacks it, or its place on the link, for which the peer is asked once it is here. */
static bool is_on_its_way_back(const struct tov_peer *peer, const struct tov_entry *entry,
                               const struct tov_own_message *message)
{
    return entry->state == TOV_ENTRY_LOST ||
           (message->link_block.size == 0 && !tov_recall_is_durable(peer));
}

static enum tov_err add_late(struct tov_follow *follow, struct tov_store_read *read,
                             struct tov_peer *peer, uint64_t index, struct late_stanzas *late)
{
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_stanza *stanza = &late->stanzas[late->count];
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state == TOV_ENTRY_ERASED)
        return TOV_E_ERASED;
    struct tov_own_message message = {index, entry.leaf, tov_entry_link_for(&entry, peer->number)};
    if (is_on_its_way_back(peer, &entry, &message))
        return TOV_E_AGAIN;
    enum tov_err err = tov_stanza_for(follow, read, peer, &message, stanza);
    if (err == TOV_E_NOT_FOUND && tov_own_keys_may_come(read, index, &follow->leaf->as.message))
        return TOV_E_AGAIN; /* a recovery brought it back, and its keys not yet */
    TOV_TRY(err);
    late->views[late->count++] = (struct tov_frame_late_stanza){
        .ref = {follow->core->own->number, follow->core->series.generation, index,
                tov_merkle_leaf_hash(entry.leaf)},
        .stanza = {tov_stanza_view(stanza), peer->epoch}};
    return TOV_OK;
}

/* What no later try can change. */
static bool is_never(enum tov_err err)
{
    return err == TOV_E_DENIED || err == TOV_E_ERASED || err == TOV_E_EXISTS ||
           err == TOV_E_NOT_FOUND;
}

/* The peer has another epoch key than when a person said that it gets the keys again. */
static void note_again(struct tov_follow *follow, const struct tov_peer *peer, uint64_t index)
{
    enum tov_err err = tov_again_renew(follow, peer, index);
    if (err != TOV_OK)
        (void)tov_core_fail(follow->core, err, "what a recipient gets again could not be noted");
}

/* The owed messages that the peer holds already: for those the stanza must travel alone. A share of
 * them each time, whatever became of each, so that some that the peer cannot use do not keep back
 * the others, and many do not hold up the turn. */
static enum tov_err gather_owed(struct tov_follow *follow, struct tov_peer *peer,
                                struct late_stanzas *late)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    struct tov_store_range range = {.table = TOV_TABLE_OWED,
                                    .first = tov_store_key_u16_u64(peer->number, peer->owed_after),
                                    .last = tov_store_key_u16_u64(peer->number, UINT64_MAX)};
    struct tov_store_iter iter;
    bool any = peer->owed_after > 0;
    unsigned looked_at = 0;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (looked_at < LATE_BATCH && tov_store_iter_next(&iter)) {
        uint64_t index = tov_get_be64(iter.row.key.bytes + 2);
        if (index >= peer->acked) { /* and all behind it: a parcel brings them */
            any = true;
            break;
        }
        enum tov_err err = add_late(follow, read, peer, index, late);
        looked_at++;
        if (err == TOV_E_EPOCH)
            note_again(follow, peer, index);
        if (is_never(err))
            tov_store_batch_delete(tov_core_batch(follow->core), TOV_TABLE_OWED, iter.row.key);
        else
            any = true; /* one that cannot be made now stays owed */
        peer->owed_after = index + 1;
    }
    TOV_TRY(tov_store_iter_fini(&iter));
    if (looked_at < LATE_BATCH)
        peer->owed_after = 0;
    peer->may_owe = any;
    return TOV_OK;
}

void tov_stanzas_pump_owed(struct tov_follow *follow, struct tov_peer *peer)
{
    struct late_stanzas late;
    late.count = 0;
    if (!peer->has_session || peer->epoch == 0 || peer->epoch < peer->their_epoch)
        return;
    if (gather_owed(follow, peer, &late) != TOV_OK || late.count == 0)
        return;
    tov_buf_clear(&follow->frame);
    if (tov_frame_encode_late_stanzas(late.views, late.count, &follow->frame) != TOV_OK)
        return;
    (void)tov_core_send_peer(follow->core, peer->number, tov_buf_view(&follow->frame));
}
