/* SPDX-License-Identifier: EUPL-1.2
 *
 * A frame on its way between two nodes of a wire, and what it is: for the filters of unit tests.
 */
#ifndef TOV_TESTS_SUPPORT_SIM_FRAME_H
#define TOV_TESTS_SUPPORT_SIM_FRAME_H

#include "wire/frame.h"

struct sim_frame {
    size_t from, to; /* indices */
    struct tov_buf bytes;
};

enum tov_frame_kind sim_frame_kind(const struct sim_frame *frame);
/* Whether it is a control frame of KIND. */
bool sim_frame_is_control(const struct sim_frame *frame, enum tov_control_kind kind);

struct sim_control {
    struct tov_control body;
    struct tov_control_arena *arena; /* what BODY points into */
};
/* What the control frame says; NULL: it is a frame of another kind. */
struct sim_control *sim_control_read(const struct sim_frame *frame);
void sim_control_destroy(struct sim_control *control);
TOV_DEFINE_CLEANUP(sim_control, struct sim_control, sim_control_destroy)

#endif
