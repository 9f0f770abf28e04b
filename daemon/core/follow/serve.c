/* SPDX-License-Identifier: EUPL-1.2
 *
 * Chunks of own attachments for those with the right to them. Beside each sealed file stands one
 * with the hashes of its chunks (".tree"), so that a proof costs no reading of the whole.
 */
#include "follow/peer.h"

#include "envelope/part_tree.h"

#include <stdio.h>
#include <string.h>

#define SERVE_MAX 16u

static bool may_have(const struct tov_message *message, uint16_t agency, uint8_t part)
{
    if (part < 2 || part >= message->leaf.part_count || message->leaf.parts[part].is_inline)
        return false;
    for (size_t i = 0; i < message->leaf.recipient_count; i++) {
        if (message->leaf.recipients[i].agency == agency)
            return message->leaf.recipients[i].right == TOV_RIGHT_ALL;
    }
    return false;
}

static enum tov_err load_tree(const struct tov_core *core, const char *blob, uint32_t count,
                              struct tov_part_tree **out_tree)
{
    char name[TOV_BLOB_NAME_SIZE + 8];
    size_t size = (size_t)count * TOV_HASH_BYTES;
    size_t got = 0;
    TOV_FREE uint8_t *hashes = malloc(size);
    if (hashes == NULL)
        return TOV_E_NOMEM;
    (void)snprintf(name, sizeof name, "%s.tree", blob);
    TOV_TRY(
        core->host->blob_read(core->host->context, name, 0, (struct tov_room){hashes, size}, &got));
    if (got != size)
        return TOV_E_CORRUPT;
    return tov_part_tree_create((const struct tov_hash *)(void *)hashes, count, out_tree);
}

struct serving {
    struct tov_follow *follow;
    struct tov_peer *peer;
    const struct tov_control *request;
    const char *blob;
    const struct tov_part_tree *tree;
    struct tov_part_claim claim; /* what the own leaf says */
    uint8_t *room;
};

/* A recipient that checks it would hold it against this node: what the own disk has changed is not
 * sent, and said here. */
static enum tov_err check_own(const struct serving *serving, const struct tov_part_chunk *chunk)
{
    if (tov_part_chunk_verify(&serving->claim, chunk) == TOV_OK)
        return TOV_OK;
    tov_core_log(serving->follow->core, TOV_HOST_ERROR, "attachment-damaged",
                 "file=blobs/%s way-out=restore-it-from-a-backup,docs/recovery.md", serving->blob);
    return TOV_E_CORRUPT;
}

static enum tov_err serve_one(const struct serving *serving, uint32_t index)
{
    struct tov_core *core = serving->follow->core;
    struct tov_buf *frame = &serving->follow->frame;
    struct tov_proof proof;
    size_t size = tov_part_chunk_size(serving->claim.sealed_size, index);
    size_t got = 0;
    TOV_TRY(tov_part_tree_prove(serving->tree, index, &proof));
    TOV_TRY(core->host->blob_read(core->host->context, serving->blob,
                                  (uint64_t)index * TOV_PULL_CHUNK_BYTES,
                                  (struct tov_room){serving->room, size}, &got));
    struct tov_part_chunk own = {index, {serving->room, got}, &proof};
    TOV_TRY(check_own(serving, &own));
    struct tov_frame_chunk chunk = {
        .ref = serving->request->as.chunk_request.ref,
        .part = serving->request->as.chunk_request.part,
        .index = index,
        .data = {serving->room, size},
        .proof = {(const uint8_t *)proof.hashes, proof.count * TOV_HASH_BYTES}};
    tov_buf_clear(frame);
    TOV_TRY(tov_frame_encode_chunk(&chunk, frame));
    return tov_core_send_peer(core, serving->peer->number, tov_buf_view(frame));
}

static enum tov_err serve(struct tov_follow *follow, struct tov_peer *peer,
                          const struct tov_control *request)
{
    struct tov_core *core = follow->core;
    const struct tov_ref *ref = &request->as.chunk_request.ref;
    uint8_t part = request->as.chunk_request.part;
    char blob[TOV_BLOB_NAME_SIZE];
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    TOV_FREE uint8_t *room = malloc(TOV_PULL_CHUNK_BYTES);
    struct tov_message_name name = {ref->agency, ref->generation, ref->index};
    if (room == NULL)
        return TOV_E_NOMEM;
    if (ref->agency != core->own->number)
        return TOV_E_DENIED;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_message_create(&message));
    TOV_TRY(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message));
    if (!tov_hash_equal(&message->leaf_hash, &ref->leaf) || !may_have(message, peer->number, part))
        return TOV_E_DENIED;
    uint64_t sealed_size = message->leaf.parts[part].sealed_size;
    uint32_t total = tov_part_chunk_count(sealed_size);
    tov_blob_name(core, &name, message->leaf.id, part, blob);
    TOV_TRY(load_tree(core, blob, total, &tree));
    struct tov_part_claim claim = {sealed_size, message->leaf.parts[part].root};
    struct serving serving = {follow, peer, request, blob, tree, claim, room};
    uint64_t first = request->as.chunk_request.first;
    uint64_t count = request->as.chunk_request.count;
    for (uint64_t i = 0; i < count && i < SERVE_MAX && first + i < total; i++)
        TOV_TRY(serve_one(&serving, (uint32_t)(first + i)));
    return TOV_OK;
}

void tov_serve_chunks(struct tov_follow *follow, struct tov_peer *peer,
                      const struct tov_control *request)
{
    enum tov_err err = serve(follow, peer, request);
    if (err != TOV_OK && err != TOV_E_BUSY && err != TOV_E_CLOSED &&
        tov_session_may_log(follow, peer))
        tov_core_log(follow->core, TOV_HOST_WARN, "chunk-not-served", "peer=%s index=%llu error=%s",
                     peer->agency->name, (unsigned long long)request->as.chunk_request.ref.index,
                     tov_err_name(err));
}
