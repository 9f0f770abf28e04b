/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/reply.h"

#include "ledger/entry.h"
#include "ledger/moved.h"
#include "ledger/tables.h"
#include "merkle/tree.h"

#include <string.h>

enum tov_relation tov_relation_of(struct tov_record header)
{
    static const struct {
        const char *name;
        enum tov_relation relation;
    } names[] = {{"response", TOV_RELATION_RESPONSE},
                 {"revision", TOV_RELATION_REVISION},
                 {"removal", TOV_RELATION_REMOVAL},
                 {"forward", TOV_RELATION_FORWARD}};
    const char *name = tov_record_enum(header, "relation");
    if (tov_bytes_equal(tov_record_bytes(header, "type"), tov_bytes_of_text("ack.read")))
        return TOV_RELATION_READ;
    for (size_t i = 0; name != NULL && i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].relation;
    }
    return TOV_RELATION_NONE;
}

uint8_t tov_retention_of(struct tov_record header, uint8_t without)
{
    const char *name = tov_record_enum(header, "retention_class");
    return name == NULL ? without : (uint8_t)(name[1] - '0');
}

static enum tov_err find_place(struct tov_store_read *read, const struct tov_ref *target,
                               bool is_own, uint64_t *out_number)
{
    struct tov_bytes row;
    struct tov_entry entry;
    TOV_TRY(tov_store_get(
        read, is_own ? TOV_TABLE_LEAF : TOV_TABLE_MLEAF,
        is_own ? tov_store_key_u64(target->index)
               : tov_store_key_u16_u32_u64(target->agency, target->generation, target->index),
        &row));
    TOV_TRY(is_own ? tov_entry_decode_own(row, &entry) : tov_entry_decode_mirror(row, &entry));
    struct tov_hash hash = entry.leaf_hash;
    if (entry.state == TOV_ENTRY_PRESENT)
        hash = tov_merkle_leaf_hash(entry.leaf);
    if (entry.event == 0 || !tov_hash_equal(&hash, &target->leaf))
        return TOV_E_NOT_FOUND;
    *out_number = entry.event;
    return TOV_OK;
}

enum tov_err tov_event_of(struct tov_core *core, struct tov_store_read *read,
                          const struct tov_ref *target, uint64_t *out_number)
{
    bool is_own = target->agency == core->own->number;
    enum tov_err err = find_place(read, target, is_own, out_number);
    return err == TOV_E_NOT_FOUND && is_own ? tov_moved_find(read, target, out_number) : err;
}

static struct tov_store_key key_of(const struct tov_ref *target, uint64_t number)
{
    struct tov_store_key key =
        tov_store_key_u16_u32_u64(target->agency, target->generation, target->index);
    tov_store_key_put_u64(&key, number);
    return key;
}

/* Of a retraction: the bytes that name what it takes back. */
#define KEY_TARGET (2u + 4u + 8u + 8u)

/* The leaf is in the key, so that no number of retractions of other leaves, which are not there,
 * stands before the one that counts. */
static struct tov_store_key retraction_key(const struct tov_ref *target, uint32_t generation,
                                           uint64_t index)
{
    struct tov_store_key key = key_of(target, tov_get_be64(target->leaf.bytes));
    tov_store_key_put_u32(&key, generation);
    tov_store_key_put_u64(&key, index);
    return key;
}

static void put_retraction(struct tov_core *core, const struct tov_ref *target,
                           const struct tov_replying *replying)
{
    uint8_t row[8 + TOV_HASH_BYTES];
    tov_put_be64(row, replying->event);
    memcpy(row + 8, target->leaf.bytes, TOV_HASH_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_RETRACTION,
                        retraction_key(target, replying->name.generation, replying->name.index),
                        TOV_BYTES_OF(row));
}

void tov_reply_put(struct tov_core *core, const struct tov_ref *target,
                   const struct tov_replying *replying)
{
    uint8_t row[1 + TOV_HASH_BYTES];
    row[0] = (uint8_t)replying->relation;
    memcpy(row + 1, target->leaf.bytes, TOV_HASH_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_REPLY, key_of(target, replying->event),
                        TOV_BYTES_OF(row));
    if (replying->relation == TOV_RELATION_REMOVAL && replying->name.agency == target->agency)
        put_retraction(core, target, replying);
}

void tov_reply_delete(struct tov_core *core, const struct tov_ref *target,
                      const struct tov_replying *replying)
{
    struct tov_store_batch *batch = tov_core_batch(core);
    tov_store_batch_delete(batch, TOV_TABLE_REPLY, key_of(target, replying->event));
    tov_store_batch_delete(batch, TOV_TABLE_RETRACTION,
                           retraction_key(target, replying->name.generation, replying->name.index));
}

/* The first row from generation FROM on; NOT_FOUND. */
static enum tov_err first_retraction(struct tov_store_read *read, const struct tov_ref *target,
                                     uint32_t from, struct tov_message_name *out)
{
    struct tov_store_range range = {.table = TOV_TABLE_RETRACTION,
                                    .first = retraction_key(target, from, 0),
                                    .last = retraction_key(target, UINT32_MAX, UINT64_MAX)};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    bool is_there = tov_store_iter_next(&iter) && iter.row.value.size == 8 + TOV_HASH_BYTES &&
                    memcmp(iter.row.value.data + 8, target->leaf.bytes, TOV_HASH_BYTES) == 0;
    if (is_there) {
        struct tov_reader reader = tov_store_key_reader(&iter.row.key);
        (void)tov_read_bytes(&reader, KEY_TARGET);
        out->agency = target->agency;
        out->generation = tov_read_u32(&reader);
        out->index = tov_read_u64(&reader);
    }
    TOV_TRY(tov_store_iter_fini(&iter));
    return is_there ? TOV_OK : TOV_E_NOT_FOUND;
}

/* What is above a revocation is void, and so is all behind it in that ledger: the next one counts.
 */
enum tov_err tov_reply_find_retraction(const struct tov_core *core, struct tov_store_read *read,
                                       const struct tov_ref *target, bool *out_is_retracted)
{
    struct tov_message_name by = {0};
    bool is_void = false;
    enum tov_err err = first_retraction(read, target, 0, &by);
    while (err == TOV_OK &&
           (is_void = tov_roster_is_void(core->roster, by.agency, by.generation, by.index)) &&
           by.generation < UINT32_MAX)
        err = first_retraction(read, target, by.generation + 1, &by);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND)
        return err;
    *out_is_retracted = err == TOV_OK && !is_void;
    return TOV_OK;
}

struct tov_store_range tov_reply_range(const struct tov_ref *target, uint64_t last)
{
    return (struct tov_store_range){
        .table = TOV_TABLE_REPLY, .first = key_of(target, 0), .last = key_of(target, last)};
}

bool tov_reply_decode(const struct tov_store_row *row, const struct tov_ref *target,
                      struct tov_reply *out_reply)
{
    if (row->value.size != 1 + TOV_HASH_BYTES ||
        memcmp(row->value.data + 1, target->leaf.bytes, TOV_HASH_BYTES) != 0)
        return false;
    out_reply->relation = (enum tov_relation)row->value.data[0];
    out_reply->number = tov_get_be64(row->key.bytes + row->key.size - 8);
    return true;
}
