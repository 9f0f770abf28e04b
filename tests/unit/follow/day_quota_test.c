/* SPDX-License-Identifier: EUPL-1.2
 *
 * What one peer may add to a node's disk in a day (I11): at the limit and one more; what is above
 * it waits, is not receipted before it is taken, and is not lost; others are served meanwhile, and
 * the operator is told.
 */
#include "hostile_peer.h"

#include "base/limits.h"
#include "follow/peer.h"

#include <string.h>

#define DAY_BYTES (1u << 20)
#define TEXT_BYTES 16000u
#define MESSAGES 90u /* of that size: more than a day takes, and less than two */

/* ---- counting ---- */

static void a_day_gives_its_bytes_and_gives_them_back_evenly(void)
{
    struct tov_day_quota quota = {0};
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 86400000, 5), 86400000);
    quota.used = 86400000;
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 86400000, 5), 0);
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 86400000, 6), 1);
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 86400000, 2), 1); /* a clock that goes back */
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 86400000, 1006), 1001);
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 86400000, 86400006), 86400000);
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 86400000, UINT64_MAX), 86400000);
}

static void a_small_day_comes_back_though_it_is_asked_for_often(void)
{
    struct tov_day_quota quota = {.used = 1000, .mono_ms = 7};
    for (uint64_t ms = 7; ms <= 86400007; ms += 1000)
        (void)tov_day_quota_left(&quota, 1000, ms);
    CU_ASSERT(tov_day_quota_left(&quota, 1000, 86400007) > 985);
}

/* What is less than a byte is counted on, above one byte in a millisecond as below it. */
static void a_day_comes_back_whole_though_it_is_looked_at_each_millisecond(void)
{
    static const uint64_t days[] = {1u << 20, 129600000, 172799999, 1ull << 33};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        struct tov_day_quota quota = {.used = days[i], .mono_ms = 7};
        uint64_t left = 0;
        for (uint64_t ms = 7; ms <= 100007; ms++)
            left = tov_day_quota_left(&quota, days[i], ms);
        UNIT_EQUAL_INT(left, days[i] * 100000 / TOV_DAY_MS);
    }
}

static void the_largest_day_does_not_overflow(void)
{
    struct tov_day_quota quota = {.used = 1ull << 44, .mono_ms = 1};
    UNIT_EQUAL_INT(tov_day_quota_left(&quota, 1ull << 44, 1 + TOV_DAY_MS / 2), 1ull << 43);
}

/* ---- a node ---- */

static struct hostile *create(const char *name, uint64_t day_bytes)
{
    struct hostile *hostile = hostile_create(name, 3);
    hostile->wire->nodes[hostile->victim].day_bytes = day_bytes;
    hostile_meet(hostile);
    return hostile;
}

static struct tov_peer_view view_of(const struct hostile *hostile, uint16_t agency)
{
    struct tov_follow *follow = tov_node_follow(hostile_victim(hostile));
    struct tov_peer_view view = {0};
    for (size_t i = 0; i < tov_follow_peer_count(follow) && view.agency != agency; i++)
        tov_follow_peer_view(follow, i, &view);
    UNIT_NEED(view.agency == agency);
    return view;
}

static bool status_says(struct hostile *hostile, const char *words)
{
    char text[1024] = "";
    struct tov_record reply = hostile_ask(hostile, "status", 0);
    struct tov_record status;
    UNIT_NEED(tov_record_child(reply, "status", 0, &status));
    struct tov_bytes sentence = tov_record_bytes(status, "sentence_en");
    UNIT_NEED(sentence.size < sizeof text);
    if (sentence.size > 0)
        memcpy(text, sentence.data, sentence.size);
    tov_record_destroy(&reply);
    return words == NULL ? text[0] == '\0' : strstr(text, words) != NULL;
}

static void send_large(struct hostile *hostile, size_t from, uint64_t record)
{
    struct sim_order order = {.record = record, .text_bytes = TEXT_BYTES, .recipient_count = 1};
    struct tov_message_written written;
    order.recipients[0] = (struct tov_message_recipient){hostile->target->number, TOV_RIGHT_ALL};
    UNIT_NEED(sim_message_submit(&hostile->wire->nodes[from], &order, &written) == TOV_OK);
    sim_wire_run(hostile->wire);
}

static uint64_t links_of(struct hostile *hostile, uint16_t agency)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_mirror_position position;
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_mirror_position(read, agency, &position) == TOV_OK);
    return position.last_link;
}

/* An honest agency that sends a lot: all of it comes, a day later. */
static void what_is_above_a_day_waits_at_its_sender_and_comes(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = create("day-honest", DAY_BYTES);
    const uint16_t sender = 3;
    const struct sim_node *from = &hostile->wire->nodes[2];
    CU_ASSERT(status_says(hostile, NULL));
    for (uint64_t i = 0; i < MESSAGES; i++)
        send_large(hostile, 2, 1000 + i);
    uint64_t taken = links_of(hostile, sender);
    CU_ASSERT(taken >= DAY_BYTES / (2 * TEXT_BYTES) && taken < DAY_BYTES / TEXT_BYTES);
    CU_ASSERT(view_of(hostile, sender).day_is_full);
    UNIT_EQUAL_INT(view_of(hostile, sender).faults, 0);
    CU_ASSERT(sim_wire_logged(hostile->wire, "peer-day-full"));
    CU_ASSERT(status_says(hostile, "a3 has sent more than this node takes in a day"));
    /* No receipt speaks of what was not taken. */
    struct tov_peer_view there;
    tov_follow_peer_view(tov_node_follow(from->node), 0, &there);
    UNIT_EQUAL_INT(there.links_receipted, taken);

    sim_wire_pass(hostile->wire, TOV_DAY_MS);
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(links_of(hostile, sender), MESSAGES);
    tov_follow_peer_view(tov_node_follow(from->node), 0, &there);
    UNIT_EQUAL_INT(there.links_receipted, MESSAGES);
    UNIT_EQUAL_INT(view_of(hostile, sender).faults, 0);
    CU_ASSERT(!view_of(hostile, sender).day_is_full);
    CU_ASSERT(status_says(hostile, NULL));
    CU_ASSERT(hostile_victim_works(hostile));
}

/* One whose day is full slows nobody else. */
static void another_peer_is_served_while_ones_day_is_full(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = create("day-others", DAY_BYTES);
    for (uint64_t i = 0; i < MESSAGES; i++)
        send_large(hostile, 2, 1000 + i);
    CU_ASSERT(view_of(hostile, 3).day_is_full);
    struct hostile_message message;
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
    hostile_message_fini(&message);
    CU_ASSERT(!view_of(hostile, hostile->agency->number).day_is_full);
    CU_ASSERT(hostile_victim_works(hostile));
    /* Of two the operator is told that they are two. */
    struct tov_peer *peer =
        tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number);
    peer->day_quota.used = 2 * DAY_BYTES;
    peer->day_is_full = true;
    CU_ASSERT(status_says(hostile, "a2 and 1 other agency have sent more than this node takes"));
}

/* The first parcel is as large as the day, or one byte larger. */
static void a_day_is_full_behind_its_last_byte(void)
{
    for (size_t more = 0; more < 2; more++) {
        TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("day-limit", 3);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
        struct hostile_message message;
        hostile->wire->nodes[hostile->victim].day_bytes = DAY_BYTES;
        hostile_meet(hostile);
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        hostile_message_append(hostile, &message);
        hostile_make_parcel(hostile, &parcel);
        struct tov_peer *peer =
            tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number);
        uint64_t left =
            tov_day_quota_left(&peer->day_quota, DAY_BYTES, hostile_core(hostile)->mono_ms);
        peer->day_quota.used += left - parcel.size + more;
        hostile_say(hostile, tov_buf_view(&parcel));
        UNIT_EQUAL_INT(hostile_verdict(hostile, hostile->link).verdict,
                       more == 0 ? TOV_VERDICT_OPENED : 0);
        CU_ASSERT_EQUAL(peer->day_is_full, more == 1);
        UNIT_EQUAL_INT(peer->faults, 0);
        hostile_message_fini(&message);
    }
}

/* ---- attachments ---- */

/* A peer's attachments are not all that it sends: its messages are taken while they wait. */
static void a_message_is_taken_while_an_attachment_of_the_same_peer_waits(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = create("day-attachment", DAY_BYTES);
    struct sim_node *from = &hostile->wire->nodes[2];
    struct sim_order order = {.record = 1000,
                              .recipient_count = 1,
                              .attachment_count = 1,
                              .attachment_bytes = {3 * DAY_BYTES / 2}};
    struct tov_message_written written;
    struct tov_peer_view there;
    order.recipients[0] = (struct tov_message_recipient){hostile->target->number, TOV_RIGHT_ALL};
    UNIT_NEED(sim_message_submit(from, &order, &written) == TOV_OK);
    sim_wire_run(hostile->wire);
    sim_wire_pass(hostile->wire, 60000);
    CU_ASSERT(view_of(hostile, 3).day_is_full);
    CU_ASSERT(status_says(hostile, "a3 has sent more than this node takes in a day"));
    send_large(hostile, 2, 1001);
    UNIT_EQUAL_INT(links_of(hostile, 3), 2);
    tov_follow_peer_view(tov_node_follow(from->node), 0, &there);
    UNIT_EQUAL_INT(there.links_receipted, 2);

    struct tov_peer *peer = tov_follow_peer(tov_node_follow(hostile_victim(hostile)), 3);
    CU_ASSERT(peer->chunks_wait && !peer->day_is_full);
    CU_ASSERT(tov_day_quota_left(&peer->day_quota, DAY_BYTES, hostile_core(hostile)->mono_ms) >
              DAY_BYTES / 16);
    sim_wire_pass(hostile->wire, TOV_DAY_MS);
    sim_wire_run(hostile->wire);
    CU_ASSERT(!view_of(hostile, 3).day_is_full);
    UNIT_EQUAL_INT(view_of(hostile, 3).faults, 0);
    CU_ASSERT(hostile_victim_works(hostile));
}

/* Says the one chunk of a new message when a day has an eighth left, the chunk and one byte too
 * few of it; SIZE 0: with all of a day. Returns what it has used. */
static uint64_t say_chunk_at(struct hostile *hostile, size_t size, size_t too_few)
{
    struct hostile_message message;
    struct tov_peer *peer =
        tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number);
    hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
    hostile_message_attach(hostile, &message, 100);
    hostile_message_commit(hostile, &message);
    UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_PENDING);
    uint64_t left = tov_day_quota_left(&peer->day_quota, DAY_BYTES, hostile_core(hostile)->mono_ms);
    if (size > 0)
        peer->day_quota.used += left - DAY_BYTES / 8 - size + too_few;
    uint64_t before = peer->day_quota.used;
    hostile_say_chunk(hostile, &message);
    hostile_message_fini(&message);
    return peer->day_quota.used - before;
}

static void the_last_eighth_of_a_day_takes_no_chunk(void)
{
    for (size_t too_few = 0; too_few < 2; too_few++) {
        TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = create("day-eighth", DAY_BYTES);
        size_t size = (size_t)say_chunk_at(hostile, 0, 0);
        UNIT_NEED(size > 100);
        UNIT_EQUAL_INT(say_chunk_at(hostile, size, too_few), too_few == 0 ? size : 0);
        UNIT_EQUAL_INT(hostile_verdict(hostile, hostile->link).verdict,
                       too_few == 0 ? TOV_VERDICT_OPENED : TOV_VERDICT_PENDING);
        struct hostile_message message;
        hostile_message_make(hostile, TOV_RIGHT_ALL, &message);
        UNIT_EQUAL_INT(hostile_deliver(hostile, &message).verdict, TOV_VERDICT_OPENED);
        hostile_message_fini(&message);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_day_gives_its_bytes_and_gives_them_back_evenly),
        UNIT_TEST(a_small_day_comes_back_though_it_is_asked_for_often),
        UNIT_TEST(a_day_comes_back_whole_though_it_is_looked_at_each_millisecond),
        UNIT_TEST(the_largest_day_does_not_overflow),
        UNIT_TEST(what_is_above_a_day_waits_at_its_sender_and_comes),
        UNIT_TEST(another_peer_is_served_while_ones_day_is_full),
        UNIT_TEST(a_day_is_full_behind_its_last_byte),
        UNIT_TEST(a_message_is_taken_while_an_attachment_of_the_same_peer_waits),
        UNIT_TEST(the_last_eighth_of_a_day_takes_no_chunk),
    };
    return unit_run("follow_day_quota", tests, sizeof tests / sizeof tests[0]);
}
