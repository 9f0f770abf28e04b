/* SPDX-License-Identifier: EUPL-1.2
 *
 * Courses (intervention.*): referral to a mentor, a relatives' coach or another measure, and the
 * provider's answer.
 */
#include "case/types.h"

static const struct tov_field_rule refer_fields[] = {
    {TOV_IN_HEADER_FIELDS, "measure", TOV_NEED_ALWAYS, TOV_TEXT("Indsats", "Measure"), {0}},
    {TOV_IN_HEADER_FIELDS, "consent_status", TOV_NEED_ALWAYS, TOV_TEXT("Samtykke", "Consent"),
     TOV_TEXT("Indsatsen er frivillig: samtykket skal være givet, før der henvises uden for egen "
              "myndighed.",
              "The measure is voluntary: consent comes before a referral outside one's own "
              "agency.")},
    TOV_HEAD(OPTIONAL, "person", "Hvem er indsatsen til?", "Whom is the measure for?"),
    {TOV_IN_CONTENT_FIELDS, "participant.name", TOV_NEED_ALWAYS,
     TOV_TEXT("Hvem skal deltage?", "Who takes part?"),
     TOV_TEXT("Borgeren selv, eller ved pårørendecoach den pårørende.",
              "The citizen, or with a relatives' coach the relative.")},
    {TOV_IN_CONTENT_FIELDS, "participant.number", TOV_NEED_OPTIONAL,
     TOV_TEXT("Deltagerens personnummer", "Personal number of the participant"),
     TOV_TEXT("Kun når udføreren har brug for det.", "Only when the provider needs it.")},
    {TOV_IN_CONTENT_FIELDS,
     "participant.phone",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Deltagerens telefon", "Telephone of the participant"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "participant.relation", TOV_NEED_OPTIONAL,
     TOV_TEXT("Relation til borgeren", "Relation to the citizen"),
     TOV_TEXT("For eksempel mor, far eller ægtefælle.", "For example mother, father or spouse.")},
    {TOV_IN_CONTENT_FIELDS, "focus", TOV_NEED_ALWAYS,
     TOV_TEXT("Fokusdimensioner", "Focus dimensions"),
     TOV_TEXT("En til tre. De følges op ved 6-måneders vurderingen.",
              "One to three. The six-month assessment follows them up.")},
    {TOV_IN_CONTENT_FIELDS, "goal", TOV_NEED_ALWAYS,
     TOV_TEXT("Mål med indsatsen", "Goal of the measure"),
     TOV_TEXT("Hvad skal være anderledes for deltageren, når indsatsen slutter?",
              "What should be different for the participant when the measure ends?")},
    {TOV_IN_CONTENT_FIELDS, "safety", TOV_NEED_ALWAYS, TOV_TEXT("Sikkerhed", "Safety"),
     TOV_TEXT("Forhold, som udføreren skal kende af hensyn til sin sikkerhed, eller \"ingen\".",
              "What the provider must know for safety, or \"none\".")},
    {TOV_IN_CONTENT_FIELDS,
     "contact.name",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Kontaktperson hos henviser", "Contact person at the referrer"),
     {0}},
    {TOV_IN_CONTENT_FIELDS,
     "contact.phone",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Kontaktpersonens telefon", "Telephone of the contact person"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "wished_profile", TOV_NEED_OPTIONAL,
     TOV_TEXT("Ønsket profil", "Wished profile"),
     TOV_TEXT("Sprog, køn eller andet, som deltageren ønsker.",
              "Language, gender or other wishes of the participant.")},
    {TOV_IN_CONTENT_FIELDS,
     "triggers",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Kendte udløsende forhold", "Known triggers"),
     {0}},
};

static const struct tov_field_rule accept_fields[] = {
    {TOV_IN_HEADER_FIELDS,
     "expected_start",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Forventet start", "Expected start"),
     {0}},
    {TOV_IN_CONTENT_FIELDS,
     "contact.name",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Kontaktperson hos udfører", "Contact person at the provider"),
     {0}},
    {TOV_IN_CONTENT_FIELDS,
     "contact.phone",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Kontaktpersonens telefon", "Telephone of the contact person"),
     {0}},
};

static const struct tov_field_rule decline_fields[] = {
    {TOV_IN_HEADER_FIELDS, "reason", TOV_NEED_ALWAYS, TOV_TEXT("Begrundelse", "Reason"), {0}},
};

static const struct tov_field_rule waitlist_fields[] = {
    {TOV_IN_HEADER_FIELDS,
     "expected_start",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Forventet start", "Expected start"),
     {0}},
};

#define BACK_TO_REFERRER                                                 \
    {                                                                    \
        {                                                                \
            TOV_DUTIES_PROVIDERS, TOV_DUTIES_REFERRERS, TOV_BASES_COURSE \
        }                                                                \
    }

static const struct tov_message_type types[] = {
    {
        .id = "intervention.refer",
        .version = 1,
        .name = TOV_TEXT("Henvisning til indsats", "Referral to a measure"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Sendes til udføreren efter egen beslutning om indsatsen og med "
                            "borgerens samtykke.",
                            "Sent to the provider after one's own decision on the measure and with "
                            "the citizen's consent."),
        .header_schema = "InterventionReferHeader",
        .content_schema = "InterventionReferContent",
        TOV_FIELDS(refer_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = {{TOV_DUTIES_REFERRERS, TOV_DUTIES_PROVIDERS, TOV_BASES_COURSE}},
        .answers = {"intervention.accept", "intervention.decline", "intervention.waitlist"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS,
        .attachments = true,
    },
    {
        .id = "intervention.accept",
        .version = 1,
        .name = TOV_TEXT("Henvisning modtaget", "Referral accepted"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose =
            TOV_TEXT("Udføreren tager imod henvisningen.", "The provider accepts the referral."),
        .header_schema = "InterventionAcceptHeader",
        .content_schema = "InterventionAcceptContent",
        TOV_FIELDS(accept_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BACK_TO_REFERRER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
    {
        .id = "intervention.decline",
        .version = 1,
        .name = TOV_TEXT("Henvisning afvist", "Referral declined"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Udføreren kan ikke tage imod henvisningen.",
                            "The provider cannot accept the referral."),
        .header_schema = "InterventionDeclineHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(decline_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BACK_TO_REFERRER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS | TOV_EFFECT_ENDS,
    },
    {
        .id = "intervention.waitlist",
        .version = 1,
        .name = TOV_TEXT("Henvisning på venteliste", "Referral on the waiting list"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Udføreren har ikke plads nu, men kan begynde senere.",
                            "The provider has no place now but can begin later."),
        .header_schema = "InterventionWaitlistHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(waitlist_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_TEXT | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BACK_TO_REFERRER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
};

const struct tov_type_group tov_types_intervention = {types, sizeof types / sizeof types[0]};
