/* SPDX-License-Identifier: EUPL-1.2
 *
 * The sentence of the status: what is the matter with a node that serves, in both languages, the
 * worst first, and nothing when nothing is.
 * Not for: what a state of the node says (tests of the states), what finds the matter out, nor what
 * is told to some clients alone (moved_test.c).
 */
#include "desk_ask.h"

#include "api/api.h"
#include "case/danish_time.h"
#include "follow/peer.h"
#include "node.h"

#include <stdio.h>

static void a_node_without_a_gateway_says_since_when(void)
{
    char danish[100], english[100], since[TOV_DANISH_TIME_SIZE];
    struct harness *harness = three_nodes();
    struct tov_node *node = harness_node(harness, 0);
    expect_sentence(harness, &anna, "", "");
    tov_danish_time_format(harness_now_ms(harness), since);
    (void)snprintf(danish, sizeof danish, "Ingen gateway er forbundet med noden siden %s:", since);
    (void)snprintf(english, sizeof english,
                   "No gateway has been connected to the node since %s:", since);
    tov_node_set_gateway(node, false);
    expect_sentence(harness, &anna, danish, english);
    harness_advance(harness, 600000);
    tov_node_set_gateway(node, false); /* said again, it is since the same time */
    expect_sentence(harness, &anna, danish, english);
    tov_node_set_gateway(node, true);
    expect_sentence(harness, &anna, "", "");
    harness_destroy(harness);
}

/* It would wait for ever for those whom it cannot hear. */
static void a_node_that_waits_for_others_says_first_that_it_cannot_hear_them(void)
{
    struct harness *harness = three_nodes();
    harness_set_link(harness, 0, 1, false);
    harness_set_link(harness, 0, 2, false);
    harness_restart(harness, 0);
    harness_advance(harness, 2000);
    UNIT_NEED(tov_node_state(harness_node(harness, 0)) == TOV_NODE_KEEPERS);
    expect_sentence(harness, &anna, "venter på svar", "waits for other agencies' nodes");
    tov_node_set_gateway(harness_node(harness, 0), false);
    expect_sentence(harness, &anna, "Ingen gateway", "No gateway");
    harness_destroy(harness);
}

static void a_disk_that_changes_attachments_is_told(void)
{
    struct harness *harness = three_nodes();
    tov_node_follow(harness_node(harness, 0))->pulls_given_up = 1;
    expect_sentence(harness, &anna, "hentes ikke mere. Se loggen (attachment-damaged)",
                    "is not fetched any more. See the log (attachment-damaged)");
    tov_node_set_gateway(harness_node(harness, 0), false);
    expect_sentence(harness, &anna, "Ingen gateway", "No gateway"); /* the worse of the two */
    harness_destroy(harness);
}

static bool state_is(struct harness *harness, const char *state)
{
    struct tov_record body;
    struct tov_record reply = answer_to(harness, &anna, request_of("status", &body));
    bool is = is_text(tov_record_bytes(body_of(reply, "status"), "state"), state);
    tov_record_destroy(&reply);
    return is;
}

static void a_node_without_room_does_not_say_that_it_runs(void)
{
    struct harness *harness = three_nodes();
    CU_ASSERT(state_is(harness, "serving"));
    tov_node_core(harness_node(harness, 0))->disk_free_bytes = 0;
    CU_ASSERT(state_is(harness, "read-only"));
    expect_sentence(harness, &anna, "disk er næsten fuld", "disk is nearly full");
    harness_destroy(harness);
}

/* It serves, and hides nothing that is worse. */
static void a_lost_witness_state_is_told_until_there_is_another(void)
{
    struct harness *harness = three_nodes();
    harness_lose_witness(harness, 0);
    harness_restart(harness, 0);
    harness_advance(harness, 5000);
    UNIT_NEED(tov_node_state(harness_node(harness, 0)) == TOV_NODE_SERVING);
    expect_sentence(harness, &anna, "vidnetilstand (witness.state) er gået tabt",
                    "witness state (witness.state) is lost");
    tov_node_follow(harness_node(harness, 0))->pulls_given_up = 1;
    expect_sentence(harness, &anna, "Se loggen (attachment-damaged)",
                    "See the log (attachment-damaged)");
    harness_destroy(harness);
}

/* A peer names any version it likes, and nobody can check it. */
static void what_a_peer_tells_hides_nothing_of_the_own_node(void)
{
    struct harness *harness = three_nodes();
    struct tov_follow *follow = tov_node_follow(harness_node(harness, 0));
    follow->peers[0].their_roster = UINT32_MAX;
    expect_sentence(harness, &anna, "bruger deltagerliste 4294967295", "uses roster 4294967295");
    follow->pulls_given_up = 1;
    expect_sentence(harness, &anna, "Se loggen (attachment-damaged)",
                    "See the log (attachment-damaged)");
    tov_node_set_gateway(harness_node(harness, 0), false);
    expect_sentence(harness, &anna, "Ingen gateway", "No gateway");
    harness_destroy(harness);
}

static struct tov_peer *peer_of(struct harness *harness, uint16_t agency)
{
    return tov_follow_peer(tov_node_follow(harness_node(harness, 0)), agency);
}

static void who_has_sent_more_than_a_day_takes_is_named_and_the_others_counted(void)
{
    struct harness *harness = three_nodes();
    peer_of(harness, 2)->chunks_wait = true;
    expect_sentence(harness, &anna, "kbh-pol har sendt mere, end noden",
                    "kbh-pol has sent more than");
    peer_of(harness, 2)->chunks_wait = peer_of(harness, 3)->chunks_wait = true;
    expect_sentence(harness, &anna, "kbh-pol og 1 anden myndighed har sendt mere",
                    "kbh-pol and 1 other agency have sent more");
    harness_destroy(harness);
}

/* Whoever has it, it is the newest that is to be put in force. */
static void the_newest_roster_that_is_missing_is_told(void)
{
    struct harness *harness = three_nodes();
    peer_of(harness, 2)->their_roster = 1; /* the own one */
    expect_sentence(harness, &anna, "", "");
    peer_of(harness, 2)->their_roster = 3;
    peer_of(harness, 3)->their_roster = 2;
    expect_sentence(harness, &anna,
                    "kbh-pol bruger deltagerliste 3, som denne node ikke har (den har 1)",
                    "kbh-pol uses roster 3, which this node does not have (it has 1)");
    peer_of(harness, 3)->their_roster = 5;
    expect_sentence(harness, &anna, "krfo bruger deltagerliste 5", "krfo uses roster 5");
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_node_without_a_gateway_says_since_when),
        UNIT_TEST(a_node_that_waits_for_others_says_first_that_it_cannot_hear_them),
        UNIT_TEST(a_disk_that_changes_attachments_is_told),
        UNIT_TEST(a_node_without_room_does_not_say_that_it_runs),
        UNIT_TEST(who_has_sent_more_than_a_day_takes_is_named_and_the_others_counted),
        UNIT_TEST(the_newest_roster_that_is_missing_is_told),
        UNIT_TEST(a_lost_witness_state_is_told_until_there_is_another),
        UNIT_TEST(what_a_peer_tells_hides_nothing_of_the_own_node),
    };
    return unit_run("core, sentence", tests, sizeof tests / sizeof tests[0]);
}
