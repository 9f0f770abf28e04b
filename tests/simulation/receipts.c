/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts say what is so: each link once, in order, and "opened" only of what is here, with its
 * keys and its attachments.
 */
#include "ledger/entry.h"
#include "merkle/tree.h"
#include "simulation/world.h"
#include "store/read.h"
#include "support/unit.h"

#include <stdlib.h>

struct receipted {
    struct world *world;
    size_t node, peer;
    struct tov_store_read *read;
    uint64_t series, link;
};

static void refuse(const struct receipted *on, const char *why)
{
    world_break(on->world, BROKE_RECEIPT, "a%zu receipted link %llu of a%zu: %s", on->node + 1,
                (unsigned long long)on->link, on->peer + 1, why);
}

static void check_attachments(const struct receipted *on, const struct tov_leaf_message *leaf,
                              const struct tov_message_name *name)
{
    struct sim_node *node = &on->world->nodes[on->node];
    for (uint8_t i = 2; i < leaf->part_count; i++) {
        struct tov_transfer_view view;
        char blob[TOV_BLOB_NAME_SIZE];
        tov_blob_name(tov_node_core(node->node), name, NULL, i, blob);
        if (tov_follow_transfer(tov_node_follow(node->node), on->read, name, i, &view) != TOV_OK ||
            !view.complete || !sim_disk_is_synced(node->disk, blob))
            refuse(on, "an attachment is not here");
    }
}

static bool has_all(const struct tov_leaf_message *leaf, uint16_t agency)
{
    for (size_t i = 0; i < leaf->recipient_count; i++) {
        if (leaf->recipients[i].agency == agency)
            return leaf->recipients[i].right == TOV_RIGHT_ALL;
    }
    return false;
}

static void check_opened(const struct receipted *on, const struct tov_entry *entry,
                         const struct tov_message_name *name)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_bytes row;
    struct tov_store_key key =
        tov_store_key_u16_u32_u64(name->agency, name->generation, name->index);
    UNIT_NEED(leaf != NULL);
    if (entry->verdict.verdict != TOV_VERDICT_OPENED)
        refuse(on, "opened, but the entry is not");
    if (tov_store_get(on->read, TOV_TABLE_MDATAKEY, key, &row) != TOV_OK)
        refuse(on, "opened without its keys");
    if (tov_leaf_decode(entry->leaf, leaf) != TOV_OK || leaf->type != TOV_LEAF_MESSAGE)
        refuse(on, "no message");
    else if (has_all(&leaf->as.message, (uint16_t)(on->node + 1)))
        check_attachments(on, &leaf->as.message, name);
}

static void check_link(const struct receipted *on, struct tov_verdict_value value)
{
    const struct model_node *peer = &on->world->model.nodes[on->peer];
    const struct model_links *links = &peer->links[on->node];
    struct tov_bytes row;
    struct tov_entry entry;
    uint64_t rank = model_link_find(links, on->series, on->link);
    if (rank == links->count) {
        refuse(on, "there is none");
        return;
    }
    struct tov_message_name name = {(uint16_t)(on->peer + 1), 1, links->at[rank].index};
    if (tov_store_get(on->read, TOV_TABLE_MLEAF,
                      tov_store_key_u16_u32_u64(name.agency, name.generation, name.index),
                      &row) != TOV_OK ||
        tov_entry_decode_mirror(row, &entry) != TOV_OK || entry.state != TOV_ENTRY_PRESENT) {
        refuse(on, "it is not here");
        return;
    }
    struct tov_hash hash = tov_merkle_leaf_hash(entry.leaf);
    if (!tov_hash_equal(&hash, &peer->trees[0].leaves[name.index]))
        refuse(on, "another leaf is here");
    if (value.verdict == TOV_VERDICT_OPENED)
        check_opened(on, &entry, &name);
}

/* So many are receipted by entries that no restore can have taken: what only a lost entry said may
 * be said again. */
static uint64_t receipted_for_sure(const struct receipted *on)
{
    const struct model_node *model = &on->world->model.nodes[on->node];
    uint64_t sure = 0;
    for (uint64_t i = 0; i < model->trees[0].count; i++) {
        const struct model_fact *fact = &model->facts[i];
        if (fact->type == TOV_LEAF_RECEIPT && fact->peer == on->peer && !fact->may_be_lost)
            sure = fact->receipted;
    }
    return sure;
}

static void check_run(struct receipted *on, const struct tov_receipt_run *run,
                      struct model_links *links)
{
    for (uint16_t i = 0; i < run->count; i++, on->link++) {
        uint64_t rank = model_link_find(links, on->series, on->link);
        while (links->receipted < rank && links->at[links->receipted].may_be_lost)
            links->receipted++;
        if (rank < links->receipted && rank >= receipted_for_sure(on))
            links->receipted = rank;
        if (rank != links->receipted)
            refuse(on, "not the next one");
        links->receipted = rank + 1;
        check_link(on, run->value);
    }
}

/* Also of a receipt without runs: it repeats what was said last (docs/protocol.md 6). */
static void check_last(struct receipted *on, const struct tov_leaf_receipt *receipt)
{
    const struct model_node *peer = &on->world->model.nodes[on->peer];
    const struct model_links *links = &peer->links[on->node];
    on->link = receipt->last_link;
    uint64_t rank = model_link_find(links, on->series, on->link);
    if (rank == links->count || rank >= links->receipted)
        refuse(on, "it was never receipted");
    else if (!tov_hash_equal(&peer->trees[0].leaves[links->at[rank].index],
                             &receipt->last_leaf_hash))
        refuse(on, "it is another message");
}

void model_check_receipt(struct world *world, size_t node, struct tov_store_read *read,
                         const struct tov_leaf_receipt *receipt)
{
    struct receipted on = {world, node, (size_t)receipt->peer - 1, read, receipt->series.lost_index,
                           0};
    if (liar_is(world, on.peer))
        return; /* links that nobody wrote, and entries that are others */
    struct model_links *links = &world->model.nodes[on.peer].links[node];
    on.link = receipt->last_link - tov_receipt_span(receipt) + 1;
    for (size_t i = 0; i < receipt->run_count; i++)
        check_run(&on, &receipt->runs[i], links);
    check_last(&on, receipt);
    if (receipt->run_count == 0 && on.series != world->model.nodes[on.peer].newest_lost)
        tally_event(&world->tally, "amends-former-series", 1);
    for (size_t i = 0; i < receipt->amendment_count; i++) {
        on.link = receipt->amendments[i].link_number;
        if (model_link_find(links, on.series, on.link) >= links->receipted)
            refuse(&on, "amended before it was receipted");
        check_link(&on, receipt->amendments[i].value);
    }
}

uint64_t model_receipted(const struct world *world, size_t node, size_t peer)
{
    return peer < world->count ? world->model.nodes[peer].links[node].receipted : 0;
}
