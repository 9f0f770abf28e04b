/* SPDX-License-Identifier: EUPL-1.2
 *
 * A guard that runs and does not answer: the node says so, stores what it is given, lets people
 * read, and goes on by itself when the guard does.
 */
#include "hostile_peer.h"

#include <string.h>

#define WAIT_MS 31000u

static unsigned count_logged(const struct hostile *hostile, const char *event)
{
    unsigned count = 0;
    for (const char *at = hostile->wire->log; (at = strstr(at, event)) != NULL; at++)
        count++;
    return count;
}

static struct sim_node *victim(const struct hostile *hostile)
{
    return &hostile->wire->nodes[hostile->victim];
}

/* What `status` says in English. */
static void status_sentence(struct hostile *hostile, char *out, size_t size)
{
    struct tov_record reply = hostile_ask(hostile, "status", 0);
    struct tov_record status;
    UNIT_NEED(tov_record_child(reply, "status", 0, &status));
    struct tov_bytes text = tov_record_bytes(status, "sentence_en");
    (void)snprintf(out, size, "%.*s", (int)text.size, (const char *)text.data);
    tov_record_destroy(&reply);
}

static uint64_t unsigned_entries(struct hostile *hostile)
{
    const struct tov_core *core = hostile_core(hostile);
    return tov_ledger_committed(core->ledger) - tov_ledger_signed(core->ledger);
}

static void a_guard_that_does_not_answer_is_told_and_stops_nothing_else(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("silent", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    char sentence[256];
    hostile_meet(hostile);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    status_sentence(hostile, sentence, sizeof sentence);
    UNIT_EQUAL_TEXT(sentence, "");

    victim(hostile)->guard_is_silent = true;
    (void)sim_wire_send(hostile->wire, hostile->victim, 7);
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_SERVING);
    sim_wire_pass(hostile->wire, WAIT_MS);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_GUARD_SILENT);
    status_sentence(hostile, sentence, sizeof sentence);
    UNIT_EQUAL_TEXT(sentence, "The node's guard does not answer. Messages are stored, and signed "
                              "once it answers again. Call the operator.");
    /* Messages are taken and stored, and people read: with their entry in the journal. */
    (void)sim_wire_send(hostile->wire, hostile->victim, 8);
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(unsigned_entries(hostile), 2);
    uint64_t journal = tov_ledger_committed(hostile_core(hostile)->journal);
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "get", 1), TOV_OK);
    CU_ASSERT(tov_ledger_committed(hostile_core(hostile)->journal) > journal);
    sim_wire_pass(hostile->wire, 3 * WAIT_MS);
    UNIT_EQUAL_INT(count_logged(hostile, "guard-silent hint"), 1);

    victim(hostile)->guard_is_silent = false;
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(unsigned_entries(hostile), 0);
    status_sentence(hostile, sentence, sizeof sentence);
    UNIT_EQUAL_TEXT(sentence, "");
    CU_ASSERT(hostile_victim_works(hostile));
}

/* It answers slowly, but answers: each question has its own time. */
static void a_guard_that_is_slow_is_not_silent(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("slow", 2);
    hostile_meet(hostile);
    for (uint64_t i = 0; i < 6; i++) {
        victim(hostile)->guard_is_silent = true;
        (void)sim_wire_send(hostile->wire, hostile->victim, i);
        sim_wire_pass(hostile->wire, WAIT_MS / 2);
        victim(hostile)->guard_is_silent = false;
        sim_wire_run(hostile->wire);
    }
    UNIT_EQUAL_INT(count_logged(hostile, "guard-silent"), 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

static void a_node_that_starts_without_an_answer_says_so(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("silent-start", 2);
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    char sentence[256];
    hostile_meet(hostile);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    sim_wire_crash(hostile->wire, hostile->victim);
    victim(hostile)->guard_is_silent = true;
    sim_wire_start(hostile->wire, hostile->victim);
    sim_wire_pass(hostile->wire, WAIT_MS);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_GUARD);
    UNIT_EQUAL_INT(count_logged(hostile, "guard-silent"), 1);
    status_sentence(hostile, sentence, sizeof sentence);
    UNIT_EQUAL_TEXT(sentence, "The node's guard does not answer. Nothing can be sent until it "
                              "does. Call the operator.");
    UNIT_EQUAL_INT(hostile_ask_error(hostile, "get", 1), TOV_OK); /* an acute reading */
    victim(hostile)->guard_is_silent = false;
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_KEEPERS);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_guard_that_does_not_answer_is_told_and_stops_nothing_else),
        UNIT_TEST(a_guard_that_is_slow_is_not_silent),
        UNIT_TEST(a_node_that_starts_without_an_answer_says_so),
    };
    return unit_run("follow_silent_guard", tests, sizeof tests / sizeof tests[0]);
}
