/* SPDX-License-Identifier: EUPL-1.2 */
#include "backup/snapshot.h"

#include "ledger/entry.h"
#include "ledger/journal.h"
#include "ledger/message.h"
#include "ledger/vault.h"

#include <stdlib.h>

enum tov_err tov_snapshot_open(const char *path, uint16_t own, struct tov_snapshot *out_snapshot,
                               struct tov_error *error)
{
    struct tov_store_options options = {.mode = TOV_STORE_REST,
                                        .tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT};
    struct tov_snapshot snapshot = {.own = own};
    TOV_TRY(tov_store_open(path, &options, &snapshot.store, error));
    enum tov_err err = tov_store_read_begin(snapshot.store, &snapshot.read, error);
    if (err != TOV_OK)
        tov_store_close(snapshot.store);
    else
        *out_snapshot = snapshot;
    return err;
}

void tov_snapshot_close(struct tov_snapshot *snapshot)
{
    tov_store_read_end(snapshot->read);
    tov_store_close(snapshot->store);
    *snapshot = (struct tov_snapshot){.store = NULL};
}

/* ---- trees ---- */

static enum tov_err check_tree(const struct tov_snapshot *snapshot,
                               const struct tov_ledger_setup *setup, struct tov_backup_tree *tree,
                               struct tov_error *error)
{
    struct tov_ledger_found found;
    TOV_TRY(tov_ledger_check(snapshot->read, setup, &found, error));
    tree->size = found.size;
    tree->root = found.root;
    tree->signed_size = found.newest.size;
    return TOV_OK;
}

/* All journals that there were; what is said is of the present one, the last, by its own name. */
static enum tov_err check_journals(const struct tov_snapshot *snapshot,
                                   struct tov_backup_tree *tree, struct tov_error *error)
{
    uint32_t present;
    enum tov_err err = tov_journal_present(snapshot->read, &tree->key, &present);
    if (err != TOV_OK)
        return tov_fail(error, err, "the journal's number cannot be read");
    struct tov_ledger_setup setup = {.key = tree->key};
    for (uint32_t number = 1; number <= present; number++) {
        TOV_TRY(tov_journal_setup(&tree->key, number, &setup));
        TOV_TRY(check_tree(snapshot, &setup, tree, error));
    }
    tree->key = setup.key;
    return TOV_OK;
}

enum tov_err tov_snapshot_trees(const struct tov_snapshot *snapshot, struct tov_backup_about *about,
                                struct tov_error *error)
{
    struct tov_ledger_setup ledger = {.kind = TOV_TREE_LEDGER, .key = about->ledger.key};
    TOV_TRY(check_tree(snapshot, &ledger, &about->ledger, error));
    return check_journals(snapshot, &about->journal, error);
}

/* ---- messages ---- */

struct walk {
    const struct tov_snapshot *snapshot;
    struct tov_leaf *leaf;
    tov_snapshot_blob each;
    void *context;
    uint64_t messages;
};

static enum tov_err take_parts(struct walk *walk, const struct tov_message_name *name)
{
    const struct tov_leaf_message *message = &walk->leaf->as.message;
    bool is_own = name->agency == walk->snapshot->own;
    walk->messages++;
    for (uint8_t part = 0; part < message->part_count; part++) {
        char blob[TOV_BLOB_NAME_SIZE];
        if (message->parts[part].is_inline)
            continue;
        tov_blob_name_of(walk->snapshot->own, name, message->id, part, blob);
        TOV_TRY(walk->each(walk->context, blob, is_own));
    }
    return TOV_OK;
}

/* Leaves of a newer version are kept and not understood: they name nothing that is here. */
static enum tov_err take_entry(struct walk *walk, const struct tov_message_name *name,
                               const struct tov_entry *entry)
{
    if (entry->state != TOV_ENTRY_PRESENT || tov_leaf_decode(entry->leaf, walk->leaf) != TOV_OK ||
        walk->leaf->type != TOV_LEAF_MESSAGE)
        return TOV_OK;
    return take_parts(walk, name);
}

static enum tov_err take_own(struct walk *walk, const struct tov_store_row *row)
{
    struct tov_entry entry;
    TOV_TRY(tov_entry_decode_own(row->value, &entry));
    struct tov_message_name name = {.agency = walk->snapshot->own,
                                    .index = tov_store_key_to_u64(&row->key)};
    return take_entry(walk, &name, &entry);
}

static enum tov_err take_mirrored(struct walk *walk, const struct tov_store_row *row)
{
    struct tov_entry entry;
    TOV_TRY(tov_entry_decode_mirror(row->value, &entry));
    struct tov_reader key = tov_store_key_reader(&row->key);
    struct tov_message_name name = {.agency = tov_read_u16(&key)};
    name.generation = tov_read_u32(&key);
    name.index = tov_read_u64(&key);
    return take_entry(walk, &name, &entry);
}

static enum tov_err walk_table(struct walk *walk, unsigned table,
                               enum tov_err (*take)(struct walk *walk,
                                                    const struct tov_store_row *row))
{
    struct tov_store_range all = {.table = table};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    walk->messages = 0;
    TOV_TRY(tov_store_iter_init(walk->snapshot->read, &all, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter))
        err = take(walk, &iter.row);
    enum tov_err ended = tov_store_iter_fini(&iter);
    return err == TOV_OK ? ended : err;
}

enum tov_err tov_snapshot_messages(const struct tov_snapshot *snapshot,
                                   struct tov_backup_about *about, tov_snapshot_blob each,
                                   void *context, struct tov_error *error)
{
    TOV_FREE struct tov_leaf *leaf = malloc(sizeof *leaf);
    struct walk walk = {snapshot, leaf, each, context, 0};
    if (leaf == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory to read the messages");
    TOV_TRY(walk_table(&walk, TOV_TABLE_LEAF, take_own));
    about->own_messages = walk.messages;
    TOV_TRY(walk_table(&walk, TOV_TABLE_MLEAF, take_mirrored));
    about->peer_messages = walk.messages;
    return TOV_OK;
}

/* ---- keys ---- */

static int compare_numbers(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a;
    uint32_t right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

static enum tov_err count_orphans(const struct tov_snapshot *snapshot, unsigned table,
                                  const struct tov_vault_numbers *buckets, uint64_t *count)
{
    struct tov_store_range all = {.table = table};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(snapshot->read, &all, &iter));
    while (tov_store_iter_next(&iter)) {
        struct tov_reader reader = tov_reader_of(iter.row.value);
        uint32_t number = tov_read_u32(&reader);
        bool is_there = buckets->count > 0 && bsearch(&number, buckets->numbers, buckets->count,
                                                      sizeof number, compare_numbers) != NULL;
        *count += is_there ? 0 : 1;
    }
    return tov_store_iter_fini(&iter);
}

enum tov_err tov_snapshot_orphans(const struct tov_snapshot *snapshot, struct tov_bytes buckets,
                                  uint64_t *out_count, struct tov_error *error)
{
    uint64_t count = 0;
    TOV_FREE struct tov_vault_numbers *numbers = calloc(1, sizeof *numbers);
    if (numbers == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory to read the bucket keys");
    if (buckets.size > 0 && tov_vault_numbers(buckets, numbers) != TOV_OK)
        return tov_fail(error, TOV_E_CORRUPT, "%s: not a file of bucket keys", TOV_VAULT_FILE);
    if (numbers->count > 0)
        qsort(numbers->numbers, numbers->count, sizeof numbers->numbers[0], compare_numbers);
    TOV_TRY(count_orphans(snapshot, TOV_TABLE_DATAKEY, numbers, &count));
    TOV_TRY(count_orphans(snapshot, TOV_TABLE_MDATAKEY, numbers, &count));
    TOV_TRY(count_orphans(snapshot, TOV_TABLE_JBODY, numbers, &count));
    *out_count = count;
    return TOV_OK;
}
