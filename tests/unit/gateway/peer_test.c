/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the core is told about a peer, event by event, with the time handed in.
 */
#include "gateway/gateway.h"
#include "gateway/peer.h"

#include "support/unit.h"

#define OWN 5

static struct peer make_peer(uint16_t agency)
{
    struct peer peer;
    struct tov_ipc_peer row = {.agency = agency, .key_count = 1};
    peer_init(&peer, &row);
    return peer;
}

static void settles(struct peer *peer, bool down, bool up)
{
    struct peer_news news = peer_settle(peer, OWN);
    UNIT_EQUAL_INT(news.down, down);
    UNIT_EQUAL_INT(news.up, up);
}

static const struct tov_net_route route_1 = {1};
static const struct tov_net_route route_2 = {2};

static void the_first_frame_brings_a_peer_up_once(void)
{
    struct peer peer = make_peer(6);
    settles(&peer, false, false);
    CU_ASSERT(peer_hears_accepted(&peer, route_1, 11, 100));
    settles(&peer, false, true);
    CU_ASSERT(!peer_hears_accepted(&peer, route_1, 12, 200));
    settles(&peer, false, false);
    UNIT_EQUAL_INT(peer.accepted.own_session, 11);
}

static void a_new_connection_is_told_as_down_and_up(void)
{
    struct peer peer = make_peer(6);
    (void)peer_hears_accepted(&peer, route_1, 11, 100);
    settles(&peer, false, true);
    CU_ASSERT(peer_hears_accepted(&peer, route_2, 12, 200));
    settles(&peer, true, true);
    UNIT_EQUAL_INT(peer.accepted.own_session, 12);
}

static void another_session_on_the_same_connection_is_told_as_down_and_up(void)
{
    struct peer peer = make_peer(6);
    peer_hears_dialled(&peer, 100);
    peer_learns_session(&peer.dialled, 7);
    settles(&peer, false, true);
    peer_learns_session(&peer.dialled, 7);
    settles(&peer, false, false);
    peer_learns_session(&peer.dialled, 8);
    settles(&peer, true, true);
}

static void silence_takes_a_peer_down_at_the_limit(void)
{
    struct peer peer = make_peer(6);
    peer_hears_dialled(&peer, 100);
    settles(&peer, false, true);
    peer_check_silence(&peer, 100 + TOV_GATEWAY_SILENCE_MS);
    settles(&peer, false, false);
    peer_check_silence(&peer, 101 + TOV_GATEWAY_SILENCE_MS);
    settles(&peer, true, false);
    peer_check_silence(&peer, 999 + TOV_GATEWAY_SILENCE_MS);
    settles(&peer, false, false);
}

static void a_second_path_changes_nothing_until_the_first_is_gone(void)
{
    struct peer peer = make_peer(6);
    (void)peer_hears_accepted(&peer, route_1, 11, 100);
    settles(&peer, false, true);
    peer_hears_dialled(&peer, 150);
    settles(&peer, false, false);
    UNIT_EQUAL_INT(peer.using, PEER_ACCEPTED);
    peer_path_down(&peer.accepted);
    settles(&peer, true, true);
    UNIT_EQUAL_INT(peer.using, PEER_DIALLED);
}

static void both_sides_prefer_what_the_lower_number_dialled(void)
{
    struct peer higher = make_peer(6);
    struct peer lower = make_peer(4);
    struct peer *peers[] = {&higher, &lower};
    for (int i = 0; i < 2; i++) {
        peer_hears_dialled(peers[i], 100);
        (void)peer_hears_accepted(peers[i], route_1, 11, 100);
        settles(peers[i], false, true);
    }
    UNIT_EQUAL_INT(higher.using, PEER_DIALLED);
    UNIT_EQUAL_INT(lower.using, PEER_ACCEPTED);
}

static void a_muted_peer_is_down_until_it_is_heard_again(void)
{
    struct peer peer = make_peer(6);
    (void)peer_hears_accepted(&peer, route_1, 11, 100);
    settles(&peer, false, true);
    peer_mute(&peer, 1000);
    settles(&peer, true, false);
    CU_ASSERT(peer_is_muted(&peer, 999));
    CU_ASSERT(!peer_is_muted(&peer, 1000));
    CU_ASSERT(peer_hears_accepted(&peer, route_1, 12, 1000)); /* so the other side learns of it */
    settles(&peer, false, true);
}

static void every_byte_given_comes_back_as_credit(void)
{
    struct peer peer = make_peer(6);
    peer_hears_dialled(&peer, 100);
    settles(&peer, false, true);
    UNIT_OK(tov_net_queue_push(&peer.queue, tov_bytes_of_text("12345")));
    UNIT_OK(tov_net_queue_push(&peer.queue, tov_bytes_of_text("123")));
    peer_path_down(&peer.dialled);
    settles(&peer, true, false);
    UNIT_EQUAL_INT(peer.credit_due, 8);
    CU_ASSERT(tov_net_queue_is_empty(&peer.queue));
}

static void only_additions_need_no_restart(void)
{
    struct tov_ipc_peer row = {.agency = 3, .dial = true, .key_count = 1, .endpoint = "tcp://a:1"};
    struct tov_ipc_peer changed = row;
    CU_ASSERT(peer_row_only_grows(&row, &changed));
    changed.key_count = 2;
    changed.keys[1].bytes[0] = 9;
    CU_ASSERT(peer_row_only_grows(&row, &changed));
    CU_ASSERT(!peer_row_only_grows(&changed, &row)); /* the second key was withdrawn */
    changed = row;
    changed.keys[0].bytes[31] = 1;
    CU_ASSERT(!peer_row_only_grows(&row, &changed));
    changed = row;
    changed.endpoint[6] = 'b';
    CU_ASSERT(!peer_row_only_grows(&row, &changed));
    changed = row;
    changed.dial = false;
    CU_ASSERT(!peer_row_only_grows(&row, &changed));
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(the_first_frame_brings_a_peer_up_once),
        UNIT_TEST(a_new_connection_is_told_as_down_and_up),
        UNIT_TEST(another_session_on_the_same_connection_is_told_as_down_and_up),
        UNIT_TEST(silence_takes_a_peer_down_at_the_limit),
        UNIT_TEST(a_second_path_changes_nothing_until_the_first_is_gone),
        UNIT_TEST(both_sides_prefer_what_the_lower_number_dialled),
        UNIT_TEST(a_muted_peer_is_down_until_it_is_heard_again),
        UNIT_TEST(every_byte_given_comes_back_as_credit),
        UNIT_TEST(only_additions_need_no_restart),
    };
    return unit_run("gateway peer", tests, sizeof tests / sizeof tests[0]);
}
