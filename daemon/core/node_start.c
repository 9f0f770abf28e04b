/* SPDX-License-Identifier: EUPL-1.2
 *
 * How a node comes to serve: guard and store agree, then the keepers are heard (docs/guard.md).
 */
#include "node_internal.h"

static const struct tov_api_state api_states[] = {
    [TOV_NODE_GUARD] = {"starting", false, "Noden venter på sin signaturproces (guard).",
                        "The node waits for its guard."},
    [TOV_NODE_KEEPERS] = {"starting", true,
                          "Noden venter på svar fra de andre myndigheders noder. Beskeder gemmes "
                          "og underskrives, når svaret er her.",
                          "The node waits for other agencies' nodes to answer. Messages are stored "
                          "and will be signed once they have."},
    [TOV_NODE_SERVING] = {"serving", true, "", ""},
    [TOV_NODE_BEHIND] = {"behind", false,
                         "Nodens database er en gammel kopi. Intet underskrives, før den er "
                         "gendannet. Kontakt driften.",
                         "This node's store is an old copy. Nothing is signed until it has been "
                         "recovered. Call the operator."},
    [TOV_NODE_CLOCK] = {"clock", true,
                        "Serverens ur går forkert. Intet underskrives, før det er rettet. Kontakt "
                        "driften.",
                        "The server's clock is wrong. Nothing is signed until it has been set. "
                        "Call the operator."},
    [TOV_NODE_GUARD_LOST] = {"stopped", false,
                             "Nodens signaturproces (guard) har mistet sin tilstand. Intet "
                             "underskrives, før føderationens rodnøgler har bekræftet, hvor langt "
                             "den var nået. Kontakt driften.",
                             "The node's guard has lost its state. Nothing is signed until the "
                             "federation's root keys have confirmed how far it had come. Call the "
                             "operator."},
};

void tov_node_become(struct tov_node *node, enum tov_node_state state, const char *why)
{
    node->state = state;
    tov_api_set_state(node->api, &api_states[state]);
    tov_api_start_reset(node->api, state == TOV_NODE_KEEPERS && tov_node_wants_majority(node));
    node->waiting_en[0] = '\0';
    bool agrees = state == TOV_NODE_KEEPERS || state == TOV_NODE_SERVING || state == TOV_NODE_CLOCK;
    tov_follow_set_started(node->follow, agrees, state == TOV_NODE_SERVING);
    tov_follow_doubt_clock(node->follow, state == TOV_NODE_CLOCK);
    bool needs_help = state == TOV_NODE_BEHIND || state == TOV_NODE_GUARD_LOST;
    tov_core_log(&node->core, needs_help ? TOV_HOST_ERROR : TOV_HOST_INFO, "state", "%s", why);
}

static enum tov_err agree(struct tov_node *node, const struct tov_guard_hello_answer *hello,
                          struct tov_error *error)
{
    struct tov_core *core = &node->core;
    struct tov_store_batch *batch = tov_core_batch(core);
    TOV_TRY(tov_ledger_agree(core->ledger, &hello->trees[0], batch, error));
    return tov_ledger_agree(core->journal, &hello->trees[1], batch, error);
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

void tov_node_on_guard_hello(struct tov_node *node, const struct tov_guard_hello_answer *hello)
{
    struct tov_error error = {.text = ""};
    if (node->state != TOV_NODE_GUARD)
        return;
    enum tov_err err = agree(node, hello, &error);
    if (err == TOV_OK)
        err = keep_roster(node);
    if (err == TOV_OK)
        err = tov_node_check_machine(node);
    if (err == TOV_E_UNAVAILABLE) {
        bool has_states = hello->trees[0].present && hello->trees[1].present;
        tov_node_become(node, has_states ? TOV_NODE_BEHIND : TOV_NODE_GUARD_LOST, error.text);
        return;
    }
    if (err != TOV_OK) {
        (void)tov_core_fail(&node->core, err, error.text);
        return;
    }
    node->start_mono_ms = node->core.mono_ms;
    tov_node_become(node, TOV_NODE_KEEPERS, "to=keepers");
}

/* Keepers that were not heard at the start may still show that this store is an old copy. */
static bool may_fall_behind(enum tov_node_state state)
{
    return state == TOV_NODE_KEEPERS || state == TOV_NODE_SERVING || state == TOV_NODE_CLOCK;
}

/* What this node waits for before it signs; two persons may stand in for a majority. */
static enum tov_start_view look_around(struct tov_node *node, const char **out_how)
{
    struct tov_start_question question = {.waited_ms = node->core.mono_ms - node->start_mono_ms,
                                          .majority = tov_node_wants_majority(node)};
    enum tov_start_view view = tov_follow_start_view(node->follow, &question);
    *out_how = "keepers";
    if (view != TOV_START_WAITING || !question.majority || node->state != TOV_NODE_KEEPERS)
        return view;
    if (tov_api_start_persons(node->api) < TOV_API_START_PERSONS) {
        tov_node_tell_waiting(node);
        return view;
    }
    *out_how = "two-persons";
    return TOV_START_FREE;
}

void tov_node_start_step(struct tov_node *node)
{
    const char *how = NULL;
    if (!may_fall_behind(node->state))
        return;
    enum tov_start_view view = look_around(node, &how);
    if (view == TOV_START_BEHIND) {
        tov_node_become(node, TOV_NODE_BEHIND, "to=behind");
        return;
    }
    if (node->state != TOV_NODE_KEEPERS || view == TOV_START_WAITING)
        return;
    tov_node_met_majority(node, how);
    tov_node_become(node, TOV_NODE_SERVING, "to=serving");
    if (tov_ledger_size(node->core.ledger) == 0) {
        enum tov_err err = tov_node_begin_ledger(node);
        if (err != TOV_OK)
            (void)tov_core_fail(&node->core, err, "the first entries could not be written");
    }
}
