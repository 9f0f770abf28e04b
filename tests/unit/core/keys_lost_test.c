/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the people of an agency that was set back are told of messages that could be read there, and
 * whose keys are lost: whose they are is known of those that were answered. Whole nodes in one
 * process.
 * Not for: how keys are lost and come again (follow/again_test.c).
 */
#include "desk_ask.h"

#include "base/cleanup.h"
#include "follow/follow.h"
#include "follow/peer.h"
#include "node.h"

#define POLICE 2u
#define PRISON 3u

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

static uint64_t send_note(struct harness *harness, const char *to, struct tov_ref *out_ref)
{
    return say(harness,
               &(struct saying){.by = &carl,
                                .type = "msg.note",
                                .from = "krfo/central",
                                .to = to,
                                .bases = "RPL115-2/1-1",
                                .fields = "about.case_ref=" CASE},
               out_ref);
}

/* As when kk was set back to a copy from before the message. */
static void lose_keys(struct harness *harness, const struct tov_ref *ref)
{
    struct tov_follow *follow = tov_node_follow(harness_node(harness, 0));
    struct tov_peer *peer = tov_follow_peer(follow, PRISON);
    struct tov_core *core = core_of(harness);
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(2 * TOV_LEAF_MAX_BYTES);
    struct tov_bytes row;
    struct tov_entry entry;
    struct tov_link_block link;
    struct tov_store_key key = tov_store_key_u16_u32_u64(PRISON, 1, ref->index);
    UNIT_OK(tov_store_read_begin(core->store, &read, NULL));
    UNIT_OK(tov_store_get(read, TOV_TABLE_MLEAF, key, &row));
    UNIT_OK(tov_entry_decode_mirror(row, &entry));
    UNIT_OK(tov_link_decode(entry.links, &link));
    struct tov_store_key event = tov_store_key_u64(entry.event);
    entry.verdict = (struct tov_verdict_value){TOV_VERDICT_NO_KEY, 0, 0};
    entry.event = 0;
    tov_entry_put_mirror(&changed, &entry);
    tov_store_batch_put_buf(tov_core_batch(core), TOV_TABLE_MLEAF, key, &changed);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_MDATAKEY, key);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_EVENT, event);
    tov_keys_lost_note(core, peer, ref->index);
    struct tov_receipt_amendment amendment = {link.number, ref->leaf, entry.verdict};
    tov_receipt_amend(follow, peer, link.series, &amendment);
    tov_store_read_end(read);
    read = NULL;
    harness_advance(harness, 10000);
}

/* ---- asking ---- */

struct told {
    uint64_t count, since_ms;
    bool has_unknown, has_oldest;
    struct tov_ref oldest;
};

/* What the status of kk tells CLIENT of krfo's. */
static struct told status_of(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body, peer;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    struct told told = {.count = UINT64_MAX};
    UNIT_NEED(find_peer(body_of(reply, "status"), POLICE, &peer));
    UNIT_EQUAL_INT(tov_record_number(peer, "keys_lost_since_ms"), 0);
    if (find_peer(body_of(reply, "status"), PRISON, &peer)) {
        told.count = tov_record_number(peer, "keys_lost");
        told.since_ms = tov_record_number(peer, "keys_lost_since_ms");
        told.has_unknown = tov_record_number(peer, "keys_lost_unknown") != 0;
        told.has_oldest = tov_record_ref(peer, "keys_lost_oldest", 0, &told.oldest);
    }
    tov_record_destroy(&reply);
    return told;
}

/* How many a list shows CLIENT; the reference of the first. */
static size_t list_of(struct harness *harness, const struct harness_client *client, const char *box,
                      uint64_t before, struct tov_ref *out_first)
{
    struct tov_record body, summary;
    struct tov_record request = request_of("list", &body);
    UNIT_OK(tov_record_put_enum(body, "box", box));
    UNIT_OK(tov_record_put_number(body, "before", before));
    struct tov_record reply = answer_to(harness, client, request);
    struct tov_record list = body_of(reply, "list");
    size_t count = tov_record_count(list, "keys_lost");
    for (size_t i = 0; i < count; i++) {
        UNIT_NEED(tov_record_child(list, "keys_lost", i, &summary));
        UNIT_EQUAL_INT(tov_record_number(summary, "number"), 0);
        UNIT_EQUAL_INT(tov_record_number(summary, "keys_lost"), 1);
        UNIT_EQUAL_INT(tov_record_number(summary, "verdict"), TOV_VERDICT_NO_KEY);
        UNIT_EQUAL_INT(tov_record_bytes(summary, "header").size, 0);
        CU_ASSERT(i > 0 || tov_record_ref(summary, "ref", 0, out_first));
    }
    tov_record_destroy(&reply);
    return count;
}

static bool is_ref(const struct tov_ref *a, const struct tov_ref *b)
{
    return a->agency == b->agency && a->generation == b->generation && a->index == b->index &&
           tov_hash_equal(&a->leaf, &b->leaf);
}

static void give_again(struct harness *harness, uint64_t number)
{
    struct tov_record body;
    struct tov_record request = request_of("give_again", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    UNIT_OK(tov_record_put_text(body, "reason", "aftalt"));
    UNIT_EQUAL_INT(error_to(harness, &carl, request), 0);
    harness_advance(harness, 20000);
}

/* ---- ---- */

/* One for vink and one for sof, which they answered, and one that nobody did. */
struct scene {
    struct harness *harness;
    struct tov_ref vink, sof, open;
    uint64_t vink_number; /* at krfo */
};

static struct scene make_scene(void)
{
    struct scene scene = {.harness = three_nodes()};
    struct harness *harness = scene.harness;
    scene.vink_number = send_note(harness, "kk/vink", &scene.vink);
    (void)send_note(harness, "kk/sof", &scene.sof);
    (void)send_note(harness, "kk/vink", &scene.open);
    say_read(harness, &anna, "kk/vink", "krfo/central", &scene.vink);
    say_read(harness, &sofie, "kk/sof", "krfo/central", &scene.sof);
    UNIT_EQUAL_INT(status_of(harness, &anna).since_ms, 0);
    UNIT_EQUAL_INT(status_of(harness, &audit).count, 0);
    lose_keys(harness, &scene.vink);
    lose_keys(harness, &scene.sof);
    return scene;
}

static void each_unit_is_told_of_what_it_answered(void)
{
    struct scene scene = make_scene();
    struct tov_ref first;
    struct told told = status_of(scene.harness, &anna);
    UNIT_EQUAL_INT(told.count, 1);
    CU_ASSERT(told.has_oldest && is_ref(&told.oldest, &scene.vink));
    CU_ASSERT(!told.has_unknown && told.since_ms > 0);
    UNIT_EQUAL_INT(list_of(scene.harness, &anna, "in", 0, &first), 1);
    CU_ASSERT(is_ref(&first, &scene.vink));
    UNIT_EQUAL_INT(list_of(scene.harness, &anna, "out", 0, &first), 0);
    UNIT_EQUAL_INT(list_of(scene.harness, &anna, "all", 3, &first), 0); /* another page */
    told = status_of(scene.harness, &sofie);
    UNIT_EQUAL_INT(told.count, 1);
    CU_ASSERT(told.has_oldest && is_ref(&told.oldest, &scene.sof));
    UNIT_EQUAL_INT(list_of(scene.harness, &sofie, "all", 0, &first), 1);
    CU_ASSERT(is_ref(&first, &scene.sof));
    harness_destroy(scene.harness);
}

/* I10: a message tells of itself by being counted, too. */
static void no_unit_is_told_of_what_another_one_answered(void)
{
    struct scene scene = make_scene();
    struct tov_ref first;
    struct told told = status_of(scene.harness, &eva);
    UNIT_EQUAL_INT(told.count, 0);
    UNIT_EQUAL_INT(told.since_ms, 0);
    CU_ASSERT(!told.has_oldest && !told.has_unknown);
    UNIT_EQUAL_INT(list_of(scene.harness, &eva, "all", 0, &first), 0);
    harness_destroy(scene.harness);
}

static void that_there_is_some_of_no_known_unit_is_told_to_all_and_not_how_much(void)
{
    struct scene scene = make_scene();
    struct tov_ref first;
    lose_keys(scene.harness, &scene.open);
    struct told told = status_of(scene.harness, &eva);
    UNIT_EQUAL_INT(told.count, 0);
    CU_ASSERT(told.has_unknown && !told.has_oldest && told.since_ms > 0);
    UNIT_EQUAL_INT(list_of(scene.harness, &eva, "all", 0, &first), 0);
    told = status_of(scene.harness, &anna);
    UNIT_EQUAL_INT(told.count, 1);
    CU_ASSERT(told.has_unknown);
    harness_destroy(scene.harness);
}

static void who_checks_is_told_of_all(void)
{
    struct scene scene = make_scene();
    struct tov_ref first;
    lose_keys(scene.harness, &scene.open);
    struct told told = status_of(scene.harness, &audit);
    UNIT_EQUAL_INT(told.count, 3);
    CU_ASSERT(!told.has_unknown && told.has_oldest && is_ref(&told.oldest, &scene.vink));
    UNIT_EQUAL_INT(list_of(scene.harness, &audit, "all", 0, &first), 3);
    harness_destroy(scene.harness);
}

static void what_is_opened_again_or_taken_back_is_told_no_more(void)
{
    struct scene scene = make_scene();
    lose_keys(scene.harness, &scene.open);
    give_again(scene.harness, scene.vink_number);
    struct told told = status_of(scene.harness, &anna);
    UNIT_EQUAL_INT(told.count, 0);
    CU_ASSERT(told.has_unknown);
    take_back(scene.harness, &carl, "krfo/central", "kk/vink", &scene.open);
    told = status_of(scene.harness, &anna);
    CU_ASSERT(!told.has_unknown);
    UNIT_EQUAL_INT(told.since_ms, 0);
    UNIT_EQUAL_INT(status_of(scene.harness, &audit).count, 1);
    harness_destroy(scene.harness);
}

/* As many rows as if each opened the answers to a message: what is behind them is not looked at. */
static void put_rows(struct harness *harness, uint64_t count)
{
    struct tov_follow *follow = tov_node_follow(harness_node(harness, 0));
    const struct tov_peer *peer = tov_follow_peer(follow, PRISON);
    for (uint64_t i = 0; i < count; i++)
        tov_keys_lost_note(core_of(harness), peer, 1000 + i);
    harness_advance(harness, 5000);
}

static void more_than_is_looked_at_is_told(void)
{
    struct harness *harness = three_nodes();
    put_rows(harness, 200);
    UNIT_EQUAL_INT(status_number(harness, &anna, "more"), 0);
    put_rows(harness, 201);
    UNIT_EQUAL_INT(status_number(harness, &anna, "more"), 1);
    UNIT_EQUAL_INT(status_of(harness, &anna).count, 0);
    harness_destroy(harness);
}

/* What nobody wrote so says nothing, and takes the rest of the status from nobody. */
static void put_damaged_row(struct harness *harness, enum tov_table table)
{
    tov_store_batch_put(tov_core_batch(core_of(harness)), table,
                        tov_store_key_u16_u32_u64(PRISON, 1, 0), tov_bytes_of_text("damaged"));
    harness_advance(harness, 5000);
}

static void a_row_that_nobody_wrote_so_hides_none_behind_it(void)
{
    struct scene scene = make_scene();
    struct tov_ref first;
    put_damaged_row(scene.harness, TOV_TABLE_KEYSLOST);
    UNIT_EQUAL_INT(status_of(scene.harness, &audit).count, 2);
    UNIT_EQUAL_INT(list_of(scene.harness, &anna, "in", 0, &first), 1);
    harness_destroy(scene.harness);
}

/* ---- those that never had a key ---- */

/* KRFO's of which CLIENT is told that their keys do not come, and whether any is. */
static uint64_t awaited_of(struct harness *harness, const struct harness_client *client,
                           bool *out_any)
{
    struct tov_record body, peer;
    struct tov_record reply = answer_to(harness, client, request_of("status", &body));
    uint64_t count = UINT64_MAX;
    if (find_peer(body_of(reply, "status"), PRISON, &peer)) {
        count = tov_record_number(peer, "keys_awaited");
        *out_any = tov_record_number(peer, "keys_awaited_since_ms") != 0;
    }
    tov_record_destroy(&reply);
    return count;
}

static void never_had_keys(struct harness *harness, const struct tov_ref *ref)
{
    struct tov_core *core = core_of(harness);
    struct tov_peer *peer = tov_follow_peer(tov_node_follow(harness_node(harness, 0)), PRISON);
    lose_keys(harness, ref);
    tov_keys_lost_settle(core, peer, ref->index);
    tov_keys_awaited_note(core, peer, ref->index);
    harness_advance(harness, 5000);
}

static void keys_that_never_came_are_counted_for_who_checks_once_it_is_late(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref refs[2];
    bool any = true;
    for (size_t i = 0; i < 2; i++) {
        send_note(harness, "kk/vink", &refs[i]);
        never_had_keys(harness, &refs[i]);
    }
    UNIT_EQUAL_INT(awaited_of(harness, &audit, &any), 0);
    CU_ASSERT(!any);
    harness_advance(harness, 5 * 3600000u);
    UNIT_EQUAL_INT(awaited_of(harness, &audit, &any), 2);
    CU_ASSERT(any);
    put_damaged_row(harness, TOV_TABLE_KEYWAIT);
    UNIT_EQUAL_INT(awaited_of(harness, &audit, &any), 2);
    UNIT_EQUAL_INT(awaited_of(harness, &sofie, &any), 0); /* I10: nobody knows whose they are */
    CU_ASSERT(any);
    take_back(harness, &carl, "krfo/central", "kk/vink", &refs[0]);
    UNIT_EQUAL_INT(awaited_of(harness, &audit, &any), 1);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_unit_is_told_of_what_it_answered),
        UNIT_TEST(no_unit_is_told_of_what_another_one_answered),
        UNIT_TEST(that_there_is_some_of_no_known_unit_is_told_to_all_and_not_how_much),
        UNIT_TEST(who_checks_is_told_of_all),
        UNIT_TEST(what_is_opened_again_or_taken_back_is_told_no_more),
        UNIT_TEST(more_than_is_looked_at_is_told),
        UNIT_TEST(a_row_that_nobody_wrote_so_hides_none_behind_it),
        UNIT_TEST(keys_that_never_came_are_counted_for_who_checks_once_it_is_late),
    };
    return unit_run("core_keys_lost", tests, sizeof tests / sizeof tests[0]);
}
