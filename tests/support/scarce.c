/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/scarce.h"

#include "support/unit.h"

#include <stdbool.h>
#include <stdio.h>

/* The linker gives calls of malloc to __wrap_malloc, and those of __real_malloc to malloc. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void __wrap_free(void *memory);

/* Of proto/wire and proto/roster: an arena hands out memory that it got earlier, and may fail as
 * well. Weak, so that nothing is linked that a test does not use. */
struct tov_arena;
void *__real_tov_arena_alloc(struct tov_arena *arena, size_t size) __attribute__((weak));
void *__real_tov_arena_take(struct tov_arena *arena, size_t size) __attribute__((weak));
const char *__real_tov_arena_text(struct tov_arena *arena, struct tov_bytes text)
    __attribute__((weak));
void *__wrap_tov_arena_alloc(struct tov_arena *arena, size_t size);
void *__wrap_tov_arena_take(struct tov_arena *arena, size_t size);
const char *__wrap_tov_arena_text(struct tov_arena *arena, struct tov_bytes text);

static struct {
    bool is_armed;
    size_t left; /* allocations until one fails */
    bool has_failed;
    long held; /* allocated while armed, less what was freed */
} scarce;

static bool fails(void)
{
    if (!scarce.is_armed || scarce.has_failed)
        return false;
    scarce.has_failed = scarce.left == 0;
    scarce.left--;
    return scarce.has_failed;
}

static void *count_in(void *memory)
{
    if (scarce.is_armed && memory != NULL)
        scarce.held++;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : count_in(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : count_in(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (fails())
        return NULL;
    return memory == NULL ? count_in(__real_malloc(size)) : __real_realloc(memory, size);
}

void __wrap_free(void *memory)
{
    if (scarce.is_armed && memory != NULL)
        scarce.held--;
    __real_free(memory);
}

void *__wrap_tov_arena_alloc(struct tov_arena *arena, size_t size)
{
    return fails() ? NULL : __real_tov_arena_alloc(arena, size);
}

void *__wrap_tov_arena_take(struct tov_arena *arena, size_t size)
{
    return fails() ? NULL : __real_tov_arena_take(arena, size);
}

const char *__wrap_tov_arena_text(struct tov_arena *arena, struct tov_bytes text)
{
    return fails() ? NULL : __real_tov_arena_text(arena, text);
}

static enum tov_err do_once(size_t allowed, scarce_action *action, void *context)
{
    scarce.left = allowed;
    scarce.has_failed = false;
    scarce.held = 0;
    scarce.is_armed = true;
    enum tov_err err = action(context);
    scarce.is_armed = false;
    return err;
}

static void expect(bool holds, const char *what, size_t allocation, const char *words)
{
    if (holds)
        return;
    char text[200];
    (void)snprintf(text, sizeof text, "%s, allocation %zu: %s", what, allocation, words);
    CU_assertImplementation(CU_FALSE, __LINE__, text, __FILE__, "", CU_FALSE);
}

void scarce_each(const char *what, size_t least, scarce_action *action, void *context)
{
    size_t count = 0;
    for (;; count++) {
        enum tov_err err = do_once(count, action, context);
        expect(scarce.held == 0, what, count, "not all was freed");
        expect(err == (scarce.has_failed ? TOV_E_NOMEM : TOV_OK), what, count,
               scarce.has_failed ? "failed, and the answer is not NOMEM" : "not OK");
        if (!scarce.has_failed)
            break;
    }
    if (count < least)
        (void)printf("\n    %s: %zu allocations", what, count);
    CU_ASSERT(count >= least);
}
