/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the guard is fed and asked to sign after a start.
 */
#include "access/journal.h"
#include "node_internal.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <stdlib.h>

#define MESSAGES 8u
#define TEXT_BYTES 40000u

static void start_quietly(struct sim_node *node)
{
    struct tov_error error = {.text = ""};
    UNIT_NEED(sim_node_start(node, &error) == TOV_OK);
}

static void need_running(const struct sim_node *node)
{
    struct tov_error error = {.text = ""};
    UNIT_OK(tov_node_failed(node->node, &error));
    UNIT_EQUAL_TEXT(error.text, "");
}

/* An acute reading while the guard has not answered: its access entry is in a batch when guard and
 * store are compared. */
static void an_entry_written_before_the_guard_answers_is_signed(void)
{
    struct sim_wire *wire = sim_wire_create("access", 2);
    struct sim_node *node = &wire->nodes[0];
    struct tov_access_note note = {.class_code = TOV_ACCESS_READ,
                                   .client = tov_clients_at(node->agency->clients, 0),
                                   .role = "sagsbehandler"};
    sim_wire_start_all(wire);
    UNIT_OK(tov_access_note(tov_node_core(node->node), &note));
    tov_node_turn(node->node);
    sim_node_run_commit(node);
    sim_wire_crash(wire, 0); /* the guard lacks an entry */
    start_quietly(node);
    UNIT_OK(tov_access_note(tov_node_core(node->node), &note));
    tov_node_turn(node->node);
    sim_node_run_guard(node);
    sim_node_answer_guard(node); /* the commit is still under way */
    sim_wire_run(wire);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(node);
    struct tov_ledger *journal = tov_node_core(node->node)->journal;
    UNIT_EQUAL_INT(tov_ledger_size(journal), 3);
    UNIT_EQUAL_INT(tov_ledger_signed(journal), 3);
    sim_wire_destroy(wire);
}

/* The store is an old copy that lacks entries of the journal alone, and somebody reads before the
 * guard was heard: where the guard has one entry the store has another. The next journal begins. */
static void a_reading_on_an_old_copy_ends_its_journal(void)
{
    struct sim_wire *wire = sim_wire_create("reading", 2);
    struct sim_node *node = &wire->nodes[0];
    struct sim_copy copy;
    struct tov_access_note note = {.class_code = TOV_ACCESS_READ,
                                   .client = tov_clients_at(node->agency->clients, 0),
                                   .role = "sagsbehandler"};
    sim_wire_start_all(wire);
    sim_wire_crash(wire, 0);
    sim_node_copy(node, &copy);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, 1);
    UNIT_OK(tov_access_note(tov_node_core(node->node), &note));
    sim_wire_run(wire);
    sim_wire_crash(wire, 0);
    sim_node_put_back(node, &copy, SIM_STORE);
    start_quietly(node);
    UNIT_OK(tov_access_note(tov_node_core(node->node), &note));
    tov_node_turn(node->node);
    sim_node_run_commit(node);
    sim_node_answer_commit(node);
    sim_wire_run(wire);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(node);
    CU_ASSERT(sim_wire_logged(wire, "journal-begins"));
    UNIT_EQUAL_INT(tov_node_state(node->node), TOV_NODE_SERVING);
    struct tov_ledger *journal = tov_node_core(node->node)->journal;
    UNIT_EQUAL_INT(tov_ledger_signed(journal), tov_ledger_size(journal));
    sim_copy_fini(&copy);
    sim_wire_destroy(wire);
}

static void submit_long(struct sim_wire *wire, uint64_t record)
{
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{wire->nodes[1].agency->number, TOV_RIGHT_ALL}},
                              .text_bytes = TEXT_BYTES};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
}

/* Parcels go from one signed size to another, and each fits a frame. */
static void a_batch_that_was_not_signed_before_a_crash_is_signed_in_segments(void)
{
    struct sim_wire *wire = sim_wire_create("segments", 2);
    struct sim_node *node = &wire->nodes[0];
    struct tov_peer_view view;
    sim_wire_start_all(wire);
    sim_wire_disconnect(wire, 0, 1);
    for (uint64_t i = 1; i <= MESSAGES; i++)
        submit_long(wire, i);
    tov_node_turn(node->node);
    sim_node_run_commit(node);
    sim_wire_crash(wire, 0);
    start_quietly(node);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(node);
    tov_follow_peer_view(tov_node_follow(node->node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, MESSAGES);
    sim_wire_destroy(wire);
}

/* Frames on their way to node 0, given to it without a turn. */
static void give_frames(struct sim_wire *wire)
{
    for (size_t i = wire->first; i < wire->end; i++) {
        struct sim_frame *frame = &wire->queue[i];
        if (frame->to == 0)
            tov_node_on_peer_frame(wire->nodes[0].node, wire->nodes[frame->from].agency->number,
                                   tov_buf_view(&frame->bytes));
    }
}

/* I4: what it learned at its start no longer holds. What is in the open batch is committed, and
 * that is all. */
static void nothing_is_signed_or_taken_once_it_is_to_start_again(void)
{
    struct sim_wire *wire = sim_wire_create("again", 2);
    struct sim_node *node = &wire->nodes[0];
    struct tov_peer_view before, after;
    sim_wire_start_all(wire);
    struct tov_core *core = tov_node_core(node->node);
    uint64_t size = tov_ledger_size(core->ledger);
    UNIT_EQUAL_INT(tov_ledger_signed(core->ledger), size);
    tov_follow_peer_view(tov_node_follow(node->node), 0, &before);
    submit_long(wire, 1);
    tov_node_turn(node->node);
    sim_node_run_commit(node);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT, tov_store_key_text("test"),
                        (struct tov_bytes){0});
    tov_node_restart(node->node);
    sim_node_answer_commit(node); /* the first may be signed now, if it were not to start again */
    (void)sim_wire_send(wire, 1, 2);
    sim_node_settle(&wire->nodes[1]);
    CU_ASSERT(wire->end > wire->first);
    give_frames(wire);
    tov_node_turn(node->node);
    UNIT_EQUAL_INT(node->question_count, 0);
    sim_node_run_commit(node);
    sim_node_answer_commit(node);
    UNIT_EQUAL_INT(tov_ledger_committed(core->ledger), size + 1);
    tov_node_turn(node->node);
    UNIT_EQUAL_INT(tov_node_failed(node->node, NULL), TOV_E_AGAIN);
    UNIT_EQUAL_INT(node->question_count, 0);
    UNIT_EQUAL_INT(tov_ledger_signed(core->ledger), size);
    tov_follow_peer_view(tov_node_follow(node->node), 0, &after);
    UNIT_EQUAL_INT(after.held, before.held);
    sim_wire_run(wire); /* it is started again */
    UNIT_EQUAL_INT(tov_node_state(node->node), TOV_NODE_SERVING);
    core = tov_node_core(node->node);
    UNIT_EQUAL_INT(tov_ledger_signed(core->ledger), tov_ledger_size(core->ledger));
    CU_ASSERT(tov_ledger_signed(core->ledger) > size);
    sim_wire_destroy(wire);
}

/* ---- a guard that answers otherwise ---- */

enum wrong { REFUSED, OTHER_SIZE, FEWER_SIGNATURES, OTHER_SIGNATURE, OTHER_ID, NOISE };

static void change_answer(struct sim_question *question, enum wrong wrong,
                          enum tov_guard_refusal refusal)
{
    TOV_FREE struct tov_guard_answer *answer = calloc(1, sizeof *answer);
    UNIT_NEED(answer != NULL);
    UNIT_NEED(tov_guard_answer_decode(question->answer_kind, tov_buf_view(&question->answer),
                                      answer) == TOV_OK);
    UNIT_NEED(answer->op == TOV_GUARD_APPEND && answer->append.signature_count > 0);
    if (wrong == REFUSED)
        answer->refusal = refusal;
    else if (wrong == OTHER_SIZE)
        answer->append.size++;
    else if (wrong == FEWER_SIGNATURES)
        answer->append.signature_count--;
    else if (wrong == OTHER_SIGNATURE)
        answer->append.signatures[0].bytes[9] ^= 1;
    else if (wrong == OTHER_ID)
        answer->id += 1000;
    tov_buf_clear(&question->answer);
    UNIT_NEED(tov_guard_answer_encode(answer, &question->answer) == TOV_OK);
    if (wrong == NOISE)
        question->answer.size = 1;
}

/* I4: nothing goes on from what the guard did not sign; and both say the same to the supervisor. */
static void a_guard_that_does_not_sign_what_was_asked_ends_the_node(void)
{
    static const struct {
        enum wrong wrong;
        enum tov_guard_refusal refusal;
        enum tov_err err;
    } rows[] = {{REFUSED, TOV_GUARD_R_DISK, TOV_E_IO},
                {REFUSED, TOV_GUARD_R_SPACE, TOV_E_FULL},
                {REFUSED, TOV_GUARD_R_NOT_OWN_SIZE, TOV_E_FORK},
                {OTHER_SIZE, TOV_GUARD_DONE, TOV_E_FORK},
                {FEWER_SIGNATURES, TOV_GUARD_DONE, TOV_E_FORK},
                {OTHER_SIGNATURE, TOV_GUARD_DONE, TOV_E_FORK},
                {OTHER_ID, TOV_GUARD_DONE, TOV_E_FORK},
                {NOISE, TOV_GUARD_DONE, TOV_E_INTERNAL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sim_wire *wire = sim_wire_create("refusing", 2);
        struct sim_node *node = &wire->nodes[0];
        sim_wire_start_all(wire);
        uint64_t before = tov_ledger_signed(tov_node_core(node->node)->ledger);
        (void)sim_wire_send(wire, 0, 1);
        tov_node_turn(node->node);
        sim_node_run_commit(node);
        sim_node_answer_commit(node);
        tov_node_turn(node->node);
        UNIT_NEED(sim_node_asks(node, false));
        sim_node_run_guard(node);
        change_answer(&node->questions[0], rows[i].wrong, rows[i].refusal);
        sim_node_answer_guard(node);
        UNIT_EQUAL_INT(tov_node_failed(node->node, NULL), rows[i].err);
        UNIT_EQUAL_INT(tov_ledger_signed(tov_node_core(node->node)->ledger), before);
        sim_wire_crash(wire, 0); /* and it goes on from what the true one signed */
        sim_wire_start(wire, 0);
        sim_wire_connect(wire, 0, 1);
        sim_wire_run(wire);
        need_running(node);
        UNIT_EQUAL_INT(tov_ledger_signed(tov_node_core(node->node)->ledger), before + 1);
        sim_wire_destroy(wire);
    }
}

static void a_commit_that_fails_ends_the_node(void)
{
    for (int is_there = 0; is_there < 2; is_there++) {
        struct sim_wire *wire = sim_wire_create("uncommitted", 2);
        struct sim_node *node = &wire->nodes[0];
        sim_wire_start_all(wire);
        uint64_t acknowledged = wire->acknowledged;
        (void)sim_wire_send(wire, 0, 1);
        tov_node_turn(node->node);
        sim_node_fail_commit(node, is_there == 1);
        sim_node_answer_commit(node);
        UNIT_EQUAL_INT(tov_node_failed(node->node, NULL), TOV_E_IO);
        UNIT_EQUAL_INT(wire->acknowledged, acknowledged); /* I2 */
        sim_wire_destroy(wire);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_entry_written_before_the_guard_answers_is_signed),
        UNIT_TEST(a_reading_on_an_old_copy_ends_its_journal),
        UNIT_TEST(nothing_is_signed_or_taken_once_it_is_to_start_again),
        UNIT_TEST(a_batch_that_was_not_signed_before_a_crash_is_signed_in_segments),
        UNIT_TEST(a_guard_that_does_not_sign_what_was_asked_ends_the_node),
        UNIT_TEST(a_commit_that_fails_ends_the_node),
    };
    return unit_run("follow_signing", tests, sizeof tests / sizeof tests[0]);
}
