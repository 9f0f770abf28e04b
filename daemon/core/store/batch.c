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

struct tov_store_batch {
    struct tov_buf arena;
    size_t count;
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
    batch->arena = TOV_BUF_INIT(limit_bytes);
    *out_batch = batch;
    return TOV_OK;
}

void tov_store_batch_destroy(struct tov_store_batch *batch)
{
    if (batch == NULL)
        return;
    tov_buf_fini(&batch->arena);
    free(batch);
}

void tov_store_batch_clear(struct tov_store_batch *batch)
{
    tov_buf_clear(&batch->arena);
    batch->count = 0;
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

bool tov_store_batch_find(const struct tov_store_batch *batch, unsigned table,
                          struct tov_store_key key, struct tov_bytes *out_value)
{
    struct batch_op op;
    bool found = false;
    for (size_t at = 0; batch_next(batch, &at, &op);) {
        if (op.table != table || !touches(&op, key_view(&key)))
            continue;
        bool removes = op.kind == BATCH_DELETE || op.kind == BATCH_DELETE_RANGE;
        *out_value = removes ? (struct tov_bytes){NULL, 0} : op.value;
        found = true; /* the last one counts */
    }
    return found;
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
