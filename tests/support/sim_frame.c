/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_frame.h"

#include "support/unit.h"

#include <stdlib.h>

enum tov_frame_kind sim_frame_kind(const struct sim_frame *frame)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
    UNIT_NEED(tov_frame_decode(tov_buf_view(&frame->bytes), &decoded) == TOV_OK);
    return tov_frame_kind(decoded);
}

struct sim_control *sim_control_read(const struct sim_frame *frame)
{
    TOV_CLEANUP(tov_frame_cleanup) struct tov_frame *decoded = NULL;
    struct sim_control *control = NULL;
    struct tov_frame_control outer;
    UNIT_NEED(tov_frame_decode(tov_buf_view(&frame->bytes), &decoded) == TOV_OK);
    if (tov_frame_kind(decoded) != TOV_FRAME_CONTROL)
        return NULL;
    control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL && tov_frame_control(decoded, &outer) == TOV_OK);
    UNIT_NEED(tov_control_decode(outer.body, &control->body, &control->arena) == TOV_OK);
    return control;
}

bool sim_frame_is_control(const struct sim_frame *frame, enum tov_control_kind kind)
{
    TOV_CLEANUP(sim_control_cleanup) struct sim_control *control = sim_control_read(frame);
    return control != NULL && control->body.kind == kind;
}

void sim_control_destroy(struct sim_control *control)
{
    if (control == NULL)
        return;
    tov_control_arena_destroy(control->arena);
    free(control);
}
