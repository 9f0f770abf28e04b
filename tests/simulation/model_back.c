/* SPDX-License-Identifier: EUPL-1.2
 *
 * What may be lost where a node's store is set back, and what may not (docs/recovery.md):
 *
 *   - the tree comes back up to what the guard has or, where that was set back too, up to what was
 *     signed; entries behind it had reached nobody
 *   - an entry comes back when somebody honest holds it who may give it: of a message a recipient
 *     with the right to all, of a receipt its peer, of anything else any node
 *   - its keys do where a recipient had been given them, and its place on the links of those who
 *     had not taken it does not: they do not get it
 *   - of messages of others all come again; what was opened is not opened again
 *
 * Where what somebody could have given is set back too before it was given, it may be lost as well.
 */
#include "merkle/tree.h"
#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

/* ---- a moment ---- */

static bool is_opened(struct tov_store_read *read, size_t from, uint64_t index)
{
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_store_key key = tov_store_key_u16_u32_u64((uint16_t)(from + 1), 1, index);
    return tov_store_get(read, TOV_TABLE_MLEAF, key, &row) == TOV_OK &&
           tov_entry_decode_mirror(row, &entry) == TOV_OK &&
           entry.verdict.verdict == TOV_VERDICT_OPENED;
}

static bool is_open_at(struct tov_store_read *read, size_t from, const struct model_links *links)
{
    for (uint64_t i = 0; i < links->count && links->at[i].index < links->held; i++) {
        struct tov_bytes row;
        struct tov_entry entry;
        struct tov_store_key key =
            tov_store_key_u16_u32_u64((uint16_t)(from + 1), 1, links->at[i].index);
        if (tov_store_get(read, TOV_TABLE_MLEAF, key, &row) == TOV_OK &&
            tov_entry_decode_mirror(row, &entry) == TOV_OK &&
            (entry.verdict.verdict == TOV_VERDICT_NO_KEY ||
             entry.verdict.verdict == TOV_VERDICT_PENDING))
            return true;
    }
    return false;
}

bool model_is_awaited(const struct world *world, size_t node)
{
    for (size_t i = 0; i < world->count; i++) {
        TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
        if (i == node || world->nodes[i].node == NULL || liar_is(world, i))
            continue;
        UNIT_NEED(tov_store_read_begin(world->nodes[i].store, &read, NULL) == TOV_OK);
        if (is_open_at(read, node, &world->model.nodes[node].links[i]))
            return true;
    }
    return false;
}

static void gather_opened(struct world *world, size_t node, struct tov_store_read *read,
                          struct model_moment *out)
{
    size_t all = 0;
    for (size_t i = 0; i < world->count; i++)
        all += (size_t)world->model.nodes[i].links[node].count;
    out->opened = calloc(all + 1, sizeof *out->opened);
    UNIT_NEED(out->opened != NULL);
    for (size_t i = 0; i < world->count; i++) {
        const struct model_links *links = &world->model.nodes[i].links[node];
        for (uint64_t k = 0; k < links->count; k++) {
            if (is_opened(read, i, links->at[k].index))
                out->opened[out->opened_count++] = (struct model_opened){i, links->at[k].index};
        }
    }
}

static void gather_out(const struct model_node *model, struct model_moment *out)
{
    out->out = calloc((size_t)model->trees[0].count + 1, sizeof *out->out);
    UNIT_NEED(out->out != NULL);
    for (uint64_t i = 0; i < model->trees[0].count; i++) {
        if (model->facts[i].is_out)
            out->out[out->out_count++] = i;
    }
}

void model_moment_take(struct world *world, size_t node, struct model_moment *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct model_node *model = &world->model.nodes[node];
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    *out = (struct model_moment){.count = model->trees[0].count,
                                 .guard_floor = model->guard_floor,
                                 .newest_event = model->newest_event};
    for (size_t i = 0; i < world->count; i++)
        out->held[i] = i == node ? 0 : model_held(world, node, i);
    gather_opened(world, node, read, out);
    gather_out(model, out);
}

void model_moment_fini(struct model_moment *moment)
{
    free(moment->opened);
    free(moment->out);
    *moment = (struct model_moment){0};
}

static bool was_opened(const struct model_moment *moment, size_t from, uint64_t index)
{
    for (size_t i = 0; i < moment->opened_count; i++) {
        if (moment->opened[i].from == from && moment->opened[i].index == index)
            return true;
    }
    return false;
}

/* ---- the own tree ---- */

static void note_again(struct model_node *model, struct world *world, size_t node, uint64_t index)
{
    const struct model_fact *fact = &model->facts[index];
    if (fact->type == TOV_LEAF_ANCHOR)
        model->anchor = index + 1;
    if (fact->type == TOV_LEAF_LOST)
        model->newest_lost = index;
    if (fact->type == TOV_LEAF_RECEIPT && fact->peer < world->count)
        world->model.nodes[fact->peer].links[node].receipted = fact->receipted;
    if (fact->type == TOV_LEAF_EPOCH_KEY) {
        model->epoch = fact->epoch;
        memcpy(model->epoch_public_key, fact->public_key, sizeof fact->public_key);
    }
}

static void cut_links(struct model_links *links, uint64_t size)
{
    while (links->count > 0 && links->at[links->count - 1].index >= size)
        links->count--;
    if (links->receipted > links->count)
        links->receipted = links->count;
}

/* Entries from SIZE on were durable and reached nobody. */
static void cut_tree(struct world *world, size_t node, uint64_t size)
{
    struct model_node *model = &world->model.nodes[node];
    struct model_tree *tree = &model->trees[0];
    uint64_t count = tree->count < size ? tree->count : size;
    tree->count = 0;
    tree->range = (struct tov_range){0};
    model->anchor = model->newest_lost = model->epoch = 0;
    for (size_t i = 0; i < world->count; i++)
        world->model.nodes[i].links[node].receipted = 0;
    for (uint64_t i = 0; i < count; i++) {
        struct tov_hash hash = tree->leaves[i];
        model_append(tree, &hash);
        note_again(model, world, node, i);
    }
    for (size_t i = 0; i < world->count; i++)
        cut_links(&model->links[i], count);
}

static void excuse_orders(struct world *world, size_t node)
{
    for (size_t i = 0; i < world->model.order_count; i++) {
        struct model_order *order = &world->model.orders[i];
        if (order->node == node && order->is_acknowledged &&
            (order->is_provisional ||
             order->place.index >= world->model.nodes[node].trees[0].count))
            order->is_excused = true;
    }
}

/* ---- who has it ---- */

static enum tov_right right_of(const struct world *world, size_t node, size_t peer, uint64_t index)
{
    struct tov_ledger_place place = {index, world->model.nodes[node].trees[0].leaves[index]};
    const struct model_order *order = model_order_at(&world->model, node, &place);
    for (size_t i = 0; order != NULL && i < order->order.recipient_count; i++) {
        if (order->order.recipients[i].agency == peer + 1)
            return order->order.recipients[i].right;
    }
    return TOV_RIGHT_HEADER;
}

static bool may_give(const struct world *world, size_t node, size_t peer, uint64_t index)
{
    const struct model_node *model = &world->model.nodes[node];
    const struct model_fact *fact = &model->facts[index];
    if (peer == node || liar_is(world, peer) || model->links[peer].held <= index)
        return false;
    if (fact->type == TOV_LEAF_RECEIPT)
        return fact->peer == peer;
    if (fact->type == TOV_LEAF_MESSAGE)
        return model_link_at(world, node, peer, index) != NULL &&
               right_of(world, node, peer, index) == TOV_RIGHT_ALL;
    return true;
}

static void judge_entry(struct world *world, size_t node, uint64_t index)
{
    struct model_node *model = &world->model.nodes[node];
    bool is_there = false;
    for (size_t i = 0; i < world->count; i++)
        is_there = is_there || may_give(world, node, i, index);
    if (!is_there && !model->facts[index].may_be_lost)
        trace_line(&world->trace, "  entry %llu of a%zu may be lost", (unsigned long long)index,
                   node + 1);
    model->facts[index].may_be_lost = model->facts[index].may_be_lost || !is_there;
    for (size_t i = 0; i < world->count; i++) {
        struct model_link *link = model_link_at(world, node, i, index);
        if (link == NULL || model->links[i].held > index)
            continue;
        link->may_be_lost = true; /* its place on this link is known to nobody any more */
        link->may_be_closed = true;
    }
}

/* Where nobody else had been given its keys, its sender cannot give them to anybody: as those of a
 * message that waited for the epoch key of each recipient. */
static void judge_keys(struct world *world, size_t node, uint64_t index)
{
    const struct model_node *model = &world->model.nodes[node];
    bool some = model->facts[index].has_keys;
    for (size_t i = 0; i < world->count; i++) {
        const struct model_link *link = model_link_at(world, node, i, index);
        bool may_ask =
            link != NULL && !liar_is(world, i) && right_of(world, node, i, index) == TOV_RIGHT_ALL;
        some = some || (may_ask && link->has_keys);
    }
    for (size_t i = 0; i < world->count && !some; i++) {
        struct model_link *link = model_link_at(world, node, i, index);
        if (link != NULL && !link->has_keys)
            link->may_be_closed = true;
    }
}

/* Of all nodes, since who was set back may have held what another is still to get back. */
static void judge_all(struct world *world)
{
    for (size_t i = 0; i < world->count; i++) {
        const struct model_node *model = &world->model.nodes[i];
        for (uint64_t k = 0; k < model->trees[0].count; k++) {
            if (model->facts[k].is_out)
                judge_entry(world, i, k);
            if (model->facts[k].was_out && model->facts[k].type == TOV_LEAF_MESSAGE)
                judge_keys(world, i, k);
        }
    }
}

bool model_is_held_beside(const struct world *world, size_t node, size_t beside)
{
    const struct model_node *model = &world->model.nodes[node];
    for (size_t i = 0; i < world->count; i++) {
        if (i != node && i != beside && !liar_is(world, i) &&
            model->links[i].held >= model->trees[0].signed_size)
            return true;
    }
    return false;
}

bool model_guard_is_old(const struct world *world, size_t node)
{
    const struct model_node *model = &world->model.nodes[node];
    return model->guard_size < model->trees[0].signed_size;
}

/* ---- set back ---- */

/* What was taken of others since then comes again, and what was opened stays closed. */
static void forget_others(struct world *world, size_t node, const struct model_moment *now,
                          const struct model_moment *then)
{
    for (size_t i = 0; i < world->count; i++) {
        struct model_links *links = &world->model.nodes[i].links[node];
        if (i == node)
            continue;
        for (uint64_t k = 0; k < links->count; k++) {
            struct model_link *link = &links->at[k];
            bool was_held = link->index < now->held[i];
            link->has_keys = link->has_keys && was_opened(then, i, link->index);
            if (was_held && !was_opened(then, i, link->index))
                link->may_be_closed = true;
        }
        links->held = then->held[i];
        links->mirrored = 0;
    }
}

static void forget_own(struct model_node *model, const struct model_moment *then)
{
    for (uint64_t i = then->count; i < model->trees[0].count; i++)
        model->facts[i].is_out = model->facts[i].was_out = true;
    for (size_t i = 0; i < then->out_count && then->out[i] < model->trees[0].count; i++)
        model->facts[then->out[i]].is_out = true;
    for (uint64_t i = 0; i < model->trees[0].count; i++)
        model->facts[i].has_keys = false; /* model_note_keys sees those that are there */
}

void model_set_back(struct world *world, size_t node, const struct model_moment *now,
                    const struct model_moment *then, bool with_guard)
{
    struct model_node *model = &world->model.nodes[node];
    uint64_t size = model->trees[0].signed_size;
    if (!with_guard && model->guard_size > size)
        size = model->guard_size;
    cut_tree(world, node, size);
    model->restores++;
    model->is_back = true;
    model->newest_event = then->newest_event;
    if (with_guard)
        model->guard_floor = model->guard_size = then->guard_floor;
    model->guard_is_back = with_guard || model->guard_is_back || model_guard_is_old(world, node);
    excuse_orders(world, node);
    for (size_t i = 0; i < world->count; i++)
        trace_line(&world->trace, "  a%zu holds %llu of a%zu, which held %llu of it, now %llu",
                   i + 1, (unsigned long long)model->links[i].held, node + 1,
                   (unsigned long long)now->held[i], (unsigned long long)then->held[i]);
    forget_own(model, then);
    forget_others(world, node, now, then);
    judge_all(world);
    liar_note_set_back(world, node, with_guard);
}

/* ---- coming back ---- */

static bool has_all(struct tov_store_read *read, const struct model_tree *tree)
{
    struct tov_store_range range = {.table = TOV_TABLE_LEAF};
    struct tov_store_iter iter;
    uint64_t count = 0;
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (count < tree->count && tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_own(iter.row.value, &entry) == TOV_OK);
        struct tov_hash hash = tov_entry_hash(&entry);
        if (!tov_hash_equal(&hash, &tree->leaves[count]))
            break;
        count++;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count == tree->count;
}

static bool get_own(struct tov_store_read *read, uint64_t index, struct tov_entry *out)
{
    struct tov_bytes row;
    return tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row) == TOV_OK &&
           tov_entry_decode_own(row, out) == TOV_OK;
}

/* With its place on the link of each recipient that ever had one. */
static bool is_whole(const struct world *world, size_t node, uint64_t index,
                     const struct tov_entry *entry)
{
    bool is_whole = entry->state == TOV_ENTRY_PRESENT;
    for (size_t i = 0; i < world->count; i++) {
        if (model_link_at(world, node, i, index) != NULL &&
            tov_entry_link_for(entry, (uint16_t)(i + 1)).size == 0)
            is_whole = false;
    }
    return is_whole;
}

void model_look_back(struct world *world, size_t node, struct tov_store_read *read)
{
    struct model_node *model = &world->model.nodes[node];
    if (model->is_back && has_all(read, &model->trees[0])) {
        model->is_back = model->guard_is_back = false;
        trace_line(&world->trace, "  a%zu has its tree again", node + 1);
    }
    for (uint64_t i = 0; !model->is_back && i < model->trees[0].count; i++) {
        struct tov_entry entry;
        if (model->facts[i].is_out && get_own(read, i, &entry) && is_whole(world, node, i, &entry))
            model->facts[i].is_out = false;
    }
}

static bool has_row(struct tov_store_read *read, unsigned table, struct tov_store_key key)
{
    struct tov_bytes row;
    return tov_store_get(read, table, key, &row) == TOV_OK;
}

static void note_own_keys(struct model_node *model, struct tov_store_read *read)
{
    for (uint64_t i = 0; i < model->trees[0].count; i++) {
        struct model_fact *fact = &model->facts[i];
        if (fact->was_out && fact->type == TOV_LEAF_MESSAGE && !fact->has_keys)
            fact->has_keys = has_row(read, TOV_TABLE_DATAKEY, tov_store_key_u64(i));
    }
}

void model_note_keys(struct world *world, size_t node, struct tov_store_read *read)
{
    struct model_node *model = &world->model.nodes[node];
    if (!model->is_back) /* else something that has no place yet may stand there */
        note_own_keys(model, read);
    for (size_t i = 0; i < world->count; i++) {
        struct model_links *links = &world->model.nodes[i].links[node];
        for (uint64_t k = 0; k < links->count && links->at[k].index < links->held; k++) {
            struct model_link *link = &links->at[k];
            struct tov_store_key key = tov_store_key_u16_u32_u64((uint16_t)(i + 1), 1, link->index);
            if (!link->has_keys)
                link->has_keys = has_row(read, TOV_TABLE_MDATAKEY, key);
        }
    }
}

/* Its entry is there, not only its hash: then it is not written anew, whatever is excused. What
 * comes back only after that is there twice (docs/recovery.md, step 3). */
static bool stands(const struct model_node *model, const struct tov_ledger_place *place)
{
    const struct model_tree *tree = &model->trees[0];
    return place->index < tree->count &&
           tov_hash_equal(&tree->leaves[place->index], &place->leaf_hash) &&
           !model->facts[place->index].is_out;
}

void model_note_place(struct world *world, size_t node, const uint8_t *id,
                      const struct tov_ledger_place *place)
{
    for (size_t i = 0; i < world->model.order_count; i++) {
        struct model_order *order = &world->model.orders[i];
        if (order->node != node || memcmp(order->id, id, sizeof order->id) != 0)
            continue;
        bool is_where_it_was = order->place.index == place->index &&
                               tov_hash_equal(&order->place.leaf_hash, &place->leaf_hash);
        bool is_final = order->is_acknowledged && !order->is_provisional && !order->is_excused;
        if (!is_where_it_was && (is_final || stands(&world->model.nodes[node], &order->place))) {
            world_break(world, BROKE_TWICE, "a%zu wrote record %llu at %llu and again at %llu",
                        node + 1, (unsigned long long)order->order.record,
                        (unsigned long long)order->place.index, (unsigned long long)place->index);
            return;
        }
        order->is_provisional = false;
        if (is_where_it_was) /* most often before it is acknowledged */
            return;
        order->old_place = order->place;
        order->place = *place;
        order->moved_at = world->model.nodes[node].restores;
        return;
    }
}

/* ---- at rest ---- */

static bool is_told_lost(const struct model_node *model, struct tov_store_read *read,
                         uint64_t index)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    for (uint64_t i = index + 1; i < model->trees[0].count; i++) {
        struct tov_entry entry;
        if (model->facts[i].type != TOV_LEAF_LOST || !get_own(read, i, &entry) ||
            entry.state != TOV_ENTRY_PRESENT || tov_leaf_decode(entry.leaf, leaf) != TOV_OK)
            continue;
        if (leaf->as.lost.first <= index && index < leaf->as.lost.end)
            return true;
    }
    return false;
}

void model_check_back(struct world *world, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct model_node *model = &world->model.nodes[node];
    UNIT_NEED(tov_store_read_begin(world->nodes[node].store, &read, NULL) == TOV_OK);
    if (model->is_back)
        world_break(world, BROKE_SERVING, "a%zu serves without its tree", node + 1);
    for (uint64_t i = 0; i < model->trees[0].count && !world_is_broken(world); i++) {
        struct tov_entry entry;
        UNIT_NEED(get_own(read, i, &entry));
        if (entry.state == TOV_ENTRY_PRESENT)
            continue;
        if (!model->facts[i].may_be_lost)
            world_break(world, BROKE_LOST, "a%zu lost entry %llu, which others hold", node + 1,
                        (unsigned long long)i);
        else if (!is_told_lost(model, read, i))
            world_break(world, BROKE_UNSAID, "a%zu does not say that entry %llu is lost", node + 1,
                        (unsigned long long)i);
    }
}
