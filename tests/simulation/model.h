/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the world saw: the ledgers as they became durable, what guards signed, what was submitted
 * and acknowledged. It only grows; nodes are compared with it.
 */
#ifndef TOV_TESTS_SIMULATION_MODEL_H
#define TOV_TESTS_SIMULATION_MODEL_H

#include "ledger/entry.h"
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

/* One message of one node to another. */
struct model_link {
    uint64_t index;  /* of its leaf */
    uint64_t series; /* index of the newest `lost` entry before it; 0: none */
    uint64_t number; /* in its series, from 1 */
    /* What a restore may have cost the recipient (model_back.c). */
    bool may_be_lost;   /* nobody has it any more */
    bool may_be_closed; /* its keys and attachments need not come (again) */
    bool has_keys;      /* the recipient does; where restores happen */
};

/* Messages of one node to another, in order. */
struct model_links {
    struct model_link *at;
    uint64_t count, capacity;
    uint64_t receipted; /* so many, by entries of the recipient's ledger */
    uint64_t mirrored;  /* size up to which the recipient's checkpoints were compared */
    uint64_t held;      /* size that the recipient's store holds */
};

/* What an entry of a ledger is, as far as restores ask. */
struct model_fact {
    enum tov_leaf_type type;
    size_t peer;        /* of a receipt */
    uint64_t receipted; /* of a receipt: so many of the peer's links are then */
    uint32_t epoch;     /* of an epoch key */
    uint8_t public_key[32];
    bool is_out;      /* a restore took it, and it has not come back whole */
    bool was_out;     /* its keys are gone: no client is told of it anew */
    bool has_keys;    /* of a message that was out: they have come back */
    bool may_be_lost; /* nobody could have given it back */
};

struct model_node {
    struct model_tree trees[2];              /* ledger, journal */
    struct model_links links[SIM_NODES_MAX]; /* to others */
    struct model_fact *facts;                /* of the ledger's entries */
    uint64_t fact_capacity;
    uint64_t newest_event;
    uint64_t newest_lost;         /* index of the newest `lost` entry; 0: none */
    uint64_t guard_size;          /* of its ledger at its guard, signed or not */
    uint64_t guard_floor;         /* under which its guard may not be */
    unsigned restores;            /* how often it was set back */
    bool is_back;                 /* its store has not all of its ledger's tree again */
    bool guard_is_back;           /* nor has its guard */
    uint64_t anchor;              /* the size right behind the newest; 0: none */
    uint32_t epoch;               /* of the newest epoch key in its ledger; 0: none */
    uint8_t epoch_public_key[32]; /* that one */
};

struct model_order {
    size_t node;
    struct sim_order order;
    struct tov_ledger_place place;
    struct tov_ledger_place
        old_place; /* where it was told of before it got another; index 0: none */
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    bool is_provisional;    /* acknowledged where another entry has its place */
    bool is_excused;        /* a restore took it from all */
    uint64_t boot;          /* of its node, when it was submitted */
    uint64_t target_record; /* of what it names; 0: nothing */
    unsigned moved_at;      /* how often its node was set back when it got another place */
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
/* What was submitted with this id, wherever it stands; NULL: nothing. */
const struct model_order *model_order_with(const struct model *model, size_t node,
                                           const uint8_t *id);
/* The one with that record; NULL: none. */
const struct model_order *model_order_of(const struct model *model, uint64_t record);
void model_submitted(struct world *world, size_t node, const struct sim_order *order,
                     const struct tov_ledger_place *place);

/* Hooks of sim_node.h; CONTEXT is the world. */
void model_durable(void *context, size_t node);
void model_signed(void *context, size_t node, const struct tov_guard_request *request,
                  const struct tov_guard_answer *answer);
void model_acknowledged(void *context, size_t node, uint64_t record);

/* ---- model_back.c: what restores may cost ---- */

/* NODE's store holds what it held at ANOTHER moment. */
struct model_moment {
    uint64_t count; /* of its ledger */
    uint64_t guard_floor;
    uint64_t newest_event;
    uint64_t held[SIM_NODES_MAX]; /* of the others' ledgers */
    uint64_t *out;                /* entries of its ledger that are out */
    size_t out_count;
    struct model_opened { /* messages of others that are opened */
        size_t from;
        uint64_t index;
    } * opened;
    size_t opened_count;
};
/* NODE is up. */
void model_moment_take(struct world *world, size_t node, struct model_moment *out);
void model_moment_fini(struct model_moment *moment);
/* NODE is set back from NOW to THEN. */
void model_set_back(struct world *world, size_t node, const struct model_moment *now,
                    const struct model_moment *then, bool with_guard);
/* Who holds what was signed at NODE and may be set back; NODE itself does not count. */
bool model_is_held_beside(const struct world *world, size_t node, size_t beside);
/* It was set back with NODE, and was not fed since with all that it once signed. */
bool model_guard_is_old(const struct world *world, size_t node);
/* Somebody who is up has a message of NODE, and cannot open all of it yet. */
bool model_is_awaited(const struct world *world, size_t node);
/* A look at the store of a node that was set back: whether its tree is whole, what came back. */
void model_look_back(struct world *world, size_t node, struct tov_store_read *read);
/* A look at it for keys, of others' messages and of own ones that a restore took. */
void model_note_keys(struct world *world, size_t node, struct tov_store_read *read);
/* A message of NODE has another place than before. */
void model_note_place(struct world *world, size_t node, const uint8_t *id,
                      const struct tov_ledger_place *place);
/* At rest: what a restore took is back, or its ledger says that it is lost. */
void model_check_back(struct world *world, size_t node);

/* After a start: what became durable is there, leaf for leaf, and can be read. */
void model_check_start(struct world *world, size_t node);
/* receipts.c: ENTRY at INDEX of NODE's ledger, a receipt, is true. */
void model_check_receipt(struct world *world, size_t node, struct tov_store_read *read,
                         const struct tov_leaf_receipt *receipt);
/* So many links of PEER to NODE are receipted. */
uint64_t model_receipted(const struct world *world, size_t node, size_t peer);

/* The peer's ledger as NODE's store holds it now; 0: nothing. */
uint64_t model_held(struct world *world, size_t node, size_t peer);
/* Rank of the link in the list; links->count: there is none. */
uint64_t model_link_find(const struct model_links *links, uint64_t series, uint64_t number);
/* That of the message at INDEX; NULL: it is not for PEER. */
struct model_link *model_link_at(const struct world *world, size_t node, size_t peer,
                                 uint64_t index);

#endif
