/* SPDX-License-Identifier: EUPL-1.2
 *
 * The store is read whole by and by: from each start on, and then again each day. It takes a few
 * milliseconds of each second.
 */
#include "node_internal.h"

#define SCRUB_BYTES (256u << 10) /* at a tick: some thousand rows, 20 GiB a day */
#define SCRUB_EVERY_MS 86400000u

void tov_node_scrub(struct tov_node *node)
{
    struct tov_core *core = &node->core;
    uint64_t rows = 0;
    if (core->mono_ms < node->next_scrub_mono_ms || core->failed != TOV_OK)
        return;
    if (!node->is_scrubbing)
        node->scrub_mono_ms = core->mono_ms;
    node->is_scrubbing = true;
    enum tov_err err = tov_store_scrub(core->store, SCRUB_BYTES, &rows, NULL);
    if (err == TOV_E_CORRUPT)
        (void)tov_core_check_store(core);
    if (err != TOV_OK)
        return; /* there is more of it, or it cannot be read now */
    node->is_scrubbing = false;
    node->next_scrub_mono_ms = node->scrub_mono_ms + SCRUB_EVERY_MS;
    tov_core_log(core, TOV_HOST_INFO, "store-read-whole", "rows=%llu seconds=%llu",
                 (unsigned long long)rows,
                 (unsigned long long)((core->mono_ms - node->scrub_mono_ms) / 1000));
}
