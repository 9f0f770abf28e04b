/* SPDX-License-Identifier: EUPL-1.2
 *
 * I3 and I4 over real deaths: three nodes under load, and signal 9 to each role process and to
 * whole nodes, again and again, at all three beside each other. TOV_KILLS says how often each kind
 * is killed (20, made up to the same number at each node), of which TOV_TEST_PERCENT percent are
 * done; TOV_KILL_SEED where chance starts.
 * A kill alone proves nothing about syncs: the power cuts are in tests/fault/store.
 */
#include "federation/process.h"
#include "federation/storm.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KILLS 20u
#define WITHIN_MS 400u /* a kill comes so long after a message at most */
#define RECOVERS_MS 90000
#define WHOLE_MS 120000

/* Of each kind at each node, so that there are at least the kills asked for. */
static unsigned rounds(void)
{
    return (unit_rounds("TOV_KILLS", KILLS) + NODES - 1) / NODES;
}

/* ---- one striker at each node, beside each other: the deaths overlap as they like ---- */

static const char *const victims[] = {"gateway", "front", "guard", "core", "node"};
#define VICTIMS (sizeof victims / sizeof victims[0])

enum phase {
    BEFORE,   /* waits for a message to be acknowledged */
    AT_CHANCE /* waits for a moment of chance, then strikes */
};

/* The victims of one node in turn. The whole node comes last and forgets the supervisor's growing
 * patience with the others. The wait for a message before each death is also the proof that the
 * node goes on after the one before it. */
struct striker {
    enum node_number number;
    unsigned left; /* deaths */
    size_t next;   /* victim */
    enum phase phase;
    long long acks;     /* bytes, when the wait began */
    long long until_ms; /* of the wait */
};

static void wait_for_a_message(const struct storm *storm, struct striker *striker)
{
    striker->phase = BEFORE;
    striker->acks = storm_acks_size(storm, striker->number);
    striker->until_ms = process_now_ms() + RECOVERS_MS;
}

static bool strike(struct storm *storm, enum node_number number, const char *victim)
{
    if (strcmp(victim, "node") != 0)
        return node_kill_role(&storm->federation, number, victim);
    node_kill(&storm->federation, number);
    node_start(&storm->federation, number);
    return true;
}

static bool is_done(const struct striker *striker)
{
    return striker->left == 0 && striker->phase == AT_CHANCE;
}

/* False when the node did not go on. */
static bool step(struct storm *storm, struct striker *striker, uint64_t *random)
{
    long long now_ms = process_now_ms();
    if (striker->phase == BEFORE && storm_acks_size(storm, striker->number) > striker->acks) {
        striker->phase = AT_CHANCE;
        striker->until_ms = now_ms + (long long)(unit_random(random) % WITHIN_MS);
    } else if (striker->phase == BEFORE) {
        return now_ms <= striker->until_ms && process_runs(storm->senders[striker->number]);
    } else if (striker->left > 0 && now_ms >= striker->until_ms) {
        if (!strike(storm, striker->number, victims[striker->next]))
            return false;
        striker->next = (striker->next + 1) % VICTIMS;
        striker->left--;
        wait_for_a_message(storm, striker);
    }
    return true;
}

/* ROUNDS deaths of each kind at each node. */
static bool strike_all(struct storm *storm, unsigned rounds, uint64_t *random)
{
    struct striker strikers[NODES];
    unsigned done = 0;
    for (unsigned i = 0; i < NODES; i++) {
        strikers[i] =
            (struct striker){.number = (enum node_number)i, .left = rounds * (unsigned)VICTIMS};
        wait_for_a_message(storm, &strikers[i]);
    }
    while (done < NODES) {
        done = 0;
        for (unsigned i = 0; i < NODES; i++) {
            if (!step(storm, &strikers[i], random)) {
                (void)printf("\n%s did not go on before the death of its %s, %u were left\n",
                             storm->federation.nodes[i].agency, victims[strikers[i].next],
                             strikers[i].left);
                return false;
            }
            done += is_done(&strikers[i]);
        }
        process_pause();
    }
    return true;
}

static void nothing_acknowledged_is_lost_or_doubled_when_roles_and_nodes_are_killed(void)
{
    static struct storm storm;
    const char *seed = getenv("TOV_KILL_SEED");
    uint64_t random = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    federation_create(&storm.federation);
    storm_begin(&storm);
    UNIT_EQUAL_INT(strike_all(&storm, rounds(), &random), 1);
    (void)printf("%u deaths of each kind, ", rounds() * NODES);
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(nothing_acknowledged_is_lost_or_doubled_when_roles_and_nodes_are_killed),
    };
    return unit_run("federation: killed", tests, sizeof tests / sizeof tests[0]);
}
