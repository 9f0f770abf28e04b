/* SPDX-License-Identifier: EUPL-1.2
 *
 * Three nodes under load, and at kk's node the N-th call of one kind fails once in one role process
 * (support/faultshim.c), for every tenth N (TOV_FAULT_EVERY; TOV_TEST_PERCENT=1000: each). Whatever
 * fails: the node ends by itself with the code that names a broken disk, or it goes on by itself,
 * starting a role again where it must. It never hangs, and at the end everything that anyone was
 * told is stored stands there, once, in order and unchanged (I2, I3). And the process dies there,
 * as by signal 9, at each of many calls one behind the other: while the core writes and syncs a
 * commit, while the guard saves what it signs, and between what the core then says to guard,
 * clients and gateway. The load is not the same in two runs, so N says how far a process has come,
 * not exactly where.
 */
#include "exit_codes.h"
#include "federation/federation.h"
#include "federation/files.h"
#include "federation/process.h"
#include "federation/storm.h"
#include "support/unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EVERY 10u
#define MEETS_MS 20000 /* a fault, once the node runs */
#define ENDS_MS 10000
#define SERVES_MS 60000
#define WHOLE_MS 120000

static struct storm storm;

/* What may follow. */
#define ENDS 1u    /* tovd ends with code 14 */
#define GOES_ON 2u /* its supervisor never ends */

struct fault {
    const char *role;
    const char *call;
    int code;
    unsigned from, to; /* the N */
    unsigned allowed;
};

static const struct fault faults[] = {
    {"core", "write", EIO, 1, 91, ENDS | GOES_ON},
    /* Without room for LMDB's meta page nobody can say what is there (store/store.h, S4). */
    {"core", "write", ENOSPC, 1, 91, ENDS | GOES_ON},
    {"core", "write", EINTR, 1, 21, GOES_ON},
    {"core", "fdatasync", EIO, 1, 41, ENDS | GOES_ON},
    {"core", "fdatasync", ENOSPC, 1, 41, GOES_ON},
    {"core", "open", EIO, 1, 8, ENDS | GOES_ON},
    /* Behind the folders of data: no disk refuses to open one for want of room. */
    {"core", "open", ENOSPC, 4, 11, GOES_ON},
    {"guard", "write", EIO, 1, 31, ENDS},
    {"guard", "write", ENOSPC, 1, 31, GOES_ON},
    {"guard", "write", EINTR, 1, 11, GOES_ON},
    {"guard", "fdatasync", EIO, 1, 31, ENDS},
    {"guard", "fdatasync", ENOSPC, 1, 31, ENDS}, /* nobody can say what is on the disk then */
#ifndef TOV_SANITIZED                            /* a sanitizer keeps its own malloc */
    {"core", "malloc", ENOMEM, 1, 600, GOES_ON},
    {"guard", "malloc", ENOMEM, 1, 100, GOES_ON},
    {"gateway", "malloc", ENOMEM, 1, 200, GOES_ON},
    {"front", "malloc", ENOMEM, 1, 200, GOES_ON},
#endif
};

/* Each step of commit, signature and release, from the start of the process on. */
static const struct fault deaths[] = {
    {"core", "write", 0, 1, 12, GOES_ON},     {"core", "fdatasync", 0, 1, 6, GOES_ON},
    {"core", "send", 0, 1, 30, GOES_ON},      {"guard", "write", 0, 1, 6, GOES_ON},
    {"guard", "fdatasync", 0, 1, 4, GOES_ON},
};
#define DEATHS_EVERY 1u

/* ---- one fault ---- */

struct words {
    char shim[FEDERATION_PATH_SIZE], file[FEDERATION_PATH_SIZE], once[FEDERATION_PATH_SIZE];
    char role[64], fault[64];
    const char *all[7];
};

static void make_words(const struct fault *fault, unsigned at, struct words *words)
{
    char once[FEDERATION_PATH_SIZE];
    federation_path(&storm.federation, once, "once");
    (void)unlink(once);
    (void)snprintf(words->shim, sizeof words->shim, "LD_PRELOAD=%s", FAULTSHIM);
    (void)snprintf(words->file, sizeof words->file, "TOV_FAULT_FILE=/nodes/kk/%s",
                   strcmp(fault->role, "guard") == 0 ? "guard" : "data");
    (void)snprintf(words->once, sizeof words->once, "TOV_FAULT_ONCE=%.400s", once);
    (void)snprintf(words->role, sizeof words->role, "TOV_FAULT_ROLE=%s", fault->role);
    (void)snprintf(words->fault, sizeof words->fault, "TOV_FAULT=%s:%d:%u", fault->call,
                   fault->code, at);
    const char *all[] = {words->shim,  words->file,
                         words->once,  words->role,
                         words->fault, "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=1",
                         NULL};
    memcpy(words->all, all, sizeof all);
}

static bool has_met_it(void)
{
    char once[FEDERATION_PATH_SIZE];
    federation_path(&storm.federation, once, "once");
    char *text = files_read(once);
    bool has = text != NULL && *text != '\0';
    free(text);
    return has;
}

static bool meets_it(int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    while (!has_met_it()) {
        if (process_now_ms() > until)
            return false;
        process_pause();
    }
    return true;
}

/* The bit of what followed; 0: something else did. A client that is answered shows that the node
 * goes on, but for a moment also one that is about to end. */
static unsigned judge(struct node *node, bool may_go_on)
{
    long long until = process_now_ms() + ENDS_MS;
    while (process_runs(node->pid) && process_now_ms() < until)
        if (storm_sends(&storm, KK, 100) && may_go_on)
            return GOES_ON;
    int code = process_wait(node->pid, 0);
    if (code < 0)
        return node_serves(&storm.federation, KK, SERVES_MS) ? GOES_ON : 0;
    node->pid = 0;
    return code == TOV_EXIT_IO ? ENDS : 0;
}

static const char *name_of(const struct fault *fault)
{
    return fault->code == 0 ? "it dies" : strerror(fault->code);
}

static bool fail_call(const struct fault *fault, unsigned at)
{
    struct words words;
    struct node *node = &storm.federation.nodes[KK];
    make_words(fault, at, &words);
    node_start_as(&storm.federation, KK, &(struct node_wish){.environment = words.all});
    bool met = meets_it(MEETS_MS);
    unsigned followed = met ? judge(node, (fault->allowed & GOES_ON) != 0) : 0;
    bool is_right = (followed & fault->allowed) != 0;
    if (!is_right)
        (void)printf("\n    %s: %s %u: %s: %s\n", fault->role, fault->call, at, name_of(fault),
                     !met ? "was not met" : "may not end so");
    if (node->pid != 0 && !node_stop(&storm.federation, KK)) {
        (void)printf("\n    %s: %s %u: did not end when it was asked\n", fault->role, fault->call,
                     at);
        is_right = false;
    }
    return is_right;
}

/* Memory is asked for very often: there the steps grow. */
static unsigned next(const struct fault *fault, unsigned at, unsigned every)
{
    bool grows = strcmp(fault->call, "malloc") == 0;
    return grows ? at + 1 + at * (every - 1) / EVERY : at + every;
}

static void fail_each(const struct fault *fault, unsigned every)
{
    unsigned runs = 0, right = 0;
    for (unsigned at = fault->from; at <= fault->to; at = next(fault, at, every), runs++)
        right += fail_call(fault, at);
    UNIT_EQUAL_INT(right, runs);
    (void)printf("\n    %s: %s: %s: %u times", fault->role, fault->call, name_of(fault), runs);
}

/* Under load, each of COUNT rows at every EVERY-th call; then nothing is missing. */
static void meet_all(const struct fault *rows, size_t count, unsigned every)
{
    federation_create(&storm.federation);
    storm_begin(&storm);
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    for (size_t i = 0; i < count && storm_lives(&storm); i++)
        fail_each(&rows[i], every);
    node_start(&storm.federation, KK);
    UNIT_EQUAL_INT(node_serves(&storm.federation, KK, SERVES_MS), 1);
    (void)printf("\n    ");
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
}

static void a_call_that_fails_costs_nothing_that_was_acknowledged(void)
{
    meet_all(faults, sizeof faults / sizeof faults[0], unit_every("TOV_FAULT_EVERY", EVERY));
}

static void a_death_at_each_step_costs_nothing_that_was_acknowledged(void)
{
    meet_all(deaths, sizeof deaths / sizeof deaths[0], unit_every("TOV_DEATH_EVERY", DEATHS_EVERY));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_call_that_fails_costs_nothing_that_was_acknowledged),
        UNIT_TEST(a_death_at_each_step_costs_nothing_that_was_acknowledged),
    };
    return unit_run("federation: the N-th call fails", tests, sizeof tests / sizeof tests[0]);
}
