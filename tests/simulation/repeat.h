/* SPDX-License-Identifier: EUPL-1.2
 *
 * A client of each honest node that sends messages by the node's API, each under an idempotency
 * key, and repeats what it was not told of: after an answer that was lost, a node that takes
 * nothing, a crash; and now and then what it was told of, too. Whatever happens, what one key names
 * is one message at one place (I3), and nobody is told of it before it is durable (I2).
 * Not in worlds with old copies: what those cost such a client has tests of its own
 * (tests/unit/follow/own_keys_test.c). Draws nothing from the world's chance.
 */
#ifndef TOV_TESTS_SIMULATION_REPEAT_H
#define TOV_TESTS_SIMULATION_REPEAT_H

#include "support/sim_federation.h"
#include "support/sim_message.h"
#include "wire/ref.h"

struct world;

#define REPEAT_MESSAGES_MAX 6u

struct repeat_message {
    unsigned asked;     /* so often */
    bool is_told;       /* where it stands */
    struct tov_ref ref; /* which is there */
};

struct repeat_client {
    uint64_t connection; /* 0: none */
    uint64_t left; /* a connection that it has given up and the node does not know of; 0: none */
    uint64_t connections, requests;
    struct repeat_message messages[REPEAT_MESSAGES_MAX];
    size_t count;
};

struct repeats {
    bool happen; /* in this world */
    uint64_t random;
    struct repeat_client clients[SIM_NODES_MAX];
};

void repeat_init(struct world *world);
/* One step of them all. */
void repeat_step(struct world *world);
/* The node went down: what it had not answered is not answered any more. */
void repeat_lose(struct world *world, size_t node);
/* Whether FRAME is for this client, which has taken it then. */
bool repeat_take(struct world *world, size_t node, uint64_t connection, struct tov_bytes frame);
/* At rest: everything is asked for once more; then each message was told, and is there once. */
void repeat_ask_all(struct world *world);
void repeat_check(struct world *world);
/* What a client of NODE sent, where it was told that REF is its place; false: no client was. */
bool repeat_order_at(const struct world *world, size_t node, const struct tov_ref *ref,
                     struct sim_order *out);

#endif
