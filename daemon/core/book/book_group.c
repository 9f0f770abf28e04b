/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which messages hang together: a hash table from things to groups, and groups that merge when a
 * message is about things of two of them (B2). What is done again after a lack of memory changes
 * nothing that was done before.
 */
#include "book/book_internal.h"

#include "case/told_field.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_THINGS 256u

static const uint32_t kinds[] = {TOV_ABOUT_CONCERN, TOV_ABOUT_CASE,  TOV_ABOUT_COURSE,
                                 TOV_ABOUT_REQUEST, TOV_ABOUT_PSYCH, TOV_ABOUT_EPISODE};

/* ---- things ---- */

/* References are random UUIDs. */
static size_t place_of(const struct tov_book *book, const struct tov_thing_ref *ref)
{
    uint64_t hash;
    memcpy(&hash, ref->bytes, sizeof hash);
    size_t at = (size_t)(hash * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (book->thing_capacity - 1);
    while (book->things[at].used && memcmp(&book->things[at].ref, ref, sizeof *ref) != 0)
        at = (at + 1) & (book->thing_capacity - 1);
    return at;
}

static enum tov_err grow_things(struct tov_book *book)
{
    struct book_thing *old = book->things;
    size_t old_capacity = book->thing_capacity;
    size_t capacity = old_capacity == 0 ? FIRST_THINGS : old_capacity * 2;
    struct book_thing *things = calloc(capacity, sizeof *things);
    if (things == NULL)
        return TOV_E_NOMEM;
    book->things = things;
    book->thing_capacity = capacity;
    for (size_t i = 0; i < old_capacity; i++) {
        if (old[i].used)
            things[place_of(book, &old[i].ref)] = old[i];
    }
    free(old);
    return TOV_OK;
}

/* ---- groups ---- */

uint32_t book_group_root(const struct tov_book *book, uint32_t group)
{
    while (book->groups[group].merged_into != BOOK_NONE)
        group = book->groups[group].merged_into;
    return group;
}

static enum tov_err new_group(struct tov_book *book, uint32_t *out_group)
{
    if (book->group_count == book->group_capacity) {
        size_t capacity = book->group_capacity == 0 ? 64 : book->group_capacity * 2;
        struct book_group *groups = realloc(book->groups, capacity * sizeof *groups);
        if (groups == NULL)
            return TOV_E_NOMEM;
        book->groups = groups;
        book->group_capacity = capacity;
    }
    *out_group = (uint32_t)book->group_count;
    book->groups[book->group_count++] = (struct book_group){.merged_into = BOOK_NONE};
    return TOV_OK;
}

/* Members are entries in the order in which they came: they ascend. One that was added to the book
 * when memory was short may come late into its groups. NUMBER is the entry's. */
static enum tov_err add_member(struct book_group *group, uint32_t entry, uint64_t number)
{
    size_t at = group->count;
    while (at > 0 && group->members[at - 1] > entry)
        at--;
    if (at > 0 && group->members[at - 1] == entry)
        return TOV_OK;
    if (group->count == group->capacity) {
        size_t capacity = group->capacity == 0 ? 8 : group->capacity * 2;
        uint32_t *members = realloc(group->members, capacity * sizeof *members);
        if (members == NULL)
            return TOV_E_NOMEM;
        group->members = members;
        group->capacity = capacity;
    }
    memmove(&group->members[at + 1], &group->members[at],
            (group->count - at) * sizeof *group->members);
    group->members[at] = entry;
    group->count++;
    group->newest = number > group->newest ? number : group->newest;
    return TOV_OK;
}

/* Both ascend; an agenda may stand in both. */
static size_t merge_members(const struct book_group *a, const struct book_group *b, uint32_t *out)
{
    size_t count = 0;
    for (size_t i = 0, j = 0; i < a->count || j < b->count;) {
        uint32_t left = i < a->count ? a->members[i] : BOOK_NONE;
        uint32_t right = j < b->count ? b->members[j] : BOOK_NONE;
        i += left <= right;
        j += right <= left;
        out[count++] = left < right ? left : right;
    }
    return count;
}

/* A and B are roots. */
static enum tov_err merge(struct tov_book *book, uint32_t a, uint32_t b, uint32_t *out_group)
{
    struct book_group *into = &book->groups[a];
    struct book_group *from = &book->groups[b];
    *out_group = a;
    if (a == b)
        return TOV_OK;
    size_t capacity = into->count + from->count + 8;
    uint32_t *members = malloc(capacity * sizeof *members);
    if (members == NULL)
        return TOV_E_NOMEM;
    size_t count = merge_members(into, from, members);
    free(into->members);
    free(from->members);
    uint64_t newest = into->newest > from->newest ? into->newest : from->newest;
    *into = (struct book_group){members, count, capacity, newest, BOOK_NONE};
    *from = (struct book_group){.merged_into = a};
    return TOV_OK;
}

/* The group of THING; a new one when nothing was about it yet. */
static enum tov_err group_of(struct tov_book *book, const struct tov_thing_ref *ref,
                             uint32_t *out_group)
{
    if (2 * (book->thing_count + 1) > book->thing_capacity)
        TOV_TRY(grow_things(book));
    struct book_thing *thing = &book->things[place_of(book, ref)];
    if (!thing->used) {
        uint32_t group;
        TOV_TRY(new_group(book, &group));
        *thing = (struct book_thing){.ref = *ref, .group = group, .used = true};
        book->thing_count++;
    }
    *out_group = book_group_root(book, thing->group);
    return TOV_OK;
}

/* ---- putting in ---- */

/* What one message is about by its "about" hangs together. */
static enum tov_err join(struct tov_book *book, const struct tov_told *told, uint32_t *out_group)
{
    uint32_t group = BOOK_NONE;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct tov_thing_ref ref;
        uint32_t other;
        if (!tov_told_about(told, kinds[i], &ref))
            continue;
        TOV_TRY(group_of(book, &ref, &other));
        if (group == BOOK_NONE)
            group = other;
        else
            TOV_TRY(merge(book, group, other, &group));
    }
    *out_group = group;
    return TOV_OK;
}

enum tov_err book_add(struct tov_book *book, const struct book_entry *entry, uint32_t *out_at)
{
    *out_at = (uint32_t)book->entry_count;
    if (book->entry_count > 0 && book->entries[book->entry_count - 1].number == entry->number) {
        *out_at = (uint32_t)book->entry_count - 1;
        return TOV_OK;
    }
    if (book->entry_count == book->entry_capacity) {
        size_t capacity = book->entry_capacity == 0 ? 256 : book->entry_capacity * 2;
        struct book_entry *entries = realloc(book->entries, capacity * sizeof *entries);
        if (entries == NULL)
            return TOV_E_NOMEM;
        book->entries = entries;
        book->entry_capacity = capacity;
    }
    book->entries[book->entry_count++] = *entry;
    return TOV_OK;
}

enum tov_err book_group_in(struct tov_book *book, uint32_t at, const struct tov_told *told)
{
    uint64_t number = book->entries[at].number;
    uint32_t group;
    struct tov_thing_ref ref;
    TOV_TRY(join(book, told, &group));
    if (group != BOOK_NONE)
        TOV_TRY(add_member(&book->groups[group], at, number));
    for (size_t i = 0; tov_told_thing(told, TOV_ABOUT_CONCERN, i, &ref); i++) {
        TOV_TRY(group_of(book, &ref, &group));
        TOV_TRY(add_member(&book->groups[group], at, number));
    }
    return TOV_OK;
}

enum tov_err book_insert(struct tov_book *book, const struct book_entry *entry,
                         const struct tov_told *told)
{
    uint32_t at;
    TOV_TRY(book_add(book, entry, &at));
    return book_group_in(book, at, told);
}

static void note_group(uint32_t group, uint32_t *groups, size_t room, size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        if (groups[i] == group)
            return;
    }
    if (*count < room)
        groups[(*count)++] = group;
}

size_t book_groups_of(const struct tov_book *book, const struct tov_told *told,
                      uint32_t *out_groups, size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct tov_thing_ref ref;
        size_t group;
        for (size_t n = 0; tov_told_thing(told, kinds[i], n, &ref); n++) {
            if (tov_book_group_of(book, &ref, &group))
                note_group((uint32_t)group, out_groups, room, &count);
        }
    }
    return count;
}

size_t tov_book_group_count(const struct tov_book *book)
{
    return book->group_count;
}

size_t tov_book_group_size(const struct tov_book *book, size_t group)
{
    return group < book->group_count ? book->groups[group].count : 0;
}

uint64_t tov_book_group_newest(const struct tov_book *book, size_t group)
{
    return group < book->group_count ? book->groups[group].newest : 0;
}

bool tov_book_group_of(const struct tov_book *book, const struct tov_thing_ref *thing,
                       size_t *out_group)
{
    if (book->thing_capacity == 0)
        return false;
    const struct book_thing *found = &book->things[place_of(book, thing)];
    if (found->used)
        *out_group = book_group_root(book, found->group);
    return found->used;
}

void tov_book_groups_about(const struct tov_book *book, const struct tov_draft *draft,
                           struct tov_book_groups *out_groups)
{
    struct tov_told told = {.draft = draft};
    out_groups->count = book_groups_of(book, &told, out_groups->items, TOV_BOOK_GROUPS_MAX);
}

bool tov_book_is_named(const struct tov_book *book, size_t group, const struct tov_told *told)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct tov_thing_ref ref;
        size_t named = 0;
        if (tov_told_about(told, kinds[i], &ref) && tov_book_group_of(book, &ref, &named) &&
            named == group)
            return true;
    }
    return false;
}
