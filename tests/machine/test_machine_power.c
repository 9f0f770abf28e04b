/* SPDX-License-Identifier: EUPL-1.2
 *
 * I2, I3 and I4 when the power goes under all nodes at once: three nodes in one kernel, on one real
 * file system, under load from outside, and the kernel is gone between two instructions. What it
 * had not written to its disk is lost with it. TOV_CUTS says how often (10), TOV_KILL_SEED where
 * chance starts.
 */
#include "federation/process.h"
#include "federation/storm.h"
#include "machine/nodes.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>

#define CUTS 10u
#define WITHIN_MS 1500u /* a cut comes so long after all nodes go on, at most */
#define DISK_MIB 512u
#define GOES_ON_MS 120000
#define WHOLE_MS 180000

static struct storm storm;
static struct machine machine;
static uint64_t signed_sizes[NODES]; /* the largest that each node has told */

static void power_on(const char *program)
{
    machine_boot(&machine);
    nodes_mount(&machine, "/dev/ubda");
    nodes_start(&storm.federation, &machine, program);
}

/* I4: no node tells a smaller signed tree than it told before a cut. */
static bool none_has_gone_back(void)
{
    bool none = true;
    for (unsigned i = 0; i < NODES; i++) {
        struct tov_status *status = NULL;
        struct tov_client *client =
            node_connect(&storm.federation, (enum node_number)i, "caseworker", GOES_ON_MS);
        if (client == NULL || tov_status_get(client, &status, NULL) != TOV_OK)
            return false;
        uint64_t size = tov_status_facts(status)->signed_size;
        none = none && size >= signed_sizes[i];
        signed_sizes[i] = size;
        tov_status_destroy(status);
        tov_client_close(client);
    }
    return none;
}

static void cut_soon(uint64_t *random)
{
    long long at_ms = process_now_ms() + (long long)(unit_random(random) % WITHIN_MS);
    while (process_now_ms() < at_ms)
        process_pause();
    machine_cut(&machine);
}

static void begin(const char *program)
{
    nodes_create(&storm.federation, &machine, DISK_MIB);
    power_on(program);
    storm_begin_clients(&storm);
}

static void nothing_acknowledged_is_lost_or_taken_back_when_the_power_goes(void)
{
    const char *seed = getenv("TOV_KILL_SEED");
    uint64_t random = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    unsigned cuts = unit_rounds("TOV_CUTS", CUTS);
    begin(NULL);
    for (unsigned left = cuts; left > 0; left--) {
        bool go_on = storm_goes_on(&storm, GOES_ON_MS) && none_has_gone_back();
        UNIT_EQUAL_INT(go_on, 1);
        cut_soon(&random);
        if (!go_on)
            break;
        if (left > 1)
            power_on(NULL);
    }
    nodes_take_over(&machine);
    for (unsigned i = 0; i < NODES; i++)
        node_start(&storm.federation, (enum node_number)i);
    UNIT_EQUAL_INT(storm_goes_on(&storm, GOES_ON_MS) && none_has_gone_back(), 1);
    (void)printf("%u cuts, ", cuts);
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(nodes_went_back(&storm.federation), 0);
    for (unsigned i = 0; i < NODES; i++)
        UNIT_EQUAL_INT(node_stop(&storm.federation, (enum node_number)i), 1);
    nodes_leave(&machine);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
}

/* The control: what the guard has synced is ahead of such a store, and that is seen. */
static void a_store_that_does_not_sync_is_found(void)
{
    begin(NO_SYNC);
    UNIT_EQUAL_INT(storm_goes_on(&storm, GOES_ON_MS), 1);
    machine_cut(&machine);
    power_on(NULL);
    long long until = process_now_ms() + GOES_ON_MS;
    while (!nodes_went_back(&storm.federation) && process_now_ms() < until)
        process_pause();
    UNIT_EQUAL_INT(nodes_went_back(&storm.federation), 1);
    machine_cut(&machine);
    storm_abandon(&storm);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_store_that_does_not_sync_is_found),
        UNIT_TEST(nothing_acknowledged_is_lost_or_taken_back_when_the_power_goes),
    };
    const char *lacks = machine_lacks();
    if (lacks != NULL)
        return unit_skip(lacks);
    return unit_run("machine: power", tests, sizeof tests / sizeof tests[0]);
}
