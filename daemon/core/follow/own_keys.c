/* SPDX-License-Identifier: EUPL-1.2
 *
 * The keys of own messages that a recovery brought back, asked of those that can read them, and
 * given to the peers that ask for theirs (docs/recovery.md, docs/protocol.md 5.12). A recipient
 * seals them to the sender's epoch key; the sender believes them by the commitments in its own
 * leaf.
 *
 *   table `keyless`  peer u16, index u64: the keys of that own message are to be asked of that peer
 *   table `rewrap`   as mleaf: epoch u32 of its sender to which the keys were sealed last
 *
 *   K1 Keys go to the sender of the message alone, by whom holds the right to all and has opened it
 *      (I10), and only behind the commit of the journal's entry that says so (I9).
 *   K2 What is asked for once more under the same epoch key is no new disclosure and makes no new
 *      entry: the journal grows by one entry for each message and epoch at most (I11).
 *   K3 Nothing is kept that does not fit the commitments in the own leaf (I7).
 */
#include "follow/peer.h"

#include "ledger/epoch.h"
#include "ledger/journal_note.h"
#include "ledger/judge.h"
#include "ledger/reply.h"
#include "ledger/vault.h"
#include "merkle/tree.h"

#include <string.h>

#define ANSWER_WAIT_MS 10000u
#define REST_MS 2000u     /* without keys that came: what was read before is read again then */
#define UNREST_MS 30000u  /* and then in any case: one key a second holds up nobody else's */
#define ENTRY_BYTES 1024u /* of this node's disk for each entry: it counts as the asker's */

/* ---- giving ---- */

/* The keys of the peer's message REF, as they are held here. TOV_E_NOT_FOUND: they are not. */
static enum tov_err read_keys(struct tov_follow *follow, struct tov_store_read *read,
                              const struct tov_ref *ref, struct tov_message *message)
{
    struct tov_message_name name = {ref->agency, ref->generation, ref->index};
    enum tov_err err = tov_message_read(follow->core, read, &name, TOV_MESSAGE_HEADER, message);
    if (err == TOV_E_NOMEM || err == TOV_E_IO)
        return err;
    bool is_held = err == TOV_OK && tov_hash_equal(&message->leaf_hash, &ref->leaf) &&
                   message->has_keys && message->keys.has_content;
    return is_held ? TOV_OK : TOV_E_NOT_FOUND;
}

static enum tov_err note_rewrap(struct tov_follow *follow, struct tov_peer *peer,
                                struct tov_store_read *read, const struct tov_message *message)
{
    struct tov_core *core = follow->core;
    struct tov_store_key key = tov_store_key_u16_u32_u64(
        message->name.agency, message->name.generation, message->name.index);
    struct tov_bytes stored;
    uint8_t row[4];
    uint64_t index = 0;
    tov_put_be32(row, peer->epoch);
    enum tov_err err = tov_core_get_pending(core, read, TOV_TABLE_REWRAP, key, &stored);
    if (err == TOV_OK && tov_bytes_equal(stored, TOV_BYTES_OF(row)))
        return TOV_OK;
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    struct tov_journal_note note = {.leaf_type = TOV_LEAF_REWRAP,
                                    .class_code = TOV_JOURNAL_REWRAP,
                                    .client = "",
                                    .role = "",
                                    .message = message->name,
                                    .number = message->event,
                                    .reason = tov_bytes_of_text(peer->agency->name)};
    TOV_TRY(tov_journal_note(core, &note, &index));
    tov_day_quota_use(follow, peer, ENTRY_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_REWRAP, key, TOV_BYTES_OF(row));
    return TOV_OK;
}

/* For all that is asked for and held; what is not is for the answer to say. */
static enum tov_err note_all(struct tov_follow *follow, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    for (size_t i = 0; i < peer->rewrap_count; i++) {
        enum tov_err err = read_keys(follow, read, &peer->rewraps[i], message);
        if (err == TOV_OK)
            err = note_rewrap(follow, peer, read, message);
        if (err != TOV_OK && err != TOV_E_NOT_FOUND)
            return err;
    }
    return TOV_OK;
}

static enum tov_err seal_one(struct tov_follow *follow, struct tov_peer *peer,
                             const struct tov_message *message, struct tov_bytes leaf,
                             struct tov_stanza *out_stanza)
{
    struct tov_hash ctx =
        tov_message_ctx(tov_bytes_of_text(peer->agency->ledger.name), tov_leaf_envelope_view(leaf));
    struct tov_stanza_subject subject = {&ctx, true};
    return tov_stanza_seal_keys(follow, peer, &subject, &message->keys, out_stanza);
}

static enum tov_err seal_all(struct tov_follow *follow, struct tov_peer *peer,
                             struct tov_control *answer, struct tov_stanza *stanzas)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    for (size_t i = 0; i < peer->rewrap_count; i++) {
        const struct tov_ref *ref = &peer->rewraps[i];
        struct tov_held_keys *held = &answer->as.keys_answer.keys[i];
        struct tov_bytes row;
        struct tov_entry entry;
        *held = (struct tov_held_keys){.ref = *ref};
        enum tov_err err = read_keys(follow, read, ref, message);
        if (err == TOV_E_NOT_FOUND)
            continue;
        TOV_TRY(err);
        TOV_TRY(tov_store_get(read, TOV_TABLE_MLEAF,
                              tov_store_key_u16_u32_u64(ref->agency, ref->generation, ref->index),
                              &row));
        TOV_TRY(tov_entry_decode_mirror(row, &entry));
        TOV_TRY(seal_one(follow, peer, message, entry.leaf, &stanzas[i]));
        held->is_held = true;
        held->stanza = (struct tov_frame_stanza){tov_stanza_view(&stanzas[i]), peer->epoch};
    }
    return TOV_OK;
}

static void send_keys(struct tov_core *core, const struct tov_after *after)
{
    struct tov_follow *follow = after->owner;
    struct tov_peer *peer = tov_follow_peer(follow, after->agency);
    TOV_FREE struct tov_control *answer = calloc(1, sizeof *answer);
    TOV_FREE struct tov_stanza *stanzas = calloc(TOV_KEYS_REFS_MAX, sizeof *stanzas);
    if (peer == NULL || peer->rewrap_count == 0)
        return;
    if (peer->suspended || peer->epoch != peer->rewrap_epoch) {
        peer->rewrap_count = 0; /* the entries speak of another epoch: it asks again */
        return;
    }
    enum tov_err err = answer == NULL || stanzas == NULL ? TOV_E_NOMEM : TOV_OK;
    if (err == TOV_OK) {
        answer->kind = TOV_CONTROL_KEYS_ANSWER;
        answer->as.keys_answer.count = peer->rewrap_count;
        err = seal_all(follow, peer, answer, stanzas);
    }
    if (err == TOV_OK && peer->has_session)
        tov_session_control(follow, peer, answer);
    else if (err != TOV_OK)
        tov_core_log(core, TOV_HOST_WARN, "keys-not-given", "peer=%s error=%s", peer->agency->name,
                     tov_err_name(err));
    peer->rewrap_count = 0;
}

/* Messages of the asker's own ledger: for any other it is no sender, and gets nothing. */
static bool asks_for_its_own(const struct tov_peer *peer, const struct tov_control *request)
{
    for (size_t i = 0; i < request->as.keys_request.count; i++) {
        const struct tov_ref *ref = &request->as.keys_request.refs[i];
        if (ref->agency != peer->number || ref->generation != peer->agency->generation)
            return false;
    }
    return true;
}

enum tov_err tov_own_keys_on_request(struct tov_follow *follow, struct tov_peer *peer,
                                     const struct tov_control *request)
{
    struct tov_core *core = follow->core;
    if (!asks_for_its_own(peer, request))
        return TOV_E_DENIED;
    if (!tov_session_may_cost(follow, peer, request->as.keys_request.count))
        return TOV_E_BUSY;
    /* It asks again: once this node follows it as far, writes, and is done with what was asked. */
    if (!peer->has_session || !tov_follow_takes(follow) || peer->rewrap_count > 0 ||
        peer->epoch != request->as.keys_request.epoch || tov_ledger_size(core->journal) == 0) {
        peer->did_nothing = true;
        return TOV_OK;
    }
    peer->rewrap_count = request->as.keys_request.count;
    peer->rewrap_epoch = peer->epoch;
    memcpy(peer->rewraps, request->as.keys_request.refs,
           peer->rewrap_count * sizeof peer->rewraps[0]);
    enum tov_err err = note_all(follow, peer);
    if (err != TOV_OK)
        return tov_core_fail(core, err, "keys that a peer asked for could not be looked up");
    struct tov_after after = {.run = send_keys, .owner = follow, .agency = peer->number};
    return tov_core_after(core, &after);
}

/* ---- asking ---- */

void tov_own_keys_want(struct tov_follow *follow, uint64_t index,
                       const struct tov_leaf_message *message)
{
    for (size_t i = 0; i < message->recipient_count; i++) {
        const struct tov_leaf_recipient *recipient = &message->recipients[i];
        if (recipient->right == TOV_RIGHT_ALL && tov_follow_peer(follow, recipient->agency) != NULL)
            tov_store_batch_put(tov_core_batch(follow->core), TOV_TABLE_KEYLESS,
                                tov_store_key_u16_u64(recipient->agency, index),
                                (struct tov_bytes){0});
    }
}

bool tov_own_keys_may_come(struct tov_store_read *read, uint64_t index,
                           const struct tov_leaf_message *message)
{
    struct tov_bytes row;
    for (size_t i = 0; i < message->recipient_count; i++) {
        uint16_t agency = message->recipients[i].agency;
        if (tov_store_get(read, TOV_TABLE_KEYLESS, tov_store_key_u16_u64(agency, index), &row) !=
            TOV_E_NOT_FOUND)
            return true;
    }
    return false;
}

static enum tov_err ref_of(const struct tov_core *core, struct tov_store_read *read, uint64_t index,
                           struct tov_ref *out)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    *out =
        (struct tov_ref){core->own->number, core->series.generation, index, tov_entry_hash(&entry)};
    return TOV_OK;
}

/* As many as one request takes of what PEER is still to be asked for, the oldest first. */
static enum tov_err gather_wanted(const struct tov_follow *follow, const struct tov_peer *peer,
                                  struct tov_store_read *read, struct tov_control *request)
{
    struct tov_store_range range = {.table = TOV_TABLE_KEYLESS,
                                    .first = tov_store_key_u16_u64(peer->number, 0),
                                    .last = tov_store_key_u16_u64(peer->number, UINT64_MAX)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    size_t count = 0;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && count < TOV_KEYS_REFS_MAX && tov_store_iter_next(&iter)) {
        err = ref_of(follow->core, read, tov_get_be64(iter.row.key.bytes + 2),
                     &request->as.keys_request.refs[count]);
        count++;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    request->as.keys_request.count = count;
    return err != TOV_OK ? err : read_err;
}

static enum tov_err ask(struct tov_follow *follow, struct tov_peer *peer,
                        struct tov_store_read *read)
{
    TOV_FREE struct tov_control *request = calloc(1, sizeof *request);
    if (request == NULL)
        return TOV_E_NOMEM;
    request->kind = TOV_CONTROL_KEYS_REQUEST;
    request->as.keys_request.epoch = tov_epochs_newest(follow->core->epochs);
    TOV_TRY(gather_wanted(follow, peer, read, request));
    size_t count = request->as.keys_request.count;
    if (count == 0 || !tov_session_may_ask(follow, peer, 1 + (uint32_t)count))
        return TOV_OK;
    peer->keys_asked_ms = follow->core->mono_ms == 0 ? 1 : follow->core->mono_ms;
    tov_session_control(follow, peer, request);
    return TOV_OK;
}

static bool may_ask(const struct tov_follow *follow, const struct tov_peer *peer)
{
    return peer->has_session && follow->started && tov_follow_takes(follow) &&
           (peer->keys_asked_ms == 0 ||
            follow->core->mono_ms - peer->keys_asked_ms >= ANSWER_WAIT_MS);
}

static enum tov_err ask_all(struct tov_follow *follow)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_row row;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    enum tov_err err = tov_store_first(read, TOV_TABLE_KEYLESS, &row);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    for (size_t i = 0; i < follow->peer_count; i++) {
        if (may_ask(follow, &follow->peers[i]))
            TOV_TRY(ask(follow, &follow->peers[i], read));
    }
    return TOV_OK;
}

/* Once all that came is committed and no more comes: whoever has read the messages before reads
 * them again, once for many. */
static void tell_regained(struct tov_follow *follow)
{
    struct tov_core *core = follow->core;
    if (core->regained == core->regained_committed ||
        (core->mono_ms - follow->regained_ms < REST_MS &&
         core->mono_ms - follow->untold_ms < UNREST_MS))
        return;
    core->regained = core->regained_committed;
    follow->untold_ms = core->mono_ms;
}

void tov_own_keys_on_tick(struct tov_follow *follow)
{
    tell_regained(follow);
    if (tov_epochs_newest(follow->core->epochs) == 0)
        return;
    enum tov_err err = ask_all(follow);
    if (err != TOV_OK)
        (void)tov_core_fail(follow->core, err, "what keys are missing could not be read");
}

static void note_committed(struct tov_core *core, const struct tov_after *after)
{
    core->regained_committed = after->a;
}

enum tov_err tov_follow_note_readable(struct tov_follow *follow)
{
    struct tov_core *core = follow->core;
    struct tov_after after = {.run = note_committed, .owner = follow};
    struct tov_store_key none = {0};
    if (core->regained_open == core->regained) {
        /* Blocks of the book that were written without it; no new ones come before it is told. */
        tov_store_batch_delete_range(tov_core_batch(core), TOV_TABLE_BOOK, none, none);
        follow->untold_ms = core->mono_ms;
    }
    after.a = ++core->regained_open;
    follow->regained_ms = core->mono_ms;
    return tov_core_after(core, &after);
}

/* ---- taking ---- */

/* One own message whose keys have come. */
struct regained {
    struct tov_follow *follow;
    struct tov_peer *peer;
    uint64_t index;
    struct tov_entry stored;
    struct tov_hash leaf_hash;
    struct tov_leaf *leaf;
    struct tov_message_keys keys;
    struct tov_bytes body;
    struct tov_buf header; /* opened */
};

static void regained_fini(struct regained *in)
{
    tov_message_keys_wipe(&in->keys);
    tov_wipe(in->header.data, in->header.capacity);
    tov_buf_fini(&in->header);
    free(in->leaf);
}

static enum tov_err check_keys(const struct regained *in, const struct tov_hash *ctx)
{
    const struct tov_leaf_message *message = &in->leaf->as.message;
    struct tov_commitments commitments = {message->header_commitment, message->content_commitment};
    return tov_message_keys_check(&in->keys, ctx, &commitments);
}

static struct tov_hash ctx_of(const struct regained *in)
{
    return tov_message_ctx(tov_bytes_of_text(tov_ledger_key(in->follow->core->ledger)->name),
                           tov_leaf_envelope_view(in->stored.leaf));
}

/* TOV_E_EPOCH: for a key that is not held (any more). */
static enum tov_err open_stanza(struct regained *in, const struct tov_frame_stanza *stanza)
{
    struct tov_core *core = in->follow->core;
    const struct tov_leaf_message *message = &in->leaf->as.message;
    const struct tov_hpke_pair *pair = tov_epochs_secret(core->epochs, stanza->epoch);
    struct tov_bytes own = tov_bytes_of_text(tov_ledger_key(core->ledger)->name);
    if (pair == NULL)
        return TOV_E_EPOCH;
    struct tov_hash ctx = ctx_of(in);
    struct tov_stanza_scope scope = {.suite = message->suite,
                                     .epoch = stanza->epoch,
                                     .wrapper_origin =
                                         tov_bytes_of_text(in->peer->agency->ledger.name),
                                     .recipient_origin = own};
    struct tov_stanza_receiver receiver = {&scope, pair, in->follow->stanza_cache};
    struct tov_stanza_subject subject = {&ctx, true};
    TOV_TRY(tov_stanza_open(&receiver, &subject, stanza->sealed, &in->keys));
    return check_keys(in, &ctx);
}

static enum tov_err open_header(struct regained *in)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    const struct tov_leaf_message *message = &in->leaf->as.message;
    const struct tov_leaf_part *part = &message->parts[0];
    struct tov_part_claim claim = {part->sealed_size, part->root};
    if (part->sealed_size > in->body.size)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_part_key(&in->keys, message->salt, 0, &key));
    return tov_part_open(&key, &claim, (struct tov_bytes){in->body.data, (size_t)part->sealed_size},
                         &in->header);
}

/* What the header says of how long it is kept, and of what it answers. */
static enum tov_err keep(const struct regained *in)
{
    struct tov_core *core = in->follow->core;
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    uint8_t row[TOV_DATAKEY_ROW_BYTES];
    struct tov_ref target;
    uint8_t class_code = 1;
    enum tov_err err =
        tov_record_decode(tov_schema_find("Header"), tov_buf_view(&in->header), &header, NULL);
    if (err == TOV_E_NOMEM)
        return err;
    if (err == TOV_OK && tov_judge_header(header, &in->leaf->as.message,
                                          tov_ledger_key(core->ledger)->name) == TOV_OK) {
        class_code = tov_retention_of(header, 1);
        if (tov_record_ref(header, "in_reply_to", 0, &target))
            tov_reply_put(
                core, &target,
                &(struct tov_replying){in->stored.event,
                                       tov_relation_of(header),
                                       {core->own->number, core->series.generation, in->index}});
    }
    TOV_TRY(tov_vault_wrap(core, class_code, &in->leaf_hash, &in->keys, row));
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_DATAKEY, tov_store_key_u64(in->index),
                        TOV_BYTES_OF(row));
    return TOV_OK;
}

static void ask_no_more(const struct regained *in)
{
    const struct tov_leaf_message *message = &in->leaf->as.message;
    for (size_t i = 0; i < message->recipient_count; i++)
        tov_store_batch_delete(tov_core_batch(in->follow->core), TOV_TABLE_KEYLESS,
                               tov_store_key_u16_u64(message->recipients[i].agency, in->index));
}

static enum tov_err of_back(struct tov_follow *follow, const struct tov_own_back *back,
                            struct regained *out)
{
    *out = (struct regained){.follow = follow,
                             .index = back->index,
                             .stored = {.event = back->number, .leaf = back->leaf},
                             .leaf_hash = tov_merkle_leaf_hash(back->leaf),
                             .leaf = calloc(1, sizeof *out->leaf),
                             .keys = *back->keys,
                             .body = back->body,
                             .header = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES)};
    return out->leaf == NULL ? TOV_E_NOMEM : tov_leaf_decode(back->leaf, out->leaf);
}

enum tov_err tov_own_keys_check(struct tov_follow *follow, const struct tov_own_back *back,
                                struct tov_own_fit *out_fit)
{
    TOV_CLEANUP(regained_fini) struct regained in = {.leaf = NULL};
    struct tov_commitments commitments;
    *out_fit = (struct tov_own_fit){false, false};
    TOV_TRY(of_back(follow, back, &in));
    if (!in.keys.has_content)
        return TOV_OK; /* nobody writes own keys so */
    struct tov_hash ctx = ctx_of(&in);
    tov_message_commit(&in.keys, &ctx, &commitments);
    enum tov_err err = check_keys(&in, &ctx);
    if (err == TOV_OK)
        err = open_header(&in);
    out_fit->all = err == TOV_OK;
    out_fit->content =
        tov_hash_equal(&commitments.content, &in.leaf->as.message.content_commitment);
    return err == TOV_E_NOMEM ? err : TOV_OK;
}

enum tov_err tov_own_keys_keep(struct tov_follow *follow, const struct tov_own_back *back)
{
    TOV_CLEANUP(regained_fini) struct regained in = {.leaf = NULL};
    TOV_TRY(of_back(follow, back, &in));
    TOV_TRY(open_header(&in));
    TOV_TRY(keep(&in));
    ask_no_more(&in);
    return TOV_OK;
}

static enum tov_err load(struct regained *in, struct tov_store_read *read,
                         const struct tov_ref *ref)
{
    struct tov_store_key key = tov_store_key_u64(ref->index);
    struct tov_bytes row;
    in->leaf = calloc(1, sizeof *in->leaf);
    if (in->leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, key, &row));
    TOV_TRY(tov_entry_decode_own(row, &in->stored));
    if (in->stored.state != TOV_ENTRY_PRESENT)
        return TOV_E_NOT_FOUND; /* erased since */
    in->leaf_hash = tov_merkle_leaf_hash(in->stored.leaf);
    enum tov_err err = tov_leaf_decode(in->stored.leaf, in->leaf);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK || !tov_hash_equal(&in->leaf_hash, &ref->leaf) ||
        in->leaf->type != TOV_LEAF_MESSAGE)
        return TOV_E_NOT_FOUND;
    return tov_store_get(read, TOV_TABLE_BODY, key, &in->body);
}

/* TOV_E_EPOCH as above; TOV_E_PROOF: it does not fit; all else is this node's own failure. */
static enum tov_err take_held(struct regained *in, const struct tov_held_keys *held)
{
    enum tov_err err = open_stanza(in, &held->stanza);
    if (err == TOV_OK)
        err = open_header(in);
    if (err != TOV_OK)
        return err == TOV_E_EPOCH || err == TOV_E_NOMEM ? err : TOV_E_PROOF;
    TOV_TRY(keep(in));
    ask_no_more(in);
    return tov_follow_note_readable(in->follow);
}

static bool is_ours(enum tov_err err)
{
    return err != TOV_OK && err != TOV_E_EPOCH && err != TOV_E_PROOF && err != TOV_E_NOT_FOUND &&
           err != TOV_E_MALFORMED;
}

/* TOV_E_NOT_FOUND: it is not asked for, or not any more. */
static enum tov_err take_one(struct tov_follow *follow, struct tov_peer *peer,
                             struct tov_store_read *read, const struct tov_held_keys *held)
{
    struct tov_core *core = follow->core;
    struct tov_store_key key = tov_store_key_u16_u64(peer->number, held->ref.index);
    TOV_CLEANUP(regained_fini)
    struct regained in = {.follow = follow,
                          .peer = peer,
                          .index = held->ref.index,
                          .header = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES)};
    struct tov_bytes row;
    if (held->ref.agency != core->own->number || held->ref.generation != core->series.generation)
        return TOV_E_MALFORMED;
    TOV_TRY(tov_core_get_pending(core, read, TOV_TABLE_KEYLESS, key, &row));
    enum tov_err err = load(&in, read, &held->ref);
    if (err == TOV_OK && held->is_held)
        err = take_held(&in, held);
    else if (err == TOV_OK)
        err = TOV_E_NOT_FOUND;
    if (err != TOV_E_PROOF && err != TOV_E_NOT_FOUND)
        return err; /* TOV_E_EPOCH: sealed to a key that is gone by now; it is asked for again */
    /* It does not hold them, or what it gave does not fit: it is asked for this one no more. */
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_KEYLESS, key);
    tov_core_log(core, held->is_held ? TOV_HOST_WARN : TOV_HOST_INFO, "keys-not-held",
                 "peer=%s index=%llu error=%s", peer->agency->name, (unsigned long long)in.index,
                 tov_err_name(err));
    return TOV_OK;
}

enum tov_err tov_own_keys_on_answer(struct tov_follow *follow, struct tov_peer *peer,
                                    const struct tov_control *answer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = follow->core;
    if (peer->keys_asked_ms == 0) {
        peer->did_nothing = true;
        return TOV_OK;
    }
    peer->keys_asked_ms = 0;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    for (size_t i = 0; i < answer->as.keys_answer.count; i++) {
        enum tov_err err = take_one(follow, peer, read, &answer->as.keys_answer.keys[i]);
        if (is_ours(err))
            return tov_core_fail(core, err, "keys that came back could not be kept");
        if (err == TOV_E_MALFORMED)
            return err;
        if (err == TOV_E_EPOCH) /* asked again, and not at once */
            peer->keys_asked_ms = core->mono_ms == 0 ? 1 : core->mono_ms;
    }
    return TOV_OK;
}
