/* SPDX-License-Identifier: EUPL-1.2
 *
 * How a node comes to serve: guard and store agree, then the keepers are heard (docs/guard.md).
 */
#include "node_internal.h"

#include "ledger/vault.h"

/* What a node tells its clients in a state, and what it does in it. */
struct state {
    struct tov_api_state told;
    bool guard_agrees; /* follow.h; in recovery: once all is read back */
    bool has_started;
    bool takes; /* parcels of peers */
    bool needs_help;
};

static const struct state states[] = {
    [TOV_NODE_GUARD] = {.told = {"starting", false, "Noden venter på sin signaturproces (guard).",
                                 "The node waits for its guard."}},
    [TOV_NODE_KEEPERS] = {.told = {"starting", true,
                                   "Noden venter på svar fra de andre myndigheders noder. Beskeder "
                                   "gemmes og underskrives, når svaret er her.",
                                   "The node waits for other agencies' nodes to answer. Messages "
                                   "are stored and will be signed once they have."},
                          .guard_agrees = true},
    [TOV_NODE_SERVING] = {.told = {"serving", true, "", ""},
                          .guard_agrees = true,
                          .has_started = true,
                          .takes = true},
    [TOV_NODE_BEHIND] = {.told = {"behind", false,
                                  "Nodens database er en gammel kopi. Intet underskrives, før den "
                                  "er gendannet. Kontakt driften.",
                                  "This node's store is an old copy. Nothing is signed until it "
                                  "has been recovered. Call the operator."},
                         .needs_help = true},
    [TOV_NODE_RECOVERING] = {.told = {"recovering", false,
                                      "Nodens database er en gammel kopi. Den hentes frem fra de "
                                      "andre myndigheders noder. Intet underskrives imens.",
                                      "This node's store is an old copy. It is being recovered "
                                      "from the other agencies' nodes. Nothing is signed "
                                      "meanwhile."}},
    [TOV_NODE_CLOCK] = {.told = {"clock", true,
                                 "Serverens ur går foran de andre myndigheders. Intet "
                                 "underskrives, før de er enige. Kontakt driften.",
                                 "The server's clock is ahead of the other agencies'. Nothing is "
                                 "signed until they agree. Call the operator."},
                        .guard_agrees = true,
                        .takes = true},
    [TOV_NODE_GUARD_SILENT] = {.told = {"guard", true,
                                        "Nodens signaturproces (guard) svarer ikke. Beskeder "
                                        "gemmes og underskrives, når den svarer igen. Kontakt "
                                        "driften.",
                                        "The node's guard does not answer. Messages are stored, "
                                        "and signed once it answers again. Call the operator."},
                               .guard_agrees = true,
                               .has_started = true,
                               .takes = true,
                               .needs_help = true},
    [TOV_NODE_GUARD_LOST] = {.told = {"stopped", false,
                                      "Nodens signaturproces (guard) har mistet sin tilstand. "
                                      "Intet underskrives, før føderationens rodnøgler har "
                                      "bekræftet, hvor langt den var nået. Kontakt driften.",
                                      "The node's guard has lost its state. Nothing is signed "
                                      "until the federation's root keys have confirmed how far it "
                                      "had come. Call the operator."},
                             .needs_help = true},
};

/* What a node says that has not begun to serve and whose guard does not answer. */
static const struct tov_api_state silent_at_start = {
    "starting", false,
    "Nodens signaturproces (guard) svarer ikke. Der kan ikke sendes noget, før den gør. Kontakt "
    "driften.",
    "The node's guard does not answer. Nothing can be sent until it does. Call the operator."};

bool tov_node_hears_keepers(const struct tov_node *node)
{
    return node->state == TOV_NODE_KEEPERS ||
           (node->state == TOV_NODE_RECOVERING && node->recovery.is_read_back);
}

/* What is not signed may be undone yet, and what it says is lost come back: who is sent the hash of
 * that now would never be told of it. */
static bool has_unsigned_loss(const struct tov_core *core)
{
    uint64_t index = core->series.lost_index;
    return index != 0 && index >= tov_ledger_signed(core->ledger);
}

void tov_node_set_sends(struct tov_node *node)
{
    tov_follow_set_sends(node->follow, !node->recovery.is_open && !has_unsigned_loss(&node->core) &&
                                           node->state != TOV_NODE_BEHIND);
}

void tov_node_become(struct tov_node *node, enum tov_node_state state, const char *why)
{
    const struct state *now = &states[state];
    bool is_whole = state == TOV_NODE_RECOVERING && node->recovery.is_read_back;
    bool reads_back = node->recovery.is_open && !node->recovery.is_read_back;
    node->state = state;
    tov_api_set_state(node->api, &now->told);
    tov_api_start_reset(node->api, tov_node_hears_keepers(node) && tov_node_wants_majority(node));
    node->has_told_waiting = false;
    tov_follow_set_started(node->follow, now->guard_agrees || is_whole, now->has_started);
    tov_follow_set_takes(node->follow, now->takes);
    tov_follow_set_recovers(node->follow, reads_back || state == TOV_NODE_BEHIND);
    tov_node_set_sends(node);
    tov_follow_doubt_clock(node->follow, state == TOV_NODE_CLOCK);
    if (state == TOV_NODE_SERVING) {
        enum tov_err err = tov_follow_judge_waiting(node->follow);
        if (err != TOV_OK)
            (void)tov_core_fail(&node->core, err, "what waited for its roster could not be judged");
    }
    tov_core_log(&node->core, now->needs_help ? TOV_HOST_ERROR : TOV_HOST_INFO, "state", "%s", why);
}

void tov_node_note_guard(struct tov_node *node, bool is_silent)
{
    if (is_silent == node->guard_is_silent)
        return;
    node->guard_is_silent = is_silent;
    if (is_silent)
        tov_core_log(&node->core, TOV_HOST_ERROR, "guard-silent",
                     "hint=\"the guard's process runs and does not answer: see what holds it, or "
                     "restart tovd\"");
    if (is_silent && node->state == TOV_NODE_SERVING)
        tov_node_become(node, TOV_NODE_GUARD_SILENT, "to=guard-silent");
    else if (is_silent && node->state == TOV_NODE_GUARD)
        tov_api_set_state(node->api, &silent_at_start);
    else if (!is_silent && node->state == TOV_NODE_GUARD_SILENT)
        tov_node_become(node, TOV_NODE_SERVING, "to=serving");
}

/* Exports show every roster that was in force. */
static enum tov_err keep_roster(struct tov_node *node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = &node->core;
    struct tov_store_key key = tov_store_key_u32(tov_roster_version(core->roster));
    struct tov_bytes row;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    enum tov_err err = tov_store_get(read, TOV_TABLE_ROSTER, key, &row);
    if (err == TOV_E_NOT_FOUND)
        tov_store_batch_put(tov_core_batch(core), TOV_TABLE_ROSTER, key,
                            tov_roster_note(core->roster));
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* What the guard has, against what was signed here. */
static void look_at_guard(struct tov_node *node, const struct tov_guard_hello_answer *hello)
{
    const struct tov_guard_tree_view *view = &hello->trees[0];
    for (size_t i = 0; i < TOV_GUARD_TREES; i++)
        node->tree_is_lost[i] = !hello->trees[i].present;
    node->guard_is_lost = node->tree_is_lost[0] || node->tree_is_lost[1];
    node->guard_size = view->present ? view->range.size : 0;
    node->guard_root = view->root;
    if (view->present && (node->guard_size < tov_ledger_signed(node->core.ledger) ||
                          node->guard_size > tov_ledger_committed(node->core.ledger)))
        tov_node_demand_majority(node, TOV_START_DISAGREED);
}

static void refuse(struct tov_node *node, enum tov_err err, const struct tov_error *error)
{
    bool is_ahead = !node->guard_is_lost && err == TOV_E_UNAVAILABLE;
    if (is_ahead) {
        tov_core_log(&node->core, TOV_HOST_ERROR, "store-is-old", "%s", error->text);
        tov_node_open_recovery(node, node->guard_size);
        tov_node_recover(node);
    } else if (err == TOV_E_UNAVAILABLE) {
        tov_node_become(node, TOV_NODE_GUARD_LOST, error->text);
    } else if (err != TOV_E_AGAIN) {
        (void)tov_core_fail(&node->core, err, error->text);
    }
}

static enum tov_err agree(struct tov_node *node, const struct tov_guard_hello_answer *hello,
                          struct tov_error *error)
{
    struct tov_core *core = &node->core;
    TOV_TRY(tov_ledger_agree(core->ledger, &hello->trees[0], tov_core_batch(core), error));
    TOV_TRY(tov_node_agree_journal(node, &hello->trees[1], error));
    TOV_TRY(keep_roster(node));
    return tov_node_check_machine(node);
}

void tov_node_on_guard_hello(struct tov_node *node, const struct tov_guard_hello_answer *hello)
{
    struct tov_error error = {.text = ""};
    if (node->state != TOV_NODE_GUARD || node->restarts)
        return;
    look_at_guard(node, hello);
    tov_api_set_witness(node->api, hello->can_cosign);
    if (node->recovery.is_open && !node->recovery.is_hashed) {
        tov_node_recover(node); /* the store is not yet what the guard can be compared with */
        return;
    }
    enum tov_err err = agree(node, hello, &error);
    if (err != TOV_OK) {
        refuse(node, err, &error);
        return;
    }
    node->start_mono_ms = node->core.mono_ms;
    if (node->recovery.is_open)
        tov_node_recover(node);
    else
        tov_node_become(node, TOV_NODE_KEEPERS, "to=keepers");
}

static void fall_behind(struct tov_node *node)
{
    if (tov_follow_sees_fork(node->follow)) {
        if (node->state != TOV_NODE_BEHIND)
            tov_node_say_forked(node);
        return;
    }
    tov_node_open_recovery(node, tov_follow_held_most(node->follow));
    tov_node_restart(node);
}

/* What this node waits for before it signs; two persons may stand in for a majority. */
static enum tov_start_view look_around(struct tov_node *node, const char **out_how)
{
    struct tov_start_question question = {.waited_ms = node->core.mono_ms - node->start_mono_ms,
                                          .majority = tov_node_wants_majority(node)};
    enum tov_start_view view = tov_follow_start_view(node->follow, &question);
    *out_how = "keepers";
    if (view != TOV_START_WAITING || !question.majority || !tov_node_hears_keepers(node))
        return view;
    if (tov_api_start_persons(node->api) < TOV_API_START_PERSONS) {
        tov_node_tell_waiting(node);
        return view;
    }
    *out_how = "two-persons";
    return TOV_START_FREE;
}

static void serve(struct tov_node *node)
{
    tov_node_become(node, TOV_NODE_SERVING, "to=serving");
    tov_node_finish_recovery(node);
    if (tov_ledger_size(node->core.ledger) == 0) {
        enum tov_err err = tov_node_begin_ledger(node);
        if (err != TOV_OK)
            (void)tov_core_fail(&node->core, err, "the first entries could not be written");
    }
}

/* What is set aside is appended anew at once, under this month's keys. */
static bool is_prepared(struct tov_node *node)
{
    if (!tov_node_awaits_entries(node))
        return tov_vault_is_ready(&node->core);
    tov_api_set_state(node->api, &states[TOV_NODE_RECOVERING].told);
    node->has_told_waiting = false;
    return false;
}

void tov_node_keepers_step(struct tov_node *node)
{
    const char *how = NULL;
    enum tov_start_view view = look_around(node, &how);
    if (view == TOV_START_BEHIND) {
        fall_behind(node);
    } else if (view == TOV_START_FREE && tov_node_hears_keepers(node) && is_prepared(node)) {
        tov_node_met_majority(node, how);
        serve(node);
    }
}

void tov_node_start_step(struct tov_node *node)
{
    if (node->restarts)
        return;
    switch (node->state) {
    case TOV_NODE_GUARD:
        return;
    case TOV_NODE_KEEPERS:
    case TOV_NODE_SERVING: /* keepers that were not heard may still show that this is an old copy */
    case TOV_NODE_CLOCK:
    case TOV_NODE_GUARD_SILENT:
        tov_node_keepers_step(node);
        return;
    case TOV_NODE_RECOVERING:
    case TOV_NODE_BEHIND:
        tov_node_recover_step(node);
        return;
    case TOV_NODE_GUARD_LOST:
        if (tov_follow_is_behind(node->follow) && !tov_follow_sees_fork(node->follow))
            fall_behind(node);
        else
            tov_node_use_statement(node);
        return;
    }
}
