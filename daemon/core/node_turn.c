/* SPDX-License-Identifier: EUPL-1.2
 *
 * One turn: close the batch, commit it, feed the guard, send what is signed. The order keeps I2 and
 * I4: commit -> guard -> peers and clients.
 */
#include "node_internal.h"

#include "ledger/vault.h"

#include <assert.h>
#include <stdio.h>

#define GUARD_WAIT_MS 30000u /* then it is silent, and the node says so */

/* ---- commit ---- */

static void close_batch(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    enum tov_err err = tov_follow_before_commit(node->follow);
    if (err != TOV_OK)
        (void)tov_core_fail(core, err, "receipts could not be written");
}

static void hand_over(struct tov_node *node)
{
    enum tov_err err = node->commit(node->commit_context, node->committing->batch);
    if (err != TOV_OK)
        (void)tov_core_fail(&node->core, err, "a commit could not be begun");
}

static void start_commit(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    struct tov_turn *turn = core->open;
    tov_ledger_mark_batch(core->ledger, core->segment_bytes);
    tov_ledger_mark_batch(core->journal, 0);
    core->segment_bytes = 0;
    turn->ledger_size = tov_ledger_size(core->ledger);
    turn->journal_size = tov_ledger_size(core->journal);
    node->committing = turn;
    node->is_committing = true;
    core->open = turn == &core->turns[0] ? &core->turns[1] : &core->turns[0];
    hand_over(node);
}

static void commit_again_if_due(struct tov_node *node)
{
    if (!node->has_no_room || !node->has_ticked || node->core.failed != TOV_OK)
        return;
    node->has_no_room = false;
    hand_over(node);
}

static void commit_if_due(struct tov_node *node)
{
    commit_again_if_due(node);
    if (node->is_committing || node->core.failed != TOV_OK)
        return;
    close_batch(node);
    if (tov_core_check_store(&node->core) != TOV_OK)
        return;
    if (node->core.open->has_work && node->core.failed == TOV_OK)
        start_commit(node);
}

static void begin_to_wait(struct tov_core *core, const char *why)
{
    if (!core->waits_for_room)
        tov_core_log(core, TOV_HOST_ERROR, "disk-is-full",
                     "why=\"%s\" hint=\"nothing is stored until there is room: free some of the "
                     "disk of the ledger or enlarge it; the node then goes on by itself\"",
                     why);
    core->waits_for_room = true;
}

/* The store knows that nothing of the batch is there, and is as it was (store/store.h, S3): to
 * those that wait for it this is a commit that takes long. */
static void wait_for_room(struct tov_node *node, const struct tov_error *error)
{
    begin_to_wait(&node->core, error->text);
    node->has_no_room = true;
    node->has_ticked = false;
}

static void go_on_with_room(struct tov_core *core)
{
    if (!core->waits_for_room || !tov_vault_is_ready(core))
        return;
    tov_core_log(core, TOV_HOST_INFO, "disk-has-room", "size=%llu",
                 (unsigned long long)tov_ledger_size(core->ledger));
    core->waits_for_room = false;
}

/* What is stored has keys of its month, and a month's are in a file: where that finds no room
 * nothing is begun, as where a commit finds none. */
void tov_node_prepare_keys(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    enum tov_err err = tov_vault_prepare(core);
    if (err == TOV_E_FULL)
        begin_to_wait(core, "there is no room for this month's keys");
    else if (err != TOV_OK)
        (void)tov_core_fail(core, err, "the file of bucket keys could not be replaced");
    else if (!node->is_committing)
        go_on_with_room(core);
}

void tov_node_on_committed(struct tov_node *node, const struct tov_store_result *result)
{
    struct tov_core *core = &node->core;
    struct tov_turn *turn = node->committing;
    assert(node->is_committing && !node->has_no_room && result->batch == turn->batch);
    if (result->err == TOV_E_FULL && !node->is_stopping) {
        wait_for_room(node, &result->error);
        return;
    }
    node->is_committing = false;
    if (result->err != TOV_OK) {
        /* Nothing of it is known to be there: nobody is told anything, and the process begins
         * again from what the store holds. */
        (void)tov_core_fail(core, result->err,
                            result->error.text[0] != '\0' ? result->error.text : "a commit failed");
        return;
    }
    go_on_with_room(core);
    tov_ledger_on_committed(core->ledger, turn->ledger_size);
    tov_ledger_on_committed(core->journal, turn->journal_size);
    tov_core_run_after(core, &turn->after);
    tov_store_batch_clear(turn->batch);
    turn->has_work = false;
}

/* ---- guard ---- */

/* The guard ends too, by itself: both must say the same to the supervisor. */
static enum tov_err failure_of(enum tov_guard_refusal refusal)
{
    if (refusal == TOV_GUARD_R_DISK)
        return TOV_E_IO;
    return refusal == TOV_GUARD_R_SPACE ? TOV_E_FULL : TOV_E_FORK;
}

static void put_question(struct tov_node *node, const struct tov_guard_request *request)
{
    struct tov_core *core = &node->core;
    tov_buf_clear(&node->guard_payload);
    enum tov_err err = tov_guard_request_encode(request, &node->guard_payload);
    if (err == TOV_OK)
        err = tov_core_ask_guard(core, (uint8_t)request->op, tov_buf_view(&node->guard_payload));
    if (err != TOV_OK)
        (void)tov_core_fail(core, err, "the guard cannot be asked");
    if (node->guard_open++ == 0)
        node->guard_mono_ms = core->mono_ms;
}

static void ask_hello(struct tov_node *node)
{
    struct tov_guard_request request;
    if (node->asked_hello)
        return;
    node->asked_hello = true;
    tov_guard_request_init(&request, TOV_GUARD_HELLO, node->next_guard_id++);
    put_question(node, &request);
}

static void ask_signatures(struct tov_node *node, struct tov_ledger *tree)
{
    struct tov_guard_request request;
    struct tov_guard_append append;
    if (!tov_ledger_next_request(tree, &append))
        return;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, node->next_guard_id++);
    request.append = append;
    tov_ledger_set_asked(tree, request.id);
    put_question(node, &request);
}

void tov_node_ask_journal_next(struct tov_node *node, uint64_t number)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_JOURNAL_NEXT, node->next_guard_id++);
    request.journal_next.journal = number;
    put_question(node, &request);
}

void tov_node_ask_statement(struct tov_node *node, const struct tov_guard_statement *statement)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_STATEMENT, node->next_guard_id++);
    request.statement = *statement;
    put_question(node, &request);
}

void tov_node_ask_guard_hashes(struct tov_node *node, uint64_t from)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_HASHES, node->next_guard_id++);
    request.hashes = (struct tov_guard_hashes){.tree = TOV_GUARD_LEDGER, .from = from};
    put_question(node, &request);
}

/* What the guard is now, it tells by the next Hello. */
static void on_journal_next(struct tov_node *node, const struct tov_guard_answer *answer)
{
    if (answer->refusal == TOV_GUARD_DONE)
        node->asked_hello = false;
    else
        (void)tov_core_fail(&node->core, failure_of(answer->refusal),
                            "the guard refused to begin a new journal");
}

static void ask_cosignature(struct tov_node *node)
{
    struct tov_guard_request request;
    struct tov_guard_cosign cosign;
    if (!tov_follow_next_cosign(node->follow, &cosign))
        return;
    tov_guard_request_init(&request, TOV_GUARD_COSIGN, node->next_guard_id++);
    request.cosign = cosign;
    put_question(node, &request);
}

static void on_signed(struct tov_node *node, const struct tov_guard_answer *answer)
{
    struct tov_core *core = &node->core;
    /* One request to each tree is open at a time, and the guard answers in order. */
    struct tov_ledger *tree = tov_ledger_is_asking(core->ledger, answer->id)    ? core->ledger
                              : tov_ledger_is_asking(core->journal, answer->id) ? core->journal
                                                                                : NULL;
    if (answer->refusal != TOV_GUARD_DONE || tree == NULL) {
        char text[128];
        (void)snprintf(text, sizeof text, "the guard refused to sign: %s",
                       tov_guard_refusal_name(answer->refusal));
        (void)tov_core_fail(core, failure_of(answer->refusal), text);
        return;
    }
    enum tov_err err = tov_ledger_on_signed(tree, tov_core_batch(core), &answer->append);
    if (err != TOV_OK)
        (void)tov_core_fail(core, err == TOV_E_SIGNATURE ? TOV_E_FORK : err,
                            "the guard signed another tree than this store holds");
    else
        tov_api_on_signed(node->api);
    tov_node_set_sends(node);
}

void tov_node_on_guard(struct tov_node *node, uint8_t kind, struct tov_bytes payload)
{
    struct tov_guard_answer *answer = node->answer;
    if (tov_guard_answer_decode(kind, payload, answer) != TOV_OK) {
        (void)tov_core_fail(&node->core, TOV_E_INTERNAL, "the guard's answer cannot be read");
        return;
    }
    node->guard_mono_ms = node->core.mono_ms;
    node->guard_open -= node->guard_open > 0 ? 1 : 0;
    if (answer->op == TOV_GUARD_HELLO)
        tov_node_on_guard_hello(node, &answer->hello);
    else if (answer->op == TOV_GUARD_APPEND)
        on_signed(node, answer);
    else if (answer->op == TOV_GUARD_JOURNAL_NEXT)
        on_journal_next(node, answer);
    else if (answer->op == TOV_GUARD_HASHES)
        tov_node_on_guard_hashes(node, answer);
    else if (answer->op == TOV_GUARD_STATEMENT)
        tov_node_on_statement(node, answer->refusal);
    else if (answer->op == TOV_GUARD_COSIGN)
        tov_follow_on_cosigned(node->follow, answer->refusal, &answer->cosign);
}

static void check_guard(struct tov_node *node)
{
    tov_node_note_guard(node, node->guard_open > 0 &&
                                  node->core.mono_ms - node->guard_mono_ms >= GUARD_WAIT_MS);
}

/* ---- clock ---- */

#define CLOCK_AHEAD_MS 300000u

/* The latest time that is believed: a clock far ahead of both our own past and the peers is not
 * (docs/security.md). UINT64_MAX: there is nothing to go by. */
static uint64_t find_latest_believed(const struct tov_node *node)
{
    const struct tov_core *core = &node->core;
    uint64_t own = node->leaf_ms_at_start + (core->mono_ms - node->created_mono_ms);
    uint64_t floor = own > CLOCK_AHEAD_MS ? own - CLOCK_AHEAD_MS : 0;
    uint64_t peers = tov_follow_peer_clock(node->follow, floor);
    if (node->demo_clock || node->leaf_ms_at_start == 0 || peers == 0)
        return UINT64_MAX;
    return (own > peers ? own : peers) + CLOCK_AHEAD_MS;
}

/* A node that has just begun its ledger has a past from then on. */
static void begin_own_past(struct tov_node *node)
{
    if (node->leaf_ms_at_start != 0 || node->core.last_leaf_ms == 0)
        return;
    node->leaf_ms_at_start = node->core.last_leaf_ms;
    node->created_mono_ms = node->core.mono_ms;
    node->believed_mono_ms = 0;
}

/* What is known goes on with the monotonic clock, until a peer tells another time. */
static void look_at_clock(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    begin_own_past(node);
    uint64_t claims = tov_follow_clock_claims(node->follow);
    if (claims != node->believed_claims || node->believed_mono_ms == 0) {
        node->believed_claims = claims;
        node->believed_mono_ms = core->mono_ms == 0 ? 1 : core->mono_ms;
        node->believed_ms = find_latest_believed(node);
    }
    core->latest_believed_ms = node->believed_ms;
    if (node->believed_ms != UINT64_MAX)
        core->latest_believed_ms += core->mono_ms - node->believed_mono_ms;
}

void tov_node_set_time(struct tov_node *node, uint64_t now_ms, uint64_t mono_ms)
{
    node->core.now_ms = now_ms;
    node->core.mono_ms = mono_ms;
    look_at_clock(node);
    if (node->core.failed == TOV_OK && !node->core.waits_for_room &&
        !tov_vault_is_ready(&node->core))
        tov_node_prepare_keys(node);
}

/* Nothing stops for it: entries bear the time of the last one until the clock has come up to it. */
static void note_clock_behind(struct tov_node *node)
{
    bool is_behind = tov_core_clock_is_behind(&node->core);
    if (is_behind && !node->clock_is_behind)
        tov_core_log(&node->core, TOV_HOST_ERROR, "clock-is-behind",
                     "now-ms=%llu last-entry-ms=%llu", (unsigned long long)node->core.now_ms,
                     (unsigned long long)node->core.last_leaf_ms);
    node->clock_is_behind = is_behind;
}

static void check_clock(struct tov_node *node)
{
    look_at_clock(node);
    note_clock_behind(node);
    bool away = node->core.now_ms > node->core.latest_believed_ms;
    if (away && node->state == TOV_NODE_SERVING) {
        tov_core_log(&node->core, TOV_HOST_ERROR, "clock-ran-away", "now-ms=%llu",
                     (unsigned long long)node->core.now_ms);
        tov_node_become(node, TOV_NODE_CLOCK, "to=clock");
    } else if (!away && node->state == TOV_NODE_CLOCK) {
        tov_node_become(node, node->guard_is_silent ? TOV_NODE_GUARD_SILENT : TOV_NODE_SERVING,
                        node->guard_is_silent ? "to=guard-silent" : "to=serving");
    }
}

/* ---- the turn ---- */

static void sign_if_due(struct tov_node *node)
{
    if (node->state != TOV_NODE_SERVING || node->restarts || node->core.failed != TOV_OK)
        return;
    ask_signatures(node, node->core.ledger);
    ask_signatures(node, node->core.journal);
    ask_cosignature(node);
}

static void do_routine(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    if (node->state != TOV_NODE_SERVING || node->restarts || core->waits_for_room ||
        node->routine_waits)
        return;
    enum tov_err err = tov_node_routine(node);
    node->routine_waits = err == TOV_E_FULL;
    if (err != TOV_OK && err != TOV_E_FULL)
        (void)tov_core_fail(core, err, "a routine entry could not be written");
}

void tov_node_turn(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    if (core->failed != TOV_OK || tov_core_check_store(core) != TOV_OK)
        return;
    tov_node_restart_if_due(node);
    if (core->failed != TOV_OK)
        return;
    ask_hello(node);
    check_guard(node);
    tov_node_start_step(node);
    check_clock(node);
    do_routine(node);
    if (core->failed == TOV_OK && !node->restarts)
        tov_api_work(node->api);
    if (core->failed == TOV_OK && !node->restarts && tov_node_is_settled(node))
        tov_api_rest(node->api);
    commit_if_due(node);
    sign_if_due(node);
    if (core->failed == TOV_OK && !node->restarts)
        tov_follow_pump(node->follow);
    tov_api_pump(node->api);
    (void)tov_core_check_store(core);
}
