/* SPDX-License-Identifier: EUPL-1.2
 *
 * The entries of a recovered tree, read back from those to whom they were disclosed
 * (docs/recovery.md). Each peer is asked for its part of the range, once, but for the links that it
 * told before their messages could be taken; until it has answered, and that is durable, its ledger
 * is not followed: the receipts that it was given are among them, and the links of which its own
 * receipts speak.
 *
 *   fact "recall" || agency u16: from u64, to u64, at u64; gone when all of it was answered
 *
 *   C1 Nothing is taken whose hash is not the one in the tree.
 *   C2 A message is whole (leaf and all inline parts), or stays lost.
 *   C3 One that is set aside here, too, has one place and its number (ledger/aside.h, A4); what a
 *      recipient without the right to all cannot give of it is here. But where it was written a
 *      second time, with files, these lie sealed anew in the place of those that were sent: it is
 *      appended all the same, and is there twice.
 */
#include "follow/transfers.h"

#include "ledger/aside.h"
#include "ledger/epoch.h"
#include "ledger/series.h"
#include "merkle/tree.h"

#include <string.h>

#define ANSWER_WAIT_MS 10000u
#define STALLED_MS 60000u
#define ANSWER_GOAL_BYTES 150000u /* one leaf with its body may come on top */
#define ANSWER_ROWS_MAX 1024u     /* looked at for one answer: those without a leaf take no bytes */

/* ---- giving ---- */

static enum tov_err add_held(struct tov_store_read *read, const struct tov_store_row *row,
                             struct tov_control *out, size_t *bytes)
{
    struct tov_entry entry;
    TOV_TRY(tov_entry_decode_mirror(row->value, &entry));
    if (entry.state != TOV_ENTRY_PRESENT)
        return TOV_OK;
    struct tov_held_leaf *held = &out->as.leaf_answer.leaves[out->as.leaf_answer.count++];
    *held = (struct tov_held_leaf){
        .index = tov_get_be64(row->key.bytes + 6), .leaf = entry.leaf, .link_block = entry.links};
    enum tov_err err = tov_store_get(read, TOV_TABLE_MBODY, row->key, &held->body);
    *bytes += held->leaf.size + held->link_block.size + held->body.size + 32;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static bool is_full(const struct tov_control *answer, size_t bytes, size_t rows)
{
    return bytes >= ANSWER_GOAL_BYTES || rows == ANSWER_ROWS_MAX ||
           answer->as.leaf_answer.count == TOV_LEAF_ANSWER_LEAVES_MAX;
}

/* All that is held of [from, to), or of its beginning as far as one answer goes: who asks goes on
 * from there (I11). */
static enum tov_err gather_held(const struct tov_peer *peer, struct tov_store_read *read,
                                struct tov_control *out)
{
    uint64_t from = out->as.leaf_answer.from;
    uint64_t to = out->as.leaf_answer.to;
    struct tov_store_range range = {
        .table = TOV_TABLE_MLEAF,
        .first = tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, from),
        .last = tov_store_key_u16_u32_u64(peer->number, peer->agency->generation, to - 1)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    size_t bytes = 0;
    size_t rows = 0;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter)) {
        if (is_full(out, bytes, rows)) {
            out->as.leaf_answer.to = tov_get_be64(iter.row.key.bytes + 6);
            break;
        }
        rows++;
        err = add_held(read, &iter.row, out, &bytes);
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* Up to where a request for [FROM, TO) can be answered. Entries that were taken and are not durable
 * are held, and cannot be given: who asks must not take them for lost. */
static uint64_t answerable_to(const struct tov_peer *peer, uint64_t from, uint64_t to)
{
    uint64_t durable = peer->committed_size;
    bool has_more = durable < to && from < peer->range.size && durable < peer->range.size;
    return has_more ? durable : to;
}

void tov_serve_leaves(struct tov_follow *follow, struct tov_peer *peer,
                      const struct tov_control *request)
{
    uint64_t from = request->as.leaf_request.from;
    uint64_t to = answerable_to(peer, from, request->as.leaf_request.to);
    if (to <= from) {
        peer->did_nothing = true; /* it asks again */
        return;
    }
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_control *answer = calloc(1, sizeof *answer);
    enum tov_err err = answer == NULL ? TOV_E_NOMEM : TOV_OK;
    if (err == TOV_OK) {
        answer->kind = TOV_CONTROL_LEAF_ANSWER;
        answer->as.leaf_answer.from = from;
        answer->as.leaf_answer.to = to;
        err = tov_store_read_begin(follow->core->store, &read, NULL);
    }
    if (err == TOV_OK)
        err = gather_held(peer, read, answer);
    if (err == TOV_OK)
        tov_session_control(follow, peer, answer);
    else
        tov_core_log(follow->core, TOV_HOST_WARN, "leaves-not-served", "peer=%s error=%s",
                     peer->agency->name, tov_err_name(err));
}

/* ---- what is still to be asked ---- */

static struct tov_store_key fact_key(const struct tov_peer *peer)
{
    struct tov_store_key key = tov_store_key_text("recall");
    tov_store_key_put_u16(&key, peer->number);
    return key;
}

static void save(struct tov_core *core, const struct tov_peer *peer)
{
    uint8_t row[24];
    tov_put_be64(row, peer->recall_from);
    tov_put_be64(row + 8, peer->recall_to);
    tov_put_be64(row + 16, peer->recall_at);
    if (tov_recall_is_open(peer))
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, fact_key(peer),
                            TOV_BYTES_OF(row));
    else
        tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_FACT, fact_key(peer));
}

enum tov_err tov_recall_load(struct tov_core *core, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, fact_key(peer), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    if (row.size != 24)
        return TOV_E_CORRUPT;
    peer->recall_from = tov_get_be64(row.data);
    peer->recall_to = tov_get_be64(row.data + 8);
    peer->recall_at = tov_get_be64(row.data + 16);
    return TOV_OK;
}

bool tov_recall_is_open(const struct tov_peer *peer)
{
    return peer->recall_at < peer->recall_to;
}

bool tov_recall_is_durable(const struct tov_peer *peer)
{
    return !tov_recall_is_open(peer) && peer->recall_pending == 0;
}

/* PEER is to be asked for [FROM, TO), besides what it is asked for already. */
static void widen(const struct tov_follow *follow, struct tov_peer *peer, uint64_t from,
                  uint64_t to)
{
    bool is_open = tov_recall_is_open(peer);
    if (!is_open || from < peer->recall_from)
        peer->recall_from = from;
    if (!is_open || from < peer->recall_at) {
        peer->recall_at = from;
        peer->recall_asked_ms = 0; /* what it answers to the last request is asked no more */
    }
    if (!is_open || to > peer->recall_to)
        peer->recall_to = to;
    save(follow->core, peer);
}

void tov_follow_recall(struct tov_follow *follow, uint64_t from, uint64_t to)
{
    for (size_t i = 0; i < follow->peer_count; i++)
        widen(follow, &follow->peers[i], from, to);
    follow->recall_changes++;
}

/* It has not told yet what it holds, which it does when that is durable: before that it cannot give
 * the newest of it. */
static bool waits_to_tell(const struct tov_follow *follow, const struct tov_peer *peer)
{
    return !follow->started && !peer->has_told;
}

/* It is connected and brings nothing: who waits for it must not wait for ever. */
static bool is_stalled(const struct tov_follow *follow, const struct tov_peer *peer)
{
    return peer->recall_moved_ms != 0 &&
           follow->core->mono_ms - peer->recall_moved_ms >= STALLED_MS;
}

struct tov_recall_view tov_follow_recall_view(const struct tov_follow *follow)
{
    struct tov_recall_view view = {.changes = follow->recall_changes};
    for (size_t i = 0; i < follow->peer_count; i++) {
        const struct tov_peer *peer = &follow->peers[i];
        view.pending += peer->recall_pending;
        if (!tov_recall_is_open(peer))
            view.answered++;
        else if ((peer->has_session || peer->is_consulted) && !is_stalled(follow, peer))
            view.answering++;
        else
            view.silent++;
    }
    return view;
}

void tov_recall_pump(struct tov_follow *follow, struct tov_peer *peer)
{
    const struct tov_core *core = follow->core;
    bool is_heard = peer->has_session || peer->is_consulted;
    if (!is_heard || !tov_recall_is_open(peer)) {
        peer->recall_moved_ms = 0;
        return;
    }
    if (peer->recall_moved_ms == 0 || core->waits_for_room || /* then no answer is taken */
        waits_to_tell(follow, peer))
        peer->recall_moved_ms = core->mono_ms;
    if (peer->recall_to > tov_ledger_committed(core->ledger) ||
        (peer->recall_asked_ms != 0 && core->mono_ms - peer->recall_asked_ms < ANSWER_WAIT_MS) ||
        !tov_session_may_ask(follow, peer, 1))
        return;
    struct tov_control *control = calloc(1, sizeof *control);
    if (control == NULL)
        return;
    peer->recall_asked_ms = core->mono_ms;
    control->kind = TOV_CONTROL_LEAF_REQUEST;
    control->as.leaf_request.from = peer->recall_at;
    control->as.leaf_request.to = peer->recall_to;
    tov_session_control(follow, peer, control);
    free(control);
}

/* ---- taking ---- */

/* What one answer brings, and what is set aside here: read when the first message comes. */
struct bringing {
    struct tov_follow *follow;
    struct tov_peer *peer;
    struct tov_store_read *read;
    struct tov_aside_ids aside;
    bool has_aside;
};

static void bringing_fini(struct bringing *with)
{
    tov_store_read_end(with->read);
    tov_aside_ids_fini(&with->aside);
}

/* One entry on its way back. */
struct recalled {
    struct bringing *with;
    struct tov_follow *follow;
    struct tov_peer *peer;
    const struct tov_held_leaf *held;
    struct tov_leaf *leaf;
    struct tov_entry stored; /* as it stands here */
    struct tov_buf links;    /* as they will */
    struct tov_bytes body;   /* so */
    uint64_t aside_number;   /* 0: it is not set aside here */
    struct tov_aside_parts aside;
};

static void put_present(const struct recalled *in, uint64_t event)
{
    struct tov_store_batch *batch = tov_core_batch(in->follow->core);
    struct tov_bytes links = tov_buf_view(&in->links);
    uint8_t *to =
        tov_store_batch_put_space(batch, TOV_TABLE_LEAF, tov_store_key_u64(in->held->index),
                                  tov_entry_own_size(in->held->leaf.size, links));
    if (to != NULL) /* else the batch has failed, which its commit reports */
        tov_entry_put_own(to, event, in->held->leaf, links);
}

static void put_body(const struct recalled *in)
{
    tov_store_batch_put(tov_core_batch(in->follow->core), TOV_TABLE_BODY,
                        tov_store_key_u64(in->held->index), in->body);
}

/* Every inline part is there with its root. */
static bool is_whole(const struct tov_leaf_message *message, struct tov_bytes body)
{
    struct tov_reader reader = tov_reader_of(body);
    for (size_t i = 0; i < message->part_count; i++) {
        const struct tov_leaf_part *part = &message->parts[i];
        struct tov_part_claim claim = {part->sealed_size, part->root};
        if (!part->is_inline)
            continue;
        struct tov_bytes sealed = tov_read_bytes(&reader, (size_t)part->sealed_size);
        if (reader.failed || tov_part_check(&claim, sealed) != TOV_OK)
            return false;
    }
    return tov_reader_is_done(&reader);
}

/* The peer's own link block is the one that the leaf names: its receipts may speak of that link
 * from now on. */
static bool note_link(const struct recalled *in)
{
    struct tov_link_block link;
    struct tov_bytes block = in->held->link_block;
    const struct tov_leaf_recipient *recipient =
        tov_leaf_recipient_of(&in->leaf->as.message, in->peer->number);
    if (recipient == NULL || tov_link_decode(block, &link) != TOV_OK)
        return false;
    struct tov_hash hash = tov_link_hash(block);
    if (!tov_hash_equal(&hash, &recipient->link_hash))
        return false;
    struct tov_link_place place = {in->peer->number, link.series.generation, link.series.lost_index,
                                   link.number};
    uint8_t row[8];
    tov_put_be64(row, in->held->index);
    tov_store_batch_put(tov_core_batch(in->follow->core), TOV_TABLE_LINK, tov_key_link(&place),
                        TOV_BYTES_OF(row));
    return true;
}

/* Where it is not there yet. */
static void add_link(struct recalled *in)
{
    if (tov_entry_link_for(&in->stored, in->peer->number).size > 0 || !note_link(in))
        return;
    tov_buf_put_u16(&in->links, in->peer->number);
    tov_buf_put_bytes(&in->links, in->held->link_block);
}

/* Shown as evidence: who sent what to whom and when, without the keys to read it. */
static uint64_t put_event(const struct recalled *in)
{
    struct tov_core *core = in->follow->core;
    struct tov_event event = {.kind = TOV_EVENT_WRITTEN,
                              .agency = core->own->number,
                              .generation = core->series.generation,
                              .index = in->held->index,
                              .time_ms = in->leaf->time_ms};
    /* Its id is the tag under which it was accepted (api/submit.c): nobody sends it twice. */
    memcpy(event.tag, in->leaf->as.message.id, sizeof event.tag);
    return tov_event_append(core, &event);
}

/* The message that is set aside under the same id, if there is one. */
static enum tov_err find_aside(struct recalled *in)
{
    struct bringing *with = in->with;
    const uint8_t *id = in->leaf->as.message.id;
    struct tov_core *core = in->follow->core;
    if (!with->has_aside)
        TOV_TRY(tov_aside_ids_read(with->read, &with->aside));
    with->has_aside = true;
    enum tov_err err = tov_aside_find(core, with->read, &with->aside, id, &in->aside_number);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    return tov_aside_read_parts(core, with->read, in->aside_number, &in->aside);
}

/* Its parts as they came, or as they are here. */
static bool find_body(struct recalled *in)
{
    const struct tov_leaf_message *message = &in->leaf->as.message;
    in->body = in->held->body;
    if (is_whole(message, in->body))
        return true;
    in->body = in->aside.body;
    return in->aside_number != 0 && is_whole(message, in->body);
}

/* C3. Where its keys do not fit, since it was sealed anew by others, they are asked for. */
static enum tov_err end_aside(struct recalled *in)
{
    struct tov_own_fit fit = {false, false};
    struct tov_own_back back = {.index = in->held->index,
                                .number = in->aside_number,
                                .leaf = in->held->leaf,
                                .body = in->body,
                                .keys = &in->aside.keys};
    bool has_files = in->leaf->as.message.part_count > 2;
    if (in->aside.has_keys)
        TOV_TRY(tov_own_keys_check(in->follow, &back, &fit));
    if (in->aside.has_keys && has_files && !fit.content) {
        in->aside_number = 0;
        return TOV_OK;
    }
    TOV_TRY(tov_aside_end(in->follow->core, in->with->read, back.number, back.index));
    return fit.all ? tov_own_keys_keep(in->follow, &back) : TOV_OK;
}

/* Who holds the header alone may have told its link block before there was a row of the message for
 * it to stand in (C2): it is asked again, for that message. */
static void ask_for_links(const struct recalled *in)
{
    const struct tov_leaf_message *message = &in->leaf->as.message;
    for (size_t i = 0; i < message->recipient_count; i++) {
        const struct tov_leaf_recipient *recipient = &message->recipients[i];
        struct tov_peer *peer = tov_follow_peer(in->follow, recipient->agency);
        if (peer == NULL || peer == in->peer || recipient->right == TOV_RIGHT_ALL)
            continue;
        widen(in->follow, peer, in->held->index, in->held->index + 1);
        in->follow->recall_changes++;
    }
}

static enum tov_err take_new_message(struct recalled *in)
{
    struct tov_core *core = in->follow->core;
    struct tov_message_name name = {core->own->number, core->series.generation, in->held->index};
    tov_own_keys_want(in->follow, in->held->index, &in->leaf->as.message);
    if (in->aside_number != 0)
        TOV_TRY(end_aside(in));
    put_present(in, in->aside_number != 0 ? in->aside_number : put_event(in));
    put_body(in);
    ask_for_links(in);
    TOV_TRY(tov_own_files_want(in->follow, &name, &in->leaf->as.message));
    return tov_follow_note_readable(in->follow);
}

static enum tov_err take_message(struct recalled *in)
{
    bool is_new = in->stored.state != TOV_ENTRY_PRESENT;
    if (is_new)
        TOV_TRY(find_aside(in));
    if (is_new && !find_body(in)) {
        (void)note_link(in);
        return TOV_OK;
    }
    tov_buf_put_bytes(&in->links, in->stored.links);
    add_link(in);
    if (is_new)
        return take_new_message(in);
    if (in->links.size != in->stored.links.size)
        put_present(in, in->stored.event);
    return TOV_OK;
}

static void take_anchor(struct recalled *in)
{
    struct tov_hash hash = tov_sha256(in->held->body);
    if (!tov_hash_equal(&hash, &in->leaf->as.anchor.seen_hash))
        return;
    in->body = in->held->body;
    put_present(in, 0);
    put_body(in);
}

static enum tov_err take_entry(struct recalled *in)
{
    bool is_new = in->stored.state != TOV_ENTRY_PRESENT;
    switch (in->leaf->type) {
    case TOV_LEAF_MESSAGE:
        return take_message(in);
    case TOV_LEAF_RECEIPT:
        if (in->leaf->as.receipt.peer != in->peer->number)
            return TOV_OK; /* it was shown to its peer alone, which tells what it says */
        if (is_new)
            tov_told_note(in->follow->core, in->peer, &in->leaf->as.receipt);
        break;
    case TOV_LEAF_ANCHOR:
        if (is_new)
            take_anchor(in);
        return TOV_OK;
    case TOV_LEAF_LOST:
        tov_series_note(in->follow->core, in->held->index);
        break;
    case TOV_LEAF_EPOCH_KEY:
        if (is_new)
            TOV_TRY(tov_epochs_note_made(in->follow->core, in->leaf->as.epoch_key.epoch, 0));
        break;
    case TOV_LEAF_GENESIS:
    case TOV_LEAF_ROSTER:
    case TOV_LEAF_JOURNAL_ROOT:
    case TOV_LEAF_ERASED:
        break;
    case TOV_LEAF_ACCESS:
    case TOV_LEAF_FOLD:
    case TOV_LEAF_REWRAP:
    case TOV_LEAF_OVERRIDE:
    case TOV_LEAF_GRANT:
        return TOV_OK; /* no entries of a ledger */
    }
    if (is_new)
        put_present(in, 0);
    return TOV_OK;
}

/* TOV_E_PROOF: it is no entry of this ledger. */
static enum tov_err take_leaf(struct bringing *with, const struct tov_held_leaf *held)
{
    uint8_t room[TOV_LINKS_MAX_BYTES];
    struct tov_follow *follow = with->follow;
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    struct recalled in = {
        .with = with, .follow = follow, .peer = with->peer, .held = held, .leaf = leaf};
    struct tov_bytes row;
    if (leaf == NULL)
        return TOV_E_NOMEM;
    in.links = (struct tov_buf){.data = room, .capacity = sizeof room, .limit = sizeof room};
    /* Another peer's answer for the same entry may be in an open batch. */
    TOV_TRY(tov_core_get_pending(follow->core, with->read, TOV_TABLE_LEAF,
                                 tov_store_key_u64(held->index), &row));
    TOV_TRY(tov_entry_decode_own(row, &in.stored));
    struct tov_hash wanted = tov_entry_hash(&in.stored);
    struct tov_hash hash = tov_merkle_leaf_hash(held->leaf);
    if (!tov_hash_equal(&wanted, &hash))
        return TOV_E_PROOF;
    enum tov_err err = tov_leaf_decode(held->leaf, leaf);
    if (err == TOV_E_NOMEM)
        return err;
    if (err == TOV_OK)
        tov_core_note_leaf_time(follow->core, leaf->time_ms);
    if (in.stored.state == TOV_ENTRY_ERASED || err != TOV_OK)
        return TOV_OK; /* erased here since, or of a newer version: its hash stays */
    err = take_entry(&in);
    tov_message_keys_wipe(&in.aside.keys);
    return err;
}

static void note_answered(struct tov_core *core, const struct tov_after *after)
{
    struct tov_follow *follow = after->owner;
    struct tov_peer *peer = tov_follow_peer(follow, after->agency);
    (void)core;
    peer->recall_pending--;
    follow->recall_changes += after->a; /* it was its last answer */
}

/* A peer's word that it holds nothing of an entry is believed: who withholds what was disclosed to
 * it harms its own links. A receipt that it withholds is given again, which the `lost` that names
 * the first one explains to whoever holds both. */
enum tov_err tov_recall_on_leaves(struct tov_follow *follow, struct tov_peer *peer,
                                  const struct tov_control *answer)
{
    TOV_CLEANUP(bringing_fini) struct bringing with = {.follow = follow, .peer = peer};
    size_t wrong = 0;
    if (!tov_recall_is_open(peer) || answer->as.leaf_answer.from != peer->recall_at ||
        answer->as.leaf_answer.to > peer->recall_to)
        return TOV_OK; /* an answer to what is asked no more */
    TOV_TRY(tov_store_read_begin(follow->core->store, &with.read, NULL));
    for (size_t i = 0; i < answer->as.leaf_answer.count; i++) {
        enum tov_err err = take_leaf(&with, &answer->as.leaf_answer.leaves[i]);
        wrong += err == TOV_E_PROOF ? 1 : 0;
        if (err != TOV_OK && err != TOV_E_PROOF)
            return tov_core_fail(follow->core, err, "an entry could not be read back");
    }
    if (wrong > 0)
        tov_core_log(follow->core, TOV_HOST_WARN, "leaves-not-ours", "peer=%s count=%zu",
                     peer->agency->name, wrong);
    peer->recall_at = answer->as.leaf_answer.to;
    peer->recall_moved_ms = follow->core->mono_ms;
    peer->recall_asked_ms = 0;
    save(follow->core, peer);
    struct tov_after after = {.run = note_answered,
                              .owner = follow,
                              .agency = peer->number,
                              .a = tov_recall_is_open(peer) ? 0 : 1};
    enum tov_err err = tov_core_after(follow->core, &after);
    if (err != TOV_OK)
        return tov_core_fail(follow->core, err, "an answer could not be taken");
    peer->recall_pending++;
    return TOV_OK;
}
