/* SPDX-License-Identifier: EUPL-1.2 */
#include "kept.h"

void kept_init(struct kept *kept)
{
    kept->leaves = kept->parcel = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
}

void kept_fini(struct kept *kept)
{
    tov_buf_fini(&kept->leaves);
    tov_buf_fini(&kept->parcel);
}

bool kept_passes(struct kept *kept, const struct sim_frame *frame)
{
    bool is_answer = sim_frame_is_control(frame, TOV_CONTROL_LEAF_ANSWER);
    struct tov_buf *to = is_answer ? &kept->leaves : &kept->parcel;
    if (!is_answer && sim_frame_kind(frame) != TOV_FRAME_PARCEL)
        return true;
    if (to->size == 0)
        tov_buf_put_bytes(to, tov_buf_view(&frame->bytes));
    return false;
}

bool kept_is_whole(const struct kept *kept)
{
    return kept->leaves.size > 0 && kept->parcel.size > 0;
}
