/* SPDX-License-Identifier: EUPL-1.2
 *
 * What one unit is shown of a task. To the parties of a case the judgement of the task is theirs
 * too; a unit of the release channel is shown what the release channel was told (I10).
 */
#include "api/affair.h"

#include "case/told_facts.h"

#include <string.h>

static bool is_of_release(const struct api_affair *affair)
{
    return (affair->onlooker->unit.duties & TOV_DUTIES_RELEASE) != 0;
}

/* ---- what was told ---- */

bool tov_api_is_told_release(const struct tov_picture *picture, const struct tov_told *told)
{
    bool is_told = tov_told_is_release_channel(told);
    if (is_told || told->draft->type->channel != TOV_CHANNEL_BOTH)
        return is_told; /* all other types have one channel only */
    for (size_t i = 0; !is_told && i < tov_picture_placed_count(picture); i++) {
        const struct tov_told *other = tov_picture_placed_at(picture, i)->told;
        is_told = tov_told_is_release_channel(other) && tov_told_is_same_event(other, told);
    }
    return is_told;
}

/* The message of the unit's that tells of it; NULL: there is none. */
static const struct tov_placed *seen_about(const struct api_affair *affair,
                                           const struct tov_told *told)
{
    for (size_t i = 0; told != NULL && i < affair->view.placed_count; i++) {
        if (tov_told_is_same_event(affair->view.placed[i].told, told))
            return &affair->view.placed[i];
    }
    return NULL;
}

/* ---- the state ---- */

static bool is_newest(const struct tov_task *task, const struct tov_task_change *change)
{
    return change == &task->changes[task->change_count - 1];
}

/* To who was not told what moved its due date, an open task is open, or overdue, by the due date
 * that was told. What meets and ends it was told to all whom the tasks are for (affair.c). */
static enum tov_task_state shown_state(const struct api_affair *affair, const struct tov_task *task,
                                       const struct tov_task_change *change)
{
    bool is_open = task->state == TOV_TASK_OPEN || task->state == TOV_TASK_OVERDUE;
    if (!is_open || is_newest(task, change))
        return task->state;
    return affair->onlooker->now_ms < tov_due_past_ms(&change->due) ? TOV_TASK_OPEN
                                                                    : TOV_TASK_OVERDUE;
}

/* ---- who ---- */

static bool is_unit(const struct tov_unit_facts *unit, uint16_t agency, const char *name)
{
    return unit->agency == agency && (name == NULL || strcmp(unit->name, name) == 0);
}

/* AGENCY, or its unit NAME, sent or received a message of the unit's. */
static bool is_in_messages(const struct api_affair *affair, uint16_t agency, const char *name)
{
    for (size_t i = 0; i < affair->view.placed_count; i++) {
        const struct tov_told *told = affair->view.placed[i].told;
        if (is_unit(&told->sender, agency, name))
            return true;
        for (size_t n = 0; n < told->recipient_count; n++) {
            if (is_unit(&told->recipients[n], agency, name))
                return true;
        }
    }
    return false;
}

bool tov_api_affair_names(const struct api_affair *affair, const struct tov_task_party *party)
{
    if (!is_of_release(affair))
        return true;
    return party->channel != TOV_TASK_CASE_CHANNEL &&
           is_in_messages(affair, party->agency, party->unit);
}

/* The release channel was told that the responsible agency took the task over. */
static bool is_told_takeover(const struct api_affair *affair, const struct tov_task *task)
{
    struct tov_value id;
    for (size_t i = 0; i < affair->view.placed_count; i++) {
        const struct tov_told *told = affair->view.placed[i].told;
        if (strcmp(tov_told_type(told), "handover.accept") == 0 &&
            told->sender.agency == task->responsible && tov_told_field(told, "task", 0, &id) &&
            tov_bytes_equal(id.bytes, tov_bytes_of_text(task->row->id)))
            return true;
    }
    return false;
}

static uint16_t shown_responsible(const struct api_affair *affair, const struct tov_task *task)
{
    bool is_owners = task->responsible == task->owner.agency;
    return is_owners || !is_of_release(affair) || is_told_takeover(affair, task)
               ? task->responsible
               : task->owner.agency;
}

/* ---- the task ---- */

/* What is about no thing follows the message that opened it. */
static bool has_task(const struct api_affair *affair, const struct tov_task *task)
{
    return task->thing_kind == 0 ? tov_book_is_named(affair->of, affair->group, task->opened_by)
                                 : tov_api_affair_has(affair, &task->thing);
}

static void show_course(const struct api_affair *affair, struct api_task *out)
{
    const struct tov_placed *opened = seen_about(affair, out->task->opened_by);
    bool is_met = out->state == TOV_TASK_MET || out->state == TOV_TASK_MET_LATE;
    const struct tov_placed *met = is_met ? seen_about(affair, out->task->met_by) : NULL;
    bool as_told = is_of_release(affair) && opened != NULL;
    out->opened_by = opened == NULL ? NULL : opened->told;
    out->opened_ms = as_told ? tov_task_time_of(opened) : out->task->opened_ms;
    out->met_by = met == NULL ? NULL : met->told;
    out->met_ms = is_met ? out->task->met_ms : 0;
}

bool tov_api_affair_task(const struct api_affair *affair, size_t index, struct api_task *out)
{
    const struct tov_task_change *change =
        tov_tasks_shown_to(affair->tasks, index, &affair->onlooker->unit);
    const struct tov_task *task = tov_tasks_at(affair->tasks, index);
    if (change == NULL || !has_task(affair, task))
        return false;
    *out = (struct api_task){.task = task,
                             .change = change,
                             .state = shown_state(affair, task, change),
                             .responsible = shown_responsible(affair, task)};
    show_course(affair, out);
    return true;
}
