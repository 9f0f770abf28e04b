/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tasks counted from the release date R. A new R recomputes what is open: not what was met, nor
 * what fell due under the old one. After a recall a new round begins.
 */
#include "case/task_book.h"

#include "base/cleanup.h"

#include <stdlib.h>
#include <string.h>

static int64_t days_between(struct tov_date from, struct tov_date to)
{
    return tov_date_to_days(to) - tov_date_to_days(from);
}

/* When a task of ROW is due under the R in force, as the message tells it. */
struct plan {
    struct tov_due due;
    bool has_window;
    struct tov_date window;
    bool compressed;
    bool call;
};

static struct tov_due usual_due(const struct tov_calendar *calendar, const struct tov_deadline *row,
                                const struct task_thing *episode)
{
    struct tov_due due = tov_calendar_due(calendar, episode->release, tov_deadline_span(row));
    if (row->since_admission.unit != 0 && episode->has_admission &&
        days_between(due.day, episode->admission) > 0)
        return tov_calendar_due(calendar, episode->admission, row->since_admission);
    return due;
}

/* Too late already when it is told: the next working day, at the latest R. */
static struct tov_due next_chance(const struct tov_calendar *calendar, struct tov_date today,
                                  const struct task_thing *episode, const struct tov_deadline *row)
{
    struct tov_due due =
        tov_calendar_due(calendar, today, (struct tov_span){1, TOV_OFFSET_WORKING_DAYS});
    bool before_release = row->offset <= 0 && days_between(today, episode->release) >= 0;
    if (before_release && days_between(episode->release, due.day) > 0)
        due.day = episode->release;
    return due;
}

static struct plan plan_of(const struct task_news *news, const struct tov_deadline *row,
                           const struct task_thing *episode)
{
    const struct tov_calendar *calendar = news->tasks->calendar;
    struct plan plan = {.due = usual_due(calendar, row, episode)};
    struct tov_date from = plan.due.day;
    if (row->window.unit != 0) {
        plan.has_window = true;
        plan.window = tov_calendar_add(calendar, episode->release, row->window);
        from = plan.window;
    }
    int64_t lead = days_between(from, episode->release);
    plan.compressed = lead > 0 && lead > days_between(news->day, episode->release);
    if (days_between(news->day, plan.due.day) < 0) {
        plan.due = next_chance(calendar, news->day, episode, row);
        plan.call = true;
    }
    return plan;
}

static void apply(struct task_entry *entry, const struct plan *plan,
                  const struct task_thing *episode)
{
    entry->task.has_window = plan->has_window;
    entry->task.window = plan->window;
    entry->task.call = plan->call;
    entry->task.has_release = true;
    entry->task.release = episode->release;
    entry->task.episode = episode->ref;
    entry->round = episode->round;
}

/* The newest task of ROW for EPISODE in its present round, or TASK_NONE. */
static size_t find_newest(const struct tov_tasks *tasks, const struct tov_deadline *row,
                          size_t thing, const struct task_thing *episode)
{
    size_t found = TASK_NONE;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        const struct task_entry *entry = &tasks->entries[i];
        if (entry->task.row == row && entry->round == episode->round &&
            tov_thing_ref_equal(&entry->task.episode, &episode->ref))
            found = i;
    }
    return found;
}

static enum tov_err open_release_row(const struct task_news *news, const struct tov_deadline *row,
                                     size_t thing, size_t episode)
{
    struct tov_tasks *tasks = news->tasks;
    struct plan plan = plan_of(news, row, &tasks->things[episode]);
    TOV_CLEANUP(task_parties_fini) struct task_parties owners = {0};
    TOV_TRY(task_owners(tasks, row, thing, news->placed, &owners));
    if (owners.count == 0)
        return TOV_OK; /* nobody that this agency knows owes it */
    struct task_opening opening = {.row = row,
                                   .thing = thing,
                                   .owner = owners.items[0],
                                   .due = plan.due,
                                   .compressed = plan.compressed};
    size_t added;
    TOV_TRY(task_open(news, &opening, &added));
    apply(&tasks->entries[added], &plan, &tasks->things[episode]);
    return TOV_OK;
}

static enum tov_err move_release_row(const struct task_news *news, size_t index, size_t episode)
{
    struct task_entry *entry = &news->tasks->entries[index];
    struct plan plan = plan_of(news, entry->task.row, &news->tasks->things[episode]);
    if (task_is_past(entry, news->at_ms)) {
        entry->task.compressed = plan.compressed; /* and due as it was */
        return TOV_OK;
    }
    TOV_TRY(task_move(news, index, &plan.due, plan.compressed));
    apply(entry, &plan, &news->tasks->things[episode]);
    return TOV_OK;
}

/* In the expulsion track the kommune prepares no release. */
static bool is_closed(const struct tov_deadline *row, const struct task_thing *episode)
{
    return episode->is_expelled && row->owner == TOV_OWED_KOMMUNE;
}

static enum tov_err release_row(const struct task_news *news, const struct tov_deadline *row,
                                size_t thing, size_t episode)
{
    struct tov_tasks *tasks = news->tasks;
    if (is_closed(row, &tasks->things[episode]))
        return TOV_OK;
    size_t newest = find_newest(tasks, row, thing, &tasks->things[episode]);
    if (newest == TASK_NONE || tasks->entries[newest].task.fallen_by != NULL)
        return open_release_row(news, row, thing, episode);
    if (task_is_unmet(&tasks->entries[newest]))
        return move_release_row(news, newest, episode);
    if (task_is_type(news, "prison.release_date") &&
        task_field_is(news->told, "reason", "proeveloesladelse_naegtet"))
        return open_release_row(news, row, thing, episode);
    return TOV_OK;
}

static enum tov_err release_rows(const struct task_news *news, uint32_t kind, size_t thing,
                                 size_t episode)
{
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *row = tov_deadline_at(i);
        if (row->anchor == TOV_ANCHOR_RELEASE && row->thing == kind)
            TOV_TRY(release_row(news, row, thing, episode));
    }
    return TOV_OK;
}

/* ---- the case of an episode ---- */

static bool has_tie(const struct task_thing *thing, size_t other)
{
    for (size_t i = 0; i < thing->tie_count; i++) {
        if (thing->ties[i] == other)
            return true;
    }
    return false;
}

static enum tov_err add_tie(struct task_thing *thing, size_t other)
{
    size_t *ties = task_room(thing->ties, thing->tie_count, sizeof *thing->ties);
    if (ties == NULL)
        return TOV_E_NOMEM;
    thing->ties = ties;
    ties[thing->tie_count++] = other;
    return TOV_OK;
}

static enum tov_err refresh_owed_of(struct tov_tasks *tasks, size_t thing)
{
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        if (task_is_unmet(&tasks->entries[i]))
            TOV_TRY(task_owed_set(tasks, i));
    }
    return TOV_OK;
}

enum tov_err task_note_tie(const struct task_news *news)
{
    struct tov_tasks *tasks = news->tasks;
    size_t episode = task_news_thing(news, TOV_ABOUT_EPISODE);
    size_t of_case = task_news_thing(news, TOV_ABOUT_CASE);
    if (episode == TASK_NONE || of_case == TASK_NONE || has_tie(&tasks->things[episode], of_case) ||
        task_is_refused(news->placed, TOV_ABOUT_EPISODE) ||
        task_is_refused(news->placed, TOV_ABOUT_CASE))
        return TOV_OK;
    TOV_TRY(add_tie(&tasks->things[episode], of_case));
    TOV_TRY(add_tie(&tasks->things[of_case], episode));
    TOV_TRY(refresh_owed_of(tasks, episode));
    if (!tasks->things[episode].has_release)
        return TOV_OK;
    return release_rows(news, TOV_ABOUT_CASE, of_case, episode);
}

/* ---- events of an episode ---- */

/* Only a date that was judged and taken counts, or a copy of one: a version that was not judged
 * would keep the true ones after it from counting. */
static bool is_taken_date(const struct task_news *news)
{
    for (size_t i = 0; i < news->placed->judgement_count; i++) {
        const struct tov_judgement *judgement = &news->placed->judgements[i];
        if (judgement->machine == TOV_MACHINE_RELEASE)
            return judgement->first == TOV_STEP_TAKEN || judgement->first == TOV_STEP_LOOPED;
    }
    return true;
}

static enum tov_err take_release_date(const struct task_news *news, size_t index)
{
    struct task_thing *episode = &news->tasks->things[index];
    struct tov_value version;
    uint64_t number = episode->release_version + 1;
    struct tov_date day;
    if (tov_told_field(news->told, "version", 0, &version) && version.kind == TOV_FIELD_INT)
        number = version.number;
    if (!is_taken_date(news) || number <= episode->release_version ||
        !task_field_day(news->told, "date", &day))
        return TOV_OK;
    episode->release_version = number;
    episode->has_release = true;
    episode->release = day;
    TOV_TRY(release_rows(news, TOV_ABOUT_EPISODE, index, index));
    for (size_t i = 0; i < news->tasks->things[index].tie_count; i++)
        TOV_TRY(release_rows(news, TOV_ABOUT_CASE, news->tasks->things[index].ties[i], index));
    return TOV_OK;
}

typedef bool drops_fn(const struct task_entry *entry, uint64_t at_ms);

static bool is_kommunes(const struct task_entry *entry, uint64_t at_ms)
{
    (void)at_ms;
    return entry->task.row->owner == TOV_OWED_KOMMUNE;
}

static bool is_preparing(const struct task_entry *entry, uint64_t at_ms)
{
    return entry->task.row->offset <= 0 && !task_is_past(entry, at_ms);
}

static bool is_not_past(const struct task_entry *entry, uint64_t at_ms)
{
    return !task_is_past(entry, at_ms);
}

static bool is_any(const struct task_entry *entry, uint64_t at_ms)
{
    (void)entry;
    (void)at_ms;
    return true;
}

static void drop_in(const struct task_news *news, size_t thing, const struct task_thing *episode,
                    drops_fn *drops)
{
    struct tov_tasks *tasks = news->tasks;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        struct task_entry *entry = &tasks->entries[i];
        if (entry->task.has_release && task_is_unmet(entry) &&
            tov_thing_ref_equal(&entry->task.episode, &episode->ref) && drops(entry, news->at_ms))
            task_fall(entry, news);
    }
}

/* Of the release tasks of the episode and its cases. */
static void drop_release_tasks(const struct task_news *news, size_t index, drops_fn *drops)
{
    const struct task_thing *episode = &news->tasks->things[index];
    drop_in(news, index, episode, drops);
    for (size_t i = 0; i < episode->tie_count; i++)
        drop_in(news, episode->ties[i], episode, drops);
}

static void take_admission(const struct task_news *news, struct task_thing *episode)
{
    struct tov_date day;
    if (task_field_day(news->told, "admitted", &day)) {
        episode->has_admission = true;
        episode->admission = day;
    }
}

/* The person is out: what was to prepare it has no sense any more, but what is overdue stays. */
static void take_release(const struct task_news *news, size_t index)
{
    struct task_thing *episode = &news->tasks->things[index];
    episode->is_released = true;
    episode->released_ms = news->at_ms;
    drop_release_tasks(news, index, is_preparing);
}

static void take_recall(const struct task_news *news, size_t index)
{
    struct task_thing *episode = &news->tasks->things[index];
    drop_release_tasks(news, index, is_not_past);
    episode->has_release = false;
    episode->is_released = false;
    episode->round++;
}

static void take_expulsion(const struct task_news *news, size_t index)
{
    struct task_thing *episode = &news->tasks->things[index];
    if (task_field_is(news->told, "part", "ophaevet"))
        episode->is_expelled = false;
    if (!task_field_is(news->told, "part", "afgoerelse"))
        return;
    episode->is_expelled = true;
    drop_release_tasks(news, index, is_kommunes);
}

/* The case of who was never released (died, for instance) has nothing to follow up. */
static void take_end(const struct task_news *news, size_t index)
{
    if (!news->tasks->things[index].is_released)
        drop_release_tasks(news, index, is_any);
}

enum tov_err task_note_episode(const struct task_news *news)
{
    size_t index = task_news_thing(news, TOV_ABOUT_EPISODE);
    if (index == TASK_NONE || task_is_refused(news->placed, TOV_ABOUT_EPISODE))
        return TOV_OK;
    if (task_is_type(news, "prison.release_date"))
        return take_release_date(news, index);
    if (task_is_type(news, "prison.admission"))
        take_admission(news, &news->tasks->things[index]);
    else if (task_is_type(news, "prison.released") ||
             task_is_type(news, "prison.released_unplanned"))
        take_release(news, index);
    else if (task_is_type(news, "prison.recall"))
        take_recall(news, index);
    else if (task_is_type(news, "prison.expulsion"))
        take_expulsion(news, index);
    else if (task_is_type(news, "prison.end"))
        take_end(news, index);
    return TOV_OK;
}
