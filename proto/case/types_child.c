/* SPDX-License-Identifier: EUPL-1.2
 *
 * Children (child.*): the duty to notify goes beside everything else and waits for nothing. The
 * acute need is assessed within 24 hours, weekends included.
 */
#include "case/types.h"

static const struct tov_field_rule notification_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "acute", "Er barnet i akut fare?", "Is the child in acute danger?",
                  "Ja: ring til kommunens børnevagt eller 112 først.",
                  "Yes: phone the child services on duty or 112 first."),
    TOV_HEAD(ALWAYS, "parents_told", "Er forældrene orienteret?", "Have the parents been told?"),
    TOV_BODY_HELP(ALWAYS, "facts.fact", "Hvad er set eller sket?", "What was seen or heard?",
                  "Det, der er set og hørt, ikke hvad det kan betyde.",
                  "What was seen and heard, not what it may mean."),
    TOV_BODY(ALWAYS, "facts.observed_when", "Hvornår?", "When?"),
    TOV_BODY(ALWAYS, "facts.observed_by", "Af hvem?", "By whom?"),
    TOV_BODY_HELP(ALWAYS, "parents", "Forældremyndighedens indehavere",
                  "Holders of parental responsibility", "Navne, eller \"ukendt\".",
                  "Names, or \"unknown\"."),
    TOV_BODY(OPTIONAL, "school", "Skole eller dagtilbud", "School or day care"),
    TOV_BODY(OPTIONAL, "siblings", "Søskende", "Siblings"),
    TOV_BODY(OPTIONAL, "notifier.name", "Underretterens navn", "Name of the notifier"),
    TOV_BODY(OPTIONAL, "notifier.phone", "Underretterens telefon", "Telephone of the notifier"),
};

static const struct tov_field_rule assessed_fields[] = {
    TOV_HEAD(ALWAYS, "acute", "Er der akut behov?", "Is there an acute need?"),
    TOV_HEAD_HELP(ALWAYS, "assessed_at", "Vurderet", "Assessed",
                  "Inden 24 timer efter underretningen, også i weekender.",
                  "Within 24 hours of the notification, weekends included."),
    TOV_BODY(ALWAYS, "decision", "Hvad er besluttet?", "What was decided?"),
};

static const struct tov_field_rule feedback_fields[] = {
    TOV_HEAD_HELP(ALWAYS, "started", "Hvad er sat i gang?", "What was started?",
                  "Kun at det er sat i gang, ikke hvad det viser.",
                  "Only that it was started, not what it shows."),
};

#define KOMMUNE (TOV_DUTY_KOMMUNE | TOV_DUTY_COORDINATOR_KOMMUNE)
#define ABOUT (TOV_ABOUT_CONCERN | TOV_ABOUT_CASE)

static const struct tov_message_type types[] = {
    {
        .id = "child.notification",
        .version = 1,
        .name = TOV_TEXT("Underretning", "Child notification"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Et barn eller en ung under 18 år kan have behov for særlig støtte. "
                            "Sendes til barnets kommune, ved siden af alt andet.",
                            "A child or young person under 18 may need special support. Sent to "
                            "the child's kommune, beside everything else."),
        .header_schema = "ChildNotificationHeader",
        .content_schema = "ChildNotificationContent",
        TOV_FIELDS(notification_fields),
        .asks = TOV_ASKS_PERSON | TOV_ASKS_CERTAINTY | TOV_MAY_ABOUT_NOTHING,
        .about_may = ABOUT,
        .routes = {{TOV_DUTIES_ANY, KOMMUNE, TOV_BASES_CHILD}},
        .answers = {"child.feedback", "ack.read"},
        .channel = TOV_CHANNEL_FREE,
        .attachments = true,
    },
    {
        .id = "child.assessed_24h",
        .version = 1,
        .name = TOV_TEXT("Vurdering inden 24 timer", "Assessment within 24 hours"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Kommunen har vurderet, om barnet har akut behov for støtte.",
                            "The kommune has assessed whether the child needs support at once."),
        .header_schema = "ChildAssessedHeader",
        .content_schema = "ChildAssessedContent",
        TOV_FIELDS(assessed_fields),
        .asks = TOV_ASKS_KNOWN | TOV_MAY_ABOUT_NOTHING,
        .about_may = ABOUT,
        .routes = {{KOMMUNE, TOV_DUTY_KOMMUNE | TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT,
                    TOV_BASES_CHILD}},
        .channel = TOV_CHANNEL_FREE,
    },
    {
        .id = "child.feedback",
        .version = 1,
        .name = TOV_TEXT("Tilbagemelding til fagperson", "Feedback to the notifier"),
        .group = TOV_GROUP_CONCERN,
        .purpose = TOV_TEXT("Fagpersonen, der underrettede, får at vide, at noget er sat i gang.",
                            "The professional who notified learns that something was started."),
        .header_schema = "ChildFeedbackHeader",
        .content_schema = "NoFields",
        TOV_FIELDS(feedback_fields),
        .asks = TOV_NEEDS_TARGET | TOV_MAY_ABOUT_NOTHING,
        .relation = "response",
        .about_may = ABOUT,
        .routes = {{KOMMUNE, TOV_DUTIES_ANY, TOV_BASES_CHILD}},
        .channel = TOV_CHANNEL_FREE,
    },
};

const struct tov_type_group tov_types_child = {types, sizeof types / sizeof types[0]};
