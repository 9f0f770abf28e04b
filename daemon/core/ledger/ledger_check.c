/* SPDX-License-Identifier: EUPL-1.2
 *
 * A stored tree against itself and its signatures, from its leaves up. LMDB has no checksums: the
 * tree is the checksum. Not for: the node's start, which trusts full tiles (ledger.c).
 */
#include "ledger/ledger.h"

#include "ledger/entry.h"
#include "ledger/tiles.h"

#include <string.h>

struct checking {
    struct tov_store_read *read;
    const struct tov_ledger_question *question;
    unsigned tile_table;
    struct tov_store_iter signatures;
    bool has_signature; /* SIGNED_SIZE waits for its place in the tree */
    struct tov_signed_size signed_size;
    struct tov_range range;
    struct tov_tiles tiles;
    struct tov_store_batch *scratch; /* tiles as they should be; never committed */
    struct tov_ledger_found found;
    struct tov_error *error;
};

static enum tov_err damaged(struct checking *check, const char *what, uint64_t number)
{
    return tov_fail(check->error, TOV_E_CORRUPT, "%s: %s %llu", check->question->key->name, what,
                    (unsigned long long)number);
}

static enum tov_err next_signature(struct checking *check)
{
    check->has_signature = tov_store_iter_next(&check->signatures);
    if (!check->has_signature)
        return TOV_OK;
    if (tov_signed_size_decode(&check->signatures.row, &check->signed_size) != TOV_OK)
        return damaged(check, "the signature row is damaged behind size", check->range.size);
    check->signed_size.size -= check->question->base;
    return TOV_OK;
}

static enum tov_err check_signed(struct checking *check)
{
    while (check->has_signature && check->signed_size.size == check->range.size) {
        struct tov_hash root = tov_range_root(&check->range);
        if (!tov_hash_equal(&root, &check->signed_size.root))
            return damaged(check, "the entries do not give the root that was signed at size",
                           check->range.size);
        check->found.newest = check->signed_size;
        TOV_TRY(next_signature(check));
    }
    return TOV_OK;
}

/* Full tiles that this entry completed, against the stored ones. */
static enum tov_err check_tiles(struct checking *check)
{
    for (const struct tov_tile_fresh *fresh = check->tiles.fresh; fresh; fresh = fresh->next) {
        struct tov_bytes row;
        struct tov_bytes made = {(const uint8_t *)fresh->hashes, sizeof fresh->hashes};
        struct tov_store_key key = tov_key_tile(fresh->level, check->question->base + fresh->n);
        enum tov_err err = tov_store_get(check->read, check->tile_table, key, &row);
        if (err == TOV_E_NOT_FOUND || (err == TOV_OK && !tov_bytes_equal(row, made)))
            return damaged(check, "a tile is missing or not what the entries give, at entry",
                           check->range.size - 1);
        TOV_TRY(err);
    }
    tov_tiles_on_committed(&check->tiles, check->range.size);
    tov_store_batch_clear(check->scratch);
    return TOV_OK;
}

static enum tov_err take_leaf(struct checking *check, const struct tov_store_row *row)
{
    struct tov_entry entry;
    if (tov_store_key_to_u64(&row->key) - check->question->base != check->range.size)
        return damaged(check, "there is a gap at entry", check->range.size);
    if (tov_entry_decode_own(row->value, &entry) != TOV_OK)
        return damaged(check, "the row is damaged of entry", check->range.size);
    struct tov_hash hash = tov_entry_hash(&entry);
    check->found.erased += entry.state == TOV_ENTRY_ERASED ? 1 : 0;
    check->found.lost += entry.state == TOV_ENTRY_LOST ? 1 : 0;
    TOV_TRY(tov_range_append(&check->range, &hash));
    TOV_TRY(tov_tiles_append(&check->tiles, check->scratch, &hash));
    if (check->tiles.fresh != NULL)
        TOV_TRY(check_tiles(check));
    return check_signed(check);
}

static enum tov_err check_newest(struct checking *check)
{
    const struct tov_vkey *key = check->question->key;
    const struct tov_signed_size *newest = &check->found.newest;
    struct tov_checkpoint checkpoint;
    if (check->has_signature)
        return damaged(check, "entries are missing below the signed size", check->signed_size.size);
    if (newest->size == 0)
        return TOV_OK;
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(key->name), newest->size, &newest->root,
                                &checkpoint));
    if (tov_checkpoint_verify(&checkpoint, key, newest->signature) != TOV_OK)
        return damaged(check, "the signature is not by this ledger's key, at size", newest->size);
    return TOV_OK;
}

static struct tov_store_range rows_of(const struct tov_ledger_question *question, unsigned table)
{
    uint64_t last = question->base + (UINT64_C(1) << TOV_LEDGER_ROWS_BITS) - 1;
    return (struct tov_store_range){.table = table,
                                    .first = tov_store_key_u64(question->base),
                                    .last = tov_store_key_u64(last)};
}

static enum tov_err walk(struct checking *check, unsigned leaf_table)
{
    struct tov_store_range all = rows_of(check->question, leaf_table);
    struct tov_store_iter leaves;
    enum tov_err err = TOV_OK;
    TOV_TRY(next_signature(check));
    TOV_TRY(tov_store_iter_init(check->read, &all, &leaves));
    while (err == TOV_OK && tov_store_iter_next(&leaves))
        err = take_leaf(check, &leaves.row);
    enum tov_err ended = tov_store_iter_fini(&leaves);
    return err == TOV_OK ? ended : err;
}

static enum tov_err check_all(struct checking *check)
{
    bool is_journal = check->question->kind == TOV_TREE_JOURNAL;
    check->tile_table = is_journal ? TOV_TABLE_JTILE : TOV_TABLE_TILE;
    check->tiles.table = check->tile_table;
    TOV_TRY(walk(check, is_journal ? TOV_TABLE_JLEAF : TOV_TABLE_LEAF));
    TOV_TRY(check_newest(check));
    check->found.size = check->range.size;
    check->found.root = tov_range_root(&check->range);
    return TOV_OK;
}

enum tov_err tov_ledger_check(struct tov_store_read *read,
                              const struct tov_ledger_question *question,
                              struct tov_ledger_found *out_found, struct tov_error *error)
{
    bool is_journal = question->kind == TOV_TREE_JOURNAL;
    struct tov_store_range all =
        rows_of(question, is_journal ? TOV_TABLE_JSIGNATURE : TOV_TABLE_SIGNATURE);
    struct checking check = {.read = read, .question = question, .error = error};
    TOV_TRY(tov_store_batch_create(TOV_STORE_BATCH_DEFAULT_BYTES, &check.scratch));
    enum tov_err err = tov_store_iter_init(read, &all, &check.signatures);
    if (err == TOV_OK) {
        err = check_all(&check);
        enum tov_err ended = tov_store_iter_fini(&check.signatures);
        err = err == TOV_OK ? ended : err;
    }
    tov_tiles_fini(&check.tiles);
    tov_store_batch_destroy(check.scratch);
    if (err == TOV_OK)
        *out_found = check.found;
    return err;
}
