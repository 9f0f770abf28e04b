/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/series.h"

static struct tov_store_key key_of(uint64_t index)
{
    struct tov_store_key key = tov_store_key_text("lost");
    tov_store_key_put_u64(&key, index);
    return key;
}

enum tov_err tov_series_load(struct tov_core *core)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {
        .table = TOV_TABLE_FACT, .first = key_of(0), .last = key_of(UINT64_MAX), .backward = true};
    struct tov_store_iter iter;
    core->series = (struct tov_series){core->own->generation, 0};
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    if (tov_store_iter_next(&iter))
        core->series.lost_index = tov_get_be64(iter.row.key.bytes + iter.row.key.size - 8);
    return tov_store_iter_fini(&iter);
}

void tov_series_note(struct tov_core *core, uint64_t index)
{
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, key_of(index), (struct tov_bytes){0});
}

enum tov_err tov_series_find(const struct tov_core *core, uint64_t lost_index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    if (lost_index == 0)
        return TOV_OK;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    return tov_store_get(read, TOV_TABLE_FACT, key_of(lost_index), &row);
}

enum tov_err tov_series_before(struct tov_store_read *read, uint64_t index, uint64_t *out_index)
{
    struct tov_store_range range = {.table = TOV_TABLE_FACT,
                                    .first = key_of(0),
                                    .last = key_of(index == 0 ? 0 : index - 1),
                                    .backward = true};
    struct tov_store_iter iter;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    bool is_there = tov_store_iter_next(&iter);
    uint64_t found =
        is_there ? tov_get_be64(iter.row.key.bytes + iter.row.key.size - 8) : UINT64_MAX;
    TOV_TRY(tov_store_iter_fini(&iter));
    if (!is_there)
        return TOV_E_NOT_FOUND;
    *out_index = found;
    return TOV_OK;
}

void tov_series_forget_from(struct tov_core *core, uint64_t index)
{
    tov_store_batch_delete_range(tov_core_batch(core), TOV_TABLE_FACT, key_of(index),
                                 key_of(UINT64_MAX));
}
