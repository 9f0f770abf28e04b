/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node whose clock is wrong while it runs, beside two whose clocks are right, all under load: set
 * by hours, days, to years before and after, step by step, at any moment, while a connection is
 * made and while a commit is on its way. The node says so in a sentence and goes on by itself when
 * the clock is right again; nobody ends it, and nothing is lost (I2, I3, I4). Each jump is made
 * once at 100 percent of TOV_TEST_PERCENT.
 */
#include "federation/process.h"
#include "federation/storm.h"
#include "machine/clock.h"
#include "support/unit.h"

#include <stdint.h>
#include <stdio.h>
#include <time.h>

#define HOUR_MS (INT64_C(3600) * 1000)
#define DAY_MS (24 * HOUR_MS)
#define MINUTES_MS (10 * INT64_C(60000))
#define STEPS 8
#define STEP_MS 1000
#define SAYS_MS 60000
#define SERVES_MS 60000
#define GOES_ON_MS 60000
#define WHOLE_MS 240000

static struct storm storm;
static struct clock clock_of_kk;

/* ---- kk's clock ---- */

static void start_kk(void)
{
    const char *const environment[] = {"LD_PRELOAD=" FAULTSHIM ":" CLOCKSHIM,
                                       clock_of_kk.variable,
                                       "TOV_FAULT_ROLE=core",
                                       "TOV_FAULT_FILE=/data.mdb",
                                       "TOV_FAULT_SLOW=8",
                                       NULL};
    node_start_as(&storm.federation, KK, &(struct node_wish){.environment = environment});
}

/* The years are those of the clock of the machine that runs the test. */
static int64_t until_year(int64_t year)
{
    return (year - 1970) * 365 * DAY_MS - (int64_t)time(NULL) * 1000;
}

/* ---- what the node says ---- */

/* NULL: no sentence. */
static bool says(const char *state, const char *words)
{
    return node_says(&storm.federation, KK, &(struct node_saying){state, words}, SAYS_MS);
}

static bool says_what_is_the_matter(int64_t by_ms)
{
    return by_ms > 0 ? says("clock", "clock is ahead") : says("serving", "clock is behind");
}

static bool goes_on(void)
{
    return says("serving", NULL) && storm_sends(&storm, KK, GOES_ON_MS) &&
           storm_receives(&storm, KK, GOES_ON_MS) && storm_receives(&storm, KRFO, GOES_ON_MS);
}

/* ---- jumps ---- */

static bool jump(int64_t by_ms)
{
    atomic_store(clock_of_kk.moved_ms, by_ms);
    bool says_it = says_what_is_the_matter(by_ms);
    atomic_store(clock_of_kk.moved_ms, 0);
    if (!says_it)
        (void)printf("\nby %lld ms: it does not say so\n", (long long)by_ms);
    return says_it && goes_on();
}

/* Ahead by ten minutes more each second, then behind in the same way. */
static bool step_by_step(void)
{
    for (int64_t i = 1; i <= STEPS; i++) {
        long long until = process_now_ms() + STEP_MS;
        atomic_store(clock_of_kk.moved_ms, (i % 2 == 0 ? i : -i) * MINUTES_MS);
        while (process_now_ms() < until)
            process_pause();
    }
    atomic_store(clock_of_kk.moved_ms, 0);
    return goes_on();
}

/* Its gateway has to shake hands with both peers again, beside a wrong clock. */
static bool in_a_handshake(void)
{
    bool is_killed = node_kill_role(&storm.federation, KK, "gateway");
    atomic_store(clock_of_kk.moved_ms, DAY_MS);
    bool says_it = says_what_is_the_matter(DAY_MS);
    bool is_killed_again = node_kill_role(&storm.federation, KK, "gateway");
    atomic_store(clock_of_kk.moved_ms, 0);
    return is_killed && is_killed_again && says_it && goes_on();
}

/* Each sync takes 8 ms more: right behind an acknowledgement the next commit is under way. */
static bool in_commits(void)
{
    for (int i = 0; i < STEPS; i++) {
        if (!storm_sends(&storm, KK, GOES_ON_MS))
            return false;
        atomic_store(clock_of_kk.moved_ms, i % 2 == 0 ? HOUR_MS : -HOUR_MS);
        if (!storm_sends(&storm, KK, GOES_ON_MS))
            return false;
        atomic_store(clock_of_kk.moved_ms, 0);
    }
    return goes_on();
}

/* A start is judged by the last entry, which is a moment old. */
static bool at_the_start(void)
{
    atomic_store(clock_of_kk.moved_ms, -DAY_MS);
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    start_kk();
    bool says_it = says_what_is_the_matter(-DAY_MS);
    atomic_store(clock_of_kk.moved_ms, 0);
    return says_it && goes_on();
}

static bool jump_all(void)
{
    const int64_t jumps[] = {HOUR_MS,          -HOUR_MS,         DAY_MS,          -DAY_MS,
                             until_year(2020), until_year(2039), until_year(2100)};
    bool all_well = true;
    for (size_t i = 0; all_well && i < sizeof jumps / sizeof jumps[0]; i++)
        all_well = jump(jumps[i]);
    return all_well;
}

/* Core and guard stay the same processes for as long as nobody starts the node anew. */
static bool live_through_a_round(void)
{
    pid_t supervisor = storm.federation.nodes[KK].pid;
    pid_t core = process_role(supervisor, "core"), guard = process_role(supervisor, "guard");
    bool all_well = jump_all() && step_by_step() && in_a_handshake() && in_commits();
    UNIT_EQUAL_INT(process_role(supervisor, "core"), core);
    UNIT_EQUAL_INT(process_role(supervisor, "guard"), guard);
    return all_well && at_the_start();
}

static void a_wrong_clock_is_told_and_does_no_harm(void)
{
    federation_create(&storm.federation);
    clock_create(&clock_of_kk, &storm.federation);
    start_kk();
    node_start(&storm.federation, KBH_POL);
    node_start(&storm.federation, KRFO);
    storm_begin_clients(&storm);
    bool all_well = true;
    for (unsigned left = unit_rounds("TOV_ROUNDS", 1); all_well && left > 0; left--) {
        all_well = live_through_a_round();
        UNIT_EQUAL_INT(all_well, 1);
    }
    if (!all_well) {
        storm_abandon(&storm);
        return;
    }
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_wrong_clock_is_told_and_does_no_harm),
    };
    return unit_run("machine: clock", tests, sizeof tests / sizeof tests[0]);
}
