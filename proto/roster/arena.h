/* SPDX-License-Identifier: EUPL-1.2
 *
 * Memory that lives and dies with one parsed text: taken piece by piece, freed at once. Inside
 * proto/roster only. Not for: secrets.
 * Never take a size from outside that no named limit has met.
 */
#ifndef TOV_ROSTER_ARENA_H
#define TOV_ROSTER_ARENA_H

#include "base/bytes.h"

struct tov_arena_chunk;
struct tov_arena {
    struct tov_arena_chunk *chunks; /* newest first; start with {0} */
};

void tov_arena_fini(struct tov_arena *arena);
/* Zeroed, aligned for any type; NULL when memory could not be had. SIZE may be 0. */
void *tov_arena_take(struct tov_arena *arena, size_t size);
/* A NUL-terminated copy of TEXT, which holds no NUL. */
const char *tov_arena_text(struct tov_arena *arena, struct tov_bytes text);

#endif
