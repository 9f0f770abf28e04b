/* SPDX-License-Identifier: EUPL-1.2 */
#include "counted.h"

#include "ledger/entry.h"
#include "ledger/tables.h"
#include "store/read.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

#define MESSAGES_MAX 512u

size_t count_rows(const struct tov_core *core, unsigned table)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t count = 0;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, table, &count) == TOV_OK);
    return (size_t)count;
}

size_t count_journal(const struct tov_core *core, enum tov_leaf_type type)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_JLEAF};
    struct tov_store_iter iter;
    size_t count = 0;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_own(iter.row.value, &entry) == TOV_OK);
        count += entry.leaf.data[5] == type ? 1 : 0;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

struct receipts {
    enum tov_verdict verdict;
    size_t count, amended; /* to VERDICT */
};

static void add_receipt(struct receipts *receipts, const struct tov_leaf_receipt *receipt)
{
    receipts->count++;
    for (size_t i = 0; i < receipt->amendment_count; i++)
        receipts->amended += receipt->amendments[i].value.verdict == receipts->verdict ? 1 : 0;
}

static struct receipts find_receipts(const struct tov_core *core, enum tov_verdict verdict)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_store_range range = {.table = TOV_TABLE_LEAF};
    struct receipts receipts = {.verdict = verdict};
    struct tov_store_iter iter;
    UNIT_NEED(leaf != NULL);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_own(iter.row.value, &entry) == TOV_OK);
        if (entry.state == TOV_ENTRY_PRESENT && tov_leaf_decode(entry.leaf, leaf) == TOV_OK &&
            leaf->type == TOV_LEAF_RECEIPT)
            add_receipt(&receipts, &leaf->as.receipt);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return receipts;
}

size_t count_receipts(const struct tov_core *core)
{
    return find_receipts(core, TOV_VERDICT_OPENED).count;
}

size_t count_amended(const struct tov_core *core, enum tov_verdict verdict)
{
    return find_receipts(core, verdict).amended;
}

struct ids {
    uint8_t bytes[MESSAGES_MAX][TOV_MESSAGE_ID_BYTES];
    size_t count;
};

static bool add_id(struct ids *ids, const uint8_t *id)
{
    for (size_t i = 0; i < ids->count; i++) {
        if (memcmp(ids->bytes[i], id, TOV_MESSAGE_ID_BYTES) == 0)
            return false;
    }
    UNIT_NEED(ids->count < MESSAGES_MAX);
    memcpy(ids->bytes[ids->count++], id, TOV_MESSAGE_ID_BYTES);
    return true;
}

size_t count_held(const struct tov_core *core, uint16_t agency)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    TOV_FREE struct ids *ids = calloc(1, sizeof *ids);
    struct tov_store_range range = {.table = TOV_TABLE_MLEAF,
                                    .first = tov_store_key_u16_u32_u64(agency, 1, 0),
                                    .last = tov_store_key_u16_u32_u64(agency, 1, UINT64_MAX)};
    struct tov_store_iter iter;
    UNIT_NEED(leaf != NULL && ids != NULL);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_mirror(iter.row.value, &entry) == TOV_OK);
        if (entry.state == TOV_ENTRY_PRESENT && tov_leaf_decode(entry.leaf, leaf) == TOV_OK &&
            leaf->type == TOV_LEAF_MESSAGE)
            CU_ASSERT(add_id(ids, leaf->as.message.id));
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return ids->count;
}

static bool has_id(const struct tov_entry *entry, const uint8_t id[TOV_MESSAGE_ID_BYTES])
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    return entry->state == TOV_ENTRY_PRESENT && tov_leaf_decode(entry->leaf, leaf) == TOV_OK &&
           leaf->type == TOV_LEAF_MESSAGE &&
           memcmp(leaf->as.message.id, id, TOV_MESSAGE_ID_BYTES) == 0;
}

size_t count_with_id(const struct tov_core *core, uint16_t agency,
                     const uint8_t id[TOV_MESSAGE_ID_BYTES])
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    bool is_own = agency == core->own->number;
    struct tov_store_range own = {.table = TOV_TABLE_LEAF};
    struct tov_store_range mirror = {.table = TOV_TABLE_MLEAF,
                                     .first = tov_store_key_u16_u32_u64(agency, 1, 0),
                                     .last = tov_store_key_u16_u32_u64(agency, 1, UINT64_MAX)};
    struct tov_store_iter iter;
    size_t count = 0;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, is_own ? &own : &mirror, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED((is_own ? tov_entry_decode_own(iter.row.value, &entry)
                          : tov_entry_decode_mirror(iter.row.value, &entry)) == TOV_OK);
        count += has_id(&entry, id) ? 1 : 0;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}
