/* SPDX-License-Identifier: EUPL-1.2
 *
 * One detention: where the person is (custody) and how far the release is (release). The two move
 * apart; some messages are events of both.
 */
#include "case/machine_rows.h"

static const struct tov_machine_state custody_states[] = {
    TOV_STATE("varetaegt", "varetægt", "on remand"),
    TOV_STATE("afsoning", "afsoning", "serving"),
    TOV_STATE("udgang", "udgang", "on leave"),
    TOV_STATE("unddraget", "unddraget", "absconded"),
    TOV_STATE("loesladt", "løsladt", "released"),
    TOV_END_STATE("afsluttet", "afsluttet", "ended"),
};

static const struct tov_machine_state release_states[] = {
    TOV_STATE("uden_dato", "uden dato", "no date"),
    TOV_STATE("planlagt", "planlagt", "planned"),
    TOV_STATE("klar", "klar", "ready"),
    TOV_STATE("udvisningsspor", "udvisningsspor", "expulsion track"),
    TOV_STATE("proeveloesladt_tilsyn", "prøveløsladt med tilsyn", "on parole with supervision"),
    TOV_STATE("proeveloesladt_uden_tilsyn", "prøveløsladt uden tilsyn",
              "on parole without supervision"),
    TOV_STATE("loesladt_endt", "løsladt efter endt straf", "released at the end of the sentence"),
    TOV_STATE("loesladt_varetaegt", "løsladt fra varetægt", "released from remand"),
    TOV_END_STATE("afsluttet", "afsluttet", "ended"),
};

#define CUSTODY(...)                                                            \
    {                                                                           \
        .machine = TOV_MACHINE_CUSTODY, .about = TOV_ABOUT_EPISODE, __VA_ARGS__ \
    }
#define RELEASE(...)                                                            \
    {                                                                           \
        .machine = TOV_MACHINE_RELEASE, .about = TOV_ABOUT_EPISODE, __VA_ARGS__ \
    }
#define KRFO BY(TOV_WHO_KRFO)
#define PROBATION BY(TOV_WHO_PROBATION)
#define ADMISSION(kind) ON_FIELD("prison.admission", "kind", kind)
#define RELEASED(kind) ON_FIELD("prison.released", "kind", kind)
#define REGIME DOES(TOV_DOES_SET_REGIME)
#define BEFORE_RELEASE FROM("uden_dato", "planlagt", "klar")

static const struct tov_machine_row custody_rows[] = {
    CUSTODY(FROM(TOV_NO_STATE, "unddraget"), ADMISSION("varetaegt"), TO("varetaegt"), KRFO, REGIME),
    CUSTODY(FROM(TOV_NO_STATE, "varetaegt", "unddraget"), ADMISSION("afsoning"), TO("afsoning"),
            KRFO, REGIME),
    CUSTODY(FROM("varetaegt", "afsoning"), ON("prison.transfer"), TO(TOV_STAYS), KRFO),
    CUSTODY(FROM("afsoning"), ON("prison.placement"), TO(TOV_STAYS), KRFO, REGIME),
    CUSTODY(FROM("afsoning"), ON("prison.leave_plan"), TO(TOV_STAYS), KRFO),
    CUSTODY(FROM("afsoning"), ON("prison.leave_start"), TO("udgang"), KRFO,
            IF(TOV_GUARD_LEAVE_PLANNED)),
    CUSTODY(FROM("udgang", "unddraget"), ON("prison.leave_end"), TO("afsoning"), KRFO),
    CUSTODY(FROM("udgang"), ON("prison.leave_breach"), TO("unddraget"), KRFO),
    CUSTODY(FROM("varetaegt", "afsoning", "udgang"), ON("prison.escape"), TO("unddraget"), KRFO),
    CUSTODY(FROM("varetaegt"), ON("prison.released_unplanned"), TO("loesladt"),
            BY(TOV_WHO_KRFO | TOV_WHO_COORDINATOR_POLICE)),
    CUSTODY(FROM("afsoning", "udgang"), ON("prison.released"), TO("loesladt"), KRFO),
    CUSTODY(FROM("loesladt"), ON("prison.recall"), TO("afsoning"), KRFO, REGIME),
    CUSTODY(FROM("varetaegt", "afsoning", "udgang", "unddraget", "loesladt"), ON("prison.end"),
            TO("afsluttet"), KRFO),
};

static const struct tov_machine_row release_rows[] = {
    RELEASE(FROM(TOV_NO_STATE, "uden_dato"), ADMISSION("varetaegt"), TO("uden_dato"), KRFO),
    RELEASE(FROM(TOV_NO_STATE, "uden_dato"), ADMISSION("afsoning"), TO("uden_dato"), KRFO),
    RELEASE(FROM("planlagt", "udvisningsspor"), ADMISSION("afsoning"), TO(TOV_STAYS), KRFO),
    RELEASE(FROM("klar"), ADMISSION("afsoning"), TO("planlagt"), KRFO),
    RELEASE(FROM("uden_dato", "planlagt", "klar"), ON("prison.release_date"), TO("planlagt"), KRFO,
            IF(TOV_GUARD_NEXT_VERSION), DOES(TOV_DOES_DROP_HALVES)),
    RELEASE(FROM("udvisningsspor"), ON("prison.release_date"), TO(TOV_STAYS), KRFO,
            IF(TOV_GUARD_NEXT_VERSION)),
    RELEASE(FROM("planlagt"), ON("transition.ready"), TO("klar"),
            BY_BOTH(TOV_WHO_KOMMUNE, TOV_WHO_KRFO),
            IF(TOV_GUARD_MEETING_HELD, TOV_GUARD_MEASURES_MET, TOV_GUARD_CONTACT_SET)),
    RELEASE(FROM("klar"), RELEASED("proeve_tilsyn"), TO("proeveloesladt_tilsyn"), KRFO),
    RELEASE(FROM("klar"), RELEASED("proeve_uden_tilsyn"), TO("proeveloesladt_uden_tilsyn"), KRFO),
    RELEASE(FROM("klar"), RELEASED("endt"), TO("loesladt_endt"), KRFO),
    RELEASE(FROM("uden_dato", "planlagt"), RELEASED("proeve_tilsyn"), TO("proeveloesladt_tilsyn"),
            KRFO, DOES(TOV_DOES_FLAG_UNREADY)),
    RELEASE(FROM("uden_dato", "planlagt"), RELEASED("proeve_uden_tilsyn"),
            TO("proeveloesladt_uden_tilsyn"), KRFO, DOES(TOV_DOES_FLAG_UNREADY)),
    RELEASE(FROM("uden_dato", "planlagt"), RELEASED("endt"), TO("loesladt_endt"), KRFO,
            DOES(TOV_DOES_FLAG_UNREADY)),
    RELEASE(FROM("udvisningsspor"), RELEASED("udvist"), TO("loesladt_endt"), KRFO),
    RELEASE(BEFORE_RELEASE, ON("prison.released_unplanned"), TO("loesladt_varetaegt"),
            BY(TOV_WHO_KRFO | TOV_WHO_COORDINATOR_POLICE)),
    RELEASE(BEFORE_RELEASE, ON_FIELD("prison.expulsion", "part", "afgoerelse"),
            TO("udvisningsspor"), KRFO),
    RELEASE(FROM("udvisningsspor"), ON_FIELD("prison.expulsion", "part", "ophaevet"),
            TO("uden_dato"), KRFO),
    RELEASE(FROM("proeveloesladt_tilsyn"), ON("supervision.start"), TO(TOV_STAYS), PROBATION),
    RELEASE(FROM("proeveloesladt_tilsyn"), ON("supervision.status"), TO(TOV_STAYS), PROBATION),
    RELEASE(FROM("proeveloesladt_tilsyn"), ON("supervision.breach"), TO(TOV_STAYS), PROBATION),
    RELEASE(FROM("proeveloesladt_tilsyn"), ON("supervision.end"), TO("afsluttet"), PROBATION),
    RELEASE(FROM("proeveloesladt_tilsyn", "proeveloesladt_uden_tilsyn"), ON("prison.recall"),
            TO("uden_dato"), KRFO),
    RELEASE(FROM("uden_dato", "planlagt", "klar", "udvisningsspor", "proeveloesladt_tilsyn",
                 "proeveloesladt_uden_tilsyn", "loesladt_endt", "loesladt_varetaegt", "afsluttet"),
            ON("prison.end"), TO("afsluttet"), KRFO),
};

const struct tov_machine_info tov_machine_custody =
    TOV_MACHINE(TOV_MACHINE_CUSTODY, "frihedsberoevelse", TOV_TEXT("Frihedsberøvelse", "Custody"),
                custody_states, custody_rows);
const struct tov_machine_info tov_machine_release =
    TOV_MACHINE(TOV_MACHINE_RELEASE, "loesladelse", TOV_TEXT("Løsladelse", "Release"),
                release_states, release_rows);
