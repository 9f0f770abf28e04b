/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the world saw: the ledgers as they became durable, what guards signed, what was submitted
 * and acknowledged. It only grows; nodes are compared with it.
 */
#ifndef TOV_TESTS_SIMULATION_MODEL_H
#define TOV_TESTS_SIMULATION_MODEL_H

#include "support/sim_message.h"

struct world;

/* One tree of one node, as it became durable. */
struct model_tree {
    struct tov_hash *leaves;
    struct tov_hash *roots; /* roots[i]: of size i + 1 */
    uint64_t count, capacity;
    struct tov_range range;
    uint64_t signed_size; /* the largest that its guard signed */
};

/* Messages of one node to another, by link number. */
struct model_links {
    uint64_t *indices; /* of leaves; link number 1 first */
    uint64_t count, capacity;
    uint64_t receipted; /* by entries of the recipient's ledger */
    uint64_t mirrored;  /* size up to which the recipient's checkpoints were compared */
};

struct model_node {
    struct model_tree trees[2];              /* ledger, journal */
    struct model_links links[SIM_NODES_MAX]; /* to others */
    uint64_t newest_event;
    uint64_t anchor;              /* the size right behind the newest; 0: none */
    uint32_t epoch;               /* of the newest epoch key in its ledger; 0: none */
    uint8_t epoch_public_key[32]; /* that one */
};

struct model_order {
    size_t node;
    struct sim_order order;
    struct tov_ledger_place place;
    uint64_t boot; /* of its node, when it was submitted */
    bool is_acknowledged;
    uint64_t rank; /* among the acknowledged ones */
};

struct model {
    struct model_node nodes[SIM_NODES_MAX];
    struct model_order *orders;
    size_t order_count, order_capacity;
    uint64_t acknowledged;
};

void model_fini(struct model *model);
void model_append(struct model_tree *tree, const struct tov_hash *leaf_hash);

/* What was submitted with this leaf; NULL: nothing. */
const struct model_order *model_order_at(const struct model *model, size_t node,
                                         const struct tov_ledger_place *place);
void model_submitted(struct world *world, size_t node, const struct sim_order *order,
                     const struct tov_ledger_place *place);

/* Hooks of sim_node.h; CONTEXT is the world. */
void model_durable(void *context, size_t node);
void model_signed(void *context, size_t node, const struct tov_guard_request *request,
                  const struct tov_guard_answer *answer);
void model_acknowledged(void *context, size_t node, uint64_t record);

/* After a start: what became durable is there, leaf for leaf, and can be read. */
void model_check_start(struct world *world, size_t node);
/* receipts.c: ENTRY at INDEX of NODE's ledger, a receipt, is true. */
void model_check_receipt(struct world *world, size_t node, struct tov_store_read *read,
                         const struct tov_leaf_receipt *receipt);

/* The peer's ledger as NODE's store holds it now; 0: nothing. */
uint64_t model_held(struct world *world, size_t node, size_t peer);

#endif
