/* SPDX-License-Identifier: EUPL-1.2
 *
 * Making the guard from its keys and states, and handing each request to what carries it out.
 */
#include "guard/guard.h"

#include "guard/guard_object.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

/* Expands SEED into guarded memory; nothing when there is none. */
static enum tov_err take_key(const struct tov_key *seed, struct tov_secret **out_secret,
                             struct tov_guard_public_key *out_public)
{
    if (seed == NULL)
        return TOV_OK;
    TOV_TRY(tov_secret_create(TOV_ED25519_SECRET_BYTES, out_secret));
    if (crypto_sign_seed_keypair(out_public->bytes, tov_secret_data(*out_secret), seed->bytes) != 0)
        return TOV_E_INTERNAL;
    return TOV_OK;
}

static bool belongs_to(const struct tov_guard_state *state, const struct tov_guard *guard,
                       const struct tov_guard_slot *slot, enum tov_guard_tree tree)
{
    return state->tree == tree && strcmp(state->origin, guard->origin) == 0 &&
           memcmp(state->public_key.bytes, slot->public_key.bytes, 32) == 0;
}

/* All of it that there is: the file of a state that was made again grows with what is fed. */
static void take_ring(struct tov_bytes image, struct tov_guard_slot *slot)
{
    if (image.size <= TOV_GUARD_RING_AT)
        return;
    size_t size = image.size - TOV_GUARD_RING_AT;
    memcpy(slot->ring, image.data + TOV_GUARD_RING_AT,
           size < sizeof slot->ring ? size : sizeof slot->ring);
}

static enum tov_err take_tree(struct tov_guard *guard, const struct tov_guard_part *part,
                              enum tov_guard_tree tree, struct tov_error *error)
{
    struct tov_guard_slot *slot = tov_guard_slot_of(guard, tree);
    slot->file = part->file;
    TOV_TRY(take_key(part->seed, &slot->secret, &slot->public_key));
    if (part->seed == NULL)
        return TOV_OK;
    enum tov_err err = tov_guard_state_load(part->image, &slot->state, error);
    if (err != TOV_OK) {
        slot->state = (struct tov_guard_state){.tree = tree};
        return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
    }
    if (!belongs_to(&slot->state, guard, slot, tree))
        return tov_fail(error, TOV_E_KEY,
                        "the %s state belongs to another key or origin; was it moved here?",
                        tree == TOV_GUARD_LEDGER ? "ledger" : "journal");
    slot->present = true;
    if (slot->state.is_alone)
        guard->damaged |=
            tree == TOV_GUARD_LEDGER ? TOV_GUARD_DAMAGED_LEDGER : TOV_GUARD_DAMAGED_JOURNAL;
    take_ring(part->image, slot);
    return TOV_OK;
}

static void take_numbers(struct tov_guard *guard)
{
    for (size_t i = 0; i < TOV_GUARD_TREES; i++) {
        const struct tov_guard_slot *slot = &guard->trees[i];
        if (!slot->present)
            continue;
        if (slot->state.journal_seen > guard->journal_seen)
            guard->journal_seen = slot->state.journal_seen;
        if (slot->state.statement_seen > guard->statement_seen)
            guard->statement_seen = slot->state.statement_seen;
    }
    /* A journal that stands below a number that the ledger's state has seen is an old one: lost. */
    struct tov_guard_slot *journal = tov_guard_slot_of(guard, TOV_GUARD_JOURNAL);
    if (journal->present && journal->state.journal < guard->journal_seen)
        journal->present = false;
}

static enum tov_err take_witness(struct tov_guard *guard, const struct tov_guard_part *part,
                                 struct tov_error *error)
{
    guard->witness_file = part->file;
    TOV_TRY(take_key(part->seed, &guard->witness_secret, &guard->witness_key));
    if (part->seed == NULL)
        return TOV_OK;
    enum tov_err err =
        tov_guard_witness_load(part->image, &guard->witness_key, &guard->witness, error);
    if (err == TOV_OK && tov_guard_witness_is_alone(guard->witness))
        guard->damaged |= TOV_GUARD_DAMAGED_WITNESS;
    return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
}

static enum tov_err take_roots(struct tov_guard *guard, struct tov_bytes text,
                               struct tov_error *error)
{
    if (text.size == 0)
        return TOV_OK;
    TOV_TRY(tov_roots_parse(text, &guard->roots, error));
    guard->has_roots = true;
    return TOV_OK;
}

static enum tov_err fill_guard(struct tov_guard *guard, const struct tov_guard_setup *setup,
                               struct tov_error *error)
{
    size_t origin_size = strlen(setup->ledger_origin);
    if (origin_size == 0 || origin_size > TOV_ORIGIN_MAX_BYTES)
        return tov_fail(error, TOV_E_ARGUMENT, "the ledger's origin is empty or too long");
    memcpy(guard->origin, setup->ledger_origin, origin_size + 1);
    TOV_TRY(take_tree(guard, &setup->ledger, TOV_GUARD_LEDGER, error));
    TOV_TRY(take_tree(guard, &setup->journal, TOV_GUARD_JOURNAL, error));
    TOV_TRY(take_witness(guard, &setup->witness, error));
    take_numbers(guard);
    TOV_TRY(take_roots(guard, setup->roots, error));
    return tov_guard_take_roster(guard, setup->roster);
}

enum tov_err tov_guard_create(const struct tov_guard_setup *setup, struct tov_guard **out_guard,
                              struct tov_error *error)
{
    TOV_CLEANUP(tov_guard_cleanup) struct tov_guard *guard = calloc(1, sizeof(*guard));
    if (guard == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for the guard");
    TOV_TRY(fill_guard(guard, setup, error));
    *out_guard = TOV_TAKE(guard);
    return TOV_OK;
}

unsigned tov_guard_damaged(const struct tov_guard *guard)
{
    return guard->damaged;
}

bool tov_guard_witness_is_lost(const struct tov_guard *guard)
{
    return guard->witness_secret != NULL && guard->witness == NULL;
}

void tov_guard_destroy(struct tov_guard *guard)
{
    if (guard == NULL)
        return;
    for (size_t i = 0; i < TOV_GUARD_TREES; i++)
        tov_secret_destroy(guard->trees[i].secret);
    tov_secret_destroy(guard->witness_secret);
    tov_guard_witness_destroy(guard->witness);
    free(guard->known);
    free(guard);
}

void tov_guard_view(const struct tov_guard_slot *slot, struct tov_guard_tree_view *out_view)
{
    *out_view = (struct tov_guard_tree_view){.public_key = slot->public_key};
    const struct tov_guard_state *state = &slot->state;
    if (!slot->present || tov_guard_state_origin(state, out_view->origin) != TOV_OK)
        return;
    out_view->present = true;
    out_view->journal = state->journal;
    out_view->range = state->range;
    out_view->root = tov_range_root(&state->range);
    out_view->last = state->last;
    out_view->previous = state->previous;
    memcpy(out_view->kept, state->kept, sizeof(out_view->kept));
    out_view->kept_count = state->kept_count;
}

static enum tov_guard_refusal do_hello(const struct tov_guard *guard,
                                       struct tov_guard_hello_answer *out)
{
    for (size_t i = 0; i < TOV_GUARD_TREES; i++)
        tov_guard_view(&guard->trees[i], &out->trees[i]);
    out->witness_key = guard->witness_key;
    out->has_witness_key = guard->witness_secret != NULL;
    out->can_cosign = guard->witness_secret != NULL && guard->witness != NULL;
    out->statement_seen = guard->statement_seen;
    memcpy(out->refused, guard->refused, sizeof(out->refused));
    return TOV_GUARD_DONE;
}

static enum tov_guard_refusal carry_out(struct tov_guard *guard,
                                        const struct tov_guard_request *request,
                                        struct tov_guard_answer *answer)
{
    switch (request->op) {
    case TOV_GUARD_HELLO:
        return do_hello(guard, &answer->hello);
    case TOV_GUARD_APPEND:
        return tov_guard_do_append(guard, &request->append, &answer->append);
    case TOV_GUARD_RESIGN:
        return tov_guard_do_resign(guard, &request->resign, &answer->resign);
    case TOV_GUARD_COSIGN:
        return tov_guard_do_cosign(guard, &request->cosign, &answer->cosign);
    case TOV_GUARD_STATEMENT:
        return tov_guard_do_statement(guard, &request->statement, &answer->statement);
    case TOV_GUARD_HASHES:
        return tov_guard_do_hashes(guard, &request->hashes, &answer->hashes);
    case TOV_GUARD_JOURNAL_NEXT:
        return tov_guard_do_journal_next(guard, &request->journal_next, &answer->journal_next);
    }
    return TOV_GUARD_R_MALFORMED;
}

static enum tov_guard_refusal why_stopped(const struct tov_guard *guard)
{
    bool may_pass = guard->stopped_by == TOV_E_FULL || guard->stopped_by == TOV_E_NOMEM;
    return may_pass ? TOV_GUARD_R_SPACE : TOV_GUARD_R_DISK;
}

enum tov_guard_refusal tov_guard_stop(struct tov_guard *guard, enum tov_err cause)
{
    guard->stopped_by = cause;
    return why_stopped(guard);
}

static void note_refusal(struct tov_guard *guard, enum tov_guard_refusal refusal)
{
    assert((unsigned)refusal < TOV_GUARD_REFUSALS);
    guard->last_refusal = refusal;
    if (refusal != TOV_GUARD_DONE && guard->refused[refusal] < UINT32_MAX)
        guard->refused[refusal]++;
}

void tov_guard_handle(struct tov_guard *guard, const struct tov_guard_request *request,
                      struct tov_guard_answer *out_answer)
{
    out_answer->op = request->op;
    out_answer->id = request->id;
    out_answer->refusal =
        guard->stopped_by != TOV_OK ? why_stopped(guard) : carry_out(guard, request, out_answer);
    note_refusal(guard, out_answer->refusal);
}

enum tov_err tov_guard_handle_payload(struct tov_guard *guard, uint8_t kind,
                                      struct tov_bytes payload, uint8_t *out_kind,
                                      struct tov_buf *out)
{
    TOV_FREE struct tov_guard_answer *answer = malloc(sizeof(*answer));
    if (answer == NULL)
        return TOV_E_NOMEM;
    struct tov_guard_request request = {.op = TOV_GUARD_HELLO};
    enum tov_err err = tov_guard_request_decode(kind, payload, &request);
    if (err == TOV_OK) {
        tov_guard_handle(guard, &request, answer);
    } else {
        answer->op = request.op;
        answer->id = request.id;
        answer->refusal = err == TOV_E_LIMIT ? TOV_GUARD_R_LIMIT : TOV_GUARD_R_MALFORMED;
        note_refusal(guard, answer->refusal);
    }
    *out_kind = (uint8_t)(answer->op + TOV_GUARD_ANSWER);
    return tov_guard_answer_encode(answer, out);
}

enum tov_err tov_guard_stopped_by(const struct tov_guard *guard)
{
    return guard->stopped_by;
}

enum tov_guard_refusal tov_guard_last_refusal(const struct tov_guard *guard)
{
    return guard->last_refusal;
}
