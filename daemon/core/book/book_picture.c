/* SPDX-License-Identifier: EUPL-1.2
 *
 * Folding one group: its headers are decoded, and the picture made of them.
 */
#include "book/book_internal.h"

#include <stdlib.h>

static struct tov_date working_days_after(const void *calendar, struct tov_date day, int count)
{
    return tov_calendar_add(calendar, day, (struct tov_span){count, TOV_OFFSET_WORKING_DAYS});
}

struct tov_picture_options tov_book_options(const struct tov_calendar *calendar)
{
    return (struct tov_picture_options){
        .working_days_after = calendar == NULL ? NULL : working_days_after, .calendar = calendar};
}

/* What a picture's views lie in. */
struct folding {
    struct book_told *tolds;
    struct tov_told *plain; /* as the fold takes them: side by side */
    uint64_t *numbers;
    size_t count;
};

static void folding_destroy(struct folding *folding)
{
    if (folding == NULL)
        return;
    for (size_t i = 0; i < folding->count; i++)
        book_told_fini(&folding->tolds[i]);
    free(folding->tolds);
    free(folding->plain);
    free(folding->numbers);
    free(folding);
}
TOV_DEFINE_CLEANUP(folding, struct folding, folding_destroy)

static struct folding *folding_create(size_t room)
{
    struct folding *folding = calloc(1, sizeof *folding);
    if (folding == NULL)
        return NULL;
    folding->tolds = calloc(room, sizeof *folding->tolds);
    folding->plain = calloc(room, sizeof *folding->plain);
    folding->numbers = calloc(room, sizeof *folding->numbers);
    if (folding->tolds == NULL || folding->plain == NULL || folding->numbers == NULL) {
        folding_destroy(folding);
        return NULL;
    }
    return folding;
}

static bool has_entry(const struct folding *folding, uint64_t number)
{
    for (size_t i = 0; i < folding->count; i++) {
        if (folding->numbers[i] == number)
            return true;
    }
    return false;
}

/* SHARED: other groups were taken before, which may have the same agenda. */
static enum tov_err take_members(const struct tov_book *book, const struct book_group *group,
                                 const struct tov_book_folding *how, bool shared,
                                 struct folding *folding)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct book_entry *entry = &book->entries[group->members[i]];
        size_t at = folding->count;
        if (entry->written_ms > how->until_ms || entry->number > how->until_number ||
            (shared && has_entry(folding, entry->number)))
            continue;
        TOV_TRY(book_told_init(book->core, entry, &folding->tolds[at]));
        folding->plain[at] = folding->tolds[at].told;
        folding->numbers[at] = entry->number;
        folding->count++;
    }
    return TOV_OK;
}

struct group_list {
    const uint32_t *numbers;
    size_t count;
};

static enum tov_err fold(const struct tov_book *book, const struct group_list *groups,
                         const struct tov_book_folding *how, struct tov_book_picture *out_picture)
{
    size_t room = 1;
    for (size_t i = 0; i < groups->count; i++)
        room += book->groups[groups->numbers[i]].count;
    TOV_CLEANUP(folding_cleanup) struct folding *folding = folding_create(room);
    if (folding == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < groups->count; i++)
        TOV_TRY(take_members(book, &book->groups[groups->numbers[i]], how, i > 0, folding));
    struct tov_picture *picture;
    TOV_TRY(tov_picture_create(folding->plain, folding->count, how->options, &picture));
    *out_picture = (struct tov_book_picture){.told = folding->plain,
                                             .numbers = folding->numbers,
                                             .count = folding->count,
                                             .picture = picture};
    out_picture->memory = TOV_TAKE(folding);
    return TOV_OK;
}

enum tov_err tov_book_fold(const struct tov_book *book, size_t group,
                           const struct tov_book_folding *folding,
                           struct tov_book_picture *out_picture)
{
    uint32_t number = (uint32_t)group;
    struct group_list one = {&number, 1};
    if (group >= book->group_count || book->groups[group].count == 0)
        return TOV_E_NOT_FOUND;
    TOV_TRY(fold(book, &one, folding, out_picture));
    if (out_picture->count > 0)
        return TOV_OK;
    tov_book_picture_fini(out_picture);
    return TOV_E_NOT_FOUND;
}

enum tov_err tov_book_fold_about(struct tov_book *book, const struct tov_draft *draft,
                                 const struct tov_picture_options *options,
                                 struct tov_book_picture *out_picture)
{
    uint32_t numbers[TOV_BOOK_GROUPS_MAX];
    struct tov_told told = {.draft = draft};
    struct tov_book_folding all = {options, UINT64_MAX, UINT64_MAX};
    TOV_TRY(book_pending_list(book));
    struct group_list groups = {numbers, book_groups_of(book, &told, numbers, TOV_BOOK_GROUPS_MAX)};
    return fold(book, &groups, &all, out_picture);
}

void tov_book_picture_fini(struct tov_book_picture *picture)
{
    tov_picture_destroy(picture->picture);
    folding_destroy(picture->memory);
    *picture = (struct tov_book_picture){0};
}

uint64_t tov_book_picture_number(const struct tov_book_picture *picture,
                                 const struct tov_told *told)
{
    return picture->numbers[told - picture->told];
}
