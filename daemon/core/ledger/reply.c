/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/reply.h"

#include "ledger/entry.h"
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

enum tov_err tov_event_of(struct tov_core *core, struct tov_store_read *read,
                          const struct tov_ref *target, uint64_t *out_number)
{
    struct tov_bytes row;
    struct tov_entry entry;
    bool is_own = target->agency == core->own->number;
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

/* ---- answers ---- */

static void put_reply(struct tov_core *core, uint64_t number, uint64_t event, uint8_t relation)
{
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_REPLY, tov_store_key_u64_u64(number, event),
                        (struct tov_bytes){&relation, 1});
}

static struct tov_store_key awaited_key(const struct tov_message_name *target, uint64_t event)
{
    struct tov_store_key key =
        tov_store_key_u16_u32_u64(target->agency, target->generation, target->index);
    tov_store_key_put_u64(&key, event);
    return key;
}

/* One row of `awaited`: noted as an answer, once its target has a number. */
static enum tov_err settle(struct tov_core *core, struct tov_store_read *read,
                           const struct tov_store_row *row)
{
    struct tov_reader key = tov_store_key_reader(&row->key);
    struct tov_reader value = tov_reader_of(row->value);
    struct tov_ref target = {.agency = tov_read_u16(&key)};
    uint64_t number = 0;
    target.generation = tov_read_u32(&key);
    target.index = tov_read_u64(&key);
    uint64_t event = tov_read_u64(&key);
    uint8_t relation = tov_read_u8(&value);
    tov_read_copy(&value, target.leaf.bytes, sizeof target.leaf.bytes);
    if (!tov_reader_is_done(&value))
        return TOV_E_CORRUPT;
    enum tov_err err = tov_event_of(core, read, &target, &number);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    put_reply(core, number, event, relation);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_AWAITED, row->key);
    return TOV_OK;
}

static enum tov_err settle_range(struct tov_core *core, const struct tov_store_range *range,
                                 bool *out_any)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, range, &iter));
    while (err == TOV_OK && tov_store_iter_next(&iter)) {
        *out_any = true;
        err = settle(core, read, &iter.row);
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* Both are committed, or one is still missing. */
static void settle_after(struct tov_core *core, const struct tov_after *after)
{
    struct tov_message_name target = {after->agency, (uint32_t)after->b, after->a};
    struct tov_store_range range = {.table = TOV_TABLE_AWAITED,
                                    .first = awaited_key(&target, 0),
                                    .last = awaited_key(&target, UINT64_MAX)};
    bool any = false;
    enum tov_err err = settle_range(core, &range, &any);
    if (err != TOV_OK)
        (void)tov_core_fail(core, err, "an answer could not be noted");
}

static enum tov_err settle_later(struct tov_core *core, const struct tov_message_name *target)
{
    struct tov_after after = {
        .run = settle_after, .agency = target->agency, .a = target->index, .b = target->generation};
    return tov_core_after(core, &after);
}

static enum tov_err await(struct tov_core *core, const struct tov_ref *target, uint64_t event,
                          enum tov_relation relation)
{
    struct tov_message_name name = {target->agency, target->generation, target->index};
    uint8_t row[1 + TOV_HASH_BYTES] = {(uint8_t)relation};
    memcpy(row + 1, target->leaf.bytes, TOV_HASH_BYTES);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_AWAITED, awaited_key(&name, event),
                        TOV_BYTES_OF(row));
    core->has_awaited = true;
    return settle_later(core, &name);
}

enum tov_err tov_reply_put(struct tov_core *core, const struct tov_ref *target, uint64_t event,
                           enum tov_relation relation)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t number = 0;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_event_of(core, read, target, &number);
    if (err == TOV_E_NOT_FOUND)
        return await(core, target, event, relation);
    TOV_TRY(err);
    put_reply(core, number, event, (uint8_t)relation);
    return TOV_OK;
}

enum tov_err tov_reply_told(struct tov_core *core, const struct tov_message_name *name)
{
    return core->has_awaited ? settle_later(core, name) : TOV_OK;
}

enum tov_err tov_reply_open(struct tov_core *core)
{
    struct tov_store_range range = {.table = TOV_TABLE_AWAITED};
    return settle_range(core, &range, &core->has_awaited);
}
