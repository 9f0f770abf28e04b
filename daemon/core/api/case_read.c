/* SPDX-License-Identifier: EUPL-1.2
 *
 * One affair, found by the number of any of its messages: things, messages in the order of the fold
 * with what each did, tasks, parties, and what may come next.
 */
#include "api/affair.h"

#include <stdio.h>

struct reading {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    struct api_onlooker onlooker;
    struct tov_book_groups groups; /* that the message is in */
    struct api_affair affair;
    struct tov_record answer;
};

/* What message NUMBER is about; nothing for one that the client may not know of. */
static enum tov_err find_groups(struct reading *reading, uint64_t number)
{
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    struct tov_draft draft = {0};
    enum tov_err err = tov_api_view_load(&reading->look, &wanted, &reading->view);
    if (err == TOV_E_NOT_FOUND ||
        (err == TOV_OK && (reading->view.sight == TOV_SIGHT_NONE || !reading->view.has_header)))
        return tov_api_check_aside(reading->call, &reading->look, &reading->view, number);
    TOV_TRY(err);
    err = tov_draft_decode(tov_buf_view(&reading->view.message->header), NULL, &draft, NULL);
    if (err == TOV_OK)
        tov_book_groups_about(reading->call->api->book, &draft, &reading->groups);
    tov_draft_fini(&draft);
    return err == TOV_E_NOMEM ? err : TOV_OK;
}

static bool holds_number(const struct api_affair *affair, uint64_t number)
{
    for (size_t i = 0; i < affair->view.placed_count; i++) {
        if (tov_book_picture_number(&affair->book, affair->view.placed[i].told) == number)
            return true;
    }
    return false;
}

/* GROUP, as the onlooker sees it; NOT_FOUND: not with message NUMBER, or not by that name. */
static enum tov_err open_group(struct reading *reading, size_t group, uint64_t number, bool by_name)
{
    enum tov_err err =
        tov_api_affair_init(reading->call->api, group, &reading->onlooker, &reading->affair);
    bool is_wanted = err == TOV_OK && holds_number(&reading->affair, number) &&
                     (!by_name || reading->affair.number == number);
    if (err == TOV_OK && !is_wanted)
        err = TOV_E_NOT_FOUND;
    if (err != TOV_OK) {
        tov_api_affair_fini(&reading->affair);
        reading->affair = (struct api_affair){.number = 0};
    }
    return err;
}

/* As UNIT sees the affair with message NUMBER in it; NOT_FOUND: it does not see that message. An
 * agenda stands in several: the one that is called by its number is meant, if there is one. */
static enum tov_err open_as(struct reading *reading, const char *unit, uint64_t number)
{
    const struct tov_book_groups *groups = &reading->groups;
    enum tov_err err = TOV_E_NOT_FOUND;
    TOV_TRY(tov_api_onlooker(reading->call, unit, &reading->onlooker));
    for (unsigned turn = groups->count > 1 ? 0 : 1; turn < 2; turn++) {
        for (size_t i = 0; err == TOV_E_NOT_FOUND && i < groups->count; i++)
            err = open_group(reading, groups->items[i], number, turn == 0);
    }
    return err;
}

/* By the unit that the request names, or by the first of the client's that sees it. */
static enum tov_err open_affair(struct reading *reading, uint64_t number, const char **out_unit)
{
    struct api_call *call = reading->call;
    enum tov_err err = TOV_E_NOT_FOUND;
    TOV_TRY(tov_api_unit_of(call, out_unit));
    if (tov_record_count(call->request, "unit") > 0) {
        err = open_as(reading, *out_unit, number);
    } else {
        for (size_t i = 0; err == TOV_E_NOT_FOUND && i < call->client->unit_count; i++) {
            *out_unit = call->client->units[i];
            err = open_as(reading, *out_unit, number);
        }
    }
    if (err == TOV_E_NOT_FOUND)
        return tov_fail(&call->error, err,
                        "message %llu is not about a case, a concern, a course or a transition "
                        "that your units take part in, or there is no such message",
                        (unsigned long long)number);
    return err;
}

/* ---- the answer ---- */

static enum tov_err put_message(struct reading *reading, const struct tov_placed *placed,
                                struct tov_record out)
{
    struct tov_record summary;
    TOV_TRY(tov_record_open(out, "summary", &summary));
    TOV_TRY(tov_api_put_summary(&reading->look, &reading->view, summary));
    TOV_TRY(tov_api_put_count(out, "effective_ms", placed->effective_ms));
    TOV_TRY(tov_api_put_count(out, "copy", placed->is_copy ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "second", placed->is_second ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "claims_ahead", placed->told->claims_ahead ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "retracted", placed->is_retracted ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "amended", placed->amended_by != NULL ? 1 : 0));
    return tov_api_put_judgements(&reading->affair, placed, out);
}

/* Full: the answer would not fit into a frame with it. */
static enum tov_err take_message(struct reading *reading, const struct tov_placed *placed,
                                 size_t *bytes, bool *out_full)
{
    struct tov_record out;
    struct api_wanted wanted = {tov_book_picture_number(&reading->affair.book, placed->told),
                                TOV_MESSAGE_HEADER};
    enum tov_err err = tov_api_view_load(&reading->look, &wanted, &reading->view);
    if (err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ||
        (err == TOV_OK && reading->view.sight == TOV_SIGHT_NONE))
        return TOV_OK;
    TOV_TRY(err);
    size_t size = tov_api_summary_size(&reading->view) + 300 * (1 + placed->judgement_count);
    *out_full = *bytes > 0 && *bytes + size > TOV_API_REPLY_GOAL_BYTES / 2;
    if (*out_full)
        return TOV_OK;
    *bytes += size;
    TOV_TRY(tov_record_open(reading->answer, "messages", &out));
    return put_message(reading, placed, out);
}

static enum tov_err put_messages(struct reading *reading)
{
    size_t skip = (size_t)tov_record_number(reading->call->request, "skip");
    const struct tov_view *view = &reading->affair.view;
    size_t bytes = 0;
    bool full = false;
    size_t at = skip;
    for (; !full && at < view->placed_count; at++)
        TOV_TRY(take_message(reading, &view->placed[at], &bytes, &full));
    return tov_api_put_count(reading->answer, "next_skip", full ? at - 1 : 0);
}

static enum tov_err answer(struct reading *reading, const char *unit)
{
    char path[TOV_UNIT_PATH_MAX_BYTES + 1];
    struct tov_record out;
    (void)snprintf(path, sizeof path, "%s/%s", reading->call->core->own->name, unit);
    TOV_TRY(tov_api_answer(reading->call, "case_read", &reading->answer));
    out = reading->answer;
    TOV_TRY(tov_record_put_text(out, "unit", path));
    TOV_TRY(tov_record_put_number(out, "number", reading->affair.number));
    TOV_TRY(tov_api_put_count(out, "as_of", reading->affair.last_number));
    TOV_TRY(put_messages(reading));
    if (tov_record_number(reading->call->request, "skip") > 0)
        return TOV_OK; /* the rest came with the beginning */
    TOV_TRY(
        tov_api_put_count(out, "unread", tov_api_affair_unread(&reading->affair, &reading->look)));
    TOV_TRY(tov_api_put_things(&reading->affair, out));
    TOV_TRY(tov_api_put_tasks(&reading->affair, API_TASKS_ALL, out));
    TOV_TRY(tov_api_put_parties(&reading->affair, out));
    return reading->onlooker.until_ms == UINT64_MAX ? tov_api_put_expected(&reading->affair, out)
                                                    : TOV_OK;
}

static enum tov_err run(struct reading *reading)
{
    struct api_call *call = reading->call;
    const char *unit = NULL;
    uint64_t number = 0;
    TOV_TRY(tov_api_view_init(&reading->view));
    TOV_TRY(tov_store_read_begin(call->core->store, &reading->look.read, NULL));
    TOV_TRY(tov_api_target(call, reading->look.read, &number));
    TOV_TRY(tov_api_book_open(call, reading->look.read));
    TOV_TRY(find_groups(reading, number));
    TOV_TRY(open_affair(reading, number, &unit));
    return answer(reading, unit);
}

enum tov_err tov_api_case_read(struct api_call *call)
{
    struct reading reading = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = run(&reading);
    tov_api_affair_fini(&reading.affair);
    tov_api_view_fini(&reading.view);
    tov_store_read_end(reading.look.read);
    return err;
}
