/* SPDX-License-Identifier: EUPL-1.2
 *
 * The rules in their order, and what they share.
 */
#include "case/rules.h"

#include "case/danish_time.h"
#include "case/judging.h"

#include <assert.h>
#include <string.h>

static const struct tov_rule_row rows[] = {
    {0, TOV_TEXT("Beskedtypens krav i kataloget", "What the catalogue demands of the type"),
     "kataloget"},
    {1,
     TOV_TEXT("Gyldig hjemmel for afsender og modtager",
              "A legal basis that fits sender and recipient"),
     "retsplejeloven § 115; databeskyttelsesloven; retshåndhævelsesloven"},
    {2,
     TOV_TEXT("§ 115 kræver samarbejdsform og nødvendighed",
              "Section 115 needs a co-operation and necessity"),
     "retsplejeloven § 115, stk. 1-3"},
    {3, TOV_TEXT("Ikke til efterforskning", "Not for investigation"),
     "retsplejeloven § 115, stk. 2"},
    {4,
     TOV_TEXT("Hos politiet kun de forebyggende enheder",
              "At the police only the preventive units"),
     "retsplejeloven § 115, stk. 2"},
    {5,
     TOV_TEXT("At lade være med at videregive kræver ingen begrundelse",
              "Declining to share needs no reason"),
     "retsplejeloven § 115, stk. 4"},
    {7,
     TOV_TEXT("Én enhed for hver myndighed, med begrundelse",
              "One unit for each agency, with a reason"),
     "retsplejeloven § 115 (nødvendighed)"},
    {8,
     TOV_TEXT("Løsladelseskanalen holdes fri af sagen",
              "The release channel is kept free of the case"),
     "databeskyttelsesforordningen art. 5, stk. 1, litra c"},
    {9,
     TOV_TEXT("Helbredsoplysninger videregives af den, der har dem",
              "Health data are released by the professional who has them"),
     "sundhedsloven § 43"},
    {10,
     TOV_TEXT("Oplysninger om strafbare forhold kræver § 8",
              "Data on offences need section 8 as well"),
     "databeskyttelsesloven § 8, stk. 2"},
    {11,
     TOV_TEXT("Tro og politik mærkes, og adfærd beskrives",
              "Belief and politics are marked, behaviour is described"),
     "databeskyttelsesforordningen art. 9"},
    {12, TOV_TEXT("Mindreårige mærkes", "Minors are marked"), "barnets lov"},
    {14,
     TOV_TEXT("Andre personer fjernes eller begrundes", "Third persons are removed or justified"),
     "databeskyttelsesforordningen art. 5, stk. 1, litra c"},
    {16,
     TOV_TEXT("Personnumre: form, aldrig modulus 11", "Personal numbers: form, never modulus 11"),
     "CPR-kontorets vejledning"},
    {17, TOV_TEXT("Samtykke skal være givet, før det bruges", "Consent is given before it is used"),
     "databeskyttelsesforordningen art. 7"},
    {24,
     TOV_TEXT("Rettelser og annulleringer peger på deres besked",
              "Amendments and retractions point to their message"),
     "god forvaltningsskik (notatpligt)"},
    {27, TOV_TEXT("Ingen klassificerede oplysninger", "No classified information"),
     "sikkerhedscirkulæret"},
    {31, TOV_TEXT("Reglerne gælder på deres egne datoer", "Statutes by their dates"),
     "retsplejeloven § 115; barnets lov"},
    {33, TOV_TEXT("Hændelser meldes, når de er sket", "Events are told when they happen"),
     "aftale om overgange"},
};

/* In the order of the rows. */
static void (*const judges[])(struct tov_judging *) = {
    tov_rule_required,      tov_rule_basis,   tov_rule_section_115, tov_rule_purpose,
    tov_rule_police,        tov_rule_decline, tov_rule_recipients,  tov_rule_channel,
    tov_rule_health,        tov_rule_offence, tov_rule_belief,      tov_rule_minor,
    tov_rule_third_persons, tov_rule_number,  tov_rule_consent,     tov_rule_revision,
    tov_rule_classified,    tov_rule_statute, tov_rule_event,
};
#define RULES (sizeof rows / sizeof rows[0])
_Static_assert(sizeof judges / sizeof judges[0] == RULES, "one function for each rule");

size_t tov_rule_count(void)
{
    return RULES;
}

const struct tov_rule_row *tov_rule_at(size_t index)
{
    assert(index < RULES);
    return &rows[index];
}

void tov_judge_say(struct tov_judging *judging, struct tov_finding_words words)
{
    words.rule = judging->row->number;
    words.source = judging->row->source;
    tov_findings_add(judging->findings, &words);
}

static uint64_t known_bases(const struct tov_draft *draft)
{
    uint64_t mask = 0;
    struct tov_value value;
    for (size_t i = 0; tov_record_get(draft->header, "legal_bases", i, &value) == TOV_OK; i++) {
        const struct tov_basis *basis = tov_basis_find(value.bytes);
        if (basis != NULL)
            mask |= UINT64_C(1) << basis->code;
    }
    return mask;
}

void tov_draft_judge(const struct tov_draft *draft, const struct tov_rule_context *context,
                     struct tov_findings *out_findings)
{
    struct tov_judging judging = {
        .draft = draft,
        .context = context,
        .findings = out_findings,
        .bases = known_bases(draft),
        .in_release_channel = (context->sender.duties & TOV_DUTIES_RELEASE) != 0,
    };
    for (size_t i = 0; i < context->recipient_count; i++) {
        uint32_t duties = context->recipients[i].duties;
        judging.in_release_channel |= (duties & TOV_DUTIES_RELEASE) != 0;
        judging.minimal |= (duties & TOV_DUTIES_MINIMAL) != 0;
    }
    for (size_t i = 0; i < RULES; i++) {
        judging.row = &rows[i];
        judges[i](&judging);
    }
}

bool tov_draft_has_category(const struct tov_draft *draft, const char *category)
{
    struct tov_value value;
    for (size_t i = 0; tov_record_get(draft->header, "categories", i, &value) == TOV_OK; i++) {
        if (strcmp(value.name, category) == 0)
            return true;
    }
    return false;
}

bool tov_draft_tells_of_offence(const struct tov_draft *draft)
{
    return draft->type->tells_of_offence || tov_draft_has_category(draft, "strafbart_forhold");
}

struct tov_date tov_judge_event_day(const struct tov_judging *judging)
{
    if (tov_record_count(judging->draft->header, "occurred_at") == 0)
        return judging->context->sent;
    return tov_danish_time_of(tov_record_number(judging->draft->header, "occurred_at")).date;
}
