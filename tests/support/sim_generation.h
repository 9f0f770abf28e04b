/* SPDX-License-Identifier: EUPL-1.2
 *
 * The first agency of a federation begins its ledger anew, in a next generation.
 */
#ifndef TOV_TESTS_SUPPORT_SIM_GENERATION_H
#define TOV_TESTS_SUPPORT_SIM_GENERATION_H

#include "support/sim_node.h"

/* Where the trees of the generation before were closed; NULL: the roster does not say. */
struct sim_closed {
    const struct tov_signed_size *ledger, *journal;
};

/* Puts the next roster in force, by which the agency has GENERATION. The keys take its name, and
 * stay, which is of no matter to tests. */
void sim_begin_generation(struct sim_federation *federation, uint32_t generation,
                          const struct sim_closed *closed);
/* NODE, of that agency and down, as one with an empty folder and a guard that never signed. */
void sim_generation_empty(struct sim_federation *federation, struct sim_node *node);

#endif
