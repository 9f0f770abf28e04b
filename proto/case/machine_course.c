/* SPDX-License-Identifier: EUPL-1.2
 *
 * Courses (forløb): a measure from the referral to the provider until its end.
 */
#include "case/machine_rows.h"

static const struct tov_machine_state states[] = {
    TOV_STATE("henvist", "henvist", "referred"),
    TOV_STATE("modtaget", "modtaget", "accepted"),
    TOV_STATE("venteliste", "på venteliste", "on the waiting list"),
    TOV_STATE("tilbudt_borger", "tilbudt borgeren", "offered to the citizen"),
    TOV_STATE("accepteret", "accepteret af borgeren", "accepted by the citizen"),
    TOV_STATE("afslaaet_borger", "afslået af borgeren", "refused by the citizen"),
    TOV_STATE("ikke_naaet", "borgeren ikke nået", "citizen not reached"),
    TOV_STATE("aktiv", "aktivt", "active"),
    TOV_STATE("pause", "på pause", "paused"),
    TOV_END_STATE("afvist_udfoerer", "afvist af udføreren", "declined by the provider"),
    TOV_END_STATE("gennemfoert", "gennemført", "completed"),
    TOV_END_STATE("ophoert", "ophørt", "ended"),
};

#define ROW(...)                                                              \
    {                                                                         \
        .machine = TOV_MACHINE_COURSE, .about = TOV_ABOUT_COURSE, __VA_ARGS__ \
    }
#define PROVIDER BY(TOV_WHO_ADDRESSED)
#define EITHER BY(TOV_WHO_STARTER | TOV_WHO_ADDRESSED)
#define ANSWER(answer) ON_FIELD("intervention.citizen_answer", "answer", answer)
#define END_REACHED ON_FIELD("intervention.end", "reason", "maal_naaet")
#define END_OTHERWISE END_REACHED, .on_others = true

static const struct tov_machine_row rows[] = {
    ROW(FROM(TOV_NO_STATE), ON("intervention.refer"), TO("henvist"), BY(TOV_WHO_PARTY),
        IF(TOV_GUARD_OWN_DECISION, TOV_GUARD_CONSENT)),
    ROW(FROM("henvist", "venteliste"), ON("intervention.accept"), TO("modtaget"), PROVIDER),
    ROW(FROM("henvist", "venteliste"), ON("intervention.decline"), TO("afvist_udfoerer"), PROVIDER),
    ROW(FROM("henvist"), ON("intervention.waitlist"), TO("venteliste"), PROVIDER),
    ROW(FROM("modtaget"), ON("intervention.offer"), TO("tilbudt_borger"), EITHER),
    ROW(FROM("afslaaet_borger", "ikke_naaet"), ON("intervention.offer"), TO("tilbudt_borger"),
        EITHER, IF(TOV_GUARD_MAY_ASK_AGAIN)),
    ROW(FROM("tilbudt_borger"), ANSWER("ja"), TO("accepteret"), EITHER, IF(TOV_GUARD_CONSENT)),
    ROW(FROM("tilbudt_borger"), ANSWER("nej"), TO("afslaaet_borger"), EITHER),
    ROW(FROM("tilbudt_borger"), ANSWER("ikke_nu"), TO("afslaaet_borger"), EITHER),
    ROW(FROM("tilbudt_borger"), ANSWER("ikke_naaet"), TO("ikke_naaet"), EITHER),
    ROW(FROM("accepteret"), ON("intervention.start"), TO("aktiv"), PROVIDER),
    ROW(FROM("aktiv", "pause"), ON("intervention.status"), TO(TOV_STAYS), PROVIDER),
    ROW(FROM("aktiv"), ON("intervention.pause"), TO("pause"), PROVIDER),
    ROW(FROM("pause"), ON("intervention.resume"), TO("aktiv"), PROVIDER),
    ROW(FROM("aktiv", "pause"), ON("intervention.assessment"), TO(TOV_STAYS),
        BY_BOTH(TOV_WHO_ADDRESSED, TOV_WHO_COORDINATOR_KOMMUNE)),
    ROW(FROM("aktiv", "pause"), END_OTHERWISE, TO("ophoert"), PROVIDER),
    ROW(FROM("aktiv", "pause"), END_REACHED, TO("gennemfoert"), PROVIDER),
    ROW(FROM("henvist", "venteliste", "modtaget", "tilbudt_borger", "accepteret", "afslaaet_borger",
             "ikke_naaet"),
        END_OTHERWISE, TO("ophoert"), EITHER),
};

const struct tov_machine_info tov_machine_course =
    TOV_MACHINE(TOV_MACHINE_COURSE, "forloeb", TOV_TEXT("Forløb", "Course"), states, rows);
