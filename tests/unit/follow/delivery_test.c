/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two and three nodes on a wire without faults: what is written arrives, is receipted and shown.
 */
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

TOV_DEFINE_CLEANUP(sim_wire, struct sim_wire, sim_wire_destroy)

static struct sim_wire *start(const char *name, size_t count)
{
    struct sim_wire *wire = sim_wire_create(name, count);
    sim_wire_start_all(wire);
    return wire;
}

static struct tov_peer_view view_of(const struct sim_wire *wire, size_t node, size_t peer)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(wire->nodes[node].node), peer, &view);
    return view;
}

static void need_running(const struct sim_wire *wire)
{
    for (size_t i = 0; i < wire->count; i++) {
        struct tov_error error = {.text = ""};
        if (wire->nodes[i].node == NULL)
            continue;
        UNIT_EQUAL_INT(tov_node_failed(wire->nodes[i].node, &error), TOV_OK);
        UNIT_EQUAL_TEXT(error.text, "");
    }
}

static void a_message_is_delivered_and_receipted(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("deliver", 2);
    struct tov_message_written written = sim_wire_send(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(wire->acknowledged, 1);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_sent, 1);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 1);
    UNIT_EQUAL_INT(written.links[0].number, 1);
}

static void submit(struct sim_wire *wire, uint64_t record, size_t text_bytes)
{
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = text_bytes};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
}

/* Node 0 alone, whose keepers do not answer: it stores and does not sign. */
static void wait_alone(struct sim_wire *wire)
{
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
    UNIT_NEED(tov_node_state(wire->nodes[0].node) == TOV_NODE_KEEPERS);
}

static void what_was_written_and_not_signed_before_a_restart_is_delivered(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("unsigned", 2);
    wait_alone(wire);
    for (uint64_t i = 0; i < 12; i++) /* more than any frame takes, in one batch and in many */
        submit(wire, i, 40000);
    sim_wire_run(wire);
    for (uint64_t i = 12; i < 24; i++) {
        submit(wire, i, 40000);
        sim_wire_run(wire);
    }
    wait_alone(wire);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(wire);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 24);
}

static void commits_without_a_signature_are_without_number(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("commits", 2);
    wait_alone(wire);
    for (uint64_t i = 0; i < 4200; i++) {
        submit(wire, i, 64);
        sim_node_settle(&wire->nodes[0]);
    }
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(wire);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 4200);
}

/* ---- what arrives, and once ---- */

/* Messages that node INDEX received and shows. */
static size_t count_received(const struct sim_wire *wire, size_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_EVENT};
    struct tov_store_iter iter;
    size_t count = 0;
    UNIT_NEED(tov_store_read_begin(wire->nodes[index].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_event event;
        UNIT_NEED(tov_event_decode(iter.row.value, &event) == TOV_OK);
        count += event.kind == TOV_EVENT_RECEIVED ? 1 : 0;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

/* What node 1 said of link LINK of node 0. */
static enum tov_verdict verdict_on(const struct sim_wire *wire, uint64_t link)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct tov_core *core = tov_node_core(wire->nodes[0].node);
    struct tov_link_block block = {.series = core->series, .number = link};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &block, &delivery) == TOV_OK);
    return delivery.verdict.verdict;
}

/* Loses frames to one node from the N-th on, as a link that is about to break. */
struct losing {
    size_t to, after, seen;
};

static bool lose(void *context, struct sim_frame *frame)
{
    struct losing *losing = context;
    if (frame->to != losing->to)
        return true;
    return losing->seen++ < losing->after;
}

/* Node CRASHED dies after FRAMES more frames to node 1, and begins again. */
static void send_with_a_crash(struct sim_wire *wire, size_t crashed, size_t frames)
{
    struct losing losing = {.to = 1, .after = frames};
    for (uint64_t i = 0; i < 20; i++)
        submit(wire, i, 20000);
    wire->filter = lose;
    wire->filter_context = &losing;
    sim_wire_run(wire);
    wire->filter = NULL;
    sim_wire_crash(wire, crashed);
    sim_wire_start(wire, crashed);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    need_running(wire);
}

static void delivery_goes_on_after_either_side_began_again(void)
{
    for (size_t crashed = 0; crashed < 2; crashed++) {
        for (size_t frames = 0; frames < 5; frames++) {
            TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("resume", 2);
            send_with_a_crash(wire, crashed, frames);
            UNIT_EQUAL_INT(count_received(wire, 1), 20);
            UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 20);
        }
    }
}

static void a_recipient_of_the_header_has_neither_key_nor_bytes_of_the_content(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("header", 2);
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_HEADER}},
                              .text_bytes = 100,
                              .attachment_count = 1,
                              .attachment_bytes = {1000}};
    struct tov_message_written written;
    struct tov_bytes body;
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(wire);
    sim_wire_pass(wire, 5000);
    UNIT_EQUAL_INT(verdict_on(wire, 1), TOV_VERDICT_OPENED); /* nothing is awaited */
    struct tov_message_name name = {1, 1, written.place.index};
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(wire->nodes[1].store, &read, NULL) == TOV_OK);
    UNIT_OK(tov_message_read(tov_node_core(wire->nodes[1].node), read, &name, TOV_MESSAGE_CONTENT,
                             message));
    CU_ASSERT(message->has_keys && !message->keys.has_content);
    CU_ASSERT(message->header.size > 0);
    UNIT_EQUAL_INT(message->content.size, 0);
    UNIT_OK(tov_store_get(read, TOV_TABLE_MBODY,
                          tov_store_key_u16_u32_u64(1, 1, written.place.index), &body));
    UNIT_EQUAL_INT(body.size, message->leaf.parts[0].sealed_size);
    UNIT_EQUAL_INT(
        tov_store_get(read, TOV_TABLE_TRANSFER, tov_key_part(1, 1, name.index, 2), &body),
        TOV_E_NOT_FOUND);
}

/* Requests for chunks are lost. */
static bool lose_control(void *context, struct sim_frame *frame)
{
    (void)context;
    return sim_frame_kind(frame) != TOV_FRAME_CONTROL;
}

static void a_message_is_opened_when_the_last_of_its_attachments_is_here(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = start("attachments", 2);
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .attachment_count = 6, /* more than are pulled at once */
                              .attachment_bytes = {64, 131072, 131073, 500000, 64, 1000}};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    wire->filter = lose_control;
    sim_wire_run(wire);
    UNIT_EQUAL_INT(verdict_on(wire, 1), TOV_VERDICT_PENDING);
    wire->filter = NULL;
    sim_wire_pass(wire, 15000);
    UNIT_EQUAL_INT(verdict_on(wire, 1), TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_received(wire, 1), 1);
    need_running(wire);
}

/* ---- flow ---- */

struct counting {
    size_t parcels, bytes;
};

/* Lets nothing through to node 0, so that what was sent stays in flight. */
static bool count_parcels(void *context, struct sim_frame *frame)
{
    struct counting *counting = context;
    if (frame->to == 0)
        return false;
    if (sim_frame_kind(frame) == TOV_FRAME_PARCEL) {
        counting->parcels++;
        counting->bytes += frame->bytes.size;
    }
    return true;
}

static void no_more_is_in_flight_than_the_window(void)
{
    TOV_CLEANUP(sim_wire_cleanup) struct sim_wire *wire = sim_wire_create("window", 2);
    struct counting counting = {0};
    wire->nodes[1].window_bytes = 300000;
    sim_wire_start_all(wire);
    wire->filter = count_parcels;
    wire->filter_context = &counting;
    for (uint64_t i = 0; i < 40; i++)
        submit(wire, i, 40000);
    sim_wire_run(wire);
    CU_ASSERT(counting.parcels >= 2);
    CU_ASSERT(counting.bytes < 300000 + TOV_FRAME_MAX_BYTES);
    wire->filter = NULL;
    sim_wire_disconnect(wire, 0, 1);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(count_received(wire, 1), 40);
    UNIT_EQUAL_INT(view_of(wire, 0, 0).links_receipted, 40);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_message_is_delivered_and_receipted),
        UNIT_TEST(what_was_written_and_not_signed_before_a_restart_is_delivered),
        UNIT_TEST(commits_without_a_signature_are_without_number),
        UNIT_TEST(delivery_goes_on_after_either_side_began_again),
        UNIT_TEST(a_recipient_of_the_header_has_neither_key_nor_bytes_of_the_content),
        UNIT_TEST(a_message_is_opened_when_the_last_of_its_attachments_is_here),
        UNIT_TEST(no_more_is_in_flight_than_the_window),
    };
    return unit_run("follow_delivery", tests, sizeof tests / sizeof tests[0]);
}
