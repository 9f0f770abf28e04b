/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any bytes as a frame from a peer: what reads to its last field is written again as it was.
 */
#include "base/cleanup.h"
#include "base/limits.h"
#include "unit/wire_frame/rewrite.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tov_bytes bytes = {data, size};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    enum tov_err err = rewrite_frame(bytes, &out);
    if (err == TOV_OK && !tov_bytes_equal(tov_buf_view(&out), bytes))
        abort();
    if (err != TOV_OK && err != TOV_E_MALFORMED && err != TOV_E_LIMIT)
        abort();
    return 0;
}
