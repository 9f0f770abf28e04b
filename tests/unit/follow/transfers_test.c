/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which attachments are asked for, of whom and when: of many that are wanted, those that never come
 * keep back no other; what was not asked for is not taken.
 * Not for: what is in them (own_files_test.c, pull_check_test.c).
 */
#include "counted.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include "envelope/part_tree.h"
#include "follow/transfers.h"

#include <string.h>

#define FILE_BYTES 300000u /* three chunks */
#define MANY_CHUNKS 12u    /* more than one request asks for */

/* What is free on the disk of every node; 0: what is so. */
static uint64_t free_bytes;

enum tov_err __real_tov_store_space(struct tov_store *store, struct tov_store_space *out_space);
enum tov_err __wrap_tov_store_space(struct tov_store *store, struct tov_store_space *out_space);
enum tov_err __wrap_tov_store_space(struct tov_store *store, struct tov_store_space *out_space)
{
    TOV_TRY(__real_tov_store_space(store, out_space));
    if (free_bytes != 0)
        out_space->free_bytes = free_bytes;
    return TOV_OK;
}

/* Node 0 writes to the others. */
struct scene {
    struct sim_wire *wire;
    size_t mute;     /* chunks from this node are lost (index + 1); 0: none */
    size_t asked;    /* requests for chunks that node 0 sent */
    bool fills_disk; /* node 1 has no more room than its first request needs */
};

static bool look_at_frame(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    bool is_chunk = sim_frame_kind(frame) == TOV_FRAME_CHUNK;
    if (frame->from == 0)
        scene->asked += sim_frame_is_control(frame, TOV_CONTROL_CHUNK_REQUEST) ? 1 : 0;
    if (is_chunk && scene->fills_disk)
        tov_node_core(scene->wire->nodes[1].node)->disk_free_bytes = 0;
    return !is_chunk || frame->from + 1 != scene->mute;
}

static void begin(struct scene *scene, const char *name, size_t nodes)
{
    *scene = (struct scene){.wire = sim_wire_create(name, nodes)};
    scene->wire->filter = look_at_frame;
    scene->wire->filter_context = scene;
    sim_wire_start_all(scene->wire);
}

static void end(struct scene *scene)
{
    UNIT_EQUAL_INT(scene->wire->drops, 0);
    sim_wire_destroy(scene->wire);
}

/* A message of FROM to the nodes TO and, where that is not 0, OTHER with COUNT attachments. */
struct sending {
    size_t from, to, other, count;
};
static uint64_t submit(struct scene *scene, const struct sending *sending, uint64_t record)
{
    struct sim_order order = {.record = record,
                              .recipient_count = sending->other == 0 ? 1 : 2,
                              .recipients = {{(uint16_t)(sending->to + 1), TOV_RIGHT_ALL},
                                             {(uint16_t)(sending->other + 1), TOV_RIGHT_ALL}},
                              .text_bytes = 64,
                              .attachment_count = sending->count};
    struct tov_message_written written;
    for (size_t i = 0; i < sending->count; i++)
        order.attachment_bytes[i] = FILE_BYTES;
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[sending->from], &order, &written) == TOV_OK);
    return written.place.index;
}

static uint64_t send_files(struct scene *scene, const struct sending *sending, uint64_t record)
{
    uint64_t index = submit(scene, sending, record);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    return index;
}

/* The files of its own messages, or of its peers'. */
static void lose_files(struct scene *scene, size_t node, const char *whose)
{
    (void)sim_disk_sweep(scene->wire->nodes[node].disk, whose);
}

static void put_wanted(const struct scene *scene, uint64_t index)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_node *node = scene->wire->nodes[0].node;
    struct tov_message_name name = {1, 1, index};
    UNIT_NEED(tov_store_read_begin(tov_node_core(node)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(tov_node_core(node), read, &name, TOV_MESSAGE_LEAF, message) ==
              TOV_OK);
    UNIT_NEED(tov_follow_want_files(tov_node_follow(node), message) == TOV_OK);
}

static void want_back(struct scene *scene, uint64_t index)
{
    put_wanted(scene, index);
    sim_node_settle(&scene->wire->nodes[0]);
}

static size_t count_wanted(const struct scene *scene)
{
    return count_rows(tov_node_core(scene->wire->nodes[0].node), TOV_TABLE_TRANSFER);
}

static bool is_complete(const struct scene *scene, size_t node, struct tov_message_name name)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_node *at = scene->wire->nodes[node].node;
    struct tov_transfer_view view = {0};
    UNIT_NEED(tov_store_read_begin(tov_node_core(at)->store, &read, NULL) == TOV_OK);
    return tov_follow_transfer(tov_node_follow(at), read, &name, 2, &view) == TOV_OK &&
           view.complete;
}

static void pass_minutes(struct scene *scene, unsigned minutes)
{
    for (unsigned i = 0; i < minutes; i++)
        sim_wire_pass(scene->wire, 60000);
}

/* ---- files of own messages ---- */

/* One tick looks at sixteen, and may end within a message. */
static void files_behind_some_that_nobody_gives_are_all_asked_for(void)
{
    struct scene scene;
    char blob[64];
    begin(&scene, "files-behind", 3);
    uint64_t first = send_files(&scene, &(struct sending){0, 1, 0, 10}, 1);
    uint64_t second = send_files(&scene, &(struct sending){0, 2, 0, TOV_ATTACHMENTS_MAX}, 2);
    lose_files(&scene, 0, "own-");
    sim_wire_disconnect(scene.wire, 0, 1);
    for (unsigned part = 2; part < 2 + 6; part++) {
        (void)snprintf(blob, sizeof blob, "peer-1-1-%llu-%u", (unsigned long long)second, part);
        UNIT_NEED(sim_disk_delete(scene.wire->nodes[2].disk, blob) == TOV_OK);
    }
    want_back(&scene, first);
    want_back(&scene, second);
    UNIT_EQUAL_INT(count_wanted(&scene), 10 + TOV_ATTACHMENTS_MAX);
    pass_minutes(&scene, 5);
    UNIT_EQUAL_INT(count_wanted(&scene), 10 + 6);
    end(&scene);
}

static void a_giver_that_goes_away_is_not_waited_for(void)
{
    struct scene scene;
    begin(&scene, "giver-away", 3);
    uint64_t index = send_files(&scene, &(struct sending){0, 1, 2, 1}, 1);
    lose_files(&scene, 0, "own-");
    scene.mute = 2;
    want_back(&scene, index);
    sim_wire_pass(scene.wire, 2000);
    UNIT_EQUAL_INT(scene.asked, 1);
    CU_ASSERT_FALSE(is_complete(&scene, 0, (struct tov_message_name){1, 1, index}));
    sim_wire_disconnect(scene.wire, 0, 1);
    pass_minutes(&scene, 1);
    CU_ASSERT(is_complete(&scene, 0, (struct tov_message_name){1, 1, index}));
    end(&scene);
}

/* Many files that nobody has any more. */
static void lose_for_good(struct scene *scene)
{
    uint64_t indices[3];
    for (size_t i = 0; i < 3; i++)
        indices[i] = send_files(scene, &(struct sending){0, 1, 0, TOV_ATTACHMENTS_MAX}, 1 + i);
    lose_files(scene, 0, "own-");
    lose_files(scene, 1, "peer-");
    for (size_t i = 0; i < 3; i++)
        want_back(scene, indices[i]);
    sim_wire_pass(scene->wire, 2000);
    CU_ASSERT(scene->asked > 0);
}

static void what_a_peer_sends_does_not_wait_for_files_that_nobody_has(void)
{
    struct scene scene;
    begin(&scene, "files-lost", 2);
    lose_for_good(&scene);
    uint64_t index = submit(&scene, &(struct sending){1, 0, 0, 1}, 10);
    sim_wire_run(scene.wire);
    sim_wire_pass(scene.wire, 5000);
    CU_ASSERT(is_complete(&scene, 0, (struct tov_message_name){2, 1, index}));
    end(&scene);
}

/* Away for no time or for some, and there for less or more than it is waited for. */
static void a_peer_that_connects_anew_is_not_asked_each_time(void)
{
    static const struct {
        bool is_noticed; /* by a tick */
        uint64_t away_ms, there_ms;
    } rows[] = {{false, 0, 5000}, {true, 0, 5000}, {true, 3000, 5000}, {true, 3000, 17000}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene;
        begin(&scene, "files-anew", 2);
        uint64_t index = send_files(&scene, &(struct sending){0, 1, 0, 1}, 1);
        lose_files(&scene, 0, "own-");
        lose_files(&scene, 1, "peer-");
        want_back(&scene, index);
        for (unsigned k = 0; k < 60; k++) {
            sim_wire_disconnect(scene.wire, 0, 1);
            if (rows[i].is_noticed)
                sim_wire_pass(scene.wire, rows[i].away_ms);
            sim_wire_connect(scene.wire, 0, 1);
            sim_wire_run(scene.wire);
            sim_wire_pass(scene.wire, rows[i].there_ms);
        }
        CU_ASSERT(scene.asked >= 4);
        CU_ASSERT(scene.asked < 15);
        end(&scene);
    }
}

/* ---- what a peer sends ---- */

static void attachments_that_do_not_come_keep_back_no_other(void)
{
    struct scene scene;
    begin(&scene, "sent-lost", 2);
    for (uint64_t i = 0; i < 3; i++)
        (void)submit(&scene, &(struct sending){0, 1, 0, TOV_ATTACHMENTS_MAX}, 1 + i);
    sim_node_settle(&scene.wire->nodes[0]);
    lose_files(&scene, 0, "own-");
    sim_wire_run(scene.wire);
    pass_minutes(&scene, 1);
    uint64_t index = send_files(&scene, &(struct sending){0, 1, 0, 1}, 10);
    pass_minutes(&scene, 10);
    CU_ASSERT(is_complete(&scene, 1, (struct tov_message_name){1, 1, index}));
    end(&scene);
}

static void lose_newest_files(struct scene *scene)
{
    const struct sim_node *node = &scene->wire->nodes[0];
    struct tov_message_name name = {.agency = 1};
    char blob[TOV_BLOB_NAME_SIZE];
    tov_blob_name(tov_node_core(node->node), &name, node->submitted_id, 2, blob);
    blob[strlen(blob) - 1] = '\0'; /* all parts */
    lose_files(scene, 0, blob);
}

/* Nor do newer ones, of which there are ever more than slots. */
static void attachments_that_ever_come_behind_it_keep_back_none(void)
{
    struct scene scene;
    begin(&scene, "sent-newer", 2);
    uint64_t index = submit(&scene, &(struct sending){0, 1, 0, 1}, 1);
    scene.mute = 1;
    sim_wire_run(scene.wire);
    pass_minutes(&scene, 1);
    for (uint64_t i = 0; i < 20; i++) {
        (void)submit(&scene, &(struct sending){0, 1, 0, TOV_ATTACHMENTS_MAX}, 2 + i);
        lose_newest_files(&scene);
        sim_wire_run(scene.wire);
        scene.mute = 0;
        pass_minutes(&scene, 1);
    }
    CU_ASSERT(is_complete(&scene, 1, (struct tov_message_name){1, 1, index}));
    end(&scene);
}

/* Four that the disk has no room for have no slots while they wait for it. */
static void attachments_without_room_keep_back_none_that_fits(void)
{
    struct scene scene;
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 64,
                              .attachment_count = TOV_TRANSFERS_ACTIVE_MAX};
    struct tov_message_written large;
    begin(&scene, "sent-large", 2);
    for (size_t i = 0; i < TOV_TRANSFERS_ACTIVE_MAX; i++)
        order.attachment_bytes[i] = 4 * FILE_BYTES;
    free_bytes = tov_node_core(scene.wire->nodes[1].node)->disk_reserve_bytes + 2 * FILE_BYTES;
    sim_wire_pass(scene.wire, 1000);
    UNIT_NEED(sim_message_submit(&scene.wire->nodes[0], &order, &large) == TOV_OK);
    sim_wire_run(scene.wire);
    uint64_t small = send_files(&scene, &(struct sending){0, 1, 0, 1}, 2);
    pass_minutes(&scene, 1);
    CU_ASSERT(is_complete(&scene, 1, (struct tov_message_name){1, 1, small}));
    CU_ASSERT_FALSE(is_complete(&scene, 1, (struct tov_message_name){1, 1, large.place.index}));
    CU_ASSERT(sim_wire_logged(scene.wire, "no-room-for-attachment"));
    free_bytes = 0;
    pass_minutes(&scene, 1);
    CU_ASSERT(is_complete(&scene, 1, (struct tov_message_name){1, 1, large.place.index}));
    end(&scene);
}

/* What node 0 would send of a file of its own if it was asked for it. */
static void say_chunk(struct scene *scene, const struct tov_message_written *sent, uint32_t index)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf file = TOV_BUF_INIT(1u << 24);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_part_tree_cleanup) struct tov_part_tree *tree = NULL;
    struct sim_node *from = &scene->wire->nodes[0];
    struct tov_message_name name = {.agency = 1};
    struct tov_hash hashes[MANY_CHUNKS + 1];
    struct tov_proof proof;
    char blob[TOV_BLOB_NAME_SIZE];
    tov_blob_name(tov_node_core(from->node), &name, from->submitted_id, 2, blob);
    UNIT_NEED(sim_disk_load(from->disk, blob, &file) == TOV_OK);
    uint32_t count = tov_part_chunk_count(file.size);
    UNIT_NEED(count > index && count <= MANY_CHUNKS + 1);
    for (uint32_t i = 0; i < count; i++)
        hashes[i] = tov_part_chunk_hash((struct tov_bytes){
            file.data + (size_t)i * TOV_PULL_CHUNK_BYTES, tov_part_chunk_size(file.size, i)});
    UNIT_NEED(tov_part_tree_create(hashes, count, &tree) == TOV_OK);
    UNIT_NEED(tov_part_tree_prove(tree, index, &proof) == TOV_OK);
    struct tov_frame_chunk chunk = {
        .ref = {1, 1, sent->place.index, sent->place.leaf_hash},
        .part = 2,
        .index = index,
        .data = {file.data + (size_t)index * TOV_PULL_CHUNK_BYTES,
                 tov_part_chunk_size(file.size, index)},
        .proof = {(const uint8_t *)proof.hashes, proof.count * TOV_HASH_BYTES}};
    UNIT_NEED(tov_frame_encode_chunk(&chunk, &frame) == TOV_OK);
    sim_wire_inject(scene->wire, 0, 1, tov_buf_view(&frame));
}

/* Whatever keeps this node from asking: chunks that come all the same are not written. */
static void a_chunk_that_was_not_asked_for_is_not_taken(void)
{
    struct scene scene;
    struct sim_order order = {.record = 1,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 64,
                              .attachment_count = 1,
                              .attachment_bytes = {MANY_CHUNKS * TOV_PULL_CHUNK_BYTES}};
    struct tov_message_written sent;
    begin(&scene, "not-asked", 2);
    scene.fills_disk = true;
    UNIT_NEED(sim_message_submit(&scene.wire->nodes[0], &order, &sent) == TOV_OK);
    sim_wire_run(scene.wire);
    const struct tov_transfer *transfer =
        &tov_follow_peer(tov_node_follow(scene.wire->nodes[1].node), 1)->transfers[0];
    uint32_t held = transfer->held;
    CU_ASSERT(held > 0 && held < MANY_CHUNKS);
    UNIT_EQUAL_INT(transfer->state, TOV_TRANSFER_PULLING);
    say_chunk(&scene, &sent, held);
    UNIT_EQUAL_INT(transfer->held, held);
    scene.fills_disk = false;
    pass_minutes(&scene, 1);
    CU_ASSERT(is_complete(&scene, 1, (struct tov_message_name){1, 1, sent.place.index}));
    end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(files_behind_some_that_nobody_gives_are_all_asked_for),
        UNIT_TEST(a_giver_that_goes_away_is_not_waited_for),
        UNIT_TEST(what_a_peer_sends_does_not_wait_for_files_that_nobody_has),
        UNIT_TEST(a_peer_that_connects_anew_is_not_asked_each_time),
        UNIT_TEST(attachments_that_do_not_come_keep_back_no_other),
        UNIT_TEST(attachments_that_ever_come_behind_it_keep_back_none),
        UNIT_TEST(attachments_without_room_keep_back_none_that_fits),
        UNIT_TEST(a_chunk_that_was_not_asked_for_is_not_taken),
    };
    return unit_run("follow_transfers", tests, sizeof tests / sizeof tests[0]);
}
