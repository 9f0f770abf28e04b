/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sealed file of a part and the tree over its chunks, which is kept beside it (".tree") so that
 * a proof costs no reading of the whole, and in memory for those that were asked for last. The tree
 * is a copy: where it is not there, or is not that of the leaf, it is made from the file. That is
 * done for one file at a time, so many bytes from tick to tick: a file of 2 GiB is no reason to do
 * nothing else for as long as the disk takes (I11).
 */
#include "follow/transfers.h"

#include <stdio.h>
#include <string.h>

/* A file that is read as a whole. */
struct tov_part_reading {
    char blob[TOV_BLOB_NAME_SIZE];
    struct tov_part_claim claim;
    struct tov_hash *hashes; /* as many as there are chunks */
    uint32_t next, total;
    size_t left; /* bytes that are read before the next tick */
    bool is_done;
    enum tov_err err; /* of one that is done */
    uint16_t asker;   /* who asked for chunks of it meanwhile; 0: nobody */
    struct tov_chunk_request asked;
    uint8_t chunk[TOV_PULL_CHUNK_BYTES];
};

static void tree_name(const char *blob, char out[TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE])
{
    (void)snprintf(out, TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE, "%s" TOV_BLOB_TREE, blob);
}

static bool is_claimed(const struct tov_part_tree *tree, const struct tov_part_claim *claim)
{
    struct tov_hash root = tov_part_tree_root(tree);
    return tov_hash_equal(&root, &claim->root);
}

/* ---- in memory ---- */

static bool is_same_claim(const struct tov_part_claim *a, const struct tov_part_claim *b)
{
    return a->sealed_size == b->sealed_size && tov_hash_equal(&a->root, &b->root);
}

static struct tov_kept_tree *find_kept(struct tov_follow *follow,
                                       const struct tov_part_claim *claim)
{
    for (size_t i = 0; i < TOV_KEPT_TREES; i++) {
        struct tov_kept_tree *kept = &follow->kept_trees[i];
        if (kept->tree != NULL && is_same_claim(&kept->claim, claim))
            return kept;
    }
    return NULL;
}

bool tov_part_tree_is_kept(struct tov_follow *follow, const struct tov_part_claim *claim)
{
    return find_kept(follow, claim) != NULL;
}

/* In the place of the one that was asked for longest ago. */
static void keep_tree(struct tov_follow *follow, const struct tov_part_claim *claim,
                      struct tov_part_tree *tree)
{
    struct tov_kept_tree *oldest = &follow->kept_trees[0];
    for (size_t i = 1; i < TOV_KEPT_TREES; i++) {
        if (follow->kept_trees[i].used < oldest->used)
            oldest = &follow->kept_trees[i];
    }
    tov_part_tree_destroy(oldest->tree);
    *oldest = (struct tov_kept_tree){tree, *claim, ++follow->kept_tree_uses};
}

/* ---- beside the file ---- */

/* TOV_E_NOT_FOUND: there is none, or not that one. */
static enum tov_err load_tree(struct tov_core *core, const char *blob,
                              const struct tov_part_claim *claim, struct tov_part_tree **out_tree)
{
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    char name[TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE];
    uint32_t total = tov_part_chunk_count(claim->sealed_size);
    size_t size = (size_t)total * TOV_HASH_BYTES;
    size_t got = 0;
    TOV_FREE struct tov_hash *hashes = calloc(total, sizeof *hashes);
    if (hashes == NULL)
        return TOV_E_NOMEM;
    tree_name(blob, name);
    TOV_TRY(core->host->blob_read(core->host->context, name, 0,
                                  (struct tov_room){(uint8_t *)hashes, size}, &got));
    if (got != size)
        return TOV_E_NOT_FOUND;
    TOV_TRY(tov_part_tree_create(hashes, total, &tree));
    if (!is_claimed(tree, claim))
        return TOV_E_NOT_FOUND;
    *out_tree = TOV_TAKE(tree);
    return TOV_OK;
}

static enum tov_err save_tree(struct tov_core *core, const struct tov_part_reading *reading)
{
    char name[TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE];
    tree_name(reading->blob, name);
    TOV_TRY(core->host->blob_write(core->host->context, name, 0,
                                   (struct tov_bytes){(const uint8_t *)reading->hashes,
                                                      (size_t)reading->total * TOV_HASH_BYTES}));
    return core->host->blob_sync(core->host->context, name);
}

/* ---- from the file ---- */

static enum tov_err conclude(struct tov_follow *follow, struct tov_part_reading *reading)
{
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    TOV_TRY(tov_part_tree_create(reading->hashes, reading->total, &tree));
    if (!is_claimed(tree, &reading->claim))
        return TOV_E_CORRUPT;
    (void)!save_tree(follow->core, reading); /* or it is made anew: the file is whole */
    if (find_kept(follow, &reading->claim) == NULL)
        keep_tree(follow, &reading->claim, TOV_TAKE(tree));
    return TOV_OK;
}

static enum tov_err read_next(const struct tov_core *core, struct tov_part_reading *reading)
{
    size_t size = tov_part_chunk_size(reading->claim.sealed_size, reading->next);
    size_t got = 0;
    TOV_TRY(core->host->blob_read(core->host->context, reading->blob,
                                  (uint64_t)reading->next * TOV_PULL_CHUNK_BYTES,
                                  (struct tov_room){reading->chunk, size}, &got));
    reading->left -= TOV_PULL_CHUNK_BYTES;
    reading->hashes[reading->next++] = tov_part_chunk_hash((struct tov_bytes){reading->chunk, got});
    return TOV_OK;
}

static void read_on(struct tov_follow *follow, struct tov_part_reading *reading)
{
    enum tov_err err = TOV_OK;
    while (err == TOV_OK && reading->next < reading->total && reading->left >= TOV_PULL_CHUNK_BYTES)
        err = read_next(follow->core, reading);
    if (err == TOV_OK && reading->next < reading->total)
        return;
    reading->err = err == TOV_OK ? conclude(follow, reading) : err;
    reading->is_done = true;
    free(reading->hashes);
    reading->hashes = NULL;
}

static enum tov_err begin_reading(struct tov_follow *follow, const char *blob,
                                  const struct tov_part_claim *claim)
{
    if (follow->reading == NULL) {
        follow->reading = calloc(1, sizeof *follow->reading);
        if (follow->reading == NULL)
            return TOV_E_NOMEM;
        follow->reading->left = TOV_PULL_CHECK_BYTES;
    }
    struct tov_part_reading *reading = follow->reading;
    uint32_t total = tov_part_chunk_count(claim->sealed_size);
    reading->hashes = calloc(total, sizeof *reading->hashes);
    if (reading->hashes == NULL)
        return TOV_E_NOMEM;
    (void)snprintf(reading->blob, sizeof reading->blob, "%s", blob);
    reading->claim = *claim;
    reading->next = 0;
    reading->total = total;
    reading->is_done = false;
    reading->asker = 0;
    read_on(follow, reading);
    return TOV_OK;
}

static bool is_read(const struct tov_part_reading *reading, const char *blob,
                    const struct tov_part_claim *claim)
{
    return reading != NULL && reading->blob[0] != '\0' && strcmp(reading->blob, blob) == 0 &&
           is_same_claim(&reading->claim, claim);
}

enum tov_err tov_part_file_check(struct tov_follow *follow, const char *blob,
                                 const struct tov_part_claim *claim)
{
    struct tov_part_reading *reading = follow->reading;
    bool is_under_way = reading != NULL && reading->hashes != NULL;
    if (!is_read(reading, blob, claim)) {
        if (is_under_way)
            return TOV_E_AGAIN;
        TOV_TRY(begin_reading(follow, blob, claim));
        reading = follow->reading;
    }
    if (!reading->is_done)
        return TOV_E_AGAIN;
    reading->blob[0] = '\0'; /* the next one reads it anew */
    return reading->err;
}

void tov_part_file_wait(struct tov_follow *follow, const struct tov_peer *peer, const char *blob,
                        const struct tov_chunk_request *asked)
{
    struct tov_part_reading *reading = follow->reading;
    if (reading == NULL || reading->hashes == NULL || strcmp(reading->blob, blob) != 0)
        return;
    reading->asker = peer->number;
    reading->asked = *asked;
}

static void answer_asker(struct tov_follow *follow, struct tov_part_reading *reading)
{
    struct tov_peer *peer = tov_follow_peer(follow, reading->asker);
    struct tov_chunk_request asked = reading->asked;
    reading->asker = 0;
    if (peer != NULL && peer->has_session && !peer->suspended)
        (void)!tov_chunks_on_request(follow, peer, &asked); /* what fails has stopped the node */
}

void tov_part_file_on_tick(struct tov_follow *follow)
{
    struct tov_part_reading *reading = follow->reading;
    if (reading == NULL)
        return;
    reading->left = TOV_PULL_CHECK_BYTES;
    if (reading->hashes != NULL)
        read_on(follow, reading);
    else
        reading->blob[0] = '\0'; /* nobody has asked since: the file may be another the next time */
    if (reading->is_done && reading->asker != 0)
        answer_asker(follow, reading);
}

void tov_part_file_fini(struct tov_follow *follow)
{
    for (size_t i = 0; i < TOV_KEPT_TREES; i++)
        tov_part_tree_destroy(follow->kept_trees[i].tree);
    if (follow->reading != NULL)
        free(follow->reading->hashes);
    free(follow->reading);
}

enum tov_err tov_part_file_tree(struct tov_follow *follow, const char *blob,
                                const struct tov_part_claim *claim,
                                const struct tov_part_tree **out_tree)
{
    struct tov_part_tree *tree = NULL;
    struct tov_kept_tree *kept = find_kept(follow, claim);
    if (kept == NULL) {
        enum tov_err err = load_tree(follow->core, blob, claim, &tree);
        if (err == TOV_OK)
            keep_tree(follow, claim, tree);
        else if (err == TOV_E_NOT_FOUND)
            err = tov_part_file_check(follow, blob, claim);
        TOV_TRY(err);
        kept = find_kept(follow, claim);
    }
    if (kept == NULL)
        return TOV_E_AGAIN;
    kept->used = ++follow->kept_tree_uses;
    *out_tree = kept->tree;
    return TOV_OK;
}

bool tov_part_file_is_there(const struct tov_core *core, const char *blob, uint64_t sealed_size)
{
    uint8_t last;
    size_t got = 0;
    return core->host->blob_read(core->host->context, blob, sealed_size - 1,
                                 (struct tov_room){&last, 1}, &got) == TOV_OK &&
           got == 1;
}
