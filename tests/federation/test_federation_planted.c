/* SPDX-License-Identifier: EUPL-1.2
 *
 * Negative controls of the federation's fault tests: kk's node is built with a bug, is treated as
 * they treat it, and the same question must find the bug, by the name that it has coming.
 */
#include "federation/federation.h"
#include "federation/storm.h"
#include "support/unit.h"

#define DEATHS 4u
#define FRONT_DEATHS 8u /* not each meets a message on its way */
#define SENDS_MS 60000

static struct storm storm;

static void begin_with(const struct node_wish *wish)
{
    federation_create(&storm.federation);
    storm_begin(&storm);
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    node_start_as(&storm.federation, KK, wish);
}

/* Only kk's messages at krfo are asked for: the bug may do more harm than what it is here for, and
 * kk's own receiver may have met it. */
static void end_with(enum invariant_verdict expected)
{
    UNIT_EQUAL_INT(storm_calm(&storm), 1);
    UNIT_EQUAL_TEXT(invariant_verdict_name(storm_verdict(&storm, KK, KRFO)),
                    invariant_verdict_name(expected));
    (void)storm_end(&storm);
}

/* On a slow disk, so that a core surely dies between its answer and the commit. */
static void an_answer_before_the_commit_is_found_as_a_loss(void)
{
    static const char *const slow_disk[] = {"LD_PRELOAD=" FAULTSHIM,
                                            "TOV_FAULT_ROLE=core",
                                            "TOV_FAULT_FILE=/data.mdb",
                                            "TOV_FAULT_SLOW=1000",
                                            "ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=1",
                                            NULL};
    begin_with(&(struct node_wish){.program = EARLY_ANSWER, .environment = slow_disk});
    for (unsigned i = 0; i < DEATHS; i++) {
        UNIT_EQUAL_INT(storm_sends(&storm, KK, SENDS_MS), 1);
        UNIT_EQUAL_INT(node_kill_role(&storm.federation, KK, "core"), 1);
    }
    UNIT_EQUAL_INT(node_stop(&storm.federation, KK), 1);
    node_start(&storm.federation, KK);
    UNIT_EQUAL_INT(storm_sends(&storm, KK, SENDS_MS), 1);
    end_with(INVARIANT_LOST);
}

static void a_repeated_message_that_is_not_known_again_is_found_twice(void)
{
    begin_with(&(struct node_wish){.program = FORGETS_KEYS});
    for (unsigned i = 0; i < FRONT_DEATHS; i++) {
        UNIT_EQUAL_INT(storm_sends(&storm, KK, SENDS_MS), 1);
        UNIT_EQUAL_INT(node_kill_role(&storm.federation, KK, "front"), 1);
    }
    end_with(INVARIANT_TWICE);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_answer_before_the_commit_is_found_as_a_loss),
        UNIT_TEST(a_repeated_message_that_is_not_known_again_is_found_twice),
    };
    return unit_run("federation: planted bugs", tests, sizeof tests / sizeof tests[0]);
}
