/* SPDX-License-Identifier: EUPL-1.2
 *
 * The last chunk of a large attachment: it is looked at as a whole, so much from tick to tick
 * (I11), and what is between two ticks when a node stops, or when the message is erased, is not
 * lost and ends nothing. Not for: how chunks travel (requests_test.c).
 */
#include "hostile_peer.h"

#include "follow/transfers.h"

#define CHUNKS_A_TICK (TOV_PULL_CHECK_BYTES / TOV_PULL_CHUNK_BYTES)

/* Two nodes, of which the first sends the second one attachment of so many chunks at least. */
static struct sim_wire *begin(const char *name, size_t chunks)
{
    struct sim_wire *wire = sim_wire_create(name, 2);
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .attachment_count = 1,
                              .attachment_bytes = {chunks * TOV_PULL_CHUNK_BYTES}};
    struct tov_message_written written;
    sim_wire_start_all(wire);
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(wire);
    return wire;
}

static struct tov_peer *sender(struct sim_wire *wire)
{
    return tov_follow_peer(tov_node_follow(wire->nodes[1].node), 1);
}

static const struct tov_transfer *transfer_of(struct sim_wire *wire)
{
    return &sender(wire)->transfers[0];
}

static struct tov_transfer_view view_of_part(struct sim_wire *wire, uint8_t part)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_transfer_view view = {0};
    UNIT_NEED(tov_store_read_begin(wire->nodes[1].store, &read, NULL) == TOV_OK);
    for (uint64_t index = 0; index < 20; index++) {
        struct tov_message_name name = {1, 1, index};
        if (tov_follow_transfer(tov_node_follow(wire->nodes[1].node), read, &name, part, &view) ==
            TOV_OK)
            return view;
    }
    return view;
}

/* How the attachment stands at the second node. */
static struct tov_transfer_view view_of(struct sim_wire *wire)
{
    return view_of_part(wire, 2);
}

static void what_fits_before_a_tick_is_here_at_once(void)
{
    struct sim_wire *wire = begin("check-small", CHUNKS_A_TICK / 2);
    CU_ASSERT(view_of(wire).complete);
    sim_wire_destroy(wire);
}

static void a_larger_one_is_looked_at_from_tick_to_tick(void)
{
    struct sim_wire *wire = begin("check-large", 2 * CHUNKS_A_TICK + 1);
    uint32_t total = transfer_of(wire)->total;
    UNIT_EQUAL_INT(transfer_of(wire)->state, TOV_TRANSFER_CHECKING);
    CU_ASSERT_FALSE(view_of(wire).complete);
    unsigned ticks = 0;
    for (; !view_of(wire).complete && ticks < 10; ticks++)
        sim_wire_pass(wire, 1000);
    UNIT_EQUAL_INT(ticks, (total - 1) / CHUNKS_A_TICK);
    CU_ASSERT_FALSE(view_of(wire).failed);
    sim_wire_destroy(wire);
}

static void a_start_in_between_looks_at_it_anew(void)
{
    struct sim_wire *wire = begin("check-start", CHUNKS_A_TICK + 1);
    UNIT_EQUAL_INT(transfer_of(wire)->state, TOV_TRANSFER_CHECKING);
    sim_wire_crash(wire, 1);
    sim_wire_start(wire, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    sim_wire_pass(wire, 15000);
    CU_ASSERT(view_of(wire).complete);
    CU_ASSERT_FALSE(view_of(wire).failed);
    sim_wire_destroy(wire);
}

static void what_is_here_is_looked_at_without_its_sender(void)
{
    struct sim_wire *wire = begin("check-away", 2 * CHUNKS_A_TICK + 1);
    UNIT_EQUAL_INT(transfer_of(wire)->state, TOV_TRANSFER_CHECKING);
    sim_wire_disconnect(wire, 0, 1);
    for (unsigned i = 0; i < 5; i++)
        sim_wire_pass(wire, 1000);
    CU_ASSERT(view_of(wire).complete);
    UNIT_EQUAL_INT(transfer_of(wire)->state, TOV_TRANSFER_NONE);
    sim_wire_destroy(wire);
}

/* Attachments of which something is missing, which stand before it, leave it a slot. */
static void what_is_here_is_looked_at_after_a_start_without_its_sender(void)
{
    struct sim_wire *wire = sim_wire_create("check-away-start", 3);
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .attachment_count = TOV_TRANSFERS_ACTIVE_MAX + 1};
    struct tov_message_written written;
    struct tov_transfer_row missing = {1, TOV_TRANSFER_ROW_UNDER_WAY, 0};
    uint8_t last = 2 + TOV_TRANSFERS_ACTIVE_MAX;
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++)
        order.attachment_bytes[i] = 1000;
    order.attachment_bytes[TOV_TRANSFERS_ACTIVE_MAX] = (CHUNKS_A_TICK + 1) * TOV_PULL_CHUNK_BYTES;
    sim_wire_start_all(wire);
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(transfer_of(wire)->state, TOV_TRANSFER_CHECKING);
    UNIT_EQUAL_INT(transfer_of(wire)->part, last);
    struct tov_message_name name = {1, 1, written.place.index};
    for (uint8_t part = 2; part < last; part++)
        tov_transfer_put_row(tov_node_core(wire->nodes[1].node), &name, part, &missing);
    sim_wire_run(wire);
    sim_wire_crash(wire, 1);
    sim_wire_start(wire, 1);
    sim_wire_connect(wire, 1, 2);
    sim_wire_run(wire);
    for (unsigned i = 0; i < 90 && !view_of_part(wire, last).complete; i++)
        sim_wire_pass(wire, 1000);
    CU_ASSERT_FALSE(sender(wire)->has_session);
    CU_ASSERT(view_of_part(wire, last).complete);
    sim_wire_destroy(wire);
}

/* What the disk has changed is found out over two readings, and fetched once more. */
static void what_the_disk_changed_is_fetched_again(void)
{
    struct sim_wire *wire = begin("check-damage", CHUNKS_A_TICK + 1);
    UNIT_EQUAL_INT(transfer_of(wire)->state, TOV_TRANSFER_CHECKING);
    uint64_t last_bit = transfer_of(wire)->claim.sealed_size * 8 - 1;
    UNIT_NEED(sim_disk_flip(wire->nodes[1].disk, "peer-", last_bit));
    sim_wire_pass(wire, 30000);
    CU_ASSERT(sim_wire_logged(wire, "attachment-damaged"));
    CU_ASSERT(view_of(wire).complete);
    CU_ASSERT_FALSE(view_of(wire).failed);
    sim_wire_destroy(wire);
}

static void forget_keys(struct sim_wire *wire)
{
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    struct tov_store_key none = {0};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete_range(batch, TOV_TABLE_MDATAKEY, none, none);
    UNIT_NEED(tov_store_commit(wire->nodes[1].store, batch, NULL) == TOV_OK);
}

static void a_message_that_is_erased_meanwhile_ends_the_transfer_alone(void)
{
    struct sim_wire *wire = begin("check-erased", CHUNKS_A_TICK + 1);
    UNIT_EQUAL_INT(transfer_of(wire)->state, TOV_TRANSFER_CHECKING);
    forget_keys(wire);
    sim_wire_pass(wire, 3000);
    CU_ASSERT(view_of(wire).failed);
    UNIT_EQUAL_INT(tov_node_core(wire->nodes[1].node)->failed, TOV_OK);
    CU_ASSERT_FALSE(sim_wire_logged(wire, "peer-fault"));
    sim_wire_destroy(wire);
}

/* ---- which rows are walked ---- */

static struct tov_verdict_value send_chunk(struct hostile *hostile,
                                           const struct hostile_message *message)
{
    hostile_say_chunk(hostile, message);
    return hostile_verdict(hostile, message->link.number);
}

/* Those of transfers that have ended are not looked at again; one that begins before them, by a
 * stanza that comes late, is. */
static void transfers_that_ended_are_walked_no_more(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("pull-from", 2);
    struct hostile_message messages[6];
    hostile_meet(hostile);
    struct tov_peer *peer =
        tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number);
    for (size_t i = 0; i < 6; i++) {
        hostile_message_make(hostile, TOV_RIGHT_ALL, &messages[i]);
        hostile_message_attach(hostile, &messages[i], 1000);
        messages[i].has_stanza = i != 0;
        UNIT_EQUAL_INT(hostile_deliver(hostile, &messages[i]).verdict,
                       i == 0 ? TOV_VERDICT_NO_KEY : TOV_VERDICT_PENDING);
    }
    for (size_t i = 1; i < 5; i++)
        UNIT_EQUAL_INT(send_chunk(hostile, &messages[i]).verdict, TOV_VERDICT_OPENED);
    sim_wire_pass(hostile->wire, 2000);
    peer->may_pull = true;
    sim_wire_pass(hostile->wire, 2000);
    UNIT_EQUAL_INT(peer->pull_from, messages[5].ref.index);
    hostile_message_seal(hostile, &messages[0]);
    hostile_say_late_stanza(hostile, &messages[0], &messages[0].ref);
    UNIT_EQUAL_INT(hostile_verdict(hostile, 1).verdict, TOV_VERDICT_PENDING);
    UNIT_EQUAL_INT(peer->pull_from, messages[0].ref.index);
    UNIT_EQUAL_INT(send_chunk(hostile, &messages[0]).verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(send_chunk(hostile, &messages[5]).verdict, TOV_VERDICT_OPENED);
    for (size_t i = 0; i < 6; i++)
        hostile_message_fini(&messages[i]);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_fits_before_a_tick_is_here_at_once),
        UNIT_TEST(a_larger_one_is_looked_at_from_tick_to_tick),
        UNIT_TEST(a_start_in_between_looks_at_it_anew),
        UNIT_TEST(what_is_here_is_looked_at_without_its_sender),
        UNIT_TEST(what_is_here_is_looked_at_after_a_start_without_its_sender),
        UNIT_TEST(what_the_disk_changed_is_fetched_again),
        UNIT_TEST(transfers_that_ended_are_walked_no_more),
        UNIT_TEST(a_message_that_is_erased_meanwhile_ends_the_transfer_alone),
    };
    return unit_run("follow_pull_check", tests, sizeof tests / sizeof tests[0]);
}
