/* SPDX-License-Identifier: EUPL-1.2
 *
 * Files of own messages that a restore took are fetched back from the recipients, who hold them
 * sealed as they were sent; and who asks in vain asks ever later (docs/recovery.md).
 * Not for: giving them (given_files_test.c).
 */
#include "counted.h"
#include "follow/transfers.h"
#include "ledger/entry.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <string.h>

#define FILE_BYTES 2500000u /* twenty chunks, as far as sixteen of which are synced at once */
#define SYNCED 16u

/* Node 0 sends a message with a file to nodes 1 and 2. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;   /* of node 0, before it */
    struct sim_disk *files; /* the same: its files */
    struct tov_message_written sent;
    struct tov_buf file; /* sealed, as it was sent */
    size_t silent;       /* requests for chunks of this node are lost (index + 1); 0: none */
    size_t lies;         /* chunks from this node are changed, so; 0: none */
    size_t asked;        /* requests for chunks that node 0 sent */
    size_t asked_by_1;   /* ... and node 1 */
    uint64_t asked_from; /* the first chunk that node 0 asked for last */
    size_t chunks_left;  /* to node 0, then they are lost */
};

static struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

static bool look_at_control(struct scene *scene, const struct sim_frame *frame,
                            const struct tov_control *control)
{
    if (control->kind != TOV_CONTROL_CHUNK_REQUEST)
        return true;
    if (frame->from == 0) {
        scene->asked++;
        scene->asked_from = control->as.chunk_request.first;
    }
    scene->asked_by_1 += frame->from == 1 ? 1 : 0;
    return frame->from + 1 != scene->silent;
}

static bool look_at_frame(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    TOV_CLEANUP(sim_control_cleanup) struct sim_control *control = sim_control_read(frame);
    if (control != NULL)
        return look_at_control(scene, frame, &control->body);
    if (sim_frame_kind(frame) != TOV_FRAME_CHUNK || frame->to != 0)
        return true;
    if (frame->from + 1 == scene->lies)
        frame->bytes.data[frame->bytes.size / 2] ^= 1;
    return scene->chunks_left > 0 && scene->chunks_left-- > 0;
}

static void own_name(const struct scene *scene, char out[TOV_BLOB_NAME_SIZE])
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = core_of(scene, 0);
    struct tov_message_name name = {1, 1, scene->sent.place.index};
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message) == TOV_OK);
    tov_blob_name(core, &name, message->leaf.id, 2, out);
}

static bool has_file(const struct scene *scene)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf here = TOV_BUF_INIT(1u << 24);
    char name[TOV_BLOB_NAME_SIZE];
    own_name(scene, name);
    return sim_disk_load(scene->wire->nodes[0].disk, name, &here) == TOV_OK &&
           tov_bytes_equal(tov_buf_view(&here), tov_buf_view(&scene->file));
}

static struct tov_transfer_view view_at(const struct scene *scene, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_message_name name = {1, 1, scene->sent.place.index};
    struct tov_transfer_view view;
    UNIT_NEED(tov_store_read_begin(core_of(scene, node)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_transfer(tov_node_follow(scene->wire->nodes[node].node), read, &name, 2,
                                  &view) == TOV_OK);
    return view;
}

#define TREE_NAME_SIZE (TOV_BLOB_NAME_SIZE + 8u)

static void tree_name(const char *blob, char out[TREE_NAME_SIZE])
{
    (void)snprintf(out, TREE_NAME_SIZE, "%s.tree", blob);
}

static void lose_file(struct scene *scene)
{
    char name[TOV_BLOB_NAME_SIZE], tree[TREE_NAME_SIZE];
    own_name(scene, name);
    tree_name(name, tree);
    UNIT_NEED(sim_disk_delete(scene->wire->nodes[0].disk, name) == TOV_OK);
    UNIT_NEED(sim_disk_delete(scene->wire->nodes[0].disk, tree) == TOV_OK);
}

static struct scene *make_scene(const char *name, size_t nodes, enum tov_right second)
{
    struct scene *scene = calloc(1, sizeof *scene);
    struct sim_order order = {.record = 1,
                              .recipient_count = nodes - 1,
                              .recipients = {{2, TOV_RIGHT_ALL}, {3, second}},
                              .text_bytes = 64,
                              .attachment_count = 1,
                              .attachment_bytes = {FILE_BYTES}};
    char blob[TOV_BLOB_NAME_SIZE];
    UNIT_NEED(scene != NULL);
    scene->chunks_left = SIZE_MAX;
    scene->file = TOV_BUF_INIT(1u << 24);
    scene->wire = sim_wire_create(name, nodes);
    scene->wire->filter = look_at_frame;
    scene->wire->filter_context = scene;
    sim_wire_start_all(scene->wire);
    sim_wire_crash(scene->wire, 0);
    sim_node_copy(&scene->wire->nodes[0], &scene->copy);
    scene->files = sim_disk_copy(scene->wire->nodes[0].disk);
    sim_wire_start_again(scene->wire, 0);
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &scene->sent) == TOV_OK);
    sim_node_settle(&scene->wire->nodes[0]);
    own_name(scene, blob);
    UNIT_NEED(sim_disk_load(scene->wire->nodes[0].disk, blob, &scene->file) == TOV_OK);
    return scene;
}

/* What was sent has arrived; then store and files of node 0 are as they were before. */
static void set_back(struct scene *scene)
{
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, SIM_STORE);
    sim_disk_put_back(scene->wire->nodes[0].disk, scene->files);
    sim_wire_start_again(scene->wire, 0);
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->copy);
    sim_disk_destroy(scene->files);
    sim_wire_destroy(scene->wire);
    tov_buf_fini(&scene->file);
    free(scene);
}

static void a_file_that_a_restore_took_comes_back(void)
{
    struct scene *scene = make_scene("back", 3, TOV_RIGHT_ALL);
    CU_ASSERT(has_file(scene));
    CU_ASSERT(view_at(scene, 0).complete);
    set_back(scene);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    CU_ASSERT(has_file(scene));
    CU_ASSERT(view_at(scene, 0).complete);
    UNIT_EQUAL_INT(scene->wire->drops, 0);
    /* One recipient was enough, and has written that down, once. */
    UNIT_EQUAL_INT(count_journal(core_of(scene, 1), TOV_LEAF_ACCESS) +
                       count_journal(core_of(scene, 2), TOV_LEAF_ACCESS),
                   1);
    destroy_scene(scene);
}

/* Has SYNCED chunks of the file, and ends. */
static void fetch_some_of_it(struct scene *scene)
{
    scene->chunks_left = 0;
    set_back(scene);
    scene->chunks_left = SYNCED + 1;
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(!has_file(scene));
    CU_ASSERT(!view_at(scene, 0).complete);
    UNIT_EQUAL_INT(view_at(scene, 0).chunks_held, SYNCED);
    sim_wire_crash(scene->wire, 0);
    scene->chunks_left = SIZE_MAX;
}

/* What it has of it is kept, and what is missing is asked for. */
static void a_restart_goes_on_where_the_file_was_synced(void)
{
    struct scene *scene = make_scene("resumed", 3, TOV_RIGHT_HEADER);
    fetch_some_of_it(scene);
    scene->asked_from = 0;
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(scene->asked_from >= SYNCED);
    CU_ASSERT(has_file(scene));
    CU_ASSERT(view_at(scene, 0).complete);
    CU_ASSERT(!sim_wire_logged(scene->wire, "attachment-damaged"));
    destroy_scene(scene);
}

/* A copy of the files that is older than the store's, or a disk that forgets. */
static void what_the_disk_did_to_half_a_file_is_seen_when_it_is_whole_and_made_good(void)
{
    char name[TOV_BLOB_NAME_SIZE];
    for (enum sim_disk_harm harm = SIM_DISK_GONE; harm < SIM_DISK_HARMS; harm++) {
        struct scene *scene = make_scene("half", 3, TOV_RIGHT_HEADER);
        own_name(scene, name);
        fetch_some_of_it(scene);
        sim_disk_harm(scene->wire->nodes[0].disk, name, harm);
        sim_wire_start_again(scene->wire, 0);
        sim_wire_pass(scene->wire, 60000);
        CU_ASSERT(sim_wire_logged(scene->wire, "attachment-damaged"));
        CU_ASSERT(has_file(scene));
        CU_ASSERT(view_at(scene, 0).complete);
        UNIT_EQUAL_INT(scene->wire->drops, 0); /* nobody is blamed for it */
        destroy_scene(scene);
    }
}

/* What both recipients have used of their days at node 0. */
static uint64_t day_used(const struct scene *scene)
{
    const struct tov_follow *follow = tov_node_follow(scene->wire->nodes[0].node);
    return tov_follow_peer(follow, 2)->day_quota.used + tov_follow_peer(follow, 3)->day_quota.used;
}

/* What does not fit on the own disk is no fault of who sends it: it is asked for again. */
static void a_disk_that_is_full_is_held_against_nobody(void)
{
    struct scene *scene = make_scene("full", 3, TOV_RIGHT_ALL);
    struct tov_peer_view view;
    scene->chunks_left = 0;
    set_back(scene);
    scene->chunks_left = 3;
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(!has_file(scene));
    scene->chunks_left = SIZE_MAX;
    sim_disk_fill(scene->wire->nodes[0].disk, true);
    uint64_t used = day_used(scene);
    for (unsigned i = 0; i < 5; i++)
        sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(day_used(scene) <= used);
    CU_ASSERT(sim_wire_logged(scene->wire, "no-room-for-attachment"));
    CU_ASSERT(!sim_wire_logged(scene->wire, "peer-fault"));
    UNIT_EQUAL_INT(scene->wire->drops, 0);
    for (size_t i = 0; i < 2; i++) {
        tov_follow_peer_view(tov_node_follow(scene->wire->nodes[0].node), i, &view);
        UNIT_EQUAL_INT(view.faults, 0);
    }
    sim_disk_fill(scene->wire->nodes[0].disk, false);
    for (unsigned i = 0; i < 10; i++)
        sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(has_file(scene));
    CU_ASSERT(view_at(scene, 0).complete);
    destroy_scene(scene);
}

/* Each chunk is looked at before it is written; who lies is passed over. */
static void a_chunk_that_does_not_fit_is_not_taken_and_another_recipient_suffices(void)
{
    struct scene *scene = make_scene("lies", 3, TOV_RIGHT_ALL);
    scene->lies = 2;
    set_back(scene);
    for (unsigned i = 0; i < 10 && !has_file(scene); i++)
        sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(scene->wire->drops > 0);
    CU_ASSERT(has_file(scene));
    destroy_scene(scene);
}

static void one_that_does_not_answer_is_passed_over(void)
{
    struct scene *scene = make_scene("silent", 3, TOV_RIGHT_ALL);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    sim_wire_disconnect(scene->wire, 1, 0);
    sim_disk_sweep(scene->wire->nodes[1].disk, ""); /* node 1 has lost its files, too */
    set_back(scene);
    sim_wire_pass(scene->wire, 120000);
    CU_ASSERT(has_file(scene));
    destroy_scene(scene);
}

static void want_file(const struct scene *scene)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(scene, 0);
    struct tov_message_name name = {1, 1, scene->sent.place.index};
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_LEAF, message) == TOV_OK);
    UNIT_NEED(tov_follow_want_files(tov_node_follow(scene->wire->nodes[0].node), message) ==
              TOV_OK);
}

/* Somebody has taken it away, or its end: who wants to read it has it fetched back. */
static void a_file_that_is_not_whole_is_fetched_back_when_it_is_wanted(void)
{
    char name[TOV_BLOB_NAME_SIZE];
    for (enum sim_disk_harm harm = SIM_DISK_GONE; harm <= SIM_DISK_CUT; harm++) {
        struct scene *scene = make_scene("wanted", 3, TOV_RIGHT_ALL);
        sim_wire_run(scene->wire);
        sim_wire_pass(scene->wire, 5000);
        want_file(scene); /* it is here */
        sim_node_settle(&scene->wire->nodes[0]);
        UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), 0);
        own_name(scene, name);
        sim_disk_harm(scene->wire->nodes[0].disk, name, harm);
        CU_ASSERT(!view_at(scene, 0).complete);
        want_file(scene);
        want_file(scene); /* once more means nothing more, before the commit and after it */
        sim_node_settle(&scene->wire->nodes[0]);
        want_file(scene);
        sim_node_settle(&scene->wire->nodes[0]);
        UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), 1);
        sim_wire_pass(scene->wire, 60000);
        CU_ASSERT(has_file(scene));
        CU_ASSERT(view_at(scene, 0).complete);
        UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), 0);
        destroy_scene(scene);
    }
}

/* Two histories were seen of it, or it is away: then it is the other one's turn. */
static void who_is_suspended_is_asked_for_nothing(void)
{
    struct scene *scene = make_scene("suspended", 3, TOV_RIGHT_ALL);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    lose_file(scene);
    tov_follow_peer(tov_node_follow(scene->wire->nodes[0].node), 2)->suspended = true;
    sim_wire_disconnect(scene->wire, 0, 2);
    want_file(scene);
    sim_node_settle(&scene->wire->nodes[0]);
    scene->asked = 0;
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(scene->asked, 0);
    CU_ASSERT(!has_file(scene));
    sim_wire_connect(scene->wire, 0, 2);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(has_file(scene));
    destroy_scene(scene);
}

/* ---- rows ---- */

static void put_row(struct scene *scene, uint64_t index, uint8_t part, struct tov_bytes row)
{
    tov_store_batch_put(tov_core_batch(core_of(scene, 0)), TOV_TABLE_TRANSFER,
                        tov_key_part(1, 1, index, part), row);
    sim_node_settle(&scene->wire->nodes[0]);
}

static void want_row(struct scene *scene, uint64_t index, uint8_t part)
{
    static const uint8_t under_way[13] = {0};
    put_row(scene, index, part, TOV_BYTES_OF(under_way));
}

static void forget_message(struct scene *scene, uint64_t index, enum tov_entry_state state)
{
    uint8_t gone[TOV_ENTRY_GONE_BYTES];
    tov_entry_put_gone(gone, state, &scene->sent.place.leaf_hash);
    tov_store_batch_put(tov_core_batch(core_of(scene, 0)), TOV_TABLE_LEAF, tov_store_key_u64(index),
                        TOV_BYTES_OF(gone));
    sim_node_settle(&scene->wire->nodes[0]);
}

/* The message was erased or lost, there is none there, or its part is none that is pulled. What
 * brings a message back wants its files anew. */
static void what_cannot_be_asked_for_is_wanted_no_more(void)
{
    static const struct {
        uint64_t beside; /* the message */
        uint8_t part;
        enum tov_entry_state state; /* of the message now */
    } rows[] = {
        {0, 2, TOV_ENTRY_ERASED},  {0, 2, TOV_ENTRY_LOST},    {100, 2, TOV_ENTRY_PRESENT},
        {0, 0, TOV_ENTRY_PRESENT}, {0, 1, TOV_ENTRY_PRESENT}, {0, 9, TOV_ENTRY_PRESENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene *scene = make_scene("rows", 3, TOV_RIGHT_ALL);
        uint64_t index = scene->sent.place.index;
        sim_wire_run(scene->wire);
        sim_wire_pass(scene->wire, 5000);
        lose_file(scene);
        if (rows[i].state != TOV_ENTRY_PRESENT)
            forget_message(scene, index, rows[i].state);
        want_row(scene, index + rows[i].beside, rows[i].part);
        UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), 1);
        scene->asked = 0;
        sim_wire_pass(scene->wire, 60000);
        UNIT_EQUAL_INT(scene->asked, 0);
        UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), 0);
        UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
        destroy_scene(scene);
    }
}

/* What the disk changed three times is tried again by the next start, and not before. */
static void what_was_given_up_waits_for_the_next_start(void)
{
    struct scene *scene = make_scene("given-up", 3, TOV_RIGHT_ALL);
    struct tov_transfer_row row = {0, TOV_TRANSFER_ROW_GIVEN_UP, 0};
    struct tov_message_name name = {1, 1, scene->sent.place.index};
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    lose_file(scene);
    row.held = tov_node_follow(scene->wire->nodes[0].node)->pull_run;
    tov_transfer_put_row(core_of(scene, 0), &name, 2, &row);
    sim_node_settle(&scene->wire->nodes[0]);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(view_at(scene, 0).chunks_held, 0);
    for (uint16_t agency = 2; agency <= 3; agency++)
        CU_ASSERT(!tov_pull_is_fetching(
            tov_follow_peer(tov_node_follow(scene->wire->nodes[0].node), agency), &name, 2));
    sim_wire_crash(scene->wire, 0);
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(has_file(scene));
    destroy_scene(scene);
}

static enum tov_err error_of_view(const struct scene *scene, uint64_t index, uint8_t part)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_message_name name = {1, 1, index};
    struct tov_transfer_view view;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    return tov_follow_transfer(tov_node_follow(scene->wire->nodes[0].node), read, &name, part,
                               &view);
}

/* It says nothing, and the node does not go on as if it did. */
static void a_row_that_nobody_wrote_so_ends_the_node(void)
{
    static const uint8_t cut[12] = {0};
    struct scene *scene = make_scene("cut-row", 3, TOV_RIGHT_ALL);
    uint64_t index = scene->sent.place.index;
    struct tov_error error = {.text = ""};
    scene->wire->may_stay_down = true;
    UNIT_EQUAL_INT(error_of_view(scene, index, 2), TOV_OK);
    UNIT_EQUAL_INT(error_of_view(scene, index, 1), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_of_view(scene, index, 3), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_of_view(scene, index + 100, 2), TOV_E_NOT_FOUND);
    put_row(scene, index, 2, TOV_BYTES_OF(cut));
    UNIT_EQUAL_INT(error_of_view(scene, index, 2), TOV_E_CORRUPT);
    sim_wire_pass(scene->wire, 1000);
    UNIT_EQUAL_INT(tov_node_failed(scene->wire->nodes[0].node, &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "files are missing") != NULL);
    destroy_scene(scene);
}

static void send_file(struct scene *scene, uint64_t record, uint16_t to)
{
    struct sim_order order = {.record = record,
                              .recipient_count = 1,
                              .recipients = {{to, TOV_RIGHT_ALL}},
                              .text_bytes = 64,
                              .attachment_count = 1,
                              .attachment_bytes = {1000}};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(scene->wire);
}

/* More than one tick looks at, and than there are slots. Those whose recipient is away keep back
 * none of the others. */
static void many_files_come_back_a_few_at_a_time(void)
{
    enum { MANY = 40 };
    struct scene *scene = make_scene("many", 3, TOV_RIGHT_ALL);
    for (uint64_t i = 0; i < MANY; i++)
        send_file(scene, 2 + i, 2);
    send_file(scene, 2 + MANY, 3);
    set_back(scene);
    sim_wire_disconnect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), MANY + 2);
    for (unsigned i = 0; i < 2; i++)
        sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(has_file(scene)); /* node 2 has it, too */
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), MANY);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    for (unsigned i = 0; i < 2; i++)
        sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_TRANSFER), 0);
    UNIT_EQUAL_INT(count_journal(core_of(scene, 1), TOV_LEAF_ACCESS), MANY);
    UNIT_EQUAL_INT(count_journal(core_of(scene, 2), TOV_LEAF_ACCESS), 2);
    destroy_scene(scene);
}

/* F4: nor has who may see the header alone anything to give. */
static void a_right_to_the_header_is_asked_for_nothing(void)
{
    struct scene *scene = make_scene("header", 3, TOV_RIGHT_HEADER);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    sim_wire_crash(scene->wire, 1);
    sim_wire_crash(scene->wire, 0);
    sim_wire_start(scene->wire, 0);
    lose_file(scene);
    sim_wire_connect(scene->wire, 0, 2);
    sim_wire_run(scene->wire);
    want_file(scene);
    sim_node_settle(&scene->wire->nodes[0]);
    scene->asked = 0;
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(scene->asked, 0);
    CU_ASSERT(!view_at(scene, 0).complete);
    sim_wire_start_again(scene->wire, 1);
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(has_file(scene));
    destroy_scene(scene);
}

static enum tov_verdict verdict_of_3(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block link = {.series = {1, 0}, .number = 1};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 3, &link, &delivery) == TOV_OK);
    return delivery.verdict.verdict;
}

/* A recipient that had not fetched it gets it after all, by way of one that had. */
static void who_waits_for_a_file_that_its_sender_lost_gets_it_from_another(void)
{
    struct scene *scene = make_scene("by-way", 3, TOV_RIGHT_ALL);
    scene->silent = 3;
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    lose_file(scene);
    scene->silent = 0;
    sim_wire_pass(scene->wire, 10 * 60000);
    for (unsigned i = 0; i < 10; i++)
        sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(has_file(scene));
    UNIT_EQUAL_INT(verdict_of_3(scene), TOV_VERDICT_OPENED);
    destroy_scene(scene);
}

/* ---- asking in vain ---- */

static size_t count_in_vain(const struct scene *scene)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[1].node), 0, &view);
    return view.in_vain;
}

/* Nobody else has it: node 1 asks for as long as it runs, and hardly ever. */
static void who_asks_in_vain_asks_ever_later_and_tells(void)
{
    struct scene *scene = make_scene("vain", 2, TOV_RIGHT_ALL);
    lose_file(scene);
    sim_wire_run(scene->wire);
    UNIT_EQUAL_INT(count_in_vain(scene), 0);
    for (unsigned i = 0; i < 60 * 12; i++) /* twelve hours */
        sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(scene->asked_by_1 >= 10);
    CU_ASSERT(scene->asked_by_1 < 30);
    UNIT_EQUAL_INT(count_in_vain(scene), 1);
    /* What its sender has is not kept back by it. */
    struct sim_order order = {.record = 2,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .text_bytes = 64,
                              .attachment_count = 6,
                              .attachment_bytes = {1000, 1000, 1000, 1000, 1000, 1000}};
    struct tov_message_written written;
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[0].node), 0, &view);
    UNIT_EQUAL_INT(view.links_receipted, 2);
    /* The file is put back: the next connection fetches it. */
    char blob[TOV_BLOB_NAME_SIZE];
    own_name(scene, blob);
    UNIT_NEED(sim_disk_save(scene->wire->nodes[0].disk, blob, tov_buf_view(&scene->file)) ==
              TOV_OK);
    sim_wire_disconnect(scene->wire, 0, 1);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_in_vain(scene), 0);
    CU_ASSERT(view_at(scene, 1).complete);
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_file_that_a_restore_took_comes_back),
        UNIT_TEST(a_restart_goes_on_where_the_file_was_synced),
        UNIT_TEST(a_disk_that_is_full_is_held_against_nobody),
        UNIT_TEST(a_chunk_that_does_not_fit_is_not_taken_and_another_recipient_suffices),
        UNIT_TEST(what_the_disk_did_to_half_a_file_is_seen_when_it_is_whole_and_made_good),
        UNIT_TEST(one_that_does_not_answer_is_passed_over),
        UNIT_TEST(a_file_that_is_not_whole_is_fetched_back_when_it_is_wanted),
        UNIT_TEST(who_is_suspended_is_asked_for_nothing),
        UNIT_TEST(what_cannot_be_asked_for_is_wanted_no_more),
        UNIT_TEST(what_was_given_up_waits_for_the_next_start),
        UNIT_TEST(a_row_that_nobody_wrote_so_ends_the_node),
        UNIT_TEST(many_files_come_back_a_few_at_a_time),
        UNIT_TEST(a_right_to_the_header_is_asked_for_nothing),
        UNIT_TEST(who_waits_for_a_file_that_its_sender_lost_gets_it_from_another),
        UNIT_TEST(who_asks_in_vain_asks_ever_later_and_tells),
    };
    return unit_run("follow_own_files", tests, sizeof tests / sizeof tests[0]);
}
