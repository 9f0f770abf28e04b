/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/memory.h"

#include <stdlib.h>
#include <string.h>

struct lib_block {
    struct lib_block *next;
    max_align_t data[];
};

void lib_memory_fini(struct lib_memory *memory)
{
    while (memory->blocks != NULL) {
        struct lib_block *next = memory->blocks->next;
        free(memory->blocks);
        memory->blocks = next;
    }
}

void *lib_memory_take(struct lib_memory *memory, size_t size)
{
    if (size > SIZE_MAX - sizeof(struct lib_block))
        return NULL;
    struct lib_block *block = calloc(1, sizeof *block + size);
    if (block == NULL)
        return NULL;
    block->next = memory->blocks;
    memory->blocks = block;
    return block->data;
}

const char *lib_memory_text(struct lib_memory *memory, struct tov_bytes bytes)
{
    char *text = lib_memory_take(memory, bytes.size + 1);
    if (text != NULL && bytes.size > 0)
        memcpy(text, bytes.data, bytes.size);
    return text;
}
