/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/ref.h"

#include "base/limits.h"

#include <string.h>

void tov_ref_encode(const struct tov_ref *ref, uint8_t out[TOV_REF_BYTES])
{
    tov_put_be16(out, ref->agency);
    tov_put_be32(out + 2, ref->generation);
    tov_put_be64(out + 6, ref->index);
    memcpy(out + 14, ref->leaf.bytes, TOV_HASH_BYTES);
}

enum tov_err tov_ref_decode(struct tov_bytes bytes, struct tov_ref *out_ref)
{
    struct tov_reader reader = tov_reader_of(bytes);
    struct tov_ref ref = {.agency = tov_read_u16(&reader)};
    ref.generation = tov_read_u32(&reader);
    ref.index = tov_read_u64(&reader);
    tov_read_copy(&reader, ref.leaf.bytes, TOV_HASH_BYTES);
    if (!tov_reader_is_done(&reader) || ref.agency == 0 || ref.agency > TOV_AGENCIES_MAX ||
        ref.generation == 0)
        return TOV_E_MALFORMED;
    *out_ref = ref;
    return TOV_OK;
}

bool tov_ref_equal(const struct tov_ref *a, const struct tov_ref *b)
{
    return a->agency == b->agency && a->generation == b->generation && a->index == b->index &&
           tov_hash_equal(&a->leaf, &b->leaf);
}
