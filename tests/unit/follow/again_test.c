/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that a recipient had read, and whose keys it lost when it was set back: it says so, and
 * gets them again only when a person at the sender says so (docs/recovery.md).
 */
#include "counted.h"
#include "follow/peer.h"
#include "hostile_peer.h"
#include "ledger/entry.h"
#include "ledger/event.h"

#include <string.h>

#define SENT 3u
#define DAY_MS 86400000ull

/* Node 0 sends SENT messages to nodes 1 and 2, and node 1 is set back to before them. */
struct scene {
    struct sim_wire *wire;
    struct sim_copy copy;
    struct tov_message_written sent[SENT];
};

static struct tov_core *core_of(const struct scene *scene, size_t node)
{
    return tov_node_core(scene->wire->nodes[node].node);
}

static struct tov_follow *follow_of(const struct scene *scene, size_t node)
{
    return tov_node_follow(scene->wire->nodes[node].node);
}

static void restart(struct scene *scene, size_t node)
{
    sim_wire_crash(scene->wire, node);
    sim_wire_start_again(scene->wire, node);
    sim_wire_pass(scene->wire, 40000);
}

static void set_back(struct scene *scene)
{
    sim_wire_crash(scene->wire, 1);
    sim_node_put_back(&scene->wire->nodes[1], &scene->copy, SIM_STORE);
    sim_wire_start_again(scene->wire, 1);
    sim_wire_pass(scene->wire, 60000);
    UNIT_NEED(tov_node_state(scene->wire->nodes[1].node) == TOV_NODE_SERVING);
}

static struct scene *make_scene(const char *name)
{
    struct scene *scene = calloc(1, sizeof *scene);
    UNIT_NEED(scene != NULL);
    scene->wire = sim_wire_create(name, 3);
    sim_wire_start_all(scene->wire);
    sim_wire_copy(scene->wire, 1, &scene->copy);
    for (size_t i = 0; i < SENT; i++) {
        scene->sent[i] = sim_wire_send(scene->wire, 0, 100 + i);
        sim_wire_run(scene->wire);
    }
    set_back(scene);
    return scene;
}

static void destroy_scene(struct scene *scene)
{
    sim_copy_fini(&scene->copy);
    sim_wire_destroy(scene->wire);
    free(scene);
}

static bool is_readable(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_message_cleanup) struct tov_message *message = NULL;
    struct tov_core *core = core_of(scene, 1);
    struct tov_message_name name = {1, 1, scene->sent[which].place.index};
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    UNIT_NEED(tov_message_read(core, read, &name, TOV_MESSAGE_CONTENT, message) == TOV_OK);
    return message->shows_content;
}

static size_t count_readable(const struct scene *scene)
{
    size_t count = 0;
    for (size_t i = 0; i < SENT; i++)
        count += is_readable(scene, i) ? 1 : 0;
    return count;
}

/* How often node 1's events tell of the message. */
static unsigned count_told(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_EVENT};
    struct tov_store_iter iter;
    unsigned count = 0;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 1)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        struct tov_event event;
        UNIT_NEED(tov_event_decode(iter.row.value, &event) == TOV_OK);
        count += event.kind == TOV_EVENT_RECEIVED && event.agency == 1 &&
                         event.index == scene->sent[which].place.index
                     ? 1
                     : 0;
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK);
    return count;
}

static struct tov_delivery delivery_of(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_link_block link = {.series = {1, 0}, .number = which + 1};
    struct tov_delivery delivery;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 0)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_follow_delivery(read, 2, &link, &delivery) == TOV_OK);
    return delivery;
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

/* How many of the messages node 1 knows that it could read, and cannot any more. */
static size_t count_keys_lost(const struct scene *scene)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_keys_lost lost = {.name = {.index = 0}};
    size_t count = 0;
    UNIT_NEED(tov_store_read_begin(core_of(scene, 1)->store, &read, NULL) == TOV_OK);
    while (tov_follow_next_keys_lost(follow_of(scene, 1), read, 1, &lost) == TOV_OK) {
        UNIT_EQUAL_INT(lost.name.agency, 1);
        CU_ASSERT(lost.lost_ms > 0 && lost.lost_ms <= core_of(scene, 1)->now_ms);
        lost.name.index++;
        count++;
    }
    return count;
}

static void decide(struct scene *scene, size_t which, bool approves)
{
    UNIT_NEED(tov_follow_give_again(follow_of(scene, 0), 2, scene->sent[which].place.index,
                                    approves) == TOV_OK);
    sim_node_settle(&scene->wire->nodes[0]);
    sim_wire_run(scene->wire);
}

static void who_was_set_back_says_what_it_cannot_read_and_gets_nothing_by_itself(void)
{
    struct scene *scene = make_scene("asks");
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_readable(scene), 0);
    for (size_t i = 0; i < SENT; i++) {
        UNIT_EQUAL_INT(state_of(scene, i), TOV_AGAIN_ASKED);
        UNIT_EQUAL_INT(delivery_of(scene, i).verdict.verdict, TOV_VERDICT_NO_KEY);
        UNIT_EQUAL_INT(count_told(scene, i), 0);
    }
    UNIT_EQUAL_INT(count_keys_lost(scene), SENT);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_OWED), 0);
    UNIT_EQUAL_INT(count_journal(core_of(scene, 0), TOV_LEAF_REWRAP), 0);
    UNIT_EQUAL_INT(scene->wire->drops, 0);
    destroy_scene(scene);
}

static void what_a_person_gives_again_is_opened_and_told_once(void)
{
    struct scene *scene = make_scene("gives");
    decide(scene, 1, true);
    sim_wire_pass(scene->wire, 30000);
    CU_ASSERT(is_readable(scene, 1));
    UNIT_EQUAL_INT(count_readable(scene), 1);
    UNIT_EQUAL_INT(count_told(scene, 1), 1);
    UNIT_EQUAL_INT(count_keys_lost(scene), SENT - 1);
    UNIT_EQUAL_INT(delivery_of(scene, 1).verdict.verdict, TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(state_of(scene, 1), TOV_AGAIN_NONE);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_ASKED);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_OWED), 0);
    destroy_scene(scene);
}

static void what_a_person_refuses_is_not_given_until_it_is_said_otherwise(void)
{
    struct scene *scene = make_scene("refuses");
    decide(scene, 0, false);
    restart(scene, 1);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_REFUSED);
    UNIT_EQUAL_INT(count_readable(scene), 0);
    decide(scene, 0, true);
    sim_wire_pass(scene->wire, 30000);
    CU_ASSERT(is_readable(scene, 0));
    destroy_scene(scene);
}

/* Either side ends at every moment of it. */
static void restarts_in_between_lose_nothing(void)
{
    struct scene *scene = make_scene("restarts");
    restart(scene, 0);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_ASKED);
    sim_wire_disconnect(scene->wire, 0, 1);
    decide(scene, 0, true);
    restart(scene, 0);
    restart(scene, 1);
    CU_ASSERT(is_readable(scene, 0));
    UNIT_EQUAL_INT(count_told(scene, 0), 1);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_NONE);
    destroy_scene(scene);
}

/* G2: what a person said is of one epoch, and each other one has an entry of its own. */
static void a_newer_epoch_key_has_an_entry_of_its_own(void)
{
    struct scene *scene = make_scene("epoch");
    sim_wire_disconnect(scene->wire, 0, 1);
    decide(scene, 0, true);
    size_t before = count_journal(core_of(scene, 0), TOV_LEAF_REWRAP);
    for (unsigned i = 0; i < 9; i++) /* node 1 makes another epoch key */
        sim_wire_pass(scene->wire, DAY_MS);
    UNIT_EQUAL_INT(count_journal(core_of(scene, 0), TOV_LEAF_REWRAP), before);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(is_readable(scene, 0));
    UNIT_EQUAL_INT(count_journal(core_of(scene, 0), TOV_LEAF_REWRAP), before + 1);
    destroy_scene(scene);
}

static void an_approval_ends_after_thirty_days(void)
{
    struct scene *scene = make_scene("thirty");
    sim_wire_disconnect(scene->wire, 0, 1);
    decide(scene, 0, true);
    for (unsigned i = 0; i < 31; i++)
        sim_wire_pass(scene->wire, DAY_MS);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    CU_ASSERT(!is_readable(scene, 0));
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_ASKED);
    decide(scene, 0, true);
    sim_wire_pass(scene->wire, 30000);
    CU_ASSERT(is_readable(scene, 0));
    destroy_scene(scene);
}

/* What was given once is another question the next time. */
static void who_is_set_back_once_more_asks_once_more(void)
{
    struct scene *scene = make_scene("once-more");
    decide(scene, 0, true);
    sim_wire_pass(scene->wire, 30000);
    CU_ASSERT(is_readable(scene, 0));
    set_back(scene);
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(count_readable(scene), 0);
    UNIT_EQUAL_INT(count_keys_lost(scene), SENT);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_ASKED);
    decide(scene, 0, true);
    sim_wire_pass(scene->wire, 30000);
    CU_ASSERT(is_readable(scene, 0));
    UNIT_EQUAL_INT(count_told(scene, 0), 1);
    destroy_scene(scene);
}

/* What waits for an epoch key comes by itself: its people are not told to call anybody. */
static void what_was_never_read_here_is_not_among_what_was(void)
{
    struct scene *scene = make_scene("never");
    size_t before = count_keys_lost(scene);
    sim_wire_disconnect(scene->wire, 0, 1);
    for (unsigned i = 0; i < 30; i++)
        sim_wire_pass(scene->wire, DAY_MS);
    (void)sim_wire_send(scene->wire, 0, 900);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_keys_lost(scene), before);
    destroy_scene(scene);
}

static void nobody_is_given_what_it_has_not_lost(void)
{
    struct scene *scene = make_scene("has");
    struct tov_follow *follow = follow_of(scene, 0);
    UNIT_EQUAL_INT(tov_follow_give_again(follow, 3, scene->sent[0].place.index, true),
                   TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_follow_give_again(follow, 2, 0, true), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_follow_give_again(follow, 9, scene->sent[0].place.index, true),
                   TOV_E_NOT_FOUND);
    destroy_scene(scene);
}

/* ---- rows ---- */

#define NEW_EPOCH 7u
#define ROW_BYTES 22u

static struct tov_store_key key_of(const struct scene *scene, size_t which)
{
    return tov_store_key_u16_u64(2, scene->sent[which].place.index);
}

static void put_row(struct scene *scene, size_t which, struct tov_bytes row)
{
    tov_store_batch_put(tov_core_batch(core_of(scene, 0)), TOV_TABLE_AGAIN, key_of(scene, which),
                        row);
    sim_node_settle(&scene->wire->nodes[0]);
}

/* As again.c writes it. */
static void put_state(struct scene *scene, size_t which, uint8_t state, uint32_t epoch,
                      uint64_t time_ms)
{
    uint8_t row[ROW_BYTES] = {state};
    tov_put_be32(row + 1, epoch);
    tov_put_be64(row + 5, time_ms);
    put_row(scene, which, TOV_BYTES_OF(row));
}

static struct tov_peer *peer_of(const struct scene *scene)
{
    return tov_follow_peer(follow_of(scene, 0), 2);
}

/* G1: what nobody wrote so is never taken for a yes. */
static void a_row_that_nobody_wrote_so_gives_nothing(void)
{
    static const struct {
        uint8_t state;
        size_t size;
    } rows[] = {{TOV_AGAIN_APPROVED, 0},
                {TOV_AGAIN_APPROVED, 1},
                {TOV_AGAIN_APPROVED, 13},
                {TOV_AGAIN_APPROVED, ROW_BYTES - 1},
                {TOV_AGAIN_APPROVED, ROW_BYTES + 1},
                {TOV_AGAIN_NONE, ROW_BYTES},
                {TOV_AGAIN_APPROVED + 1, ROW_BYTES},
                {UINT8_MAX, ROW_BYTES}};
    struct scene *scene = make_scene("odd-rows");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t row[ROW_BYTES + 1] = {rows[i].state};
        put_row(scene, 0, (struct tov_bytes){row, rows[i].size});
        tov_stanza_owe(core_of(scene, 0), peer_of(scene), scene->sent[0].place.index);
        sim_wire_run(scene->wire);
        UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_ASKED);
        UNIT_OK(tov_again_renew(follow_of(scene, 0), peer_of(scene), scene->sent[0].place.index));
        sim_wire_pass(scene->wire, 5000);
        UNIT_EQUAL_INT(count_readable(scene), 0);
    }
    UNIT_EQUAL_INT(count_journal(core_of(scene, 0), TOV_LEAF_REWRAP), 0);
    UNIT_EQUAL_INT(tov_node_state(scene->wire->nodes[0].node), TOV_NODE_SERVING);
    decide(scene, 0, true);
    sim_wire_pass(scene->wire, 5000);
    UNIT_EQUAL_INT(count_readable(scene), 1);
    destroy_scene(scene);
}

/* G1, G2: whether keys may be sealed now, and whether an entry of the journal makes it so. */
static void an_approval_is_of_one_epoch_and_for_thirty_days(void)
{
    const uint32_t now = NEW_EPOCH;
    const struct {
        uint8_t state;
        uint32_t epoch;
        int days_ago;
        enum tov_err may; /* be sealed */
        bool is_renewed;
    } rows[] = {
        {TOV_AGAIN_ASKED, now, 0, TOV_E_EXISTS, false},
        {TOV_AGAIN_REFUSED, now, 0, TOV_E_EXISTS, false},
        {TOV_AGAIN_REFUSED, now - 1, 0, TOV_E_EXISTS, false},
        {TOV_AGAIN_APPROVED, now, 0, TOV_OK, false},
        {TOV_AGAIN_APPROVED, now, 29, TOV_OK, false},
        {TOV_AGAIN_APPROVED, now, 31, TOV_E_EXISTS, false},
        {TOV_AGAIN_APPROVED, now, -1, TOV_OK, false}, /* the clock was set back since */
        {TOV_AGAIN_APPROVED, now - 1, 29, TOV_E_EPOCH, true},
        {TOV_AGAIN_APPROVED, 0, 29, TOV_E_EPOCH, true},
        {TOV_AGAIN_APPROVED, now - 1, 31, TOV_E_EXISTS, false},
    };
    struct scene *scene = make_scene("of-one-epoch");
    struct tov_core *core = core_of(scene, 0);
    uint64_t index = scene->sent[0].place.index;
    sim_wire_disconnect(scene->wire, 0, 1); /* nothing goes by itself */
    peer_of(scene)->epoch = now;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
        int64_t ago_ms = rows[i].days_ago * (int64_t)DAY_MS;
        size_t before = count_journal(core, TOV_LEAF_REWRAP);
        put_state(scene, 0, rows[i].state, rows[i].epoch,
                  (uint64_t)((int64_t)core->now_ms - ago_ms));
        UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
        UNIT_EQUAL_INT(tov_again_check(follow_of(scene, 0), read, peer_of(scene), index),
                       rows[i].may);
        tov_store_read_end(read);
        read = NULL;
        UNIT_OK(tov_again_renew(follow_of(scene, 0), peer_of(scene), index));
        sim_node_settle(&scene->wire->nodes[0]);
        UNIT_EQUAL_INT(count_journal(core, TOV_LEAF_REWRAP) - before, rows[i].is_renewed ? 1 : 0);
        UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
        UNIT_EQUAL_INT(tov_again_check(follow_of(scene, 0), read, peer_of(scene), index),
                       rows[i].is_renewed ? TOV_OK : rows[i].may);
    }
    UNIT_OK(tov_again_renew(follow_of(scene, 0), peer_of(scene), 0)); /* nobody asked for that */
    UNIT_EQUAL_INT(count_rows(core, TOV_TABLE_AGAIN), SENT);
    destroy_scene(scene);
}

/* Said twice is said once; and a no takes a yes back, as long as nothing has gone. */
static void what_is_said_last_holds_however_often_it_is_said(void)
{
    struct scene *scene = make_scene("said-last");
    sim_wire_disconnect(scene->wire, 0, 1);
    decide(scene, 0, true);
    decide(scene, 0, true);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_APPROVED);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_OWED), 1);
    decide(scene, 0, false);
    decide(scene, 0, false);
    UNIT_EQUAL_INT(state_of(scene, 0), TOV_AGAIN_REFUSED);
    UNIT_EQUAL_INT(count_rows(core_of(scene, 0), TOV_TABLE_OWED), 0);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 60000);
    UNIT_EQUAL_INT(count_readable(scene), 0);
    decide(scene, 0, true);
    decide(scene, 0, true);
    sim_wire_pass(scene->wire, 30000);
    UNIT_EQUAL_INT(count_readable(scene), 1);
    UNIT_EQUAL_INT(count_told(scene, 0), 1);
    destroy_scene(scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(who_was_set_back_says_what_it_cannot_read_and_gets_nothing_by_itself),
        UNIT_TEST(what_a_person_gives_again_is_opened_and_told_once),
        UNIT_TEST(what_a_person_refuses_is_not_given_until_it_is_said_otherwise),
        UNIT_TEST(restarts_in_between_lose_nothing),
        UNIT_TEST(a_newer_epoch_key_has_an_entry_of_its_own),
        UNIT_TEST(an_approval_ends_after_thirty_days),
        UNIT_TEST(who_is_set_back_once_more_asks_once_more),
        UNIT_TEST(what_was_never_read_here_is_not_among_what_was),
        UNIT_TEST(nobody_is_given_what_it_has_not_lost),
        UNIT_TEST(a_row_that_nobody_wrote_so_gives_nothing),
        UNIT_TEST(an_approval_is_of_one_epoch_and_for_thirty_days),
        UNIT_TEST(what_is_said_last_holds_however_often_it_is_said),
    };
    return unit_run("follow_again", tests, sizeof tests / sizeof tests[0]);
}
