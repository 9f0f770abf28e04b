/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/task_book.h"

#include "base/cleanup.h"
#include "case/danish_time.h"

#include <string.h>

/* ---- one task ---- */

static uint32_t next_occurrence(const struct tov_tasks *tasks, const struct task_opening *opening)
{
    uint32_t count = 1;
    for (size_t i = tasks->things[opening->thing].first; i != TASK_NONE;
         i = tasks->entries[i].next) {
        const struct tov_task *other = &tasks->entries[i].task;
        if (other->row == opening->row && task_party_equal(&other->owner, &opening->owner))
            count++;
    }
    return count;
}

enum tov_err task_open(const struct task_news *news, const struct task_opening *opening,
                       size_t *out_entry)
{
    struct tov_tasks *tasks = news->tasks;
    uint32_t occurrence = next_occurrence(tasks, opening);
    size_t index;
    TOV_TRY(task_entry_add(tasks, opening->thing, &index));
    struct task_entry *entry = &tasks->entries[index];
    const struct task_thing *thing = &tasks->things[opening->thing];
    entry->opened = news->placed;
    entry->anchor_day = news->day;
    entry->paused_ms = news->at_ms;
    entry->task.row = opening->row;
    entry->task.thing_kind = thing->kind;
    entry->task.thing = thing->ref;
    entry->task.occurrence = occurrence;
    entry->task.opened_by = news->told;
    entry->task.opened_ms = news->at_ms;
    entry->task.state = TOV_TASK_OPEN;
    entry->task.paused = opening->row->active_days && thing->is_paused;
    entry->task.owner = opening->owner;
    entry->task.responsible = opening->owner.agency;
    struct tov_task_change first = {opening->due, news->told, opening->compressed};
    TOV_TRY(task_change_add(entry, &first));
    TOV_TRY(task_holders_add(entry, news->placed, 0));
    *out_entry = index;
    return task_owed_set(tasks, index);
}

enum tov_err task_move(const struct task_news *news, size_t index, const struct tov_due *due,
                       bool compressed)
{
    struct task_entry *entry = &news->tasks->entries[index];
    struct tov_task_change change = {*due, news->told, compressed};
    if (tov_due_equal(due, &entry->task.due) && compressed == entry->task.compressed)
        return task_holders_add(entry, news->placed, entry->task.change_count - 1);
    TOV_TRY(task_change_add(entry, &change));
    return task_holders_add(entry, news->placed, entry->task.change_count - 1);
}

static void meet(const struct task_news *news, struct task_entry *entry)
{
    bool late = task_is_past(entry, news->at_ms);
    entry->task.met_by = news->told;
    entry->task.met_ms = news->at_ms;
    entry->task.state = late ? TOV_TASK_MET_LATE : TOV_TASK_MET;
    entry->task.paused = false;
}

/* ---- the thing of a row ---- */

/* For a message about nothing: its event, or itself. */
static enum tov_err thing_of_event(const struct task_news *news, size_t *out_thing)
{
    struct tov_thing_ref event;
    if (!tov_told_event(news->told, &event))
        memcpy(event.bytes, news->told->ref.leaf.bytes, sizeof event.bytes);
    return task_thing_get(news->tasks, 0, &event, out_thing);
}

/* TASK_NONE: the message is not about such a thing. */
static enum tov_err thing_of_row(const struct task_news *news, const struct tov_deadline *row,
                                 size_t *out_thing)
{
    static const uint32_t order[] = {TOV_ABOUT_EPISODE, TOV_ABOUT_COURSE,  TOV_ABOUT_CASE,
                                     TOV_ABOUT_CONCERN, TOV_ABOUT_REQUEST, TOV_ABOUT_PSYCH};
    *out_thing = row->thing == 0 ? TASK_NONE : task_news_thing(news, row->thing);
    if (row->thing != 0)
        return TOV_OK;
    for (size_t i = 0; i < sizeof order / sizeof order[0] && *out_thing == TASK_NONE; i++)
        *out_thing = task_news_thing(news, order[i]);
    return *out_thing != TASK_NONE ? TOV_OK : thing_of_event(news, out_thing);
}

/* ---- opening by message ---- */

/* False: the message names no date to count from. */
static bool due_of(const struct task_news *news, const struct tov_deadline *row,
                   struct tov_due *out_due)
{
    const struct tov_calendar *calendar = news->tasks->calendar;
    struct tov_span span = tov_deadline_span(row);
    struct tov_date day;
    switch (row->anchor) {
    case TOV_ANCHOR_EVENT:
        *out_due = tov_calendar_due_from(calendar, news->at_ms, span);
        return true;
    case TOV_ANCHOR_FIELD:
        if (!task_field_day(news->told, row->anchor_field, &day))
            return false;
        *out_due = tov_calendar_due(calendar, day, span);
        return true;
    case TOV_ANCHOR_MEETING:
        day = tov_calendar_meeting(calendar, news->day);
        *out_due = tov_calendar_due(calendar, day, span);
        return true;
    case TOV_ANCHOR_RELEASE:
        return false;
    }
    return false;
}

/* The unmet task that OPENING would open again, or TASK_NONE. */
static size_t find_open(const struct task_news *news, const struct task_opening *opening)
{
    const struct tov_tasks *tasks = news->tasks;
    const struct tov_deadline *row = opening->row;
    size_t found = TASK_NONE;
    for (size_t i = tasks->things[opening->thing].first; i != TASK_NONE;
         i = tasks->entries[i].next) {
        const struct task_entry *entry = &tasks->entries[i];
        if (entry->task.row == row && task_is_unmet(entry) &&
            task_party_equal(&entry->task.owner, &opening->owner) &&
            (row->same_field == NULL ||
             task_fields_agree(entry->task.opened_by, news->told, row->same_field)))
            found = i;
    }
    return found;
}

/* Opens the task, or moves the due date of one that is open still. What fell due stays: a
 * recurring one is opened again by what meets it, another opens beside the overdue one. */
static enum tov_err open_or_move(const struct task_news *news, const struct task_opening *opening)
{
    size_t old = opening->row->by_citation ? TASK_NONE : find_open(news, opening);
    if (old != TASK_NONE && !task_is_past(&news->tasks->entries[old], news->at_ms)) {
        if (news->placed->is_retracted)
            return TOV_OK;
        news->tasks->entries[old].anchor_day = news->day;
        news->tasks->entries[old].paused_days = 0;
        return task_move(news, old, &opening->due, false);
    }
    if (old != TASK_NONE && opening->row->recurs)
        return TOV_OK;
    size_t added;
    return task_open(news, opening, &added);
}

static enum tov_err open_for(const struct task_news *news, struct task_opening *opening,
                             const struct task_parties *owners)
{
    for (size_t i = 0; i < owners->count; i++) {
        opening->owner = owners->items[i];
        TOV_TRY(open_or_move(news, opening));
    }
    return TOV_OK;
}

/* Feedback is owed to a referrer outside the house only. */
static bool is_owed_to_somebody(const struct task_news *news, const struct task_opening *opening)
{
    if (opening->row->owed_to != TOV_OWED_REFERRER)
        return true;
    const struct tov_unit_facts *referrer =
        news->tasks->things[opening->thing].roles[TASK_REFERRER];
    const struct tov_unit_facts *unit;
    if (referrer == NULL)
        return false;
    for (size_t i = 0; (unit = task_unit_at(news->placed, i)) != NULL; i++) {
        if (unit->agency == referrer->agency && strcmp(unit->name, referrer->name) == 0)
            return false;
    }
    return true;
}

static enum tov_err open_row(const struct task_news *news, const struct tov_deadline *row)
{
    struct task_opening opening = {.row = row};
    TOV_TRY(thing_of_row(news, row, &opening.thing));
    if (opening.thing == TASK_NONE || !due_of(news, row, &opening.due) ||
        !is_owed_to_somebody(news, &opening))
        return TOV_OK;
    TOV_CLEANUP(task_parties_fini) struct task_parties owners = {0};
    TOV_TRY(task_owners(news->tasks, row, opening.thing, news->placed, &owners));
    return open_for(news, &opening, &owners);
}

enum tov_err task_open_rows(const struct task_news *news)
{
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *row = tov_deadline_at(i);
        if (row->anchor != TOV_ANCHOR_RELEASE && task_matches(news, row->opens) &&
            !task_is_refused(news->placed, row->thing))
            TOV_TRY(open_row(news, row));
    }
    return TOV_OK;
}

/* ---- meeting ---- */

/* An offer is cited by the message that told it, in this channel or the other. */
static bool cites_opening(const struct task_news *news, const struct task_entry *entry)
{
    struct tov_ref cited;
    if (!task_fields_agree(entry->task.opened_by, news->told, "thing"))
        return false;
    if (!tov_told_cites(news->told, 0, &cited))
        return !task_field_is(news->told, "thing", "task"); /* the open one of its thing */
    for (size_t n = 0; tov_told_cites(news->told, n, &cited); n++) {
        for (size_t i = 0; i < entry->holder_count; i++) {
            if (tov_ref_equal(&entry->holders[i].by->ref, &cited))
                return true;
        }
    }
    return false;
}

static bool is_after_release(const struct task_news *news, const struct tov_task *task)
{
    size_t episode;
    if (task_thing_get(news->tasks, TOV_ABOUT_EPISODE, &task->episode, &episode) != TOV_OK)
        return false;
    return news->tasks->things[episode].is_released ||
           tov_date_to_days(news->day) >= tov_date_to_days(task->release);
}

static bool is_by_owner(const struct task_news *news, const struct tov_task_party *owner)
{
    const struct tov_unit_facts *sender = &news->told->sender;
    return sender->agency == owner->agency &&
           (owner->unit == NULL || strcmp(owner->unit, sender->name) == 0);
}

static bool can_meet(const struct task_news *news, const struct task_entry *entry)
{
    const struct tov_deadline *row = entry->task.row;
    size_t episode = task_news_thing(news, TOV_ABOUT_EPISODE);
    if (entry->task.has_release && episode != TASK_NONE &&
        !tov_thing_ref_equal(&news->tasks->things[episode].ref, &entry->task.episode))
        return false;
    return (row->same_field == NULL ||
            task_fields_agree(entry->task.opened_by, news->told, row->same_field)) &&
           (!row->by_owner || is_by_owner(news, &entry->task.owner)) &&
           (!row->by_citation || cites_opening(news, entry)) &&
           (!row->after_release || is_after_release(news, &entry->task));
}

static void meet_row(const struct task_news *news, const struct tov_deadline *row)
{
    struct tov_tasks *tasks = news->tasks;
    size_t thing;
    if (thing_of_row(news, row, &thing) != TOV_OK || thing == TASK_NONE)
        return;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        struct task_entry *entry = &tasks->entries[i];
        if (entry->task.row == row && task_is_unmet(entry) && can_meet(news, entry))
            meet(news, entry);
    }
}

void task_meet_rows(const struct task_news *news, bool also_opened)
{
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *row = tov_deadline_at(i);
        if (task_matches(news, row->met_by) && !task_is_refused(news->placed, row->thing) &&
            (!also_opened || (!row->recurs && task_matches(news, row->opens))))
            meet_row(news, row);
    }
}

/* ---- falling away ---- */

static void drop_thing(const struct task_news *news, size_t thing)
{
    struct tov_tasks *tasks = news->tasks;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        if (task_is_unmet(&tasks->entries[i]))
            task_fall(&tasks->entries[i], news);
    }
}

static void drop_row(const struct task_news *news, const struct tov_deadline *row)
{
    struct tov_tasks *tasks = news->tasks;
    size_t thing = task_news_thing(news, row->thing);
    for (size_t i = thing == TASK_NONE ? TASK_NONE : tasks->things[thing].first; i != TASK_NONE;
         i = tasks->entries[i].next) {
        struct task_entry *entry = &tasks->entries[i];
        if (entry->task.row == row && task_is_unmet(entry))
            task_fall(entry, news);
    }
}

void task_end_things(const struct task_news *news)
{
    for (size_t i = 0; i < tov_thing_end_count(); i++) {
        const struct tov_thing_end *end = tov_thing_end_at(i);
        size_t thing = task_news_thing(news, end->thing);
        if (thing != TASK_NONE && task_matches_one(news, &end->by) &&
            !task_is_refused(news->placed, end->thing))
            drop_thing(news, thing);
    }
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *row = tov_deadline_at(i);
        if (task_matches(news, row->dropped_by) && !task_is_refused(news->placed, row->thing))
            drop_row(news, row);
    }
}

static bool starts_concern(const struct tov_told *told)
{
    const char *type = tov_told_type(told);
    return strcmp(type, "concern.submit") == 0 || strcmp(type, "concern.forward") == 0 ||
           strcmp(type, "krfo.concern") == 0;
}

/* What the retracted message opened falls away; with a concern's first message all of it. */
void task_retract(const struct task_news *news)
{
    struct tov_tasks *tasks = news->tasks;
    struct tov_ref target;
    if (!task_is_type(news, "msg.retract") || !tov_told_reply_to(news->told, &target))
        return;
    for (size_t i = 0; i < tasks->entry_count; i++) {
        struct task_entry *entry = &tasks->entries[i];
        if (!entry->opened->is_retracted || !tov_ref_equal(&entry->task.opened_by->ref, &target))
            continue;
        size_t thing;
        if (task_is_unmet(entry))
            task_fall(entry, news);
        if (starts_concern(entry->task.opened_by) &&
            task_thing_get(tasks, entry->task.thing_kind, &entry->task.thing, &thing) == TOV_OK)
            drop_thing(news, thing);
    }
}

/* ---- hand-over, copies and courses ---- */

/* The message accepts an offer of the task ID about THING that was made to its sender's agency: it
 * has just met it. */
static bool accepts_offer(const struct task_news *news, size_t thing, struct tov_bytes id)
{
    const struct tov_tasks *tasks = news->tasks;
    struct tov_value offered;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        const struct tov_task *task = &tasks->entries[i].task;
        if (task->met_by == news->told && task->row->hands_over &&
            task->owner.agency == news->told->sender.agency &&
            tov_told_field(task->opened_by, "task", 0, &offered) &&
            offered.kind == TOV_FIELD_TEXT && tov_bytes_equal(offered.bytes, id))
            return true;
    }
    return false;
}

static bool accepts_any(const struct task_news *news, struct tov_bytes id)
{
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (news->things[i] != TASK_NONE && accepts_offer(news, news->things[i], id))
            return true;
    }
    return false;
}

/* Whose duty a task is does not change; who answers for it does. */
static enum tov_err hand_over(const struct task_news *news, size_t thing, struct tov_bytes id)
{
    struct tov_tasks *tasks = news->tasks;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        struct task_entry *entry = &tasks->entries[i];
        const char *row = entry->task.row->id;
        if (!task_is_unmet(entry) || strlen(row) != id.size || memcmp(row, id.data, id.size) != 0)
            continue;
        entry->task.responsible = news->told->sender.agency;
        TOV_TRY(task_holders_add(entry, news->placed, entry->task.change_count - 1));
    }
    return TOV_OK;
}

enum tov_err task_note_handover(const struct task_news *news)
{
    struct tov_value id;
    if (!task_is_type(news, "handover.accept") || !task_field_is(news->told, "thing", "task") ||
        !tov_told_field(news->told, "task", 0, &id) || id.kind != TOV_FIELD_TEXT ||
        task_is_refused(news->placed, 0) || !accepts_any(news, id.bytes))
        return TOV_OK;
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (news->things[i] != TASK_NONE)
            TOV_TRY(hand_over(news, news->things[i], id.bytes));
    }
    return TOV_OK;
}

static enum tov_err note_copy_of(const struct task_news *news, struct task_entry *entry,
                                 const struct tov_thing_ref *event)
{
    for (size_t n = 0; n < entry->task.change_count; n++) {
        struct tov_thing_ref other;
        if (tov_told_event(entry->task.changes[n].by, &other) && tov_thing_ref_equal(&other, event))
            TOV_TRY(task_holders_add(entry, news->placed, n));
    }
    return TOV_OK;
}

static enum tov_err note_copy_in(const struct task_news *news, size_t thing,
                                 const struct tov_thing_ref *event)
{
    struct tov_tasks *tasks = news->tasks;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next)
        TOV_TRY(note_copy_of(news, &tasks->entries[i], event));
    return TOV_OK;
}

enum tov_err task_note_copy(const struct task_news *news)
{
    struct tov_thing_ref event;
    size_t own;
    if (!tov_told_event(news->told, &event))
        return TOV_OK;
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (news->things[i] != TASK_NONE)
            TOV_TRY(note_copy_in(news, news->things[i], &event));
    }
    TOV_TRY(thing_of_event(news, &own));
    return note_copy_in(news, own, &event);
}

static enum tov_err resume(const struct task_news *news, size_t index)
{
    const struct tov_calendar *calendar = news->tasks->calendar;
    struct task_entry *entry = &news->tasks->entries[index];
    struct tov_date from = tov_danish_time_of(entry->paused_ms).date;
    entry->task.paused = false;
    if (news->at_ms > entry->paused_ms)
        entry->paused_days += (int)(tov_date_to_days(news->day) - tov_date_to_days(from));
    struct tov_date day =
        tov_calendar_add(calendar, entry->anchor_day, tov_deadline_span(entry->task.row));
    struct tov_due due =
        tov_calendar_due(calendar, day, (struct tov_span){entry->paused_days, TOV_OFFSET_DAYS});
    return task_move(news, index, &due, false);
}

/* While a course pauses, the days of its active time stand still. What is overdue stays so. */
enum tov_err task_note_course(const struct task_news *news)
{
    struct tov_tasks *tasks = news->tasks;
    bool pauses = task_is_type(news, "intervention.pause");
    size_t thing = task_news_thing(news, TOV_ABOUT_COURSE);
    if (thing == TASK_NONE || (!pauses && !task_is_type(news, "intervention.resume")) ||
        tasks->things[thing].is_paused == pauses || task_is_refused(news->placed, TOV_ABOUT_COURSE))
        return TOV_OK;
    tasks->things[thing].is_paused = pauses;
    for (size_t i = tasks->things[thing].first; i != TASK_NONE; i = tasks->entries[i].next) {
        struct task_entry *entry = &tasks->entries[i];
        if (!entry->task.row->active_days || !task_is_unmet(entry))
            continue;
        if (pauses && !task_is_past(entry, news->at_ms)) {
            entry->task.paused = true;
            entry->paused_ms = news->at_ms;
        } else if (!pauses && entry->task.paused) {
            TOV_TRY(resume(news, i));
        }
    }
    return TOV_OK;
}
