/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an audit keeps, and for whom: a ledger with many losses is whole, and what another agency
 * names or makes up in its own ledger takes no room from the one that holds it.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "merkle/range.h"
#include "support/unit.h"

#include <stdlib.h>
#include <sys/resource.h>

#define LATE_MS 1750093692000u  /* after the last entry of a1 */
#define LOST_FIRST 3u           /* a message of a1 */
#define LOSSES 1100u            /* restores, each of which loses the same again */
#define SERIES 8200u            /* more than an audit keeps */
#define FAR (UINT64_C(1) << 31) /* as many entries as twice all pages of a set have */
#define FAR_ENTRIES 410u        /* of 80 indices each: every page that there may be */
#define PAGE_INDICES UINT64_C(32768)
#define BUNDLE_MAX_BYTES 8388608u
#define SETS_KIB 131072 /* that the sets of one audit may take */
#define RUN_HASHES_MAX 64u

static struct world *world;
static char dir[WORLD_PATH_SIZE];

static void copy_fresh(void)
{
    damage_copy(world, "exports/a1", "copy", dir);
}

/* ---- losses ---- */

static bool lose_entry(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    (void)context, (void)old, (void)out;
    return index == LOST_FIRST;
}

static bool drop_records(void *context, struct tov_export_record *record)
{
    (void)context;
    return record->index != LOST_FIRST;
}

static void a_ledger_with_many_losses_is_whole(void)
{
    struct forge_log log = forge_ledger(world, 0);
    struct tov_leaf *losses = calloc(LOSSES, sizeof *losses);
    UNIT_NEED(losses != NULL);
    for (uint64_t i = 0; i < LOSSES; i++)
        losses[i] = (struct tov_leaf){
            .type = TOV_LEAF_LOST, .time_ms = LATE_MS, .as.lost = {LOST_FIRST, LOST_FIRST + 1}};
    copy_fresh();
    forge_records(dir, "detached/000", drop_records, NULL);
    forge_history(&(struct forge){
        .dir = dir, .log = &log, .entry = lose_entry, .more = losses, .more_count = LOSSES});
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 0, "", "a thousand restores");
    verdict_fini(&verdict);
    free(losses);
}

/* ---- what is held of agency 2 ---- */

static bool keep_genesis(void *context, struct tov_export_record *record)
{
    (void)context;
    return record->index == 0;
}

static void put_record(struct tov_buf *out, const struct tov_export_record *record)
{
    UNIT_NEED(tov_export_record_put(out, record) == TOV_OK);
}

static void skip_to(uint64_t first)
{
    static const uint8_t hashes[RUN_HASHES_MAX * TOV_HASH_BYTES];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf run = TOV_BUF_INIT(BUNDLE_MAX_BYTES);
    struct tov_canon canon = tov_canon_of(1, first);
    struct tov_subtree at;
    size_t count = 0;
    while (tov_canon_next(&canon, &at))
        count++;
    UNIT_NEED(count <= RUN_HASHES_MAX);
    struct tov_export_record record = {.kind = TOV_EXPORT_SKIPPED, .index = 1};
    record.as.skipped =
        (struct tov_export_skipped){first - 1, false, {hashes, count * TOV_HASH_BYTES}};
    put_record(&run, &record);
    damage_write(dir, "mirror/2/1/skipped", tov_buf_view(&run));
}

static void write_bundle(uint64_t index, struct tov_buf *records)
{
    char path[TOV_EXPORT_PATH_SIZE];
    tov_export_bundle_path("mirror/2/1/entries", index / TOV_EXPORT_BUNDLE_ENTRIES, path);
    damage_write(dir, path, tov_buf_view(records));
    tov_buf_clear(records);
}

/* The genesis, a run as far as FIRST, whose hashes anybody can make up, and COUNT entries. */
static void hold(uint64_t first, uint64_t count, void (*make)(uint64_t i, struct tov_leaf *leaf))
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(BUNDLE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    copy_fresh();
    forge_records(dir, "mirror/2/1/entries/000", keep_genesis, NULL);
    skip_to(first);
    for (uint64_t i = 0; i < count; i++) {
        struct tov_export_record record = {.kind = TOV_EXPORT_LEAF, .index = first + i};
        struct tov_leaf leaf = {.time_ms = LATE_MS};
        make(i, &leaf);
        tov_buf_clear(&bytes);
        UNIT_NEED(tov_leaf_encode(&leaf, &bytes) == TOV_OK);
        record.as.leaf = tov_buf_view(&bytes);
        put_record(&out, &record);
        if (i + 1 == count || (record.index + 1) % TOV_EXPORT_BUNDLE_ENTRIES == 0)
            write_bundle(record.index, &out);
    }
    tov_export_put_position(&out,
                            &(struct tov_export_position){.size = first + count, .series = {1, 0}});
    damage_write(dir, "mirror/2/1/position", tov_buf_view(&out));
    damage_reseal(dir);
}

static void name_entries_far_apart(uint64_t i, struct tov_leaf *leaf)
{
    leaf->type = TOV_LEAF_ERASED;
    leaf->as.erased = (struct tov_leaf_erased){
        .scope = TOV_ERASED_ALL, .basis = 1, .ref_count = TOV_ERASED_REFS_MAX};
    for (size_t k = 0; k < TOV_ERASED_REFS_MAX; k++)
        leaf->as.erased.refs[k] =
            (struct tov_ref){2, 1, (i * TOV_ERASED_REFS_MAX + k) * PAGE_INDICES, {{1}}};
}

static void what_another_agency_names_takes_no_room(void)
{
    hold(FAR, FAR_ENTRIES, name_entries_far_apart);
    struct verdict verdict = verdict_of_one(world, dir);
    CU_ASSERT(verdict_has(&verdict, "mirror-damaged") || verdict_has(&verdict, "mirror-tail"));
    CU_ASSERT_FALSE(verdict_has(&verdict, "limit"));
    verdict_fini(&verdict);
}

#ifndef TOV_SANITIZED /* which keeps what was freed */
static long children_kib(void)
{
    struct rusage usage;
    UNIT_NEED(getrusage(RUSAGE_CHILDREN, &usage) == 0);
    return usage.ru_maxrss;
}

/* Three exports, each of which takes up all that is kept for one. */
static void what_was_kept_of_one_export_is_given_back_before_the_next(void)
{
    char roots[WORLD_PATH_SIZE], second[WORLD_PATH_SIZE], third[WORLD_PATH_SIZE];
    struct forge_log log = forge_ledger(world, 0);
    struct tov_leaf *more = calloc(FAR_ENTRIES, sizeof *more);
    UNIT_NEED(more != NULL);
    for (uint64_t i = 0; i < FAR_ENTRIES; i++) {
        more[i].time_ms = LATE_MS;
        name_entries_far_apart(i, &more[i]);
    }
    copy_fresh();
    forge_history(
        &(struct forge){.dir = dir, .log = &log, .more = more, .more_count = FAR_ENTRIES});
    damage_copy(world, "copy", "second", second);
    damage_copy(world, "copy", "third", third);
    world_path(world, roots, "roots");
    struct verdict verdict =
        verdict_of(world, roots, (const char *const[]){dir, second, third, NULL});
    VERDICT_IS(&verdict, 4, "limit", "three exports that name much");
    verdict_fini(&verdict);
    CU_ASSERT(children_kib() > SETS_KIB && children_kib() < 2 * SETS_KIB);
    free(more);
}
#endif

static void receipt_an_unknown_series(uint64_t i, struct tov_leaf *leaf)
{
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = 1,
                                                 .series = {1, i + 1},
                                                 .last_link = 1,
                                                 .run_count = 1,
                                                 .runs = {{1, {TOV_VERDICT_OPENED, 0, 0}}}};
}

static void a_limit_says_in_whose_ledger_it_was_met(void)
{
    hold(TOV_EXPORT_BUNDLE_ENTRIES, SERIES, receipt_an_unknown_series);
    struct verdict verdict = verdict_of_one(world, dir);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "limit", "mirror/2/1"));
    verdict_fini(&verdict);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_ledger_with_many_losses_is_whole),
        UNIT_TEST(what_another_agency_names_takes_no_room),
#ifndef TOV_SANITIZED
        UNIT_TEST(what_was_kept_of_one_export_is_given_back_before_the_next),
#endif
        UNIT_TEST(a_limit_says_in_whose_ledger_it_was_met),
    };
    world = world_create("audit-room");
    int code = unit_run("audit_room", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
