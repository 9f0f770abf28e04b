/* SPDX-License-Identifier: EUPL-1.2
 *
 * The stories of tests/scenarios can be written: no rule refuses a message of theirs because of who
 * sends it to whom, on which basis, about what, or with which header fields. Content that the story
 * does not tell comes from the type's minimal draft.
 */
#include "base/cleanup.h"
#include "case/danish_time.h"
#include "drafts.h"
#include "support/unit.h"
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROW, TIME, TYPE, FROM, TO, BASES, ABOUT, FIELDS };

static struct test_draft test;
static struct tov_findings findings;

static void must(enum tov_err err)
{
    UNIT_NEED(err == TOV_OK);
}

static void set_time(const char *text)
{
    uint64_t time_ms = 0;
    UNIT_NEED(tov_danish_time_parse(tov_bytes_of_text(text), &time_ms));
    test_draft_day(&test, tov_danish_time_of(time_ms).date);
    test.context.sent_ms = time_ms;
    must(tov_record_put_number(test.draft.header, "occurred_at", time_ms));
    must(tov_record_put_number(test.draft.header, "recorded_at", time_ms));
}

/* "episode:E1 case:C1"; a second concern is the next one on the agenda. */
static void set_about(const char *things)
{
    tov_record_clear(test.draft.header, "about");
    struct tov_record about = test_draft_about(&test);
    while (*things != '\0') {
        char kind[16], name[TOV_UUID_BYTES + 1], field[32];
        UNIT_NEED(sscanf(things, "%15[^:]:%16[^ ]", kind, name) == 2);
        uint8_t id[TOV_UUID_BYTES];
        test_draft_id(name, id);
        (void)snprintf(field, sizeof field, "%s_ref", kind);
        if (tov_record_count(about, field) == 0)
            must(tov_record_put_bytes(about, field, TOV_BYTES_OF(id)));
        else
            must(tov_record_put_bytes(test.draft.header_fields, "agenda_ref", TOV_BYTES_OF(id)));
        things += strcspn(things, " ");
        things += strspn(things, " ");
    }
}

static void cite(const char *name)
{
    struct tov_ref ref = {.agency = 1, .generation = 1, .index = 7};
    test_draft_id(name, ref.leaf.bytes);
    must(tov_record_put_ref(test.draft.header, "cites", &ref));
}

static void set_start(void)
{
    struct tov_record start;
    uint8_t id[TOV_UUID_BYTES] = {1};
    must(tov_record_open(test.draft.header, "start", &start));
    must(tov_record_put_enum(start, "machine", "sag"));
    must(tov_record_put_bytes(start, "thing_ref", TOV_BYTES_OF(id)));
    must(tov_record_put_text(start, "state", "afdaekning"));
}

/* One "name=value" of the row. */
static void set_field(const char *field)
{
    uint8_t id[TOV_UUID_BYTES];
    if (strncmp(field, "event=", 6) == 0) {
        test_draft_id(field + 6, id);
        must(tov_record_put_bytes(test.draft.header, "event_ref", TOV_BYTES_OF(id)));
    } else if (strncmp(field, "cites=", 6) == 0) {
        cite(field + 6);
    } else if (strcmp(field, "start=ja") == 0) {
        set_start();
    } else {
        test_draft_put(&test, field);
    }
}

static void set_fields(const char *fields)
{
    const struct tov_schema *schema = tov_record_schema(test.draft.header_fields);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++)
        tov_record_clear(test.draft.header_fields, tov_schema_field_at(schema, i).name);
    while (strcmp(fields, "-") != 0 && *fields != '\0') {
        char field[256];
        size_t size = strcspn(fields, ";");
        (void)snprintf(field, sizeof field, "%.*s", (int)size, fields);
        set_field(field);
        fields += size + (fields[size] == ';' ? 1 : 0);
        fields += strspn(fields, " ");
    }
}

/* What benefits and the population register must not get is left out. */
static void take_the_minimal_set(void)
{
    for (size_t i = 0; i < test.draft.type->field_count; i++) {
        const struct tov_field_rule *rule = &test.draft.type->fields[i];
        if (rule->need == TOV_NEED_FULL || rule->need == TOV_NEED_FORBIDDEN_IN_MINIMAL)
            tov_record_clear(tov_draft_record(&test.draft, rule->place), rule->name);
    }
}

static void write_row(const char *const *row)
{
    test_draft_init(&test, row[TYPE]);
    set_time(row[TIME]);
    test_draft_route(&test, row[FROM], row[TO]);
    test_draft_bases(&test, row[BASES]);
    set_fields(row[FIELDS]);
    set_about(row[ABOUT]);
    if ((test.recipients[0].duties & TOV_DUTIES_MINIMAL) != 0)
        take_the_minimal_set();
}

static void expect_accepted(const char *file, const char *const *row, const char *how)
{
    size_t refusals = test_draft_judge(&test, &findings);
    if (refusals > 0) {
        printf("  %s, row %s, %s (%s):\n", file, row[ROW], row[TYPE], how);
        findings_print(&findings);
    }
    UNIT_EQUAL_INT(refusals, 0);
}

/* As the sender writes it, and as a party gets it that sees the header alone. */
static void expect_writable(const char *file, const char *const *row)
{
    write_row(row);
    expect_accepted(file, row, "written");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    UNIT_OK(tov_draft_encode(&test.draft, &header, &content));
    tov_draft_fini(&test.draft);
    UNIT_NEED(tov_draft_decode(tov_buf_view(&header), NULL, &test.draft, NULL) == TOV_OK);
    expect_accepted(file, row, "header alone");
    test_draft_fini(&test);
}

static size_t expect_story(const char *file)
{
    struct table *table = table_read(file);
    for (size_t i = 0; i < table->count; i++)
        expect_writable(file, table->rows[i]);
    size_t count = table->count;
    table_free(table);
    return count;
}

static void the_release_from_prison_can_be_written(void)
{
    UNIT_EQUAL_INT(expect_story("tests/scenarios/release_rows.tsv"), 104 + 28);
}

static void the_two_concerns_of_the_hotline_can_be_written(void)
{
    UNIT_EQUAL_INT(expect_story("tests/scenarios/concern_rows.tsv"), 77);
}

/* The same message to a release unit: refused wherever it speaks of a case. */
static void no_message_of_the_case_reaches_the_release_channel(void)
{
    struct table *table = table_read("tests/scenarios/release_rows.tsv");
    size_t looked_at = 0;
    for (size_t i = 0; i < table->count; i++) {
        const char *const *row = table->rows[i];
        if (strstr(row[ABOUT], "case:") == NULL && strstr(row[ABOUT], "concern:") == NULL)
            continue;
        write_row(row);
        test_draft_route(&test, row[FROM], "kk/eki");
        (void)test_draft_judge(&test, &findings);
        CU_ASSERT(findings_have(&findings, 8, "about.case_ref") ||
                  findings_have(&findings, 8, "about.concern_ref"));
        looked_at++;
        test_draft_fini(&test);
    }
    CU_ASSERT(looked_at > 70);
    table_free(table);
}

/* Whoever of the row is left without the basis that covers it is named. */
static void each_recipient_needs_its_basis(void)
{
    struct table *table = table_read("tests/scenarios/release_rows.tsv");
    for (size_t i = 0; i < table->count; i++) {
        write_row(table->rows[i]);
        test_draft_bases(&test, "DBL8-2-3");
        (void)test_draft_judge(&test, &findings);
        CU_ASSERT(findings_have(&findings, 1, "recipients.1"));
        test_draft_fini(&test);
    }
    table_free(table);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_release_from_prison_can_be_written),
        UNIT_TEST(the_two_concerns_of_the_hotline_can_be_written),
        UNIT_TEST(no_message_of_the_case_reaches_the_release_channel),
        UNIT_TEST(each_recipient_needs_its_basis),
    };
    return unit_run("case_scenario_routes", tests, sizeof tests / sizeof tests[0]);
}
