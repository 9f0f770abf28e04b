/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node whose store is put back from an old copy comes back by itself, in the same tree: its tree
 * from who keeps its hashes, its entries from whom they were disclosed to (docs/recovery.md).
 */
#include "ledger/entry.h"
#include "merkle/proof.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdio.h>
#include <string.h>

/* A federation in which node 0 was copied, and went on. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;
    struct tov_signed_size newest; /* of node 0, before the copy was put back */
};

static struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

static enum tov_node_state state_of(const struct scene *scene, size_t node)
{
    return tov_node_state(scene->wire->nodes[node].node);
}

static void connect_all(struct scene *scene, size_t node)
{
    for (size_t i = 0; i < scene->wire->count; i++) {
        if (i != node && scene->wire->nodes[i].node != NULL)
            sim_wire_connect(scene->wire, node, i);
    }
}

static void start_again(struct scene *scene, size_t node)
{
    sim_wire_start(scene->wire, node);
    connect_all(scene, node);
    sim_wire_run(scene->wire);
}

/* Each of the first WROTE nodes sends a message. */
static void send_some(struct scene *scene, size_t wrote)
{
    for (size_t i = 0; i < wrote; i++)
        (void)sim_wire_send(scene->wire, i, 100 + i);
    sim_wire_run(scene->wire);
}

static struct scene *make_scene(const char *name, size_t count)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->wire = sim_wire_create(name, count);
    sim_wire_start_all(scene->wire);
    send_some(scene, count);
    sim_wire_crash(scene->wire, 0);
    sim_node_copy(&scene->wire->nodes[0], &scene->copy);
    start_again(scene, 0);
    for (int i = 0; i < 3; i++)
        send_some(scene, count);
    UNIT_NEED(tov_ledger_newest(core_of(scene, 0)->ledger, &scene->newest));
    return scene;
}

static void destroy_scene(struct scene *scene)
{
    if (getenv("TOV_SHOW_LOG") != NULL)
        (void)fprintf(stderr, "%s", scene->wire->log);
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static void put_back(struct scene *scene, unsigned what)
{
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &scene->copy, what);
}

/* I4: the tree is the one that was signed before, and more. */
static void check_same_tree(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(scene, 0);
    struct tov_range range;
    CU_ASSERT_TRUE(tov_ledger_signed(core->ledger) > scene->newest.size);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_ledger_range_at(core->ledger, read, scene->newest.size, &range) == TOV_OK);
    struct tov_hash root = tov_range_root(&range);
    CU_ASSERT_TRUE(tov_hash_equal(&root, &scene->newest.root));
}

static struct tov_peer_view view_of(const struct scene *scene, size_t node, size_t peer)
{
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(scene->wire->nodes[node].node), peer, &view);
    return view;
}

/* Everybody holds all of node 0, and node 0 of them; every link is receipted; nobody complained. */
static void check_converged(const struct scene *scene)
{
    for (size_t i = 0; i < scene->wire->count; i++) {
        UNIT_EQUAL_INT(state_of(scene, i), TOV_NODE_SERVING);
        for (size_t k = 0; k + 1 < scene->wire->count; k++) {
            struct tov_peer_view view = view_of(scene, i, k);
            size_t peer = k < i ? k : k + 1;
            CU_ASSERT_FALSE(view.is_suspended);
            UNIT_EQUAL_INT(view.acknowledged, tov_ledger_signed(core_of(scene, i)->ledger));
            UNIT_EQUAL_INT(view.held, tov_ledger_signed(core_of(scene, peer)->ledger));
            UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
        }
    }
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "receipt-does-not-fit"));
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "link-broken"));
}

static size_t count_entries(const struct scene *scene, enum tov_entry_state state)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(scene, 0);
    size_t count = 0;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    for (uint64_t i = 0; i < tov_ledger_committed(core->ledger); i++) {
        struct tov_bytes row;
        struct tov_entry entry;
        UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(i), &row) == TOV_OK);
        UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
        count += entry.state == state ? 1 : 0;
    }
    return count;
}

static void check_works(struct scene *scene)
{
    send_some(scene, scene->wire->count);
    sim_wire_pass(scene->wire, 20000);
    check_same_tree(scene);
    check_converged(scene);
}

static void an_old_store_comes_back_in_the_same_tree(void)
{
    struct scene *scene = make_scene("old", 3);
    put_back(scene, SIM_STORE);
    start_again(scene, 0);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    check_works(scene);
    UNIT_EQUAL_INT(count_entries(scene, TOV_ENTRY_LOST), 0);
    destroy_scene(scene);
}

/* The guard is as old as the store: what it has forgotten the keepers tell it. */
static void a_node_that_was_rolled_back_whole_comes_back(void)
{
    struct scene *scene = make_scene("rolled", 3);
    put_back(scene, SIM_STORE | SIM_GUARD);
    start_again(scene, 0);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    check_works(scene);
    UNIT_EQUAL_INT(count_entries(scene, TOV_ENTRY_LOST), 0);
    destroy_scene(scene);
}

/* Messages that were taken before anybody could be heard, at places that were given before. */
static void what_was_written_meanwhile_is_appended_anew(void)
{
    struct scene *scene = make_scene("meanwhile", 3);
    put_back(scene, SIM_STORE | SIM_GUARD);
    sim_wire_start(scene->wire, 0);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_KEEPERS);
    for (uint64_t i = 0; i < 30; i++)
        (void)sim_wire_send(scene->wire, 0, 200 + i);
    sim_node_settle(&scene->wire->nodes[0]);
    UNIT_EQUAL_INT(tov_ledger_signed(core_of(scene, 0)->ledger) < scene->newest.size, true);
    connect_all(scene, 0);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    check_works(scene);
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_old_store_comes_back_in_the_same_tree),
        UNIT_TEST(a_node_that_was_rolled_back_whole_comes_back),
        UNIT_TEST(what_was_written_meanwhile_is_appended_anew),
    };
    return unit_run("follow_recovery", tests, sizeof tests / sizeof tests[0]);
}
