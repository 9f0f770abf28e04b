/* SPDX-License-Identifier: EUPL-1.2
 *
 * The node's own state; private to node*.c.
 */
#ifndef TOV_CORE_NODE_INTERNAL_H
#define TOV_CORE_NODE_INTERNAL_H

#include "api/api.h"
#include "guard/guard_client.h"
#include "ledger/rebuild.h"
#include "ledger/start_rule.h"
#include "node.h"

#define TOV_MACHINE_ID_BYTES 16u
#define START_HEAR_MS 30000u /* so long it is early to say that nobody answers */

/* The fact "recovery": node_recover.c. */
struct tov_node_recovery {
    bool is_open;
    uint64_t from, to;     /* own entries that were brought back; from UINT64_MAX: none */
    bool is_hashed;        /* the tree is whole */
    bool is_read_back;     /* who is heard was asked for its entries */
    bool rolled_back;      /* the guard had forgotten what was signed: the journal begins anew */
    uint64_t free_mono_ms; /* since when only entries on their way back are waited for; 0: not */
};

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
    bool has_told_waiting;
    char sentence_da[768], sentence_en[768]; /* what is shown while it waits, or recovers */
    uint64_t created_mono_ms;
    uint64_t leaf_ms_at_start;
    uint64_t believed_ms, believed_mono_ms, believed_claims; /* of which latest_believed_ms is */
    bool demo_clock;
    bool clock_is_behind; /* and was told */
    bool is_committing;   /* also while that commit waits for room */
    struct tov_turn *committing;
    bool has_no_room; /* its batch came back: it is to be committed again at the next tick */
    bool has_ticked;  /* since then */
    bool is_stopping;
    bool routine_waits; /* a file of it found no room: until the next tick */
    uint64_t batch_max_bytes;
    enum tov_err (*commit)(void *context, struct tov_store_batch *batch);
    void *commit_context;

    /* the guard answers in the order of the questions */
    bool asked_hello;
    uint32_t next_guard_id;
    uint32_t guard_open;             /* questions that were put and not answered */
    uint64_t guard_mono_ms;          /* since when it has answered none of them */
    bool guard_is_silent;            /* for too long */
    struct tov_guard_answer *answer; /* 50 KiB */
    struct tov_buf guard_payload;

    struct tov_node_recovery recovery;
    struct tov_rebuild *rebuild; /* while hashes are wanted */
    uint64_t noted_size;         /* how far the store and the sentence are */
    uint64_t guard_size;         /* what the guard has of the ledger, as its Hello said */
    struct tov_hash guard_root;
    bool guard_is_lost;      /* it has no state */
    bool asked_guard_hashes; /* of the newest entries, in this process */
    bool tree_is_lost[TOV_GUARD_TREES];
    bool statement_used; /* or looked for, in this process */
    bool restarts;       /* once all is committed */
    struct tov_api_state recovering_state;
    uint32_t journal; /* number of the present one */

    bool is_scrubbing; /* the store is being read whole, since scrub_mono_ms */
    uint64_t scrub_mono_ms, next_scrub_mono_ms;

    uint64_t last_anchor_day; /* days since 1970 of the newest own anchor */
    uint64_t last_journal_hour;
};

/* node_turn.c: at the beginning, at each tick, and when a month turns. */
void tov_node_prepare_keys(struct tov_node *node);
/* node_start.c */
void tov_node_become(struct tov_node *node, enum tov_node_state state, const char *why);
/* Lets parcels and stanzas go, or not: to be called when the state, the recovery or the signed size
 * has changed. */
void tov_node_set_sends(struct tov_node *node);
/* It may begin to serve as soon as the keepers have been heard. */
bool tov_node_hears_keepers(const struct tov_node *node);
void tov_node_start_step(struct tov_node *node);
/* Whether the guard has not answered for too long; says so, or takes it back, when that is news. */
void tov_node_note_guard(struct tov_node *node, bool is_silent);
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
/* The start rule: serving, waiting, or behind. */
void tov_node_keepers_step(struct tov_node *node);
void tov_node_on_guard_hello(struct tov_node *node, const struct tov_guard_hello_answer *hello);
/* node_recover.c */
enum tov_err tov_node_load_recovery(struct tov_node *node) TOV_MUST_CHECK;
/* The store is to be brought forward to the size TO at least: into the open batch. */
void tov_node_open_recovery(struct tov_node *node, uint64_t to);
/* Goes on where the fact says, after guard and core have looked at each other. */
void tov_node_recover(struct tov_node *node);
void tov_node_recover_step(struct tov_node *node);
void tov_node_ask_guard_hashes(struct tov_node *node, uint64_t from); /* node_turn.c */
void tov_node_on_guard_hashes(struct tov_node *node, const struct tov_guard_answer *answer);
/* Nothing but a new generation goes on from here. */
void tov_node_say_forked(struct tov_node *node);
/* The journal that the guard was set back in is ended: into the open batch. */
void tov_node_journal_is_new(struct tov_node *node);
/* The node serves: writes what a recovery still owes the ledger. */
void tov_node_finish_recovery(struct tov_node *node);
/* Whether a node that is free to serve waits for entries that are on their way back: else it would
 * say that they are lost. Bounded. */
bool tov_node_awaits_entries(struct tov_node *node);
/* What was learned at the start no longer holds: the node ends, to be started again, once all that
 * is in the open batch is committed. */
void tov_node_restart(struct tov_node *node);
void tov_node_restart_if_due(struct tov_node *node);

/* node_statement.c */
void tov_node_use_statement(struct tov_node *node);
void tov_node_on_statement(struct tov_node *node, enum tov_guard_refusal refusal);
void tov_node_ask_statement(struct tov_node *node,
                            const struct tov_guard_statement *statement); /* node_turn.c */

/* node_scrub.c: at each tick */
void tov_node_scrub(struct tov_node *node);

/* node_journal.c: which journal is the present one. */
enum tov_err tov_node_open_journal(struct tov_node *node, struct tov_error *error) TOV_MUST_CHECK;
/* Guard and store on the journal. TOV_E_AGAIN: the node is to be started again, or the guard was
 * asked and its answer is waited for. */
enum tov_err tov_node_agree_journal(struct tov_node *node, const struct tov_guard_tree_view *view,
                                    struct tov_error *error) TOV_MUST_CHECK;
void tov_node_ask_journal_next(struct tov_node *node, uint64_t number); /* node_turn.c */

/* node_routine.c: what a serving node writes by itself: epoch keys, anchors, journal roots. */
enum tov_err tov_node_routine(struct tov_node *node) TOV_MUST_CHECK;
enum tov_err tov_node_load_routine(struct tov_node *node) TOV_MUST_CHECK;
enum tov_err tov_node_begin_ledger(struct tov_node *node) TOV_MUST_CHECK;
/* FORMER: the last checkpoint of the journal before this one; size 0: none. */
enum tov_err tov_node_begin_journal(struct tov_node *node,
                                    const struct tov_guard_signed *former) TOV_MUST_CHECK;

#endif
