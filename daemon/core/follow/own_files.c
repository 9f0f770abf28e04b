/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files of own messages that a restore lost, fetched back from those that hold them sealed as they
 * were sent, and given back to the peers that ask for theirs (docs/recovery.md, docs/protocol.md
 * 5.9). How chunks come in is pull.c's: each is checked against the part's root before it is
 * written, and a restart goes on from where the file was synced.
 *
 *   table `transfer`  of the own agency: a file that is not here and is wanted; no row: all is well
 *   table `filegiven` as transfer: that file of the peer's message was given back to it
 *
 *   A1 A file goes back to the sender of its message alone, by whom has the right to all and holds
 *      it whole, and only behind the commit of the journal's entry that says so (I9, I10).
 *   A2 What is asked for once more makes no new entry (I11).
 */
#include "follow/transfers.h"

#include "ledger/journal_note.h"

#include <string.h>

#define ROWS_LOOKED_AT 16u /* in a tick: each is a message that is read */
#define ENTRY_BYTES 1024u  /* of this node's disk for each entry: it counts as the asker's */

/* ---- fetching ---- */

static bool is_pulled(const struct tov_leaf_message *leaf, uint8_t part)
{
    return part >= 2 && part < leaf->part_count && !leaf->parts[part].is_inline &&
           tov_part_is_sealed_size(leaf->parts[part].sealed_size);
}

static enum tov_err want_part(struct tov_follow *follow, struct tov_store_read *read,
                              const struct tov_message_name *name,
                              const struct tov_leaf_message *leaf, uint8_t part)
{
    struct tov_core *core = follow->core;
    char blob[TOV_BLOB_NAME_SIZE];
    struct tov_bytes row;
    struct tov_transfer_row wanted = {0, TOV_TRANSFER_ROW_UNDER_WAY, 0};
    struct tov_store_key key = tov_key_part(name->agency, name->generation, name->index, part);
    tov_blob_name(core, name, leaf->id, part, blob);
    if (tov_part_file_is_there(core, blob, leaf->parts[part].sealed_size))
        return TOV_OK;
    enum tov_err err = tov_core_get_pending(core, read, TOV_TABLE_TRANSFER, key, &row);
    if (err != TOV_E_NOT_FOUND)
        return err;
    tov_transfer_put_row(core, name, part, &wanted);
    tov_core_log(core, TOV_HOST_WARN, "attachment-lost",
                 "file=blobs/%s way-out=fetched-back-from-its-recipients", blob);
    return TOV_OK;
}

enum tov_err tov_own_files_want(struct tov_follow *follow, const struct tov_message_name *name,
                                const struct tov_leaf_message *leaf)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(follow->core->store, &read, NULL));
    for (uint8_t part = 2; part < leaf->part_count; part++) {
        if (is_pulled(leaf, part))
            TOV_TRY(want_part(follow, read, name, leaf, part));
    }
    return TOV_OK;
}

enum tov_err tov_follow_want_files(struct tov_follow *follow, const struct tov_message *message)
{
    return tov_own_files_want(follow, &message->name, &message->leaf);
}

static bool may_fetch_from(const struct tov_follow *follow, const struct tov_peer *peer,
                           const struct tov_leaf_message *leaf)
{
    return peer->has_session && !peer->suspended && tov_follow_may_take(follow, peer) &&
           tov_leaf_is_all_for(leaf, peer->number);
}

/* Who is away, or may not be asked any more, is not waited for: another one may have it. */
static bool is_fetched(struct tov_follow *follow, const struct tov_message *message,
                       const struct tov_pull_wanted *wanted)
{
    for (size_t i = 0; i < follow->peer_count; i++) {
        struct tov_peer *peer = &follow->peers[i];
        if (!tov_pull_is_fetching(peer, &wanted->name, wanted->part))
            continue;
        if (may_fetch_from(follow, peer, &message->leaf))
            return true;
        return !tov_park_put_off(follow->core, peer, wanted);
    }
    return false;
}

static enum tov_err fetch(struct tov_follow *follow, const struct tov_message *message,
                          const struct tov_pull_wanted *wanted)
{
    if (is_fetched(follow, message, wanted))
        return TOV_OK;
    for (size_t i = 0; i < follow->peer_count; i++) {
        struct tov_peer *peer = &follow->peers[i];
        if (may_fetch_from(follow, peer, &message->leaf) &&
            tov_pull_take_slot(follow, peer, message, wanted))
            return TOV_OK;
    }
    return TOV_OK;
}

/* Its message may have been erased since, or lost: what brings it back wants its files anew. */
static enum tov_err fetch_row(struct tov_follow *follow, struct tov_store_read *read,
                              const struct tov_store_row *row, struct tov_message *message)
{
    struct tov_core *core = follow->core;
    struct tov_pull_wanted wanted = {
        .name = {core->own->number, core->series.generation, tov_get_be64(row->key.bytes + 6)},
        .part = row->key.bytes[14]};
    TOV_TRY(tov_transfer_get_row(row->value, &wanted.row));
    if (!tov_transfer_take_up(follow, &wanted.row))
        return TOV_OK;
    enum tov_err err = tov_message_read(core, read, &wanted.name, TOV_MESSAGE_LEAF, message);
    if (err == TOV_E_ERASED || err == TOV_E_NOT_FOUND ||
        (err == TOV_OK && !is_pulled(&message->leaf, wanted.part))) {
        tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_TRANSFER, row->key);
        return TOV_OK;
    }
    TOV_TRY(err);
    return fetch(follow, message, &wanted);
}

/* Some rows each time, from where the last time ended. */
static enum tov_err fetch_some(struct tov_follow *follow, struct tov_store_read *read,
                               struct tov_message *message)
{
    const struct tov_core *core = follow->core;
    struct tov_store_range range = {
        .table = TOV_TABLE_TRANSFER,
        .first = tov_key_part(core->own->number, core->series.generation, follow->own_files_at,
                              follow->own_files_part),
        .last = tov_key_part(core->own->number, core->series.generation, UINT64_MAX, UINT8_MAX)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    unsigned seen = 0;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && seen < ROWS_LOOKED_AT && tov_store_iter_next(&iter)) {
        err = fetch_row(follow, read, &iter.row, message);
        follow->own_files_at = tov_get_be64(iter.row.key.bytes + 6);
        follow->own_files_part = (uint8_t)(iter.row.key.bytes[14] + 1);
        seen++;
    }
    if (seen < ROWS_LOOKED_AT)
        follow->own_files_at = follow->own_files_part = 0;
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

void tov_own_files_on_tick(struct tov_follow *follow)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    if (!follow->started || !tov_follow_takes(follow))
        return;
    enum tov_err err = tov_store_read_begin(follow->core->store, &read, NULL);
    if (err == TOV_OK)
        err = tov_message_create(&message);
    if (err == TOV_OK)
        err = fetch_some(follow, read, message);
    if (err != TOV_OK)
        (void)tov_core_fail(follow->core, err, "what files are missing could not be read");
}

/* Every chunk was looked at before it was written, so it is whole unless the own disk changed it.
 */
enum tov_err tov_own_files_finish(struct tov_follow *follow, const struct tov_peer *peer,
                                  const struct tov_transfer *transfer, const char *blob)
{
    struct tov_core *core = follow->core;
    TOV_TRY(tov_part_file_check(follow, blob, &transfer->claim));
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_TRANSFER,
                           tov_key_part(transfer->name.agency, transfer->name.generation,
                                        transfer->name.index, transfer->part));
    tov_core_log(core, TOV_HOST_INFO, "attachment-back", "peer=%s index=%llu part=%u",
                 peer->agency->name, (unsigned long long)transfer->name.index,
                 (unsigned)transfer->part);
    return TOV_OK;
}

/* ---- showing ---- */

enum tov_err tov_own_files_view(const struct tov_follow *follow, struct tov_store_read *read,
                                const struct tov_message_name *name, uint8_t part,
                                struct tov_transfer_view *out_view)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = follow->core;
    struct tov_transfer_row row;
    struct tov_bytes bytes;
    char blob[TOV_BLOB_NAME_SIZE];
    struct tov_store_key key = tov_key_part(name->agency, name->generation, name->index, part);
    enum tov_err err = tov_store_get(read, TOV_TABLE_TRANSFER, key, &bytes);
    *out_view = (struct tov_transfer_view){.complete = false};
    if (err == TOV_OK) {
        TOV_TRY(tov_transfer_get_row(bytes, &row));
        out_view->chunks_held = row.state == TOV_TRANSFER_ROW_GIVEN_UP ? 0 : row.held;
        return TOV_OK;
    }
    if (err != TOV_E_NOT_FOUND)
        return err;
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(tov_message_read(core, read, name, TOV_MESSAGE_LEAF, message));
    if (!is_pulled(&message->leaf, part))
        return TOV_E_NOT_FOUND;
    tov_blob_name(core, name, message->leaf.id, part, blob);
    out_view->complete = tov_part_file_is_there(core, blob, message->leaf.parts[part].sealed_size);
    return TOV_OK;
}

/* ---- giving ---- */

/* What the peer asks for, of a message of its own. */
struct giving {
    struct tov_follow *follow;
    struct tov_peer *peer;
    struct tov_store_read *read;
    struct tov_message *message;
    struct tov_part_claim claim;
    char blob[TOV_BLOB_NAME_SIZE];
};

static void giving_fini(struct giving *giving)
{
    tov_message_destroy(giving->message);
    tov_store_read_end(giving->read);
}

static struct tov_store_key part_key(const struct tov_chunk_request *asked)
{
    return tov_key_part(asked->ref.agency, asked->ref.generation, asked->ref.index, asked->part);
}

/* TOV_E_NOT_FOUND: it is not held whole, or never was for this agency. */
static enum tov_err find_file(struct giving *giving, const struct tov_chunk_request *asked)
{
    const struct tov_follow *follow = giving->follow;
    struct tov_core *core = follow->core;
    struct tov_message_name name = {asked->ref.agency, asked->ref.generation, asked->ref.index};
    struct tov_transfer_view view;
    TOV_TRY(tov_store_read_begin(core->store, &giving->read, NULL));
    TOV_TRY(tov_message_create(&giving->message));
    TOV_TRY(tov_message_read(core, giving->read, &name, TOV_MESSAGE_LEAF, giving->message));
    const struct tov_leaf_message *leaf = &giving->message->leaf;
    if (!tov_hash_equal(&giving->message->leaf_hash, &asked->ref.leaf) ||
        !is_pulled(leaf, asked->part) || !tov_leaf_is_all_for(leaf, core->own->number))
        return TOV_E_NOT_FOUND;
    TOV_TRY(tov_follow_transfer(follow, giving->read, &name, asked->part, &view));
    giving->claim = (struct tov_part_claim){leaf->parts[asked->part].sealed_size,
                                            leaf->parts[asked->part].root};
    tov_blob_name(core, &name, NULL, asked->part, giving->blob);
    return view.complete ? TOV_OK : TOV_E_NOT_FOUND;
}

static enum tov_err note_given(struct giving *giving, const struct tov_chunk_request *asked)
{
    struct tov_core *core = giving->follow->core;
    uint64_t index = 0;
    struct tov_journal_note note = {.leaf_type = TOV_LEAF_ACCESS,
                                    .class_code = TOV_JOURNAL_FILE_BACK,
                                    .client = "",
                                    .role = "",
                                    .message = giving->message->name,
                                    .number = giving->message->event,
                                    .reason = tov_bytes_of_text(giving->peer->agency->name)};
    TOV_TRY(tov_journal_note(core, &note, &index));
    tov_day_quota_use(giving->follow, giving->peer, ENTRY_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FILEGIVEN, part_key(asked),
                        (struct tov_bytes){0});
    return TOV_OK;
}

static enum tov_err give(struct giving *giving, const struct tov_chunk_request *asked)
{
    struct tov_served served = {asked, giving->blob, giving->claim};
    return tov_serve_part(giving->follow, giving->peer, &served);
}

static void log_failure(const struct giving *giving, const struct tov_chunk_request *asked,
                        enum tov_err err)
{
    if (err != TOV_OK && err != TOV_E_BUSY && err != TOV_E_CLOSED && err != TOV_E_AGAIN &&
        tov_session_may_log(giving->follow, giving->peer))
        tov_core_log(giving->follow->core, TOV_HOST_WARN, "chunk-not-served",
                     "peer=%s index=%llu error=%s", giving->peer->agency->name,
                     (unsigned long long)asked->ref.index, tov_err_name(err));
}

static void give_after(struct tov_core *core, const struct tov_after *after)
{
    struct tov_follow *follow = after->owner;
    struct tov_peer *peer = tov_follow_peer(follow, after->agency);
    (void)core;
    if (peer == NULL || !peer->asks_for_file)
        return;
    TOV_CLEANUP(giving_fini) struct giving giving = {.follow = follow, .peer = peer};
    peer->asks_for_file = false;
    if (!peer->has_session || peer->suspended)
        return;
    enum tov_err err = find_file(&giving, &peer->file_asked);
    if (err == TOV_OK)
        err = give(&giving, &peer->file_asked);
    log_failure(&giving, &peer->file_asked, err);
}

static enum tov_err note_and_give(struct giving *giving, const struct tov_chunk_request *asked)
{
    struct tov_core *core = giving->follow->core;
    struct tov_peer *peer = giving->peer;
    struct tov_after after = {.run = give_after, .owner = giving->follow, .agency = peer->number};
    struct tov_bytes row;
    enum tov_err err = tov_store_get(giving->read, TOV_TABLE_FILEGIVEN, part_key(asked), &row);
    if (err == TOV_OK)
        return give(giving, asked);
    if (err != TOV_E_NOT_FOUND)
        return err;
    TOV_TRY(note_given(giving, asked)); /* nothing is in an open batch while it asks for no file */
    peer->asks_for_file = true;
    peer->file_asked = *asked;
    return tov_core_after(core, &after);
}

enum tov_err tov_own_files_on_request(struct tov_follow *follow, struct tov_peer *peer,
                                      const struct tov_chunk_request *asked)
{
    TOV_CLEANUP(giving_fini) struct giving giving = {.follow = follow, .peer = peer};
    /* It asks again: once this node writes, and is done with what was asked. */
    if (!peer->has_session || !tov_follow_takes(follow) || peer->asks_for_file ||
        tov_ledger_size(follow->core->journal) == 0) {
        peer->did_nothing = true;
        return TOV_OK;
    }
    enum tov_err err = asked->ref.generation == peer->agency->generation ? find_file(&giving, asked)
                                                                         : TOV_E_NOT_FOUND;
    if (err == TOV_OK)
        err = note_and_give(&giving, asked);
    if (err == TOV_E_NOMEM) /* what the disk does not give is no reason to end: a peer asks again */
        return tov_core_fail(follow->core, err, "a file that a peer asked for could not be read");
    log_failure(&giving, asked, err);
    return TOV_OK;
}
