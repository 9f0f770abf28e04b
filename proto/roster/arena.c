/* SPDX-License-Identifier: EUPL-1.2 */
#include "roster/arena.h"

#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES 16384u

struct tov_arena_chunk {
    struct tov_arena_chunk *next;
    size_t used;
    size_t size;
    alignas(max_align_t) uint8_t bytes[];
};

void tov_arena_fini(struct tov_arena *arena)
{
    while (arena->chunks != NULL) {
        struct tov_arena_chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
}

void *tov_arena_take(struct tov_arena *arena, size_t size)
{
    const size_t step = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size_t rounded = (size + step - 1) / step * step;
    struct tov_arena_chunk *chunk = arena->chunks;
    if (chunk == NULL || chunk->size - chunk->used < rounded) {
        size_t fresh = rounded > CHUNK_BYTES ? rounded : CHUNK_BYTES;
        chunk = calloc(1, sizeof *chunk + fresh);
        if (chunk == NULL)
            return NULL;
        *chunk = (struct tov_arena_chunk){.next = arena->chunks, .size = fresh};
        arena->chunks = chunk;
    }
    void *taken = chunk->bytes + chunk->used;
    chunk->used += rounded;
    return taken;
}

const char *tov_arena_text(struct tov_arena *arena, struct tov_bytes text)
{
    char *copy = tov_arena_take(arena, text.size + 1);
    if (copy != NULL && text.size > 0)
        memcpy(copy, text.data, text.size);
    return copy;
}
