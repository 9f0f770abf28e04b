/* SPDX-License-Identifier: EUPL-1.2
 *
 * Folding one group: its headers are decoded, and the picture made of them.
 */
#include "book/book_internal.h"

#include <stdlib.h>

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

static enum tov_err take_members(const struct tov_book *book, const struct book_group *group,
                                 uint64_t until_ms, struct folding *folding)
{
    for (size_t i = 0; i < group->count; i++) {
        const struct book_entry *entry = &book->entries[group->members[i]];
        size_t at = folding->count;
        if (entry->written_ms > until_ms)
            continue;
        TOV_TRY(book_told_init(book->core, entry, &folding->tolds[at]));
        folding->plain[at] = folding->tolds[at].told;
        folding->numbers[at] = entry->number;
        folding->count++;
    }
    return folding->count == 0 ? TOV_E_NOT_FOUND : TOV_OK;
}

enum tov_err tov_book_fold(const struct tov_book *book, size_t number,
                           const struct tov_book_folding *how, struct tov_book_picture *out_picture)
{
    if (number >= book->group_count || book->groups[number].count == 0)
        return TOV_E_NOT_FOUND;
    const struct book_group *group = &book->groups[number];
    TOV_CLEANUP(folding_cleanup) struct folding *folding = folding_create(group->count);
    if (folding == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(take_members(book, group, how->until_ms, folding));
    struct tov_picture *picture;
    TOV_TRY(tov_picture_create(folding->plain, folding->count, how->options, &picture));
    *out_picture = (struct tov_book_picture){.told = folding->plain,
                                             .numbers = folding->numbers,
                                             .count = folding->count,
                                             .picture = picture};
    out_picture->memory = TOV_TAKE(folding);
    return TOV_OK;
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
