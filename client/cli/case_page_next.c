/* SPDX-License-Identifier: EUPL-1.2
 *
 * What may be sent next in an affair: each type with its name and the command for it. A type that
 * this program's catalogue does not have cannot be sent by it, and is left out.
 */
#include <stdio.h>
#include <string.h>

#include "case/machine.h"
#include "cli/case_page.h"
#include "cli/language.h"
#include "cli/text.h"

#define REF_BYTES 16u

/* ---- which message the command names ---- */

static bool is_answer_to(const struct tov_message_view *view, const char *type)
{
    const struct tov_catalogue_type *asked = tov_catalogue_find(tov_message_view_type(view));
    const char *answer = NULL;
    for (size_t i = 0; asked != NULL && (answer = tov_catalogue_type_answer(asked, i)) != NULL;
         i++) {
        if (strcmp(answer, type) == 0)
            return true;
    }
    return false;
}

/* The newest message about the thing: one that TYPE answers and that came from elsewhere, or any.
 */
static uint64_t newest(const struct case_page *page, const struct tov_case_expected *expected,
                       bool answered)
{
    uint64_t found = 0;
    for (size_t i = 0; i < tov_case_message_count(page->one); i++) {
        const struct tov_case_message *message = tov_case_message_at(page->one, i);
        const struct tov_message_facts *facts = tov_message_view_facts(message->view);
        bool fits = !answered || (!facts->outgoing && is_answer_to(message->view, expected->type));
        if (fits && !message->retracted && case_page_is_about(message->view, expected->thing_ref))
            found = facts->number;
    }
    return found;
}

/* The first signer's message, when EXPECTED is the second's; 0: it is not. */
static uint64_t first_half(const struct case_page *page, const struct tov_case_expected *expected)
{
    const struct tov_affair *affair = tov_case_affair(page->one);
    for (size_t i = 0; i < affair->thing_count; i++) {
        const struct tov_case_thing *thing = &affair->things[i];
        bool is_it = strcmp(thing->machine, expected->machine) == 0 &&
                     memcmp(thing->ref, expected->thing_ref, REF_BYTES) == 0;
        for (size_t n = 0; is_it && n < tov_case_message_count(page->one); n++) {
            const struct tov_message_view *view = tov_case_message_at(page->one, n)->view;
            if (tov_message_view_facts(view)->number == thing->waits &&
                strcmp(tov_message_view_type(view), expected->type) == 0)
                return thing->waits;
        }
    }
    return 0;
}

static bool can_do(const char *type, uint32_t deed)
{
    const struct tov_machine_info *machine = tov_machine_find(TOV_MACHINE_RESPONSIBILITY);
    for (size_t i = 0; i < machine->row_count; i++) {
        if ((machine->rows[i].does & deed) != 0 && strcmp(machine->rows[i].on.type, type) == 0)
            return true;
    }
    return false;
}

static bool moved_responsibility(const struct tov_case_message *message, const uint8_t *ref)
{
    for (size_t i = 0; i < message->judgement_count; i++) {
        const struct tov_case_judgement *judgement = &message->judgements[i];
        if (casework_is_of_responsibility(judgement->machine) &&
            memcmp(judgement->thing_ref, ref, REF_BYTES) == 0 &&
            strcmp(judgement->verdict, "taken") == 0)
            return true;
    }
    return false;
}

/* The holding or the offer that EXPECTED must cite (I12); 0: it need cite neither. */
static uint64_t cited(const struct case_page *page, const struct tov_case_expected *expected)
{
    uint32_t deed = casework_deed_cited(expected->type);
    uint64_t found = 0;
    for (size_t i = 0; deed != 0 && i < tov_case_message_count(page->one); i++) {
        const struct tov_case_message *message = tov_case_message_at(page->one, i);
        if (moved_responsibility(message, expected->thing_ref) &&
            can_do(tov_message_view_type(message->view), deed))
            found = tov_message_view_facts(message->view)->number;
    }
    return found;
}

/* ---- the rows ---- */

static bool is_same(const struct tov_case_expected *a, const struct tov_case_expected *b)
{
    return strcmp(a->type, b->type) == 0 && memcmp(a->thing_ref, b->thing_ref, REF_BYTES) == 0;
}

static bool is_listed_before(const struct case_page *page, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_same(tov_case_expected_at(page->one, i), tov_case_expected_at(page->one, index)))
            return true;
    }
    return false;
}

/* The values that the field may have, over all rows of the type; COUNT 0: any. */
struct values {
    const char *field;
    const char *ids[16];
    size_t count;
    bool is_half;
};

static bool has_value(const struct values *values, const char *id)
{
    for (size_t i = 0; i < values->count; i++) {
        if (strcmp(values->ids[i], id) == 0)
            return true;
    }
    return false;
}

static struct values values_of(const struct case_page *page, size_t first)
{
    const struct tov_case_expected *wanted = tov_case_expected_at(page->one, first);
    struct values values = {.field = wanted->field, .is_half = wanted->first_half != 0};
    bool any = false;
    for (size_t i = first; i < tov_case_expected_count(page->one); i++) {
        const struct tov_case_expected *row = tov_case_expected_at(page->one, i);
        if (!is_same(row, wanted))
            continue;
        any = any || row->value[0] == '\0' || strcmp(row->field, values.field) != 0;
        if (!any && values.count < 16 && !has_value(&values, row->value))
            values.ids[values.count++] = row->value;
    }
    if (any || values.count == casework_value_count(wanted->type, values.field))
        values.count = 0;
    return values;
}

static void put_name(struct cli *cli, const char *type, const struct values *values)
{
    char line[2 * CASEWORK_TEXT_SIZE];
    (void)snprintf(line, sizeof line, "%s",
                   tov_catalogue_type_name(tov_catalogue_find(type), cli->words));
    for (size_t i = 0; i < values->count; i++) {
        size_t used = strlen(line);
        (void)snprintf(line + used, sizeof line - used, "%s%s", i == 0 ? ": " : _(" or "),
                       casework_value_name(cli, type, values->field, values->ids[i]));
    }
    size_t used = strlen(line);
    if (values->is_half)
        (void)snprintf(line + used, sizeof line - used, "%s", _(" (the first of two signatures)"));
    cli_say(cli, "  ");
    text_put_wrapped(&cli->page, line, &(struct text_frame){2, 2, cli->columns});
}

/* The message that EXPECTED is a reply to; 0: it begins anew. */
static uint64_t target_of(const struct case_page *page, const struct tov_case_expected *expected)
{
    uint64_t target = first_half(page, expected);
    if (target == 0)
        target = cited(page, expected);
    return target != 0 ? target : newest(page, expected, true);
}

static void put_command(const struct case_page *page, const struct tov_case_expected *expected,
                        const struct values *values)
{
    struct cli *cli = page->cli;
    char line[CASEWORK_TEXT_SIZE];
    uint64_t target = target_of(page, expected);
    if (strcmp(expected->type, "ack.read") == 0)
        (void)snprintf(line, sizeof line, "tov read %llu",
                       (unsigned long long)(target != 0 ? target : newest(page, expected, false)));
    else if (target != 0)
        (void)snprintf(line, sizeof line, "tov reply %llu %s", (unsigned long long)target,
                       expected->type);
    else
        (void)snprintf(line, sizeof line, "tov send %s --about %llu", expected->type,
                       (unsigned long long)newest(page, expected, false));
    if (values->count == 1) {
        size_t used = strlen(line);
        (void)snprintf(line + used, sizeof line - used, " --set %s=%s", values->field,
                       values->ids[0]);
    }
    cli_say(cli, "      ");
    text_put_wrapped(&cli->page, line, &(struct text_frame){6, 6, cli->columns});
}

void case_page_put_expected(const struct case_page *page)
{
    bool is_first = true;
    for (size_t i = 0; i < tov_case_expected_count(page->one); i++) {
        const struct tov_case_expected *expected = tov_case_expected_at(page->one, i);
        if (tov_catalogue_find(expected->type) == NULL || is_listed_before(page, i) ||
            newest(page, expected, false) == 0)
            continue;
        if (is_first)
            case_page_heading(page->cli, _("What can be sent now"));
        is_first = false;
        struct values values = values_of(page, i);
        put_name(page->cli, expected->type, &values);
        put_command(page, expected, &values);
    }
}
