/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a statement of the root threshold may do: make a lost state again, or move one forward. It
 * never takes back what this guard knows to have signed, and never lowers a journal number.
 */
#include "guard/guard_object.h"
#include "guard/guard_statement.h"

#include <string.h>

static enum tov_guard_refusal read_statement(const struct tov_guard *guard,
                                             const struct tov_guard_statement *request,
                                             struct tov_guard_statement_text *out)
{
    struct tov_note note;
    if (tov_note_parse(request->note, TOV_NOTE_MAX_BYTES, &note, NULL) != TOV_OK)
        return TOV_GUARD_R_STATEMENT_TEXT;
    if (!guard->has_roots || tov_roots_verify(&guard->roots, request->note, NULL) != TOV_OK)
        return TOV_GUARD_R_STATEMENT_KEYS;
    if (tov_guard_statement_parse(note.text, out) != TOV_OK ||
        strcmp(out->origin, guard->origin) != 0)
        return TOV_GUARD_R_STATEMENT_TEXT;
    if (out->number <= guard->statement_seen)
        return TOV_GUARD_R_STATEMENT_NUMBER;
    return TOV_GUARD_DONE;
}

/* Against what is still known: of this tree's state, and of j in either state. */
static enum tov_guard_refusal check_forward(const struct tov_guard *guard,
                                            const struct tov_guard_slot *slot,
                                            const struct tov_guard_statement_text *to)
{
    if (to->tree == TOV_GUARD_JOURNAL && to->journal < guard->journal_seen)
        return TOV_GUARD_R_JOURNAL_NUMBER;
    if (!slot->present || to->journal != slot->state.journal)
        return TOV_GUARD_DONE;
    const struct tov_guard_signed *last = &slot->state.last;
    if (to->size < last->signature.size)
        return TOV_GUARD_R_STATEMENT_BACK;
    if (to->size > 0 && to->size == last->signature.size && !tov_hash_equal(&to->root, &last->root))
        return TOV_GUARD_R_STATEMENT_BACK;
    return TOV_GUARD_DONE;
}

static bool is_range_of(const struct tov_range *range, const struct tov_guard_statement_text *to)
{
    struct tov_hash root = tov_range_root(range);
    return range->size == to->size && tov_hash_equal(&root, &to->root);
}

/* What is known of the same tree stays; another journal keeps only its forerunner's checkpoint. */
static void make_state(const struct tov_guard *guard, const struct tov_guard_slot *slot,
                       const struct tov_guard_statement_text *to, struct tov_guard_state *out)
{
    if (slot->present && to->journal == slot->state.journal) {
        *out = slot->state;
        return;
    }
    *out = (struct tov_guard_state){.tree = to->tree,
                                    .sequence = slot->state.sequence,
                                    .public_key = slot->public_key,
                                    .journal = to->journal};
    memcpy(out->origin, guard->origin, sizeof(out->origin));
    if (slot->present)
        out->previous = slot->state.last;
}

/* Tells the other tree's state the numbers too, and fills this one's second slot. */
static enum tov_guard_refusal spread(struct tov_guard *guard)
{
    for (size_t i = 0; i < TOV_GUARD_TREES; i++) {
        struct tov_guard_slot *slot = &guard->trees[i];
        if (!slot->present)
            continue;
        struct tov_guard_state next = slot->state;
        enum tov_guard_refusal refusal = tov_guard_commit(guard, slot, &next);
        if (refusal != TOV_GUARD_DONE)
            return refusal;
    }
    return TOV_GUARD_DONE;
}

enum tov_guard_refusal tov_guard_do_statement(struct tov_guard *guard,
                                              const struct tov_guard_statement *statement,
                                              struct tov_guard_tree_view *out_view)
{
    struct tov_guard_statement_text to;
    enum tov_guard_refusal refusal = read_statement(guard, statement, &to);
    if (refusal != TOV_GUARD_DONE)
        return refusal;
    struct tov_guard_slot *slot = tov_guard_slot_of(guard, to.tree);
    if (slot->secret == NULL)
        return TOV_GUARD_R_NO_KEY;
    refusal = check_forward(guard, slot, &to);
    if (refusal != TOV_GUARD_DONE)
        return refusal;
    if (!is_range_of(&statement->range, &to))
        return TOV_GUARD_R_STATEMENT_RANGE;
    struct tov_guard_state next;
    make_state(guard, slot, &to, &next);
    next.range = statement->range;
    guard->statement_seen = to.number;
    refusal = tov_guard_commit(guard, slot, &next);
    if (refusal == TOV_GUARD_DONE)
        refusal = spread(guard);
    if (refusal == TOV_GUARD_DONE)
        tov_guard_view(slot, out_view);
    return refusal;
}
