/* SPDX-License-Identifier: EUPL-1.2
 *
 * Forms of drafts: every type there and back without loss, faults at their lines, and a draft that
 * stays as it was when its form has faults.
 */
#include "draft_fill.h"

#include <tov/tov.h>

#include "case/form.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

static char *write_form(const struct tov_message_draft *draft, enum tov_words words)
{
    char *form = NULL;
    UNIT_NEED(tov_message_draft_to_form(draft, words, &form, NULL) == TOV_OK);
    return form;
}

static void show_remarks(const struct tov_message_draft *draft)
{
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    for (size_t i = 0; i < tov_remarks_count(remarks); i++)
        (void)fprintf(stderr, "%s, line %u, %s: %s\n", tov_message_draft_type(draft),
                      tov_remarks_at(remarks, i)->line, tov_remarks_at(remarks, i)->field,
                      tov_remarks_at(remarks, i)->reason_en);
}

static void expect_nothing_lost(const char *type, enum tov_words words)
{
    struct tov_message_draft *draft = draft_filled(type);
    struct tov_message_draft *same = draft_filled(type);
    char *form = write_form(draft, words);
    UNIT_OK(tov_message_draft_read_form(draft, form, NULL));
    show_remarks(draft);
    expect_same_draft(draft, same, type);
    char *again = write_form(draft, words);
    UNIT_EQUAL_TEXT(again, form);
    tov_free(again);
    tov_free(form);
    tov_message_draft_destroy(same);
    tov_message_draft_destroy(draft);
}

static void a_form_of_any_type_is_read_back_and_nothing_is_lost(void)
{
    for (size_t i = 0; i < tov_catalogue_count(); i++) {
        const char *type = tov_catalogue_type_id(tov_catalogue_at(i));
        expect_nothing_lost(type, TOV_WORDS_DA);
        expect_nothing_lost(type, TOV_WORDS_EN);
    }
}

static void an_empty_draft_asks_for_every_field(void)
{
    for (size_t i = 0; i < tov_catalogue_count(); i++) {
        const struct tov_catalogue_type *type = tov_catalogue_at(i);
        struct tov_message_draft *draft = NULL;
        UNIT_NEED(tov_message_draft_create(tov_catalogue_type_id(type), &draft, NULL) == TOV_OK);
        char *form = write_form(draft, TOV_WORDS_DA);
        UNIT_OK(tov_message_draft_read_form(draft, form, NULL));
        UNIT_EQUAL_INT(tov_remarks_count(tov_message_draft_remarks(draft)), 0);
        tov_free(form);
        tov_message_draft_destroy(draft);
    }
}

/* FORM with OLD replaced by NEW, once; the caller frees it. */
static char *edit(const char *form, const char *old, const char *new)
{
    const char *at = strstr(form, old);
    UNIT_NEED(at != NULL);
    size_t size = strlen(form) + strlen(new) + 1;
    char *out = malloc(size);
    UNIT_NEED(out != NULL);
    (void)snprintf(out, size, "%.*s%s%s", (int)(at - form), form, new, at + strlen(old));
    return out;
}

static uint32_t line_of(const char *form, const char *words)
{
    uint32_t line = 1;
    const char *at = strstr(form, words);
    UNIT_NEED(at != NULL);
    for (const char *c = form; c < at; c++)
        line += *c == '\n';
    return line;
}

static struct tov_message_draft *make_answer(void)
{
    struct tov_message_draft *draft = NULL;
    UNIT_NEED(tov_message_draft_create("info.response", &draft, NULL) == TOV_OK);
    UNIT_OK(tov_message_draft_set(draft, "fields.facts.1.fact", "Kendt i systemet", NULL));
    UNIT_OK(tov_message_draft_set(draft, "fields.facts.1.fact_date", "2021-07-05", NULL));
    UNIT_OK(tov_message_draft_set(draft, "fields.facts.2.fact", "Bor i kommunen", NULL));
    return draft;
}

static void what_a_person_changes_is_changed(void)
{
    struct tov_message_draft *draft = make_answer();
    char *form = write_form(draft, TOV_WORDS_DA);
    char *edited = edit(form, "05-07-2021", "06-07-2021");
    UNIT_OK(tov_message_draft_read_form(draft, edited, NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "fields.facts.1.fact_date"), "2021-07-06");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "fields.facts.2.fact"), "Bor i kommunen");
    free(edited);
    tov_free(form);
    tov_message_draft_destroy(draft);
}

static void a_fault_is_a_remark_at_its_line_and_the_draft_stays_as_it_was(void)
{
    struct tov_message_draft *draft = make_answer();
    char *before = draft_json(draft);
    char *form = write_form(draft, TOV_WORDS_DA);
    char *edited = edit(form, "05-07-2021", "31-02-2021");
    UNIT_EQUAL_INT(tov_message_draft_read_form(draft, edited, NULL), TOV_E_SCHEMA);
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    UNIT_NEED(tov_remarks_count(remarks) == 1);
    const struct tov_remark *remark = tov_remarks_at(remarks, 0);
    UNIT_EQUAL_INT(remark->kind, TOV_REMARK_REFUSES);
    UNIT_EQUAL_INT(remark->line, line_of(edited, "31-02-2021"));
    UNIT_EQUAL_TEXT(remark->field, "facts.1.fact_date");
    CU_ASSERT_PTR_NOT_NULL(strstr(remark->reason_da, "dd-mm"));
    char *after = draft_json(draft);
    UNIT_EQUAL_TEXT(after, before);
    UNIT_OK(tov_message_draft_read_form(draft, form, NULL)); /* mended, the remarks are gone */
    UNIT_EQUAL_INT(tov_remarks_count(tov_message_draft_remarks(draft)), 0);
    tov_free(before);
    tov_free(after);
    free(edited);
    tov_free(form);
    tov_message_draft_destroy(draft);
}

static void every_fault_of_a_form_is_told_at_once(void)
{
    struct tov_message_draft *draft = make_answer();
    const char *form = "Tekst uden felt\n"
                       "[complete]: måske\n"
                       "[no_such_field]: x\n"
                       "[facts.1.fact]: et\n"
                       "[facts.1.fact]: to\n";
    UNIT_EQUAL_INT(tov_message_draft_read_form(draft, form, NULL), TOV_E_SCHEMA);
    const struct tov_remarks *remarks = tov_message_draft_remarks(draft);
    UNIT_NEED(tov_remarks_count(remarks) == 4);
    static const uint32_t lines[] = {1, 2, 3, 5};
    for (size_t i = 0; i < 4; i++)
        UNIT_EQUAL_INT(tov_remarks_at(remarks, i)->line, lines[i]);
    tov_message_draft_destroy(draft);
}

static void a_form_has_at_most_256_kib(void)
{
    struct tov_message_draft *draft = make_answer();
    char *form = malloc(TOV_FORM_MAX_BYTES + 2);
    UNIT_NEED(form != NULL);
    memset(form, '\n', TOV_FORM_MAX_BYTES + 1);
    form[TOV_FORM_MAX_BYTES + 1] = '\0';
    UNIT_EQUAL_INT(tov_message_draft_read_form(draft, form, NULL), TOV_E_LIMIT);
    form[TOV_FORM_MAX_BYTES] = '\0';
    UNIT_OK(tov_message_draft_read_form(draft, form, NULL));
    free(form);
    tov_message_draft_destroy(draft);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_form_of_any_type_is_read_back_and_nothing_is_lost),
        UNIT_TEST(an_empty_draft_asks_for_every_field),
        UNIT_TEST(what_a_person_changes_is_changed),
        UNIT_TEST(a_fault_is_a_remark_at_its_line_and_the_draft_stays_as_it_was),
        UNIT_TEST(every_fault_of_a_form_is_told_at_once),
        UNIT_TEST(a_form_has_at_most_256_kib),
    };
    return unit_run("lib form", tests, sizeof tests / sizeof tests[0]);
}
