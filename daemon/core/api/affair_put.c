/* SPDX-License-Identifier: EUPL-1.2
 *
 * An affair in records of wire/api: things, tasks, parties, judgements, what may come next.
 */
#include "api/affair.h"

#include "case/told_field.h"

#include <stdlib.h>
#include <string.h>

/* Things, tasks and parties in one answer: an affair that a member of it has made huge must still
 * fit a frame. Of more tasks those that are due first. */
#define PARTS_MAX 150u

static enum tov_err put_ref(struct tov_record out, const char *name,
                            const struct tov_thing_ref *ref)
{
    return tov_record_put_bytes(out, name, TOV_BYTES_OF(ref->bytes));
}

static enum tov_err put_words(struct tov_record out, const char *name, const char *text)
{
    return text == NULL ? TOV_OK : tov_record_put_text(out, name, text);
}

static enum tov_err put_date(struct tov_record out, const char *name, struct tov_date date)
{
    return tov_record_put_date(out, name, date);
}

/* ---- things ---- */

static enum tov_err put_flags(const struct api_affair *affair, const struct tov_thing *thing,
                              struct tov_record out)
{
    const struct tov_machine_state *state = tov_machine_state_find(thing->machine, thing->state);
    TOV_TRY(tov_api_put_count(out, "ended", state != NULL && state->is_end ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "incomplete", thing->is_incomplete ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "conflict", thing->is_conflict ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "unready", thing->is_unready ? 1 : 0));
    return tov_api_put_count(out, "waits", tov_api_affair_number(affair, thing->waits));
}

static enum tov_err put_thing(const struct api_affair *affair, const struct tov_thing *thing,
                              struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "machine", (uint64_t)thing->machine));
    TOV_TRY(put_ref(out, "thing_ref", &thing->ref));
    TOV_TRY(put_words(out, "state", thing->state));
    TOV_TRY(tov_api_put_count(out, "since_ms", thing->since_ms));
    TOV_TRY(put_flags(affair, thing, out));
    TOV_TRY(put_words(out, "regime", thing->regime));
    TOV_TRY(tov_api_put_count(out, "responsible", thing->responsible));
    return tov_api_put_count(out, "offered", thing->offered);
}

enum tov_err tov_api_put_things(const struct api_affair *affair, struct tov_record out)
{
    for (size_t i = 0; i < affair->view.thing_count && i < PARTS_MAX; i++) {
        const struct tov_thing *thing = &affair->view.things[i];
        struct tov_record record;
        if (!tov_api_affair_has(affair, &thing->ref))
            continue;
        TOV_TRY(tov_record_open(out, "things", &record));
        TOV_TRY(put_thing(affair, thing, record));
    }
    return TOV_OK;
}

/* ---- tasks ---- */

static enum tov_err put_party(struct tov_record task, const char *name,
                              const struct tov_task_party *party)
{
    struct tov_record out;
    TOV_TRY(tov_record_open(task, name, &out));
    TOV_TRY(tov_record_put_number(out, "agency", party->agency));
    return put_words(out, "unit", party->unit);
}

static bool is_newest(const struct tov_task *task, const struct tov_task_change *change)
{
    return change == &task->changes[task->change_count - 1];
}

/* To who was not told of the newest due date the task is open or overdue by an earlier one. */
static enum tov_task_state shown_state(const struct api_affair *affair, const struct tov_task *task,
                                       const struct tov_task_change *change)
{
    bool is_open = task->state == TOV_TASK_OPEN || task->state == TOV_TASK_OVERDUE;
    if (!is_open || is_newest(task, change))
        return task->state;
    return affair->onlooker->now_ms < tov_due_past_ms(&change->due) ? TOV_TASK_OPEN
                                                                    : TOV_TASK_OVERDUE;
}

/* A message to the unit named the release date by which the task is judged: a new one may have
 * been told to others alone, and leave the due date as it was. */
static bool is_told_release(const struct api_affair *affair, const struct tov_task *task)
{
    for (size_t i = 0; task->has_release && i < affair->view.placed_count; i++) {
        const struct tov_told *told = affair->view.placed[i].told;
        struct tov_value date;
        if (strcmp(tov_told_type(told), "prison.release_date") == 0 &&
            tov_told_field(told, "date", 0, &date) &&
            tov_date_to_days(date.date) == tov_date_to_days(task->release))
            return true;
    }
    return false;
}

static enum tov_err put_due(const struct api_affair *affair, const struct tov_task *task,
                            const struct tov_task_change *change, struct tov_record out)
{
    const struct tov_due *due = &change->due;
    TOV_TRY(put_date(out, "due", due->day));
    TOV_TRY(tov_api_put_count(out, "due_ms", due->is_moment ? due->moment_ms : 0));
    TOV_TRY(tov_api_put_count(out, "late_from_ms", tov_due_past_ms(due)));
    if (!is_told_release(affair, task))
        return TOV_OK;
    if (task->has_window)
        TOV_TRY(put_date(out, "window", task->window));
    return put_date(out, "release", task->release);
}

static enum tov_err put_course(const struct api_affair *affair, const struct tov_task *task,
                               struct tov_record out)
{
    TOV_TRY(
        tov_api_put_count(out, "opened_number", tov_api_affair_number(affair, task->opened_by)));
    TOV_TRY(tov_api_put_count(out, "opened_ms", task->opened_ms));
    TOV_TRY(tov_api_put_count(out, "met_number", tov_api_affair_number(affair, task->met_by)));
    TOV_TRY(tov_api_put_count(out, "met_ms", task->met_by == NULL ? 0 : task->met_ms));
    TOV_TRY(tov_api_put_count(out, "call", task->call ? 1 : 0));
    TOV_TRY(tov_api_put_count(out, "paused", task->paused ? 1 : 0));
    return tov_api_put_count(out, "affair", affair->number);
}

/* One agency in two channels is one to who reads. */
static bool is_named_before(const struct tov_task *task, size_t place)
{
    const struct tov_task_party *party = &task->owed[place];
    for (size_t i = 0; i < place; i++) {
        const struct tov_task_party *other = &task->owed[i];
        bool same_unit =
            party->unit == other->unit ||
            (party->unit != NULL && other->unit != NULL && strcmp(party->unit, other->unit) == 0);
        if (other->agency == party->agency && same_unit)
            return true;
    }
    return false;
}

static enum tov_err put_task(const struct api_affair *affair, const struct tov_task *task,
                             const struct tov_task_change *change, struct tov_record out)
{
    TOV_TRY(tov_record_put_text(out, "deadline", task->row->id));
    TOV_TRY(tov_record_put_number(out, "state", (uint64_t)shown_state(affair, task, change)));
    TOV_TRY(put_ref(out, "thing_ref", &task->thing));
    TOV_TRY(put_due(affair, task, change, out));
    TOV_TRY(tov_api_put_count(out, "compressed", change->compressed ? 1 : 0));
    TOV_TRY(put_party(out, "owner", &task->owner));
    TOV_TRY(tov_api_put_count(out, "responsible", task->responsible));
    for (size_t i = 0; i < task->owed_count; i++) {
        if (!is_named_before(task, i))
            TOV_TRY(put_party(out, "owed", &task->owed[i]));
    }
    return put_course(affair, task, out);
}

/* ---- in which order ---- */

struct shown_task {
    const struct tov_task *task;
    const struct tov_task_change *change;
    uint64_t late_from_ms;
    size_t place; /* in the order in which they opened */
};

static int by_nearness(const void *a, const void *b)
{
    const struct shown_task *x = a;
    const struct shown_task *y = b;
    if (x->late_from_ms != y->late_from_ms)
        return x->late_from_ms < y->late_from_ms ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

/* Those that the unit is shown, in the order in which they opened. */
static size_t gather_tasks(const struct api_affair *affair, enum api_tasks wanted,
                           struct shown_task *out)
{
    size_t count = 0;
    for (size_t i = 0; i < tov_tasks_count(affair->tasks); i++) {
        struct shown_task shown = {.place = i};
        if (!tov_api_affair_task(affair, i, &shown.task, &shown.change) ||
            (wanted == API_TASKS_OPEN && shown.task->state != TOV_TASK_OPEN &&
             shown.task->state != TOV_TASK_OVERDUE))
            continue;
        shown.late_from_ms = tov_due_past_ms(&shown.change->due);
        out[count++] = shown;
    }
    return count;
}

enum tov_err tov_api_put_tasks(const struct api_affair *affair, enum api_tasks wanted,
                               struct tov_record out)
{
    struct shown_task *shown = calloc(tov_tasks_count(affair->tasks) + 1, sizeof *shown);
    enum tov_err err = TOV_OK;
    if (shown == NULL)
        return TOV_E_NOMEM;
    size_t count = gather_tasks(affair, wanted, shown);
    if (wanted == API_TASKS_OPEN || count > PARTS_MAX)
        qsort(shown, count, sizeof *shown, by_nearness);
    count = count < PARTS_MAX ? count : PARTS_MAX;
    for (size_t i = 0; err == TOV_OK && i < count; i++) {
        struct tov_record record;
        err = tov_record_open(out, "tasks", &record);
        if (err == TOV_OK)
            err = put_task(affair, shown[i].task, shown[i].change, record);
    }
    free(shown);
    return err;
}

/* ---- parties, and what comes next ---- */

static bool sees_case(const struct api_affair *affair, const struct tov_thing_ref *ref)
{
    for (size_t i = 0; i < affair->view.thing_count; i++) {
        const struct tov_thing *thing = &affair->view.things[i];
        if (thing->machine == TOV_MACHINE_CASE && tov_thing_ref_equal(&thing->ref, ref))
            return tov_api_affair_has(affair, ref);
    }
    return false;
}

enum tov_err tov_api_put_parties(const struct api_affair *affair, struct tov_record out)
{
    for (size_t i = 0; i < tov_picture_party_count(affair->book.picture) && i < PARTS_MAX; i++) {
        const struct tov_party *party = tov_picture_party_at(affair->book.picture, i);
        struct tov_record record;
        if (!sees_case(affair, &party->case_ref))
            continue;
        TOV_TRY(tov_record_open(out, "parties", &record));
        TOV_TRY(put_ref(record, "case_ref", &party->case_ref));
        TOV_TRY(tov_record_put_number(record, "agency", party->agency));
        TOV_TRY(put_words(record, "unit", party->unit));
        TOV_TRY(tov_api_put_count(record, "from_ms", party->from_ms));
        TOV_TRY(tov_api_put_count(record, "until_ms", party->until_ms));
    }
    return TOV_OK;
}

#define EXPECTED_THINGS_MAX 16u
#define EXPECTED_MAX 64u /* of one thing */

static enum tov_err put_row(const struct tov_thing *thing, const struct tov_machine_row *row,
                            struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "machine", (uint64_t)thing->machine));
    TOV_TRY(put_ref(out, "thing_ref", &thing->ref));
    TOV_TRY(tov_record_put_text(out, "type", row->on.type));
    TOV_TRY(put_words(out, "field", row->on_others ? NULL : row->on.field));
    TOV_TRY(put_words(out, "value", row->on_others ? NULL : row->on.value));
    bool is_half = row->and_who != 0 && thing->waits == NULL;
    return tov_api_put_count(out, "first_half", is_half ? 1 : 0);
}

enum tov_err tov_api_put_expected(const struct api_affair *affair, struct tov_record out)
{
    const struct tov_picture *picture = affair->book.picture;
    for (size_t i = 0; i < affair->view.thing_count && i < EXPECTED_THINGS_MAX; i++) {
        const struct tov_thing *thing = &affair->view.things[i];
        const struct tov_machine_row *rows[EXPECTED_MAX];
        if (!tov_api_affair_has(affair, &thing->ref))
            continue;
        size_t count =
            tov_picture_expected(picture, thing, &affair->onlooker->unit, rows, EXPECTED_MAX);
        for (size_t n = 0; n < count && n < EXPECTED_MAX; n++) {
            struct tov_record record;
            TOV_TRY(tov_record_open(out, "expected", &record));
            TOV_TRY(put_row(thing, rows[n], record));
        }
    }
    return TOV_OK;
}

/* ---- what a message did ---- */

static enum tov_err put_judgement(const struct tov_judgement *judgement, struct tov_record out)
{
    TOV_TRY(tov_record_put_number(out, "machine", (uint64_t)judgement->machine));
    TOV_TRY(put_ref(out, "thing_ref", &judgement->thing));
    TOV_TRY(tov_record_put_number(out, "verdict", (uint64_t)judgement->verdict));
    TOV_TRY(put_words(out, "from", judgement->from));
    TOV_TRY(put_words(out, "to", judgement->to));
    TOV_TRY(tov_api_put_count(out, "rule", judgement->rule));
    TOV_TRY(put_words(out, "reason_da", judgement->reason.da));
    TOV_TRY(put_words(out, "reason_en", judgement->reason.en));
    return tov_api_put_count(out, "conflict", judgement->is_conflict ? 1 : 0);
}

enum tov_err tov_api_put_judgements(const struct api_affair *affair,
                                    const struct tov_placed *placed, struct tov_record out)
{
    for (size_t i = 0; i < placed->judgement_count; i++) {
        struct tov_record record;
        if (!tov_api_affair_has(affair, &placed->judgements[i].thing))
            continue;
        TOV_TRY(tov_record_open(out, "judgements", &record));
        TOV_TRY(put_judgement(&placed->judgements[i], record));
    }
    return TOV_OK;
}
