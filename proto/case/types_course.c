/* SPDX-License-Identifier: EUPL-1.2
 *
 * The course itself (intervention.*), from the offer to the citizen to its end. Measures are
 * voluntary: a no is an answer like the others.
 */
#include "case/types.h"

static const struct tov_field_rule offer_fields[] = {
    TOV_HEAD_HELP(OPTIONAL, "ask_again", "Må spørges igen fra", "May be asked again from",
                  "Tom, når borgeren ikke har sat en grænse.",
                  "Empty when the citizen has set no limit."),
    TOV_BODY(ALWAYS, "offered", "Hvad er tilbudt?", "What was offered?"),
    TOV_BODY_HELP(ALWAYS, "how", "Hvordan?", "How?", "For eksempel ved møde eller telefonisk.",
                  "For example at a meeting or by telephone."),
    TOV_BODY(ALWAYS, "who", "Hvem gav tilbuddet?", "Who made the offer?"),
};

static const struct tov_field_rule answer_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "answer", "Borgerens svar", "Answer of the citizen",
                  "Tilbuddet er frivilligt.", "The offer is voluntary."),
    TOV_HEAD(OPTIONAL, "ask_again", "Må spørges igen fra", "May be asked again from"),
    TOV_BODY(OPTIONAL, "own_words", "Borgerens egne ord", "The citizen's own words"),
};

static const struct tov_field_rule start_fields[] = {
    TOV_HEAD(ALWAYS, "measure", "Indsats", "Measure"),
    TOV_HEAD_HELP(ALWAYS, "baseline_on", "Udgangspunktet er vurderet den", "Baseline assessed on",
                  "Højst 14 dage før eller efter starten.",
                  "At most 14 days before or after the start."),
    TOV_HEAD(OPTIONAL, "planned_months", "Planlagt varighed i måneder", "Planned length in months"),
    TOV_BODY_HELP(OPTIONAL, "baseline.dimension", "Fokusdimension", "Focus dimension",
                  "De samme som i henvisningen.", "The same as in the referral."),
    TOV_BODY(OPTIONAL, "baseline.status", "Status ved start", "Status at the start"),
    TOV_BODY(OPTIONAL, "baseline.evidence", "Hvad viser det?", "What shows it?"),
};

static const struct tov_field_rule status_fields[] = {
    TOV_HEAD(ALWAYS, "on_track", "Går det som planlagt?", "Is it on track?"),
    TOV_HEAD(ALWAYS, "contacts", "Antal kontakter siden sidst", "Contacts since last time"),
    TOV_HEAD(OPTIONAL, "safety_changed", "Er sikkerheden ændret?", "Has safety changed?"),
    TOV_BODY(OPTIONAL, "safety", "Hvad er ændret?", "What has changed?"),
};

static const struct tov_field_rule assessment_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "kind", "Vurderingens art", "Kind of assessment",
                  "m6: efter 6 måneders aktivt forløb, og igen hver 6. måned.",
                  "m6: at 6 months of active course, and again every 6 months."),
    TOV_HEAD_HELP(ALWAYS, "active_days", "Aktive dage", "Active days", "Uden pauser.",
                  "Without pauses."),
    TOV_HEAD(ALWAYS, "improved", "Antal fokusdimensioner, der er bedret",
             "Number of focus dimensions improved"),
    TOV_HEAD(ALWAYS, "worsened", "Antal fokusdimensioner, der er forværret",
             "Number of focus dimensions worsened"),
    TOV_BODY(ALWAYS, "dimensions.dimension", "Fokusdimension", "Focus dimension"),
    TOV_BODY(OPTIONAL, "dimensions.before", "Status ved start", "Status at the start"),
    TOV_BODY(ALWAYS, "dimensions.now", "Status nu", "Status now"),
    TOV_BODY(ALWAYS, "dimensions.change", "Udvikling", "Change"),
    TOV_BODY(ALWAYS, "dimensions.evidence", "Hvad viser det?", "What shows it?"),
    TOV_BODY(OPTIONAL, "citizens_view", "Deltagerens egen vurdering", "The participant's own view"),
};

static const struct tov_field_rule pause_fields[] = {
    TOV_HEAD(ALWAYS, "reason", "Årsag til pausen", "Reason of the pause"),
    TOV_HEAD(OPTIONAL, "expected_return", "Forventes genoptaget", "Expected to resume"),
};

static const struct tov_field_rule end_fields[] = {
    TOV_HEAD(ALWAYS, "reason", "Hvorfor slutter forløbet?", "Why does the course end?"),
    TOV_BODY(ALWAYS, "final_assessment", "Afsluttende vurdering", "Final assessment"),
    TOV_BODY(OPTIONAL, "handed_over", "Hvad er overdraget, og til hvem?",
             "What was handed over, and to whom?"),
};

#define CIRCLE (TOV_DUTIES_REFERRERS | TOV_DUTIES_PROVIDERS)
#define IN_THE_COURSE                        \
    {                                        \
        {                                    \
            CIRCLE, CIRCLE, TOV_BASES_COURSE \
        }                                    \
    }
#define BY_PROVIDER                                        \
    {                                                      \
        {                                                  \
            TOV_DUTIES_PROVIDERS, CIRCLE, TOV_BASES_COURSE \
        }                                                  \
    }
#define ASKS_COURSE (TOV_MAY_SUBJECT | TOV_ASKS_TEXT)

static const struct tov_message_type types[] = {
    {
        .id = "intervention.offer",
        .version = 1,
        .name = TOV_TEXT("Tilbud givet til borger", "Offer made to the citizen"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Henviseren eller udføreren har tilbudt borgeren indsatsen.",
                            "The referrer or the provider has offered the measure to the citizen."),
        .header_schema = "InterventionOfferHeader",
        .content_schema = "InterventionOfferContent",
        TOV_FIELDS(offer_fields),
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = IN_THE_COURSE,
        .answers = {"intervention.citizen_answer"},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "intervention.citizen_answer",
        .version = 1,
        .name = TOV_TEXT("Borgers svar på tilbud", "Answer of the citizen"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Borgeren har sagt ja eller nej til indsatsen, eller er ikke nået.",
                            "The citizen has said yes or no to the measure, or was not reached."),
        .header_schema = "InterventionCitizenAnswerHeader",
        .content_schema = "InterventionCitizenAnswerContent",
        TOV_FIELDS(answer_fields),
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = IN_THE_COURSE,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "intervention.start",
        .version = 1,
        .name = TOV_TEXT("Forløb startet", "Course started"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Forløbet er begyndt, med udgangspunktet i hver fokusdimension.",
                            "The course has begun, with the baseline of each focus dimension."),
        .header_schema = "InterventionStartHeader",
        .content_schema = "InterventionStartContent",
        TOV_FIELDS(start_fields),
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_PROVIDER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "intervention.status",
        .version = 1,
        .name = TOV_TEXT("Statusmelding", "Status of the course"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Udføreren fortæller hver måned, hvordan forløbet går.",
                            "The provider tells each month how the course goes."),
        .header_schema = "InterventionStatusHeader",
        .content_schema = "InterventionStatusContent",
        TOV_FIELDS(status_fields),
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_PROVIDER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "intervention.assessment",
        .version = 1,
        .name = TOV_TEXT("6-måneders vurdering", "Six-month assessment"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Udføreren og tovholderen vurderer forløbet i hver sin besked; den "
                            "anden nævner den første.",
                            "The provider and the coordinator assess the course, each by a "
                            "message; the second cites the first."),
        .header_schema = "InterventionAssessmentHeader",
        .content_schema = "InterventionAssessmentContent",
        TOV_FIELDS(assessment_fields),
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = {{TOV_DUTIES_PROVIDERS | TOV_DUTIES_COORDINATORS, CIRCLE, TOV_BASES_COURSE}},
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_TWO_SIGNERS,
    },
    {
        .id = "intervention.pause",
        .version = 1,
        .name = TOV_TEXT("Forløb på pause", "Course paused"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Forløbet holder pause, for eksempel under en indlæggelse.",
                            "The course pauses, for example during an admission."),
        .header_schema = "InterventionPauseHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(pause_fields),
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_PROVIDER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "intervention.resume",
        .version = 1,
        .name = TOV_TEXT("Forløb genoptaget", "Course resumed"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Forløbet er i gang igen efter en pause.",
                            "The course goes on after a pause."),
        .header_schema = "NoFields",
        .content_schema = "NoFields",
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = BY_PROVIDER,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS,
    },
    {
        .id = "intervention.end",
        .version = 1,
        .name = TOV_TEXT("Forløb afsluttet", "Course ended"),
        .group = TOV_GROUP_INTERVENTION,
        .purpose = TOV_TEXT("Forløbet er slut, med grunden og en afsluttende vurdering.",
                            "The course has ended, with the reason and a final assessment."),
        .header_schema = "InterventionEndHeader",
        .content_schema = "InterventionEndContent",
        TOV_FIELDS(end_fields),
        .asks = ASKS_COURSE,
        .about_needs = TOV_ABOUT_COURSE,
        .about_may = TOV_ABOUT_CASE,
        .routes = IN_THE_COURSE,
        .channel = TOV_CHANNEL_CASE,
        .effects = TOV_EFFECT_STEPS | TOV_EFFECT_ENDS,
    },
};

const struct tov_type_group tov_types_course = {types, sizeof types / sizeof types[0]};
