/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which journal is the present one. A journal that cannot be continued, since guard and store
 * disagree on it or the guard was set back, is ended by the guard, and the next one begins: it
 * quotes the last checkpoint of the former in its genesis. Rows of the former stay where they are.
 *
 *   fact "journal": number u32; without it the roster's
 */
#include "node_internal.h"

#include <stdio.h>

#define ROWS_OF_A_JOURNAL_BITS 40u

static struct tov_store_key fact_key(void)
{
    return tov_store_key_text("journal");
}

static enum tov_err load_number(struct tov_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_origin origin;
    TOV_TRY(tov_origin_parse(tov_bytes_of_text(node->core.own->journal.name), &origin));
    node->journal = origin.journal;
    TOV_TRY(tov_store_read_begin(node->core.store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_FACT, fact_key(), &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    struct tov_reader reader = tov_reader_of(row);
    uint32_t number = tov_read_u32(&reader);
    if (!tov_reader_is_done(&reader) || number == 0)
        return TOV_E_CORRUPT;
    node->journal = number > node->journal ? number : node->journal;
    return TOV_OK;
}

enum tov_err tov_node_open_journal(struct tov_node *node, struct tov_error *error)
{
    struct tov_core *core = &node->core;
    char name[TOV_ORIGIN_MAX_BYTES + 1];
    struct tov_ledger_setup setup = {.kind = TOV_TREE_JOURNAL, .store = core->store};
    enum tov_err err = load_number(node);
    if (err != TOV_OK)
        return tov_fail(error, err, "the journal's number cannot be read");
    int size = snprintf(name, sizeof name, "%s/journal/%u", core->own->ledger.name, node->journal);
    if (size < 0 || (size_t)size >= sizeof name)
        return TOV_E_LIMIT;
    TOV_TRY(tov_vkey_make(tov_bytes_of_text(name), TOV_VKEY_ED25519, core->own->journal.public_key,
                          &setup.key));
    setup.base = (uint64_t)(node->journal - 1) << ROWS_OF_A_JOURNAL_BITS;
    return tov_ledger_open(&setup, &core->journal, error);
}

/* The guard has begun journal NUMBER: so does the store, with the next start. */
static enum tov_err adopt(struct tov_node *node, uint32_t number)
{
    uint8_t row[4];
    tov_put_be32(row, number);
    tov_store_batch_put(tov_core_batch(&node->core), TOV_TABLE_FACT, fact_key(), TOV_BYTES_OF(row));
    tov_core_log(&node->core, TOV_HOST_WARN, "journal-begins", "number=%u former=%u", number,
                 node->journal);
    tov_node_journal_is_new(node);
    tov_node_restart(node);
    return TOV_E_AGAIN;
}

enum tov_err tov_node_agree_journal(struct tov_node *node, const struct tov_guard_tree_view *view,
                                    struct tov_error *error)
{
    struct tov_core *core = &node->core;
    if (view->present && view->journal > node->journal && view->journal <= UINT32_MAX >> 8)
        return adopt(node, (uint32_t)view->journal);
    bool is_set_back =
        view->present && (view->journal < node->journal || node->recovery.rolled_back);
    enum tov_err err = is_set_back
                           ? TOV_E_UNAVAILABLE
                           : tov_ledger_agree(core->journal, view, tov_core_batch(core), error);
    bool may_begin = view->present &&
                     (err == TOV_E_UNAVAILABLE || (err == TOV_E_FORK && node->recovery.is_open));
    if (may_begin) {
        tov_node_ask_journal_next(node, view->journal + 1);
        return TOV_E_AGAIN;
    }
    TOV_TRY(err);
    if (tov_ledger_size(core->journal) == 0 && tov_ledger_size(core->ledger) > 0)
        return tov_node_begin_journal(node, &view->previous);
    return TOV_OK;
}
