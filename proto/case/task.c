/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/task.h"

#include "case/danish_time.h"
#include "case/task_book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum tov_err tov_tasks_create(const struct tov_calendar *calendar, struct tov_tasks **out_tasks)
{
    struct tov_tasks *tasks = calloc(1, sizeof *tasks);
    if (tasks == NULL)
        return TOV_E_NOMEM;
    tasks->calendar = calendar;
    *out_tasks = tasks;
    return TOV_OK;
}

void tov_tasks_destroy(struct tov_tasks *tasks)
{
    if (tasks == NULL)
        return;
    for (size_t i = 0; i < tasks->entry_count; i++) {
        free(tasks->entries[i].task.owed);
        free(tasks->entries[i].task.changes);
        free(tasks->entries[i].holders);
    }
    for (size_t i = 0; i < tasks->thing_count; i++) {
        task_parties_fini(&tasks->things[i].parties);
        task_parties_fini(&tasks->things[i].members);
        free(tasks->things[i].ties);
    }
    free(tasks->entries);
    free(tasks->things);
    free(tasks->slots);
    free(tasks);
}

static enum tov_err find_things(struct task_news *news)
{
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        struct tov_thing_ref ref;
        news->things[i] = TASK_NONE;
        if (tov_told_about(news->told, tov_about_things[i].bit, &ref))
            TOV_TRY(task_thing_get(news->tasks, tov_about_things[i].bit, &ref, &news->things[i]));
    }
    return TOV_OK;
}

uint64_t tov_task_time_of(const struct tov_placed *placed)
{
    uint64_t written_ms = placed->told->written_ms;
    bool is_lifted = placed->effective_ms > written_ms &&
                     placed->effective_ms - written_ms > TOV_TASK_LIFT_MAX_MS;
    return is_lifted ? written_ms : placed->effective_ms;
}

enum tov_err tov_tasks_add(struct tov_tasks *tasks, const struct tov_placed *placed)
{
    uint64_t at_ms = tov_task_time_of(placed);
    struct task_news news = {
        .tasks = tasks,
        .placed = placed,
        .told = placed->told,
        .at_ms = at_ms,
        .day = tov_danish_time_of(at_ms).date,
    };
    TOV_TRY(find_things(&news));
    if (placed->is_retracted && placed->is_copy)
        return TOV_OK;
    if (placed->is_retracted)
        return task_open_rows(&news);
    TOV_TRY(task_note_units(&news));
    if (placed->is_copy) {
        TOV_TRY(task_note_copy(&news));
        return task_note_tie(&news);
    }
    task_meet_rows(&news, false);
    TOV_TRY(task_note_episode(&news));
    TOV_TRY(task_note_tie(&news));
    TOV_TRY(task_note_course(&news));
    TOV_TRY(task_note_handover(&news));
    task_end_things(&news);
    task_retract(&news);
    TOV_TRY(task_open_rows(&news));
    task_meet_rows(&news, true);
    return TOV_OK;
}

void tov_tasks_judge(struct tov_tasks *tasks, uint64_t now_ms)
{
    for (size_t i = 0; i < tasks->entry_count; i++) {
        struct task_entry *entry = &tasks->entries[i];
        if (entry->task.fallen_by != NULL)
            entry->task.state = TOV_TASK_FALLEN;
        else if (entry->task.met_by == NULL)
            entry->task.state = task_is_past(entry, now_ms) ? TOV_TASK_OVERDUE : TOV_TASK_OPEN;
    }
}

enum tov_err tov_tasks_fold(const struct tov_placed *placed, size_t count,
                            const struct tov_calendar *calendar, uint64_t now_ms,
                            struct tov_tasks **out_tasks)
{
    struct tov_tasks *tasks = NULL;
    TOV_TRY(tov_tasks_create(calendar, &tasks));
    for (size_t i = 0; i < count; i++) {
        enum tov_err err = tov_tasks_add(tasks, &placed[i]);
        if (err != TOV_OK) {
            tov_tasks_destroy(tasks);
            return err;
        }
    }
    tov_tasks_judge(tasks, now_ms);
    *out_tasks = tasks;
    return TOV_OK;
}

size_t tov_tasks_count(const struct tov_tasks *tasks)
{
    return tasks->entry_count;
}

const struct tov_task *tov_tasks_at(const struct tov_tasks *tasks, size_t index)
{
    assert(index < tasks->entry_count);
    return &tasks->entries[index].task;
}

bool tov_task_concerns(const struct tov_task *task, uint16_t agency)
{
    if (task->owner.agency == agency || task->responsible == agency)
        return true;
    for (size_t i = 0; i < task->owed_count; i++) {
        if (task->owed[i].agency == agency)
            return true;
    }
    return false;
}

static bool is_in(const struct tov_unit_facts *unit, const struct tov_task_party *party)
{
    bool at_desk = (unit->duties & TOV_DUTIES_RELEASE) != 0;
    if (unit->agency != party->agency)
        return false;
    if (party->unit != NULL)
        return strcmp(party->unit, unit->name) == 0;
    switch (party->channel) {
    case TOV_TASK_ANY_UNIT:
        return true;
    case TOV_TASK_RELEASE_CHANNEL:
        return at_desk;
    case TOV_TASK_CASE_CHANNEL:
        return !at_desk;
    }
    return false;
}

static bool takes_part(const struct tov_task *task, const struct tov_unit_facts *unit)
{
    if ((unit->duties & TOV_DUTIES_MINIMAL) != 0 ||
        ((unit->duties & TOV_DUTIES_RELEASE) != 0 && task->thing_kind != TOV_ABOUT_EPISODE))
        return false;
    bool part = is_in(unit, &task->owner) ||
                (task->responsible != task->owner.agency && task->responsible == unit->agency);
    for (size_t i = 0; i < task->owed_count && !part; i++)
        part = is_in(unit, &task->owed[i]);
    return part;
}

const struct tov_task_change *tov_tasks_shown_to(const struct tov_tasks *tasks, size_t index,
                                                 const struct tov_unit_facts *unit)
{
    const struct task_entry *entry = &tasks->entries[index];
    const struct tov_task_change *shown = NULL;
    if (!takes_part(&entry->task, unit))
        return NULL;
    for (size_t i = 0; i < entry->holder_count; i++) {
        const struct task_holder *holder = &entry->holders[i];
        const struct tov_task_change *change = &entry->task.changes[holder->change];
        if (holder->unit->agency == unit->agency && strcmp(holder->unit->name, unit->name) == 0 &&
            (shown == NULL || change > shown))
            shown = change;
    }
    return shown;
}

const char *tov_task_state_name(enum tov_task_state state, enum tov_language language)
{
    bool danish = language == TOV_DANISH;
    switch (state) {
    case TOV_TASK_OPEN:
        return danish ? "åben" : "open";
    case TOV_TASK_OVERDUE:
        return danish ? "overskredet" : "overdue";
    case TOV_TASK_MET:
        return danish ? "opfyldt" : "met";
    case TOV_TASK_MET_LATE:
        return danish ? "opfyldt for sent" : "met late";
    case TOV_TASK_FALLEN:
        return danish ? "bortfaldet" : "fallen away";
    }
    return "";
}
