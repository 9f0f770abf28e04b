/* SPDX-License-Identifier: EUPL-1.2 */
#include "api/affair.h"

#include "ledger/reply.h"
#include "ledger/units.h"

#include <string.h>

/* ---- who looks ---- */

enum tov_err tov_api_unit_of(struct api_call *call, const char **out_unit)
{
    struct tov_bytes path = tov_record_bytes(call->request, "unit");
    const struct tov_agency *agency = NULL;
    if (path.size == 0) {
        if (call->client->unit_count == 0)
            return tov_fail(&call->error, TOV_E_DENIED,
                            "cases are shown to units, and your key is registered with none");
        *out_unit = call->client->units[0];
        return TOV_OK;
    }
    const struct tov_unit *unit = tov_roster_unit(call->core->roster, path, &agency);
    if (unit == NULL || agency != call->core->own ||
        !tov_client_has_unit(call->client, tov_bytes_of_text(unit->name)))
        return tov_fail(&call->error, TOV_E_NOT_FOUND,
                        "there is no such unit in this agency, or it is not one of yours");
    *out_unit = unit->name;
    return TOV_OK;
}

enum tov_err tov_api_onlooker(struct api_call *call, const char *unit, struct api_onlooker *out)
{
    const struct tov_core *core = call->core;
    uint32_t version = tov_roster_facts(core->roster)->calendar_version;
    uint64_t at_ms = tov_record_number(call->request, "at_ms");
    *out = (struct api_onlooker){.unit = tov_units_find(tov_units_in_force(core), core->own->number,
                                                        tov_bytes_of_text(unit)),
                                 .calendar = tov_calendar_find(version),
                                 .now_ms = at_ms == 0 ? core->now_ms : at_ms,
                                 .until_ms = at_ms == 0 ? UINT64_MAX : at_ms};
    if (out->unit.name[0] == '\0')
        return tov_fail(&call->error, TOV_E_NOT_FOUND,
                        "your unit %s is not in the roster: it is shown nothing", unit);
    if (out->calendar == NULL)
        return tov_fail(&call->error, TOV_E_VERSION,
                        "the roster names calendar %u, which this node does not know: install a "
                        "newer version",
                        (unsigned)version);
    return TOV_OK;
}

/* ---- one affair ---- */

/* For a unit of the release channel by what that channel was told: whether a task is met must not
 * tell it what went to the parties of a case (I10). */
static enum tov_err add_tasks(struct api_affair *affair)
{
    const struct tov_picture *picture = affair->book.picture;
    bool is_release = (affair->onlooker->unit.duties & TOV_DUTIES_RELEASE) != 0;
    TOV_TRY(tov_tasks_create(affair->onlooker->calendar, &affair->tasks));
    for (size_t i = 0; i < tov_picture_placed_count(picture); i++) {
        const struct tov_placed *placed = tov_picture_placed_at(picture, i);
        if (!is_release || tov_api_is_told_release(picture, placed->told))
            TOV_TRY(tov_tasks_add(affair->tasks, placed));
    }
    tov_tasks_judge(affair->tasks, affair->onlooker->now_ms);
    return TOV_OK;
}

static void note_numbers(struct api_affair *affair)
{
    uint64_t listed = 0;
    for (size_t i = 0; i < affair->view.placed_count; i++) {
        const struct tov_told *told = affair->view.placed[i].told;
        uint64_t number = tov_book_picture_number(&affair->book, told);
        bool is_named = tov_book_is_named(affair->of, affair->group, told);
        uint64_t *first = is_named ? &affair->number : &listed;
        if (*first == 0 || number < *first)
            *first = number;
        if (number > affair->last_number)
            affair->last_number = number;
    }
    if (affair->number == 0)
        affair->number = listed;
}

enum tov_err tov_api_affair_init(struct tov_api *api, size_t group,
                                 const struct api_onlooker *onlooker, struct api_affair *affair)
{
    struct tov_picture_options options = tov_book_options(onlooker->calendar);
    struct tov_book_folding folding = {&options, api->committed_event, onlooker->until_ms};
    *affair = (struct api_affair){.of = api->book, .group = group, .onlooker = onlooker};
    TOV_TRY(tov_book_fold(api->book, group, &folding, &affair->book));
    TOV_TRY(tov_picture_view(affair->book.picture, &onlooker->unit, &affair->view));
    note_numbers(affair);
    if (affair->number == 0)
        return TOV_E_NOT_FOUND;
    return add_tasks(affair);
}

void tov_api_affair_fini(struct api_affair *affair)
{
    tov_tasks_destroy(affair->tasks);
    tov_view_fini(&affair->view);
    tov_book_picture_fini(&affair->book);
}

uint64_t tov_api_affair_number(const struct api_affair *affair, const struct tov_told *told)
{
    for (size_t i = 0; told != NULL && i < affair->view.placed_count; i++) {
        if (affair->view.placed[i].told == told)
            return tov_book_picture_number(&affair->book, told);
    }
    return 0;
}

bool tov_api_affair_has(const struct api_affair *affair, const struct tov_thing_ref *thing)
{
    size_t group = 0;
    return tov_book_group_of(affair->of, thing, &group) && group == affair->group;
}

static bool is_to(const struct tov_told *told, const struct tov_unit_facts *unit)
{
    for (size_t i = 0; i < told->recipient_count; i++) {
        const struct tov_unit_facts *recipient = &told->recipients[i];
        if (recipient->agency == unit->agency && strcmp(recipient->name, unit->name) == 0)
            return true;
    }
    return false;
}

bool tov_api_affair_waits(const struct api_affair *affair, const struct tov_told *told)
{
    return is_to(told, &affair->onlooker->unit) &&
           tov_relation_of(told->draft->header) != TOV_RELATION_READ;
}

uint64_t tov_api_affair_unread(const struct api_affair *affair, const struct api_look *look)
{
    uint64_t unread = 0;
    for (size_t i = 0; i < affair->view.placed_count; i++) {
        const struct tov_told *told = affair->view.placed[i].told;
        if (tov_api_affair_waits(affair, told) &&
            !tov_api_is_shown(look, tov_book_picture_number(&affair->book, told)))
            unread++;
    }
    return unread;
}

uint64_t tov_api_affair_next_ms(const struct api_affair *affair)
{
    uint64_t next = UINT64_MAX;
    for (size_t i = 0; i < tov_tasks_count(affair->tasks); i++) {
        struct api_task task;
        if (!tov_api_affair_task(affair, i, &task) || !tov_api_task_is_open(&task))
            continue;
        uint64_t past = tov_due_past_ms(&task.change->due);
        next = past < next ? past : next;
    }
    return next;
}

static bool has_ended(const struct tov_thing *thing)
{
    const struct tov_machine_state *state = tov_machine_state_find(thing->machine, thing->state);
    return state == NULL || state->is_end;
}

bool tov_api_affair_is_open(const struct api_affair *affair)
{
    for (size_t i = 0; i < affair->view.thing_count; i++) {
        const struct tov_thing *thing = &affair->view.things[i];
        if (tov_api_affair_has(affair, &thing->ref) && !has_ended(thing))
            return true;
    }
    return tov_api_affair_next_ms(affair) != UINT64_MAX;
}
