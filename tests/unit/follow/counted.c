/* SPDX-License-Identifier: EUPL-1.2 */
#include "counted.h"

#include "ledger/entry.h"
#include "ledger/tables.h"
#include "store/read.h"
#include "support/unit.h"

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
