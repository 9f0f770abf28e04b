/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/task_book.h"

#include "case/danish_time.h"

#include <string.h>

bool task_is_type(const struct task_news *news, const char *type)
{
    return strcmp(tov_told_type(news->told), type) == 0;
}

/* An enum's id, "ja" and "nej" of a bool. */
static const char *name_of(const struct tov_value *value)
{
    if (value->kind == TOV_FIELD_BOOL)
        return value->number != 0 ? "ja" : "nej";
    return value->kind == TOV_FIELD_ENUM ? value->name : "";
}

static const char *field_name(const struct tov_told *told, const char *field)
{
    struct tov_value value;
    return tov_told_field(told, field, 0, &value) ? name_of(&value) : "";
}

bool task_field_is(const struct tov_told *told, const char *field, const char *value)
{
    return strcmp(field_name(told, field), value) == 0;
}

/* Of a traffic light; 0: no light. */
static int rank_of(const char *light)
{
    static const char *const lights[] = {"roed", "gul", "groen"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(lights[i], light) == 0)
            return i + 1;
    }
    return 0;
}

static bool passes(const struct tov_told *told, const struct tov_event_pattern *pattern)
{
    switch (pattern->test) {
    case TOV_PATTERN_IS:
        return task_field_is(told, pattern->field, pattern->value);
    case TOV_PATTERN_IS_NOT:
        return !task_field_is(told, pattern->field, pattern->value);
    case TOV_PATTERN_AT_LEAST:
        return rank_of(field_name(told, pattern->field)) >= rank_of(pattern->value);
    }
    return false;
}

bool task_matches_one(const struct task_news *news, const struct tov_event_pattern *pattern)
{
    return task_is_type(news, pattern->type) && (!pattern->both || news->placed->is_second) &&
           (pattern->value == NULL || passes(news->told, pattern));
}

bool task_matches(const struct task_news *news, const struct tov_event_pattern *patterns)
{
    for (size_t i = 0; i < TOV_PATTERNS_MAX && patterns[i].type != NULL; i++) {
        if (task_matches_one(news, &patterns[i]))
            return true;
    }
    return false;
}

bool task_field_day(const struct tov_told *told, const char *field, struct tov_date *out_day)
{
    struct tov_value value;
    if (!tov_told_field(told, field, 0, &value))
        return false;
    if (value.kind == TOV_FIELD_DATE)
        *out_day = value.date;
    else if (value.kind == TOV_FIELD_TIME)
        *out_day = tov_danish_time_of(value.number).date;
    else
        return false;
    return true;
}

bool task_fields_agree(const struct tov_told *a, const struct tov_told *b, const char *field)
{
    struct tov_value left, right;
    struct tov_date left_day, right_day;
    if (!tov_told_field(a, field, 0, &left) || !tov_told_field(b, field, 0, &right))
        return true;
    if (task_field_day(a, field, &left_day) && task_field_day(b, field, &right_day))
        return tov_date_to_days(left_day) == tov_date_to_days(right_day);
    if (left.kind != right.kind)
        return false;
    if (left.kind == TOV_FIELD_ENUM)
        return strcmp(left.name, right.name) == 0;
    return left.number == right.number && tov_bytes_equal(left.bytes, right.bytes);
}

static uint32_t thing_of(enum tov_machine machine)
{
    switch (machine) {
    case TOV_MACHINE_CONCERN:
        return TOV_ABOUT_CONCERN;
    case TOV_MACHINE_CASE:
        return TOV_ABOUT_CASE;
    case TOV_MACHINE_COURSE:
        return TOV_ABOUT_COURSE;
    case TOV_MACHINE_REQUEST:
        return TOV_ABOUT_REQUEST;
    case TOV_MACHINE_PSYCHIATRY:
        return TOV_ABOUT_PSYCH;
    case TOV_MACHINE_CUSTODY:
    case TOV_MACHINE_RELEASE:
        return TOV_ABOUT_EPISODE;
    case TOV_MACHINE_RESPONSIBILITY:
        return 0;
    case TOV_MACHINE_COPY:
        break;
    }
    return UINT32_MAX;
}

/* All judgements of the machines of KIND; *OUT_ANY: there was one. */
static bool all_refuse(const struct tov_placed *placed, uint32_t kind, bool *out_any)
{
    bool all = true;
    *out_any = false;
    for (size_t i = 0; i < placed->judgement_count; i++) {
        const struct tov_judgement *judgement = &placed->judgements[i];
        if (kind != UINT32_MAX && thing_of(judgement->machine) != kind)
            continue;
        *out_any = true;
        all = all && judgement->verdict == TOV_STEP_REFUSED;
    }
    return all && *out_any;
}

/* An event of both regions of an episode counts where one of them takes it. Where the thing's own
 * machine has nothing to say, a message that every machine refused does not count: a case.open that
 * is refused opens no case for the concern. */
bool task_is_refused(const struct tov_placed *placed, uint32_t kind)
{
    bool any;
    bool refused = all_refuse(placed, kind, &any);
    return any ? refused : all_refuse(placed, UINT32_MAX, &any);
}

bool task_is_by_who_may(const struct tov_placed *placed, enum tov_machine machine)
{
    for (size_t i = 0; i < placed->judgement_count; i++) {
        if (placed->judgements[i].machine == machine)
            return placed->judgements[i].is_by_who_may;
    }
    return true;
}

static const struct tov_unit_facts *unit_of(const struct tov_told *told, size_t index)
{
    return index == 0 ? &told->sender : &told->recipients[index - 1];
}

const struct tov_unit_facts *task_unit_at(const struct tov_placed *placed, size_t index)
{
    size_t count = placed->told->recipient_count + 1;
    if (index < count)
        return unit_of(placed->told, index);
    index -= count;
    if (placed->first == NULL || index > placed->first->recipient_count)
        return NULL;
    return unit_of(placed->first, index);
}
