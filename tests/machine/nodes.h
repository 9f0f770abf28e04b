/* SPDX-License-Identifier: EUPL-1.2
 *
 * The nodes of a federation in a machine: what they store is on its first disk, their clients are
 * outside, and what they log is a file outside.
 * Not for: a network between them; who wants another than the machine's loopback makes it.
 */
#ifndef TOV_TESTS_MACHINE_NODES_H
#define TOV_TESTS_MACHINE_NODES_H

#include "machine/machine.h"

/* What the nodes store lies below this folder of the federation's. */
#define NODES_DISK "disk"

/* A federation for nodes in a machine, before any has run: DISK_MIB, and in the machine the block
 * device of that disk. */
void nodes_create(struct federation *federation, struct machine *machine, unsigned disk_mib);
/* The same with the first COUNT agencies' nodes in the machine, each at its address; the others are
 * this machine's. */
struct nodes_place {
    struct federation_place addresses;
    unsigned count;
    unsigned disk_mib;
};
void nodes_create_at(struct federation *federation, struct machine *machine,
                     const struct nodes_place *place);
/* Has the machine mount DEVICE ("/dev/ubda") for them. */
void nodes_mount(struct machine *machine, const char *device);
/* Starts all three in the machine; PROGRAM is their tovd, NULL: the build's. */
void nodes_start(struct federation *federation, struct machine *machine, const char *program);
/* Starts one in the machine; PROGRAM: what its shell runs, with a configuration behind it. */
void nodes_start_one(const struct federation *federation, struct machine *machine,
                     enum node_number number, const char *program);
/* The machine is off: its disk and address become this machine's, the nodes may be started here. */
void nodes_take_over(struct machine *machine);
/* Mounts IMAGE, of their disk, on this machine where their disk belongs; false when it cannot be.
 */
bool nodes_mount_here(const struct machine *machine, const char *image);
/* They have ended: what was mounted here goes. */
void nodes_leave(struct machine *machine);
/* Whether a node has ever found that its store is behind what it signed or others hold, or called
 * another a forker: after an honest loss of power none may. */
bool nodes_went_back(const struct federation *federation);

#endif
