/* SPDX-License-Identifier: EUPL-1.2
 *
 * Planted bugs of a disk, a guard, and of what a node writes.
 */
#include "simulation/plant.h"

#include "ledger/entry.h"
#include "ledger/event.h"
#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool plant_answers_early(struct world *world, size_t node)
{
    (void)node;
    return world->plants.plant == PLANT_EARLY_ANSWER;
}

/* ---- disks ---- */

static void copy_path(const struct sim_node *node, const char *name, char out[320])
{
    (void)snprintf(out, 320, "%s%s", node->dir, name);
}

void plant_before_commit(struct world *world, size_t node)
{
    char path[320];
    struct sim_node *sim = &world->nodes[node];
    if (world->plants.plant != PLANT_LOST_COMMIT || node != 0)
        return;
    copy_path(sim, ".copy", path);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    UNIT_NEED(fd >= 0 && tov_store_copy(sim->store, fd, NULL) == TOV_OK);
    (void)close(fd);
}

static void lose_commit(struct world *world, size_t node)
{
    char from[320], to[320];
    copy_path(&world->nodes[node], ".copy", from);
    copy_path(&world->nodes[node], "/data.mdb", to);
    if (access(from, R_OK) != 0 || !plant_acts_once(world, PLANT_LOST_COMMIT))
        return;
    UNIT_NEED(rename(from, to) == 0);
}

static bool is_opened(struct world *world, size_t node, size_t peer, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_store_key key = tov_store_key_u16_u32_u64((uint16_t)(peer + 1), 1, index);
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    return tov_store_get(read, TOV_TABLE_MLEAF, key, &row) == TOV_OK &&
           tov_entry_decode_mirror(row, &entry) == TOV_OK &&
           entry.verdict.verdict == TOV_VERDICT_OPENED;
}

/* Rows of a peer's first message go missing. */
static void lose_mirror_row(struct world *world, size_t node, bool all)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    for (size_t i = 0; i < world->count; i++) {
        const struct model_links *links = &world->model.nodes[i].links[node];
        if (links->count == 0 || !is_opened(world, node, i, links->at[0].index) ||
            !plant_acts_once(world, world->plants.plant))
            continue;
        UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
        struct tov_store_key key =
            tov_store_key_u16_u32_u64((uint16_t)(i + 1), 1, links->at[0].index);
        if (all)
            tov_store_batch_delete(batch, TOV_TABLE_MLEAF, key);
        tov_store_batch_delete(batch, TOV_TABLE_MDATAKEY, key);
        UNIT_NEED(tov_store_commit(world->nodes[node].store, batch, NULL) == TOV_OK);
    }
}

/* The newest row of TABLE, as VALUE has it; empty: the table has none. */
static bool copy_newest(struct world *world, unsigned table, struct tov_store_key *out_key,
                        struct tov_buf *value)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_row row;
    UNIT_NEED(tov_store_read_begin(world->nodes[0].store, &read, NULL) == TOV_OK);
    if (tov_store_last(read, table, &row) != TOV_OK || row.value.size == 0)
        return false;
    *out_key = row.key;
    tov_buf_put_bytes(value, row.value);
    UNIT_NEED(value->failed == TOV_OK);
    return true;
}

/* A bit of the newest row of TABLE changes at the first node. */
static void change_newest(struct world *world, unsigned table, size_t from_end)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf value = TOV_BUF_INIT(1u << 22);
    struct tov_store_key key;
    if (world->plants.is_done || !copy_newest(world, table, &key, &value) ||
        value.size < from_end || !plant_acts_once(world, world->plants.plant))
        return;
    value.data[value.size - from_end] ^= 1;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, table, key, tov_buf_view(&value));
    UNIT_NEED(tov_store_commit(world->nodes[0].store, batch, NULL) == TOV_OK);
}

static void lose_event(struct world *world)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf value = TOV_BUF_INIT(4096);
    struct tov_event event;
    struct tov_store_key key;
    if (world->plants.is_done || !copy_newest(world, TOV_TABLE_EVENT, &key, &value) ||
        tov_event_decode(tov_buf_view(&value), &event) != TOV_OK ||
        event.kind != TOV_EVENT_WRITTEN || !plant_acts_once(world, PLANT_EVENT_ROW))
        return;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete(batch, TOV_TABLE_EVENT, key);
    UNIT_NEED(tov_store_commit(world->nodes[0].store, batch, NULL) == TOV_OK);
}

/* Whose idempotency key stands in the row of its event: with the next start the node has never
 * heard of it. */
static void forget_tags(struct world *world)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    static const uint8_t none[TOV_TAG_BYTES];
    struct tov_store_range range = {.table = TOV_TABLE_EVENT};
    struct tov_store_iter iter;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(world->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_event event;
        uint8_t row[64];
        size_t size = iter.row.value.size;
        UNIT_NEED(tov_event_decode(iter.row.value, &event) == TOV_OK && size <= sizeof row);
        if (event.kind != TOV_EVENT_WRITTEN || memcmp(event.tag, none, sizeof none) == 0)
            continue;
        memcpy(row, iter.row.value.data, size);
        memset(row + size - TOV_TAG_BYTES, 0, TOV_TAG_BYTES);
        tov_store_batch_put(batch, TOV_TABLE_EVENT, iter.row.key, (struct tov_bytes){row, size});
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    tov_store_read_end(TOV_TAKE(read));
    UNIT_NEED(tov_store_commit(world->nodes[0].store, batch, NULL) == TOV_OK);
}

static bool is_complete(struct world *world, size_t node, const struct tov_message_name *name)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_transfer_view view = {.complete = false};
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    return tov_follow_transfer(tov_node_follow(world->nodes[node].node), read, name, 2, &view) ==
               TOV_OK &&
           view.complete;
}

/* A bit of an attachment that is here changes. */
static void change_blob(struct world *world, size_t node)
{
    for (size_t i = 0; i < world->model.order_count && !world->plants.is_done; i++) {
        const struct model_order *order = &world->model.orders[i];
        struct tov_message_name name = {(uint16_t)(order->node + 1), 1, order->place.index};
        char blob[TOV_BLOB_NAME_SIZE];
        uint8_t byte = 0;
        size_t size = 0;
        if (order->node == node || order->order.attachment_count == 0 || !order->is_acknowledged ||
            !is_complete(world, node, &name) || !plant_acts_once(world, PLANT_BLOB_BIT))
            continue;
        struct sim_disk *disk = world->nodes[node].disk;
        tov_blob_name(tov_node_core(world->nodes[node].node), &name, NULL, 2, blob);
        UNIT_NEED(sim_disk_read(disk, blob, 40, (struct tov_room){&byte, 1}, &size) == TOV_OK);
        byte ^= 1;
        UNIT_NEED(sim_disk_write(disk, blob, 40, (struct tov_bytes){&byte, 1}) == TOV_OK &&
                  sim_disk_sync(disk, blob) == TOV_OK);
    }
}

void plant_after_commit(struct world *world, size_t node)
{
    enum plant plant = world->plants.plant;
    if (plant == PLANT_MIRROR_ROW || plant == PLANT_KEY_ROW)
        lose_mirror_row(world, node, plant == PLANT_MIRROR_ROW);
    if (plant == PLANT_BLOB_BIT)
        change_blob(world, node);
    if (node != 0)
        return;
    if (plant == PLANT_MIRROR_POINT)
        change_newest(world, TOV_TABLE_MPOINT, 96);
    if (plant == PLANT_BOOK_ROW)
        change_newest(world, TOV_TABLE_BOOK, 1);
    if (plant == PLANT_EVENT_ROW)
        lose_event(world);
    if (plant == PLANT_TAG_ROW)
        forget_tags(world);
    if (plant == PLANT_MARKER_DISK && plant_acts_once(world, plant))
        UNIT_NEED(sim_disk_save(world->nodes[0].disk, "note", tov_bytes_of_text(SIM_MARKER)) ==
                  TOV_OK);
}

/* The guard's state as it was before its first signature. */
static void keep_guard(struct world *world, size_t node)
{
    struct plants *plants = &world->plants;
    if (plants->plant != PLANT_GUARD_BACK || node != 0 || plants->has_old_images)
        return;
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        tov_buf_put_bytes(&plants->old_images[i],
                          tov_guard_local_image(world->nodes[node].guard, (enum tov_guard_image)i));
    plants->has_old_images = true;
}

static void take_guard_back(struct world *world, size_t node)
{
    struct plants *plants = &world->plants;
    if (node != 0 || !plants->has_old_images || !plant_acts_once(world, PLANT_GUARD_BACK))
        return;
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++) {
        struct tov_buf *image = &world->nodes[node].images[i];
        tov_buf_clear(image);
        tov_buf_put_bytes(image, tov_buf_view(&plants->old_images[i]));
    }
}

void plant_after_crash(struct world *world, size_t node)
{
    if (world->plants.plant == PLANT_LOST_COMMIT && node == 0)
        lose_commit(world, node);
    take_guard_back(world, node);
}

/* ---- the guard ---- */

/* The question as it would be with other hashes; false: PLANT does not fit it. */
static bool change_question(struct world *world, size_t node, struct tov_guard_append *append,
                            struct tov_hash *room)
{
    const struct model_tree *ledger = &world->model.nodes[node].trees[0];
    size_t count = append->hash_count;
    if (append->sign_count == 0 || count == 0 || count == TOV_GUARD_HASHES_MAX)
        return false;
    memcpy(room, append->hashes, count * sizeof *room);
    append->hashes = room;
    if (count > 1 && plant_acts_once(world, PLANT_WRONG_HASH)) {
        room[0] = room[1];
        return true;
    }
    if (append->tree != TOV_GUARD_LEDGER || append->from_size + count != ledger->count ||
        !plant_acts_once(world, PLANT_GUARD_AHEAD))
        return false;
    room[append->hash_count++] = room[0];
    append->sign_at[append->sign_count - 1] = append->from_size + append->hash_count;
    return true;
}

void plant_before_guard(struct world *world, size_t node)
{
    TOV_FREE struct tov_guard_request *request = calloc(1, sizeof *request);
    TOV_FREE struct tov_hash *room = calloc(TOV_GUARD_HASHES_MAX, sizeof *room);
    struct sim_node *sim = &world->nodes[node];
    enum plant plant = world->plants.plant;
    bool changes = plant == PLANT_WRONG_HASH || plant == PLANT_GUARD_AHEAD;
    UNIT_NEED(request != NULL && room != NULL);
    keep_guard(world, node);
    for (size_t i = 0; changes && i < sim->question_count; i++) {
        struct sim_question *question = &sim->questions[i];
        TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
        if (question->is_run || question->kind != TOV_GUARD_APPEND)
            continue;
        UNIT_NEED(tov_guard_request_decode(question->kind, tov_buf_view(&question->request),
                                           request) == TOV_OK);
        if (!change_question(world, node, &request->append, room))
            continue;
        UNIT_NEED(tov_guard_request_encode(request, &changed) == TOV_OK);
        tov_buf_clear(&question->request);
        tov_buf_put_bytes(&question->request, tov_buf_view(&changed));
    }
}

bool plant_mutes_guard(const struct world *world, size_t node)
{
    return world->plants.plant == PLANT_GUARD_MUTE && node == 0 && world->step > 150;
}

/* ---- entries ---- */

static void fill_entry(const struct world *world, struct tov_leaf *leaf)
{
    const struct model_node *model = &world->model.nodes[0];
    if (world->plants.plant == PLANT_EPOCH_GAP) {
        leaf->type = TOV_LEAF_EPOCH_KEY;
        leaf->as.epoch_key = (struct tov_leaf_epoch_key){
            .epoch = model->epoch + 5, .not_before_ms = 1, .not_after_ms = world->now_ms * 2};
        leaf->as.epoch_key.public_key[0] = 9;
    } else if (world->plants.plant == PLANT_GENESIS_AGAIN) {
        leaf->type = TOV_LEAF_GENESIS;
        leaf->as.genesis = (struct tov_leaf_genesis){.agency = 1, .generation = 1};
        memcpy(leaf->as.genesis.federation, SIM_FEDERATION, sizeof SIM_FEDERATION);
    } else {
        leaf->type = TOV_LEAF_RECEIPT;
        leaf->as.receipt = (struct tov_leaf_receipt){.peer = 2,
                                                     .series = {1, 0},
                                                     .last_link = 1000,
                                                     .run_count = 1,
                                                     .runs = {{1, {TOV_VERDICT_OPENED, 0, 0}}}};
    }
}

/* The first node writes an entry that it must not. */
void plant_before_turn(struct world *world, size_t node)
{
    enum plant plant = world->plants.plant;
    struct tov_ledger_place place;
    if ((plant != PLANT_FALSE_RECEIPT && plant != PLANT_EPOCH_GAP &&
         plant != PLANT_GENESIS_AGAIN) ||
        node != 0 || world->step < 100 || !world_may_write(world, 0) ||
        !plant_acts_once(world, plant))
        return;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_core *core = tov_node_core(world->nodes[0].node);
    UNIT_NEED(leaf != NULL);
    fill_entry(world, leaf);
    UNIT_NEED(tov_core_append_leaf(core, core->ledger, leaf, 0, &place) == TOV_OK);
}
