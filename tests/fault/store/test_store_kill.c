/* SPDX-License-Identifier: EUPL-1.2
 *
 * The writer is killed at random moments, and in half of the tests the power goes with it
 * (support/crash.h). TOV_KILLS says how often (300), of which TOV_TEST_PERCENT percent are done;
 * TOV_KILL_SEED where chance starts. The planted faults must be found each time, for what they
 * are: they show that the checker can see.
 */
#include "support/crash.h"
#include "support/unit.h"
#include "writer.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CYCLES_A_STORE 25u
#define KILL_WITHIN_US 60000u
#define OPENED_WITHIN_US 12000u /* about; not a promise of the store */
#define PLANTED_CYCLES 100u

enum power { POWER_STAYS, POWER_CUT };

struct trial {
    const char *program;
    enum power power;
    bool is_split;
    bool is_opening; /* a new store each time, killed while it is being made */
    bool loses_all;  /* each power cut loses all that was not synced */
    bool may_end;    /* the planted fault may end the writer before it is killed */
    uint64_t random;
    struct invariant_log acked;
    unsigned cycles;
    size_t acked_in_all;
    char finding[256];
};

static char store[300], data[320], journal[300];

static void new_folder(struct trial *trial)
{
    const char *folder = fault_folder_create();
    (void)snprintf(store, sizeof store, "%s/store", folder);
    (void)snprintf(data, sizeof data, "%s/store/data.mdb", folder);
    (void)snprintf(journal, sizeof journal, "%s/journal", folder);
    trial->acked_in_all += trial->acked.count;
    trial->acked.count = 0;
}

/* One life and death of the writer; false when the store is not whole after it. */
static bool run_cycle(struct trial *trial)
{
    struct writer_start start = {
        .program = trial->program,
        .path = store,
        .seed = unit_random(&trial->random),
        .is_split = trial->is_split,
        /* The others may die while they open. */
        .kill_after_ack = trial->cycles % 2 == 0 && !trial->is_opening,
        .journal = trial->power == POWER_CUT ? journal : NULL,
    };
    unsigned within_us = trial->is_opening ? OPENED_WITHIN_US : KILL_WITHIN_US;
    unsigned after_us = 1 + (unsigned)(unit_random(&trial->random) % within_us);
    enum writer_exit end = writer_run(&start, after_us, &trial->acked);
    if (!trial->may_end)
        UNIT_EQUAL_INT(end, WRITER_KILLED);
    trial->cycles++;
    /* Every third power cut loses all that was not synced, the rest what chance says. */
    bool loses_all = trial->loses_all || trial->cycles % 3 == 0;
    uint64_t chance = loses_all ? 0 : unit_random(&trial->random) | 1;
    if (trial->power == POWER_CUT && access(data, F_OK) == 0)
        UNIT_NEED(crash_apply(journal, data, chance) >= 0);
    (void)unlink(journal); /* of a file that had not got its name yet: it is made anew */
    return store_is_whole(store, &trial->acked, trial->finding);
}

/* True when CYCLES deaths left nothing to find. */
static bool run_cycles(struct trial *trial, unsigned cycles)
{
    bool is_whole = true;
    unsigned cycles_a_store = trial->is_opening ? 1 : CYCLES_A_STORE;
    trial->random = fault_number("TOV_KILL_SEED", 1);
    while (is_whole && trial->cycles < cycles) {
        if (trial->cycles % cycles_a_store == 0)
            new_folder(trial);
        is_whole = run_cycle(trial);
        if (trial->cycles % cycles_a_store == 0 || !is_whole)
            fault_folder_remove();
    }
    trial->acked_in_all += trial->acked.count;
    if (is_whole)
        fault_folder_remove(); /* of the last store, when it is still there */
    (void)printf("%u deaths, %zu rows acknowledged%s%s ...", trial->cycles, trial->acked_in_all,
                 is_whole ? "" : ", found: ", is_whole ? "" : trial->finding);
    invariant_log_fini(&trial->acked);
    return is_whole;
}

static void nothing_acknowledged_is_lost_when_the_writer_is_killed(void)
{
    struct trial trial = {.program = "store_writer", .power = POWER_STAYS};
    UNIT_EQUAL_INT(run_cycles(&trial, unit_rounds("TOV_KILLS", 300)), 1);
    UNIT_EQUAL_INT(trial.acked_in_all > 0, 1);
}

static void nothing_acknowledged_is_lost_when_the_power_is_cut(void)
{
    struct trial trial = {.program = "store_writer", .power = POWER_CUT};
    UNIT_EQUAL_INT(run_cycles(&trial, unit_rounds("TOV_KILLS", 300)), 1);
    UNIT_EQUAL_INT(trial.acked_in_all > 0, 1);
}

static void a_store_whose_making_is_cut_short_is_made_at_the_next_start(void)
{
    struct trial trial = {.program = "store_writer", .power = POWER_CUT, .is_opening = true};
    UNIT_EQUAL_INT(run_cycles(&trial, unit_rounds("TOV_KILLS", 300)), 1);
}

/* A planted fault must be found by the one break, or one of the two, that it has coming: another
 * finding would say that something else is wrong as well. */
static void find_out(struct trial *trial, const char *as, const char *or_as)
{
    UNIT_EQUAL_INT(run_cycles(trial, PLANTED_CYCLES), 0);
    CU_ASSERT(strstr(trial->finding, as) != NULL || strstr(trial->finding, or_as) != NULL);
}

static void a_store_that_does_not_sync_is_found_out(void)
{
    struct trial trial = {.program = "store_writer_nosync", .power = POWER_CUT, .loses_all = true};
    find_out(&trial, ": lost", ": lost");
}

static void a_store_that_does_not_sync_its_last_page_is_found_out(void)
{
    struct trial trial = {
        .program = "store_writer_nometasync", .power = POWER_CUT, .loses_all = true};
    find_out(&trial, ": lost", ": lost");
}

static void an_acknowledgement_before_the_commit_is_found_out(void)
{
    /* Where the writer went on from a row that was never there, the next ones have a gap before. */
    struct trial trial = {
        .program = "store_writer_early_ack", .power = POWER_STAYS, .may_end = true};
    find_out(&trial, ": lost", ": the sequence has a gap");
}

static void a_batch_in_two_commits_is_found_out(void)
{
    struct trial trial = {.program = "store_writer", .power = POWER_STAYS, .is_split = true};
    find_out(&trial, "the last batch is torn", "a batch is torn");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(nothing_acknowledged_is_lost_when_the_writer_is_killed),
        UNIT_TEST(nothing_acknowledged_is_lost_when_the_power_is_cut),
        UNIT_TEST(a_store_whose_making_is_cut_short_is_made_at_the_next_start),
        UNIT_TEST(a_store_that_does_not_sync_is_found_out),
        UNIT_TEST(a_store_that_does_not_sync_its_last_page_is_found_out),
        UNIT_TEST(an_acknowledgement_before_the_commit_is_found_out),
        UNIT_TEST(a_batch_in_two_commits_is_found_out),
    };
    return unit_run("store: killed", tests, sizeof tests / sizeof tests[0]);
}
