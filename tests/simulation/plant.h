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
    PLANT_EARLY_ANSWER,   /* a commit is answered before it is durable */
    PLANT_EARLY_POSITION, /* a position frame is ahead of what is durable */
    PLANT_LOST_COMMIT,    /* a crash takes the last commit with it */
    PLANT_LYING_DISK,     /* files are said to be synced and are not */
    PLANT_GUARD_BACK,     /* a crash takes a guard's state far back */
    PLANT_WRONG_HASH,     /* the guard is fed another leaf's hash */
    PLANT_MIRROR_ROW,     /* a row of a mirror goes missing */
    PLANT_TWICE,          /* a client frame comes twice */
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
};

struct world;
void plants_init(struct plants *plants, enum plant plant);
void plants_fini(struct plants *plants);

/* Called where each may act. */
bool plant_answers_early(struct world *world, size_t node);
void plant_before_commit(struct world *world, size_t node);
void plant_after_commit(struct world *world, size_t node);
void plant_after_crash(struct world *world, size_t node);
void plant_before_guard(struct world *world, size_t node);
/* FRAME, or another one in its place that lives in ROOM. */
struct tov_bytes plant_in_frame(struct world *world, struct tov_bytes frame, struct tov_buf *room);
bool plant_doubles_client_frame(struct world *world);
void plant_in_log(struct world *world, char *details, size_t size);

#endif
