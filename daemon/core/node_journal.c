/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which journal is the present one. A journal that cannot be continued, since guard and store
 * disagree on it or the guard was set back, is ended by the guard, and the next one begins: it
 * quotes the last checkpoint of the former in its genesis. Rows of the former stay where they are.
 */
#include "node_internal.h"

#include "ledger/journal.h"

enum tov_err tov_node_open_journal(struct tov_node *node, struct tov_error *error)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = &node->core;
    struct tov_ledger_setup setup;
    TOV_TRY(tov_store_read_begin(core->store, &read, error));
    enum tov_err err = tov_journal_present(read, &core->own->journal, &node->journal);
    if (err != TOV_OK)
        return tov_fail(error, err, "the journal's number cannot be read");
    TOV_TRY(tov_journal_setup(&core->own->journal, node->journal, &setup));
    setup.store = core->store;
    return tov_ledger_open(&setup, &core->journal, error);
}

/* The guard has begun journal NUMBER: so does the store, with the next start. */
static enum tov_err adopt(struct tov_node *node, uint32_t number)
{
    tov_journal_put(tov_core_batch(&node->core), number);
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
    /* On an old copy somebody may have read before the guard was heard: an entry of that stands
     * where the guard has another. */
    bool is_old = node->recovery.is_open || view->range.size > tov_ledger_signed(core->journal);
    bool may_begin = view->present && (err == TOV_E_UNAVAILABLE || (err == TOV_E_FORK && is_old));
    if (may_begin) {
        tov_node_ask_journal_next(node, view->journal + 1);
        return TOV_E_AGAIN;
    }
    TOV_TRY(err);
    if (tov_ledger_size(core->journal) == 0 && tov_ledger_size(core->ledger) > 0)
        return tov_node_begin_journal(node, &view->previous);
    return TOV_OK;
}
