/* SPDX-License-Identifier: EUPL-1.2 */
#include "load.h"

#include <stdio.h>
#include <string.h>

enum { ROWS, QUEUE, POSITION, TABLE_COUNT };
static const struct tov_store_table tables[TABLE_COUNT] = {
    [ROWS] = {"rows", TOV_STORE_KEY_U64},
    [QUEUE] = {"queue", TOV_STORE_KEY_U16_U64},
    [POSITION] = {"position", TOV_STORE_KEY_ANY},
};
#define ROW_HEAD (4u + 4u + TOV_HASH_BYTES)

static uint64_t next_random(struct load *load)
{
    uint64_t z = (load->random += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    return z ^ (z >> 31);
}

static struct tov_hash chain_hash(struct tov_hash before, uint64_t sequence,
                                  struct tov_bytes payload)
{
    struct tov_sha256 sha;
    struct tov_hash hash;
    uint8_t number[8];
    tov_put_be64(number, sequence);
    tov_sha256_init(&sha);
    tov_sha256_update(&sha, before.bytes, sizeof before.bytes);
    tov_sha256_update(&sha, number, sizeof number);
    tov_sha256_update(&sha, payload.data, payload.size);
    tov_sha256_final(&sha, &hash);
    return hash;
}

/* ---- writing ---- */

static enum tov_err open_store(const char *path, struct tov_store **out_store,
                               struct tov_error *error)
{
    struct tov_store_options options = {
        .tables = tables,
        .table_count = TABLE_COUNT,
        .format = 1,
        .map_bytes = 1 << 18,
        .any_filesystem = true,
    };
    return tov_store_open(path, &options, out_store, error);
}

static enum tov_err resume(struct load *load, struct tov_error *error)
{
    struct tov_store_row row;
    struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(load->store, &read, error));
    enum tov_err err = tov_store_last(read, ROWS, &row);
    if (err == TOV_OK && row.value.size >= ROW_HEAD) {
        load->sequence = tov_store_key_to_u64(&row.key);
        memcpy(load->chain.bytes, row.value.data + 8, TOV_HASH_BYTES);
    }
    tov_store_read_end(read);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err load_open(struct load *load, const char *path, uint64_t seed, struct tov_error *error)
{
    *load = (struct load){.random = seed};
    TOV_TRY(open_store(path, &load->store, error));
    enum tov_err err = tov_store_batch_create(0, &load->batch);
    if (err == TOV_OK)
        err = resume(load, error);
    if (err != TOV_OK)
        load_close(load);
    return err;
}

void load_close(struct load *load)
{
    tov_store_close(load->store);
    tov_store_batch_destroy(load->batch);
    *load = (struct load){.store = NULL};
}

/* Payloads of 50 to 3,000 bytes: some need LMDB's overflow pages, most do not. */
static struct invariant_record add_row(struct load *load, struct invariant_record before,
                                       uint32_t rows, uint32_t place)
{
    uint8_t value[ROW_HEAD + 3000];
    size_t size = 50 + (size_t)(next_random(load) % 2951);
    struct invariant_record record = {.id = before.id + 1};
    for (size_t i = 0; i < size; i++)
        value[ROW_HEAD + i] = (uint8_t)(next_random(load) >> 24);
    record.hash = chain_hash(before.hash, record.id, (struct tov_bytes){value + ROW_HEAD, size});
    tov_put_be32(value, rows);
    tov_put_be32(value + 4, place);
    memcpy(value + 8, record.hash.bytes, TOV_HASH_BYTES);
    tov_store_batch_append(load->batch, ROWS, tov_store_key_u64(record.id),
                           (struct tov_bytes){value, ROW_HEAD + size});
    tov_store_batch_put(load->batch, QUEUE, tov_store_key_u16_u64(1, record.id),
                        (struct tov_bytes){value + ROW_HEAD, 40});
    if (record.id > QUEUE_LENGTH)
        tov_store_batch_delete(load->batch, QUEUE,
                               tov_store_key_u16_u64(1, record.id - QUEUE_LENGTH));
    return record;
}

static void add_position(struct load *load, uint64_t sequence)
{
    uint8_t position[8];
    tov_put_be64(position, sequence);
    tov_store_batch_put(load->batch, POSITION, tov_store_key_text("last"), TOV_BYTES_OF(position));
}

enum tov_err load_step(struct load *load, struct invariant_log *acked, struct tov_error *error)
{
    struct invariant_record made[LOAD_BATCH_ROWS];
    struct invariant_record last = {load->sequence, load->chain};
    uint32_t rows = 1 + (uint32_t)(next_random(load) % LOAD_BATCH_ROWS);
    tov_store_batch_clear(load->batch);
    for (uint32_t i = 0; i < rows; i++) {
        last = made[i] = add_row(load, last, rows, i);
        if (load->is_split && i + 1 < rows) {
            add_position(load, last.id);
            TOV_TRY(tov_store_commit(load->store, load->batch, error));
            tov_store_batch_clear(load->batch);
        }
    }
    add_position(load, last.id);
    TOV_TRY(tov_store_commit(load->store, load->batch, error));
    load->sequence = last.id;
    load->chain = last.hash;
    for (uint32_t i = 0; i < rows; i++)
        invariant_log_add(acked, made[i]);
    return TOV_OK;
}

/* ---- checking ---- */

bool load_is_unchanged(const struct load *load)
{
    struct tov_store_row row;
    struct tov_store_read *read = NULL;
    if (tov_store_read_begin(load->store, &read, NULL) != TOV_OK)
        return false;
    enum tov_err err = tov_store_last(read, ROWS, &row);
    bool is_same = err == TOV_OK ? tov_store_key_to_u64(&row.key) == load->sequence
                                 : err == TOV_E_NOT_FOUND && load->sequence == 0;
    tov_store_read_end(read);
    return is_same;
}

struct walk {
    struct invariant_log found;
    struct tov_hash chain;
    uint64_t sequence;
    uint32_t missing; /* rows of the last batch that have not come yet */
    const char *broken;
};

static const char *look_at_row(struct walk *walk, const struct tov_store_row *row)
{
    struct tov_reader reader = tov_reader_of(row->value);
    struct tov_hash hash;
    uint32_t rows = tov_read_u32(&reader);
    uint32_t place = tov_read_u32(&reader);
    tov_read_copy(&reader, hash.bytes, sizeof hash.bytes);
    if (reader.failed)
        return "a row is cut short";
    if (tov_store_key_to_u64(&row->key) != walk->sequence + 1)
        return "the sequence has a gap";
    if (place >= rows || (place == 0) != (walk->missing == 0) ||
        (place > 0 && walk->missing != rows - place))
        return "a batch is torn";
    struct tov_hash expected =
        chain_hash(walk->chain, walk->sequence + 1, (struct tov_bytes){reader.at, reader.left});
    if (!tov_hash_equal(&hash, &expected))
        return "the chain of hashes is broken";
    *walk = (struct walk){walk->found, hash, walk->sequence + 1, rows - place - 1, NULL};
    invariant_log_add(&walk->found, (struct invariant_record){walk->sequence, hash});
    return NULL;
}

static const char *walk_rows(struct tov_store_read *read, struct walk *walk)
{
    struct tov_store_iter iter;
    struct tov_store_range all = {.table = ROWS};
    const char *broken = NULL;
    if (tov_store_iter_init(read, &all, &iter) != TOV_OK)
        return "the rows cannot be read";
    while (broken == NULL && tov_store_iter_next(&iter))
        broken = look_at_row(walk, &iter.row);
    if (tov_store_iter_fini(&iter) != TOV_OK && broken == NULL)
        broken = "the rows cannot be read to their end";
    if (broken == NULL && walk->missing > 0)
        broken = "the last batch is torn";
    return broken;
}

static const char *check_queue(struct tov_store_read *read, uint64_t sequence)
{
    uint64_t expected = sequence < QUEUE_LENGTH ? sequence : QUEUE_LENGTH;
    uint64_t count = 0;
    struct tov_store_row first;
    if (tov_store_count(read, QUEUE, &count) != TOV_OK || count != expected)
        return "the queue has another length than its rows say";
    if (count == 0)
        return NULL;
    struct tov_store_key key = tov_store_key_u16_u64(1, sequence - expected + 1);
    if (tov_store_first(read, QUEUE, &first) != TOV_OK ||
        memcmp(first.key.bytes, key.bytes, key.size) != 0)
        return "the queue starts at another row";
    return NULL;
}

static const char *check_position(struct tov_store_read *read, uint64_t sequence)
{
    struct tov_bytes value;
    enum tov_err err = tov_store_get(read, POSITION, tov_store_key_text("last"), &value);
    if (sequence == 0)
        return err == TOV_E_NOT_FOUND ? NULL : "there is a position without rows";
    if (err != TOV_OK || value.size != 8 || tov_get_be64(value.data) != sequence)
        return "the position is not that of the last row";
    return NULL;
}

static const char *check_open_store(struct tov_store *store, struct walk *walk)
{
    struct tov_store_read *read = NULL;
    if (tov_store_read_begin(store, &read, NULL) != TOV_OK)
        return "the store cannot be read";
    const char *broken = walk_rows(read, walk);
    if (broken == NULL)
        broken = check_queue(read, walk->sequence);
    if (broken == NULL)
        broken = check_position(read, walk->sequence);
    tov_store_read_end(read);
    return broken;
}

bool load_is_whole(const char *path, const struct invariant_log *acked, char out_text[256])
{
    struct tov_store *store = NULL;
    struct tov_error error = {.text = ""};
    struct walk walk = {.sequence = 0};
    uint64_t id = 0;
    if (open_store(path, &store, &error) != TOV_OK) {
        (void)snprintf(out_text, 256, "the store does not open: %.200s", error.text);
        return false;
    }
    const char *broken = check_open_store(store, &walk);
    tov_store_close(store);
    enum invariant_verdict verdict = invariant_check(acked, &walk.found, &id);
    if (broken == NULL && verdict != INVARIANT_HOLDS)
        broken = invariant_verdict_name(verdict);
    else
        id = walk.sequence + 1;
    invariant_log_fini(&walk.found);
    if (broken != NULL)
        (void)snprintf(out_text, 256, "row %llu: %s", (unsigned long long)id, broken);
    return broken == NULL;
}
