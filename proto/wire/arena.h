/* SPDX-License-Identifier: EUPL-1.2
 *
 * Memory of one decoded or growing message: blocks that are only added to and freed at once, with
 * a budget that bounds them all (I11). Usually one malloc for a message. Wiped when it is
 * destroyed, since requests and contents hold names (I10). Not for: anything that outlives its
 * message, or secrets. Never free a piece of it.
 */
#ifndef TOV_WIRE_ARENA_H
#define TOV_WIRE_ARENA_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct tov_arena;

/* The first block holds FIRST_BYTES; all blocks together at most BUDGET_BYTES. */
enum tov_err tov_arena_create(size_t first_bytes, size_t budget_bytes,
                              struct tov_arena **out_arena) TOV_MUST_CHECK;
void tov_arena_destroy(struct tov_arena *arena); /* NULL is fine */

/* SIZE bytes aligned for any type, not cleared; NULL when memory or the budget is at its end. */
void *tov_arena_alloc(struct tov_arena *arena, size_t size);
/* True once an allocation was refused because of the budget. */
bool tov_arena_is_exhausted(const struct tov_arena *arena);

#endif
