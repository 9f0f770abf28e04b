/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (support/failing.h), one in every few frames, while nodes come
 * back from old copies, begin a new series, seal again for newer keys, witness each other, fetch
 * back the files that they lost, give keys again and go on with a guard that lost its state. Each
 * node that fails is started again. In the end all
 * serve in the trees that they signed before (I4), and no message is anywhere twice; where memory
 * alone was missing, every message that was acknowledged is there, and receipted (I3).
 * Not for: which error it is; nor for requests of clients (tests/unit/core).
 */
#include "counted.h"
#include "follow/peer.h"
#include "ledger/message.h"
#include "store/read.h"
#include "support/failing.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 3u
#define SCENES_MAX 45u

struct scene {
    struct sim_wire *wire;
    const char *name;
    bool is_armed;
    bool loses_parcels, loses_chunks; /* of node 1; to anybody */
    bool keeps_parcels;               /* from node 0 to node 1: the newest is kept */
    struct tov_buf kept;
    struct sim_copy copy;
    bool has_copy;
    uint64_t sent[NODES]; /* messages to all others */
    uint64_t all_sent;
    struct tov_signed_size newest[NODES];  /* that was signed before anything failed */
    struct tov_message_written watched[2]; /* messages that the scene looks at in the end */
    struct tov_buf file;                   /* of the first, sealed */
    size_t failures;
};

/* ---- the wire on which something fails ---- */

static bool filter(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    enum tov_frame_kind kind = sim_frame_kind(frame);
    if (scene->keeps_parcels && frame->from == 0 && frame->to == 1 && kind == TOV_FRAME_PARCEL) {
        tov_buf_clear(&scene->kept);
        tov_buf_put_bytes(&scene->kept, tov_buf_view(&frame->bytes));
        return false;
    }
    return !(scene->loses_parcels && frame->from == 1 && kind == TOV_FRAME_PARCEL) &&
           !(scene->loses_chunks && kind == TOV_FRAME_CHUNK);
}

static void step_begin(const struct scene *scene)
{
    if (scene->is_armed)
        failing_next();
}

static void step_end(struct scene *scene)
{
    if (!scene->is_armed || !failing_end())
        return;
    scene->failures++;
    if (getenv("TOV_SHOW_LOG") != NULL)
        (void)fprintf(stderr, "%s: failure at %p\n", scene->name, failing_last());
}

static void settle(struct scene *scene, size_t node)
{
    step_begin(scene);
    sim_node_settle(&scene->wire->nodes[node]);
    step_end(scene);
}

/* Until nothing moves. */
static void run(struct scene *scene)
{
    struct sim_wire *wire = scene->wire;
    do {
        for (size_t i = 0; i < NODES; i++)
            settle(scene, i);
        step_begin(scene);
        sim_wire_run_some(wire, 1);
        step_end(scene);
    } while (wire->first < wire->end);
    sim_wire_run(wire);
}

static void tick(struct scene *scene, uint64_t ms)
{
    struct sim_wire *wire = scene->wire;
    for (size_t i = 0; i < NODES; i++) {
        struct sim_node *node = &wire->nodes[i];
        sim_node_time(node, node->now_ms + ms, node->mono_ms + ms);
        step_begin(scene);
        if (node->node != NULL && !sim_node_has_failed(node))
            tov_node_on_tick(node->node);
        step_end(scene);
    }
    run(scene);
}

static void pass(struct scene *scene, unsigned count, uint64_t each_ms)
{
    for (unsigned i = 0; i < count; i++)
        tick(scene, each_ms);
}

static void connect_all(struct scene *scene, size_t node)
{
    for (size_t i = 0; i < NODES; i++) {
        if (i == node)
            continue;
        step_begin(scene);
        sim_wire_connect(scene->wire, node, i);
        step_end(scene);
    }
}

static void start(struct scene *scene, size_t node)
{
    step_begin(scene);
    while (sim_node_start(&scene->wire->nodes[node], NULL) != TOV_OK)
        UNIT_NEED(scene->is_armed && failing_end()); /* it failed, and does so once */
    step_end(scene);
    settle(scene, node);
}

/* Nothing fails from now on, and what a failure took from a link is asked for again. */
static void heal(struct scene *scene)
{
    struct sim_wire *wire = scene->wire;
    scene->is_armed = false;
    scene->loses_parcels = scene->loses_chunks = scene->keeps_parcels = false;
    sim_wire_run(wire);
    for (size_t i = 0; i < NODES; i++) {
        sim_wire_crash(wire, i); /* what a failure left in memory is gone */
        sim_wire_start(wire, i);
    }
    for (size_t a = 0; a < NODES; a++)
        for (size_t b = a + 1; b < NODES; b++)
            sim_wire_connect(wire, a, b);
    sim_wire_run(wire);
    sim_wire_pass(wire, 120000);
}

/* ---- messages ---- */

static struct tov_message_written send(struct scene *scene, size_t from, struct sim_order *order)
{
    struct tov_message_written written;
    order->record = ++scene->all_sent;
    order->text_bytes = 100;
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[from], order, &written) == TOV_OK);
    sim_node_settle(&scene->wire->nodes[from]);
    return written;
}

static void send_to_all(struct scene *scene, size_t from)
{
    struct sim_order order = {.recipient_count = 0};
    for (size_t i = 0; i < NODES; i++) {
        if (i != from)
            order.recipients[order.recipient_count++] =
                (struct tov_message_recipient){(uint16_t)(i + 1), TOV_RIGHT_ALL};
    }
    (void)send(scene, from, &order);
    scene->sent[from]++;
}

static void talk(struct scene *scene, unsigned rounds)
{
    for (unsigned i = 0; i < rounds; i++) {
        for (size_t from = 0; from < NODES; from++)
            send_to_all(scene, from);
        sim_wire_run(scene->wire);
    }
}

/* ---- what must hold ---- */

static struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

/* I4 */
static void check_tree(const struct scene *scene, size_t node)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct tov_signed_size *before = &scene->newest[node];
    struct tov_core *core = core_of(scene, node);
    struct tov_range range;
    CU_ASSERT_FATAL(tov_ledger_signed(core->ledger) >= before->size);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_ledger_range_at(core->ledger, read, before->size, &range) == TOV_OK);
    struct tov_hash root = tov_range_root(&range);
    CU_ASSERT(tov_hash_equal(&root, &before->root));
}

static void check_links(const struct scene *scene, size_t node)
{
    for (size_t k = 0; k + 1 < NODES; k++) {
        struct tov_peer_view view;
        size_t peer = k < node ? k : k + 1;
        tov_follow_peer_view(tov_node_follow(scene->wire->nodes[node].node), k, &view);
        CU_ASSERT(!view.is_suspended);
        UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
        UNIT_EQUAL_INT(view.held, tov_ledger_signed(core_of(scene, peer)->ledger));
    }
}

static void check(const struct scene *scene, enum tov_err err)
{
    unsigned before = CU_get_number_of_failures();
    UNIT_EQUAL_INT(scene->wire->acknowledged, scene->all_sent);
    for (size_t i = 0; i < NODES; i++) {
        UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[i].node), TOV_NODE_SERVING);
        check_tree(scene, i);
        if (err == TOV_OK)
            check_links(scene, i);
        for (size_t at = 0; at < NODES; at++) {
            size_t held =
                at == i ? scene->sent[i] : count_held(core_of(scene, at), (uint16_t)(i + 1));
            CU_ASSERT(held >= scene->sent[i] || err != TOV_OK);
        }
    }
    /* Where the reading of a leaf is said to fail, the receipt in it counts as none. */
    CU_ASSERT(!sim_wire_logged(scene->wire, "receipt-does-not-fit") ||
              sim_wire_logged(scene->wire, "entry-not-read"));
    if (CU_get_number_of_failures() != before)
        (void)fprintf(stderr, "%s, %s, last failure at %p\n", scene->name, tov_err_name(err),
                      failing_last());
}

/* ---- the scenes ---- */

typedef void play(struct scene *scene);

struct row {
    const char *name;
    play *play;
    void (*look)(struct scene *scene, enum tov_err err); /* in the end; may be NULL */
    bool loses_parcels;                                  /* from the beginning */
    bool is_new;                                         /* no node was ever started */
};

static void begin(struct scene *scene, const struct row *row)
{
    *scene = (struct scene){.name = row->name,
                            .wire = sim_wire_create(row->name, NODES),
                            .loses_parcels = row->loses_parcels,
                            .kept = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES),
                            .file = TOV_BUF_INIT(1u << 22)};
    scene->wire->filter = filter;
    scene->wire->filter_context = scene;
    if (row->is_new)
        return;
    sim_wire_start_all(scene->wire);
    talk(scene, 1);
}

static void end(struct scene *scene)
{
    if (scene->has_copy)
        sim_copy_fini(&scene->copy);
    tov_buf_fini(&scene->kept);
    tov_buf_fini(&scene->file);
    sim_wire_destroy(scene->wire);
}

/* An operator's copy of node 0, which goes on. */
static void copy(struct scene *scene)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_copy(&scene->wire->nodes[0], &scene->copy);
    scene->has_copy = true;
    start(scene, 0);
    connect_all(scene, 0);
    sim_wire_run(scene->wire);
}

/* What is signed now stays in the trees. */
static void note_trees(struct scene *scene)
{
    for (size_t i = 0; i < NODES; i++)
        UNIT_NEED(tov_ledger_newest(core_of(scene, i)->ledger, &scene->newest[i]));
}

static void put_back(struct scene *scene, unsigned what)
{
    note_trees(scene);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, what);
}

/* From now on something fails. */
static void arm(struct scene *scene)
{
    scene->wire->may_fail = true;
    scene->is_armed = true;
}

static void play_old_store(struct scene *scene)
{
    copy(scene);
    talk(scene, 3);
    put_back(scene, SIM_STORE);
    arm(scene);
    start(scene, 0);
    connect_all(scene, 0);
    run(scene);
    pass(scene, 10, 1000);
    pass(scene, 10, 10000);
}

/* The guard is as old, and messages are written before anybody is heard. */
static void play_rolled_back(struct scene *scene)
{
    copy(scene);
    talk(scene, 2);
    put_back(scene, SIM_STORE | SIM_GUARD);
    start(scene, 0);
    for (int i = 0; i < 6; i++)
        send_to_all(scene, 0);
    arm(scene);
    connect_all(scene, 0);
    run(scene);
    pass(scene, 10, 1000);
    pass(scene, 10, 10000);
}

/* The last message of node 0 is held as a header alone: it is lost, and a new series begins, while
 * node 1 lacks keys and an attachment of the old one. */
static void play_new_series(struct scene *scene)
{
    struct sim_order header = {.recipient_count = 1, .recipients = {{2, TOV_RIGHT_HEADER}}};
    struct sim_order large = {.recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .attachment_count = 1,
                              .attachment_bytes = {150000}};
    scene->loses_chunks = true;
    (void)send(scene, 0, &large);
    sim_wire_run(scene->wire);
    copy(scene);
    (void)send(scene, 0, &header);
    sim_wire_run(scene->wire);
    put_back(scene, SIM_STORE);
    arm(scene);
    start(scene, 0);
    connect_all(scene, 0);
    run(scene);
    pass(scene, 10, 10000);
    scene->loses_chunks = false;
    pass(scene, 10, 10000);
    talk(scene, 1);
    pass(scene, 10, 1000);
}

/* Guard and store are old, and the guard's state is lost: the roots say where the tree stood. */
static void play_statement(struct scene *scene)
{
    struct sim_node *node = &scene->wire->nodes[0];
    copy(scene);
    talk(scene, 1);
    put_back(scene, SIM_STORE);
    for (size_t i = 0; i < 2; i++)
        tov_buf_clear(&node->images[i]);
    start(scene, 0);
    connect_all(scene, 0);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
    UNIT_NEED(tov_node_state(node->node) == TOV_NODE_GUARD_LOST);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_statements(node, &scene->newest[0]);
    arm(scene);
    start(scene, 0);
    connect_all(scene, 0);
    run(scene);
    pass(scene, 10, 1000);
    pass(scene, 4, 10000);
}

/* Node 0 learns node 1's key when its messages are there: their keys travel alone. */
static void play_late_keys(struct scene *scene)
{
    note_trees(scene);
    arm(scene);
    scene->loses_parcels = false;
    sim_wire_disconnect(scene->wire, 0, 1);
    connect_all(scene, 0);
    run(scene);
    pass(scene, 20, 1000);
}

/* A parcel comes when the key of its stanza was destroyed. */
static void play_old_epoch(struct scene *scene)
{
    scene->keeps_parcels = true;
    send_to_all(scene, 0);
    sim_wire_run(scene->wire);
    sim_wire_disconnect(scene->wire, 0, 1);
    pass(scene, 100, 6 * 3600000u);
    note_trees(scene);
    arm(scene);
    sim_wire_connect(scene->wire, 0, 1);
    run(scene);
    step_begin(scene);
    sim_wire_inject(scene->wire, 0, 1, tov_buf_view(&scene->kept));
    step_end(scene);
    scene->keeps_parcels = false;
    run(scene);
    pass(scene, 20, 1000);
}

/* Anchors, cosignatures, new keys, roots of the journal; in between it ends and begins. */
static void play_days(struct scene *scene)
{
    note_trees(scene);
    arm(scene);
    for (unsigned day = 0; day < 8; day++) {
        pass(scene, 2, 12 * 3600000u);
        scene->is_armed = false;
        sim_wire_run(scene->wire);
        talk(scene, 1);
        scene->is_armed = true;
        run(scene);
        pass(scene, 2, 1000);
    }
    sim_wire_crash(scene->wire, 0);
    start(scene, 0);
    connect_all(scene, 0);
    run(scene);
    pass(scene, 5, 1000);
}

/* Geneses, first keys, first messages. */
static void play_beginning(struct scene *scene)
{
    arm(scene);
    for (size_t i = 0; i < NODES; i++)
        start(scene, i);
    sim_wire_connect(scene->wire, 0, 1);
    connect_all(scene, 2);
    run(scene);
    pass(scene, 3, 1000);
    scene->is_armed = false;
    heal(scene);
    note_trees(scene);
    talk(scene, 2);
}

/* Message INDEX of agency FROM + 1 as node AT has it. */
static bool read_at(const struct scene *scene, size_t at, size_t from, uint64_t index,
                    struct tov_message *message)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(scene, at);
    struct tov_message_name name = {(uint16_t)(from + 1), 1, index};
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    return tov_message_read(core, read, &name, TOV_MESSAGE_CONTENT, message) == TOV_OK;
}

/* ---- files ---- */

static void name_file(const struct scene *scene, char out[TOV_BLOB_NAME_SIZE])
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(read_at(scene, 0, 0, scene->watched[0].place.index, message));
    tov_blob_name(core_of(scene, 0), &message->name, message->leaf.id, 2, out);
}

/* Store and files of node 0 are as they were before it sent one; both recipients have it. */
static void play_lost_files(struct scene *scene)
{
    struct sim_order large = {.recipient_count = 2,
                              .recipients = {{2, TOV_RIGHT_ALL}, {3, TOV_RIGHT_ALL}},
                              .attachment_count = 1,
                              .attachment_bytes = {300000}};
    struct sim_disk *disk = scene->wire->nodes[0].disk;
    char name[TOV_BLOB_NAME_SIZE];
    copy(scene);
    struct sim_disk *files = sim_disk_copy(disk);
    scene->watched[0] = send(scene, 0, &large);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 5000);
    name_file(scene, name);
    UNIT_NEED(sim_disk_load(disk, name, &scene->file) == TOV_OK);
    put_back(scene, SIM_STORE);
    sim_disk_put_back(disk, files);
    sim_disk_destroy(files);
    arm(scene);
    start(scene, 0);
    connect_all(scene, 0);
    run(scene);
    pass(scene, 10, 1000);
    pass(scene, 12, 10000);
}

/* What is called whole is so. */
static void look_at_files(struct scene *scene, enum tov_err err)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf file = TOV_BUF_INIT(1u << 22);
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_message_name message = {1, 1, scene->watched[0].place.index};
    struct tov_transfer_view view = {.complete = false};
    char name[TOV_BLOB_NAME_SIZE];
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    enum tov_err found =
        tov_follow_transfer(tov_node_follow(scene->wire->nodes[0].node), read, &message, 2, &view);
    CU_ASSERT((found == TOV_OK && view.complete) || err != TOV_OK);
    if (!view.complete)
        return;
    name_file(scene, name);
    UNIT_NEED(sim_disk_load(scene->wire->nodes[0].disk, name, &file) == TOV_OK);
    CU_ASSERT(tov_bytes_equal(tov_buf_view(&file), tov_buf_view(&scene->file)));
}

/* ---- keys once more ---- */

/* Node 0 had read messages of node 1 and is set back. A person gives it the second one again, and
 * not the first; it has a newer key when it is there again. */
static void play_given_again(struct scene *scene)
{
    struct sim_order order = {.recipient_count = 1, .recipients = {{1, TOV_RIGHT_ALL}}};
    copy(scene);
    for (size_t i = 0; i < 2; i++)
        scene->watched[i] = send(scene, 1, &order);
    sim_wire_run(scene->wire);
    put_back(scene, SIM_STORE);
    start(scene, 0);
    connect_all(scene, 0);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    sim_wire_disconnect(scene->wire, 0, 1);
    for (size_t i = 0; i < 2; i++)
        UNIT_NEED(tov_follow_give_again(tov_node_follow(scene->wire->nodes[1].node), 1,
                                        scene->watched[i].place.index, i == 1) == TOV_OK);
    tov_stanza_owe(core_of(scene, 1),
                   tov_follow_peer(tov_node_follow(scene->wire->nodes[1].node), 1),
                   scene->watched[0].place.index); /* as when it asks all the same */
    for (unsigned day = 0; day < 9; day++)
        sim_wire_pass(scene->wire, 86400000u);
    arm(scene);
    sim_wire_connect(scene->wire, 0, 1);
    run(scene);
    pass(scene, 10, 1000);
    pass(scene, 4, 10000);
}

/* G1, G2 of again.c */
static void look_at_keys(struct scene *scene, enum tov_err err)
{
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    bool is_given =
        read_at(scene, 0, 1, scene->watched[1].place.index, message) && message->shows_content;
    CU_ASSERT(is_given || err != TOV_OK);
    CU_ASSERT(!is_given || count_journal(core_of(scene, 1), TOV_LEAF_REWRAP) > 0);
    CU_ASSERT(!read_at(scene, 0, 1, scene->watched[0].place.index, message) ||
              !message->shows_content);
}

/* Want of memory here says nothing of a message: it would be said for good. */
static void play_verdicts(struct scene *scene)
{
    note_trees(scene);
    arm(scene);
    for (unsigned i = 0; i < 4; i++) {
        send_to_all(scene, 0);
        run(scene);
        pass(scene, 2, 1000);
    }
    heal(scene);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_EXCEPTION), 0);
    CU_ASSERT(!sim_wire_logged(scene->wire, "link-broken"));
}

/* ---- playing them ---- */

static size_t play_once(const struct row *row, enum tov_err err)
{
    struct scene scene;
    begin(&scene, row);
    row->play(&scene);
    heal(&scene);
    check(&scene, err);
    if (row->look != NULL)
        row->look(&scene, err);
    end(&scene);
    return scene.failures;
}

/* Scenes until nothing fails any more, or enough. */
static void play_until_nothing_fails(const struct row *row, enum tov_err err)
{
    unsigned count = 0;
    size_t failures = 1, sum = 0;
    failing_begin(err);
    for (; failures > 0 && count < SCENES_MAX; count++) {
        failures = play_once(row, err);
        sum += failures;
    }
    (void)printf("    %s, %s: %u scenes, %zu failures\n", row->name, tov_err_name(err), count, sum);
    CU_ASSERT(sum > 10);
}

static void play_with_each_error(const struct row *row)
{
    play_until_nothing_fails(row, TOV_OK);
    play_until_nothing_fails(row, TOV_E_NOMEM);
}

static void a_node_that_was_set_back_comes_back_whatever_fails(void)
{
    play_with_each_error(&(struct row){.name = "old-store", .play = play_old_store});
}

static void what_was_written_meanwhile_is_appended_whatever_fails(void)
{
    play_with_each_error(&(struct row){.name = "rolled-back", .play = play_rolled_back});
}

static void a_new_series_begins_whatever_fails(void)
{
    play_with_each_error(&(struct row){.name = "new-series", .play = play_new_series});
}

static void a_statement_brings_a_node_back_whatever_fails(void)
{
    play_with_each_error(&(struct row){.name = "statement", .play = play_statement});
}

static void keys_that_come_late_open_their_messages_whatever_fails(void)
{
    play_with_each_error(
        &(struct row){.name = "late-keys", .play = play_late_keys, .loses_parcels = true});
}

static void what_was_sealed_to_an_old_key_is_opened_whatever_fails(void)
{
    play_with_each_error(&(struct row){.name = "old-epoch", .play = play_old_epoch});
}

static void no_verdict_is_given_for_want_of_memory(void)
{
    play_with_each_error(&(struct row){.name = "verdicts", .play = play_verdicts});
}

static void a_federation_begins_whatever_fails(void)
{
    play_with_each_error(
        &(struct row){.name = "beginning", .play = play_beginning, .is_new = true});
}

static void a_file_that_was_lost_comes_back_whatever_fails(void)
{
    const struct row row = {.name = "files", .play = play_lost_files, .look = look_at_files};
    play_with_each_error(&row);
    play_until_nothing_fails(&row, TOV_E_IO);
}

static void keys_go_again_as_a_person_said_whatever_fails(void)
{
    const struct row row = {.name = "again", .play = play_given_again, .look = look_at_keys};
    play_with_each_error(&row);
    play_until_nothing_fails(&row, TOV_E_CORRUPT);
}

static void days_pass_whatever_fails(void)
{
    play_with_each_error(&(struct row){.name = "days", .play = play_days});
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_node_that_was_set_back_comes_back_whatever_fails),
        UNIT_TEST(what_was_written_meanwhile_is_appended_whatever_fails),
        UNIT_TEST(a_new_series_begins_whatever_fails),
        UNIT_TEST(a_statement_brings_a_node_back_whatever_fails),
        UNIT_TEST(keys_that_come_late_open_their_messages_whatever_fails),
        UNIT_TEST(what_was_sealed_to_an_old_key_is_opened_whatever_fails),
        UNIT_TEST(no_verdict_is_given_for_want_of_memory),
        UNIT_TEST(a_federation_begins_whatever_fails),
        UNIT_TEST(a_file_that_was_lost_comes_back_whatever_fails),
        UNIT_TEST(keys_go_again_as_a_person_said_whatever_fails),
        UNIT_TEST(days_pass_whatever_fails),
    };
    return unit_run("follow_failure", tests, sizeof tests / sizeof tests[0]);
}
