/* SPDX-License-Identifier: EUPL-1.2
 *
 * What peers say to a node while a commit of it waits for room: nothing of it is put behind that
 * commit (I11), none of it is a fault of theirs, and it comes again once there is room.
 * Not for: what clients meet (core/full_test.c).
 */
#include "follow/peer.h"
#include "ledger/message.h"
#include "support/sim_disk.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <stdlib.h>

#define FULL 0u /* the node whose disk is full */
#define PEER 1u
#define DAY_MS 86400000ull

struct scene {
    struct sim_wire *wire;
    bool loses; /* frames of that kind to FULL do not arrive */
    enum tov_frame_kind lost;
    struct tov_buf newest_lost;
    struct tov_message_written sent; /* by FULL before its disk was full, and not receipted */
};

static bool filter(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    if (!scene->loses || frame->to != FULL || sim_frame_kind(frame) != scene->lost)
        return true;
    tov_buf_clear(&scene->newest_lost);
    tov_buf_put_bytes(&scene->newest_lost, tov_buf_view(&frame->bytes));
    return false;
}

static void lose(struct scene *scene, enum tov_frame_kind kind)
{
    scene->loses = true;
    scene->lost = kind;
}

static struct tov_core *core_of(const struct scene *scene)
{
    return tov_node_core(scene->wire->nodes[FULL].node);
}

static uint64_t witnessed(const struct scene *scene)
{
    return tov_follow_witnessed(tov_node_follow(scene->wire->nodes[FULL].node));
}

static void scene_init(struct scene *scene, const char *name)
{
    *scene = (struct scene){.wire = sim_wire_create(name, 2),
                            .newest_lost = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES)};
    sim_wire_start_all(scene->wire);
    scene->wire->filter = filter;
    scene->wire->filter_context = scene;
    (void)sim_wire_send(scene->wire, FULL, 1);
    sim_wire_run(scene->wire);
}

static void scene_fini(struct scene *scene)
{
    sim_wire_destroy(scene->wire);
    tov_buf_fini(&scene->newest_lost);
}

/* It writes one more message, which waits. */
static void fill(struct scene *scene)
{
    struct sim_node *node = &scene->wire->nodes[FULL];
    node->disk_is_full = true;
    sim_disk_fill(node->disk, true);
    (void)sim_wire_send(scene->wire, FULL, 2);
    sim_wire_run(scene->wire);
    UNIT_NEED(core_of(scene)->waits_for_room);
    UNIT_EQUAL_INT(tov_store_batch_bytes(core_of(scene)->open->batch), 0);
}

static void give_room(struct scene *scene)
{
    struct sim_node *node = &scene->wire->nodes[FULL];
    node->disk_is_full = false;
    sim_disk_fill(node->disk, false);
    sim_wire_pass(scene->wire, 2000);
    CU_ASSERT(!core_of(scene)->waits_for_room);
}

/* Nothing of what was said waits behind the commit, and nobody is blamed. */
static void check_that_nothing_was_taken(const struct scene *scene)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[FULL].node), 0, &view);
    UNIT_EQUAL_INT(tov_store_batch_bytes(core_of(scene)->open->batch), 0);
    UNIT_EQUAL_INT(core_of(scene)->open->after.count, 0);
    UNIT_EQUAL_INT(view.faults, 0);
    UNIT_EQUAL_INT(scene->wire->drops, 0);
}

static void cosignatures_are_let_go_and_come_with_the_next_session(void)
{
    struct scene scene;
    scene_init(&scene, "full-cosigned");
    uint64_t before = witnessed(&scene);
    lose(&scene, TOV_FRAME_COSIGNATURES);
    sim_wire_pass(scene.wire, DAY_MS);
    UNIT_NEED(scene.newest_lost.size > 0 && witnessed(&scene) == before);
    scene.loses = false;
    fill(&scene);
    sim_wire_inject(scene.wire, PEER, FULL, tov_buf_view(&scene.newest_lost));
    check_that_nothing_was_taken(&scene);
    give_room(&scene);
    UNIT_EQUAL_INT(witnessed(&scene), before);
    sim_wire_disconnect(scene.wire, FULL, PEER);
    sim_wire_connect(scene.wire, FULL, PEER);
    sim_wire_run(scene.wire);
    CU_ASSERT(witnessed(&scene) > before);
    scene_fini(&scene);
}

static void say_that_the_key_has_expired(const struct scene *scene)
{
    struct tov_follow *follow = tov_node_follow(scene->wire->nodes[PEER].node);
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_EPOCH_EXPIRED;
    control->as.epoch_expired.count = 1;
    control->as.epoch_expired.refs[0] =
        (struct tov_ref){FULL + 1, 1, scene->sent.place.index, scene->sent.place.leaf_hash};
    tov_session_control(follow, tov_follow_peer(follow, FULL + 1), control);
    sim_wire_run(scene->wire);
}

static void that_a_key_has_expired_is_not_noted_before_there_is_room(void)
{
    struct scene scene;
    scene_init(&scene, "full-expired");
    lose(&scene, TOV_FRAME_PARCEL);
    scene.sent = sim_wire_send(scene.wire, FULL, 3);
    sim_wire_run(scene.wire);
    fill(&scene);
    say_that_the_key_has_expired(&scene);
    check_that_nothing_was_taken(&scene);
    give_room(&scene);
    uint64_t commits = tov_store_number(core_of(&scene)->store);
    say_that_the_key_has_expired(&scene);
    CU_ASSERT(tov_store_number(core_of(&scene)->store) > commits); /* now it is */
    scene_fini(&scene);
}

/* A message of the peer, its stanza and its receipt for ours. */
static void parcels_wait_at_their_sender(void)
{
    struct scene scene;
    scene_init(&scene, "full-parcels");
    fill(&scene);
    for (uint64_t record = 10; record < 20; record++) {
        (void)sim_wire_send(scene.wire, PEER, record);
        sim_wire_pass(scene.wire, 2000);
    }
    check_that_nothing_was_taken(&scene);
    const struct tov_follow *follow = tov_node_follow(scene.wire->nodes[FULL].node);
    struct tov_peer_view view;
    tov_follow_peer_view(follow, 0, &view);
    uint64_t held = view.held;
    give_room(&scene);
    sim_wire_pass(scene.wire, 2000);
    tov_follow_peer_view(follow, 0, &view);
    UNIT_EQUAL_INT(view.faults, 0);
    CU_ASSERT(view.held >= held + 10);
    UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
    follow = tov_node_follow(scene.wire->nodes[PEER].node);
    tov_follow_peer_view(follow, 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
    UNIT_EQUAL_INT(view.links_sent, 10);
    scene_fini(&scene);
}

/* What was gathered while the commit was tried is much: clients are heard all the same. */
static void a_node_is_not_busy_with_what_waits(void)
{
    static const uint8_t row[1000];
    struct scene scene;
    scene_init(&scene, "full-busy");
    fill(&scene);
    for (uint64_t i = 0; tov_store_batch_bytes(core_of(&scene)->open->batch) < (64u << 20); i++)
        tov_store_batch_put(tov_core_batch(core_of(&scene)), TOV_TABLE_FACT, tov_store_key_u64(i),
                            TOV_BYTES_OF(row));
    CU_ASSERT(!tov_node_is_busy(scene.wire->nodes[FULL].node));
    core_of(&scene)->waits_for_room = false;
    CU_ASSERT(tov_node_is_busy(scene.wire->nodes[FULL].node));
    core_of(&scene)->waits_for_room = true;
    scene_fini(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(cosignatures_are_let_go_and_come_with_the_next_session),
        UNIT_TEST(that_a_key_has_expired_is_not_noted_before_there_is_room),
        UNIT_TEST(parcels_wait_at_their_sender),
        UNIT_TEST(a_node_is_not_busy_with_what_waits),
    };
    return unit_run("follow: full disk", tests, sizeof tests / sizeof tests[0]);
}
