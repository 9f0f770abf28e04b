/* SPDX-License-Identifier: EUPL-1.2 */
#include "drafts.h"

#include "support/unit.h"

#include <stdio.h>
#include <string.h>

#define SSP TOV_COOPERATION_BIT(TOV_COOPERATION_SSP)
#define PSP TOV_COOPERATION_BIT(TOV_COOPERATION_PSP)
#define KSP TOV_COOPERATION_BIT(TOV_COOPERATION_KSP)
#define ROLE(name) TOV_ROLE_BIT(TOV_ROLE_##name)

static const struct {
    const char *agency;
    uint16_t number;
    enum tov_regime regime;
    uint32_t roles;
    uint32_t cooperations;
} agencies[] = {
    {"kk", 1, TOV_REGIME_GDPR, ROLE(TOVHOLDER_KOMMUNE) | ROLE(SAGSBEHANDLER) | ROLE(MENTOR),
     SSP | PSP | KSP},
    {"kbh-pol", 2, TOV_REGIME_LED, ROLE(TOVHOLDER_POLITI), SSP | PSP | KSP},
    {"krfo", 3, TOV_REGIME_LED, ROLE(KOORDINATOR_KRFO) | ROLE(HANDLEPLANSANSVARLIG), SSP | KSP},
    {"hotline", 4, TOV_REGIME_GDPR, ROLE(HOTLINE_MEDARB), SSP},
    {"rhp", 5, TOV_REGIME_GDPR, ROLE(OVERLAEGE) | ROLE(PSYK_KONTAKT), PSP},
};

static const struct {
    const char *path;
    uint32_t roles;
} units[] = {
    {"kk/vink", ROLE(TOVHOLDER_KOMMUNE)},
    {"kk/eki", ROLE(SAGSBEHANDLER)},
    {"kk/jku", ROLE(SAGSBEHANDLER)},
    {"kk/ydelse", ROLE(SAGSBEHANDLER)},
    {"kk/folkereg", ROLE(SAGSBEHANDLER)},
    {"kk/sof", ROLE(SAGSBEHANDLER)},
    {"kk/mentor", ROLE(MENTOR)},
    {"kk/coach", ROLE(PAAROERENDECOACH)},
    {"kbh-pol/dks", ROLE(TOVHOLDER_POLITI)},
    {"kbh-pol/efterforskning", ROLE(SAGSBEHANDLER)},
    {"krfo/faengsel", ROLE(HANDLEPLANSANSVARLIG)},
    {"krfo/kif", ROLE(TILSYNSFOERENDE)},
    {"krfo/central", ROLE(KOORDINATOR_KRFO)},
    {"hotline/vagt", ROLE(HOTLINE_MEDARB)},
    {"rhp/psyk", ROLE(OVERLAEGE) | ROLE(PSYK_KONTAKT)},
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
                .cooperations = agencies[a].cooperations,
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

static void put_person(struct test_draft *test)
{
    must(tov_record_put_text(test->draft.header, "purpose", "loesladelse"));
    must(tov_record_put_text(test->draft.content, "necessity",
                             "Kommunen skal have bolig og forsørgelse klar til løsladelsen."));
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

static void fill_release_date(struct test_draft *test)
{
    struct tov_record fields = test->draft.header_fields;
    must(tov_record_put_number(fields, "version", 1));
    must(tov_record_put_date(fields, "date", (struct tov_date){2021, 7, 5}));
    must(tov_record_put_enum(fields, "kind", "proeve_2_3"));
}

static void fill_release_final(struct test_draft *test)
{
    must(tov_record_put_number(test->draft.header_fields, "release_at", 1624864200000));
    must(tov_record_put_text(test->draft.content_fields, "place", "Testby Fængsel"));
    must(tov_record_put_text(test->draft.content_fields, "travel", "Tog kl. 09.40"));
    must(tov_record_put_text(test->draft.content_fields, "met_by", "Mentoren"));
}

static void fill_released(struct test_draft *test)
{
    must(tov_record_put_number(test->draft.header_fields, "released_at",
                               test->context.sent_ms - 3600000u));
    must(tov_record_put_enum(test->draft.header_fields, "kind", "proeve_tilsyn"));
    must(tov_record_put_text(test->draft.content_fields, "address_municipality", "0101"));
    must(tov_record_put_text(test->draft.content_fields, "next_contact",
                             "KiF, mandag den 5. juli kl. 10"));
}

static void fill_refer(struct test_draft *test)
{
    must(tov_record_put_enum(test->draft.header_fields, "measure", "mentor"));
    must(tov_record_put_enum(test->draft.header_fields, "consent_status", "skriftligt"));
    struct tov_record content = test->draft.content_fields;
    struct tov_record child;
    must(tov_record_open(content, "participant", &child));
    must(tov_record_put_text(child, "name", "Magnus Prøvesen"));
    must(tov_record_put_enum(content, "focus", "socialisering"));
    must(tov_record_put_text(content, "goal", "Et fast arbejde og venner uden for miljøet."));
    must(tov_record_put_text(content, "safety", "Ingen"));
    must(tov_record_open(content, "contact", &child));
    must(tov_record_put_text(child, "name", "E. Kontakt"));
}

static void fill_accept(struct test_draft *test)
{
    must(tov_record_put_date(test->draft.header_fields, "expected_start",
                             (struct tov_date){2021, 7, 12}));
}

static void fill_decline(struct test_draft *test)
{
    must(tov_record_put_enum(test->draft.header_fields, "reason", "ingen_plads"));
}

static void fill_request(struct test_draft *test)
{
    struct tov_record fields = test->draft.header_fields;
    must(tov_record_put_date(fields, "due", (struct tov_date){2021, 2, 12}));
    must(tov_record_put_date(fields, "meeting", (struct tov_date){2021, 2, 16}));
    must(tov_record_put_date(fields, "period_from", (struct tov_date){2020, 2, 1}));
    must(tov_record_put_date(fields, "period_to", (struct tov_date){2021, 2, 1}));
    struct tov_record question;
    must(tov_record_open(test->draft.content_fields, "questions", &question));
    must(tov_record_put_enum(question, "dimension", "job"));
    must(tov_record_put_text(question, "question", "Er borgeren i arbejde eller uddannelse?"));
}

static void fill_response(struct test_draft *test)
{
    must(tov_record_put_number(test->draft.header_fields, "complete", 1));
    must(tov_record_put_enum(test->draft.header, "source", "eget_register"));
    must(tov_record_put_enum(test->draft.header, "certainty", "kendt"));
    struct tov_record fact;
    must(tov_record_open(test->draft.content_fields, "facts", &fact));
    must(tov_record_put_enum(fact, "dimension", "job"));
    must(tov_record_put_text(fact, "fact", "Har mødt stabilt i virksomhedspraktik."));
    must(tov_record_put_enum(fact, "source", "eget_register"));
    must(tov_record_put_enum(fact, "certainty", "kendt"));
    must(tov_record_put_date(fact, "fact_date", (struct tov_date){2021, 1, 15}));
    must(tov_record_put_enum(test->draft.content_fields, "third_persons", "ingen"));
}

static void fill_category(struct test_draft *test)
{
    must(tov_record_put_enum(test->draft.header_fields, "category", "ikke_noedvendigt"));
}

static void fill_note(struct test_draft *test)
{
    must(tov_record_put_enum(test->draft.header_fields, "kind", "telefon"));
    must(tov_record_put_text(test->draft.content, "free_text",
                             "Borgeren har fået et midlertidigt værelse fra den 28. juni."));
}

static void fill_amend(struct test_draft *test)
{
    must(tov_record_put_text(test->draft.header_fields, "target_type", "prison.release_final"));
    must(tov_record_put_text(test->draft.content_fields, "reason", "Toget er ændret."));
    struct tov_record change;
    must(tov_record_open(test->draft.content_fields, "changes", &change));
    must(tov_record_put_text(change, "what", "Hjemrejse"));
    must(tov_record_put_text(change, "now", "Tog kl. 10.40"));
}

static void fill_retract(struct test_draft *test)
{
    must(tov_record_put_enum(test->draft.header_fields, "reason", "forkert_modtager"));
}

static void fill_nothing(struct test_draft *test)
{
    (void)test;
}

static const struct {
    const char *id;
    const char *from, *to, *bases, *about;
    const char *relation; /* NULL: no target */
    bool person;
    void (*fill)(struct test_draft *);
} minimal[] = {
    {"msg.note", "krfo/kif", "kk/eki", "BEK-HPL", "episode_ref", NULL, true, fill_note},
    {"ack.read", "kk/eki", "krfo/faengsel", "AFTALE", "episode_ref", "response", false,
     fill_nothing},
    {"msg.amend", "krfo/faengsel", "kk/eki", "BEK-HPL", "episode_ref", "revision", true,
     fill_amend},
    {"msg.retract", "krfo/faengsel", "kk/eki", "BEK-HPL", "episode_ref", "removal", false,
     fill_retract},
    {"info.request", "kk/vink", "krfo/kif", "RPL115-2/1-1", "request_ref", NULL, true,
     fill_request},
    {"info.response", "kk/sof", "kk/vink", "EGEN", "request_ref", "response", true, fill_response},
    {"info.none", "krfo/kif", "kk/vink", "RPL115-2/1-1", "request_ref", "response", false,
     fill_nothing},
    {"info.decline", "kk/sof", "kk/vink", "EGEN", "request_ref", "response", false, fill_category},
    {"intervention.refer", "kk/vink", "kk/mentor", "SAMTYKKE EGEN", "course_ref", NULL, true,
     fill_refer},
    {"intervention.accept", "kk/mentor", "kk/vink", "SAMTYKKE EGEN", "course_ref", "response",
     false, fill_accept},
    {"intervention.decline", "kk/mentor", "kk/vink", "SAMTYKKE", "course_ref", "response", false,
     fill_decline},
    {"intervention.waitlist", "kk/mentor", "kk/vink", "EGEN", "course_ref", "response", false,
     fill_accept},
    {"prison.release_date", "krfo/faengsel", "kk/eki", "BEK-HPL", "episode_ref", NULL, true,
     fill_release_date},
    {"prison.release_final", "krfo/faengsel", "kk/eki", "BEK-HPL", "episode_ref", NULL, true,
     fill_release_final},
    {"prison.released", "krfo/faengsel", "kk/eki", "BEK-HPL", "episode_ref", NULL, true,
     fill_released},
};

void test_draft_init(struct test_draft *test, const char *id)
{
    const struct tov_message_type *type = tov_message_type_find(tov_bytes_of_text(id));
    UNIT_NEED(type != NULL);
    *test = (struct test_draft){0};
    must(tov_draft_create(type, &test->draft));
    for (size_t i = 0; i < sizeof minimal / sizeof minimal[0]; i++) {
        if (strcmp(minimal[i].id, id) != 0)
            continue;
        put_header(test);
        test_draft_day(test, (struct tov_date){2021, 6, 28});
        test_draft_route(test, minimal[i].from, minimal[i].to);
        test_draft_bases(test, minimal[i].bases);
        put_about(test, minimal[i].about);
        if (minimal[i].relation != NULL)
            put_target(test, minimal[i].relation);
        if (minimal[i].person)
            put_person(test);
        minimal[i].fill(test);
        return;
    }
    UNIT_NEED(false && "a minimal draft for every type");
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
