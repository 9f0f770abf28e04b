/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two nodes in a kernel of their own, each in a network namespace, and a third outside with a right
 * clock; all under load. The kernel's own netem makes their cables bad in every way at once, one
 * cable is pulled, and the kernel's own clock is set a month ahead and to a day before the
 * federation was founded. While it is wrong both nodes say so in a sentence; in the end nothing is
 * lost, twice or in another order, nobody is suspected, and no process of a node has ended (I2, I3,
 * I4). Not for: each fault by itself, or when it comes (test_machine_network, test_machine_clock).
 */
#include "federation/files.h"
#include "federation/process.h"
#include "federation/storm.h"
#include "machine/nodes.h"
#include "support/command.h"
#include "support/unit.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define INSIDE 2u /* kk and kbh-pol */
#define OUTSIDE KRFO
#define DISK_MIB 512u
#define ORDER_MS 60000
#define SAYS_MS 120000
#define GOES_ON_MS 120000
#define WHOLE_MS 180000
#define DAY (INT64_C(24) * 3600)
#define MONTH (30 * DAY)
#define YEARS (6 * 365 * DAY)

/* Where a node's peers reach it, and where its clients do. */
static const char *const gateways[NODES] = {"198.18.0.11", "198.18.0.12", "198.18.0.1"};
static const char *const fronts[NODES] = {"198.18.1.11", "198.18.1.12", "198.18.1.1"};

static struct storm storm;
static struct machine machine;

static const char *agency_of(unsigned number)
{
    return storm.federation.nodes[number].agency;
}

/* ---- the kernel's network ---- */

/* A card in the node's namespace; its cable's other end is plugged into the bridge. */
struct cable {
    const char *card, *end, *address;
};

static void lay_cable(const char *place, const struct cable *cable)
{
    UNIT_NEED(machine_order(&machine, ORDER_MS,
                            "ip link add %s type veth peer name %s netns %s && "
                            "ip link set %s master middle up",
                            cable->end, cable->card, place, cable->end) == 0);
    UNIT_NEED(machine_order(&machine, ORDER_MS,
                            "ip -n %s addr add %s/24 dev %s && ip -n %s link set %s up", place,
                            cable->address, cable->card, place, cable->card) == 0);
}

/* Each has one toward its peers, whose end has the name of the agency, and one toward its clients,
 * which stays good: neither answers for the other's address. The way out of the kernel is in the
 * bridge as well. */
static void lay_cables(void)
{
    static const char *const toward_clients[INSIDE] = {"clients0", "clients1"};
    static const char *const outside[] = {"ip",  "addr", "add", "198.18.1.1/24",
                                          "dev", "tap0", NULL};
    UNIT_NEED(command_run(outside, NULL) == 0);
    UNIT_NEED(machine_order(&machine, ORDER_MS,
                            "modprobe -d /run/modules -a veth bridge sch_netem") == 0);
    UNIT_NEED(machine_order(&machine, ORDER_MS,
                            "ip link add middle type bridge && ip addr flush dev vec0 && "
                            "ip link set vec0 master middle && ip link set middle up") == 0);
    for (unsigned i = 0; i < INSIDE; i++) {
        const char *name = agency_of(i);
        UNIT_NEED(machine_order(&machine, ORDER_MS,
                                "ip netns add %s && ip -n %s link set lo up && ip netns exec %s "
                                "sh -c 'cd /proc/sys/net/ipv4/conf/all && echo 1 >arp_ignore && "
                                "echo 2 >arp_announce'",
                                name, name, name) == 0);
        lay_cable(name, &(struct cable){"card", name, gateways[i]});
        lay_cable(name, &(struct cable){"clients", toward_clients[i], fronts[i]});
    }
}

static void spoil_cables(void)
{
    for (unsigned i = 0; i < INSIDE; i++)
        UNIT_NEED(machine_order(&machine, ORDER_MS,
                                "tc -n %s qdisc add dev card root netem delay 30ms 20ms "
                                "reorder 10%% loss 5%% duplicate 5%% corrupt 3%%",
                                agency_of(i)) == 0);
}

static void mend_cables(void)
{
    for (unsigned i = 0; i < INSIDE; i++)
        UNIT_NEED(machine_order(&machine, ORDER_MS, "tc -n %s qdisc del dev card root",
                                agency_of(i)) == 0);
}

static void plug(unsigned number, bool in)
{
    UNIT_NEED(machine_order(&machine, ORDER_MS, "ip link set %s %s", agency_of(number),
                            in ? "up" : "down") == 0);
}

/* What the kernels of both ends have counted: lost by one, and met by the other changed, overtaken
 * and twice. */
static bool was_spoilt(unsigned number)
{
    static const char *const counts[] = {"TcpInCsumErrors", "TcpExtTCPOFOQueue",
                                         "TcpExtTCPDSACKOldSent"};
    const char *name = agency_of(number);
    bool all =
        machine_order(&machine, ORDER_MS,
                      "tc -n %s -s qdisc show dev card | grep -q 'dropped [1-9]'", name) == 0;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        all = all && machine_order(&machine, ORDER_MS,
                                   "ip netns exec %s env NSTAT_HISTORY=/run/nstat nstat -as %s | "
                                   "grep -q '[1-9]'",
                                   name, counts[i]) == 0;
    return all;
}

static bool cables_were_spoilt(void)
{
    long long until = process_now_ms() + GOES_ON_MS;
    bool all = false;
    while (!all && process_now_ms() < until) {
        all = true;
        for (unsigned i = 0; i < INSIDE; i++)
            all = was_spoilt(i) && all;
        process_pause();
    }
    return all;
}

/* ---- the kernel's clock ---- */

static void set_clock(int64_t seconds_away)
{
    UNIT_NEED(machine_order(&machine, ORDER_MS, "date -s @%lld",
                            (long long)time(NULL) + (long long)seconds_away) == 0);
}

static bool both_say(const char *state, const char *words)
{
    bool both = true;
    for (unsigned i = 0; i < INSIDE; i++)
        both = node_says(&storm.federation, (enum node_number)i,
                         &(struct node_saying){state, words}, SAYS_MS) &&
               both;
    return both;
}

/* ---- the nodes ---- */

static void begin(void)
{
    const struct federation_place place = {
        .gateways = {gateways[KK], gateways[KBH_POL], gateways[KRFO]},
        .fronts = {fronts[KK], fronts[KBH_POL], fronts[KRFO]}};
    char tovd[FEDERATION_PATH_SIZE], program[FEDERATION_PATH_SIZE + 64];
    nodes_create_at(&storm.federation, &machine, &(struct nodes_place){place, INSIDE, DISK_MIB});
    machine_boot(&machine);
    nodes_mount(&machine, "/dev/ubda");
    lay_cables();
    federation_program(tovd, "tovd");
    for (unsigned i = 0; i < INSIDE; i++) {
        (void)snprintf(program, sizeof program, "ip netns exec %s %s", agency_of(i), tovd);
        nodes_start_one(&storm.federation, &machine, (enum node_number)i, program);
    }
    node_start(&storm.federation, OUTSIDE);
    storm_begin_clients(&storm);
}

static bool is_without(const struct tov_node_status *facts, const void *agency)
{
    bool is = false;
    for (size_t i = 0; i < facts->peer_count; i++)
        is = is || (strcmp(facts->peers[i].name, agency) == 0 && !facts->peers[i].connected);
    return is;
}

static bool suspects_nobody(const struct tov_node_status *facts, const void *wanted)
{
    bool nobody = true;
    (void)wanted;
    for (size_t i = 0; i < facts->peer_count; i++)
        nobody = nobody && !facts->peers[i].suspended;
    return nobody;
}

static bool nobody_is_suspected(void)
{
    bool nobody = !nodes_went_back(&storm.federation);
    for (unsigned i = 0; i < NODES; i++)
        nobody = nobody && node_tells(&storm.federation, (enum node_number)i,
                                      &(struct node_question){suspects_nobody, NULL}, SAYS_MS);
    return nobody;
}

static bool nothing_has_ended(void)
{
    bool nothing = true;
    for (unsigned i = 0; i < NODES; i++) {
        char log[FEDERATION_PATH_SIZE];
        federation_path(&storm.federation, log, "nodes/%s/tovd.log", agency_of(i));
        nothing = nothing && files_say(log, "event=ready") && !files_say(log, "event=role-ended") &&
                  !files_say(log, "event=stopped");
    }
    return nothing;
}

/* ---- what is done ---- */

static bool goes_on(void)
{
    return storm_goes_on(&storm, GOES_ON_MS);
}

static bool live_with_spoilt_cables(void)
{
    spoil_cables();
    return goes_on() && cables_were_spoilt();
}

/* Until the node outside has missed kk. */
static bool live_without_a_cable(void)
{
    plug(KK, false);
    bool is_missed = node_tells(&storm.federation, OUTSIDE,
                                &(struct node_question){is_without, agency_of(KK)}, SAYS_MS);
    plug(KK, true);
    return is_missed && goes_on();
}

static bool live_ahead(void)
{
    set_clock(MONTH);
    bool both = both_say("clock", "clock is ahead");
    set_clock(0);
    return both && both_say("serving", NULL) && goes_on();
}

/* There messages go on, with the time of the last entry. */
static bool live_behind(void)
{
    set_clock(-YEARS);
    bool both = both_say("serving", "clock is behind") && goes_on();
    set_clock(0);
    return both && both_say("serving", NULL) && goes_on();
}

static const struct {
    const char *name;
    bool (*live)(void);
} trials[] = {
    {"clean", goes_on},
    {"spoilt cables", live_with_spoilt_cables},
    {"a month ahead", live_ahead},
    {"a cable pulled", live_without_a_cable},
    {"years behind", live_behind},
};

static bool live_through_all(void)
{
    bool all_well = true;
    for (size_t i = 0; all_well && i < sizeof trials / sizeof trials[0]; i++) {
        all_well = trials[i].live();
        if (!all_well)
            (void)printf("\nit did not live through \"%s\"\n", trials[i].name);
    }
    return all_well;
}

static void a_kernel_with_a_bad_network_and_a_wrong_clock_loses_nothing(void)
{
    begin();
    bool all_well = live_through_all();
    UNIT_EQUAL_INT(all_well, 1);
    if (!all_well) {
        machine_cut(&machine);
        storm_abandon(&storm);
        return;
    }
    mend_cables();
    UNIT_EQUAL_INT(storm_goes_on(&storm, GOES_ON_MS), 1);
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(nobody_is_suspected(), 1);
    UNIT_EQUAL_INT(nothing_has_ended(), 1);
    machine_cut(&machine);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_kernel_with_a_bad_network_and_a_wrong_clock_loses_nothing),
    };
    const char *lacks = machine_lacks();
    if (lacks != NULL)
        return unit_skip(lacks);
    return unit_run("machine: kernel", tests, sizeof tests / sizeof tests[0]);
}
