/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/task_book.h"

#include <stdlib.h>
#include <string.h>

/* Capacities are powers of two and not stored: an array is full when its count is one. */
void *task_room(void *array, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return array;
    size_t capacity = count == 0 ? 1 : count * 2;
    if (capacity > SIZE_MAX / size / 2)
        return NULL;
    return realloc(array, capacity * size);
}

/* FNV-1a. */
static uint64_t hash_of(uint32_t kind, const struct tov_thing_ref *ref)
{
    uint64_t hash = UINT64_C(14695981039346656037) ^ kind;
    for (size_t i = 0; i < sizeof ref->bytes; i++)
        hash = (hash ^ ref->bytes[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

/* The slot that holds the thing, or the free one where it belongs. SLOTS is never full. */
static size_t *slot_of(const struct tov_tasks *tasks, uint32_t kind,
                       const struct tov_thing_ref *ref)
{
    size_t at = (size_t)hash_of(kind, ref) & (tasks->slot_count - 1);
    for (;; at = (at + 1) & (tasks->slot_count - 1)) {
        size_t index = tasks->slots[at];
        if (index == TASK_NONE || (tasks->things[index].kind == kind &&
                                   tov_thing_ref_equal(&tasks->things[index].ref, ref)))
            return &tasks->slots[at];
    }
}

static enum tov_err grow_slots(struct tov_tasks *tasks)
{
    if (tasks->thing_count * 2 < tasks->slot_count)
        return TOV_OK;
    size_t count = tasks->slot_count == 0 ? 16 : tasks->slot_count * 2;
    size_t *slots = count > SIZE_MAX / sizeof *slots ? NULL : malloc(count * sizeof *slots);
    if (slots == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++)
        slots[i] = TASK_NONE;
    free(tasks->slots);
    tasks->slots = slots;
    tasks->slot_count = count;
    for (size_t i = 0; i < tasks->thing_count; i++)
        *slot_of(tasks, tasks->things[i].kind, &tasks->things[i].ref) = i;
    return TOV_OK;
}

enum tov_err task_thing_get(struct tov_tasks *tasks, uint32_t kind, const struct tov_thing_ref *ref,
                            size_t *out_index)
{
    TOV_TRY(grow_slots(tasks));
    size_t *slot = slot_of(tasks, kind, ref);
    if (*slot == TASK_NONE) {
        struct task_thing *things =
            task_room(tasks->things, tasks->thing_count, sizeof *tasks->things);
        if (things == NULL)
            return TOV_E_NOMEM;
        tasks->things = things;
        things[tasks->thing_count] =
            (struct task_thing){.kind = kind, .ref = *ref, .first = TASK_NONE, .last = TASK_NONE};
        *slot = tasks->thing_count++;
    }
    *out_index = *slot;
    return TOV_OK;
}

size_t task_news_thing(const struct task_news *news, uint32_t kind)
{
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (tov_about_things[i].bit == kind)
            return news->things[i];
    }
    return TASK_NONE;
}

enum tov_err task_entry_add(struct tov_tasks *tasks, size_t thing, size_t *out_index)
{
    struct task_entry *entries =
        task_room(tasks->entries, tasks->entry_count, sizeof *tasks->entries);
    if (entries == NULL)
        return TOV_E_NOMEM;
    tasks->entries = entries;
    size_t index = tasks->entry_count++;
    entries[index] = (struct task_entry){.next = TASK_NONE};
    struct task_thing *of = &tasks->things[thing];
    if (of->last == TASK_NONE)
        of->first = index;
    else
        entries[of->last].next = index;
    of->last = index;
    *out_index = index;
    return TOV_OK;
}

enum tov_err task_change_add(struct task_entry *entry, const struct tov_task_change *change)
{
    struct tov_task *task = &entry->task;
    struct tov_task_change *changes =
        task_room(task->changes, task->change_count, sizeof *task->changes);
    if (changes == NULL)
        return TOV_E_NOMEM;
    task->changes = changes;
    changes[task->change_count++] = *change;
    task->due = change->due;
    task->compressed = change->compressed;
    return TOV_OK;
}

static enum tov_err add_holder(struct task_entry *entry, struct task_holder holder)
{
    struct task_holder *holders =
        task_room(entry->holders, entry->holder_count, sizeof *entry->holders);
    if (holders == NULL)
        return TOV_E_NOMEM;
    entry->holders = holders;
    holders[entry->holder_count++] = holder;
    return TOV_OK;
}

enum tov_err task_holders_add(struct task_entry *entry, const struct tov_placed *placed,
                              size_t change)
{
    const struct tov_unit_facts *unit;
    for (size_t i = 0; (unit = task_unit_at(placed, i)) != NULL; i++)
        TOV_TRY(add_holder(entry, (struct task_holder){unit, placed->told, change}));
    return TOV_OK;
}

bool task_is_unmet(const struct task_entry *entry)
{
    return entry->task.met_by == NULL && entry->task.fallen_by == NULL;
}

bool task_is_past(const struct task_entry *entry, uint64_t at_ms)
{
    if (entry->task.paused && at_ms > entry->paused_ms)
        at_ms = entry->paused_ms;
    return at_ms >= tov_due_past_ms(&entry->task.due);
}

void task_fall(struct task_entry *entry, const struct task_news *news)
{
    entry->task.fallen_by = news->told;
    entry->task.fallen_ms = news->at_ms;
    entry->task.fell_due = task_is_past(entry, news->at_ms);
}
