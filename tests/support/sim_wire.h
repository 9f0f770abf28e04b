/* SPDX-License-Identifier: EUPL-1.2
 *
 * Nodes of one federation on a wire without faults: every frame arrives, in order, at once; a
 * filter may look at, change, drop or keep frames. For unit tests; the network that misbehaves is
 * tests/simulation's.
 */
#ifndef TOV_TESTS_SUPPORT_SIM_WIRE_H
#define TOV_TESTS_SUPPORT_SIM_WIRE_H

#include "support/sim_frame.h"
#include "support/sim_message.h"

struct sim_wire {
    struct sim_federation *federation;
    size_t count;
    struct sim_node nodes[SIM_NODES_MAX];
    bool is_up[SIM_NODES_MAX][SIM_NODES_MAX];
    struct sim_frame *queue;
    size_t first, end, capacity;
    /* False: the frame is lost. May change its bytes. */
    bool (*filter)(void *context, struct sim_frame *frame);
    void *filter_context;
    bool may_fail;         /* a node that fails is started again until it starts */
    bool may_stay_down;    /* one that is to be started again and cannot is left */
    uint64_t acknowledged; /* submissions so far */
    uint64_t drops;        /* times that a node asked for a pause from a peer */
    char log[65536];       /* "event details\n" of all nodes, the oldest first */
};

/* NAME is part of the folder's path and unique in the test program. */
struct sim_wire *sim_wire_create(const char *name, size_t count);
/* The same, where each node has KEEPERS keepers: the first of the others. */
struct sim_wire *sim_wire_create_kept(const char *name, size_t count, size_t keepers);
/* The first COUNT agencies of an Infohus (sim_federation_create_infohus). */
struct sim_wire *sim_wire_create_infohus(const char *name, size_t count);
/* Shows the log where TOV_SHOW_LOG is set. */
void sim_wire_destroy(struct sim_wire *wire);

/* Starts node INDEX and stops the program when it does not start. */
void sim_wire_start(struct sim_wire *wire, size_t index);
void sim_wire_crash(struct sim_wire *wire, size_t index);
void sim_wire_connect(struct sim_wire *wire, size_t a, size_t b);
void sim_wire_disconnect(struct sim_wire *wire, size_t a, size_t b);
/* Node A with all others that are there. */
void sim_wire_connect_all(struct sim_wire *wire, size_t a);
/* Starts all, connects all and runs until all serve. */
void sim_wire_start_all(struct sim_wire *wire);
/* Starts node INDEX, which is down, connects it with all others and runs. */
void sim_wire_start_again(struct sim_wire *wire, size_t index);
/* Ends node INDEX, copies it and starts it again. */
void sim_wire_copy(struct sim_wire *wire, size_t index, struct sim_copy *out);

/* Delivers and settles until nothing moves. A node that ends to be started again is; one that ends
 * otherwise stays as it is, unless it may fail. */
void sim_wire_run(struct sim_wire *wire);
/* The same for COUNT frames at most; the others stay on their way. */
void sim_wire_run_some(struct sim_wire *wire, unsigned count);
/* Lets MS pass for all, with a tick each second for the first minute of it and one at its end. */
void sim_wire_pass(struct sim_wire *wire, uint64_t ms);

/* Gives FRAME to node TO as from node FROM, and settles TO. */
void sim_wire_inject(struct sim_wire *wire, size_t from, size_t to, struct tov_bytes frame);

/* A message of FROM to all others with the right to all; the record's number is its text. */
struct tov_message_written sim_wire_send(struct sim_wire *wire, size_t from, uint64_t record);
/* True when the log has a line of EVENT. */
bool sim_wire_logged(const struct sim_wire *wire, const char *event);

#endif
