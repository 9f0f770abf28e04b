/* SPDX-License-Identifier: EUPL-1.2
 *
 *   verified  [0, size)         rows are in the store or in the open batch
 *   ahead     [size, next)      hashes in memory that no signed size covers yet
 *   own end   first index at which this store has no row of its own, or has them no longer
 */
#include "ledger/rebuild.h"

#include "ledger/aside.h"
#include "ledger/entry.h"
#include "ledger/tiles.h"
#include "merkle/tree.h"

#include <string.h>

struct tov_rebuild {
    struct tov_core *core;
    struct tov_range verified;
    struct tov_tiles tiles; /* at `verified` */
    struct tov_range trial; /* verified and ahead */
    struct tov_hash *ahead;
    size_t ahead_count;
    uint64_t own_end;
    uint64_t changed;
    uint64_t aside;
    uint64_t expected_size; /* 0: nothing is expected, or it was met */
    struct tov_hash expected_root;
    bool guard_differs; /* the trial had another root there: told only if a signature covers it */
};

/* ---- making ---- */

static enum tov_err own_hash(void *context, uint64_t index, struct tov_hash *out_hash)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(context, TOV_TABLE_LEAF, tov_store_key_u64(index), &row));
    TOV_TRY(tov_entry_decode_own(row, &entry));
    *out_hash = tov_entry_hash(&entry);
    return TOV_OK;
}

enum tov_err tov_rebuild_create(struct tov_core *core, struct tov_rebuild **out_rebuild,
                                struct tov_error *error)
{
    TOV_CLEANUP(tov_rebuild_cleanup) struct tov_rebuild *rebuild = calloc(1, sizeof *rebuild);
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    if (rebuild == NULL)
        return TOV_E_NOMEM;
    uint64_t size = tov_ledger_signed(core->ledger);
    rebuild->core = core;
    rebuild->own_end = tov_ledger_committed(core->ledger);
    rebuild->changed = UINT64_MAX;
    rebuild->tiles.table = TOV_TABLE_TILE;
    rebuild->ahead = calloc(TOV_REBUILD_AHEAD_MAX, sizeof *rebuild->ahead);
    if (rebuild->ahead == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_read_begin(core->store, &read, error));
    TOV_TRY(tov_ledger_range_at(core->ledger, read, size, &rebuild->verified));
    TOV_TRY(tov_tiles_load(&rebuild->tiles, read, size, own_hash, read));
    rebuild->trial = rebuild->verified;
    *out_rebuild = TOV_TAKE(rebuild);
    return TOV_OK;
}

void tov_rebuild_destroy(struct tov_rebuild *rebuild)
{
    if (rebuild == NULL)
        return;
    tov_tiles_fini(&rebuild->tiles);
    free(rebuild->ahead);
    free(rebuild);
}

void tov_rebuild_expect(struct tov_rebuild *rebuild, uint64_t size, const struct tov_hash *root)
{
    rebuild->expected_size = size > rebuild->verified.size ? size : 0;
    rebuild->expected_root = *root;
}

uint64_t tov_rebuild_size(const struct tov_rebuild *rebuild)
{
    return rebuild->verified.size;
}

uint64_t tov_rebuild_next(const struct tov_rebuild *rebuild)
{
    return rebuild->trial.size;
}

uint64_t tov_rebuild_changed(const struct tov_rebuild *rebuild)
{
    return rebuild->changed;
}

uint64_t tov_rebuild_aside(const struct tov_rebuild *rebuild)
{
    return rebuild->aside;
}

void tov_rebuild_drop(struct tov_rebuild *rebuild)
{
    rebuild->trial = rebuild->verified;
    rebuild->ahead_count = 0;
    rebuild->guard_differs = false;
}

/* ---- writing what is verified ---- */

static void put_lost(struct tov_rebuild *rebuild, uint64_t index, const struct tov_hash *hash)
{
    uint8_t row[TOV_ENTRY_GONE_BYTES];
    tov_entry_put_gone(row, TOV_ENTRY_LOST, hash);
    tov_store_batch_put(tov_core_batch(rebuild->core), TOV_TABLE_LEAF, tov_store_key_u64(index),
                        TOV_BYTES_OF(row));
    if (rebuild->changed == UINT64_MAX)
        rebuild->changed = index;
}

/* One hash that is verified now, in the place INDEX. */
static enum tov_err write_one(struct tov_rebuild *rebuild, struct tov_store_read *read,
                              uint64_t index, const struct tov_hash *hash)
{
    bool is_own = false;
    if (index < rebuild->own_end) {
        struct tov_hash own;
        TOV_TRY(own_hash(read, index, &own));
        is_own = tov_hash_equal(&own, hash);
    }
    if (index < rebuild->own_end && !is_own) {
        uint64_t unsaid = index;
        TOV_TRY(tov_aside_put_all(rebuild->core, read, index, rebuild->own_end, &unsaid));
        rebuild->changed = unsaid < rebuild->changed ? unsaid : rebuild->changed;
        rebuild->aside += rebuild->own_end - index;
        rebuild->own_end = index;
    }
    if (!is_own)
        put_lost(rebuild, index, hash);
    /* Behind the removal of the tiles that held what was set aside. */
    return tov_tiles_append(&rebuild->tiles, tov_core_batch(rebuild->core), hash);
}

static enum tov_err write_verified(struct tov_rebuild *rebuild)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(rebuild->core->store, &read, NULL));
    for (size_t i = 0; i < rebuild->ahead_count; i++)
        TOV_TRY(write_one(rebuild, read, rebuild->verified.size + i, &rebuild->ahead[i]));
    rebuild->verified = rebuild->trial;
    rebuild->ahead_count = 0;
    tov_tiles_on_committed(&rebuild->tiles, rebuild->verified.size);
    return TOV_OK;
}

static enum tov_err take_point(struct tov_rebuild *rebuild, const struct tov_signed_size *point)
{
    struct tov_core *core = rebuild->core;
    const struct tov_vkey *key = tov_ledger_key(core->ledger);
    struct tov_checkpoint checkpoint;
    struct tov_hash root = tov_range_root(&rebuild->trial);
    uint8_t row[TOV_HASH_BYTES + TOV_ED25519_SIGNATURE_BYTES];
    if (!tov_hash_equal(&root, &point->root))
        return TOV_E_PROOF;
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(key->name), point->size, &root, &checkpoint));
    TOV_TRY(tov_checkpoint_verify(&checkpoint, key, point->signature));
    if (rebuild->guard_differs)
        return TOV_E_FORK;
    TOV_TRY(write_verified(rebuild));
    memcpy(row, root.bytes, TOV_HASH_BYTES);
    memcpy(row + TOV_HASH_BYTES, point->signature, sizeof point->signature);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_SIGNATURE, tov_store_key_u64(point->size),
                        TOV_BYTES_OF(row));
    return TOV_OK;
}

/* ---- taking ---- */

/* What the guard has is as good as a signature: it signs no tree that does not extend it. Hashes
 * that lead elsewhere are a fork only when the own key has signed them; else anybody could say so.
 */
static enum tov_err meet_guard(struct tov_rebuild *rebuild, bool has_more_points)
{
    struct tov_hash root = tov_range_root(&rebuild->trial);
    if (tov_hash_equal(&root, &rebuild->expected_root)) {
        rebuild->expected_size = 0;
        return write_verified(rebuild);
    }
    if (rebuild->verified.size == rebuild->trial.size)
        return TOV_E_FORK;
    rebuild->guard_differs = true;
    return has_more_points ? TOV_OK : TOV_E_PROOF;
}

static enum tov_err take_all(struct tov_rebuild *rebuild, const struct tov_rebuild_piece *piece)
{
    size_t next_point = 0;
    for (size_t i = 0; i < piece->hash_count; i++) {
        if (rebuild->ahead_count == TOV_REBUILD_AHEAD_MAX)
            return TOV_E_PROOF;
        rebuild->ahead[rebuild->ahead_count++] = piece->hashes[i];
        TOV_TRY(tov_range_append(&rebuild->trial, &piece->hashes[i]));
        uint64_t size = rebuild->trial.size;
        while (next_point < piece->point_count && piece->points[next_point].size < size)
            next_point++;
        if (next_point < piece->point_count && piece->points[next_point].size == size)
            TOV_TRY(take_point(rebuild, &piece->points[next_point]));
        if (size == rebuild->expected_size)
            TOV_TRY(meet_guard(rebuild, next_point < piece->point_count));
    }
    return TOV_OK;
}

enum tov_err tov_rebuild_take(struct tov_rebuild *rebuild, const struct tov_rebuild_piece *piece)
{
    enum tov_err err = take_all(rebuild, piece);
    if (err != TOV_OK)
        tov_rebuild_drop(rebuild);
    return err;
}
