/* SPDX-License-Identifier: EUPL-1.2
 *
 * Three nodes in networks of their own, under load, and what is between them is bad in one way
 * after another: each round one place, or all, for some seconds. After each round it is healed, and
 * each node must have the new messages of both others. In the end nothing is lost, twice or in
 * another order, and nobody has taken another for a forker or suspended it (I3, I4). TOV_ROUNDS
 * says how many rounds (20), TOV_KILL_SEED where chance starts.
 */
#include "federation/files.h"
#include "federation/process.h"
#include "federation/storm.h"
#include "machine/clock.h"
#include "machine/hub.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 20u
#define LASTS_MS 3000
#define MONTH_MS (INT64_C(30) * 24 * 3600 * 1000)
#define FLAP_MS 1000
#define GOES_ON_MS 60000
#define WHOLE_MS 120000
#define MTU_USUAL 1500u
#define MTU_SMALL 600u
#define SLOW_BYTES 32000u /* a second: 256 kbit */

static struct storm storm;
static struct hub hub;
static struct clock clock_of_all;

static void last(long long ms)
{
    long long until = process_now_ms() + ms;
    while (process_now_ms() < until)
        process_pause();
}

static void set_silent(unsigned place, bool is_silent)
{
    atomic_store(&hub.ports[place].is_deaf, is_silent);
    atomic_store(&hub.ports[place].is_mute, is_silent);
}

/* ---- what is done, to PLACE or to all ---- */

static void be_silent(unsigned place, uint64_t *random)
{
    (void)random;
    set_silent(place, true);
    last(LASTS_MS);
}

static void hear_only(unsigned place, uint64_t *random)
{
    (void)random;
    atomic_store(&hub.ports[place].is_mute, true);
    last(LASTS_MS);
}

static void speak_only(unsigned place, uint64_t *random)
{
    (void)random;
    atomic_store(&hub.ports[place].is_deaf, true);
    last(LASTS_MS);
}

static void flap(unsigned place, uint64_t *random)
{
    (void)random;
    for (int i = 0; i < 4; i++) {
        set_silent(place, i % 2 == 0);
        last(FLAP_MS);
    }
}

static void lose_a_fifth(unsigned place, uint64_t *random)
{
    (void)random;
    atomic_store(&hub.ports[place].loss_percent, 20);
    last(LASTS_MS);
}

static void be_disorderly(unsigned place, uint64_t *random)
{
    (void)place;
    (void)random;
    for (unsigned i = 0; i < NODES; i++) {
        atomic_store(&hub.ports[i].delay_ms, 30);
        atomic_store(&hub.ports[i].twice_percent, 10);
        atomic_store(&hub.ports[i].loss_percent, 2);
    }
    last(LASTS_MS);
}

static void be_slow(unsigned place, uint64_t *random)
{
    (void)random;
    atomic_store(&hub.ports[place].bytes_per_second, SLOW_BYTES);
    last(LASTS_MS);
}

/* Connections that are there go on sending what no longer fits, and nobody tells them. */
static void be_narrow(unsigned place, uint64_t *random)
{
    (void)random;
    hub_set_mtu(&hub, place, MTU_SMALL);
    atomic_store(&hub.ports[place].frame_bytes, MTU_SMALL);
    last(LASTS_MS);
    hub_set_mtu(&hub, place, MTU_USUAL);
}

/* All go silent one after another, and come back in another order. */
static void swizzle(unsigned place, uint64_t *random)
{
    unsigned back = (unsigned)(unit_random(random) % NODES);
    for (unsigned i = 0; i < NODES; i++) {
        set_silent((place + i) % NODES, true);
        last((long long)(unit_random(random) % FLAP_MS));
    }
    for (unsigned i = 0; i < NODES; i++) {
        set_silent((back + 2 * i) % NODES, false);
        last((long long)(unit_random(random) % FLAP_MS));
    }
}

static const struct {
    const char *name;
    void (*run)(unsigned place, uint64_t *random);
} faults[] = {
    {"silent", be_silent}, {"hears only", hear_only}, {"speaks only", speak_only},
    {"flaps", flap},       {"loses", lose_a_fifth},   {"disorderly", be_disorderly},
    {"slow", be_slow},     {"narrow", be_narrow},     {"swizzle", swizzle},
};
#define FAULTS (sizeof faults / sizeof faults[0])

/* ---- the nodes ---- */

static void start_node(unsigned number)
{
    struct hub_words enter;
    hub_words(&hub, number, &enter);
    const char *const words[] = {enter.words[0],        enter.words[1], "/usr/bin/env",
                                 clock_of_all.variable, CLOCK_PRELOAD,  NULL};
    node_start_as(&storm.federation, (enum node_number)number,
                  &(struct node_wish){.environment = words});
}

static void begin(uint64_t seed)
{
    federation_create_at(
        &storm.federation,
        &(struct federation_place){.gateways = {hub_address(0), hub_address(1), hub_address(2)},
                                   .has_sockets = true});
    hub_create(&hub, seed);
    clock_create(&clock_of_all, &storm.federation);
    for (unsigned i = 0; i < NODES; i++)
        start_node(i);
    storm_begin_clients(&storm);
}

static bool nobody_is_suspected(void)
{
    bool nobody = true;
    for (unsigned i = 0; i < NODES; i++) {
        char log[FEDERATION_PATH_SIZE];
        federation_path(&storm.federation, log, "nodes/%s/tovd.log",
                        storm.federation.nodes[i].agency);
        nobody = nobody && !files_say(log, "event=suspected-fork") &&
                 !files_say(log, "event=store-is-old");
    }
    return nobody;
}

static bool live_through(unsigned rounds, uint64_t *random)
{
    bool all_well = true;
    for (unsigned i = 0; all_well && i < rounds; i++) {
        faults[i % FAULTS].run((unsigned)(unit_random(random) % NODES), random);
        hub_heal(&hub);
        all_well = storm_goes_on(&storm, GOES_ON_MS);
        if (!all_well)
            (void)printf("\nround %u: not all went on after \"%s\"\n", i, faults[i % FAULTS].name);
    }
    return all_well;
}

static void end(bool all_well)
{
    UNIT_EQUAL_INT(all_well, 1);
    UNIT_EQUAL_INT(nobody_is_suspected(), 1);
    if (!all_well) {
        storm_abandon(&storm);
        hub_destroy(&hub);
        return;
    }
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
    hub_destroy(&hub);
}

static void a_bad_network_delays_and_does_no_more(void)
{
    const char *seed = getenv("TOV_KILL_SEED");
    uint64_t random = seed == NULL ? 1 : strtoull(seed, NULL, 10);
    begin(random);
    end(storm_goes_on(&storm, GOES_ON_MS) &&
        live_through(unit_rounds("TOV_ROUNDS", ROUNDS), &random));
}

/* The epoch keys that kk has, and those that it knows of the others, are all past their time when
 * it is back. What was sealed with them is sealed anew, and is told later than newer messages. */
static void a_node_that_nobody_reached_for_a_month_is_caught_up_with(void)
{
    begin(1);
    storm.in_any_order = true;
    bool all_well = storm_goes_on(&storm, GOES_ON_MS);
    set_silent(KK, true);
    for (unsigned i = 0; i < NODES; i++)
        all_well = node_stop(&storm.federation, (enum node_number)i) && all_well;
    atomic_store(clock_of_all.moved_ms, MONTH_MS);
    for (unsigned i = 0; i < NODES; i++)
        start_node(i);
    all_well = all_well && storm_sends(&storm, KBH_POL, GOES_ON_MS) &&
               storm_receives(&storm, KRFO, GOES_ON_MS) && storm_sends(&storm, KK, GOES_ON_MS);
    UNIT_EQUAL_INT(all_well, 1);
    hub_heal(&hub);
    end(all_well && storm_goes_on(&storm, GOES_ON_MS));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_bad_network_delays_and_does_no_more),
        UNIT_TEST(a_node_that_nobody_reached_for_a_month_is_caught_up_with),
    };
    if (!hub_is_possible())
        return unit_skip("networks of the test's own: tap devices need root");
    return unit_run("machine: network", tests, sizeof tests / sizeof tests[0]);
}
