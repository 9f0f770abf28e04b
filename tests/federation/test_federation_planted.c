/* SPDX-License-Identifier: EUPL-1.2
 *
 * Negative controls of the federation's fault tests: kk's node is built with a bug, is treated as
 * they treat it, and the same question must find the bug, by the name that it has coming.
 */
#include "federation/federation.h"
#include "federation/process.h"
#include "federation/storm.h"
#include "support/unit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TIMES 8u
#define ENDS_MS 20000
#define SENDS_MS 60000

static struct storm storm;

static void begin_with(const char *program)
{
    federation_create(&storm.federation);
    storm_begin(&storm);
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    node_start_as(&storm.federation, KK, &(struct node_wish){.program = program});
    UNIT_EQUAL_INT(storm_sends(&storm, KK, SENDS_MS), 1);
}

/* Only kk's messages are asked for: the bug may do more harm than the one that it is here for. */
static void end_with(enum node_number holder, enum invariant_verdict expected)
{
    UNIT_EQUAL_INT(storm_calm(&storm), 1);
    UNIT_EQUAL_TEXT(invariant_verdict_name(storm_verdict(&storm, KK, holder)),
                    invariant_verdict_name(expected));
    storm_end(&storm);
}

/* A sync that fails takes what was answered with it. */
static void let_a_sync_fail(unsigned at)
{
    char once[FEDERATION_PATH_SIZE], once_word[FEDERATION_PATH_SIZE + 20], fault[64];
    federation_path(&storm.federation, once, "once");
    (void)unlink(once);
    (void)snprintf(once_word, sizeof once_word, "TOV_FAULT_ONCE=%s", once);
    (void)snprintf(fault, sizeof fault, "TOV_FAULT=fdatasync:%d:%u", EIO, at);
    const char *const words[] = {"LD_PRELOAD=" FAULTSHIM,
                                 "TOV_FAULT_ROLE=core",
                                 "TOV_FAULT_FILE=/data.mdb",
                                 "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=1",
                                 once_word,
                                 fault,
                                 NULL};
    if (storm.federation.nodes[KK].pid != 0)
        UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    node_start_as(&storm.federation, KK,
                  &(struct node_wish){.program = EARLY_ANSWER, .environment = words});
    UNIT_EQUAL_INT(process_wait(storm.federation.nodes[KK].pid, ENDS_MS) >= 0, 1);
    storm.federation.nodes[KK].pid = 0;
}

static void an_answer_before_the_commit_is_found_as_a_loss(void)
{
    begin_with(EARLY_ANSWER);
    for (unsigned i = 0; i < TIMES; i++)
        let_a_sync_fail(40 + i);
    node_start(&storm.federation, KK);
    UNIT_EQUAL_INT(storm_sends(&storm, KK, SENDS_MS), 1);
    end_with(KK, INVARIANT_LOST);
}

static void a_repeated_message_that_is_not_known_again_is_found_twice(void)
{
    begin_with(FORGETS_KEYS);
    for (unsigned i = 0; i < TIMES; i++) {
        UNIT_EQUAL_INT(node_kill_role(&storm.federation, KK, "front"), 1);
        UNIT_EQUAL_INT(storm_sends(&storm, KK, SENDS_MS), 1);
    }
    end_with(KRFO, INVARIANT_TWICE);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_answer_before_the_commit_is_found_as_a_loss),
        UNIT_TEST(a_repeated_message_that_is_not_known_again_is_found_twice),
    };
    return unit_run("federation: planted bugs", tests, sizeof tests / sizeof tests[0]);
}
