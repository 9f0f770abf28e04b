/* SPDX-License-Identifier: EUPL-1.2
 *
 * Cases (borgersager), from the opening after a founded concern to the closing and its look-backs.
 */
#include "case/machine_rows.h"

static const struct tov_machine_state states[] = {
    TOV_STATE("afdaekning", "afdækning", "being explored"),
    TOV_STATE("samtale", "samtale planlagt", "conversation planned"),
    TOV_STATE("aktiv_koordinering", "aktiv koordinering", "active coordination"),
    TOV_STATE("opfoelgning", "opfølgning", "follow-up"),
    TOV_STATE("afslutning_foreslaaet", "afslutning foreslået", "closing proposed"),
    TOV_END_STATE("afsluttet", "afsluttet", "closed"),
};

#define ROW(...)                                                          \
    {                                                                     \
        .machine = TOV_MACHINE_CASE, .about = TOV_ABOUT_CASE, __VA_ARGS__ \
    }
#define COORDINATOR BY(TOV_WHO_COORDINATOR_KOMMUNE)
#define COORDINATORS BY_BOTH(TOV_WHO_COORDINATOR_KOMMUNE, TOV_WHO_COORDINATOR_POLICE)
#define CONVERSATION(part) ON_FIELD("case.conversation", "part", part)
#define REVIEW(result) ON_FIELD("case.review", "result", result)
#define BEFORE_CLOSING FROM("afdaekning", "samtale", "aktiv_koordinering", "opfoelgning")

static const struct tov_machine_row rows[] = {
    ROW(FROM(TOV_NO_STATE), ON("case.open"), TO("afdaekning"), COORDINATOR,
        IF(TOV_GUARD_CONCERN_FOUNDED, TOV_GUARD_PURPOSE_AND_PARTY, TOV_GUARD_NEXT_REVIEW),
        DOES(TOV_DOES_MOVE_COORDINATOR)),
    ROW(FROM("afdaekning", "samtale"), CONVERSATION("plan"), TO("samtale"), BY(TOV_WHO_PARTY)),
    ROW(FROM("samtale"), CONVERSATION("resultat"), TO("afdaekning"), BY(TOV_WHO_PARTY)),
    ROW(FROM("aktiv_koordinering", "opfoelgning"), CONVERSATION("plan"), TO(TOV_STAYS),
        BY(TOV_WHO_PARTY)),
    ROW(FROM("aktiv_koordinering", "opfoelgning"), CONVERSATION("resultat"), TO(TOV_STAYS),
        BY(TOV_WHO_PARTY)),
    ROW(FROM("afdaekning", "aktiv_koordinering", "opfoelgning"),
        ON_FIELD("case.assessment", "next", "aktiv_koordinering"), TO("aktiv_koordinering"),
        COORDINATORS, IF(TOV_GUARD_PURPOSE_AND_PARTY, TOV_GUARD_NEXT_REVIEW)),
    ROW(FROM("afdaekning", "aktiv_koordinering", "opfoelgning"),
        ON_FIELD("case.assessment", "next", "opfoelgning"), TO("opfoelgning"), COORDINATORS,
        IF(TOV_GUARD_PURPOSE_AND_PARTY, TOV_GUARD_NEXT_REVIEW)),
    ROW(BEFORE_CLOSING, REVIEW("fortsaet"), TO(TOV_STAYS), COORDINATOR, IF(TOV_GUARD_NEXT_REVIEW)),
    ROW(BEFORE_CLOSING, REVIEW("ikke_noedvendig"), TO(TOV_STAYS), COORDINATOR,
        IF(TOV_GUARD_NEXT_REVIEW)),
    ROW(FROM("aktiv_koordinering"), REVIEW("nedtrap"), TO("opfoelgning"), COORDINATOR,
        IF(TOV_GUARD_NEXT_REVIEW)),
    ROW(FROM("opfoelgning"), REVIEW("optrap"), TO("aktiv_koordinering"), COORDINATOR,
        IF(TOV_GUARD_NEXT_REVIEW)),
    ROW(BEFORE_CLOSING, ON("case.close_propose"), TO("afslutning_foreslaaet"), COORDINATOR,
        IF(TOV_GUARD_NO_OPEN_COURSE)),
    ROW(FROM("afslutning_foreslaaet"), ON_FIELD("case.close_answer", "answer", "enig"),
        TO(TOV_STAYS), BY(TOV_WHO_PARTY)),
    ROW(FROM("afslutning_foreslaaet"), ON_FIELD("case.close_answer", "answer", "uenig"),
        TO(TOV_STAYS), BY(TOV_WHO_PARTY), IF(TOV_GUARD_ONE_POLICE_OBJECTION)),
    ROW(FROM("afslutning_foreslaaet"), ON("case.close_propose"), TO(TOV_STAYS), COORDINATOR,
        IF(TOV_GUARD_NO_OPEN_COURSE)),
    ROW(FROM("afslutning_foreslaaet"), REVIEW("fortsaet"), TO("opfoelgning"), COORDINATOR,
        IF(TOV_GUARD_NEXT_REVIEW)),
    ROW(FROM("afslutning_foreslaaet"), REVIEW("optrap"), TO("aktiv_koordinering"), COORDINATOR,
        IF(TOV_GUARD_NEXT_REVIEW)),
    ROW(FROM("afslutning_foreslaaet"), ON("case.close"), TO("afsluttet"), COORDINATOR,
        IF(TOV_GUARD_ALL_AGREE)),
    ROW(FROM("afsluttet"), ON_FIELD("case.review", "kind", "eftersyn_6"), TO(TOV_STAYS),
        COORDINATOR),
    ROW(FROM("afsluttet"), ON_FIELD("case.review", "kind", "eftersyn_12"), TO(TOV_STAYS),
        COORDINATOR),
    ROW(FROM("afsluttet"), ON("case.reopen"), TO("afdaekning"), COORDINATOR,
        IF(TOV_GUARD_REASON_TO_REOPEN)),
    ROW(BEFORE_CLOSING, ON("case.transfer"), TO(TOV_STAYS), COORDINATOR,
        IF(TOV_GUARD_SENDER_HOLDS, TOV_GUARD_NO_OPEN_OFFER, TOV_GUARD_NAMES_HOLDING)),
    ROW(BEFORE_CLOSING, ON_FIELD("case.transfer_answer", "answer", "afvist"), TO(TOV_STAYS),
        BY(TOV_WHO_OFFERED), IF(TOV_GUARD_NAMES_OFFER)),
    ROW(BEFORE_CLOSING, ON_FIELD("case.transfer_answer", "answer", "accepteret"), TO("afdaekning"),
        BY(TOV_WHO_OFFERED), IF(TOV_GUARD_NAMES_OFFER), DOES(TOV_DOES_MOVE_COORDINATOR)),
};

const struct tov_machine_info tov_machine_case =
    TOV_MACHINE(TOV_MACHINE_CASE, "sag", TOV_TEXT("Sag", "Case"), states, rows);
