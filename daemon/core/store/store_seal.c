/* SPDX-License-Identifier: EUPL-1.2
 *
 * LMDB has no checksums, so each row has one of its own:
 *
 *   value   what the caller put
 *   sum     u64: SipHash-2-4 of the value, with a key that table and key give
 *
 * A row that a disk changed, or that a damaged page shows under another key, is not given to
 * anybody. What is noted as damaged stays so until the store is opened again.
 */
#include "store/store_internal.h"

#include "base/hex.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define REMEDY "the disk or memory has changed it: see docs/recovery.md for what to do"

void store_seal_init(struct tov_store *store)
{
    store->meta_seal = tov_checksum_key_of(tov_bytes_of_text("meta"));
    for (unsigned i = 0; i < store->table_count; i++)
        store->seals[i] = tov_checksum_key_of(tov_bytes_of_text(store->tables[i].name));
}

static uint64_t sum_of(const struct tov_checksum_key *seal, MDB_val key, struct tov_bytes value)
{
    struct tov_checksum_key own =
        tov_checksum_key_for(seal, (struct tov_bytes){key.mv_data, key.mv_size});
    return tov_checksum(&own, value);
}

int store_put(MDB_txn *txn, const struct store_table_at *at, const struct store_pair *pair,
              unsigned flags)
{
    MDB_val key = pair->key;
    MDB_val row = {.mv_size = pair->value.size + STORE_SEAL_BYTES};
    int code = mdb_put(txn, at->dbi, &key, &row, flags | MDB_RESERVE);
    if (code != 0)
        return code;
    uint8_t *to = row.mv_data;
    if (pair->value.size > 0)
        memcpy(to, pair->value.data, pair->value.size);
    tov_put_be64(to + pair->value.size, sum_of(at->seal, pair->key, pair->value));
    return 0;
}

int store_unseal(const struct tov_checksum_key *seal, MDB_val key, MDB_val row,
                 struct tov_bytes *out_value)
{
    if (row.mv_size < STORE_SEAL_BYTES)
        return MDB_CORRUPTED;
    struct tov_bytes value = {row.mv_data, row.mv_size - STORE_SEAL_BYTES};
    if (tov_get_be64(value.data + value.size) != sum_of(seal, key, value))
        return MDB_CORRUPTED;
    *out_value = value;
    return 0;
}

/* Keys of one length are numbers; others may be names, which no log shows. */
static void name_row(const struct tov_store_table *table, struct tov_bytes key, char *out,
                     size_t size)
{
    char hex[2 * TOV_STORE_KEY_MAX + 1] = "";
    if (table->key_size == 0 || key.size == 0 || key.size > TOV_STORE_KEY_MAX) {
        (void)snprintf(out, size, "a row of table %s", table->name);
        return;
    }
    tov_hex_encode(key, hex);
    (void)snprintf(out, size, "row %s of table %s", hex, table->name);
}

enum tov_err store_note_damage(struct tov_store *store, unsigned table, struct tov_bytes key)
{
    char row[128];
    assert(table < store->table_count);
    if (store->damage != TOV_OK)
        return store->damage;
    name_row(&store->tables[table], key, row, sizeof row);
    store->damage =
        tov_fail(&store->damage_words, TOV_E_CORRUPT,
                 "%s/" STORE_FILE_NAME ": %s is not what was written; " REMEDY, store->path, row);
    return store->damage;
}

enum tov_err store_fail_page(const struct tov_store *store, struct tov_error *error, uint64_t page,
                             const char *what)
{
    return tov_fail(error, TOV_E_CORRUPT, "%s/" STORE_FILE_NAME ": page %llu: %s; " REMEDY,
                    store->path, (unsigned long long)page, what);
}

enum tov_err tov_store_damage(const struct tov_store *store, struct tov_error *error)
{
    if (store->damage != TOV_OK && error != NULL)
        *error = store->damage_words;
    return store->damage;
}
