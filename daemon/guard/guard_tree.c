/* SPDX-License-Identifier: EUPL-1.2
 *
 * Appending to a tree and signing it. The new state, with its signatures, is made in a copy, saved,
 * and only then answered: a crash before the save leaves signatures that nobody has seen (G1, G2).
 */
#include "guard/guard_object.h"

#include <string.h>

struct tov_guard_slot *tov_guard_slot_of(struct tov_guard *guard, enum tov_guard_tree tree)
{
    if (tree != TOV_GUARD_LEDGER && tree != TOV_GUARD_JOURNAL)
        return NULL;
    return &guard->trees[tree - TOV_GUARD_LEDGER];
}

enum tov_guard_refusal tov_guard_commit(struct tov_guard *guard, struct tov_guard_slot *slot,
                                        struct tov_guard_state *next)
{
    if (next->journal > guard->journal_seen)
        guard->journal_seen = next->journal;
    next->journal_seen = guard->journal_seen;
    next->statement_seen = guard->statement_seen;
    enum tov_err err = tov_guard_state_save(next, &slot->file);
    if (err != TOV_OK)
        return tov_guard_stop(guard, err);
    slot->state = *next;
    slot->present = true;
    return TOV_GUARD_DONE;
}

/* Ascending and within [from, to]; nobody signs an empty tree. */
static bool are_sizes_inside(const struct tov_guard_append *append)
{
    uint64_t least = append->from_size == 0 ? 1 : append->from_size;
    for (size_t i = 0; i < append->sign_count; i++) {
        if (append->sign_at[i] < least ||
            append->sign_at[i] > append->from_size + append->hash_count)
            return false;
        least = append->sign_at[i] + 1;
    }
    return true;
}

/* Signs the tree that STATE has now and makes it the last one signed. */
static enum tov_err sign_state(const struct tov_guard_slot *slot, struct tov_guard_state *state)
{
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    TOV_TRY(tov_guard_state_origin(state, origin));
    struct tov_hash root = tov_range_root(&state->range);
    struct tov_checkpoint checkpoint;
    TOV_TRY(tov_checkpoint_make(tov_bytes_of_text(origin), state->range.size, &root, &checkpoint));
    state->last.root = root;
    state->last.signature.size = state->range.size;
    tov_checkpoint_sign(&checkpoint, tov_secret_view(slot->secret).data,
                        state->last.signature.bytes);
    return TOV_OK;
}

/* Makes room for COUNT more kept signatures: the newest stay, TOV_GUARD_KEPT_MIN or COUNT. */
static void drop_oldest(struct tov_guard_state *state, size_t count)
{
    size_t most = count > TOV_GUARD_KEPT_MIN ? count : TOV_GUARD_KEPT_MIN;
    if (state->kept_count + count <= most)
        return;
    size_t gone = state->kept_count + count - most;
    gone = gone < state->kept_count ? gone : state->kept_count;
    state->kept_count -= gone;
    memmove(state->kept, state->kept + gone, state->kept_count * sizeof(state->kept[0]));
}

static void keep(struct tov_guard_state *state, const struct tov_guard_signature *signature)
{
    /* The same tree signed again is the same signature: it is kept once. */
    if (state->kept_count > 0 && state->kept[state->kept_count - 1].size == signature->size)
        state->kept_count--;
    state->kept[state->kept_count++] = *signature;
}

/* Appends the hashes to STATE and signs where it is asked to. */
static enum tov_err extend(const struct tov_guard_slot *slot, const struct tov_guard_append *append,
                           struct tov_guard_state *state, struct tov_guard_append_answer *answer)
{
    size_t next_hash = 0;
    for (size_t i = 0; i < append->sign_count; i++) {
        while (state->range.size < append->sign_at[i])
            TOV_TRY(tov_range_append(&state->range, &append->hashes[next_hash++]));
        TOV_TRY(sign_state(slot, state));
        keep(state, &state->last.signature);
        answer->signatures[i] = state->last.signature;
    }
    while (next_hash < append->hash_count)
        TOV_TRY(tov_range_append(&state->range, &append->hashes[next_hash++]));
    answer->signature_count = append->sign_count;
    return TOV_OK;
}

/* Into the ring, and on its way to the disk: the state that counts them is written behind them. */
static enum tov_err put_ring(struct tov_guard_slot *slot, const struct tov_guard_append *append)
{
    size_t at = (size_t)(append->from_size % TOV_GUARD_RING_HASHES);
    size_t done = 0;
    while (done < append->hash_count) {
        size_t count = append->hash_count - done;
        if (count > TOV_GUARD_RING_HASHES - at)
            count = TOV_GUARD_RING_HASHES - at;
        memcpy(slot->ring + at, append->hashes + done, count * sizeof slot->ring[0]);
        struct tov_bytes bytes = {(const uint8_t *)(slot->ring + at), count * sizeof slot->ring[0]};
        TOV_TRY(slot->file.put(slot->file.context, TOV_GUARD_RING_AT + at * TOV_HASH_BYTES, bytes));
        done += count;
        at = 0;
    }
    return TOV_OK;
}

enum tov_guard_refusal tov_guard_do_hashes(struct tov_guard *guard,
                                           const struct tov_guard_hashes *hashes,
                                           struct tov_guard_hashes_answer *out_answer)
{
    const struct tov_guard_slot *slot = tov_guard_slot_of(guard, hashes->tree);
    out_answer->count = 0;
    if (slot == NULL)
        return TOV_GUARD_R_MALFORMED;
    if (!slot->present)
        return TOV_GUARD_R_NO_STATE;
    uint64_t size = slot->state.range.size;
    if (hashes->from >= size || size - hashes->from > TOV_GUARD_RING_HASHES)
        return TOV_GUARD_R_NOT_OWN_SIZE;
    for (uint64_t i = hashes->from; i < size; i++)
        out_answer->hashes[out_answer->count++] = slot->ring[i % TOV_GUARD_RING_HASHES];
    return TOV_GUARD_DONE;
}

static enum tov_guard_refusal check_append(const struct tov_guard_slot *slot,
                                           const struct tov_guard_append *append,
                                           struct tov_guard_append_answer *answer)
{
    if (slot->secret == NULL)
        return TOV_GUARD_R_NO_KEY;
    if (!slot->present)
        return TOV_GUARD_R_NO_STATE;
    answer->size = slot->state.range.size;
    answer->root = tov_range_root(&slot->state.range);
    if (append->hash_count > TOV_GUARD_HASHES_MAX || append->sign_count > TOV_GUARD_SIGN_MAX)
        return TOV_GUARD_R_LIMIT;
    if (append->from_size != slot->state.range.size)
        return TOV_GUARD_R_NOT_OWN_SIZE;
    if (append->from_size > UINT64_MAX - append->hash_count)
        return TOV_GUARD_R_LIMIT;
    return are_sizes_inside(append) ? TOV_GUARD_DONE : TOV_GUARD_R_SIGN_SIZE;
}

enum tov_guard_refusal tov_guard_do_append(struct tov_guard *guard,
                                           const struct tov_guard_append *append,
                                           struct tov_guard_append_answer *out_answer)
{
    out_answer->signature_count = 0;
    out_answer->size = 0;
    out_answer->root = (struct tov_hash){{0}};
    struct tov_guard_slot *slot = tov_guard_slot_of(guard, append->tree);
    if (slot == NULL)
        return TOV_GUARD_R_MALFORMED;
    enum tov_guard_refusal refusal = check_append(slot, append, out_answer);
    if (refusal != TOV_GUARD_DONE)
        return refusal;
    struct tov_guard_state next = slot->state;
    drop_oldest(&next, append->sign_count);
    if (extend(slot, append, &next, out_answer) != TOV_OK)
        return TOV_GUARD_R_LIMIT;
    enum tov_err err = put_ring(slot, append);
    if (err != TOV_OK)
        return tov_guard_stop(guard, err);
    refusal = tov_guard_commit(guard, slot, &next);
    out_answer->size = next.range.size;
    out_answer->root = tov_range_root(&next.range);
    if (refusal != TOV_GUARD_DONE)
        out_answer->signature_count = 0;
    return refusal;
}

enum tov_guard_refusal tov_guard_do_resign(struct tov_guard *guard,
                                           const struct tov_guard_resign *resign,
                                           struct tov_guard_signed *out_answer)
{
    const struct tov_guard_slot *slot = tov_guard_slot_of(guard, resign->tree);
    if (slot == NULL)
        return TOV_GUARD_R_MALFORMED;
    if (!slot->present)
        return TOV_GUARD_R_NO_STATE;
    if (resign->size == 0 || resign->size != slot->state.last.signature.size)
        return TOV_GUARD_R_NOT_LAST;
    *out_answer = slot->state.last;
    return TOV_GUARD_DONE;
}

/* The same number in both states, so that the loss of one does not forget it. */
static enum tov_guard_refusal tell_ledger(struct tov_guard *guard)
{
    struct tov_guard_slot *ledger = tov_guard_slot_of(guard, TOV_GUARD_LEDGER);
    if (!ledger->present)
        return TOV_GUARD_DONE;
    struct tov_guard_state next = ledger->state;
    return tov_guard_commit(guard, ledger, &next);
}

enum tov_guard_refusal tov_guard_do_journal_next(struct tov_guard *guard,
                                                 const struct tov_guard_journal_next *next,
                                                 struct tov_guard_signed *out_answer)
{
    struct tov_guard_slot *slot = tov_guard_slot_of(guard, TOV_GUARD_JOURNAL);
    if (slot->secret == NULL)
        return TOV_GUARD_R_NO_KEY;
    if (!slot->present)
        return TOV_GUARD_R_NO_STATE;
    if (slot->state.journal == UINT32_MAX || next->journal != slot->state.journal + 1)
        return TOV_GUARD_R_JOURNAL_NUMBER;
    struct tov_guard_state fresh = {.tree = TOV_GUARD_JOURNAL,
                                    .sequence = slot->state.sequence,
                                    .public_key = slot->public_key,
                                    .journal = next->journal,
                                    .previous = slot->state.last};
    memcpy(fresh.origin, guard->origin, sizeof(fresh.origin));
    enum tov_guard_refusal refusal = tov_guard_commit(guard, slot, &fresh);
    if (refusal != TOV_GUARD_DONE)
        return refusal;
    *out_answer = fresh.previous;
    return tell_ledger(guard);
}
