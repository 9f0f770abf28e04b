/* SPDX-License-Identifier: EUPL-1.2
 *
 * A federation under load: at each node one program that sends to the two others and one that
 * reads all, and the question whether I3 holds for what they have seen.
 * Not for: doing harm to the nodes; the test does that.
 */
#ifndef TOV_TESTS_FEDERATION_STORM_H
#define TOV_TESTS_FEDERATION_STORM_H

#include "federation/federation.h"
#include "support/invariants.h"

struct storm {
    struct federation federation;
    pid_t senders[NODES];
    pid_t receivers[NODES];
    bool in_any_order; /* messages may be told later than newer ones: their keys came late */
};

/* The federation has been created: all nodes serving, all programs running. */
void storm_begin(struct storm *storm);
/* The same where something else has started the nodes. */
void storm_begin_clients(struct storm *storm);
/* Bytes of the file of what the node has acknowledged: grows by a line for each message. */
long long storm_acks_size(const struct storm *storm, enum node_number number);
/* Waits for one more message that the node acknowledges, or that it receives and shows. False after
 * TIMEOUT_MS. */
bool storm_sends(const struct storm *storm, enum node_number number, int timeout_ms);
bool storm_receives(const struct storm *storm, enum node_number number, int timeout_ms);
/* The same of both at every node, each within TIMEOUT_MS: all go on by themselves. */
bool storm_goes_on(const struct storm *storm, int timeout_ms);
/* Whether all senders and receivers still run: one that met what it should not has ended. */
bool storm_lives(const struct storm *storm);
/* Ends the senders: what they began is acknowledged. True when each ended well. */
bool storm_calm(struct storm *storm);
/* Waits until everything acknowledged stands, once, in order and unchanged, at its sender and at
 * both receivers, attachments too; what is not there may still come. Says what does not. */
bool storm_is_whole(const struct storm *storm, int timeout_ms);
/* What the question says of the messages of SENDER at HOLDER, once the last of them is there. */
enum invariant_verdict storm_verdict(const struct storm *storm, enum node_number sender,
                                     enum node_number holder);
/* How many messages were acknowledged. */
size_t storm_acknowledged(const struct storm *storm);
/* Calms it, and checks that it is whole within TIMEOUT_MS and that the export of each node
 * verifies. Says how many messages were acknowledged. */
void storm_check_whole(struct storm *storm, int timeout_ms);
/* Ends all at once, whatever it has met: for nodes with a planted bug. */
void storm_abandon(struct storm *storm);
/* True when each receiver ended well. */
bool storm_end(struct storm *storm);

#endif
