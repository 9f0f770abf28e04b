/* SPDX-License-Identifier: EUPL-1.2
 *
 * Entries that come back between the start from what was read back and the first entry of a node
 * that serves again: from who was not heard before. What the node goes on from is what the store
 * has with them.
 */
#include "counted.h"
#include "kept.h"
#include "store/read.h"
#include "support/unit.h"
#include "wire/frame.h"
#include "wire/leaf.h"

#include <string.h>

#define NODES 5u
#define LATE 3u /* no keeper of node 0, whose keepers are 1 and 2 */
#define LAST 4u /* nor this one */

/* Node 0 was put back with its guard; only node 1 was heard when its entries were read back. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;
    uint8_t sent[TOV_MESSAGE_ID_BYTES]; /* the last one since the copy */
    struct kept kept;                   /* of the late one */
};

static enum tov_node_state state_of(const struct scene *scene)
{
    return tov_node_state(scene->wire->nodes[0].node);
}

/* To node LATE alone. */
static void submit(struct scene *scene, uint64_t record, const uint8_t *id)
{
    struct tov_message_written written;
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{LATE + 1, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .id = id};
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_node_settle(&scene->wire->nodes[0]);
    memcpy(scene->sent, scene->wire->nodes[0].submitted_id, sizeof scene->sent);
}

static void put_back(struct scene *scene, unsigned what)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, what);
    sim_wire_start(scene->wire, 0);
}

/* SEND_LAST, if any, sends something before the copy is put back. */
static struct scene *make_scene(const char *name, void (*send_last)(struct scene *scene))
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->wire = sim_wire_create_kept(name, NODES, 2);
    sim_wire_start_all(scene->wire);
    (void)sim_wire_send(scene->wire, 0, 100);
    sim_wire_run(scene->wire);
    sim_wire_copy(scene->wire, 0, &scene->copy);
    for (uint64_t i = 0; i < 3; i++)
        submit(scene, 200 + i, NULL);
    sim_wire_run(scene->wire);
    if (send_last != NULL)
        send_last(scene);
    put_back(scene, SIM_STORE | SIM_GUARD);
    return scene;
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static void hear(struct scene *scene, size_t node)
{
    sim_wire_connect(scene->wire, 0, node);
    sim_wire_run(scene->wire);
}

/* Who is silent is not waited for any more; it waits for a majority of its keepers. */
static void read_back_without_the_late_one(struct scene *scene)
{
    hear(scene, 1);
    sim_wire_pass(scene->wire, 90000);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
}

/* All that node FROM has sent to TO has a receipt. */
static void check_receipted(const struct scene *scene, size_t from, size_t to)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[from].node), to - (from < to ? 1 : 0),
                         &view);
    UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
}

static void check_links(const struct scene *scene)
{
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "link-broken"));
    check_receipted(scene, 0, LATE);
}

static void check_links_go_on(struct scene *scene, uint64_t record)
{
    submit(scene, record, NULL);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 20000);
    check_links(scene);
}

static void links_go_on_behind_those_that_came_late(void)
{
    struct scene *scene = make_scene("links", NULL);
    read_back_without_the_late_one(scene);
    hear(scene, LATE);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    hear(scene, 2);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "entries-lost"));
    check_links_go_on(scene, 300);
    destroy_scene(scene);
}

static bool is_leaves(const struct sim_frame *frame)
{
    return sim_frame_is_control(frame, TOV_CONTROL_LEAF_ANSWER);
}

/* What the late one gives back is taken in, and its commit does not end. */
static bool fill_disk(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    if (frame->from == LATE && is_leaves(frame))
        scene->wire->nodes[0].disk_is_full = true;
    return true;
}

/* Its program repeats it on the old copy; it comes back in a commit that has not ended when the
 * node is free to serve. */
static void what_is_on_its_way_back_is_not_appended_anew(void)
{
    struct scene *scene = make_scene("commit", NULL);
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    memcpy(id, scene->sent, sizeof id);
    submit(scene, 300, id);
    read_back_without_the_late_one(scene);
    scene->wire->filter = fill_disk;
    scene->wire->filter_context = scene;
    hear(scene, LATE);
    CU_ASSERT(sim_wire_logged(scene->wire, "disk-is-full"));
    hear(scene, 2);
    scene->wire->nodes[0].disk_is_full = false;
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_with_id(tov_node_core(scene->wire->nodes[LATE].node), 1, scene->sent), 1);
    check_links(scene);
    destroy_scene(scene);
}

static bool keeps_parcels_from_others(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != 0 || frame->to == LATE || sim_frame_kind(frame) != TOV_FRAME_PARCEL;
}

static unsigned count_losses(const struct scene *scene)
{
    unsigned count = 0;
    for (const char *at = scene->wire->log; (at = strstr(at, " entries-lost ")) != NULL; at++)
        count++;
    return count;
}

typedef bool passes_fn(void *context, struct sim_frame *frame);

/* It says that what only the late one has is lost; then it hears those from LATE to LAST_ONE, and
 * sends the late one something. Of this, parcels come to whom PASSES lets them through. */
static void lose_and_send_on(struct scene *scene, passes_fn *passes, size_t last_one)
{
    read_back_without_the_late_one(scene);
    scene->wire->filter = passes;
    hear(scene, 2);
    UNIT_EQUAL_INT(count_losses(scene), 1);
    for (size_t i = LATE; i <= last_one; i++)
        hear(scene, i);
    submit(scene, 300, NULL);
    sim_wire_run(scene->wire);
}

/* It hears those from LATE to LAST_ONE before its keepers let it serve, and loses nothing more. */
static void come_back_with(struct scene *scene, size_t last_one)
{
    read_back_without_the_late_one(scene);
    for (size_t i = LATE; i <= last_one; i++)
        hear(scene, i);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    hear(scene, 2);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_losses(scene), 1);
}

/* The loss, and what came behind it, only the late one was sent before the copy was put back once
 * more. */
static void links_go_on_in_the_series_that_came_late(void)
{
    struct scene *scene = make_scene("series", NULL);
    lose_and_send_on(scene, keeps_parcels_from_others, LATE);
    put_back(scene, SIM_STORE);
    come_back_with(scene, LATE);
    scene->wire->filter = NULL;
    check_links_go_on(scene, 301);
    destroy_scene(scene);
}

static bool keeps_parcels_from_keepers(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != 0 || frame->to >= LATE || sim_frame_kind(frame) != TOV_FRAME_PARCEL;
}

/* Of entry INDEX of node 0 the late one says nothing any more. */
static void withhold(struct scene *scene, uint64_t index)
{
    struct sim_node *late = &scene->wire->nodes[LATE];
    tov_store_batch_delete(tov_core_batch(tov_node_core(late->node)), TOV_TABLE_MLEAF,
                           tov_store_key_u16_u32_u64(1, 1, index));
    sim_node_settle(late);
}

/* The late one withholds the loss, and gives back what came behind it; another tells the loss. */
static void links_go_on_behind_those_whose_loss_came_after_them(void)
{
    struct scene *scene = make_scene("withheld", NULL);
    lose_and_send_on(scene, keeps_parcels_from_keepers, LAST);
    uint64_t lost_index = tov_node_core(scene->wire->nodes[0].node)->series.lost_index;
    UNIT_NEED(lost_index > 0);
    withhold(scene, lost_index);
    put_back(scene, SIM_STORE);
    come_back_with(scene, LAST);
    UNIT_EQUAL_INT(tov_node_core(scene->wire->nodes[0].node)->series.lost_index, lost_index);
    scene->wire->filter = NULL;
    check_links_go_on(scene, 301);
    destroy_scene(scene);
}

static bool keeps_chunks(void *context, struct sim_frame *frame)
{
    (void)context;
    return sim_frame_kind(frame) != TOV_FRAME_CHUNK;
}

static bool keeps_parcels_from_all_but_the_last(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != 0 || frame->to == LAST || sim_frame_kind(frame) != TOV_FRAME_PARCEL;
}

/* Of the last message only the last one is told. */
static void send_to_the_last_alone(struct scene *scene)
{
    struct tov_message_written written;
    struct sim_order order = {.record = 400,
                              .recipient_count = 1,
                              .recipients = {{LAST + 1, TOV_RIGHT_ALL}},
                              .text_bytes = 100};
    scene->wire->filter = keeps_parcels_from_all_but_the_last;
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(scene->wire);
    scene->wire->filter = NULL;
}

static void turn_clock(struct scene *scene, int64_t ms)
{
    struct sim_node *node = &scene->wire->nodes[0];
    sim_node_time(node, node->now_ms + (uint64_t)ms, node->mono_ms);
}

/* A clock that runs ahead keeps what is written from being signed. */
static struct scene *make_scene_unsigned(const char *name)
{
    struct scene *scene = make_scene(name, send_to_the_last_alone);
    read_back_without_the_late_one(scene);
    turn_clock(scene, 86400000);
    hear(scene, 2);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_CLOCK);
    UNIT_EQUAL_INT(count_losses(scene), 1);
    return scene;
}

/* The last one holds another entry in its place. */
static void find_replaced(struct scene *scene)
{
    hear(scene, LAST);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    turn_clock(scene, -86400000);
}

static void replace_unsigned(struct scene *scene)
{
    find_replaced(scene);
    sim_wire_pass(scene->wire, 90000);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
}

/* What the late one was sent is as uncertain as before. */
static void a_loss_that_was_not_signed_is_said_again(void)
{
    struct scene *scene = make_scene_unsigned("unsigned-loss");
    replace_unsigned(scene);
    UNIT_EQUAL_INT(count_losses(scene), 2);
    submit(scene, 300, NULL);
    hear(scene, LATE);
    sim_wire_pass(scene->wire, 20000);
    check_links(scene);
    destroy_scene(scene);
}

/* The series that it had begun is none, and the one before it goes on with its receipts. */
static void what_was_lost_before_and_comes_back_ends_no_series(void)
{
    struct scene *scene = make_scene_unsigned("unsigned-back");
    find_replaced(scene);
    hear(scene, LATE);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_losses(scene), 1);
    (void)sim_wire_send(scene->wire, 0, 300);
    sim_wire_run(scene->wire);
    for (size_t i = 1; i < NODES; i++)
        check_receipted(scene, 0, i);
    check_links(scene);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "receipt-does-not-fit"));
    destroy_scene(scene);
}

static void send_from_the_first(struct scene *scene, uint64_t record)
{
    (void)sim_wire_send(scene->wire, 1, record);
    sim_wire_run(scene->wire);
}

/* What they speak of is held here, and comes no second time. */
static void receipts_that_were_not_signed_are_given_again(void)
{
    struct scene *scene = make_scene_unsigned("unsigned-receipts");
    send_from_the_first(scene, 500);
    replace_unsigned(scene);
    check_receipted(scene, 1, 0);
    send_from_the_first(scene, 501);
    check_receipted(scene, 1, 0);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "receipt-does-not-fit"));
    destroy_scene(scene);
}

static void send_and_have_receipts(struct scene *scene)
{
    send_from_the_first(scene, 500);
}

/* The late one has node 1's mirror of the entries of node 0 that it lacks. */
static void betray_to_the_late_one(struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_MLEAF,
                                    .first = tov_store_key_u16_u32_u64(1, 1, 0),
                                    .last = tov_store_key_u16_u32_u64(1, 1, UINT64_MAX)};
    struct tov_store_iter iter;
    struct tov_core *late = tov_node_core(scene->wire->nodes[LATE].node);
    UNIT_NEED(tov_store_read_begin(scene->wire->nodes[1].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter))
        tov_store_batch_put(tov_core_batch(late), TOV_TABLE_MLEAF, iter.row.key, iter.row.value);
    UNIT_OK(tov_store_iter_fini(&iter));
}

/* One that brings a receipt that another was given keeps nobody from knowing that it was. */
static void no_receipt_is_given_twice_whoever_brings_it_back(void)
{
    struct scene *scene = make_scene("betrayed", send_and_have_receipts);
    betray_to_the_late_one(scene);
    sim_node_settle(&scene->wire->nodes[LATE]);
    hear(scene, LATE);
    hear(scene, 2);
    hear(scene, LAST);
    hear(scene, 1);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    send_from_the_first(scene, 501);
    check_receipted(scene, 1, 0);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "receipt-does-not-fit"));
    destroy_scene(scene);
}

/* Only node 2 is sent the loss; then it gives hashes, and no entries. */
static bool keeps_parcels_from_all_but_2(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != 0 || frame->to == 2 || sim_frame_kind(frame) != TOV_FRAME_PARCEL;
}

static bool keeps_leaves_of_2(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != 2 || !is_leaves(frame);
}

static bool keeps_consent_of_2(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != 2 || !sim_frame_is_control(frame, TOV_CONTROL_RESTORE_ANSWER);
}

/* It comes back when all others were heard: who was behind it must be told of it, and not be shown
 * its hash alone before that. */
static void nobody_passes_over_a_loss_that_comes_late(void)
{
    struct scene *scene = make_scene("passed-over", NULL);
    read_back_without_the_late_one(scene);
    scene->wire->filter = keeps_parcels_from_all_but_2;
    hear(scene, 2);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_losses(scene), 1);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE | SIM_GUARD);
    sim_wire_start(scene->wire, 0);
    scene->wire->filter = keeps_leaves_of_2;
    hear(scene, 2);
    sim_wire_disconnect(scene->wire, 0, 2);
    hear(scene, 1);
    hear(scene, LATE);
    hear(scene, LAST);
    sim_wire_pass(scene->wire, 90000);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    scene->wire->filter = keeps_consent_of_2;
    hear(scene, 2);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    scene->wire->filter = NULL;
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_losses(scene), 1);
    (void)sim_wire_send(scene->wire, 0, 300);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 20000);
    check_links(scene);
    destroy_scene(scene);
}

/* To node 1, which gets the header alone and is heard first, and to the late one. */
static void send_header_to_the_first(struct scene *scene)
{
    struct tov_message_written written;
    struct sim_order order = {.record = 400,
                              .recipient_count = 2,
                              .recipients = {{2, TOV_RIGHT_HEADER}, {LATE + 1, TOV_RIGHT_ALL}},
                              .text_bytes = 100};
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(scene->wire);
}

static bool has_link(const struct scene *scene, const struct tov_link_place *place)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    UNIT_NEED(tov_store_read_begin(scene->wire->nodes[0].store, &read, NULL) == TOV_OK);
    return tov_store_get(read, TOV_TABLE_LINK, tov_key_link(place), &row) == TOV_OK;
}

/* What it holds is not the whole of the message, but its link; of which its receipts speak, also
 * before the message is here. */
static void the_link_of_who_holds_the_header_alone_comes_back(void)
{
    struct scene *scene = make_scene("header", send_header_to_the_first);
    struct tov_link_place place = {2, 1, 0, 2};
    hear(scene, 1);
    CU_ASSERT(has_link(scene, &place));
    hear(scene, 2);
    hear(scene, LATE);
    hear(scene, LAST);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "entries-lost"));
    submit(scene, 300, NULL);
    (void)sim_wire_send(scene->wire, 0, 301);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 20000);
    check_links(scene);
    destroy_scene(scene);
}

/* Leaf times of node 0's entries that are here. */
static void check_times(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_LEAF};
    struct tov_store_iter iter;
    uint64_t last_ms = 0;
    UNIT_NEED(tov_store_read_begin(scene->wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_own(iter.row.value, &entry) == TOV_OK);
        if (entry.state != TOV_ENTRY_PRESENT)
            continue;
        uint64_t time_ms = tov_get_be64(entry.leaf.data + 8);
        CU_ASSERT(time_ms >= last_ms);
        last_ms = time_ms;
    }
    UNIT_OK(tov_store_iter_fini(&iter));
}

/* To all, and a minute later to the late one alone. */
static void send_an_hour_later(struct scene *scene)
{
    sim_wire_pass(scene->wire, 3600000);
    (void)sim_wire_send(scene->wire, 0, 209);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    submit(scene, 210, NULL);
    sim_wire_run(scene->wire);
}

/* Its clock is behind what the last entries say, as a machine's is that was set back whole. */
static struct scene *make_scene_with_clock_behind(const char *name)
{
    struct scene *scene = make_scene(name, send_an_hour_later);
    struct sim_node *node = &scene->wire->nodes[0];
    sim_node_time(node, node->now_ms - 1800000, node->mono_ms);
    return scene;
}

static void times_go_on_though_the_last_entry_is_lost(void)
{
    struct scene *scene = make_scene_with_clock_behind("times-lost");
    read_back_without_the_late_one(scene);
    hear(scene, 2);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_losses(scene), 1);
    check_times(scene);
    destroy_scene(scene);
}

static void times_go_on_behind_those_that_came_late(void)
{
    struct scene *scene = make_scene_with_clock_behind("times");
    read_back_without_the_late_one(scene);
    hear(scene, LATE);
    hear(scene, 2);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    submit(scene, 300, NULL);
    sim_wire_run(scene->wire);
    check_times(scene);
    destroy_scene(scene);
}

/* Chunks never come, so that the late one says that it waits for them. */
static bool keeps_first_of_the_late_one(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    return keeps_chunks(NULL, frame) && (frame->from != LATE || kept_passes(&scene->kept, frame));
}

static struct tov_delivery delivery_of(const struct scene *scene, uint64_t link)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block block = {.series = {1, 0}, .number = link};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(scene->wire->nodes[0].store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, LATE + 1, &block, &delivery) == TOV_OK);
    return delivery;
}

static void send_file(struct scene *scene)
{
    struct tov_message_written written;
    struct sim_order order = {.record = 400,
                              .recipient_count = 1,
                              .recipients = {{LATE + 1, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .attachment_count = 1,
                              .attachment_bytes = {1000}};
    scene->wire->filter = keeps_chunks;
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(scene->wire);
}

/* The message comes back with its link, and at once the receipt that speaks of it. */
static void what_is_said_of_what_came_back_counts(void)
{
    struct scene *scene = make_scene("said", send_file);
    hear(scene, 1);
    hear(scene, 2);
    sim_wire_pass(scene->wire, 90000);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    kept_init(&scene->kept);
    scene->wire->filter = keeps_first_of_the_late_one;
    scene->wire->filter_context = scene;
    hear(scene, LATE);
    UNIT_NEED(kept_is_whole(&scene->kept));
    scene->wire->filter = keeps_chunks;
    struct tov_node *node = scene->wire->nodes[0].node;
    tov_node_on_peer_frame(node, LATE + 1, tov_buf_view(&scene->kept.leaves));
    tov_node_turn(node);
    UNIT_EQUAL_INT(tov_follow_link_gap(tov_node_follow(node), LATE + 1), TOV_LINK_GAP_UNKNOWN);
    tov_node_on_peer_frame(node, LATE + 1, tov_buf_view(&scene->kept.parcel));
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(tov_follow_link_gap(tov_node_follow(node), LATE + 1), TOV_LINK_GAP_WITHHELD);
    UNIT_EQUAL_INT(delivery_of(scene, 4).verdict.verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(delivery_of(scene, 5).verdict.verdict, TOV_VERDICT_PENDING);
    kept_fini(&scene->kept);
    destroy_scene(scene);
}

/* The first answer is taken in, and its commit finds no room. */
static bool fill_disk_at_first(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    if (frame->from == 1 && is_leaves(frame))
        scene->wire->nodes[0].disk_is_full = true;
    return true;
}

static bool keeps_leaves_of_the_late_one(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != LATE || !is_leaves(frame);
}

/* While there is no room no answer is taken: who gives them is waited for from when there is. */
static void what_finds_no_room_for_long_is_not_lost(void)
{
    struct scene *scene = make_scene("room", NULL);
    scene->wire->filter = fill_disk_at_first;
    scene->wire->filter_context = scene;
    hear(scene, 1);
    hear(scene, LATE);
    UNIT_NEED(sim_wire_logged(scene->wire, "disk-is-full"));
    sim_wire_pass(scene->wire, 90000);
    sim_wire_pass(scene->wire, 4000000);
    scene->wire->nodes[0].disk_is_full = false;
    scene->wire->filter = keeps_leaves_of_the_late_one;
    sim_wire_pass(scene->wire, 10000);
    hear(scene, 2);
    sim_wire_pass(scene->wire, 10000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    scene->wire->filter = NULL;
    sim_wire_pass(scene->wire, 60000);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(count_losses(scene), 0);
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(links_go_on_behind_those_that_came_late),
        UNIT_TEST(what_is_on_its_way_back_is_not_appended_anew),
        UNIT_TEST(links_go_on_in_the_series_that_came_late),
        UNIT_TEST(links_go_on_behind_those_whose_loss_came_after_them),
        UNIT_TEST(the_link_of_who_holds_the_header_alone_comes_back),
        UNIT_TEST(times_go_on_though_the_last_entry_is_lost),
        UNIT_TEST(times_go_on_behind_those_that_came_late),
        UNIT_TEST(a_loss_that_was_not_signed_is_said_again),
        UNIT_TEST(what_was_lost_before_and_comes_back_ends_no_series),
        UNIT_TEST(receipts_that_were_not_signed_are_given_again),
        UNIT_TEST(no_receipt_is_given_twice_whoever_brings_it_back),
        UNIT_TEST(nobody_passes_over_a_loss_that_comes_late),
        UNIT_TEST(what_is_said_of_what_came_back_counts),
        UNIT_TEST(what_finds_no_room_for_long_is_not_lost),
    };
    return unit_run("follow_late_leaves", tests, sizeof tests / sizeof tests[0]);
}
