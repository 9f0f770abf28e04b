/* SPDX-License-Identifier: EUPL-1.2
 *
 * A federation in one process, driven by one seed: what happens next, to whom, and when is drawn
 * from it; nothing else is. After every step the invariants of DESIGN hold, or the world is broken
 * and says by which name.
 * Not for: a node's own steps (support/sim_node.h).
 * Never draw from world->random while looking at an invariant: the run would not be the same.
 */
#ifndef TOV_TESTS_SIMULATION_WORLD_H
#define TOV_TESTS_SIMULATION_WORLD_H

#include "simulation/inbox.h"
#include "simulation/liar.h"
#include "simulation/model.h"
#include "simulation/network.h"
#include "simulation/plant.h"
#include "simulation/repeat.h"
#include "simulation/restore.h"
#include "simulation/tally.h"
#include "simulation/trace.h"
#include "support/sim_message.h"

/* Names of what may break. */
#define BROKE_DURABLE "durable"   /* I3: what a commit made durable is there after a start */
#define BROKE_EARLY "early"       /* I2: something tells "stored" before the commit */
#define BROKE_FORK "fork"         /* I4: a signature over another tree, a mirror that differs */
#define BROKE_RECEIPT "receipt"   /* I1: a receipt says what is not so */
#define BROKE_MARKER "marker"     /* I10: content outside of what is sealed */
#define BROKE_DISCLOSED "need"    /* I10: an entry goes to one whom it does not name */
#define BROKE_LOST "lost"         /* I3: acknowledged and not there, changed, or out of order */
#define BROKE_TWICE "twice"       /* I3: told or applied more than once */
#define BROKE_UNTOLD "untold"     /* arrived, and no client was told */
#define BROKE_FAILED "failed"     /* a node stopped by itself */
#define BROKE_REST "rest"         /* the federation does not come to rest */
#define BROKE_SERVING "serving"   /* at rest a node does not serve */
#define BROKE_BEHIND "caught-up"  /* at rest a ledger is not followed to its end */
#define BROKE_UNOPENED "unopened" /* at rest a message is not receipted as opened */
#define BROKE_BOOK "book"         /* a snapshot of the case book says what the ledger does not */
#define BROKE_WITNESS "witness"   /* at rest the newest anchor is not cosigned */
#define BROKE_ACCUSED "accused"   /* an honest node is taken for another */
#define BROKE_UNSAID "unsaid"     /* a loss that the ledger does not tell */
#define BROKE_NAMES "names"       /* what a message answers or takes back is not where it stands */
#define BROKE_BLIND "blind"       /* a forker was not noticed, or not suspended */

/* In larger worlds nobody is set back, and a message goes to few. */
#define WORLD_FEW_NODES 8u

struct world_node {
    bool needs_turn;
    bool may_fail;            /* a commit was made to fail */
    bool files_are_back;      /* its attachments were set back once */
    int64_t clock_ms;         /* ahead of the world's */
    int64_t drift_ppm;        /* and further ahead with each million of milliseconds */
    uint64_t down_until_step; /* a crashed one stays down so long */
    uint64_t full_until_step; /* its disk is full so long */
};

/* Nodes clogged one after another, then freed in another order. */
struct swizzle {
    size_t count, done; /* count 0: none is under way */
    bool frees;
    uint64_t next_step;
    size_t order[2][SIM_NODES_MAX]; /* of clogging, of freeing */
};

struct world {
    uint64_t seed, random, step;
    struct trace trace;
    struct plants plants;
    struct sim_federation *federation;
    size_t count;
    struct sim_node nodes[SIM_NODES_MAX];
    struct world_node more[SIM_NODES_MAX];
    struct inbox inboxes[SIM_NODES_MAX];
    struct network network;
    bool is_spoilt[SIM_NODES_MAX][SIM_NODES_MAX]; /* who carries frames there has changed some */
    struct model model;
    struct liar liar;
    struct restores restores;
    struct repeats repeats;
    struct swizzle swizzle;
    struct tally tally;
    uint32_t without; /* bits of faults that do not happen */
    uint64_t now_ms, mono_ms;
    uint64_t next_record;
    unsigned orders_left;
    unsigned crashes, cuts; /* how much more often than usual */
    uint64_t activity;      /* frames, commits and questions of honest nodes so far */
    bool is_healing;        /* no more mischief */
    char broken[16];        /* a name above; empty: it holds */
    char why[320];
};

struct world_options {
    uint64_t seed;
    bool prints;
    enum plant plant;
    size_t agencies; /* 0: as the seed has it, few */
    /* For a smaller run of the same seed; 0: as the seed has it. */
    uint32_t without; /* bits of faults */
    unsigned nodes_max, orders_max;
    uint64_t steps_max;
};

/* Worlds keep their folders under the number of this process from now on, also after a fork: what
 * a child leaves behind the next one finds and removes. */
void world_claim_folders(void);
struct world *world_create(const struct world_options *options);
void world_destroy(struct world *world);

/* The first break stays. */
void world_break(struct world *world, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool world_is_broken(const struct world *world);

uint64_t world_below(struct world *world, uint64_t limit); /* 0 .. limit - 1 */
bool world_chance(struct world *world, unsigned percent);

/* Whether FAULT is part of this run; and that it happened. */
bool world_may(const struct world *world, enum fault fault);
void world_fault(struct world *world, enum fault fault);

/* ---- world.c: what is done to a node; each leaves a line in the trace ---- */

void world_start(struct world *world, size_t node);
void world_crash(struct world *world, size_t node);
void world_turn(struct world *world, size_t node);
void world_tick(struct world *world, size_t node);
void world_pass(struct world *world, uint64_t ms); /* for all; nobody is ticked */
void world_run_commit(struct world *world, size_t node);
void world_answer_commit(struct world *world, size_t node);
void world_run_guard(struct world *world, size_t node);
void world_answer_guard(struct world *world, size_t node);
void world_deliver(struct world *world, size_t from, size_t to);
void world_deliver_straggler(struct world *world, size_t from, size_t to);
void world_deliver_old(struct world *world, size_t from, size_t to);
void world_tell_news(struct world *world, size_t at, size_t peer);
/* Whatever bytes, as if FROM had sent them. */
void world_give(struct world *world, size_t from, size_t to, const struct tov_buf *frame);
void world_fill(struct world *world, size_t node, bool is_full);
/* Its disk is full, or it waits for room: its clients are refused what would be written, and its
 * book keeps no snapshots. */
bool world_lacks_room(const struct world *world, size_t node);
/* Sets the node's time and lets it see an event behind it. */
void world_touch(struct world *world, size_t node);
/* A node that stopped by itself is crashed when it may, else the world is broken. */
void world_look(struct world *world, size_t node);

/* ---- chance.c ---- */

/* One step of the seed's choice. */
void world_step(struct world *world);

/* A message of ORDER, written at NODE, which may write. */
void world_submit(struct world *world, size_t node, struct sim_order *order);
bool world_may_write(const struct world *world, size_t node);

/* ---- frames.c ---- */

/* What a frame says is true and may be said. */
void world_check_frame(struct world *world, size_t from, size_t to, struct tov_bytes frame);

/* ---- rest.c ---- */

/* Who is up is connected, and does what there is to do, ROUNDS times; then MS pass. */
void world_calm(struct world *world, unsigned rounds, uint64_t ms);

/* One thing of each kind that A and B have to do by themselves and with each other; false: they
 * have nothing. */
bool world_talk(struct world *world, size_t a, size_t b);

/* Ends all mischief, lets everything be delivered, and checks what must be so at rest. */
void world_rest(struct world *world);

#endif
