/* SPDX-License-Identifier: EUPL-1.2
 *
 * A guard that has lost the state of a tree goes on by a statement of the root threshold
 * (docs/guard.md). The operator puts the signed note into the node's data folder, as
 * "ledger.statement" or "journal.statement"; at the next start it is handed to the guard, with the
 * compact range at its size, which the store's own hashes give. The guard judges it.
 * Not for: judging a statement; nothing here can make the guard take one.
 */
#include "node_internal.h"

#include "guard/guard_statement.h"
#include "merkle/note.h"

#include <string.h>

static enum tov_err read_text(struct tov_bytes bytes, struct tov_guard_statement_text *out)
{
    TOV_FREE struct tov_note *note = calloc(1, sizeof *note);
    if (note == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_note_parse(bytes, TOV_NOTE_MAX_BYTES, note, NULL));
    return tov_guard_statement_parse(note->text, out);
}

/* TOV_E_UNAVAILABLE: the store does not reach so far; what it lacks is recovered first. */
static enum tov_err find_range(const struct tov_node *node,
                               const struct tov_guard_statement_text *text, struct tov_range *out)
{
    const struct tov_core *core = &node->core;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_ledger *tree = text->tree == TOV_GUARD_LEDGER ? core->ledger : core->journal;
    *out = (struct tov_range){0};
    if (text->size == 0)
        return TOV_OK;
    if (text->tree == TOV_GUARD_JOURNAL && text->journal != node->journal)
        return TOV_E_UNAVAILABLE;
    if (text->size > tov_ledger_committed(tree))
        return TOV_E_UNAVAILABLE;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    return tov_ledger_range_at(tree, read, text->size, out);
}

/* TOV_E_NOT_FOUND: there is no such file. */
static enum tov_err hand_over(struct tov_node *node, const char *name)
{
    const struct tov_host *host = node->core.host;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_guard_statement_text text;
    struct tov_guard_statement statement;
    TOV_TRY(host->file_load(host->context, name, &note));
    TOV_TRY(read_text(tov_buf_view(&note), &text));
    TOV_TRY(find_range(node, &text, &statement.range));
    statement.note = tov_buf_view(&note);
    tov_node_ask_statement(node, &statement);
    return TOV_OK;
}

/* Without memory the next start finds it. */
static void say_not_used(struct tov_node *node, const char *name, enum tov_err err)
{
    tov_core_log(&node->core, TOV_HOST_ERROR, "statement-not-used", "file=%s error=%s", name,
                 tov_err_name(err));
    if (err == TOV_E_NOMEM)
        (void)tov_core_fail(&node->core, err, "no memory to read a statement of the roots");
}

void tov_node_use_statement(struct tov_node *node)
{
    static const char *const names[TOV_GUARD_TREES] = {"ledger.statement", "journal.statement"};
    if (node->statement_used)
        return;
    node->statement_used = true;
    for (size_t i = 0; i < TOV_GUARD_TREES; i++) {
        if (!node->tree_is_lost[i])
            continue;
        enum tov_err err = hand_over(node, names[i]);
        if (err == TOV_E_NOT_FOUND)
            continue;
        if (err != TOV_OK)
            say_not_used(node, names[i], err);
        /* One at a time: a start follows. Nor is the second used when the first could not be: their
         * numbers rise, and the guard would refuse the first from then on. */
        return;
    }
}

void tov_node_on_statement(struct tov_node *node, enum tov_guard_refusal refusal)
{
    if (refusal == TOV_GUARD_DONE) {
        tov_core_log(&node->core, TOV_HOST_WARN, "statement-used", "to=guard");
        tov_node_restart(node);
        return;
    }
    tov_core_log(&node->core, TOV_HOST_ERROR, "statement-refused", "why=%s",
                 tov_guard_refusal_name(refusal));
}
