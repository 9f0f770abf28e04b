/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who asks for files of its own messages gets those that are held whole, once that is an entry of
 * the journal, and nothing else; and what it asks for in vain costs little (own_files.c A1, A2).
 * Not for: asking for them (own_files_test.c).
 */
#include "counted.h"
#include "hostile_peer.h"

#include "follow/transfers.h"
#include "ledger/message.h"

#include <string.h>

#define LINES_AT_ONCE 64u /* docs/security.md */

struct scene {
    struct hostile *hostile;
    struct hostile_message message; /* with a file, which the victim holds whole */
    size_t entries;                 /* of the journal before anything was asked */
};

static struct scene make_scene(const char *name)
{
    struct scene scene = {.hostile = hostile_create(name, 2)};
    hostile_meet(scene.hostile);
    hostile_message_make(scene.hostile, TOV_RIGHT_ALL, &scene.message);
    hostile_message_attach(scene.hostile, &scene.message, 1000);
    UNIT_EQUAL_INT(hostile_deliver(scene.hostile, &scene.message).verdict, TOV_VERDICT_PENDING);
    scene.entries = count_journal(hostile_core(scene.hostile), TOV_LEAF_ACCESS);
    return scene;
}

static void fetch_it(struct scene *scene)
{
    hostile_say_chunk(scene->hostile, &scene->message);
    UNIT_EQUAL_INT(hostile_verdict(scene->hostile, 1).verdict, TOV_VERDICT_OPENED);
}

static void end(struct scene *scene)
{
    CU_ASSERT(hostile_victim_works(scene->hostile));
    hostile_message_fini(&scene->message);
    hostile_destroy(scene->hostile);
}

static void fill_request(const struct tov_ref *ref, uint8_t part, struct tov_control *control)
{
    control->kind = TOV_CONTROL_CHUNK_REQUEST;
    control->as.chunk_request = (struct tov_chunk_request){*ref, part, 0, 1};
}

static void ask(struct hostile *hostile, const struct tov_ref *ref, uint8_t part)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    fill_request(ref, part, control);
    hostile_say_control(hostile, control);
}

static void check(const struct scene *scene, size_t chunks, size_t entries)
{
    UNIT_EQUAL_INT(scene->hostile->chunks, chunks);
    UNIT_EQUAL_INT(count_journal(hostile_core(scene->hostile), TOV_LEAF_ACCESS),
                   scene->entries + entries);
}

/* ---- what ---- */

static void an_agency_gets_files_of_its_own_messages_alone(void)
{
    struct scene scene = make_scene("own");
    struct hostile *hostile = scene.hostile;
    const struct tov_ref *ref = &scene.message.ref;
    ask(hostile, ref, 2); /* it is not here yet */
    check(&scene, 0, 0);
    fetch_it(&scene);
    struct tov_ref other = *ref;
    other.leaf.bytes[0] ^= 1;
    ask(hostile, &other, 2);
    other = *ref;
    other.generation++;
    ask(hostile, &other, 2);
    other = *ref;
    other.index += 100;
    ask(hostile, &other, 2);
    ask(hostile, ref, 1);
    ask(hostile, ref, 3);
    check(&scene, 0, 0);
    for (unsigned i = 0; i < 50; i++)
        ask(hostile, ref, 2);
    check(&scene, 50, 1);
    for (unsigned i = 0; i < 400; i++)
        ask(hostile, ref, 2);
    CU_ASSERT(hostile->wire->drops > 0); /* its quota is used up */
    UNIT_EQUAL_INT(count_journal(hostile_core(hostile), TOV_LEAF_ACCESS), scene.entries + 1);
    end(&scene);
}

/* A1: who may see the header alone never had it, whatever lies in its store and on its disk. */
static void a_right_to_the_header_gives_nothing(void)
{
    struct scene scene = make_scene("header");
    TOV_CLEANUP(hostile_message_fini) struct hostile_message message;
    char blob[TOV_BLOB_NAME_SIZE];
    fetch_it(&scene);
    hostile_message_make(scene.hostile, TOV_RIGHT_HEADER, &message);
    hostile_message_attach(scene.hostile, &message, 1000);
    UNIT_EQUAL_INT(hostile_deliver(scene.hostile, &message).verdict, TOV_VERDICT_OPENED);
    struct tov_message_name name = {message.ref.agency, message.ref.generation, message.ref.index};
    struct tov_transfer_row row = {2, TOV_TRANSFER_ROW_COMPLETE, 1};
    tov_transfer_put_row(hostile_core(scene.hostile), &name, 2, &row);
    sim_wire_run(scene.hostile->wire);
    tov_blob_name(hostile_core(scene.hostile), &name, NULL, 2, blob);
    UNIT_NEED(sim_disk_save(scene.hostile->wire->nodes[0].disk, blob,
                            tov_buf_view(&message.sealed[2])) == TOV_OK);
    ask(scene.hostile, &message.ref, 2);
    check(&scene, 0, 0);
    end(&scene);
}

/* ---- the disk ---- */

static bool is_same(struct sim_disk *disk, const char *name, const struct tov_buf *was)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf file = TOV_BUF_INIT(1u << 20);
    return sim_disk_load(disk, name, &file) == TOV_OK &&
           tov_bytes_equal(tov_buf_view(&file), tov_buf_view(was));
}

static void name_file(const struct scene *scene, char out[TOV_BLOB_NAME_SIZE])
{
    const struct tov_ref *ref = &scene->message.ref;
    struct tov_message_name name = {ref->agency, ref->generation, ref->index};
    tov_blob_name(hostile_core(scene->hostile), &name, NULL, 2, out);
}

static void name_tree(const struct scene *scene, char out[TOV_BLOB_NAME_SIZE + 8])
{
    char blob[TOV_BLOB_NAME_SIZE];
    name_file(scene, blob);
    (void)snprintf(out, TOV_BLOB_NAME_SIZE + 8, "%s.tree", blob);
}

/* What the disk did to the tree beside the file is made good; what it did to the file is not sent,
 * and said here. */
static void what_the_disk_has_changed_is_never_sent(void)
{
    static const struct {
        bool is_tree;
        enum sim_disk_harm harm;
        bool is_given, is_told;
    } rows[] = {
        {true, SIM_DISK_GONE, true, false},   {true, SIM_DISK_CUT, true, false},
        {true, SIM_DISK_ROTTEN, true, false}, {false, SIM_DISK_GONE, false, false},
        {false, SIM_DISK_CUT, false, true},   {false, SIM_DISK_ROTTEN, false, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct scene scene = make_scene("disk");
        struct sim_disk *disk = scene.hostile->wire->nodes[0].disk;
        const struct tov_ref *ref = &scene.message.ref;
        TOV_CLEANUP(tov_buf_fini) struct tov_buf tree = TOV_BUF_INIT(1u << 20);
        char blob[TOV_BLOB_NAME_SIZE], name[TOV_BLOB_NAME_SIZE + 8];
        fetch_it(&scene);
        ask(scene.hostile, ref, 2);
        check(&scene, 1, 1);
        name_file(&scene, blob);
        name_tree(&scene, name);
        UNIT_NEED(sim_disk_load(disk, name, &tree) == TOV_OK);
        sim_disk_harm(disk, rows[i].is_tree ? name : blob, rows[i].harm);
        ask(scene.hostile, ref, 2);
        check(&scene, rows[i].is_given ? 2 : 1, 1);
        CU_ASSERT(rows[i].is_tree || is_same(disk, name, &tree)); /* it is in memory, too */
        CU_ASSERT(sim_wire_logged(scene.hostile->wire, "attachment-damaged") == rows[i].is_told);
        end(&scene);
    }
}

/* The tree beside it is a copy, which needs room; the file does not. */
static void a_full_disk_gives_what_it_holds(void)
{
    struct scene scene = make_scene("full");
    struct sim_disk *disk = scene.hostile->wire->nodes[0].disk;
    char tree[TOV_BLOB_NAME_SIZE + 8];
    fetch_it(&scene);
    ask(scene.hostile, &scene.message.ref, 2);
    name_tree(&scene, tree);
    sim_disk_harm(disk, tree, SIM_DISK_GONE);
    sim_disk_fill(disk, true);
    ask(scene.hostile, &scene.message.ref, 2);
    ask(scene.hostile, &scene.message.ref, 2);
    check(&scene, 3, 1);
    CU_ASSERT(!sim_disk_is_synced(disk, tree));
    end(&scene);
}

/* ---- when ---- */

/* As it comes, and nothing has run since. */
static void say_without_running(struct hostile *hostile, const struct tov_ref *ref)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(control != NULL);
    fill_request(ref, 2, control);
    control->from = hostile->agency->number;
    control->to = hostile->target->number;
    memcpy(control->nonce, hostile->hello.nonce, sizeof control->nonce);
    sim_sign_control(hostile->wire->federation, hostile->index, control, &frame);
    tov_node_on_peer_frame(hostile_victim(hostile), hostile->agency->number, tov_buf_view(&frame));
}

static void who_asks_twice_before_the_commit_is_answered_once(void)
{
    struct scene scene = make_scene("twice");
    fetch_it(&scene);
    say_without_running(scene.hostile, &scene.message.ref);
    say_without_running(scene.hostile, &scene.message.ref);
    check(&scene, 0, 0); /* I9: nothing has gone, since nothing is committed */
    sim_wire_run(scene.hostile->wire);
    check(&scene, 1, 1);
    ask(scene.hostile, &scene.message.ref, 2);
    check(&scene, 2, 1);
    end(&scene);
}

/* It is gone, or suspended, when the entry is committed: what is written then is that it was to be
 * given, and it needs no second entry. */
static void who_is_not_there_at_the_commit_asks_again(void)
{
    for (unsigned is_suspended = 0; is_suspended < 2; is_suspended++) {
        struct scene scene = make_scene("gone");
        struct hostile *hostile = scene.hostile;
        struct tov_peer *peer = tov_follow_peer(tov_node_follow(hostile_victim(hostile)), 2);
        fetch_it(&scene);
        say_without_running(hostile, &scene.message.ref);
        tov_node_turn(hostile_victim(hostile));
        UNIT_NEED(sim_node_commits(&hostile->wire->nodes[0]));
        if (is_suspended != 0)
            peer->suspended = true;
        else
            sim_wire_disconnect(hostile->wire, 0, 1);
        sim_wire_run(hostile->wire);
        check(&scene, 0, 1);
        peer->suspended = false;
        if (is_suspended == 0) {
            hostile->wire->is_up[0][1] = hostile->wire->is_up[1][0] = true;
            tov_node_on_peer_up(hostile_victim(hostile), 2);
            sim_wire_run(hostile->wire);
            hostile_hello(hostile, NULL);
        }
        ask(hostile, &scene.message.ref, 2);
        check(&scene, 1, 1);
        end(&scene);
    }
}

/* ---- how much ---- */

static unsigned count_logged(const struct hostile *hostile, const char *event)
{
    unsigned count = 0;
    for (const char *at = hostile->wire->log; (at = strstr(at, event)) != NULL; at++)
        count++;
    return count;
}

static void what_is_asked_for_in_vain_fills_no_log(void)
{
    struct scene scene = make_scene("lines");
    for (unsigned i = 0; i < 2 * LINES_AT_ONCE; i++)
        ask(scene.hostile, &scene.message.ref, 3);
    check(&scene, 0, 0);
    UNIT_EQUAL_INT(count_logged(scene.hostile, "chunk-not-served"), LINES_AT_ONCE);
    sim_wire_pass(scene.hostile->wire, 2000);
    ask(scene.hostile, &scene.message.ref, 3);
    UNIT_EQUAL_INT(count_logged(scene.hostile, "chunk-not-served"), LINES_AT_ONCE + 1);
    UNIT_EQUAL_INT(count_logged(scene.hostile, "peer-lines-left-out"), 1);
    end(&scene);
}

static void a_damaged_file_fills_no_log_however_often_it_is_asked_for(void)
{
    struct scene scene = make_scene("lines-damaged");
    char blob[TOV_BLOB_NAME_SIZE];
    fetch_it(&scene);
    ask(scene.hostile, &scene.message.ref, 2);
    name_file(&scene, blob);
    sim_disk_harm(scene.hostile->wire->nodes[0].disk, blob, SIM_DISK_ROTTEN);
    for (unsigned i = 0; i < 2 * LINES_AT_ONCE; i++)
        ask(scene.hostile, &scene.message.ref, 2);
    check(&scene, 1, 1);
    CU_ASSERT(count_logged(scene.hostile, "attachment-damaged") > 0);
    UNIT_EQUAL_INT(count_logged(scene.hostile, "attachment-damaged") +
                       count_logged(scene.hostile, "chunk-not-served"),
                   LINES_AT_ONCE);
    end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_agency_gets_files_of_its_own_messages_alone),
        UNIT_TEST(a_right_to_the_header_gives_nothing),
        UNIT_TEST(what_the_disk_has_changed_is_never_sent),
        UNIT_TEST(a_full_disk_gives_what_it_holds),
        UNIT_TEST(who_asks_twice_before_the_commit_is_answered_once),
        UNIT_TEST(who_is_not_there_at_the_commit_asks_again),
        UNIT_TEST(what_is_asked_for_in_vain_fills_no_log),
        UNIT_TEST(a_damaged_file_fills_no_log_however_often_it_is_asked_for),
    };
    return unit_run("follow_given_files", tests, sizeof tests / sizeof tests[0]);
}
