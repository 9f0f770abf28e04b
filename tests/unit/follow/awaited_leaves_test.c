/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node that was set back, and that a keeper frees to serve which it had not heard before: for
 * what that keeper has to give it waits before it says what is lost, and not for ever. And nothing
 * is sent before what it said is signed.
 * Not for: what comes later all the same, and what goes on behind it (late_leaves_test.c).
 */
#include "counted.h"
#include "support/sim_frame.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <string.h>

#define NODES 5u
#define FIRST 1u  /* a keeper of node 0, which is heard at once */
#define KEEPER 2u /* the other one: it makes the majority */
#define OTHER 3u  /* no keeper */
#define LAST 4u   /* no keeper either, and not heard at first */
#define AHEAD_MS 86400000

/* Node 0 was put back with its guard, and has not heard anybody. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;
    uint8_t sent[TOV_MESSAGE_ID_BYTES]; /* since the copy, to the keeper alone */
    unsigned parcels;                   /* that it sent since its loss was lost */
};

static enum tov_node_state state_of(const struct scene *scene)
{
    return tov_node_state(scene->wire->nodes[0].node);
}

static void hear(struct scene *scene, size_t node)
{
    sim_wire_connect(scene->wire, 0, node);
    sim_wire_run(scene->wire);
}

/* ID NULL: another message than before. */
static void submit_to(struct scene *scene, size_t recipient, const uint8_t *id)
{
    struct tov_message_written written;
    struct sim_node *node = &scene->wire->nodes[0];
    struct sim_order order = {.record = 200,
                              .recipient_count = 1,
                              .recipients = {{(uint16_t)(recipient + 1), TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .id = id};
    UNIT_NEED(sim_message_submit(node, &order, &written) == TOV_OK);
    sim_node_settle(node);
    memcpy(scene->sent, node->submitted_id, sizeof scene->sent);
}

static void submit(struct scene *scene, const uint8_t *id)
{
    submit_to(scene, KEEPER, id);
}

static struct scene *make_scene(const char *name)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->wire = sim_wire_create_kept(name, NODES, 2);
    sim_wire_start_all(scene->wire);
    (void)sim_wire_send(scene->wire, 0, 100);
    sim_wire_run(scene->wire);
    sim_wire_crash(scene->wire, 0);
    sim_node_copy(&scene->wire->nodes[0], &scene->copy);
    sim_wire_start(scene->wire, 0);
    for (size_t i = 1; i < NODES; i++)
        hear(scene, i);
    submit(scene, NULL);
    sim_wire_run(scene->wire);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE | SIM_GUARD);
    sim_wire_start(scene->wire, 0);
    return scene;
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static bool keeps_leaves_of_the_keeper(void *context, struct sim_frame *frame)
{
    (void)context;
    return frame->from != KEEPER || !sim_frame_is_control(frame, TOV_CONTROL_LEAF_ANSWER);
}

/* The first answer is taken in, and its commit finds no room: then none is taken. */
static bool fills_disk(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    if (sim_frame_is_control(frame, TOV_CONTROL_LEAF_ANSWER))
        scene->wire->nodes[0].disk_is_full = true;
    return true;
}

/* Messages with the id of the one that was sent last, at its recipient. */
static size_t count_sent(const struct scene *scene)
{
    return count_with_id(tov_node_core(scene->wire->nodes[KEEPER].node), 1, scene->sent);
}

/* Who is silent is not waited for any more; it waits for a majority of its keepers. */
static void read_back_without_the_keeper(struct scene *scene)
{
    hear(scene, FIRST);
    hear(scene, OTHER);
    sim_wire_pass(scene->wire, 90000);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
}

/* A program repeats on the old copy what only the keeper holds that is heard last. */
static struct scene *wait_for_keeper(const char *name)
{
    struct scene *scene = make_scene(name);
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    memcpy(id, scene->sent, sizeof id);
    submit(scene, id);
    read_back_without_the_keeper(scene);
    return scene;
}

static void what_the_keeper_holds_that_frees_the_node_is_not_lost(void)
{
    struct scene *scene = wait_for_keeper("keeper");
    hear(scene, KEEPER);
    sim_wire_pass(scene->wire, 20000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "entries-lost"));
    UNIT_EQUAL_INT(count_sent(scene), 1);
    destroy_scene(scene);
}

static void what_it_holds_is_not_lost_where_it_finds_no_room_for_long(void)
{
    struct scene *scene = wait_for_keeper("keeper-room");
    scene->wire->filter = fills_disk;
    scene->wire->filter_context = scene;
    hear(scene, LAST);
    hear(scene, KEEPER);
    sim_wire_pass(scene->wire, 90000);
    sim_wire_pass(scene->wire, 4000000);
    scene->wire->filter = keeps_leaves_of_the_keeper;
    UNIT_NEED(sim_wire_logged(scene->wire, "disk-is-full"));
    scene->wire->nodes[0].disk_is_full = false;
    sim_wire_pass(scene->wire, 10000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    scene->wire->filter = NULL;
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "entries-lost"));
    UNIT_EQUAL_INT(count_sent(scene), 1);
    destroy_scene(scene);
}

static void a_keeper_that_gives_nothing_is_waited_for_for_a_minute(void)
{
    struct scene *scene = wait_for_keeper("mute");
    scene->wire->filter = keeps_leaves_of_the_keeper;
    hear(scene, KEEPER);
    sim_wire_pass(scene->wire, 50000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    sim_wire_pass(scene->wire, 20000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    CU_ASSERT(sim_wire_logged(scene->wire, "entries-lost"));
    destroy_scene(scene);
}

typedef bool passes_fn(void *context, struct sim_frame *frame);

static bool is_parcel_of_the_node(const struct sim_frame *frame)
{
    return frame->from == 0 && sim_frame_kind(frame) == TOV_FRAME_PARCEL;
}

/* Only the last one is told what is lost: the keeper does not give what was sent to it alone. */
static bool tells_loss_to_the_last_alone(void *context, struct sim_frame *frame)
{
    return keeps_leaves_of_the_keeper(context, frame) &&
           (!is_parcel_of_the_node(frame) || frame->to == LAST);
}

static bool is_consent_of_the_keeper(const struct sim_frame *frame)
{
    return frame->from == KEEPER && sim_frame_is_control(frame, TOV_CONTROL_RESTORE_ANSWER);
}

static bool keeps_consent_of_the_keeper(void *context, struct sim_frame *frame)
{
    (void)context;
    return !is_consent_of_the_keeper(frame);
}

/* What the node writes first when it is free finds no room. */
static bool fills_disk_with_consent(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    if (is_consent_of_the_keeper(frame))
        scene->wire->nodes[0].disk_is_full = true;
    return true;
}

static void lose(struct scene *scene, passes_fn *passes)
{
    scene->wire->filter = passes;
    hear(scene, LAST);
    hear(scene, KEEPER);
    sim_wire_pass(scene->wire, 70000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    UNIT_NEED(sim_wire_logged(scene->wire, "entries-lost"));
}

static void turn_clock(struct scene *scene, int64_t ms)
{
    struct sim_node *node = &scene->wire->nodes[0];
    sim_node_time(node, node->now_ms + (uint64_t)ms, node->mono_ms);
}

/* Set back again, it is not given that entry alone, and says so into a commit that finds no room.
 * Its clock is AHEAD_MS ahead then. */
static void lose_the_loss(struct scene *scene, int64_t ahead_ms)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE);
    sim_wire_start(scene->wire, 0);
    scene->wire->filter = keeps_consent_of_the_keeper;
    scene->wire->filter_context = scene;
    hear(scene, KEEPER);
    read_back_without_the_keeper(scene);
    scene->wire->log[0] = '\0';
    scene->wire->filter = fills_disk_with_consent;
    turn_clock(scene, ahead_ms);
    sim_wire_pass(scene->wire, 10000);
    turn_clock(scene, -ahead_ms);
    UNIT_EQUAL_INT(state_of(scene), ahead_ms == 0 ? TOV_NODE_SERVING : TOV_NODE_CLOCK);
    UNIT_NEED(sim_wire_logged(scene->wire, "entries-lost"));
    UNIT_NEED(sim_wire_logged(scene->wire, "disk-is-full"));
}

/* All of what it sent has a receipt. */
static void check_receipted(const struct scene *scene, size_t at)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[0].node), at - 1, &view);
    CU_ASSERT(view.links_sent > 0);
    UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
}

/* The entry comes back after all, and so does everything. */
static void check_all_come_along(struct scene *scene)
{
    scene->wire->filter = NULL;
    scene->wire->log[0] = '\0';
    hear(scene, LAST);
    for (size_t i = FIRST; i < LAST; i++)
        hear(scene, i);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "entries-lost"));
    (void)sim_wire_send(scene->wire, 0, 300);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 20000);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "link-broken"));
    for (size_t i = FIRST; i <= LAST; i++)
        check_receipted(scene, i);
}

/* It ends before there is room, and the entry comes back after all: who had passed over it would
 * never hear of the links that are counted behind it. */
static void check_nothing_was_sent(const char *name, int64_t ahead_ms)
{
    struct scene *scene = make_scene(name);
    read_back_without_the_keeper(scene);
    lose(scene, tells_loss_to_the_last_alone);
    lose_the_loss(scene, ahead_ms);
    sim_wire_crash(scene->wire, 0);
    scene->wire->nodes[0].disk_is_full = false;
    sim_wire_start(scene->wire, 0);
    check_all_come_along(scene);
    destroy_scene(scene);
}

static void nothing_is_sent_before_what_is_lost_is_durable(void)
{
    check_nothing_was_sent("not-durable", 0);
}

/* It is in another state by then, in that same turn. */
static void nor_where_its_clock_is_found_to_be_ahead(void)
{
    check_nothing_was_sent("not-durable-ahead", AHEAD_MS);
}

/* The keeper is told what is lost as well, and gives its hash. */
static bool tells_loss_to_the_last_and_the_keeper(void *context, struct sim_frame *frame)
{
    return tells_loss_to_the_last_alone(context, frame) ||
           (is_parcel_of_the_node(frame) && frame->to == KEEPER);
}

static bool counts_parcels(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    scene->parcels += is_parcel_of_the_node(frame) ? 1 : 0;
    return keeps_leaves_of_the_keeper(context, frame);
}

static bool counts_parcels_that_get_lost(void *context, struct sim_frame *frame)
{
    return counts_parcels(context, frame) && !is_parcel_of_the_node(frame);
}

/* Set back again, with its guard, it says once more what is lost, that loss too, in the place of an
 * entry that the last one alone was sent. Its clock keeps it from signing that. */
static struct scene *lose_the_loss_unsigned(const char *name, passes_fn *passes)
{
    struct scene *scene = make_scene(name);
    read_back_without_the_keeper(scene);
    lose(scene, tells_loss_to_the_last_and_the_keeper);
    scene->wire->filter = tells_loss_to_the_last_alone;
    submit_to(scene, LAST, NULL);
    sim_wire_run(scene->wire);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE | SIM_GUARD);
    sim_wire_start(scene->wire, 0);
    scene->wire->filter = passes;
    scene->wire->filter_context = scene;
    for (size_t i = FIRST; i < LAST; i++)
        hear(scene, i);
    sim_wire_pass(scene->wire, 100000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    scene->wire->log[0] = '\0';
    turn_clock(scene, AHEAD_MS);
    sim_wire_pass(scene->wire, 20000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_CLOCK);
    UNIT_NEED(sim_wire_logged(scene->wire, "entries-lost"));
    return scene;
}

/* What undoes the second loss brings the first one back, which nobody may have passed over. */
static void nobody_passes_over_a_loss_that_comes_late(void)
{
    struct scene *scene = lose_the_loss_unsigned("late-loss", counts_parcels);
    hear(scene, LAST);
    UNIT_EQUAL_INT(scene->parcels, 0);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_RECOVERING);
    turn_clock(scene, -AHEAD_MS);
    check_all_come_along(scene);
    destroy_scene(scene);
}

/* It ends with the second loss in its store, and no recovery is open at the next start. */
static void nor_where_it_is_started_again_meanwhile(void)
{
    struct scene *scene = lose_the_loss_unsigned("late-loss-start", counts_parcels_that_get_lost);
    sim_wire_crash(scene->wire, 0);
    turn_clock(scene, -AHEAD_MS);
    sim_wire_start(scene->wire, 0);
    scene->parcels = 0;
    scene->wire->filter = counts_parcels;
    hear(scene, FIRST);
    hear(scene, OTHER);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_KEEPERS);
    UNIT_EQUAL_INT(scene->parcels, 0);
    check_all_come_along(scene);
    destroy_scene(scene);
}

/* Where nothing undoes it, it is told as soon as it is signed. */
static void what_is_lost_is_told_once_it_is_signed(void)
{
    struct scene *scene = lose_the_loss_unsigned("loss-signed", counts_parcels);
    UNIT_EQUAL_INT(scene->parcels, 0);
    turn_clock(scene, -AHEAD_MS);
    sim_wire_pass(scene->wire, 1000);
    UNIT_EQUAL_INT(state_of(scene), TOV_NODE_SERVING);
    CU_ASSERT(scene->parcels > 0);
    scene->wire->filter = NULL;
    (void)sim_wire_send(scene->wire, 0, 300);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 20000);
    for (size_t i = FIRST; i < LAST; i++)
        check_receipted(scene, i);
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_the_keeper_holds_that_frees_the_node_is_not_lost),
        UNIT_TEST(what_it_holds_is_not_lost_where_it_finds_no_room_for_long),
        UNIT_TEST(a_keeper_that_gives_nothing_is_waited_for_for_a_minute),
        UNIT_TEST(nothing_is_sent_before_what_is_lost_is_durable),
        UNIT_TEST(nor_where_its_clock_is_found_to_be_ahead),
        UNIT_TEST(nobody_passes_over_a_loss_that_comes_late),
        UNIT_TEST(nor_where_it_is_started_again_meanwhile),
        UNIT_TEST(what_is_lost_is_told_once_it_is_signed),
    };
    return unit_run("follow_awaited_leaves", tests, sizeof tests / sizeof tests[0]);
}
