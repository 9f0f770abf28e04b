/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an arena held is gone when its blocks go back to the allocator: decoded requests and
 * contents hold names. free() is wrapped by the linker, so that blocks are seen as they are freed.
 */
#include "wire/arena.h"

#include "support/unit.h"

#include <malloc.h>
#include <string.h>

#define NAME "Magnus Prøvesen"

void __real_free(void *block);
void __wrap_free(void *block);

static size_t freed, with_name;

void __wrap_free(void *block)
{
    if (block != NULL) {
        freed++;
        with_name += memmem(block, malloc_usable_size(block), NAME, strlen(NAME)) != NULL ? 1 : 0;
    }
    __real_free(block);
}

static void blocks_are_wiped_before_they_are_freed(void)
{
    struct tov_arena *arena = NULL;
    UNIT_NEED(tov_arena_create(64, 100000, &arena) == TOV_OK);
    for (size_t i = 0; i < 200; i++) {
        char *text = tov_arena_alloc(arena, 64);
        UNIT_NEED(text != NULL);
        memcpy(text, NAME, sizeof NAME);
    }
    freed = with_name = 0;
    tov_arena_destroy(arena);
    CU_ASSERT(freed > 2);
    UNIT_EQUAL_INT(with_name, 0);
}

int main(void)
{
    static const struct unit_test tests[] = {UNIT_TEST(blocks_are_wiped_before_they_are_freed)};
    return unit_run("wire: what arenas leave behind", tests, sizeof tests / sizeof tests[0]);
}
