/* SPDX-License-Identifier: EUPL-1.2
 *
 * tov-catalogue-doc: prints docs/messages.md from the catalogue. Run it after each change of a row.
 * Not for: installation; it serves the source tree.
 * Never edit its output by hand: the test that compares would say so.
 */
#include "case/deadline.h"
#include "case/form_field.h"
#include "case/label.h"
#include "case/rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    uint32_t duty;
    const char *name;
} duties[] = {
    {TOV_DUTY_SECRETARIAT, "secretariat"},
    {TOV_DUTY_COORDINATOR_KOMMUNE, "tovholder (kommune)"},
    {TOV_DUTY_COORDINATOR_POLICE, "tovholder (politi)"},
    {TOV_DUTY_PRISON, "prison, central"},
    {TOV_DUTY_PROBATION, "kif"},
    {TOV_DUTY_RELEASE_DESK, "release desk (eki, jku)"},
    {TOV_DUTY_BENEFITS, "ydelse"},
    {TOV_DUTY_POPULATION, "folkereg"},
    {TOV_DUTY_PROVIDER, "provider"},
    {TOV_DUTY_HOTLINE, "hotline"},
    {TOV_DUTY_PSYCHIATRY, "psychiatry"},
    {TOV_DUTY_KOMMUNE, "other units of a kommune"},
};
#define LISTS_MAX 256
#define DUTIES (sizeof duties / sizeof duties[0])

static void print_duties(uint32_t mask)
{
    if (mask == TOV_DUTIES_ANY) {
        printf("any unit");
        return;
    }
    const char *between = "";
    for (size_t i = 0; i < DUTIES; i++) {
        if ((mask & duties[i].duty) != 0) {
            printf("%s%s", between, duties[i].name);
            between = ", ";
        }
    }
}

static void print_bases(uint64_t mask)
{
    if (mask == (UINT64_C(1) << TOV_BASIS_FVL28_1) - 1) {
        printf("those of the message or thing it is about");
        return;
    }
    const char *between = "";
    for (size_t i = 0; i < tov_basis_count(); i++) {
        if ((mask >> tov_basis_at(i)->code & 1) != 0) {
            printf("%s`%s`", between, tov_basis_at(i)->id);
            between = ", ";
        }
    }
}

static void print_routes(const struct tov_message_type *type)
{
    printf("| from | to | legal bases |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < TOV_ROUTES_MAX && type->routes[i].from != 0; i++) {
        printf("| ");
        print_duties(type->routes[i].from);
        printf(" | ");
        print_duties(type->routes[i].to);
        printf(" | ");
        print_bases(type->routes[i].bases);
        printf(" |\n");
    }
    printf("\n");
}

static const char *need_name(enum tov_field_need need)
{
    switch (need) {
    case TOV_NEED_OPTIONAL:
        return "";
    case TOV_NEED_ALWAYS:
        return "required";
    case TOV_NEED_FULL:
        return "required; not in the minimal set";
    case TOV_NEED_FORBIDDEN_IN_MINIMAL:
        return "not in the minimal set";
    }
    return "";
}

static const char *place_name(enum tov_field_place place)
{
    switch (place) {
    case TOV_IN_HEADER:
        return "Header";
    case TOV_IN_CONTENT:
        return "Content";
    case TOV_IN_HEADER_FIELDS:
        return "Header.fields";
    case TOV_IN_CONTENT_FIELDS:
        return "Content.fields";
    }
    return "";
}

static void print_field(const struct tov_form_field *field)
{
    printf("| `%s` | %s | %s%s", field->rule.name, place_name(field->rule.place),
           tov_field_kind_name(field->field.kind),
           field->field.repeated || field->in_list ? ", several" : "");
    if (field->field.values_name != NULL)
        printf(" `%.*s`", (int)strcspn(field->field.values_name, "."), field->field.values_name);
    printf(" | %s | %s | %s |\n", need_name(field->rule.need), field->rule.label.da,
           field->rule.label.en);
}

static bool is_common(const struct tov_field_rule *rule)
{
    return rule->place == TOV_IN_HEADER || rule->place == TOV_IN_CONTENT;
}

static void print_fields_head(void)
{
    printf("| field | in | kind | need | Danish | English |\n"
           "| --- | --- | --- | --- | --- | --- |\n");
}

/* Fields that are required only where another one says so. */
static void print_conditions(const struct tov_message_type *type)
{
    bool is_first = true;
    for (size_t i = 0; i < tov_when_count(); i++) {
        const struct tov_when_row *row = tov_when_at(i);
        if (strcmp(row->type, type->id) != 0)
            continue;
        printf("%s`%s` where `%s` is `%s`", is_first ? "Required as well: " : ", ", row->needs,
               row->field, row->value);
        is_first = false;
    }
    printf("%s", is_first ? "" : ".\n\n");
}

/* Common fields by name (their table stands once, below), then the type's own. */
static void print_fields(const struct tov_message_type *type)
{
    struct tov_draft draft;
    if (tov_draft_create(type, &draft) != TOV_OK)
        exit(EXIT_FAILURE);
    printf("Common fields (bold: required):");
    for (size_t i = 0; i < tov_message_type_field_count(type); i++) {
        struct tov_field_rule rule = tov_message_type_field_at(type, i);
        const char *bold = rule.need == TOV_NEED_ALWAYS ? "**" : "";
        if (is_common(&rule))
            printf(" %s`%s`%s", bold, rule.name, bold);
    }
    printf("\n\n");
    if (type->field_count > 0)
        print_fields_head();
    for (size_t i = 0; i < tov_message_type_field_count(type); i++) {
        struct tov_form_field field = tov_form_field_at(&draft, i);
        if (!is_common(&field.rule))
            print_field(&field);
    }
    printf("%s", type->field_count > 0 ? "\n" : "");
    tov_draft_fini(&draft);
    print_conditions(type);
}

static bool was_in_earlier_type(size_t type_index, const char *name)
{
    for (size_t t = 0; t < type_index; t++) {
        const struct tov_message_type *type = tov_message_type_at(t);
        for (size_t i = 0; i < tov_message_type_field_count(type); i++) {
            struct tov_field_rule rule = tov_message_type_field_at(type, i);
            if (is_common(&rule) && strcmp(rule.name, name) == 0)
                return true;
        }
    }
    return false;
}

static void print_common_fields(void)
{
    printf("## Common fields\n\nWhat a person fills in beside the type's own fields.\n\n");
    print_fields_head();
    for (size_t t = 0; t < tov_message_type_count(); t++) {
        struct tov_draft draft;
        if (tov_draft_create(tov_message_type_at(t), &draft) != TOV_OK)
            exit(EXIT_FAILURE);
        for (size_t i = 0; i < tov_message_type_field_count(draft.type); i++) {
            struct tov_form_field field = tov_form_field_at(&draft, i);
            if (!is_common(&field.rule) || was_in_earlier_type(t, field.rule.name))
                continue;
            field.rule.need = TOV_NEED_OPTIONAL; /* each type says so itself */
            print_field(&field);
        }
        tov_draft_fini(&draft);
    }
    printf("\n");
}

static const char *channel_name(enum tov_channel_rule channel)
{
    switch (channel) {
    case TOV_CHANNEL_CASE:
        return "the case channel only";
    case TOV_CHANNEL_RELEASE:
        return "the release channel only";
    case TOV_CHANNEL_BOTH:
        return "either channel, in separate messages with one `event_ref`";
    case TOV_CHANNEL_FREE:
        return "the channel of the message or thing it is about";
    }
    return "";
}

static void print_about(const struct tov_message_type *type)
{
    static const char *const names[] = {"concern", "case", "course", "request", "psych", "episode"};
    printf("- About:");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if ((type->about_needs >> i & 1) != 0)
            printf(" `%s_ref` (required)", names[i]);
        else if ((type->about_may >> i & 1) != 0)
            printf(" `%s_ref`", names[i]);
    }
    bool is_free = (type->asks & TOV_MAY_ABOUT_NOTHING) != 0;
    if (type->about_needs == 0 && type->about_may == 0)
        printf(" nothing");
    printf("%s\n", type->about_needs != 0 || type->about_may == 0 ? ""
                   : is_free                                      ? ", or nothing"
                                                                  : ", at least one");
}

static void print_deadlines_of(const struct tov_message_type *type)
{
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *deadline = tov_deadline_at(i);
        for (size_t n = 0; n < TOV_PATTERNS_MAX && deadline->opens[n].type != NULL; n++) {
            if (strcmp(deadline->opens[n].type, type->id) == 0)
                printf("- Opens deadline `%s`: %s\n", deadline->id, deadline->task.en);
        }
        for (size_t n = 0; n < TOV_PATTERNS_MAX && deadline->met_by[n].type != NULL; n++) {
            if (strcmp(deadline->met_by[n].type, type->id) == 0)
                printf("- Meets deadline `%s`: %s\n", deadline->id, deadline->task.en);
        }
    }
}

static void print_type(const struct tov_message_type *type)
{
    printf("### `%s` %s (%s)\n\n%s %s\n\n", type->id, type->name.da, type->name.en,
           type->purpose.da, type->purpose.en);
    printf("- Version: %u%s%s\n", type->version, type->mnemonic != NULL ? "; mnemonic " : "",
           type->mnemonic != NULL ? type->mnemonic : "");
    printf("- Records: `%s` in Header.fields, `%s` in Content.fields\n", type->header_schema,
           type->content_schema);
    print_about(type);
    if (type->relation != NULL)
        printf("- Points to an earlier message (`in_reply_to`), relation `%s`\n", type->relation);
    printf("- Channel: %s\n- Attachments: %s\n", channel_name(type->channel),
           type->attachments ? "yes" : "no");
    if (type->answers[0] != NULL) {
        printf("- Answers:");
        for (size_t i = 0; i < TOV_ANSWERS_MAX && type->answers[i] != NULL; i++)
            printf(" `%s`", type->answers[i]);
        printf("\n");
    }
    if ((type->effects & TOV_EFFECT_TWO_SIGNERS) != 0)
        printf("- Two messages by two signers; the second cites the first (`cites`)\n");
    if (type->tells_of_offence)
        printf("- Tells of an offence by itself (rule 10)\n");
    print_deadlines_of(type);
    printf("\n");
    print_routes(type);
    print_fields(type);
}

static void print_types(void)
{
    int group = 0;
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        const struct tov_message_type *type = tov_message_type_at(i);
        if ((int)type->group != group) {
            group = (int)type->group;
            struct tov_text name = tov_message_group_name(type->group);
            printf("## %s (%s)\n\n", name.en, name.da);
        }
        print_type(type);
    }
}

static void print_basis_table(void)
{
    printf("## Legal bases\n\nA message lists every code it rests on. A code of section 115 covers "
           "recipients in other agencies only, `EGEN` those in one's own; an *addition* carries "
           "nobody alone.\n\n| code | Danish | English | valid | covers |\n"
           "| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        printf("| `%s` | %s | %s | ", basis->id, basis->name.da, basis->name.en);
        if (basis->from.year != 0)
            printf("from %04d-%02d-%02d", basis->from.year, basis->from.month, basis->from.day);
        if (basis->until.year != 0)
            printf("until %04d-%02d-%02d", basis->until.year, basis->until.month, basis->until.day);
        printf(" | %s |\n", basis->authorities == 0           ? "nobody: it is refused"
                            : basis->addition                 ? "addition"
                            : basis->inside && basis->outside ? "own and other agencies"
                            : basis->inside                   ? "own agency"
                                                              : "other agencies");
    }
    printf("\n## Purposes\n\n| code | Danish | English |\n| --- | --- | --- |\n");
    for (size_t i = 0; i < tov_purpose_count(); i++) {
        const struct tov_purpose *purpose = tov_purpose_at(i);
        printf("| `%s` | %s | %s |\n", purpose->id, purpose->name.da, purpose->name.en);
    }
    printf("\n");
}

static const char *unit_name(enum tov_offset_unit unit)
{
    switch (unit) {
    case TOV_OFFSET_SAME_DAY:
        return "same day";
    case TOV_OFFSET_CLOCK_HOURS:
        return "clock hours";
    case TOV_OFFSET_DAYS:
        return "days";
    case TOV_OFFSET_WORKING_DAYS:
        return "working days";
    case TOV_OFFSET_WEEKS:
        return "weeks";
    case TOV_OFFSET_MONTHS:
        return "months";
    case TOV_OFFSET_YEARS:
        return "years";
    }
    return "";
}

static void print_span(struct tov_span span)
{
    if (span.unit == TOV_OFFSET_SAME_DAY)
        printf(", %s", unit_name(span.unit));
    else if (span.count != 0)
        printf(" %+d %s", span.count, unit_name(span.unit));
}

static void print_due(const struct tov_deadline *deadline)
{
    switch (deadline->anchor) {
    case TOV_ANCHOR_EVENT:
        printf("the message");
        break;
    case TOV_ANCHOR_FIELD:
        printf("`%s`", deadline->anchor_field);
        break;
    case TOV_ANCHOR_RELEASE:
        printf("R");
        break;
    case TOV_ANCHOR_MEETING:
        printf("the next Infohus meeting");
        break;
    }
    print_span(tov_deadline_span(deadline));
    if (deadline->window.unit != 0) {
        printf("; from R");
        print_span(deadline->window);
    }
    if (deadline->since_admission.unit != 0) {
        printf("; when that is before the admission: the admission");
        print_span(deadline->since_admission);
    }
    printf("%s", deadline->active_days ? " of active days" : "");
}

static const char *test_name(enum tov_pattern_test test)
{
    switch (test) {
    case TOV_PATTERN_IS:
        return "=";
    case TOV_PATTERN_IS_NOT:
        return "not";
    case TOV_PATTERN_AT_LEAST:
        return "at least";
    }
    return "";
}

static void print_patterns(const struct tov_event_pattern *patterns)
{
    for (size_t i = 0; i < TOV_PATTERNS_MAX && patterns[i].type != NULL; i++) {
        printf("%s`%s`", i == 0 ? "" : ", ", patterns[i].type);
        if (patterns[i].value != NULL)
            printf(" (%s %s %s)", patterns[i].field, test_name(patterns[i].test),
                   patterns[i].value);
        if (patterns[i].both)
            printf(" ×2");
    }
}

static void print_deadlines(void)
{
    printf("## Deadlines\n\nComputed by all sides alike from the messages; never sent "
           "([deadlines.md](deadlines.md) says how). R is the release date in force; ×2: the "
           "second signer's message.\n\n"
           "| id | task | opens with | due | met by | owner | owed to | strength | source |\n"
           "| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *deadline = tov_deadline_at(i);
        printf("| `%s` | %s (%s)%s | ", deadline->id, deadline->task.da, deadline->task.en,
               deadline->no_duty ? "; asked, no duty" : "");
        print_patterns(deadline->opens);
        printf(" | ");
        print_due(deadline);
        printf(" | ");
        print_patterns(deadline->met_by);
        printf(" | %s | %s | %s | %s |\n", tov_deadline_party_name(deadline->owner, TOV_ENGLISH),
               tov_deadline_party_name(deadline->owed_to, TOV_ENGLISH),
               tov_deadline_strength_name(deadline->strength, TOV_ENGLISH), deadline->source);
    }
    printf("\n");
}

static void print_rules(void)
{
    printf("## Rules\n\nThe sender's node refuses by them, each receiver's node judges by the same "
           "ones. The numbers are cited in refusals.\n\n| no | Danish | English | source |\n"
           "| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < tov_rule_count(); i++) {
        const struct tov_rule_row *row = tov_rule_at(i);
        printf("| %u | %s | %s | %s |\n", row->number, row->name.da, row->name.en, row->source);
    }
    printf("\nThe release channel is that of the units `eki`, `jku`, `ydelse` and `folkereg` of a "
           "kommune, known by name. `ydelse` and `folkereg` get the minimal set only.\n\n");
}

/* Each list once, in the order in which schemas use them. */
static void print_lists(const struct tov_schema *schema, const char *seen[], size_t *seen_count)
{
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        if (field.kind == TOV_FIELD_RECORD)
            print_lists(field.record, seen, seen_count);
        if (field.kind != TOV_FIELD_ENUM)
            continue;
        bool known = false;
        for (size_t n = 0; n < *seen_count; n++)
            known |= strcmp(seen[n], field.values_name) == 0;
        if (known || *seen_count == LISTS_MAX)
            continue;
        seen[(*seen_count)++] = field.values_name;
        printf("**%.*s**: ", (int)strcspn(field.values_name, "."), field.values_name);
        for (size_t n = 0; n < tov_field_value_count(&field); n++) {
            const char *id = tov_field_value_name(&field, n);
            printf("%s`%s` %s (%s)", n == 0 ? "" : " · ", id,
                   tov_value_label(field.values_name, id, TOV_DANISH),
                   tov_value_label(field.values_name, id, TOV_ENGLISH));
        }
        printf("\n\n");
    }
}

int main(void)
{
    printf("# Message reference\n\nGenerated by `tov-catalogue-doc` from the catalogue in "
           "`proto/case`; change the rows, not this file. How records are encoded stands in "
           "`proto/schema/message.proto`.\n\n");
    print_types();
    print_common_fields();
    print_basis_table();
    print_deadlines();
    print_rules();
    printf("## Lists\n\n");
    const char *seen[LISTS_MAX];
    size_t seen_count = 0;
    print_lists(tov_schema_find("Header"), seen, &seen_count);
    print_lists(tov_schema_find("Content"), seen, &seen_count);
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        print_lists(tov_schema_find(tov_message_type_at(i)->header_schema), seen, &seen_count);
        print_lists(tov_schema_find(tov_message_type_at(i)->content_schema), seen, &seen_count);
    }
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
