/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sealed file of a part and the tree over its chunks, which is kept beside it (".tree") so that
 * a proof costs no reading of the whole. The tree is a copy: where it is not there, or is not that
 * of the leaf, it is made from the file.
 */
#include "follow/peer.h"

#include <stdio.h>

static void tree_name(const char *blob, char out[TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE])
{
    (void)snprintf(out, TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE, "%s" TOV_BLOB_TREE, blob);
}

static bool is_claimed(const struct tov_part_tree *tree, const struct tov_part_claim *claim)
{
    struct tov_hash root = tov_part_tree_root(tree);
    return tov_hash_equal(&root, &claim->root);
}

static enum tov_err hash_file(struct tov_core *core, const char *blob,
                              const struct tov_part_claim *claim, struct tov_hash *hashes)
{
    TOV_FREE uint8_t *chunk = malloc(TOV_PULL_CHUNK_BYTES);
    uint32_t total = tov_part_chunk_count(claim->sealed_size);
    if (chunk == NULL)
        return TOV_E_NOMEM;
    for (uint32_t i = 0; i < total; i++) {
        size_t size = tov_part_chunk_size(claim->sealed_size, i);
        size_t got = 0;
        TOV_TRY(core->host->blob_read(core->host->context, blob, (uint64_t)i * TOV_PULL_CHUNK_BYTES,
                                      (struct tov_room){chunk, size}, &got));
        hashes[i] = tov_part_chunk_hash((struct tov_bytes){chunk, got});
    }
    return TOV_OK;
}

enum tov_err tov_part_file_is_whole(struct tov_core *core, const char *blob,
                                    const struct tov_part_claim *claim, bool *out_is_whole)
{
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    uint32_t total = tov_part_chunk_count(claim->sealed_size);
    TOV_FREE struct tov_hash *hashes = calloc(total, sizeof *hashes);
    if (hashes == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(hash_file(core, blob, claim, hashes));
    TOV_TRY(tov_part_tree_create(hashes, total, &tree));
    *out_is_whole = is_claimed(tree, claim);
    return TOV_OK;
}

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

static enum tov_err make_tree(struct tov_core *core, const char *blob,
                              const struct tov_part_claim *claim, struct tov_part_tree **out_tree)
{
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    char name[TOV_BLOB_NAME_SIZE + sizeof TOV_BLOB_TREE];
    uint32_t total = tov_part_chunk_count(claim->sealed_size);
    TOV_FREE struct tov_hash *hashes = calloc(total, sizeof *hashes);
    if (hashes == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(hash_file(core, blob, claim, hashes));
    TOV_TRY(tov_part_tree_create(hashes, total, &tree));
    if (!is_claimed(tree, claim))
        return TOV_E_CORRUPT;
    tree_name(blob, name);
    TOV_TRY(core->host->blob_write(
        core->host->context, name, 0,
        (struct tov_bytes){(const uint8_t *)hashes, (size_t)total * TOV_HASH_BYTES}));
    TOV_TRY(core->host->blob_sync(core->host->context, name));
    *out_tree = TOV_TAKE(tree);
    return TOV_OK;
}

enum tov_err tov_part_file_tree(struct tov_core *core, const char *blob,
                                const struct tov_part_claim *claim, struct tov_part_tree **out_tree)
{
    enum tov_err err = load_tree(core, blob, claim, out_tree);
    return err == TOV_E_NOT_FOUND ? make_tree(core, blob, claim, out_tree) : err;
}

bool tov_part_file_is_there(const struct tov_core *core, const char *blob, uint64_t sealed_size)
{
    uint8_t last;
    size_t got = 0;
    return core->host->blob_read(core->host->context, blob, sealed_size - 1,
                                 (struct tov_room){&last, 1}, &got) == TOV_OK &&
           got == 1;
}
