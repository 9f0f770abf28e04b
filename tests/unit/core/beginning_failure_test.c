/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (deed.h) while a node begins and reads its case book, from the
 * snapshots of before or from its entries, while two persons start one that waits for its keepers,
 * and while one that has adopted a roster judges what waited for it: what cases are shown as is
 * what they were, or nothing, and a verdict is that of the roster, or none yet. Not for: what a
 * damaged snapshot says (book_test.c); the start rule (majority_test.c); which roster judges what
 * (roster_change_test.c).
 */
#include "deed.h"
#include "roster_scene.h"

#include "api/api_internal.h"
#include "follow/follow.h"
#include "ledger/entry.h"
#include "ledger/start_rule.h"
#include "node.h"

#include <stdlib.h>

#define MINUTE_MS 60000u

static struct tov_store *store_of(struct harness *harness, size_t node)
{
    return tov_node_core(harness_node(harness, node))->store;
}

static uint64_t block_count(struct harness *harness)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t count = 0;
    UNIT_NEED(tov_store_read_begin(store_of(harness, KK), &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, TOV_TABLE_BOOK, &count) == TOV_OK);
    return count;
}

static void commit(struct harness *harness, size_t node, struct tov_store_batch *batch)
{
    UNIT_NEED(tov_store_commit(store_of(harness, node), batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
}

static void drop_blocks(struct harness *harness)
{
    struct tov_store_batch *batch = NULL;
    struct tov_store_key any = {.size = 0};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete_range(batch, TOV_TABLE_BOOK, any, any);
    commit(harness, KK, batch);
}

/* ---- the case book ---- */

/* The story of case_story.h, twice over, in blocks of few messages. */
static struct harness *with_blocks(void)
{
    struct harness_options options = {
        .nodes = 3, .seed = 7, .disk_reserve_bytes = 1u << 20, .book_block_bytes = 1000};
    struct harness *harness = harness_create(&options);
    harness_advance(harness, 2000);
    admit(harness);
    (void)call_meeting(harness);
    open_case(harness, "kbh-pol/dks krfo/central");
    set_release_date(harness);
    harness_restart(harness, 0);
    harness_advance(harness, 2000);
    UNIT_NEED(block_count(harness) > 3);
    return harness;
}

static bool ask_cases(struct harness *harness, struct tov_buf *out)
{
    struct tov_record body, reply = {0};
    struct tov_record request = request_of("cases", &body);
    UNIT_OK(tov_record_put_number(body, "ended", 1));
    if (!try_request(harness, &anna, request, &reply))
        return false;
    UNIT_OK(tov_api_encode(reply, out));
    tov_record_destroy(&reply);
    return true;
}

/* Begins, is asked at once, and again when the snapshots were compared with the ledger. */
static bool begin_and_ask(struct harness *harness, const void *with, struct tov_buf *out)
{
    struct tov_buf early = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    (void)with;
    if (harness_try_restart(harness, 0) != TOV_OK)
        return false;
    bool is_told = ask_cases(harness, &early);
    tov_buf_fini(&early);
    drop_replies(harness, &anna);
    harness_advance(harness, 2000);
    drop_replies(harness, &anna);
    return is_told && ask_cases(harness, out);
}

static bool begin_without_blocks(struct harness *harness, const void *with, struct tov_buf *out)
{
    drop_blocks(harness);
    return begin_and_ask(harness, with, out);
}

static void check(struct harness *harness, const char *name, deed_run *run)
{
    const struct deed deed = {.name = name, .client = &anna, .run = run, .skips = DEED_SKIPS_ALL};
    harness_let_fail(harness, true);
    deed_check_all(harness, &deed);
    harness_destroy(harness);
}

static void a_book_that_begins_from_its_snapshots_is_what_it_was(void)
{
    check(with_blocks(), "begin from snapshots", begin_and_ask);
}

static void a_book_that_begins_from_the_ledger_is_what_it_was(void)
{
    check(with_blocks(), "begin from the ledger", begin_without_blocks);
}

/* ---- two persons ---- */

static const struct harness_client admin = {0, "admin", 31};

static struct harness *waits_for_keepers(void)
{
    struct harness *harness = three_nodes();
    struct tov_store_batch *batch = NULL;
    struct tov_start_rule rule = {.reasons = TOV_START_RESTORED,
                                  .since_ms = harness_now_ms(harness)};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_start_rule_put(batch, &rule);
    commit(harness, KK, batch);
    harness_set_link(harness, 0, KRFO, false);
    harness_restart(harness, 0);
    harness_advance(harness, 2 * MINUTE_MS);
    return harness;
}

/* The same person, however often: one. */
static bool say_start(struct harness *harness, const void *with, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    struct tov_record body;
    (void)with;
    if (!harness_has_ended(harness, 0) && !tov_node_api(harness_node(harness, 0))->start_waits)
        harness_advance(harness, 2 * MINUTE_MS); /* it has just begun again */
    struct tov_record request = request_of("start_anyway", &body);
    UNIT_OK(tov_record_put_text(body, "reason", "krfo er lukket i dag"));
    if (!try_request(harness, &admin, request, &reply))
        return false;
    tov_buf_put_u64(out, tov_record_number(body_of(reply, "start_anyway"), "persons"));
    return true;
}

static void one_person_stays_one_whatever_fails(void)
{
    struct harness *harness = waits_for_keepers();
    const struct deed deed = {.name = "start_anyway", .client = &admin, .run = say_start};
    harness_let_fail(harness, true);
    deed_check_all(harness, &deed);
    CU_ASSERT(tov_node_state(harness_node(harness, 0)) != TOV_NODE_SERVING);
    harness_destroy(harness);
}

/* ---- what waited for a roster ---- */

#define WAITING 2u

/* Messages of KK that KBH_POL did not understand, as its rows said then. */
struct waiting {
    struct tov_roster *roster;
    struct tov_store_key keys[WAITING];
    struct tov_buf rows[WAITING];
    size_t count;
};

static enum tov_verdict verdict_of(struct tov_bytes row)
{
    struct tov_entry entry;
    UNIT_NEED(tov_entry_decode_mirror(row, &entry) == TOV_OK);
    return entry.state == TOV_ENTRY_PRESENT ? entry.verdict.verdict : 0;
}

static void note_waiting(struct harness *harness, struct waiting *waiting)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_range range = {.table = TOV_TABLE_MLEAF,
                                    .first = tov_store_key_u16_u32_u64(KK + 1, 1, 0),
                                    .last = tov_store_key_u16_u32_u64(KK + 1, 1, UINT64_MAX)};
    struct tov_store_iter iter;
    UNIT_NEED(tov_store_read_begin(store_of(harness, KBH_POL), &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_iter_init(read, &range, &iter) == TOV_OK);
    while (tov_store_iter_next(&iter)) {
        if (verdict_of(iter.row.value) != TOV_VERDICT_NOT_UNDERSTOOD)
            continue;
        UNIT_NEED(waiting->count < WAITING);
        waiting->keys[waiting->count] = iter.row.key;
        waiting->rows[waiting->count] = TOV_BUF_INIT((size_t)2 * TOV_LEAF_MAX_BYTES);
        tov_buf_put_bytes(&waiting->rows[waiting->count++], iter.row.value);
    }
    UNIT_NEED(tov_store_iter_fini(&iter) == TOV_OK && waiting->count == WAITING);
}

/* As if KBH_POL had never looked at them by the new roster. */
static void wait_again(struct harness *harness, const struct waiting *waiting)
{
    struct tov_store_batch *batch = NULL;
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    for (size_t i = 0; i < WAITING; i++)
        tov_store_batch_put(batch, TOV_TABLE_MLEAF, waiting->keys[i],
                            tov_buf_view(&waiting->rows[i]));
    tov_store_batch_delete(batch, TOV_TABLE_FACT, tov_store_key_text("judged"));
    commit(harness, KBH_POL, batch);
}

/* What KBH_POL holds of them, and what KK was told. */
static void tell_verdicts(struct harness *harness, const struct waiting *waiting,
                          struct tov_buf *out)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *here = NULL;
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *there = NULL;
    UNIT_NEED(tov_store_read_begin(store_of(harness, KBH_POL), &here, NULL) == TOV_OK);
    UNIT_NEED(tov_store_read_begin(store_of(harness, KK), &there, NULL) == TOV_OK);
    for (size_t i = 0; i < WAITING; i++) {
        struct tov_bytes row;
        struct tov_entry entry;
        struct tov_link_block link;
        struct tov_delivery delivery;
        UNIT_NEED(tov_store_get(here, TOV_TABLE_MLEAF, waiting->keys[i], &row) == TOV_OK);
        UNIT_NEED(tov_entry_decode_mirror(row, &entry) == TOV_OK);
        UNIT_NEED(tov_link_decode(entry.links, &link) == TOV_OK);
        UNIT_NEED(tov_follow_delivery(there, KBH_POL + 1, &link, &delivery) == TOV_OK);
        tov_buf_put_u8(out, (uint8_t)entry.verdict.verdict);
        tov_buf_put_u16(out, entry.verdict.detail);
        tov_buf_put_u8(out, (uint8_t)delivery.verdict.verdict);
    }
}

static bool begin_and_judge(struct harness *harness, const void *with, struct tov_buf *out)
{
    const struct waiting *waiting = with;
    wait_again(harness, waiting);
    if (harness_try_restart(harness, KBH_POL) != TOV_OK)
        return false;
    harness_connect_again(harness);
    harness_advance(harness, 3000);
    if (!harness_has_ended(harness, KBH_POL) &&
        tov_node_state(harness_node(harness, KBH_POL)) != TOV_NODE_SERVING)
        harness_advance(harness, 40000); /* it has not heard all its keepers */
    if (harness_has_ended(harness, KBH_POL) || harness_has_ended(harness, KK))
        return false;
    tell_verdicts(harness, waiting, out);
    return true;
}

/* By the new roster kk/sof may invite, and kk/vink may not any more. */
static void what_waited_for_its_roster_is_judged_by_it_whatever_fails(void)
{
    struct harness *harness = whole_story();
    struct waiting waiting = {.roster = next_roster(harness, 2)};
    const struct saying by_sof = invitation(&sofie, "kk/sof", "kbh-pol/dks");
    const struct saying by_vink = invitation(&anna, "kk/vink", "kbh-pol/dks");
    const struct deed deed = {.name = "judge what waited",
                              .client = &bo,
                              .run = begin_and_judge,
                              .with = &waiting,
                              .skips = DEED_SKIPS_ALL};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf verdicts = TOV_BUF_INIT(64);
    harness_set_roster(harness, KK, waiting.roster);
    harness_restart(harness, KK);
    (void)say(harness, &by_sof, NULL);
    force_saying(harness, &by_vink);
    note_waiting(harness, &waiting);
    harness_set_roster(harness, KBH_POL, waiting.roster);
    harness_let_fail(harness, true);
    deed_check_all(harness, &deed);
    tell_verdicts(harness, &waiting, &verdicts);
    UNIT_NEED(verdicts.size == WAITING * 4);
    UNIT_EQUAL_INT(verdicts.data[0], TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(verdicts.data[3], TOV_VERDICT_OPENED);
    UNIT_EQUAL_INT(verdicts.data[4], TOV_VERDICT_REFUSED);
    UNIT_EQUAL_INT(verdicts.data[7], TOV_VERDICT_REFUSED);
    harness_destroy(harness);
    for (size_t i = 0; i < WAITING; i++)
        tov_buf_fini(&waiting.rows[i]);
    tov_roster_destroy(waiting.roster);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_book_that_begins_from_its_snapshots_is_what_it_was),
        UNIT_TEST(a_book_that_begins_from_the_ledger_is_what_it_was),
        UNIT_TEST(one_person_stays_one_whatever_fails),
        UNIT_TEST(what_waited_for_its_roster_is_judged_by_it_whatever_fails),
    };
    return unit_run("core_beginning_failure", tests, sizeof tests / sizeof tests[0]);
}
