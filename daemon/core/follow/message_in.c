/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message from a peer, whose leaf is verified as an entry of that peer's ledger: link, parts,
 * stanza, commitments, decryption, schema, rules, in this order (I7). Each failure is a verdict.
 */
#include "follow/transfers.h"

#include "follow/verdict.h"
#include "ledger/epoch.h"
#include "ledger/vault.h"
#include "merkle/tree.h"

#include <string.h>

#define CLOCK_AHEAD_MS 300000u

/* One message on its way in. */
struct incoming {
    struct tov_follow *follow;
    struct tov_peer *peer;
    const struct tov_entry_in *entry;
    const struct tov_leaf *leaf;
    const struct tov_leaf_message *message;
    enum tov_right right;
    struct tov_link_block link;
    bool is_off_link; /* the block does not fit, or is not the next one */
    struct tov_message_keys keys;
    bool has_keys;
    struct tov_buf header, content;
    struct tov_judged judged; /* once its parts are open */
    struct tov_verdict_value verdict;
};

static struct tov_verdict_value verdict_of(enum tov_verdict verdict, unsigned detail)
{
    return (struct tov_verdict_value){verdict, 0, (uint16_t)detail};
}

static void incoming_fini(struct incoming *in)
{
    tov_message_keys_wipe(&in->keys);
    tov_wipe(in->header.data, in->header.capacity);
    tov_wipe(in->content.data, in->content.capacity);
    tov_buf_fini(&in->header);
    tov_buf_fini(&in->content);
    tov_judged_fini(&in->judged);
}

static bool find_right(struct incoming *in, struct tov_hash *out_link_hash)
{
    for (size_t i = 0; i < in->message->recipient_count; i++) {
        const struct tov_leaf_recipient *recipient = &in->message->recipients[i];
        if (recipient->agency == in->follow->core->own->number) {
            in->right = recipient->right;
            *out_link_hash = recipient->link_hash;
            return true;
        }
    }
    return false;
}

static enum tov_err check_link(struct incoming *in, const struct tov_hash *link_hash)
{
    struct tov_bytes block = in->entry->disclosed->link_block;
    TOV_TRY(tov_link_decode(block, &in->link));
    struct tov_hash hash = tov_link_hash(block);
    if (!tov_hash_equal(&hash, link_hash))
        return TOV_E_PROOF;
    return tov_link_goes_on(in->follow, in->peer, &in->link, in->entry) ? TOV_OK : TOV_E_RULE;
}

/* Every part is there as the leaf and our right say. */
static enum tov_err check_parts(const struct incoming *in)
{
    const struct tov_frame_disclosed *disclosed = in->entry->disclosed;
    if (disclosed->part_count != in->message->part_count)
        return TOV_E_MALFORMED;
    for (size_t i = 0; i < disclosed->part_count; i++) {
        const struct tov_leaf_part *part = &in->message->parts[i];
        struct tov_part_claim claim = {part->sealed_size, part->root};
        bool is_ours = i == 0 || in->right == TOV_RIGHT_ALL;
        enum tov_part_state expected = !is_ours          ? TOV_PART_NOT_YOURS
                                       : part->is_inline ? TOV_PART_INLINE
                                                         : TOV_PART_PULLED;
        if (disclosed->parts[i].state == TOV_PART_ERASED)
            return TOV_E_ERASED;
        if (disclosed->parts[i].state != expected)
            return TOV_E_MALFORMED;
        if (expected == TOV_PART_INLINE)
            TOV_TRY(tov_part_check(&claim, disclosed->parts[i].data));
    }
    return TOV_OK;
}

static enum tov_err open_stanza(struct incoming *in, const struct tov_frame_stanza *stanza)
{
    struct tov_core *core = in->follow->core;
    const struct tov_hpke_pair *pair = tov_epochs_secret(core->epochs, stanza->epoch);
    if (pair == NULL)
        return TOV_E_EPOCH;
    struct tov_hash ctx = tov_message_ctx(tov_bytes_of_text(in->peer->agency->ledger.name),
                                          tov_leaf_envelope_view(in->entry->disclosed->leaf));
    struct tov_stanza_scope scope = {
        .suite = in->message->suite,
        .epoch = stanza->epoch,
        .wrapper_origin = tov_bytes_of_text(in->peer->agency->ledger.name),
        .recipient_origin = tov_bytes_of_text(tov_ledger_key(core->ledger)->name)};
    struct tov_stanza_receiver receiver = {&scope, pair, in->follow->stanza_cache};
    struct tov_stanza_subject subject = {&ctx, in->right == TOV_RIGHT_ALL};
    struct tov_commitments commitments = {in->message->header_commitment,
                                          in->message->content_commitment};
    TOV_TRY(tov_stanza_open(&receiver, &subject, stanza->sealed, &in->keys));
    return tov_message_keys_check(&in->keys, &ctx, &commitments);
}

/* TOV_E_EPOCH: none of the stanzas is for a key that we hold. */
static enum tov_err open_any_stanza(struct incoming *in)
{
    enum tov_err err = TOV_E_EPOCH;
    for (size_t i = 0; i < in->entry->disclosed->stanza_count && !in->has_keys; i++) {
        err = open_stanza(in, &in->entry->disclosed->stanzas[i]);
        in->has_keys = err == TOV_OK;
    }
    return err;
}

static enum tov_err open_part(struct incoming *in, uint8_t part, struct tov_bytes sealed,
                              struct tov_buf *out)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    struct tov_part_claim claim = {in->message->parts[part].sealed_size,
                                   in->message->parts[part].root};
    TOV_TRY(tov_part_key(&in->keys, in->message->salt, part, &key));
    return tov_part_open(&key, &claim, sealed, out);
}

static enum tov_err open_plain(struct incoming *in, struct tov_bytes header_sealed,
                               struct tov_bytes content_sealed)
{
    TOV_TRY(open_part(in, 0, header_sealed, &in->header));
    if (in->right == TOV_RIGHT_ALL)
        TOV_TRY(open_part(in, 1, content_sealed, &in->content));
    return TOV_OK;
}

/* Judges a message whose keys are there; sets the verdict. */
static enum tov_err read_message(struct incoming *in, struct tov_bytes header_sealed,
                                 struct tov_bytes content_sealed)
{
    enum tov_err err = open_plain(in, header_sealed, content_sealed);
    struct tov_bytes content = tov_buf_view(&in->content);
    struct tov_opened opened = {.peer = in->peer,
                                .leaf = in->message,
                                .leaf_time_ms = in->leaf->time_ms,
                                .header = tov_buf_view(&in->header),
                                .content = in->right == TOV_RIGHT_ALL ? &content : NULL};
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK) {
        in->verdict = verdict_of(TOV_VERDICT_NOT_OPENED, err);
        return TOV_OK;
    }
    TOV_TRY(tov_verdict_judge(in->follow->core, &opened, &in->judged));
    in->verdict = in->judged.value;
    return TOV_OK;
}

static enum tov_err judge_message(struct incoming *in)
{
    const struct tov_frame_disclosed *disclosed = in->entry->disclosed;
    enum tov_err err = check_parts(in);
    if (err == TOV_E_ERASED) {
        in->verdict = verdict_of(TOV_VERDICT_ERASED, 0);
        return TOV_OK;
    }
    if (err == TOV_OK && in->message->suite != TOV_SUITE_X25519_CHACHA) {
        in->verdict = verdict_of(TOV_VERDICT_NOT_UNDERSTOOD, 0);
        return TOV_OK;
    }
    if (err == TOV_OK)
        err = open_any_stanza(in);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK) {
        in->verdict = err == TOV_E_EPOCH ? verdict_of(TOV_VERDICT_NO_KEY, 0)
                                         : verdict_of(TOV_VERDICT_NOT_OPENED, err);
        return TOV_OK;
    }
    return read_message(in, disclosed->parts[0].data, disclosed->parts[1].data);
}

/* ---- storing ---- */

static struct tov_store_key entry_key(const struct incoming *in)
{
    return tov_store_key_u16_u32_u64(in->peer->number, in->peer->agency->generation,
                                     in->entry->index);
}

static void put_leaf(const struct incoming *in, uint64_t event)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT((size_t)2 * TOV_LEAF_MAX_BYTES);
    struct tov_bytes link = in->entry->disclosed->link_block;
    struct tov_entry stored = {.state = TOV_ENTRY_PRESENT,
                               .event = event,
                               .leaf = in->entry->disclosed->leaf,
                               .link_count = link.size > 0 ? 1 : 0,
                               .links = link,
                               .verdict = in->verdict,
                               .is_off_link = in->is_off_link};
    tov_entry_put_mirror(&row, &stored);
    tov_store_batch_put_buf(tov_core_batch(in->follow->core), TOV_TABLE_MLEAF, entry_key(in), &row);
}

static void put_body(const struct incoming *in)
{
    const struct tov_frame_disclosed *disclosed = in->entry->disclosed;
    size_t size = 0;
    for (size_t i = 0; i < disclosed->part_count; i++)
        size += disclosed->parts[i].data.size;
    uint8_t *to = tov_store_batch_put_space(tov_core_batch(in->follow->core), TOV_TABLE_MBODY,
                                            entry_key(in), size);
    for (size_t i = 0; to != NULL && i < disclosed->part_count; i++) {
        if (disclosed->parts[i].data.size > 0)
            memcpy(to, disclosed->parts[i].data.data, disclosed->parts[i].data.size);
        to += disclosed->parts[i].data.size;
    }
}

static uint8_t class_of(const struct incoming *in)
{
    return in->judged.has_draft ? tov_retention_of(in->judged.draft.header, 1) : 1;
}

static enum tov_err put_keys(const struct incoming *in)
{
    uint8_t row[TOV_DATAKEY_ROW_BYTES];
    struct tov_core *core = in->follow->core;
    if (!in->has_keys)
        return TOV_OK;
    TOV_TRY(tov_vault_wrap(core, class_of(in), &in->entry->leaf_hash, &in->keys, row));
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_MDATAKEY, entry_key(in), TOV_BYTES_OF(row));
    return TOV_OK;
}

static uint64_t put_event(const struct incoming *in)
{
    struct tov_event event = {.kind = TOV_EVENT_RECEIVED,
                              .agency = in->peer->number,
                              .generation = in->peer->agency->generation,
                              .index = in->entry->index,
                              .time_ms = in->follow->core->now_ms};
    return tov_event_append(in->follow->core, &event);
}

/* What waits for its roster, the only one that is not understood and has a draft, answers: an
 * answer that takes back what its own agency wrote must hold. */
static void put_reply(const struct incoming *in, uint64_t event)
{
    struct tov_replying replying = {
        .event = event, .name = {in->peer->number, in->peer->agency->generation, in->entry->index}};
    if (in->judged.has_draft && tov_verdict_answers(in->verdict.verdict))
        tov_verdict_note_reply(in->follow->core, in->judged.draft.header, &replying,
                               in->verdict.verdict);
}

/* Told when it can be read: without a key nobody knows for whom it is. */
static void tell(const struct incoming *in)
{
    uint64_t event = in->verdict.verdict == TOV_VERDICT_NO_KEY ? 0 : put_event(in);
    put_leaf(in, event);
    if (event != 0)
        put_reply(in, event);
}

/* What waits for its roster will have its effect: its attachments are fetched while their sender
 * has them. */
static bool wants_attachments(const struct incoming *in)
{
    return in->judged.has_pulled_parts && (in->verdict.verdict == TOV_VERDICT_PENDING ||
                                           in->verdict.verdict == TOV_VERDICT_NOT_UNDERSTOOD);
}

/* Lost are those of what was receipted before this store was set back, and could be read then. */
static enum tov_err note_keys_missing(const struct incoming *in)
{
    bool had_keys = false;
    if (in->verdict.verdict != TOV_VERDICT_NO_KEY)
        return TOV_OK;
    if (tov_told_covers(in->peer, in->link.number))
        TOV_TRY(tov_told_had_keys(in->follow->core, in->peer, in->link.number, &had_keys));
    if (had_keys)
        tov_keys_lost_note(in->follow->core, in->peer, in->entry->index);
    else
        tov_keys_awaited_note(in->follow->core, in->peer, in->entry->index);
    return TOV_OK;
}

static enum tov_err store_message(struct incoming *in)
{
    tell(in);
    put_body(in);
    TOV_TRY(put_keys(in));
    if (in->is_off_link)
        return TOV_OK;
    TOV_TRY(note_keys_missing(in));
    if (wants_attachments(in))
        tov_pull_begin(in->follow, in->peer, in->entry->index, in->message, in->link.number);
    tov_receipt_add(in->follow, in->peer, in->verdict, &in->entry->leaf_hash);
    return TOV_OK;
}

/* A stanza for a key that is gone: the sender is asked for another. */
static void note_expired(struct incoming *in)
{
    struct tov_peer *peer = in->peer;
    if (in->verdict.verdict != TOV_VERDICT_NO_KEY || in->entry->disclosed->stanza_count == 0 ||
        peer->expired_count == TOV_EPOCH_EXPIRED_REFS_MAX)
        return;
    peer->expired[peer->expired_count++] = (struct tov_ref){peer->number, peer->agency->generation,
                                                            in->entry->index, in->entry->leaf_hash};
}

/* What was receipted before this store was set back keeps those of the moment at which it came. */
static enum tov_err judge_clock(struct incoming *in)
{
    const struct tov_core *core = in->follow->core;
    if (!in->is_off_link && tov_told_covers(in->peer, in->link.number))
        return tov_told_flags(core, in->peer, in->link.number, &in->verdict.flags);
    if (in->leaf->time_ms > core->now_ms + CLOCK_AHEAD_MS)
        in->verdict.flags |= TOV_VERDICT_FLAG_CLOCK_AHEAD;
    return TOV_OK;
}

enum tov_err tov_message_apply(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_entry_in *entry, const struct tov_leaf *leaf)
{
    TOV_CLEANUP(incoming_fini)
    struct incoming in = {.follow = follow,
                          .peer = peer,
                          .entry = entry,
                          .leaf = leaf,
                          .message = &leaf->as.message,
                          .header = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES),
                          .content = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES)};
    struct tov_hash link_hash;
    if (!find_right(&in, &link_hash)) {
        in.verdict = verdict_of(TOV_VERDICT_NOT_OPENED, TOV_E_DENIED);
        put_leaf(&in, 0);
        return TOV_OK;
    }
    enum tov_err link_err = check_link(&in, &link_hash);
    if (link_err == TOV_E_NOMEM)
        return link_err;
    in.is_off_link = link_err != TOV_OK;
    if (link_err != TOV_OK && tov_session_may_log(follow, peer))
        tov_core_log(
            follow->core, TOV_HOST_ERROR, "link-broken",
            "peer=%s index=%llu held=%llu error=%s hint=\"a message before it is missing\"",
            peer->agency->name, (unsigned long long)entry->index,
            (unsigned long long)peer->last_link, tov_err_name(link_err));
    TOV_TRY(judge_message(&in));
    TOV_TRY(judge_clock(&in));
    note_expired(&in);
    return store_message(&in);
}

/* ---- a stanza that came later ---- */

/* Until the batch that opens a message is committed the store says "no key", and the same stanza
 * may come again. Where too many are being opened it will, too. */
static bool may_open(const struct tov_peer *peer, uint64_t index)
{
    for (size_t i = 0; i < peer->late_count; i++) {
        if (peer->late[i] == index)
            return false;
    }
    return peer->late_count < TOV_LATE_OPEN_MAX;
}

void tov_late_on_closed(struct tov_peer *peer)
{
    peer->late_closed = peer->late_count;
}

void tov_late_on_committed(struct tov_peer *peer)
{
    peer->late_count -= peer->late_closed;
    memmove(peer->late, peer->late + peer->late_closed, peer->late_count * sizeof peer->late[0]);
    peer->late_closed = 0;
}

struct late {
    struct tov_bytes body;
    struct tov_frame_disclosed disclosed;
    struct tov_entry stored;
    struct tov_leaf leaf;
};

static void set_sealed(struct late *late, size_t count)
{
    uint64_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t size = late->leaf.as.message.parts[i].is_inline
                            ? late->leaf.as.message.parts[i].sealed_size
                            : 0;
        if (at + size > late->body.size)
            return; /* not ours, so not stored */
        late->disclosed.parts[i].data = (struct tov_bytes){late->body.data + at, (size_t)size};
        at += size;
    }
}

static enum tov_err load_late(const struct tov_core *core, struct tov_store_read *read,
                              const struct tov_ref *ref, struct late *late)
{
    struct tov_store_key key = tov_store_key_u16_u32_u64(ref->agency, ref->generation, ref->index);
    struct tov_bytes row;
    (void)core;
    TOV_TRY(tov_store_get(read, TOV_TABLE_MLEAF, key, &row));
    TOV_TRY(tov_entry_decode_mirror(row, &late->stored));
    if (late->stored.state != TOV_ENTRY_PRESENT ||
        late->stored.verdict.verdict != TOV_VERDICT_NO_KEY)
        return TOV_E_EXISTS;
    struct tov_hash hash = tov_merkle_leaf_hash(late->stored.leaf);
    if (!tov_hash_equal(&hash, &ref->leaf))
        return TOV_E_MALFORMED;
    TOV_TRY(tov_leaf_decode(late->stored.leaf, &late->leaf));
    TOV_TRY(tov_store_get(read, TOV_TABLE_MBODY, key, &late->body));
    late->disclosed.leaf = late->stored.leaf;
    late->disclosed.link_block = late->stored.links;
    late->disclosed.part_count = late->leaf.as.message.part_count;
    set_sealed(late, late->disclosed.part_count);
    return TOV_OK;
}

static enum tov_err apply_late(struct incoming *in, const struct tov_frame_stanza *stanza)
{
    const struct tov_frame_disclosed *disclosed = in->entry->disclosed;
    struct tov_hash unused;
    enum tov_err err = tov_link_decode(disclosed->link_block, &in->link);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK || !find_right(in, &unused))
        return TOV_E_MALFORMED;
    err = open_stanza(in, stanza);
    if (err != TOV_OK)
        return err;
    in->has_keys = true;
    TOV_TRY(read_message(in, disclosed->parts[0].data, disclosed->parts[1].data));
    return put_keys(in);
}

enum tov_err tov_late_stanza_apply(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct tov_frame_late_stanza *late_stanza)
{
    const struct tov_ref *ref = &late_stanza->ref;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct late *late = calloc(1, sizeof *late);
    if (late == NULL)
        return TOV_E_NOMEM;
    if (ref->agency != peer->number || ref->generation != peer->agency->generation)
        return TOV_E_MALFORMED;
    if (!may_open(peer, ref->index))
        return TOV_OK;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    enum tov_err err = load_late(follow->core, read, ref, late);
    if (err == TOV_E_EXISTS || err == TOV_E_NOT_FOUND)
        return TOV_OK; /* opened already, or not committed yet: it is asked for again */
    TOV_TRY(err);
    struct tov_entry_in entry = {ref->index, ref->leaf, &late->disclosed};
    TOV_CLEANUP(incoming_fini)
    struct incoming in = {.follow = follow,
                          .peer = peer,
                          .entry = &entry,
                          .leaf = &late->leaf,
                          .message = &late->leaf.as.message,
                          .header = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES),
                          .content = TOV_BUF_INIT((size_t)2 * TOV_INLINE_MAX_BYTES)};
    err = apply_late(&in, &late_stanza->stanza);
    if (err != TOV_OK)
        return err == TOV_E_EPOCH ? TOV_OK : err;
    peer->late[peer->late_count++] = ref->index;
    peer->did_nothing = false;
    in.is_off_link = late->stored.is_off_link;
    in.verdict.flags = late->stored.verdict.flags; /* of the moment at which it came */
    tell(&in);
    tov_keys_lost_settle(follow->core, peer, ref->index);
    if (in.is_off_link)
        return TOV_OK; /* its number is another's, or nobody's */
    if (wants_attachments(&in))
        tov_pull_begin(follow, peer, ref->index, in.message, in.link.number);
    struct tov_receipt_amendment amendment = {in.link.number, ref->leaf, in.verdict};
    tov_receipt_amend(follow, peer, in.link.series, &amendment);
    return TOV_OK;
}
