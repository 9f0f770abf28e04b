/* SPDX-License-Identifier: EUPL-1.2
 *
 * One real node (daemon/core/node.h) with a world in memory: its files, its guard, its commits and
 * its frames are in the test's hands, step by step. The store stands in a folder, so that a crash
 * is: drop the object, keep the folder, the synced files and the guard's state.
 * Not for: when things happen (tests/simulation/world.h decides it by a seed).
 * Never run a commit or answer a question twice.
 *
 *   commit    begun by the node -> sim_node_run_commit (durable) -> sim_node_answer_commit
 *   guard     asked by the node -> sim_node_run_guard (signed)   -> sim_node_answer_guard
 */
#ifndef TOV_TESTS_SUPPORT_SIM_NODE_H
#define TOV_TESTS_SUPPORT_SIM_NODE_H

#include "guard/guard_client.h"
#include "guard/guard_statement.h"
#include "ledger/ledger.h"
#include "node.h"
#include "support/sim_disk.h"
#include "support/sim_federation.h"

struct sim_node;

/* What a node does to the world outside; each may be NULL. INDEX is the node's. */
struct sim_hooks {
    void *context;
    enum tov_err (*send)(void *context, size_t index, uint16_t to, struct tov_bytes frame);
    void (*drop)(void *context, size_t index, uint16_t peer, uint32_t ms);
    void (*log)(void *context, size_t index, const char *event, const char *details);
    /* Toward clients, with a context of its own; without it frames are taken and forgotten. */
    void *client_context;
    enum tov_err (*send_client)(void *context, size_t index, uint64_t connection,
                                struct tov_bytes frame);
    void (*close_client)(void *context, size_t index, uint64_t connection);
    /* The commit that was begun is on disk now. */
    void (*durable)(void *context, size_t index);
    /* The guard has signed; it may not have been answered yet. */
    void (*signed_by_guard)(void *context, size_t index, const struct tov_guard_request *request,
                            const struct tov_guard_answer *answer);
    /* A submission's commit was answered: as a client would be told. */
    void (*acknowledged)(void *context, size_t index, uint64_t record);
};

struct sim_question {
    uint8_t kind;
    struct tov_buf request, answer;
    uint8_t answer_kind;
    bool is_run;
};
#define SIM_QUESTIONS_MAX 8u

struct sim_node {
    const struct sim_federation *federation;
    size_t index;
    const struct sim_agency *agency;
    struct sim_hooks hooks;
    char dir[256];
    uint64_t random; /* goes on over restarts */
    struct sim_disk *disk;
    struct tov_host host;
    struct tov_store *store;
    struct tov_node *node; /* NULL: it is down */
    struct tov_guard_local *guard;
    struct tov_buf images[TOV_GUARD_IMAGES];
    bool has_images;
    struct tov_store_batch *batch; /* of the commit in flight */
    bool batch_is_run;
    bool disk_is_full; /* commits are refused; for the files: sim_disk_fill */
    struct tov_store_result result;
    struct sim_question questions[SIM_QUESTIONS_MAX]; /* in order */
    size_t question_count;
    bool guard_is_silent; /* sim_node_settle leaves its questions where they are */
    uint64_t now_ms, mono_ms;
    uint64_t boots;
    uint64_t window_bytes; /* in flight from one peer; may be changed before a start */
    uint64_t day_bytes;    /* of a peer's ledger in a day; the same */
    uint8_t submitted_id[TOV_MESSAGE_ID_BYTES]; /* of what sim_message_submit wrote last */
};

/* A node that was never started: its folder DIR is made empty. */
void sim_node_init(struct sim_node *node, const struct sim_federation *federation, size_t index,
                   const char *dir);
void sim_node_fini(struct sim_node *node);

/* Starts it from what its disk holds. The first failure is in ERROR. */
enum tov_err sim_node_start(struct sim_node *node, struct tov_error *error);
/* A power cut at this very moment. */
void sim_node_crash(struct sim_node *node);
/* Copies of a node that is down, and what of them is put back: an operator's backup. */
enum { SIM_STORE = 1, SIM_GUARD = 2, SIM_EPOCHS = 4 };
struct sim_copy {
    struct tov_buf store, epochs;
    struct tov_buf images[TOV_GUARD_IMAGES];
};
void sim_node_copy(struct sim_node *node, struct sim_copy *out_copy);
void sim_node_put_back(struct sim_node *node, const struct sim_copy *copy, unsigned what);
void sim_copy_fini(struct sim_copy *copy);
/* STATEMENT in its data folder, signed by the root threshold. */
void sim_node_put_statement(struct sim_node *node, const char *file,
                            const struct tov_guard_statement_text *statement);
/* The root threshold's word on where a node stands that lost its guard's state too, in its data
 * folder: its ledger at AT, its journal begun anew as number 2. */
void sim_node_put_statements(struct sim_node *node, const struct tov_signed_size *at);
/* The node has ended to be started again from its store: a recovery does. */
bool sim_node_wants_start(const struct sim_node *node);
/* It has ended, for whatever reason: nothing settles it any more. */
bool sim_node_has_failed(const struct sim_node *node);

/* Sets the time of the node's next event. MONO goes on from boot to boot here. */
void sim_node_time(struct sim_node *node, uint64_t now_ms, uint64_t mono_ms);

bool sim_node_commits(const struct sim_node *node); /* begun and not answered */
void sim_node_run_commit(struct sim_node *node);
/* In place of it: the commit is said to have failed, though it may be there (IS_THERE). */
void sim_node_fail_commit(struct sim_node *node, bool is_there);
void sim_node_answer_commit(struct sim_node *node);
bool sim_node_asks(const struct sim_node *node, bool run); /* a question that is (not) run */
void sim_node_run_guard(struct sim_node *node);            /* the oldest that is not run */
void sim_node_answer_guard(struct sim_node *node);         /* the oldest, which was run */

/* Turns, commits and guard answers at once, until nothing waits. */
void sim_node_settle(struct sim_node *node);

#endif
