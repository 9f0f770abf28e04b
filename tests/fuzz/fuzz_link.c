/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any bytes as a link block and as a reference: what decodes encodes to the same bytes.
 */
#include "wire/link.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tov_bytes bytes = {data, size};
    struct tov_link_block block;
    struct tov_ref ref;
    uint8_t out[TOV_LINK_BLOCK_BYTES];
    if (tov_link_decode(bytes, &block) == TOV_OK) {
        tov_link_encode(&block, out);
        if (!tov_bytes_equal(TOV_BYTES_OF(out), bytes))
            abort();
    }
    if (tov_ref_decode(bytes, &ref) == TOV_OK) {
        tov_ref_encode(&ref, out);
        if (!tov_bytes_equal((struct tov_bytes){out, TOV_REF_BYTES}, bytes))
            abort();
    }
    return 0;
}
