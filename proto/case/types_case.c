/* SPDX-License-Identifier: EUPL-1.2
 *
 * Coordination of a case (case.*), from its opening to its reviews. The house recommends; each
 * authority decides for itself.
 */
#include "case/types.h"

static const struct tov_field_rule open_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "next_review", "Næste nødvendighedsvurdering", "Next review of necessity",
                  "Højst tre måneder frem.", "At most three months ahead."),
    TOV_BODY_HELP(ALWAYS, "parties.unit", "Part", "Party", "For eksempel krfo/kif.",
                  "For example krfo/kif."),
    TOV_BODY(ALWAYS, "parties.why", "Hvorfor er den part?", "Why is it a party?"),
    TOV_BODY(ALWAYS, "parties.lead", "Partens kontaktperson", "Contact person of the party"),
    TOV_BODY(OPTIONAL, "parties.phone", "Kontaktpersonens telefon", "Telephone of the contact"),
};

static const struct tov_field_rule invite_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "invited", "Hvilken myndighed inviteres?", "Which agency is invited?",
                  "Myndighedens nummer på deltagerlisten.", "Number of the agency in the roster."),
    TOV_HEAD(ALWAYS, "next_review", "Næste nødvendighedsvurdering", "Next review of necessity"),
    TOV_BODY_HELP(ALWAYS, "reason", "Hvorfor inviteres den?", "Why is it invited?",
                  "Den nye part får sagens status, men ingen historik.",
                  "The new party gets the state of the case, and no history."),
    TOV_BODY(OPTIONAL, "contact.name", "Kontaktperson hos tovholderen",
             "Contact person at the coordinator"),
    TOV_BODY(OPTIONAL, "contact.phone", "Kontaktpersonens telefon", "Telephone of the contact"),
};

static const struct tov_field_rule leave_fields[] = {
    TOV_BODY_HELP(ALWAYS, "reason", "Hvorfor udtræder I?", "Why do you leave?",
                  "Kun jeres egen myndighed udtræder.", "Only your own agency leaves."),
};

static const struct tov_field_rule call_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Mødets art", "Kind of meeting"),
    TOV_HEAD(ALWAYS, "held", "Mødedato", "Date of the meeting"),
    TOV_HEAD_HELP(OPTIONAL, "agenda_ref", "Andre henvendelser på dagsordenen",
                  "Further concerns on the agenda", "Ud over den, mødet i forvejen handler om.",
                  "Beside the one that the call is about."),
    TOV_BODY(ALWAYS, "begins", "Klokkeslæt", "Time of day"),
    TOV_BODY(ALWAYS, "place", "Sted", "Place"),
    TOV_BODY_HELP(ALWAYS, "agenda", "Dagsorden", "Agenda",
                  "Numre og emner, ingen oplysninger om borgere.",
                  "Numbers and topics, nothing about citizens."),
};

static const struct tov_field_rule contribution_fields[] = {
    TOV_BODY(ALWAYS, "findings.dimension", "Dimension", "Dimension"),
    TOV_BODY_HELP(ALWAYS, "findings.fact", "Faktisk oplysning", "Fact",
                  "Hvad er set eller sket? Vurderinger skrives for sig.",
                  "What was seen or happened? Assessments are written apart."),
    TOV_BODY(OPTIONAL, "findings.concern", "Peger på bekymring", "Points to concern"),
    TOV_BODY(OPTIONAL, "findings.resource", "Peger på ressource", "Points to a resource"),
    TOV_BODY(OPTIONAL, "assessment", "Egen vurdering", "Own assessment"),
};

static const struct tov_field_rule assessment_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "next", "Hvad sker der nu?", "What comes next?",
                  "De to tovholdere vælger det samme.", "Both coordinators choose the same."),
    TOV_HEAD(ALWAYS, "next_review", "Næste nødvendighedsvurdering", "Next review of necessity"),
    TOV_HEAD_HELP(
        ALWAYS, "addressed", "Hvilke myndigheder anbefales noget?",
        "Which agencies get a recommendation?",
        "Myndighedernes numre på deltagerlisten; hver af dem træffer sin egen beslutning.",
        "Numbers of the agencies in the roster; each takes a decision of its own."),
    TOV_BODY(ALWAYS, "dimensions.dimension", "Dimension", "Dimension"),
    TOV_BODY_HELP(ALWAYS, "dimensions.status", "Status", "Status",
                  "Ingen samlet score: dimensionerne lægges ikke sammen.",
                  "No total score: dimensions are not added up."),
    TOV_BODY(OPTIONAL, "dimensions.evidence", "Hvad viser det?", "What shows it?"),
    TOV_BODY(ALWAYS, "problems", "Væsentligste problemer", "Main problems"),
    TOV_BODY(ALWAYS, "resources", "Ressourcer", "Resources"),
    TOV_BODY_HELP(ALWAYS, "focus", "Anbefalede fokusdimensioner", "Recommended focus dimensions",
                  "En til tre.", "One to three."),
    TOV_BODY(OPTIONAL, "recommendations.measure", "Anbefalet indsats", "Recommended measure"),
    TOV_BODY(OPTIONAL, "recommendations.authority", "Hvem kan beslutte den?",
             "Who could decide it?"),
    TOV_BODY(OPTIONAL, "recommendations.why", "Hvorfor?", "Why?"),
};

static const struct tov_field_rule own_decision_fields[] = {
    TOV_HEAD_HELP(OPTIONAL, "measures", "Indsatser", "Measures",
                  "Skal udfyldes, når anbefalingen følges; ellers tom.",
                  "Required when the recommendation is followed; else empty."),
    TOV_HEAD(ALWAYS, "answer", "Følges anbefalingen?", "Is the recommendation followed?"),
    TOV_HEAD(OPTIONAL, "starts", "Begynder", "Starts on"),
    TOV_BODY(ALWAYS, "decision", "Hvad er besluttet?", "What was decided?"),
    TOV_BODY_HELP(ALWAYS, "measure_basis", "Efter hvilken lov?", "Under which act?",
                  "Indsatsens egen hjemmel, for eksempel serviceloven § 85; \"ingen\", når der "
                  "ikke iværksættes noget.",
                  "The measure's own basis, for example Social Services Act § 85; \"none\" when "
                  "nothing is started."),
};

static const struct tov_field_rule conversation_fields[] = {
    TOV_HEAD(ALWAYS, "part", "Plan eller resultat?", "Plan or result?"),
    TOV_HEAD_HELP(OPTIONAL, "when", "Samtalen planlagt til", "Conversation planned for",
                  "Skal udfyldes for en plan.", "Required for a plan."),
    TOV_HEAD_HELP(OPTIONAL, "result", "Resultat", "Result", "Skal udfyldes for et resultat.",
                  "Required for a result."),
    TOV_BODY(ALWAYS, "who_talks", "Hvem taler med borgeren?", "Who talks with the citizen?"),
    TOV_BODY(OPTIONAL, "wishes", "Borgerens ønsker", "Wishes of the citizen"),
    TOV_BODY(OPTIONAL, "consents", "Hvad har borgeren samtykket til?",
             "What has the citizen consented to?"),
};

static const struct tov_field_rule minutes_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Mødets art", "Kind of meeting"),
    TOV_HEAD(ALWAYS, "held", "Mødet er holdt den", "Meeting held on"),
    TOV_BODY_HELP(ALWAYS, "decisions.decision", "Beslutning", "Decision",
                  "Beslutninger og opgaver, ikke hvem der sagde hvad.",
                  "Decisions and tasks, not who said what."),
    TOV_BODY(ALWAYS, "decisions.owner", "Hvem gør det?", "Who does it?"),
    TOV_BODY(OPTIONAL, "decisions.due", "Senest", "Due on"),
    TOV_BODY(OPTIONAL, "participants", "Deltagere", "Participants"),
};

static const struct tov_field_rule lead_fields[] = {
    TOV_HEAD(ALWAYS, "effective", "Gælder fra", "From"),
    TOV_BODY(ALWAYS, "former", "Hidtidig ansvarlig medarbejder", "Former responsible person"),
    TOV_BODY(ALWAYS, "contact.name", "Ny ansvarlig medarbejder", "New responsible person"),
    TOV_CONTACT_PLACE(OPTIONAL),
    TOV_BODY(OPTIONAL, "contact.stand_in", "Stedfortræder", "Stand-in"),
};

static const struct tov_field_rule review_fields[] = {
    TOV_HEAD(ALWAYS, "kind", "Vurderingens art", "Kind of review"),
    TOV_HEAD_HELP(OPTIONAL, "result", "Resultat", "Result",
                  "Skal udfyldes for en nødvendighedsvurdering.",
                  "Required for a review of necessity."),
    TOV_HEAD_HELP(OPTIONAL, "next_review", "Næste nødvendighedsvurdering",
                  "Next review of necessity",
                  "Højst tre måneder frem. Skal udfyldes for en nødvendighedsvurdering.",
                  "At most three months ahead. Required for a review of necessity."),
    TOV_BODY_HELP(ALWAYS, "why", "Begrundelse", "Reason",
                  "Er det fortsat nødvendigt, at parterne deler oplysninger?",
                  "Is it still necessary that the parties share information?"),
    TOV_BODY(OPTIONAL, "parties_needed", "Hvilke parter er der stadig brug for?",
             "Which parties are still needed?"),
};

static const struct tov_field_rule note_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "kind", "Notatets art", "Kind of note",
                  "foerste_kontakt: den første kontakt efter løsladelsen.",
                  "foerste_kontakt: the first contact after release."),
    TOV_BODY_HELP(ALWAYS, "who", "Hvem har talt sammen?", "Who talked with whom?",
                  "Funktioner er nok, hvor navne ikke er nødvendige.",
                  "Functions will do where names are not needed."),
    TOV_BODY(OPTIONAL, "agreed", "Hvad er aftalt?", "What was agreed?"),
};

#define HOUSE (TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT)
#define AMONG_PARTIES                                          \
    {                                                          \
        {                                                      \
            TOV_DUTIES_PARTY, TOV_DUTIES_PARTY, TOV_BASES_CASE \
        }                                                      \
    }
#define COORDINATOR_TO_PARTIES                                             \
    {                                                                      \
        {                                                                  \
            TOV_DUTY_COORDINATOR_KOMMUNE, TOV_DUTIES_PARTY, TOV_BASES_CASE \
        }                                                                  \
    }

static const struct tov_message_type types[] = {
    {
        .id = "case.open",
        .version = 1,
        .name = TOV_TEXT("Sag oprettet", "Case opened"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Den kommunale tovholder opretter sagen samme dag, som begge har "
                            "fundet henvendelsen begrundet.",
                            "The municipal coordinator opens the case on the day on which both "
                            "found the concern founded."),
        .header_schema = "CaseOpenHeader",
        .content_schema = "CaseOpenContent",
        TOV_FIELDS(open_fields),
        .asks = TOV_ASKS_PERSON,
        .about_needs = TOV_ABOUT_CASE | TOV_ABOUT_CONCERN,
        .routes = COORDINATOR_TO_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_OPENS | TOV_EFFECT_BRINGS_IN,
    },
    {
        .id = "case.invite",
        .version = 1,
        .name = TOV_TEXT("Part inviteret", "Party invited"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("En myndighed bliver part fra nu af, uden sagens historik.",
                            "An agency is a party from now on, without the history of the case."),
        .header_schema = "CaseInviteHeader",
        .content_schema = "CaseInviteContent",
        TOV_FIELDS(invite_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .about_may = TOV_ABOUT_EPISODE | TOV_ABOUT_PSYCH,
        .routes = COORDINATOR_TO_PARTIES,
        .answers = {"case.leave", "ack.read"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_BRINGS_IN,
    },
    {
        .id = "case.leave",
        .version = 1,
        .name = TOV_TEXT("Part udtrådt", "Party left"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("En part har ikke længere brug for sagen og udtræder.",
                            "A party needs the case no longer and leaves it."),
        .header_schema = "NoFields",
        .content_schema = "CaseLeaveContent",
        TOV_FIELDS(leave_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .about_may = TOV_ABOUT_PSYCH,
        .routes = AMONG_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "case.meeting_call",
        .version = 1,
        .name = TOV_TEXT("Mødeindkaldelse", "Meeting call"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Indkalder til møde; for et infohusmøde med de henvendelser, der er på "
                            "dagsordenen.",
                            "Calls a meeting; an Infohus meeting with the concerns on its agenda."),
        .header_schema = "CaseMeetingCallHeader",
        .content_schema = "CaseMeetingCallContent",
        TOV_FIELDS(call_fields),
        .about_may = TOV_ABOUT_CONCERN | TOV_ABOUT_CASE | TOV_ABOUT_COURSE,
        .routes = {{HOUSE, TOV_DUTIES_PARTY | TOV_DUTY_PROVIDER, TOV_BASIS_BIT(AFTALE)}},
        .answers = {"ack.read"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
        .attachments = true,
    },
    {
        .id = "case.contribution",
        .version = 1,
        .name = TOV_TEXT("Bidrag til vurdering", "Contribution to the assessment"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("En part bidrager til helhedsvurderingen med det, den ved.",
                            "A party contributes what it knows to the overall assessment."),
        .header_schema = "NoFields",
        .content_schema = "CaseContributionContent",
        TOV_FIELDS(contribution_fields),
        .asks = TOV_ASKS_KNOWN | TOV_ASKS_CERTAINTY,
        .about_needs = TOV_ABOUT_CASE,
        .about_may = TOV_ABOUT_CONCERN,
        .routes = AMONG_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .attachments = true,
    },
    {
        .id = "case.assessment",
        .version = 1,
        .name = TOV_TEXT("Helhedsvurdering og anbefaling", "Overall assessment and recommendation"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("De to tovholdere vurderer og anbefaler i hver sin besked; den anden "
                            "nævner den første.",
                            "The two coordinators assess and recommend, each by a message; the "
                            "second cites the first."),
        .header_schema = "CaseAssessmentHeader",
        .content_schema = "CaseAssessmentContent",
        TOV_FIELDS(assessment_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .routes = {{TOV_DUTIES_COORDINATORS, TOV_DUTIES_PARTY, TOV_BASES_CASE}},
        .answers = {"case.own_decision"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_TWO_SIGNERS,
        .attachments = true,
    },
    {
        .id = "case.own_decision",
        .version = 1,
        .name = TOV_TEXT("Egen beslutning", "Own decision"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Myndigheden beslutter selv, om den følger anbefalingen; før der "
                            "henvises.",
                            "The authority itself decides whether it follows the recommendation; "
                            "before any referral."),
        .header_schema = "CaseOwnDecisionHeader",
        .content_schema = "CaseOwnDecisionContent",
        TOV_FIELDS(own_decision_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .routes = AMONG_PARTIES,
        .channel = TOV_CHANNEL_CASE,
    },
    {
        .id = "case.conversation",
        .version = 1,
        .name = TOV_TEXT("Bekymringssamtale", "Concern conversation"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Planen for en samtale med borgeren, og siden hvad der kom ud af den.",
                            "The plan of a conversation with the citizen, and later what came of "
                            "it."),
        .header_schema = "CaseConversationHeader",
        .content_schema = "CaseConversationContent",
        TOV_FIELDS(conversation_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .routes = AMONG_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "case.minutes",
        .version = 1,
        .name = TOV_TEXT("Beslutningsreferat", "Decision minutes"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Mødets beslutninger og opgaver, hvem der har dem, og hvornår.",
                            "The decisions and tasks of a meeting, who has them and by when."),
        .header_schema = "CaseMinutesHeader",
        .content_schema = "CaseMinutesContent",
        TOV_FIELDS(minutes_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_may = TOV_ABOUT_CONCERN | TOV_ABOUT_CASE | TOV_ABOUT_COURSE | TOV_ABOUT_EPISODE,
        .routes = {{HOUSE, TOV_DUTIES_PARTY, TOV_BASES_CASE | TOV_BASIS_BIT(AFTALE)}},
        .channel = TOV_CHANNEL_CASE,
        .attachments = true,
    },
    {
        .id = "case.lead_change",
        .version = 1,
        .name = TOV_TEXT("Skift af ansvarlig medarbejder", "Change of responsible person"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("En anden medarbejder eller enhed i myndigheden har sagen fra nu af.",
                            "Another person or unit of the agency has the case from now on."),
        .header_schema = "CaseLeadChangeHeader",
        .content_schema = "CaseLeadChangeContent",
        TOV_FIELDS(lead_fields),
        .about_needs = TOV_ABOUT_CASE,
        .about_may = TOV_ABOUT_EPISODE | TOV_ABOUT_COURSE,
        .routes = {{TOV_DUTIES_PARTY | TOV_DUTY_PROVIDER, TOV_DUTIES_PARTY | TOV_DUTY_PROVIDER,
                    TOV_BASIS_BIT(AFTALE)}},
        .channel = TOV_CHANNEL_CASE,
    },
    {
        .id = "case.review",
        .version = 1,
        .name = TOV_TEXT("Nødvendighedsvurdering eller eftersyn", "Review of necessity"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Mindst hver tredje måned vurderes det, om sagen fortsat er "
                            "nødvendig; efter afslutning ses der tilbage efter 6 og 12 måneder.",
                            "At least every three months it is judged whether the case is still "
                            "necessary; after closing there is a look back at 6 and 12 months."),
        .header_schema = "CaseReviewHeader",
        .content_schema = "CaseReviewContent",
        TOV_FIELDS(review_fields),
        .asks = TOV_ASKS_KNOWN,
        .about_needs = TOV_ABOUT_CASE,
        .routes = COORDINATOR_TO_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "case.note",
        .version = 1,
        .name = TOV_TEXT("Notat om kontakt", "Note of a contact"),
        .group = TOV_GROUP_CASE,
        .purpose = TOV_TEXT("Et notat om en kontakt eller en hændelse til de parter, der har brug "
                            "for det.",
                            "A note of a contact or an event to the parties that need it."),
        .header_schema = "CaseNoteHeader",
        .content_schema = "CaseNoteContent",
        TOV_FIELDS(note_fields),
        .asks = TOV_ASKS_KNOWN | TOV_NEEDS_TEXT,
        .about_needs = TOV_ABOUT_CASE,
        .about_may = TOV_ABOUT_EPISODE | TOV_ABOUT_COURSE | TOV_ABOUT_CONCERN,
        .routes = AMONG_PARTIES,
        .channel = TOV_CHANNEL_CASE,
        .attachments = true,
    },
};

const struct tov_type_group tov_types_case = {types, sizeof types / sizeof types[0]};
