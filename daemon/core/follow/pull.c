/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attachments are pulled by those with the right, chunk by chunk, each checked against the part's
 * root before it is written. How far a transfer is stands in the table `transfer`, moved on only
 * after the file is synced; a restart goes on from there.
 * So are files of own messages that were lost: which of them, from whom and what then is
 * own_files.c's.
 */
#include "follow/transfers.h"

#include "envelope/part_tree.h"
#include "follow/verdict.h"
#include "merkle/tree.h"

#include <string.h>

#define ASK_CHUNKS 8u
#define SYNC_EVERY 16u
#define OWN_SLOTS_MAX 2u /* of a peer: what it sends waits for no file that nobody may have */
#define DAMAGED_MAX 3u   /* times: a bit that rots does so once, a bad disk each time */

static void begin_part(struct tov_follow *follow, struct tov_peer *peer,
                       const struct tov_message_name *name, uint8_t part, uint64_t link_number)
{
    struct tov_transfer_row row = {link_number, TOV_TRANSFER_ROW_UNDER_WAY, 0};
    tov_transfer_put_row(follow->core, name, part, &row);
    if (peer->pull_new == 0 || name->index < peer->pull_new)
        peer->pull_new = name->index + 1;
    peer->pulls_soon = true;
}

void tov_pull_begin(struct tov_follow *follow, struct tov_peer *peer, uint64_t index,
                    const struct tov_leaf_message *leaf, uint64_t link_number)
{
    struct tov_message_name name = {peer->number, peer->agency->generation, index};
    for (size_t i = 2; i < leaf->part_count; i++) {
        if (!leaf->parts[i].is_inline)
            begin_part(follow, peer, &name, (uint8_t)i, link_number);
    }
}

/* ---- choosing what to pull ---- */

static const struct tov_transfer *slot_of(const struct tov_peer *peer,
                                          const struct tov_message_name *name, uint8_t part)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        const struct tov_transfer *transfer = &peer->transfers[i];
        if (transfer->state != TOV_TRANSFER_NONE && tov_pull_is_named(&transfer->name, name) &&
            transfer->part == part)
            return transfer;
    }
    return NULL;
}

static struct tov_transfer *free_slot(struct tov_peer *peer)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        if (peer->transfers[i].state == TOV_TRANSFER_NONE)
            return &peer->transfers[i];
    }
    return NULL;
}

static void activate(const struct tov_message *message, const struct tov_pull_wanted *wanted,
                     struct tov_transfer *slot)
{
    const struct tov_message_name *name = &wanted->name;
    const struct tov_leaf_part *leaf_part = &message->leaf.parts[wanted->part];
    *slot = (struct tov_transfer){
        .state = TOV_TRANSFER_PULLING,
        .name = *name,
        .ref = {name->agency, name->generation, name->index, message->leaf_hash},
        .part = wanted->part,
        .part_count = (uint8_t)message->leaf.part_count,
        .claim = {leaf_part->sealed_size, leaf_part->root},
        .held = wanted->row.held,
        .synced = wanted->row.held,
        .asked = wanted->row.held,
        .total = tov_part_chunk_count(leaf_part->sealed_size),
        .link_number = wanted->row.link_number};
    memcpy(slot->id, message->leaf.id, sizeof slot->id);
}

bool tov_pull_is_fetching(const struct tov_peer *peer, const struct tov_message_name *name,
                          uint8_t part)
{
    return slot_of(peer, name, part) != NULL;
}

static bool may_have_slot(const struct tov_peer *peer, const struct tov_message_name *name)
{
    unsigned own = 0;
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++)
        own += peer->transfers[i].state != TOV_TRANSFER_NONE &&
               peer->transfers[i].name.agency != peer->number;
    return name->agency == peer->number || own < OWN_SLOTS_MAX;
}

bool tov_pull_take_slot(const struct tov_follow *follow, struct tov_peer *peer,
                        const struct tov_message *message, const struct tov_pull_wanted *wanted)
{
    struct tov_transfer *slot = free_slot(peer);
    if (slot == NULL || !may_have_slot(peer, &wanted->name) ||
        !tov_park_is_its_turn(follow->core, peer, wanted))
        return false;
    activate(message, wanted, slot);
    slot->silent = tov_park_take(peer, wanted);
    return true;
}

/* An open batch may have dropped the row, as the store still has it. */
static bool is_dropped(const struct tov_core *core, struct tov_store_read *read,
                       const struct tov_pull_wanted *wanted)
{
    struct tov_bytes row;
    return tov_core_get_pending(core, read, TOV_TABLE_TRANSFER,
                                tov_key_part(wanted->name.agency, wanted->name.generation,
                                             wanted->name.index, wanted->part),
                                &row) == TOV_E_NOT_FOUND;
}

/* Only asking needs the peer: what is here as a whole is looked at without it. */
static bool may_ask(const struct tov_peer *peer)
{
    return peer->has_session && !peer->suspended;
}

static bool is_whole(const struct tov_message *message, const struct tov_pull_wanted *wanted)
{
    return wanted->row.held == tov_part_chunk_count(message->leaf.parts[wanted->part].sealed_size);
}

/* Free slots are being filled. */
struct filling {
    struct tov_follow *follow;
    struct tov_peer *peer;
    struct tov_store_read *read;
    bool goes_on;       /* from behind the last one that got a slot so */
    bool is_past_first; /* row that is under way */
    bool more, has_failed, has_taken;
};

/* False: it is to be tried again. */
static bool fill_slot(struct filling *filling, const struct tov_pull_wanted *wanted)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_peer *peer = filling->peer;
    struct tov_core *core = filling->follow->core;
    if ((!may_ask(peer) && wanted->row.held == 0) || is_dropped(core, filling->read, wanted))
        return true;
    if (tov_message_create(&message) != TOV_OK ||
        tov_message_read(core, filling->read, &wanted->name, TOV_MESSAGE_LEAF, message) != TOV_OK)
        return false;
    if (!may_ask(peer) && !is_whole(message, wanted))
        return true; /* a session looks at all of them again */
    if (!tov_pull_take_slot(filling->follow, peer, message, wanted))
        return false;
    filling->has_taken = true;
    if (filling->goes_on) {
        peer->pull_at = wanted->name.index;
        peer->pull_at_part = (uint8_t)(wanted->part + 1);
    }
    return true;
}

static void look_at_row(struct filling *filling, const struct tov_store_row *row)
{
    struct tov_peer *peer = filling->peer;
    struct tov_pull_wanted wanted = {
        .name = {peer->number, peer->agency->generation, tov_get_be64(row->key.bytes + 6)},
        .part = row->key.bytes[14]};
    if (tov_transfer_get_row(row->value, &wanted.row) != TOV_OK ||
        !tov_transfer_take_up(filling->follow, &wanted.row))
        return;
    filling->is_past_first = true;
    if (slot_of(peer, &wanted.name, wanted.part) != NULL ||
        !tov_park_is_its_turn(filling->follow->core, peer, &wanted))
        return;
    filling->more = free_slot(peer) == NULL;
    filling->has_failed = (!filling->more && !fill_slot(filling, &wanted)) || filling->has_failed;
}

static enum tov_err look_through(struct filling *filling, struct tov_store_key first,
                                 struct tov_store_key last, bool is_from_first)
{
    struct tov_store_range range = {.table = TOV_TABLE_TRANSFER, .first = first, .last = last};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(filling->read, &range, &iter));
    filling->is_past_first = !is_from_first;
    while (!filling->more && tov_store_iter_next(&iter)) {
        if (!filling->is_past_first)
            filling->peer->pull_from = tov_get_be64(iter.row.key.bytes + 6);
        look_at_row(filling, &iter.row);
    }
    return tov_store_iter_fini(&iter);
}

/* From the first row that is under way: before it are as many as there ever were. Each other time
 * from behind the one that got a slot so last, and then from the first: neither what does not come
 * nor what ever comes anew keeps back the others. */
static enum tov_err look_at_rows(struct filling *filling)
{
    const struct tov_peer *peer = filling->peer;
    uint32_t generation = peer->agency->generation;
    struct tov_store_key first = tov_key_part(peer->number, generation, peer->pull_from, 0);
    struct tov_store_key at =
        tov_key_part(peer->number, generation, peer->pull_at, peer->pull_at_part);
    struct tov_store_key last = tov_key_part(peer->number, generation, UINT64_MAX, UINT8_MAX);
    if (filling->goes_on && memcmp(at.bytes, first.bytes, first.size) > 0)
        TOV_TRY(look_through(filling, at, last, false));
    return filling->more ? TOV_OK : look_through(filling, first, last, true);
}

static enum tov_err fill_slots(struct tov_follow *follow, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    struct filling filling = {
        .follow = follow, .peer = peer, .read = read, .goes_on = peer->pull_goes_on};
    TOV_TRY(look_at_rows(&filling));
    peer->pull_goes_on = peer->pull_goes_on != filling.has_taken;
    peer->may_pull = filling.more || filling.has_failed;
    if (!peer->may_pull && may_ask(peer))
        tov_park_forget_due(follow->core, peer);
    return TOV_OK;
}

static uint64_t bytes_left(const struct tov_transfer *transfer)
{
    return transfer->claim.sealed_size - (uint64_t)transfer->held * TOV_PULL_CHUNK_BYTES;
}

static void tell_no_room(struct tov_core *core, struct tov_peer *peer,
                         const struct tov_transfer *transfer)
{
    if (!peer->told_no_room)
        tov_core_log(core, TOV_HOST_WARN, "no-room-for-attachment", "peer=%s index=%llu bytes=%llu",
                     peer->agency->name, (unsigned long long)transfer->name.index,
                     (unsigned long long)bytes_left(transfer));
    peer->told_no_room = true;
}

/* A peer's attachments never take the room that casework needs: they wait for more. */
static bool has_room(struct tov_core *core, struct tov_peer *peer,
                     const struct tov_transfer *transfer)
{
    bool has = tov_core_has_room(core, bytes_left(transfer));
    if (has)
        peer->told_no_room = false;
    else
        tell_no_room(core, peer, transfer);
    return has;
}

static void ask(struct tov_follow *follow, struct tov_peer *peer, struct tov_transfer *transfer)
{
    if (!has_room(follow->core, peer, transfer) ||
        !tov_day_quota_may_pull(follow, peer, TOV_PULL_CHUNK_BYTES))
        return;
    struct tov_control *control = calloc(1, sizeof *control);
    if (control == NULL)
        return;
    uint32_t left = transfer->total - transfer->held;
    control->kind = TOV_CONTROL_CHUNK_REQUEST;
    control->as.chunk_request.ref = transfer->ref;
    control->as.chunk_request.part = transfer->part;
    control->as.chunk_request.first = transfer->held;
    control->as.chunk_request.count = left < ASK_CHUNKS ? left : ASK_CHUNKS;
    transfer->asked = transfer->held + control->as.chunk_request.count;
    transfer->asked_mono_ms = follow->core->mono_ms == 0 ? 1 : follow->core->mono_ms;
    tov_session_control(follow, peer, control);
    free(control);
}

/* ---- the end of a transfer ---- */

/* The own disk has changed it, or does not give or take it: no verdict on its sender, who is asked
 * for it once more; but not for ever, since a disk that does so each time would have it sent
 * without end. */
static void fetch_again(struct tov_follow *follow, struct tov_peer *peer,
                        struct tov_transfer *transfer, const char *blob)
{
    struct tov_transfer_row row = {transfer->link_number, TOV_TRANSFER_ROW_UNDER_WAY, 0};
    transfer->is_given_up = ++transfer->damaged == DAMAGED_MAX;
    if (transfer->is_given_up) {
        row = (struct tov_transfer_row){transfer->link_number, TOV_TRANSFER_ROW_GIVEN_UP,
                                        follow->pull_run};
        transfer->state = TOV_TRANSFER_FINISHED;
        follow->pulls_given_up++;
        peer->pulls_soon = true;
    }
    tov_core_log(follow->core, TOV_HOST_ERROR, "attachment-damaged", "file=blobs/%s way-out=%s",
                 blob,
                 transfer->is_given_up ? "\"check the disk, and restart tovd\"" : "fetched-again");
    tov_transfer_put_row(follow->core, &transfer->name, transfer->part, &row);
    transfer->held = transfer->synced = transfer->asked = 0;
    transfer->asked_mono_ms = 0;
}

/* What can be said of all attachments of a message, with what the open batches will say. */
struct standing {
    const struct tov_core *core;
    const struct tov_peer *peer;
    struct tov_store_read *read;
    bool under_way;
    bool has_failed;
};

/* False: it was never begun. */
static bool look_at_part(struct standing *standing, const struct tov_message_name *name,
                         uint8_t part)
{
    struct tov_bytes bytes;
    struct tov_transfer_row row;
    const struct tov_transfer *slot = slot_of(standing->peer, name, part);
    if (slot != NULL) {
        bool pulling = slot->state == TOV_TRANSFER_PULLING ||
                       slot->state == TOV_TRANSFER_CHECKING || slot->is_given_up;
        standing->under_way = standing->under_way || pulling;
        standing->has_failed = standing->has_failed || (!pulling && slot->has_failed);
        return true;
    }
    if (tov_core_get_pending(standing->core, standing->read, TOV_TABLE_TRANSFER,
                             tov_key_part(name->agency, name->generation, name->index, part),
                             &bytes) != TOV_OK ||
        tov_transfer_get_row(bytes, &row) != TOV_OK)
        return false;
    standing->under_way = standing->under_way || row.state == TOV_TRANSFER_ROW_UNDER_WAY ||
                          row.state == TOV_TRANSFER_ROW_GIVEN_UP;
    standing->has_failed = standing->has_failed || row.state == TOV_TRANSFER_ROW_FAILED;
    return true;
}

struct tov_verdict_value tov_pull_begin_again(struct tov_follow *follow, struct tov_peer *peer,
                                              struct tov_store_read *read,
                                              const struct tov_message *message,
                                              uint64_t link_number)
{
    struct standing standing = {.core = follow->core, .peer = peer, .read = read};
    for (size_t i = 2; i < message->leaf.part_count; i++) {
        if (message->leaf.parts[i].is_inline || look_at_part(&standing, &message->name, (uint8_t)i))
            continue;
        begin_part(follow, peer, &message->name, (uint8_t)i, link_number);
        standing.under_way = true;
    }
    if (standing.has_failed)
        return (struct tov_verdict_value){TOV_VERDICT_NOT_OPENED, 0, TOV_E_DECRYPT};
    return (struct tov_verdict_value){standing.under_way ? TOV_VERDICT_PENDING : TOV_VERDICT_OPENED,
                                      0, 0};
}

static void end(struct tov_core *core, struct tov_peer *peer, struct tov_transfer *transfer,
                bool has_failed)
{
    struct tov_transfer_row row = {transfer->link_number,
                                   has_failed ? TOV_TRANSFER_ROW_FAILED : TOV_TRANSFER_ROW_COMPLETE,
                                   transfer->total};
    tov_transfer_put_row(core, &transfer->name, transfer->part, &row);
    tov_pull_check_destroy(transfer->check);
    transfer->check = NULL;
    transfer->state = TOV_TRANSFER_FINISHED;
    transfer->has_failed = has_failed;
    peer->pulls_soon = true;
}

/* Whether an attachment that was looked at as a whole decides on its message: it does not open, or
 * no other is waited for. */
static bool is_decisive(struct standing others, const struct tov_transfer *transfer,
                        enum tov_err err)
{
    for (size_t i = 2; i < transfer->part_count; i++) {
        if (i != transfer->part)
            (void)look_at_part(&others, &transfer->name, (uint8_t)i);
    }
    return err != TOV_OK || (!others.under_way && !others.has_failed);
}

static void conclude(struct tov_follow *follow, struct tov_peer *peer,
                     struct tov_transfer *transfer, bool has_failed)
{
    struct tov_event event = {.kind = TOV_EVENT_ATTACHMENT,
                              .agency = transfer->name.agency,
                              .generation = transfer->name.generation,
                              .index = transfer->name.index,
                              .time_ms = follow->core->now_ms,
                              .part = transfer->part};
    (void)tov_event_append(follow->core, &event);
    end(follow->core, peer, transfer, has_failed);
}

static enum tov_err finish_own(struct tov_follow *follow, struct tov_peer *peer,
                               struct tov_transfer *transfer, const char *blob)
{
    enum tov_err err = tov_own_files_finish(follow, peer, transfer, blob);
    transfer->state = err == TOV_E_AGAIN ? TOV_TRANSFER_CHECKING : TOV_TRANSFER_PULLING;
    if (err == TOV_E_AGAIN)
        return TOV_OK;
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK) {
        fetch_again(follow, peer, transfer, blob);
        return TOV_OK;
    }
    transfer->state = TOV_TRANSFER_FINISHED;
    peer->pulls_soon = true;
    return TOV_OK;
}

/* Until it is looked at as a whole it stays CHECKING, and this is called with each tick. */
static enum tov_err finish(struct tov_follow *follow, struct tov_peer *peer,
                           struct tov_transfer *transfer, const char *blob)
{
    struct tov_core *core = follow->core;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_pull_checked checked;
    if (transfer->name.agency == core->own->number)
        return finish_own(follow, peer, transfer, blob);
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    enum tov_err err = tov_message_read(core, read, &transfer->name, TOV_MESSAGE_HEADER, message);
    if (err == TOV_E_ERASED || (err == TOV_OK && !message->has_keys)) {
        end(core, peer, transfer, true); /* its message was erased since */
        return TOV_OK;
    }
    TOV_TRY(err);
    if (transfer->check == NULL)
        TOV_TRY(tov_pull_check_create(transfer, message, &transfer->check));
    transfer->state = TOV_TRANSFER_CHECKING;
    err = tov_pull_check_step(follow, peer, transfer, blob, &checked);
    if (err == TOV_E_AGAIN)
        return TOV_OK;
    TOV_TRY(err);
    if (!checked.is_damaged) {
        if (is_decisive((struct standing){core, peer, read, false, false}, transfer, checked.err))
            TOV_TRY(tov_verdict_on_attachment(follow, read, peer, message, checked.err));
        conclude(follow, peer, transfer, checked.err != TOV_OK);
        return TOV_OK;
    }
    tov_pull_check_destroy(transfer->check);
    transfer->check = NULL;
    transfer->state = TOV_TRANSFER_PULLING;
    fetch_again(follow, peer, transfer, blob);
    return TOV_OK;
}

static void drop_part(struct tov_follow *follow, struct tov_peer *peer, struct tov_store_read *read,
                      const struct tov_message_name *name, uint8_t part)
{
    struct tov_core *core = follow->core;
    char blob[TOV_BLOB_NAME_SIZE];
    struct tov_transfer_row row;
    struct tov_bytes bytes;
    struct tov_store_key key = tov_key_part(name->agency, name->generation, name->index, part);
    if (tov_core_get_pending(core, read, TOV_TABLE_TRANSFER, key, &bytes) != TOV_OK ||
        tov_transfer_get_row(bytes, &row) != TOV_OK ||
        (row.state != TOV_TRANSFER_ROW_UNDER_WAY && row.state != TOV_TRANSFER_ROW_GIVEN_UP))
        return;
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        struct tov_transfer *slot = &peer->transfers[i];
        if (slot->state == TOV_TRANSFER_NONE || slot->part != part ||
            !tov_pull_is_named(&slot->name, name))
            continue;
        tov_pull_check_destroy(slot->check);
        slot->check = NULL;
        slot->state = TOV_TRANSFER_NONE;
    }
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_TRANSFER, key);
    tov_blob_name(core, name, NULL, part, blob);
    (void)core->host->blob_delete(core->host->context, blob);
}

void tov_pull_drop(struct tov_follow *follow, struct tov_peer *peer, struct tov_store_read *read,
                   const struct tov_message_name *name, size_t part_count)
{
    for (size_t i = 2; i < part_count; i++)
        drop_part(follow, peer, read, name, (uint8_t)i);
}

void tov_pull_on_tick(struct tov_peer *peer)
{
    peer->check_left = TOV_PULL_CHECK_BYTES;
}

void tov_pull_fini(struct tov_peer *peer)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++)
        tov_pull_check_destroy(peer->transfers[i].check);
}

void tov_pull_on_closed(struct tov_peer *peer)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        if (peer->transfers[i].state == TOV_TRANSFER_FINISHED)
            peer->transfers[i].state = TOV_TRANSFER_COMMITTING;
    }
    if (peer->pull_new != 0 && (peer->pull_closed == 0 || peer->pull_new < peer->pull_closed))
        peer->pull_closed = peer->pull_new;
    peer->pull_new = 0;
}

void tov_pull_on_committed(struct tov_peer *peer)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        if (peer->transfers[i].state == TOV_TRANSFER_COMMITTING)
            peer->transfers[i].state = TOV_TRANSFER_NONE;
    }
    if (peer->pull_closed != 0 && peer->pull_closed - 1 < peer->pull_from)
        peer->pull_from = peer->pull_closed - 1;
    peer->pull_closed = 0;
}

/* ---- chunks ---- */

static struct tov_transfer *find_transfer(struct tov_peer *peer,
                                          const struct tov_frame_chunk *chunk)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        struct tov_transfer *transfer = &peer->transfers[i];
        if (transfer->state == TOV_TRANSFER_PULLING && transfer->part == chunk->part &&
            tov_ref_equal(&transfer->ref, &chunk->ref))
            return transfer;
    }
    return NULL;
}

static enum tov_err verify_chunk(const struct tov_transfer *transfer,
                                 const struct tov_frame_chunk *chunk)
{
    struct tov_proof proof = {.count = chunk->proof.size / TOV_HASH_BYTES};
    if (proof.count > 0) /* a part of one chunk needs none */
        memcpy(proof.hashes, chunk->proof.data, proof.count * TOV_HASH_BYTES);
    struct tov_part_chunk claimed = {(uint32_t)chunk->index, chunk->data, &proof};
    return tov_part_chunk_verify(&transfer->claim, &claimed);
}

static enum tov_err keep_progress(struct tov_core *core, struct tov_transfer *transfer,
                                  const char *blob)
{
    bool is_last = transfer->held == transfer->total;
    if (!is_last && transfer->held - transfer->synced < SYNC_EVERY)
        return TOV_OK;
    TOV_TRY(core->host->blob_sync(core->host->context, blob));
    transfer->synced = transfer->held;
    struct tov_transfer_row row = {transfer->link_number, TOV_TRANSFER_ROW_UNDER_WAY,
                                   transfer->held};
    tov_transfer_put_row(core, &transfer->name, transfer->part, &row);
    return TOV_OK;
}

static enum tov_err keep_chunk(struct tov_core *core, struct tov_transfer *transfer,
                               const struct tov_frame_chunk *chunk, const char *blob)
{
    transfer->silent = 0;
    transfer->asked_mono_ms = core->mono_ms == 0 ? 1 : core->mono_ms;
    TOV_TRY(core->host->blob_write(core->host->context, blob, chunk->index * TOV_PULL_CHUNK_BYTES,
                                   chunk->data));
    tov_core_use_room(core, chunk->data.size);
    transfer->held++;
    return keep_progress(core, transfer, blob);
}

/* Nor is a disk that does not take it a fault of the sender. A full one is tried again, from what
 * is synced, when the request has waited as long as one without an answer. */
static void wait_for_disk(struct tov_follow *follow, struct tov_peer *peer,
                          struct tov_transfer *transfer, const char *blob, enum tov_err err)
{
    if (err != TOV_E_FULL) {
        fetch_again(follow, peer, transfer, blob);
        return;
    }
    transfer->held = transfer->asked = transfer->synced;
    peer->did_nothing = true; /* it has used nothing of its day */
    tell_no_room(follow->core, peer, transfer);
}

enum tov_err tov_pull_on_chunk(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_frame_chunk *chunk)
{
    char blob[TOV_BLOB_NAME_SIZE];
    struct tov_core *core = follow->core;
    struct tov_transfer *transfer = find_transfer(peer, chunk);
    if (transfer == NULL || chunk->index != transfer->held || transfer->held >= transfer->asked) {
        peer->did_nothing = true;
        return TOV_OK; /* asked for twice, or of an earlier session; or not asked for at all */
    }
    TOV_TRY(verify_chunk(transfer, chunk));
    tov_blob_name(core, &transfer->name, transfer->id, transfer->part, blob);
    enum tov_err err = keep_chunk(core, transfer, chunk, blob);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK)
        wait_for_disk(follow, peer, transfer, blob, err);
    else if (transfer->held == transfer->total)
        return finish(follow, peer, transfer, blob);
    else if (transfer->held == transfer->asked)
        ask(follow, peer, transfer);
    return TOV_OK;
}

static void go_on(struct tov_follow *follow, struct tov_peer *peer, struct tov_transfer *transfer)
{
    const struct tov_core *core = follow->core;
    bool was_asked = transfer->asked_mono_ms != 0;
    if (was_asked && core->mono_ms - transfer->asked_mono_ms < TOV_PULL_ASK_AGAIN_MS)
        return;
    transfer->silent += was_asked ? 1 : 0;
    transfer->asked_mono_ms = 0; /* it may be that nothing can be asked now */
    if (was_asked && tov_park_rest_ms(transfer->silent) > 0)
        tov_park_put(core, peer, transfer);
    else if (!has_room(follow->core, peer, transfer))
        tov_park_for(core, peer, transfer, TOV_PULL_ASK_AGAIN_MS); /* a smaller one may fit */
    else
        ask(follow, peer, transfer);
}

static void end_transfer(struct tov_follow *follow, struct tov_peer *peer,
                         struct tov_transfer *transfer)
{
    char blob[TOV_BLOB_NAME_SIZE];
    tov_blob_name(follow->core, &transfer->name, transfer->id, transfer->part, blob);
    enum tov_err err = finish(follow, peer, transfer, blob);
    if (err != TOV_OK)
        (void)tov_core_fail(follow->core, err, "an attachment could not be checked");
}

void tov_pull_pump(struct tov_follow *follow, struct tov_peer *peer)
{
    if (!tov_follow_may_take(follow, peer))
        return;
    peer->may_pull = peer->may_pull || (may_ask(peer) && tov_park_has_due(follow->core, peer));
    if (peer->may_pull && fill_slots(follow, peer) != TOV_OK)
        return;
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        struct tov_transfer *transfer = &peer->transfers[i];
        if (transfer->state != TOV_TRANSFER_PULLING && transfer->state != TOV_TRANSFER_CHECKING)
            continue;
        if (transfer->held == transfer->total)
            end_transfer(follow, peer, transfer);
        else if (may_ask(peer))
            go_on(follow, peer, transfer);
    }
}

size_t tov_follow_gave_up(const struct tov_follow *follow)
{
    return follow->pulls_given_up;
}

enum tov_err tov_follow_transfer(const struct tov_follow *follow, struct tov_store_read *read,
                                 const struct tov_message_name *name, uint8_t part,
                                 struct tov_transfer_view *out_view)
{
    struct tov_bytes bytes;
    struct tov_transfer_row row;
    if (name->agency == follow->core->own->number)
        return tov_own_files_view(follow, read, name, part, out_view);
    TOV_TRY(tov_store_get(read, TOV_TABLE_TRANSFER,
                          tov_key_part(name->agency, name->generation, name->index, part), &bytes));
    TOV_TRY(tov_transfer_get_row(bytes, &row));
    bool is_given_up = row.state == TOV_TRANSFER_ROW_GIVEN_UP;
    *out_view = (struct tov_transfer_view){.chunks_held = is_given_up ? 0 : row.held,
                                           .complete = row.state == TOV_TRANSFER_ROW_COMPLETE,
                                           .failed = row.state == TOV_TRANSFER_ROW_FAILED};
    const struct tov_peer *peer = tov_follow_peer(follow, name->agency);
    const struct tov_transfer *slot = peer == NULL ? NULL : slot_of(peer, name, part);
    if (slot != NULL) {
        out_view->chunks_held = slot->held;
        out_view->chunks_total = slot->total;
    }
    return TOV_OK;
}
