/* SPDX-License-Identifier: EUPL-1.2 */
#include "machine/nodes.h"

#include "federation/files.h"
#include "support/command.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>

#define ORDER_MS 60000

static void move_node(const struct federation *federation, const char *agency)
{
    static const char *const states[] = {"ledger.state", "journal.state", "witness.state"};
    static const char *const kinds[] = {"", "/data", "/guard"};
    char config[FEDERATION_PATH_SIZE], from[FEDERATION_PATH_SIZE], to[FEDERATION_PATH_SIZE];
    char old_folder[64], new_folder[64];
    federation_path(federation, config, "nodes/%s/tovd.conf", agency);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        federation_path(federation, to, NODES_DISK "/%s%s", agency, kinds[i]);
        UNIT_NEED(mkdir(to, 0700) == 0);
        if (i == 0)
            continue;
        (void)snprintf(old_folder, sizeof old_folder, "nodes/%s%s", agency, kinds[i]);
        (void)snprintf(new_folder, sizeof new_folder, NODES_DISK "/%s%s", agency, kinds[i]);
        files_change(config, old_folder, new_folder);
    }
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        federation_path(federation, from, "nodes/%s/guard/%s", agency, states[i]);
        federation_path(federation, to, NODES_DISK "/%s/guard/%s", agency, states[i]);
        files_copy(from, to);
    }
}

bool nodes_mount_here(const struct machine *machine, const char *image)
{
    char folder[FEDERATION_PATH_SIZE + sizeof NODES_DISK];
    (void)snprintf(folder, sizeof folder, "%s/" NODES_DISK, machine->folder);
    const char *const words[] = {"mount", "-o", "loop", image, folder, NULL};
    return command_run(words, NULL) == 0;
}

void nodes_leave(struct machine *machine)
{
    char folder[FEDERATION_PATH_SIZE + sizeof NODES_DISK];
    (void)snprintf(folder, sizeof folder, "%s/" NODES_DISK, machine->folder);
    UNIT_NEED(umount(folder) == 0);
}

void nodes_create_at(struct federation *federation, struct machine *machine,
                     const struct nodes_place *place)
{
    char folder[FEDERATION_PATH_SIZE];
    federation_create_at(federation, &place->addresses);
    machine_init(machine, federation->folder);
    machine_make_disk(machine, 0, place->disk_mib);
    federation_path(federation, folder, NODES_DISK);
    UNIT_NEED(mkdir(folder, 0700) == 0);
    UNIT_NEED(nodes_mount_here(machine, machine->disks[0]));
    for (unsigned i = 0; i < place->count; i++)
        move_node(federation, federation->nodes[i].agency);
    nodes_leave(machine);
}

void nodes_create(struct federation *federation, struct machine *machine, unsigned disk_mib)
{
    const struct federation_place one_address = {
        .fronts = {MACHINE_ADDRESS, MACHINE_ADDRESS, MACHINE_ADDRESS}};
    nodes_create_at(federation, machine, &(struct nodes_place){one_address, NODES, disk_mib});
}

void nodes_mount(struct machine *machine, const char *device)
{
    UNIT_NEED(machine_order(machine, ORDER_MS, "mount -t ext4 %s %s/" NODES_DISK, device,
                            machine->folder) == 0);
}

void nodes_start_one(const struct federation *federation, struct machine *machine,
                     enum node_number number, const char *program)
{
    char node[FEDERATION_PATH_SIZE];
    federation_path(federation, node, "nodes/%s", federation->nodes[number].agency);
    UNIT_NEED(machine_order(machine, ORDER_MS,
                            "%s --config %s/tovd.conf >>%s/tovd.log 2>&1 </dev/null &", program,
                            node, node) == 0);
}

void nodes_start(struct federation *federation, struct machine *machine, const char *program)
{
    char usual[FEDERATION_PATH_SIZE];
    federation_program(usual, "tovd");
    for (unsigned i = 0; i < NODES; i++)
        nodes_start_one(federation, machine, (enum node_number)i,
                        program == NULL ? usual : program);
}

void nodes_take_over(struct machine *machine)
{
    static const char *const unplug[] = {"ip", "link", "del", "tap0", NULL};
    static const char *const take[] = {"ip",  "addr", "add", MACHINE_ADDRESS "/32",
                                       "dev", "lo",   NULL};
    UNIT_NEED(command_run(unplug, NULL) == 0 && command_run(take, NULL) == 0);
    UNIT_NEED(nodes_mount_here(machine, machine->disks[0]));
}

bool nodes_went_back(const struct federation *federation)
{
    static const char *const signs[] = {"event=store-is-old",  "event=tree-recovered",
                                        "event=entries-lost",  "event=journal-begins",
                                        "event=link-broken",   "event=peer-holds-another-history",
                                        "event=suspected-fork"};
    bool any = false;
    for (unsigned i = 0; i < NODES; i++) {
        char log[FEDERATION_PATH_SIZE];
        federation_path(federation, log, "nodes/%s/tovd.log", federation->nodes[i].agency);
        for (size_t sign = 0; sign < sizeof signs / sizeof signs[0]; sign++)
            any = any || files_say(log, signs[sign]);
    }
    return any;
}
