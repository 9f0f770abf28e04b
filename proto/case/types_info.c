/* SPDX-License-Identifier: EUPL-1.2
 *
 * Information requests (info.*). Nobody has a duty to share: declining is an answer like the
 * others, and asks for a category, never for a reason (retsplejeloven § 115, stk. 4).
 */
#include "case/types.h"

static const struct tov_field_rule request_fields[] = {
    {TOV_IN_HEADER_FIELDS, "due", TOV_NEED_ALWAYS,
     TOV_TEXT("Svar ønskes senest", "Answer wished by"),
     TOV_TEXT("Senest to hverdage før mødet. Der er ingen pligt til at videregive.",
              "At the latest two working days before the meeting. There is no duty to share.")},
    {TOV_IN_HEADER_FIELDS,
     "meeting",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Mødedato", "Date of the meeting"),
     {0}},
    {TOV_IN_HEADER_FIELDS, "period_from", TOV_NEED_ALWAYS, TOV_TEXT("Periode fra", "Period from"),
     TOV_TEXT("Spørg kun om den periode, der er brug for.", "Ask only for the period needed.")},
    {TOV_IN_HEADER_FIELDS, "period_to", TOV_NEED_ALWAYS, TOV_TEXT("Periode til", "Period to"), {0}},
    {TOV_IN_CONTENT_FIELDS, "questions.question", TOV_NEED_ALWAYS,
     TOV_TEXT("Spørgsmål", "Question"),
     TOV_TEXT("Spørg kun om det, der er nødvendigt for vurderingen.",
              "Ask only for what the assessment needs.")},
    {TOV_IN_CONTENT_FIELDS,
     "questions.dimension",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Dimension", "Dimension"),
     {0}},
};

static const struct tov_field_rule response_fields[] = {
    {TOV_IN_HEADER_FIELDS, "complete", TOV_NEED_ALWAYS,
     TOV_TEXT("Er svaret fuldstændigt?", "Is the answer complete?"),
     TOV_TEXT("nej, hvis der følger mere.", "no, if more will follow.")},
    {TOV_IN_CONTENT_FIELDS,
     "facts.dimension",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Dimension", "Dimension"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "facts.fact", TOV_NEED_ALWAYS, TOV_TEXT("Faktisk oplysning", "Fact"),
     TOV_TEXT("Hvad er set eller sket? Vurderinger skrives for sig.",
              "What was seen or happened? Assessments are written apart.")},
    {TOV_IN_CONTENT_FIELDS, "facts.source", TOV_NEED_ALWAYS, TOV_TEXT("Kilde", "Source"), {0}},
    {TOV_IN_CONTENT_FIELDS,
     "facts.certainty",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Sikkerhed for oplysningen", "Certainty of the fact"),
     {0}},
    {TOV_IN_CONTENT_FIELDS,
     "facts.fact_date",
     TOV_NEED_ALWAYS,
     TOV_TEXT("Oplysningens dato", "Date of the fact"),
     {0}},
    {TOV_IN_CONTENT_FIELDS, "assessment", TOV_NEED_OPTIONAL,
     TOV_TEXT("Egen vurdering", "Own assessment"),
     TOV_TEXT("Skilt fra de faktiske oplysninger.", "Apart from the facts.")},
    {TOV_IN_CONTENT_FIELDS, "third_persons", TOV_NEED_ALWAYS,
     TOV_TEXT("Oplysninger om andre personer", "Information about other persons"),
     TOV_TEXT("Fjern dem, eller begrund, hvorfor de er nødvendige.",
              "Remove it, or justify why it is needed.")},
    {TOV_IN_CONTENT_FIELDS,
     "third_persons_reason",
     TOV_NEED_OPTIONAL,
     TOV_TEXT("Hvorfor er andre personer med?", "Why are other persons mentioned?"),
     {0}},
};

static const struct tov_field_rule decline_fields[] = {
    {TOV_IN_HEADER_FIELDS, "category", TOV_NEED_ALWAYS, TOV_TEXT("Kategori", "Category"),
     TOV_TEXT("Kun kategorien. Der skal ikke gives en begrundelse.",
              "Only the category. No reason is to be given.")},
};

static const struct tov_field_rule clarify_fields[] = {
    TOV_HEAD(ALWAYS, "part", "Spørgsmål eller svar?", "Question or answer?"),
    TOV_BODY_HELP(ALWAYS, "clarification", "Opklaring", "Clarification",
                  "Skriv spørgsmålet eller svaret på det.", "Write the question or its answer."),
};

#define ASKERS TOV_DUTIES_COORDINATORS
#define ASKED                                                                              \
    (TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT | TOV_DUTY_KOMMUNE | TOV_DUTIES_KRFO | \
     TOV_DUTY_PSYCHIATRY)
#define ABOUT_MAY (TOV_ABOUT_CONCERN | TOV_ABOUT_CASE)
#define TO_ASKER                          \
    {                                     \
        {                                 \
            ASKED, ASKERS, TOV_BASES_CASE \
        }                                 \
    }

static const struct tov_message_type types[] = {
    {
        .id = "info.request",
        .version = 1,
        .name = TOV_TEXT("Anmodning om oplysninger", "Information request"),
        .group = TOV_GROUP_INFO,
        .purpose = TOV_TEXT("Tovholderen beder en enhed søge i egne registre før mødet; én besked "
                            "til hver enhed.",
                            "A coordinator asks a unit to search its own registers before the "
                            "meeting; one message for each unit."),
        .header_schema = "InfoRequestHeader",
        .content_schema = "InfoRequestContent",
        TOV_FIELDS(request_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_REQUEST,
        .about_may = ABOUT_MAY,
        .routes = {{ASKERS, ASKED, TOV_BASES_CASE}},
        .answers = {"info.response", "info.none", "info.decline", "info.clarify", "ack.read"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS,
    },
    {
        .id = "info.response",
        .version = 1,
        .name = TOV_TEXT("Svar på anmodning", "Answer to an information request"),
        .group = TOV_GROUP_INFO,
        .purpose = TOV_TEXT("Den spurgte enhed giver de oplysninger, der er nødvendige.",
                            "The unit that was asked gives what is needed."),
        .header_schema = "InfoResponseHeader",
        .content_schema = "InfoResponseContent",
        TOV_FIELDS(response_fields),
        .asks = TOV_ASKS_PERSON | TOV_NEEDS_TARGET | TOV_ASKS_CERTAINTY,
        .relation = "response",
        .about_needs = TOV_ABOUT_REQUEST,
        .about_may = ABOUT_MAY,
        .routes = TO_ASKER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
        .attachments = true,
    },
    {
        .id = "info.none",
        .version = 1,
        .name = TOV_TEXT("Ingen oplysninger", "No information"),
        .group = TOV_GROUP_INFO,
        .purpose = TOV_TEXT("Der er ingen relevante oplysninger. Det siger intet om borgeren.",
                            "There is no relevant information. It says nothing about the citizen."),
        .header_schema = "NoFields",
        .content_schema = "NoFields",
        .asks = TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_REQUEST,
        .about_may = ABOUT_MAY,
        .routes = TO_ASKER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
    },
    {
        .id = "info.decline",
        .version = 1,
        .name = TOV_TEXT("Videregiver ikke", "Declines to share"),
        .group = TOV_GROUP_INFO,
        .purpose =
            TOV_TEXT("Den spurgte enhed videregiver ikke. Det er altid et lovligt svar.",
                     "The unit that was asked does not share. It is always a lawful answer."),
        .header_schema = "InfoDeclineHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(decline_fields),
        .asks = TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_REQUEST,
        .about_may = ABOUT_MAY,
        .routes = TO_ASKER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ANSWERS,
        .gives_no_reason = true,
    },
    {
        .id = "info.clarify",
        .version = 1,
        .name = TOV_TEXT("Opklarende spørgsmål", "Clarifying question"),
        .group = TOV_GROUP_INFO,
        .purpose = TOV_TEXT("Den spurgte enhed spørger, hvad der ønskes oplyst, og får svar af "
                            "tovholderen.",
                            "The unit that was asked wants to know what is meant, and the "
                            "coordinator answers."),
        .header_schema = "InfoClarifyHeader",
        .content_schema = "InfoClarifyContent",
        TOV_FIELDS(clarify_fields),
        .asks = TOV_MAY_SUBJECT | TOV_ASKS_NECESSITY | TOV_NEEDS_TARGET,
        .relation = "response",
        .about_needs = TOV_ABOUT_REQUEST,
        .about_may = ABOUT_MAY,
        .routes = {{ASKED, ASKERS, TOV_BASES_CASE}, {ASKERS, ASKED, TOV_BASES_CASE}},
        .answers = {"info.clarify"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "info.close",
        .version = 1,
        .name = TOV_TEXT("Anmodning lukket", "Request closed"),
        .group = TOV_GROUP_INFO,
        .purpose = TOV_TEXT("Tovholderen har ikke længere brug for oplysningerne; der skal ikke "
                            "svares.",
                            "The coordinator needs the information no longer; no answer is due."),
        .header_schema = "NoFields",
        .content_schema = "NoFields",
        .about_needs = TOV_ABOUT_REQUEST,
        .about_may = ABOUT_MAY,
        .routes = {{ASKERS, ASKED, TOV_BASIS_BIT(AFTALE) | TOV_BASIS_BIT(EGEN)}},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ENDS,
    },
};

const struct tov_type_group tov_types_info = {types, sizeof types / sizeof types[0]};
