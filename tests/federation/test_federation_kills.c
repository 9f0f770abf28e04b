/* SPDX-License-Identifier: EUPL-1.2
 *
 * I3 and I4 over real deaths: three nodes under load, and signal 9 to each role process and to
 * whole nodes, again and again. TOV_KILLS says how often each is killed (20), of which
 * TOV_TEST_PERCENT percent are done; TOV_KILL_SEED where chance starts.
 * A kill alone proves nothing about syncs: the power cuts are in tests/fault/store.
 */
#include "federation/process.h"
#include "federation/storm.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KILLS 20u
#define WITHIN_PAUSES 40u /* a kill comes so many looks after a message at most */
#define RECOVERS_MS 90000
#define WHOLE_MS 120000

static unsigned number_of(const char *name, unsigned fallback)
{
    const char *text = getenv(name);
    return text == NULL ? fallback : (unsigned)strtoul(text, NULL, 10);
}

static unsigned kills_of_each(void)
{
    unsigned kills = number_of("TOV_KILLS", KILLS) * number_of("TOV_TEST_PERCENT", 100) / 100;
    return kills == 0 ? 1 : kills;
}

/* At a moment of chance, while messages come and go. */
static bool wait_for_the_moment(const struct storm *storm, enum node_number number,
                                uint64_t *random)
{
    if (!storm_goes_on(storm, number, RECOVERS_MS))
        return false;
    for (uint64_t pauses = unit_random(random) % WITHIN_PAUSES; pauses > 0; pauses--)
        process_pause();
    return true;
}

static bool strike(struct storm *storm, enum node_number number, const char *victim)
{
    if (strcmp(victim, "node") != 0)
        return node_kill_role(&storm->federation, number, victim);
    node_kill(&storm->federation, number);
    node_start(&storm->federation, number);
    return true;
}

/* One death of each kind at one node. The whole node comes last and forgets the supervisor's
 * growing patience with the others. */
static bool strike_all(struct storm *storm, enum node_number number, uint64_t *random)
{
    static const char *const victims[] = {"gateway", "front", "guard", "core", "node"};
    for (size_t i = 0; i < sizeof victims / sizeof victims[0]; i++) {
        if (wait_for_the_moment(storm, number, random) && strike(storm, number, victims[i]) &&
            storm_goes_on(storm, number, RECOVERS_MS))
            continue;
        (void)printf("\n%s did not go on around the death of its %s\n",
                     storm->federation.nodes[number].agency, victims[i]);
        return false;
    }
    return true;
}

static void nothing_acknowledged_is_lost_or_doubled_when_roles_and_nodes_are_killed(void)
{
    static struct storm storm;
    uint64_t random = number_of("TOV_KILL_SEED", 1);
    unsigned kills = kills_of_each(), done = 0;
    storm_begin(&storm);
    while (done < kills && strike_all(&storm, (enum node_number)(done % NODES), &random))
        done++;
    UNIT_EQUAL_INT(done, kills);
    UNIT_EQUAL_INT(storm_calm(&storm), 1);
    UNIT_EQUAL_INT(storm_is_whole(&storm, WHOLE_MS), 1);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_EQUAL_INT(node_export_verifies(&storm.federation, (enum node_number)i), 1);
    (void)printf("%u deaths of each kind, %zu messages acknowledged ...", done,
                 storm_acknowledged(&storm));
    storm_end(&storm);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(nothing_acknowledged_is_lost_or_doubled_when_roles_and_nodes_are_killed),
    };
    return unit_run("federation: killed", tests, sizeof tests / sizeof tests[0]);
}
