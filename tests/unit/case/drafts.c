/* SPDX-License-Identifier: EUPL-1.2 */
#include "drafts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "case/danish_time.h"
#include "support/unit.h"
#include "table.h"

#define SSP TOV_COOPERATION_BIT(TOV_COOPERATION_SSP)
#define PSP TOV_COOPERATION_BIT(TOV_COOPERATION_PSP)
#define KSP TOV_COOPERATION_BIT(TOV_COOPERATION_KSP)
#define ROLE(name) TOV_ROLE_BIT(TOV_ROLE_##name)

static const struct {
    const char *agency;
    uint16_t number;
    enum tov_regime regime;
    uint32_t roles; /* of all its units */
} agencies[] = {
    {"kk", 1, TOV_REGIME_GDPR, ROLE(TOVHOLDER_KOMMUNE) | ROLE(SAGSBEHANDLER) | ROLE(MENTOR)},
    {"kbh-pol", 2, TOV_REGIME_LED, ROLE(TOVHOLDER_POLITI)},
    {"krfo", 3, TOV_REGIME_LED, ROLE(KOORDINATOR_KRFO) | ROLE(HANDLEPLANSANSVARLIG)},
    {"hotline", 4, TOV_REGIME_GDPR, ROLE(HOTLINE_MEDARB)},
    {"rhp", 5, TOV_REGIME_GDPR, ROLE(OVERLAEGE) | ROLE(PSYK_KONTAKT)},
    /* another kommune with its Infohus */
    {"aarhus", 6, TOV_REGIME_GDPR, ROLE(TOVHOLDER_KOMMUNE)},
};

static const struct {
    const char *path;
    uint32_t roles;
    uint32_t cooperations;
} units[] = {
    {"kk/vink", ROLE(TOVHOLDER_KOMMUNE), SSP | PSP | KSP},
    {"kk/eki", ROLE(SAGSBEHANDLER), KSP},
    {"kk/jku", ROLE(SAGSBEHANDLER), KSP},
    {"kk/ydelse", ROLE(SAGSBEHANDLER), 0},
    {"kk/folkereg", ROLE(SAGSBEHANDLER), 0},
    {"kk/sof", ROLE(SAGSBEHANDLER), SSP | PSP | KSP},
    {"kk/ssp", ROLE(SAGSBEHANDLER), SSP},
    {"kk/jobcenter", ROLE(SAGSBEHANDLER), SSP | PSP | KSP},
    {"kk/mentor", ROLE(MENTOR), 0},
    {"kk/coach", ROLE(PAAROERENDECOACH), 0},
    {"kbh-pol/dks", ROLE(TOVHOLDER_POLITI), SSP | PSP | KSP},
    {"kbh-pol/efterforskning", ROLE(SAGSBEHANDLER), SSP | PSP | KSP},
    {"krfo/faengsel", ROLE(HANDLEPLANSANSVARLIG), SSP | KSP},
    {"krfo/kif", ROLE(TILSYNSFOERENDE), SSP | KSP},
    {"krfo/central", ROLE(KOORDINATOR_KRFO), SSP | KSP},
    {"hotline/vagt", ROLE(HOTLINE_MEDARB), SSP},
    {"rhp/psyk", ROLE(OVERLAEGE) | ROLE(PSYK_KONTAKT), PSP},
    {"aarhus/infohus", ROLE(TOVHOLDER_KOMMUNE), SSP | PSP | KSP},
};

struct tov_unit_facts unit_facts(const char *path)
{
    const char *slash = strchr(path, '/');
    UNIT_NEED(slash != NULL);
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        if (strcmp(units[u].path, path) != 0)
            continue;
        for (size_t a = 0; a < sizeof agencies / sizeof agencies[0]; a++) {
            if (strlen(agencies[a].agency) != (size_t)(slash - path) ||
                strncmp(agencies[a].agency, path, (size_t)(slash - path)) != 0)
                continue;
            return tov_unit_facts_of(&(struct tov_unit_source){
                .agency = agencies[a].number,
                .regime = agencies[a].regime,
                .agency_roles = agencies[a].roles,
                .unit_name = strchr(units[u].path, '/') + 1,
                .unit_roles = units[u].roles,
                .cooperations = units[u].cooperations,
            });
        }
    }
    UNIT_NEED(false && "a unit of the demo federation");
    return (struct tov_unit_facts){0};
}

/* The next word of *AT, which is moved on; false at the end. */
static bool next_word(const char **at, char out[64])
{
    while (**at == ' ')
        (*at)++;
    size_t size = strcspn(*at, " ");
    if (size == 0)
        return false;
    UNIT_NEED(size < 64);
    memcpy(out, *at, size);
    out[size] = '\0';
    *at += size;
    return true;
}

static void must(enum tov_err err)
{
    UNIT_NEED(err == TOV_OK);
}

void test_draft_route(struct test_draft *test, const char *from, const char *to)
{
    struct tov_record header = test->draft.header;
    test->context.sender = unit_facts(from);
    must(tov_record_put_text(header, "sender_origin", "infohus-demo/x/1"));
    must(tov_record_put_text(header, "sender_unit", test->context.sender.name));
    tov_record_clear(header, "recipients");
    test->context.recipient_count = 0;
    char path[64];
    while (next_word(&to, path)) {
        struct tov_unit_facts facts = unit_facts(path);
        struct tov_record recipient;
        must(tov_record_open(header, "recipients", &recipient));
        must(tov_record_put_number(recipient, "agency", facts.agency));
        must(tov_record_put_text(recipient, "unit", facts.name));
        must(tov_record_put_enum(recipient, "right", "all"));
        if ((test->draft.type->asks & TOV_ASKS_NECESSITY) != 0)
            must(tov_record_put_text(recipient, "need_reason", "Har opgaven efter aftalen."));
        UNIT_NEED(test->context.recipient_count < 4);
        test->recipients[test->context.recipient_count++] = facts;
    }
    test->context.recipients = test->recipients;
}

void test_draft_bases(struct test_draft *test, const char *codes)
{
    char code[64];
    tov_record_clear(test->draft.header, "legal_bases");
    while (next_word(&codes, code))
        must(tov_record_put_text(test->draft.header, "legal_bases", code));
}

void test_draft_day(struct test_draft *test, struct tov_date day)
{
    test->context.sent = day;
    test->context.sent_ms = (uint64_t)tov_date_to_days(day) * 86400000u + 11u * 3600000u;
    must(
        tov_record_put_number(test->draft.header, "occurred_at", test->context.sent_ms - 3600000u));
    must(
        tov_record_put_number(test->draft.header, "recorded_at", test->context.sent_ms - 3600000u));
}

struct tov_record test_draft_about(struct test_draft *test)
{
    struct tov_record about;
    must(tov_record_open(test->draft.header, "about", &about));
    return about;
}

static void put_about(struct test_draft *test, const char *field)
{
    uint8_t id[16] = {0};
    memset(id, (int)strlen(field), sizeof id);
    must(tov_record_put_bytes(test_draft_about(test), field, TOV_BYTES_OF(id)));
}

void test_draft_about_only(struct test_draft *test, const char *field)
{
    tov_record_clear(test->draft.header, "about");
    put_about(test, field);
}

static void put_header(struct test_draft *test)
{
    struct tov_record header = test->draft.header;
    uint8_t id[16] = {9, 8, 7};
    must(tov_record_put_bytes(header, "message_id", TOV_BYTES_OF(id)));
    struct tov_record author;
    must(tov_record_open(header, "author", &author));
    must(tov_record_put_text(author, "person", "ab12"));
    must(tov_record_put_enum(author, "role", "sagsbehandler"));
}

static void put_necessity(struct test_draft *test)
{
    must(tov_record_put_text(test->draft.header, "purpose", "loesladelse"));
    must(tov_record_put_text(test->draft.content, "necessity",
                             "Kommunen skal have bolig og forsørgelse klar til løsladelsen."));
}

static void put_subject(struct test_draft *test)
{
    struct tov_record subject;
    must(tov_record_open(test->draft.content, "subject", &subject));
    must(tov_record_put_text(subject, "name", "Magnus Prøvesen"));
    must(tov_record_put_enum(subject, "number_kind", "erstatningspersonnummer"));
    must(tov_record_put_text(subject, "number", "720493-0151"));
}

static void put_target(struct test_draft *test, const char *relation)
{
    struct tov_ref ref = {.agency = 3, .generation = 1, .index = 17};
    memset(ref.leaf.bytes, 5, sizeof ref.leaf.bytes);
    must(tov_record_put_ref(test->draft.header, "in_reply_to", &ref));
    must(tov_record_put_enum(test->draft.header, "relation", relation));
}

/* ---- fields as text ---- */

/* What a thing or event is called in a table, as its UUID. */
void test_draft_id(const char *name, uint8_t out[TOV_UUID_BYTES])
{
    memset(out, 0, TOV_UUID_BYTES);
    UNIT_NEED(strlen(name) <= TOV_UUID_BYTES);
    memcpy(out, name, strlen(name));
}

struct assignment {
    char head[64];
    size_t index; /* from 1; 0: not in a list of records */
    char leaf[64];
    char value[256];
};

static struct assignment split_assignment(const char *text, size_t size)
{
    struct assignment out = {0};
    const char *equals = memchr(text, '=', size);
    UNIT_NEED(equals != NULL);
    char path[128];
    (void)snprintf(path, sizeof path, "%.*s", (int)(equals - text), text);
    (void)snprintf(out.value, sizeof out.value, "%.*s", (int)(size - (size_t)(equals - text) - 1),
                   equals + 1);
    char index[64] = "";
    int parts = sscanf(path, "%63[^.].%63[^.].%63[^.]", out.head, index, out.leaf);
    if (parts == 2)
        memcpy(out.leaf, index, sizeof out.leaf);
    if (parts == 3)
        out.index = (size_t)strtoul(index, NULL, 10);
    return out;
}

/* The record that has the field HEAD: the type's own first, content before header. */
static struct tov_record record_with(struct test_draft *test, const char *head,
                                     struct tov_field *out_field)
{
    struct tov_record records[] = {test->draft.header_fields, test->draft.content_fields,
                                   test->draft.content, test->draft.header};
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        if (tov_schema_find_field(tov_record_schema(records[i]), head, out_field))
            return records[i];
    }
    (void)fprintf(stderr, "%s has no field %s\n", test->draft.type->id, head);
    UNIT_NEED(false && "a field of the type");
    return (struct tov_record){0};
}

static uint64_t agency_number(const char *name)
{
    for (size_t i = 0; i < sizeof agencies / sizeof agencies[0]; i++) {
        if (strcmp(agencies[i].agency, name) == 0)
            return agencies[i].number;
    }
    return strtoul(name, NULL, 10);
}

static void put_bytes(struct tov_record record, const struct tov_field *field, const char *text)
{
    uint8_t id[TOV_UUID_BYTES];
    if (strlen(text) < 2 * sizeof id) {
        test_draft_id(text, id);
        must(tov_record_put_bytes(record, field->name, TOV_BYTES_OF(id)));
        return;
    }
    size_t size = 0;
    uint8_t *bytes = unit_hex(text, &size);
    must(tov_record_put_bytes(record, field->name, (struct tov_bytes){bytes, size}));
    free(bytes);
}

static void put_value(struct test_draft *test, struct tov_record record,
                      const struct tov_field *field, const char *text)
{
    struct tov_date date;
    uint64_t time_ms = test->context.sent_ms - 3600000u;
    bool is_time = strcmp(text, "-1h") == 0;
    switch (field->kind) {
    case TOV_FIELD_TEXT:
        must(tov_record_put_text(record, field->name, text));
        break;
    case TOV_FIELD_BOOL:
        UNIT_NEED(strcmp(text, "ja") == 0 || strcmp(text, "nej") == 0);
        must(tov_record_put_number(record, field->name, text[0] == 'j'));
        break;
    case TOV_FIELD_INT:
        must(tov_record_put_number(record, field->name, agency_number(text)));
        break;
    case TOV_FIELD_DATE:
        UNIT_NEED(tov_danish_date_parse(tov_bytes_of_text(text), &date));
        must(tov_record_put_date(record, field->name, date));
        break;
    case TOV_FIELD_TIME:
        UNIT_NEED(is_time || tov_danish_time_parse(tov_bytes_of_text(text), &time_ms));
        must(tov_record_put_number(record, field->name, time_ms));
        break;
    case TOV_FIELD_ENUM:
        must(tov_record_put_enum(record, field->name, text));
        break;
    case TOV_FIELD_UUID:
    case TOV_FIELD_HASH:
    case TOV_FIELD_BYTES:
        put_bytes(record, field, text);
        break;
    case TOV_FIELD_RECORD:
        UNIT_NEED(false && "a field of the record, not the record");
    }
}

static void put_assignment(struct test_draft *test, const struct assignment *assignment)
{
    struct tov_field field;
    struct tov_record record = record_with(test, assignment->head, &field);
    if (assignment->leaf[0] != '\0') {
        struct tov_record child;
        bool is_there = assignment->index > 0 &&
                        assignment->index <= tov_record_count(record, assignment->head);
        if (is_there)
            UNIT_NEED(tov_record_child(record, assignment->head, assignment->index - 1, &child));
        else
            must(tov_record_open(record, assignment->head, &child));
        UNIT_NEED(tov_schema_find_field(field.record, assignment->leaf, &field));
        record = child;
    }
    if (!field.repeated) {
        put_value(test, record, &field, assignment->value);
        return;
    }
    char one[256];
    for (const char *at = assignment->value; *at != '\0';) {
        size_t size = strcspn(at, "+");
        (void)snprintf(one, sizeof one, "%.*s", (int)size, at);
        put_value(test, record, &field, one);
        at += size + (at[size] == '+' ? 1 : 0);
    }
}

void test_draft_put(struct test_draft *test, const char *fields)
{
    if (strcmp(fields, "-") == 0)
        return;
    for (const char *at = fields; *at != '\0';) {
        at += strspn(at, " ");
        size_t size = strcspn(at, ";");
        struct assignment assignment = split_assignment(at, size);
        put_assignment(test, &assignment);
        at += size + (at[size] == ';' ? 1 : 0);
    }
}

/* ---- minimal drafts ---- */

/* Columns of drafts.tsv. */
enum { ROW_TYPE, ROW_FROM, ROW_TO, ROW_BASES, ROW_ABOUT, ROW_RELATION, ROW_WHO, ROW_FIELDS };

static const char *const *minimal_row(const char *id)
{
    static struct table *table;
    if (table == NULL)
        table = table_read("tests/unit/case/drafts.tsv");
    for (size_t i = 0; i < table->count; i++) {
        if (strcmp(table->rows[i][ROW_TYPE], id) == 0)
            return table->rows[i];
    }
    (void)fprintf(stderr, "%s is not in drafts.tsv\n", id);
    UNIT_NEED(false && "a minimal draft for every type");
    return NULL;
}

static void put_things(struct test_draft *test, const char *things)
{
    char thing[64], field[80];
    while (strcmp(things, "-") != 0 && next_word(&things, thing)) {
        (void)snprintf(field, sizeof field, "%s_ref", thing);
        put_about(test, field);
    }
}

void test_draft_init(struct test_draft *test, const char *id)
{
    const struct tov_message_type *type = tov_message_type_find(tov_bytes_of_text(id));
    UNIT_NEED(type != NULL);
    const char *const *row = minimal_row(id);
    *test = (struct test_draft){0};
    must(tov_draft_create(type, &test->draft));
    put_header(test);
    test_draft_day(test, (struct tov_date){2021, 6, 28});
    test_draft_route(test, row[ROW_FROM], row[ROW_TO]);
    test_draft_bases(test, row[ROW_BASES]);
    put_things(test, row[ROW_ABOUT]);
    if (strcmp(row[ROW_RELATION], "-") != 0)
        put_target(test, row[ROW_RELATION]);
    bool all = strcmp(row[ROW_WHO], "all") == 0;
    if (all || strcmp(row[ROW_WHO], "why") == 0)
        put_necessity(test);
    if (all || strcmp(row[ROW_WHO], "name") == 0)
        put_subject(test);
    test_draft_put(test, row[ROW_FIELDS]);
}

void test_draft_fini(struct test_draft *test)
{
    tov_draft_fini(&test->draft);
}

size_t test_draft_judge(struct test_draft *test, struct tov_findings *out_findings)
{
    memset(out_findings, 0, sizeof *out_findings);
    tov_draft_judge(&test->draft, &test->context, out_findings);
    size_t refusals = 0;
    for (size_t i = 0; i < out_findings->count; i++)
        refusals += out_findings->items[i].severity == TOV_REFUSES ? 1 : 0;
    return refusals;
}

bool findings_have(const struct tov_findings *findings, unsigned rule, const char *field)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct tov_finding *finding = &findings->items[i];
        if (finding->severity != TOV_NOTES && finding->rule == rule &&
            strcmp(finding->field, field) == 0)
            return true;
    }
    return false;
}

void findings_print(const struct tov_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        const struct tov_finding *finding = &findings->items[i];
        if (finding->severity != TOV_NOTES)
            printf("    rule %u, %s, line %u: %s | %s\n", finding->rule, finding->field,
                   finding->line, finding->reason_en, finding->remedy_en);
    }
}
