/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a serving node writes without being asked: genesis, epoch keys, the journal's root once an
 * hour, an anchor once a day.
 */
#include "node_internal.h"

#include "ledger/epoch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOUR_MS 3600000u
#define DAY_MS 86400000u

static enum tov_err append(struct tov_node *node, struct tov_ledger *tree, struct tov_leaf *leaf)
{
    struct tov_ledger_place place;
    return tov_core_append_leaf(&node->core, tree, leaf, 0, &place);
}

/* FORMER: NULL, or what the journal before this one ended with. */
static enum tov_err append_genesis(struct tov_node *node, struct tov_ledger *tree, uint32_t journal,
                                   const struct tov_guard_signed *former)
{
    const struct tov_core *core = &node->core;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    leaf->type = TOV_LEAF_GENESIS;
    leaf->as.genesis.agency = core->own->number;
    leaf->as.genesis.generation = core->own->generation;
    leaf->as.genesis.journal = journal;
    leaf->as.genesis.roster_version = tov_roster_version(core->roster);
    leaf->as.genesis.roster_hash = tov_roster_hash(core->roster);
    (void)snprintf(leaf->as.genesis.federation, sizeof leaf->as.genesis.federation, "%s",
                   tov_roster_federation(core->roster));
    if (former != NULL && former->signature.size > 0) {
        leaf->as.genesis.former_size = former->signature.size;
        leaf->as.genesis.former_root = former->root;
    }
    return append(node, tree, leaf);
}

/* Where the roster closed the generation before this one; the first one has none. */
static enum tov_err find_former(const struct tov_core *core, struct tov_guard_signed *out)
{
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    *out = (struct tov_guard_signed){.signature = {.size = 0}};
    if (core->own->generation < 2)
        return TOV_OK;
    TOV_TRY(tov_origin_format(tov_roster_federation(core->roster), core->own->name,
                              core->own->generation - 1, 0, origin));
    const struct tov_revocation *revocation =
        tov_roster_revocation(core->roster, tov_bytes_of_text(origin));
    if (revocation == NULL)
        return TOV_OK;
    out->signature.size = revocation->size;
    out->root = revocation->root;
    return TOV_OK;
}

enum tov_err tov_node_begin_ledger(struct tov_node *node)
{
    const struct tov_core *core = &node->core;
    struct tov_guard_signed former;
    TOV_TRY(find_former(core, &former));
    TOV_TRY(append_genesis(node, core->ledger, 0, &former));
    TOV_TRY(tov_epochs_begin(&node->core));
    if (tov_ledger_size(core->journal) > 0)
        return TOV_OK;
    return append_genesis(node, core->journal, node->journal, NULL);
}

enum tov_err tov_node_begin_journal(struct tov_node *node, const struct tov_guard_signed *former)
{
    return append_genesis(node, node->core.journal, node->journal, former);
}

static enum tov_err append_journal_root(struct tov_node *node)
{
    const struct tov_core *core = &node->core;
    struct tov_signed_size newest;
    if (!tov_ledger_newest(core->journal, &newest))
        return TOV_OK;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    leaf->type = TOV_LEAF_JOURNAL_ROOT;
    leaf->as.journal_root = (struct tov_leaf_journal_root){node->journal, newest.size, newest.root};
    return append(node, core->ledger, leaf);
}

/* The anchor ends its segment: the size behind it is what peers cosign. */
static enum tov_err append_anchor(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf seen = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES / 2);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    leaf->type = TOV_LEAF_ANCHOR;
    TOV_TRY(tov_follow_put_anchors_seen(node->follow, &seen, &leaf->as.anchor.seen_count));
    leaf->as.anchor.seen_hash = tov_sha256(tov_buf_view(&seen));
    uint64_t index = tov_ledger_size(core->ledger);
    TOV_TRY(append(node, core->ledger, leaf));
    tov_store_batch_append(tov_core_batch(core), TOV_TABLE_BODY, tov_store_key_u64(index),
                           tov_buf_view(&seen));
    tov_ledger_mark(core->ledger);
    return TOV_OK;
}

static struct tov_store_key anchor_fact(void)
{
    return tov_store_key_text("anchor-day");
}

/* The day of the newest own anchor. */
enum tov_err tov_node_load_routine(struct tov_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(node->core.store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, anchor_fact(), &row);
    if (err == TOV_OK && row.size == 8)
        node->last_anchor_day = tov_get_be64(row.data);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

static enum tov_err anchor_if_due(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    uint64_t day = core->now_ms / DAY_MS;
    uint8_t row[8];
    if (day <= node->last_anchor_day)
        return TOV_OK;
    node->last_anchor_day = day;
    tov_put_be64(row, day);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, anchor_fact(), TOV_BYTES_OF(row));
    return append_anchor(node);
}

enum tov_err tov_node_routine(struct tov_node *node)
{
    const struct tov_core *core = &node->core;
    uint64_t hour = core->now_ms / HOUR_MS;
    if (tov_epochs_is_due(core))
        TOV_TRY(tov_epochs_begin(&node->core));
    if (node->last_journal_hour == 0)
        node->last_journal_hour = hour;
    if (hour > node->last_journal_hour) {
        node->last_journal_hour = hour;
        TOV_TRY(append_journal_root(node));
    }
    return anchor_if_due(node);
}
