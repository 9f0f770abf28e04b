/* SPDX-License-Identifier: EUPL-1.2
 *
 * The node's own state; private to node*.c.
 */
#ifndef TOV_CORE_NODE_INTERNAL_H
#define TOV_CORE_NODE_INTERNAL_H

#include "api/api.h"
#include "guard/guard_client.h"
#include "ledger/start_rule.h"
#include "node.h"

#define TOV_MACHINE_ID_BYTES 16u

struct tov_node {
    struct tov_core core;
    struct tov_follow *follow;
    struct tov_api *api;
    enum tov_node_state state;
    uint64_t start_mono_ms;           /* since when keepers are waited for */
    struct tov_start_rule start_rule; /* as in the store and its open batches */
    bool has_machine;
    uint8_t machine[TOV_MACHINE_ID_BYTES];
    size_t told_answers;   /* keepers whose answers were told, and how many persons */
    unsigned told_persons; /* go on without them */
    char waiting_da[768], waiting_en[768];
    uint64_t created_mono_ms;
    uint64_t leaf_ms_at_start;
    bool demo_clock;
    bool is_committing;
    struct tov_turn *committing;
    uint64_t batch_max_bytes;
    enum tov_err (*commit)(void *context, struct tov_store_batch *batch);
    void *commit_context;

    /* the guard answers in the order of the questions */
    bool asked_hello;
    uint32_t next_guard_id;
    uint64_t guard_mono_ms;          /* when the open question was put */
    struct tov_guard_answer *answer; /* 50 KiB */
    struct tov_buf guard_payload;

    uint64_t last_anchor_day; /* days since 1970 of the newest own anchor */
    uint64_t last_journal_hour;
};

/* node_start.c */
void tov_node_become(struct tov_node *node, enum tov_node_state state, const char *why);
void tov_node_start_step(struct tov_node *node);
void tov_node_on_guard_hello(struct tov_node *node, const struct tov_guard_hello_answer *hello);
/* node_majority.c: whether a majority of the keepers must be heard, and why. The one place. */
enum tov_err tov_node_load_start_rule(struct tov_node *node) TOV_MUST_CHECK;
/* From now on, over every restart, until a majority was heard or two persons went on without. */
void tov_node_demand_majority(struct tov_node *node, enum tov_start_reason reason);
/* Compares the machine with the one that the store was last served on, and notes it. */
enum tov_err tov_node_check_machine(struct tov_node *node) TOV_MUST_CHECK;
bool tov_node_wants_majority(const struct tov_node *node);
/* It was met: the demand goes with the open batch. */
void tov_node_met_majority(struct tov_node *node, const char *how);
/* While it waits: status and log say for whom. */
void tov_node_tell_waiting(struct tov_node *node);
/* node_routine.c: what a serving node writes by itself: epoch keys, anchors, journal roots. */
enum tov_err tov_node_routine(struct tov_node *node) TOV_MUST_CHECK;
enum tov_err tov_node_load_routine(struct tov_node *node) TOV_MUST_CHECK;
enum tov_err tov_node_begin_ledger(struct tov_node *node) TOV_MUST_CHECK;

#endif
