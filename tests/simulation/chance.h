/* SPDX-License-Identifier: EUPL-1.2
 *
 * Drawing to whom something happens, and what happens beside the ordinary. Private to chance.c and
 * mischief.c.
 */
#ifndef TOV_TESTS_SIMULATION_CHANCE_H
#define TOV_TESTS_SIMULATION_CHANCE_H

#include "simulation/world.h"

/* A node, drawn, for which FITS holds; world->count: none. */
size_t chance_node(struct world *world, bool (*fits)(const struct world *world, size_t node));
/* A pair, drawn, for which FITS holds; false: none. */
bool chance_pair(struct world *world,
                 bool (*fits)(const struct world *world, size_t from, size_t to), size_t *out_from,
                 size_t *out_to);
/* Events and turns: often one turn for each event, sometimes one for several. */
void chance_turn(struct world *world, size_t node);

/* ---- mischief.c ---- */

void mischief_damage(struct world *world);
void mischief_fill(struct world *world);
void mischief_swizzle(struct world *world);
void mischief_replay(struct world *world);
/* What is under way goes on: a swizzle, a full disk. */
void mischief_goes_on(struct world *world);
void mischief_ends(struct world *world);

#endif
