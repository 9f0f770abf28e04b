/* SPDX-License-Identifier: EUPL-1.2
 *
 * Stores that are set back to copies of earlier moments: alone, with the guard's state, or with the
 * attachments. What of it no node can be held to is kept away by four rules:
 *
 *   newest-first    who was set back with its guard meets nobody, before its tree is whole, but
 *                   those honest nodes that hold all of it (docs/guard.md: stale keepers let it
 *                   sign again)
 *   somebody-holds  what was signed where a guard is set back, or was and is not fed yet, an
 *                   honest node holds, and goes on to hold until its tree is whole
 *   majority-honest of the keepers that a node must hear after it so many do not lie: without them
 *                   it waits for two persons (docs/guard.md), and there are none here
 *   files-stay      attachments are not set back while somebody still fetches some: he would ask
 *                   for ever for what is gone
 *
 * Not for: what may be lost (model_back.c).
 */
#ifndef TOV_TESTS_SIMULATION_RESTORE_H
#define TOV_TESTS_SIMULATION_RESTORE_H

#include "simulation/inbox.h"
#include "simulation/model.h"

struct world;

struct restore_copy {
    bool is_there;
    struct sim_copy files;
    struct sim_disk *disk;
    struct inbox inbox;
    struct model_moment moment;
};

struct restores {
    bool happen;                     /* in this world */
    unsigned left;                   /* so many more */
    unsigned late_left;              /* beside those: restore_late */
    bool has_written[SIM_NODES_MAX]; /* since it was set back: restore_write */
    /* Of who was set back and another one: they do not hear each other before. */
    uint64_t apart_to_ms[SIM_NODES_MAX][SIM_NODES_MAX];
    struct restore_copy copies[SIM_NODES_MAX];
};

void restores_fini(struct world *world);
/* Deeds. */
void restore_copy(struct world *world);
void restore_put_back(struct world *world);
/* The same of a node that somebody waits for, right behind a message that reaches nobody. */
void restore_amid(struct world *world);
/* The same of a node at rest: what it loses, one who is no keeper has, who is heard before the last
 * keeper that it needs. */
void restore_late(struct world *world);
/* A client writes at a node before that can know that it is old, and often answers or takes back
 * what it wrote: both are set aside later. */
void restore_write(struct world *world);
/* All who are up get on with it for a while, so that some come back before the next harm. */
void restore_calm(struct world *world);
/* The rule newest-first, for a connection between them; and who was set back may hear some of the
 * others after some time alone. */
bool restore_may_connect(const struct world *world, size_t a, size_t b);

#endif
