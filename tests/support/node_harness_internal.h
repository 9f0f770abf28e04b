/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the files of the harness share. Not for: tests.
 */
#ifndef TOV_TESTS_SUPPORT_NODE_HARNESS_INTERNAL_H
#define TOV_TESTS_SUPPORT_NODE_HARNESS_INTERNAL_H

#include "support/node_harness.h"

#include "guard/guard_client.h"
#include "support/queue.h"
#include "support/sim_disk.h"

struct node {
    struct harness *harness;
    bool has_machine;
    uint8_t machine[16];
    size_t index;
    char folder[64];
    struct tov_key ledger, journal, witness, control, transport, storage;
    struct tov_agency agency;
    struct tov_unit units[4];
    uint16_t keepers[HARNESS_NODES_MAX];
    struct tov_roster *roster;
    struct tov_clients *clients;
    struct tov_store *store;
    struct sim_disk *disk;
    struct tov_guard_local *guard;
    struct tov_node *node;
    struct tov_host host;
    struct queue questions; /* for the guard */
    struct queue replies;   /* for clients */
    struct queue closed;    /* connections that the node closed */
    struct queue logged;    /* names of events */
    struct tov_store_batch *committing;
    bool holds;
    bool disk_is_full;
    bool has_ended;                 /* it failed where that was let happen, and does nothing more */
    bool was_up[HARNESS_NODES_MAX]; /* links to put up again when it has begun */
    size_t front_room;
};

struct harness {
    size_t count;
    uint64_t random;
    uint64_t now_ms, mono_ms;
    uint64_t disk_reserve_bytes;
    size_t book_block_bytes;
    struct tov_roster *roster;
    bool may_fail;
    struct queue frames; /* between nodes */
    bool is_up[HARNESS_NODES_MAX][HARNESS_NODES_MAX];
    struct node nodes[HARNESS_NODES_MAX];
};

/* The CURVE key of the client NAME. */
void harness_key_of(const char *name, uint8_t out[32]);

#endif
