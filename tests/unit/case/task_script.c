/* SPDX-License-Identifier: EUPL-1.2 */
#include "task_script.h"

#include "case/danish_time.h"
#include "case/told_field.h"
#include "drafts.h"
#include "support/unit.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 12
#define FIELDS_MAX 12
#define LINE_MAX_SIZE 1024

struct script_field {
    char name[32];
    char value[64];
};

struct script_message {
    struct tov_told told; /* first: see of_told() */
    char id[32];
    char type[48];
    struct tov_message_type row;
    struct tov_draft draft;
    struct tov_unit_facts recipients[8];
    char cites[32];
    char target[32];
    char refused[40];
    struct script_field fields[FIELDS_MAX];
    size_t field_count;
};

struct script {
    struct script_message *messages[SCRIPT_MESSAGES_MAX];
    size_t count;
    struct tov_placed placed[SCRIPT_MESSAGES_MAX];
    char view[16];
    const char *path;
    int line;
};

static const char *const agencies[] = {NULL, "kk", "kbh-pol", "krfo", "hotline", "rhp"};
#define AGENCIES (sizeof agencies / sizeof agencies[0])

uint16_t script_agency(const char *code)
{
    for (uint16_t i = 1; i < AGENCIES; i++) {
        if (strcmp(agencies[i], code) == 0)
            return i;
    }
    (void)fprintf(stderr, "no agency %s\n", code);
    UNIT_NEED(false);
    return 0;
}

/* ---- hand-made fields ---- */

static const struct script_message *of_told(const struct tov_told *told)
{
    return (const struct script_message *)(const void *)told;
}

static bool is_agency_field(const char *name)
{
    return strcmp(name, "addressed") == 0 || strcmp(name, "to_agency") == 0 ||
           strcmp(name, "invited") == 0;
}

/* The INDEX'th of "kk+krfo". */
static bool read_agency(const char *text, size_t index, struct tov_value *out)
{
    for (; index > 0 && text != NULL; index--) {
        text = strchr(text, '+');
        text = text == NULL ? NULL : text + 1;
    }
    if (text == NULL)
        return false;
    char code[16] = {0};
    memcpy(code, text, strcspn(text, "+"));
    *out = (struct tov_value){.kind = TOV_FIELD_INT, .number = script_agency(code)};
    return true;
}

/* Takes the place of proto/case/told_field.c. */
bool tov_told_field(const struct tov_told *told, const char *name, size_t index,
                    struct tov_value *out_value)
{
    const struct script_message *message = of_told(told);
    for (size_t i = 0; i < message->field_count; i++) {
        const char *text = message->fields[i].value;
        struct tov_bytes bytes = tov_bytes_of_text(text);
        if (strcmp(message->fields[i].name, name) != 0)
            continue;
        if (is_agency_field(name))
            return read_agency(text, index, out_value);
        *out_value = (struct tov_value){.kind = TOV_FIELD_ENUM, .name = text};
        if (strcmp(name, "version") == 0)
            *out_value =
                (struct tov_value){.kind = TOV_FIELD_INT, .number = strtoull(text, NULL, 10)};
        if (strcmp(name, "task") == 0)
            *out_value = (struct tov_value){.kind = TOV_FIELD_TEXT, .bytes = bytes};
        if (tov_date_parse(bytes, &out_value->date) == TOV_OK)
            out_value->kind = TOV_FIELD_DATE;
        return index == 0;
    }
    return false;
}

/* ---- reading ---- */

static void must(enum tov_err err)
{
    UNIT_NEED(err == TOV_OK);
}

/* Splits LINE at tabulators; missing words are empty. */
static size_t split(char *line, char *words[WORDS_MAX])
{
    static char empty[] = "";
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL && count < WORDS_MAX; count++) {
        char *end = strchr(at, '\t');
        words[count] = at;
        if (end != NULL)
            *end++ = '\0';
        at = end;
    }
    for (size_t i = count; i < WORDS_MAX; i++)
        words[i] = empty;
    return count;
}

static uint64_t time_of(const char *text)
{
    uint64_t time_ms = 0;
    if (!tov_danish_time_parse(tov_bytes_of_text(text), &time_ms))
        (void)fprintf(stderr, "no time: %s\n", text);
    UNIT_NEED(time_ms != 0);
    return time_ms;
}

static struct tov_bytes uuid_of(const char *name, uint8_t out[TOV_UUID_BYTES])
{
    UNIT_NEED(strlen(name) < TOV_UUID_BYTES);
    memset(out, 0, TOV_UUID_BYTES);
    memcpy(out, name, strlen(name));
    return (struct tov_bytes){out, TOV_UUID_BYTES};
}

/* The next word of *AT at any of SEPARATORS, without blanks before it. */
static bool next_word(const char **at, const char *separators, char *out, size_t size)
{
    *at += strspn(*at, separators);
    *at += strspn(*at, " ");
    size_t length = strcspn(*at, separators);
    if (length == 0)
        return false;
    UNIT_NEED(length < size);
    memcpy(out, *at, length);
    out[length] = '\0';
    *at += length;
    return true;
}

/* "episode:E1 case:C1". */
static void set_about(struct script_message *message, const char *text)
{
    char word[40];
    struct tov_record about;
    uint8_t uuid[TOV_UUID_BYTES];
    if (strcmp(text, "-") == 0 || text[0] == '\0')
        return;
    must(tov_record_open(message->draft.header, "about", &about));
    while (next_word(&text, " ", word, sizeof word)) {
        char field[48];
        char *colon = strchr(word, ':');
        UNIT_NEED(colon != NULL);
        *colon = '\0';
        (void)snprintf(field, sizeof field, "%s_ref", word);
        must(tov_record_put_bytes(about, field, uuid_of(colon + 1, uuid)));
    }
}

static struct script_message *find(struct script *script, const char *id)
{
    for (size_t i = 0; i < script->count; i++) {
        if (strcmp(script->messages[i]->id, id) == 0)
            return script->messages[i];
    }
    (void)fprintf(stderr, "%s:%d: no message %s\n", script->path, script->line, id);
    UNIT_NEED(false);
    return NULL;
}

static void copy(char *to, size_t size, const char *from)
{
    UNIT_NEED(strlen(from) < size);
    memcpy(to, from, strlen(from) + 1);
}

static void set_field(struct script *script, struct script_message *message, const char *name,
                      const char *value)
{
    uint8_t uuid[TOV_UUID_BYTES];
    struct tov_record header = message->draft.header;
    if (strcmp(name, "event") == 0) {
        must(tov_record_put_bytes(header, "event_ref", uuid_of(value, uuid)));
    } else if (strcmp(name, "cites") == 0) {
        copy(message->cites, sizeof message->cites, value);
        must(tov_record_put_ref(header, "cites", &find(script, value)->told.ref));
    } else if (strcmp(name, "target") == 0) {
        copy(message->target, sizeof message->target, value);
        must(tov_record_put_ref(header, "in_reply_to", &find(script, value)->told.ref));
    } else if (strcmp(name, "refused") == 0) {
        copy(message->refused, sizeof message->refused, value);
    } else {
        UNIT_NEED(message->field_count < FIELDS_MAX);
        struct script_field *field = &message->fields[message->field_count++];
        copy(field->name, sizeof field->name, name);
        copy(field->value, sizeof field->value, value);
    }
}

static void set_fields(struct script *script, struct script_message *message, const char *text)
{
    char word[128];
    while (strcmp(text, "-") != 0 && next_word(&text, ";", word, sizeof word)) {
        char *equals = strchr(word, '=');
        UNIT_NEED(equals != NULL);
        *equals = '\0';
        set_field(script, message, word, equals + 1);
    }
}

static void set_recipients(struct script_message *message, const char *to)
{
    char word[40];
    while (next_word(&to, " ", word, sizeof word)) {
        UNIT_NEED(message->told.recipient_count < 8);
        message->recipients[message->told.recipient_count++] = unit_facts(word);
    }
    message->told.recipients = message->recipients;
}

/* Words: ID SENT TYPE FROM TO ABOUT FIELDS. */
static void add_message(struct script *script, char *const words[7])
{
    UNIT_NEED(script->count < SCRIPT_MESSAGES_MAX);
    struct script_message *message = calloc(1, sizeof *message);
    UNIT_NEED(message != NULL);
    copy(message->id, sizeof message->id, words[0]);
    copy(message->type, sizeof message->type, words[2]);
    message->row.id = message->type;
    message->draft.type = &message->row;
    must(tov_record_create(tov_schema_find("Header"), &message->draft.header));
    message->told.draft = &message->draft;
    message->told.written_ms = time_of(words[1]);
    message->told.sender = unit_facts(words[3]);
    message->told.ref = (struct tov_ref){
        .agency = message->told.sender.agency, .generation = 1, .index = script->count};
    copy((char *)message->told.ref.leaf.bytes, sizeof message->told.ref.leaf.bytes, words[0]);
    set_recipients(message, words[4]);
    set_about(message, words[5]);
    set_fields(script, message, words[6]);
    script->messages[script->count++] = message;
}

static void drop_message(struct script *script)
{
    UNIT_NEED(script->count > 0);
    struct script_message *message = script->messages[--script->count];
    tov_draft_fini(&message->draft);
    free(message);
}

/* ---- placing ---- */

static bool is_held(const struct script_message *message, const char *agency)
{
    if (agency == NULL || agency[0] == '\0')
        return true;
    uint16_t number = script_agency(agency);
    bool held = message->told.sender.agency == number;
    for (size_t i = 0; i < message->told.recipient_count; i++)
        held |= message->recipients[i].agency == number;
    return held;
}

static bool is_same_event(const struct tov_told *a, const struct tov_told *b)
{
    struct tov_thing_ref left, right;
    return tov_told_event(a, &left) && tov_told_event(b, &right) &&
           tov_thing_ref_equal(&left, &right);
}

static void refuse(const struct script_message *message, struct tov_placed *placed)
{
    static const struct {
        const char *name;
        uint32_t about;
        enum tov_machine machine;
    } machines[] = {{"concern", TOV_ABOUT_CONCERN, TOV_MACHINE_CONCERN},
                    {"case", TOV_ABOUT_CASE, TOV_MACHINE_CASE},
                    {"episode", TOV_ABOUT_EPISODE, TOV_MACHINE_RELEASE}};
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        struct tov_thing_ref thing;
        if (strcmp(machines[i].name, message->refused) == 0 &&
            tov_told_about(&message->told, machines[i].about, &thing))
            placed->judgements[placed->judgement_count++] = (struct tov_judgement){
                .machine = machines[i].machine, .thing = thing, .verdict = TOV_STEP_REFUSED};
    }
    UNIT_NEED(placed->judgement_count > 0);
}

static void place(struct script *script, const struct script_message *message, size_t index,
                  const char *agency)
{
    struct tov_placed *placed = &script->placed[index];
    *placed = (struct tov_placed){.told = &message->told, .effective_ms = message->told.written_ms};
    for (size_t i = 0; i < index; i++) {
        const struct tov_told *before = script->placed[i].told;
        bool same_type = strcmp(of_told(before)->type, message->type) == 0;
        placed->is_copy |= same_type && is_same_event(before, &message->told);
        if (same_type && message->cites[0] != '\0' &&
            strcmp(of_told(before)->id, message->cites) == 0) {
            placed->is_second = true;
            placed->first = before;
        }
    }
    for (size_t i = 0; i < script->count; i++) {
        placed->is_retracted |= strcmp(script->messages[i]->target, message->id) == 0 &&
                                is_held(script->messages[i], agency);
    }
    if (message->refused[0] != '\0')
        refuse(message, placed);
}

const struct tov_placed *script_placed(struct script *script, const char *agency, size_t *out_count)
{
    size_t count = 0;
    for (size_t i = 0; i < script->count; i++) {
        if (is_held(script->messages[i], agency))
            place(script, script->messages[i], count++, agency);
    }
    *out_count = count;
    return script->placed;
}

/* ---- expectations ---- */

static void fail(const struct script *script, const char *what, const char *expected,
                 const char *actual)
{
    (void)printf("\n    %s:%d: %s is \"%s\", expected \"%s\"", script->path, script->line, what,
                 actual, expected);
    CU_FAIL("a line of the file does not hold");
}

static void expect(const struct script *script, const char *what, const char *expected,
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
    struct tov_bytes ref = uuid_of(colon + 1, uuid);
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
    return snprintf(out, size, "%s%s%s%s", agencies[party->agency], party->unit != NULL ? "/" : "",
                    party->unit != NULL ? party->unit : "",
                    party->unit != NULL ? "" : channels[party->channel]);
}

/* "krfo>kk": the duty is krfo's, kk has taken it over. */
static void owner_text(const struct tov_task *task, char out[64])
{
    int at = append_party(out, 64, &task->owner);
    if (task->responsible != task->owner.agency)
        (void)snprintf(out + at, 64 - (size_t)at, ">%s", agencies[task->responsible]);
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
                      of_told(task->opened_by)->id,
                      task->met_by != NULL ? of_told(task->met_by)->id : "-");
    for (size_t i = 0; i < task->change_count && at < SCRIPT_TASK_TEXT; i++) {
        due_text(&task->changes[i].due, due);
        at += snprintf(out + at, SCRIPT_TASK_TEXT - (size_t)at, " %s by %s", due,
                       of_told(task->changes[i].by)->id);
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
        expect(script, "due", words[2], due);
        expect(script, "state", words[3], state);
        expect(script, "owner", words[4], owner);
        expect(script, "owed", words[5], owed);
    }
    tov_tasks_destroy(tasks);
}

static void expect_none(struct script *script, char *const words[3])
{
    struct tov_tasks *tasks = fold(script, time_of(words[0]));
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
    expect(script, "count", words[2], text);
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
    expect(script, "shown to", words[2], at > 0 ? text : "nobody");
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
    expect(script, "due as shown", words[3], due);
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
    expect(script, "due dates", words[2], text);
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
    add_message(script, message);
    char occurrence[40];
    (void)snprintf(occurrence, sizeof occurrence, "%s#1", words[0]);
    task[0] = strchr(words[0], '#') != NULL ? words[0] : occurrence;
    task[3] = met;
    expect_task(script, past_ms + 1, task);
    drop_message(script);
    message[1] = late;
    add_message(script, message);
    task[3] = too_late;
    expect_task(script, past_ms + 1, task);
    drop_message(script);
}

/* ---- files ---- */

static void begin_case(struct script *script)
{
    while (script->count > 0)
        drop_message(script);
    script->view[0] = '\0';
}

static void run_line(struct script *script, char *const words[WORDS_MAX])
{
    if (strcmp(words[0], "case") == 0)
        begin_case(script);
    else if (strcmp(words[0], "view") == 0)
        copy(script->view, sizeof script->view, words[1]);
    else if (strcmp(words[0], "msg") == 0)
        add_message(script, words + 1);
    else if (strcmp(words[0], "drop") == 0)
        drop_message(script);
    else if (strcmp(words[0], "task") == 0)
        expect_task(script, time_of(words[1]), words + 2);
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

/* Runs the lines of CASE_NAME (NULL: of all), or only those that are messages. */
static void each_line(struct script *script, const char *path, const char *case_name)
{
    char line[LINE_MAX_SIZE];
    char *words[WORDS_MAX];
    bool inside = case_name == NULL;
    FILE *file = fopen(path, "r");
    UNIT_NEED(file != NULL);
    script->path = path;
    script->line = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        script->line++;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        (void)split(line, words);
        if (case_name != NULL && strcmp(words[0], "case") == 0)
            inside = strcmp(words[1], case_name) == 0;
        if (inside && (case_name == NULL || strcmp(words[0], "msg") == 0))
            run_line(script, words);
    }
    (void)fclose(file);
}

struct script *script_create(void)
{
    struct script *script = calloc(1, sizeof *script);
    UNIT_NEED(script != NULL);
    return script;
}

void script_destroy(struct script *script)
{
    begin_case(script);
    free(script);
}

void script_run(struct script *script, const char *path)
{
    each_line(script, path, NULL);
}

void script_read(struct script *script, const char *path, const char *case_name)
{
    begin_case(script);
    each_line(script, path, case_name);
    UNIT_NEED(script->count > 0);
}
