/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node's core as one object over pure state: frames, client requests, timers, commit and guard
 * results come in as events; effects go out through the host. It reads no clock, no randomness, no
 * socket, so that a whole federation runs in one process from one seed.
 * Not for: processes and descriptors (core_main.c) or simulations (tests/simulation).
 * Never call an event without the time: tov_node_set_time first, tov_node_turn after the last one.
 *
 *   guard unknown --hello answered, both trees agree--> waiting for keepers
 *   waiting       --keepers hold nothing larger-------> serving (genesis and first key if empty)
 *                   (all of them, or one and 30 s; a majority while node_majority.c asks for it,
 *                   or two persons in their place)
 *   any           --a peer or the guard holds more----> recovering (reads only; nothing is signed)
 *   recovering    --the tree and its entries are here-> waiting for keepers, as at each start
 *   recovering    --nobody can give what is missing---> behind (goes on when somebody can)
 *   guard unknown --the guard lost its state----------> guard lost (the same, until a statement)
 *   serving       --the clock ran away----------------> clock (nothing is signed until mended)
 *   serving       --the guard does not answer---------> guard silent (the same, until it does)
 */
#ifndef TOV_CORE_NODE_H
#define TOV_CORE_NODE_H

#include "follow/follow.h"
#include "ledger/core.h"
#include "roster/clients.h"

struct tov_node;
struct tov_access;
struct tov_api;
struct tov_api_policy;

enum tov_node_state {
    TOV_NODE_GUARD,   /* the guard has not answered */
    TOV_NODE_KEEPERS, /* keepers have not answered */
    TOV_NODE_SERVING,
    TOV_NODE_BEHIND,
    TOV_NODE_CLOCK,
    TOV_NODE_GUARD_LOST,   /* the guard is there, its state is not */
    TOV_NODE_GUARD_SILENT, /* it has served, and does not answer now */
    TOV_NODE_RECOVERING
};

struct tov_node_setup {
    const struct tov_host *host;
    struct tov_store *store;     /* the caller's, open until the node is destroyed */
    struct tov_roster *roster;   /* verified; the caller's */
    struct tov_clients *clients; /* the caller's */
    const char *agency;
    const struct tov_key *control_seed;
    const struct tov_key *storage_root;
    uint64_t now_ms, mono_ms;
    uint64_t window_bytes;
    uint64_t peer_day_bytes; /* follow/follow.h */
    uint64_t batch_max_bytes;
    uint64_t disk_reserve_bytes;
    bool demo_clock;
    const uint8_t *machine_id; /* 16 bytes that are this machine's alone; NULL: it has none */
    size_t book_block_bytes;   /* of the case book's snapshots; 0: the usual size */
    const struct tov_api_policy *policy; /* copied; NULL: the defaults of api/policy.h */
    /* Begins the commit of a batch; its result comes by tov_node_on_committed. */
    enum tov_err (*commit)(void *context, struct tov_store_batch *batch);
    void *commit_context;
};

enum tov_err tov_node_create(const struct tov_node_setup *setup, struct tov_node **out_node,
                             struct tov_error *error) TOV_MUST_CHECK;
/* Its batches go with it: no commit of one may be under way (tov_store_settle). NULL is fine. */
void tov_node_destroy(struct tov_node *node);
TOV_DEFINE_CLEANUP(tov_node, struct tov_node, tov_node_destroy)

/* ---- events ---- */

void tov_node_set_time(struct tov_node *node, uint64_t now_ms, uint64_t mono_ms);
void tov_node_on_peer_up(struct tov_node *node, uint16_t agency);
void tov_node_on_peer_down(struct tov_node *node, uint16_t agency);
void tov_node_on_peer_frame(struct tov_node *node, uint16_t agency, struct tov_bytes frame);
void tov_node_on_client_frame(struct tov_node *node, const uint8_t client_key[32],
                              uint64_t connection, struct tov_bytes frame);
/* It asks more than its share: the frame is answered by TOV_E_BUSY, and nothing else is done. */
void tov_node_refuse_client_frame(struct tov_node *node, const uint8_t client_key[32],
                                  uint64_t connection, struct tov_bytes frame);
void tov_node_on_client_gone(struct tov_node *node, uint64_t connection);
void tov_node_on_clients_gone(struct tov_node *node); /* all: the front was started again */
void tov_node_set_clients(struct tov_node *node, struct tov_clients *clients);
/* As tov_api_set_gateway. */
void tov_node_set_gateway(struct tov_node *node, bool is_there);
void tov_node_on_guard(struct tov_node *node, uint8_t kind, struct tov_bytes payload);
void tov_node_on_committed(struct tov_node *node, const struct tov_store_result *result);
/* At least once a second. */
void tov_node_on_tick(struct tov_node *node);
/* After the events of one wake-up: commits what waits, feeds the guard, sends what may go. */
void tov_node_turn(struct tov_node *node);

/* The process is to end: what was accepted is committed, and nothing else is begun. */
void tov_node_stop(struct tov_node *node);

/* ---- for the shell ---- */

/* Not TOV_OK: the node cannot go on; ERROR says why. TOV_E_AGAIN: it is to be started again from
 * its store, at once. */
enum tov_err tov_node_failed(const struct tov_node *node, struct tov_error *out_error);
enum tov_node_state tov_node_state(const struct tov_node *node);
/* True while the open batch is so full that no more frames should be read. */
bool tov_node_is_busy(const struct tov_node *node);
/* Nothing waits for a commit, a signature or a send: a simulation may step its clock. */
bool tov_node_is_idle(const struct tov_node *node);
/* There is work that waits for nothing but the next turn: it should come at once. */
bool tov_node_wants_turn(const struct tov_node *node);
/* Nothing accepted waits for its commit: a good moment to stop. */
bool tov_node_is_settled(const struct tov_node *node);
struct tov_core *tov_node_core(struct tov_node *node);
struct tov_follow *tov_node_follow(struct tov_node *node);
struct tov_api *tov_node_api(struct tov_node *node);

#endif
