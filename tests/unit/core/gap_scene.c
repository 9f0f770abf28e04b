/* SPDX-License-Identifier: EUPL-1.2 */
#include "gap_scene.h"

#include "base/cleanup.h"
#include "follow/follow.h"
#include "ledger/series.h"
#include "merkle/tree.h"
#include "node.h"

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

uint64_t send_to_both(struct harness *harness, struct tov_ref *out_ref)
{
    uint64_t number = say(harness,
                          &(struct saying){.by = &anna,
                                           .type = "msg.note",
                                           .from = "kk/vink",
                                           .to = "kbh-pol/dks krfo/central",
                                           .bases = "RPL115-2/1-1",
                                           .fields = "about.case_ref=" CASE},
                          out_ref);
    harness_advance(harness, 5000);
    return number;
}

/* ROW gets what is at INDEX of the own ledger without the link to AGENCY; its size. */
static size_t row_without(struct tov_core *core, uint64_t index, uint16_t agency, uint8_t *row)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf links = TOV_BUF_INIT(TOV_LINKS_MAX_BYTES);
    struct tov_bytes stored;
    struct tov_entry entry;
    UNIT_OK(tov_store_read_begin(core->store, &read, NULL));
    UNIT_OK(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &stored));
    UNIT_OK(tov_entry_decode_own(stored, &entry));
    struct tov_reader reader = tov_reader_of(entry.links);
    for (size_t i = 0; i < entry.link_count; i++) {
        uint16_t to = tov_read_u16(&reader);
        struct tov_bytes block = tov_read_bytes(&reader, TOV_LINK_BLOCK_BYTES);
        if (to == agency)
            continue;
        tov_buf_put_u16(&links, to);
        tov_buf_put_bytes(&links, block);
    }
    tov_entry_put_own(row, entry.event, entry.leaf, tov_buf_view(&links));
    return tov_entry_own_size(entry.leaf.size, tov_buf_view(&links));
}

void drop_link(struct harness *harness, uint64_t index, uint16_t agency)
{
    static uint8_t row[TOV_LEAF_MAX_BYTES + TOV_LINKS_MAX_BYTES + 64];
    struct tov_core *core = core_of(harness);
    size_t size = row_without(core, index, agency, row);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_LEAF, tov_store_key_u64(index),
                        (struct tov_bytes){row, size});
}

void take_link_away(struct harness *harness, uint64_t index, uint16_t agency)
{
    drop_link(harness, index, agency);
    harness_advance(harness, 2000);
    harness_restart(harness, 0);
    harness_advance(harness, 40000);
}

static struct tov_hash hash_at(struct tov_core *core, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes stored;
    struct tov_entry entry;
    UNIT_OK(tov_store_read_begin(core->store, &read, NULL));
    UNIT_OK(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &stored));
    UNIT_OK(tov_entry_decode_own(stored, &entry));
    return tov_merkle_leaf_hash(entry.leaf);
}

void lose(struct harness *harness, uint64_t index)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_core *core = core_of(harness);
    struct tov_ledger_place place;
    struct tov_hash hash = hash_at(core, index);
    uint8_t row[TOV_ENTRY_GONE_BYTES];
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_LOST;
    leaf->as.lost.first = index;
    leaf->as.lost.end = index + 1;
    UNIT_OK(tov_core_append_leaf(core, core->ledger, leaf, 0, &place));
    tov_series_note(core, place.index);
    core->series.lost_index = place.index;
    tov_follow_begin_series(tov_node_follow(harness_node(harness, 0)));
    tov_entry_put_gone(row, TOV_ENTRY_LOST, &hash);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_LEAF, tov_store_key_u64(index),
                        TOV_BYTES_OF(row));
    harness_advance(harness, 2000);
}
