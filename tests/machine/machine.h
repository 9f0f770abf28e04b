/* SPDX-License-Identifier: EUPL-1.2
 *
 * A whole Linux kernel as a process (user-mode Linux), which a test can cut off as a power failure
 * does, and whose disks are files. Its root is this machine's, and cannot be written from inside;
 * the folder of the test stands at the same path in both; everything else it has is its own.
 * Not for: speed. It has one processor and its system calls are slow.
 *
 * Nothing outlives the test program: the kernel runs in a namespace of processes that the system
 * ends with its first one. Nothing that it mounts is seen outside: it has a namespace for that too.
 */
#ifndef TOV_TESTS_MACHINE_MACHINE_H
#define TOV_TESTS_MACHINE_MACHINE_H

#include "federation/federation.h"

#define MACHINE_DISKS 2
#define MACHINE_ADDRESS "198.18.0.2" /* its own, in a net that is reserved for tests */

struct machine {
    char folder[FEDERATION_PATH_SIZE];               /* what it may write outside */
    char disks[MACHINE_DISKS][FEDERATION_PATH_SIZE]; /* images; "": none. /dev/ubda, /dev/ubdb */
    char console[FEDERATION_PATH_SIZE]; /* file: what it has said since it was booted */
    pid_t pid;                          /* 0: it is off */
    int orders;                         /* descriptor of the pipe of its shell */
    unsigned ordered;                   /* number of the last order */
};

/* What is missing here, for unit_skip, or NULL. Gives the test program a network and mounts of its
 * own: call it first of all. */
const char *machine_lacks(void);

/* For a folder that is there. */
void machine_init(struct machine *machine, const char *folder);
/* A disk of MIB with an empty ext4, for DISKS[NUMBER]. */
void machine_make_disk(struct machine *machine, unsigned number, unsigned mib);

/* On, until its shell takes orders. Stops the test program when it does not come up. */
void machine_boot(struct machine *machine);
/* The power goes. */
void machine_cut(struct machine *machine);
/* Has its shell run a command: its exit code, or -1 after TIMEOUT_MS. What it says goes to the
 * console. A command that shall go on beside the next ones ends in `&`. */
__attribute__((format(printf, 3, 4))) int machine_order(struct machine *machine, int timeout_ms,
                                                        const char *format, ...);

/* The machine's device mapper, without a daemon beside it. */
#define MACHINE_DMSETUP "dmsetup --noudevsync --noudevrules "
/* Makes /dev/mapper/NAME of TABLE, a command that prints it, with the kernel's module MODULE. */
struct machine_mapping {
    const char *module, *name, *table;
};
void machine_map(struct machine *machine, const struct machine_mapping *mapping);

#endif
