/* SPDX-License-Identifier: EUPL-1.2
 *
 * Content can be erased, evidence cannot (I8): what an agency says was erased is a message, and
 * what it blanked all the same shows beside the export of somebody who holds it.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "support/unit.h"

#include <stdlib.h>

#define LATE_MS 1750093692000u /* after the last entry of a1 */
#define MESSAGE 3u             /* the first message of a1, to a2 and a3 */

static struct world *world;
static char dir[WORLD_PATH_SIZE];

static void copy_fresh(void)
{
    damage_copy(world, "exports/a1", "copy", dir);
}

static struct tov_leaf erasure_of(enum tov_erased_scope scope, uint64_t index)
{
    struct tov_ref ref = {1, 1, index, forge_leaf_hash(dir, index)};
    return (struct tov_leaf){
        .type = TOV_LEAF_ERASED, .time_ms = LATE_MS, .as.erased = {scope, 1, 1, {ref}}};
}

static struct tov_leaf loss_of(uint64_t index)
{
    return (struct tov_leaf){
        .type = TOV_LEAF_LOST, .time_ms = LATE_MS, .as.lost = {index, index + 1}};
}

static void sign_more(const struct tov_leaf *leaf)
{
    struct forge_log log = forge_ledger(world, 0);
    forge_history(&(struct forge){.dir = dir, .log = &log, .more = leaf, .more_count = 1});
}

/* The first entry of a1 of that type; of receipts, one that a2 is shown. */
static uint64_t find_entry(enum tov_leaf_type type)
{
    for (uint64_t i = 0;; i++) {
        struct tov_leaf *leaf = forge_leaf(dir, i);
        bool is_it = leaf->type == type && (type != TOV_LEAF_RECEIPT || leaf->as.receipt.peer == 2);
        free(leaf);
        if (is_it)
            return i;
    }
}

static void an_erasure_names_messages_alone(void)
{
    static const enum tov_leaf_type types[] = {TOV_LEAF_GENESIS, TOV_LEAF_RECEIPT,
                                               TOV_LEAF_EPOCH_KEY, TOV_LEAF_ANCHOR,
                                               TOV_LEAF_JOURNAL_ROOT};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (int scope = TOV_ERASED_CONTENT; scope <= TOV_ERASED_ALL; scope++) {
            copy_fresh();
            struct tov_leaf leaf = erasure_of((enum tov_erased_scope)scope, find_entry(types[i]));
            sign_more(&leaf);
            struct verdict verdict = verdict_of_one(world, dir);
            VERDICT_IS(&verdict, 5, "erased-ref", "it is there");
            verdict_fini(&verdict);
        }
    }
}

/* ---- gone, and held by a2 ---- */

static bool blank_entry(void *context, uint64_t index, struct tov_bytes old, struct tov_buf *out)
{
    (void)old, (void)out;
    return index == *(const uint64_t *)context;
}

static bool drop_records(void *context, struct tov_export_record *record)
{
    return record->index != *(const uint64_t *)context;
}

/* MORE says why it is gone. */
static void blank(uint64_t index, const struct tov_leaf *more)
{
    struct forge_log log = forge_ledger(world, 0);
    char records[TOV_EXPORT_PATH_SIZE];
    tov_export_bundle_path("detached", index / TOV_EXPORT_BUNDLE_ENTRIES, records);
    forge_records(dir, records, drop_records, &index);
    forge_history(&(struct forge){.dir = dir,
                                  .log = &log,
                                  .context = &index,
                                  .entry = blank_entry,
                                  .more = more,
                                  .more_count = 1});
}

/* Whichever of the two is named first. */
static void check_beside_a2(int code, const char *names, const char *said)
{
    char roots[WORLD_PATH_SIZE], other[WORLD_PATH_SIZE];
    world_path(world, roots, "roots");
    world_path(world, other, "exports/a2");
    const char *const orders[][3] = {{dir, other, NULL}, {other, dir, NULL}};
    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        struct verdict verdict = verdict_of(world, roots, orders[i]);
        VERDICT_IS(&verdict, code, names, said);
        verdict_fini(&verdict);
    }
}

/* What is left of it in one export shows nothing of its kind. */
static void who_holds_what_was_said_to_be_erased_shows_that_it_is_no_message(void)
{
    static const struct {
        const char *said;
        enum tov_leaf_type type;
        const char *names;
    } rows[] = {
        {"a receipt", TOV_LEAF_RECEIPT, "erased-ref receipt-unchecked verdict-unreceipted"},
        {"an epoch key", TOV_LEAF_EPOCH_KEY, "erased-ref"},
        {"an anchor", TOV_LEAF_ANCHOR, "erased-ref"},
        {"a root of the journal", TOV_LEAF_JOURNAL_ROOT, "erased-ref"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        copy_fresh();
        uint64_t index = find_entry(rows[i].type);
        struct tov_leaf erasure = erasure_of(TOV_ERASED_ALL, index);
        blank(index, &erasure);
        check_beside_a2(5, rows[i].names, rows[i].said);
    }
    copy_fresh();
    struct tov_leaf erasure = erasure_of(TOV_ERASED_ALL, MESSAGE);
    blank(MESSAGE, &erasure);
    check_beside_a2(0, "", "a message");
}

/* A peer that was away during a restore may hold what nobody gave back. */
static void what_was_lost_and_is_held_accuses_nobody(void)
{
    copy_fresh();
    uint64_t index = find_entry(TOV_LEAF_ANCHOR);
    struct tov_leaf loss = loss_of(index);
    blank(index, &loss);
    check_beside_a2(4, "gone-held", "lost and held");
    copy_fresh();
    loss = loss_of(MESSAGE);
    blank(MESSAGE, &loss);
    check_beside_a2(0, "", "a message");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_erasure_names_messages_alone),
        UNIT_TEST(who_holds_what_was_said_to_be_erased_shows_that_it_is_no_message),
        UNIT_TEST(what_was_lost_and_is_held_accuses_nobody),
    };
    world = world_create("audit-evidence");
    int code = unit_run("audit_evidence", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
