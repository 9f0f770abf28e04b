/* SPDX-License-Identifier: EUPL-1.2
 *
 * One affair as a list shows it, encoded once and shown many times.
 * Not for: which affairs are listed, and in which order (cases.c).
 */
#include "api/affair.h"

#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#define LISTING_MAX_BYTES 60000u

void tov_api_listing_destroy(struct api_listing *listing)
{
    if (listing == NULL)
        return;
    tov_wipe(listing->bytes.data, listing->bytes.capacity);
    tov_buf_fini(&listing->bytes);
    free(listing->waiting);
    free(listing);
}

size_t tov_api_listing_memory(const struct api_listing *listing)
{
    return listing == NULL ? 0
                           : sizeof *listing + listing->bytes.capacity +
                                 listing->waiting_count * sizeof listing->waiting[0];
}

/* Overdue comes with the clock; nothing else of it does. */
static void note_times(const struct api_affair *affair, struct api_listing *listing)
{
    uint64_t now_ms = affair->onlooker->now_ms;
    listing->from_ms = now_ms;
    listing->until_ms = UINT64_MAX;
    for (size_t i = 0; i < tov_tasks_count(affair->tasks); i++) {
        const struct tov_task *task = tov_tasks_at(affair->tasks, i);
        for (size_t n = 0; n <= task->change_count; n++) {
            const struct tov_due *due =
                n == task->change_count ? &task->due : &task->changes[n].due;
            uint64_t past = tov_due_past_ms(due);
            if (past > now_ms && past < listing->until_ms)
                listing->until_ms = past;
        }
    }
}

static enum tov_err note_waiting(const struct api_affair *affair, struct api_listing *listing)
{
    listing->waiting = calloc(affair->view.placed_count + 1, sizeof listing->waiting[0]);
    if (listing->waiting == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < affair->view.placed_count; i++) {
        const struct tov_told *told = affair->view.placed[i].told;
        if (tov_api_affair_waits(affair, told))
            listing->waiting[listing->waiting_count++] =
                tov_book_picture_number(&affair->book, told);
    }
    return TOV_OK;
}

static enum tov_err put_affair(const struct api_affair *affair, struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "number", affair->number));
    TOV_TRY(tov_api_put_things(affair, out));
    TOV_TRY(tov_api_put_tasks(affair, API_TASKS_OPEN, out));
    TOV_TRY(tov_api_put_count(out, "message_count", affair->view.placed_count));
    return tov_api_put_count(out, "last_number", affair->last_number);
}

/* An affair that would fill a frame by itself is listed by its name: the case tells the rest. */
static enum tov_err encode(struct tov_record affair, struct tov_buf *out)
{
    static const char *const parts[] = {"tasks", "things"};
    enum tov_err err = tov_record_encode_within(affair, LISTING_MAX_BYTES, out);
    for (size_t i = 0; err == TOV_E_LIMIT && i < sizeof parts / sizeof parts[0]; i++) {
        tov_record_clear(affair, parts[i]);
        tov_buf_clear(out);
        err = tov_record_encode_within(affair, LISTING_MAX_BYTES, out);
    }
    return err;
}

static enum tov_err fill(const struct api_affair *affair, struct api_listing *listing)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record record = {0};
    note_times(affair, listing);
    TOV_TRY(note_waiting(affair, listing));
    TOV_TRY(tov_record_create(tov_schema_find("ApiAffair"), &record));
    TOV_TRY(put_affair(affair, record));
    return encode(record, &listing->bytes);
}

enum tov_err tov_api_listing_create(const struct api_affair *affair,
                                    struct api_listing **out_listing)
{
    struct api_listing *listing = calloc(1, sizeof *listing);
    if (listing == NULL)
        return TOV_E_NOMEM;
    listing->bytes = TOV_BUF_INIT(LISTING_MAX_BYTES);
    enum tov_err err = fill(affair, listing);
    if (err == TOV_OK)
        *out_listing = listing;
    else
        tov_api_listing_destroy(listing);
    return err;
}

enum tov_err tov_api_put_listing(const struct api_listing *listing, const struct api_look *look,
                                 struct tov_record out)
{
    struct tov_record affair;
    uint64_t unread = 0;
    for (size_t i = 0; i < listing->waiting_count; i++)
        unread += tov_api_is_shown(look, listing->waiting[i]) ? 0 : 1;
    TOV_TRY(tov_record_open_own(out, "affairs", tov_buf_view(&listing->bytes), &affair));
    return tov_api_put_count(affair, "unread", unread);
}
