/* SPDX-License-Identifier: EUPL-1.2
 *
 * Receipts that a node gave, reads back after a restore and sees the messages of for the first
 * time: no second receipt, but an amendment where its verdict has become another one, and none
 * where it is the same (docs/recovery.md).
 * Not for: series that have ended (former_series_test.c).
 */
#include "counted.h"
#include "kept.h"

#include "follow/peer.h"
#include "ledger/aside.h"
#include "ledger/entry.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;                            /* of node 1, from before the message */
    bool loses_chunks, loses_parcels, loses_stanzas; /* parcels of node 1 */
    bool withholds;                                  /* of node 0 */
    bool keeps;                                      /* of node 0 to node 1, instead of giving: */
    struct kept kept;
    struct tov_hash leaves[4]; /* of what node 0 has sent */
    size_t sent;
    uint64_t first; /* entry of them */
};

static bool filter(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    enum tov_frame_kind kind = sim_frame_kind(frame);
    if (scene->keeps && frame->from == 0 && frame->to == 1)
        return kept_passes(&scene->kept, frame);
    return !(scene->loses_chunks && kind == TOV_FRAME_CHUNK) &&
           !(scene->loses_parcels && frame->from == 1 && kind == TOV_FRAME_PARCEL) &&
           !(scene->withholds && frame->from == 0 && kind == TOV_FRAME_PARCEL) &&
           !(scene->loses_stanzas && kind == TOV_FRAME_LATE_STANZAS);
}

static struct tov_delivery delivery_of(const struct scene *scene, uint64_t link)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block block = {.series = {1, 0}, .number = link};
    const struct sim_node *node = &scene->wire->nodes[0];
    struct tov_delivery found;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &block, &found) == TOV_OK);
    return found;
}

static struct tov_delivery delivery(const struct scene *scene)
{
    return delivery_of(scene, 1);
}

static struct tov_core *core_of_1(const struct scene *scene)
{
    return tov_node_core(scene->wire->nodes[1].node);
}

static void connect(struct scene *scene)
{
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
}

static void connect_others(struct scene *scene)
{
    for (size_t i = 2; i < scene->wire->count; i++)
        sim_wire_connect(scene->wire, 1, i);
}

static void begin_with(struct scene *scene, const char *name, size_t nodes)
{
    scene->wire = sim_wire_create(name, nodes);
    scene->wire->filter = filter;
    scene->wire->filter_context = scene;
    sim_wire_start_all(scene->wire);
    sim_wire_copy(scene->wire, 1, &scene->copy);
}

static void begin(struct scene *scene, const char *name)
{
    begin_with(scene, name, 2);
}

static void send_with(struct scene *scene, enum tov_right right, size_t attachment_bytes)
{
    struct tov_message_written written;
    struct sim_order order = {.record = 1,
                              .text_bytes = 64,
                              .recipient_count = 1,
                              .recipients = {{2, right}},
                              .attachment_count = attachment_bytes > 0,
                              .attachment_bytes = {attachment_bytes}};
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    UNIT_NEED(scene->sent < sizeof scene->leaves / sizeof scene->leaves[0]);
    if (scene->sent == 0)
        scene->first = written.place.index;
    scene->leaves[scene->sent++] = written.place.leaf_hash;
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 3000);
}

static void send(struct scene *scene, size_t attachment_bytes)
{
    send_with(scene, TOV_RIGHT_ALL, attachment_bytes);
}

static void start_set_back(struct scene *scene)
{
    sim_wire_crash(scene->wire, 1);
    sim_node_put_back(&scene->wire->nodes[1], &scene->copy, SIM_STORE);
    sim_wire_start(scene->wire, 1);
}

static void come_back(struct scene *scene)
{
    start_set_back(scene);
    connect(scene);
    sim_wire_pass(scene->wire, 120000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[1].node), TOV_NODE_SERVING);
    CU_ASSERT(!sim_wire_logged(scene->wire, "receipt-does-not-fit"));
}

static void end(struct scene *scene)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
}

/* It had the keys and gets them no second time by itself (docs/protocol.md 5.6): it says so, and
 * when it comes back once more it says nothing again. */
static void keys_that_were_lost_are_told_once(void)
{
    struct scene scene = {.loses_chunks = false};
    begin(&scene, "told-same");
    send(&scene, 0);
    UNIT_EQUAL_INT(delivery(&scene).verdict.verdict, TOV_VERDICT_OPENED);
    size_t receipts = count_receipts(core_of_1(&scene));
    for (int i = 0; i < 2; i++) {
        come_back(&scene);
        UNIT_EQUAL_INT(delivery(&scene).verdict.verdict, TOV_VERDICT_NO_KEY);
        UNIT_EQUAL_INT(count_receipts(core_of_1(&scene)), receipts + 1);
    }
    end(&scene);
}

/* So do those of a message whose attachment was on its way. */
static void keys_that_were_lost_before_the_attachment_came_are_told(void)
{
    struct scene scene = {.loses_chunks = true};
    begin(&scene, "told-pending");
    send(&scene, 1000);
    size_t receipts = count_receipts(core_of_1(&scene));
    UNIT_EQUAL_INT(delivery(&scene).verdict.verdict, TOV_VERDICT_PENDING);
    come_back(&scene);
    UNIT_EQUAL_INT(delivery(&scene).verdict.verdict, TOV_VERDICT_NO_KEY);
    UNIT_EQUAL_INT(count_receipts(core_of_1(&scene)), receipts + 1);
    end(&scene);
}

/* What it holds no key of is told so, and then the key can go to it. */
static void tell_no_key(struct scene *scene)
{
    send(scene, 0);
    scene->loses_parcels = false;
    sim_wire_disconnect(scene->wire, 0, 1);
    connect(scene);
    sim_wire_pass(scene->wire, 3000);
    UNIT_EQUAL_INT(delivery(scene).verdict.verdict, TOV_VERDICT_NO_KEY);
}

/* It had said that it has no key for it; now the stanza comes with the message. */
static void a_better_verdict_amends_what_was_told(void)
{
    struct scene scene = {.loses_parcels = true, .loses_stanzas = true};
    begin(&scene, "told-better");
    tell_no_key(&scene);
    size_t receipts = count_receipts(core_of_1(&scene));
    come_back(&scene);
    UNIT_EQUAL_INT(delivery(&scene).verdict.verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(count_receipts(core_of_1(&scene)), receipts + 1);
    end(&scene);
}

static struct tov_peer *peer_of_1(const struct scene *scene)
{
    return tov_follow_peer(tov_node_follow(scene->wire->nodes[1].node), 1);
}

/* Node 0 comes back without a message of which node 1 had the header alone. Node 1, set back too,
 * is not shown that one again; what is behind it had come as well, and is on its link. */
static void what_its_sender_has_lost_since_is_passed_over(void)
{
    struct scene scene = {.loses_chunks = false};
    struct sim_copy former; /* of node 0 */
    begin(&scene, "told-passed");
    sim_wire_copy(scene.wire, 0, &former);
    send(&scene, 0);
    send_with(&scene, TOV_RIGHT_HEADER, 0);
    send(&scene, 0);
    sim_wire_crash(scene.wire, 0);
    sim_node_put_back(&scene.wire->nodes[0], &former, SIM_STORE);
    sim_wire_start_again(scene.wire, 0);
    sim_wire_pass(scene.wire, 120000);
    UNIT_NEED(sim_wire_logged(scene.wire, "entries-lost"));
    come_back(&scene);
    CU_ASSERT(sim_wire_logged(scene.wire, "messages-not-shown-again"));
    CU_ASSERT(!sim_wire_logged(scene.wire, "link-broken"));
    UNIT_EQUAL_INT(count_rows(core_of_1(&scene), TOV_TABLE_KEYSLOST), 2);
    UNIT_EQUAL_INT(delivery_of(&scene, 1).verdict.verdict, TOV_VERDICT_NO_KEY);
    UNIT_EQUAL_INT(delivery_of(&scene, 3).verdict.verdict, TOV_VERDICT_NO_KEY);
    send(&scene, 0);
    sim_copy_fini(&former);
    end(&scene);
}

/* As node 1 has stored it of node 0's first message. */
static struct tov_verdict_value stored(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_entry entry = {.state = TOV_ENTRY_LOST};
    struct tov_bytes row;
    UNIT_NEED(tov_store_read_begin(core_of_1(scene)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_MLEAF, tov_store_key_u16_u32_u64(1, 1, scene->first),
                            &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_mirror(row, &entry) == TOV_OK);
    return entry.verdict;
}

/* Before node 1 is shown node 0's first message it reads back that it has receipted number 1: that
 * message, or another one. */
static void be_shown_what_was_told(struct scene *scene, bool is_that_one)
{
    struct tov_leaf_receipt told = {
        .peer = 1,
        .series = {1, 0},
        .last_link = 1,
        .run_count = 1,
        .runs = {{1, {TOV_VERDICT_NO_KEY, TOV_VERDICT_FLAG_CLOCK_AHEAD, 0}}}};
    scene->withholds = true;
    send(scene, 0);
    told.last_leaf_hash = scene->leaves[0];
    told.last_leaf_hash.bytes[0] ^= is_that_one ? 0 : 1;
    tov_told_note(core_of_1(scene), peer_of_1(scene), &told);
    sim_node_settle(&scene->wire->nodes[1]);
    scene->withholds = false;
    sim_wire_disconnect(scene->wire, 0, 1);
    connect(scene);
    sim_wire_pass(scene->wire, 3000);
}

/* Else what is stored would differ from what the receipts say, which an audit takes for damage. */
static void what_was_told_of_the_clock_stays_though_it_is_right_now(void)
{
    struct scene scene = {.loses_parcels = true, .loses_stanzas = true};
    begin(&scene, "told-clock");
    size_t receipts = count_receipts(core_of_1(&scene));
    be_shown_what_was_told(&scene, true);
    UNIT_EQUAL_INT(stored(&scene).verdict, TOV_VERDICT_NO_KEY);
    UNIT_EQUAL_INT(stored(&scene).flags, TOV_VERDICT_FLAG_CLOCK_AHEAD);
    UNIT_EQUAL_INT(count_receipts(core_of_1(&scene)), receipts);
    CU_ASSERT(!sim_wire_logged(scene.wire, "link-broken"));
    sim_copy_fini(&scene.copy);
    sim_wire_destroy(scene.wire);
}

/* A sender that gives a number twice does not make this node sign two messages under it. */
static void another_message_than_the_last_one_told_is_off_its_link(void)
{
    struct scene scene = {.loses_stanzas = true};
    begin(&scene, "told-another");
    size_t receipts = count_receipts(core_of_1(&scene));
    be_shown_what_was_told(&scene, false);
    CU_ASSERT(sim_wire_logged(scene.wire, "link-broken"));
    UNIT_EQUAL_INT(peer_of_1(&scene)->last_link, 0);
    UNIT_EQUAL_INT(count_receipts(core_of_1(&scene)), receipts);
    sim_copy_fini(&scene.copy);
    sim_wire_destroy(scene.wire);
}

/* Told is number 3. */
static bool goes_on(const struct scene *scene, uint64_t number, bool is_that_one)
{
    struct tov_peer *peer = peer_of_1(scene);
    struct tov_link_block link = {.series = {1, 0}, .number = number, .previous = {{1}}};
    struct tov_entry_in entry = {.index = 9, .leaf_hash = {{(uint8_t)(is_that_one ? 3 : 4)}}};
    peer->told = (struct tov_told){3, {{3}}};
    peer->last_link = 0;
    bool is_next =
        tov_link_goes_on(tov_node_follow(scene->wire->nodes[1].node), peer, &link, &entry);
    UNIT_EQUAL_INT(peer->last_link, is_next ? number - 1 : 0);
    return is_next;
}

static void another_message_than_the_last_one_told_ends_no_gap(void)
{
    struct scene scene = {.loses_chunks = false};
    begin(&scene, "told-gap");
    CU_ASSERT(goes_on(&scene, 2, false));
    CU_ASSERT(goes_on(&scene, 3, true));
    CU_ASSERT(!goes_on(&scene, 3, false));
    CU_ASSERT(!goes_on(&scene, 4, false));
    sim_copy_fini(&scene.copy);
    sim_wire_destroy(scene.wire);
}

/* Node 1 recovers without node 0, to which it had told that it holds no key. It serves when that
 * one is heard: what it answers and the parcel that it sends on with are kept. */
static void begin_late(struct scene *scene, const char *name)
{
    *scene = (struct scene){.loses_parcels = true, .loses_stanzas = true};
    kept_init(&scene->kept);
    begin_with(scene, name, 4);
    tell_no_key(scene);
    start_set_back(scene);
    connect_others(scene);
    sim_wire_pass(scene->wire, 400000);
    UNIT_NEED(tov_node_state(scene->wire->nodes[1].node) == TOV_NODE_SERVING);
    scene->keeps = true;
    connect(scene);
    scene->keeps = false;
    UNIT_NEED(kept_is_whole(&scene->kept));
}

static void give(struct scene *scene, const struct tov_buf *frame)
{
    tov_node_on_peer_frame(scene->wire->nodes[1].node, 1, tov_buf_view(frame));
}

static void end_late(struct scene *scene)
{
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(delivery(scene).verdict.verdict, TOV_VERDICT_OPENED);
    kept_fini(&scene->kept);
    end(scene);
}

static void what_was_told_counts_before_it_is_committed(void)
{
    struct scene scene;
    begin_late(&scene, "told-early");
    give(&scene, &scene.kept.leaves);
    tov_node_turn(scene.wire->nodes[1].node);
    give(&scene, &scene.kept.parcel);
    end_late(&scene);
}

/* It holds up nothing. */
static void what_was_told_and_cannot_be_read_is_said_again(void)
{
    struct scene scene;
    struct tov_link_place place = {1, 1, 0, 1};
    begin_late(&scene, "told-damaged");
    give(&scene, &scene.kept.leaves);
    sim_wire_run(scene.wire);
    tov_store_batch_put(tov_core_batch(tov_node_core(scene.wire->nodes[1].node)), TOV_TABLE_TOLD,
                        tov_key_link(&place), tov_bytes_of_text("damaged"));
    sim_node_settle(&scene.wire->nodes[1]);
    give(&scene, &scene.kept.parcel);
    end_late(&scene);
}

/* ---- receipts that were set aside ---- */

/* One that says of the last RUN links up to LAST that they were opened. */
static struct tov_leaf_receipt receipt_of(const struct scene *scene, uint64_t last, uint16_t run)
{
    return (struct tov_leaf_receipt){.peer = 1,
                                     .series = {1, 0},
                                     .last_link = last,
                                     .last_leaf_hash = scene->leaves[last - 1],
                                     .run_count = run > 0,
                                     .runs = {{run, {TOV_VERDICT_OPENED, 0, 0}}}};
}

/* Two messages are receipted, and two more were sent that do not come again. */
static void begin_aside(struct scene *scene, const char *name)
{
    *scene = (struct scene){.loses_chunks = false};
    begin(scene, name);
    for (size_t i = 0; i < 4; i++) {
        if (i == 2)
            sim_wire_disconnect(scene->wire, 0, 1);
        send(scene, 0);
    }
    scene->withholds = true;
}

/* Node 1 has RECEIPT set aside, is started and gives it. How many it gave. */
static size_t give_aside(struct scene *scene, const struct tov_leaf_receipt *receipt)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    size_t before = count_receipts(core_of_1(scene));
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = *receipt;
    UNIT_NEED(tov_leaf_encode(leaf, &bytes) == TOV_OK);
    tov_store_batch_put(tov_core_batch(core_of_1(scene)), TOV_TABLE_FACT,
                        tov_aside_receipt_key(1, 0), tov_buf_view(&bytes));
    sim_node_settle(&scene->wire->nodes[1]);
    sim_wire_crash(scene->wire, 1);
    sim_wire_start(scene->wire, 1);
    connect(scene);
    sim_wire_pass(scene->wire, 3000);
    CU_ASSERT(!peer_of_1(scene)->has_aside);
    CU_ASSERT(!sim_wire_logged(scene->wire, "receipt-does-not-fit"));
    return count_receipts(core_of_1(scene)) - before;
}

static void end_aside(struct scene *scene, uint64_t receipted)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, receipted);
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
}

/* The tree has the receipts on the first two, which were read back. */
static void of_a_receipt_that_was_set_aside_that_is_given_which_was_not(void)
{
    struct scene scene;
    begin_aside(&scene, "aside-part");
    struct tov_leaf_receipt told = receipt_of(&scene, 2, 2);
    struct tov_leaf_receipt aside = receipt_of(&scene, 4, 1);
    aside.run_count = 3; /* a cut goes through the second run */
    aside.runs[0].value.verdict = TOV_VERDICT_REFUSED;
    aside.runs[1] = (struct tov_receipt_run){2, {TOV_VERDICT_NO_KEY, 0, 0}};
    aside.runs[2] = (struct tov_receipt_run){1, {TOV_VERDICT_OPENED, 0, 0}};
    tov_told_note(core_of_1(&scene), peer_of_1(&scene), &told);
    UNIT_EQUAL_INT(give_aside(&scene, &aside), 1);
    UNIT_EQUAL_INT(delivery_of(&scene, 1).verdict.verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(delivery_of(&scene, 2).verdict.verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(delivery_of(&scene, 3).verdict.verdict, TOV_VERDICT_NO_KEY);
    UNIT_EQUAL_INT(delivery_of(&scene, 4).verdict.verdict, TOV_VERDICT_OPENED);
    end_aside(&scene, 4);
}

/* But what it says later of one stands nowhere else. */
static void of_a_receipt_that_was_given_back_no_run_is_given(void)
{
    for (uint8_t amendments = 0; amendments < 2; amendments++) {
        struct scene scene;
        begin_aside(&scene, amendments == 0 ? "aside-runs" : "aside-amended");
        struct tov_leaf_receipt aside = receipt_of(&scene, 2, 2);
        tov_told_note(core_of_1(&scene), peer_of_1(&scene), &aside);
        aside.amendment_count = amendments;
        aside.amendments[0] =
            (struct tov_receipt_amendment){1, scene.leaves[0], {TOV_VERDICT_REFUSED, 0, 7}};
        UNIT_EQUAL_INT(give_aside(&scene, &aside), amendments);
        UNIT_EQUAL_INT(delivery_of(&scene, 1).verdict.verdict,
                       amendments == 0 ? TOV_VERDICT_OPENED : TOV_VERDICT_REFUSED);
        end_aside(&scene, 2);
    }
}

/* Where a series ended is known by the links that came; the receipt on the last of them need not
 * have been given. */
static void a_series_that_ended_keeps_no_receipt_from_being_given(void)
{
    struct scene scene;
    struct tov_told last = {.link = 0};
    begin_aside(&scene, "aside-ended");
    struct tov_leaf_receipt aside = receipt_of(&scene, 4, 2);
    struct tov_peer *peer = peer_of_1(&scene);
    peer->last_link = 4;
    peer->last_link_leaf = scene.leaves[3];
    tov_told_end(core_of_1(&scene), peer);
    UNIT_EQUAL_INT(give_aside(&scene, &aside), 1);
    peer = peer_of_1(&scene);
    UNIT_OK(tov_told_last(core_of_1(&scene), peer, peer->series, &last));
    UNIT_EQUAL_INT(last.link, 4);
    end_aside(&scene, 4);
}

/* As a receipt that was set aside stands node 0's first entry, which is none. */
static void what_is_no_receipt_is_not_given_as_one(void)
{
    struct sim_wire *wire = sim_wire_create("no-receipt", 2);
    struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    sim_wire_start_all(wire);
    UNIT_NEED(tov_store_read_begin(wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(0), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    tov_store_batch_put(tov_core_batch(tov_node_core(wire->nodes[0].node)), TOV_TABLE_FACT,
                        tov_aside_receipt_key(2, 0), entry.leaf);
    tov_store_read_end(read);
    sim_node_settle(&wire->nodes[0]);
    sim_wire_crash(wire, 0);
    sim_wire_start(wire, 0);
    sim_wire_connect(wire, 0, 1);
    sim_wire_run(wire);
    UNIT_EQUAL_INT(tov_node_failed(wire->nodes[0].node, NULL), TOV_E_CORRUPT);
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(keys_that_were_lost_are_told_once),
        UNIT_TEST(keys_that_were_lost_before_the_attachment_came_are_told),
        UNIT_TEST(a_better_verdict_amends_what_was_told),
        UNIT_TEST(what_was_told_of_the_clock_stays_though_it_is_right_now),
        UNIT_TEST(another_message_than_the_last_one_told_is_off_its_link),
        UNIT_TEST(another_message_than_the_last_one_told_ends_no_gap),
        UNIT_TEST(what_its_sender_has_lost_since_is_passed_over),
        UNIT_TEST(what_was_told_counts_before_it_is_committed),
        UNIT_TEST(of_a_receipt_that_was_set_aside_that_is_given_which_was_not),
        UNIT_TEST(of_a_receipt_that_was_given_back_no_run_is_given),
        UNIT_TEST(a_series_that_ended_keeps_no_receipt_from_being_given),
        UNIT_TEST(what_is_no_receipt_is_not_given_as_one),
        UNIT_TEST(what_was_told_and_cannot_be_read_is_said_again),
    };
    return unit_run("follow_told", tests, sizeof tests / sizeof tests[0]);
}
