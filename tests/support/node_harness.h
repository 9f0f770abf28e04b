/* SPDX-License-Identifier: EUPL-1.2
 *
 * One to three whole nodes in one process, driven by hand: real stores in a temporary folder, real
 * guards over memory, files in memory, virtual time, randomness from a seed, frames between nodes
 * and clients in queues.
 * Not for: faults and many seeds (tests/simulation). Never hand its keys to anything but a test.
 *
 *   agency  number  units              clients (name: roles, units)
 *   kk      1       vink, sof, eki     anna: tovholder_kommune vink; sofie: sagsbehandler sof;
 *                                      eva: sagsbehandler eki; esdh: integration vink;
 *                                      audit: auditor; admin: node_admin
 *   kbh-pol 2       dks                bo: tovholder_politi dks
 *   krfo    3       central            carl: koordinator_krfo central
 */
#ifndef TOV_TESTS_SUPPORT_NODE_HARNESS_H
#define TOV_TESTS_SUPPORT_NODE_HARNESS_H

#include "node.h"

#define HARNESS_NODES_MAX 3u

struct harness;

struct harness_options {
    size_t nodes; /* 1..3; the roster has as many agencies */
    uint64_t seed;
    uint64_t disk_reserve_bytes;
    size_t book_block_bytes; /* 0: the usual size */
};

/* Creates and starts the nodes; with several they are connected. Set-up failures end the program.
 */
struct harness *harness_create(const struct harness_options *options);
void harness_destroy(struct harness *harness);

/* Until nothing moves any more at the present time. */
void harness_run(struct harness *harness);
/* In steps of a second, with ticks. */
void harness_advance(struct harness *harness, uint64_t ms);
/* At once, without a tick: the time is another when the next frame comes. */
void harness_skip(struct harness *harness, uint64_t ms);
uint64_t harness_now_ms(const struct harness *harness);

struct tov_node *harness_node(struct harness *harness, size_t node);
/* The node's process ends, with what its store and guard hold, and begins again. */
void harness_restart(struct harness *harness, size_t node);
/* The same where it may fail to begin: then it is down until it is tried again. */
enum tov_err harness_try_restart(struct harness *harness, size_t node);
/* A node that fails ends the program, unless it may: then it does nothing until it is restarted. */
void harness_let_fail(struct harness *harness, bool may_fail);
bool harness_has_ended(const struct harness *harness, size_t node);
/* Its small file NAME is gone, as after a restore. */
void harness_forget_file(struct harness *harness, size_t node, const char *name);
/* Its guard's witness state is gone. To be followed by a restart, for the guard says so once. */
void harness_lose_witness(struct harness *harness, size_t node);
/* From its next beginning on: on another machine, or (0, as at first) on one without an id. */
void harness_set_machine(struct harness *harness, size_t node, uint8_t machine);
/* From its next beginning on. ROSTER is the caller's, and lives as long as the harness. */
void harness_set_roster(struct harness *harness, size_t node, struct tov_roster *roster);
void harness_set_link(struct harness *harness, size_t a, size_t b, bool is_up);
/* All links end and begin anew: what a failure took from one is asked for again. */
void harness_connect_again(struct harness *harness);
/* While held, commits that were begun do not end. */
void harness_hold_commits(struct harness *harness, size_t node, bool holds);
/* While full, its commits end with TOV_E_FULL, and files of it that are written as well. */
void harness_fill_disk(struct harness *harness, size_t node, bool is_full);
/* How many more frames the front takes before it says busy; SIZE_MAX: any number. */
void harness_set_front_room(struct harness *harness, size_t node, size_t frames);
/* Whether the node's small files and blobs hold NEEDLE anywhere. */
bool harness_disk_holds(const struct harness *harness, size_t node, const char *needle);
/* Whether the file of its store does. */
bool harness_store_holds(const struct harness *harness, size_t node, struct tov_bytes needle);
/* How many events of that name the node has logged. */
size_t harness_logged(const struct harness *harness, size_t node, const char *event);

/* ---- clients ---- */

struct harness_client {
    size_t node;
    const char *name; /* "anna"; any other name is a key that is not registered */
    uint64_t connection;
};
/* Hands FRAME to the node as this client's. */
void harness_send(struct harness *harness, const struct harness_client *client,
                  struct tov_bytes frame);
void harness_gone(struct harness *harness, const struct harness_client *client);
/* The oldest frame sent to the client's connection, taken out of the queue: free() it. False when
 * there is none. */
bool harness_take(struct harness *harness, const struct harness_client *client, uint8_t **out_frame,
                  size_t *out_size);
bool harness_is_closed(const struct harness *harness, const struct harness_client *client);

#endif
