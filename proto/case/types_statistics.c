/* SPDX-License-Identifier: EUPL-1.2
 *
 * Counts that leave an agency: what was held for how many, and its part of the statistics. No
 * person stands in them.
 */
#include "case/types.h"

static const struct tov_field_rule activity_fields[] = {
    TOV_HEAD(ALWAYS, "activity", "Aktivitet", "Activity"),
    TOV_HEAD(ALWAYS, "held", "Holdt den", "Held on"),
    TOV_HEAD(ALWAYS, "target_level", "Målgruppe", "Target group"),
    TOV_HEAD_HELP(ALWAYS, "participants", "Antal deltagere", "Number of participants",
                  "Kun antallet; deltagerne nævnes ikke.", "The number only; nobody is named."),
    TOV_BODY(OPTIONAL, "title", "Titel eller sted", "Title or place"),
};

static const struct tov_field_rule stats_fields[] = {
    TOV_HEAD(ALWAYS, "period_from", "Periode fra", "Period from"),
    TOV_HEAD(ALWAYS, "period_to", "Periode til", "Period to"),
    TOV_HEAD_HELP(ALWAYS, "definition_version", "Definitionernes version",
                  "Version of the definitions",
                  "Tal efter forskellige definitioner lægges ikke sammen.",
                  "Numbers by different definitions are not added up."),
    TOV_HEAD(ALWAYS, "cut_off", "Opgjort den", "Counted on"),
    TOV_HEAD_HELP(OPTIONAL, "message_set_hash", "Hashværdi af de optalte beskeder",
                  "Hash of the messages counted",
                  "64 hexadecimale cifre; en revisor kan regne efter med den.",
                  "64 hexadecimal digits; an auditor can recount with it."),
    TOV_BODY(ALWAYS, "cells.indicator", "Hvad er talt?", "What was counted?"),
    TOV_BODY(ALWAYS, "cells.count", "Antal", "Number"),
    TOV_BODY(OPTIONAL, "cells.environment", "Miljø", "Environment"),
    TOV_BODY(OPTIONAL, "cells.measure", "Indsats", "Measure"),
    TOV_BODY(OPTIONAL, "cells.referrer_type", "Henvender", "Referrer"),
    TOV_BODY(OPTIONAL, "cells.channel", "Kanal", "Channel"),
    TOV_BODY(OPTIONAL, "cells.target_level", "Målgruppe", "Target group"),
    TOV_BODY(OPTIONAL, "cells.age_band", "Aldersgruppe", "Age band"),
};

#define ANYBODY_TO_COORDINATOR                                                \
    {                                                                         \
        {                                                                     \
            TOV_DUTIES_ANY, TOV_DUTY_COORDINATOR_KOMMUNE, TOV_BASIS_BIT(ANON) \
        }                                                                     \
    }

static const struct tov_message_type types[] = {
    {
        .id = "activity.report",
        .version = 1,
        .name = TOV_TEXT("Aktivitetsindberetning", "Activity report"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Melder en afholdt aktivitet til handleplanens tabel 1, uden "
                            "personoplysninger.",
                            "Reports an activity for table 1 of the action plan, without personal "
                            "data."),
        .header_schema = "ActivityReportHeader",
        .content_schema = "ActivityReportContent",
        TOV_FIELDS(activity_fields),
        .routes = ANYBODY_TO_COORDINATOR,
        .channel = TOV_CHANNEL_FREE,
    },
    {
        .id = "stats.contribution",
        .version = 1,
        .name = TOV_TEXT("Statistikbidrag", "Contribution to the statistics"),
        .group = TOV_GROUP_GENERIC,
        .purpose = TOV_TEXT("Myndighedens egne tal for en periode til den samlede opgørelse.",
                            "The agency's own numbers of a period for the common account."),
        .header_schema = "StatsContributionHeader",
        .content_schema = "StatsContributionContent",
        TOV_FIELDS(stats_fields),
        .routes = ANYBODY_TO_COORDINATOR,
        .channel = TOV_CHANNEL_FREE,
        .attachments = true,
    },
};

const struct tov_type_group tov_types_statistics = {types, sizeof types / sizeof types[0]};
