/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/tiles.h"

#include "merkle/tree.h"

#include <string.h>

static bool keep_fresh(struct tov_tiles *tiles, unsigned level, const struct tov_tile_tail *tail)
{
    struct tov_tile_fresh *fresh = malloc(sizeof *fresh);
    if (fresh == NULL)
        return false;
    fresh->level = level;
    fresh->n = tail->n;
    memcpy(fresh->hashes, tail->hashes, sizeof fresh->hashes);
    fresh->next = tiles->fresh;
    tiles->fresh = fresh;
    return true;
}

enum tov_err tov_tiles_append(struct tov_tiles *tiles, struct tov_store_batch *batch,
                              const struct tov_hash *leaf_hash)
{
    struct tov_hash hash = *leaf_hash;
    for (unsigned level = 0; level < TOV_TILE_LEVELS; level++) {
        struct tov_tile_tail *tail = &tiles->tails[level];
        tail->hashes[tail->count++] = hash;
        if (tail->count < TOV_TILE_HASHES)
            return TOV_OK;
        if (!keep_fresh(tiles, level, tail))
            return TOV_E_NOMEM;
        tov_store_batch_put(batch, tiles->table, tov_key_tile(level, tiles->base + tail->n),
                            (struct tov_bytes){(const uint8_t *)tail->hashes, sizeof tail->hashes});
        hash = tov_merkle_root(tail->hashes, TOV_TILE_HASHES);
        tail->count = 0;
        tail->n++;
    }
    return TOV_E_LIMIT; /* 2^64 leaves */
}

void tov_tiles_on_committed(struct tov_tiles *tiles, uint64_t size)
{
    struct tov_tile_fresh **at = &tiles->fresh;
    while (*at != NULL) {
        struct tov_tile_fresh *fresh = *at;
        if (fresh->n + 1 <= size >> (8 * (fresh->level + 1))) {
            *at = fresh->next;
            free(fresh);
        } else {
            at = &fresh->next;
        }
    }
}

void tov_tiles_fini(struct tov_tiles *tiles)
{
    while (tiles->fresh != NULL) {
        struct tov_tile_fresh *next = tiles->fresh->next;
        free(tiles->fresh);
        tiles->fresh = next;
    }
}

/* Hashes FIRST and up of one level, all in one tile. */
struct run {
    unsigned level;
    uint64_t first;
    unsigned count;
};

/* The hashes of RUN, wherever their tile is; *OUT borrows. */
static enum tov_err find_hashes(const struct tov_tiles *tiles, struct tov_store_read *read,
                                struct run run, const struct tov_hash **out)
{
    uint64_t n = run.first / TOV_TILE_HASHES;
    unsigned offset = (unsigned)(run.first % TOV_TILE_HASHES);
    const struct tov_tile_tail *tail = &tiles->tails[run.level];
    if (n == tail->n) {
        *out = tail->hashes + offset;
        return offset + run.count <= tail->count ? TOV_OK : TOV_E_NOT_FOUND;
    }
    for (const struct tov_tile_fresh *fresh = tiles->fresh; fresh != NULL; fresh = fresh->next) {
        if (fresh->level == run.level && fresh->n == n) {
            *out = fresh->hashes + offset;
            return TOV_OK;
        }
    }
    struct tov_bytes row;
    TOV_TRY(tov_store_get(read, tiles->table, tov_key_tile(run.level, tiles->base + n), &row));
    if (row.size != TOV_TILE_HASHES * sizeof(struct tov_hash))
        return TOV_E_CORRUPT;
    *out = (const struct tov_hash *)row.data + offset;
    return TOV_OK;
}

enum tov_err tov_tiles_node(const struct tov_tiles *tiles, struct tov_store_read *read,
                            struct tov_subtree at, struct tov_hash *out_hash)
{
    unsigned level = at.level / 8;
    unsigned below = at.level % 8;
    if (level >= TOV_TILE_LEVELS)
        return TOV_E_NOT_FOUND;
    const struct tov_hash *hashes = NULL;
    TOV_TRY(find_hashes(tiles, read, (struct run){level, at.index << below, 1u << below}, &hashes));
    *out_hash = tov_merkle_root(hashes, (size_t)1 << below);
    return TOV_OK;
}

enum tov_err tov_tiles_level0(const struct tov_tiles *tiles, struct tov_store_read *read,
                              uint64_t from, uint64_t to, uint8_t *out)
{
    while (from < to) {
        uint64_t tile_end = (from / TOV_TILE_HASHES + 1) * TOV_TILE_HASHES;
        unsigned count = (unsigned)((to < tile_end ? to : tile_end) - from);
        const struct tov_hash *hashes = NULL;
        TOV_TRY(find_hashes(tiles, read, (struct run){0, from, count}, &hashes));
        memcpy(out, hashes, count * sizeof *hashes);
        out += count * sizeof *hashes;
        from += count;
    }
    return TOV_OK;
}

static enum tov_err load_upper(struct tov_tiles *tiles, struct tov_store_read *read, unsigned level,
                               uint64_t count)
{
    struct tov_tile_tail *tail = &tiles->tails[level];
    tail->n = count / TOV_TILE_HASHES;
    tail->count = 0;
    for (uint64_t i = tail->n * TOV_TILE_HASHES; i < count; i++) {
        const struct tov_hash *below = NULL;
        struct run run = {level - 1, i * TOV_TILE_HASHES, TOV_TILE_HASHES};
        TOV_TRY(find_hashes(tiles, read, run, &below));
        tail->hashes[tail->count++] = tov_merkle_root(below, TOV_TILE_HASHES);
    }
    return TOV_OK;
}

enum tov_err tov_tiles_load(struct tov_tiles *tiles, struct tov_store_read *read, uint64_t size,
                            enum tov_err (*leaf_hash)(void *context, uint64_t index,
                                                      struct tov_hash *out_hash),
                            void *context)
{
    struct tov_tile_tail *tail = &tiles->tails[0];
    tail->n = size / TOV_TILE_HASHES;
    tail->count = 0;
    for (uint64_t i = tail->n * TOV_TILE_HASHES; i < size; i++)
        TOV_TRY(leaf_hash(context, i, &tail->hashes[tail->count++]));
    for (unsigned level = 1; level < TOV_TILE_LEVELS; level++)
        TOV_TRY(load_upper(tiles, read, level, size >> (8 * level)));
    return TOV_OK;
}
