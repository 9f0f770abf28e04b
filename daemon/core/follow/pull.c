/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attachments are pulled by those with the right, chunk by chunk, each checked against the part's
 * root before it is written. How far a transfer is stands in the table `transfer`, moved on only
 * after the file is synced; a restart goes on from there.
 *
 *   row: link number 8, state 1 (0 under way, 1 complete, 2 failed), chunks held and synced 4
 */
#include "follow/peer.h"

#include "envelope/part_tree.h"
#include "merkle/tree.h"

#include <string.h>

#define ASK_CHUNKS 8u
#define ASK_AGAIN_MS 10000u
#define SYNC_EVERY 16u

enum { ROW_UNDER_WAY = 0, ROW_COMPLETE = 1, ROW_FAILED = 2 };
#define ROW_BYTES 13u

struct row {
    uint64_t link_number;
    uint8_t state;
    uint32_t held;
};

static struct tov_store_key row_key(const struct tov_message_name *name, uint8_t part)
{
    return tov_key_part(name->agency, name->generation, name->index, part);
}

static void put_row(struct tov_core *core, const struct tov_message_name *name, uint8_t part,
                    const struct row *row)
{
    uint8_t bytes[ROW_BYTES];
    tov_put_be64(bytes, row->link_number);
    bytes[8] = row->state;
    tov_put_be32(bytes + 9, row->held);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_TRANSFER, row_key(name, part),
                        TOV_BYTES_OF(bytes));
}

static enum tov_err get_row(struct tov_bytes bytes, struct row *out)
{
    struct tov_reader reader = tov_reader_of(bytes);
    out->link_number = tov_read_u64(&reader);
    out->state = tov_read_u8(&reader);
    out->held = tov_read_u32(&reader);
    return tov_reader_is_done(&reader) ? TOV_OK : TOV_E_CORRUPT;
}

enum tov_err tov_pull_begin(struct tov_follow *follow, struct tov_peer *peer,
                            const struct tov_entry_in *entry, const struct tov_leaf_message *leaf,
                            uint64_t link_number)
{
    struct tov_message_name name = {peer->number, peer->agency->generation, entry->index};
    for (size_t i = 2; i < leaf->part_count; i++) {
        struct row row = {link_number, ROW_UNDER_WAY, 0};
        if (leaf->parts[i].is_inline)
            continue;
        put_row(follow->core, &name, (uint8_t)i, &row);
    }
    peer->pulls_soon = true;
    return TOV_OK;
}

/* ---- choosing what to pull ---- */

static const struct tov_transfer *slot_of(const struct tov_peer *peer,
                                          const struct tov_message_name *name, uint8_t part)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        const struct tov_transfer *transfer = &peer->transfers[i];
        if (transfer->state != TOV_TRANSFER_NONE && transfer->name.index == name->index &&
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

/* A transfer as it stands in the store. */
struct waiting {
    struct tov_message_name name;
    uint8_t part;
    struct row row;
};

static enum tov_err activate(struct tov_core *core, struct tov_store_read *read,
                             const struct waiting *waiting, struct tov_transfer *slot)
{
    const struct tov_message_name *name = &waiting->name;
    const struct row *row = &waiting->row;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(tov_message_read(core, read, name, TOV_MESSAGE_LEAF, message));
    const struct tov_leaf_part *leaf_part = &message->leaf.parts[waiting->part];
    *slot = (struct tov_transfer){
        .state = TOV_TRANSFER_PULLING,
        .name = *name,
        .ref = {name->agency, name->generation, name->index, message->leaf_hash},
        .part = waiting->part,
        .claim = {leaf_part->sealed_size, leaf_part->root},
        .held = row->held,
        .synced = row->held,
        .asked = row->held,
        .total = tov_part_chunk_count(leaf_part->sealed_size),
        .link_number = row->link_number};
    return TOV_OK;
}

static enum tov_err fill_slots(struct tov_follow *follow, struct tov_peer *peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {
        .table = TOV_TABLE_TRANSFER,
        .first = tov_key_part(peer->number, peer->agency->generation, 0, 0),
        .last = tov_key_part(peer->number, peer->agency->generation, UINT64_MAX, UINT8_MAX)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    bool more = false;
    struct tov_transfer *slot = free_slot(peer);
    while (tov_store_iter_next(&iter)) {
        struct waiting waiting = {
            .name = {peer->number, peer->agency->generation, tov_get_be64(iter.row.key.bytes + 6)},
            .part = iter.row.key.bytes[14]};
        if (get_row(iter.row.value, &waiting.row) != TOV_OK || waiting.row.state != ROW_UNDER_WAY ||
            slot_of(peer, &waiting.name, waiting.part) != NULL)
            continue;
        more = true;
        if (slot == NULL)
            break;
        if (activate(follow->core, read, &waiting, slot) != TOV_OK)
            slot->state = TOV_TRANSFER_NONE;
        slot = free_slot(peer);
    }
    peer->may_pull = more;
    return tov_store_iter_fini(&iter);
}

/* A peer's attachments never take the room that casework needs: they wait for more. */
static bool has_room(struct tov_core *core, struct tov_peer *peer,
                     const struct tov_transfer *transfer)
{
    uint64_t left = transfer->claim.sealed_size - (uint64_t)transfer->held * TOV_PULL_CHUNK_BYTES;
    bool has = tov_core_has_room(core, left);
    if (!has && !peer->told_no_room)
        tov_core_log(core, TOV_HOST_WARN, "no-room-for-attachment", "peer=%s index=%llu bytes=%llu",
                     peer->agency->name, (unsigned long long)transfer->name.index,
                     (unsigned long long)left);
    peer->told_no_room = !has;
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

/* ---- the end of a transfer: the whole is opened once before it counts as here ---- */

static enum tov_err drop_bytes(void *user, struct tov_bytes bytes)
{
    (void)user;
    (void)bytes;
    return TOV_OK;
}

static enum tov_err open_file(struct tov_core *core, const struct tov_transfer *transfer,
                              const struct tov_message *message, const char *blob)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    TOV_CLEANUP(tov_part_opener_cleanup) struct tov_part_opener *opener = NULL;
    TOV_FREE uint8_t *chunk = malloc(TOV_PULL_CHUNK_BYTES);
    struct tov_part_sink sink = {drop_bytes, NULL};
    if (chunk == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_part_key(&message->keys, message->leaf.salt, transfer->part, &key));
    TOV_TRY(tov_part_opener_create(&key, &transfer->claim, &sink, &opener));
    for (uint32_t i = 0; i < transfer->total; i++) {
        size_t size = tov_part_chunk_size(transfer->claim.sealed_size, i);
        size_t got = 0;
        TOV_TRY(core->host->blob_read(core->host->context, blob, (uint64_t)i * TOV_PULL_CHUNK_BYTES,
                                      (struct tov_room){chunk, size}, &got));
        if (got != size)
            return TOV_E_IO;
        TOV_TRY(tov_part_opener_take(opener, (struct tov_bytes){chunk, size}));
    }
    return tov_part_opener_finish(opener);
}

/* Whether the file is what came in: each chunk was looked at before it was written. */
static enum tov_err find_if_whole(struct tov_core *core, const struct tov_transfer *transfer,
                                  const char *blob, bool *out_is_whole)
{
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    TOV_FREE uint8_t *chunk = malloc(TOV_PULL_CHUNK_BYTES);
    TOV_FREE struct tov_hash *hashes = calloc(transfer->total, sizeof *hashes);
    if (chunk == NULL || hashes == NULL)
        return TOV_E_NOMEM;
    for (uint32_t i = 0; i < transfer->total; i++) {
        size_t size = tov_part_chunk_size(transfer->claim.sealed_size, i);
        size_t got = 0;
        TOV_TRY(core->host->blob_read(core->host->context, blob, (uint64_t)i * TOV_PULL_CHUNK_BYTES,
                                      (struct tov_room){chunk, size}, &got));
        hashes[i] = tov_part_chunk_hash((struct tov_bytes){chunk, got});
    }
    TOV_TRY(tov_part_tree_create(hashes, transfer->total, &tree));
    struct tov_hash root = tov_part_tree_root(tree);
    *out_is_whole = tov_hash_equal(&root, &transfer->claim.root);
    return TOV_OK;
}

/* The own disk has changed it: no verdict on its sender, who is asked for it once more. */
static void fetch_again(struct tov_core *core, struct tov_transfer *transfer, const char *blob)
{
    struct row row = {transfer->link_number, ROW_UNDER_WAY, 0};
    tov_core_log(core, TOV_HOST_ERROR, "attachment-damaged", "file=blobs/%s way-out=fetched-again",
                 blob);
    put_row(core, &transfer->name, transfer->part, &row);
    transfer->held = transfer->synced = transfer->asked = 0;
    transfer->asked_mono_ms = 0;
}

/* What can be said of all attachments of a message, with what the open batches will say. */
struct standing {
    bool under_way;
    bool has_failed;
};

static void look_at_part(const struct tov_peer *peer, struct tov_store_read *read,
                         const struct tov_message_name *name, uint8_t part,
                         struct standing *standing)
{
    struct tov_bytes bytes;
    struct row row;
    const struct tov_transfer *slot = slot_of(peer, name, part);
    if (slot != NULL) {
        bool pulling = slot->state == TOV_TRANSFER_PULLING;
        standing->under_way = standing->under_way || pulling;
        standing->has_failed = standing->has_failed || (!pulling && slot->has_failed);
    } else if (tov_store_get(read, TOV_TABLE_TRANSFER, row_key(name, part), &bytes) == TOV_OK &&
               get_row(bytes, &row) == TOV_OK) {
        standing->under_way = standing->under_way || row.state == ROW_UNDER_WAY;
        standing->has_failed = standing->has_failed || row.state == ROW_FAILED;
    }
}

static struct standing other_parts(const struct tov_peer *peer, struct tov_store_read *read,
                                   const struct tov_transfer *transfer, size_t part_count)
{
    struct standing standing = {false, false};
    for (size_t i = 2; i < part_count; i++) {
        if (i != transfer->part)
            look_at_part(peer, read, &transfer->name, (uint8_t)i, &standing);
    }
    return standing;
}

bool tov_pull_is_under_way(const struct tov_peer *peer, struct tov_store_read *read,
                           const struct tov_message_name *name, size_t part_count)
{
    struct standing standing = {false, false};
    for (size_t i = 2; i < part_count; i++)
        look_at_part(peer, read, name, (uint8_t)i, &standing);
    return standing.under_way;
}

static void amend_verdict(struct tov_follow *follow, struct tov_store_read *read,
                          struct tov_peer *peer, const struct tov_transfer *transfer,
                          struct tov_verdict_value value)
{
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_store_key key = tov_store_key_u16_u32_u64(
        transfer->name.agency, transfer->name.generation, transfer->name.index);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(2 * TOV_LEAF_MAX_BYTES);
    if (tov_store_get(read, TOV_TABLE_MLEAF, key, &row) != TOV_OK ||
        tov_entry_decode_mirror(row, &entry) != TOV_OK)
        return;
    if (entry.verdict.verdict == TOV_VERDICT_NOT_UNDERSTOOD && value.verdict == TOV_VERDICT_OPENED)
        return; /* its attachments are here, its roster is not */
    value.flags = entry.verdict.flags;
    entry.verdict = value;
    tov_entry_put_mirror(&out, &entry);
    tov_store_batch_put_buf(tov_core_batch(follow->core), TOV_TABLE_MLEAF, key, &out);
    struct tov_link_block link;
    struct tov_receipt_amendment amendment = {transfer->link_number, transfer->ref.leaf, value};
    if (tov_link_decode(entry.links, &link) == TOV_OK)
        tov_receipt_amend(follow, peer, link.series, &amendment);
}

static enum tov_err finish(struct tov_follow *follow, struct tov_peer *peer,
                           struct tov_transfer *transfer, const char *blob)
{
    struct tov_core *core = follow->core;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(tov_message_read(core, read, &transfer->name, TOV_MESSAGE_HEADER, message));
    if (!message->has_keys)
        return TOV_E_ERASED;
    enum tov_err err = open_file(core, transfer, message, blob);
    if (err == TOV_E_IO || err == TOV_E_NOMEM)
        return err;
    bool is_whole = true;
    if (err != TOV_OK)
        TOV_TRY(find_if_whole(core, transfer, blob, &is_whole));
    if (!is_whole) {
        fetch_again(core, transfer, blob);
        return TOV_OK;
    }
    struct row row = {transfer->link_number, err == TOV_OK ? ROW_COMPLETE : ROW_FAILED,
                      transfer->total};
    put_row(core, &transfer->name, transfer->part, &row);
    struct tov_verdict_value value = {TOV_VERDICT_OPENED, 0, 0};
    if (err != TOV_OK)
        value = (struct tov_verdict_value){TOV_VERDICT_NOT_OPENED, 0, (uint16_t)err};
    struct standing others = other_parts(peer, read, transfer, message->leaf.part_count);
    if (err != TOV_OK || (!others.under_way && !others.has_failed))
        amend_verdict(follow, read, peer, transfer, value);
    struct tov_event event = {.kind = TOV_EVENT_ATTACHMENT,
                              .agency = transfer->name.agency,
                              .generation = transfer->name.generation,
                              .index = transfer->name.index,
                              .time_ms = core->now_ms,
                              .part = transfer->part};
    (void)tov_event_append(core, &event);
    transfer->state = TOV_TRANSFER_FINISHED;
    transfer->has_failed = err != TOV_OK;
    peer->pulls_soon = true;
    return TOV_OK;
}

void tov_pull_on_closed(struct tov_peer *peer)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        if (peer->transfers[i].state == TOV_TRANSFER_FINISHED)
            peer->transfers[i].state = TOV_TRANSFER_COMMITTING;
    }
}

void tov_pull_on_committed(struct tov_peer *peer)
{
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        if (peer->transfers[i].state == TOV_TRANSFER_COMMITTING)
            peer->transfers[i].state = TOV_TRANSFER_NONE;
    }
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
    struct row row = {transfer->link_number, ROW_UNDER_WAY, transfer->held};
    put_row(core, &transfer->name, transfer->part, &row);
    return TOV_OK;
}

enum tov_err tov_pull_on_chunk(struct tov_follow *follow, struct tov_peer *peer,
                               const struct tov_frame_chunk *chunk)
{
    char blob[TOV_BLOB_NAME_SIZE];
    struct tov_core *core = follow->core;
    struct tov_transfer *transfer = find_transfer(peer, chunk);
    if (transfer == NULL || chunk->index != transfer->held) {
        peer->did_nothing = true;
        return TOV_OK; /* asked for twice, or of an earlier session */
    }
    TOV_TRY(verify_chunk(transfer, chunk));
    tov_blob_name(core, &transfer->name, NULL, transfer->part, blob);
    TOV_TRY(core->host->blob_write(core->host->context, blob, chunk->index * TOV_PULL_CHUNK_BYTES,
                                   chunk->data));
    tov_core_use_room(core, chunk->data.size);
    transfer->held++;
    transfer->asked_mono_ms = core->mono_ms == 0 ? 1 : core->mono_ms;
    TOV_TRY(keep_progress(core, transfer, blob));
    if (transfer->held == transfer->total)
        return finish(follow, peer, transfer, blob);
    if (transfer->held == transfer->asked)
        ask(follow, peer, transfer);
    return TOV_OK;
}

void tov_pull_pump(struct tov_follow *follow, struct tov_peer *peer)
{
    if (!peer->has_session || peer->suspended || !tov_follow_may_take(follow, peer))
        return;
    if (peer->may_pull && fill_slots(follow, peer) != TOV_OK)
        return;
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++) {
        struct tov_transfer *transfer = &peer->transfers[i];
        if (transfer->state != TOV_TRANSFER_PULLING)
            continue;
        if (transfer->held == transfer->total) {
            char blob[TOV_BLOB_NAME_SIZE];
            tov_blob_name(follow->core, &transfer->name, NULL, transfer->part, blob);
            enum tov_err err = finish(follow, peer, transfer, blob);
            if (err != TOV_OK)
                (void)tov_core_fail(follow->core, err, "an attachment could not be checked");
        } else if (transfer->asked_mono_ms == 0 ||
                   follow->core->mono_ms - transfer->asked_mono_ms >= ASK_AGAIN_MS) {
            ask(follow, peer, transfer);
        }
    }
}

enum tov_err tov_follow_transfer(const struct tov_follow *follow, struct tov_store_read *read,
                                 const struct tov_message_name *name, uint8_t part,
                                 struct tov_transfer_view *out_view)
{
    struct tov_bytes bytes;
    struct row row;
    TOV_TRY(tov_store_get(read, TOV_TABLE_TRANSFER, row_key(name, part), &bytes));
    TOV_TRY(get_row(bytes, &row));
    *out_view = (struct tov_transfer_view){.chunks_held = row.held,
                                           .complete = row.state == ROW_COMPLETE,
                                           .failed = row.state == ROW_FAILED};
    const struct tov_peer *peer = tov_follow_peer(follow, name->agency);
    const struct tov_transfer *slot = peer == NULL ? NULL : slot_of(peer, name, part);
    if (slot != NULL) {
        out_view->chunks_held = slot->held;
        out_view->chunks_total = slot->total;
    }
    return TOV_OK;
}
