/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/next.h"

#include <stdio.h>
#include <string.h>

#include "case/machine.h"
#include "cli/language.h"

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
static uint64_t newest(const struct tov_case *one, const struct tov_case_expected *expected,
                       bool answered)
{
    uint64_t found = 0;
    for (size_t i = 0; i < tov_case_message_count(one); i++) {
        const struct tov_case_message *message = tov_case_message_at(one, i);
        const struct tov_message_facts *facts = tov_message_view_facts(message->view);
        bool fits = !answered || (!facts->outgoing && is_answer_to(message->view, expected->type));
        if (fits && !message->retracted && casework_is_about(message->view, expected->thing_ref))
            found = facts->number;
    }
    return found;
}

/* The first signer's message, when EXPECTED is the second's; 0: it is not. */
static uint64_t first_half(const struct tov_case *one, const struct tov_case_expected *expected)
{
    const struct tov_affair *affair = tov_case_affair(one);
    for (size_t i = 0; i < affair->thing_count; i++) {
        const struct tov_case_thing *thing = &affair->things[i];
        bool is_it = strcmp(thing->machine, expected->machine) == 0 &&
                     memcmp(thing->ref, expected->thing_ref, REF_BYTES) == 0;
        for (size_t n = 0; is_it && n < tov_case_message_count(one); n++) {
            const struct tov_message_view *view = tov_case_message_at(one, n)->view;
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
static uint64_t cited(const struct tov_case *one, const struct tov_case_expected *expected)
{
    uint32_t deed = casework_deed_cited(expected->type);
    uint64_t found = 0;
    for (size_t i = 0; deed != 0 && i < tov_case_message_count(one); i++) {
        const struct tov_case_message *message = tov_case_message_at(one, i);
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

static bool is_listed_before(const struct tov_case *one, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (is_same(tov_case_expected_at(one, i), tov_case_expected_at(one, index)))
            return true;
    }
    return false;
}

static bool has_value(const struct next_step *step, const char *id)
{
    for (size_t i = 0; i < step->value_count; i++) {
        if (strcmp(step->values[i], id) == 0)
            return true;
    }
    return false;
}

/* The values that the field may have, over all rows of the type; none: any. */
static void find_values(const struct tov_case *one, size_t first, struct next_step *step)
{
    const struct tov_case_expected *wanted = tov_case_expected_at(one, first);
    bool any = false;
    for (size_t i = first; i < tov_case_expected_count(one); i++) {
        const struct tov_case_expected *row = tov_case_expected_at(one, i);
        if (!is_same(row, wanted))
            continue;
        any = any || row->value[0] == '\0' || strcmp(row->field, step->field) != 0;
        if (!any && step->value_count < NEXT_VALUES_MAX && !has_value(step, row->value))
            step->values[step->value_count++] = row->value;
    }
    if (any || step->value_count == casework_value_count(wanted->type, step->field))
        step->value_count = 0;
}

/* The message that EXPECTED is a reply to; 0: it begins anew. */
static uint64_t target_of(const struct tov_case *one, const struct tov_case_expected *expected)
{
    uint64_t target = first_half(one, expected);
    if (target == 0)
        target = cited(one, expected);
    return target != 0 ? target : newest(one, expected, true);
}

bool next_step_at(const struct tov_case *one, size_t index, struct next_step *out)
{
    const struct tov_case_expected *expected = tov_case_expected_at(one, index);
    if (expected == NULL || tov_catalogue_find(expected->type) == NULL ||
        is_listed_before(one, index))
        return false;
    *out = (struct next_step){.type = expected->type,
                              .thing_ref = expected->thing_ref,
                              .field = expected->field,
                              .is_first_half = expected->first_half != 0,
                              .target = target_of(one, expected),
                              .about = newest(one, expected, false)};
    find_values(one, index, out);
    return out->about != 0;
}

bool next_has(const struct tov_case *one, const struct tov_message_view *view, const char *type)
{
    for (size_t i = 0; i < tov_case_expected_count(one); i++) {
        const struct tov_case_expected *expected = tov_case_expected_at(one, i);
        if (strcmp(expected->type, type) == 0 && casework_is_about(view, expected->thing_ref))
            return true;
    }
    return false;
}

bool next_is_judged(const char *type)
{
    const struct tov_machine_table *table = tov_machine_table();
    for (size_t m = 0; m < TOV_MACHINES_MAX && table->machines[m] != NULL; m++) {
        for (size_t i = 0; i < table->machines[m]->row_count; i++) {
            if (strcmp(table->machines[m]->rows[i].on.type, type) == 0)
                return true;
        }
    }
    return false;
}

/* ---- in words ---- */

void next_command(const struct next_step *step, char out[CASEWORK_TEXT_SIZE])
{
    uint64_t message = step->target != 0 ? step->target : step->about;
    if (strcmp(step->type, "ack.read") == 0)
        (void)snprintf(out, CASEWORK_TEXT_SIZE, "tov read %llu", (unsigned long long)message);
    else if (step->target != 0)
        (void)snprintf(out, CASEWORK_TEXT_SIZE, "tov reply %llu %s",
                       (unsigned long long)step->target, step->type);
    else
        (void)snprintf(out, CASEWORK_TEXT_SIZE, "tov send %s --about %llu", step->type,
                       (unsigned long long)step->about);
    size_t used = strlen(out);
    if (step->value_count == 1)
        (void)snprintf(out + used, CASEWORK_TEXT_SIZE - used, " --set %s=%s", step->field,
                       step->values[0]);
}

void next_name(struct cli *cli, const struct next_step *step, char out[2 * CASEWORK_TEXT_SIZE])
{
    const size_t size = (size_t)2 * CASEWORK_TEXT_SIZE;
    (void)snprintf(out, size, "%s",
                   tov_catalogue_type_name(tov_catalogue_find(step->type), cli->words));
    for (size_t i = 0; i < step->value_count; i++) {
        size_t used = strlen(out);
        (void)snprintf(out + used, size - used, "%s%s", i == 0 ? ": " : _(" or "),
                       casework_value_name(cli, step->type, step->field, step->values[i]));
    }
    size_t used = strlen(out);
    if (step->is_first_half)
        (void)snprintf(out + used, size - used, "%s", _(" (the first of two signatures)"));
}
