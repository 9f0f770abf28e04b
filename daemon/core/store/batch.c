/* SPDX-License-Identifier: EUPL-1.2
 *
 * One operation in the arena: kind u8, table u8, key size u8, zero u8, value size u32 (of this
 * machine), key, value. Nothing is aligned; it never leaves memory.
 */
#include "store/batch.h"

#include "store/batch_internal.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct op_header {
    uint8_t kind;
    uint8_t table;
    uint8_t key_size;
    uint8_t zero;
    uint32_t value_size;
};

/* Where the newest operation on each key stands: open addressing, linear probing, at most half
 * full. Made by the first question, and brought up to date by each; most batches are asked none. */
struct batch_index {
    uint32_t *slots; /* place in the arena, and one more; 0: free */
    size_t capacity; /* power of two, or 0 */
    size_t used;
    uint32_t *ranges; /* places of the removed ranges, ascending */
    size_t range_count, range_capacity;
    size_t read; /* so much of the arena */
};

struct tov_store_batch {
    struct tov_buf arena;
    size_t count;
    struct batch_index *index; /* of its own, so that asking changes no batch */
};

enum tov_err tov_store_batch_create(size_t limit_bytes, struct tov_store_batch **out_batch)
{
    if (limit_bytes == 0)
        limit_bytes = TOV_STORE_BATCH_DEFAULT_BYTES;
    if (limit_bytes > UINT32_MAX)
        return TOV_E_LIMIT;
    struct tov_store_batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return TOV_E_NOMEM;
    batch->index = calloc(1, sizeof *batch->index);
    if (batch->index == NULL) {
        free(batch);
        return TOV_E_NOMEM;
    }
    batch->arena = TOV_BUF_INIT(limit_bytes);
    *out_batch = batch;
    return TOV_OK;
}

void tov_store_batch_destroy(struct tov_store_batch *batch)
{
    if (batch == NULL)
        return;
    tov_buf_fini(&batch->arena);
    free(batch->index->slots);
    free(batch->index->ranges);
    free(batch->index);
    free(batch);
}

void tov_store_batch_clear(struct tov_store_batch *batch)
{
    struct batch_index *index = batch->index;
    tov_buf_clear(&batch->arena);
    batch->count = 0;
    if (index->used > 0)
        memset(index->slots, 0, index->capacity * sizeof index->slots[0]);
    index->used = index->range_count = index->read = 0;
}

/* Writes header and key of OP and returns room for its value. */
static uint8_t *add_op(struct tov_store_batch *batch, const struct batch_op *op)
{
    struct op_header header = {
        .kind = (uint8_t)op->kind,
        .table = (uint8_t)op->table,
        .key_size = (uint8_t)op->key.size,
        .value_size = (uint32_t)op->value.size,
    };
    assert(op->table <= UINT8_MAX && op->key.size <= TOV_STORE_KEY_MAX);
    if (op->value.size > TOV_STORE_ROW_MAX_BYTES) { /* before any sum could wrap */
        batch->arena.failed = TOV_E_LIMIT;
        return NULL;
    }
    uint8_t *at = tov_buf_extend(&batch->arena, sizeof header + op->key.size + op->value.size);
    if (at == NULL)
        return NULL;
    memcpy(at, &header, sizeof header);
    memcpy(at + sizeof header, op->key.data, op->key.size);
    batch->count++;
    return at + sizeof header + op->key.size;
}

static void add_op_with_value(struct tov_store_batch *batch, const struct batch_op *op)
{
    uint8_t *room = add_op(batch, op);
    if (room != NULL && op->value.size > 0)
        memcpy(room, op->value.data, op->value.size);
}

static struct tov_bytes key_view(const struct tov_store_key *key)
{
    return (struct tov_bytes){key->bytes, key->size};
}

void tov_store_batch_put(struct tov_store_batch *batch, unsigned table, struct tov_store_key key,
                         struct tov_bytes value)
{
    add_op_with_value(batch, &(struct batch_op){BATCH_PUT, table, key_view(&key), value});
}

void tov_store_batch_put_buf(struct tov_store_batch *batch, unsigned table,
                             struct tov_store_key key, const struct tov_buf *row)
{
    if (row->failed != TOV_OK)
        batch->arena.failed = row->failed;
    else
        tov_store_batch_put(batch, table, key, tov_buf_view(row));
}

void tov_store_batch_insert(struct tov_store_batch *batch, unsigned table, struct tov_store_key key,
                            struct tov_bytes value)
{
    add_op_with_value(batch, &(struct batch_op){BATCH_INSERT, table, key_view(&key), value});
}

void tov_store_batch_append(struct tov_store_batch *batch, unsigned table, struct tov_store_key key,
                            struct tov_bytes value)
{
    add_op_with_value(batch, &(struct batch_op){BATCH_APPEND, table, key_view(&key), value});
}

void tov_store_batch_delete(struct tov_store_batch *batch, unsigned table, struct tov_store_key key)
{
    struct batch_op op = {BATCH_DELETE, table, key_view(&key), {NULL, 0}};
    add_op_with_value(batch, &op);
}

void tov_store_batch_delete_range(struct tov_store_batch *batch, unsigned table,
                                  struct tov_store_key first, struct tov_store_key last)
{
    struct batch_op op = {BATCH_DELETE_RANGE, table, key_view(&first), key_view(&last)};
    add_op_with_value(batch, &op);
}

uint8_t *tov_store_batch_append_space(struct tov_store_batch *batch, unsigned table,
                                      struct tov_store_key key, size_t size)
{
    return add_op(batch, &(struct batch_op){BATCH_APPEND, table, key_view(&key), {NULL, size}});
}

uint8_t *tov_store_batch_put_space(struct tov_store_batch *batch, unsigned table,
                                   struct tov_store_key key, size_t size)
{
    return add_op(batch, &(struct batch_op){BATCH_PUT, table, key_view(&key), {NULL, size}});
}

size_t tov_store_batch_count(const struct tov_store_batch *batch)
{
    return batch->count;
}

size_t tov_store_batch_bytes(const struct tov_store_batch *batch)
{
    return batch->arena.size;
}

enum tov_err tov_store_batch_failed(const struct tov_store_batch *batch)
{
    return batch->arena.failed;
}

static int compare_keys(struct tov_bytes a, struct tov_bytes b)
{
    size_t size = a.size < b.size ? a.size : b.size;
    int order = memcmp(a.data, b.data, size);
    return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

/* Whether OP is about KEY. */
static bool touches(const struct batch_op *op, struct tov_bytes key)
{
    if (op->kind != BATCH_DELETE_RANGE)
        return compare_keys(op->key, key) == 0;
    return (op->key.size == 0 || compare_keys(op->key, key) <= 0) &&
           (op->value.size == 0 || compare_keys(key, op->value) <= 0);
}

/* FNV-1a. */
static uint64_t hash_of(unsigned table, struct tov_bytes key)
{
    uint64_t hash = (UINT64_C(14695981039346656037) ^ table) * UINT64_C(1099511628211);
    for (size_t i = 0; i < key.size; i++)
        hash = (hash ^ key.data[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

/* The slot of KEY, or the free one where it belongs. */
static uint32_t *slot_of(const struct tov_store_batch *batch, unsigned table, struct tov_bytes key)
{
    const struct batch_index *index = batch->index;
    for (size_t i = hash_of(table, key);; i++) {
        uint32_t *slot = &index->slots[i & (index->capacity - 1)];
        size_t at = *slot - 1u;
        struct batch_op op;
        if (*slot == 0 ||
            (batch_next(batch, &at, &op) && op.table == table && compare_keys(op.key, key) == 0))
            return slot;
    }
}

static bool grow_slots(const struct tov_store_batch *batch)
{
    struct batch_index *index = batch->index;
    struct batch_index before = *index;
    index->capacity = before.capacity == 0 ? 1024 : 2 * before.capacity;
    index->slots = calloc(index->capacity, sizeof index->slots[0]);
    if (index->slots == NULL) {
        *index = before;
        return false;
    }
    for (size_t i = 0; i < before.capacity; i++) {
        size_t at = before.slots[i] - 1u;
        struct batch_op op;
        if (before.slots[i] != 0 && batch_next(batch, &at, &op))
            *slot_of(batch, op.table, op.key) = before.slots[i];
    }
    free(before.slots);
    return true;
}

static bool grow_ranges(struct batch_index *index)
{
    size_t capacity = index->range_capacity == 0 ? 16 : 2 * index->range_capacity;
    uint32_t *ranges = realloc(index->ranges, capacity * sizeof *ranges);
    if (ranges == NULL)
        return false;
    index->ranges = ranges;
    index->range_capacity = capacity;
    return true;
}

static bool index_op(const struct tov_store_batch *batch, const struct batch_op *op, size_t at)
{
    struct batch_index *index = batch->index;
    if (op->kind == BATCH_DELETE_RANGE) {
        if (index->range_count == index->range_capacity && !grow_ranges(index))
            return false;
        index->ranges[index->range_count++] = (uint32_t)at;
        return true;
    }
    if (2 * (index->used + 1) > index->capacity && !grow_slots(batch))
        return false;
    uint32_t *slot = slot_of(batch, op->table, op->key);
    index->used += *slot == 0 ? 1 : 0;
    *slot = (uint32_t)at + 1u;
    return true;
}

/* False: no memory. */
static bool bring_up_to_date(const struct tov_store_batch *batch)
{
    struct batch_index *index = batch->index;
    struct batch_op op;
    for (size_t at = index->read; batch_next(batch, &at, &op); index->read = at) {
        if (!index_op(batch, &op, index->read))
            return false;
    }
    return true;
}

static bool find_by_walk(const struct tov_store_batch *batch, unsigned table, struct tov_bytes key,
                         struct batch_op *out_op)
{
    struct batch_op op;
    bool found = false;
    for (size_t at = 0; batch_next(batch, &at, &op);) {
        if (op.table != table || !touches(&op, key))
            continue;
        *out_op = op;
        found = true; /* the last one counts */
    }
    return found;
}

static bool find_by_index(const struct tov_store_batch *batch, unsigned table, struct tov_bytes key,
                          struct batch_op *out_op)
{
    const struct batch_index *index = batch->index;
    struct batch_op op;
    uint32_t place = index->capacity == 0 ? 0 : *slot_of(batch, table, key);
    for (size_t i = index->range_count; i > 0 && index->ranges[i - 1] >= place; i--) {
        size_t at = index->ranges[i - 1];
        if (batch_next(batch, &at, &op) && op.table == table && touches(&op, key)) {
            *out_op = op;
            return true;
        }
    }
    size_t at = place - 1u;
    return place != 0 && batch_next(batch, &at, out_op);
}

bool tov_store_batch_find(const struct tov_store_batch *batch, unsigned table,
                          struct tov_store_key key, struct tov_bytes *out_value)
{
    struct batch_op op;
    bool found = bring_up_to_date(batch) ? find_by_index(batch, table, key_view(&key), &op)
                                         : find_by_walk(batch, table, key_view(&key), &op);
    if (!found)
        return false;
    bool removes = op.kind == BATCH_DELETE || op.kind == BATCH_DELETE_RANGE;
    *out_value = removes ? (struct tov_bytes){NULL, 0} : op.value;
    return true;
}

bool batch_next(const struct tov_store_batch *batch, size_t *at, struct batch_op *out_op)
{
    if (*at == batch->arena.size)
        return false;
    struct op_header header;
    assert(batch->arena.size - *at >= sizeof header);
    memcpy(&header, batch->arena.data + *at, sizeof header);
    const uint8_t *key = batch->arena.data + *at + sizeof header;
    *out_op = (struct batch_op){
        .kind = (enum batch_kind)header.kind,
        .table = header.table,
        .key = {key, header.key_size},
        .value = {key + header.key_size, header.value_size},
    };
    *at += sizeof header + header.key_size + header.value_size;
    assert(*at <= batch->arena.size);
    return true;
}
