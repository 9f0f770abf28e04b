/* SPDX-License-Identifier: EUPL-1.2
 *
 * A gateway that is taken over, or a wire that nobody checks, between two honest cores: it may
 * change, drop and repeat what it carries. It makes things wait; it makes no message unreadable,
 * no agency a forker, and no receipt say what is not so.
 */
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdio.h>
#include <string.h>

enum { SENDER, RECEIVER };

/* The gateway of the sender. */
struct gateway {
    struct sim_wire *wire;
    bool keeps_parcels; /* and hands on nothing of them */
    struct tov_buf parcel;
    uint64_t random;
    unsigned changes_percent; /* of frames, both ways; what is changed does not come unchanged */
    size_t changed[TOV_FRAME_COSIGNATURES + 1];
};

static void gateway_fini(struct gateway *gateway)
{
    tov_buf_fini(&gateway->parcel);
    sim_wire_destroy(gateway->wire);
}

static enum tov_frame_kind kind_of(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    UNIT_NEED(tov_frame_decode(bytes, &frame) == TOV_OK);
    return tov_frame_kind(frame);
}

static bool can_be_read(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *frame = NULL;
    return tov_frame_decode(bytes, &frame) == TOV_OK;
}

/* One byte is another, so that the frame can still be read. */
static bool change_one(struct gateway *gateway, struct tov_buf *frame)
{
    for (unsigned i = 0; i < 32; i++) {
        uint8_t *at = &frame->data[unit_random(&gateway->random) % frame->size];
        uint8_t bits = (uint8_t)(1 + unit_random(&gateway->random) % 255);
        *at ^= bits;
        if (can_be_read(tov_buf_view(frame)))
            return true;
        *at ^= bits;
    }
    return false;
}

static bool carry(void *context, struct sim_frame *frame)
{
    struct gateway *gateway = context;
    enum tov_frame_kind kind = kind_of(tov_buf_view(&frame->bytes));
    if (gateway->keeps_parcels && kind == TOV_FRAME_PARCEL && frame->from == SENDER) {
        tov_buf_clear(&gateway->parcel);
        tov_buf_put_bytes(&gateway->parcel, tov_buf_view(&frame->bytes));
        return false;
    }
    if (unit_random(&gateway->random) % 100 < gateway->changes_percent &&
        change_one(gateway, &frame->bytes))
        gateway->changed[kind]++;
    return true;
}

static void take_over(struct gateway *gateway, const char *name)
{
    *gateway = (struct gateway){
        .wire = sim_wire_create(name, 2), .parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES), .random = 1};
    sim_wire_start_all(gateway->wire);
    gateway->wire->filter = carry;
    gateway->wire->filter_context = gateway;
}

/* What the sender knows of its message. */
static struct tov_verdict_value delivered(const struct gateway *gateway,
                                          const struct tov_message_written *written)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct sim_node *node = &gateway->wire->nodes[SENDER];
    struct tov_delivery delivery;
    struct tov_link_block link = {.series = tov_node_core(node->node)->series,
                                  .number = written->links[0].number};
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, RECEIVER + 1, &link, &delivery) == TOV_OK);
    return delivery.verdict;
}

static struct tov_peer_view sender_seen_by_receiver(const struct gateway *gateway)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(gateway->wire->nodes[RECEIVER].node), 0, &view);
    return view;
}

static void need_peace(const struct gateway *gateway)
{
    CU_ASSERT(!sim_wire_logged(gateway->wire, "suspected-fork"));
    for (size_t i = 0; i < 2; i++) {
        struct tov_peer_view view;
        const struct sim_node *node = &gateway->wire->nodes[i];
        UNIT_NEED(tov_node_failed(node->node, NULL) == TOV_OK);
        tov_follow_peer_view(tov_node_follow(node->node), 0, &view);
        CU_ASSERT(!view.is_suspended);
    }
}

/* As with the next connection, by a gateway that is honest. */
static void mend(struct gateway *gateway)
{
    gateway->keeps_parcels = false;
    gateway->changes_percent = 0;
    sim_wire_disconnect(gateway->wire, SENDER, RECEIVER);
    sim_wire_connect(gateway->wire, SENDER, RECEIVER);
    sim_wire_run(gateway->wire);
    sim_wire_pass(gateway->wire, 20000);
}

/* Every byte of a parcel in turn, stanza, link block and parts among them. */
static void no_byte_of_a_parcel_can_be_changed_on_its_way(void)
{
    TOV_CLEANUP(gateway_fini) struct gateway gateway;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    size_t readable = 0;
    take_over(&gateway, "every-byte");
    gateway.keeps_parcels = true;
    struct tov_message_written written = sim_wire_send(gateway.wire, SENDER, 1);
    sim_wire_run(gateway.wire);
    uint64_t held = sender_seen_by_receiver(&gateway).held;
    for (size_t i = 0; i < gateway.parcel.size; i++) {
        tov_buf_clear(&changed);
        tov_buf_put_bytes(&changed, tov_buf_view(&gateway.parcel));
        changed.data[i] ^= 1;
        readable += can_be_read(tov_buf_view(&changed)) ? 1 : 0;
        sim_wire_inject(gateway.wire, SENDER, RECEIVER, tov_buf_view(&changed));
    }
    CU_ASSERT(readable > gateway.parcel.size / 2);
    UNIT_EQUAL_INT(sender_seen_by_receiver(&gateway).held, held);
    sim_wire_run(gateway.wire);
    UNIT_EQUAL_INT(delivered(&gateway, &written).verdict, 0);
    need_peace(&gateway);
    mend(&gateway);
    UNIT_EQUAL_INT(delivered(&gateway, &written).verdict, TOV_VERDICT_OPENED);
}

/* A parcel that the sender signed for another agency, or in another federation, is nothing here. */
static void a_parcel_for_another_agency_is_nothing_here(void)
{
    TOV_CLEANUP(gateway_fini) struct gateway gateway;
    uint8_t secret[64];
    take_over(&gateway, "another-agency");
    gateway.keeps_parcels = true;
    struct tov_message_written written = sim_wire_send(gateway.wire, SENDER, 1);
    sim_wire_run(gateway.wire);
    sim_secret_of(&gateway.wire->federation->agencies[SENDER].control, secret);
    sim_sign_parcel(secret, SENDER + 1, RECEIVER + 2, &gateway.parcel);
    sim_wire_inject(gateway.wire, SENDER, RECEIVER, tov_buf_view(&gateway.parcel));
    UNIT_EQUAL_INT(sender_seen_by_receiver(&gateway).faults, 1);
    sim_secret_of(&gateway.wire->federation->agencies[RECEIVER].control, secret);
    sim_sign_parcel(secret, SENDER + 1, RECEIVER + 1, &gateway.parcel);
    sim_wire_inject(gateway.wire, SENDER, RECEIVER, tov_buf_view(&gateway.parcel));
    UNIT_EQUAL_INT(sender_seen_by_receiver(&gateway).faults, 2);
    mend(&gateway);
    UNIT_EQUAL_INT(delivered(&gateway, &written).verdict, TOV_VERDICT_OPENED);
}

static struct tov_message_written send_with_attachment(struct gateway *gateway, uint64_t record)
{
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{RECEIVER + 1, TOV_RIGHT_ALL}},
                              .text_bytes = 80,
                              .attachment_count = 1,
                              .attachment_bytes = {200000}};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&gateway->wire->nodes[SENDER], &order, &written) == TOV_OK);
    return written;
}

/* Frames of every kind, a third of them changed, and each change can be read: what was written is
 * opened in the end, attachments too. */
static void whatever_is_changed_on_the_way_all_is_opened_in_the_end(void)
{
    enum { ROUNDS = 60 };
    TOV_CLEANUP(gateway_fini) struct gateway gateway;
    struct tov_message_written written[ROUNDS];
    take_over(&gateway, "all-kinds");
    for (size_t i = 0; i < ROUNDS; i++) {
        gateway.changes_percent = 35;
        written[i] =
            i % 4 == 0 ? send_with_attachment(&gateway, i) : sim_wire_send(gateway.wire, SENDER, i);
        sim_wire_run(gateway.wire);
        sim_wire_pass(gateway.wire, 12000);
        if (i % 3 == 2) {
            sim_wire_disconnect(gateway.wire, SENDER, RECEIVER);
            sim_wire_connect(gateway.wire, SENDER, RECEIVER);
        }
    }
    mend(&gateway);
    sim_wire_pass(gateway.wire, 20000);
    need_peace(&gateway);
    for (size_t i = 0; i < ROUNDS; i++)
        UNIT_EQUAL_INT(delivered(&gateway, &written[i]).verdict, TOV_VERDICT_OPENED);
    CU_ASSERT(gateway.changed[TOV_FRAME_HELLO] > 0);
    CU_ASSERT(gateway.changed[TOV_FRAME_PARCEL] > 0);
    CU_ASSERT(gateway.changed[TOV_FRAME_POSITION] > 0);
    CU_ASSERT(gateway.changed[TOV_FRAME_CONTROL] > 0);
    CU_ASSERT(gateway.changed[TOV_FRAME_CHUNK] > 0);
}

/* Words that nobody signs: what they say may be forged, and deletes nothing (I1). */
static void say_position(const struct gateway *gateway, uint64_t size, bool refetch)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_position position = {
        .generation = 1, .size = size, .window_bytes = 1u << 20, .refetch = refetch};
    UNIT_NEED(tov_frame_encode_position(&position, &frame) == TOV_OK);
    sim_wire_inject(gateway->wire, RECEIVER, SENDER, tov_buf_view(&frame));
}

static void a_forged_position_makes_nothing_held_that_is_not(void)
{
    TOV_CLEANUP(gateway_fini) struct gateway gateway;
    take_over(&gateway, "forged-position");
    gateway.keeps_parcels = true;
    struct tov_message_written written = sim_wire_send(gateway.wire, SENDER, 1);
    sim_wire_run(gateway.wire);
    struct sim_node *sender = &gateway.wire->nodes[SENDER];
    say_position(&gateway, tov_ledger_signed(tov_node_core(sender->node)->ledger), false);
    UNIT_EQUAL_INT(delivered(&gateway, &written).verdict, 0);
    mend(&gateway);
    UNIT_EQUAL_INT(delivered(&gateway, &written).verdict, TOV_VERDICT_OPENED);
    for (unsigned i = 0; i < 3; i++) { /* nor is anything applied twice */
        say_position(&gateway, 0, true);
        sim_wire_run(gateway.wire);
    }
    UNIT_EQUAL_INT(delivered(&gateway, &written).verdict, TOV_VERDICT_OPENED);
    need_peace(&gateway);
}

/* ---- connections that there are not ---- */

static bool count_hellos(void *context, struct sim_frame *frame)
{
    size_t *hellos = context;
    if (frame->from == SENDER && kind_of(tov_buf_view(&frame->bytes)) == TOV_FRAME_HELLO)
        *hellos += 1;
    return true;
}

/* I11: a Hello costs reading and a frame each. */
static void who_says_up_without_end_is_not_followed(void)
{
    struct gateway gateway;
    size_t hellos = 0;
    take_over(&gateway, "gateway-ups");
    gateway.wire->filter = count_hellos;
    gateway.wire->filter_context = &hellos;
    for (unsigned i = 0; i < 5000; i++) {
        if (i % 2 == 1)
            tov_node_on_peer_down(gateway.wire->nodes[SENDER].node, RECEIVER + 1);
        tov_node_on_peer_up(gateway.wire->nodes[SENDER].node, RECEIVER + 1);
        sim_wire_run(gateway.wire);
    }
    CU_ASSERT(hellos >= 10 && hellos <= 32);
    sim_wire_pass(gateway.wire, 10000); /* and when it is over, all goes on by itself */
    struct tov_message_written written = sim_wire_send(gateway.wire, SENDER, 1);
    sim_wire_run(gateway.wire);
    UNIT_EQUAL_INT(delivered(&gateway, &written).verdict, TOV_VERDICT_OPENED);
    need_peace(&gateway);
    gateway_fini(&gateway);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(no_byte_of_a_parcel_can_be_changed_on_its_way),
        UNIT_TEST(a_parcel_for_another_agency_is_nothing_here),
        UNIT_TEST(whatever_is_changed_on_the_way_all_is_opened_in_the_end),
        UNIT_TEST(a_forged_position_makes_nothing_held_that_is_not),
        UNIT_TEST(who_says_up_without_end_is_not_followed),
    };
    return unit_run("follow_gateway", tests, sizeof tests / sizeof tests[0]);
}
