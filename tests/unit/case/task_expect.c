/* SPDX-License-Identifier: EUPL-1.2 */
#include "task_script_internal.h"

#include "case/danish_time.h"
#include "drafts.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(enum tov_err err)
{
    UNIT_NEED(err == TOV_OK);
}

static void fail(const struct script *script, const char *what, const char *expected,
                 const char *actual)
{
    (void)printf("\n    %s:%d: %s is \"%s\", expected \"%s\"", script->path, script->line, what,
                 actual, expected);
    CU_FAIL("a line of the file does not hold");
}

static void expect_text(const struct script *script, const char *what, const char *expected,
                        const char *actual)
{
    if (strcmp(expected, "-") == 0 || expected[0] == '\0')
        return;
    if (strcmp(expected, actual) != 0)
        fail(script, what, expected, actual);
    else
        CU_PASS(what);
}

static struct tov_tasks *fold(struct script *script, uint64_t now_ms)
{
    struct tov_tasks *tasks = NULL;
    size_t count;
    const struct tov_placed *placed = script_placed(script, script->view, &count);
    must(tov_tasks_fold(placed, count, tov_calendar_find(1), now_ms, &tasks));
    return tasks;
}

static bool is_about(const struct tov_task *task, const char *thing)
{
    static const char *const kinds[TOV_ABOUT_COUNT] = {"concern", "case",  "course",
                                                       "request", "psych", "episode"};
    const char *colon = strchr(thing, ':');
    uint8_t uuid[TOV_UUID_BYTES];
    if (strcmp(thing, "-") == 0)
        return true;
    UNIT_NEED(colon != NULL);
    struct tov_bytes ref = script_uuid(colon + 1, uuid);
    if (memcmp(ref.data, task->thing.bytes, TOV_UUID_BYTES) != 0)
        return false;
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (strncmp(kinds[i], thing, (size_t)(colon - thing)) == 0)
            return task->thing_kind == tov_about_things[i].bit;
    }
    return task->thing_kind == 0;
}

/* The last task of ROW ("R-1y#1": the first) about THING; its index, or the count. */
static size_t find_task(const struct tov_tasks *tasks, const char *row, const char *thing)
{
    size_t length = strcspn(row, "#");
    unsigned wanted = row[length] == '#' ? (unsigned)strtoul(row + length + 1, NULL, 10) : 0;
    size_t found = tov_tasks_count(tasks);
    unsigned seen = 0;
    for (size_t i = 0; i < tov_tasks_count(tasks); i++) {
        const struct tov_task *task = tov_tasks_at(tasks, i);
        if (strlen(task->row->id) != length || strncmp(task->row->id, row, length) != 0 ||
            !is_about(task, thing))
            continue;
        if (wanted == 0 || ++seen == wanted)
            found = i;
    }
    return found;
}

static void due_text(const struct tov_due *due, char out[32])
{
    if (due->is_moment)
        tov_time_format(due->moment_ms, out);
    else
        (void)snprintf(out, 32, "%04d-%02d-%02d", due->day.year, due->day.month, due->day.day);
}

static const char *state_word(enum tov_task_state state)
{
    switch (state) {
    case TOV_TASK_OPEN:
        return "open";
    case TOV_TASK_OVERDUE:
        return "overdue";
    case TOV_TASK_MET:
        return "met";
    case TOV_TASK_MET_LATE:
        return "late";
    case TOV_TASK_FALLEN:
        return "fallen";
    }
    return "";
}

static void state_text(const struct tov_task *task, char out[64])
{
    (void)snprintf(out, 64, "%s%s%s%s%s", state_word(task->state),
                   task->compressed ? " komprimeret" : "", task->call ? " ring" : "",
                   task->paused ? " pause" : "", task->fell_due ? " overskredet" : "");
}

static int append_party(char *out, size_t size, const struct tov_task_party *party)
{
    static const char *const channels[] = {"", "@release", "@case"};
    return snprintf(out, size, "%s%s%s%s", script_agencies[party->agency],
                    party->unit != NULL ? "/" : "", party->unit != NULL ? party->unit : "",
                    party->unit != NULL ? "" : channels[party->channel]);
}

/* "krfo>kk": the duty is krfo's, kk has taken it over. */
static void owner_text(const struct tov_task *task, char out[64])
{
    int at = append_party(out, 64, &task->owner);
    if (task->responsible != task->owner.agency)
        (void)snprintf(out + at, 64 - (size_t)at, ">%s", script_agencies[task->responsible]);
}

static void owed_text(const struct tov_task *task, char out[256])
{
    size_t at = 0;
    out[0] = '\0';
    for (size_t i = 0; i < task->owed_count; i++) {
        at += (size_t)snprintf(out + at, 256 - at, "%s", i > 0 ? " " : "");
        at += (size_t)append_party(out + at, 256 - at, &task->owed[i]);
    }
}

void script_task_text(const struct tov_task *task, char out[SCRIPT_TASK_TEXT])
{
    char due[32], state[64], owner[64], owed[256];
    due_text(&task->due, due);
    state_text(task, state);
    owner_text(task, owner);
    owed_text(task, owed);
    int at = snprintf(out, SCRIPT_TASK_TEXT,
                      "%s #%u due %s: %s, %s owes %s, opened %s, met %s, "
                      "changes",
                      task->row->id, task->occurrence, due, state, owner, owed,
                      script_message_of(task->opened_by)->id,
                      task->met_by != NULL ? script_message_of(task->met_by)->id : "-");
    for (size_t i = 0; i < task->change_count && at < SCRIPT_TASK_TEXT; i++) {
        due_text(&task->changes[i].due, due);
        at += snprintf(out + at, SCRIPT_TASK_TEXT - (size_t)at, " %s by %s", due,
                       script_message_of(task->changes[i].by)->id);
    }
}

/* Words: NOW ROW THING DUE STATE OWNER OWED. */
static void expect_task(struct script *script, uint64_t now_ms, char *const words[6])
{
    struct tov_tasks *tasks = fold(script, now_ms);
    size_t index = find_task(tasks, words[0], words[1]);
    char due[32], state[64], owner[64], owed[256];
    if (index == tov_tasks_count(tasks)) {
        fail(script, words[0], words[3], "no task");
    } else {
        const struct tov_task *task = tov_tasks_at(tasks, index);
        due_text(&task->due, due);
        state_text(task, state);
        owner_text(task, owner);
        owed_text(task, owed);
        expect_text(script, "due", words[2], due);
        expect_text(script, "state", words[3], state);
        expect_text(script, "owner", words[4], owner);
        expect_text(script, "owed", words[5], owed);
    }
    tov_tasks_destroy(tasks);
}

static void expect_none(struct script *script, char *const words[3])
{
    struct tov_tasks *tasks = fold(script, script_time(words[0]));
    if (find_task(tasks, words[1], words[2]) != tov_tasks_count(tasks))
        fail(script, words[1], "no task", "a task");
    tov_tasks_destroy(tasks);
}

static void expect_count(struct script *script, char *const words[3])
{
    struct tov_tasks *tasks = fold(script, 0);
    unsigned count = 0;
    for (size_t i = 0; i < tov_tasks_count(tasks); i++) {
        const struct tov_task *task = tov_tasks_at(tasks, i);
        count += strcmp(task->row->id, words[0]) == 0 && is_about(task, words[1]) ? 1 : 0;
    }
    char text[16];
    (void)snprintf(text, sizeof text, "%u", count);
    expect_text(script, "count", words[2], text);
    tov_tasks_destroy(tasks);
}

static void expect_shown(struct script *script, char *const words[3])
{
    static const char *const units[] = {
        "kk/vink",       "kk/eki",    "kk/jku",       "kk/ydelse",    "kk/folkereg",
        "kk/sof",        "kk/mentor", "kk/coach",     "kbh-pol/dks",  "kbh-pol/efterforskning",
        "krfo/faengsel", "krfo/kif",  "krfo/central", "hotline/vagt", "rhp/psyk"};
    struct tov_tasks *tasks = fold(script, 0);
    size_t index = find_task(tasks, words[0], words[1]);
    char text[256] = "";
    size_t at = 0;
    for (size_t i = 0; i < sizeof units / sizeof units[0] && index < tov_tasks_count(tasks); i++) {
        struct tov_unit_facts unit = unit_facts(units[i]);
        if (tov_tasks_shown_to(tasks, index, &unit) != NULL)
            at +=
                (size_t)snprintf(text + at, sizeof text - at, "%s%s", at > 0 ? " " : "", units[i]);
    }
    expect_text(script, "shown to", words[2], at > 0 ? text : "nobody");
    tov_tasks_destroy(tasks);
}

static void expect_seen(struct script *script, char *const words[4])
{
    struct tov_tasks *tasks = fold(script, 0);
    size_t index = find_task(tasks, words[0], words[1]);
    struct tov_unit_facts unit = unit_facts(words[2]);
    const struct tov_task_change *change =
        index < tov_tasks_count(tasks) ? tov_tasks_shown_to(tasks, index, &unit) : NULL;
    char due[32] = "nothing";
    if (change != NULL)
        due_text(&change->due, due);
    expect_text(script, "due as shown", words[3], due);
    tov_tasks_destroy(tasks);
}

static void expect_dues(struct script *script, char *const words[3])
{
    struct tov_tasks *tasks = fold(script, 0);
    size_t index = find_task(tasks, words[0], words[1]);
    char text[256] = "no task";
    size_t at = 0;
    for (size_t i = 0;
         index < tov_tasks_count(tasks) && i < tov_tasks_at(tasks, index)->change_count; i++) {
        char due[32];
        due_text(&tov_tasks_at(tasks, index)->changes[i].due, due);
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", i > 0 ? " " : "", due);
    }
    expect_text(script, "due dates", words[2], text);
    tov_tasks_destroy(tasks);
}

/* Words: ROW THING DUE OWNER OWED TYPE FROM TO ABOUT FIELDS. */
static void judge_row(struct script *script, char *const words[10])
{
    char last[32], late[32];
    static char open[] = "open", overdue[] = "overdue", met[] = "met", too_late[] = "late";
    struct tov_date day;
    must(tov_date_parse(tov_bytes_of_text(words[2]), &day));
    uint64_t past_ms = tov_danish_day_start_ms(tov_date_of_days(tov_date_to_days(day) + 1));
    tov_danish_time_format(past_ms - 60000, last);
    tov_danish_time_format(past_ms, late);
    char *task[6] = {words[0], words[1], words[2], open, words[3], words[4]};
    expect_task(script, past_ms - 1, task);
    task[3] = overdue;
    expect_task(script, past_ms, task);
    static char id[] = "judge";
    char *message[7] = {id, last, words[5], words[6], words[7], words[8], words[9]};
    script_add_message(script, message);
    char occurrence[40];
    (void)snprintf(occurrence, sizeof occurrence, "%s#1", words[0]);
    task[0] = strchr(words[0], '#') != NULL ? words[0] : occurrence;
    task[3] = met;
    expect_task(script, past_ms + 1, task);
    script_drop_message(script);
    message[1] = late;
    script_add_message(script, message);
    task[3] = too_late;
    expect_task(script, past_ms + 1, task);
    script_drop_message(script);
}

void script_expect(struct script *script, char *const words[WORDS_MAX])
{
    if (strcmp(words[0], "task") == 0)
        expect_task(script, script_time(words[1]), words + 2);
    else if (strcmp(words[0], "none") == 0)
        expect_none(script, words + 1);
    else if (strcmp(words[0], "count") == 0)
        expect_count(script, words + 1);
    else if (strcmp(words[0], "shown") == 0)
        expect_shown(script, words + 1);
    else if (strcmp(words[0], "sees") == 0)
        expect_seen(script, words + 1);
    else if (strcmp(words[0], "dues") == 0)
        expect_dues(script, words + 1);
    else if (strcmp(words[0], "judge") == 0)
        judge_row(script, words + 1);
    else
        fail(script, "first word", "a kind of line", words[0]);
}
