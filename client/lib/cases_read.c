/* SPDX-License-Identifier: EUPL-1.2
 *
 * Records of the case book as structs, with the words of machines, states and deadlines. What a
 * later version may add (a machine, a state, a deadline) is shown by its id.
 */
#include "lib/cases.h"

#include "case/deadline.h"
#include "case/machine.h"
#include "lib/directory.h"
#include "lib/view.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- pieces ---- */

static enum tov_err read_text(const struct cases_reader *reader, struct tov_record record,
                              const char *name, const char **out_text)
{
    *out_text = lib_memory_text(reader->memory, tov_record_bytes(record, name));
    return *out_text == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_thing_ref(const struct cases_reader *reader, struct tov_record record,
                                   const char *name, const uint8_t **out_ref)
{
    struct tov_bytes bytes = tov_record_bytes(record, name);
    if (bytes.size != TOV_UUID_BYTES)
        return TOV_E_MALFORMED;
    *out_ref = (const uint8_t *)lib_memory_text(reader->memory, bytes);
    return *out_ref == NULL ? TOV_E_NOMEM : TOV_OK;
}

/* "" when it is not set. */
static enum tov_err read_date(const struct cases_reader *reader, struct tov_record record,
                              const char *name, const char **out_text)
{
    char text[32] = "";
    struct tov_date date;
    if (tov_record_date(record, name, &date))
        (void)snprintf(text, sizeof text, "%04d-%02d-%02d", date.year, date.month, date.day);
    *out_text = lib_memory_text(reader->memory, tov_bytes_of_text(text));
    return *out_text == NULL ? TOV_E_NOMEM : TOV_OK;
}

static void *take_list(const struct cases_reader *reader, struct tov_record record,
                       const char *name, size_t item_bytes)
{
    return lib_memory_take(reader->memory, (tov_record_count(record, name) + 1) * item_bytes);
}

/* ---- names ---- */

static enum tov_err ask_names(struct cases_reader *reader)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    reader->has_asked = true;
    TOV_TRY(request_create("directory", &request, &body));
    struct call_order order = {reader->client, request, "directory"};
    TOV_TRY(call_do(&call, &order, &body, reader->error));
    return numbers_of_directory(&reader->client->agencies, body);
}

/* "" for 0, the number itself for one that the directory does not have. */
static enum tov_err name_agency(struct cases_reader *reader, uint64_t number, const char **out_name)
{
    char text[24] = "";
    const char *name = numbers_name(&reader->client->agencies, number);
    if (number != 0 && name == NULL && !reader->has_asked) {
        TOV_TRY(ask_names(reader));
        name = numbers_name(&reader->client->agencies, number);
    }
    if (number != 0 && name == NULL)
        (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    *out_name = lib_memory_text(reader->memory, tov_bytes_of_text(name == NULL ? text : name));
    return *out_name == NULL ? TOV_E_NOMEM : TOV_OK;
}

/* "krfo", or "kk/vink" with a unit. */
static enum tov_err read_party(struct cases_reader *reader, struct tov_record party,
                               const char **out_text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(4096);
    struct tov_bytes unit = tov_record_bytes(party, "unit");
    const char *agency;
    TOV_TRY(name_agency(reader, tov_record_number(party, "agency"), &agency));
    tov_buf_put_text(&text, agency);
    tov_buf_put_text(&text, unit.size == 0 ? "" : "/");
    tov_buf_put_bytes(&text, unit);
    if (text.failed != TOV_OK)
        return text.failed == TOV_E_LIMIT ? TOV_E_MALFORMED : text.failed;
    *out_text = lib_memory_text(reader->memory, tov_buf_view(&text));
    return *out_text == NULL ? TOV_E_NOMEM : TOV_OK;
}

/* The id of machine NUMBER: the number itself when it is not known here. */
static enum tov_err name_machine(const struct cases_reader *reader, uint64_t number,
                                 const struct tov_machine_info **out_info, const char **out_id)
{
    char text[24];
    *out_info = number > UINT16_MAX ? NULL : tov_machine_find((enum tov_machine)number);
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)number);
    *out_id = *out_info != NULL ? (*out_info)->id
                                : lib_memory_text(reader->memory, tov_bytes_of_text(text));
    return *out_id == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_machine(const struct cases_reader *reader, struct tov_record record,
                                 const char **out_id)
{
    const struct tov_machine_info *info;
    return name_machine(reader, tov_record_number(record, "machine"), &info, out_id);
}

/* ---- things ---- */

static enum tov_err read_names(const struct cases_reader *reader, struct tov_record record,
                               struct tov_case_thing *thing)
{
    const struct tov_machine_info *info;
    TOV_TRY(name_machine(reader, tov_record_number(record, "machine"), &info, &thing->machine));
    TOV_TRY(read_text(reader, record, "state", &thing->state));
    const struct tov_machine_state *state =
        info == NULL ? NULL : tov_machine_state_find(info->machine, thing->state);
    thing->machine_da = info == NULL ? thing->machine : info->name.da;
    thing->machine_en = info == NULL ? thing->machine : info->name.en;
    thing->state_da = state == NULL ? thing->state : state->name.da;
    thing->state_en = state == NULL ? thing->state : state->name.en;
    return TOV_OK;
}

static enum tov_err read_thing(struct cases_reader *reader, struct tov_record record,
                               struct tov_case_thing *thing)
{
    *thing = (struct tov_case_thing){
        .since_ms = tov_record_number(record, "since_ms"),
        .ended = tov_record_number(record, "ended") != 0,
        .incomplete = tov_record_number(record, "incomplete") != 0,
        .conflict = tov_record_number(record, "conflict") != 0,
        .unready = tov_record_number(record, "unready") != 0,
        .waits = tov_record_number(record, "waits"),
        .responsible = (uint32_t)tov_record_number(record, "responsible"),
        .offered = (uint32_t)tov_record_number(record, "offered"),
    };
    TOV_TRY(read_names(reader, record, thing));
    TOV_TRY(read_thing_ref(reader, record, "thing_ref", &thing->ref));
    TOV_TRY(read_text(reader, record, "regime", &thing->regime));
    TOV_TRY(name_agency(reader, thing->responsible, &thing->responsible_name));
    return name_agency(reader, thing->offered, &thing->offered_name);
}

static enum tov_err read_things(struct cases_reader *reader, struct tov_record body,
                                struct tov_affair *affair)
{
    struct tov_case_thing *things = take_list(reader, body, "things", sizeof *things);
    struct tov_record item;
    size_t count = 0;
    if (things == NULL)
        return TOV_E_NOMEM;
    for (; tov_record_child(body, "things", count, &item); count++)
        TOV_TRY(read_thing(reader, item, &things[count]));
    affair->things = things;
    affair->thing_count = count;
    return TOV_OK;
}

/* ---- tasks ---- */

static enum tov_err read_deadline(const struct cases_reader *reader, struct tov_record record,
                                  struct tov_case_task *task)
{
    TOV_TRY(read_text(reader, record, "deadline", &task->deadline));
    const struct tov_deadline *row = tov_deadline_find(task->deadline);
    task->text_da = row == NULL ? task->deadline : row->task.da;
    task->text_en = row == NULL ? task->deadline : row->task.en;
    task->strength = row == NULL ? "" : tov_deadline_strength_name(row->strength, TOV_DANISH);
    task->source = row == NULL || row->source == NULL ? "" : row->source;
    return TOV_OK;
}

static enum tov_err read_owed(struct cases_reader *reader, struct tov_record record,
                              struct tov_case_task *task)
{
    const char **owed = take_list(reader, record, "owed", sizeof *owed);
    struct tov_record item;
    size_t count = 0;
    if (owed == NULL)
        return TOV_E_NOMEM;
    for (; tov_record_child(record, "owed", count, &item); count++)
        TOV_TRY(read_party(reader, item, &owed[count]));
    task->owed = owed;
    task->owed_count = count;
    return TOV_OK;
}

static enum tov_err read_parties_of_task(struct cases_reader *reader, struct tov_record record,
                                         struct tov_case_task *task)
{
    struct tov_record owner;
    if (!tov_record_child(record, "owner", 0, &owner))
        return TOV_E_MALFORMED;
    TOV_TRY(read_party(reader, owner, &task->owner));
    TOV_TRY(name_agency(reader, tov_record_number(record, "responsible"), &task->responsible));
    return read_owed(reader, record, task);
}

static enum tov_err read_task(struct cases_reader *reader, struct tov_record record,
                              struct tov_case_task *task)
{
    *task = (struct tov_case_task){
        .state = (enum tov_case_task_state)tov_record_number(record, "state"),
        .due_ms = tov_record_number(record, "due_ms"),
        .late_from_ms = tov_record_number(record, "late_from_ms"),
        .opened_number = tov_record_number(record, "opened_number"),
        .opened_ms = tov_record_number(record, "opened_ms"),
        .met_number = tov_record_number(record, "met_number"),
        .met_ms = tov_record_number(record, "met_ms"),
        .compressed = tov_record_number(record, "compressed") != 0,
        .call = tov_record_number(record, "call") != 0,
        .paused = tov_record_number(record, "paused") != 0,
        .affair = tov_record_number(record, "affair"),
    };
    TOV_TRY(read_deadline(reader, record, task));
    TOV_TRY(read_thing_ref(reader, record, "thing_ref", &task->thing_ref));
    TOV_TRY(read_date(reader, record, "due", &task->due));
    TOV_TRY(read_date(reader, record, "window", &task->window));
    TOV_TRY(read_date(reader, record, "release", &task->release));
    return read_parties_of_task(reader, record, task);
}

static enum tov_err read_tasks(struct cases_reader *reader, struct tov_record body,
                               struct tov_case_task **out_tasks, size_t *out_count)
{
    struct tov_case_task *tasks = take_list(reader, body, "tasks", sizeof *tasks);
    struct tov_record item;
    size_t count = 0;
    if (tasks == NULL)
        return TOV_E_NOMEM;
    for (; tov_record_child(body, "tasks", count, &item); count++)
        TOV_TRY(read_task(reader, item, &tasks[count]));
    *out_tasks = tasks;
    *out_count = count;
    return TOV_OK;
}

/* ---- lists of affairs ---- */

/* Room for one more item of ITEM_BYTES in a list of COUNT. */
static enum tov_err make_room(void **list, size_t count, size_t *capacity, size_t item_bytes)
{
    if (count < *capacity)
        return TOV_OK;
    size_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = realloc(*list, wanted * item_bytes);
    if (grown == NULL)
        return TOV_E_NOMEM;
    *list = grown;
    *capacity = wanted;
    return TOV_OK;
}

static enum tov_err read_affair(struct cases_reader *reader, struct tov_record record,
                                struct tov_affair *affair)
{
    struct tov_case_task *tasks;
    *affair = (struct tov_affair){
        .number = tov_record_number(record, "number"),
        .message_count = (uint32_t)tov_record_number(record, "message_count"),
        .last_number = tov_record_number(record, "last_number"),
        .unread = (uint32_t)tov_record_number(record, "unread"),
    };
    if (affair->number == 0)
        return TOV_E_MALFORMED;
    TOV_TRY(read_things(reader, record, affair));
    TOV_TRY(read_tasks(reader, record, &tasks, &affair->task_count));
    affair->tasks = tasks;
    return TOV_OK;
}

enum tov_err cases_read_page(struct cases_reader *reader, struct tov_record body,
                             struct tov_cases *cases)
{
    struct tov_record item;
    for (size_t i = 0; tov_record_child(body, "affairs", i, &item); i++) {
        void *list = cases->affairs;
        TOV_TRY(make_room(&list, cases->count, &cases->capacity, sizeof *cases->affairs));
        cases->affairs = list;
        TOV_TRY(read_affair(reader, item, &cases->affairs[cases->count]));
        cases->count++;
    }
    return TOV_OK;
}

/* ---- one affair ---- */

static const char *verdict_name(uint64_t verdict)
{
    static const char *const names[] = {
        [TOV_STEP_TAKEN] = "taken",     [TOV_STEP_LOOPED] = "looped",
        [TOV_STEP_WAITS] = "waits",     [TOV_STEP_COPY] = "copy",
        [TOV_STEP_REFUSED] = "refused", [TOV_STEP_UNJUDGED] = "unjudged",
    };
    bool is_known = verdict > 0 && verdict < sizeof names / sizeof names[0];
    return is_known ? names[verdict] : "unknown";
}

static enum tov_err read_judgement(const struct cases_reader *reader, struct tov_record record,
                                   struct tov_case_judgement *judgement)
{
    *judgement = (struct tov_case_judgement){
        .verdict = verdict_name(tov_record_number(record, "verdict")),
        .rule = (uint32_t)tov_record_number(record, "rule"),
        .conflict = tov_record_number(record, "conflict") != 0,
    };
    TOV_TRY(read_machine(reader, record, &judgement->machine));
    TOV_TRY(read_thing_ref(reader, record, "thing_ref", &judgement->thing_ref));
    TOV_TRY(read_text(reader, record, "from", &judgement->from));
    TOV_TRY(read_text(reader, record, "to", &judgement->to));
    TOV_TRY(read_text(reader, record, "reason_da", &judgement->reason_da));
    return read_text(reader, record, "reason_en", &judgement->reason_en);
}

static enum tov_err read_judgements(const struct cases_reader *reader, struct tov_record record,
                                    struct tov_case_message *message)
{
    struct tov_case_judgement *list = take_list(reader, record, "judgements", sizeof *list);
    struct tov_record item;
    size_t count = 0;
    if (list == NULL)
        return TOV_E_NOMEM;
    for (; tov_record_child(record, "judgements", count, &item); count++)
        TOV_TRY(read_judgement(reader, item, &list[count]));
    message->judgements = list;
    message->judgement_count = count;
    return TOV_OK;
}

static enum tov_err read_message(const struct cases_reader *reader, struct tov_record record,
                                 struct case_message *message)
{
    const struct tov_bytes no_content = {NULL, 0};
    struct tov_record summary;
    message->shown = (struct tov_case_message){
        .effective_ms = tov_record_number(record, "effective_ms"),
        .copy = tov_record_number(record, "copy") != 0,
        .second = tov_record_number(record, "second") != 0,
        .claims_ahead = tov_record_number(record, "claims_ahead") != 0,
        .retracted = tov_record_number(record, "retracted") != 0,
        .amended = tov_record_number(record, "amended") != 0,
    };
    if (!tov_record_child(record, "summary", 0, &summary))
        return TOV_E_MALFORMED;
    TOV_TRY(view_of_summary(summary, no_content, &message->view));
    message->shown.view = message->view;
    return read_judgements(reader, record, &message->shown);
}

enum tov_err case_read_messages(struct cases_reader *reader, struct tov_record body,
                                struct tov_case *one)
{
    struct tov_record item;
    for (size_t i = 0; tov_record_child(body, "messages", i, &item); i++) {
        void *list = one->messages;
        TOV_TRY(
            make_room(&list, one->message_count, &one->message_capacity, sizeof *one->messages));
        one->messages = list;
        struct case_message *message = &one->messages[one->message_count];
        *message = (struct case_message){.view = NULL};
        one->message_count++;
        TOV_TRY(read_message(reader, item, message));
    }
    return TOV_OK;
}

static enum tov_err read_party_of_case(struct cases_reader *reader, struct tov_record record,
                                       struct tov_case_party *party)
{
    *party = (struct tov_case_party){
        .agency = (uint32_t)tov_record_number(record, "agency"),
        .from_ms = tov_record_number(record, "from_ms"),
        .until_ms = tov_record_number(record, "until_ms"),
    };
    TOV_TRY(read_thing_ref(reader, record, "case_ref", &party->case_ref));
    TOV_TRY(name_agency(reader, party->agency, &party->agency_name));
    return read_text(reader, record, "unit", &party->unit);
}

static enum tov_err read_parties(struct cases_reader *reader, struct tov_record body,
                                 struct tov_case *one)
{
    struct tov_record item;
    one->parties = take_list(reader, body, "parties", sizeof *one->parties);
    if (one->parties == NULL)
        return TOV_E_NOMEM;
    for (; tov_record_child(body, "parties", one->party_count, &item); one->party_count++)
        TOV_TRY(read_party_of_case(reader, item, &one->parties[one->party_count]));
    return TOV_OK;
}

static enum tov_err read_one_expected(const struct cases_reader *reader, struct tov_record record,
                                      struct tov_case_expected *expected)
{
    expected->first_half = tov_record_number(record, "first_half") != 0;
    TOV_TRY(read_machine(reader, record, &expected->machine));
    TOV_TRY(read_thing_ref(reader, record, "thing_ref", &expected->thing_ref));
    TOV_TRY(read_text(reader, record, "type", &expected->type));
    TOV_TRY(read_text(reader, record, "field", &expected->field));
    return read_text(reader, record, "value", &expected->value);
}

static enum tov_err read_expected(const struct cases_reader *reader, struct tov_record body,
                                  struct tov_case *one)
{
    struct tov_record item;
    one->expected = take_list(reader, body, "expected", sizeof *one->expected);
    if (one->expected == NULL)
        return TOV_E_NOMEM;
    for (; tov_record_child(body, "expected", one->expected_count, &item); one->expected_count++)
        TOV_TRY(read_one_expected(reader, item, &one->expected[one->expected_count]));
    return TOV_OK;
}

enum tov_err case_read_rest(struct cases_reader *reader, struct tov_record body,
                            struct tov_case *one)
{
    one->affair.number = tov_record_number(body, "number");
    one->affair.unread = (uint32_t)tov_record_number(body, "unread");
    if (one->affair.number == 0)
        return TOV_E_MALFORMED;
    TOV_TRY(read_text(reader, body, "unit", &one->unit));
    TOV_TRY(read_things(reader, body, &one->affair));
    TOV_TRY(read_tasks(reader, body, &one->tasks, &one->task_count));
    TOV_TRY(read_parties(reader, body, one));
    return read_expected(reader, body, one);
}
