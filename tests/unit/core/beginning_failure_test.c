/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (deed.h) while a node begins and reads its case book, from the
 * snapshots of before or from its entries, and while two persons start one that waits for its
 * keepers: what cases are shown as is what they were, or nothing.
 * Not for: what a damaged snapshot says (book_test.c); the start rule (majority_test.c).
 */
#include "deed.h"

#include "api/api_internal.h"
#include "node.h"
#include "ledger/start_rule.h"

#define KRFO 2u
#define MINUTE_MS 60000u

static struct tov_store *store_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0))->store;
}

static uint64_t block_count(struct harness *harness)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    uint64_t count = 0;
    UNIT_NEED(tov_store_read_begin(store_of(harness), &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_count(read, TOV_TABLE_BOOK, &count) == TOV_OK);
    return count;
}

static void commit(struct harness *harness, struct tov_store_batch *batch)
{
    UNIT_NEED(tov_store_commit(store_of(harness), batch, NULL) == TOV_OK);
    tov_store_batch_destroy(batch);
}

static void drop_blocks(struct harness *harness)
{
    struct tov_store_batch *batch = NULL;
    struct tov_store_key any = {.size = 0};
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_delete_range(batch, TOV_TABLE_BOOK, any, any);
    commit(harness, batch);
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
    commit(harness, batch);
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

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_book_that_begins_from_its_snapshots_is_what_it_was),
        UNIT_TEST(a_book_that_begins_from_the_ledger_is_what_it_was),
        UNIT_TEST(one_person_stays_one_whatever_fails),
    };
    return unit_run("core_beginning_failure", tests, sizeof tests / sizeof tests[0]);
}
