/* SPDX-License-Identifier: EUPL-1.2
 *
 * A guard's process that is stopped, and not ended: the node says so in its status, takes messages
 * and signs none; when the process goes on, everything does, and nobody needs to help.
 */
#include "federation/process.h"
#include "federation/storm.h"
#include "support/unit.h"

#include <signal.h>
#include <string.h>

#define SAYS_MS 120000
#define SERVES_MS 60000
#define WHOLE_MS 120000

/* Waits until `status` of kk has STATE. */
static bool comes_to(const struct federation *federation, const char *state)
{
    long long until = process_now_ms() + SAYS_MS;
    struct tov_client *client = node_connect(federation, KK, "caseworker", SERVES_MS);
    bool is_there = false;
    while (client != NULL && !is_there && process_now_ms() < until) {
        struct tov_status *status = NULL;
        if (tov_status_get(client, &status, NULL) == TOV_OK) {
            const struct tov_node_status *facts = tov_status_facts(status);
            is_there = strcmp(facts->state, state) == 0;
            tov_status_destroy(status);
        }
        process_pause();
    }
    tov_client_close(client);
    return is_there;
}

static void a_stopped_guard_stops_signing_and_nothing_else(void)
{
    static struct storm storm;
    static const struct node_note note = {UINT64_C(1) << 40, "kbh-pol/dks"};
    struct federation *federation = &storm.federation;
    federation_create(federation);
    storm_begin(&storm);
    pid_t guard = process_role(federation->nodes[KK].pid, "guard");
    pid_t core = process_role(federation->nodes[KK].pid, "core");
    UNIT_NEED(guard != 0 && kill(guard, SIGSTOP) == 0);
    CU_ASSERT(comes_to(federation, "guard"));
    CU_ASSERT(node_sends(federation, KK, &note,
                         SERVES_MS)); /* the load waits until it has seen its messages again */
    UNIT_NEED(kill(guard, SIGCONT) == 0);
    CU_ASSERT(comes_to(federation, "serving"));
    UNIT_EQUAL_INT(process_role(federation->nodes[KK].pid, "guard"), guard);
    UNIT_EQUAL_INT(process_role(federation->nodes[KK].pid, "core"), core);
    CU_ASSERT(storm_calm(&storm));
    CU_ASSERT(storm_is_whole(&storm, WHOLE_MS));
    CU_ASSERT(storm_end(&storm));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_stopped_guard_stops_signing_and_nothing_else)};
    return unit_run("federation, a stopped guard", tests, sizeof tests / sizeof tests[0]);
}
