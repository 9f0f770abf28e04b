/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node that was set back, and a peer that has taken entries of it which are not durable there,
 * for its disk is full: it does not say that it has none, and what it has comes back.
 * Not for: the disk of the node itself (late_leaves_test.c).
 */
#include "counted.h"
#include "follow/peer.h"
#include "ledger/entry.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/leaf.h"

#include <stdlib.h>
#include <string.h>

#define NODES 4u
#define HOLDER 3u /* no keeper of node 0, whose keepers are 1 and 2 */
#define MINUTE_MS 60000u

/* Node 0 sent to the holder alone, since its copy: one message that is durable there, and, where
 * the holder's disk is filled, in one batch another one and the receipt for what the holder had
 * sent. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;
    uint8_t early[TOV_MESSAGE_ID_BYTES];
    uint8_t late[TOV_MESSAGE_ID_BYTES];
    bool has_late;
};

static const struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

static struct tov_follow *follow_of(const struct scene *scene, size_t node)
{
    return tov_node_follow(scene->wire->nodes[node].node);
}

static void write_to_holder(struct scene *scene, uint64_t record, uint8_t *out_id)
{
    struct tov_message_written written;
    struct sim_node *node = &scene->wire->nodes[0];
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{HOLDER + 1, TOV_RIGHT_ALL}},
                              .text_bytes = 100};
    UNIT_NEED(sim_message_submit(node, &order, &written) == TOV_OK);
    memcpy(out_id, node->submitted_id, TOV_MESSAGE_ID_BYTES);
}

static bool writes_and_fills_disk(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    bool is_parcel = sim_frame_kind(frame) == TOV_FRAME_PARCEL;
    if (is_parcel && frame->from == HOLDER && frame->to == 0 && !scene->has_late) {
        write_to_holder(scene, 202, scene->late);
        scene->has_late = true;
    }
    if (is_parcel && frame->from == 0 && frame->to == HOLDER)
        scene->wire->nodes[HOLDER].disk_is_full = true;
    return true;
}

static void set_back(struct scene *scene)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE);
    sim_wire_start_again(scene->wire, 0);
}

static struct scene *begin_scene(const char *name)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->wire = sim_wire_create_kept(name, NODES, 2);
    sim_wire_start_all(scene->wire);
    sim_wire_copy(scene->wire, 0, &scene->copy);
    write_to_holder(scene, 201, scene->early);
    sim_wire_run(scene->wire);
    scene->wire->filter_context = scene;
    return scene;
}

static void fill_disk(struct scene *scene)
{
    scene->wire->filter = writes_and_fills_disk;
    (void)sim_wire_send(scene->wire, HOLDER, 300);
    (void)sim_wire_send(scene->wire, HOLDER, 301);
    sim_wire_run(scene->wire);
    const struct tov_peer *peer = tov_follow_peer(follow_of(scene, HOLDER), 1);
    UNIT_NEED(core_of(scene, HOLDER)->waits_for_room);
    UNIT_NEED(peer->range.size > peer->committed_size);
    UNIT_EQUAL_INT(peer->range.size, tov_ledger_signed(core_of(scene, 0)->ledger));
    scene->wire->filter = NULL;
}

static struct scene *make_scene(const char *name)
{
    struct scene *scene = begin_scene(name);
    fill_disk(scene);
    set_back(scene);
    return scene;
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static void pass_minutes(struct scene *scene, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        sim_wire_pass(scene->wire, MINUTE_MS);
}

static void give_room(struct scene *scene)
{
    scene->wire->nodes[HOLDER].disk_is_full = false;
    pass_minutes(scene, 1);
    CU_ASSERT_FALSE(core_of(scene, HOLDER)->waits_for_room);
}

static void check_state(const struct scene *scene, enum tov_node_state state)
{
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), state);
}

static void check_has(const struct scene *scene, size_t node, const uint8_t *id, size_t count)
{
    UNIT_EQUAL_INT(count_with_id(core_of(scene, node), 1, id), count);
}

/* Links of which the receipts speak that node 0 has shown to the holder. */
static uint64_t count_receipted(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_store_range range = {.table = TOV_TABLE_MLEAF,
                                    .first = tov_store_key_u16_u32_u64(1, 1, 0),
                                    .last = tov_store_key_u16_u32_u64(1, 1, UINT64_MAX)};
    struct tov_store_iter iter;
    uint64_t count = 0;
    UNIT_NEED(leaf != NULL);
    UNIT_NEED(tov_store_read_begin(core_of(scene, HOLDER)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        UNIT_NEED(tov_entry_decode_mirror(iter.row.value, &entry) == TOV_OK);
        if (entry.state == TOV_ENTRY_PRESENT && tov_leaf_decode(entry.leaf, leaf) == TOV_OK &&
            leaf->type == TOV_LEAF_RECEIPT)
            count += tov_receipt_span(&leaf->as.receipt);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

/* Both sides have all, each message once and with one receipt; and links go on. */
static void check_works(struct scene *scene)
{
    struct tov_peer_view view;
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    write_to_holder(scene, 210, id);
    (void)sim_wire_send(scene->wire, HOLDER, 310);
    pass_minutes(scene, 1);
    for (size_t node = 0; node <= HOLDER; node += HOLDER) {
        check_has(scene, node, scene->early, 1);
        check_has(scene, node, scene->late, 1);
        check_has(scene, node, id, 1);
    }
    tov_follow_peer_view(follow_of(scene, HOLDER), 0, &view);
    UNIT_EQUAL_INT(view.links_sent, 3);
    UNIT_EQUAL_INT(view.links_receipted, 3);
    UNIT_EQUAL_INT(count_receipted(scene), 3);
    tov_follow_peer_view(follow_of(scene, 0), HOLDER - 1, &view);
    UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "receipt-does-not-fit"));
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "link-broken"));
}

static void what_is_not_durable_at_its_holder_is_waited_for(void)
{
    struct scene *scene = make_scene("waited");
    pass_minutes(scene, 10);
    check_state(scene, TOV_NODE_RECOVERING);
    give_room(scene);
    check_state(scene, TOV_NODE_SERVING);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "entries-lost"));
    check_works(scene);
    destroy_scene(scene);
}

/* What is durable there comes back at once; of the rest nobody says that nobody has it. */
static void where_it_takes_too_long_it_comes_back_later_and_once(void)
{
    struct scene *scene = make_scene("later");
    check_has(scene, 0, scene->early, 1);
    pass_minutes(scene, 70);
    check_state(scene, TOV_NODE_SERVING);
    CU_ASSERT(sim_wire_logged(scene->wire, "entries-lost"));
    check_has(scene, 0, scene->late, 0);
    UNIT_EQUAL_INT(tov_follow_link_gap(follow_of(scene, 0), HOLDER + 1), TOV_LINK_GAP_UNKNOWN);
    give_room(scene);
    check_works(scene);
    destroy_scene(scene);
}

/* What is asked for lies behind all that the holder has taken. */
static void who_has_nothing_of_it_says_so_whatever_else_is_not_durable(void)
{
    struct scene *scene = begin_scene("behind");
    fill_disk(scene);
    sim_copy_fini(&scene->copy);
    sim_wire_copy(scene->wire, 0, &scene->copy);
    (void)sim_wire_send(scene->wire, 0, 203);
    sim_wire_run(scene->wire);
    set_back(scene);
    sim_wire_pass(scene->wire, 5000);
    check_state(scene, TOV_NODE_SERVING);
    CU_ASSERT(core_of(scene, HOLDER)->waits_for_room);
    destroy_scene(scene);
}

static bool loses_leaves_and_fills_disk(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    if (frame->to == HOLDER && sim_frame_kind(frame) == TOV_FRAME_PARCEL)
        scene->wire->nodes[HOLDER].disk_is_full = true;
    return frame->from != HOLDER || !sim_frame_is_control(frame, TOV_CONTROL_LEAF_ANSWER);
}

/* It serves already, and goes on sending. */
static void what_is_taken_behind_it_holds_up_no_answer(void)
{
    struct scene *scene = begin_scene("since");
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    scene->wire->filter = loses_leaves_and_fills_disk;
    set_back(scene);
    pass_minutes(scene, 3);
    check_state(scene, TOV_NODE_SERVING);
    write_to_holder(scene, 204, id);
    sim_wire_run(scene->wire);
    const struct tov_peer *peer = tov_follow_peer(follow_of(scene, HOLDER), 1);
    UNIT_NEED(core_of(scene, HOLDER)->waits_for_room);
    UNIT_NEED(peer->range.size > peer->committed_size);
    check_has(scene, 0, scene->early, 0);
    scene->wire->filter = NULL;
    pass_minutes(scene, 1);
    check_has(scene, 0, scene->early, 1);
    CU_ASSERT(core_of(scene, HOLDER)->waits_for_room);
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_not_durable_at_its_holder_is_waited_for),
        UNIT_TEST(where_it_takes_too_long_it_comes_back_later_and_once),
        UNIT_TEST(who_has_nothing_of_it_says_so_whatever_else_is_not_durable),
        UNIT_TEST(what_is_taken_behind_it_holds_up_no_answer),
    };
    return unit_run("follow_undurable_leaves", tests, sizeof tests / sizeof tests[0]);
}
