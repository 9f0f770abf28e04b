/* SPDX-License-Identifier: EUPL-1.2
 *
 * What must be so when nothing moves any more. Each check leaves at the first break.
 */
#ifndef TOV_TESTS_SIMULATION_REST_H
#define TOV_TESTS_SIMULATION_REST_H

#include "simulation/world.h"

/* It serves, everything is signed, and no content stands in the clear on its disk. */
void rest_check_node(struct world *world, size_t node);
/* TO follows FROM to the end; messages from FROM are there once, in order, unchanged, and are
 * receipted as opened. */
void rest_check_pair(struct world *world, size_t from, size_t to);
/* Of that the part which may be asked where nothing comes to rest: no message of FROM stays open at
 * TO, without its keys or attachments. */
void rest_check_open(struct world *world, size_t from, size_t to);
/* Each message and each attachment is told once: in the events and to the client. */
void rest_check_told(struct world *world, size_t node);
/* Each message names what it answers or takes back by the place where that stands, and has its
 * effect there; and who was told of another place finds it by that. */
void rest_check_names(struct world *world, size_t node);
/* Its newest anchor is cosigned by as many as the roster asks for. */
void rest_check_witness(struct world *world, size_t node);

#endif
