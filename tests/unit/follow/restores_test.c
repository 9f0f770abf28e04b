/* SPDX-License-Identifier: EUPL-1.2
 *
 * Nodes whose stores are put back from old copies, at moments that a seed draws, between crashes,
 * lost connections and messages; some with their guards, some while they are already coming back.
 * In the end all serve, each in the one tree that it ever signed, and what was acknowledged since a
 * node was set back last has arrived, once.
 * Not for: a known hole (a guard set back with its store while only stale keepers are heard): who
 * is set back whole is heard by all. Nor for what no peer holds: docs/recovery.md.
 *
 *   restores_test [first seed [number of seeds]]
 */
#include "counted.h"
#include "ledger/entry.h"
#include "merkle/tree.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 4u
#define DEEDS 60u
#define SIZES_MAX 4096u
#define MESSAGES_MAX 512u
#define SEEDS 40u

struct signature {
    bool is_there;
    uint8_t bytes[TOV_GUARD_SIGNATURE_BYTES];
};

struct message {
    size_t from;
    unsigned set_back; /* how often the sender had been, when it was acknowledged */
    uint8_t id[TOV_MESSAGE_ID_BYTES];
};

static struct world {
    struct sim_wire *wire;
    uint64_t seed, random;
    struct sim_copy copies[NODES];
    bool has_copy[NODES];
    unsigned set_back[NODES];
    struct signature signatures[NODES][SIZES_MAX]; /* of ledgers, by size */
    struct message messages[MESSAGES_MAX];
    size_t message_count;
} world;

static uint64_t below(uint64_t limit)
{
    return unit_random(&world.random) % limit;
}

static struct sim_node *node_at(size_t index)
{
    return &world.wire->nodes[index];
}

static struct tov_core *core_at(size_t index)
{
    return tov_node_core(node_at(index)->node);
}

/* ---- I4: each size is signed over one tree ---- */

static void note_signed(void *context, size_t index, const struct tov_guard_request *request,
                        const struct tov_guard_answer *answer)
{
    (void)context;
    if (answer->op != TOV_GUARD_APPEND || answer->refusal != TOV_GUARD_DONE ||
        request->append.tree != TOV_GUARD_LEDGER)
        return;
    for (size_t i = 0; i < answer->append.signature_count; i++) {
        const struct tov_guard_signature *made = &answer->append.signatures[i];
        UNIT_NEED(made->size < SIZES_MAX);
        struct signature *kept = &world.signatures[index][made->size];
        CU_ASSERT(!kept->is_there || memcmp(kept->bytes, made->bytes, sizeof kept->bytes) == 0);
        kept->is_there = true;
        memcpy(kept->bytes, made->bytes, sizeof kept->bytes);
    }
}

static void check_signatures(size_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_at(index);
    const struct tov_vkey *key = tov_ledger_key(core->ledger);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    for (uint64_t size = 1; size < SIZES_MAX; size++) {
        const struct signature *kept = &world.signatures[index][size];
        struct tov_checkpoint checkpoint;
        struct tov_range range;
        if (!kept->is_there)
            continue;
        CU_ASSERT_FATAL(size <= tov_ledger_signed(core->ledger));
        UNIT_NEED(tov_ledger_range_at(core->ledger, read, size, &range) == TOV_OK);
        struct tov_hash root = tov_range_root(&range);
        UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(key->name), size, &root, &checkpoint) ==
                  TOV_OK);
        CU_ASSERT(tov_checkpoint_verify(&checkpoint, key, kept->bytes) == TOV_OK);
    }
}

/* ---- deeds ---- */

static void connect_some(size_t index, unsigned percent)
{
    for (size_t i = 0; i < NODES; i++) {
        if (i != index && node_at(i)->node != NULL && below(100) < percent)
            sim_wire_connect(world.wire, index, i);
    }
}

static void start(size_t index, unsigned percent)
{
    sim_wire_start(world.wire, index);
    connect_some(index, percent);
}

static bool may_write(size_t index)
{
    const struct sim_node *sim = node_at(index);
    if (sim->node == NULL || tov_node_failed(sim->node, NULL) != TOV_OK)
        return false;
    enum tov_node_state state = tov_node_state(sim->node);
    return state == TOV_NODE_SERVING ||
           (state == TOV_NODE_KEEPERS && tov_ledger_size(core_at(index)->ledger) > 0);
}

static void note_message(size_t index, uint64_t at)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(leaf != NULL && world.message_count < MESSAGES_MAX);
    UNIT_NEED(tov_store_read_begin(node_at(index)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(at), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    UNIT_NEED(tov_leaf_decode(entry.leaf, leaf) == TOV_OK);
    struct message *message = &world.messages[world.message_count++];
    *message = (struct message){.from = index, .set_back = world.set_back[index]};
    memcpy(message->id, leaf->as.message.id, sizeof message->id);
}

static void send(size_t index)
{
    uint64_t before = world.wire->acknowledged;
    if (!may_write(index))
        return;
    struct tov_message_written written = sim_wire_send(world.wire, index, world.message_count);
    sim_node_settle(node_at(index));
    if (world.wire->acknowledged > before)
        note_message(index, written.place.index);
}

static void crash(size_t index)
{
    if (node_at(index)->node != NULL)
        sim_wire_crash(world.wire, index);
}

static void copy(size_t index)
{
    crash(index);
    if (world.has_copy[index])
        sim_copy_fini(&world.copies[index]);
    sim_node_copy(node_at(index), &world.copies[index]);
    world.has_copy[index] = true;
    start(index, 70);
}

/* All that it signed is held by all before, and all are heard after. */
static void set_back(size_t index, unsigned what)
{
    if (!world.has_copy[index])
        return;
    for (size_t i = 0; i < NODES; i++) {
        if (node_at(i)->node == NULL)
            start(i, 0);
    }
    for (size_t i = 0; i < NODES; i++)
        connect_some(i, 100);
    sim_wire_run(world.wire);
    sim_wire_pass(world.wire, 6000);
    crash(index);
    sim_node_put_back(node_at(index), &world.copies[index], what);
    world.set_back[index]++;
    sim_wire_start(world.wire, index);
    for (uint64_t i = below(4); i > 0 && (what & SIM_GUARD) != 0; i--)
        send(index);
    connect_some(index, 100);
    if ((what & SIM_GUARD) == 0)
        return; /* its guard knows: it may be heard as it will, and crash on its way */
    sim_wire_run(world.wire);
    sim_wire_pass(world.wire, 40000);
}

static void do_deed(void)
{
    size_t index = (size_t)below(NODES);
    uint64_t deed = below(100);
    if (deed < 40) {
        send(index);
    } else if (deed < 55) {
        sim_wire_run(world.wire);
    } else if (deed < 70) {
        sim_wire_run_some(world.wire, 1 + (unsigned)below(30));
    } else if (deed < 78) {
        crash(index);
    } else if (deed < 86 && node_at(index)->node == NULL) {
        start(index, 60);
    } else if (deed < 92) {
        copy(index);
    } else if (deed < 97) {
        set_back(index, SIM_STORE);
    } else {
        set_back(index, SIM_STORE | SIM_GUARD);
    }
}

/* ---- the end ---- */

/* I3: at least once where nothing was set back since, never twice. */
static void check_messages(void)
{
    for (size_t i = 0; i < world.message_count; i++) {
        const struct message *message = &world.messages[i];
        bool must = message->set_back == world.set_back[message->from];
        for (size_t to = 0; to < NODES; to++) {
            size_t count = to == message->from
                               ? 1
                               : count_with_id(tov_node_core(node_at(to)->node),
                                               (uint16_t)(message->from + 1), message->id);
            CU_ASSERT(count == 1 || (count == 0 && !must));
        }
    }
}

static void check_peers(size_t index)
{
    UNIT_EQUAL_INT(tov_node_state(node_at(index)->node), TOV_NODE_SERVING);
    for (size_t k = 0; k + 1 < NODES; k++) {
        size_t peer = k < index ? k : k + 1;
        struct tov_peer_view view;
        tov_follow_peer_view(tov_node_follow(node_at(index)->node), k, &view);
        CU_ASSERT(!view.is_suspended);
        UNIT_EQUAL_INT(view.held, tov_ledger_signed(core_at(peer)->ledger));
        UNIT_EQUAL_INT(view.acknowledged, tov_ledger_signed(core_at(index)->ledger));
        UNIT_EQUAL_INT(view.links_receipted, view.links_sent);
    }
}

static void come_to_rest(void)
{
    for (size_t i = 0; i < NODES; i++) {
        if (node_at(i)->node == NULL)
            start(i, 0);
    }
    for (size_t i = 0; i < NODES; i++)
        connect_some(i, 100);
    sim_wire_run(world.wire);
    for (int i = 0; i < 4; i++)
        sim_wire_pass(world.wire, 60000);
    for (size_t i = 0; i < NODES; i++)
        send(i);
    sim_wire_run(world.wire);
    sim_wire_pass(world.wire, 20000);
}

static void play(uint64_t seed)
{
    memset(&world, 0, sizeof world);
    world.seed = seed;
    world.random = seed * 0x9e3779b97f4a7c15u + 1;
    world.wire = sim_wire_create("restores", NODES);
    for (size_t i = 0; i < NODES; i++)
        world.wire->nodes[i].hooks.signed_by_guard = note_signed;
    sim_wire_start_all(world.wire);
    for (unsigned i = 0; i < DEEDS; i++)
        do_deed();
    come_to_rest();
    for (size_t i = 0; i < NODES; i++) {
        check_peers(i);
        check_signatures(i);
    }
    check_messages();
    CU_ASSERT(!sim_wire_logged(world.wire, "receipt-does-not-fit"));
    CU_ASSERT(!sim_wire_logged(world.wire, "link-broken"));
    CU_ASSERT(!sim_wire_logged(world.wire, "epoch-not-newer"));
    for (size_t i = 0; i < NODES; i++) {
        if (world.has_copy[i])
            sim_copy_fini(&world.copies[i]);
    }
}

static uint64_t first_seed = 1;
static uint64_t seed_count = SEEDS;

static void nodes_that_are_set_back_come_back_in_their_own_tree(void)
{
    for (uint64_t seed = first_seed; seed < first_seed + seed_count; seed++) {
        unsigned before = CU_get_number_of_failures();
        play(seed);
        if (CU_get_number_of_failures() != before)
            (void)fprintf(stderr, "seed %llu\n", (unsigned long long)seed);
        sim_wire_destroy(world.wire);
    }
}

int main(int argc, char **argv)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(nodes_that_are_set_back_come_back_in_their_own_tree),
    };
    if (argc > 1)
        first_seed = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        seed_count = strtoull(argv[2], NULL, 10);
    else if (argc > 1)
        seed_count = 1;
    return unit_run("follow_restores", tests, sizeof tests / sizeof tests[0]);
}
