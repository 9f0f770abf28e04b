/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any bytes as a leaf: what decodes encodes to the same bytes.
 */
#include "base/cleanup.h"
#include "wire/leaf.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tov_bytes bytes = {data, size};
    struct tov_leaf leaf;
    if (tov_leaf_decode(bytes, &leaf) != TOV_OK)
        return 0;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    if (tov_leaf_encode(&leaf, &out) != TOV_OK || !tov_bytes_equal(tov_buf_view(&out), bytes))
        abort();
    if (leaf.type != TOV_LEAF_MESSAGE)
        return 0;
    tov_buf_clear(&out);
    if (tov_leaf_envelope_encode(&leaf.as.message, &out) != TOV_OK ||
        !tov_bytes_equal(tov_buf_view(&out), tov_leaf_envelope_view(bytes)))
        abort();
    return 0;
}
