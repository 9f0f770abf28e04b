/* SPDX-License-Identifier: EUPL-1.2
 *
 * What one peer may cause (I11): at each limit, and one more; and that others are served meanwhile.
 */
#include "hostile_peer.h"

#include "base/limits.h"
#include "follow/quota.h"

static void a_quota_gives_so_much_at_once_and_then_so_much_a_second(void)
{
    struct tov_quota quota = {0};
    const struct tov_quota_rate rate = {10, 2};
    CU_ASSERT(!tov_quota_take(&quota, &rate, 11, 5));
    CU_ASSERT(tov_quota_take(&quota, &rate, 10, 5));
    CU_ASSERT(!tov_quota_take(&quota, &rate, 1, 504));
    CU_ASSERT(tov_quota_take(&quota, &rate, 1, 505));
    CU_ASSERT(!tov_quota_take(&quota, &rate, 1, 505));
    CU_ASSERT(!tov_quota_take(&quota, &rate, 1, 100)); /* a clock that goes back gives nothing */
    CU_ASSERT(tov_quota_take(&quota, &rate, 10, UINT64_MAX));
    CU_ASSERT(!tov_quota_take(&quota, &rate, 1, UINT64_MAX));
}

static uint64_t faults(const struct hostile *hostile)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(hostile_victim(hostile)), 0, &view);
    return view.faults;
}

/* How often SAY is taken before it is a fault. */
static size_t count_taken(struct hostile *hostile, void (*say)(struct hostile *hostile),
                          size_t at_most)
{
    size_t taken = 0;
    uint64_t before = faults(hostile);
    while (taken < at_most) {
        say(hostile);
        if (faults(hostile) > before)
            break;
        taken++;
    }
    return taken;
}

static void need_quota(const char *name, void (*say)(struct hostile *hostile),
                       const struct tov_quota_rate *rate)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create(name, 3);
    hostile_meet(hostile);
    sim_wire_pass(hostile->wire, 1000ull * rate->at_once); /* what the meeting took is free again */
    UNIT_EQUAL_INT(count_taken(hostile, say, 2 * rate->at_once), rate->at_once);
    sim_wire_pass(hostile->wire, 2000);
    UNIT_EQUAL_INT(count_taken(hostile, say, rate->at_once), 2 * rate->per_second);
    CU_ASSERT(hostile_victim_works(hostile));
    /* The honest one was served: by what the victim just wrote, and by what it says itself. */
    uint64_t shown = hostile_count_shown(hostile);
    (void)sim_wire_send(hostile->wire, 2, 77);
    sim_wire_run(hostile->wire);
    UNIT_EQUAL_INT(hostile_count_shown(hostile), shown + 1);
}

static void say_hello(struct hostile *hostile)
{
    hostile_hello(hostile, NULL);
}

static void say_refetch(struct hostile *hostile)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_position position = {
        .generation = hostile->target->generation, .window_bytes = 1, .refetch = true};
    UNIT_NEED(tov_frame_encode_position(&position, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

static void say_chunk_request(struct hostile *hostile)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_CHUNK_REQUEST;
    control->as.chunk_request.ref = (struct tov_ref){hostile->target->number, 1, 1, {{0}}};
    control->as.chunk_request.part = 2;
    control->as.chunk_request.count = 16;
    hostile_say_control(hostile, control);
}

static void say_old_parcel(struct hostile *hostile)
{
    hostile_say(hostile, tov_buf_view(&hostile->last_parcel));
}

static void say_roster_offer(struct hostile *hostile)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_roster_offer offer = {.version = 9};
    UNIT_NEED(tov_frame_encode_roster_offer(&offer, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

static const struct tov_quota_rate hellos = {TOV_PEER_HELLOS_MAX, TOV_PEER_HELLOS_PER_SECOND};
static const struct tov_quota_rate asks = {TOV_PEER_ASKS_MAX, TOV_PEER_ASKS_PER_SECOND};
static const struct tov_quota_rate idle = {TOV_PEER_IDLE_MAX, TOV_PEER_IDLE_PER_SECOND};

static void a_peer_says_hello_so_often_and_not_oftener(void)
{
    need_quota("hellos", say_hello, &hellos);
}

static void a_peer_asks_to_go_on_elsewhere_so_often(void)
{
    need_quota("refetch", say_refetch, &hellos);
}

static void a_peer_asks_for_work_so_often(void)
{
    need_quota("asks", say_chunk_request, &asks);
}

static void a_peer_repeats_itself_so_often(void)
{
    need_quota("repeats", say_old_parcel, &idle);
}

static void a_peer_says_what_is_ignored_so_often(void)
{
    need_quota("ignored", say_roster_offer, &idle);
}

/* Each of them costs a verification. */
static void cosignatures_are_counted_one_by_one(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("cosignatures", 2);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_cosignature list[TOV_PEER_ASKS_MAX + 1] = {{0}};
    hostile_meet(hostile);
    sim_wire_pass(hostile->wire, 60000);
    for (size_t i = 0; i <= TOV_PEER_ASKS_MAX; i++)
        list[i] =
            (struct tov_frame_cosignature){.agency = hostile->agency->number, .size = 1000000 + i};
    UNIT_NEED(tov_frame_encode_cosignatures(list, TOV_PEER_ASKS_MAX + 1, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
    UNIT_EQUAL_INT(faults(hostile), 1);
    tov_buf_clear(&frame);
    UNIT_NEED(tov_frame_encode_cosignatures(list, TOV_PEER_ASKS_MAX, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
    UNIT_EQUAL_INT(faults(hostile), 1);
}

/* Each hash is a look-up: 4,096 of them count as 16 requests more. */
static void requests_for_hashes_are_counted_by_their_hashes(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("hashes", 2);
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    hostile_meet(hostile);
    sim_wire_pass(hostile->wire, 60000);
    control->kind = TOV_CONTROL_HASH_REQUEST;
    control->as.hash_request.to = UINT64_MAX;
    for (unsigned i = 0; i < TOV_PEER_ASKS_MAX / 17; i++)
        hostile_say_control(hostile, control);
    UNIT_EQUAL_INT(faults(hostile), 0);
    hostile_say_control(hostile, control);
    UNIT_EQUAL_INT(faults(hostile), 1);
}

static uint32_t last_pause_ms;

static void note_pause(void *context, size_t index, uint16_t peer, uint32_t ms)
{
    (void)context;
    (void)index;
    (void)peer;
    last_pause_ms = ms;
}

static uint32_t pause_for_a_fault(struct hostile *hostile)
{
    static const uint8_t junk[3] = {1, 2, 3};
    hostile_say(hostile, TOV_BYTES_OF(junk));
    return last_pause_ms;
}

static void faults_are_forgiven_with_time(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("forgiven", 2);
    hostile_meet(hostile);
    hostile->wire->nodes[0].hooks.drop = note_pause;
    UNIT_EQUAL_INT(pause_for_a_fault(hostile), 2000);
    UNIT_EQUAL_INT(pause_for_a_fault(hostile), 4000);
    UNIT_EQUAL_INT(pause_for_a_fault(hostile), 8000);
    for (int i = 0; i < 10; i++)
        UNIT_NEED(pause_for_a_fault(hostile) <= 60000);
    UNIT_EQUAL_INT(pause_for_a_fault(hostile), 60000);
    sim_wire_pass(hostile->wire, 3 * 600000);
    UNIT_EQUAL_INT(pause_for_a_fault(hostile), 8000);
    sim_wire_pass(hostile->wire, 24 * 3600000);
    UNIT_EQUAL_INT(pause_for_a_fault(hostile), 2000);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_quota_gives_so_much_at_once_and_then_so_much_a_second),
        UNIT_TEST(a_peer_says_hello_so_often_and_not_oftener),
        UNIT_TEST(a_peer_asks_to_go_on_elsewhere_so_often),
        UNIT_TEST(a_peer_asks_for_work_so_often),
        UNIT_TEST(a_peer_repeats_itself_so_often),
        UNIT_TEST(a_peer_says_what_is_ignored_so_often),
        UNIT_TEST(cosignatures_are_counted_one_by_one),
        UNIT_TEST(requests_for_hashes_are_counted_by_their_hashes),
        UNIT_TEST(faults_are_forgiven_with_time),
    };
    return unit_run("follow_quota", tests, sizeof tests / sizeof tests[0]);
}
