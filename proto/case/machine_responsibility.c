/* SPDX-License-Identifier: EUPL-1.2
 *
 * Responsibility (ansvar) for a case and for a transition: exactly one agency holds it (I12). A
 * hand-over is an offer and an acceptance; until then the offerer holds it. (A task's owner is
 * worked out with its deadline.) A message that the case refuses does not move its responsibility
 * either: a closing that is refused would leave an open case with nobody.
 */
#include "case/machine_rows.h"

static const struct tov_machine_state states[] = {
    TOV_STATE("holdt", "ansvaret er placeret", "held"),
    TOV_STATE("tilbudt", "tilbudt en anden myndighed", "offered to another agency"),
    TOV_STATE("afsluttet", "afsluttet", "ended"),
};

#define CASE(...)                                                                   \
    {                                                                               \
        .machine = TOV_MACHINE_RESPONSIBILITY, .about = TOV_ABOUT_CASE, __VA_ARGS__ \
    }
#define EPISODE(...)                                                                   \
    {                                                                                  \
        .machine = TOV_MACHINE_RESPONSIBILITY, .about = TOV_ABOUT_EPISODE, __VA_ARGS__ \
    }
#define COORDINATOR BY(TOV_WHO_COORDINATOR_KOMMUNE)
#define OFFERED BY(TOV_WHO_OFFERED), IF(TOV_GUARD_NAMES_OFFER)
#define ACCEPTS TO("holdt"), OFFERED, DOES(TOV_DOES_ACCEPT)
#define DECLINES TO("holdt"), OFFERED, DOES(TOV_DOES_END_OFFER)
#define OFFERS TO("tilbudt"), BY(TOV_WHO_HOLDER), IF(TOV_GUARD_NAMES_HOLDING), DOES(TOV_DOES_OFFER)
#define WITHDRAWS \
    TO("holdt"), BY(TOV_WHO_HOLDER), IF(TOV_GUARD_NAMES_OFFER), DOES(TOV_DOES_END_OFFER)

static const struct tov_machine_row rows[] = {
    CASE(FROM(TOV_NO_STATE), ON("case.open"), TO("holdt"), COORDINATOR, IF(TOV_GUARD_CASE_TAKES),
         DOES(TOV_DOES_HOLD)),
    EPISODE(FROM(TOV_NO_STATE), ON("prison.admission"), TO("holdt"), BY(TOV_WHO_KRFO),
            DOES(TOV_DOES_HOLD)),
    EPISODE(FROM("holdt", "tilbudt"), ON("prison.admission"), TO(TOV_STAYS), BY(TOV_WHO_KRFO)),
    CASE(FROM("holdt"), ON_FIELD("handover.offer", "thing", "case"), OFFERS),
    EPISODE(FROM("holdt"), ON_FIELD("handover.offer", "thing", "transition"), OFFERS),
    CASE(FROM("tilbudt"), ON_FIELD("handover.accept", "thing", "case"), ACCEPTS),
    EPISODE(FROM("tilbudt"), ON_FIELD("handover.accept", "thing", "transition"), ACCEPTS),
    CASE(FROM("tilbudt"), ON_FIELD("handover.decline", "thing", "case"), DECLINES),
    EPISODE(FROM("tilbudt"), ON_FIELD("handover.decline", "thing", "transition"), DECLINES),
    CASE(FROM("tilbudt"), ON_FIELD("handover.withdraw", "thing", "case"), WITHDRAWS),
    EPISODE(FROM("tilbudt"), ON_FIELD("handover.withdraw", "thing", "transition"), WITHDRAWS),
    CASE(FROM("holdt"), ON("case.transfer"), TO("tilbudt"), COORDINATOR, IF(TOV_GUARD_CASE_TAKES),
         DOES(TOV_DOES_OFFER)),
    CASE(FROM("tilbudt"), ON_FIELD("case.transfer_answer", "answer", "accepteret"), TO("holdt"),
         BY(TOV_WHO_OFFERED), IF(TOV_GUARD_CASE_TAKES), DOES(TOV_DOES_ACCEPT)),
    CASE(FROM("tilbudt"), ON_FIELD("case.transfer_answer", "answer", "afvist"), TO("holdt"),
         BY(TOV_WHO_OFFERED), IF(TOV_GUARD_CASE_TAKES), DOES(TOV_DOES_END_OFFER)),
    CASE(FROM("holdt", "tilbudt"), ON("case.close"), TO("afsluttet"), COORDINATOR,
         IF(TOV_GUARD_CASE_TAKES), DOES(TOV_DOES_END_HOLDING)),
    CASE(FROM("afsluttet"), ON("case.reopen"), TO("holdt"), COORDINATOR, IF(TOV_GUARD_CASE_TAKES),
         DOES(TOV_DOES_HOLD)),
    EPISODE(FROM("holdt", "tilbudt"), ON("prison.end"), TO("afsluttet"), BY(TOV_WHO_KRFO),
            DOES(TOV_DOES_END_HOLDING)),
};

const struct tov_machine_info tov_machine_responsibility = TOV_MACHINE(
    TOV_MACHINE_RESPONSIBILITY, "ansvar", TOV_TEXT("Ansvar", "Responsibility"), states, rows);
