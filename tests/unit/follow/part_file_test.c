/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a request for chunks costs whom it is asked of (I11): the tree over a file is read once and
 * kept, and a file without one is read from tick to tick, whoever asks how often.
 * Not for: that the right chunks come (requests_test.c, own_files_test.c).
 */
#include "follow/transfers.h"
#include "hostile_peer.h"

#include <stdio.h>
#include <string.h>

#define CHUNKS_A_TICK (TOV_PULL_CHECK_BYTES / TOV_PULL_CHUNK_BYTES)
#define CHUNKS (CHUNKS_A_TICK + 1)

/* The victim sends the hostile agency a message with a file of so many chunks. */
struct scene {
    struct hostile *hostile;
    struct tov_message_written sent;
    char blob[TOV_BLOB_NAME_SIZE];
    /* what reads a file of the victim, where it is counted */
    enum tov_err (*read)(void *context, const char *name, uint64_t offset, struct tov_room room,
                         size_t *out_read);
    size_t trees, chunks; /* readings */
    enum tov_err fails_with;
};

static struct scene *watched; /* the host's context is the node's */

static enum tov_err count_reading(void *context, const char *name, uint64_t offset,
                                  struct tov_room room, size_t *out_read)
{
    struct scene *scene = watched;
    size_t size = strlen(name);
    bool is_tree = size > 5 && strcmp(name + size - 5, TOV_BLOB_TREE) == 0;
    scene->trees += is_tree ? 1 : 0;
    scene->chunks += !is_tree && room.size > 1 ? 1 : 0;
    if (!is_tree && scene->fails_with != TOV_OK)
        return scene->fails_with;
    return scene->read(context, name, offset, room, out_read);
}

static void name_file(struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = hostile_core(scene->hostile);
    struct tov_message_name name = {scene->hostile->target->number,
                                    scene->hostile->target->generation, scene->sent.place.index};
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message) == TOV_OK);
    tov_blob_name(core, &name, message->leaf.id, 2, scene->blob);
}

static void lose_tree(const struct scene *scene)
{
    char tree[TOV_BLOB_NAME_SIZE + 8];
    (void)snprintf(tree, sizeof tree, "%s.tree", scene->blob);
    UNIT_NEED(sim_disk_delete(scene->hostile->wire->nodes[0].disk, tree) == TOV_OK);
}

static bool has_tree(const struct scene *scene)
{
    char tree[TOV_BLOB_NAME_SIZE + 8];
    (void)snprintf(tree, sizeof tree, "%s.tree", scene->blob);
    return sim_disk_is_synced(scene->hostile->wire->nodes[0].disk, tree);
}

static void begin(struct scene *scene, const char *name, size_t chunks)
{
    *scene = (struct scene){.hostile = hostile_create(name, 2)};
    struct sim_node *node = &scene->hostile->wire->nodes[0];
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .attachment_count = 1,
                              .attachment_bytes = {chunks * TOV_PULL_CHUNK_BYTES}};
    hostile_meet(scene->hostile);
    UNIT_NEED(sim_message_submit(node, &order, &scene->sent) == TOV_OK);
    sim_wire_run(scene->hostile->wire);
    name_file(scene);
    scene->read = node->host.blob_read;
    node->host.blob_read = count_reading;
    watched = scene;
}

static void end(struct scene *scene)
{
    scene->hostile->wire->nodes[0].host.blob_read = scene->read;
    hostile_destroy(scene->hostile);
}

static void ask(struct scene *scene, uint64_t first)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_CHUNK_REQUEST;
    control->as.chunk_request = (struct tov_chunk_request){
        .ref = {scene->hostile->target->number, scene->hostile->target->generation,
                scene->sent.place.index, scene->sent.place.leaf_hash},
        .part = 2,
        .first = first,
        .count = 1};
    hostile_say_control(scene->hostile, control);
}

/* A second, so that its quota is not used up. */
static void ask_slowly(struct scene *scene, uint64_t first)
{
    ask(scene, first);
    sim_wire_pass(scene->hostile->wire, 1000);
}

static void the_tree_of_a_file_is_read_once(void)
{
    struct scene scene;
    begin(&scene, "part-tree", CHUNKS);
    for (uint64_t i = 0; i < 100; i++)
        ask_slowly(&scene, i);
    UNIT_EQUAL_INT(scene.hostile->chunks, 100);
    UNIT_EQUAL_INT(scene.trees, 1);
    UNIT_EQUAL_INT(scene.chunks, 100);
    end(&scene);
}

/* What is kept says what was claimed, and not that the file is there. */
static void a_file_that_is_gone_is_missed_though_its_tree_is_kept(void)
{
    struct scene scene;
    begin(&scene, "part-gone", 3);
    ask_slowly(&scene, 0);
    UNIT_EQUAL_INT(scene.hostile->chunks, 1);
    UNIT_NEED(sim_disk_delete(scene.hostile->wire->nodes[0].disk, scene.blob) == TOV_OK);
    ask_slowly(&scene, 1);
    UNIT_EQUAL_INT(scene.hostile->chunks, 1);
    CU_ASSERT(sim_wire_logged(scene.hostile->wire, "attachment-lost"));
    end(&scene);
}

static void a_file_without_a_tree_is_read_from_tick_to_tick_and_then_answered(void)
{
    struct scene scene;
    begin(&scene, "part-slices", CHUNKS);
    lose_tree(&scene);
    for (unsigned i = 0; i < 20; i++) { /* however often it is asked for */
        ask(&scene, 5);
        CU_ASSERT(scene.chunks <= CHUNKS_A_TICK);
    }
    CU_ASSERT(scene.chunks > 0);
    UNIT_EQUAL_INT(scene.hostile->chunks, 0);
    sim_wire_pass(scene.hostile->wire, 1000);
    CU_ASSERT(scene.chunks > CHUNKS_A_TICK);
    CU_ASSERT(has_tree(&scene));
    UNIT_EQUAL_INT(scene.hostile->chunks, 1); /* the newest request, without another one */
    size_t before = scene.chunks;
    ask_slowly(&scene, 6);
    UNIT_EQUAL_INT(scene.hostile->chunks, 2);
    UNIT_EQUAL_INT(scene.chunks, before + 1);
    CU_ASSERT(!sim_wire_logged(scene.hostile->wire, "chunk-not-served"));
    end(&scene);
}

static void a_file_that_cannot_be_read_is_told_and_read_anew_the_next_time(void)
{
    struct scene scene;
    begin(&scene, "part-failing", CHUNKS);
    lose_tree(&scene);
    ask(&scene, 5);
    scene.fails_with = TOV_E_IO;
    sim_wire_pass(scene.hostile->wire, 1000);
    CU_ASSERT(sim_wire_logged(scene.hostile->wire, "chunk-not-served"));
    UNIT_EQUAL_INT(scene.hostile->chunks, 0);
    scene.fails_with = TOV_OK;
    ask_slowly(&scene, 5);
    ask_slowly(&scene, 5);
    CU_ASSERT(scene.hostile->chunks > 0);
    end(&scene);
}

static void a_file_that_the_disk_has_changed_is_told(void)
{
    struct scene scene;
    begin(&scene, "part-damaged", 3);
    lose_tree(&scene);
    UNIT_NEED(sim_disk_flip(scene.hostile->wire->nodes[0].disk, scene.blob, 77));
    ask_slowly(&scene, 0);
    UNIT_EQUAL_INT(scene.hostile->chunks, 0);
    CU_ASSERT(sim_wire_logged(scene.hostile->wire, "attachment-damaged"));
    end(&scene);
}

/* ---- an own file that comes back ---- */

/* Of the message that was written last. */
static void lose_newest_tree(struct sim_node *node)
{
    struct tov_message_name name = {.agency = node->agency->number};
    char blob[TOV_BLOB_NAME_SIZE], tree[TOV_BLOB_NAME_SIZE + 8];
    tov_blob_name(tov_node_core(node->node), &name, node->submitted_id, 2, blob);
    (void)snprintf(tree, sizeof tree, "%s.tree", blob);
    UNIT_NEED(sim_disk_delete(node->disk, tree) == TOV_OK);
}

static void want_back(struct sim_node *node, const struct tov_message_written *sent)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = tov_node_core(node->node);
    struct tov_message_name name = {1, 1, sent->place.index};
    char blob[TOV_BLOB_NAME_SIZE], tree[TOV_BLOB_NAME_SIZE + 8];
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message) == TOV_OK);
    tov_blob_name(core, &name, message->leaf.id, 2, blob);
    (void)snprintf(tree, sizeof tree, "%s.tree", blob);
    UNIT_NEED(sim_disk_delete(node->disk, blob) == TOV_OK);
    UNIT_NEED(sim_disk_delete(node->disk, tree) == TOV_OK);
    UNIT_NEED(tov_follow_want_files(tov_node_follow(node->node), message) == TOV_OK);
}

/* READ_BEFORE: to give it to its recipient, since its tree was lost. */
static void check_own_file_back(const char *name, bool read_before)
{
    struct sim_wire *wire = sim_wire_create(name, 2);
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 100,
                              .attachment_count = 1,
                              .attachment_bytes = {CHUNKS * TOV_PULL_CHUNK_BYTES}};
    struct tov_message_written sent;
    sim_wire_start_all(wire);
    UNIT_NEED(sim_message_submit(&wire->nodes[0], &order, &sent) == TOV_OK);
    if (read_before)
        lose_newest_tree(&wire->nodes[0]);
    sim_wire_run(wire);
    sim_wire_pass(wire, 25000);
    want_back(&wire->nodes[0], &sent);
    sim_node_settle(&wire->nodes[0]);
    const struct tov_transfer *transfer =
        &tov_follow_peer(tov_node_follow(wire->nodes[0].node), 2)->transfers[0];
    unsigned ticks = 0;
    for (; transfer->state != TOV_TRANSFER_CHECKING && ticks < 60; ticks++)
        sim_wire_pass(wire, 1000);
    UNIT_EQUAL_INT(transfer->state, TOV_TRANSFER_CHECKING);
    CU_ASSERT(!sim_wire_logged(wire, "attachment-back"));
    sim_wire_pass(wire, 3000);
    CU_ASSERT(sim_wire_logged(wire, "attachment-back"));
    UNIT_EQUAL_INT(transfer->state, TOV_TRANSFER_NONE);
    sim_wire_destroy(wire);
}

static void a_large_own_file_that_comes_back_is_looked_at_from_tick_to_tick(void)
{
    check_own_file_back("part-back", false);
}

/* What was read of the file that was lost says nothing of the one that came back. */
static void an_own_file_that_was_read_before_it_was_lost_is_looked_at_anew(void)
{
    check_own_file_back("part-anew", true);
}

/* ---- references ---- */

/* A request for keys of MANY messages counts as several: above the quota it does nothing. */
static void a_request_for_many_keys_counts_as_several(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("part-refs", 2);
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    hostile_meet(hostile);
    struct tov_message_written sent = sim_wire_send(hostile->wire, 0, 1);
    sim_wire_run(hostile->wire);
    control->kind = TOV_CONTROL_EPOCH_EXPIRED;
    control->as.epoch_expired.count = TOV_EPOCH_EXPIRED_REFS_MAX;
    for (size_t i = 0; i < TOV_EPOCH_EXPIRED_REFS_MAX; i++)
        control->as.epoch_expired.refs[i] =
            (struct tov_ref){hostile->target->number, hostile->target->generation, sent.place.index,
                             sent.place.leaf_hash};
    const struct tov_quota *asks =
        &tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number)->asks;
    uint64_t before = asks->used_milli;
    hostile_say_control(hostile, control);
    UNIT_EQUAL_INT(asks->used_milli - before, 17000);
    sim_wire_pass(hostile->wire, 10000);
    for (unsigned i = 0; i < 16; i++)
        hostile_say_control(hostile, control);
    UNIT_EQUAL_INT(asks->used_milli, 256000);
    CU_ASSERT(hostile_victim_works(hostile)); /* and it is no fault: such a request may be lost */
    CU_ASSERT(!sim_wire_logged(hostile->wire, "peer-fault"));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_tree_of_a_file_is_read_once),
        UNIT_TEST(a_file_that_is_gone_is_missed_though_its_tree_is_kept),
        UNIT_TEST(a_file_without_a_tree_is_read_from_tick_to_tick_and_then_answered),
        UNIT_TEST(a_file_that_cannot_be_read_is_told_and_read_anew_the_next_time),
        UNIT_TEST(a_file_that_the_disk_has_changed_is_told),
        UNIT_TEST(a_large_own_file_that_comes_back_is_looked_at_from_tick_to_tick),
        UNIT_TEST(an_own_file_that_was_read_before_it_was_lost_is_looked_at_anew),
        UNIT_TEST(a_request_for_many_keys_counts_as_several),
    };
    return unit_run("follow_part_file", tests, sizeof tests / sizeof tests[0]);
}
