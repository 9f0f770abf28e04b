/* SPDX-License-Identifier: EUPL-1.2
 *
 * Chunks of own attachments for those with the right to them, and the sending of chunks.
 */
#include "follow/transfers.h"

#define SERVE_MAX 16u
#define CHUNKS_AN_ASK 256u /* of a tree that is not in memory: as hashes, docs/protocol.md 10 */

static bool may_have(const struct tov_message *message, uint16_t agency, uint8_t part)
{
    if (part < 2 || part >= message->leaf.part_count || message->leaf.parts[part].is_inline)
        return false;
    return tov_leaf_is_all_for(&message->leaf, agency);
}

struct serving {
    struct tov_follow *follow;
    struct tov_peer *peer;
    const struct tov_served *served;
    const struct tov_part_tree *tree;
    uint8_t *room;
};

/* Who checks it would hold it against this node: what the own disk has changed is not sent, and
 * said here. */
static enum tov_err fail_damaged(const struct tov_follow *follow, struct tov_peer *peer,
                                 const char *blob)
{
    if (tov_session_may_log(follow, peer))
        tov_core_log(follow->core, TOV_HOST_ERROR, "attachment-damaged",
                     "file=blobs/%s way-out=restore-it-from-a-backup,docs/recovery.md", blob);
    return TOV_E_CORRUPT;
}

static enum tov_err serve_one(const struct serving *serving, uint32_t index)
{
    const struct tov_served *served = serving->served;
    struct tov_core *core = serving->follow->core;
    struct tov_buf *frame = &serving->follow->frame;
    struct tov_proof proof;
    size_t size = tov_part_chunk_size(served->claim.sealed_size, index);
    size_t got = 0;
    TOV_TRY(tov_part_tree_prove(serving->tree, index, &proof));
    TOV_TRY(core->host->blob_read(core->host->context, served->blob,
                                  (uint64_t)index * TOV_PULL_CHUNK_BYTES,
                                  (struct tov_room){serving->room, size}, &got));
    struct tov_part_chunk own = {index, {serving->room, got}, &proof};
    if (tov_part_chunk_verify(&served->claim, &own) != TOV_OK)
        return fail_damaged(serving->follow, serving->peer, served->blob);
    struct tov_frame_chunk chunk = {
        .ref = served->asked->ref,
        .part = served->asked->part,
        .index = index,
        .data = {serving->room, size},
        .proof = {(const uint8_t *)proof.hashes, proof.count * TOV_HASH_BYTES}};
    tov_buf_clear(frame);
    TOV_TRY(tov_frame_encode_chunk(&chunk, frame));
    return tov_core_send_peer(core, serving->peer->number, tov_buf_view(frame));
}

enum tov_err tov_serve_part(struct tov_follow *follow, struct tov_peer *peer,
                            const struct tov_served *served)
{
    const struct tov_part_tree *tree = NULL;
    TOV_FREE uint8_t *room = malloc(TOV_PULL_CHUNK_BYTES);
    uint32_t total = tov_part_chunk_count(served->claim.sealed_size);
    if (room == NULL)
        return TOV_E_NOMEM;
    if (!tov_part_tree_is_kept(follow, &served->claim) &&
        !tov_session_may_cost(follow, peer, total / CHUNKS_AN_ASK))
        return TOV_E_BUSY;
    enum tov_err err = tov_part_file_tree(follow, served->blob, &served->claim, &tree);
    if (err == TOV_E_AGAIN)
        tov_part_file_wait(follow, peer, served->blob, served->asked);
    if (err == TOV_E_CORRUPT)
        return fail_damaged(follow, peer, served->blob);
    TOV_TRY(err);
    struct serving serving = {follow, peer, served, tree, room};
    uint64_t first = served->asked->first;
    for (uint64_t i = 0; i < served->asked->count && i < SERVE_MAX && first + i < total; i++)
        TOV_TRY(serve_one(&serving, (uint32_t)(first + i)));
    return TOV_OK;
}

static enum tov_err serve(struct tov_follow *follow, struct tov_peer *peer,
                          const struct tov_chunk_request *asked)
{
    struct tov_core *core = follow->core;
    const struct tov_ref *ref = &asked->ref;
    char blob[TOV_BLOB_NAME_SIZE];
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_message_name name = {ref->agency, ref->generation, ref->index};
    if (ref->agency != core->own->number)
        return TOV_E_DENIED;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message));
    if (!tov_hash_equal(&message->leaf_hash, &ref->leaf) ||
        !may_have(message, peer->number, asked->part))
        return TOV_E_DENIED;
    const struct tov_leaf_part *part = &message->leaf.parts[asked->part];
    tov_blob_name(core, &name, message->leaf.id, asked->part, blob);
    struct tov_served served = {asked, blob, {part->sealed_size, part->root}};
    enum tov_err err = tov_serve_part(follow, peer, &served);
    if (err == TOV_E_NOT_FOUND) /* a restore has lost it: other recipients may have it */
        TOV_TRY(tov_own_files_want(follow, &name, &message->leaf));
    return err;
}

enum tov_err tov_chunks_on_request(struct tov_follow *follow, struct tov_peer *peer,
                                   const struct tov_chunk_request *asked)
{
    if (asked->ref.agency == peer->number)
        return tov_own_files_on_request(follow, peer, asked);
    enum tov_err err = serve(follow, peer, asked);
    if (err != TOV_OK && err != TOV_E_BUSY && err != TOV_E_CLOSED && err != TOV_E_AGAIN &&
        tov_session_may_log(follow, peer))
        tov_core_log(follow->core, TOV_HOST_WARN, "chunk-not-served", "peer=%s index=%llu error=%s",
                     peer->agency->name, (unsigned long long)asked->ref.index, tov_err_name(err));
    return TOV_OK;
}
