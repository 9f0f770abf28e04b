/* SPDX-License-Identifier: EUPL-1.2
 *
 * Affairs as JSON (docs/libtov.md states the form): the members of the structs by their names;
 * times and dates as text, null where there is none.
 */
#include "lib/cases.h"

#include "base/hex.h"
#include "lib/json.h"
#include "wire/payload.h"

/* LIST with ITEM at its end; NULL, and both ended, when either is NULL or memory lacks. */
static json_t *append(json_t *list, json_t *item)
{
    if (list != NULL && json_array_append_new(list, item) == 0)
        return list;
    json_decref(list);
    return NULL;
}

static const char *hex_of(const uint8_t *ref, char out[2 * TOV_UUID_BYTES + 1])
{
    tov_hex_encode((struct tov_bytes){ref, TOV_UUID_BYTES}, out);
    return out;
}

static json_t *json_of_date(const char *date)
{
    return date[0] == '\0' ? json_null() : json_string(date);
}

/* OBJECT with the members of MORE; NULL when either is. */
static json_t *joined(json_t *object, json_t *more)
{
    int failed = object == NULL || more == NULL || json_object_update(object, more) != 0;
    json_decref(more);
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}

/* ---- things ---- */

static json_t *json_of_thing(const struct tov_case_thing *thing)
{
    char ref[2 * TOV_UUID_BYTES + 1];
    json_t *names = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "machine", thing->machine,
                              "machine_da", thing->machine_da, "machine_en", thing->machine_en,
                              "ref", hex_of(thing->ref, ref), "state", thing->state, "state_da",
                              thing->state_da, "state_en", thing->state_en);
    json_t *flags = json_pack(
        "{s:o, s:b, s:b, s:b, s:b, s:o, s:s}", "since", json_of_time(thing->since_ms), "ended",
        thing->ended, "incomplete", thing->incomplete, "conflict", thing->conflict, "unready",
        thing->unready, "waits", json_of_number(thing->waits), "regime", thing->regime);
    json_t *agencies =
        json_pack("{s:I, s:s, s:I, s:s}", "responsible", (json_int_t)thing->responsible,
                  "responsible_name", thing->responsible_name, "offered",
                  (json_int_t)thing->offered, "offered_name", thing->offered_name);
    return joined(joined(names, flags), agencies);
}

static json_t *json_of_things(const struct tov_affair *affair)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < affair->thing_count; i++)
        list = append(list, json_of_thing(&affair->things[i]));
    return list;
}

/* ---- tasks ---- */

static const char *state_name(enum tov_case_task_state state)
{
    switch (state) {
    case TOV_CASE_TASK_OPEN:
        return "open";
    case TOV_CASE_TASK_OVERDUE:
        return "overdue";
    case TOV_CASE_TASK_MET:
        return "met";
    case TOV_CASE_TASK_MET_LATE:
        return "met-late";
    case TOV_CASE_TASK_FALLEN:
        return "fallen";
    }
    return "unknown";
}

static json_t *json_of_owed(const struct tov_case_task *task)
{
    json_t *list = json_array();
    for (size_t i = 0; list != NULL && i < task->owed_count; i++)
        list = append(list, json_string(task->owed[i]));
    return list;
}

static json_t *json_of_task(const struct tov_case_task *task)
{
    char ref[2 * TOV_UUID_BYTES + 1];
    json_t *what = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "deadline", task->deadline,
                             "text_da", task->text_da, "text_en", task->text_en, "strength",
                             task->strength, "source", task->source, "state",
                             state_name(task->state), "thing_ref", hex_of(task->thing_ref, ref));
    json_t *when =
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "due", json_of_date(task->due), "due_at",
                  json_of_time(task->due_ms), "late_from", json_of_time(task->late_from_ms),
                  "window", json_of_date(task->window), "release", json_of_date(task->release));
    json_t *who = json_pack("{s:s, s:s, s:o}", "owner", task->owner, "responsible",
                            task->responsible, "owed", json_of_owed(task));
    json_t *course =
        json_pack("{s:o, s:o, s:o, s:o, s:b, s:b, s:b, s:o}", "opened_number",
                  json_of_number(task->opened_number), "opened_at", json_of_time(task->opened_ms),
                  "met_number", json_of_number(task->met_number), "met_at",
                  json_of_time(task->met_ms), "compressed", task->compressed, "call", task->call,
                  "paused", task->paused, "affair", json_of_number(task->affair));
    return joined(joined(joined(what, when), who), course);
}

/* ---- all affairs ---- */

static json_t *json_of_affair(const struct tov_affair *affair)
{
    json_t *tasks = json_array();
    for (size_t i = 0; tasks != NULL && i < affair->task_count; i++)
        tasks = append(tasks, json_of_task(&affair->tasks[i]));
    return json_pack("{s:o, s:o, s:o, s:I, s:o, s:I}", "number", json_of_number(affair->number),
                     "things", json_of_things(affair), "tasks", tasks, "message_count",
                     (json_int_t)affair->message_count, "last_number",
                     json_of_number(affair->last_number), "unread", (json_int_t)affair->unread);
}

enum tov_err tov_cases_to_json(const struct tov_cases *cases, char **out_json,
                               struct tov_error *error)
{
    json_t *affairs = json_array();
    for (size_t i = 0; affairs != NULL && i < cases->count; i++)
        affairs = append(affairs, json_of_affair(&cases->affairs[i]));
    return json_give(json_pack("{s:s, s:o}", "unit", cases->unit, "affairs", affairs), out_json,
                     error);
}

/* ---- one affair ---- */

static json_t *json_of_judgement(const struct tov_case_judgement *judgement)
{
    char ref[2 * TOV_UUID_BYTES + 1];
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:b}", "machine", judgement->machine,
                     "thing_ref", hex_of(judgement->thing_ref, ref), "verdict", judgement->verdict,
                     "from", judgement->from, "to", judgement->to, "rule",
                     (json_int_t)judgement->rule, "reason_da", judgement->reason_da, "reason_en",
                     judgement->reason_en, "conflict", judgement->conflict);
}

static json_t *json_of_message(const struct case_message *message)
{
    const struct tov_case_message *shown = &message->shown;
    json_t *judgements = json_array();
    for (size_t i = 0; judgements != NULL && i < shown->judgement_count; i++)
        judgements = append(judgements, json_of_judgement(&shown->judgements[i]));
    json_t *object = json_pack(
        "{s:o, s:b, s:b, s:b, s:b, s:b, s:o}", "effective_at", json_of_time(shown->effective_ms),
        "copy", shown->copy, "second", shown->second, "claims_ahead", shown->claims_ahead,
        "retracted", shown->retracted, "amended", shown->amended, "judgements", judgements);
    if (object != NULL && json_put_view(object, message->view) == TOV_OK)
        return object;
    json_decref(object);
    return NULL;
}

static json_t *json_of_party(const struct tov_case_party *party)
{
    char ref[2 * TOV_UUID_BYTES + 1];
    return json_pack("{s:s, s:I, s:s, s:s, s:o, s:o}", "case_ref", hex_of(party->case_ref, ref),
                     "agency", (json_int_t)party->agency, "agency_name", party->agency_name, "unit",
                     party->unit, "from", json_of_time(party->from_ms), "until",
                     json_of_time(party->until_ms));
}

static json_t *json_of_expected(const struct tov_case_expected *expected)
{
    char ref[2 * TOV_UUID_BYTES + 1];
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "machine", expected->machine, "thing_ref",
                     hex_of(expected->thing_ref, ref), "type", expected->type, "field",
                     expected->field, "value", expected->value, "first_half", expected->first_half);
}

enum tov_err tov_case_to_json(const struct tov_case *one, char **out_json, struct tov_error *error)
{
    const struct tov_affair *affair = &one->affair;
    json_t *messages = json_array(), *tasks = json_array();
    json_t *parties = json_array(), *expected = json_array();
    for (size_t i = 0; messages != NULL && i < one->message_count; i++)
        messages = append(messages, json_of_message(&one->messages[i]));
    for (size_t i = 0; tasks != NULL && i < one->task_count; i++)
        tasks = append(tasks, json_of_task(&one->tasks[i]));
    for (size_t i = 0; parties != NULL && i < one->party_count; i++)
        parties = append(parties, json_of_party(&one->parties[i]));
    for (size_t i = 0; expected != NULL && i < one->expected_count; i++)
        expected = append(expected, json_of_expected(&one->expected[i]));
    json_t *object =
        json_pack("{s:s, s:o, s:o, s:I, s:o, s:I, s:o, s:o, s:o, s:o}", "unit", one->unit, "number",
                  json_of_number(affair->number), "things", json_of_things(affair), "message_count",
                  (json_int_t)affair->message_count, "last_number",
                  json_of_number(affair->last_number), "unread", (json_int_t)affair->unread,
                  "messages", messages, "tasks", tasks, "parties", parties, "expected", expected);
    return json_give(object, out_json, error);
}
