/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node whose store is put back from an old copy comes back by itself, in the same tree: its tree
 * from who keeps its hashes, its entries from whom they were disclosed to (docs/recovery.md).
 */
#include "ledger/aside.h"
#include "ledger/entry.h"
#include "ledger/vault.h"
#include "merkle/proof.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

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
    sim_wire_copy(scene->wire, 0, &scene->copy);
    for (int i = 0; i < 3; i++)
        send_some(scene, count);
    UNIT_NEED(tov_ledger_newest(core_of(scene, 0)->ledger, &scene->newest));
    return scene;
}

static void destroy_scene(struct scene *scene)
{
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

/* What stands in the tree is what its hashes say. */
static void check_leaves(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(scene, 0);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    for (uint64_t i = 0; i < tov_ledger_committed(core->ledger); i++) {
        struct tov_bytes row;
        struct tov_entry entry;
        struct tov_hash wanted;
        UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(i), &row) == TOV_OK);
        UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
        UNIT_NEED(tov_ledger_level0(core->ledger, read, i, i + 1, wanted.bytes) == TOV_OK);
        struct tov_hash hash = tov_entry_hash(&entry);
        CU_ASSERT(tov_hash_equal(&hash, &wanted));
    }
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
    check_leaves(scene);
    check_converged(scene);
}

static void an_old_store_comes_back_in_the_same_tree(void)
{
    struct scene *scene = make_scene("old", 3);
    put_back(scene, SIM_STORE);
    sim_wire_start_again(scene->wire, 0);
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
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    check_works(scene);
    UNIT_EQUAL_INT(count_entries(scene, TOV_ENTRY_LOST), 0);
    destroy_scene(scene);
}

/* Once it was free to start it does not start again: two persons who went on without the keepers
 * would have to say so once more. Those who looked at what was set aside look again. */
static void check_free_for_good(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(scene, 0);
    const char *met = strstr(scene->wire->log, "majority-met");
    UNIT_NEED(met != NULL);
    CU_ASSERT_PTR_NULL(strstr(met, "to=guard"));
    CU_ASSERT(core->regained > 0);
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    for (uint64_t i = 1; i < core->next_event; i++) {
        struct tov_event event;
        UNIT_NEED(tov_event_get(read, i, &event) == TOV_OK);
        CU_ASSERT(event.index != TOV_ASIDE_INDEX);
    }
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
    sim_wire_connect_all(scene->wire, 0);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    check_free_for_good(scene);
    check_works(scene);
    destroy_scene(scene);
}

/* As if the message at INDEX of node 0 had been set aside, and its bucket key were gone. */
static enum tov_err append_without_key(const struct scene *scene, uint64_t index)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    static const uint8_t gone[TOV_DATAKEY_ROW_BYTES] = {0xff};
    struct tov_core *core = core_of(scene, 0);
    struct tov_link_heads heads =
        tov_follow_link_heads(tov_node_follow(scene->wire->nodes[0].node));
    struct tov_message_written written;
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(index), &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_own(row, &entry) == TOV_OK);
    struct tov_message_again again = {
        .event = entry.event, .leaf = entry.leaf, .keys = TOV_BYTES_OF(gone)};
    return tov_message_write_again(core, &heads, &again, &written);
}

/* It stays aside, and nothing of it gets into the ledger. */
static void what_cannot_be_opened_is_not_appended_anew(void)
{
    struct scene *scene = make_scene("unopened", 2);
    uint64_t index = sim_wire_send(scene->wire, 0, 500).place.index;
    sim_wire_run(scene->wire);
    uint64_t size = tov_ledger_size(core_of(scene, 0)->ledger);
    UNIT_EQUAL_INT(append_without_key(scene, index), TOV_E_ERASED);
    UNIT_EQUAL_INT(tov_ledger_size(core_of(scene, 0)->ledger), size);
    send_some(scene, 2);
    check_converged(scene);
    destroy_scene(scene);
}

/* ---- others who are down, lie, or are old themselves ---- */

static void who_is_down_is_asked_when_it_comes(void)
{
    struct scene *scene = make_scene("down", 4); /* two of three keepers are a majority */
    put_back(scene, SIM_STORE);
    sim_wire_crash(scene->wire, 2);
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 50000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_RECOVERING); /* it may come yet */
    sim_wire_pass(scene->wire, 50000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    CU_ASSERT(sim_wire_logged(scene->wire, "entries-lost")); /* its receipts, its links */
    sim_wire_start_again(scene->wire, 2);
    sim_wire_pass(scene->wire, 20000);
    check_works(scene);
    UNIT_EQUAL_INT(count_entries(scene, TOV_ENTRY_LOST), 0);
    destroy_scene(scene);
}

/* The guard has the newest hashes: the tree needs nobody else, the entries do. */
static void without_anybody_the_tree_comes_back_and_it_waits(void)
{
    struct scene *scene = make_scene("alone", 3);
    put_back(scene, SIM_STORE);
    sim_wire_start(scene->wire, 0);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_RECOVERING);
    UNIT_EQUAL_INT(tov_ledger_committed(core_of(scene, 0)->ledger), scene->newest.size);
    sim_wire_connect_all(scene->wire, 0);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
    check_works(scene);
    destroy_scene(scene);
}

/* More was signed since the copy than the guard keeps hashes of: 4,096. */
static void beyond_what_the_guard_keeps_it_waits_and_says_so(void)
{
    struct scene *scene = make_scene("far", 2);
    for (unsigned i = 0; i < 4200; i++) {
        (void)sim_wire_send(scene->wire, 0, 1000 + i);
        if (i % 50 == 0)
            sim_wire_run(scene->wire);
    }
    sim_wire_run(scene->wire);
    UNIT_NEED(tov_ledger_newest(core_of(scene, 0)->ledger, &scene->newest));
    put_back(scene, SIM_STORE);
    sim_wire_start(scene->wire, 0);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_BEHIND);
    sim_wire_connect_all(scene->wire, 0);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
    check_works(scene);
    destroy_scene(scene);
}

/* The last messages were signed and never left: nobody but the guard has their hashes, and nobody
 * their text. It is said that they are lost. */
static void what_no_peer_was_sent_comes_from_the_guard(void)
{
    struct scene *scene = make_scene("unsent", 3);
    sim_wire_disconnect(scene->wire, 0, 1);
    sim_wire_disconnect(scene->wire, 0, 2);
    (void)sim_wire_send(scene->wire, 0, 300);
    sim_wire_run(scene->wire);
    UNIT_NEED(tov_ledger_newest(core_of(scene, 0)->ledger, &scene->newest));
    put_back(scene, SIM_STORE);
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    CU_ASSERT(sim_wire_logged(scene->wire, "entries-lost"));
    UNIT_EQUAL_INT(count_entries(scene, TOV_ENTRY_LOST), 1);
    check_works(scene);
    destroy_scene(scene);
}

/* What node 1 says in answers to recovery is changed, and signed by it all the same. */
enum lie {
    LIE_HASH,
    LIE_POINT,
    LIE_NO_POINTS,
    LIE_NOTHING,
    LIE_LEAF,  /* no leaf */
    LIE_OTHER, /* a good leaf of another place */
    LIE_BODY,
    LIE_LINK
};

struct liar {
    struct scene *scene;
    enum lie lie;
    unsigned told;
};

static struct tov_bytes a_receipt(const struct tov_control *control)
{
    struct tov_bytes found = {0};
    for (size_t i = 0; i < control->as.leaf_answer.count; i++) {
        const struct tov_held_leaf *held = &control->as.leaf_answer.leaves[i];
        if (held->leaf.data[5] == TOV_LEAF_RECEIPT)
            found = held->leaf;
    }
    UNIT_NEED(found.size > 0);
    return found;
}

static bool change_answer(struct liar *liar, struct tov_control *control)
{
    static const uint8_t junk[3] = {1, 2, 3};
    if (control->kind == TOV_CONTROL_HASH_ANSWER) {
        if (liar->lie == LIE_HASH)
            ((uint8_t *)(uintptr_t)control->as.hash_answer.hashes.data)[40] ^= 1;
        else if (liar->lie == LIE_POINT)
            control->as.hash_answer.points[0].signature[5] ^= 1;
        else if (liar->lie == LIE_NO_POINTS)
            control->as.hash_answer.point_count = 0;
        else if (liar->lie == LIE_NOTHING)
            control->as.hash_answer.hashes.size = 0;
        else
            return false;
        return true;
    }
    if (control->kind != TOV_CONTROL_LEAF_ANSWER || liar->lie < LIE_LEAF)
        return false;
    for (size_t i = 0; i < control->as.leaf_answer.count; i++) {
        struct tov_held_leaf *held = &control->as.leaf_answer.leaves[i];
        if (liar->lie == LIE_LEAF)
            held->leaf = TOV_BYTES_OF(junk);
        else if (liar->lie == LIE_OTHER)
            held->leaf = a_receipt(control);
        else if (liar->lie == LIE_BODY && held->body.size > 0)
            held->body = TOV_BYTES_OF(junk);
        else if (liar->lie == LIE_LINK && held->link_block.size > 20)
            ((uint8_t *)(uintptr_t)held->link_block.data)[20] ^= 1;
    }
    return true;
}

static bool lie(void *context, struct sim_frame *frame)
{
    struct liar *liar = context;
    TOV_CLEANUP(sim_control_cleanup) struct sim_control *control = sim_control_read(frame);
    if (frame->from == 1 && control != NULL && change_answer(liar, &control->body)) {
        liar->told++;
        sim_sign_control(liar->scene->wire->federation, 1, &control->body, &frame->bytes);
    }
    return true;
}

static void a_liar_costs_time_and_nothing_else(void)
{
    for (unsigned kind = LIE_HASH; kind <= LIE_LINK; kind++) {
        struct scene *scene = make_scene("liar", 3);
        struct liar liar = {scene, (enum lie)kind, 0};
        put_back(scene, SIM_STORE);
        scene->wire->filter = lie;
        scene->wire->filter_context = &liar;
        sim_wire_start_again(scene->wire, 0);
        sim_wire_pass(scene->wire, 60000);
        UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
        CU_ASSERT(liar.told > 0);
        scene->wire->filter = NULL;
        check_works(scene);
        destroy_scene(scene);
    }
}

/* It may be that nobody lies: what does not fit here may be a second history of the own key. */
static void where_nobody_answers_what_fits_nobody_is_accused(void)
{
    struct scene *scene = make_scene("lone-liar", 2);
    struct liar liar = {scene, LIE_HASH, 0};
    put_back(scene, SIM_STORE | SIM_GUARD); /* else the guard has the hashes */
    scene->wire->filter = lie;
    scene->wire->filter_context = &liar;
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_BEHIND);
    CU_ASSERT(
        sim_wire_logged(scene->wire, "they answer wrongly, or this node's key has signed two"));
    scene->wire->filter = NULL;
    sim_wire_pass(scene->wire, 600000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    check_works(scene);
    destroy_scene(scene);
}

/* Gives one hash to an answer, each just before it would be passed over as silent. */
struct dripper {
    struct scene *scene;
    struct sim_frame kept;
    bool has_kept;
    bool is_quick; /* one hash as well, but at once */
    bool is_true;  /* as far as the next signed size, with it */
    unsigned answers;
};

static bool drip(void *context, struct sim_frame *frame)
{
    struct dripper *dripper = context;
    TOV_CLEANUP(sim_control_cleanup) struct sim_control *control = sim_control_read(frame);
    if (frame->from != 1 || control == NULL || control->body.kind != TOV_CONTROL_HASH_ANSWER)
        return true;
    struct tov_control *answer = &control->body;
    bool is_true = dripper->is_true && answer->as.hash_answer.point_count > 0;
    uint64_t count =
        is_true ? answer->as.hash_answer.points[0].size - answer->as.hash_answer.from : 1;
    answer->as.hash_answer.point_count = is_true ? 1 : 0;
    answer->as.hash_answer.hashes.size = (size_t)count * TOV_HASH_BYTES;
    sim_sign_control(dripper->scene->wire->federation, 1, answer, &dripper->kept.bytes);
    dripper->has_kept = true;
    dripper->answers++;
    if (!dripper->is_quick)
        return false;
    tov_buf_clear(&frame->bytes);
    tov_buf_put_bytes(&frame->bytes, tov_buf_view(&dripper->kept.bytes));
    return true;
}

static void drip_and_pass_over(const char *name, bool is_true)
{
    struct scene *scene = make_scene(name, 3);
    struct dripper dripper = {
        .scene = scene, .kept.bytes = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES), .is_true = is_true};
    for (int i = 0; i < 8; i++)
        send_some(scene, 3);
    UNIT_NEED(tov_ledger_newest(core_of(scene, 0)->ledger, &scene->newest));
    put_back(scene, SIM_STORE);
    scene->wire->filter = drip;
    scene->wire->filter_context = &dripper;
    sim_wire_start_again(scene->wire, 0);
    for (int i = 0; i < 9; i++) {
        sim_wire_pass(scene->wire, 9000);
        if (dripper.has_kept)
            sim_wire_inject(scene->wire, 1, 0, tov_buf_view(&dripper.kept.bytes));
        dripper.has_kept = false;
        sim_wire_run(scene->wire);
    }
    CU_ASSERT(sim_wire_logged(scene->wire, "tree-recovered"));
    scene->wire->filter = NULL;
    sim_wire_pass(scene->wire, 60000);
    check_works(scene);
    tov_buf_fini(&dripper.kept.bytes);
    destroy_scene(scene);
}

static void one_that_drips_hashes_is_passed_over(void)
{
    drip_and_pass_over("drips", false);
}

/* What it gives is right, and there would be days of it. */
static void one_that_drips_what_is_true_is_passed_over(void)
{
    drip_and_pass_over("drips-true", true);
}

/* The same rule that this node keeps others to: half of it, so that nobody calls it a fault. */
static void it_asks_no_oftener_than_it_lets_others_ask(void)
{
    struct scene *scene = make_scene("pace", 3);
    struct dripper dripper = {
        .scene = scene, .kept.bytes = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES), .is_quick = true};
    for (int i = 0; i < 100; i++)
        send_some(scene, 3);
    UNIT_NEED(tov_ledger_newest(core_of(scene, 0)->ledger, &scene->newest));
    put_back(scene, SIM_STORE);
    scene->wire->filter = drip;
    scene->wire->filter_context = &dripper;
    sim_wire_start_again(scene->wire, 0); /* no time passes */
    CU_ASSERT(scene->newest.size > TOV_PEER_ASKS_MAX);
    CU_ASSERT(dripper.answers > TOV_PEER_ASKS_MAX / 4);
    CU_ASSERT(dripper.answers <= TOV_PEER_ASKS_MAX / 2);
    UNIT_EQUAL_INT(scene->wire->drops, 0);
    tov_buf_fini(&dripper.kept.bytes);
    destroy_scene(scene);
}

/* Each is asked while it is old itself: to give what it holds nothing must be signed. */
static void two_old_nodes_bring_each_other_back(void)
{
    struct scene *scene = make_scene("two", 3);
    struct sim_copy other;
    sim_wire_copy(scene->wire, 1, &other);
    send_some(scene, 3);
    UNIT_NEED(tov_ledger_newest(core_of(scene, 0)->ledger, &scene->newest));
    put_back(scene, SIM_STORE);
    sim_wire_crash(scene->wire, 1);
    sim_node_put_back(&scene->wire->nodes[1], &other, SIM_STORE);
    sim_wire_start_again(scene->wire, 1);
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 200000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    UNIT_EQUAL_INT(state_of(scene, 1), TOV_NODE_SERVING);
    sim_copy_fini(&other);
    check_works(scene);
    destroy_scene(scene);
}

/* The first question for hashes is lost, as one is that meets its peer's next nonce. */
static bool lose_first_question(void *context, struct sim_frame *frame)
{
    unsigned *questions = context;
    return !sim_frame_is_control(frame, TOV_CONTROL_HASH_REQUEST) || (*questions)++ > 0;
}

/* Each waits for the other: the peer was just started, has no other keeper, and says Hello until it
 * is answered, with a new nonce each time. */
static void what_was_asked_is_asked_anew_with_a_new_nonce(void)
{
    unsigned questions = 0;
    struct scene *scene = make_scene("nonce", 2);
    put_back(scene, SIM_STORE);
    sim_wire_crash(scene->wire, 1);
    sim_wire_start(scene->wire, 1);
    scene->wire->filter = lose_first_question;
    scene->wire->filter_context = &questions;
    sim_wire_start_again(scene->wire, 0);
    UNIT_EQUAL_INT(questions, 1);
    UNIT_EQUAL_INT(state_of(scene, 1), TOV_NODE_KEEPERS);
    sim_wire_pass(scene->wire, 8000);
    CU_ASSERT(sim_wire_logged(scene->wire, "tree-recovered"));
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "hashes-not-usable"));
    sim_wire_pass(scene->wire, 40000);
    check_works(scene);
    destroy_scene(scene);
}

static bool lose_hashes(void *context, struct sim_frame *frame)
{
    (void)context;
    return !sim_frame_is_control(frame, TOV_CONTROL_HASH_ANSWER);
}

/* While there is no room no answer is taken: who gives them did not fail to, and is asked again as
 * soon as there is. */
static void nobody_is_passed_over_while_there_is_no_room(void)
{
    struct scene *scene = make_scene("no-room", 4);
    struct sim_node *node = &scene->wire->nodes[0];
    put_back(scene, SIM_STORE | SIM_GUARD);
    scene->wire->filter = lose_hashes;
    sim_wire_start_again(scene->wire, 0);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_RECOVERING);
    node->disk_is_full = true;
    tov_store_batch_put(tov_core_batch(core_of(scene, 0)), TOV_TABLE_FACT,
                        tov_store_key_text("test"), (struct tov_bytes){0});
    sim_node_settle(node);
    UNIT_NEED(sim_wire_logged(scene->wire, "disk-is-full"));
    scene->wire->filter = NULL;
    for (int i = 0; i < 10; i++)
        sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_RECOVERING);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "hashes-not-usable"));
    node->disk_is_full = false;
    sim_wire_pass(scene->wire, 3000);
    CU_ASSERT(sim_wire_logged(scene->wire, "tree-recovered"));
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "hashes-not-usable"));
    sim_wire_pass(scene->wire, 40000);
    check_works(scene);
    destroy_scene(scene);
}

/* ---- a guard without a state ---- */

static void lose_guard(struct scene *scene)
{
    for (size_t i = 0; i < 2; i++)
        tov_buf_clear(&scene->wire->nodes[0].images[i]);
}

static void a_statement_brings_back_a_node_that_lost_its_guard_too(void)
{
    struct scene *scene = make_scene("statement", 3);
    put_back(scene, SIM_STORE);
    lose_guard(scene);
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_GUARD_LOST);
    UNIT_EQUAL_INT(tov_ledger_committed(core_of(scene, 0)->ledger), scene->newest.size);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_statements(&scene->wire->nodes[0], &scene->newest);
    sim_wire_start_again(scene->wire, 0);
    sim_wire_pass(scene->wire, 40000);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_NODE_SERVING);
    check_works(scene);
    UNIT_EQUAL_INT(count_entries(scene, TOV_ENTRY_LOST), 0);
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_old_store_comes_back_in_the_same_tree),
        UNIT_TEST(a_node_that_was_rolled_back_whole_comes_back),
        UNIT_TEST(what_was_written_meanwhile_is_appended_anew),
        UNIT_TEST(what_cannot_be_opened_is_not_appended_anew),
        UNIT_TEST(who_is_down_is_asked_when_it_comes),
        UNIT_TEST(without_anybody_the_tree_comes_back_and_it_waits),
        UNIT_TEST(what_no_peer_was_sent_comes_from_the_guard),
        UNIT_TEST(beyond_what_the_guard_keeps_it_waits_and_says_so),
        UNIT_TEST(a_liar_costs_time_and_nothing_else),
        UNIT_TEST(where_nobody_answers_what_fits_nobody_is_accused),
        UNIT_TEST(one_that_drips_hashes_is_passed_over),
        UNIT_TEST(one_that_drips_what_is_true_is_passed_over),
        UNIT_TEST(it_asks_no_oftener_than_it_lets_others_ask),
        UNIT_TEST(two_old_nodes_bring_each_other_back),
        UNIT_TEST(what_was_asked_is_asked_anew_with_a_new_nonce),
        UNIT_TEST(nobody_is_passed_over_while_there_is_no_room),
        UNIT_TEST(a_statement_brings_back_a_node_that_lost_its_guard_too),
    };
    return unit_run("follow_recovery", tests, sizeof tests / sizeof tests[0]);
}
