/* SPDX-License-Identifier: EUPL-1.2
 *
 * Checks that cannot go to their end, as whoever holds an export or fills the disk can bring about:
 * what was found before on the strength of bytes that nobody signed accuses nobody.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "support/unit.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#define MESSAGE 3u         /* the first message of a1, to a2 and a3 */
#define EPOCH_KEY 1u       /* of a2 */
#define PAGE_BYTES 49152u  /* of the temporary file: audit/scratch.c */
#define PAGES 16u          /* that a whole check of a1 does not take */
#define GENERATIONS 256u   /* of one agency that are looked at */
#define MIRRORS_MORE 4097u /* than there may be */

static struct world *world;
static char dir[WORLD_PATH_SIZE];

static bool write_later(struct tov_bytes old, struct tov_buf *out)
{
    struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL && tov_leaf_decode(old, leaf) == TOV_OK);
    leaf->time_ms += 3600000;
    UNIT_NEED(tov_leaf_encode(leaf, out) == TOV_OK);
    free(leaf);
    return true;
}

static bool write_message_later(void *context, uint64_t index, struct tov_bytes old,
                                struct tov_buf *out)
{
    (void)context;
    return index == MESSAGE && write_later(old, out);
}

static bool write_key_later(void *context, struct tov_export_record *record)
{
    struct tov_buf *bytes = context;
    if (record->kind == TOV_EXPORT_LEAF && record->index == EPOCH_KEY &&
        write_later(record->as.leaf, bytes))
        record->as.leaf = tov_buf_view(bytes);
    return true;
}

/* The next message then names another one before it: a contradiction, if it were signed. */
static void change_ledger_unsigned(void)
{
    struct forge_log log = forge_ledger(world, 0);
    damage_copy(world, "exports/a1", "copy", dir);
    struct tov_buf checkpoint = damage_read(dir, "checkpoint");
    struct tov_buf signatures = damage_read(dir, "signatures");
    forge_history(&(struct forge){.dir = dir, .log = &log, .entry = write_message_later});
    damage_write(dir, "checkpoint", tov_buf_view(&checkpoint));
    damage_write(dir, "signatures", tov_buf_view(&signatures));
    damage_reseal(dir);
    tov_buf_fini(&checkpoint);
    tov_buf_fini(&signatures);
}

/* Time goes back there. */
static void change_mirror_unsigned(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    damage_copy(world, "exports/a1", "copy", dir);
    forge_records(dir, "mirror/2/1/entries/000", write_key_later, &bytes);
    damage_reseal(dir);
}

static struct verdict verdict_with_room(rlim_t bytes)
{
    struct rlimit all, room;
    UNIT_NEED(getrlimit(RLIMIT_FSIZE, &all) == 0);
    room = (struct rlimit){bytes, all.rlim_max};
    UNIT_NEED(setrlimit(RLIMIT_FSIZE, &room) == 0);
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_NEED(setrlimit(RLIMIT_FSIZE, &all) == 0);
    return verdict;
}

/* From room for one table to room for all of them; NAME is what is then wrong. */
static void check_with_any_room(const char *name)
{
    size_t broken_off = 0;
    char said[64];
    for (unsigned pages = 1; pages <= PAGES; pages++) {
        struct verdict verdict = verdict_with_room((rlim_t)pages * PAGE_BYTES);
        bool is_unfinished = verdict_has(&verdict, "unfinished");
        bool is_found = verdict_has(&verdict, name);
        (void)snprintf(said, sizeof said, "%s, room for %u tables", name, pages);
        unit_equal_int(verdict.code == 5, false, said, __FILE__, __LINE__);
        unit_equal_int(is_unfinished || is_found, true, said, __FILE__, __LINE__);
        broken_off += is_unfinished && is_found ? 1 : 0;
        verdict_fini(&verdict);
    }
    CU_ASSERT(broken_off > 0 && broken_off < PAGES);
}

static void a_full_disk_accuses_nobody_wherever_the_check_breaks_off(void)
{
    (void)signal(SIGXFSZ, SIG_IGN); /* so that writing fails */
    change_ledger_unsigned();
    check_with_any_room("link-previous");
    change_mirror_unsigned();
    check_with_any_room("time-backwards");
    (void)signal(SIGXFSZ, SIG_DFL);
}

static void a_folder_in_the_place_of_a_file_ends_no_check(void)
{
    change_ledger_unsigned();
    damage_remove(dir, "mirror/2/1/skipped");
    damage_write(dir, "mirror/2/1/skipped/0", tov_bytes_of_text("x"));
    damage_reseal(dir);
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 3);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "file-unreadable", "mirror/2/1/skipped"));
    CU_ASSERT_FALSE(verdict_has(&verdict, "unfinished"));
    verdict_fini(&verdict);
}

static void more_mirrors_than_are_taken_end_no_check(void)
{
    char path[64];
    change_ledger_unsigned();
    for (unsigned i = 0; i < MIRRORS_MORE; i++) {
        (void)snprintf(path, sizeof path, "mirror/%u/%u/position", 4 + i / GENERATIONS,
                       1 + i % GENERATIONS);
        damage_write(dir, path, tov_bytes_of_text("x"));
        damage_remove(dir, path);
    }
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 3);
    CU_ASSERT(verdict_has(&verdict, "limit") && !verdict_has(&verdict, "unfinished"));
    verdict_fini(&verdict);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_full_disk_accuses_nobody_wherever_the_check_breaks_off),
        UNIT_TEST(a_folder_in_the_place_of_a_file_ends_no_check),
        UNIT_TEST(more_mirrors_than_are_taken_end_no_check),
    };
    world = world_create("audit-unfinished");
    int code = unit_run("audit_unfinished", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
