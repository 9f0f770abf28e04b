/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/arena.h"

#include "base/secret.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>

#define ALIGNMENT alignof(max_align_t)
#define GROWTH_MAX_BYTES 65536u /* of a block that is added, unless one allocation needs more */

struct block {
    struct block *older;
    size_t size; /* of what follows the struct */
    size_t used;
    alignas(max_align_t) uint8_t bytes[];
};

/* Stands in the first block. */
struct tov_arena {
    struct block *newest;
    size_t budget_left;
    bool exhausted;
};

static size_t aligned(size_t size)
{
    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static struct block *make_block(size_t size)
{
    struct block *block = malloc(sizeof *block + size);
    if (block != NULL)
        *block = (struct block){.size = size};
    return block;
}

enum tov_err tov_arena_create(size_t first_bytes, size_t budget_bytes, struct tov_arena **out_arena)
{
    size_t first = first_bytes < budget_bytes ? first_bytes : budget_bytes;
    size_t own = aligned(sizeof(struct tov_arena));
    struct block *block = make_block(own + aligned(first));
    if (block == NULL)
        return TOV_E_NOMEM;
    struct tov_arena *arena = (struct tov_arena *)(void *)block->bytes;
    block->used = own;
    *arena = (struct tov_arena){.newest = block, .budget_left = budget_bytes - first};
    *out_arena = arena;
    return TOV_OK;
}

void tov_arena_destroy(struct tov_arena *arena)
{
    struct block *block = arena == NULL ? NULL : arena->newest;
    while (block != NULL) {
        struct block *older = block->older;
        tov_wipe(block->bytes, block->used);
        free(block);
        block = older;
    }
}

static struct block *add_block(struct tov_arena *arena, size_t needed)
{
    size_t wished = arena->newest->size * 2;
    if (wished > GROWTH_MAX_BYTES)
        wished = GROWTH_MAX_BYTES;
    if (wished < needed)
        wished = needed;
    if (wished > arena->budget_left)
        wished = needed;
    if (wished > arena->budget_left) {
        arena->exhausted = true;
        return NULL;
    }
    struct block *block = make_block(wished);
    if (block == NULL)
        return NULL;
    arena->budget_left -= wished;
    block->older = arena->newest;
    arena->newest = block;
    return block;
}

void *tov_arena_alloc(struct tov_arena *arena, size_t size)
{
    if (size > SIZE_MAX / 2) {
        arena->exhausted = true;
        return NULL;
    }
    size_t needed = aligned(size == 0 ? 1 : size);
    struct block *block = arena->newest;
    if (block->size - block->used < needed)
        block = add_block(arena, needed);
    if (block == NULL)
        return NULL;
    void *start = block->bytes + block->used;
    block->used += needed;
    return start;
}

bool tov_arena_is_exhausted(const struct tov_arena *arena)
{
    return arena->exhausted;
}
