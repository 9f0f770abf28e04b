/* SPDX-License-Identifier: EUPL-1.2
 *
 * Part of rule 0: fields that are required only where another field has a certain value, and a text
 * of the header that must be an id.
 */
#include "case/deadline.h"
#include "case/judging.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static const struct tov_when_row rows[] = {
    {"subject.informed", "informed", "udskudt", "informed_review"},
    {"concern.submit", "no_notification_reason", "ja", "no_notification_text"},
    {"concern.forward", "no_notification_reason", "ja", "no_notification_text"},
    {"concern.supplement", "no_notification_reason", "ja", "no_notification_text"},
    {"concern.receipt", "code", "dublet", "duplicate_of_ref"},
    {"concern.triage", "outcome", "dublet", "duplicate_of_ref"},
    {"concern.feedback", "action_needed", "ja", "action"},
    {"case.own_decision", "answer", "accepteret", "measures"},
    {"case.conversation", "part", "plan", "when"},
    {"case.conversation", "part", "resultat", "result"},
    {"case.review", "kind", "noedvendighed", "result"},
    {"case.review", "kind", "noedvendighed", "next_review"},
    {"case.close_answer", "answer", "uenig", "retry_on"},
    {"handover.offer", "thing", "task", "task"},
    {"handover.accept", "thing", "task", "task"},
    {"handover.decline", "thing", "task", "task"},
    {"handover.withdraw", "thing", "task", "task"},
    {"intervention.status", "safety_changed", "ja", "safety"},
};

size_t tov_when_count(void)
{
    return sizeof rows / sizeof rows[0];
}

const struct tov_when_row *tov_when_at(size_t index)
{
    assert(index < tov_when_count());
    return &rows[index];
}

static struct tov_field_rule field_named(const struct tov_message_type *type, const char *name)
{
    for (size_t i = 0; i < tov_message_type_field_count(type); i++) {
        struct tov_field_rule field = tov_message_type_field_at(type, i);
        if (strcmp(field.name, name) == 0)
            return field;
    }
    assert(false && "a row names a field that its type has not");
    return (struct tov_field_rule){0};
}

static bool says(struct tov_record record, const struct tov_when_row *row)
{
    const char *value = tov_record_enum(record, row->field);
    if (value != NULL)
        return strcmp(value, row->value) == 0;
    return strcmp(row->value, "ja") == 0 && tov_record_number(record, row->field) == 1;
}

static void judge_row(struct tov_judging *judging, const struct tov_when_row *row)
{
    const struct tov_draft *draft = judging->draft;
    struct tov_field_rule field = field_named(draft->type, row->field);
    struct tov_field_rule needed = field_named(draft->type, row->needs);
    struct tov_record record = tov_draft_record(draft, needed.place);
    if (record.message == NULL || !says(tov_draft_record(draft, field.place), row) ||
        tov_record_count(record, needed.name) > 0)
        return;
    char when[64];
    (void)snprintf(when, sizeof when, "%s = %s", row->field, row->value);
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = needed.name,
                               .reason = TOV_TEXT("Feltet \"{1}\" skal udfyldes, når {2}.",
                                                  "The field \"{1}\" must be filled in when {2}."),
                               .remedy = {needed.help.da, needed.help.en},
                               .first = needed.label,
                               .second = TOV_SAME(when),
                           });
}

/* handover.*: a text that stands in the header names a deadline and nothing else (I10). */
static void judge_task(struct tov_judging *judging)
{
    struct tov_bytes task = tov_record_bytes(judging->draft->header_fields, "task");
    char id[32];
    (void)snprintf(id, sizeof id, "%.*s", (int)(task.size < sizeof id ? task.size : 0),
                   task.size == 0 ? "" : (const char *)task.data);
    if (task.size == 0 || tov_deadline_find(id) != NULL)
        return;
    tov_judge_say(judging, (struct tov_finding_words){
                               .severity = TOV_REFUSES,
                               .field = "task",
                               .reason = TOV_TEXT("Opgaven er ikke en af de frister, der findes.",
                                                  "The task is none of the deadlines that exist."),
                               .remedy = TOV_TEXT("Skriv fristens id, for eksempel R-2w-bolig; se "
                                                  "beskedoversigten.",
                                                  "Write the id of the deadline, for example "
                                                  "R-2w-bolig; see the message reference."),
                           });
}

void tov_judge_when(struct tov_judging *judging)
{
    for (size_t i = 0; i < tov_when_count(); i++) {
        if (strcmp(rows[i].type, judging->draft->type->id) == 0)
            judge_row(judging, &rows[i]);
    }
    judge_task(judging);
}
