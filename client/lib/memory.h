/* SPDX-License-Identifier: EUPL-1.2
 *
 * Many small texts and arrays that live and end together: what a handle gives out borrowed.
 * Not for: secrets.
 */
#ifndef TOV_LIB_MEMORY_H
#define TOV_LIB_MEMORY_H

#include "base/bytes.h"

struct lib_block;
/* Zeroed is empty. */
struct lib_memory {
    struct lib_block *blocks;
};
void lib_memory_fini(struct lib_memory *memory);
/* Zeroed bytes; NULL without memory. SIZE is bounded by what it was decoded from (one frame). */
void *lib_memory_take(struct lib_memory *memory, size_t size);
/* A copy of BYTES with a NUL behind; NULL without memory. */
const char *lib_memory_text(struct lib_memory *memory, struct tov_bytes bytes);

#endif
