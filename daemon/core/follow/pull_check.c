/* SPDX-License-Identifier: EUPL-1.2
 *
 * The end of a transfer: the whole attachment is opened once, from the disk, before it counts as
 * here. One that does not open is read once more: its sender is blamed only for what came in as the
 * leaf says. Piece by piece, so much of each peer's from tick to tick: the last chunk of a large
 * one is no reason to do nothing else for as long as the disk takes (I11).
 */
#include "follow/transfers.h"

#include "envelope/part_tree.h"

struct tov_pull_check {
    struct tov_part_opener *opener;
    uint32_t next;           /* chunk */
    enum tov_err open_err;   /* why it does not open: then HASHES are gathered */
    struct tov_hash *hashes; /* as many as there are chunks */
    uint8_t chunk[TOV_PULL_CHUNK_BYTES];
};

static enum tov_err drop_bytes(void *user, struct tov_bytes bytes)
{
    (void)user;
    (void)bytes;
    return TOV_OK;
}

enum tov_err tov_pull_check_create(const struct tov_transfer *transfer,
                                   const struct tov_message *message,
                                   struct tov_pull_check **out_check)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    TOV_CLEANUP(tov_pull_check_cleanup) struct tov_pull_check *check = calloc(1, sizeof *check);
    struct tov_part_sink sink = {drop_bytes, NULL};
    if (check == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_part_key(&message->keys, message->leaf.salt, transfer->part, &key));
    TOV_TRY(tov_part_opener_create(&key, &transfer->claim, &sink, &check->opener));
    *out_check = TOV_TAKE(check);
    return TOV_OK;
}

void tov_pull_check_destroy(struct tov_pull_check *check)
{
    if (check == NULL)
        return;
    tov_part_opener_destroy(check->opener);
    free(check->hashes);
    free(check);
}

/* The next chunk, in the room of CHECK. TOV_E_IO: the file is gone, or cut, or cannot be read: it
 * was whole once, so the own disk has lost it. */
static enum tov_err read_chunk(const struct tov_core *core, const struct tov_transfer *transfer,
                               const char *blob, struct tov_pull_check *check,
                               struct tov_bytes *out_chunk)
{
    size_t size = tov_part_chunk_size(transfer->claim.sealed_size, check->next);
    size_t got = 0;
    enum tov_err err = core->host->blob_read(core->host->context, blob,
                                             (uint64_t)check->next * TOV_PULL_CHUNK_BYTES,
                                             (struct tov_room){check->chunk, size}, &got);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK || got != size)
        return TOV_E_IO;
    *out_chunk = (struct tov_bytes){check->chunk, size};
    return TOV_OK;
}

static enum tov_err open_next(const struct tov_transfer *transfer, struct tov_pull_check *check,
                              struct tov_bytes chunk)
{
    TOV_TRY(tov_part_opener_take(check->opener, chunk));
    check->next++;
    return check->next == transfer->total ? tov_part_opener_finish(check->opener) : TOV_OK;
}

/* It does not open: from the beginning, to see whether the file is what came in. */
static enum tov_err begin_hashing(const struct tov_transfer *transfer, struct tov_pull_check *check,
                                  enum tov_err open_err)
{
    check->hashes = calloc(transfer->total, sizeof *check->hashes);
    if (check->hashes == NULL)
        return TOV_E_NOMEM;
    check->open_err = open_err;
    check->next = 0;
    return TOV_OK;
}

static enum tov_err take_next(const struct tov_core *core, const struct tov_transfer *transfer,
                              const char *blob, struct tov_pull_check *check)
{
    struct tov_bytes chunk;
    TOV_TRY(read_chunk(core, transfer, blob, check, &chunk));
    if (check->open_err != TOV_OK) {
        check->hashes[check->next++] = tov_part_chunk_hash(chunk);
        return TOV_OK;
    }
    enum tov_err err = open_next(transfer, check, chunk);
    return err == TOV_OK || err == TOV_E_NOMEM ? err : begin_hashing(transfer, check, err);
}

enum tov_err tov_pull_check_step(const struct tov_follow *follow, struct tov_peer *peer,
                                 const struct tov_transfer *transfer, const char *blob,
                                 struct tov_pull_checked *out_checked)
{
    struct tov_pull_check *check = transfer->check;
    enum tov_err err = TOV_OK;
    while (err == TOV_OK && check->next < transfer->total) {
        if (peer->check_left < TOV_PULL_CHUNK_BYTES)
            return TOV_E_AGAIN;
        peer->check_left -= TOV_PULL_CHUNK_BYTES;
        err = take_next(follow->core, transfer, blob, check);
        if (err == TOV_E_NOMEM)
            return err;
    }
    *out_checked = (struct tov_pull_checked){.err = check->open_err, .is_damaged = err != TOV_OK};
    if (err == TOV_OK && check->open_err != TOV_OK) {
        struct tov_hash root = tov_part_root(check->hashes, transfer->total);
        out_checked->is_damaged = !tov_hash_equal(&root, &transfer->claim.root);
    }
    return TOV_OK;
}
