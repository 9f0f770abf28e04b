/* SPDX-License-Identifier: EUPL-1.2
 *
 * The catalogue's tables hold together, and every type's minimal draft is accepted and travels.
 */
#include "base/cleanup.h"
#include "case/form_field.h"
#include "case/label.h"
#include "drafts.h"
#include "support/unit.h"

#include <stdio.h>
#include <string.h>

static void each_type_has_its_words_and_records(void)
{
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        const struct tov_message_type *type = tov_message_type_at(i);
        CU_ASSERT(type->name.da != NULL && type->name.en != NULL);
        CU_ASSERT(type->purpose.da != NULL && type->purpose.en != NULL);
        CU_ASSERT_PTR_NOT_NULL(tov_schema_find(type->header_schema));
        CU_ASSERT_PTR_NOT_NULL(tov_schema_find(type->content_schema));
        CU_ASSERT(type->routes[0].from != 0);
        CU_ASSERT(((type->asks & TOV_NEEDS_TARGET) != 0) == (type->relation != NULL));
        CU_ASSERT_PTR_EQUAL(tov_message_type_find(tov_bytes_of_text(type->id)), type);
        CU_ASSERT_PTR_EQUAL(tov_message_type_version(tov_bytes_of_text(type->id), type->version),
                            type);
        for (size_t a = 0; a < TOV_ANSWERS_MAX && type->answers[a] != NULL; a++)
            CU_ASSERT_PTR_NOT_NULL(tov_message_type_find(tov_bytes_of_text(type->answers[a])));
    }
    CU_ASSERT_PTR_NULL(tov_message_type_find(tov_bytes_of_text("no.such_type")));
    CU_ASSERT_PTR_NULL(tov_message_type_version(tov_bytes_of_text("msg.note"), 99));
}

static void each_field_has_a_place_words_and_a_name_of_its_own(void)
{
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        struct tov_draft draft;
        UNIT_NEED(tov_draft_create(tov_message_type_at(i), &draft) == TOV_OK);
        size_t count = tov_message_type_field_count(draft.type);
        for (size_t f = 0; f < count; f++) {
            struct tov_form_field field = tov_form_field_at(&draft, f); /* asserts the place */
            CU_ASSERT(field.rule.label.da != NULL && field.rule.label.en != NULL);
            CU_ASSERT((field.rule.help.da == NULL) == (field.rule.help.en == NULL));
            for (size_t other = 0; other < f; other++)
                CU_ASSERT(strcmp(tov_message_type_field_at(draft.type, other).name,
                                 field.rule.name) != 0);
        }
        tov_draft_fini(&draft);
    }
}

/* Every field of a typed record can be filled in by a form, but for what programs set. */
static void each_typed_field_stands_in_its_row(void)
{
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        const struct tov_message_type *type = tov_message_type_at(i);
        const char *const records[] = {type->header_schema, type->content_schema};
        for (size_t r = 0; r < 2; r++) {
            const struct tov_schema *schema = tov_schema_find(records[r]);
            for (size_t f = 0; f < tov_schema_field_count(schema); f++) {
                struct tov_field field = tov_schema_field_at(schema, f);
                bool found = field.kind == TOV_FIELD_BYTES;
                for (size_t n = 0; n < type->field_count; n++)
                    found |= strncmp(type->fields[n].name, field.name, strlen(field.name)) == 0;
                if (!found)
                    printf("    %s.%s\n", records[r], field.name);
                CU_ASSERT(found);
            }
        }
    }
}

static void label_lists(const struct tov_schema *schema)
{
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        if (field.kind == TOV_FIELD_RECORD)
            label_lists(field.record);
        for (size_t n = 0; n < tov_field_value_count(&field); n++) {
            const char *id = tov_field_value_name(&field, n);
            /* Without words the id itself comes back; "mentor" is the same word in all three. */
            bool has_words = strcmp(tov_value_label(field.values_name, id, TOV_DANISH), id) != 0 ||
                             strcmp(tov_value_label(field.values_name, id, TOV_ENGLISH), id) != 0 ||
                             strcmp(id, "mentor") == 0;
            if (!has_words)
                printf("    %s %s has no words\n", field.values_name, id);
            CU_ASSERT(has_words);
        }
    }
}

static void each_value_of_each_list_has_its_words(void)
{
    label_lists(tov_schema_find("Header"));
    label_lists(tov_schema_find("Content"));
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        label_lists(tov_schema_find(tov_message_type_at(i)->header_schema));
        label_lists(tov_schema_find(tov_message_type_at(i)->content_schema));
    }
    UNIT_EQUAL_TEXT(tov_value_label("ReleaseKind.Value", "proeve_2_3", TOV_DANISH),
                    "prøveløsladelse efter 2/3 af straffen");
    UNIT_EQUAL_TEXT(tov_value_label("Measure.Value", "andet", TOV_ENGLISH), "other");
}

static void bases_stand_in_the_order_of_their_codes(void)
{
    UNIT_EQUAL_INT(tov_basis_count(), TOV_BASIS_COUNT);
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        UNIT_EQUAL_INT(basis->code, i);
        CU_ASSERT_PTR_EQUAL(tov_basis_find(tov_bytes_of_text(basis->id)), basis);
        CU_ASSERT(basis->inside || basis->outside);
    }
    UNIT_EQUAL_TEXT(tov_basis_find(tov_bytes_of_text("RPL115-2/1-3a"))->name.da,
                    "RPL § 115, stk. 2, jf. stk. 1, nr. 3, litra a (KSP)");
    CU_ASSERT_PTR_NULL(tov_basis_find(tov_bytes_of_text("RPL115-2/1-4")));
}

static void bases_are_valid_from_and_until_their_days(void)
{
    const struct tov_basis *ksp = tov_basis_find(tov_bytes_of_text("RPL115-1-3c"));
    CU_ASSERT(!tov_basis_is_valid_on(ksp, (struct tov_date){2016, 2, 29}));
    CU_ASSERT(tov_basis_is_valid_on(ksp, (struct tov_date){2016, 3, 1}));
    const struct tov_basis *old = tov_basis_find(tov_bytes_of_text("SEL153"));
    CU_ASSERT(tov_basis_is_valid_on(old, (struct tov_date){2023, 12, 31}));
    CU_ASSERT(!tov_basis_is_valid_on(old, (struct tov_date){2024, 1, 1}));
    const struct tov_basis *new = tov_basis_find(tov_bytes_of_text("BL133"));
    CU_ASSERT(!tov_basis_is_valid_on(new, (struct tov_date){2023, 12, 31}));
    CU_ASSERT(tov_basis_is_valid_on(new, (struct tov_date){2024, 1, 1}));
}

static void deadlines_have_ids_of_their_own_and_something_that_meets_them(void)
{
    UNIT_EQUAL_INT(tov_deadline_count(), 11 + 33);
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *deadline = tov_deadline_at(i);
        CU_ASSERT_PTR_EQUAL(tov_deadline_find(deadline->id), deadline);
        CU_ASSERT(deadline->opens[0].type != NULL && deadline->met_by[0].type != NULL);
        CU_ASSERT((deadline->anchor == TOV_ANCHOR_FIELD) == (deadline->anchor_field != NULL));
        CU_ASSERT(deadline->task.da != NULL && deadline->source != NULL);
    }
    const struct tov_deadline *notice = tov_deadline_find("R-5wd");
    UNIT_EQUAL_INT(notice->offset, -5);
    UNIT_EQUAL_INT(notice->unit, TOV_OFFSET_WORKING_DAYS);
    UNIT_EQUAL_INT(tov_deadline_find("R-4w")->strength, TOV_STRENGTH_LAW);
    UNIT_EQUAL_INT(tov_deadline_find("INDS")->unit, TOV_OFFSET_WORKING_DAYS);
    CU_ASSERT(tov_deadline_find("oplysninger")->no_duty);
}

/* Psychiatry's types are not in the catalogue yet. */
static void expect_pattern(const struct tov_deadline *deadline,
                           const struct tov_event_pattern *pattern)
{
    const struct tov_message_type *type = tov_message_type_find(tov_bytes_of_text(pattern->type));
    if (type == NULL && strncmp(pattern->type, "psych.", 6) == 0)
        return;
    UNIT_NEED(type != NULL);
    if (pattern->field == NULL)
        return;
    struct tov_field field;
    UNIT_NEED(tov_schema_find_field(tov_schema_find(type->header_schema), pattern->field, &field));
    bool found = field.kind == TOV_FIELD_BOOL;
    for (size_t i = 0; i < tov_field_value_count(&field); i++)
        found |= strcmp(tov_field_value_name(&field, i), pattern->value) == 0;
    if (!found)
        printf("    %s: %s.%s = %s\n", deadline->id, pattern->type, pattern->field, pattern->value);
    CU_ASSERT(found);
}

static void expect_anchor(const struct tov_deadline *deadline, const char *type_id)
{
    const struct tov_message_type *type = tov_message_type_find(tov_bytes_of_text(type_id));
    struct tov_field field;
    if (deadline->anchor != TOV_ANCHOR_FIELD || type == NULL)
        return;
    UNIT_NEED(tov_schema_find_field(tov_schema_find(type->header_schema), deadline->anchor_field,
                                    &field));
    CU_ASSERT(field.kind == TOV_FIELD_DATE || field.kind == TOV_FIELD_TIME);
}

static void deadlines_read_header_fields_that_messages_have(void)
{
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        const struct tov_deadline *deadline = tov_deadline_at(i);
        for (size_t n = 0; n < TOV_PATTERNS_MAX && deadline->opens[n].type != NULL; n++) {
            expect_pattern(deadline, &deadline->opens[n]);
            expect_anchor(deadline, deadline->opens[n].type);
        }
        for (size_t n = 0; n < TOV_PATTERNS_MAX && deadline->met_by[n].type != NULL; n++)
            expect_pattern(deadline, &deadline->met_by[n]);
    }
}

/* A consent and a referral are compared by the ids of what they are for. */
static void each_measure_is_something_that_one_can_consent_to(void)
{
    struct tov_field measure, scope;
    UNIT_NEED(
        tov_schema_find_field(tov_schema_find("InterventionReferHeader"), "measure", &measure));
    UNIT_NEED(tov_schema_find_field(tov_schema_find("ConsentGivenHeader"), "scope", &scope));
    for (size_t i = 0; i < tov_field_value_count(&measure); i++)
        UNIT_EQUAL_TEXT(tov_field_value_name(&scope, i), tov_field_value_name(&measure, i));
}

static void units_do_what_their_roles_and_names_say(void)
{
    UNIT_EQUAL_INT(unit_facts("kk/vink").duties, TOV_DUTY_COORDINATOR_KOMMUNE);
    UNIT_EQUAL_INT(unit_facts("kk/eki").duties, TOV_DUTY_RELEASE_DESK);
    UNIT_EQUAL_INT(unit_facts("kk/folkereg").duties, TOV_DUTY_POPULATION);
    UNIT_EQUAL_INT(unit_facts("kk/sof").duties, TOV_DUTY_KOMMUNE);
    UNIT_EQUAL_INT(unit_facts("kbh-pol/dks").duties,
                   TOV_DUTY_COORDINATOR_POLICE | TOV_DUTY_SECRETARIAT);
    UNIT_EQUAL_INT(unit_facts("kbh-pol/efterforskning").duties, TOV_DUTY_POLICE_OTHER);
    UNIT_EQUAL_INT(unit_facts("krfo/kif").duties, TOV_DUTY_PROBATION);
    UNIT_EQUAL_INT(unit_facts("rhp/psyk").authority, TOV_AUTHORITY_REGION);
    UNIT_EQUAL_INT(unit_facts("hotline/vagt").authority, TOV_AUTHORITY_HOTLINE);
}

static void a_minimal_draft_of_each_type_is_accepted(void)
{
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        struct test_draft test;
        struct tov_findings findings;
        test_draft_init(&test, tov_message_type_at(i)->id);
        size_t refusals = test_draft_judge(&test, &findings);
        if (refusals > 0) {
            printf("  %s\n", tov_message_type_at(i)->id);
            findings_print(&findings);
        }
        UNIT_EQUAL_INT(refusals, 0);
        CU_ASSERT(!tov_findings_refuse(&findings));
        test_draft_fini(&test);
    }
}

/* Sent and received, whole and as header alone. */
static void a_draft_travels_and_is_judged_alike(void)
{
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        struct test_draft test;
        struct tov_findings findings;
        test_draft_init(&test, tov_message_type_at(i)->id);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
        UNIT_OK(tov_draft_encode(&test.draft, &header, &content));
        tov_draft_fini(&test.draft);

        struct tov_bytes part = tov_buf_view(&content);
        UNIT_NEED(tov_draft_decode(tov_buf_view(&header), &part, &test.draft, NULL) == TOV_OK);
        UNIT_EQUAL_INT(test_draft_judge(&test, &findings), 0);
        UNIT_OK(tov_draft_encode(&test.draft, &again, NULL));
        UNIT_EQUAL_BYTES(tov_buf_view(&again), tov_buf_view(&header));
        tov_draft_fini(&test.draft);

        UNIT_NEED(tov_draft_decode(tov_buf_view(&header), NULL, &test.draft, NULL) == TOV_OK);
        CU_ASSERT(!tov_draft_has_content(&test.draft));
        UNIT_EQUAL_INT(test_draft_judge(&test, &findings), 0);
        UNIT_EQUAL_INT(tov_draft_encode(&test.draft, &again, &content), TOV_E_ARGUMENT);
        test_draft_fini(&test);
    }
}

static void a_type_or_version_of_tomorrow_is_not_understood(void)
{
    struct test_draft test;
    test_draft_init(&test, "msg.note");
    struct tov_draft out;
    for (int newer = 0; newer < 2; newer++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
        if (newer == 0)
            UNIT_OK(tov_record_put_number(test.draft.header, "type_version", 2));
        else
            UNIT_OK(tov_record_put_text(test.draft.header, "type", "msg.tomorrow"));
        UNIT_OK(tov_draft_encode(&test.draft, &header, NULL));
        UNIT_EQUAL_INT(tov_draft_decode(tov_buf_view(&header), NULL, &out, NULL), TOV_E_VERSION);
    }
    UNIT_EQUAL_INT(tov_draft_decode((struct tov_bytes){0}, NULL, &out, NULL), TOV_E_SCHEMA);
    test_draft_fini(&test);
}

/* Each identifier with its zero, and its version. */
static void a_program_that_knows_other_types_has_another_hash(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf known = TOV_BUF_INIT(1u << 16);
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        const struct tov_message_type *type = tov_message_type_at(i);
        tov_buf_put(&known, type->id, strlen(type->id) + 1);
        tov_buf_put_u32(&known, type->version);
    }
    struct tov_hash expected = tov_sha256(tov_buf_view(&known));
    struct tov_hash hash = tov_catalogue_hash();
    UNIT_NEED(known.failed == TOV_OK);
    CU_ASSERT(tov_hash_equal(&hash, &expected));
}

static void a_draft_without_a_version_is_taken_as_the_newest(void)
{
    struct test_draft test;
    test_draft_init(&test, "msg.note");
    uint64_t newest = tov_record_number(test.draft.header, "type_version");
    tov_record_clear(test.draft.header, "type_version");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    struct tov_draft out;
    UNIT_OK(tov_draft_encode(&test.draft, &header, &content));
    struct tov_bytes part = tov_buf_view(&content);
    UNIT_EQUAL_INT(tov_draft_decode(tov_buf_view(&header), &part, &out, NULL), TOV_E_SCHEMA);
    UNIT_NEED(tov_draft_take(tov_buf_view(&header), part, &out, NULL) == TOV_OK);
    UNIT_EQUAL_INT(tov_record_number(out.header, "type_version"), newest);
    UNIT_EQUAL_TEXT(out.type->id, "msg.note");
    tov_draft_fini(&out);
    test_draft_fini(&test);
}

/* The typed record of another type, or bytes that are none. */
static void foreign_fields_are_refused(void)
{
    struct test_draft test;
    test_draft_init(&test, "msg.note");
    uint8_t foreign[] = {0xa0, 0x06, 0x01};
    UNIT_OK(tov_record_put_bytes(test.draft.header, "fields", TOV_BYTES_OF(foreign)));
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_record_encode(test.draft.header, &header));
    struct tov_draft out;
    UNIT_EQUAL_INT(tov_draft_decode(tov_buf_view(&header), NULL, &out, NULL), TOV_E_SCHEMA);
    test_draft_fini(&test);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_type_has_its_words_and_records),
        UNIT_TEST(each_field_has_a_place_words_and_a_name_of_its_own),
        UNIT_TEST(each_typed_field_stands_in_its_row),
        UNIT_TEST(each_value_of_each_list_has_its_words),
        UNIT_TEST(bases_stand_in_the_order_of_their_codes),
        UNIT_TEST(bases_are_valid_from_and_until_their_days),
        UNIT_TEST(deadlines_have_ids_of_their_own_and_something_that_meets_them),
        UNIT_TEST(deadlines_read_header_fields_that_messages_have),
        UNIT_TEST(each_measure_is_something_that_one_can_consent_to),
        UNIT_TEST(units_do_what_their_roles_and_names_say),
        UNIT_TEST(a_minimal_draft_of_each_type_is_accepted),
        UNIT_TEST(a_draft_travels_and_is_judged_alike),
        UNIT_TEST(a_type_or_version_of_tomorrow_is_not_understood),
        UNIT_TEST(a_program_that_knows_other_types_has_another_hash),
        UNIT_TEST(a_draft_without_a_version_is_taken_as_the_newest),
        UNIT_TEST(foreign_fields_are_refused),
    };
    return unit_run("case_catalogue", tests, sizeof tests / sizeof tests[0]);
}
