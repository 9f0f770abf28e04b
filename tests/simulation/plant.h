/* SPDX-License-Identifier: EUPL-1.2
 *
 * Negative controls: bugs planted where the test's hands are, one a run. Each must be found, by the
 * name that it has coming. Not for: product code, which has no switch for any of this.
 */
#ifndef TOV_TESTS_SIMULATION_PLANT_H
#define TOV_TESTS_SIMULATION_PLANT_H

#include "support/sim_node.h"

enum plant {
    PLANT_NONE,
    /* plant_store.c: disks, guards and entries of the first node */
    PLANT_EARLY_ANSWER,  /* a commit is answered before it is durable */
    PLANT_LOST_COMMIT,   /* a crash takes the last commit with it */
    PLANT_LYING_DISK,    /* files are said to be synced and are not */
    PLANT_GUARD_BACK,    /* a crash takes a guard's state far back */
    PLANT_WRONG_HASH,    /* the guard is fed another leaf's hash */
    PLANT_GUARD_AHEAD,   /* it is fed a hash that no entry has */
    PLANT_GUARD_MUTE,    /* a guard's answers are lost */
    PLANT_MIRROR_ROW,    /* a row of a mirror goes missing */
    PLANT_MIRROR_POINT,  /* the root of a checkpoint that is held changes */
    PLANT_EVENT_ROW,     /* an event goes missing */
    PLANT_KEY_ROW,       /* the keys of a message go missing */
    PLANT_BOOK_ROW,      /* a snapshot of the case book changes */
    PLANT_BLOB_BIT,      /* an attachment changes */
    PLANT_TAG_ROW,       /* the key by which a client's message came is forgotten */
    PLANT_MARKER_DISK,   /* content in the clear in a file */
    PLANT_IO_ERROR,      /* a commit fails that should not */
    PLANT_FALSE_RECEIPT, /* a receipt for what nobody sent */
    PLANT_EPOCH_GAP,     /* an epoch is left out */
    PLANT_GENESIS_AGAIN, /* a ledger begins a second time */
    /* plant_back.c: nodes that come back from an old copy */
    PLANT_TOLD_ROW,    /* what own receipts said is forgotten */
    PLANT_SERIES_END,  /* and, elsewhere, what they said last of a series that it ended */
    PLANT_RING_HASH,   /* the guard gives it a hash that it was never fed */
    PLANT_RING_EMPTY,  /* the guard has no hashes for it */
    PLANT_ASIDE_ROW,   /* a message that was set aside is forgotten */
    PLANT_ASIDE_TWICE, /* it is appended twice */
    PLANT_MOVED_ROW,   /* where it stood before is forgotten */
    PLANT_LATE_LINK,   /* a link that came back while it waited for its keepers is forgotten */
    PLANT_LOST_UNSAID, /* it writes no entry `lost` */
    /* plant_wire.c: frames, clients and words */
    PLANT_EARLY_POSITION, /* a position frame is ahead of what is durable */
    PLANT_EARLY_HELLO,    /* a Hello is ahead of it */
    PLANT_OTHER_ROOT,     /* a parcel's root is not what was signed */
    PLANT_LEAK,           /* a parcel goes to another peer too */
    PLANT_MARKER_FRAME,   /* content in the clear in a frame */
    PLANT_WITHHELD,       /* one peer's parcels are never sent */
    PLANT_NO_KEYS,        /* one peer's messages go without their keys */
    PLANT_NO_WITNESS,     /* cosignatures are lost */
    PLANT_BAD_WIRE,       /* a link changes a byte of each parcel, and nobody notices there */
    PLANT_BAD_MEMORY,     /* a core does so, and signs it */
    PLANT_FORK_UNSAID,    /* a fork is not told to anybody */
    PLANT_TWICE,          /* a client frame comes twice */
    PLANT_DEAF_CLIENT,    /* a client frame does not come */
    PLANT_TOLD_AGAIN,     /* a submission is acknowledged twice */
    PLANT_MARKER,         /* content in a line of the log */
    PLANT_COUNT
};

struct plant_facts {
    const char *name;
    const char *breaks; /* the name that it must be found by */
};
const struct plant_facts *plant_facts(enum plant plant);

struct plants {
    enum plant plant;
    bool is_done; /* those that act once */
    struct tov_buf old_images[TOV_GUARD_IMAGES];
    bool has_old_images;
    bool waits_for_keepers;        /* who commits, and has read back what it could */
    uint32_t links[SIM_NODES_MAX]; /* that it has to each peer */
};

struct world;
void plants_init(struct plants *plants, enum plant plant);
void plants_fini(struct plants *plants);
/* Whether PLANT acts now, for the first and only time. */
bool plant_acts_once(struct world *world, enum plant plant);
bool plant_needs_liar(enum plant plant);
bool plant_needs_restores(enum plant plant);

/* ---- plant_store.c: called where each may act ---- */

bool plant_answers_early(struct world *world, size_t node);
void plant_before_commit(struct world *world, size_t node);
void plant_after_commit(struct world *world, size_t node);
void plant_after_crash(struct world *world, size_t node);
void plant_before_guard(struct world *world, size_t node);
void plant_before_turn(struct world *world, size_t node);
bool plant_mutes_guard(const struct world *world, size_t node);

/* ---- plant_back.c ---- */

void plant_back_before_commit(struct world *world, size_t node);
void plant_back_after_commit(struct world *world, size_t node);
/* What the guard has answered last may be another answer. */
void plant_back_after_guard(struct world *world, size_t node);

/* ---- plant_wire.c ---- */

struct plant_frame {
    size_t from, to;
    struct tov_bytes bytes;
};
/* FRAME as the node sends it, or another one in its place that lives in ROOM. */
struct tov_bytes plant_in_frame(struct world *world, const struct plant_frame *frame,
                                struct tov_buf *room);
/* The same behind everything that looks at what nodes send; SIZE 0: it is lost. */
struct tov_bytes plant_on_wire(struct world *world, const struct plant_frame *frame,
                               struct tov_buf *room);
/* To whom it goes too; world->count: to nobody. */
size_t plant_leaks_to(const struct world *world, const struct plant_frame *frame);
bool plant_doubles_client_frame(const struct world *world);
bool plant_deafens_client(struct world *world);
bool plant_tells_again(const struct world *world);
void plant_in_log(struct world *world, char *details, size_t size);
bool plant_hides_log(const struct world *world, const char *event);

#endif
