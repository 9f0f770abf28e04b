/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that a copy has without their keys, and that were opened after it was made: the node
 * that is set back to it says what it has lost, as of a message that comes anew (docs/recovery.md).
 * Not for: those that come anew (told_test.c, again_test.c).
 */
#include "counted.h"
#include "follow/peer.h"
#include "ledger/entry.h"
#include "store/read.h"
#include "support/sim_wire.h"
#include "support/unit.h"
#include "wire/frame.h"

#include <stdlib.h>

#define SENT 3u
#define MANY 600u /* more than are looked at in two ticks */

/* Node 0 sends messages to node 1, whose epoch key it does not know yet. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy before;  /* of node 1: the messages */
    struct sim_copy waiting; /* ... their keys */
    struct tov_message_written sent[MANY];
    size_t count;
    bool loses_parcels; /* of node 1 */
    bool loses_stanzas;
};

static bool filter(void *context, struct sim_frame *frame)
{
    struct scene *scene = context;
    enum tov_frame_kind kind = sim_frame_kind(frame);
    return !(scene->loses_parcels && frame->from == 1 && kind == TOV_FRAME_PARCEL) &&
           !(scene->loses_stanzas && kind == TOV_FRAME_LATE_STANZAS);
}

static struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

static struct tov_follow *follow_of(const struct scene *scene, size_t node)
{
    return tov_node_follow(scene->wire->nodes[node].node);
}

static struct tov_verdict_value said_of(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block link = {.series = {1, 0}, .number = which + 1};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &link, &delivery) == TOV_OK);
    return delivery.verdict;
}

static enum tov_again state_of(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    enum tov_again state = TOV_AGAIN_NONE;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_again(follow_of(scene, 0), read, 2, scene->sent[which].place.index,
                               &state) == TOV_OK);
    return state;
}

static void check_all(const struct scene *scene, enum tov_verdict verdict, enum tov_again state)
{
    for (size_t i = 0; i < scene->count; i++) {
        UNIT_EQUAL_INT(said_of(scene, i).verdict, verdict);
        UNIT_EQUAL_INT(state_of(scene, i), state);
    }
}

/* How many of them node 1 tells its people to call for, and how many come by themselves. */
static void check_missing(const struct scene *scene, size_t lost, size_t awaited)
{
    UNIT_EQUAL_INT(count_rows(core_of(scene, 1), TOV_TABLE_KEYSLOST), lost);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 1), TOV_TABLE_KEYWAIT), awaited);
}

static void copy(struct scene *scene, struct sim_copy *out)
{
    sim_wire_copy(scene->wire, 1, out);
    sim_wire_pass(scene->wire, 10000);
}

static void begin_set_back(struct scene *scene, const struct sim_copy *to)
{
    sim_wire_crash(scene->wire, 1);
    sim_node_put_back(&scene->wire->nodes[1], to, SIM_STORE);
    sim_wire_start(scene->wire, 1);
    sim_wire_connect(scene->wire, 0, 1);
}

static void come_to_rest(struct scene *scene)
{
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 120000);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[1].node), TOV_NODE_SERVING);
    struct tov_peer *peer = tov_follow_peer(follow_of(scene, 1), 1);
    CU_ASSERT_FALSE(peer->looks_at_held);
    UNIT_OK(tov_told_find_held(core_of(scene, 1), peer));
    CU_ASSERT_FALSE(peer->looks_at_held);
    CU_ASSERT_FALSE(sim_wire_logged(scene->wire, "receipt-does-not-fit"));
}

static void set_back(struct scene *scene, const struct sim_copy *to)
{
    begin_set_back(scene, to);
    come_to_rest(scene);
}

static struct tov_message_written send(struct scene *scene, enum tov_right right)
{
    struct tov_message_written written;
    struct sim_order order = {.record = 1 + scene->count,
                              .text_bytes = 64,
                              .recipient_count = 1,
                              .recipients = {{2, right}}};
    UNIT_NEED(sim_message_submit(&scene->wire->nodes[0], &order, &written) == TOV_OK);
    sim_wire_run(scene->wire);
    return written;
}

static struct scene *make_scene_of(const char *name, size_t count)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->loses_parcels = scene->loses_stanzas = true;
    scene->wire = sim_wire_create(name, 2);
    scene->wire->filter = filter;
    scene->wire->filter_context = scene;
    sim_wire_start_all(scene->wire);
    copy(scene, &scene->before);
    for (; scene->count < count; scene->count++)
        scene->sent[scene->count] = send(scene, TOV_RIGHT_ALL);
    scene->loses_parcels = false;
    copy(scene, &scene->waiting);
    check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_NONE);
    check_missing(scene, 0, count);
    return scene;
}

static struct scene *make_scene(const char *name)
{
    return make_scene_of(name, SENT);
}

static void open_all(struct scene *scene)
{
    scene->loses_stanzas = false;
    sim_wire_pass(scene->wire, 60000);
    check_all(scene, TOV_VERDICT_OPENED, TOV_AGAIN_NONE);
    check_missing(scene, 0, 0);
}

static void give_all(struct scene *scene)
{
    for (size_t i = 0; i < scene->count; i++)
        UNIT_NEED(tov_follow_give_again(follow_of(scene, 0), 2, scene->sent[i].place.index, true) ==
                  TOV_OK);
    sim_node_settle(&scene->wire->nodes[0]);
    sim_wire_pass(scene->wire, 10000);
    check_all(scene, TOV_VERDICT_OPENED, TOV_AGAIN_NONE);
    check_missing(scene, 0, 0);
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->before);
    sim_copy_fini(&scene->waiting);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static void what_waited_in_the_copy_and_was_opened_since_is_given_again(void)
{
    struct scene *scene = make_scene("held-waited");
    open_all(scene);
    set_back(scene, &scene->waiting);
    check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_ASKED);
    check_missing(scene, SENT, 0);
    give_all(scene);
    destroy_scene(scene);
}

static void what_was_lost_in_the_copy_and_given_since_is_given_again(void)
{
    struct scene *scene = make_scene("held-lost");
    struct sim_copy lost;
    open_all(scene);
    set_back(scene, &scene->before);
    check_missing(scene, SENT, 0);
    copy(scene, &lost);
    give_all(scene);
    set_back(scene, &lost);
    check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_ASKED);
    check_missing(scene, SENT, 0);
    give_all(scene);
    sim_copy_fini(&lost);
    destroy_scene(scene);
}

/* Nobody is told to call: the stanza comes by itself. */
static void what_waited_in_the_copy_and_waits_still_is_not_asked_for(void)
{
    struct scene *scene = make_scene("held-waits");
    set_back(scene, &scene->waiting);
    check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_NONE);
    check_missing(scene, 0, SENT);
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), 0);
    open_all(scene);
    destroy_scene(scene);
}

/* The peer knows it already when the node is set back once more, and what comes behind does not
 * make it ask anew. */
static void it_is_said_once_however_often_the_node_is_set_back(void)
{
    struct scene *scene = make_scene("held-once");
    open_all(scene);
    for (unsigned i = 0; i < 2; i++) {
        set_back(scene, &scene->waiting);
        UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), SENT);
        check_missing(scene, SENT, 0);
    }
    sim_wire_crash(scene->wire, 1);
    sim_wire_start_again(scene->wire, 1);
    come_to_rest(scene);
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), SENT);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 1), TOV_TABLE_TOLD), 0);
    give_all(scene);
    destroy_scene(scene);
}

/* It was said after a restore from before the message, and the copy knows of neither. */
static void what_was_said_to_be_lost_is_lost_in_a_copy_in_which_it_waits(void)
{
    struct scene *scene = make_scene("held-said");
    open_all(scene);
    set_back(scene, &scene->before);
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), SENT);
    set_back(scene, &scene->waiting);
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), SENT);
    check_missing(scene, SENT, 0);
    give_all(scene);
    destroy_scene(scene);
}

static void so_is_what_came_in_a_series_that_has_ended_since(void)
{
    struct scene *scene = make_scene("held-former");
    struct sim_copy sender, former;
    sim_wire_copy(scene->wire, 0, &sender);
    (void)send(scene, TOV_RIGHT_HEADER);
    sim_wire_crash(scene->wire, 0);
    sim_node_put_back(&scene->wire->nodes[0], &sender, SIM_STORE);
    sim_wire_start_again(scene->wire, 0);
    come_to_rest(scene);
    UNIT_NEED(sim_wire_logged(scene->wire, "entries-lost"));
    copy(scene, &former);
    check_missing(scene, 0, SENT);
    open_all(scene);
    set_back(scene, &former);
    check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_ASKED);
    check_missing(scene, SENT, 0);
    give_all(scene);
    sim_copy_fini(&sender);
    sim_copy_fini(&former);
    destroy_scene(scene);
}

/* Some from tick to tick, and some in each receipt. */
static void many_are_said_like_one(void)
{
    struct scene *scene = make_scene_of("held-many", MANY);
    open_all(scene);
    set_back(scene, &scene->waiting);
    check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_ASKED);
    check_missing(scene, MANY, 0);
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), MANY);
    destroy_scene(scene);
}

/* A receipt that is read back says so of node 0's first message. */
static void read_back(struct scene *scene, struct tov_verdict_value value)
{
    struct tov_hash leaf = scene->sent[0].place.leaf_hash;
    struct tov_leaf_receipt receipt = {.peer = 1,
                                       .series = {1, 0},
                                       .last_link = SENT,
                                       .last_leaf_hash = scene->sent[SENT - 1].place.leaf_hash,
                                       .amendment_count = 1,
                                       .amendments = {{1, leaf, value}}};
    tov_told_note(core_of(scene, 1), tov_follow_peer(follow_of(scene, 1), 1), &receipt);
    sim_node_settle(&scene->wire->nodes[1]);
    come_to_rest(scene);
}

/* Its keys never were here for good, and come by themselves. */
static void what_had_come_to_nothing_waits_again(void)
{
    struct scene *scene = make_scene("held-nothing");
    read_back(scene, (struct tov_verdict_value){TOV_VERDICT_NOT_OPENED, 0, TOV_E_PROOF});
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), 1);
    check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_NONE);
    check_missing(scene, 0, SENT);
    open_all(scene);
    destroy_scene(scene);
}

static void of_what_has_its_keys_nothing_is_said(void)
{
    struct scene *scene = make_scene("held-has");
    open_all(scene);
    size_t before = count_amended(core_of(scene, 1), TOV_VERDICT_OPENED);
    read_back(scene, (struct tov_verdict_value){TOV_VERDICT_REFUSED, 0, 1});
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), 0);
    UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_OPENED), before);
    check_all(scene, TOV_VERDICT_OPENED, TOV_AGAIN_NONE);
    check_missing(scene, 0, 0);
    destroy_scene(scene);
}

/* The node ends after so many frames and milliseconds of coming back. */
static void it_is_said_once_whenever_the_node_ends(void)
{
    struct scene *scene = make_scene("held-ends");
    open_all(scene);
    for (unsigned at = 0; at < 40; at++) {
        begin_set_back(scene, &scene->waiting);
        sim_wire_run_some(scene->wire, at);
        if (at >= 20) {
            sim_wire_run(scene->wire);
            sim_wire_pass(scene->wire, (at - 20) * 100);
        }
        sim_wire_crash(scene->wire, 1);
        sim_wire_start_again(scene->wire, 1);
        come_to_rest(scene);
        check_all(scene, TOV_VERDICT_NO_KEY, TOV_AGAIN_ASKED);
        check_missing(scene, SENT, 0);
        UNIT_EQUAL_INT(count_amended(core_of(scene, 1), TOV_VERDICT_NO_KEY), SENT * (at + 1));
        give_all(scene);
    }
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_waited_in_the_copy_and_was_opened_since_is_given_again),
        UNIT_TEST(what_was_lost_in_the_copy_and_given_since_is_given_again),
        UNIT_TEST(what_waited_in_the_copy_and_waits_still_is_not_asked_for),
        UNIT_TEST(it_is_said_once_however_often_the_node_is_set_back),
        UNIT_TEST(what_was_said_to_be_lost_is_lost_in_a_copy_in_which_it_waits),
        UNIT_TEST(so_is_what_came_in_a_series_that_has_ended_since),
        UNIT_TEST(many_are_said_like_one),
        UNIT_TEST(what_had_come_to_nothing_waits_again),
        UNIT_TEST(of_what_has_its_keys_nothing_is_said),
        UNIT_TEST(it_is_said_once_whenever_the_node_ends),
    };
    return unit_run("follow_told_held", tests, sizeof tests / sizeof tests[0]);
}
