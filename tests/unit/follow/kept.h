/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a peer gives back when it is heard again, kept instead of given: its first answer about
 * leaves, and the first parcel behind it. The test gives them when it wants to.
 */
#ifndef TOV_TESTS_FOLLOW_KEPT_H
#define TOV_TESTS_FOLLOW_KEPT_H

#include "support/sim_wire.h"

struct kept {
    struct tov_buf leaves, parcel;
};

void kept_init(struct kept *kept);
void kept_fini(struct kept *kept);
/* In a filter, for a frame of that peer. False: it is an answer about leaves or a parcel, and stays
 * here. */
bool kept_passes(struct kept *kept, const struct sim_frame *frame);
/* Both are here. */
bool kept_is_whole(const struct kept *kept);

#endif
