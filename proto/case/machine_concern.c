/* SPDX-License-Identifier: EUPL-1.2
 *
 * Concerns (bekymringshenvendelser): from the first worry to the decision of the two coordinators.
 */
#include "case/machine_rows.h"

static const struct tov_machine_state states[] = {
    TOV_STATE("registreret", "registreret", "registered"),
    TOV_STATE("kvitteret", "kvitteret", "acknowledged"),
    TOV_STATE("politivurdering", "til politiets vurdering", "under police screening"),
    TOV_STATE("oplysningsindhentning", "oplysninger indhentes", "information is being gathered"),
    TOV_STATE("paa_dagsorden", "på dagsordenen", "on the agenda"),
    TOV_END_STATE("kun_politi", "behandles af politiet", "handled by the police"),
    TOV_END_STATE("ubegrundet", "ubegrundet", "unfounded"),
    TOV_END_STATE("begrundet", "begrundet", "founded"),
    TOV_END_STATE("anden_indsats", "anden indsats", "another track"),
    TOV_END_STATE("utilstraekkelig", "utilstrækkeligt grundlag", "insufficient basis"),
    TOV_END_STATE("oversendt", "oversendt til anden kommune", "transferred to another kommune"),
    TOV_END_STATE("dublet", "dublet", "duplicate"),
    TOV_END_STATE("annulleret", "annulleret", "annulled"),
};

#define ROW(...)                                                                \
    {                                                                           \
        .machine = TOV_MACHINE_CONCERN, .about = TOV_ABOUT_CONCERN, __VA_ARGS__ \
    }
#define COORDINATORS BY_BOTH(TOV_WHO_COORDINATOR_KOMMUNE, TOV_WHO_COORDINATOR_POLICE)
#define RECEIVERS BY(TOV_WHO_SECRETARIAT | TOV_WHO_COORDINATOR_KOMMUNE)
#define TRIAGE(outcome) ON_FIELD("concern.triage", "outcome", outcome)
#define SCREENED(code) ON_FIELD("concern.screen_result", "code", code)
#define UNDECIDED \
    FROM("registreret", "kvitteret", "politivurdering", "oplysningsindhentning", "paa_dagsorden")

static const struct tov_machine_row rows[] = {
    ROW(FROM(TOV_NO_STATE), ON("concern.submit"), TO("registreret"), BY(TOV_WHO_ANY)),
    ROW(FROM(TOV_NO_STATE), ON("concern.forward"), TO("registreret"), BY(TOV_WHO_HOTLINE)),
    ROW(FROM(TOV_NO_STATE), ON("krfo.concern"), TO("registreret"), BY(TOV_WHO_KRFO)),
    ROW(FROM(TOV_NO_STATE), ON_FIELD("concern.transfer", "part", "ny"), TO("registreret"),
        BY(TOV_WHO_COORDINATOR_KOMMUNE)),
    ROW(FROM("registreret"), ON_FIELD("concern.receipt", "code", "modtaget"), TO("kvitteret"),
        RECEIVERS),
    ROW(FROM("registreret", "kvitteret", "politivurdering", "oplysningsindhentning"),
        ON_FIELD("concern.receipt", "code", "dublet"), TO("dublet"), RECEIVERS),
    ROW(FROM("kvitteret"), ON("concern.screen_request"), TO("politivurdering"), RECEIVERS),
    ROW(FROM("registreret"), ON("concern.screen_request"), TO("politivurdering"), RECEIVERS,
        IF(TOV_GUARD_URGENT)),
    ROW(FROM("politivurdering"), SCREENED("kan_behandles"), TO("oplysningsindhentning"),
        BY(TOV_WHO_COORDINATOR_POLICE)),
    ROW(FROM("politivurdering"), SCREENED("afventer"), TO(TOV_STAYS),
        BY(TOV_WHO_COORDINATOR_POLICE)),
    ROW(FROM("politivurdering"), SCREENED("akut"), TO(TOV_STAYS), BY(TOV_WHO_COORDINATOR_POLICE)),
    ROW(FROM("politivurdering"), SCREENED("kun_politi"), TO("kun_politi"),
        BY(TOV_WHO_COORDINATOR_POLICE)),
    ROW(FROM("oplysningsindhentning", "paa_dagsorden"),
        ON_FIELD("case.meeting_call", "kind", "infohusmoede"), TO("paa_dagsorden"),
        BY(TOV_WHO_SECRETARIAT)),
    ROW(FROM("paa_dagsorden"), TRIAGE("udsat"), TO("oplysningsindhentning"), COORDINATORS,
        IF(TOV_GUARD_AT_MOST_TWICE)),
    ROW(FROM("paa_dagsorden"), TRIAGE("begrundet"), TO("begrundet"), COORDINATORS),
    ROW(FROM("paa_dagsorden"), TRIAGE("ubegrundet"), TO("ubegrundet"), COORDINATORS),
    ROW(FROM("paa_dagsorden"), TRIAGE("anden_indsats"), TO("anden_indsats"), COORDINATORS),
    ROW(FROM("paa_dagsorden"), TRIAGE("utilstraekkelig"), TO("utilstraekkelig"), COORDINATORS),
    ROW(FROM("paa_dagsorden"), TRIAGE("overdraget_politi"), TO("kun_politi"), COORDINATORS),
    ROW(FROM("paa_dagsorden"), TRIAGE("dublet"), TO("dublet"), COORDINATORS),
    ROW(UNDECIDED, ON_FIELD("concern.transfer", "part", "gammel"), TO("oversendt"),
        BY(TOV_WHO_COORDINATOR_KOMMUNE)),
    ROW(UNDECIDED, ON_FIELD("msg.retract", "target", TOV_AT_START), TO("annulleret"),
        BY(TOV_WHO_STARTER)),
};

const struct tov_machine_info tov_machine_concern = TOV_MACHINE(
    TOV_MACHINE_CONCERN, "henvendelse", TOV_TEXT("Bekymringshenvendelse", "Concern"), states, rows);
