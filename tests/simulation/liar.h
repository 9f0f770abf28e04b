/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node that lies. It is a real node, which knows nothing of it: its frames are changed between it
 * and the network, with its own ledger key in the test's hands. What it says to its own guard and
 * store stays true, so its first tree is that of the model; the second one, in which entries are
 * others, is signed here. Its plan comes from the seed.
 * Not for: what one liar can do to one node, step by step (tests/unit/follow/hostile_test.c).
 *
 *   poison   all peers are shown the second tree: one history, with nonsense in it
 *   split    some are shown the one, some the other: nobody sees both
 *   switch   a peer is shown the first and later the second: it must notice
 */
#ifndef TOV_TESTS_SIMULATION_LIAR_H
#define TOV_TESTS_SIMULATION_LIAR_H

#include "simulation/model.h"

struct world;

enum liar_plan { LIAR_ONE_TREE, LIAR_POISON, LIAR_SPLIT, LIAR_SWITCH, LIAR_PLAN_COUNT };

/* Bits of what a root fits. */
#define LIAR_FIRST 1u
#define LIAR_SECOND 2u

/* What one other node is shown, and what it makes of it. */
struct liar_peer {
    uint64_t switch_step;   /* from here on the second tree */
    uint64_t withheld_from; /* entries from here on are never sent */
    unsigned shown;         /* trees of which it was given a part that the other one has not */
    unsigned holds;         /* trees that all fit what it holds */
    unsigned cosigned;      /* trees that all fit what it cosigned */
    uint64_t contradicted;  /* parcels that contradict what it holds, since the healing */
    bool is_noticed;        /* it said so */
};

struct liar {
    bool is_there, is_silent;
    size_t node;
    enum liar_plan plan;
    uint64_t random; /* its own: it draws nothing from the world's */
    uint64_t fork_at;
    unsigned part_percent, claim_percent;
    uint8_t secret[64];
    struct model_tree second;
    struct tov_buf *leaves; /* of the second tree; empty: as in the first */
    size_t leaf_capacity;
    struct liar_peer peers[SIM_NODES_MAX];
};

void liar_init(struct world *world);
void liar_fini(struct liar *liar);
bool liar_is(const struct world *world, size_t node);
uint64_t liar_below(struct liar *liar, uint64_t limit);
bool liar_chance(struct liar *liar, unsigned percent);

/* LEAF became durable in its ledger. */
void liar_take_leaf(struct world *world, struct tov_bytes leaf);
const struct model_tree *liar_tree_for(const struct world *world, size_t peer);
/* Signs TREE at SIZE, which is not over its count. */
void liar_sign(const struct world *world, const struct model_tree *tree, uint64_t size,
               uint8_t out_signature[64]);
/* The trees with ROOT at SIZE. */
unsigned liar_fits(const struct world *world, uint64_t size, const struct tov_hash *root);
/* NODE holds, or cosigned, ROOT at SIZE: it must be of one history with all that it did before. */
void liar_note_held(struct world *world, size_t node, uint64_t size, const struct tov_hash *root);
void liar_note_cosigned(struct world *world, size_t node, uint64_t size,
                        const struct tov_hash *root);
/* NODE is given FRAME of the liar. */
void liar_note_given(struct world *world, size_t node, struct tov_bytes frame);
/* NODE was started: what it noticed and had not committed is forgotten. */
void liar_note_start(struct world *world, size_t node);
/* NODE's store was set back, and its guard WITH_GUARD: it holds, or cosigned, what it did then. */
void liar_note_set_back(struct world *world, size_t node, bool with_guard);
/* NODE suspects the agency of index ACCUSED. */
void liar_note_accused(struct world *world, size_t node, size_t accused);

/* liar_say.c: what goes out in place of FRAME, in ROOM when it is another; false: nothing. */
bool liar_say(struct world *world, size_t to, struct tov_bytes *frame, struct tov_buf *room);
/* liar_hear.c: the same for what comes to it, so that its node hears of its first tree alone. */
bool liar_hear(struct world *world, size_t from, struct tov_bytes *frame, struct tov_buf *room);

/* Mischief ends, plans stay: whatever they will show is counted from now on. */
void liar_heal(struct world *world);
/* Who was shown both trees has noticed. */
bool liar_is_noticed(const struct world *world);
/* Who had the chance to notice did, and suspended it, and nobody else. */
void liar_check(struct world *world);

#endif
