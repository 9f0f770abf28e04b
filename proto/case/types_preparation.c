/* SPDX-License-Identifier: EUPL-1.2
 *
 * Preparing a release (prison.*, release.*, kommune.*, transition.*), and the prison service's own
 * concern (krfo.concern), which is always a message of its own.
 */
#include "case/types.h"

static const struct tov_field_rule contact_fields[] = {
    TOV_BODY(ALWAYS, "contact.name", "Kontaktperson", "Contact person"),
    TOV_CONTACT_PLACE(ALWAYS),
    TOV_BODY(OPTIONAL, "contact.mail", "Mail", "Mail address"),
    TOV_BODY(OPTIONAL, "contact.stand_in", "Stedfortræder", "Stand-in"),
};

static const struct tov_field_rule records_fields[] = {
    TOV_HEAD(ALWAYS, "topics", "Hvilke emner?", "Which topics?"),
    TOV_HEAD_HELP(ALWAYS, "permission_on", "Skriftlig tilladelse givet den",
                  "Written permission given on", "Tilladelsen vedhæftes.",
                  "The permission is attached."),
    TOV_HEAD(OPTIONAL, "due", "Svar ønskes senest", "Answer wished by"),
    TOV_BODY(OPTIONAL, "question", "Hvad er der brug for?", "What is needed?"),
};

static const struct tov_field_rule plan_fields[] = {
    TOV_HEAD_HELP(OPTIONAL, "covers_release", "Omfatter planen tiden efter løsladelsen?",
                  "Does the plan cover the time after release?",
                  "nej, når borgeren er udvist ved dom.", "no when expelled by judgment."),
    TOV_BODY(ALWAYS, "goals.topic", "Emne", "Topic"),
    TOV_BODY(ALWAYS, "goals.goal", "Mål", "Goal"),
    TOV_BODY(OPTIONAL, "goals.action", "Hvad skal der ske?", "What is to be done?"),
    TOV_BODY(OPTIONAL, "goals.owner", "Hvem gør det?", "Who does it?"),
};

static const struct tov_field_rule handleplan_fields[] = {
    TOV_HEAD(ALWAYS, "status", "Handleplanens status", "Status of the plan"),
    TOV_BODY(OPTIONAL, "aim", "Formålet med indsatsen", "Aim of the effort"),
    TOV_BODY(OPTIONAL, "effort", "Indsatsen", "The effort"),
    TOV_BODY(OPTIONAL, "duration", "Forventet varighed", "Expected duration"),
    TOV_BODY(OPTIONAL, "other", "Bolig, arbejde, behandling og andet",
             "Housing, work, treatment and other"),
};

static const struct tov_field_rule coordinate_fields[] = {
    TOV_HEAD(ALWAYS, "earliest_parole", "Tidligst mulige prøveløsladelse",
             "Earliest possible parole"),
    TOV_HEAD(OPTIONAL, "sentence_end", "Endt straf", "End of sentence"),
    TOV_BODY(ALWAYS, "needs", "Hvad skal koordineres?", "What is to be coordinated?"),
};

static const struct tov_field_rule meeting_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Indkaldelse eller referat?", "Call or minutes?"),
    TOV_HEAD(ALWAYS, "held", "Mødedato", "Date of the meeting"),
    TOV_BODY_HELP(ALWAYS, "participants", "Deltagere", "Participants",
                  "Navne og funktioner på medarbejdere.", "Names and functions of staff."),
    TOV_BODY(ALWAYS, "topics", "Emner", "Topics"),
    TOV_BODY(OPTIONAL, "agreed", "Hvad er aftalt?", "What was agreed?"),
};

static const struct tov_field_rule measures_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "bolig", "Bolig", "Housing",
                  "groen: på plads eller ikke relevant. gul: midlertidig løsning. roed: mangler.",
                  "groen: settled or not relevant. gul: a temporary solution. roed: missing."),
    TOV_HEAD(ALWAYS, "forsoergelse", "Forsørgelse", "Income"),
    TOV_HEAD(ALWAYS, "job", "Job og uddannelse", "Work and education"),
    TOV_HEAD(ALWAYS, "behandling", "Behandling", "Treatment"),
    TOV_HEAD(ALWAYS, "kontaktperson", "Kontaktperson", "Contact person"),
    TOV_HEAD(ALWAYS, "id_mitid", "Legitimation og MitID", "Identity papers and MitID"),
    TOV_HEAD(ALWAYS, "gaeld", "Gæld", "Debts"),
};

static const struct tov_field_rule ready_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "release_date", "For løsladelsen den", "For the release on",
                  "Bekræftelsen falder, hvis datoen ændres.",
                  "The confirmation falls when the date changes."),
};

static const struct tov_field_rule concern_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "review_by", "Vurderes igen senest", "To be reviewed by",
                  "Indberetningen udløber, hvis den ikke fornyes.",
                  "The report expires unless it is renewed."),
    TOV_HEAD_HELP(OPTIONAL, "acute", "Er nogen i fare nu?", "Is anybody in danger now?",
                  "Ja: ring først.", "Yes: phone first."),
    TOV_HEAD(OPTIONAL, "environment", "Formodet miljø", "Suspected environment"),
    TOV_BODY_HELP(ALWAYS, "facts.fact", "Hvad er set eller sket?", "What was seen or heard?",
                  "Det, der er set og hørt, ikke hvad det kan betyde.",
                  "What was seen and heard, not what it may mean."),
    TOV_BODY(ALWAYS, "facts.observed_when", "Hvornår?", "When?"),
    TOV_BODY(ALWAYS, "facts.observed_by", "Af hvem?", "By whom?"),
    TOV_BODY(OPTIONAL, "signs", "Hvilke områder vækker bekymring?", "Which areas raise concern?"),
    TOV_BODY_HELP(OPTIONAL, "assessment", "Vurdering", "Assessment", "Skilt fra det sete.",
                  "Apart from what was seen."),
    TOV_BODY(OPTIONAL, "category_code", "Kriminalforsorgens kategori",
             "Category of the prison service"),
};

static const struct tov_message_type types[] = {
    {
        .id = "prison.contact",
        .version = 1,
        .name = TOV_TEXT("Handleplansansvarlig udpeget", "Plan-responsible officer appointed"),
        .mnemonic = "KONT",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Kriminalforsorgen siger, hvem kommunen skal tale med.",
                            "The prison service tells whom the kommune should talk to."),
        .header_schema = "NoFields",
        .content_schema = "ContactContent",
        TOV_FIELDS(contact_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .answers = {"release.kommune_contact"},
        .channel = TOV_CHANNEL_BOTH,
        .tells_of_offence = true,
    },
    {
        .id = "release.kommune_contact",
        .version = 1,
        .name = TOV_TEXT("Kommunal kontaktperson", "Contact person of the kommune"),
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Kommunen siger, hvem Kriminalforsorgen skal tale med.",
                            "The kommune tells whom the prison service should talk to."),
        .header_schema = "NoFields",
        .content_schema = "ContactContent",
        TOV_FIELDS(contact_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .routes = {TOV_DESKS_TO_KRFO},
        .channel = TOV_CHANNEL_RELEASE,
        .tells_of_offence = true,
    },
    {
        .id = "prison.records_request",
        .version = 1,
        .name = TOV_TEXT("Indhentning af sagsakter", "Request for records"),
        .mnemonic = "AKTER",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Kriminalforsorgen beder om akter, med den indsattes skriftlige "
                            "tilladelse.",
                            "The prison service asks for records, with the inmate's written "
                            "permission."),
        .header_schema = "PrisonRecordsRequestHeader",
        .content_schema = "PrisonRecordsRequestContent",
        TOV_FIELDS(records_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .routes = {{TOV_DUTIES_KRFO, TOV_DUTY_RELEASE_DESK | TOV_DUTY_KOMMUNE | TOV_DUTY_PSYCHIATRY,
                    TOV_BASIS_BIT(SAMTYKKE)}},
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_FREE,
        .attachments = true,
        .tells_of_offence = true,
    },
    {
        .id = "prison.plan",
        .version = 1,
        .name = TOV_TEXT("Handleplan", "Action plan"),
        .mnemonic = "HPLAN",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Kriminalforsorgens handleplan er lagt eller ændret.",
                            "The plan of the prison service was made or changed."),
        .header_schema = "PrisonPlanHeader",
        .content_schema = "PrisonPlanContent",
        TOV_FIELDS(plan_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .attachments = true,
        .tells_of_offence = true,
    },
    {
        .id = "kommune.handleplan",
        .version = 1,
        .name = TOV_TEXT("Kommunal handleplan", "Action plan of the kommune"),
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT(
            "Kommunens handleplan er tilbudt borgeren, accepteret eller afslået af borgeren, "
            "eller ændret.",
            "The plan of the kommune was offered to the citizen, accepted or "
            "declined by the citizen, or changed."),
        .header_schema = "KommuneHandleplanHeader",
        .content_schema = "KommuneHandleplanContent",
        TOV_FIELDS(handleplan_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .routes = {TOV_DESKS_TO_KRFO},
        .channel = TOV_CHANNEL_RELEASE,
        .attachments = true,
        .tells_of_offence = true,
    },
    {
        .id = "prison.coordinate",
        .version = 1,
        .name = TOV_TEXT("Henvendelse om koordinering", "Contact about coordination"),
        .mnemonic = "KOORD",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Senest et år før en mulig prøveløsladelse: hvad skal koordineres?",
                            "At least a year before a possible parole: what is to be "
                            "coordinated?"),
        .header_schema = "PrisonCoordinateHeader",
        .content_schema = "PrisonCoordinateContent",
        TOV_FIELDS(coordinate_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .tells_of_offence = true,
    },
    {
        .id = "prison.release_meeting",
        .version = 1,
        .name = TOV_TEXT("Løsladelsesmøde", "Release meeting"),
        .mnemonic = "LMØDE",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Indkaldelse til løsladelsesmødet eller referat af det. Sagens del af "
                            "mødet holdes for sig.",
                            "Call to the release meeting or its minutes. The part about the case "
                            "is held apart."),
        .header_schema = "PrisonReleaseMeetingHeader",
        .content_schema = "PrisonReleaseMeetingContent",
        TOV_FIELDS(meeting_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = TOV_KRFO_TO_BOTH,
        .channel = TOV_CHANNEL_BOTH,
        .attachments = true,
        .tells_of_offence = true,
    },
    {
        .id = "release.measures",
        .version = 1,
        .name = TOV_TEXT("Status for løsladelsesforberedelse", "Status of the preparation"),
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Kommunen viser for hvert emne, om det er på plads til løsladelsen.",
                            "The kommune shows for each topic whether it is settled for the "
                            "release."),
        .header_schema = "ReleaseMeasuresHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(measures_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .routes = {TOV_DESKS_TO_KRFO},
        .channel = TOV_CHANNEL_RELEASE,
        .attachments = true,
        .tells_of_offence = true,
    },
    {
        .id = "transition.ready",
        .version = 1,
        .name = TOV_TEXT("Klar til løsladelse", "Ready for release"),
        .mnemonic = "KLAR",
        .group = TOV_GROUP_PRISON,
        .purpose = TOV_TEXT("Kommunen og Kriminalforsorgen bekræfter hver for sig, at alt er klar; "
                            "den anden nævner den første.",
                            "The kommune and the prison service each confirm that all is ready; "
                            "the second cites the first."),
        .header_schema = "TransitionReadyHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(ready_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_EPISODE,
        .about_may = TOV_ABOUT_CASE,
        .routes = {TOV_DESKS_TO_KRFO,
                   TOV_KRFO_TO_DESKS,
                   TOV_KRFO_TO_CASE,
                   TOV_KRFO_TO_KRFO,
                   {TOV_DUTY_COORDINATOR_KOMMUNE, TOV_DUTIES_PARTY,
                    TOV_BASES_KSP | TOV_BASIS_BIT(EGEN)}},
        .channel = TOV_CHANNEL_BOTH,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_TWO_SIGNERS,
        .tells_of_offence = true,
    },
    {
        .id = "krfo.concern",
        .version = 1,
        .name = TOV_TEXT("Indberetning af bekymring om radikalisering",
                         "Report of a worry about radicalisation"),
        .mnemonic = "BEKF",
        .group = TOV_GROUP_PRISON,
        .purpose =
            TOV_TEXT("En medarbejders indberetning, vurderet centralt, bliver en henvendelse "
                     "til infohuset.",
                     "A staff report, assessed centrally, becomes a concern of the "
                     "Infohus."),
        .header_schema = "KrfoConcernHeader",
        .content_schema = "KrfoConcernContent",
        TOV_FIELDS(concern_fields),
        .asks = TOV_ASKS_PERSON | TOV_ASKS_CERTAINTY,
        .about_needs = TOV_ABOUT_CONCERN,
        .about_may = TOV_ABOUT_EPISODE,
        .routes = {{TOV_DUTIES_KRFO, TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT,
                    TOV_BASES_KRFO_CASE}},
        .answers = {"concern.receipt", "ack.read"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS,
        .attachments = true,
        .tells_of_offence = true,
    },
};

const struct tov_type_group tov_types_preparation = {types, sizeof types / sizeof types[0]};
