/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any bytes as the body of a control frame: what decodes encodes to the same bytes.
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
    enum tov_err err = rewrite_control(bytes, &out);
    if (err == TOV_OK && !tov_bytes_equal(tov_buf_view(&out), bytes))
        abort();
    if (err != TOV_OK && err != TOV_E_MALFORMED && err != TOV_E_LIMIT)
        abort();
    return 0;
}
