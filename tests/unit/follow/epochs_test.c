/* SPDX-License-Identifier: EUPL-1.2
 *
 * The end of epoch keys: with their grace, by proof that a peer knows a newer one, and with
 * everything that opens what they opened; and never because a clock jumped.
 */
#include "follow/peer.h"
#include "ledger/epoch.h"
#include "support/sim_disk.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

TOV_DEFINE_CLEANUP(sim_wire, struct sim_wire, sim_wire_destroy)

#define DAY_MS 86400000u

static struct sim_wire *start(const char *name)
{
    struct sim_wire *wire = sim_wire_create(name, 2);
    sim_wire_start_all(wire);
    return wire;
}

static bool holds_epoch(const struct sim_wire *wire, size_t node, uint32_t epoch)
{
    return tov_epochs_secret(tov_node_core(wire->nodes[node].node)->epochs, epoch) != NULL;
}

static size_t count_contexts(const struct sim_wire *wire, size_t node, uint32_t epoch)
{
    const struct tov_stanza_cache *cache = tov_node_follow(wire->nodes[node].node)->stanza_cache;
    size_t count = 0;
    for (size_t i = 0; i < TOV_STANZA_CACHE_SLOTS; i++)
        count += cache->slots[i].used > 0 && cache->slots[i].epoch == epoch ? 1 : 0;
    return count;
}

static void pass_days(struct sim_wire *wire, unsigned days)
{
    for (unsigned i = 0; i < days; i++)
        sim_wire_pass(wire, DAY_MS);
}

static void a_key_ends_after_its_grace_with_the_contexts_made_of_it(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("grace");
    (void)sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(count_contexts(wire, 1, 1), 1);
    pass_days(wire, 20); /* 7 and 14 are not over */
    CU_ASSERT(holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
    UNIT_EQUAL_INT(count_contexts(wire, 1, 1), 1);
    pass_days(wire, 3);
    CU_ASSERT(!holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
    UNIT_EQUAL_INT(count_contexts(wire, 1, 1), 0);
    (void)sim_wire_send(wire, 0, 2);
    sim_wire_run(wire);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 2);
}

/* Its end is a file that is written. */
static void a_key_that_would_end_while_no_file_can_be_written_ends_afterwards(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("no-file");
    struct sim_node *node = &wire->nodes[1];
    pass_days(wire, 20);
    sim_disk_fill(node->disk, true);
    pass_days(wire, 2);
    UNIT_EQUAL_INT(tov_node_failed(node->node, NULL), TOV_OK);
    CU_ASSERT(holds_epoch(wire, 1, 1));
    sim_disk_fill(node->disk, false);
    pass_days(wire, 2);
    CU_ASSERT(!holds_epoch(wire, 1, 1));
    sim_wire_crash(wire, 1);
    sim_wire_start(wire, 1);
    CU_ASSERT(!holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
}

static bool lose_all(void *context, struct sim_frame *frame)
{
    (void)context;
    (void)frame;
    return false;
}

static void a_clock_that_jumped_ends_no_key(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("jump");
    pass_days(wire, 8);
    UNIT_NEED(holds_epoch(wire, 1, 1) && holds_epoch(wire, 1, 2));
    wire->filter = NULL;
    (void)sim_wire_send(wire, 1, 3);
    sim_node_settle(&wire->nodes[1]);
    wire->filter = lose_all;
    sim_wire_run(wire); /* the message is lost, and comes again below */
    wire->filter = NULL;
    sim_wire_disconnect(wire, 0, 1);
    struct sim_node *node = &wire->nodes[1];
    sim_node_time(node, node->now_ms + 100ull * DAY_MS, node->mono_ms);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(node->node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 1); /* a proof came, by a clock that is wrong */
    CU_ASSERT(holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
}

/* Of two peers one lies far ahead, and agrees with a clock that jumped: the other one is asked. */
static void a_peer_that_lies_ends_no_key_either(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = sim_wire_create("liar", 3);
    sim_wire_start_all(wire);
    pass_days(wire, 8);
    UNIT_NEED(holds_epoch(wire, 1, 1) && holds_epoch(wire, 1, 2));
    (void)sim_wire_send(wire, 1, 3);
    wire->filter = lose_all;
    sim_wire_run(wire);
    wire->filter = NULL;
    for (size_t other = 0; other < 3; other += 2)
        sim_wire_disconnect(wire, 1, other);
    for (size_t i = 1; i < 3; i++)
        sim_node_time(&wire->nodes[i], wire->nodes[i].now_ms + 100ull * DAY_MS,
                      wire->nodes[i].mono_ms);
    sim_wire_connect(wire, 1, 2);
    sim_wire_connect(wire, 1, 0);
    sim_wire_run(wire);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(wire->nodes[1].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 1);
    CU_ASSERT(holds_epoch(wire, 1, 1));
    CU_ASSERT(holds_epoch(wire, 1, 2));
}

/* ---- what was sealed to a key that is gone ---- */

/* Keeps back what the first node sends the second. */
struct held_back {
    bool parcels;
    struct tov_buf parcel; /* the newest */
};

static bool hold_back(void *context, struct sim_frame *frame)
{
    struct held_back *held = context;
    if (!held->parcels || frame->from != 0 || frame->to != 1 ||
        sim_frame_kind(frame) != TOV_FRAME_PARCEL)
        return true;
    tov_buf_clear(&held->parcel);
    tov_buf_put_bytes(&held->parcel, tov_buf_view(&frame->bytes));
    return false;
}

/* What the second node said of message LINK of the first. */
static enum tov_verdict said(const struct sim_wire *wire, uint64_t link)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct sim_node *node = &wire->nodes[0];
    struct tov_delivery delivery;
    struct tov_link_block block = {.series = tov_node_core(node->node)->series, .number = link};
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &block, &delivery) == TOV_OK);
    return delivery.verdict.verdict;
}

/* A parcel comes when the key that its stanza is for was destroyed: the third agency has kept the
 * newer keys in the meantime. The second asks, the first seals the same keys again. */
static void a_message_for_a_key_that_is_gone_is_sealed_again_and_opened(void)
{
    struct held_back held = {.parcels = true, .parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES)};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf late = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = sim_wire_create("expired", 3);
    sim_wire_start_all(wire);
    wire->filter = hold_back;
    wire->filter_context = &held;
    (void)sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    tov_buf_put_bytes(&late, tov_buf_view(&held.parcel));
    UNIT_NEED(late.size > 0);
    sim_wire_disconnect(wire, 0, 1);
    pass_days(wire, 25);
    UNIT_NEED(!holds_epoch(wire, 1, 1));
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    sim_wire_inject(wire, 0, 1, tov_buf_view(&late));
    sim_wire_run(wire);
    UNIT_EQUAL_INT(said(wire, 1), TOV_VERDICT_NO_KEY);
    held.parcels = false;
    sim_wire_pass(wire, 20000);
    UNIT_EQUAL_INT(said(wire, 1), TOV_VERDICT_OPENED);
    tov_buf_fini(&held.parcel);
}

/* Longer than any key lives, both ways, while the others go on. */
static void after_a_month_apart_all_is_delivered_and_opened(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = sim_wire_create("month", 3);
    struct tov_peer_view view;
    sim_wire_start_all(wire);
    sim_wire_disconnect(wire, 0, 1);
    sim_wire_disconnect(wire, 0, 2);
    for (uint64_t day = 0; day < 31; day++) {
        (void)sim_wire_send(wire, 0, day);
        (void)sim_wire_send(wire, 1, 100 + day);
        pass_days(wire, 1);
    }
    UNIT_NEED(!holds_epoch(wire, 1, 1) && holds_epoch(wire, 0, 1)); /* nobody could be told */
    sim_wire_connect(wire, 0, 1);
    sim_wire_connect(wire, 0, 2);
    sim_wire_run(wire);
    sim_wire_pass(wire, 30000);
    for (uint64_t link = 1; link <= 31; link++)
        UNIT_EQUAL_INT(said(wire, link), TOV_VERDICT_OPENED);
    tov_follow_peer_view(tov_node_follow(wire->nodes[1].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 31);
    pass_days(wire, 2);
    CU_ASSERT(!holds_epoch(wire, 0, 1));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_key_ends_after_its_grace_with_the_contexts_made_of_it),
        UNIT_TEST(a_key_that_would_end_while_no_file_can_be_written_ends_afterwards),
        UNIT_TEST(a_clock_that_jumped_ends_no_key),
        UNIT_TEST(a_peer_that_lies_ends_no_key_either),
        UNIT_TEST(a_message_for_a_key_that_is_gone_is_sealed_again_and_opened),
        UNIT_TEST(after_a_month_apart_all_is_delivered_and_opened),
    };
    return unit_run("follow_epochs", tests, sizeof tests / sizeof tests[0]);
}
