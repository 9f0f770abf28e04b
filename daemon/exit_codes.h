/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the exit code of tovd and of each of its role processes means, and what the supervisor does
 * about it. docs/exit-codes.md is the same table for operators, with the way out of each.
 * Not for: tov, tov-audit and tov-keys, which have few codes of their own.
 * Never renumber: units (RestartPreventExitStatus=) and operators' scripts rely on them.
 */
#ifndef TOV_DAEMON_EXIT_CODES_H
#define TOV_DAEMON_EXIT_CODES_H

#include "base/err.h"

enum tov_exit {
    TOV_EXIT_OK = 0,
    TOV_EXIT_USAGE = 2,        /* wrong arguments */
    TOV_EXIT_CONFIG = 10,      /* the configuration file is wrong: stop */
    TOV_EXIT_KEY = 11,         /* a key file: absent, wrong, or others may read it: stop */
    TOV_EXIT_ROSTER = 12,      /* too few good signatures, or older than the one in force: stop */
    TOV_EXIT_DISK_FULL = 13,   /* no space: the core is started again after 1 second */
    TOV_EXIT_IO = 14,          /* a read, write or sync failed: stop */
    TOV_EXIT_SECOND = 15,      /* another tovd has this ledger open: stop */
    TOV_EXIT_PORT_IN_USE = 16, /* a listening endpoint cannot be bound: stop */
    TOV_EXIT_NEWER_STORE = 17, /* the store is of a newer format: stop */
    TOV_EXIT_CORRUPT = 18,     /* stored data does not agree with itself: stop */
    TOV_EXIT_GUARD_DISAGREES = 19, /* guard and core hold different histories: stop */
    TOV_EXIT_CLOCK = 20,           /* the clock cannot be right: stop */
    TOV_EXIT_REFUSED = 21,         /* `tovd backup` or `tovd restore` may not do this here */
    TOV_EXIT_PEERS_CHANGED = 30,   /* gateway or front: a key was withdrawn, start me afresh */
    TOV_EXIT_MEMORY_BOUND = 31, /* gateway or front: over its own memory bound, start me afresh */
    TOV_EXIT_PARENT_GONE = 32,  /* a role process lost the process that it serves */
    TOV_EXIT_RECOVERED = 33,    /* core: an old store was brought forward, start me from it */
    TOV_EXIT_NOT_TAKEN = 34,    /* gateway apart: the node does not take it now */
    TOV_EXIT_INTERNAL = 70      /* a fault in tovd, or a system call that must not fail did */
};

/* What a node, a backup or a restore that ends for this reason tells. */
enum tov_exit tov_exit_of_error(enum tov_err err);

/* Why a gateway or a front cannot listen, by what tov_net_serve answered. What another try may
 * cure, as missing memory, is no fault of the configuration: a node must not stop for it. */
enum tov_exit tov_exit_of_listening(enum tov_err served);

/* One line: what it means and what to do. Also for numbers that are not in the list. */
const char *tov_exit_text(enum tov_exit code);

/* What the supervisor does when a role that should run ends with a code. */
enum tov_exit_remedy {
    TOV_EXIT_AGAIN,          /* start it again, later and later */
    TOV_EXIT_AGAIN_AT_ONCE,  /* start it again now */
    TOV_EXIT_AGAIN_SLOWLY,   /* start it again after 1 second, however often */
    TOV_EXIT_NEEDS_A_PERSON, /* stop everything with this code */
};
enum tov_exit_remedy tov_exit_remedy(enum tov_exit code);

#endif
