/* SPDX-License-Identifier: EUPL-1.2
 *
 * A caseworker's client of each node that watches its events, comes back after restarts where it
 * was, and notes what it was told: each message once, each attachment once.
 */
#ifndef TOV_TESTS_SIMULATION_INBOX_H
#define TOV_TESTS_SIMULATION_INBOX_H

#include "base/bytes.h"
#include "wire/ref.h"

#include <stdint.h>

struct world;

/* What was told of one message: the entry, and how often it was told. */
struct inbox_told {
    uint16_t agency;
    uint64_t index;
    struct tov_hash leaf_hash;
    unsigned messages, attachments;
};

struct inbox {
    uint64_t connection; /* 0: none */
    uint64_t connections;
    uint64_t cursor; /* number of the last event */
    struct inbox_told *told;
    size_t told_count, told_capacity;
};

void inbox_fini(struct inbox *inbox);
/* The node was started, or is gone. */
void inbox_open(struct world *world, size_t node);
void inbox_close(struct world *world, size_t node);
/* Hook of sim_node.h; CONTEXT is the world. */
enum tov_err inbox_take(void *context, size_t node, uint64_t connection, struct tov_bytes frame);
/* What was told of REF, whose generation does not count; NULL: nothing. */
const struct inbox_told *inbox_find(const struct inbox *inbox, const struct tov_ref *ref);
/* What a client has that is set back with its node. */
void inbox_copy(const struct inbox *inbox, struct inbox *out);
void inbox_put_back(struct inbox *inbox, const struct inbox *copy);

#endif
