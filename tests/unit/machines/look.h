/* SPDX-License-Identifier: EUPL-1.2
 *
 * A world of told messages and the picture that one agency has of it.
 * Not for: several agencies' pictures side by side (world.h).
 */
#ifndef TOV_TESTS_MACHINES_LOOK_H
#define TOV_TESTS_MACHINES_LOOK_H

#include "world.h"

struct look {
    struct world world;
    struct tov_told *held; /* what the picture is made of */
    size_t held_count;
    struct tov_picture *picture;
};

/* LINES (world_say_all) are all that was said; senders fill in steps. No picture is made. */
void look_begin(struct look *look, const char *lines);
/* The picture of AGENCY; NULL: of all that was said. */
void look_as(struct look *look, const char *agency);
void look_fini(struct look *look);

/* What the picture has; there must be one. */
const struct tov_thing *look_thing(const struct look *look, enum tov_machine machine,
                                   const char *name);
const struct tov_placed *look_placed(const struct look *look, const char *id);
const struct tov_judgement *look_judgement(const struct look *look, const char *id,
                                           enum tov_machine machine);

#endif
