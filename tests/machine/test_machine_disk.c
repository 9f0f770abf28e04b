/* SPDX-License-Identifier: EUPL-1.2
 *
 * A disk that refuses every write from one moment on, under three nodes that have load: the file
 * system turns read-only, each node ends with the code for it and says so, and on a sound disk all
 * go on (I2, I3, I4).
 */
#include "federation/files.h"
#include "federation/process.h"
#include "federation/storm.h"
#include "machine/nodes.h"
#include "support/unit.h"

#define DISK_MIB 512u
#define ORDER_MS 60000
#define SAYS_MS 120000
#define GOES_ON_MS 120000
#define WHOLE_MS 180000

/* The whole disk, as a device whose answers can be changed: linear, or flakey with its features. */
#define LINEAR "echo \"0 $(blockdev --getsz /dev/ubda) linear /dev/ubda 0\""
#define REFUSES_WRITES \
    "echo \"0 $(blockdev --getsz /dev/ubda) flakey /dev/ubda 0 0 3600 1 error_writes\""

static struct storm storm;
static struct machine machine;

static void begin(void)
{
    nodes_create(&storm.federation, &machine, DISK_MIB);
    machine_boot(&machine);
    machine_map(&machine, &(struct machine_mapping){"dm-flakey", "disk", LINEAR});
    nodes_mount(&machine, "/dev/mapper/disk");
    nodes_start(&storm.federation, &machine, NULL);
    storm_begin_clients(&storm);
}

static void break_the_disk(void)
{
    UNIT_NEED(
        machine_order(&machine, ORDER_MS, REFUSES_WRITES " | " MACHINE_DMSETUP "reload disk") == 0);
    UNIT_NEED(machine_order(&machine, ORDER_MS,
                            MACHINE_DMSETUP "suspend --noflush --nolockfs disk") == 0);
    UNIT_NEED(machine_order(&machine, ORDER_MS, MACHINE_DMSETUP "resume disk") == 0);
}

static bool each_says_so(void)
{
    bool each = true;
    for (unsigned i = 0; i < NODES; i++) {
        char log[FEDERATION_PATH_SIZE];
        federation_path(&storm.federation, log, "nodes/%s/tovd.log",
                        storm.federation.nodes[i].agency);
        each = each && files_say_within(log, "event=stopped code=14", SAYS_MS);
    }
    return each;
}

static void a_disk_that_refuses_writes_ends_the_nodes_and_loses_nothing(void)
{
    begin();
    UNIT_EQUAL_INT(storm_goes_on(&storm, GOES_ON_MS), 1);
    break_the_disk();
    UNIT_EQUAL_INT(each_says_so(), 1);
    machine_cut(&machine);
    machine_boot(&machine);
    nodes_mount(&machine, "/dev/ubda");
    nodes_start(&storm.federation, &machine, NULL);
    UNIT_EQUAL_INT(storm_goes_on(&storm, GOES_ON_MS), 1);
    storm_check_whole(&storm, WHOLE_MS);
    UNIT_EQUAL_INT(nodes_went_back(&storm.federation), 0);
    machine_cut(&machine);
    UNIT_EQUAL_INT(storm_end(&storm), 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_disk_that_refuses_writes_ends_the_nodes_and_loses_nothing),
    };
    const char *lacks = machine_lacks();
    if (lacks != NULL)
        return unit_skip(lacks);
    return unit_run("machine: disk", tests, sizeof tests / sizeof tests[0]);
}
