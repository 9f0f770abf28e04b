/* SPDX-License-Identifier: EUPL-1.2 */
#include "simulation/model.h"

#include "ledger/entry.h"
#include "ledger/epoch.h"
#include "merkle/checkpoint.h"
#include "merkle/tree.h"
#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

static const unsigned leaf_tables[2] = {TOV_TABLE_LEAF, TOV_TABLE_JLEAF};

void model_fini(struct model *model)
{
    for (size_t i = 0; i < SIM_NODES_MAX; i++) {
        for (size_t k = 0; k < 2; k++) {
            free(model->nodes[i].trees[k].leaves);
            free(model->nodes[i].trees[k].roots);
        }
        for (size_t k = 0; k < SIM_NODES_MAX; k++)
            free(model->nodes[i].links[k].at);
        free(model->nodes[i].facts);
    }
    free(model->orders);
}

/* ---- what was submitted ---- */

const struct model_order *model_order_at(const struct model *model, size_t node,
                                         const struct tov_ledger_place *place)
{
    for (size_t i = 0; i < model->order_count; i++) {
        const struct model_order *order = &model->orders[i];
        if (order->node == node && order->place.index == place->index &&
            tov_hash_equal(&order->place.leaf_hash, &place->leaf_hash))
            return order;
    }
    return NULL;
}

const struct model_order *model_order_with(const struct model *model, size_t node,
                                           const uint8_t *id)
{
    for (size_t i = 0; i < model->order_count; i++) {
        const struct model_order *order = &model->orders[i];
        if (order->node == node && memcmp(order->id, id, sizeof order->id) == 0)
            return order;
    }
    return NULL;
}

const struct model_order *model_order_of(const struct model *model, uint64_t record)
{
    for (size_t i = 0; i < model->order_count; i++) {
        if (model->orders[i].order.record == record)
            return &model->orders[i];
    }
    return NULL;
}

/* Its place may be another one when all is at rest. */
static uint64_t target_record_of(const struct model *model, const struct sim_order *order)
{
    for (size_t i = model->order_count; order->has_target && i > 0; i--) {
        const struct model_order *target = &model->orders[i - 1];
        struct tov_ref ref = {(uint16_t)(target->node + 1), 1, target->place.index,
                              target->place.leaf_hash};
        if (tov_ref_equal(&ref, &order->target))
            return target->order.record;
    }
    return 0;
}

void model_submitted(struct world *world, size_t node, const struct sim_order *order,
                     const struct tov_ledger_place *place)
{
    struct model *model = &world->model;
    if (model->order_count == model->order_capacity) {
        model->order_capacity = model->order_capacity == 0 ? 64 : model->order_capacity * 2;
        model->orders = realloc(model->orders, model->order_capacity * sizeof *model->orders);
        UNIT_NEED(model->orders != NULL);
    }
    model->orders[model->order_count++] =
        (struct model_order){.node = node,
                             .order = *order,
                             .place = *place,
                             .target_record = target_record_of(model, order)};
    struct model_order *put = &model->orders[model->order_count - 1];
    memcpy(put->id, world->nodes[node].submitted_id, sizeof put->id);
}

/* Whether its leaf stands there. */
static bool has_leaf(struct tov_store_read *read, const struct tov_ledger_place *place,
                     const uint8_t id[TOV_MESSAGE_ID_BYTES])
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(leaf != NULL);
    if (tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(place->index), &row) != TOV_OK ||
        tov_entry_decode_own(row, &entry) != TOV_OK || entry.state != TOV_ENTRY_PRESENT)
        return false;
    struct tov_hash hash = tov_merkle_leaf_hash(entry.leaf);
    UNIT_NEED(tov_leaf_decode(entry.leaf, leaf) == TOV_OK && leaf->type == TOV_LEAF_MESSAGE);
    return tov_hash_equal(&hash, &place->leaf_hash) &&
           memcmp(id, leaf->as.message.id, TOV_MESSAGE_ID_BYTES) == 0;
}

void model_acknowledged(void *context, size_t node, uint64_t record)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct world *world = context;
    struct model_order *order = NULL;
    for (size_t i = 0; i < world->model.order_count; i++) {
        if (world->model.orders[i].order.record == record)
            order = &world->model.orders[i];
    }
    UNIT_NEED(order != NULL && order->node == node);
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    trace_line(&world->trace, "  a%zu acknowledges record %llu", node + 1,
               (unsigned long long)record);
    if (order->is_acknowledged)
        world_break(world, BROKE_TWICE, "a%zu acknowledged record %llu twice", node + 1,
                    (unsigned long long)record);
    if (!has_leaf(read, &order->place, order->id))
        world_break(world, BROKE_EARLY, "a%zu acknowledged record %llu, entry %llu is not there",
                    node + 1, (unsigned long long)record, (unsigned long long)order->place.index);
    order->is_acknowledged = true;
    order->is_provisional = world->model.nodes[node].is_back;
    order->rank = ++world->model.acknowledged;
}

/* ---- what became durable ---- */

void model_append(struct model_tree *tree, const struct tov_hash *hash)
{
    if (tree->count == tree->capacity) {
        tree->capacity = tree->capacity == 0 ? 256 : tree->capacity * 2;
        tree->leaves = realloc(tree->leaves, tree->capacity * sizeof *tree->leaves);
        tree->roots = realloc(tree->roots, tree->capacity * sizeof *tree->roots);
        UNIT_NEED(tree->leaves != NULL && tree->roots != NULL);
    }
    UNIT_NEED(tov_range_append(&tree->range, hash) == TOV_OK);
    tree->leaves[tree->count] = *hash;
    tree->roots[tree->count++] = tov_range_root(&tree->range);
}

static void note_link(struct model_links *links, const struct model_link *link)
{
    if (links->count == links->capacity) {
        links->capacity = links->capacity == 0 ? 64 : links->capacity * 2;
        links->at = realloc(links->at, links->capacity * sizeof *links->at);
        UNIT_NEED(links->at != NULL);
    }
    links->at[links->count++] = *link;
}

uint64_t model_link_find(const struct model_links *links, uint64_t series, uint64_t number)
{
    uint64_t rank = 0;
    while (rank < links->count &&
           (links->at[rank].series != series || links->at[rank].number != number))
        rank++;
    return rank;
}

struct model_link *model_link_at(const struct world *world, size_t node, size_t peer,
                                 uint64_t index)
{
    const struct model_links *links = &world->model.nodes[node].links[peer];
    for (uint64_t i = 0; i < links->count; i++) {
        if (links->at[i].index == index)
            return &links->at[i];
    }
    return NULL;
}

/* Counted from 1 behind the newest `lost` entry, without a gap. */
static bool is_next_link(const struct model_node *node, const struct model_links *links,
                         const struct model_link *link)
{
    const struct model_link *last = links->count == 0 ? NULL : &links->at[links->count - 1];
    uint64_t next = last != NULL && last->series == link->series ? last->number + 1 : 1;
    return link->series == node->newest_lost && link->number == next;
}

static void note_links(struct world *world, size_t node, const struct tov_entry *entry,
                       uint64_t index)
{
    for (size_t i = 0; i < world->count; i++) {
        struct tov_link_block block;
        struct tov_bytes bytes = tov_entry_link_for(entry, (uint16_t)(i + 1));
        if (bytes.size == 0)
            continue;
        struct model_links *links = &world->model.nodes[node].links[i];
        UNIT_NEED(tov_link_decode(bytes, &block) == TOV_OK);
        struct model_link link = {
            .index = index, .series = block.series.lost_index, .number = block.number};
        if (!is_next_link(&world->model.nodes[node], links, &link))
            world_break(world, BROKE_LOST,
                        "a%zu wrote entry %llu with link %llu of series %llu to a%zu, behind %llu",
                        node + 1, (unsigned long long)index, (unsigned long long)link.number,
                        (unsigned long long)link.series, i + 1, (unsigned long long)links->count);
        note_link(links, &link);
    }
}

static void note_epoch(struct world *world, size_t node, const struct tov_leaf_epoch_key *key)
{
    struct model_node *model = &world->model.nodes[node];
    bool is_next = key->epoch == model->epoch + 1;
    if (model->restores > 0) /* numbers of lost keys are left out */
        is_next = key->epoch > model->epoch;
    if (!is_next)
        world_break(world, BROKE_DURABLE, "a%zu has epoch %u after epoch %u", node + 1, key->epoch,
                    model->epoch);
    model->epoch = key->epoch;
    memcpy(model->epoch_public_key, key->public_key, sizeof model->epoch_public_key);
}

static struct model_fact *note_fact(struct model_node *model, uint64_t index)
{
    if (index >= model->fact_capacity) {
        model->fact_capacity = index == 0 ? 256 : index * 2;
        model->facts = realloc(model->facts, model->fact_capacity * sizeof *model->facts);
        UNIT_NEED(model->facts != NULL);
    }
    model->facts[index] = (struct model_fact){0};
    return &model->facts[index];
}

static void look_at_entry(struct world *world, size_t node, struct tov_store_read *read,
                          const struct tov_entry *entry)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    uint64_t index = world->model.nodes[node].trees[0].count - 1;
    UNIT_NEED(leaf != NULL && tov_leaf_decode(entry->leaf, leaf) == TOV_OK);
    if ((index == 0) != (leaf->type == TOV_LEAF_GENESIS))
        world_break(world, BROKE_FORK, "a%zu has a leaf of type %d at %llu", node + 1,
                    (int)leaf->type, (unsigned long long)index);
    struct model_node *model = &world->model.nodes[node];
    struct tov_ledger_place place = {index, model->trees[0].leaves[index]};
    struct model_fact *fact = note_fact(model, index);
    fact->type = leaf->type;
    if (leaf->type == TOV_LEAF_MESSAGE) {
        note_links(world, node, entry, index);
        model_note_place(world, node, leaf->as.message.id, &place);
    } else if (leaf->type == TOV_LEAF_RECEIPT) {
        model_check_receipt(world, node, read, &leaf->as.receipt);
        fact->peer = (size_t)leaf->as.receipt.peer - 1;
        fact->receipted = model_receipted(world, node, fact->peer);
    } else if (leaf->type == TOV_LEAF_ANCHOR) {
        model->anchor = index + 1;
    } else if (leaf->type == TOV_LEAF_LOST) {
        model->newest_lost = index;
    } else if (leaf->type == TOV_LEAF_EPOCH_KEY) {
        note_epoch(world, node, &leaf->as.epoch_key);
        fact->epoch = leaf->as.epoch_key.epoch;
        memcpy(fact->public_key, leaf->as.epoch_key.public_key, sizeof fact->public_key);
    }
}

static void take_new_leaves(struct world *world, size_t node, size_t which,
                            struct tov_store_read *read)
{
    struct model_tree *tree = &world->model.nodes[node].trees[which];
    struct tov_store_range range = {.table = leaf_tables[which],
                                    .first = tov_store_key_u64(tree->count)};
    struct tov_store_iter iter;
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_own(iter.row.value, &entry) == TOV_OK);
        UNIT_NEED(tov_store_key_to_u64(&iter.row.key) == tree->count);
        struct tov_hash hash = tov_entry_hash(&entry);
        model_append(tree, &hash);
        if (which == 0)
            look_at_entry(world, node, read, &entry);
        if (which == 0 && liar_is(world, node))
            liar_take_leaf(world, entry.leaf);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
}

static void check_point(struct world *world, size_t node, size_t peer, const struct tov_hash *root,
                        uint64_t size)
{
    const struct model_tree *tree = &world->model.nodes[peer].trees[0];
    if (liar_is(world, peer))
        liar_note_held(world, node, size, root);
    else if (size > tree->count || !tov_hash_equal(root, &tree->roots[size - 1]))
        world_break(world, BROKE_FORK, "a%zu holds another root of a%zu at size %llu", node + 1,
                    peer + 1, (unsigned long long)size);
}

/* The checkpoints that NODE holds of PEER are of the tree that PEER has. */
static void check_mirror(struct world *world, size_t node, size_t peer, struct tov_store_read *read)
{
    struct model_links *links = &world->model.nodes[peer].links[node];
    uint16_t number = (uint16_t)(peer + 1);
    struct tov_store_range range = {.table = TOV_TABLE_MPOINT,
                                    .first =
                                        tov_store_key_u16_u32_u64(number, 1, links->mirrored + 1),
                                    .last = tov_store_key_u16_u32_u64(number, 1, UINT64_MAX)};
    struct tov_store_iter iter;
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_hash root;
        uint64_t size = tov_get_be64(iter.row.key.bytes + 6);
        UNIT_NEED(iter.row.value.size >= sizeof root.bytes);
        memcpy(root.bytes, iter.row.value.data, sizeof root.bytes);
        check_point(world, node, peer, &root, size);
        links->mirrored = size;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
}

void model_durable(void *context, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct world *world = context;
    struct tov_store_row row;
    struct model_node *model = &world->model.nodes[node];
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    if (model->restores > 0)
        model_look_back(world, node, read);
    if (!model->is_back)
        take_new_leaves(world, node, 0, read);
    if (model->restores == 0)
        take_new_leaves(world, node, 1, read);
    for (size_t i = 0; i < world->count; i++) {
        if (i == node)
            continue;
        check_mirror(world, node, i, read);
        world->model.nodes[i].links[node].held = model_held(world, node, i);
    }
    if (world->restores.happen)
        model_note_keys(world, node, read);
    if (tov_store_last(read, TOV_TABLE_EVENT, &row) == TOV_OK)
        world->model.nodes[node].newest_event = tov_store_key_to_u64(&row.key);
}

uint64_t model_held(struct world *world, size_t node, size_t peer)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_mirror_position position = {.size = 0};
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    enum tov_err err = tov_mirror_position(read, (uint16_t)(peer + 1), &position);
    UNIT_NEED(err == TOV_OK || err == TOV_E_NOT_FOUND);
    return position.size;
}

static void check_tree(struct world *world, size_t node, size_t which, struct tov_store_read *read)
{
    const struct model_tree *tree = &world->model.nodes[node].trees[which];
    struct tov_store_range range = {.table = leaf_tables[which]};
    struct tov_store_iter iter;
    uint64_t count = 0;
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_own(iter.row.value, &entry) == TOV_OK);
        struct tov_hash hash = tov_entry_hash(&entry);
        if (count >= tree->count || !tov_hash_equal(&hash, &tree->leaves[count]))
            break;
        count++;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    if (count != tree->count)
        world_break(world, BROKE_DURABLE, "a%zu has %llu of %llu durable entries of tree %zu",
                    node + 1, (unsigned long long)count, (unsigned long long)tree->count, which);
}

static struct tov_message_name name_of(size_t node, unsigned table, const struct tov_store_key *key)
{
    if (table == TOV_TABLE_DATAKEY)
        return (struct tov_message_name){(uint16_t)(node + 1), 1, tov_store_key_to_u64(key)};
    struct tov_reader reader = tov_store_key_reader(key);
    uint16_t agency = tov_read_u16(&reader);
    uint32_t generation = tov_read_u32(&reader);
    return (struct tov_message_name){agency, generation, tov_read_u64(&reader)};
}

/* What could be read can be read: the keys of messages, own and others', open their headers. */
static void check_keys(struct world *world, size_t node, unsigned table,
                       struct tov_store_read *read)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_store_range range = {.table = table};
    struct tov_store_iter iter;
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_message_name name = name_of(node, table, &iter.row.key);
        enum tov_err err = tov_message_read(tov_node_core(world->nodes[node].node), read, &name,
                                            TOV_MESSAGE_HEADER, message);
        if (err != TOV_OK || !message->has_keys || message->header.size == 0)
            world_break(world, BROKE_DURABLE, "a%zu cannot read entry %llu of a%u any more",
                        node + 1, (unsigned long long)name.index, name.agency);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
}

/* An entry with an epoch key is still to be read back. */
static bool has_epoch_out(const struct model_node *model)
{
    for (uint64_t i = 0; i < model->trees[0].count; i++) {
        if (model->facts[i].is_out && model->facts[i].type == TOV_LEAF_EPOCH_KEY)
            return true;
    }
    return false;
}

/* What others seal to its newest epoch key can be opened. */
static void check_epoch(struct world *world, size_t node)
{
    const struct model_node *model = &world->model.nodes[node];
    const struct tov_epochs *epochs = tov_node_core(world->nodes[node].node)->epochs;
    const struct tov_hpke_pair *pair = tov_epochs_secret(epochs, model->epoch);
    if (tov_epochs_newest(epochs) != model->epoch)
        world_break(world, BROKE_DURABLE, "a%zu takes epoch %u for its newest, not %u", node + 1,
                    tov_epochs_newest(epochs), model->epoch);
    else if (model->epoch > 0 &&
             (pair == NULL || memcmp(pair->public_key.bytes, model->epoch_public_key, 32) != 0))
        world_break(world, BROKE_DURABLE, "a%zu lost its epoch key %u", node + 1, model->epoch);
}

void model_check_start(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct model_node *model = &world->model.nodes[node];
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    if (!model->is_back)
        check_tree(world, node, 0, read);
    if (model->restores == 0) /* else another journal may have begun */
        check_tree(world, node, 1, read);
    check_keys(world, node, TOV_TABLE_DATAKEY, read);
    check_keys(world, node, TOV_TABLE_MDATAKEY, read);
    if (!model->is_back && !has_epoch_out(model))
        check_epoch(world, node);
}

/* ---- what was signed ---- */

static void check_signature(struct world *world, size_t node, enum tov_guard_tree which,
                            const struct tov_guard_signature *signature)
{
    struct model_tree *tree = &world->model.nodes[node].trees[which == TOV_GUARD_LEDGER ? 0 : 1];
    const struct tov_agency *agency = sim_federation_agency(world->federation, node);
    const struct tov_vkey *key = which == TOV_GUARD_LEDGER ? &agency->ledger : &agency->journal;
    struct tov_checkpoint checkpoint;
    uint64_t size = signature->size;
    if (size == 0 || size > tree->count) {
        world_break(world, BROKE_EARLY, "a%zu's guard signed size %llu, durable are %llu", node + 1,
                    (unsigned long long)size, (unsigned long long)tree->count);
        return;
    }
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(key->name), size, &tree->roots[size - 1],
                                  &checkpoint) == TOV_OK);
    if (tov_checkpoint_verify(&checkpoint, key, signature->bytes) != TOV_OK)
        world_break(world, BROKE_FORK, "a%zu's guard signed another tree at size %llu", node + 1,
                    (unsigned long long)size);
    if (size > tree->signed_size)
        tree->signed_size = size;
    if (which == TOV_GUARD_LEDGER && size > world->model.nodes[node].guard_floor)
        world->model.nodes[node].guard_floor = size;
}

/* A guard that was started has not gone back. */
static void check_hello(struct world *world, size_t node,
                        const struct tov_guard_hello_answer *hello)
{
    for (size_t i = 0; i < 2; i++) {
        uint64_t size = hello->trees[i].present ? hello->trees[i].range.size : 0;
        const struct model_node *model = &world->model.nodes[node];
        uint64_t was = i == 0 ? model->guard_floor : model->trees[i].signed_size;
        if (size < was && (i == 0 || model->restores == 0))
            world_break(world, BROKE_FORK, "a%zu's guard went back from size %llu to %llu",
                        node + 1, (unsigned long long)was, (unsigned long long)size);
    }
}

/* A cosignature is over a tree that the peer has. */
static void check_cosigned(struct world *world, size_t node, const struct tov_guard_cosign *cosign)
{
    for (size_t i = 0; i < world->count; i++) {
        struct tov_checkpoint_opened opened;
        const struct tov_agency *agency = sim_federation_agency(world->federation, i);
        const struct model_tree *tree = &world->model.nodes[i].trees[0];
        if (tov_checkpoint_open(cosign->note, &agency->ledger, &opened, NULL) != TOV_OK)
            continue;
        uint64_t size = opened.checkpoint.size;
        if (liar_is(world, i))
            liar_note_cosigned(world, node, size, &opened.checkpoint.root);
        else if (size > tree->count ||
                 !tov_hash_equal(&opened.checkpoint.root, &tree->roots[size - 1]))
            world_break(world, BROKE_FORK, "a%zu cosigned another tree of a%zu at size %llu",
                        node + 1, i + 1, (unsigned long long)size);
    }
}

void model_signed(void *context, size_t node, const struct tov_guard_request *request,
                  const struct tov_guard_answer *answer)
{
    struct world *world = context;
    if (answer->op == TOV_GUARD_HELLO)
        check_hello(world, node, &answer->hello);
    if (answer->refusal != TOV_GUARD_DONE)
        return;
    if (answer->op == TOV_GUARD_COSIGN)
        check_cosigned(world, node, &request->cosign);
    if (answer->op != TOV_GUARD_APPEND)
        return;
    struct model_node *model = &world->model.nodes[node];
    bool is_ledger = request->append.tree == TOV_GUARD_LEDGER;
    if (is_ledger)
        model->guard_size = request->append.from_size + request->append.hash_count;
    for (size_t i = 0; (is_ledger || model->restores == 0) && i < answer->append.signature_count;
         i++)
        check_signature(world, node, request->append.tree, &answer->append.signatures[i]);
}
