/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts of a series that ended with a restore: one receipt may speak of messages that came back
 * and of one that nobody could give back, and what was open when it ended is amended all the same.
 * Not for: how a node comes back (recovery_test.c).
 */
#include "counted.h"
#include "follow/peer.h"
#include "hostile_peer.h"
#include "ledger/entry.h"
#include "ledger/series.h"
#include "store/read.h"

#include <stdlib.h>

static void send_to_second(struct sim_wire *wire, uint64_t record, enum tov_right right)
{
    struct tov_message_written written;
    struct sim_order order = {
        .record = record, .text_bytes = 64, .recipient_count = 1, .recipients = {{2, right}}};
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &written) == TOV_OK);
    sim_node_settle(&wire->nodes[0]);
}

static struct tov_delivery delivery_of(struct sim_wire *wire, uint64_t link)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block block = {.series = {1, 0}, .number = link};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &block, &delivery) == TOV_OK);
    return delivery;
}

/* Both messages reach the second node at once, which receipts them at once; the one behind the copy
 * it has as a header, which is not enough to give it back. */
static void a_receipt_counts_though_its_last_message_is_lost(void)
{
    struct sim_copy copy;
    struct sim_wire *wire = sim_wire_create("former", 2);
    sim_wire_start_all(wire);
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
    send_to_second(wire, 1, TOV_RIGHT_ALL); /* written, and not signed before a keeper is heard */
    sim_wire_crash(wire, 0);
    sim_node_copy(&wire->nodes[0], &copy);
    sim_wire_start(wire, 0);
    send_to_second(wire, 2, TOV_RIGHT_HEADER);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    sim_wire_pass(wire, 2000);
    UNIT_EQUAL_INT(delivery_of(wire, 2).verdict.verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(delivery_of(wire, 1).receipt_index, delivery_of(wire, 2).receipt_index);
    sim_wire_crash(wire, 0);
    sim_node_put_back(&wire->nodes[0], &copy, SIM_STORE);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    sim_wire_pass(wire, 120000);
    CU_ASSERT(sim_wire_logged(wire, "entries-lost"));
    UNIT_EQUAL_INT(delivery_of(wire, 1).verdict.verdict, TOV_VERDICT_OPENED);
    sim_copy_fini(&copy);
    sim_wire_destroy(wire);
}

/* ---- what was open when the series ended ---- */

/* Two nodes. The first is set back and loses its second message, which the second holds. */
struct scene {
    struct sim_wire *wire;
    bool loses_parcels; /* of the second node: the first does not learn its key */
    bool loses_chunks;
    unsigned late_stanzas; /* frames */
};

static bool filter(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    enum tov_frame_kind kind = sim_frame_kind(frame);
    scene->late_stanzas += kind == TOV_FRAME_LATE_STANZAS ? 1 : 0;
    return !(scene->loses_parcels && frame->from == 1 && kind == TOV_FRAME_PARCEL) &&
           !(scene->loses_chunks && kind == TOV_FRAME_CHUNK);
}

static void start(struct scene *scene, const char *name)
{
    scene->wire = sim_wire_create(name, 2);
    scene->wire->filter = filter;
    scene->wire->filter_context = scene;
    sim_wire_start_all(scene->wire);
}

static void end_series(struct scene *scene)
{
    struct sim_wire *wire = scene->wire;
    struct sim_copy copy;
    sim_wire_run(wire);
    sim_wire_copy(wire, 0, &copy);
    send_to_second(wire, 2, TOV_RIGHT_HEADER);
    sim_wire_run(wire);
    sim_wire_crash(wire, 0);
    sim_node_put_back(&wire->nodes[0], &copy, SIM_STORE);
    sim_wire_start_again(wire, 0);
    sim_wire_pass(wire, 120000);
    UNIT_NEED(sim_wire_logged(wire, "entries-lost"));
    sim_copy_fini(&copy);
}

static void restart(struct sim_wire *wire, size_t node)
{
    sim_wire_crash(wire, node);
    sim_wire_start_again(wire, node);
    sim_wire_pass(wire, 15000);
}

/* The entry of the second node by which link 1 of the former series stands at the first with
 * VERDICT: it amends that link, and repeats the last one (docs/protocol.md 6). */
static void check_amended_to(struct sim_wire *wire, enum tov_verdict verdict)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_delivery delivery = delivery_of(wire, 1);
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_EQUAL_INT(delivery.verdict.verdict, verdict);
    UNIT_NEED(leaf != NULL && tov_store_read_begin(wire->nodes[1].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(delivery.receipt_index),
                            &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    UNIT_NEED(tov_leaf_decode(entry.leaf, leaf) == TOV_OK && leaf->type == TOV_LEAF_RECEIPT);
    const struct tov_leaf_receipt *receipt = &leaf->as.receipt;
    UNIT_EQUAL_INT(receipt->series.lost_index, 0);
    UNIT_EQUAL_INT(receipt->run_count, 0);
    UNIT_EQUAL_INT(receipt->last_link, 2);
    UNIT_EQUAL_INT(receipt->amendment_count, 1);
    UNIT_EQUAL_INT(receipt->amendments[0].link_number, 1);
    CU_ASSERT_FALSE(sim_wire_logged(wire, "receipt-does-not-fit"));
}

static void check_amended(struct sim_wire *wire)
{
    check_amended_to(wire, TOV_VERDICT_OPENED);
}

static enum tov_entry_state state_of(struct tov_store_read *read, uint64_t index)
{
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    return entry.state;
}

/* Messages in STATE that the second node is still to be sent a stanza for. */
static unsigned count_owed(struct sim_node *node, enum tov_entry_state state)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_OWED};
    struct tov_store_iter iter;
    unsigned count = 0;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter))
        count += state_of(read, tov_get_be64(iter.row.key.bytes + 2)) == state ? 1 : 0;
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

/* A message of the new series goes with it, so that one batch has to do with both. The one that is
 * lost may come back yet: it is owed on. */
static void a_message_whose_keys_come_after_the_series_is_told_as_opened(void)
{
    struct scene scene = {.loses_parcels = true};
    start(&scene, "former-keys");
    send_to_second(scene.wire, 1, TOV_RIGHT_ALL);
    end_series(&scene);
    send_to_second(scene.wire, 3, TOV_RIGHT_ALL);
    UNIT_NEED(delivery_of(scene.wire, 1).verdict.verdict == 0);
    scene.loses_parcels = false;
    restart(scene.wire, 0);
    check_amended(scene.wire);
    UNIT_EQUAL_INT(count_owed(&scene.wire->nodes[0], TOV_ENTRY_PRESENT), 0);
    UNIT_EQUAL_INT(count_owed(&scene.wire->nodes[0], TOV_ENTRY_LOST), 1);
    scene.late_stanzas = 0;
    sim_wire_pass(scene.wire, 15000);
    UNIT_EQUAL_INT(scene.late_stanzas, 0);
    sim_wire_destroy(scene.wire);
}

static void an_attachment_that_comes_after_the_series_is_told_as_opened(void)
{
    struct scene scene = {.loses_chunks = true};
    struct tov_message_written written;
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 64,
                              .attachment_count = 1,
                              .attachment_bytes = {1000}};
    start(&scene, "former-pending");
    UNIT_NEED(sim_message_submit(&scene.wire->nodes[0], &order, &written) == TOV_OK);
    end_series(&scene);
    UNIT_NEED(delivery_of(scene.wire, 1).verdict.verdict == TOV_VERDICT_PENDING);
    scene.loses_chunks = false;
    restart(scene.wire, 1);
    check_amended(scene.wire);
    sim_wire_destroy(scene.wire);
}

/* The second node is set back to before the amendment: it reads that back, gives no second receipt
 * for anything but what it cannot read any more, and goes on in the new series. */
static void an_amendment_of_a_former_series_is_read_back(void)
{
    struct scene scene = {.loses_parcels = true};
    struct sim_copy copy;
    start(&scene, "former-back");
    send_to_second(scene.wire, 1, TOV_RIGHT_ALL);
    end_series(&scene);
    sim_wire_crash(scene.wire, 1);
    sim_node_copy(&scene.wire->nodes[1], &copy);
    scene.loses_parcels = false;
    restart(scene.wire, 1);
    check_amended(scene.wire);
    uint64_t receipt = delivery_of(scene.wire, 2).receipt_index;
    sim_wire_crash(scene.wire, 1);
    sim_node_put_back(&scene.wire->nodes[1], &copy, SIM_STORE);
    sim_wire_start(scene.wire, 1);
    sim_wire_connect(scene.wire, 0, 1);
    sim_wire_run(scene.wire);
    sim_wire_pass(scene.wire, 120000);
    send_to_second(scene.wire, 4, TOV_RIGHT_ALL);
    sim_wire_run(scene.wire);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene.wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
    UNIT_EQUAL_INT(delivery_of(scene.wire, 2).receipt_index, receipt);
    check_amended_to(scene.wire, TOV_VERDICT_NO_KEY);
    sim_copy_fini(&copy);
    sim_wire_destroy(scene.wire);
}

/* ---- what is told of what is lost ---- */

#define LOST_INDEX 50u

/* A receipt of the victim's own, as it is read back: RUN links up to LAST, or an amendment. */
static void read_back(struct tov_core *core, struct tov_peer *peer, uint64_t last, uint16_t run)
{
    struct tov_leaf_receipt receipt = {
        .peer = peer->number, .series = {1, 7}, .last_link = last, .last_leaf_hash = {{1}}};
    if (run > 0) {
        receipt.run_count = 1;
        receipt.runs[0] = (struct tov_receipt_run){run, {TOV_VERDICT_OPENED, 0, 0}};
    } else {
        receipt.amendment_count = 1;
        receipt.amendments[0] =
            (struct tov_receipt_amendment){1, {{2}}, {TOV_VERDICT_NO_KEY, 0, 0}};
    }
    tov_told_note(core, peer, &receipt);
}

static uint64_t told_to(struct tov_core *core, const struct tov_peer *peer)
{
    struct tov_told told;
    UNIT_NEED(tov_told_last(core, peer, (struct tov_series){1, 7}, &told) == TOV_OK);
    return told.link;
}

/* Receipts of links 12 to 17 were lost when an amendment was written, which repeats link 11, and
 * came back: link 12 is receipted no second time, in whatever batch the amendment is read. */
static void what_was_receipted_while_others_were_lost_takes_nothing_from_them(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("former-reach", 2);
    hostile_meet(hostile);
    struct tov_core *core = hostile_core(hostile);
    struct tov_peer *peer = tov_follow_peer(tov_node_follow(hostile_victim(hostile)), 2);
    read_back(core, peer, 11, 11);
    read_back(core, peer, 17, 6);
    read_back(core, peer, 11, 0);
    UNIT_EQUAL_INT(told_to(core, peer), 17);
    sim_wire_run(hostile->wire);
    read_back(core, peer, 11, 0);
    UNIT_EQUAL_INT(told_to(core, peer), 17);
    read_back(core, peer, 18, 1);
    UNIT_EQUAL_INT(told_to(core, peer), 18);
}

static void amend(struct hostile *hostile, uint64_t lost_index, uint64_t link,
                  enum tov_verdict verdict)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt =
        (struct tov_leaf_receipt){.peer = hostile->target->number,
                                  .series = {hostile->target->generation, lost_index},
                                  .last_link = link,
                                  .amendment_count = 1};
    leaf->as.receipt.amendments[0] = (struct tov_receipt_amendment){link, {{1}}, {verdict, 0, 0}};
    hostile_append(hostile, leaf);
    hostile_flush(hostile);
}

/* An honest recipient amends what it receipted, and does not know that nobody gave it back. More
 * than the series can have had, and a series that there was not, are another matter. */
static void what_is_amended_of_a_lost_message_is_not_held_against_its_recipient(void)
{
    static const struct {
        uint64_t lost_index, link;
        enum tov_verdict verdict;
        bool fits;
    } rows[] = {
        {0, 7, TOV_VERDICT_OPENED, true},
        {0, 7, TOV_VERDICT_NO_KEY, true},
        {0, 7, TOV_VERDICT_REFUSED, true},
        {0, LOST_INDEX, TOV_VERDICT_OPENED, true},
        {0, LOST_INDEX + 1, TOV_VERDICT_OPENED, false},
        {LOST_INDEX - 1, 7, TOV_VERDICT_OPENED, false},
        {LOST_INDEX, 1, TOV_VERDICT_OPENED, false},
    };
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("former-lost", 2);
    hostile_meet(hostile);
    struct tov_core *core = hostile_core(hostile);
    tov_series_note(core, LOST_INDEX);
    sim_wire_run(hostile->wire);
    core->series.lost_index = LOST_INDEX;
    tov_follow_peer(tov_node_follow(hostile_victim(hostile)), 2)->receipted_link = 1;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hostile->wire->log[0] = '\0';
        amend(hostile, rows[i].lost_index, rows[i].link, rows[i].verdict);
        CU_ASSERT(sim_wire_logged(hostile->wire, "receipt-does-not-fit") != rows[i].fits);
    }
    UNIT_EQUAL_INT(count_rows(core, TOV_TABLE_EXCEPTION), 0);
    UNIT_EQUAL_INT(count_rows(core, TOV_TABLE_AGAIN), 0);
    UNIT_EQUAL_INT(count_rows(core, TOV_TABLE_OWED), 0);
    UNIT_EQUAL_INT(hostile->position, hostile->range.size); /* all of it was taken */
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_receipt_counts_though_its_last_message_is_lost),
        UNIT_TEST(a_message_whose_keys_come_after_the_series_is_told_as_opened),
        UNIT_TEST(an_attachment_that_comes_after_the_series_is_told_as_opened),
        UNIT_TEST(an_amendment_of_a_former_series_is_read_back),
        UNIT_TEST(what_is_amended_of_a_lost_message_is_not_held_against_its_recipient),
        UNIT_TEST(what_was_receipted_while_others_were_lost_takes_nothing_from_them),
    };
    return unit_run("former_series", tests, sizeof tests / sizeof tests[0]);
}
