/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the guard is fed and asked to sign after a start.
 */
#include "access/journal.h"
#include "node_internal.h"
#include "support/sim_wire.h"
#include "support/unit.h"

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

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_entry_written_before_the_guard_answers_is_signed),
        UNIT_TEST(a_reading_on_an_old_copy_ends_its_journal),
        UNIT_TEST(nothing_is_signed_or_taken_once_it_is_to_start_again),
        UNIT_TEST(a_batch_that_was_not_signed_before_a_crash_is_signed_in_segments),
    };
    return unit_run("follow_signing", tests, sizeof tests / sizeof tests[0]);
}
