/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each rule refuses what it must, names the field, and lets pass what it must.
 */
#include "drafts.h"
#include "support/unit.h"

#include <stdio.h>
#include <string.h>

static struct test_draft test;
static struct tov_findings findings;

/* Judges; true when rule RULE speaks of FIELD (what was found is printed when it does not). */
static bool refused(unsigned rule, const char *field)
{
    (void)test_draft_judge(&test, &findings);
    bool found = findings_have(&findings, rule, field) && tov_findings_refuse(&findings);
    if (!found)
        findings_print(&findings);
    return found;
}

static bool accepted(void)
{
    bool passes = test_draft_judge(&test, &findings) == 0;
    if (!passes)
        findings_print(&findings);
    return passes;
}

/* Takes away what stands at the path; of a list, in each record. */
static void clear_path(struct tov_record record, const char *path)
{
    const char *dot = strchr(path, '.');
    char head[64];
    (void)snprintf(head, sizeof head, "%.*s", dot == NULL ? 63 : (int)(dot - path), path);
    struct tov_record child;
    if (dot == NULL)
        tov_record_clear(record, head);
    else
        for (size_t i = 0; tov_record_child(record, head, i, &child); i++)
            clear_path(child, dot + 1);
}

static void each_required_field_is_asked_for_by_name(void)
{
    size_t asked = 0;
    for (size_t t = 0; t < tov_message_type_count(); t++) {
        const struct tov_message_type *type = tov_message_type_at(t);
        for (size_t f = 0; f < tov_message_type_field_count(type); f++) {
            struct tov_field_rule rule = tov_message_type_field_at(type, f);
            if (rule.need != TOV_NEED_ALWAYS && rule.need != TOV_NEED_FULL)
                continue;
            test_draft_init(&test, type->id);
            clear_path(tov_draft_record(&test.draft, rule.place), rule.name);
            CU_ASSERT(refused(0, rule.name));
            asked++;
            test_draft_fini(&test);
        }
    }
    CU_ASSERT(asked > 80);
}

static void what_programs_fill_in_is_asked_for_too(void)
{
    static const char *const fields[] = {"message_id",      "sender_origin", "sender_unit",
                                         "recipients.unit", "recorded_at",   "author.person",
                                         "author.role"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        test_draft_init(&test, "ack.read");
        clear_path(test.draft.header, fields[i]);
        CU_ASSERT(refused(0, fields[i]));
        test_draft_fini(&test);
    }
    test_draft_init(&test, "ack.read");
    tov_record_clear(test.draft.header, "in_reply_to");
    CU_ASSERT(refused(0, "in_reply_to"));
    test_draft_fini(&test);
}

static void a_message_refers_to_what_it_is_about(void)
{
    test_draft_init(&test, "prison.released");
    tov_record_clear(test.draft.header, "about");
    CU_ASSERT(refused(0, "about.episode_ref"));
    struct tov_record about = test_draft_about(&test); /* one reference for two */
    UNIT_OK(tov_record_put_bytes(about, "case_ref", TOV_BYTES_OF("0123456789abcde")));
    UNIT_OK(tov_record_put_bytes(about, "episode_ref", TOV_BYTES_OF("0123456789abcde")));
    CU_ASSERT(refused(0, "about.episode_ref"));
    test_draft_fini(&test);
    test_draft_init(&test, "msg.note");
    tov_record_clear(test.draft.header, "about");
    CU_ASSERT(refused(0, "about"));
    test_draft_fini(&test);
    test_draft_init(&test, "info.request");
    test_draft_about_only(&test, "psych_ref");
    CU_ASSERT(refused(0, "about.psych_ref"));
    CU_ASSERT(findings_have(&findings, 0, "about.request_ref"));
    test_draft_fini(&test);
    for (size_t i = 0; i < findings.count; i++) {
        bool is_too_much = strcmp(findings.items[i].field, "about.psych_ref") == 0;
        UNIT_EQUAL_INT(strstr(findings.items[i].remedy_en, "Take the reference out") != NULL,
                       is_too_much);
    }
}

/* Required only where another field says so; each row of the table. */
static void a_field_can_make_another_one_required(void)
{
    for (size_t i = 0; i < tov_when_count(); i++) {
        const struct tov_when_row *row = tov_when_at(i);
        char fields[128];
        test_draft_init(&test, row->type);
        (void)snprintf(fields, sizeof fields, "%s=%s", row->field, row->value);
        test_draft_put(&test, fields);
        for (size_t r = 0; r < 3; r++)
            tov_record_clear((struct tov_record[]){test.draft.header, test.draft.header_fields,
                                                   test.draft.content_fields}[r],
                             row->needs);
        CU_ASSERT(refused(0, row->needs));
        test_draft_fini(&test);
    }
    test_draft_init(&test, "case.review");
    test_draft_put(&test, "kind=eftersyn_6");
    tov_record_clear(test.draft.header_fields, "result");
    tov_record_clear(test.draft.header_fields, "next_review");
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void a_task_is_named_by_its_deadline(void)
{
    test_draft_init(&test, "handover.offer");
    test_draft_put(&test, "thing=task; task=R-2w-bolig");
    CU_ASSERT(accepted());
    test_draft_put(&test, "task=Bolig til Magnus");
    CU_ASSERT(refused(0, "task"));
    test_draft_put(&test, "task=R-2w-bolig-og-en-lang-hale-der-ikke-findes");
    CU_ASSERT(refused(0, "task"));
    test_draft_fini(&test);
}

/* Every code that is neither in the type's routes nor an addition is refused; with it alone nobody
 * is covered. */
static void each_basis_outside_the_row_is_refused(void)
{
    size_t refusals = 0;
    for (size_t t = 0; t < tov_message_type_count(); t++) {
        const struct tov_message_type *type = tov_message_type_at(t);
        test_draft_init(&test, type->id);
        uint64_t row = 0;
        for (size_t i = 0; i < TOV_ROUTES_MAX && type->routes[i].from != 0; i++) {
            if ((type->routes[i].from & test.context.sender.duties) != 0 &&
                (type->routes[i].to & test.recipients[0].duties) != 0)
                row |= type->routes[i].bases;
        }
        for (size_t b = 0; b < tov_basis_count(); b++) {
            const struct tov_basis *basis = tov_basis_at(b);
            if ((row >> basis->code & 1) != 0)
                continue;
            test_draft_bases(&test, basis->id);
            (void)test_draft_judge(&test, &findings);
            CU_ASSERT(findings_have(&findings, 1, "legal_bases") ||
                      findings_have(&findings, 1, "recipients.1"));
            refusals++;
        }
        test_draft_fini(&test);
    }
    CU_ASSERT(refusals > 200);
}

static void fvl_28_1_is_refused_with_its_reason(void)
{
    test_draft_init(&test, "msg.note");
    test_draft_bases(&test, "FVL28-1");
    CU_ASSERT(refused(1, "legal_bases"));
    CU_ASSERT(strstr(findings.items[0].reason_da, "kun manuel videregivelse") != NULL);
    CU_ASSERT(strstr(findings.items[0].reason_en, "manual disclosure only") != NULL);
    CU_ASSERT(findings.items[0].remedy_da[0] != '\0');
    test_draft_fini(&test);
}

static void a_code_that_does_not_exist_is_refused(void)
{
    test_draft_init(&test, "msg.note");
    test_draft_bases(&test, "BEK-HPL RPL115-9");
    CU_ASSERT(refused(1, "legal_bases"));
    test_draft_fini(&test);
}

static void police_and_others_use_their_own_paragraph(void)
{
    test_draft_init(&test, "info.request");
    test_draft_bases(&test, "RPL115-1-1"); /* a kommune */
    CU_ASSERT(refused(1, "legal_bases"));
    test_draft_route(&test, "kbh-pol/dks", "krfo/kif");
    CU_ASSERT(accepted());
    test_draft_bases(&test, "RPL115-2/1-1");
    CU_ASSERT(refused(1, "legal_bases"));
    test_draft_fini(&test);
}

static void outside_codes_do_not_cover_inside_recipients(void)
{
    test_draft_init(&test, "info.request");
    test_draft_route(&test, "kk/vink", "krfo/kif kk/sof");
    CU_ASSERT(refused(1, "recipients.2"));
    test_draft_bases(&test, "RPL115-2/1-1 EGEN");
    CU_ASSERT(accepted());
    test_draft_bases(&test, "EGEN");
    CU_ASSERT(refused(1, "recipients.1"));
    test_draft_fini(&test);
}

static void ksp_litra_c_is_refused_before_march_2016(void)
{
    test_draft_init(&test, "prison.release_date");
    test_draft_route(&test, "krfo/faengsel", "kk/vink kbh-pol/dks");
    test_draft_bases(&test, "RPL115-2/1-3c");
    test_draft_day(&test, (struct tov_date){2016, 2, 29});
    CU_ASSERT(refused(31, "legal_bases"));
    bool says_when = false;
    for (size_t i = 0; i < findings.count; i++)
        says_when |= strstr(findings.items[i].reason_da, "gælder først fra 01-03-2016") != NULL;
    CU_ASSERT(says_when);
    test_draft_day(&test, (struct tov_date){2016, 3, 1});
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

/* By the day of the event, not of sending. */
static void child_notification_codes_follow_the_event(void)
{
    test_draft_init(&test, "msg.note");
    test_draft_route(&test, "kk/sof", "hotline/vagt");
    test_draft_bases(&test, "SEL153");
    test_draft_day(&test, (struct tov_date){2024, 1, 2});
    CU_ASSERT(refused(31, "legal_bases"));
    UNIT_OK(tov_record_put_number(test.draft.header, "occurred_at", 1703840400000)); /* 29-12-23 */
    CU_ASSERT(accepted());
    test_draft_bases(&test, "BL133");
    CU_ASSERT(refused(31, "legal_bases"));
    test_draft_fini(&test);
}

static void section_115_needs_the_recipient_in_its_cooperation(void)
{
    test_draft_init(&test, "info.request");
    test_draft_route(&test, "kk/vink", "rhp/psyk");
    CU_ASSERT(refused(2, "recipients.1")); /* psychiatry is not in SSP */
    test_draft_bases(&test, "RPL115-2/1-2");
    CU_ASSERT(accepted());
    test_draft_route(&test, "kk/vink", "krfo/kif");
    CU_ASSERT(refused(2, "recipients.1")); /* krfo is not in PSP */
    test_draft_fini(&test);
}

static void section_115_needs_a_necessity(void)
{
    test_draft_init(&test, "info.request");
    tov_record_clear(test.draft.content, "necessity");
    CU_ASSERT(refused(2, "necessity"));
    bool asks = false;
    for (size_t i = 0; i < findings.count; i++)
        asks |= strcmp(findings.items[i].remedy_da, "Hvorfor har modtageren brug for dette?") == 0;
    CU_ASSERT(asks);
    test_draft_fini(&test);
}

static void an_investigation_is_no_purpose(void)
{
    test_draft_init(&test, "info.request");
    UNIT_OK(tov_record_put_text(test.draft.header, "purpose", "efterforskning"));
    CU_ASSERT(refused(3, "purpose"));
    UNIT_OK(tov_record_put_text(test.draft.header, "purpose", "nysgerrighed"));
    CU_ASSERT(refused(3, "purpose"));
    UNIT_OK(tov_record_put_text(test.draft.header, "purpose", "andet"));
    CU_ASSERT(refused(3, "purpose_text"));
    UNIT_OK(tov_record_put_text(test.draft.content, "purpose_text", "ææææææææææææææææææ!"));
    CU_ASSERT(refused(3, "purpose_text")); /* 19 characters */
    UNIT_OK(tov_record_put_text(test.draft.content, "purpose_text", "ææææææææææææææææææææ"));
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void each_section_115_message_bears_its_use_limit(void)
{
    test_draft_init(&test, "info.request");
    CU_ASSERT(accepted());
    bool noted = false;
    for (size_t i = 0; i < findings.count; i++)
        noted |= findings.items[i].severity == TOV_NOTES && findings.items[i].rule == 3 &&
                 strcmp(findings.items[i].reason_da,
                        "Må ikke bruges til efterforskning af straffesager.") == 0;
    CU_ASSERT(noted);
    test_draft_fini(&test);
}

static void investigators_are_no_recipients(void)
{
    test_draft_init(&test, "prison.release_date");
    test_draft_route(&test, "krfo/faengsel", "kbh-pol/efterforskning");
    test_draft_bases(&test, "RPL115-2/1-3a");
    CU_ASSERT(refused(4, "recipients.1"));
    test_draft_fini(&test);
}

static void declining_takes_no_reason(void)
{
    test_draft_init(&test, "info.decline");
    UNIT_OK(tov_record_put_text(test.draft.content, "free_text", "Fordi ..."));
    CU_ASSERT(refused(5, "free_text"));
    test_draft_fini(&test);
}

static void two_units_of_one_agency_are_refused(void)
{
    test_draft_init(&test, "prison.released");
    test_draft_route(&test, "krfo/faengsel", "kk/eki kk/jku");
    CU_ASSERT(refused(7, "recipients.2"));
    test_draft_fini(&test);
}

static void recipients_on_the_envelope_are_those_in_the_message(void)
{
    test_draft_init(&test, "prison.released");
    test.context.recipient_count = 0;
    CU_ASSERT(refused(7, "recipients"));
    test_draft_fini(&test);
}

static void the_release_channel_knows_no_case(void)
{
    test_draft_init(&test, "prison.released");
    uint8_t id[16] = {1};
    UNIT_OK(tov_record_put_bytes(test_draft_about(&test), "case_ref", TOV_BYTES_OF(id)));
    CU_ASSERT(refused(8, "about.case_ref"));
    test_draft_route(&test, "krfo/faengsel", "kk/vink kbh-pol/dks");
    test_draft_bases(&test, "RPL115-2/1-3a");
    CU_ASSERT(accepted()); /* the same in the case channel */
    test_draft_fini(&test);
}

static void the_release_channel_takes_no_case_type_words_or_categories(void)
{
    test_draft_init(&test, "msg.note");
    UNIT_OK(tov_record_put_text(test.draft.content, "free_text", "Kendt i INFOHUS København."));
    CU_ASSERT(refused(8, "free_text"));
    UNIT_OK(tov_record_put_text(test.draft.content, "free_text", "Værelset er klar."));
    CU_ASSERT(accepted());
    UNIT_OK(tov_record_put_enum(test.draft.header, "categories", "tro_og_politik"));
    CU_ASSERT(refused(8, "categories"));
    test_draft_fini(&test);
    test_draft_init(&test, "info.request");
    test_draft_route(&test, "kk/vink", "kk/eki");
    test_draft_bases(&test, "EGEN");
    CU_ASSERT(refused(8, "recipients"));
    test_draft_fini(&test);
    test_draft_init(&test, "prison.released");
    test_draft_route(&test, "krfo/faengsel", "kk/eki kbh-pol/dks");
    CU_ASSERT(refused(8, "recipients"));
    test_draft_fini(&test);
}

static void benefits_and_population_get_the_minimal_set(void)
{
    static const char *const to[] = {"kk/ydelse", "kk/folkereg"};
    static const char *const codes[] = {"AKL10A", "CPR-ADR"};
    for (size_t i = 0; i < 2; i++) {
        test_draft_init(&test, "prison.released");
        test_draft_route(&test, "krfo/faengsel", to[i]);
        test_draft_bases(&test, codes[i]);
        CU_ASSERT(refused(0, "next_contact"));
        tov_record_clear(test.draft.content_fields, "next_contact");
        CU_ASSERT(accepted()); /* and it is not asked for there */
        UNIT_OK(tov_record_put_text(test.draft.content, "free_text", "Har fået værelse."));
        CU_ASSERT(refused(0, "free_text"));
        test_draft_fini(&test);
    }
    test_draft_init(&test, "prison.release_final"); /* not theirs at all */
    test_draft_route(&test, "krfo/faengsel", "kk/ydelse");
    CU_ASSERT(refused(0, "recipients.1"));
    test_draft_fini(&test);
}

static void health_data_are_released_by_who_has_them(void)
{
    test_draft_init(&test, "info.response");
    test_draft_route(&test, "rhp/psyk", "kk/vink");
    test_draft_bases(&test, "RPL115-2/1-2");
    CU_ASSERT(accepted());
    UNIT_OK(tov_record_put_enum(test.draft.header, "categories", "helbred"));
    CU_ASSERT(refused(9, "author.role"));
    CU_ASSERT(findings_have(&findings, 9, "informed"));
    struct tov_record author;
    UNIT_OK(tov_record_open(test.draft.header, "author", &author));
    UNIT_OK(tov_record_put_enum(author, "role", "overlaege"));
    UNIT_OK(tov_record_put_enum(test.draft.header, "informed", "orienteret"));
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void offences_from_a_gdpr_agency_need_section_8(void)
{
    test_draft_init(&test, "info.request");
    UNIT_OK(tov_record_put_enum(test.draft.header, "categories", "strafbart_forhold"));
    CU_ASSERT(refused(10, "legal_bases"));
    test_draft_bases(&test, "RPL115-2/1-1 DBL8-2-3");
    CU_ASSERT(accepted());
    test_draft_bases(&test, "DBL8-2-3");
    CU_ASSERT(refused(1, "recipients.1")); /* an addition carries nobody alone */
    test_draft_fini(&test);
    test_draft_init(&test, "info.response"); /* inside one agency */
    UNIT_OK(tov_record_put_enum(test.draft.header, "categories", "strafbart_forhold"));
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void ideology_without_its_category_is_warned_of(void)
{
    test_draft_init(&test, "info.request");
    UNIT_OK(tov_record_put_text(test.draft.content, "free_text", "Går i HØJREEKSTREME kredse."));
    CU_ASSERT(accepted());
    CU_ASSERT(findings_have(&findings, 11, "categories"));
    UNIT_OK(tov_record_put_enum(test.draft.header, "categories", "tro_og_politik"));
    CU_ASSERT(accepted());
    CU_ASSERT(!findings_have(&findings, 11, "categories"));
    test_draft_fini(&test);
}

static void words_are_found_at_the_edges_of_a_text_and_whole_only(void)
{
    static const struct {
        const char *text;
        bool found;
    } cases[] = {{"Jihad er nævnt", true},
                 {"Han nævnte jihad", true},
                 {"Skrev jjihad og uradikalis", true},
                 {"Skrev jjihad", true},
                 {"Han nævnte jiha", false},
                 {"Skrev jiha d", false},
                 {"j", false},
                 {"Læste om RaCiSme", true},
                 {"højreekstre m", false},
                 {"H\xc3\x98JREEKSTREM", true}};
    test_draft_init(&test, "info.request");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        UNIT_OK(tov_record_put_text(test.draft.content, "free_text", cases[i].text));
        CU_ASSERT(accepted());
        UNIT_EQUAL_INT(findings_have(&findings, 11, "categories"), cases[i].found);
    }
    test_draft_fini(&test);
}

static void minors_are_marked_by_their_age_at_the_event(void)
{
    test_draft_init(&test, "info.request"); /* event on 28-06-2021 */
    struct tov_record subject;
    UNIT_OK(tov_record_open(test.draft.content, "subject", &subject));
    UNIT_OK(tov_record_put_date(subject, "birth_date", (struct tov_date){2003, 6, 29}));
    CU_ASSERT(refused(12, "subject.minor"));
    UNIT_OK(tov_record_put_number(subject, "minor", 1));
    CU_ASSERT(accepted());
    UNIT_OK(tov_record_put_date(subject, "birth_date", (struct tov_date){2003, 6, 28}));
    CU_ASSERT(refused(12, "subject.minor"));
    test_draft_fini(&test);
}

static void a_concern_about_a_child_asks_for_a_notification(void)
{
    test_draft_init(&test, "concern.forward");
    test_draft_put(&test, "child=ja");
    CU_ASSERT(accepted());
    CU_ASSERT(findings_have(&findings, 12, "no_notification_reason"));
    test_draft_put(&test, "no_notification_reason=ja; no_notification_text=Intet behov for støtte");
    CU_ASSERT(accepted());
    CU_ASSERT(!findings_have(&findings, 12, "no_notification_reason"));
    test_draft_fini(&test);
}

static void personal_numbers_are_judged_by_form(void)
{
    static const struct {
        const char *kind, *number;
        bool fits;
    } cases[] = {
        {"erstatningspersonnummer", "720493-0151", true},
        {"erstatningspersonnummer", "120493-0151", false}, /* day not raised */
        {"erstatningspersonnummer", "921393-0151", false}, /* no such month */
        {"cpr", "251248-9996", true},                      /* fails modulus 11, as it may */
        {"cpr", "2512489996", true},
        {"cpr", "290200-9996", true},  /* 2000 was a leap year */
        {"cpr", "300200-9996", false}, /* never */
        {"cpr", "720493-0151", false},
        {"cpr", "251248-99961", false},
        {"cpr", "251248 9996", false},
        {"ecpr", "2512481AA9", true},
        {"ecpr", "25124-1AA9", false},
    };
    test_draft_init(&test, "info.request");
    struct tov_record subject;
    UNIT_OK(tov_record_open(test.draft.content, "subject", &subject));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        UNIT_OK(tov_record_put_enum(subject, "number_kind", cases[i].kind));
        UNIT_OK(tov_record_put_text(subject, "number", cases[i].number));
        (void)test_draft_judge(&test, &findings);
        UNIT_EQUAL_INT(findings_have(&findings, 16, "subject.number"), !cases[i].fits);
    }
    UNIT_OK(tov_record_put_enum(subject, "number_kind", "intet"));
    CU_ASSERT(refused(16, "subject.no_number_reason"));
    tov_record_clear(subject, "number");
    UNIT_OK(tov_record_put_text(subject, "no_number_reason", "Udenlandsk statsborger"));
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void third_persons_are_removed_or_justified(void)
{
    test_draft_init(&test, "info.response");
    UNIT_OK(tov_record_put_enum(test.draft.content_fields, "third_persons", "begrundet"));
    CU_ASSERT(refused(14, "third_persons_reason"));
    UNIT_OK(tov_record_put_text(test.draft.content_fields, "third_persons_reason", "Bor sammen."));
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void consent_is_given_before_it_is_used(void)
{
    test_draft_init(&test, "intervention.refer");
    UNIT_OK(tov_record_put_enum(test.draft.header_fields, "consent_status", "ikke_indhentet"));
    CU_ASSERT(refused(17, "consent_status"));
    test_draft_bases(&test, "EGEN");
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void a_course_follows_up_at_most_three_dimensions(void)
{
    test_draft_init(&test, "intervention.refer"); /* has one */
    UNIT_OK(tov_record_put_enum(test.draft.content_fields, "focus", "job"));
    UNIT_OK(tov_record_put_enum(test.draft.content_fields, "focus", "familie"));
    CU_ASSERT(accepted());
    UNIT_OK(tov_record_put_enum(test.draft.content_fields, "focus", "psyke"));
    CU_ASSERT(refused(0, "focus"));
    test_draft_fini(&test);
}

static void an_amendment_says_that_it_is_one(void)
{
    test_draft_init(&test, "msg.amend");
    UNIT_OK(tov_record_put_enum(test.draft.header, "relation", "response"));
    CU_ASSERT(refused(24, "relation"));
    test_draft_fini(&test);
    test_draft_init(&test, "msg.retract");
    tov_record_clear(test.draft.header, "relation");
    CU_ASSERT(refused(24, "relation"));
    test_draft_fini(&test);
}

static void classified_text_is_refused(void)
{
    test_draft_init(&test, "info.request");
    UNIT_OK(tov_record_put_text(test.draft.content, "free_text", "TIL TJENESTEBRUG: ..."));
    CU_ASSERT(refused(27, "free_text"));
    UNIT_OK(tov_record_put_text(test.draft.content, "free_text", "En fortrolig samtale."));
    CU_ASSERT(accepted());
    test_draft_fini(&test);
}

static void events_are_not_told_before_they_happen(void)
{
    test_draft_init(&test, "prison.released");
    UNIT_OK(tov_record_put_number(test.draft.header_fields, "released_at",
                                  test.context.sent_ms + 300001));
    CU_ASSERT(refused(33, "released_at"));
    UNIT_OK(tov_record_put_number(test.draft.header_fields, "released_at",
                                  test.context.sent_ms + 300000));
    CU_ASSERT(accepted());
    test_draft_fini(&test);
    test_draft_init(&test, "prison.admission"); /* sent on 28 June */
    test_draft_put(&test, "admitted=2021-06-29");
    CU_ASSERT(refused(33, "admitted"));
    test_draft_fini(&test);
}

static void who_is_not_needed_is_not_named(void)
{
    test_draft_init(&test, "info.none");
    struct tov_record subject;
    UNIT_OK(tov_record_open(test.draft.content, "subject", &subject));
    UNIT_OK(tov_record_put_text(subject, "name", "Magnus Prøvesen"));
    CU_ASSERT(refused(0, "subject"));
    test_draft_fini(&test);
    test_draft_init(&test, "prison.released");
    struct tov_record attachment;
    UNIT_OK(tov_record_open(test.draft.content, "attachments", &attachment));
    UNIT_OK(tov_record_put_text(attachment, "name", "a.pdf"));
    CU_ASSERT(refused(0, "attachments"));
    test_draft_fini(&test);
}

static void a_type_goes_only_where_it_belongs(void)
{
    test_draft_init(&test, "prison.released");
    test_draft_route(&test, "kk/vink", "krfo/kif");
    CU_ASSERT(refused(0, "recipients.1"));
    test_draft_fini(&test);
    test_draft_init(&test, "prison.released");
    test.recipients[0].duties = 0; /* a unit that the roster does not have */
    CU_ASSERT(refused(0, "recipients.1"));
    test_draft_fini(&test);
}

static void findings_speak_two_languages_and_never_the_content(void)
{
    test_draft_init(&test, "info.request");
    tov_record_clear(test.draft.header, "purpose");
    struct tov_record subject;
    UNIT_OK(tov_record_open(test.draft.content, "subject", &subject));
    UNIT_OK(tov_record_put_text(subject, "number", "hemmeligt-nr"));
    test_draft_bases(&test, "Magnus");
    (void)test_draft_judge(&test, &findings);
    CU_ASSERT(findings.count >= 3);
    for (size_t i = 0; i < findings.count; i++) {
        const struct tov_finding *finding = &findings.items[i];
        CU_ASSERT(finding->reason_da[0] != '\0' && finding->reason_en[0] != '\0');
        CU_ASSERT(finding->source[0] != '\0');
        CU_ASSERT(strchr(finding->reason_da, '{') == NULL);
        CU_ASSERT(strstr(finding->reason_da, "hemmeligt-nr") == NULL);
        CU_ASSERT(strstr(finding->reason_da, "Magnus") == NULL);
    }
    test_draft_fini(&test);
}

static void too_many_findings_are_counted_not_written(void)
{
    memset(&findings, 0, sizeof findings);
    char words[500];
    memset(words, 'a', sizeof words - 1);
    words[sizeof words - 1] = '\0';
    struct tov_finding_words add = {.severity = TOV_WARNS,
                                    .reason = TOV_TEXT("{1} og {2}", "{1} and {2}"),
                                    .first = TOV_SAME("æ"),
                                    .second = TOV_SAME(words)};
    for (int i = 0; i < TOV_FINDINGS_MAX + 3; i++)
        tov_findings_add(&findings, &add);
    UNIT_EQUAL_INT(findings.count, TOV_FINDINGS_MAX);
    CU_ASSERT(findings.more);
    CU_ASSERT(!tov_findings_refuse(&findings));
    UNIT_EQUAL_INT(strlen(findings.items[0].reason_da), TOV_FINDING_TEXT_SIZE - 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_required_field_is_asked_for_by_name),
        UNIT_TEST(what_programs_fill_in_is_asked_for_too),
        UNIT_TEST(a_message_refers_to_what_it_is_about),
        UNIT_TEST(a_field_can_make_another_one_required),
        UNIT_TEST(a_task_is_named_by_its_deadline),
        UNIT_TEST(each_basis_outside_the_row_is_refused),
        UNIT_TEST(fvl_28_1_is_refused_with_its_reason),
        UNIT_TEST(a_code_that_does_not_exist_is_refused),
        UNIT_TEST(police_and_others_use_their_own_paragraph),
        UNIT_TEST(outside_codes_do_not_cover_inside_recipients),
        UNIT_TEST(ksp_litra_c_is_refused_before_march_2016),
        UNIT_TEST(child_notification_codes_follow_the_event),
        UNIT_TEST(section_115_needs_the_recipient_in_its_cooperation),
        UNIT_TEST(section_115_needs_a_necessity),
        UNIT_TEST(an_investigation_is_no_purpose),
        UNIT_TEST(each_section_115_message_bears_its_use_limit),
        UNIT_TEST(investigators_are_no_recipients),
        UNIT_TEST(declining_takes_no_reason),
        UNIT_TEST(two_units_of_one_agency_are_refused),
        UNIT_TEST(recipients_on_the_envelope_are_those_in_the_message),
        UNIT_TEST(the_release_channel_knows_no_case),
        UNIT_TEST(the_release_channel_takes_no_case_type_words_or_categories),
        UNIT_TEST(benefits_and_population_get_the_minimal_set),
        UNIT_TEST(health_data_are_released_by_who_has_them),
        UNIT_TEST(offences_from_a_gdpr_agency_need_section_8),
        UNIT_TEST(ideology_without_its_category_is_warned_of),
        UNIT_TEST(words_are_found_at_the_edges_of_a_text_and_whole_only),
        UNIT_TEST(minors_are_marked_by_their_age_at_the_event),
        UNIT_TEST(a_concern_about_a_child_asks_for_a_notification),
        UNIT_TEST(personal_numbers_are_judged_by_form),
        UNIT_TEST(third_persons_are_removed_or_justified),
        UNIT_TEST(consent_is_given_before_it_is_used),
        UNIT_TEST(a_course_follows_up_at_most_three_dimensions),
        UNIT_TEST(an_amendment_says_that_it_is_one),
        UNIT_TEST(classified_text_is_refused),
        UNIT_TEST(events_are_not_told_before_they_happen),
        UNIT_TEST(who_is_not_needed_is_not_named),
        UNIT_TEST(a_type_goes_only_where_it_belongs),
        UNIT_TEST(findings_speak_two_languages_and_never_the_content),
        UNIT_TEST(too_many_findings_are_counted_not_written),
    };
    return unit_run("case_rules", tests, sizeof tests / sizeof tests[0]);
}
